"""Small flowsheets as text, and what reading and solving them finds."""

from __future__ import annotations

from collections.abc import Mapping

from oreline.design import Flowsheet, Solution, read_processes, solve
from oreline.model import Assumption, Finding, InputError

BANKS = """\
name = "two banks"
basis = "assumed"
source = "a test"

[components]
elements = ["Cu"]

[[feeds]]
id = "ore"
to = "rougher"
dry_t_per_h = 100
grades = { Cu = "1 %" }

[[units]]
id = "rougher"
law = "split"
outlets = { concentrate = "cleaner", tailings = "tails" }
parameters.to_concentrate = { Cu = 0.9, rest = 0.1 }

[[units]]
id = "cleaner"
law = "split"
outlets = { concentrate = "product", tailings = "rougher" }
parameters.to_concentrate = { Cu = 0.8, rest = 0.05 }

[[products]]
id = "product"
[[products]]
id = "tails"
kind = "waste"
"""
"""A rougher and a cleaner whose tailings return."""


def changed(*pairs: tuple[str, str], text: str = BANKS) -> str:
    """Return the text with parts replaced; each part stands in it."""
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def sheet_of(text: str, assumptions: Mapping[str, Assumption] | None = None) -> Flowsheet:
    """Return the flowsheet of a text that is good."""
    sheet, findings = read_processes(text, "p.toml", assumptions=assumptions)
    assert sheet is not None, findings
    return sheet


def solved(text: str) -> Solution:
    """Return the solution of a text that is good."""
    return solve(sheet_of(text))


def found_in(text: str) -> tuple[Finding, ...]:
    """Return what reading finds, else what solving finds."""
    sheet, findings = read_processes(text, "p.toml")
    if sheet is None:
        return findings
    try:
        return (*findings, *solve(sheet).findings)
    except InputError as error:
        return error.findings
