"""Names offered while somebody types: what a page needs on which an input has ``data-pick``."""

from __future__ import annotations

from nicegui import ui

from oreline.web._blocks import h
from oreline.web._frame import Visit, markup

_SCRIPT = '<script src="/static/pick.js" defer></script>'


def offer_names(visit: Visit) -> None:
    """Let inputs of the page offer names; readers of screens are told how many there are."""
    t = visit.t
    ui.add_head_html(_SCRIPT)
    told = h(
        '<div id="pick-words" class="sr" aria-live="polite" data-list="{}" data-found="{}" '
        'data-none="{}"></div>',
        t("Names that are known"),
        t("{n} names to choose from; use the arrow keys.", n="{n}"),
        t("No such name is known yet."),
    )
    markup(told)
