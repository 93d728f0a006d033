"""Parts of the page Plan that take a while: what is being made, since when, how near the proof."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from nicegui import ui

from oreline.api import plan_under_way
from oreline.model import OrelineError
from oreline.web._blocks import waiting_state
from oreline.web._frame import Visit, markup, problem_block

LOOKS_EVERY_S = 1.0
"""How often a waiting part looks how far the search is."""


async def put_when_made(
    visit: Visit,
    what: str,
    question: Callable[..., Any],
    render: Callable[[Any], Any],
    *given: Any,
    **named: Any,
) -> ui.element:
    """Put on the page what follows from an answer; until it is there, what is being made.

    ``what`` says what is waited for. Seconds go on while one waits; value, bound and gap are told
    as soon as the search has any.
    """
    body = ui.element("div").props("aria-live=polite")
    with body:
        told = ui.label(what).classes("hint")
        markup(waiting_state(visit.t))
    began = time.monotonic()

    async def look() -> None:
        found = (await visit.answer(plan_under_way))["under_way"]
        told.set_text(_words(visit, what, time.monotonic() - began, found))

    async def fill() -> None:
        asked = asyncio.create_task(visit.answer(question, *given, **named))
        try:
            while not (await asyncio.wait({asked}, timeout=LOOKS_EVERY_S))[0]:
                await look()
            answer = await asked
        except OrelineError as error:
            body.clear()
            with body:
                markup(problem_block(visit, error))
            return
        body.clear()
        with body:
            rendered = render(answer)
            if isawaitable(rendered):
                await rendered

    ui.timer(0, fill, once=True)  # beside the body: what is put there clears it
    return body


def _words(visit: Visit, what: str, seconds: float, under_way: Mapping[str, Any] | None) -> str:
    """Return what is said while one waits."""
    t = visit.t
    told = t("{what}: {n} s so far", what=what, n=f"{seconds:.0f}")
    if under_way is None or under_way["value"] is None:
        return told
    told += " · " + t("best so far {value}", value=f"{under_way['value']:,.1f}")
    if under_way["gap"] is not None:
        told += " · " + t("at most {gap} % from the best possible",
                          gap=f"{100 * under_way['gap']:.3g}")  # fmt: skip
    return told
