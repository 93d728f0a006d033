"""What is new by the rules of ``watch.toml``, and the digest that tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from oreline.api import (
    PREFIX,
    NotFoundError,
    Right,
    second_reading,
    send_digest,
    watch_alerts,
)
from oreline.model import InputError
from oreline.web._blocks import Column, callout, empty_state, finding_list, h, joined, table
from oreline.web._frame import Visit, action, asked, head, markup, page, panel, problem_block
from oreline.web._strings import msg
from oreline.web._watch_parts import watch_tabs

ABOUT = {
    "claim": msg("New claims"),
    "contested": msg("What reports differ on"),
    "lapse": msg("What lapses"),
    "import_reliance": msg("Revised import reliance"),
    "price": msg("Prices"),
}
"""What rules are about."""


@page("/watch/alerts", "Alerts")
async def watch_alerts_page(visit: Visit) -> None:
    """Show what the rules tell of and no digest has told."""
    t = visit.t
    head(t("Alerts"), t("What is new by the rules of watch.toml, and not told yet."))
    markup(watch_tabs(visit))
    try:
        told = await visit.answer(watch_alerts)
    except NotFoundError as error:
        markup(empty_state(t("No alerts here"), h('<p lang="en">{}</p>', error)))
        return
    except InputError as error:
        markup(problem_block(visit, error))
        return
    if told["findings"]:
        markup(finding_list(told["findings"], t))
    with panel(t("New"), identity="new"):
        _alerts(visit, told)
    with panel(t("Rules"), identity="rules"):
        _rules(visit, told)
    if told["second_reader"] is not None and visit.may(Right.DECIDE):
        with panel(t("Second reader"), identity="second"):
            _second(visit, told["second_reader"])


def _alerts(visit: Visit, told: Mapping[str, Any]) -> None:
    t = visit.t
    if not told["alerts"]:
        markup(h('<p class="hint">{}</p>', t("Nothing new.")))
        return
    items = joined(_alert(visit, one) for one in told["alerts"])
    markup(h('<ol class="reported">{}</ol>', items))
    page_of = h('<a href="{}/watch/digest.html">{}</a>', PREFIX, t("See it as it is sent"))
    markup(h("<p>{}</p>", page_of))
    if told["recipients"] and visit.may(Right.DECIDE):
        said = ui.element("div").props("aria-live=polite")

        async def send() -> None:
            sent = await asked(visit, said, send_digest)
            if sent is None:
                return
            with said:
                if sent["recipients"]:
                    to = ", ".join(sent["recipients"])
                    markup(callout(t("Sent to {names}.", names=to), "good"))
                markup(finding_list(sent["findings"], t))

        to = ", ".join(told["recipients"])
        action(t("Send it to {names}", names=to), send)


def _alert(visit: Visit, one: Mapping[str, Any]) -> Any:
    t = visit.t
    title = h('<bdi lang="en">{}</bdi>', one["title"])
    if one["event"]:
        title = h('<a href="{}">{}</a>', visit.link("/watch/event", id=one["event"]), title)
    lines = joined(h('<li lang="en">{}</li>', line) for line in one["lines"])
    return h(
        '<li><h3><span class="kind">{}</span> {}</h3><p class="hint">{}</p><ul>{}</ul></li>',
        t(ABOUT[one["on"]]),
        title,
        t("rule {name}", name=one["rule"]),
        lines,
    )


def _rules(visit: Visit, told: Mapping[str, Any]) -> None:
    t = visit.t
    rows = [
        {
            "id": h("<code>{}</code>", one["id"]),
            "on": t(ABOUT[one["on"]]),
            "of": ", ".join(
                f"{name} = {value}" for name, value in one.items() if name not in ("id", "on")
            ),
        }
        for one in told["rules"]
    ]
    columns = (Column("id", t("Rule")), Column("on", t("About")), Column("of", t("Only")))
    empty = t("watch.toml of the chain folder holds no rule.")
    markup(table(columns, rows, empty=empty))


def _second(visit: Visit, model: str) -> None:
    t = visit.t
    words = t("The text of each report is sent to {model}, once. What it finds changes no verdict.",
              model=model)  # fmt: skip
    markup(h('<p class="hint">{}</p>', words))
    said = ui.element("div").props("aria-live=polite")
    columns = (
        Column("kind", t("Kind")),
        Column("sentence", t("Sentence")),
        Column("report", t("Report")),
        Column("rule", t("Rule")),
    )

    async def ask() -> None:
        found = await asked(visit, said, second_reading)
        if found is None:
            return
        rows = [
            {
                "kind": h('<span lang="en">{}, {}</span>', one["kind"], one["status"]),
                "sentence": h('<q lang="en">{}</q>', one["sentence"]),
                "report": one["document"],
                "rule": h('<span lang="en">{}, {}</span>', one["rule"], one["rules_version"]),
            }
            for one in found["claims"]
        ]
        with said:
            markup(finding_list(found["findings"], t))
            markup(table(columns, rows, empty=t("It found nothing that the rules missed.")))

    action(t("Ask it"), ask)
