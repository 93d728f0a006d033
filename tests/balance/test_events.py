"""Balances of events: a worked example, the published vector of contained metal, and verdicts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import Verdict, balance_events
from oreline.model import InputError

T = 10**9


def plant(feed_u: str = "2") -> list[dict[str, object]]:
    """1000 t of ore at 2 % Cu; 600 t milled to 42 t at 25 % and 558 t at 0.25 %."""
    ore = line("m:ORE", dry=mass("1000", u=feed_u), grades=[grade("Cu", "2", u="0.02")])
    concentrate = line("m:CON", dry=mass("42", u="0.1"), grades=[grade("Cu", "25", u="0.1")])
    tailings = line("m:TAIL", dry=mass("558", u="5"), grades=[grade("Cu", "0.25", u="0.01")])
    milled = {
        "inputs": [line("m:ORE", dry=mass("600", u="3"))],
        "outputs": [concentrate, tailings],
    }
    return [
        event("extract", "e1", "2025-09-01", {"outputs": [ore]}, site="mine"),
        event("process", "p1", "2025-09-05", milled, site="mine"),
    ]


def test_worked_example() -> None:
    found = balance_events(books(plant()), "Cu")["p1"]
    assert found.metal_in.low_mg == found.metal_in.high_mg == 12 * T
    assert found.metal_out.low_mg == 11_895_000_000
    assert found.metal_lost.low_mg == 0
    assert found.metal_unaccounted.low_mg == found.metal_unaccounted.high_mg == 105_000_000
    # u^2 in t^2: (0.6 x 0.203961)^2 + (0.02 x 3)^2 + (0.25 x 0.1)^2 + (42 x 0.001)^2
    # + (0.0025 x 5)^2 + (558 x 0.0001)^2 = 0.02423489
    assert found.metal_unaccounted.u_mg == pytest.approx(0.02423489**0.5 * T, rel=1e-9)
    assert found.metal_unaccounted.u95_mg == pytest.approx(0.305124 * T, rel=1e-5)
    assert found.verdict == Verdict.CLOSES
    assert found.dry_verdict is None
    assert "water and reagents are not recorded" in found.dry_reason


def test_losses_are_not_unaccounted() -> None:
    events = plant()
    loss = {"stream": "dust", "dry": mass("10", u="1"), "grades": [grade("Cu", "1", u="0.1")]}
    events[1]["body"]["losses"] = [loss]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.metal_lost.low_mg == 100_000_000
    assert found.metal_unaccounted.low_mg == 5_000_000


def test_dry_mass_is_judged_where_every_input_is_recorded() -> None:
    events = plant()
    events[1]["body"]["all_inputs_recorded"] = True  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.dry_unaccounted.low_mg == 0
    assert found.dry_unaccounted.u_mg == pytest.approx((9 + 0.01 + 25) ** 0.5 * T)
    assert found.dry_verdict == Verdict.CLOSES


def test_published_vector_of_contained_metal() -> None:
    """1000 +- 2 t wet, 8.0 +- 0.2 % moisture, 28.00 +- 0.14 %: 257.6 t, 0.581 % relative."""
    made = line(
        "m:C",
        wet=mass("1000", u="2"),
        moisture=grade("H2O", "8.0", u="0.2"),
        grades=[grade("Cu", "28.00", u="0.14")],
    )
    gone = {"inputs": [line("m:C", all=True)], "purpose": "sold"}
    events = [
        event("extract", "e", "2025-09-01", {"outputs": [made]}, site="s"),
        event("consume", "c", "2025-09-02", gone, site="s"),
    ]
    found = balance_events(books(events), "Cu")["c"]
    assert found.metal_in.low_mg == 257_600_000_000
    assert found.metal_in.u_mg is not None
    assert found.metal_in.u_mg / found.metal_in.low_mg == pytest.approx(0.00581, abs=1e-5)
    assert found.verdict == Verdict.CLOSES


def test_missing_uncertainty_is_unknown_and_named_defaults_are_named() -> None:
    events = plant()
    del events[0]["body"]["outputs"][0]["grades"][0]["u"]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.metal_in.defaults == ("D-GRADE-MEASURED",)
    assert found.metal_out.defaults == ()
    assert found.metal_in.basis == "measured"
    events[0]["body"]["outputs"][0]["grades"][0]["basis"] = "reported"  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.metal_unaccounted.u_mg is None
    assert found.verdict == Verdict.UNKNOWN
    assert "states no uncertainty" in found.reason
    assert found.metal_in.basis == "reported"
    assert found.metal_out.basis == "measured"
    assert found.metal_unaccounted.basis == "reported"


def test_intervals_are_hard_bounds() -> None:
    events = plant(feed_u="0")
    between = {"analyte": "Cu", "low": "2", "high": "3", "unit": "%", "basis": "reported"}
    events[0]["body"]["outputs"][0]["grades"] = [between]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert (found.metal_in.low_mg, found.metal_in.high_mg) == (12 * T, 18 * T)
    assert found.metal_unaccounted.low_mg == 105_000_000
    assert found.metal_unaccounted.high_mg == 6_105_000_000
    assert found.verdict == Verdict.UNKNOWN
    assert "too wide to tell" in found.reason
    events[0]["body"]["outputs"][0]["grades"] = [{**between, "low": "2.5"}]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.verdict == Verdict.DOES_NOT_CLOSE
    assert "metal is missing" in found.reason


def test_unknown_grade_is_bounded_by_the_mass_and_unknown_mass_by_nothing() -> None:
    events = plant()
    del events[0]["body"]["outputs"][0]["grades"]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert (found.metal_in.low_mg, found.metal_in.high_mg) == (0, 600 * T)
    assert found.verdict == Verdict.UNKNOWN
    events[0]["body"]["outputs"][0]["dry"] = {"unknown": "lost"}  # type: ignore[index]
    events[1]["body"]["inputs"] = [line("m:ORE", all=True)]  # type: ignore[index]
    balances = balance_events(books(events), "Cu")
    assert balances["p1"].metal_in.high_mg is None
    assert balances["p1"].to_json()["metal_in"]["high"] is None
    assert balances["p1"].verdict == Verdict.UNKNOWN


def test_overdrawn_lot_makes_what_rests_on_it_unknown() -> None:
    events = plant()
    events[1]["body"]["inputs"] = [line("m:ORE", dry=mass("1100", u="3"))]  # type: ignore[index]
    found = balance_events(books(events), "Cu")["p1"]
    assert found.verdict == Verdict.UNKNOWN
    assert "m:ORE" in found.reason


def test_doubt_is_handed_down_to_what_inherits() -> None:
    drawn = line("m:ORE", dry=mass("1100", u="3"))
    mixed = {"inputs": [drawn], "outputs": [line("m:MIX")]}
    gone = {"inputs": [line("m:MIX", all=True)], "purpose": "sold"}
    events = [
        plant()[0],
        event("blend", "b", "2025-09-03", mixed, site="mine"),
        event("consume", "c", "2025-09-04", gone, site="mine"),
    ]
    found = balance_events(books(events), "Cu")
    assert found["c"].verdict == Verdict.UNKNOWN
    assert "m:MIX" in found["c"].reason


def test_split_that_inherits_closes_exactly_and_without_uncertainty_of_grade() -> None:
    parts = [line(f"m:P{n}", dry=mass(value, u="0")) for n, value in enumerate(("333", "667"))]
    divided = {"inputs": [line("m:ORE", all=True)], "outputs": parts}
    events = [plant()[0], event("split", "s", "2025-09-03", divided, site="mine")]
    found = balance_events(books(events), "Cu")["s"]
    assert found.metal_unaccounted.low_mg == 0
    assert found.metal_unaccounted.u_mg == pytest.approx(0, abs=1)
    assert found.dry_verdict == Verdict.CLOSES


def test_only_named_events() -> None:
    opened = books(plant())
    assert [found.event for found in balance_events(opened, "Cu", ["p1"])] == ["p1"]
    with pytest.raises(InputError, match="e1"):
        balance_events(opened, "Cu", ["e1"])
    with pytest.raises(InputError, match="Xx"):
        balance_events(opened, "Xx")


def test_json_is_decimal_text_and_frame_has_words() -> None:
    found = balance_events(books(plant()), "Cu")
    written = found.to_json("kg")
    assert written["events"][0]["metal_in"]["low"] == "12000"
    assert not re.search(r":\s*[0-9.]+[,}]", json.dumps(written))
    frame = found.to_frame()
    assert frame["verdict"].to_list() == ["CLOSES"]
    assert frame["metal_in_basis"].to_list() == ["measured"]
    assert frame["metal_in_low_mg"].to_list() == [12 * T]


def test_uncertainty_agrees_with_monte_carlo() -> None:
    """Draw every measurement of the worked example 400,000 times; the lot's mass is exact."""
    found = balance_events(books(plant(feed_u="0")), "Cu")["p1"]
    rng = np.random.default_rng(20250905)
    n = 400_000

    def drawn(value: float, u: float) -> np.ndarray:
        return rng.normal(value, u, n)

    into = drawn(600, 3) * drawn(0.02, 0.0002)
    out = drawn(42, 0.1) * drawn(0.25, 0.001) + drawn(558, 5) * drawn(0.0025, 0.0001)
    assert found.metal_unaccounted.u_mg is not None
    assert found.metal_unaccounted.u_mg / T == pytest.approx(np.std(into - out), rel=0.05)


SAMPLES = Path("vectors", "untp", "0.7.0", "PRERELEASE-2026-04-03", "samples", "v0.7.0")
SMELTER = SAMPLES / "dte" / "DigitalTraceabilityEvent_smelter_make_instance.json"


@pytest.mark.parametrize(
    ("basis", "verdict"),
    [("measured", Verdict.DOES_NOT_CLOSE), ("reported", Verdict.UNKNOWN)],
)
def test_published_smelter_sample_does_not_close(
    shared_dir: Path, basis: str, verdict: Verdict
) -> None:
    """30 t of concentrate at 30 % Cu hold 9 t; 10 t of cathode at 99.99 % hold 9.999 t."""
    path = shared_dir / SMELTER
    subject = json.loads(path.read_text("utf-8"))["credentialSubject"][0]
    assert {item["unit"] for item in _quantities(subject)} == {"KGM"}
    percents = re.findall(r"Cu (\d+(?:\.\d+)?)%", subject["description"])
    made = [
        line(
            f"untp:{n}",
            dry=mass(str(quantity["value"]), "kg", basis=basis),
            grades=[grade("Cu", percent, basis=basis)],
        )
        for n, (quantity, percent) in enumerate(zip(_quantities(subject), percents, strict=True))
    ]
    smelted = {"inputs": [line("untp:0", all=True)], "outputs": [made[1]]}
    events = [
        event("extract", "mine", "2025-03-01", {"outputs": [made[0]]}, site="mine"),
        event("process", "make", "2025-03-05", smelted, site="mine"),
    ]
    found = balance_events(books(events), "Cu")["make"]
    assert found.metal_unaccounted.low_mg == -999_000_000
    assert found.verdict == verdict
    if verdict == Verdict.DOES_NOT_CLOSE:
        assert "more comes out than went in" in found.reason
        assert found.metal_in.defaults == ("D-MASS-MEASURED", "D-GRADE-MEASURED")


def _quantities(subject: dict[str, list[dict[str, dict[str, object]]]]) -> list[dict[str, object]]:
    return [
        item["quantity"] for side in ("inputProduct", "outputProduct") for item in subject[side]
    ]
