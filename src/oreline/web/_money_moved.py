"""What money an entry moves: statements before and after, what turns, which invoices are stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.settle import money_text
from oreline.web._blocks import NOTHING, Column, callout, h, joined, table, tiles
from oreline.web._frame import Visit, event_link
from oreline.web._statement_blocks import STAGES, amount_of, line_title
from oreline.web._strings import Translate, msg

TURNS = {
    "penalty begins": (msg("{subject}: a penalty begins."), "warn"),
    "penalty ends": (msg("{subject}: the penalty ends."), "good"),
    "no longer paid": (msg("{subject} is no longer paid for."), "warn"),
    "paid for": (msg("{subject} is paid for."), "good"),
    "payable to penal": (msg("{subject} turns from paid to penal."), "bad"),
    "penal to payable": (msg("{subject} turns from penal to paid."), "good"),
    "may be rejected": (msg("{detail}."), "bad"),
    "may not be rejected": (msg("The buyer may no longer reject the goods."), "good"),
    "no longer settled": (msg("It is no longer settled: {detail}."), "bad"),
    "settled": (msg("It would be settled. Until now: {detail}."), "good"),
}
STANDINGS = {
    "stands": msg("stands"),
    "stale": msg("stale: its statement says something else"),
    "was stale": msg("was stale before this change"),
}
WHY_UNMOVED = {
    "exchanged": msg("what both sides sealed and exchanged holds until both agree otherwise"),
    "other": msg("no weight, grade or price that counts under the contract comes from this entry"),
}


def money_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return all money that an entry moves, or that it moves none and why."""
    t = visit.t
    statements, invoices = found["statements"], found["invoices"]
    parts = [_first(t, found)] if statements else []
    parts += [_statement(visit, one) for one in statements]
    if invoices:
        parts.append(invoices_block(visit, invoices))
    for one in found["unmoved"]:
        words = t("{shipment} is worth what it was: {why}.", shipment=one["shipment"],
                  why=t(WHY_UNMOVED.get(one["why"], one["why"])))  # fmt: skip
        parts.append(h('<p class="hint">{}</p>', words))
    if not parts:
        words = t("No shipment under a contract that you may see has this lot: no money moves.")
        parts.append(h('<p class="hint">{}</p>', words))
    return joined(parts)


def _first(t: Translate, found: Mapping[str, Any]) -> Markup:
    """Return what somebody looks for first: the difference of each statement."""
    shown = []
    for one in found["statements"]:
        before, after = (money_text(_number(one[at]["net_value"])) for at in ("before", "after"))
        words = f"{before} → {after} {one['currency']}"
        title = f"{t(STAGES[one['stage']])} · {one['contract']}"
        shown.append((title, _difference(one["difference"], one["currency"]), words))
    return tiles(shown)


def _statement(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t, currency = visit.t, one["currency"]
    title = h(
        '<h3>{} · <a href="{}">{}</a></h3>',
        t(STAGES[one["stage"]]),
        statement_address(visit, one),
        one["shipment"],
    )
    rows = [
        {
            "line": h("{} {}", line_title(line, t), _clause(t, line["clause"])),
            "before": amount_of(line["before"]),
            "after": amount_of(line["after"]),
            "difference": _difference(line["difference"]),
        }
        for line in one["lines"]
    ]
    columns = (
        Column("line", t("Line")),
        Column("before", t("As it is"), is_number=True),
        Column("after", t("If it were so"), is_number=True),
        Column("difference", currency, is_number=True),
    )
    still = t("No line moves: the grade stays between the same limits.")
    return joined(
        (
            title,
            joined(_turn(t, turn) for turn in one["turns"]),
            table(columns, rows, empty=still),
            _workings(t, one["lines"]),
        )
    )


def _clause(t: Translate, clause: str) -> Markup:
    words = t("clause {clause}", clause=clause) if clause else ""
    return h('<span class="source">{}</span>', words) if words else NOTHING


def _turn(t: Translate, turn: Mapping[str, str]) -> Markup:
    words, kind = TURNS[turn["what"]]
    if turn["what"] == "no longer settled" and not turn["detail"]:
        words = msg("It is no longer settled until the parties have agreed on these goods.")
    return callout(t(words, subject=turn["subject"], detail=turn["detail"]), kind)


def _workings(t: Translate, lines: Sequence[Mapping[str, Any]]) -> Markup:
    """Return how each line that moves is computed before and after, folded away."""
    told = joined(
        h(
            "<dt>{}</dt><dd><p><code>{}</code></p><p><code>{}</code></p></dd>",
            line_title(line, t),
            line["formula_before"] or "-",
            line["formula_after"] or "-",
        )
        for line in lines
    )
    if not told:
        return NOTHING
    words = t("How these lines are computed, as it is and if it were so")
    return h('<details><summary>{}</summary><dl class="facts">{}</dl></details>', words, told)


def invoices_block(visit: Visit, invoices: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the invoices of the shipments, each with whether it still is what is owed."""
    t = visit.t
    rows = [
        {
            "invoice": event_link(visit, one["invoice"]),
            "stage": t(STAGES[one["stage"]]),
            "standing": t(STANDINGS[one["standing"]]),
            "amount": amount_of(one["amount"]),
            "due": amount_of(one["due_after"]),
            "difference": _difference(one["difference"]),
        }
        for one in invoices
    ]
    columns = (
        Column("invoice", t("Invoice")),
        Column("stage", t("Stage")),
        Column("standing", t("Standing")),
        Column("amount", t("It asks for"), is_number=True),
        Column("due", t("Its statement would ask for"), is_number=True),
        Column("difference", t("Difference"), is_number=True),
    )
    stale = sum(one["standing"] == "stale" for one in invoices)
    told = NOTHING
    if stale:
        words = t("{n} of {all} invoices become stale.", n=stale, all=len(invoices))
        told = callout(words, "bad")
    return told + table(columns, rows, caption=t("Invoices of these shipments"))


def stale_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return, after a correction, which invoices are stale and which statements to look at."""
    t = visit.t
    stale = [one for one in found["invoices"] if one["standing"] == "stale"]
    parts = []
    if stale:
        links = joined((event_link(visit, one["invoice"]) for one in stale), ", ")
        words = t("These invoices are stale now; what they ask for is no longer what is owed:")
        parts.append(callout(h("{} {}", words, links), "bad"))
    if found["statements"]:
        links = joined(
            (
                h(
                    '<a href="{}">{} · {}</a>',
                    statement_address(visit, one),
                    t(STAGES[one["stage"]]),
                    one["shipment"],
                )
                for one in found["statements"]
            ),
            ", ",
        )
        parts.append(h("<p>{} {}</p>", t("Statements that are another now:"), links))
    return joined(parts)


def statement_address(visit: Visit, one: Mapping[str, Any]) -> str:
    """Return the address of a statement."""
    asked = {name: one[name] for name in ("contract", "shipment", "stage")}
    return visit.link("/settle/statement", **asked)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _difference(text: str | None, currency: str = "") -> Markup:
    """Return a difference with its sign."""
    value = _number(text)
    sign = "+" if value is not None and value > 0 else ""
    return h('<span class="amount">{}{}</span>', sign, money_text(value, currency))
