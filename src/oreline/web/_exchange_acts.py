"""What a side may do in an exchange besides its results: grant a later date, accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nicegui import ui

from oreline.api import View, exchange_acceptance, exchange_extension
from oreline.model import InputError
from oreline.settle import Side
from oreline.web._blocks import facts, h
from oreline.web._frame import Visit, action, event_link, markup, panel
from oreline.web._writing import written_and_shown


def accepting(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    """Put on the page what the other side proposed and this one has not accepted yet."""
    t = visit.t
    for number, one in enumerate(found["proposals"]):
        if side not in one["waits_for"]:
            continue
        party = found["parties"][side]
        title = (
            t("Accept corrected results for {party}", party=party)
            if one["is_correction"]
            else t("Accept agreed results for {party}", party=party)
        )
        with panel(title, identity=f"accept-{side}-{number}"):
            words = t("Entered by {party}:", party=one["party"] or t("not stated"))
            markup(h("<p>{} {}</p>", words, event_link(visit, one["event"])))
            markup(facts((result["analyte"], _told(result)) for result in one["results"]))
            _accept(visit, found, side, one["event"])


def _told(result: Mapping[str, Any]) -> str:
    if result["value"] is None:
        return f"UNKNOWN ({result['why']})"
    return f"{result['value']} {result['unit']}"


def _accept(visit: Visit, found: Mapping[str, Any], side: str, event: str) -> None:
    def draft(view: View) -> dict[str, Any]:
        return exchange_acceptance(view, found["lot"], Side(side), found["contract"], event)

    async def accept() -> None:
        await written_and_shown(visit, said, draft)

    action(visit.t("Accept"), accept)
    said = ui.element("div").props("aria-live=polite")


def granting(visit: Visit, found: Mapping[str, Any], side: str) -> None:
    """Let a side grant the other a later date, while the other has a date to keep."""
    t = visit.t
    other = str(Side(side).other)
    if found["state"] == "final" or other not in found["deadlines"]:
        return
    party = found["parties"][other]
    with panel(t("Grant {party} a later date", party=party), identity=f"extend-{other}"):
        words = t("Until now {day}. A date is never made earlier.", day=found["deadlines"][other])
        markup(h('<p class="hint">{}</p>', words))
        with ui.element("div").classes("inputs"):
            until = ui.input(t("Until, that day included")).props("outlined dense type=date")
            # An empty date shows its own letters where the label would stand.
            until.props("stack-label")
            reason = ui.input(t("Why it is justified")).props("outlined dense").classes("broad")

        def draft(view: View) -> dict[str, Any]:
            day = _day(str(until.value or ""))
            return exchange_extension(
                view, found["lot"], Side(other), found["contract"], day, str(reason.value or "")
            )

        async def grant() -> None:
            await written_and_shown(visit, said, draft)

        action(t("Grant"), grant)
        said = ui.element("div").props("aria-live=polite")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("say until which day") from None
