"""A plan on paper: A4, as somebody reads it who decides on money."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from oreline.exchange import printable
from oreline.plan._plan import Plan, conventions, numbers_frame

MARGIN_MM = 18
_INK, _GREY, _RULE = (
    colors.HexColor("#1b2a33"),
    colors.HexColor("#5a6770"),
    colors.HexColor("#aaaabb"),
)
_CASH: Mapping[str, Any] = {
    "sales": colors.HexColor("#0072B2"),
    "capital": colors.HexColor("#D55E00"),
    "levies": colors.HexColor("#8F4E8B"),
    "costs": colors.HexColor("#6B7683"),
}
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5, textColor=_INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=7, leading=9, textColor=_GREY)
_BOLD = ParagraphStyle("bold", _BODY, fontName="Helvetica-Bold")
_SMALL_RIGHT = ParagraphStyle("small-right", _SMALL, alignment=TA_RIGHT)
_RIGHT = ParagraphStyle("right", _BODY, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("title", _BOLD, fontSize=16, leading=20)
_PART = ParagraphStyle("part", _BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=3)
_NOTE = ParagraphStyle("note", _BODY, backColor=colors.HexColor("#fff4e8"), borderPadding=4,
                       spaceBefore=6, spaceAfter=6)  # fmt: skip


def plan_pdf(plan: Plan, *, told_of: str = "", compressed: bool = True) -> bytes:
    """Return a plan as a PDF: the same plan always gives the same bytes.

    Parameters
    ----------
    plan
        What is printed.
    told_of
        What the reader is told of the state of the world: the scenario and numbers that are others.
    compressed
        False for whoever reads the text with plain tools.
    """
    into = io.BytesIO()
    margin = MARGIN_MM * mm
    document = SimpleDocTemplate(
        into,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin + 8 * mm,
        title=printable(f"Plan: {plan.problem.name}"),
        creator="oreline",
        invariant=1,
        pageCompression=int(compressed),
    )
    foot = partial(_foot, plan=plan)
    document.build(_story(plan, told_of), onFirstPage=foot, onLaterPages=foot)
    return into.getvalue()


def _p(text: object, style: ParagraphStyle = _BODY) -> Paragraph:
    return Paragraph(escape(printable(str(text))), style)


def _story(plan: Plan, told_of: str) -> list[Flowable]:
    problem = plan.problem
    numbers = problem.numbers.values()
    assumed = sum(str(one.basis) == "assumed" for one in numbers)
    story: list[Flowable] = [_p(problem.name, _TITLE)]
    if told_of or plan.scenario:
        story.append(_p(f"State of the world: {told_of or plan.scenario}"))
    story += [Spacer(1, 3 * mm), _head(plan)]
    if assumed:
        story.append(
            _p(f"{assumed} of {len(numbers)} numbers are assumed: no figure here is more certain "
               "than they are.", _NOTE)
        )  # fmt: skip
    story += _phases(plan)
    story += [_p(f"Cash of each year, {problem.currency} m", _PART), _bars(plan), _cash(plan)]
    story += _metal(plan)
    story += _limits(plan)
    story += _proof(plan)
    story += _numbers(plan)
    return story


def _money(value: float) -> str:
    told = f"{value:,.1f}"
    return "0.0" if told == "-0.0" else told


def _head(plan: Plan) -> Table:
    problem, told = plan.problem, conventions(plan.problem)
    rates = ", ".join(f"{one:.2%}" for one in plan.returns().rates) or "none"
    paid = plan.to_json()["payback_years"]
    terms = (
        f"{told['rate_per_year']:.4g} a year, {told['timing']} of each year, at the "
        f"{told['valued_at']}, {told['money']} {told['money_year']}, {told['tax']}, unlevered"
    )
    pairs = [
        ("Net present value", f"{_money(plan.npv)} {problem.currency} m"),
        ("Conventions", terms),
        ("Rates of return", rates),
        ("Paid back after", "never" if paid is None else f"{float(paid):.1f} years"),
        (
            "Capital",
            (
                f"{_money(plan.capital())} {problem.currency} m, {_money(plan.capital('low'))} to "
                f"{_money(plan.capital('high'))}; class {plan.estimate_class() or 'none'}"
            ),
        ),
    ]
    retained = plan.retained()
    if retained is not None and problem.retained is not None:
        pairs.append(
            (f"Stays in {problem.retained.country}", f"{_money(retained)} {problem.currency} m")
        )
    pairs += [(f"Goal {goal}", f"{value:,.2f} {unit}") for goal, value, unit in plan.goals]
    return _grid([[_p(name, _SMALL), _p(said)] for name, said in pairs], (36, 138))


def _phases(plan: Plan) -> list[Flowable]:
    rows: list[list[Any]] = [_heads(("Phase", "Unit", "Begun", "Runs", "Capital", "Range"), 4)]
    builds = plan.builds_frame().to_dicts()
    for phase in plan.problem.phases:
        own = [row for row in builds if row["phase"] == phase.id]
        for place, row in enumerate(own):
            rows.append(
                [
                    _p(phase.name or phase.id, _BOLD) if not place else "",
                    _p(f"{row['name'] or row['unit']} ({row['size']})"),
                    _p(row["begun"]),
                    _p(f"{row['runs_from']} to {row['closes'] - 1}"),
                    _p(_money(row["capital_m"]), _RIGHT),
                    _p(f"{_money(row['capital_low_m'])} to {_money(row['capital_high_m'])}",
                       _RIGHT),
                ]
            )  # fmt: skip
        if not own:
            rows.append([_p(phase.name or phase.id, _BOLD), _p("nothing is built"), "", "", "", ""])
    title = f"What is built, {plan.problem.currency} m"
    return [_p(title, _PART), _ruled(rows, (36, 58, 14, 26, 18, 22))]


def _terms(plan: Plan) -> list[dict[str, float]]:
    """Return each year's cash in four kinds."""
    rows = []
    for year in plan.problem.years:
        kinds = dict.fromkeys(_CASH, 0.0)
        for name, row in plan.accounts.terms.items():
            if name == "shortfall":
                continue
            kind = name if name in ("sales", "capital") else "costs"
            kinds["levies" if name.startswith("levy ") else kind] += row.get(year, 0.0)
        rows.append(kinds)
    return rows


def _bars(plan: Plan) -> Drawing:
    """Return bars of each year: what comes in above the line, what goes out below."""
    wide, high, left = 174 * mm, 48 * mm, 14 * mm
    rows = _terms(plan)
    ups = [sum(one for one in row.values() if one > 0) for row in rows]
    downs = [sum(one for one in row.values() if one < 0) for row in rows]
    top, low = max([*ups, 0.001]), min([*downs, 0.0])
    scale = (high - 12 * mm) / (top - low)
    zero = 6 * mm - low * scale
    room = (wide - left) / len(rows)
    drawing = Drawing(wide, high)
    for place, (row, year) in enumerate(zip(rows, plan.problem.years, strict=True)):
        x, reached = left + room * (place + 0.15), {True: zero, False: zero}
        for kind, colour in _CASH.items():
            part = row[kind] * scale
            if part:
                y = reached[part > 0]
                bar = Rect(x, min(y, y + part), room * 0.7, abs(part), fillColor=colour)
                bar.strokeColor = None
                drawing.add(bar)
                reached[part > 0] = y + part
        drawing.add(String(x, 1 * mm, str(year), fontSize=6, fillColor=_GREY))
    drawing.add(Line(left, zero, wide, zero, strokeColor=_INK, strokeWidth=0.5))
    for value in (top, low):
        text = String(0, zero + value * scale - 2, f"{value:,.0f}", fontSize=6, fillColor=_GREY)
        drawing.add(text)
    for place, (kind, colour) in enumerate(_CASH.items()):
        x = left + place * 24 * mm
        drawing.add(Rect(x, high - 3 * mm, 2 * mm, 2 * mm, fillColor=colour, strokeColor=None))
        drawing.add(String(x + 3 * mm, high - 3 * mm, kind, fontSize=6.5, fillColor=_INK))
    return drawing


def _cash(plan: Plan) -> Table:
    heads = ("Year", "Sales", "Capital", "Costs", "Levies", "Net", "By then")
    rows: list[list[Any]] = [_heads(heads, 1)]
    total = 0.0
    nets = plan.accounts.net()
    for year, kinds, net in zip(plan.problem.years, _terms(plan), nets, strict=True):
        total += net
        told = (*(kinds[one] for one in ("sales", "capital", "costs", "levies")), net, total)
        rows.append([_p(year), *(_p(_money(one), _RIGHT) for one in told)])
    return _ruled(rows, (18, *(26,) * 6))


def _metal(plan: Plan) -> list[Flowable]:
    heads = ("Element", "Drawn", "Bought", "Delivered", "Discarded", "Lost", "In stock")
    rows: list[list[Any]] = [_heads(heads, 1)]
    rows += [
        [_p(one.element, _BOLD), *(_p(f"{value:,.0f}", _RIGHT) for value in (
            one.drawn_t, one.bought_t, one.delivered_t, one.discarded_t, one.lost_t, one.in_stock_t,
        ))]
        for one in plan.balances()
    ]  # fmt: skip
    return [_p("Metal of all years, t", _PART), _ruled(rows, (18, *(26,) * 6))]


WORTHS_MAX = 20


def _limits(plan: Plan) -> list[Flowable]:
    rows: list[list[Any]] = [_heads(("Limit", "Of", "Year", "Worth", "Unit"), 3)]
    rows += [
        [_p(one.limit), _p(one.of), _p(one.year or "all"), _p(f"{one.worth:,.4g}", _RIGHT),
         _p(one.unit, _SMALL)]
        for one in plan.worths[:WORTHS_MAX]
    ]  # fmt: skip
    title = _p("What a little more of each binding limit is worth, builds held", _PART)
    if not plan.worths:
        return [title, _p("No limit binds.")]
    rest = len(plan.worths) - WORTHS_MAX
    more = [_p(f"{rest} more are in the workbook.", _SMALL)] if rest > 0 else []
    return [title, _ruled(rows, (32, 60, 16, 26, 40)), *more]


def _proof(plan: Plan) -> list[Flowable]:
    told = plan.certificate.to_json()
    versions = ", ".join(f"{name} {one}" for name, one in told["versions"].items())
    pairs = [
        ("Status", told["status"]),
        ("Value", f"{told['value']:,.4f}"),
        ("Bound", f"{told['bound']:,.4f}"),
        ("Gap", f"{told['gap']:.4%}, asked {told['gap_asked']:.4%}"),
        ("Algorithm", f"{told['algorithm']}; {versions}; seed {told['seed']}"),
        (
            "Size",
            f"{told['rows']} rows, {told['columns']} columns, {told['integers']} whole-numbered",
        ),
        ("Input SHA-256", told["input_sha256"]),
    ]
    rows = [[_p(name, _SMALL), _p(said)] for name, said in pairs]
    return [_p("How good this plan is", _PART), _grid(rows, (36, 138))]


def _numbers(plan: Plan) -> list[Flowable]:
    """Return every number once: what stands in several places goes by its name."""
    problem = plan.problem
    seen: set[str] = set()
    rows: list[list[Any]] = [_heads(("Number", "Value", "Range", "Basis", "Source"), 1, 3)]
    for row in numbers_frame(problem).iter_rows(named=True):
        name = problem.shared.get(row["number"], row["number"])
        if name in seen:
            continue
        seen.add(name)
        unit = "" if row["unit"] == "1" else row["unit"]
        ends = "" if row["low"] is None else f"{row['low']:.4g} to {row['high']:.4g}"
        rows.append(
            [
                _p(name, _SMALL),
                _p(f"{row['value']:,.6g} {unit}", _SMALL_RIGHT),
                _p(ends, _SMALL_RIGHT),
                _p(row["basis"], _SMALL),
                _p(row["source"], _SMALL),
            ]
        )
    return [_p("Every number it rests on", _PART), _ruled(rows, (48, 30, 30, 16, 50))]


def _heads(names: Sequence[str], first: int, last: int = 99) -> list[Any]:
    """Return headings; those from ``first`` to before ``last`` stand over numbers."""
    return [
        _p(name, _SMALL_RIGHT if first <= place < last else _SMALL)
        for place, name in enumerate(names)
    ]


def _grid(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int]) -> Table:
    table = Table(rows, colWidths=[width * mm for width in widths_mm], hAlign="LEFT")
    plain = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    tight = [(f"{side}PADDING", (0, 0), (-1, -1), 1.5) for side in ("TOP", "BOTTOM")]
    table.setStyle(TableStyle([*plain, *tight]))
    return table


def _ruled(rows: Sequence[Sequence[Any]], widths_mm: Sequence[int]) -> Table:
    table = Table(
        rows, colWidths=[width * mm for width in widths_mm], hAlign="LEFT", repeatRows=1,
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
                ("TOPPADDING", (0, 0), (-1, -1), 1.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return table


def _foot(canvas: Canvas, document: Any, *, plan: Plan) -> None:
    """Print on each page which plan it is, the hash of what it rests on, and which page."""
    canvas.saveState()
    canvas.setFont("Helvetica", 6.5)
    canvas.setFillColor(_GREY)
    left, low = MARGIN_MM * mm, MARGIN_MM * mm
    name = plan.problem.name + (f" - {plan.scenario}" if plan.scenario else "")
    canvas.drawString(left, low + 3.2 * mm, printable(f"Plan: {name}"))
    canvas.drawString(left, low, f"Input SHA-256 {plan.certificate.input_sha256}")
    canvas.drawString(left, low - 3.2 * mm, "Planned: nothing of it is recorded.")
    canvas.drawRightString(A4[0] - left, low + 3.2 * mm, f"Page {document.page}")
    canvas.restoreState()
