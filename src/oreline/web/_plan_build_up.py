"""The build-up of a plan: one slider for the years, the map and an element's ways under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.web._blocks import Column, chips, h, table
from oreline.web._frame import Visit, action, markup
from oreline.web._plan_map import (
    BUILDING,
    RUNS,
    PlanMap,
    plan_map,
    unit_state,
    year_drawing,
    year_legend,
)
from oreline.web._sankey import SMALLEST_SHARE, sankey_chart
from oreline.web._strings import Translate, msg

PLAY_S = 1.2
"""How long each year stays while the years are played."""
ENDS = {
    "resource": msg("in the ground: {name}"),
    "supply": msg("bought: {name}"),
    "discarded": msg("discarded"),
    "lost": msg("lost"),
    "stock": msg("in stock"),
    "earlier stock": msg("from stock"),
}


def build_up(visit: Visit, found: Mapping[str, Any]) -> None:
    """Put the slider on the page with everything that it moves."""
    t = visit.t
    years = [one["year"] for one in found["years"]]
    said = ui.label().classes("year-said").props("aria-live=polite")
    with ui.element("div").classes("year-row no-print"):
        markup(h("{}", years[0]), tag="span")
        slider = _YearSlider(years, _first_shown(found), t)
        markup(h("{}", years[-1]), tag="span")
        slider.add_play()
    plan = plan_map(found, t("Map of the plan's places"))
    thickest = max((one["kt"] for year in found["years"] for one in year["routes"]), default=1.0)
    with ui.element("div").classes("plan-map"):
        with ui.element("div").classes("drawing"):
            markup(plan.ground)
            over = markup(h("")).classes("over")
        legend = markup(h("")).props("aria-live=off")
    markup(h('<p class="hint">{}</p>', _notes(plan, t)))
    markup(h("<h3>{}</h3>", t("Where {element} goes in the year", element=found["element"])))
    links = (
        (one, visit.here(element=one) + "#build-up", one == found["element"])
        for one in found["elements"]
    )
    markup(chips(links, t("Element")))
    nothing = ui.label(t("None of it flows in this year.")).classes("hint")
    known = _known(found, t)
    with ui.element("div").classes("scroll") as holder:
        chart = ui.plotly(sankey_chart(found["element"], "", _links(found, -1, t), known))
        chart.classes("sankey-live").style("width: 100%; min-width: 40rem")
    numbers = markup(h(""))

    def show() -> None:
        place = years.index(slider.year)
        said.set_text(_said(found, place, t))
        over.set_content(str(year_drawing(plan, found, place, t, thickest)))
        legend.set_content(str(year_legend(plan, found, place, t)))
        shown = _links(found, place, t)
        nothing.set_visibility(not shown)
        holder.set_visibility(bool(shown))
        if shown:
            chart.update_figure(sankey_chart(found["element"], str(years[place]), shown, known))
        numbers.set_content(str(_table(found, place, t)))

    slider.on_move(show)
    show()


def _first_shown(found: Mapping[str, Any]) -> int:
    """Return the year in which all that is built has begun to run, or the last one."""
    years = [one["year"] for one in found["years"]]
    starts = [
        unit["runs_from"]
        for site in found["sites"]
        for unit in site["units"]
        if unit["runs_from"] is not None
    ]
    return int(min(max(starts, default=years[0]), years[-1]))


class _YearSlider:
    """The browser's own slider, which keys, fingers and readers of screens know, and a play button.

    ``year`` is the one that is shown.
    """

    def __init__(self, years: list[int], year: int, t: Translate) -> None:
        self.year, self.years, self.t = year, years, t
        self._moved: Callable[[], None] = lambda: None
        self._input = markup(self._drawn(year)).classes("years")
        self._input.on(
            "input",
            lambda event: self._move(int(event.args)),
            throttle=0.05,
            js_handler="(event) => emit(Number(event.target.value))",
        )

    def _drawn(self, year: int) -> Markup:
        # As text, not as an element of the kit: that would put it back wherever the page changes.
        return h(
            '<input type="range" min="{}" max="{}" step="1" value="{}" aria-label="{}">',
            self.years[0],
            self.years[-1],
            year,
            self.t("Year"),
        )

    def on_move(self, moved: Callable[[], None]) -> None:
        """Have something called whenever another year is chosen."""
        self._moved = moved

    def add_play(self) -> None:
        """Put the button on the page that plays the years."""
        self._timer = ui.timer(PLAY_S, self._step, active=False)
        self._button = action(self.t("Play"), self._play, "quiet small")

    def _move(self, year: int) -> None:
        if year in self.years and year != self.year:
            self.year = year
            self._moved()

    def _play(self) -> None:
        if self._timer.active:
            self._stop()
            return
        self._show(self.years[0])
        self._timer.activate()
        self._button.set_text(self.t("Stop"))

    def _step(self) -> None:
        if self.year >= self.years[-1]:
            self._stop()
            return
        self._show(self.year + 1)

    def _show(self, year: int) -> None:
        self._input.set_content(str(self._drawn(year)))
        self._move(year)

    def _stop(self) -> None:
        self._timer.deactivate()
        self._button.set_text(self.t("Play"))


def _said(found: Mapping[str, Any], place: int, t: Translate) -> str:
    """Return the year in words: how much is built and runs, and what is sold."""
    told = found["years"][place]
    states = [unit_state(unit, told["year"]) for site in found["sites"] for unit in site["units"]]
    return t(
        "{year}: {building} being built, {running} run; {n} t of {element} sold",
        year=told["year"],
        building=states.count(BUILDING),
        running=states.count(RUNS),
        n=f"{told['sold_t']:,.0f}",
        element=found["element"],
    )


def _notes(plan: PlanMap, t: Translate) -> str:
    parts = [t("Routes are as thick as what they carry; those with the element are coloured.")]
    if plan.unstated:
        words = t("Nobody has stated the position of {n} places: they stand anywhere in their "
                  "country.", n=plan.unstated)  # fmt: skip
        parts.append(words)
    if plan.is_dashed:
        parts.append(t("Disputed boundaries are dashed; this map takes no side."))
    return " ".join(parts)


def _called(node: Mapping[str, str], t: Translate) -> str:
    return t(ENDS[node["kind"]], name=node["name"]) if node["kind"] in ENDS else node["name"]


def _known(found: Mapping[str, Any], t: Translate) -> list[str]:
    """Return every node of any year, so that each keeps its colour."""
    return list(
        dict.fromkeys(
            _called(link[end], t)
            for year in found["years"]
            for link in year["links"]
            for end in ("from", "to")
        )
    )


def _links(found: Mapping[str, Any], place: int, t: Translate) -> list[tuple[str, str, int]]:
    links = [
        (_called(one["from"], t), _called(one["to"], t), round(one["t"] * 1e9))
        for one in found["years"][place]["links"]
    ]
    largest = max((mass for _, _, mass in links), default=0)
    return [link for link in links if link[2] >= largest * SMALLEST_SHARE]


def _table(found: Mapping[str, Any], place: int, t: Translate) -> Any:
    rows = [
        {"from": _called(one["from"], t), "to": _called(one["to"], t), "t": f"{one['t']:,.1f}"}
        for one in found["years"][place]["links"]
    ]
    columns = (
        Column("from", t("From")),
        Column("to", t("To")),
        Column("t", t("{element}, t", element=found["element"]), is_number=True),
    )
    body = table(columns, rows, empty=t("None of it flows in this year."))
    return h("<details><summary>{}</summary>{}</details>", t("These numbers as a table"), body)
