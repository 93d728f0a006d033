"""Record: write down what happened, by form or by file, with the ledger's checks as one types."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    Right,
    View,
    appended,
    checked_upload,
    committed_upload,
    events_page,
    service_of,
    suggested,
    tried,
)
from oreline.model import KINDS, MATERIAL_KINDS, minute
from oreline.web._blocks import (
    NOTHING,
    Column,
    callout,
    chips,
    empty_state,
    finding_list,
    h,
    joined,
    question_form,
    select_field,
    table,
    tabs,
    waiting_state,
)
from oreline.web._form_fields import Field, body_fields, kind_words, trimmed
from oreline.web._form_widgets import Sheet, put_fields
from oreline.web._frame import (
    Visit,
    action,
    asked,
    event_link,
    file_drop,
    head,
    later,
    lot_link,
    markup,
    page,
    panel,
)
from oreline.web._strings import msg
from oreline.web._writing import whole_event

FIRST_KIND = "weigh"
LOG_ROWS = 60
MAPPING_BYTES_MAX = 200_000
CHECK_AFTER_S = 0.35
"""How long nothing is typed before the ledger is asked."""
ENVELOPE = (
    Field("time", msg("When (UTC)"), "text", required=True),
    Field("time_start", msg("Began (UTC)"), "text"),
    Field("site", msg("Site"), "text", suggested="sites"),
    Field("to_site", msg("To site"), "text", suggested="sites"),
    Field("party", msg("For which party"), "text", suggested="parties"),
    Field("to_party", msg("To party"), "text", suggested="parties"),
    Field("external_id", msg("Your own number"), "text"),
    Field("note", msg("Note"), "text"),
)


@page("/record", "Record", right=Right.READ)
async def record_page(visit: Visit) -> None:
    """Show the form, the file drop, the log or what is held."""
    t = visit.t
    parts = {
        "form": t("New entry"),
        "file": t("From a file"),
        "log": t("The log"),
        "held": t("Waiting for a decision"),
    }
    if not visit.may(Right.RECORD):
        del parts["form"], parts["file"]
    first = "held" if visit.given("held") else next(iter(parts))
    part = visit.given("part", first)
    head(t("Record"), t("What happened is appended; nothing is ever changed or deleted."))
    markup(
        tabs(
            ((words, visit.link("/record", part=key), key == part) for key, words in parts.items()),
            t("Parts"),
        )
    )
    if part == "form" and part in parts:
        await _form(visit)
    elif part == "file" and part in parts:
        _file(visit)
    else:
        _log(visit, held_only=part == "held")


async def _form(visit: Visit) -> None:
    t = visit.t
    kind = visit.given("kind", FIRST_KIND)
    kind = kind if kind in KINDS else FIRST_KIND
    shown = (*MATERIAL_KINDS, "attest", "credit", "money", "declare")
    markup(_what_happened(visit))
    markup(
        chips(
            (
                (
                    t(name),
                    visit.link("/record", part="form", kind=name, lot=visit.given("lot")),
                    name == kind,
                )
                for name in shown
            ),
            t("Kind of entry"),
        )
    )
    markup(h('<p class="lead">{}</p>', kind_words(kind)))
    suggestions = await visit.choices(suggested)
    _put_form(visit, kind, suggestions)


HAPPENED = (
    (msg("A new batch:"), (
        ("extract", msg("mined")), ("process", msg("made in a plant")),
        ("blend", msg("mixed of other lots")), ("split", msg("taken from a lot")),
    )),
    (msg("A lot that is there:"), (
        ("weigh", msg("weighed")), ("sample", msg("sampled")), ("assay", msg("analysed")),
        ("dispatch", msg("sent")), ("receive", msg("has arrived")), ("transfer", msg("sold")),
    )),
)  # fmt: skip
"""What people say that happened, and the kind of entry that it is."""


def _what_happened(visit: Visit) -> Markup:
    """Return the kinds of entry in the words of somebody who does not know them yet."""
    t = visit.t

    def links(kinds: Sequence[tuple[str, str]]) -> Markup:
        return joined(
            (
                h(
                    '<a href="{}">{}</a>',
                    visit.link("/record", part="form", kind=kind, lot=visit.given("lot")),
                    t(words),
                )
                for kind, words in kinds
            ),
            " · ",
        )

    said = (h("<p><b>{}</b> {}</p>", t(words), links(kinds)) for words, kinds in HAPPENED)
    return joined(said)


def _put_form(visit: Visit, kind: str, suggestions: Mapping[str, Sequence[str]]) -> None:
    """Put the form of a kind of event on the page, with the ledger's answer beside it."""
    t = visit.t
    service = service_of(visit.request)
    envelope: dict[str, Any] = {"time": service.clock().strftime("%Y-%m-%dT%H:%M:%SZ")}
    body: dict[str, Any] = {}
    if visit.given("lot"):
        body["lot"] = visit.given("lot")
    mark = service.token_bytes(6).hex()
    waiting: list[asyncio.Task[None]] = []

    def draft() -> dict[str, Any]:
        return {"schema": f"{kind}/1", **trimmed(envelope), "body": trimmed(body)}

    def write(view: View, *, really: bool) -> dict[str, Any]:
        ready = whole_event(visit, view, draft(), mark)
        return appended(view, [ready]) if really else tried(view, [ready])

    async def check() -> None:
        await asyncio.sleep(CHECK_AFTER_S)
        found = await asked(visit, answer, write, really=False)
        if found is None:
            button.disable()
            return
        with answer:
            markup(_checked(visit, found))
        button.set_enabled(found["ok"])

    def changed() -> None:
        for task in waiting:
            task.cancel()
        waiting[:] = [asyncio.get_event_loop().create_task(check())]

    async def record() -> None:
        button.disable()
        found = await asked(visit, answer, write, really=True)
        if found is None:
            return
        form.clear()
        with form:
            markup(_recorded(visit, kind, found, _made(body)))

    sheet = Sheet(t, suggestions, changed)
    form = ui.element("div").classes("aside")
    with form:
        with ui.element("div"):
            with panel(t("What")):
                put_fields(sheet, body_fields(kind), body)
            with panel(t("When, where, who")):
                put_fields(sheet, ENVELOPE, envelope)
            button = action(t("Record it"), record)
            button.disable()
        with ui.element("aside").classes("panel card sticky").props("aria-live=polite"):
            markup(h("{}", t("What the ledger says")), tag="h2")
            answer = ui.element("div")
            with answer:
                markup(h('<p class="hint">{}</p>', t("It checks while you type.")))


def _checked(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    findings = [*found["findings"], *(f for entry in found["entries"] for f in entry["findings"])]
    if not found["ok"]:
        said = callout(t("Not yet: {n} to mend.", n=len(found["findings"])), "bad")
    elif any(entry["state"] == "held" for entry in found["entries"]):
        said = callout(t("It will be held until a named person decides."), "warn")
    elif findings:
        said = callout(t("It can be recorded; somebody should look at this."), "warn")
    else:
        said = callout(t("It can be recorded."), "good")
    return said + finding_list(findings)


def _made(body: Mapping[str, Any]) -> list[str]:
    """Return the lots that a body makes, else those that it is about."""
    made = [line.get("lot") for line in body.get("outputs") or () if isinstance(line, Mapping)]
    named = [name for name in made if name] or [body.get("lot")]
    return list(dict.fromkeys(str(name) for name in named if name))


def _recorded(
    visit: Visit, kind: str, found: Mapping[str, Any], lots: Sequence[str] = ()
) -> Markup:
    t = visit.t
    entry = found["entries"][0]
    address = visit.link("/record/event", id=entry["id"])
    said = t("Recorded as entry {seq} of the log.", seq=entry["seq"])
    if entry["state"] == "held":
        said = t("Held as entry {seq} until a named person decides.", seq=entry["seq"])
    links = joined((lot_link(visit, name) for name in lots), ", ")
    where = t("Its metal, where it came from, and its papers stand on the page of the lot:")
    of_lots = h("<p>{} {}</p>", where, links) if lots else NOTHING
    return h(
        '<div>{}{}{}<p><a class="btn" href="{}">{}</a> '
        '<a class="btn quiet" href="{}">{}</a></p></div>',
        callout(said, "good"),
        finding_list(entry["findings"]),
        of_lots,
        address,
        t("See the entry"),
        visit.link("/record", part="form", kind=kind),
        t("Record another"),
    )


def _file(visit: Visit) -> None:
    """Put the file drop on the page: all problems at their cells, then one commit."""
    t = visit.t
    service = service_of(visit.request)
    kinds = ".csv, .xlsx, .parquet, .jsonl"
    markup(
        h(
            "<p>{} <a href='/help/reference/chain-folder.md'>{}</a></p>",
            t(
                "Drop a file of events ({kinds}). Nothing is written before you say so.",
                kinds=kinds,
            ),
            t("How such a file looks"),
        )
    )
    plan: dict[str, str] = {}

    async def take(event: Any) -> None:
        said.clear()
        with said:
            markup(waiting_state(t))
        name = event.file.name
        data = await event.file.read()

        def check(view: View) -> dict[str, Any]:
            return checked_upload(view, service.accounts, name, data, plan.get("mapping"))

        found = await asked(visit, said, check)
        if found is None:
            return
        with said:
            _show_upload(visit, found)
        drop.reset()

    async def take_mapping(event: Any) -> None:
        plan["mapping"] = (await event.file.read()).decode("utf-8", "replace")

    most = service.settings.upload_bytes_max
    drop = file_drop(t("Choose a file of events, or drop it here"), take, kinds, most)
    with ui.element("details"):
        markup(
            h("{}", t("The file has a layout of its own: give its mapping first")), tag="summary"
        )
        file_drop(t("Choose its mapping (.toml)"), take_mapping, ".toml", MAPPING_BYTES_MAX)
    said = ui.element("div").props("aria-live=polite")


def _show_upload(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    fatal = [item for item in found["findings"] if item["severity"] == "fatal"]
    if found["upload"] is None:
        words = t(
            "{file}: {n} problems forbid it. Nothing was written.", file=found["file"], n=len(fatal)
        )
        if not fatal:
            words = t("{file} holds no event.", file=found["file"])
        markup(callout(words, "bad"))
    else:
        words = t(
            "{file}: {n} events, {new} of them new.",
            file=found["file"],
            n=found["events"],
            new=found["new"],
        )
        markup(callout(words, "good"))
    rows = [
        {
            "severity": item["severity"],
            "where": item["where"],
            "message": item["message"],
            "fix": item["fix"],
            "code": h('<a href="/help/findings/{code}.md">{code}</a>', code=item["code"]),
        }
        for item in (*found["findings"], *found["arrival"])
    ]
    columns = (
        Column("where", t("Place")),
        Column("severity", t("Severity")),
        Column("message", t("What is wrong")),
        Column("fix", t("What to do")),
        Column("code", t("Code")),
    )
    if rows:
        markup(table(columns, rows, caption=t("Everything the file and the ledger have to say")))
    if found["preview"]:
        markup(_preview(visit, found))
    if found["upload"] is not None:
        _commit(visit, found)


def _preview(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "id": item.get("id", ""),
            "kind": str(item.get("schema", "")).partition("/")[0],
            "time": minute(str(item.get("time", ""))),
            "site": item.get("site", ""),
        }
        for item in found["preview"]
    ]
    columns = (
        Column("id", t("Entry")),
        Column("kind", t("Kind")),
        Column("time", t("When")),
        Column("site", t("Site")),
    )
    return table(columns, rows, caption=t("The first of them"))


def _commit(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    service = service_of(visit.request)

    async def commit() -> None:
        button.disable()

        def write(view: View) -> dict[str, Any]:
            return committed_upload(view, service.accounts, found["upload"])

        receipt = await asked(visit, said, write)
        if receipt is None:
            return
        with said:
            words = t(
                "Appended {n} of {all}; the log holds {size}.",
                n=receipt["appended"],
                all=receipt["events"],
                size=receipt["size"],
            )
            markup(callout(words, "good"))

    button = action(t("Append them: all or none"), commit)
    said = ui.element("div").props("aria-live=polite")


def _log(visit: Visit, *, held_only: bool) -> None:
    t = visit.t
    kind = visit.given("kind") or None
    before = visit.given("before")
    if not held_only:
        options = [("", t("all")), *((name, t(name)) for name in KINDS)]
        field = select_field("kind", t("Kind"), options, kind or "")
        hidden = Markup('<input type="hidden" name="part" value="log">')
        markup(question_form("/record", (field, hidden), t("Show")))

    def ask(view: View) -> dict[str, Any]:
        place = int(before) if before.isdigit() else None
        return events_page(view, kind=kind, limit=LOG_ROWS, before=place, held_only=held_only)

    def show(found: Mapping[str, Any]) -> None:
        if not found["items"]:
            markup(
                empty_state(
                    t("Nothing here"), t("No entry waits for a decision.") if held_only else ""
                )
            )
            return
        markup(_log_table(visit, found["items"]))
        if found["next"] is not None:
            address = visit.here(part="held" if held_only else "log", before=found["next"])
            markup(h('<a class="btn quiet" href="{}">{}</a>', address, t("Earlier entries")))

    later(
        visit,
        t("Waiting for a decision") if held_only else t("Entries, the latest first"),
        ask,
        show,
    )


def _log_table(visit: Visit, items: Sequence[Mapping[str, Any]]) -> Markup:
    t = visit.t
    rows = [
        {
            "id": event_link(visit, item["id"]),
            "kind": t(item["kind"]),
            "time": minute(item["time"]),
            "site": item["site"] or "",
            "actor": item["actor"] or "",
            "state": t(item["state"]),
            "seq": item["seq"],
        }
        for item in items
    ]
    columns = (
        Column("id", t("Entry")),
        Column("kind", t("Kind")),
        Column("time", t("When it happened")),
        Column("site", t("Site")),
        Column("actor", t("Entered by")),
        Column("state", t("State")),
        Column("seq", t("Position"), is_number=True),
    )
    return table(columns, rows)
