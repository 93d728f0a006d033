"""The partnership office: all that is wrong at once, what is late, and the committee's pack."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from framework import TEXT, reading, ready, stored

from oreline.exchange import read_chain
from oreline.fund import (
    Office,
    pack_of,
    pack_pdf,
    permits_of,
    phase_gates,
    read_instrument,
    read_office,
    standing_of,
)
from oreline.model import Finding

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "findings"
EXAMPLE = ROOT / "examples" / "pakistan-us"
DAY = date(2026, 12, 1)


def found(tmp_path: Path, **tables: str) -> tuple[Office | None, tuple[Finding, ...]]:
    chain, _ = read_chain(EXAMPLE)
    for name, rows in tables.items():
        head = (EXAMPLE / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (tmp_path / f"{name}.csv").write_text(f"{head}\n{rows}\n")
    return read_office(tmp_path, chain)


def test_the_example_can_be_used() -> None:
    chain, _ = read_chain(EXAMPLE)
    office, findings = read_office(EXAMPLE, chain)
    assert findings == ()
    assert office is not None
    assert [one.id for one in office.overdue(DAY)] == ["illus-mill-design"]
    assert not office.overdue(date(2026, 10, 31))
    assert [one.id for one in office.to_decide()] == ["illus-ree-lease", "illus-refinery-site"]
    assert [one.weight for one in office.watched()] == [15, 12, 8, 6]
    assert {name: frame.height for name, frame in office.frames().items()} == {
        "deliverables": 5, "decisions": 3, "risks": 5,
    }  # fmt: skip


def test_all_that_is_wrong_in_three_tables_is_told_at_once(tmp_path: Path) -> None:
    office, findings = found(
        tmp_path,
        deliverables="a,A,illus-operater,x,2026-06-31,open,,,assumed,A-FUND,\n"
        "b,B,illus-operater,x,2026-06-30,done,,nowhere,assumed,nobody,\n"
        "b,B,fwo,x,2026-06-30,open,2026-06-01,,reported,E-01,",
        decisions="d,D,illus-operator someone,,decided,2026-01-01,,reported,E-01,",
        risks="r,R,fwo,x,6,5,open,,,,reported,E-01,",
    )
    assert office is None
    told = [f"{one.where}: {one.message}" for one in findings]
    for where, message in (
        ("deliverables.csv row 2 column due", ""),
        ("deliverables.csv row 3 column done_on", "it is done, and done_on is empty"),
        ("deliverables.csv row 3 column party", "illus-operater is not in parties.csv"),
        ("deliverables.csv row 3 column phase", "nowhere is not in the phases of chain.toml"),
        ("deliverables.csv row 3 column source", "its source names no assumption"),
        ("deliverables.csv row 4 column id", "the id b stands twice"),
        ("deliverables.csv row 4 column done_on", "it is open, and done_on is 2026-06-01"),
        ("decisions.csv row 2 column outcome", "it is decided, and nobody says what"),
        ("decisions.csv row 2 column parties", "someone is not in parties.csv"),
        ("risks.csv row 2 column likelihood", ""),
    ):
        assert any(line.startswith(where) and message in line for line in told), (where, told)
    for code in ("ORL-1183", "ORL-1184"):
        first = next(one for one in findings if one.code == code)
        assert str(first) in (PAGES / f"{code}.md").read_text("utf-8"), str(first)


def test_the_pack_says_what_the_ledger_and_the_tables_say(tmp_path: Path) -> None:
    chain, _ = read_chain(EXAMPLE)
    office, _ = read_office(EXAMPLE, chain)
    instrument, _ = read_instrument(TEXT, "x")
    assert office is not None
    assert instrument is not None
    with stored(tmp_path, ready(instrument.terms)) as store:
        ledger, known, at = reading(store)
        day = date(2025, 12, 2)
        standings = [standing_of(ledger, known, day, at)]
        pack = pack_of(
            ledger, standings, office, day, permits=permits_of(ledger, day),
            phases=phase_gates(ledger, day), title="A chain", identity="l",
        )  # fmt: skip
    assert [(one.element, one.site, one.tonnes()) for one in pack.metal] == [
        ("Sb", "plant", "5.000"),
    ]  # fmt: skip
    paper = pack_pdf(pack, compressed=False)
    assert paper == pack_pdf(pack, compressed=False)
    text = _text(paper)
    for part in (
        "Pack of the joint committee", "Whether to renew the lease", "Equity of the partner",
        "promised, committed 500, released 0", "Four tonnes of antimony", "(measured)", "export-1",
        "in force", "3 x 5 = 15", "Process design of the copper mill", "5.000", "grave",
        f"root {pack.root}", "Page 1 of",
    ):  # fmt: skip
        assert part in text, part
    assert len(pack_pdf(pack)) < len(paper)


def _text(paper: bytes) -> str:
    """Return the words of a PDF that is not compressed, its line breaks as spaces."""
    shown = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", paper)
    joined = b" ".join(shown).decode("latin-1")
    return re.sub(r"\\([()\\])", r"\1", joined)


@pytest.mark.parametrize("name", ["deliverables", "decisions", "risks"])
def test_each_table_may_be_missing(tmp_path: Path, name: str) -> None:
    office, findings = read_office(tmp_path, None)
    assert findings == ()
    assert office is not None
    assert office.frames()[name].is_empty()
