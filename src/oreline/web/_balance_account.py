"""The parts of the page Balance that show the account of a month, and the ten principles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import PREFIX, Right, View, account_signature, month_account, principles
from oreline.balance import ACCOUNT_GROUPS, ACCOUNT_LEGS, ACCOUNT_NOT_EMPTY
from oreline.model import with_u95
from oreline.web._blocks import (
    NOTHING,
    Column,
    amount,
    callout,
    h,
    joined,
    question_form,
    select_field,
    table,
)
from oreline.web._frame import Visit, action, event_link, later, lot_link, markup, panel
from oreline.web._strings import msg
from oreline.web._writing import written_and_shown

GROUPS = {"Checked in": msg("Checked in"), "Checked out": msg("Checked out"), "Left": msg("Left")}
LEGS = {
    "opening": msg("Stock at the beginning, without tailings"),
    "extracted": msg("Mined here"),
    "received": msg("Received"),
    "moved_in": msg("Moved in without a record"),
    "consumed": msg("Sold or used up"),
    "dispatched": msg("Sent away"),
    "moved_out": msg("Moved out without a record"),
    "lost": msg("Known losses"),
    "tails": msg("To tailings, slag and residue"),
    "closing": msg("Stock at the end, without tailings"),
    "unaccounted": msg("Unaccounted"),
    "process_unaccounted": msg("of it in the process"),
    "count_difference": msg("found less booked at stock-takes"),
    "adjustment": msg("set right in the book"),
}
STATES = {
    "SIGNED": ("good", msg("signed")),
    "SIGNED AND REVIEWED": ("good", msg("signed and reviewed")),
    "RESTATED SINCE IT WAS SIGNED": ("bad", msg("restated since it was signed")),
    "NOT SIGNED": ("warn", msg("not signed")),
}
CHECKS = {"PRESENT": "closes", "PARTLY": "unknown", "MISSING": "open"}
_SIGNS = {"CLOSES": "closes", "DOES NOT CLOSE": "open"}
assert set(LEGS) == set(ACCOUNT_LEGS)


def period_form(
    visit: Visit,
    part: str,
    element: str,
    sites: Sequence[Mapping[str, Any]],
    chosen: tuple[str, str],
) -> Markup:
    """Return the form that chooses a site and a month."""
    t = visit.t
    site, period = chosen
    months = sorted({name for one in sites for name in one["periods"]}, reverse=True)
    fields = (
        Markup('<input type="hidden" name="part" value="{}">').format(part),
        Markup('<input type="hidden" name="element" value="{}">').format(element),
        select_field("site", t("Site"), [(one["site"], one["name"]) for one in sites], site),
        select_field("period", t("Period"), [(name, name) for name in months], period),
    )
    return question_form("/balance", fields, t("Show"))


def account_part(visit: Visit, element: str, site: str, period: str) -> None:
    """Put the metal account of a site and period on the page, with what one can do to it."""
    t = visit.t

    def show(found: Mapping[str, Any]) -> None:
        markup(_standing(visit, found))
        for one in found["elements"]:
            markup(_legs(visit, one))
        if found["restatement"]:
            markup(_restated(visit, found["restatement"]))
        markup(_inventory(visit, found))
        markup(_takes(visit, found))
        markup(_open(visit, found))
        markup(_files(visit, site, period, element))
        if visit.may(Right.RECORD) and not visit.person.party and not visit.known_at:
            _sign(visit, element, found)

    title = t("Metal account of {period}", period=period)
    later(visit, title, month_account, show, site, period, element, identity="account")


def _standing(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return whether the account is signed and the period closed."""
    t = visit.t
    state = found["signing"]
    kind, words = STATES[state["state"]]
    told = joined(
        h(
            "<li>{}{}: {}</li>",
            t(
                "{name}, {capacity}, {verb} on {day}",
                name=one["name"],
                capacity=one["capacity"],
                verb=t("signed") if one["kind"] == "account-signed" else t("reviewed"),
                day=one["day"],
            ),
            "" if one["counts"] else t(" (of another version)"),
            event_link(visit, one["event"]),
        )
        for one in state["signatures"]
    )
    closed = (
        t("The period is closed.")
        if found["closed_by"]
        else t("The period is not closed: whatever is entered into it counts at once.")
    )
    waiting = (
        h("<p>{} {}</p>", t("Held until somebody decides:"),
          joined((event_link(visit, one) for one in found["waiting"]), ", "))
        if found["waiting"] else NOTHING
    )  # fmt: skip
    said = h("<b>{}</b> {}", t("This account is {state}.", state=t(words)), closed)
    signed = h("<ul>{}</ul>", told) if told else NOTHING
    return h("{}{}{}", callout(said, kind), signed, waiting)


def _legs(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t = visit.t
    legs = {leg["name"]: leg for leg in one["legs"]}
    rows: list[dict[str, object]] = []
    for title, names in ACCOUNT_GROUPS:
        rows.append({"leg": h("<b>{}</b>", t(GROUPS[title]))})
        rows += [
            {
                "leg": t(LEGS[name]),
                "mass": amount(legs[name]["mass"], t),
                "with": ", ".join(legs[name]["methods"]),
            }
            for name in names
            if name in ACCOUNT_NOT_EMPTY or not _is_nothing(legs[name]["mass"])
        ]
    columns = (
        Column("leg", one["element"]),
        Column("mass", t("Metal ± U95"), is_number=True),
        Column("with", t("Measured with")),
    )
    sign = _SIGNS.get(one["verdict"], "unknown")
    said = h(
        '<p>{} <span class="verdict {}">{}</span> {}</p>',
        t("Accountability {share}.", share=_share(one["accountability"])),
        sign,
        t(one["verdict"].lower()),
        one["reason"],
    )
    return h('<div class="card account">{}{}</div>', table(columns, rows), said)


def _is_nothing(mass: Mapping[str, Any]) -> bool:
    return bool(mass["low"] == "0" and mass["high"] == "0")


def _share(ratio: Mapping[str, Any] | None) -> str:
    if ratio is None:
        return "UNKNOWN"
    return with_u95(ratio["low"], ratio["high"], ratio["u95"], "%")


def _restated(visit: Visit, change: Mapping[str, Any]) -> Markup:
    """Return both versions of what changed, and the entries that made it change."""
    t = visit.t
    if not change["is_restated"]:
        return NOTHING
    rows = [
        {
            "leg": f"{one['element']}: {t(LEGS[one['leg']])}",
            "before": amount(one["before"], t),
            "after": amount(one["after"], t),
        }
        for one in change["legs"]
    ]
    columns = (
        Column("leg", t("Changed")),
        Column("before", t("As signed"), is_number=True),
        Column("after", t("Now"), is_number=True),
    )
    entries = joined(
        h("<li>{} {}{}</li>", event_link(visit, one["event"]), one["actor"],
          f": {one['reason']}" if one["reason"] else "")
        for one in change["entries"]
    )  # fmt: skip
    caption = t("Both versions: as signed, with {n} entries, and now", n=change["before"]["size"])
    empty = t("No leg changed; the inventory or what is still open did.")
    return h(
        "<h3>{}</h3>{}<p>{}</p><ul>{}</ul>",
        t("Restated since it was signed"),
        table(columns, rows, caption=caption, empty=empty),
        t("What was entered in between:"),
        entries,
    )


def _inventory(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "lot": lot_link(visit, item["lot"]),
            "kind": f"{item['element']}, {t('waste')}" if item["is_waste"] else item["element"],
            "opening": amount(item["opening"], t),
            "closing": amount(item["closing"], t),
            "counted": event_link(visit, item["counted"]) if item["counted"] else t("none"),
        }
        for item in found["inventory"]
    ]
    columns = (
        Column("lot", t("Lot")),
        Column("kind", t("Metal")),
        Column("opening", t("At the beginning"), is_number=True),
        Column("closing", t("At the end"), is_number=True),
        Column("counted", t("Stock-take")),
    )
    inner = table(columns, rows, empty=t("Nothing is in stock."))
    return h("<h3>{}</h3>{}", t("Circuit inventory"), inner)


def _takes(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "lot": lot_link(visit, take["lot"]),
            "book": amount(take["book"], t),
            "found": amount(take["difference"], t),
            "how": f"{take['time'][:10]} {take['method']}",
        }
        for take in found["stock_takes"]
    ]
    columns = (
        Column("lot", t("Lot")),
        Column("book", t("Book before"), is_number=True),
        Column("found", t("Found less book"), is_number=True),
        Column("how", t("How")),
    )
    empty = t("No stock was taken in the period: book stocks are not verified.")
    return h("<h3>{}</h3>{}", t("Book against physical"), table(columns, rows, empty=empty))


def _open(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "what": f"{one['element']}: {one['what']} ({one['entries']})",
            "rests": one["rests_on"],
            "why": f"{one['why']}; {one['remedy']}",
        }
        for one in found["open_values"]
    ]
    columns = (
        Column("what", t("What (entries)")),
        Column("rests", t("Rests on")),
        Column("why", t("Why, and who settles it")),
    )
    inner = table(columns, rows, empty=t("None."))
    return h("<h3>{}</h3>{}", t("Values that may still change"), inner)


def _files(visit: Visit, site: str, period: str, element: str) -> Markup:
    path = f"{PREFIX}/balance/account/file"
    links = joined(
        (
            h(
                '<a href="{}">{}</a>',
                visit.link(path, site=site, period=period, elements=element, format=form),
                words,
            )
            for form, words in (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"))
        ),
        " · ",
    )
    return h('<p class="no-print">{} {}</p>', visit.t("Take away as"), links)


def _sign(visit: Visit, element: str, found: Mapping[str, Any]) -> None:
    """Put the form on the page with which a person signs, or another reviews."""
    t = visit.t
    with panel(t("Sign"), identity="sign"):
        words = t(
            "The signature is of every number above: its SHA-256 goes into the ledger with your "
            "name. A correction later shows both versions. A review is by another person."
        )
        markup(h('<p class="hint">{}</p>', words))
        with ui.element("div").classes("inputs"):
            name = ui.input(t("Name")).props("outlined dense")
            capacity = ui.input(t("Capacity, such as plant metallurgist")).props("outlined dense")
        said = ui.element("div").props("aria-live=polite")

        async def enter(*, review: bool) -> None:
            def draft(view: View) -> dict[str, Any]:
                return account_signature(
                    view, found["site"], found["period"], element, name.value or "",
                    capacity.value or "", today(visit), review=review,
                )  # fmt: skip

            await written_and_shown(visit, said, draft)

        async def sign() -> None:
            await enter(review=False)

        async def review() -> None:
            await enter(review=True)

        action(t("Sign this account"), sign)
        if found["signing"]["state"] == "SIGNED":
            action(t("Confirm it as reviewer"), review, "quiet")


def today(visit: Visit) -> str:
    """Return the day of the server's clock."""
    from oreline.api import service_of

    return service_of(visit.request).clock().date().isoformat()


def checklist_part(visit: Visit, element: str, site: str, period: str) -> None:
    """Put the ten principles on the page."""
    t = visit.t

    def show(found: Mapping[str, Any]) -> None:
        words = t(
            "What the ledger has and lacks for each principle of the code AMIRA P754. Whether a "
            "plant complies, it does not say."
        )
        markup(h('<p class="hint">{}</p>', words))
        items = joined(
            h(
                '<li><p><b>{}</b> <span class="verdict {}">{}</span></p><ul>{}{}</ul>{}</li>',
                t(one["principle"]),
                CHECKS[one["status"]],
                t(one["status"].lower()),
                joined(h('<li class="for">{}</li>', text) for text in one["present"]),
                joined(h('<li class="against">{}</li>', text) for text in one["missing"]),
                h('<p class="hint">{} {}</p>', t("Could be supplied by:"), t(one["who"]))
                if one["missing"] else NOTHING,
            )
            for one in found["items"]
        )  # fmt: skip
        markup(h('<ol class="principles">{}</ol>', items))

    title = t("Ten principles of metal accounting, {period}", period=period)
    later(visit, title, principles, show, site, period, element)
