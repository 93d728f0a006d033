"""How a page writes: one event, made from what stands on the page, tried or appended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from oreline.api import View, appended, named, service_of
from oreline.record import instant_us
from oreline.web._frame import Visit, asked

Make = Callable[[View], dict[str, Any]]
"""What gives the event to write; called in a worker thread, it may ask."""


def whole_event(visit: Visit, view: View, draft: dict[str, Any], mark: str = "") -> dict[str, Any]:
    """Return an event with an id and a time of its own where it has none."""
    service = service_of(visit.request)
    now_us = instant_us(service.clock().isoformat())
    return named(view, draft, now_us, mark or service.token_bytes(6).hex())


async def written(visit: Visit, said: ui.element, make: Make) -> Any:
    """Append an event and return the receipt; None where it fails, and ``said`` shows why."""

    def write(view: View) -> dict[str, Any]:
        return appended(view, [whole_event(visit, view, make(view))])

    return await asked(visit, said, write)


async def written_and_shown(visit: Visit, said: ui.element, make: Make) -> None:
    """Append an event, and load the page again to show what follows from it."""
    if await written(visit, said, make) is not None:
        ui.navigate.reload()
