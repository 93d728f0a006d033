"""How designs look in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_findings, print_note, print_table, print_title

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.design import (
        Comparison,
        Difference,
        Flowsheet,
        PassportRow,
        Solution,
        StreamRow,
        Waterfall,
    )
    from oreline.model import Finding

RUNGS = {
    0: "cited split",
    1: "grade-recovery curve",
    2: "kinetic or equilibrium law",
    3: "external engine",
}
"""What the rungs of unit laws are called."""


def number(value: float | None, digits: int = 5) -> str:
    """Return a number to some digits, with separators; UNKNOWN where there is none."""
    return "UNKNOWN" if value is None else f"{value:,.{digits}g}"


RECOVERY_MAX = 1 + 1e-9
"""More of a component than this comes not from the feeds alone: that is no recovery."""


def percent(value: float | None) -> str:
    """Return a part of one in per cent."""
    return "UNKNOWN" if value is None else f"{100 * value:.4g} %"


def recovered(value: float | None) -> str:
    """Return a recovery; a dash where reagents and air bring more of it than the feeds do.

    >>> recovered(0.801), recovered(32.2)
    ('80.1 %', '–')
    """
    return "–" if value is not None and value > RECOVERY_MAX else percent(value)


def print_check(
    console: Console,
    sheet: Flowsheet | None,
    rows: Sequence[PassportRow],
    findings: Sequence[Finding],
) -> None:
    """Print what is wrong with a flowsheet, and its numbers."""
    print_findings(console, findings)
    if sheet is None:
        return
    told = f"{sheet.name}: {len(sheet.feeds)} feeds, {len(sheet.units)} units, "
    told += f"{len(sheet.streams)} streams, {len(sheet.components)} components"
    print_title(console, told)
    print_passport(console, rows)


def print_passport(console: Console, rows: Sequence[PassportRow]) -> None:
    """Print every number with its range, basis, source and rung."""
    table = [
        (
            row.name,
            f"{row.parameter.value:.6g} {row.parameter.unit}",
            f"{row.parameter.low:.4g} to {row.parameter.high:.4g}"
            if row.parameter.low is not None and row.parameter.high is not None
            else "",
            "" if row.rung is None else str(row.rung),
            str(row.parameter.basis),
            row.parameter.source,
        )
        for row in rows
    ]
    columns = ("number", "value", "range", "rung", "basis", "source")
    print_table(console, columns, table, right=("value",))
    used = sorted({row.rung for row in rows if row.rung is not None})
    if used:
        told = "; ".join(f"{rung} {RUNGS[rung]}" for rung in used)
        console.print(Text(f"Rungs: {told}.", "dim"))


def print_solution(console: Console, solution: Solution, findings: Sequence[Finding]) -> None:
    """Print products and units of a solved flowsheet."""
    print_title(console, solution.flowsheet.name)
    names = list(solution.closure)
    rows = []
    for product, stream in solution.products:
        rows.append((product.id, str(product.kind), "dry mass", number(stream.dry_t_per_h), ""))
        rows += [
            (
                "",
                "",
                name,
                percent(stream.grade(name)),
                recovered(stream.recovery[name]),
            )
            for name in names
            if stream.contained_t_per_h[name] > 0
        ]
    columns = ("product", "kind", "of", "t/h, grade", "recovery")
    print_table(console, columns, rows, right=columns[3:])
    units = [
        (
            unit.id,
            f"{unit.law} ({unit.rung})",
            "" if unit.basis is None else str(unit.basis),
            number(unit.dry_t_per_h),
            ", ".join(
                [f"{name} {number(amount)}" for name, amount in unit.consumed_per_h.items()]
                + [f"{name} {number(dose)} t" for name, dose in unit.reagents_t_per_h.items()]
            ),
        )
        for unit in solution.units
    ]
    print_table(
        console,
        ("unit", "law (rung)", "weakest basis", "dry feed t/h", "used per h"),
        units,
        right=("dry feed t/h",),
    )
    for feed, found in solution.minerals.items():
        parts = ", ".join(f"{name} {percent(part)}" for name, part in found.minerals.items())
        console.print(Text(f"Minerals of {feed}: {parts}."))
    worst = max(solution.closure.values())
    told = f"Every component closes: at worst {worst:.1e} of what enters is missing."
    if solution.rounds > 1:
        told += f" Laws of the feed settled in {solution.rounds} rounds."
    console.print(Text(told, "dim"))
    print_findings(console, findings)


def print_streams(console: Console, rows: Sequence[StreamRow]) -> None:
    """Print streams with their flows, grades and recoveries."""
    table = []
    for row in rows:
        head = f"{row.origin or 'outside'} > {row.destination}, {row.phase}"
        if row.water_t_per_h:
            head += f", {number(row.water_t_per_h)} t/h water"
        table.append((row.id, head, number(row.dry_t_per_h), "", ""))
        table += [
            ("", name, number(flow), percent(row.grade(name)), recovered(row.recovery[name]))
            for name, flow in row.contained_t_per_h.items()
            if flow > 0
        ]
    columns = ("stream", "from > to, or of", "t/h", "grade", "recovery")
    print_table(console, columns, table, right=columns[2:])


def print_waterfall(console: Console, found: Waterfall) -> None:
    """Print where an element leaves a chain."""
    told = f"Where {found.element} goes: {number(found.total_t_per_h)} t/h enter"
    print_title(console, told)
    rows = [
        (
            f"{row.unit}, {row.outlet}",
            row.destination,
            str(row.kind),
            number(row.t_per_h),
            percent(row.share),
            percent(row.left),
        )
        for row in found.rows
        if row.share > 0
    ]
    columns = ("leaves at", "into", "kind", "t/h", "share", "left")
    print_table(console, columns, rows, right=columns[3:])
    if found.reagents_t_per_h:
        print_note(console, f"reagents bring {number(found.reagents_t_per_h)} t/h of it")
    most = max(found.circulating, key=lambda unit: found.circulating[unit])
    times = found.circulating[most]
    console.print(Text(f"Most passes {most}: {times:.3g} times what enters.", "dim"))


def print_comparison(console: Console, found: Comparison, lacking: Sequence[Finding] = ()) -> None:
    """Print two designs side by side; ``lacking`` is what costs that are left out lack."""
    print_title(console, f"{found.first} beside {found.second}")
    columns = ("of", "what", "first", "second", "change")
    print_table(
        console,
        columns,
        [_difference(one) for one in found.inputs],
        right=columns[2:],
        empty="their numbers are the same",
    )
    moved = [one for one in found.results if one.change is None or abs(one.change) > 0]
    print_table(
        console,
        columns,
        [_difference(one) for one in moved],
        right=columns[2:],
        empty="they give the same",
    )
    if found.costs:
        print_table(console, columns, [_difference(one) for one in found.costs], right=columns[2:])
    print_findings(console, lacking)


def _difference(one: Difference) -> tuple[str, str, str, str, str]:
    said = percent if one.unit == "1" else number
    unit = "" if one.unit == "1" else f" {one.unit}"
    change = "" if one.change is None else said(one.change)
    return one.subject, f"{one.what}{unit and ','}{unit}", said(one.first), said(one.second), change
