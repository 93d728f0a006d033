"""Prices between related parties: each method by hand, and a file with all that is wrong in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from oreline.fund import (
    ArmsLength,
    Comparables,
    RangeResult,
    TransferMethod,
    adjustment,
    arms_length,
    range_result,
    read_transfer,
)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "examples" / "pakistan-us" / "transfer-pricing.toml").read_text("utf-8")
BARE = Comparables(
    "c", date(2030, 1, 1), date(2030, 12, 31), None, None, None, "", False, None, None, None, "USD",
    "", "assumed", "A-1",
)  # fmt: skip


def stated(ends: tuple[str, str, str], **more: Any) -> Comparables:
    low, median, high = (Fraction(one) for one in ends)
    given = {name: Fraction(one) if isinstance(one, int) else one for name, one in more.items()}
    return replace(BARE, low=low, median=median, high=high, **given)


@pytest.mark.parametrize(
    ("method", "found", "expected"),
    [
        ("CUP", stated(("900", "950", "980")), (900, 950, 980)),
        # 1,000 quoted, less 20, 50 or 100: the most that is taken off is the lowest price.
        ("CUP", stated(("20", "50", "100"), is_quoted=True), (900, 950, 980)),
        ("resale-minus", stated((".10", ".15", ".20"), resale=10000), (8000, 8500, 9000)),
        ("cost-plus", stated((".05", ".08", ".10"), cost=1000), (1050, 1080, 1100)),
        ("TNMM", stated((".05", ".08", ".10"), cost=1000, indicator="costs"), (1050, 1080, 1100)),
        ("TNMM", stated((".10", ".20", ".25"), cost=900, indicator="sales"), (1000, 1125, 1200)),
        (
            "profit-split",
            stated((".4", ".5", ".6"), resale=10000, cost=6000, buyer_cost=2000),
            (6800, 7000, 7200),
        ),
        # Of a loss of 1,000 whoever bears the larger part has the lower price.
        (
            "profit-split",
            stated((".4", ".5", ".6"), resale=10000, cost=9000, buyer_cost=2000),
            (8400, 8500, 8600),
        ),
    ],
)
def test_each_method_by_hand(
    method: str, found: Comparables, expected: tuple[int, int, int]
) -> None:
    arms = arms_length(TransferMethod(method), found, Fraction(1000))
    assert (arms.low, arms.median, arms.high) == tuple(map(Fraction, expected))
    assert arms.missing == ()


def test_the_ends_belong_to_a_range_and_what_lies_outside_goes_to_the_median() -> None:
    arms = ArmsLength(Fraction(90), Fraction(96), Fraction(100))
    tonnes = Decimal("2.5")
    for price, result, moved in (
        (Fraction(90), RangeResult.WITHIN, 0),
        (Fraction(100), RangeResult.WITHIN, 0),
        (Fraction("89.99"), RangeResult.BELOW, Fraction("15.025")),
        (Fraction("100.01"), RangeResult.ABOVE, Fraction("-10.025")),
        (None, RangeResult.UNKNOWN, None),
    ):
        assert range_result(price, arms) is result
        assert adjustment(result, price, tonnes, arms) == moved
    no_median = replace(arms, median=None)
    assert range_result(Fraction(1), no_median) is RangeResult.BELOW
    assert adjustment(RangeResult.BELOW, Fraction(1), tonnes, no_median) is None


def test_what_nobody_states_is_named_and_not_taken_as_nothing() -> None:
    found = replace(stated((".05", ".08", ".10")), cost=None)
    arms = arms_length(TransferMethod.COST_PLUS, found)
    assert (arms.low, arms.high) == (None, None)
    assert [one.name for one in arms.missing] == ["cost of the comparables of c from 2030-01-01"]
    assert range_result(Fraction(1), arms) is RangeResult.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('method = "CUP"\n', "", "method"),
        ('method = "CUP"', 'method = "best"', "method"),
        ('low = "100 USD/t"', 'low = "700 USD/t"', "not in this order"),
        ('low = "100 USD/t"', 'low = "100 USD/dmt"', "a price is needed"),
        ('low = "100 USD/t"', 'low = "100 EUR/t"', "EUR, USD"),
        ('low = "5 %"', 'low = "5 USD/t"', "is no percentage"),
        ('cost = "unknown"', "", "cost-plus needs cost"),
        ('cost = "unknown"', 'cost = "0 USD/t"', "not above nothing"),
        ("quoted = true", 'quoted = true\nresale = "1 USD/t"', "CUP has no resale"),
        ("to = 2026-12-31", "to = 2024-12-31", "before 2025-07-01"),
        ('"illus-operator", "illus-buyer"', '"illus-buyer", "illus-buyer"', "beside itself"),
        ('analyte = "Cu"', 'analyte = "Xx"', "no element"),
        ('contract = "illus-sb-2025"', 'contract = "illus-cu-2025"', "tested twice"),
        ("[[comparables]]", "[[comparable]]", "comparable"),
        ("[[tested]]", "[[tested", "not TOML"),
    ],
)
def test_what_cannot_be_used_is_named(before: str, after: str, said: str) -> None:
    assert before in TEXT
    found, findings = read_transfer(TEXT.replace(before, after, 1), "transfer-pricing.toml")
    assert found is None
    assert any(said in str(one) for one in findings), [str(one) for one in findings]
    assert all(one.code == "ORL-1187" and one.fix for one in findings)


def test_no_day_lies_in_two_comparables() -> None:
    cut = TEXT.index('[[comparables]]\ncontract = "illus-sb-2025"')
    again = TEXT[TEXT.index("[[comparables]]") : cut].replace("2025-07-01", "2026-12-31")
    again = again.replace("to = 2026-12-31", "to = 2027-06-30")
    found, (finding,) = read_transfer(TEXT + "\n" + again, "transfer-pricing.toml")
    assert found is None
    page = (ROOT / "docs" / "findings" / "ORL-1187.md").read_text("utf-8")
    assert str(finding) in page, str(finding)
    next_day = again.replace("from = 2026-12-31", "from = 2027-01-01")
    assert read_transfer(TEXT + "\n" + next_day, "transfer-pricing.toml")[0] is not None
