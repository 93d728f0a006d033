"""One assay moves everything: change a grade and see all that rests on it change together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    Right,
    View,
    event,
    events_page,
    grade_correction,
    money_if,
    tranches_if,
    what_if,
)
from oreline.model import minute
from oreline.web._blocks import (
    Column,
    amount,
    callout,
    chips,
    empty_state,
    h,
    input_field,
    question_form,
    select_field,
    table,
    tiles,
)
from oreline.web._frame import Visit, action, head, later, markup, page, panel
from oreline.web._money_moved import money_block, stale_block
from oreline.web._strings import Translate, msg
from oreline.web._tranches_moved import tranches_block
from oreline.web._writing import written

ASSAYS_SHOWN = 40
CHANGES_SHOWN = 5
"""How many changes of a kind are shown before the rest is folded away."""
COMING = (
    (msg("Hazard class"), msg("how it may be carried")),
    (msg("Compliance"), msg("where it may be sold")),
    (msg("Passport"), msg("what its credential says")),
)
"""What will move too once these parts of oreline are there."""


@page("/assay", "One assay")
async def assay_page(visit: Visit) -> None:
    """Pick an assay, change a grade, see everything move; then correct it."""
    t = visit.t
    lead = t("Change one grade and see what rests on it change together. Nothing is written.")
    head(t("One assay moves everything"), lead)
    identity = visit.given("event")
    if not identity:
        later(visit, t("Pick an assay"), _assays, lambda found: _show_assays(visit, found))
        return
    found = await visit.answer(event, identity)
    told = found["in_force"] or found["event"]
    results = [item for item in told["body"].get("results", ()) if "value" in item]
    if not results:
        markup(
            empty_state(t("No grade"), t("This entry states no single value that could change."))
        )
        return
    symbols = [item["analyte"] for item in results]
    symbol = visit.given("symbol") if visit.given("symbol") in symbols else symbols[0]
    now = next(item for item in results if item["analyte"] == symbol)
    markup(_facts(visit, identity, told))
    markup(
        chips(
            (
                (one, visit.link("/assay", event=identity, symbol=one), one == symbol)
                for one in symbols
            ),
            t("Analyte"),
        )
    )
    value = visit.given("value")
    fields = (
        Markup('<input type="hidden" name="event" value="{}">').format(identity),
        Markup('<input type="hidden" name="symbol" value="{}">').format(symbol),
        input_field(
            "value",
            t(
                "{analyte}: {value} {unit} now; what if it were",
                analyte=symbol,
                value=now["value"],
                unit=now.get("unit", "%"),
            ),
            value,
        ),
        select_field(
            "period",
            t("Accounts by"),
            [(one, t(one)) for one in ("month", "year", "day")],
            visit.given("period", "month"),
        ),
    )
    markup(question_form("/assay", fields, t("See what moves")))
    if value:
        _moves(visit, identity, symbol, value.strip())


def _moves(visit: Visit, identity: str, symbol: str, value: str) -> None:
    """Put on the page what moves: metal and accounts, money, and the form of the correction."""
    t, period = visit.t, visit.given("period", "month")

    def ask(view: View) -> dict[str, Any]:
        return what_if(view, identity, symbol, value, period=period)

    def ask_money(view: View) -> dict[str, Any]:
        return money_if(view, identity, symbol, value)

    def show_money(told: Mapping[str, Any]) -> None:
        markup(money_block(visit, told))
        if visit.may(Right.RECORD) and not visit.as_of:
            with below:
                _commit(visit, told)

    later(visit, t("What moves"), ask, lambda one: _show(visit, one, symbol), identity="moves")

    def ask_tranches(view: View) -> dict[str, Any]:
        return tranches_if(view, identity, symbol, value)

    def show_tranches(told: Mapping[str, Any]) -> None:
        markup(tranches_block(visit, told))

    later(visit, t("Money and penalties"), ask_money, show_money, identity="money")
    later(visit, t("Tranches"), ask_tranches, show_tranches, identity="tranches")
    below = ui.element("div")
    _coming(t)


def _assays(view: View) -> dict[str, Any]:
    return events_page(view, kind="assay", limit=ASSAYS_SHOWN)


def _show_assays(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    rows = [
        {
            "id": h('<a href="{}">{}</a>', visit.link("/assay", event=item["id"]), item["id"]),
            "time": minute(item["time"]),
            "actor": item["actor"] or "",
        }
        for item in found["items"]
    ]
    columns = (
        Column("id", t("Assay")),
        Column("time", t("When")),
        Column("actor", t("Entered by")),
    )
    markup(table(columns, rows, empty=t("No assay has been recorded.")))


def _facts(visit: Visit, identity: str, told: Mapping[str, Any]) -> Markup:
    t, body = visit.t, told["body"]
    parts = [
        body.get("laboratory") or t("laboratory not stated"),
        body.get("certificate") or t("certificate not stated"),
        t("role {role}", role=body.get("role", "")),
        body.get("lot") or body.get("sample") or "",
        minute(told["time"]),
    ]
    link = h('<a href="{}">{}</a>', visit.link("/record/event", id=identity), identity)
    return h("<p>{} · {}</p>", link, " · ".join(part for part in parts if part))


def _coming(t: Translate) -> None:
    """Say what will move too, once it is there."""
    with panel(t("What is not there yet")):
        markup(tiles((t(name), t("not yet"), t(words)) for name, words in COMING))


def _show(visit: Visit, found: Mapping[str, Any], symbol: str) -> None:
    t = visit.t
    unit = found["unit"]
    markup(
        tiles(
            (
                (t("The grade"), f"{found['was']} → {found['becomes']} {unit}", symbol),
                (t("Lots that hold other metal"), len(found["lots"]), t("made metal")),
                (t("Accounts that change"), len(found["sites"]), t("sites and periods")),
                (t("Verdicts that turn"), len(found["verdicts"]), t("closes or not")),
            )
        )
    )
    for item in found["verdicts"]:
        words = t(
            "{where} {period}: {before} → {after}",
            where=item["where"],
            period=item["period"],
            before=t(item["before"].lower()),
            after=t(item["after"].lower()),
        )
        markup(callout(words, "warn"))
    for title, rows in (
        (t("Metal in lots"), found["lots"]),
        (t("Accounts of sites"), found["sites"]),
        (t("Balances of entries"), found["events"]),
    ):
        markup(h("<h3>{}</h3>", title))
        markup(_changes(visit, rows))


def _changes(visit: Visit, rows: list[dict[str, Any]]) -> Markup:
    t = visit.t
    told = [
        {
            "where": f"{item['where']} {item['period']}".strip(),
            "what": t(item["what"].replace("_", " ")),
            "before": amount(item["before"], t),
            "after": amount(item["after"], t),
        }
        for item in rows
    ]
    columns = (
        Column("where", t("Where")),
        Column("what", t("What")),
        Column("before", t("As booked"), is_number=True),
        Column("after", t("If it were so"), is_number=True),
    )
    first = table(columns, told[:CHANGES_SHOWN], empty=t("Nothing here changes."))
    if len(told) <= CHANGES_SHOWN:
        return first
    rest = h(
        "<details><summary>{}</summary>{}</details>",
        t("and {n} more", n=len(told) - CHANGES_SHOWN),
        table(columns, told[CHANGES_SHOWN:]),
    )
    return first + rest


def _commit(visit: Visit, money: Mapping[str, Any]) -> None:
    """Put the form of the correction on the page; once written, what is stale now."""
    t, identity = visit.t, money["event"]
    with panel(t("It really is so: correct it"), identity="commit"):
        markup(
            h(
                '<p class="hint">{}</p>',
                t("The first version stays in the log, with your reason beside it."),
            )
        )
        why = ui.input(t("Reason")).props("outlined dense").classes("broad")
        said = ui.element("div").props("aria-live=polite")

        async def write() -> None:
            def correct(view: View) -> dict[str, Any]:
                reason = (why.value or "").strip()
                body = grade_correction(view, identity, money["symbol"], money["becomes"], reason)
                return {"schema": "correct/1", "body": body}

            receipt = await written(visit, said, correct)
            if receipt is None:
                return
            button.delete()
            with said:
                entry = receipt["entries"][0]
                link = h(
                    '<a href="{}">{}</a>', visit.link("/record/event", id=identity), entry["id"]
                )
                markup(callout(h("{} {}", t("Corrected by"), link), "good"))
                markup(stale_block(visit, money))

        button = action(t("Correct the assay"), write)
