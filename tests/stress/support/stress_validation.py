"""The sections of docs/validation/stress.md: published tables beside what is computed of them.

Each file `validation_<what>.py` beside this one has a function ``sections(facts)`` that gives its
sections; the tests assert on the same sections that `scripts/build_stress_validation.py` writes.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """One published table: what agrees, and each line with its error.

    Attributes
    ----------
    title, note
        What is compared with what, and what to know of it.
    result
        In one line, for the list at the head of the page: "78 of 78 within rounding".
    test
        The test that asserts on it, by its node id.
    header, rows
        The table; numbers are written already.
    """

    title: str
    note: str
    result: str
    test: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def all_sections(facts: Path) -> list[Section]:
    """Give every section, by file name; ``facts`` is the folder of published vectors."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("validation_*.py"))
    return [section for name in names for section in importlib.import_module(name).sections(facts)]


def page(facts: Path) -> str:
    """Write the whole page."""
    parts = [HEAD]
    sections = all_sections(facts)
    parts += [f"| [{one.title}](#{_anchor(one.title)}) | {one.result} |\n" for one in sections]
    for one in sections:
        parts.append(f"\n## {one.title}\n\n{one.note}\n\n{one.result}. Test: `{one.test}`.\n\n")
        parts.append(f"| {' | '.join(one.header)} |\n|{'---|' * len(one.header)}\n")
        parts += [f"| {' | '.join(row)} |\n" for row in one.rows]
    return "".join(parts)


def _anchor(title: str) -> str:
    kept = "".join(mark for mark in title.casefold() if mark.isalnum() or mark in " -")
    return kept.replace(" ", "-")


HEAD = """\
# Published measures of supply risk and ours

<!-- Written by scripts/build_stress_validation.py; do not edit. -->

What offices publish of supply risk, beside what oreline computes of the same inputs. Each number
of ours is computed when this page is written; a test fails when the page says anything else.
Where the two differ by more than rounding, the reason stands with the line; no line is adjusted.

| table | agreement |
|---|---|
"""
