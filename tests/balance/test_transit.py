"""What left against what arrived."""

from __future__ import annotations

from typing import Any

import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import Verdict, transit
from oreline.model import InputError

T = 10**9


def journey(received: dict[str, Any]) -> list[dict[str, Any]]:
    """92 t dry at 25 % Cu leave as 100 t wet with 8 % moisture."""
    made = line("m:C", dry=mass("92", u="0.1"), grades=[grade("Cu", "25", u="0.1")])
    sent = line("m:C", wet=mass("100", u="0.1"), moisture=grade("H2O", "8", u="0.1"))
    away = {"lots": [sent], "containers": ["box-1"]}
    return [
        event("extract", "e", "2025-09-01", {"outputs": [made]}, site="mill"),
        event("dispatch", "d", "2025-09-02", away, site="mill", to_site="port"),
        event("receive", "r", "2025-09-09", {"lots": [received]}, site="port"),
    ]


def test_wet_difference_is_water_and_dry_loss() -> None:
    arrived = line("m:C", wet=mass("99", u="0.1"), moisture=grade("H2O", "7.5", u="0.1"))
    found = transit(books(journey(arrived)), "Cu")
    (trip,) = found
    assert trip.wet_difference.low_mg == trip.wet_difference.high_mg == T
    assert trip.dispatched_dry.low_mg == 92 * T
    assert trip.received_dry.low_mg == 91_575_000_000
    assert trip.dry_loss.low_mg == 425_000_000
    assert trip.water_difference.low_mg == 575_000_000
    # (0.92 x 0.1)^2 + (100 x 0.001)^2 + (0.925 x 0.1)^2 + (99 x 0.001)^2 t^2
    assert trip.dry_loss.u_mg == pytest.approx((0.0184640 + 0.01835725) ** 0.5 * T)
    water = 0.008**2 + 0.1**2 + 0.0075**2 + 0.099**2
    assert trip.water_difference.u_mg == pytest.approx(water**0.5 * T)
    assert trip.metal_carried.low_mg == 23 * T
    assert trip.metal_loss.low_mg == 106_250_000
    assert trip.verdict == Verdict.DOES_NOT_CLOSE
    assert "dry mass is missing" in trip.reason
    assert trip.containers == ("box-1",)
    assert (trip.origin, trip.destination) == ("mill", "port")
    assert found.under_way == ()
    assert found.to_frame()["dry_loss_low_mg"].to_list() == [425_000_000]
    assert found.to_json()["trips"][0]["dry_loss"]["low"] == "0.425"


def test_no_moisture_on_receipt_is_unknown() -> None:
    (trip,) = transit(books(journey(line("m:C", wet=mass("99", u="0.1")))), "Cu")
    assert trip.verdict == Verdict.UNKNOWN
    assert "measured no moisture" in trip.reason


def test_no_weight_on_receipt_is_unknown() -> None:
    (trip,) = transit(books(journey(line("m:C"))), "Cu")
    assert trip.verdict == Verdict.UNKNOWN
    assert "no weight" in trip.reason


def test_what_has_not_arrived_is_under_way() -> None:
    found = transit(books(journey(line("m:C"))[:2]), "Cu")
    assert found.under_way == (("d", "m:C"),)
    assert found.rows == ()
    assert found.to_frame().height == 0


def test_a_buyer_who_did_not_see_it_made_has_an_outturn_without_metal() -> None:
    """The receipt of a lot that nobody here made brings it into the books; it still arrives."""
    arrived = line("m:C", wet=mass("99", u="0.1"), moisture=grade("H2O", "7.5", u="0.1"))
    events = [*journey(arrived)[1:], event("extract", "x", "2025-09-01", {"outputs": [line(
        "m:D", dry=mass("1"), grades=[grade("Cu", "25")])]}, site="mill")]  # fmt: skip
    found = transit(books(events), "Cu")
    (trip,) = found
    assert trip.dry_loss.low_mg == 425_000_000
    assert trip.water_difference.low_mg == 575_000_000
    assert trip.metal_carried.low_mg is trip.metal_carried.high_mg is None
    assert trip.metal_loss.low_mg is trip.metal_loss.high_mg is None
    assert found.under_way == ()


def test_what_was_not_weighed_before_it_came_is_unknown() -> None:
    arrived = line("m:C", wet=mass("99", u="0.1"), moisture=grade("H2O", "7.5", u="0.1"))
    sent = event(
        "dispatch", "d", "2025-09-02", {"lots": [line("m:C")]}, site="mill", to_site="port"
    )
    (trip,) = transit(books([sent, journey(arrived)[2]]), "dry")
    assert trip.dispatched_dry.low_mg is trip.dry_loss.low_mg is trip.wet_difference.low_mg is None
    assert trip.verdict == Verdict.UNKNOWN


def test_only_some_lots_or_one_site() -> None:
    events = journey(line("m:C"))
    more = line("m:D", dry=mass("5", u="0.1"), grades=[grade("Cu", "20", u="0.1")])
    events += [
        event("extract", "e2", "2025-09-01", {"outputs": [more]}, site="mine"),
        event("dispatch", "d2", "2025-09-03", {"lots": [line("m:D")]}, site="mine", to_site="mill"),
    ]
    ledger = books(events)
    assert [trip.lot for trip in transit(ledger, "Cu", lots=["m:C"])] == ["m:C"]
    assert transit(ledger, "Cu", lots=["m:C"]).under_way == ()
    assert transit(ledger, "Cu", lots=["m:D"]).rows == ()
    assert transit(ledger, "Cu", lots=["m:D"]).under_way == (("d2", "m:D"),)
    for site, lots, waiting in (
        ("port", ["m:C"], []),
        ("mill", ["m:C"], ["m:D"]),
        ("mine", [], ["m:D"]),
    ):
        found = transit(ledger, "Cu", site=site)
        assert [trip.lot for trip in found] == lots
        assert [lot for _, lot in found.under_way] == waiting
    with pytest.raises(InputError, match="no event of this ledger is at the site moon"):
        transit(ledger, "Cu", site="moon")
