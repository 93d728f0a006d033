"""Record: write down what happened, by form or by file, with the ledger's checks as one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    Right,
    View,
    checked_upload,
    committed_upload,
    events_page,
    service_of,
)
from oreline.model import KINDS, minute
from oreline.web._blocks import (
    Column,
    callout,
    empty_state,
    h,
    question_form,
    select_field,
    table,
    tabs,
    waiting_state,
)
from oreline.web._finding_words import SEVERITIES
from oreline.web._frame import (
    Visit,
    action,
    asked,
    event_link,
    file_drop,
    head,
    later,
    markup,
    page,
)
from oreline.web._record_form import put_form

LOG_ROWS = 60
MAPPING_BYTES_MAX = 200_000


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
        put_form(visit)
    elif part == "file" and part in parts:
        _file(visit)
    else:
        _log(visit, held_only=part == "held")


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
            "severity": t(SEVERITIES[item["severity"]]),
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
