"""How findings look in the terminal."""

from __future__ import annotations

import io

from rich.console import Console

from oreline.cli._render import print_findings
from oreline.model import Finding, Severity


def printed(findings: list[Finding]) -> str:
    console = Console(file=io.StringIO(), width=100)
    print_findings(console, findings)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def wrong(row: int, column: str, code: str = "ORL-0333") -> Finding:
    where = f"a.csv sheet S row {row} column {column}"
    return Finding(code, Severity.FATAL, where, f"'{row}' is not a number", "write a number")


def test_many_of_one_kind_in_one_column_are_three_and_a_count() -> None:
    text = printed([wrong(row, column) for row in range(2, 202) for column in ("wet_t", "Sb_pct")])
    assert text.count("ORL-0333  a.csv sheet S row") == 6
    assert "... and 197 more ORL-0333 in a.csv sheet S column wet_t; --json gives all" in text
    assert "... and 197 more ORL-0333 in a.csv sheet S column Sb_pct; --json gives all" in text
    assert text.splitlines()[-1] == "400 fatal findings"


def test_three_of_one_kind_and_others_are_all_shown() -> None:
    text = printed([wrong(row, "wet_t") for row in (2, 3, 4)] + [wrong(5, "wet_t", "ORL-0309")])
    assert text.count("a.csv sheet S row") == 4
    assert "more" not in text


def test_findings_without_a_row_are_never_grouped() -> None:
    found = [Finding("ORL-0350", Severity.FATAL, "plant.toml", f"{n}", "x") for n in range(9)]
    assert printed(found).count("plant.toml") == 9
