"""What shifted a running sum: plants with one known wrong, and whether that comes out first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import SHIFTED, Hypothesis, cusum, hypotheses

Event = dict[str, Any]
MONTHS, FROM = 12, 8


class Mill:
    """A mill that reads its true masses with errors of its stated uncertainties, one thing wrong.

    It receives 1,000 t of ore with 2 % a month, makes concentrate with 25 %, ships most of it, and
    takes stock of ore and concentrate.
    """

    def __init__(self, wrong: str, seed: int) -> None:
        self.wrong, self.noise = wrong, np.random.default_rng(seed)
        self.events: list[Event] = []
        self.ore_t, self.conc_t = 500.0, 40.0
        for name, dry, pct in (("ORE", "500", "2"), ("CON", "40", "25")):
            made = line(f"m:{name}", continuing=True, material=name.lower(), dry=mass(dry, u="0"),
                        grades=[grade("Cu", pct, u="0")])  # fmt: skip
            self.put("extract", f"e-{name}", "2025-01-01", {"outputs": [made]})
        for month in range(1, MONTHS + 1):
            self.month(month)

    def read(self, true: float, relative: float) -> tuple[str, str]:
        shown = true * (1 + relative * float(self.noise.standard_normal()))
        return f"{shown:.6f}", f"{true * relative:.6f}"

    def weighed(self, true: float, relative: float) -> dict[str, str]:
        value, u = self.read(true, relative)
        return mass(value, u=u)

    def assayed(self, true: float, relative: float) -> list[dict[str, str]]:
        value, u = self.read(true, relative)
        return [grade("Cu", value, u=u)]

    def put(self, kind: str, name: str, day: str, body: Event) -> None:
        self.events.append(event(kind, name, day, body, site="mill"))

    def month(self, month: int) -> None:
        bad = month >= FROM
        day, came = f"2025-{month:02}", 1000.0
        truck = 1.06 if bad and self.wrong == "truck scale" else 1.0
        tails_shown = 0.4 if bad and self.wrong == "tails sampler" else 1.0
        more = line("m:ORE", continuing=True, material="ore", dry=self.weighed(came * truck, 0.003),
                    grades=self.assayed(2.0, 0.004))  # fmt: skip
        self.put("extract", f"r{month}", f"{day}-02", {"outputs": [more]})
        self.ore_t += came
        conc = 1000 * 0.02 * 0.9 / 0.25
        tails = 1000 - conc
        made = line("m:CON", continuing=True, material="con", dry=self.weighed(conc, 0.003),
                    grades=self.assayed(25.0, 0.004))  # fmt: skip
        rest = line("m:TAIL", continuing=True, material="tails", dry=self.weighed(tails, 0.003),
                    grades=self.assayed(2.0 / tails * 100 * tails_shown, 0.03))  # fmt: skip
        fed = line("m:ORE", dry=self.weighed(1000, 0.003))
        self.put("process", f"p{month}", f"{day}-15", {"inputs": [fed], "outputs": [made, rest]})
        self.ore_t -= 1000
        self.conc_t += conc
        sent = line("m:CON", dry=self.weighed(conc - 4, 0.001))
        self.put("consume", f"s{month}", f"{day}-20", {"inputs": [sent], "purpose": "sold"})
        self.conc_t -= conc - 4
        if bad and self.wrong == "removal":
            self.conc_t -= 6
        survey = 1.3 if month == FROM and self.wrong == "stock-take" else 1.0
        for name, true in (("ORE", self.ore_t), ("CON", self.conc_t * survey)):
            body = {"lot": f"m:{name}", "dry": self.weighed(true, 0.01)}
            self.put("count", f"c{name}{month}", f"{day}-27", body)


def best(wrong: str, seed: int) -> tuple[str, list[Hypothesis]]:
    opened = books(Mill(wrong, seed).events)
    found = cusum(opened, "Cu", "mill")
    return found.verdict, list(hypotheses(opened, found))


@pytest.mark.parametrize(
    ("wrong", "kind", "what"),
    [
        ("tails sampler", "bias of a sampler or an assay", "tails (product)"),
        ("truck scale", "bias of a scale", "ore (received)"),
        ("removal", "unrecorded removal", "con (product)"),
        ("stock-take", "error of a stock-take", "con (stock)"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_one_wrong_comes_out_first(wrong: str, kind: str, what: str, seed: int) -> None:
    verdict, found = best(wrong, seed)
    assert verdict == SHIFTED
    assert (found[0].kind, found[0].what) == (kind, what), [
        (round(one.weight), one.kind, one.what) for one in found
    ]
    assert found[0].speaks_for
    assert found[0].first == f"2025-{FROM:02}"
    weights = [one.weight for one in found]
    assert weights == sorted(weights, reverse=True)


def test_the_size_of_the_wrong_is_found() -> None:
    _, found = best("truck scale", 1)
    assert float(found[0].size.split()[1]) == pytest.approx(6, abs=0.5)
    assert found[0].size.endswith("too much")
    _, found = best("removal", 1)
    tonnes = float(found[0].size.split()[0])
    assert tonnes == pytest.approx(6, rel=0.15)
    _, found = best("stock-take", 1)
    assert "too much" in found[0].size
    _, found = best("tails sampler", 1)
    # 2 t in 928 t: 0.2155 %, of which 40 % are shown.
    shown, true = (float(word) for word in found[0].size.split() if word[0].isdigit())
    assert shown == pytest.approx(0.0862, rel=0.05)
    assert true == pytest.approx(0.2155, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_supposed_where_nothing_shifted(seed: int) -> None:
    verdict, found = best("nothing", seed)
    assert verdict != SHIFTED
    assert found == []


def test_metal_that_is_too_much_is_no_removal() -> None:
    events = Mill("nothing", 1).events
    for one in events:
        if one["id"].startswith("p") and int(one["id"][1:]) >= FROM:
            one["body"]["outputs"][1]["grades"][0]["value"] = "0.9"
    opened = books(events)
    found = cusum(opened, "Cu", "mill")
    assert found.verdict == SHIFTED
    kinds = [one.kind for one in hypotheses(opened, found)]
    assert kinds
    assert "unrecorded removal" not in kinds
