"""Blocks of the page of drill holes about grades: histogram, variogram, is the model any good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import grade_histogram, grade_simulation, grade_validation, grade_variogram
from oreline.explore import LeaveOut
from oreline.web._blocks import (
    Column,
    callout,
    chips,
    empty_state,
    facts,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._charts import (
    Interval,
    Mark,
    Series,
    histogram_chart,
    interval_chart,
    scatter_chart,
    series_chart,
)
from oreline.web._frame import Visit, action, asked, later, markup, panel
from oreline.web._strings import msg

COARSE = {"%", "kg/t"}
"""Units of assays whose grades are told in per cent; all others are told in g/t."""
DOTS_MAX = 400
"""So many composites are drawn beside their estimates."""
OF = {"assays": msg("Assays"), "composites": msg("Composites")}
WITHOUT = {"hole": msg("without its whole hole"), "sample": msg("without itself alone")}
DIRECTIONS = {
    "every way": msg("every way"),
    "major": msg("along the major axis"),
    "semi-major": msg("along the semi-major axis"),
    "minor": msg("along the minor axis"),
    "downhole": msg("down the holes"),
}


def unit_of(units: Mapping[str, str], analyte: str) -> tuple[str, float]:
    """Return the word for grades of an analyte, and how many of it are a per cent.

    >>> unit_of({"Au": "g/t"}, "Au"), unit_of({"Au": "g/t"}, "TREO")
    (('g/t', 10000.0), ('%', 1.0))
    """
    return ("%", 1.0) if units.get(analyte, "%") in COARSE else ("g/t", 10_000.0)


def grade(value: float | None, unit: tuple[str, float], visit: Visit) -> str:
    """Return a grade in per cent as it is told; UNKNOWN where there is none."""
    return visit.t("UNKNOWN") if value is None else f"{digits(value * unit[1])} {unit[0]}"


def digits(value: float) -> str:
    """Return three digits of a number, or all before the point, without an exponent.

    >>> digits(1234.5), digits(0.05), digits(2.6118), digits(0.00001234)
    ('1,234', '0.05', '2.61', '0.0000123')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{Decimal(f'{value:.3g}'):f}"


def grade_blocks(visit: Visit, name: str) -> None:
    """Put histogram and variogram of a set on the page, and what can be asked of its model."""
    t, analyte = visit.t, visit.given("analyte")
    of = visit.given("of") if visit.given("of") in OF else None
    later(
        visit, t("How often grades occur"),
        partial(grade_histogram, logarithmic=visit.given("scale") == "log"),
        lambda found: _histogram(visit, found),
        name, analyte, of, visit.given("domain"), identity="histogram",
    )  # fmt: skip
    lag_m = _positive(visit.given("lag_m"))
    later(
        visit, t("How grades differ by distance"),
        grade_variogram, lambda found: _variogram(visit, found), name, analyte, lag_m, None,
        visit.given("within") or None, identity="variogram",
    )  # fmt: skip


def check_blocks(visit: Visit, name: str) -> None:
    """Offer what takes longer: each composite from the others, and many simulated models."""
    _ask_validation(visit, name)
    _ask_simulation(visit, name)


def _positive(text: str) -> float | None:
    """Return a length that an address names, None where it names none.

    >>> _positive("12.5"), _positive("-1"), _positive("x"), _positive("inf")
    (12.5, None, None, None)
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value <= 1e6 else None


def files(visit: Visit, name: str, what: str, **given: object) -> Markup:
    """Return links to a table as files."""
    links = (
        h(
            '<a class="btn quiet" href="{}">{}</a>',
            visit.link("/api/v1/explore/export", set=name, table=what, **given, format=form),
            words,
        )
        for form, words in (("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"))
    )
    return h('<p class="files">{}</p>', joined(links, " "))


def _choice(visit: Visit, found: Mapping[str, Any], part: str) -> None:
    chosen = (
        (one, visit.here(analyte=one) + f"#{part}", one == found["analyte"])
        for one in found["analytes"]
    )
    markup(chips(chosen, visit.t("Analyte")))


def _histogram(visit: Visit, found: Mapping[str, Any]) -> None:
    t, analyte = visit.t, found["analyte"]
    unit = unit_of(found["units"], analyte)
    _choice(visit, found, "histogram")
    of = (
        (t(words), visit.here(of=one, domain="", analyte="") + "#histogram", one == found["of"])
        for one, words in OF.items()
    )
    markup(chips(of, t("Counted")))
    scale = (
        (words, visit.here(scale=one) + "#histogram", found["is_logarithmic"] == (one == "log"))
        for one, words in (("", t("Even classes")), ("log", t("Classes that widen")))
    )
    markup(chips(scale, t("Classes")))
    if found["domains"]:
        domains = ["", *found["domains"]]
        links = (
            (one or t("all"), visit.here(domain=one) + "#histogram", one == found["domain"])
            for one in domains
        )
        markup(chips(links, t("Domain")))
    classes, told = found["classes"], found["statistics"]
    edges = [one["low_pct"] for one in classes] + [classes[-1]["high_pct"]]
    says = t(
        "{n} grades of {analyte}, mean {mean}, half below {median}, nine tenths below {high}.",
        n=f"{found['counted']:,}", analyte=analyte, mean=grade(told["mean"], unit, visit),
        median=grade(told["q50"], unit, visit), high=grade(told["q90"], unit, visit),
    )  # fmt: skip
    if found["left_out"]:
        says += " " + t("{n} of nothing are left out.", n=f"{found['left_out']:,}")
    markup(h('<p class="hint">{}</p>', says))
    markup(
        histogram_chart(
            [one["share"] for one in classes], [digits(edge * unit[1]) for edge in edges],
            f"{analyte}, {unit[0]}", t("Share"), says,
        )
    )  # fmt: skip
    columns = (
        Column("from", t("From"), is_number=True),
        Column("to", t("To"), is_number=True),
        Column("count", t("Number"), is_number=True),
        Column("share", t("Share"), is_number=True),
    )
    rows = [
        {
            "from": grade(one["low_pct"], unit, visit), "to": grade(one["high_pct"], unit, visit),
            "count": f"{one['count']:,}", "share": f"{one['share']:.1%}",
        }
        for one in classes
    ]  # fmt: skip
    _folded(t("{n} classes", n=len(rows)), columns, rows)
    scale_asked = "true" if found["is_logarithmic"] else None
    markup(files(visit, found["set"], "histogram", analyte=analyte, of=found["of"],
                 domain=found["domain"], logarithmic=scale_asked))  # fmt: skip


def _folded(words: str, columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> None:
    with ui.element("details"):
        markup(h("{}", words), tag="summary")
        markup(table(columns, rows))


def _variogram(visit: Visit, found: Mapping[str, Any]) -> None:
    t, analyte = visit.t, found["analyte"]
    _choice(visit, found, "variogram")
    if found["domains"]:
        links = (
            (one, visit.here(within=one) + "#variogram", one == found["domain"])
            for one in found["domains"]
        )
        markup(chips(links, t("Domain")))
    rows = found["rows"]
    series = []
    for name, part in groupby(rows, key=lambda row: row["direction"]):
        known = [row for row in part if row["gamma"] is not None]
        points = tuple((row["distance_m"], row["gamma"]) for row in known)
        curve = tuple((at, value) for at, value in found["curves"].get(name, ()))
        series.append(Series(t(DIRECTIONS.get(name, name)), points, curve))
    model = found["model"]
    structures = ", ".join(
        f"{part['kind']} {part['sill']:.3g} ({_ranges(part['ranges_m'])} m)"
        for part in model["structures"]
    )
    says = t(
        "{n} composites of {analyte}: points are pairs, lines the model; dashed the variance.",
        n=f"{found['samples']:,}", analyte=analyte,
    )  # fmt: skip
    markup(h('<p class="hint">{}</p>', says))
    markup(series_chart(series, found["variance"], t("Distance, m"),
                        t("Half the mean squared difference, %²"), says))  # fmt: skip
    is_stated = found["nugget_from"] == "stated"
    markup(
        facts(
            (
                (t("Model"), t("stated in explore.toml") if is_stated else t("fitted")),
                (t("Nugget"), f"{model['nugget']:.3g} %²"),
                (t("Structures: sill, ranges"), structures),
                (t("Variance of composites"), f"{found['variance']:.3g} %²"),
            )
        )
    )
    _lag_form(visit, found)
    if found["findings"]:
        markup(finding_list(found["findings"], visit.t))
    _lag_table(visit, found)


def _lag_form(visit: Visit, found: Mapping[str, Any]) -> None:
    """Ask for another width of lags."""
    t = visit.t
    markup(
        h(
            '<form method="get" action="/explore#variogram" class="row-of">{}<label>{} '
            '<input class="in" name="lag_m" type="number" step="any" min="0.01" value="{}"></label>'
            ' <button class="btn quiet">{}</button></form>',
            joined(
                h('<input type="hidden" name="{}" value="{}">', key, value)
                for key, value in visit.request.query_params.items()
                if key != "lag_m"
            ),
            t("Width of a lag, m"), f"{found['lag_m']:g}", t("Compare"),
        )
    )  # fmt: skip


def _lag_table(visit: Visit, found: Mapping[str, Any]) -> None:
    t, rows, analyte = visit.t, found["rows"], found["analyte"]
    columns = (
        Column("direction", t("Direction")),
        Column("lag", t("Lag, m"), is_number=True),
        Column("pairs", t("Pairs"), is_number=True),
        Column("gamma", t("Variogram, %²"), is_number=True),
        Column("model", t("Model, %²"), is_number=True),
    )
    told = [
        {
            "direction": t(DIRECTIONS.get(row["direction"], row["direction"])),
            "lag": f"{row['from_m']:g}-{row['to_m']:g}", "pairs": f"{row['pairs']:,}",
            "gamma": _short(row["gamma"]), "model": _short(row["model"]),
        }
        for row in rows
        if row["pairs"]
    ]  # fmt: skip
    _folded(t("{n} lags", n=len(told)), columns, told)
    markup(
        files(
            visit,
            found["set"],
            "variogram",
            analyte=analyte,
            lag_m=found["lag_m"],
            domain=found["domain"],
        )
    )


def _ranges(ranges_m: Sequence[float]) -> str:
    """Return three ranges, or the one that they all are.

    >>> _ranges([80, 80, 80]), _ranges([80, 60, 30])
    ('80', '80 × 60 × 30')
    """
    told = [f"{value:,.0f}" for value in ranges_m]
    return told[0] if len(set(told)) == 1 else " × ".join(told)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _ask_validation(visit: Visit, name: str) -> None:
    t, analyte = visit.t, visit.given("analyte")
    with panel(t("Each composite estimated from the others"), identity="validation"):
        words = t("Does the model foretell what a hole finds? Each composite is kriged without it.")
        markup(h('<p class="hint">{}</p>', words))
        options = {one: t(told) for one, told in WITHOUT.items()}
        without = ui.select(options, value="hole", label=t("Estimated"))
        without.props("outlined dense").style("max-width: 20rem")

        async def ask() -> None:
            _wait(visit, said)
            chosen = LeaveOut(without.value)
            found = await asked(visit, said, grade_validation, name, analyte, chosen)
            if found is not None:
                with said:
                    _validation(visit, found)

        with ui.element("div").style("margin: .5em 0"):
            action(t("Estimate them"), ask)
        said = ui.element("div").props("aria-live=polite")


def _wait(visit: Visit, said: ui.element) -> None:
    said.clear()
    with said:
        markup(h('<p class="hint" role="status">{}</p>', visit.t("Computing")))


def _validation(visit: Visit, found: Mapping[str, Any]) -> None:
    t, analyte = visit.t, found["analyte"]
    unit = unit_of(found["units"], analyte)
    (score,) = [one for one in found["scores"] if one["analyte"] == analyte]
    points = found["points"]
    if not points:
        remedy = t("Wider searches, or fewer samples needed, in [search] of explore.toml.")
        markup(empty_state(t("No composite can be estimated from the others"), remedy))
        return
    every = max(1, -(-len(points) // DOTS_MAX))
    marks = [
        Mark(one["estimated_pct"] * unit[1], one["true_pct"] * unit[1], one["sample"])
        for one in points[::every]
    ]
    says = t(
        "{n} composites of {analyte}: correlation {r}, slope of true on estimated {slope}.",
        n=f"{score['estimated']:,}", analyte=analyte, r=_short(score["correlation"]),
        slope=_short(score["slope"]),
    )  # fmt: skip
    markup(h('<p class="hint">{}</p>', says))
    estimated, assayed = t("Estimated"), t("Assayed")
    titles = (f"{estimated}, {unit[0]}", f"{assayed}, {unit[0]}")
    markup(scatter_chart(marks, *titles, says))
    columns = (
        Column("analyte", t("Analyte")),
        Column("count", t("Composites"), is_number=True),
        Column("mean", t("Mean"), is_number=True),
        Column("error", t("Mean error"), is_number=True),
        Column("correlation", t("Correlation"), is_number=True),
        Column("slope", t("Slope"), is_number=True),
        Column("spread", t("Variance of standardised errors"), is_number=True),
    )
    rows = []
    for one in found["scores"]:
        own = unit_of(found["units"], one["analyte"])
        rows.append({
            "analyte": one["analyte"], "count": f"{one['estimated']:,}",
            "mean": grade(one["mean_true"], own, visit),
            "error": grade(one["mean_error"], own, visit),
            "correlation": _short(one["correlation"]), "slope": _short(one["slope"]),
            "spread": _short(one["variance_standardised"]),
        })  # fmt: skip
    markup(table(columns, rows))
    words = t("Right: errors near 0, slope near 1, variance of standardised errors near 1.")
    markup(h('<p class="hint">{}</p>', words))
    markup(files(visit, found["set"], "cross-validation", without=found["without"]))


def _ask_simulation(visit: Visit, name: str) -> None:
    t, analyte = visit.t, visit.given("analyte")
    with panel(t("How sure are tonnes and metal?"), identity="simulation"):
        words = t("Many models that all agree with the composites, and vary as they do.")
        markup(h('<p class="hint">{}</p>', words))
        with ui.element("div").classes("row-of"):
            number = ui.number(t("Models"), value=20, min=1, max=100, precision=0)
            seed = ui.number(t("Seed of the random numbers"), value=1, min=0, precision=0)
        for field in (number, seed):
            field.props("outlined dense").style("max-width: 14rem")

        async def ask() -> None:
            _wait(visit, said)
            models, start = int(number.value or 20), int(seed.value or 0)
            found = await asked(visit, said, grade_simulation, name, analyte, start, models)
            if found is not None:
                with said:
                    _simulation(visit, found)

        with ui.element("div").style("margin: .5em 0"):
            action(t("Simulate"), ask)
        said = ui.element("div").props("aria-live=polite")


def _simulation(visit: Visit, found: Mapping[str, Any]) -> None:
    t, analyte = visit.t, found["analyte"]
    unit = unit_of(found["units"], analyte)
    says = t(
        "{n} models of {blocks} blocks, mean {mean}; P10 is what one model in ten falls below.",
        n=found["realisations"], blocks=f"{found['blocks']:,}",
        mean=grade(found["mean"], unit, visit),
    )  # fmt: skip
    markup(h('<p class="hint">{}</p>', says))
    if found["tonnage"] is None:
        markup(empty_state(t("Tonnes are UNKNOWN"), found["tonnage_lacks"]))
    else:
        intervals = [
            Interval(
                t("from {grade}", grade=grade(row["cutoff_pct"], unit, visit)),
                row["metal_t"]["p50"], row["metal_t"]["p10"], row["metal_t"]["p90"],
                f"{digits(row['metal_t']['p50'])} t",
            )
            for row in found["tonnage"]
        ]  # fmt: skip
        title = t("Metal of {analyte} above cut-offs, t: P10, P50, P90", analyte=analyte)
        markup(h("<h3>{}</h3>", title))
        markup(interval_chart(intervals, 0.0, f"{title}. {says}"))
        columns = (
            Column("cutoff", t("Cut-off"), is_number=True),
            Column("tonnes", t("Dry tonnes: P10, P50, P90"), is_number=True),
            Column("grade", t("Grade: P10, P50, P90"), is_number=True),
            Column("metal", t("Contained, t: P10, P50, P90"), is_number=True),
        )
        rows = [
            {
                "cutoff": grade(row["cutoff_pct"], unit, visit),
                "tonnes": _three(row["tonnes"], 1.0, visit),
                "grade": _three(row["grade_pct"], unit[1], visit),
                "metal": _three(row["metal_t"], 1.0, visit),
            }
            for row in found["tonnage"]
        ]
        markup(table(columns, rows))
    markup(callout(t("Grades alone vary: density, domains and the variogram are taken as known."),
                   "warn"))  # fmt: skip
    if found["findings"]:
        markup(finding_list(found["findings"], visit.t))
    markup(files(visit, found["set"], "simulation", analyte=analyte, seed=found["seed"],
                 realisations=found["realisations"]))  # fmt: skip


def _three(given: Mapping[str, float | None], factor: float, visit: Visit) -> str:
    values = [given[name] for name in ("p10", "p50", "p90")]
    return ", ".join(
        visit.t("UNKNOWN") if value is None else digits(value * factor) for value in values
    )
