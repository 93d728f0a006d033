"""A metal account on paper: A4, as the person who signs it reads it."""

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

from oreline.balance._account import ElementAccount, MetalAccount, account_hash
from oreline.balance._account_signing import IS_RESTATED, SIGNED, AccountState
from oreline.balance._account_words import (
    GROUPS,
    LEG_WORDS,
    mass_words,
    share_words,
    told_legs,
)
from oreline.balance._restatement import Restatement
from oreline.exchange import printable

MARGIN_MM = 18
_INK, _GREY, _RULE = (
    colors.HexColor("#1b2a33"),
    colors.HexColor("#5a6770"),
    colors.HexColor("#aaaabb"),
)
_ALARM = colors.HexColor("#a4161a")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7, leading=9, textColor=_GREY)
_BOLD = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_SMALL_RIGHT = ParagraphStyle("small-right", _SMALL, alignment=TA_RIGHT)
_RIGHT = ParagraphStyle("right", _BODY, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", _BOLD, fontSize=17, leading=21)
_PART = ParagraphStyle("part", _BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=3)
_STATE = ParagraphStyle("state", _BOLD, fontSize=10, leading=14, alignment=TA_RIGHT)
_OPEN = ParagraphStyle("open", _STATE, textColor=_ALARM)


def printed(
    account: MetalAccount,
    state: AccountState,
    title: str,
    made_from: str,
    restated: Restatement | None,
) -> bytes:
    """Return an account as the bytes of a PDF."""
    story = _story(account, state, title, restated)
    foot = partial(_foot, account=account, made_from=made_from)
    into = io.BytesIO()
    margin = MARGIN_MM * mm
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin + 8 * mm,
        title=printable(f"Metal account {account.subject}"),
        creator="oreline",
        invariant=1,
    )
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return into.getvalue()


def _p(text: object, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(escape(printable(str(text))), style)


def _story(
    account: MetalAccount, state: AccountState, title: str, restated: Restatement | None
) -> list[Flowable]:
    story: list[Flowable] = [_head(account, state, title)]
    for one in account.elements:
        story += [_p(f"{one.element}", _PART), _legs(one), _verdict(one)]
    story += _inventory(account)
    story += _takes(account)
    story += _open(account)
    if restated is not None and restated.is_restated:
        story += _changes(restated)
    story.append(_signatures(state))
    return story


def _head(account: MetalAccount, state: AccountState, title: str) -> Table:
    style = _OPEN if state.word == IS_RESTATED or state.latest is None else _STATE
    period = f"{account.start} to {account.end} ({account.time_zone})"
    closed = ", ".join(account.closed_by) or "the period is not closed"
    left = [_p("Metal account", _TITLE), _p(f"{title} ({account.site})" if title else account.site)]
    left += [_p(f"{account.period}: {period}"), _p(f"Closed by: {closed}", _SMALL)]
    return _grid([[left, _p(state.word, style)]], (120, 54))


def _legs(account: ElementAccount) -> Table:
    rows: list[list[Any]] = [
        [_p(""), _p("Metal ± U95", _SMALL_RIGHT), _p("Basis", _SMALL), _p("Measured with", _SMALL)]
    ]
    for title, names in GROUPS:
        rows.append([_p(title, _BOLD), "", "", ""])
        for leg in told_legs(account, names):
            methods = ", ".join(leg.methods)
            rows.append(
                [
                    _p(LEG_WORDS[leg.name]),
                    _p(mass_words(leg.mass), _RIGHT),
                    _p(leg.mass.basis),
                    _p(methods, _SMALL),
                ]
            )
    return _ruled(rows, (62, 42, 22, 48))


def _verdict(account: ElementAccount) -> Paragraph:
    share = share_words(account.accountability)
    text = f"Accountability {share}. {account.verdict}: {account.reason}."
    return _p(text, ParagraphStyle("verdict", _BODY, spaceBefore=4))


def _inventory(account: MetalAccount) -> list[Flowable]:
    rows: list[list[Any]] = [_heads("", "Lot", "At the beginning", "At the end", "Stock-take")]
    for item in account.inventory:
        kind = f"{item.element}{', waste' if item.is_waste else ''}"
        masses = [_p(mass_words(mass), _RIGHT) for mass in (item.opening, item.closing)]
        rows.append([_p(kind), _p(item.lot), *masses, _p(item.counted or "none", _SMALL)])
    return [_p("Circuit inventory", _PART), _ruled(rows, (20, 46, 36, 36, 36))]


def _takes(account: MetalAccount) -> list[Flowable]:
    if not account.stock_takes:
        words = "No stock was taken in the period: book stocks are not verified."
        return [_p("Book against physical", _PART), _p(words)]
    rows: list[list[Any]] = [_heads("", "Lot", "Book before", "Found less book", "How")]
    for take in account.stock_takes:
        masses = [_p(mass_words(mass), _RIGHT) for mass in (take.book, take.difference)]
        how = f"{take.time[:16].replace('T', ' ')} {take.method}"
        rows.append([_p(take.element), _p(take.lot), *masses, _p(how, _SMALL)])
    return [_p("Book against physical", _PART), _ruled(rows, (20, 46, 36, 36, 36))]


def _open(account: MetalAccount) -> list[Flowable]:
    words = [f"Held, not counted yet: {', '.join(account.waiting)}"] if account.waiting else []
    if not account.open_values and not words:
        return [_p("Values that may still change", _PART), _p("None.")]
    words_of = ("", "What", "Entries", "Rests on", "Why, and who settles it")
    rows: list[list[Any]] = [[_p(name, _SMALL) for name in words_of]]
    for one in account.open_values:
        why = _p(f"{one.why}; {one.remedy}", _SMALL)
        rows.append([_p(one.element), _p(one.what), _p(one.entries), _p(one.rests_on), why])
    told = [_ruled(rows, (14, 46, 16, 38, 60))] if account.open_values else []
    return [_p("Values that may still change", _PART), *told, *(_p(text) for text in words)]


def _changes(restated: Restatement) -> list[Flowable]:
    rows: list[list[Any]] = [_heads("", "Leg", "As signed", "Now")]
    for element, one in restated.legs:
        masses = [_p(mass_words(mass), _RIGHT) for mass in (one.before, one.after)]
        rows.append([_p(element), _p(LEG_WORDS[one.what]), *masses])
    told = [
        _p(f"{one.recorded[:16].replace('T', ' ')} {one.event} ({one.actor}) {one.reason}", _SMALL)
        for one in restated.entries
    ]
    return [_p("Restated since it was signed", _PART), _ruled(rows, (20, 66, 44, 44)), *told]


def _signatures(state: AccountState) -> Flowable:
    told = []
    for one in state.signatures:
        word = "Signed" if one.kind == SIGNED else "Reviewed"
        counts = "" if one.counts else ", of another version than this"
        who = f"{word} by {one.name}, {one.capacity}, on {one.day}{counts}"
        told.append(_p(f"{who}; entry {one.event} by {one.actor}"))
    if not told:
        told.append(_p("Not signed."))
    return KeepTogether([_p("Signatures", _PART), *told, Spacer(1, 3 * mm)])


def _heads(*names: str) -> list[Any]:
    """Return the headings of a table; those of the third and fourth column stand over numbers."""
    return [
        _p(name, _SMALL_RIGHT if place in (2, 3) else _SMALL) for place, name in enumerate(names)
    ]


def _grid(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int]) -> Table:
    table = Table(rows, colWidths=[width * mm for width in widths_mm], hAlign="LEFT")
    plain = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    table.setStyle(TableStyle(plain))
    return table


def _ruled(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int]) -> Table:
    table = Table(rows, colWidths=[width * mm for width in widths_mm], hAlign="LEFT", repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def _foot(canvas: Canvas, document: Any, *, account: MetalAccount, made_from: str) -> None:
    """Print on each page which account it is, its hash, what it was made from, and which page."""
    canvas.saveState()
    canvas.setFont("Helvetica", 6.5)
    canvas.setFillColor(_GREY)
    left, low = MARGIN_MM * mm, MARGIN_MM * mm
    canvas.drawString(left, low + 3.2 * mm, printable(f"Metal account {account.subject}"))
    canvas.drawString(left, low, f"SHA-256 {account_hash(account)}")
    canvas.drawString(left, low - 3.2 * mm, printable(made_from))
    canvas.drawRightString(A4[0] - left, low + 3.2 * mm, f"Page {document.page}")
    canvas.restoreState()
