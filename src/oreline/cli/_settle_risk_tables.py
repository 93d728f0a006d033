"""How sure a value is, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oreline.cli._render import print_note, print_pairs, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.settle import MoneySpread, MoneyTrials, UmpireRisk

SHOWN_MAX = 12
"""How many contributions are printed; --json gives all."""
UNKNOWN = "UNKNOWN"


def print_spread(console: Console, spread: MoneySpread, statement: str) -> None:
    """Print the interval of a value and what makes it wide, the widest first."""
    from oreline.settle import interval_of, money_text

    print_title(console, f"How sure is {statement}")
    interval = interval_of(spread)
    told = UNKNOWN
    if interval is not None:
        low, high = (money_text(end, spread.currency) for end in interval)
        told = f"{low} to {high}"
    print_pairs(
        console,
        [("Net value", money_text(spread.net_value, spread.currency)), ("95 % interval", told)],
    )
    if spread.unstated:
        names = ", ".join(spread.unstated)
        stated = f"the others bring {spread.u_stated:,.2f} {spread.currency} (one standard"
        print_note(console, f"no uncertainty is stated of {names}; {stated} uncertainty)")
    if spread.is_bent:
        words = "the terms bend within the uncertainty (a threshold, a tier, a deduction is near)"
        print_note(console, f"{words}: ask for --trials 10000")
    parts = sorted(
        (one for one in spread.contributions if one.u_money is not None),
        key=lambda one: -(one.u_money or 0.0),
    )
    whole = sum((one.u_money or 0.0) ** 2 for one in parts) or 1.0
    rows = [
        (
            one.name,
            f"{one.value:.8g} ± {one.u:.4g} {one.unit}",
            f"{one.u_money or 0.0:,.2f}",
            f"{100 * (one.u_money or 0.0) ** 2 / whole:.0f} %",
        )
        for one in parts[:SHOWN_MAX]
    ]
    columns = ("number", "value ± u", f"brings, {spread.currency}", "of variance")
    print_table(console, columns, rows, right=columns[1:], empty="no uncertainty is stated")
    if len(parts) > SHOWN_MAX:
        print_note(console, f"and {len(parts) - SHOWN_MAX} smaller ones")


def print_trials(console: Console, made: MoneyTrials) -> None:
    """Print what the trials say."""
    count = len(made.values) + made.unsettled
    print_title(console, f"By {count} trials (seed {made.seed})")
    rows: list[tuple[str, object]] = [
        ("Mean", f"{made.mean:,.2f} {made.currency}"),
        ("Standard uncertainty", f"{made.u:,.2f} {made.currency}"),
        ("95 % interval", f"{made.low:,.2f} to {made.high:,.2f} {made.currency}"),
    ]
    if made.unsettled:
        rows.append(("Not settled", f"{made.unsettled} of {count}"))
    print_pairs(console, rows)


def print_umpire(console: Console, risks: Sequence[UmpireRisk], currency: str) -> None:
    """Print how likely the umpire is called for each assay, and by how much the value moves."""
    if not risks:
        return
    print_title(console, "How likely the umpire is called")
    rows = [
        (
            one.lot,
            one.analyte,
            UNKNOWN if one.limit_pct is None else f"{one.limit_pct.normalize():f} %",
            UNKNOWN if one.probability is None else f"{100 * one.probability:.2f} %",
            UNKNOWN if one.swing is None else f"{one.swing:,.2f}",
            one.why,
        )
        for one in risks
    ]
    columns = ("lot", "analyte", "limit", "chance", f"then moves, {currency}", "note")
    print_table(console, columns, rows, right=columns[2:5])
