"""The joint committee's pack on paper: A4, the same pack always the same bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from oreline.exchange import printable
from oreline.fund._office import GRAVE
from oreline.fund._pack import Pack
from oreline.fund._standing import InstrumentStanding, Standing

MARGIN_MM = 16
WIDTH_MM = 178
_INK, _GREY, _RULE = (colors.HexColor(one) for one in ("#1b2a33", "#5a6770", "#aaaabb"))
_COLOURS = {
    "PASS": colors.HexColor("#14532d"),
    "in force": colors.HexColor("#14532d"),
    "released": colors.HexColor("#14532d"),
    "ready": colors.HexColor("#14532d"),
    "FAIL": colors.HexColor("#a4161a"),
    "expired": colors.HexColor("#a4161a"),
    "contested": colors.HexColor("#a4161a"),
    "overdue": colors.HexColor("#a4161a"),
    "grave": colors.HexColor("#a4161a"),
}
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=8.5, leading=11, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7, leading=9, textColor=_GREY)
_BOLD = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_TITLE = ParagraphStyle("title", _BOLD, fontSize=17, leading=21)
_PART = ParagraphStyle("part", _BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=3)


def pack_pdf(pack: Pack, *, compressed: bool = True) -> bytes:
    """Return a pack as a PDF; ``compressed`` is False for whoever reads it with plain tools.

    The standard fonts hold western letters only: letters of other scripts are printed as their
    Unicode numbers, never left out.
    """
    pages = _printed(pack, 0, compressed=compressed)[1]
    return _printed(pack, pages, compressed=compressed)[0]


def _printed(pack: Pack, pages: int, *, compressed: bool) -> tuple[bytes, int]:
    into = io.BytesIO()
    margin = MARGIN_MM * mm
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin + 6 * mm,
        title=printable(f"Joint committee, {pack.day}"),
        author=printable(pack.title),
        creator="oreline",
        invariant=1,
        pageCompression=int(compressed),
    )
    foot = partial(_foot, pack=pack, pages=pages)
    document.build(list(_story(pack)), onFirstPage=foot, onLaterPages=foot)
    return into.getvalue(), document.page


def _p(text: object, style: ParagraphStyle = _BODY) -> Paragraph:
    colour = _COLOURS.get(str(text))
    if colour is not None:
        style = ParagraphStyle(f"state {text}", _BOLD, textColor=colour)
    return Paragraph(escape(printable(str(text))), style)


def _story(pack: Pack) -> Iterator[Flowable]:
    yield _p("Pack of the joint committee", _TITLE)
    yield _p(f"{pack.title}, as of {pack.day}")
    yield Spacer(1, 2 * mm)
    yield _p("Decisions due", _PART)
    yield _table(
        ("Decision", "Due", "By", "Basis"),
        [(one.title, one.due or "no day", one.parties, one.basis)
         for one in pack.office.to_decide()],
        (92, 24, 42, 20), "No decision is asked for.",
    )  # fmt: skip
    yield _p("Money", _PART)
    for standing in pack.money:
        yield from _instrument(standing)
    if not pack.money:
        yield _p("No instrument is declared.", _SMALL)
    yield _p("Phases and permits", _PART)
    yield _table(
        ("Phase", "Open", "Why not"),
        [(one.name, one.verdict, "; ".join(one.reasons)) for one in pack.phases],
        (48, 22, 108), "No phase is declared.",
    )  # fmt: skip
    yield Spacer(1, 2 * mm)
    yield _table(
        ("Permit", "Type", "State", "Until", "Days left", "Basis"),
        [(one.id, one.type, one.state, one.valid_to or "not stated",
          "" if one.days_left is None else one.days_left, one.basis) for one in pack.permits],
        (54, 30, 26, 26, 20, 22), "No permit is declared.",
    )  # fmt: skip
    yield _p("Metal received from elsewhere, tonnes contained", _PART)
    yield _table(
        ("Site", "Element", "Lots", "t", "Basis"),
        [(one.site, one.element, one.lots, one.tonnes(), one.basis) for one in pack.metal],
        (62, 20, 16, 50, 30), "Nothing was received.",
    )  # fmt: skip
    yield from _office(pack)


def _office(pack: Pack) -> Iterator[Flowable]:
    day = pack.day
    yield _p("Deliverables that are open", _PART)
    yield _table(
        ("Deliverable", "Party", "Owner", "Due", ""),
        [(one.title, one.party, one.owner, one.due, "overdue" if one.is_overdue(day) else "")
         for one in pack.office.coming()],
        (74, 34, 28, 24, 18), "None is open.",
    )  # fmt: skip
    yield _p("Risks, the gravest first", _PART)
    yield _table(
        ("Risk", "Likelihood x impact", "", "Owner", "What is done"),
        [(one.title, f"{one.likelihood} x {one.impact} = {one.weight}",
          "grave" if one.weight >= GRAVE else "", f"{one.owner}, {one.party}", one.mitigation)
         for one in pack.office.watched()],
        (56, 24, 14, 30, 54), "No risk is registered.",
    )  # fmt: skip


def _instrument(standing: InstrumentStanding) -> Iterator[Flowable]:
    instrument, accounts = standing.instrument, standing.accounts
    yield _p(f"{instrument.title} ({instrument.basis})", _BOLD)
    words = (("commitment", "committed"), ("release", "released"), ("drawdown", "drawn"),
             ("spend", "spent"))  # fmt: skip
    said = ", ".join(f"{word} {accounts.total(kind):,f}" for kind, word in words)
    risk = f"; AT RISK {standing.at_risk:,f}" if standing.at_risk else ""
    yield _p(f"{instrument.currency}: {instrument.amount:,f} promised, {said}{risk}")
    yield _table(
        ("Tranche", instrument.currency, "State"),
        [(one.tranche.title, f"{one.tranche.amount:,f}", one.state) for one in standing.tranches],
        (98, 40, 40), "",
    )  # fmt: skip
    following = standing.next
    if following is not None:
        yield from _conditions(following)
    yield Spacer(1, 3 * mm)


def _conditions(standing: Standing) -> Iterator[Flowable]:
    yield _p(f"Next: {standing.tranche.title}", _SMALL)
    rows = [
        (one.precedent.title, one.judgement.verdict, _answers(one)) for one in standing.precedents
    ]
    yield _table(("Condition", "", "On what it rests, or what is missing"), rows, (70, 20, 88), "")
    if standing.missing_approvals:
        yield _p(f"Not approved yet by {', '.join(standing.missing_approvals)}.", _SMALL)


def _answers(judged: Any) -> str:
    missing = [f"{one.name}: {one.why}" for one in judged.judgement.missing]
    told = [
        f"{asked.question} is {asked.answer} {asked.unit}".rstrip()
        + (f" ({asked.basis})" if asked.basis else "")
        for part in judged.judgement.parts
        for asked in part.asked
    ]
    return "; ".join(missing or told)


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], widths_mm: Sequence[int], empty: str
) -> Flowable:
    if not rows:
        return _p(empty, _SMALL)
    assert sum(widths_mm) == WIDTH_MM, heads
    cells = [[_p(name, _SMALL) for name in heads], *([_p(one) for one in row] for row in rows)]
    table = Table(
        cells, colWidths=[width * mm for width in widths_mm], hAlign="LEFT", repeatRows=1,
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


def _foot(canvas: Canvas, document: Any, *, pack: Pack, pages: int) -> None:
    """Print on each page of which ledger it is, and which page."""
    canvas.saveState()
    canvas.setFont("Helvetica", 6.5)
    canvas.setFillColor(_GREY)
    left, low = MARGIN_MM * mm, MARGIN_MM * mm
    said = f"Ledger {pack.ledger}, {pack.size} events, root {pack.root}"
    canvas.drawString(left, low, printable(said))
    canvas.drawRightString(A4[0] - left, low, f"Page {document.page} of {pages}")
    canvas.restoreState()
