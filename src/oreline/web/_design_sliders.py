"""What if: sliders for grades, recoveries, prices and others of a design, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nicegui import ui

from oreline.api import View, design, design_costs
from oreline.web._blocks import h
from oreline.web._design_words import number_words
from oreline.web._frame import Visit, asked, markup
from oreline.web._strings import Translate, msg

EACH_MAX = 4
"""How many numbers of each kind get a slider; the list of all numbers has the others."""
SWAY = 0.2
"""How far a slider goes either way, as a part of a number whose range is not stated."""
GRADE, RECOVERY, PRICE, OTHER = msg("Grades"), msg("Recoveries"), msg("Prices"), msg("Others")
KINDS = (GRADE, RECOVERY, PRICE, OTHER)
_RECOVERIES = ("to_", "recovery", "rinf", "yield", "extraction", "volatilised")
"""How the numbers of a unit begin that say which part of something is recovered."""

Render = Callable[[Mapping[str, Any], Mapping[str, Any] | None], None]


def kind_of(name: str) -> str:
    """Return what kind of number a slider moves, by its name.

    >>> [str(kind_of(one)) for one in ("ore.grade[Cu]", "mill.yield", "price: Cu", "ore.moisture")]
    ['Grades', 'Recoveries', 'Prices', 'Others']
    """
    if name.startswith("price: "):
        return PRICE
    _, _, inner = name.removeprefix("flowsheet: ").partition(".")
    if inner.startswith("grade["):
        return GRADE
    return RECOVERY if inner.startswith(_RECOVERIES) else OTHER


def moved_numbers(numbers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the numbers that get a slider, with their ends: some of each kind.

    Numbers with a stated range come first. Where a kind has none, the first of its numbers get one
    of ``SWAY`` either way; of other numbers only those with a range are moved.
    """
    by_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    loose: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for one in numbers:
        # How long the plants run changes nothing of what flows in an hour.
        if one["name"] == "hours_per_year":
            continue
        kind = kind_of(one["name"])
        if one["low"] is not None and one["low"] < one["high"]:
            by_kind[kind].append({**one, "kind": kind, "stated": True})
        elif one["value"] > 0:
            low, high = one["value"] * (1 - SWAY), one["value"] * (1 + SWAY)
            is_part = kind in (GRADE, RECOVERY) and one["value"] <= 1
            ends = {"low": low, "high": min(high, 1.0) if is_part else high}
            loose[kind].append({**one, **ends, "kind": kind, "stated": False})
    return [
        one
        for kind in KINDS
        for one in (by_kind[kind] or ([] if kind == OTHER else loose[kind]))[:EACH_MAX]
    ]


def what_if(
    view: View, file: str, changed: Mapping[str, float], with_costs: bool
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the solved design and its costs with some numbers of either as others."""
    of_sheet = {name: value for name, value in changed.items() if ": " not in name}
    return (
        design(view, file, of_sheet),
        design_costs(view, file, changed) if with_costs else None,
    )


def sliders(
    visit: Visit,
    file: str,
    numbers: list[dict[str, Any]],
    with_costs: bool,
    said: ui.element,
    show: Render,
) -> None:
    """Put sliders on the page; each move solves the chain again, and ``show`` tells it."""
    t = visit.t
    made: dict[str, ui.slider] = {}
    for kind in KINDS:
        own = [one for one in numbers if one["kind"] == kind]
        if not own:
            continue
        markup(h("<h3>{}</h3>", t(kind)))
        if not all(one["stated"] for one in own):
            words = t("No range is stated: {part} % either way.", part=round(100 * SWAY))
            markup(h('<p class="hint">{}</p>', words))
        with ui.element("div").classes("sliders"):
            for one in own:
                made[one["name"]] = _slider(t, one)

    async def run() -> None:
        firsts = {one["name"]: one["value"] for one in numbers}
        changed = {
            name: slider.value for name, slider in made.items() if slider.value != firsts[name]
        }
        found = await asked(visit, said, what_if, file, changed, with_costs)
        if found is not None:
            with said:
                show(*found)

    for slider in made.values():
        slider.on("change", run)


def _slider(t: Translate, one: Mapping[str, Any]) -> ui.slider:
    with ui.element("div"):
        label = ui.label()
        slider = ui.slider(
            min=one["low"],
            max=one["high"],
            value=one["value"],
            step=(one["high"] - one["low"]) / 100,
        )
        words = slider_words(t, one["name"])
        # Names are the file's: none of them may become a property.
        slider.props["aria-label"] = words
        label.tooltip(one["name"])
        label.bind_text_from(slider, "value", _told_as(f"{words}: ", one["unit"]))
    return slider


def slider_words(t: Translate, name: str) -> str:
    """Return what a number is called beside its slider.

    >>> slider_words(str.format, "price: magnets")
    'Price of magnets'
    """
    if name.startswith("price: "):
        return t("Price of {product}", product=name.removeprefix("price: "))
    return number_words(t, name)


def _told_as(before: str, unit: str) -> Callable[[float], str]:
    """Return what writes a slider's number behind a text; a share as a percentage."""
    if unit == "1":
        return lambda value: f"{before}{100 * value:.4g} %"
    return lambda value: f"{before}{value:.4g} {unit}"
