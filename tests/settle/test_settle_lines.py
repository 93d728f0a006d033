"""Other lines of a statement, and what is due at each stage."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from parcels import copper, copper_parcel, lot, parcel
from test_settle import LEFT, LME, amounts, cents, final, said

from oreline.settle import settle
from oreline.settle._clauses import Line

D = Decimal


def test_lines_of_every_kind() -> None:
    lines = [
        {"id": "sum", "title": "Umpire", "rate": "-1500 USD"},
        {"id": "dry", "title": "Sampling", "rate": "-2 USD/dmt"},
        {"id": "wet", "title": "Freight", "rate": "-84 USD/wmt"},
        {"id": "metal", "title": "Insurance", "pct": "-0.1", "of": "payable_value"},
        {"id": "levy", "title": "Levy", "pct": "-1", "of": "net_value"},
        {
            "id": "interest", "title": "Interest", "pct": "6", "of": "net_value",
            "per_year": True, "days_from": "shipment", "days_to": "arrival", "stages": ["final"],
        },
    ]  # fmt: skip
    goods = parcel(lot("A", "1000", "10", settled={"Cu": "28"}, seller={"Cu": "28"}))
    found = final(copper(lines=lines), goods)
    made = amounts(found)
    plain = final(copper(), goods)
    metal = amounts(plain)["payable-Cu"]
    assert made["line-sum"] == -1500
    assert made["line-dry"] == -1800
    assert made["line-wet"] == -84000
    assert made["line-metal"] == cents(-metal / 1000)
    before = sum(
        value for name, value in made.items() if name not in {"line-levy", "line-interest"}
    )
    assert made["line-levy"] == pytest.approx(-before / 100, abs=D("0.01"))
    # 2 October to 31 December: 90 days of a year of 360.
    assert made["line-interest"] == pytest.approx(before * 6 / 100 * 90 / 360, abs=D("0.01"))
    assert "line-interest" not in amounts(
        settle(copper(lines=lines), goods, LME, stage="provisional", on=LEFT)
    )


def test_a_line_of_this_parcel_alone() -> None:
    cost = Line.model_validate({"id": "umpire", "title": "Umpire's cost", "rate": "-1200 USD"})
    found = final(copper(), copper_parcel(), extra=(cost,))
    assert found.net_value == D("27649744.40") - 1200


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"pct": "5"}, "either a rate, or a percentage and what it is of"),
        ({"rate": "5 EUR"}, "5 EUR cannot be written in USD"),
        ({"pct": "5", "of": "net_value", "per_year": True}, "events from which and to which"),
        (
            {
                "pct": "5", "of": "net_value", "per_year": True, "days_from": "invoice",
                "days_to": "arrival",
            },
            "nobody has recorded the day of invoice",
        ),
        (
            {
                "pct": "5", "of": "net_value", "per_year": True, "days_from": "arrival",
                "days_to": "shipment",
            },
            "lies before",
        ),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_reckoned(line: dict[str, Any], why: str) -> None:
    found = final(copper(lines=[{"id": "x", "title": "X", **line}]), copper_parcel())
    assert found.status == "NOT SETTLED"
    assert why in said(found)


def test_provisional_second_provisional_and_final_sum_to_the_final_value() -> None:
    goods = copper_parcel(final="27.40")
    paid = D(0)
    dues = []
    for stage, on in (("provisional", LEFT), ("second_provisional", date(2026, 1, 12))):
        found = settle(copper(), goods, LME, stage=stage, on=on, paid_before=paid)  # type: ignore[arg-type]
        assert found.status == "PROVISIONAL"
        dues.append(found.due)
        paid += found.due
    last = final(copper(), goods, paid_before=paid)
    assert paid + last.due == last.net_value
    second = settle(
        copper(), goods, LME, stage="second_provisional", on=date(2026, 1, 12), paid_before=dues[0]
    )
    assert second.due == cents(last.net_value * D("0.95")) - dues[0]


def test_a_refund_is_a_negative_balance() -> None:
    found = final(copper(), copper_parcel(final="20"), paid_before=D("25000000.00"))
    assert found.due == found.net_value - 25000000
    assert found.due < 0
