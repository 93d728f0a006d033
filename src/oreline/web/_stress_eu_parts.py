"""What the European Union's method and benchmarks say of one mineral, as a block of its page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from oreline.api import stress_eu_mineral
from oreline.web._blocks import Column, h, table
from oreline.web._frame import Visit, later, markup
from oreline.web._stress_parts import bounds_text
from oreline.web._strings import msg

BENCHMARKS = {
    "own share": msg("own share at least {limit}"),
    "one third country": msg("one third country at most {limit}"),
}


def eu_block(visit: Visit, mineral: str) -> None:
    """Show one mineral in every study of the European Commission, and its benchmarks."""
    ask = partial(stress_eu_mineral, mineral=mineral)
    title = visit.t("European Union: ranges and benchmarks")
    later(visit, title, ask, lambda found: _show(visit, found))


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    if not found["studies"]:
        markup(h("<p>{}</p>", t("No study of the European Commission has it.")))
        return
    columns = (
        Column("year", t("Study")),
        Column("stage", t("Stage")),
        Column("risk", t("Supply risk"), is_number=True),
        Column("range", t("Range"), is_number=True),
        Column("importance", t("Importance"), is_number=True),
        Column("critical", t("Critical")),
    )
    rows = [_study(visit, study) for study in found["studies"]]
    markup(table(columns, rows, caption=t("Printed results, and the range that inputs leave")))
    markup(h('<p class="source">{}</p>', found["studies"][0]["source_line"]))
    if found["crma"] is not None:
        _benchmarks(visit, found["crma"])


def _study(visit: Visit, study: Mapping[str, Any]) -> dict[str, object]:
    t = visit.t
    (row,) = study["rows"]
    words = {"yes": t("yes"), "no": t("no"), "UNKNOWN": t("UNKNOWN")}
    return {
        "year": study["study"]["year"],
        "stage": row["bottleneck"] or t("UNKNOWN"),
        "risk": _number(visit, row["printed_risk"]),
        "range": bounds_text(visit, row["risk"], "{:.2f}"),
        "importance": _number(visit, row["printed_importance"]),
        "critical": words[row["critical"]],
    }


def _benchmarks(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("stage", t("Stage")),
        Column("benchmark", t("Benchmark")),
        Column("found", t("Found"), is_number=True),
        Column("verdict", t("Verdict")),
        Column("country", t("Country")),
    )
    rows = [
        {
            "stage": test["stage"],
            "benchmark": t(BENCHMARKS[test["benchmark"]], limit=f"{test['limit']:.0%}"),
            "found": bounds_text(visit, test["share"], "{:.1%}"),
            "verdict": test["verdict"],
            "country": test["country"],
        }
        for row in found["rows"]
        for test in row["tests"]
    ]
    markup(table(columns, rows, caption=t("Benchmarks of the Critical Raw Materials Act")))
    markup(h('<p class="source">{}</p>', found["source_line"]))


def _number(visit: Visit, value: float | None) -> str:
    return visit.t("UNKNOWN") if value is None else f"{value:.1f}"
