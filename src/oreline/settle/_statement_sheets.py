"""A statement as an Excel workbook: numbers that compute, with their exact text beside."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

from oreline.settle._statement import Statement
from oreline.settle._statement_tables import (
    UNKNOWN,
    Imprint,
    evidence_of,
    statement_hash,
)

MONEY_FORMAT = "#,##0.00;[Red]-#,##0.00"
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same statement gives the same file, whenever it is written."""
_MONEY, _NUMBER = "money", "number"


def statement_workbook(statement: Statement, imprint: Imprint) -> bytes:
    """Return a statement as an Excel workbook.

    Its sheets: Statement, Lines, Inputs (every number of every line), Prices, Evidence, Missing.
    A cell of Excel is a binary number of about 15 digits, so that beside each the exact decimal
    stands as text. No text is ever taken for a formula or a link.
    """
    into = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(into, options) as workbook:
        workbook.set_properties({"created": _CREATED, "title": f"Statement {statement.id}"})
        _write(
            workbook, "Statement", ("What", "Value", "Exact"), list(_summary(statement, imprint))
        )
        _write(workbook, "Lines", _LINE_HEADS, list(_lines(statement)))
        _write(workbook, "Inputs", _INPUT_HEADS, list(_inputs(statement)))
        _write(workbook, "Prices", _PRICE_HEADS, list(_prices(statement)))
        _write(workbook, "Evidence", ("Event", "Line", "Input"), list(_evidence(statement)))
        if statement.missing:
            rows = [(one.what, one.where, one.why, one.remedy) for one in statement.missing]
            _write(workbook, "Missing", ("What", "Where", "Why", "Remedy"), rows)
    return into.getvalue()


Cell = str | tuple[str, Decimal | None]
"""Text, or how a number is shown and the number."""
_LINE_HEADS = (
    "Line", "Clause", "Kind", "Subject", "What", "Amount", "Exact amount", "Currency", "Basis",
    "Formula", "Evidence", "Remark",
)  # fmt: skip
_INPUT_HEADS = ("Line", "Input", "Value", "Exact value", "Unit", "Basis", "Source", "Evidence")
_PRICE_HEADS = (
    "Analyte", "Grade %", "Exact grade", "Contained t", "Payable t", "Exact payable t",
    "Price per t", "Exact price", "Priced share", "Period",
)  # fmt: skip


def _summary(statement: Statement, imprint: Imprint) -> Iterator[Sequence[Cell]]:
    said = (
        ("Statement", statement.id),
        ("Stage", statement.stage.replace("_", " ")),
        ("Status", statement.status),
        ("Contract", statement.contract),
        ("Parcel", statement.parcel),
        ("Seller", imprint.name(statement.seller)),
        ("Buyer", imprint.name(statement.buyer)),
        ("Currency", statement.currency),
        ("Basis", statement.basis),
    )
    yield from said
    for name, kind, value in (
        ("Wet mass t", _NUMBER, statement.wet_t),
        ("Dry mass t", _NUMBER, statement.dry_t),
        ("Net value", _MONEY, statement.net_value),
        ("Paid before", _MONEY, statement.paid_before),
        ("Due now", _MONEY, statement.due),
    ):
        yield name, (kind, value), _exact(value)
    if imprint.interval is not None:
        for name, value in zip(("95 % from", "95 % to"), imprint.interval, strict=True):
            yield name, (_MONEY, value), _exact(value)
    for number, note in enumerate(statement.notes, 1):
        yield f"Note {number}", note
    yield "SHA-256 of the statement", statement_hash(statement)
    yield "Made from", imprint.checkpoint()


def _lines(statement: Statement) -> Iterator[Sequence[Cell]]:
    for line in statement.lines:
        yield (
            line.id, line.clause, line.kind, line.subject, line.title, (_MONEY, line.amount),
            _exact(line.amount), statement.currency, line.basis, line.formula,
            " ".join(evidence_of(line)), line.why,
        )  # fmt: skip


def _inputs(statement: Statement) -> Iterator[Sequence[Cell]]:
    for line in statement.lines:
        for one in line.inputs:
            yield (
                line.id, one.name, (_NUMBER, one.value), _exact(one.value), one.unit, one.basis,
                one.source, " ".join(one.evidence),
            )  # fmt: skip


def _prices(statement: Statement) -> Iterator[Sequence[Cell]]:
    for one in statement.analytes:
        yield (
            one.analyte, (_NUMBER, one.grade_pct), _exact(one.grade_pct),
            (_NUMBER, one.contained_t), (_NUMBER, one.payable_t), _exact(one.payable_t),
            (_MONEY, one.price_per_t), _exact(one.price_per_t), (_NUMBER, one.priced_share),
            one.price_month,
        )  # fmt: skip


def _evidence(statement: Statement) -> Iterator[Sequence[Cell]]:
    for line in statement.lines:
        for one in line.inputs:
            for event in one.evidence:
                yield event, line.id, one.name


def _exact(value: Decimal | None) -> str:
    return UNKNOWN if value is None else f"{value:f}"


def _write(workbook: Any, name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    sheet = workbook.add_worksheet(name)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    formats = {_MONEY: workbook.add_format({"num_format": MONEY_FORMAT}), _NUMBER: None}
    widths = [len(head) for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
                shown = cell
            elif cell[1] is None:
                sheet.write_string(row, column, UNKNOWN)
                shown = UNKNOWN
            else:
                # float: what a cell holds; the exact text stands beside it.
                number = float(cell[1])  # float: a cell of Excel is a binary number
                sheet.write_number(row, column, number, formats[cell[0]])
                shown = f"{cell[1]:,.2f}"
            widths[column] = max(widths[column], len(shown))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, 60) + 2)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
