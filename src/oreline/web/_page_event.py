"""One entry of the log: as written, as it counts, who corrected it, what one can do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    Right,
    View,
    consequences,
    correction,
    event,
    leaf_of,
    signature,
    signatures,
    tried,
)
from oreline.model import minute
from oreline.trace import quantity_text
from oreline.web._blocks import (
    Column,
    amount,
    callout,
    facts,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._frame import (
    Visit,
    action,
    asked,
    event_link,
    head,
    later,
    lot_link,
    markup,
    page,
    panel,
)
from oreline.web._money_moved import money_block
from oreline.web._tranches_moved import tranches_block
from oreline.web._writing import whole_event, written_and_shown

SIGNED = ("dispatch", "receive")
CHANGES_SHOWN = 40


@page("/record/event", "Entry")
async def event_page(visit: Visit) -> None:
    """Show one entry."""
    t = visit.t
    identity = visit.given("id")
    found = await visit.answer(event, identity)
    written = found["event"]
    kind = str(written["schema"]).partition("/")[0]
    proof = h(
        '<a class="btn quiet" href="/verify?event={}">{}</a>',
        identity,
        t("Proof that it is in the log"),
    )
    head(identity, f"{t(kind)} · {found['stands']}", proof)
    if found["findings"]:
        with panel(t("What the ledger found")):
            markup(finding_list(found["findings"], t))
    with panel(t("As it counts") if found["in_force"] else t("As written; it does not count")):
        markup(event_facts(visit, found["in_force"] or written))
    if found["in_force"] and found["state"] == "corrected":
        with ui.element("details"):
            markup(h("{}", t("As first written")), tag="summary")
            markup(event_facts(visit, written))
    if found["about"]:
        _about(visit, found["about"])
    if kind in SIGNED:
        _signing(visit, identity)
    if found["state"] == "held" and visit.may(Right.DECIDE):
        _decide(visit, identity)
    if found["in_force"] and visit.may(Right.RECORD) and kind != "correct":
        _correct(visit, identity, found["in_force"])
    with panel(t("In the log")):
        leaf = await visit.answer(leaf_of, identity)
        pairs = [(t("Position"), found["position"]), (t("Leaf hash"), h("<code>{}</code>", leaf))]
        markup(facts(pairs))


def event_facts(visit: Visit, told: Mapping[str, Any]) -> Markup:
    """Return an event as terms and what is said of them, quantities as people write them."""
    t = visit.t
    pairs: list[tuple[str, object]] = [(t("Happened"), minute(told["time"]))]
    if "time_start" in told:
        pairs.append((t("Began"), minute(told["time_start"])))
    pairs.append((t("Recorded"), f"{minute(told['recorded'])}, {told.get('actor', '')}"))
    pairs.extend(
        (t(name.replace("_", " ").capitalize()), told[name])
        for name in ("site", "to_site", "party", "to_party", "external_id", "note")
        if name in told
    )
    pairs.extend(
        (t(name.replace("_", " ").capitalize()), _said(visit, name, value))
        for name, value in told["body"].items()
    )
    pairs.extend(
        (t("Evidence"), h("<code>{}</code>", digest)) for digest in told.get("evidence", ())
    )
    if told.get("withheld"):
        pairs.append((t("Withheld"), ", ".join(told["withheld"])))
    return facts(pairs)


def _said(visit: Visit, name: str, value: Any) -> object:
    if isinstance(value, Mapping):
        if "unit" in value or "unknown" in value:
            analyte = f"{value['analyte']} " if "analyte" in value else ""
            return analyte + quantity_text(value)
        return facts(
            (key.replace("_", " "), _said(visit, key, item)) for key, item in value.items()
        )
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            if name == "lots":
                return joined((lot_link(visit, item) for item in value), ", ")
            return ", ".join(value)
        return joined(h('<div class="inner">{}</div>', _said(visit, name, item)) for item in value)
    if name == "lot":
        return lot_link(visit, str(value))
    if name in {"target", "subject", "dispatch", "event"}:
        return event_link(visit, value)
    return str(value)


def _about(visit: Visit, items: list[dict[str, Any]]) -> None:
    t = visit.t
    rows = [
        {
            "id": event_link(visit, item["id"]),
            "kind": t(item["kind"]),
            "time": minute(item["recorded"]),
            "actor": item["actor"] or "",
            "what": item["body"].get("reason") or item["body"].get("statement") or "",
        }
        for item in items
    ]
    columns = (
        Column("id", t("Entry")),
        Column("kind", t("Kind")),
        Column("time", t("Recorded")),
        Column("actor", t("Entered by")),
        Column("what", t("What it says")),
    )
    with panel(t("Later entries about it")):
        markup(table(columns, rows))


def _signing(visit: Visit, identity: str) -> None:
    t = visit.t

    def show(state: Mapping[str, Any]) -> None:
        rows = [
            {
                "party": party,
                "state": next(
                    (
                        t("signed {time} by {who}", time=minute(item["time"]), who=item["by"])
                        for item in state["signed"]
                        if item["party"] == party and item["counts"]
                    ),
                    t("has not signed"),
                ),
            }
            for party in state["parties"]
        ]
        columns = (Column("party", t("Party")), Column("state", t("State")))
        markup(table(columns, rows, empty=t("The entry names no party that could sign.")))
        if state["is_complete"]:
            markup(callout(t("Both parties have signed this entry as it stands."), "good"))
            return
        if not visit.may(Right.RECORD):
            return
        own = visit.person.party
        for party in state["missing"]:
            if own in {None, party}:
                said = ui.element("div")
                action(
                    t("Sign for {party}", party=party),
                    lambda _, one=party, where=said: written_and_shown(
                        visit, where, lambda view: signature(view, identity, one)
                    ),
                    "quiet",
                )

    later(visit, t("Signatures of the two parties"), signatures, show, identity, identity="signed")


def _decide(visit: Visit, identity: str) -> None:
    t = visit.t
    with panel(t("Decide")):
        why = ui.input(t("Why")).props("outlined dense").classes("broad")
        said = ui.element("div")

        def make(decision: str) -> Callable[[View], dict[str, Any]]:
            body = {"type": "decision", "subject": identity, "decision": decision}
            if why.value:
                body["statement"] = why.value
            return lambda _view: {"schema": "attest/1", "body": body}

        action(t("Let it count"), lambda: written_and_shown(visit, said, make("release")))
        action(t("Reject it"), lambda: written_and_shown(visit, said, make("reject")), "danger")


def _correct(visit: Visit, identity: str, told: Mapping[str, Any]) -> None:
    """Put the form of a correction on the page: fields, reason, what changes, then commit."""
    t = visit.t
    fields = list(_leaves("body", told["body"]))
    for name in ("time", "site", "to_site", "party", "to_party"):
        if name in told:
            fields.insert(0, (name, str(told[name])))
    with ui.element("details").classes("panel no-print").props("id=correct"):
        markup(h("{}", t("Correct it")), tag="summary")
        markup(
            h(
                '<p class="hint">{}</p>',
                t("The entry stays in the log. The correction says what counts, and why."),
            )
        )
        options = {name: f"{name} = {value}" for name, value in fields}
        what = ui.select(options, label=t("Field"), with_input=True).props("outlined dense")
        what.classes("broad")
        value = ui.input(t("As it should be")).props("outlined dense").classes("broad")
        why = ui.input(t("Reason")).props("outlined dense").classes("broad")
        void = ui.checkbox(t("It never happened"))
        said = ui.element("div").props("aria-live=polite")

        def make(view: View) -> dict[str, Any]:
            changes = [] if void.value else [f"{what.value or ''}={value.value or ''}"]
            return correction(view, identity, why.value or "", changes, void=bool(void.value))

        async def preview() -> None:
            def ask(view: View) -> dict[str, Any]:
                draft = make(view)
                ready = whole_event(visit, view, draft)
                return {**tried(view, [ready]), "changes": consequences(view, draft)}

            found = await asked(visit, said, ask)
            if found is None:
                return
            with said:
                markup(changes_block(visit, found["changes"]))
                markup(h("<h3>{}</h3>", t("Money and penalties")))
                markup(money_block(visit, found["changes"]["money"]))
                markup(h("<h3>{}</h3>", t("Tranches")))
                markup(tranches_block(visit, found["changes"]["tranches"]))
                markup(finding_list(found["findings"], t))
                if found["ok"]:
                    action(t("Correct it so"), lambda: written_and_shown(visit, said, make))

        action(t("See what changes"), preview, "quiet")


def _leaves(path: str, value: Any) -> Any:
    """Yield (path, value) of every single field of a body."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(f"{path}.{name}", item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(f"{path}.{place}", item)
    else:
        yield path, str(value)


def changes_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what a correction changes downstream."""
    t = visit.t
    rows = [
        {
            "element": item["element"],
            "what": t(item["what"]),
            "where": f"{item['where']} {item['period']}".strip(),
            "before": amount(item["before"], t),
            "after": amount(item["after"], t),
        }
        for item in (*found["lots"], *found["sites"])
    ]
    columns = (
        Column("where", t("Where")),
        Column("element", t("Element")),
        Column("what", t("What")),
        Column("before", t("Before"), is_number=True),
        Column("after", t("After"), is_number=True),
    )
    if not rows:
        return callout(t("No mass of any element changes."), "")
    told = table(columns, rows[:CHANGES_SHOWN], caption=t("What changes downstream"))
    if len(rows) > CHANGES_SHOWN:
        told += h('<p class="hint">{}</p>', t("and {n} more", n=len(rows) - CHANGES_SHOWN))
    for item in found["verdicts"]:
        words = t(
            "{where} {period}: {element} {before} → {after}",
            where=item["where"],
            period=item["period"],
            element=item.get("element", ""),
            before=t(item["before"].lower()),
            after=t(item["after"].lower()),
        )
        told += callout(words, "warn")
    return told
