"""Factors of a plant from its lots: feed to product, sent to arrived, arrived to paid."""

from __future__ import annotations

from typing import Any

import pytest
from balance_ledgers import books, event, grade, line, mass

from oreline.balance import Estimate, site_factors
from oreline.model import InputError

YEAR = ("2025-01-01", "2026-01-01")


def plant(arrives: dict[str, Any] | None, product_grade: str = "50") -> list[dict[str, Any]]:
    """Make 20 t of concentrate of 200 t of ore at 6 % Sb, send it, and receive what is given."""
    ore = line("p:ore", dry=mass("200", u="0.4"), grades=[grade("Sb", "6", u="0.05")])
    conc = line(
        "p:conc",
        dry=mass("20", u="0.02"),
        grades=[grade("Sb", product_grade, u="0.2")],
        material="conc",
    )
    tails = line("p:tails", dry=mass("180", u="1"), material="tails")
    drawn = line("p:ore", dry=mass("200", u="0.4"))
    sent = line(
        "p:conc", wet=mass("22", u="0.02"), moisture=grade("H2O", "9.090909090909", u="0.1")
    )
    events = [
        event("declare", "m1", "2025-01-01", {
            "type": "material", "id": "conc", "data": {"name": "conc", "stage": "concentrate"}}),
        event("declare", "m2", "2025-01-01", {
            "type": "material", "id": "tails", "data": {"name": "tails", "stage": "tailings"}}),
        event("extract", "e", "2025-02-01", {"outputs": [ore]}, site="mill"),
        event("process", "f", "2025-02-02",
              {"inputs": [drawn], "outputs": [conc, tails]}, site="mill"),
        event("dispatch", "d", "2025-02-03", {"lots": [sent]}, site="mill", to_site="port"),
    ]  # fmt: skip
    if arrives is not None:
        events.append(event("receive", "r", "2025-02-20", {"lots": [arrives]}, site="port"))
    return events


ARRIVED = line("p:conc", wet=mass("21.8", u="0.02"), moisture=grade("H2O", "9", u="0.1"))


def test_product_for_feed_and_received_for_shipped() -> None:
    found = site_factors(books(plant(ARRIVED)), "Sb", "mill", YEAR)
    f4, kept = found.factors
    assert f4.metal is not None
    assert f4.metal.value == pytest.approx(10 / 12)
    assert kept.metal is not None
    assert kept.metal.value == pytest.approx(21.8 * 0.91 / 20, abs=1e-9)
    # Weights and moistures of both ends; the grade is the same on both sides and cancels.
    u = (
        (0.909091 * 0.02) ** 2 + (22 * 0.001) ** 2 + (0.91 * 0.02) ** 2 + (21.8 * 0.001) ** 2
    ) ** 0.5
    assert kept.metal.u == pytest.approx(u / 20, rel=1e-4)
    assert found.shipped is not None
    assert found.shipped.value == pytest.approx(10)
    assert (found.trips, found.under_way, found.reasons) == (1, 0, ())


def test_what_is_paid_of_what_arrived() -> None:
    paid = Estimate(7.0, 0.01, "t")
    found = site_factors(books(plant(ARRIVED)), "Sb", "mill", YEAR, payable=paid)
    factor = found.factors[-1]
    assert found.received is not None
    assert factor.metal is not None
    assert factor.metal.value == pytest.approx(7.0 / found.received.value)
    with pytest.raises(InputError, match="in tonnes"):
        site_factors(books(plant(ARRIVED)), "Sb", "mill", YEAR, payable=Estimate(7, 0, "kg"))


def test_what_is_under_way_is_in_neither_side() -> None:
    found = site_factors(books(plant(None)), "Sb", "mill", YEAR)
    assert (found.trips, found.under_way) == (0, 1)
    assert found.factors[1].metal is None
    assert "no lot that left" in dict(found.reasons)["received for shipped"]
    later = site_factors(books(plant(None)), "Sb", "mill", ("2025-03-01", "2026-01-01"))
    assert later.under_way == 0
    assert "nothing was processed" in dict(later.reasons)["F4"]


def test_a_receipt_without_moisture_leaves_the_factor_unknown() -> None:
    found = site_factors(
        books(plant(line("p:conc", wet=mass("21.8", u="0.02")))), "Sb", "mill", YEAR
    )
    assert found.factors[1].metal is None
    assert "not known of p:conc" in dict(found.reasons)["received for shipped"]
    frame = found.to_frame()
    assert frame["metal"].null_count() == 1


@pytest.mark.parametrize(
    ("span", "zone"),
    [
        (("0001-01-01", "2026-01-01"), "Asia/Karachi"),
        (("2025-01-01", "9999-12-31T23:59:59-12:00"), "UTC"),
        (("2026-01-01", "2025-01-01"), "UTC"),
        (("soon", "2025-01-01"), "UTC"),
    ],
)
def test_a_span_that_cannot_be_is_refused(span: tuple[str, str], zone: str) -> None:
    with pytest.raises(InputError):
        site_factors(books(plant(ARRIVED)), "Sb", "mill", span, time_zone=zone)
