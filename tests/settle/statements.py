"""Statements as values, for tests of how they are shown."""

from __future__ import annotations

from decimal import Decimal

from oreline.settle import Input, Missing, Statement, StatementLine
from oreline.settle._statement import AnalyteSummary

D = Decimal


def copper_lines() -> tuple[StatementLine, ...]:
    """Return the lines of 12,000 dmt of copper concentrate at 28 %, less charges.

    96.5 % of 3,360 t at 9,000 USD/t, TC 80 USD/dmt, RC 8 c/lb at 2204.6 lb/t.
    """
    dry = Input("dry mass", D("12000.000"), "dmt", "measured", ("w-1",))
    grade = Input("Cu", D("28.00"), "%", "measured", ("a-s", "a-b"))
    price = Input("price", D("9000"), "USD/t", "reported", (), "lme-cu")
    payable = Input("payable Cu", D("3242.4"), "t", "derived", ("w-1", "a-s", "a-b"))
    return (
        StatementLine(
            "payable-Cu", "payable", "Cu", "Copper paid", "7.1",
            "dry mass × grade × 96.5 % × price", (dry, grade, price), D("29181600.00"), "measured",
        ),
        StatementLine(
            "treatment", "treatment", "", "Treatment charge", "8.1", "− dry mass × 80 USD/dmt",
            (dry,), D("-960000.00"), "measured",
        ),
        StatementLine(
            "refining-Cu", "refining", "Cu", "Refining charge", "8.2", "− payable × 8 c/lb",
            (payable,), D("-571855.60"), "derived",
        ),
    )  # fmt: skip


def settled() -> Statement:
    """Return a final statement of three lines."""
    copper = AnalyteSummary("Cu", D("28.00"), D("3360"), D("3242.4"), D("9000"), D(1), "2025-12")
    return Statement(
        "fwo-ussm-1/sent-1/final", "fwo-ussm-1", "sent-1", "final", "SETTLED", "USD", "fwo", "ussm",
        D("12000.000"), D("13043.478"), copper_lines(), (copper,), D("27649744.40"),
        D("24000000.00"), D("3649744.40"), "measured", ("Terms are assumed: A-77.",), (),
    )  # fmt: skip


def unsettled() -> Statement:
    """Return a statement that two things keep from being settled."""
    why = "nobody measured the moisture of fwo:CU-1, so that its dry mass is UNKNOWN"
    gaps = (
        Missing("moisture", "fwo:CU-1", why, "record a moisture assay of the lot"),
        Missing("clause", "refining Cu", "basis is not stated", 'write basis = "payable"'),
    )
    line = StatementLine(
        "payable-Cu", "payable", "Cu", "Copper paid", "7.1", "", (), None, "unknown", why
    )
    return Statement(
        "fwo-ussm-1/sent-1/provisional", "fwo-ussm-1", "sent-1", "provisional", "NOT SETTLED",
        "USD", "fwo", "ussm", None, D("13043.478"), (line,), (), None, D(0), None, "unknown", (),
        gaps,
    )  # fmt: skip
