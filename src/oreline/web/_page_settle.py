"""Settle: what is it worth under this contract? Contracts, statements, exposure, invoices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    Right,
    View,
    contract_told,
    exposures,
    invoice_to_enter,
    periods_told,
    settlements,
    specification_told,
    statement_change,
    statement_risk,
    statement_told,
)
from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    called,
    callout,
    empty_state,
    facts,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
)
from oreline.web._frame import (
    Visit,
    action,
    event_link,
    head,
    later,
    lot_link,
    markup,
    page,
    panel,
    soon,
)
from oreline.web._period_block import period_block
from oreline.web._risk_blocks import risk_block
from oreline.web._specification_block import specification_block
from oreline.web._statement_blocks import (
    STAGES,
    amount_of,
    analytes_block,
    imprint_block,
    lines_block,
    missing_block,
    summary,
    waterfall_block,
)
from oreline.web._writing import written_and_shown

DOWNLOADS = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"), ("parquet", "Parquet"))


@page("/settle", "Settle")
async def settle_page(visit: Visit) -> None:
    """Show contracts with their shipments, and what is not priced yet."""
    t = visit.t
    head(t("Settle"), t("What is it worth under this contract? Nothing is priced without one."))
    await soon(visit, settlements, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    markup(finding_list(found["findings"], t))
    if not found["contracts"]:
        markup(
            empty_state(
                t("NOT SETTLED: there is no contract that you may see"),
                t("Write one as contracts/NAME.toml in the chain folder, check it with "
                  "'oreline settle check', and import it."),
            )
        )  # fmt: skip
        return
    for terms in found["contracts"]:
        with panel(terms["title"], identity=f"contract-{terms['id']}"):
            markup(_terms_line(visit, terms))
            markup(_shipments(visit, terms))
    later(visit, t("Not priced yet"), exposures, lambda told: _exposures(visit, told))


def _terms_line(visit: Visit, terms: Mapping[str, Any]) -> Markup:
    t = visit.t
    link = h('<a href="{}">{}</a>', visit.link("/settle/contract", id=terms["id"]), terms["id"])
    return h(
        "<p>{} {} · {} → {} · {}</p>",
        link,
        basis_mark(terms["basis"], t),
        called(terms["names"], terms["seller"]),
        called(terms["names"], terms["buyer"]),
        joined((called(terms["names"], name) for name in terms["materials"]), ", "),
    )


def _shipments(visit: Visit, terms: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "shipment": event_link(visit, one["shipment"]),
            "lots": joined((lot_link(visit, lot) for lot in one["lots"]), ", "),
            "shipped": one["shipped"],
            "documents": ", ".join(one["documents"]),
            "invoiced": ", ".join(t(STAGES[stage]) for stage in one["invoiced"]) or t("nothing"),
            "open": joined(
                (
                    h(
                        '<a href="{}">{}</a>',
                        visit.link(
                            "/settle/statement",
                            contract=terms["id"],
                            shipment=one["shipment"],
                            stage=stage,
                        ),
                        t(STAGES[stage]),
                    )
                    for stage in terms["stages"]
                ),
                " · ",
            ),
        }
        for one in terms["shipments"]
    ]
    columns = (
        Column("shipment", t("Shipment")),
        Column("lots", t("Lots")),
        Column("shipped", t("Shipped")),
        Column("documents", t("Documents")),
        Column("invoiced", t("Invoiced")),
        Column("open", t("Statement")),
    )
    return table(columns, rows, empty=t("Nothing was shipped under this contract."))


def _exposures(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    rows = [
        {
            "metal": one["analyte"],
            "month": one["month"],
            "content": h('<span class="amount">{} t</span>', one["unpriced_t"]),
            "hedge": one["hedge_lots"] or "",
            "shipment": joined((event_link(visit, name) for name in one["parcels"]), ", "),
        }
        for one in found["exposures"]
    ]
    columns = (
        Column("metal", t("Metal")),
        Column("month", t("Month")),
        Column("content", t("Payable, not priced"), is_number=True),
        Column("hedge", t("Lots to hedge"), is_number=True),
        Column("shipment", t("Shipment")),
    )
    markup(table(columns, rows, empty=t("Every shipment is priced.")))
    for reason in found["unknown"]:
        markup(callout(reason, "warn"))


@page("/settle/statement", "Statement")
async def statement_page(visit: Visit) -> None:
    """Show one statement: what is due, line by line, and how it came from the one before."""
    t = visit.t
    contract, shipment = visit.given("contract"), visit.given("shipment")
    stage, on = visit.given("stage", "provisional"), visit.given("on") or None
    found = await visit.answer(statement_told, contract, shipment, stage, on)
    statement, asked = found["statement"], (contract, shipment, stage, on)
    title = t("no contract") if found["contract"] is None else found["contract"]["title"]
    lots = joined((lot_link(visit, name) for name in found["lots"]), ", ")
    head(t("Statement"), h("{} · {}{}", title, shipment, h(" · {}", lots) if lots else ""))
    markup(_choice(visit, contract, shipment, stage, on or ""))
    if found["contract"] is not None:
        markup(_downloads(visit, found))
    markup(summary(visit, found))
    if found["contract"] is not None:
        markup(_assumed(visit, found["contract"]))
    markup(missing_block(visit, statement["missing"]))
    markup(joined(h('<p class="hint">{}</p>', note) for note in _notes(found)))
    with panel(t("Line by line"), identity="lines"):
        markup(lines_block(visit, statement))
    with panel(t("Metals"), identity="metals"):
        markup(analytes_block(visit, found))
    if found["contract"] is not None:
        title, currency = t("Periods that may be declared"), statement["currency"]

        def show_periods(told: Mapping[str, Any]) -> None:
            period_block(visit, told, currency)

        later(visit, title, periods_told, show_periods, contract, shipment, on, identity="periods")
    if found["before"] is not None:
        title = t("How it came from the statement before")

        def show_change(told: Mapping[str, Any]) -> None:
            markup(waterfall_block(visit, told))

        then = visit.given("before_on") or None
        later(visit, title, statement_change, show_change, *asked, then, identity="waterfall")
    if statement["net_value"] is not None:
        title = t("How sure is it")

        def show_risk(told: Mapping[str, Any]) -> None:
            markup(risk_block(visit, told))

        later(visit, title, statement_risk, show_risk, *asked, identity="risk")
    if found["contract"] is not None:
        title = t("Are the goods what the contract describes")

        def show_limits(told: Mapping[str, Any]) -> None:
            markup(specification_block(visit, told))

        later(visit, title, specification_told, show_limits, *asked, identity="specification")
    with panel(t("What it rests on"), identity="imprint"):
        markup(imprint_block(visit, found))
        markup(_signing(visit, statement))
    if visit.may(Right.RECORD) and statement["net_value"] is not None and not visit.known_at:
        _invoice(visit, found)


def _notes(found: Mapping[str, Any]) -> list[str]:
    """Return the notes of a statement without that on its terms, which stand above and below."""
    notes, terms = list(found["statement"]["notes"]), found["contract"]
    said = "" if terms is None else f"The terms are {terms['basis']}: {terms['source']}."
    return [note for note in notes if note != said]


def _choice(visit: Visit, contract: str, shipment: str, stage: str, on: str) -> Markup:
    t = visit.t
    kept = '<input type="hidden" name="{}" value="{}">'
    fields = (
        h(kept, "contract", contract),
        h(kept, "shipment", shipment),
        select_field("stage", t("Stage"), [(name, t(STAGES[name])) for name in STAGES], stage),
        input_field("on", t("With what was known on"), on, "date"),
    )
    return question_form("/settle/statement", fields, t("Show"))


def _downloads(visit: Visit, found: Mapping[str, Any]) -> Markup:
    named = {
        "contract": found["contract"]["id"],
        "shipment": found["shipment"],
        "stage": found["statement"]["stage"],
        "on": found["on"],
    }
    links = joined(
        (
            h(
                '<a class="btn quiet small" href="{}">{}</a>',
                visit.link(f"/api/v1/settle/statement.{form}", **named),
                words,
            )
            for form, words in DOWNLOADS
        ),
        " ",
    )
    return h('<p class="no-print">{}</p>', links)


def _signing(visit: Visit, statement: Mapping[str, Any]) -> Markup:
    """Return where seller and buyer sign; shown on paper only."""
    return h(
        '<div class="signing"><span>{}</span><span>{}</span></div>',
        visit.t("For the seller, {name}", name=statement["seller"]),
        visit.t("For the buyer, {name}", name=statement["buyer"]),
    )


def _invoice(visit: Visit, found: Mapping[str, Any]) -> None:
    t, statement = visit.t, found["statement"]
    with panel(t("Invoice"), identity="invoice"):
        if found["invoice"] is not None:
            words = t("This stage was invoiced with {event}.")
            markup(h("<p>{}</p>", words.format(event=found["invoice"])))
            if found["standing"] == "stale":
                asked = amount_of(found["invoiced"], statement["currency"]).striptags()
                words = t(
                    "The invoice is stale: it asks for {amount}, which its statement no longer "
                    "says. Void it and enter a new one, or settle the difference at the next stage."
                )
                markup(callout(words.format(amount=asked), "bad"))
            return
        if visit.person.party not in {None, statement["seller"]}:
            markup(h("<p>{}</p>", t("The seller makes the invoice.")))
            return
        words = t(
            "The invoice enters the ledger with the lots, the stage and the hash of this "
            "statement. A lot is settled finally only once."
        )
        markup(h("<p>{}</p>", words))
        said = ui.element("div").props("aria-live=polite")

        def draft(view: View) -> dict[str, Any]:
            return invoice_to_enter(
                view,
                found["contract"]["id"],
                found["shipment"],
                statement["stage"],
                found["on"],
                found["hash"],
            )

        words = t("Enter the invoice of {amount}")
        amount = str(amount_of(statement["due"], statement["currency"]).striptags())
        action(words.format(amount=amount), lambda: written_and_shown(visit, said, draft))


@page("/settle/contract", "Contract")
async def contract_page(visit: Visit) -> None:
    """Show the terms of a contract in words, and the file they come from."""
    t = visit.t
    found = await visit.answer(contract_told, visit.given("id"))
    seller, buyer = (called(found["names"], found[side]) for side in ("seller", "buyer"))
    head(found["title"], h("{} · {} → {}", found["id"], seller, buyer))
    markup(_assumed(visit, found))
    markup(finding_list(found["findings"], t))
    with panel(t("Terms"), identity="terms"):
        markup(facts((one["subject"], _term(one)) for one in found["clauses"]))
    with panel(t("As it is written"), identity="text"):
        markup(h('<pre class="letter">{}</pre>', found["text"]))


def _assumed(visit: Visit, terms: Mapping[str, Any]) -> Markup:
    """Return the remark that terms are assumed, nothing where somebody reported them."""
    if terms["basis"] != "assumed":
        return NOTHING
    words = visit.t("Nobody published this contract: its terms are assumed ({source}).")
    return callout(words.format(source=terms["source"]), "warn")


def _term(one: Mapping[str, Any]) -> Markup:
    clause = h(' <span class="source">{}</span>', one["clause"]) if one["clause"] else NOTHING
    return h("{}{}", one["text"], clause)
