"""How sure the results of a design are: what moves them, how they spread, which number matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from oreline.api import (
    DESIGN_SAMPLES_MAX,
    design_sobol,
    design_tornado,
    design_uncertainty,
)
from oreline.web._blocks import Column, finding_list, h, table
from oreline.web._design_charts import histogram, short, tornado_chart
from oreline.web._frame import Visit, action, asked, later, markup, panel

SAMPLES = (1_000, DESIGN_SAMPLES_MAX)
"""How many samples a button draws."""
SOBOL_POINTS = 128
BARS_MAX = 12
"""How many numbers a tornado shows; the file has all."""
DRIVERS_MAX = 3
FAILED_SHOWN_MAX = 10


def uncertainty_panel(visit: Visit, file: str, outputs: list[Mapping[str, Any]]) -> None:
    """Put on the page what moves a result, and what draws all numbers and tells its spread."""
    t = visit.t
    names = [one["name"] for one in outputs]
    first = next((name for name in names if name.startswith("NPV")), names[0])
    chosen = visit.given("result", first)
    chosen = chosen if chosen in names else first
    with panel(t("How sure is it"), identity="uncertainty"):
        result = ui.select(names, label=t("Result"), value=chosen)
        result.props("outlined dense options-dense").classes("broad")
        result.on_value_change(
            lambda event: ui.navigate.to(visit.here(result=event.value) + "#uncertainty")
        )
        words = t("Every number that has a range is drawn; the rest stays as the files say.")
        markup(h('<p class="hint">{}</p>', words))
        _drawn(visit, file, chosen)
        _shares(visit, file, chosen)
    title = t("What moves it most: {result}", result=chosen)
    later(visit, title, design_tornado, lambda told: _tornado(visit, told), file, chosen, {},
          identity="tornado")  # fmt: skip


def _tornado(visit: Visit, told: Mapping[str, Any]) -> None:
    t, bars = visit.t, told["bars"][:BARS_MAX]
    if not bars:
        return
    says = t("{result} with each number at its low end (blue) and its high end (orange)",
             result=told["output"])  # fmt: skip
    markup(h('<p class="hint">{}, {}</p>', says, told["unit"]))
    markup(tornado_chart(bars, bars[0]["base"], says))
    rows = [
        {
            "input": bar["input"].removeprefix("flowsheet: "),
            "ends": f"{bar['low']:.4g} – {bar['high']:.4g} {_unit(bar['input_unit'])}",
            "low": short(bar["at_low"]),
            "high": short(bar["at_high"]),
        }
        for bar in bars
    ]
    columns = (
        Column("input", t("Number")),
        Column("ends", t("Range"), is_number=True),
        Column("low", t("At its low end"), is_number=True),
        Column("high", t("At its high end"), is_number=True),
    )
    with ui.element("details"):
        markup(h("{}", t("These numbers as a table")), tag="summary")
        markup(table(columns, rows))


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _with_progress(words: str) -> tuple[ui.element, Callable[[float], None], Callable[[], None]]:
    """Put a bar on the page; return it, what moves it from a worker thread, and what ends it."""
    state = {"done": 0.0}
    with ui.element("div").props("role=status") as place:
        ui.label(words)
        bar = ui.linear_progress(value=0.0, show_value=False)
        bar.props["aria-label"] = words
        # The worker may not touch the page: it leaves a number that the page looks at.
        timer = ui.timer(0.25, lambda: bar.set_value(state["done"]))

    def move(done: float) -> None:
        state["done"] = done

    def end() -> None:
        timer.cancel()
        place.clear()

    return place, move, end


def _drawn(visit: Visit, file: str, chosen: str) -> None:
    """Put buttons that draw samples on the page, a bar while it lasts, and what they told."""
    t = visit.t
    row = ui.row()
    waiting = ui.element("div")
    said = ui.element("div").props("aria-live=polite")

    async def run(samples: int) -> None:
        row.set_visibility(False)
        with waiting:
            _, move, end = _with_progress(t("Drawing {n} samples", n=f"{samples:,}"))
        told = await asked(visit, said, design_uncertainty, file, samples, 1, {}, move)
        end()
        row.set_visibility(True)
        if told is not None:
            with said:
                _spread(visit, told, chosen)

    def draws(samples: int) -> Callable[[], Any]:
        return lambda: run(samples)

    with row:
        for samples in SAMPLES:
            words = t("Draw {n} samples", n=f"{samples:,}")
            action(words, draws(samples), "" if samples == SAMPLES[0] else "quiet")


def _spread(visit: Visit, told: Mapping[str, Any], chosen: str) -> None:
    """Show how the samples of the chosen result lie, then the percentiles of all."""
    t = visit.t
    rows = {one["output"]: one for one in told["outputs"]}
    one = rows[chosen]
    bars = [bar for bar in told["histograms"] if bar["output"] == chosen]
    marks = [(name, one[name.casefold()]) for name in ("P10", "P50", "P90")]
    says = t("How {n} samples of {result} lie", n=f"{told['samples'] - told['failed']:,}",
             result=chosen)  # fmt: skip
    markup(h("<h3>{}</h3>", says))
    markup(histogram(bars, marks, one["unit"], says))
    _failed(visit, told)
    columns = (
        Column("result", t("Result")),
        Column("base", t("As the files say"), is_number=True),
        *(Column(name, name.upper(), is_number=True) for name in ("p10", "p50", "p90")),
        Column("unit", t("Unit")),
        Column("drivers", t("Driven by")),
    )
    listed = [
        {
            "result": name,
            "base": short(row["base"]),
            **{part: short(row[part]) for part in ("p10", "p50", "p90")},
            "unit": row["unit"],
            "drivers": _drivers(told, name),
        }
        for name, row in rows.items()
    ]
    words = t("P10 is what 10 % of the samples lie below.")
    markup(table(columns, listed, caption=words))


def _drivers(told: Mapping[str, Any], output: str) -> str:
    found = [one for one in told["rank_correlations"] if one["output"] == output]
    return "; ".join(
        f"{one['input'].removeprefix('flowsheet: ')} {one['rank_correlation']:+.2f}"
        for one in found[:DRIVERS_MAX]
        if one["rank_correlation"] is not None
    )


def _failed(visit: Visit, told: Mapping[str, Any]) -> None:
    """Say which samples have no answer: none is left out in silence."""
    t = visit.t
    if not told["failed"]:
        markup(h("<p>{}</p>", t("Every sample has an answer.")))
        return
    markup(finding_list(told["findings"], t))
    rows = [
        {"sample": f"{one['sample']:,}", "reason": one["reason"]}
        for one in told["failures"][:FAILED_SHOWN_MAX]
    ]
    columns = (Column("sample", t("Sample"), is_number=True), Column("reason", t("Reason")))
    words = t("{n} samples have no answer; the file lists all with their numbers",
              n=told["failed"])  # fmt: skip
    markup(table(columns, rows, caption=words))


def _shares(visit: Visit, file: str, chosen: str) -> None:
    """Put a button on the page that tells which part of the variance each number accounts for."""
    t = visit.t
    place = ui.row()
    waiting = ui.element("div")
    said = ui.element("div").props("aria-live=polite")

    async def run() -> None:
        place.set_visibility(False)
        with waiting:
            _, move, end = _with_progress(t("Solving the points of Sobol' indices"))
        told = await asked(
            visit, said, design_sobol, file, chosen, SOBOL_POINTS, 1, {}, progress=move
        )
        end()
        place.set_visibility(True)
        if told is not None:
            with said:
                _indices(visit, told)

    with place:
        action(t("Which number matters: Sobol' indices"), run, "quiet")


def _indices(visit: Visit, told: Mapping[str, Any]) -> None:
    t = visit.t
    found = [one for one in told["indices"] if one["total"] is not None]
    found.sort(key=lambda one: -one["total"])
    rows = [
        {
            "input": one["input"].removeprefix("flowsheet: "),
            "first": _index(one, "first"),
            "total": _index(one, "total"),
        }
        for one in found[:BARS_MAX]
    ]
    columns = (
        Column("input", t("Number")),
        Column("first", t("Alone"), is_number=True),
        Column("total", t("With others"), is_number=True),
    )
    words = t("Part of the variance of {result}, with its interval of 95 %", result=told["output"])
    markup(table(columns, rows, caption=words, empty=t("It does not vary with these numbers.")))


def _index(one: Mapping[str, Any], kind: str) -> str:
    return f"{one[kind]:.2f} ({one[kind + '_low']:.2f} – {one[kind + '_high']:.2f})"
