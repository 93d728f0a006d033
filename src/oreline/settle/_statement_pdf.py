"""A statement on paper: A4, as a commercial manager signs it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from oreline.exchange import printable
from oreline.settle._statement import Statement
from oreline.settle._statement_tables import (
    UNKNOWN,
    Imprint,
    input_text,
    money_text,
    statement_hash,
)

MARGIN_MM = 18
STAGES = {
    "provisional": "Provisional statement",
    "second_provisional": "Second provisional statement",
    "final": "Final statement",
}
_INK, _GREY, _RULE = (
    colors.HexColor("#1b2a33"),
    colors.HexColor("#5a6770"),
    colors.HexColor("#aaaabb"),
)
_ALARM = colors.HexColor("#a4161a")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7, leading=9, textColor=_GREY)
_BOLD = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_RIGHT = ParagraphStyle("right", _BODY, alignment=TA_RIGHT)
_BOLD_RIGHT = ParagraphStyle("bold-right", _BOLD, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", _BOLD, fontSize=17, leading=21)
_PART = ParagraphStyle("part", _BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=3)
_STATUS = ParagraphStyle("status", _BOLD_RIGHT, fontSize=13, leading=21)
_MISSING = ParagraphStyle("missing", _STATUS, textColor=_ALARM)


def statement_pdf(statement: Statement, imprint: Imprint, *, compressed: bool = True) -> bytes:
    """Return a statement as a PDF: the same statement always gives the same bytes.

    The standard fonts hold western letters only: letters of other scripts are printed as their
    Unicode numbers, never left out. ``compressed`` is False for whoever reads the text with plain
    tools.
    """
    pages = _printed(statement, imprint, 0, compressed=compressed)[1]
    return _printed(statement, imprint, pages, compressed=compressed)[0]


def _printed(
    statement: Statement, imprint: Imprint, pages: int, *, compressed: bool
) -> tuple[bytes, int]:
    """Return the file and how many pages it has; ``pages`` is what the foot says of that."""
    into = io.BytesIO()
    margin = MARGIN_MM * mm
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin + 8 * mm,
        title=printable(f"{STAGES[statement.stage]} {statement.id}"),
        author=printable(imprint.title or statement.seller),
        subject=printable(statement.contract),
        creator="oreline",
        invariant=1,
        pageCompression=int(compressed),
    )
    foot = partial(_foot, statement=statement, imprint=imprint, pages=pages)
    document.build(_story(statement, imprint), onFirstPage=foot, onLaterPages=foot)
    return into.getvalue(), document.page


def _p(text: object, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(escape(printable(str(text))), style)


def _story(statement: Statement, imprint: Imprint) -> list[Flowable]:
    story: list[Flowable] = [*_head(statement, imprint)]
    if statement.missing:
        story += [_p("What is missing", _PART), _missing(statement)]
    if statement.analytes:
        story += [_p("Assays, content and price", _PART), _analytes(statement)]
    if statement.lines:
        story += [_p("Value", _PART), _lines(statement)]
    story += [Spacer(1, 4 * mm), _totals(statement, imprint)]
    if statement.notes:
        story.append(_p("Notes", _PART))
        story += [_p(f"{number}. {note}") for number, note in enumerate(statement.notes, 1)]
    story.append(_signatures(statement, imprint))
    return story


def _head(statement: Statement, imprint: Imprint) -> list[Flowable]:
    is_open = statement.status == "NOT SETTLED"
    status = _p(statement.status, _MISSING if is_open else _STATUS)
    top = _grid([[_p(STAGES[statement.stage], _TITLE), status]], (110, 64))
    pairs = [
        ("Seller", imprint.name(statement.seller), "Statement", statement.id),
        ("Buyer", imprint.name(statement.buyer), "Contract", statement.contract),
        ("Parcel", statement.parcel, "Currency", statement.currency),
        ("Wet mass", _tonnes(statement.wet_t), "Dry mass", _tonnes(statement.dry_t)),
        ("Basis", statement.basis, "Day", imprint.day or "not stated"),
    ]
    rows = [[_p(a, _SMALL), _p(b), _p(c, _SMALL), _p(d)] for a, b, c, d in pairs]
    subtitle = [_p(imprint.title, _BODY)] if imprint.title else []
    return [top, *subtitle, Spacer(1, 3 * mm), _grid(rows, (18, 72, 20, 64))]


def _tonnes(value: Any) -> str:
    return UNKNOWN if value is None else f"{value:,f} t"


def _analytes(statement: Statement) -> Table:
    rows: list[list[Any]] = [
        _headings("Analyte", "Grade", "Contained t", "Payable t", "Price per t", "Priced", "Period")
    ]
    for one in statement.analytes:
        share = UNKNOWN if one.priced_share is None else f"{one.priced_share * 100:.0f} %"
        numbers = (
            UNKNOWN if one.grade_pct is None else f"{one.grade_pct:f} %",
            UNKNOWN if one.contained_t is None else f"{one.contained_t:,f}",
            UNKNOWN if one.payable_t is None else f"{one.payable_t:,f}",
            money_text(one.price_per_t),
            share,
        )
        cells = [_p(text, _RIGHT) for text in numbers]
        rows.append([_p(one.analyte, _BOLD), *cells, _p(one.price_month, _RIGHT)])
    return _ruled(rows, (16, 26, 30, 30, 32, 18, 22))


def _lines(statement: Statement) -> Table:
    rows: list[list[Any]] = [
        [_p("Line", _SMALL), _p("Clause", _SMALL), _p("What, and how it is computed", _SMALL),
         _p(statement.currency, ParagraphStyle("s", _SMALL, alignment=TA_RIGHT))]
    ]  # fmt: skip
    for line in statement.lines:
        told: list[Flowable] = [_p(line.title)]
        if line.formula:
            told.append(_p(line.formula, _SMALL))
        if line.inputs:
            told.append(_p("; ".join(input_text(one) for one in line.inputs), _SMALL))
        if line.why:
            told.append(_p(line.why, _SMALL))
        rows.append(
            [_p(line.id), _p(line.clause or "-"), told, _p(money_text(line.amount), _RIGHT)]
        )
    return _ruled(rows, (28, 18, 92, 36))


def _missing(statement: Statement) -> Table:
    rows: list[list[Any]] = [_headings("What", "Where", "Why", "Remedy", right=False)]
    rows += [
        [_p(one.what, _BOLD), _p(one.where), _p(one.why), _p(one.remedy)]
        for one in statement.missing
    ]
    return _ruled(rows, (34, 34, 53, 53))


def _totals(statement: Statement, imprint: Imprint) -> Flowable:
    pairs = [
        ("Net value", statement.net_value),
        ("Paid before", statement.paid_before),
        ("Due now", statement.due),
    ]
    rows: list[list[Any]] = [
        [_p(name, _BOLD), _p(money_text(value, statement.currency), _BOLD_RIGHT)]
        for name, value in pairs
    ]
    if imprint.interval is not None:
        low, high = imprint.interval
        told = f"{money_text(low)} to {money_text(high, statement.currency)}"
        rows.insert(1, [_p("95 % interval", _SMALL), _p(told, _RIGHT)])
    return KeepTogether([_ruled(rows, (40, 64), align="RIGHT")])


def _signatures(statement: Statement, imprint: Imprint) -> Flowable:
    blank = Spacer(1, 16 * mm)
    rows = [
        [_p("For the seller", _SMALL), "", _p("For the buyer", _SMALL)],
        [_p(imprint.name(statement.seller), _BOLD), "", _p(imprint.name(statement.buyer), _BOLD)],
        [blank, "", blank],
        [_p("Name, date, signature", _SMALL), "", _p("Name, date, signature", _SMALL)],
    ]
    table = Table(rows, colWidths=[80 * mm, 14 * mm, 80 * mm])
    rule = [("LINEABOVE", (column, 3), (column, 3), 0.7, _INK) for column in (0, 2)]
    table.setStyle(TableStyle([*rule, ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return KeepTogether([Spacer(1, 10 * mm), table])


def _headings(*names: str, right: bool = True) -> list[Any]:
    style = ParagraphStyle("heading", _SMALL, alignment=TA_RIGHT) if right else _SMALL
    return [_p(names[0], _SMALL), *(_p(name, style) for name in names[1:])]


def _grid(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int]) -> Table:
    table = Table(rows, colWidths=[width * mm for width in widths_mm], hAlign="LEFT")
    plain = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    tight = [(f"{side}PADDING", (0, 0), (-1, -1), 1.5) for side in ("TOP", "BOTTOM")]
    table.setStyle(TableStyle([*plain, *tight]))
    return table


def _ruled(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int], align: str = "LEFT") -> Table:
    table = Table(
        rows, colWidths=[width * mm for width in widths_mm], hAlign=align, repeatRows=1,
        splitInRow=1,
    )  # fmt: skip
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2),
                ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _foot(
    canvas: Canvas, document: Any, *, statement: Statement, imprint: Imprint, pages: int
) -> None:
    """Print on each page which statement it is, what it rests on, and which page."""
    canvas.saveState()
    canvas.setFont("Helvetica", 6.5)
    canvas.setFillColor(_GREY)
    left, low = MARGIN_MM * mm, MARGIN_MM * mm
    canvas.drawString(left, low + 3.2 * mm, printable(f"Statement {statement.id}"))
    canvas.drawString(left, low, f"SHA-256 {statement_hash(statement)}")
    canvas.drawString(left, low - 3.2 * mm, printable(imprint.checkpoint()))
    canvas.drawRightString(A4[0] - left, low + 3.2 * mm, f"Page {document.page} of {pages}")
    canvas.restoreState()
