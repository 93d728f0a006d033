"""What each period that may be declared would pay, as known on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from parcels import copper, copper_parcel, daily

from oreline.settle import Parcel, PeriodChoice, Settling, period_choices, settle

D = Decimal
FLAT = daily("2025-09-01", "2026-02-27")
RISING = {
    "lme-cu": type(FLAT)(
        "lme-cu", "", "exchange", "USD/t",
        {day: D(9000) if day < "2026-02" else D(9500) for day in FLAT.values},
        holidays=FLAT.holidays,
    )
}  # fmt: skip
OPTION = {
    "id": "m-2", "qp": {"kind": "month", "event": "arrival", "offset": 2}, "by": "buyer",
    "declare_event": "arrival", "declare_within_days": 10,
}  # fmt: skip


def contract() -> Any:
    """Return the copper contract with an option on a later month."""
    price = {**copper().prices[0].model_dump(mode="json"), "options": [OPTION]}
    return copper(prices=[price])


def choices(
    on: date, goods: Parcel | None = None, stage: Any = "provisional"
) -> list[PeriodChoice]:
    """Return the choices of the parcel that arrived on New Year's Eve."""
    given = copper_parcel() if goods is None else goods
    return list(period_choices(Settling(contract(), given, RISING, stage, on)))


def test_both_periods_are_reckoned() -> None:
    own, later = choices(date(2026, 3, 2), stage="final")
    assert (own.option, own.month, own.per_t) == ("", "2026-01", 9000)
    assert (later.option, later.month, later.per_t) == ("m-2", "2026-02", 9500)
    assert later.net_value is not None
    assert own.net_value is not None
    assert later.net_value - own.net_value == D("3242.4") * 500
    assert own.share == later.share == 1


def test_each_choice_is_what_the_statement_pays() -> None:
    on = date(2026, 3, 2)
    for choice in choices(on, stage="final"):
        declared = {"cu": choice.option} if choice.option else {}
        made = settle(contract(), copper_parcel(), RISING, stage="final", on=on, declared=declared)
        assert made.net_value == choice.net_value


def test_until_when_it_may_be_declared() -> None:
    for day, is_open in ((10, True), (11, False)):
        _, later = choices(date(2026, 1, day))
        assert later.until == date(2026, 1, 10)
        assert later.is_open == is_open
        assert later.by == "buyer"
    left = Parcel("p", copper_parcel().lots, {"shipment": "2025-10-02"})
    _, unknown = choices(date(2025, 10, 6), left)
    assert unknown.until is None
    assert unknown.is_open


def test_what_is_not_known_yet_says_so() -> None:
    own, later = choices(date(2026, 1, 14), stage="final")
    assert own.net_value is None
    assert "not fully published" in later.why


def test_a_contract_without_options_has_no_choices() -> None:
    asked = Settling(copper(), copper_parcel(), RISING, "final", date(2026, 3, 2))
    assert period_choices(asked) == ()
