"""Tables, findings and lines in the terminal: how answers look, whatever they are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.cli._reader import Reader
    from oreline.model import Finding

LIKE_SHOWN = 3
"""How many findings of one kind in one column the terminal shows."""
ROWS_SHOWN = 500
"""How many rows the terminal shows; --export and --json give all."""
SEVERITY_STYLES = {"fatal": "bold red", "warning": "yellow", "note": "cyan"}
_UNBROKEN = ("time", "period", "kind", "month")
_WARNED = ("UNKNOWN", "assumed", "planned", "DOES NOT CLOSE")


def print_title(console: Console, text: str) -> None:
    """Print the line above an answer."""
    console.print(Text(text, "bold"))


def print_note(console: Console, text: str) -> None:
    """Print a line that says what a reader must know of an answer."""
    console.print(Text(f"Note: {text}", "yellow"))


def print_table(
    console: Console,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    right: Iterable[str] = (),
    empty: str = "nothing",
) -> None:
    """Print rows under headings; numbers to the right, long tables cut with a word about it."""
    if not rows:
        console.print(Text(f"  {empty}", "dim"))
        return
    to_the_right = set(right)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for column in columns:
        justify = "right" if column in to_the_right else "left"
        table.add_column(
            column,
            justify=justify,  # type: ignore[arg-type]
            overflow="fold",
            no_wrap=column in _UNBROKEN,
        )
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*(cell(value) for value in row))
    console.print(table)
    if len(rows) > ROWS_SHOWN:
        left = f"... and {len(rows) - ROWS_SHOWN} more rows: use --json or --export"
        console.print(Text(left, "dim"))


def cell(value: object) -> Text:
    """Return a value as the text of a cell; what is not known or assumed catches the eye."""
    if value is None:
        return Text("")
    if isinstance(value, Text):
        return value
    text = str(value)
    return Text(text, "yellow" if any(word in text for word in _WARNED) else "")


def print_pairs(console: Console, pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair a line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, cell("" if value is None else value))
    console.print(table)


def print_frame(console: Console, frame: Any, *, right: Iterable[str] = (), empty: str) -> None:
    """Print a table of polars as it is."""
    rows = [[_plain(value) for value in row] for row in frame.rows()]
    print_table(console, [_heading(name) for name in frame.columns], rows,
                right=[_heading(name) for name in right], empty=empty)  # fmt: skip


def _heading(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return " ".join(str(item) for item in value)
    return "UNKNOWN" if value is None else value


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print findings, each with its place and its remedy, and how many there are of which kind.

    Of many of one kind in one column the first are printed, and how many more there are.
    """
    for number, (column, finding, more) in enumerate(_grouped(findings)):
        if number == ROWS_SHOWN:
            console.print(Text("... and more; use --json", "dim"))
            break
        severity = str(finding.severity)
        head = Text.assemble(
            (f"{severity:<8}", SEVERITY_STYLES.get(severity, "")),
            (f"{finding.code}  ", "dim"),
            (finding.where, "bold"),
        )
        console.print(head, soft_wrap=False)
        console.print(Text(f"  {finding.message}"))
        console.print(Text(f"  Fix: {finding.fix}", "dim"))
        if more:
            told = f"  ... and {more} more {finding.code} in {column}; --json gives all"
            console.print(Text(told, "dim"))
    if findings:
        console.print(Text(findings_summary(findings), "bold"))


def _grouped(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding, int]]:
    """Yield each finding that is printed, its column, and how many like it are left out after."""
    keys = [(finding.code, _IN_ROW.sub("", finding.where)) for finding in findings]
    left = Counter(
        key for key, finding in zip(keys, findings, strict=True) if key[1] != finding.where
    )
    seen: Counter[tuple[str, str]] = Counter()
    for key, finding in zip(keys, findings, strict=True):
        seen[key] += 1
        total = left[key]
        if total <= LIKE_SHOWN or seen[key] < LIKE_SHOWN:
            yield key[1], finding, 0
        elif seen[key] == LIKE_SHOWN:
            yield key[1], finding, total - LIKE_SHOWN


_IN_ROW = re.compile(r" row [0-9]+(?= column |$)")


def findings_summary(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity, in words."""
    counted: dict[str, int] = {}
    for finding in findings:
        counted[str(finding.severity)] = counted.get(str(finding.severity), 0) + 1
    parts = [
        f"{counted[name]} {word if counted[name] == 1 else word + 's'}"
        for name, word in (("fatal", "fatal finding"), ("warning", "warning"), ("note", "note"))
        if name in counted
    ]
    return ", ".join(parts) if parts else "no findings"


def print_ledger_line(console: Console, reader: Reader) -> None:
    """Print which ledger answered, as of when; a tense that is not actual stands out."""
    state: Mapping[str, Any] = reader.state_json()
    told = [f"{state['size']} events"]
    told.append("as of " + (state["as_of"] or "all that happened"))
    told.append("as known at " + (state["known_at"] or "present"))
    line = f"Ledger {state['id']}: {', '.join(told)}."
    if state["tense"] != "actual":
        console.print(
            Text(f"This ledger is {state['tense'].upper()}, not what happened.", "yellow")
        )
    console.print(Text(line, "dim"))
