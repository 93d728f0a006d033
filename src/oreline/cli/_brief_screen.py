"""The brief in the terminal: sections in order, each fact with its basis and who said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from oreline.ask import sources_text

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.ask import Brief, Fact, Section, Station, Table

WIDEST = 120
"""Beyond this width lines are too long to read."""
LABEL_WIDTH = 16
STYLES = {
    "measured": "green",
    "reported": "blue",
    "reported, estimated": "blue",
    "contested": "bold yellow",
    "assumed": "magenta",
    "UNKNOWN": "bold",
}
_ROWS_SHOWN = {"documents": 8, "candidates": 13, "contested": 7}
"""How many rows of these tables the screen shows; the report shows all."""
_COLUMNS_SHOWN = {"candidates": 4}
"""How many columns of these tables the screen shows."""


def print_brief(console: Console, brief: Brief) -> None:
    """Print the first screen of a chain."""
    console.width = min(console.width, WIDEST)
    console.print()
    console.print(Text(brief.title, "bold"))
    for section in brief.sections:
        _print_section(console, section)
        if section.id == "reported" and brief.path:
            _print_path(console, brief.path)


def _print_section(console: Console, section: Section) -> None:
    assumed = section.id == "illustration"
    style = STYLES["assumed"] if assumed else "bold"
    title = f"{section.title} (assumed)" if assumed and section.tables else section.title
    console.print()
    console.print(Rule(Text(f" {title} ", style), align="left", style="dim"))
    console.print(Text(section.lead, "dim" if not assumed else STYLES["assumed"]))
    console.print()
    if not assumed:
        _print_facts(console, section.facts)
    for table in section.tables:
        if table.is_detail:
            console.print(Text(f"{table.title}: {len(table.rows)}, in the report.", "dim"))
        else:
            _print_table(console, table)
    if assumed:
        _print_facts(console, section.facts)


def _print_facts(console: Console, facts: tuple[Fact, ...]) -> None:
    if not facts:
        return
    grid = Grid.grid(padding=(0, 2), expand=True)
    grid.add_column(width=LABEL_WIDTH)
    grid.add_column(ratio=1)
    before = ""
    for fact in facts:
        label = "" if fact.label == before else fact.label
        before = fact.label
        grid.add_row(Text(label, "bold"), _told(fact))
    console.print(grid)


def _told(fact: Fact) -> Text:
    told = Text(fact.text)
    if fact.basis == "UNKNOWN":
        told.highlight_words(["UNKNOWN"], STYLES["UNKNOWN"])
        if "UNKNOWN" not in fact.text:
            told.append(" [UNKNOWN]", STYLES["UNKNOWN"])
    else:
        told.append(f" [{fact.basis}]", STYLES.get(fact.basis, ""))
    if fact.sources:
        told.append(f"\n{sources_text(fact.sources)}", "dim")
    if fact.see:
        told.append(f"\nwhy: {fact.see}", "dim")
    return told


def _print_path(console: Console, path: tuple[Station, ...]) -> None:
    told = Text("The chain as reported: ", "bold")
    for number, station in enumerate(path):
        if number:
            told.append(" → ", "dim")
        unknown = station.name == "UNKNOWN"
        name = f"{station.role.lower()} UNKNOWN" if unknown else station.name
        told.append(name, STYLES["UNKNOWN"] if unknown else STYLES.get(station.basis, ""))
    console.print(Padding(told, (1, 0, 0, 0)))


def _print_table(console: Console, table: Table) -> None:
    shown = _ROWS_SHOWN.get(table.id, len(table.rows))
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    columns = table.columns[: _COLUMNS_SHOWN.get(table.id)]
    for number, name in enumerate(columns):
        is_number = number in table.numeric
        grid.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=is_number or name == "Basis",
            overflow="fold",
        )
    for row in table.rows[:shown]:
        grid.add_row(*(_cell(text, name) for text, name in zip(row, columns, strict=False)))
    console.print(Text(table.title, "bold"))
    console.print(grid)
    if len(table.rows) > shown:
        console.print(Text(f"and {len(table.rows) - shown} more, in the report", "dim"))
    if table.note:
        console.print(Text(table.note, "dim"))
    console.print()


def _cell(text: str, column: str) -> Text:
    return Text(text, STYLES.get(text, "") if column == "Basis" else "")
