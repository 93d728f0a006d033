"""The outturn against a franchise: only dry loss beyond it is claimed, on the whole shipment."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.balance import Figure, Trip, Verdict, outturn, shipment_outturn
from oreline.balance._outturn import FRANCHISE_PCT_MAX
from oreline.model import InputError

MASSES = st.integers(0, 30 * 10**9)
PERCENT = st.decimals(0, FRANCHISE_PCT_MAX, places=3)


def known(mg: int, u: float = 1e6) -> Figure:
    return Figure(mg, mg, u, "measured")


def trip(sent: int, arrived: int, water: int = 0, lot: str = "a:1") -> Trip:
    loss = sent - arrived
    return Trip(
        lot=lot,
        dispatch="sent",
        receipt="came",
        origin="port",
        destination="plant",
        sent="2025-01-01",
        arrived="2025-02-01",
        containers=("box",),
        dispatched_wet=known(sent + water),
        dispatched_dry=known(sent),
        received_wet=known(arrived),
        received_dry=known(arrived),
        wet_difference=known(loss + water),
        water_difference=known(water),
        dry_loss=known(loss),
        metal_carried=known(sent // 2),
        metal_loss=known(loss // 2),
        verdict=Verdict.CLOSES,
        reason="",
    )


@given(MASSES, MASSES, PERCENT)
def test_what_is_claimed_is_the_loss_beyond_the_franchise(
    sent: int, arrived: int, percent: Decimal
) -> None:
    found = outturn(trip(sent, arrived), percent)
    exact = Fraction(sent) * Fraction(percent) / 100
    assert found.allowed_mg is not None
    assert found.allowed_mg <= exact < found.allowed_mg + 1
    assert found.claimable_low_mg == found.claimable_high_mg
    assert found.claimable_low_mg == max(0, sent - arrived - found.allowed_mg)


@given(st.lists(st.tuples(MASSES, MASSES, MASSES), min_size=1, max_size=6), PERCENT)
def test_a_shipment_is_the_sum_of_its_containers(
    parts: list[tuple[int, int, int]], percent: Decimal
) -> None:
    trips = [trip(*part, lot=f"a:{number}") for number, part in enumerate(parts)]
    found = shipment_outturn(trips, percent)
    wet, water, loss = found.wet_difference, found.water_difference, found.dry_loss
    assert wet.low_mg == (water.low_mg or 0) + (loss.low_mg or 0)
    assert found.dispatched_dry.low_mg == sum(part[0] for part in parts)
    assert found.dry_loss.u_mg == pytest.approx(1e6 * len(parts) ** 0.5)
    # A gain in one container makes up for a loss in another, so the whole claims no more.
    single = sum(part.claimable_high_mg or 0 for part in found.parts)
    assert (found.claimable_high_mg or 0) <= single + len(parts)


def test_moisture_is_no_loss() -> None:
    found = outturn(trip(20 * 10**9, 20 * 10**9, water=5 * 10**8), Decimal("0.5"))
    assert found.claimable_high_mg == 0


def test_without_a_franchise_nothing_is_claimable_and_nothing_is_assumed() -> None:
    told = outturn(trip(20 * 10**9, 19 * 10**9), None).to_json()
    assert told["franchise_pct"] is None
    assert told["claimable"] is None
    assert shipment_outturn([trip(20 * 10**9, 19 * 10**9)], None).claimable_low_mg is None


def test_an_unknown_mass_leaves_the_claim_unknown() -> None:
    unknown = Figure(None, None, None, "unknown")
    whole = trip(20 * 10**9, 19 * 10**9)
    fields = {name: getattr(whole, name) for name in Trip.__slots__}
    lost = Trip(**{**fields, "dry_loss": unknown})
    assert outturn(lost, Decimal("0.5")).claimable_low_mg is None
    both = shipment_outturn([whole, lost], Decimal("0.5"))
    assert both.dry_loss.low_mg is None
    assert both.claimable_low_mg is None


@pytest.mark.parametrize("percent", ["-0.1", "10.1"])
def test_a_slip_of_the_pen_is_no_franchise(percent: str) -> None:
    with pytest.raises(InputError):
        outturn(trip(1, 1), Decimal(percent))
