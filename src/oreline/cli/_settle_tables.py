"""Statements, their differences and exposure in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_note, print_pairs, print_table, print_title

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.console import Console

    from oreline.settle import Exposure, Statement, StatementLine, Waterfall

UNKNOWN = "UNKNOWN"


def print_statement(console: Console, made: Statement, title: str, day: str) -> None:
    """Print a statement: who, what, every line with clause, formula and evidence, the sums."""
    from oreline.settle import money_text

    stage = made.stage.replace("_", " ")
    print_title(console, f"{stage[:1].upper()}{stage[1:]} statement, {day}")
    colour = "bold red" if made.status == "NOT SETTLED" else "bold green"
    console.print(Text(made.status, colour))
    print_pairs(
        console,
        [
            ("Contract", f"{made.contract} {title}".strip() or "none"),
            ("Parcel", made.parcel),
            ("Seller", made.seller or UNKNOWN),
            ("Buyer", made.buyer or UNKNOWN),
            ("Dry mass", _with(made.dry_t, "dmt")),
            ("Basis", made.basis),
        ],
    )
    papers = evidence_of_all(made)
    rows = [_line(line, papers, made.basis) for line in made.lines]
    columns = ("clause", "line", "how", made.currency or "amount")
    print_table(console, columns, rows, right=columns[3:], empty="no lines")
    for number, paper in enumerate(papers, 1):
        console.print(Text(f"  [{number}] {paper}", "dim"))
    if made.analytes:
        print_analytes(console, made)
    print_pairs(
        console,
        [
            ("Net value", money_text(made.net_value, made.currency)),
            ("Paid before", money_text(made.paid_before, made.currency)),
            ("Due now", money_text(made.due, made.currency)),
        ],
    )
    for note in made.notes:
        print_note(console, note)
    if made.missing:
        print_missing(console, made, day)


def print_missing(console: Console, made: Statement, day: str = "") -> None:
    """Print everything for want of which a statement is not settled."""
    as_of = f", {day}" if day else ""
    print_title(console, f"What is missing in {made.id}{as_of}")
    rows = [(one.what, one.where, one.why, one.remedy) for one in made.missing]
    print_table(console, ("what", "where", "why", "what to do"), rows)


def print_analytes(console: Console, made: Statement) -> None:
    """Print grades, contents and prices of a statement."""
    columns = ("analyte", "grade %", "contained t", "payable t", f"{made.currency}/t", "priced %")
    rows = [
        (
            one.analyte,
            _plain(one.grade_pct),
            _plain(one.contained_t),
            _plain(one.payable_t),
            _plain(one.price_per_t),
            _plain(None if one.priced_share is None else one.priced_share * 100),
        )
        for one in made.analytes
    ]
    print_table(console, columns, rows, right=columns[1:])


def print_waterfall(console: Console, made: Waterfall, currency: str) -> None:
    """Print how one statement became another."""
    from oreline.settle import money_text

    print_title(console, f"From {made.before} to {made.after}")
    rows: list[tuple[str, str, str]] = [
        (step.effect, step.detail, money_text(step.amount)) for step in made.steps
    ]
    rows.append(("sum", "difference of the net values", money_text(made.difference)))
    print_table(console, ("effect", "what changed", currency), rows, right=(currency,))


def print_exposure(console: Console, rows: Sequence[Exposure], day: str) -> None:
    """Print what is not priced yet, by metal and month."""
    print_title(console, f"Payable metal without a final price, {day}")
    columns = ("analyte", "series", "month", "payable t", "unpriced t", "lots")
    told = [
        (
            one.analyte,
            one.series,
            one.month or "not known",
            _plain(one.payable_t),
            _plain(one.unpriced_t),
            "" if one.lots is None else _plain(one.lots),
        )
        for one in rows
    ]
    print_table(console, columns, told, right=columns[3:6], empty="every price is final")
    for note in dict.fromkeys(note for one in rows for note in one.notes):
        print_note(console, note)
    for one in rows:
        if one.why:
            print_note(console, f"{one.analyte}, {one.series} is UNKNOWN: {one.why}")


def evidence_of_all(made: Statement) -> tuple[str, ...]:
    """Return what the lines of a statement rest on, each once; lines name it by its number."""
    from oreline.settle import evidence_of

    return tuple(dict.fromkeys(paper for line in made.lines for paper in evidence_of(line)))


def _line(line: StatementLine, papers: Sequence[str], basis: str) -> tuple[object, ...]:
    from oreline.settle import evidence_of, money_text

    how = [part for part in (line.formula, line.why) if part]
    told = " ".join(f"[{papers.index(paper) + 1}]" for paper in evidence_of(line))
    if told:
        how.append(f"evidence {told}")
    if line.basis != basis:
        how.append(f"basis: {line.basis}")
    return (line.clause, line.title, "\n".join(how), money_text(line.amount))


def _with(value: Decimal | None, unit: str) -> str:
    return UNKNOWN if value is None else f"{_plain(value)} {unit}"


DIGITS = 12
"""How many digits of a number the terminal shows; --json has all."""


def _plain(value: Decimal | None) -> str:
    if value is None:
        return UNKNOWN
    short = value.normalize()
    if len(short.as_tuple().digits) > DIGITS:
        return f"{value:.{DIGITS}g}"
    return f"{short:f}"
