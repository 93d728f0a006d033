"""Rules against what is known: permits, vintages and prices, each told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import Chain, Permit
from oreline.watch import (
    AlertGrounds,
    AlertRule,
    Alerts,
    PriceLine,
    Watched,
    alerts_of,
)

DAY = date(2026, 6, 1)
NOTHING = Watched((), (), (), (), (), ())


def chain(valid_to: date) -> Chain:
    permit = Permit.model_validate(
        {"id": "lease", "type": "lease", "site": "mine", "valid_to": valid_to.isoformat(),
         "basis": "reported", "source": "a test"}
    )  # fmt: skip
    return replace(Chain(name="c", title="c", currency="USD"), permits={"lease": permit})


def told(rule: AlertRule, **grounds: object) -> Alerts:
    known = {"watched": NOTHING, "chain": None, "today": DAY, **grounds}
    return alerts_of([rule], AlertGrounds(**known))  # type: ignore[arg-type]


@given(st.integers(-500, 500), st.integers(0, 400))
def test_a_lapse_is_told_from_its_days_on_and_after_its_end(left: int, within: int) -> None:
    rule = AlertRule(id="r", on="lapse", within_days=within)
    found = told(rule, chain=chain(DAY + timedelta(days=left)))
    assert bool(found.alerts) == (left <= within)
    if found.alerts:
        words = "ends in" if left > 0 else "ends today" if left == 0 else "ended"
        assert words in found.alerts[0].title
        assert found.untold(frozenset(found.marks)).alerts == ()


def test_a_permit_that_was_told_is_told_again_once_it_has_ended_or_its_day_moved() -> None:
    rule = AlertRule(id="r", on="lapse", within_days=90)
    before = frozenset(told(rule, chain=chain(DAY + timedelta(days=9))).marks)
    same = told(rule, chain=chain(DAY + timedelta(days=9)), today=DAY + timedelta(days=3))
    assert same.untold(before).alerts == ()
    ended = told(rule, chain=chain(DAY + timedelta(days=9)), today=DAY + timedelta(days=10))
    assert len(ended.untold(before).alerts) == 1
    moved = told(rule, chain=chain(DAY + timedelta(days=19)))
    assert len(moved.untold(before).alerts) == 1


def test_revisions_between_editions_are_those_that_were_printed() -> None:
    # USGS prints 81 % for 2020 in its edition of 2023, 84 % in that of 2024.
    found = told(AlertRule(id="r", on="import_reliance", mineral="Sb", change_points=Decimal(3)))
    lines = [line for one in found.alerts for line in one.lines]
    assert any("81 % in the edition of 2023, 84 % in that of 2024" in line for line in lines)
    assert any("84 % in the edition of 2024, 81 % in that of 2026" in line for line in lines)
    assert len(lines) == 2
    none = told(AlertRule(id="r", on="import_reliance", mineral="Sb", change_points=Decimal(4)))
    assert none.alerts == ()
    gone = told(AlertRule(id="r", on="import_reliance", mineral="unobtainium"))
    assert "no edition prints one" in gone.findings[0].message


def line(*values: str) -> PriceLine:
    days = [DAY + timedelta(days=at) for at in range(len(values))]
    told = tuple(zip(days, map(Decimal, values), strict=True))
    return PriceLine(told, "USD/t", "a test")


@pytest.mark.parametrize(
    ("rule", "values", "count"),
    [
        ({"above": Decimal(10)}, ("9", "10"), 0),
        ({"above": Decimal(10)}, ("9", "10.01"), 1),
        ({"below": Decimal(10)}, ("9", "10"), 0),
        ({"below": Decimal(10)}, ("11", "9.99"), 1),
        ({"change_pct": Decimal(5)}, ("100", "105"), 1),
        ({"change_pct": Decimal(5)}, ("100", "104.99"), 0),
        ({"change_pct": Decimal(5)}, ("100", "95"), 1),
        ({"change_pct": Decimal(5)}, ("0", "95"), 0),
        ({"change_pct": Decimal(5)}, ("95",), 0),
    ],
)
def test_a_price_is_told_beyond_its_threshold(
    rule: dict[str, Decimal], values: tuple[str, ...], count: int
) -> None:
    made = AlertRule(id="r", on="price", series="sb", **rule)  # type: ignore[arg-type]
    found = told(made, prices={"sb": line(*values)})
    assert len(found.alerts) == count
    assert found.untold(frozenset(found.marks)).alerts == ()


def test_rules_that_ask_about_nothing_say_so() -> None:
    price = AlertRule(id="p", on="price", series="no", above=Decimal(1))
    assert "known: sb" in told(price, prices={"sb": line("1")}).findings[0].message
    assert "has no value" in told(price, prices={"no": line()}).findings[0].message
    lapse = AlertRule(id="l", on="lapse", within_days=9, site="no")
    assert "no chain" in told(lapse).findings[0].message
    assert "no site no" in told(lapse, chain=chain(DAY)).findings[0].message
