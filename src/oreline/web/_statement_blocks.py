"""The blocks of a statement: what is due, the lines with their proof, how one became another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from markupsafe import Markup

from oreline.settle import money_text
from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    called,
    callout,
    facts,
    h,
    joined,
    table,
    tiles,
)
from oreline.web._frame import Visit, event_link
from oreline.web._strings import Translate, msg

STAGES = {
    "provisional": msg("Provisional"),
    "second_provisional": msg("Second provisional"),
    "final": msg("Final"),
}
KINDS = {
    "payable": msg("Metal paid"),
    "basket": msg("Rare earths paid"),
    "toll": msg("Toll"),
    "participation": msg("Price participation"),
    "treatment": msg("Treatment charge"),
    "refining": msg("Refining charges"),
    "penalty": msg("Penalties"),
    "umpire": msg("Umpire"),
    "line": msg("Freight and other lines"),
    "payment": msg("Payments"),
}
EFFECTS = {
    "weight": msg("Weight and moisture"),
    "assay": msg("Assays"),
    "price": msg("Prices"),
    "charge": msg("Charges and other lines"),
}
TITLES = {
    "payable": msg("{subject} paid"),
    "treatment": msg("Treatment charge"),
    "refining": msg("{subject} refining charge"),
    "participation": msg("{subject} price participation"),
    "penalty": msg("Penalty {subject}"),
}
"""What lines are called that the contract gives no title of its own."""
_EFFECT_COLOURS = {"weight": "#0072B2", "assay": "#8F4E8B", "price": "#B07A00", "charge": "#5A5F73"}


def amount_of(text: str | None, currency: str = "") -> Markup:
    """Return an amount of money as answers give it, UNKNOWN where there is none."""
    told = money_text(None if text is None else Decimal(text), currency)
    return h('<span class="amount">{}</span>', told)


def line_title(line: Mapping[str, Any], t: Translate) -> str:
    """Return what a line is called: translated, unless the contract itself has named it."""
    title, words = str(line["title"]), TITLES.get(line["kind"])
    if words is None:
        return title
    subject = line["subject"].replace("+", " + ")
    return t(words, subject=subject) if title == words.format(subject=subject) else title


def summary(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what somebody looks for first: the state, the value, what was paid, what is due."""
    t, statement = visit.t, found["statement"]
    currency = statement["currency"]
    interval = found.get("interval")
    spread: object = ""
    if interval is not None:
        low, high = (money_text(Decimal(interval[end]), currency) for end in ("low", "high"))
        spread = t("95 %: {low} to {high}", low=low, high=high)
    elif statement["net_value"] is not None:
        spread = t("spread UNKNOWN: some uncertainty is not stated")
    state = "good" if statement["status"] == "SETTLED" else "warn"
    said = {
        "SETTLED": t("SETTLED: every weight, assay and price is final."),
        "PROVISIONAL": t("PROVISIONAL: some of it will change; see the notes."),
        "NOT SETTLED": t("NOT SETTLED: see below what is missing. No amount is guessed."),
    }[statement["status"]]
    return joined(
        (
            callout(said, "bad" if statement["status"] == "NOT SETTLED" else state),
            tiles(
                (
                    (t("Net value"), amount_of(statement["net_value"], currency), spread),
                    (t("Paid before"), amount_of(statement["paid_before"], currency), ""),
                    (t("Due now"), amount_of(statement["due"], currency), _due(t, found)),
                    (t("Dry weight"), _tonnes(statement["dry_t"], "dmt"), _wet(t, statement)),
                )
            ),
        )
    )


def _due(t: Translate, found: Mapping[str, Any]) -> str:
    statement = found["statement"]
    names = {} if found["contract"] is None else found["contract"]["names"]
    due = statement["due"]
    if due is None:
        return ""
    payer, payee = statement["buyer"], statement["seller"]
    if Decimal(due) < 0:
        payer, payee = payee, payer
    return t("{payer} pays {payee}", payer=names.get(payer, payer), payee=names.get(payee, payee))


def _tonnes(text: str | None, unit: str) -> Markup:
    told = "UNKNOWN" if text is None else f"{Decimal(text):,f} {unit}"
    return h('<span class="amount">{}</span>', told)


def _wet(t: Translate, statement: Mapping[str, Any]) -> str:
    wet = statement["wet_t"]
    return "" if wet is None else t("{wet} t wet", wet=f"{Decimal(wet):,f}")


def missing_block(visit: Visit, missing: Sequence[Mapping[str, str]]) -> Markup:
    """Return what keeps a statement from being settled, each with its remedy."""
    t = visit.t
    if not missing:
        return NOTHING
    columns = (
        Column("what", t("Missing")),
        Column("where", t("Where")),
        Column("why", t("Why")),
        Column("remedy", t("What to do")),
    )
    return table(columns, missing, caption=t("What is missing"))


def lines_block(visit: Visit, statement: Mapping[str, Any]) -> Markup:
    """Return the lines of a statement by kind; each opens to its arithmetic and its evidence."""
    t, currency = visit.t, statement["currency"]
    parts = []
    for kind, group in groupby(statement["lines"], key=lambda line: line["kind"]):
        rows = [_line(visit, line, currency) for line in group]
        parts.append(h("<h3>{}</h3>{}", t(KINDS.get(kind, kind)), joined(rows)))
    total = h(
        '<p class="line total"><b>{}</b>{}</p>',
        t("Net value"),
        amount_of(statement["net_value"], currency),
    )
    return h('<div class="statement">{}{}</div>', joined(parts), total)


def _line(visit: Visit, line: Mapping[str, Any], currency: str) -> Markup:
    t = visit.t
    clause = t("clause {clause}", clause=line["clause"]) if line["clause"] else ""
    why = h('<p class="hint">{}</p>', line["why"]) if line["why"] else NOTHING
    return h(
        '<details class="line"><summary><span class="what">{}{}</span>'
        '<span class="where">{}</span>{}</summary>{}{}{}</details>',
        line_title(line, t),
        basis_mark(line["basis"], t),
        clause,
        amount_of(line["amount"], currency),
        h("<p><code>{}</code></p>", line["formula"]) if line["formula"] else NOTHING,
        why,
        _inputs(visit, line["inputs"]),
    )


def _inputs(visit: Visit, inputs: Sequence[Mapping[str, Any]]) -> Markup:
    t = visit.t
    if not inputs:
        return NOTHING
    rows = [
        {
            "name": one["name"],
            "value": h(
                "{}{}",
                number_of(one["value"], one["unit"]),
                basis_mark(one["basis"], t),
            ),
            "source": one["source"],
            "evidence": joined((event_link(visit, name) for name in one["evidence"]), ", "),
        }
        for one in inputs
    ]
    columns = (
        Column("name", t("Number")),
        Column("value", t("Value"), is_number=True),
        Column("source", t("From")),
        Column("evidence", t("Entries of the ledger")),
    )
    return table(columns, rows, caption=t("What it was computed from"))


def analytes_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return each analyte with grade, content, what is paid of it and at which price."""
    t, statement = visit.t, found["statement"]
    currency = statement["currency"]
    rows = [
        {
            "analyte": one["analyte"],
            "grade": number_of(one["grade_pct"], "%"),
            "contained": number_of(one["contained_t"], "t"),
            "payable": number_of(one["payable_t"], "t"),
            "price": found["prices"].get(one["analyte"])
            or number_of(one["price_per_t"], f"{currency}/t"),
            "priced": _priced(t, one),
        }
        for one in statement["analytes"]
    ]
    columns = (
        Column("analyte", t("Analyte")),
        Column("grade", t("Grade, dry"), is_number=True),
        Column("contained", t("Contained"), is_number=True),
        Column("payable", t("Payable"), is_number=True),
        Column("price", t("Price"), is_number=True),
        Column("priced", t("Quotational period")),
    )
    return table(columns, rows, empty=t("No analyte is settled."))


def number_of(text: str | None, unit: str) -> Markup:
    """Return a number as decimal text with few places, all of them on hovering; else UNKNOWN."""
    if text is None:
        return h("{}", "UNKNOWN")
    value = Decimal(text)
    places = Decimal("0.0001") if abs(value) < 100 else Decimal("0.001")
    short = value.quantize(places) if len(text.partition(".")[2]) > 4 else value
    return h('<span class="amount" title="{}">{} {}</span>', text, f"{short:,f}", unit)


def _priced(t: Translate, one: Mapping[str, Any]) -> str:
    share = one["priced_share"]
    if share is None:
        return str(one["price_month"])
    percent = int(Decimal(share) * 100)
    return t("{month}: {share} % priced", month=one["price_month"], share=percent)


def waterfall_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return how one statement became another: a bar for each effect, and what is behind it."""
    t, currency = visit.t, found["currency"]
    before, after = Decimal(found["before_value"]), Decimal(found["after_value"])
    compared = t("Compared with: {stage}, with what was known on {day}.")
    stage = t(STAGES[found["before_stage"]])
    totals = _by_effect(found["steps"])
    bars = _bars(t, before, after, totals, currency)
    told = [
        {
            "effect": t(EFFECTS[step["effect"]]),
            "detail": step["detail"],
            "amount": amount_of(step["amount"], currency),
        }
        for step in found["steps"]
        if Decimal(step["amount"])
    ]
    columns = (
        Column("effect", t("Effect")),
        Column("detail", t("What changed")),
        Column("amount", t("Changes the value by"), is_number=True),
    )
    sentence = t("The effects sum exactly to the difference: {difference}.")
    whole = money_text(Decimal(found["difference"]), currency)
    return joined(
        (
            h('<p class="hint">{}</p>', compared.format(stage=stage, day=found["before_on"])),
            bars,
            h("<p>{}</p>", sentence.format(difference=whole)),
            table(columns, told, empty=t("Nothing changed.")),
        )
    )


def _by_effect(steps: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    totals = dict.fromkeys(EFFECTS, Decimal(0))
    for step in steps:
        totals[step["effect"]] += Decimal(step["amount"])
    return totals


def _bars(
    t: Translate, before: Decimal, after: Decimal, totals: Mapping[str, Decimal], currency: str
) -> Markup:
    """Return the bars; the scale leaves out what all of them share, and says so."""
    edges, level = [before, after], before
    for change in totals.values():
        level += change
        edges.append(level)
    low, high = min(edges), max(edges)
    span = (high - low) or Decimal(1)
    floor = low - span / 4
    rows = [_bar(t("Before"), floor, before, before, floor, high, "var(--soft)", currency)]
    level = before
    for effect, change in totals.items():
        colour = _EFFECT_COLOURS[effect]
        words = t(EFFECTS[effect])
        rows.append(_bar(words, level, level + change, change, floor, high, colour, currency))
        level += change
    rows.append(_bar(t("After"), floor, after, after, floor, high, "var(--accent)", currency))
    note = t("The bars do not start at zero; they start at {start}.")
    return h(
        '<div class="waterfall" role="img" aria-label="{}">{}</div><p class="hint">{}</p>',
        t("From before to after"),
        joined(rows),
        note.format(start=money_text(floor.quantize(Decimal(1)), currency)),
    )


def _bar(
    words: str,
    start: Decimal,
    end: Decimal,
    told: Decimal,
    floor: Decimal,
    top: Decimal,
    colour: str,
    currency: str,
) -> Markup:
    whole = top - floor
    left = float((min(start, end) - floor) / whole) * 100
    width = max(float(abs(end - start) / whole) * 100, 0.4)
    return h(
        '<div><span class="what">{}</span><span class="track"><i style="left:{:.2f}%;'
        'width:{:.2f}%;background:{}"></i></span>{}</div>',
        words,
        left,
        width,
        colour,
        h('<span class="amount">{}</span>', money_text(told, currency)),
    )


def imprint_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return who and under what; the hash by which the same statement is known again."""
    t, statement, terms = visit.t, found["statement"], found["contract"]
    if terms is None:
        return facts(((t("Contract"), t("none")), (t("Shipment"), found["shipment"])))
    return facts(
        (
            (t("Seller"), called(terms["names"], statement["seller"])),
            (t("Buyer"), called(terms["names"], statement["buyer"])),
            (
                t("Contract"),
                h(
                    '<a href="{}">{}</a> {} {}',
                    visit.link("/settle/contract", id=terms["id"]),
                    terms["id"],
                    terms["title"],
                    basis_mark(terms["basis"], t),
                ),
            ),
            (t("Terms known from"), terms["source"]),
            (t("Shipment"), event_link(visit, found["shipment"])),
            (t("Stage"), t(STAGES[statement["stage"]])),
            (t("Prices known on"), found["on"]),
            (t("Statement hash"), h("<code>{}</code>", found["hash"])),
        )
    )
