"""The losses of ``oreline stress security --loss``: what a budget changes, measure by measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.stress import Bounds, LossChange, SecurityLoss


def show_loss(console: Console, lost: SecurityLoss) -> None:
    """Print what the largest budget changes in losses from disruptions, and what it rests on."""
    from oreline.cli._render import print_note, print_table, print_title
    from oreline.stress import NOTHING_COUNTS

    last = lost.budgets[-1]
    title = f"{last.amount:,.0f} million: what it changes in {lost.importer}'s losses in a year"
    print_title(console, title)
    columns = ("mineral", "measure", "unit", "before", "change", "standard error")
    rows: list[tuple[str, ...]] = []
    for one in last.minerals:
        if one.unknown:
            word = "none" if one.unknown == NOTHING_COUNTS else "UNKNOWN"
            rows.append((one.mineral, word, one.unknown, "", "", ""))
        for stage, share in one.added.items():
            rows.append((one.mineral, f"added, {stage}", "% of world supply", "", _part(share), ""))
        rows += [(one.mineral, *_cells(change)) for change in one.changes]
    print_table(console, columns, rows, right=columns[3:], empty="no mineral has a model")
    dominate = "assumptions dominate: there is no single figure. " * lost.is_assumed
    how = lost.settings
    print_note(
        console,
        f"{dominate}{lost.assumed[0]} of {lost.assumed[1]} numbers are assumed; 10th to 90th "
        f"percentile over {how.sets} drawn sets, and over the least and the most that counts; "
        f"seed {how.seed}; below nought is safer",
    )
    print_note(console, "standard error: of the change with the numbers as given, the same events "
                        "before and after")  # fmt: skip
    for note in lost.notes:
        print_note(console, note)


def _cells(one: LossChange) -> tuple[str, ...]:
    measure = f"{one.quantity}, {one.measure}" + (f" ({one.bound})" if one.bound else "")
    if one.span.low == 0 == one.span.high:
        return measure, one.unit, _span(one.before), "none", "0"
    error = f"{one.at_most.standard_error:.2g}"
    if one.at_most.is_below_error:
        error += ": the change is less than its standard error"
    return measure, one.unit, _span(one.before), _span(one.span, sign="+"), error


def _part(share: Bounds) -> str:
    assert share.high is not None, "what counts has both ends"
    low, high = (_figures(100 * one, "") for one in (share.low, share.high))
    return low if low == high else f"{low} to {high}"


def _span(bounds: Bounds, sign: str = "") -> str:
    assert bounds.high is not None, "a range of drawn inputs has both ends"
    low, high = (_figures(one, sign) for one in (bounds.low, bounds.high))
    return low if low == high else f"{low} to {high}"


def _figures(value: float, sign: str) -> str:
    """Return three figures of a number, all of them from a hundred on."""
    if value == 0:
        return "0"
    return format(value, f"{sign},.0f") if abs(value) >= 100 else format(value, f"{sign}.3g")
