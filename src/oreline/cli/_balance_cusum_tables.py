"""How running sums of unaccounted metal look in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from oreline.cli._balance_tables import figure_text, print_defaults, verdict_text
from oreline.cli._render import print_note, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.balance import Cusum, Hypothesis

CUSUM_STYLES = {"STEADY": "green", "SHIFTED": "bold red", "UNKNOWN": "yellow"}


def money_text(worth: Mapping[str, Any] | None) -> str:
    """Return the value of a mass with its U95, rounded as far as that lets say something."""
    from oreline.model import with_u95

    if worth is None:
        return ""
    if worth["low"] is None or worth["high"] is None or worth["u95"] is None:
        return "UNKNOWN" if worth["low"] is None else f"{worth['low']} {worth['currency']}"
    return with_u95(worth["low"], worth["high"], worth["u95"], worth["currency"])


def print_cusum(console: Console, found: Cusum) -> None:
    """Print the running sum, its tests and what they say."""
    told = found.to_json()
    print_title(console, f"Running sum of unaccounted {found.element} at {found.site}")
    columns = ["period", "unaccounted ± U95", "sum ± U95"]
    if found.price is not None:
        columns.append("value of the sum ± U95")
    columns += ["deviation", "up", "down", "verdict"]
    rows = []
    for point, written in zip(found.points, told["points"], strict=True):
        row: list[object] = [
            point.period, figure_text(point.unaccounted), figure_text(point.cumulative)
        ]  # fmt: skip
        if found.price is not None:
            row.append(money_text(written["cumulative_value"]))
        z = "?" if point.z is None else f"{point.z:+.1f}"
        row += [z, f"{point.upper:.1f}", f"{point.lower:.1f}", verdict_text(point.verdict)]
        rows.append(row)
    print_table(console, columns, rows, right=columns[1:-1])
    verdict = Text(found.verdict, CUSUM_STYLES[found.verdict])
    console.print(Text.assemble(verdict, f": {found.reason}."))
    console.print(
        Text(
            f"'deviation' is in standard deviations, after what earlier periods let expect; 'up' "
            f"and 'down' are the tabular CUSUM (k = {told['k']:g}, limit h = {told['h']:g}). A run "
            f"of periods is judged at {told['run_sigma']:g} standard uncertainties.",
            "dim",
        )
    )
    for point in found.points:
        if point.why:
            print_note(console, f"{point.period} is not judged: {point.why}")
    if found.price is not None:
        price = found.price.to_json()
        print_note(
            console, f"at {price['value']} {price['unit']} ({price['basis']}: {price['source']})"
        )
    print_defaults(console, [point.cumulative for point in found.points])


def print_hypotheses(console: Console, found: Sequence[Hypothesis]) -> None:
    """Print what may have caused a shift, the likeliest first, with what speaks for and against."""
    if not found:
        return
    print_title(console, "Hypotheses, the likeliest first; none of them is proven")
    for number, one in enumerate(found, 1):
        told = one.to_json()
        span = one.first if one.first == one.last else f"{one.first} to {one.last}"
        head = f"{number}. {one.kind}: {one.what}, {span}"
        console.print(Text(head, "bold"))
        explains, of = float(told["explains"]), float(told["of"])
        words = f"it would explain {explains:.3g} t of {of:.3g} t (weight {told['weight']})"
        console.print(f"   {one.size}; {words}", markup=False)
        for word, texts in (("for", one.speaks_for), ("against", one.speaks_against)):
            for text in texts:
                console.print(f"   {word}: {text}", markup=False)
