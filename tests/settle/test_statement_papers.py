"""A statement on paper and in a workbook says what the statement says, to the cent."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from decimal import Decimal

import fastexcel
import polars as pl
import pytest
from statements import copper_lines, settled, unsettled

from oreline.settle import (
    Imprint,
    money_text,
    statement_frame,
    statement_hash,
    statement_json,
    statement_pdf,
    statement_workbook,
)

IMPRINT = Imprint(
    "Copper concentrate, first shipment", "2025-12-31", "pk-us", 812, "ab" * 32, {"fwo": "FWO"}
)


def pdf_text(data: bytes) -> str:
    """Return the words of a PDF without compression, in the order in which they are drawn."""
    lines = (
        b"".join(re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", line))
        for line in re.findall(rb"\bBT\b(.*?)\bET\b", data.replace(b"T*", b"ET BT"), re.DOTALL)
    )
    words = re.sub(rb"\\([()\\])", rb"\1", b" ".join(lines))
    octal = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), words)
    return re.sub(r"\s+", " ", octal.decode("cp1252"))


def sheet(data: bytes, name: str) -> pl.DataFrame:
    book = fastexcel.read_excel(data)
    return book.load_sheet(name, header_row=0).to_polars()


def test_the_paper_holds_every_line_and_total() -> None:
    statement = settled()
    text = pdf_text(statement_pdf(statement, IMPRINT, compressed=False))
    for line in statement.lines:
        assert line.title in text
        assert line.clause in text
        assert money_text(line.amount) in text
    assert "27,649,744.40 USD" in text
    assert "24,000,000.00 USD" in text
    assert "3,649,744.40 USD" in text
    assert "SETTLED" in text
    assert "FWO (fwo)" in text
    assert "For the buyer" in text


def test_the_foot_names_hash_checkpoint_and_page() -> None:
    text = pdf_text(statement_pdf(settled(), IMPRINT, compressed=False))
    assert f"SHA-256 {statement_hash(settled())}" in text
    assert f"ledger pk-us, 812 events, root {'ab' * 32}" in text
    assert "Page 1 of 1" in text


def test_a_long_statement_goes_over_pages_and_each_says_which() -> None:
    lines = tuple(replace(line, id=f"{line.id}-{n}") for n in range(30) for line in copper_lines())
    text = pdf_text(statement_pdf(replace(settled(), lines=lines), IMPRINT, compressed=False))
    pages = int(re.findall(r"Page 1 of (\d+)", text)[0])
    assert pages > 3
    assert all(f"Page {number} of {pages}" in text for number in range(1, pages + 1))
    assert all(line.id in text for line in lines)


def test_a_paper_that_is_not_settled_names_what_is_missing_and_no_total() -> None:
    text = pdf_text(statement_pdf(unsettled(), IMPRINT, compressed=False))
    assert "NOT SETTLED" in text
    for gap in unsettled().missing:
        assert gap.remedy in text
    assert "Net value UNKNOWN" in text
    assert "Due now UNKNOWN" in text


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert statement_pdf(settled(), IMPRINT) == statement_pdf(settled(), IMPRINT)
    assert statement_workbook(settled(), IMPRINT) == statement_workbook(settled(), IMPRINT)


def test_markup_in_a_name_stays_text_and_other_scripts_are_not_lost() -> None:
    odd = replace(settled(), parcel="<b>x</b> & ش")
    text = pdf_text(statement_pdf(odd, IMPRINT, compressed=False))
    assert "<b>x</b> & [U+0634]" in text


def test_the_workbook_adds_up_to_the_statement() -> None:
    data = statement_workbook(settled(), IMPRINT)
    lines = sheet(data, "Lines")
    exact = [Decimal(text) for text in lines["Exact amount"]]
    assert sum(exact) == settled().net_value
    assert [Decimal(str(value)) for value in lines["Amount"]] == exact
    summary = dict(sheet(data, "Statement").select("What", "Exact").rows())
    assert summary["Net value"] == "27649744.40"
    assert summary["Due now"] == "3649744.40"
    evidence = set(sheet(data, "Evidence")["Event"])
    assert evidence == {"w-1", "a-s", "a-b"}
    assert sheet(data, "Prices")["Exact price"].to_list() == ["9000"]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    odd = replace(settled(), parcel="=1+1")
    summary = dict(
        sheet(statement_workbook(odd, IMPRINT), "Statement").select("What", "Value").rows()
    )
    assert summary["Parcel"] == "=1+1"


def test_an_unsettled_workbook_says_unknown_and_what_is_missing() -> None:
    data = statement_workbook(unsettled(), IMPRINT)
    assert sheet(data, "Lines")["Exact amount"].to_list() == ["UNKNOWN"]
    assert sheet(data, "Missing")["Remedy"].to_list() == [gap.remedy for gap in unsettled().missing]


def test_the_hash_is_of_the_canonical_json_and_every_number_counts() -> None:
    statement = settled()
    plain = json.dumps(
        statement_json(statement), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert statement_hash(statement) == hashlib.sha256(plain.encode()).hexdigest()
    others = (
        replace(statement, net_value=Decimal("27649744.41")),
        replace(statement, due=Decimal("3649744.4")),
        replace(statement, lines=statement.lines[:2]),
        replace(statement, notes=()),
    )
    assert len({statement_hash(one) for one in (statement, *others)}) == len(others) + 1


def test_the_table_has_a_row_a_line_with_exact_amounts() -> None:
    frame = statement_frame(settled())
    assert frame["amount"].to_list() == ["29181600.00", "-960000.00", "-571855.60"]
    assert frame["evidence"][2] == "w-1 a-s a-b"
    assert statement_frame(unsettled())["amount"].to_list() == [None]


@pytest.mark.parametrize("compressed", [True, False])
def test_it_is_a_pdf(*, compressed: bool) -> None:
    data = statement_pdf(settled(), Imprint(), compressed=compressed)
    assert data.startswith(b"%PDF-")
    assert b"%%EOF" in data[-8:]
