"""Prices beside what reports say: companies by stage, series with their vintage, event studies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from nicegui import ui

from oreline.api import (
    StudyQuestion,
    watch_market,
    watch_series_svg,
    watch_study,
    watch_study_svg,
)
from oreline.model import InputError
from oreline.web._blocks import (
    Column,
    callout,
    facts,
    finding_list,
    h,
    input_field,
    question_form,
    select_field,
    table,
)
from oreline.web._frame import Visit, head, later, markup, page, panel
from oreline.web._stress_pictures import PICTURE_SCRIPT, show_picture
from oreline.web._strings import msg
from oreline.web._watch_parts import watch_tabs

HERE = "/watch/market"
STAGES = {
    "explorer": msg("Explorer"),
    "miner": msg("Miner"),
    "separator": msg("Separator"),
    "metal": msg("Metal maker"),
    "magnet": msg("Magnet maker"),
}
"""What stages of companies are called."""
VERDICTS = {
    "agrees": msg("agrees"),
    "contradicts": msg("contradicts"),
    "unknown": msg("UNKNOWN"),
}
"""What closes say of a claimed move."""
MODELS = {
    "market": msg("market model"),
    "mean": msg("mean-adjusted"),
    "adjusted": msg("market-adjusted"),
}
_TINTS = {"agrees": "measured", "contradicts": "contested", "unknown": "unknown"}


@page(HERE, "Market")
async def market_page(visit: Visit) -> None:
    """Show the companies of the chain by stage, prices, and what they did around claims."""
    t = visit.t
    head(t("Market"), t("Prices beside what reports say, each with the day it was published."))
    ui.add_head_html(PICTURE_SCRIPT)
    markup(watch_tabs(visit))
    known_at = _day(visit, "day")
    found = await visit.answer(watch_market, known_at)
    series = found["series"]
    chosen = visit.given("series") or (series[0]["id"] if series else "")
    fields = [
        select_field("series", t("Series"), [(one["id"], one["name"]) for one in series], chosen),
        input_field("day", t("What was known on"), visit.given("day"), kind="date"),
    ]
    markup(question_form(visit.link(HERE), fields, t("Show")))
    if found["findings"]:
        with panel(t("Price files with problems")):
            markup(finding_list(found["findings"], t))
    if chosen:
        days = () if known_at is None else (known_at,)
        later(
            visit,
            t("Picture"),
            partial(watch_series_svg, name=chosen, known_at=days),
            lambda svg: _picture(visit, svg, chosen),
            identity="series-picture",
        )
    _portfolio(visit, found["portfolio"])
    _checks(visit, found["portfolio"], series)
    _study(visit, series)
    _series(visit, series)


def _day(visit: Visit, name: str) -> date | None:
    given = visit.given(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError(f"{given!r} is no day; write it as 2025-10-04") from None


def _picture(visit: Visit, svg: str, name: str) -> None:
    asked = {"series": name}
    if visit.given("day"):
        asked["day"] = visit.given("day")
    show_picture(
        visit,
        svg,
        visit.link("/api/v1/watch/market/chart.svg", **asked),
        name.replace(":", "-"),
        visit.link("/api/v1/watch/market/history.csv", **asked),
    )


def _percent(value: float | None, visit: Visit) -> str:
    return visit.t("UNKNOWN") if value is None else f"{value:+.1f} %"


def _portfolio(visit: Visit, held: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("name", t("Company")),
        Column("stage", t("Stage")),
        Column("ticker", t("Ticker")),
        Column("close", t("Last close"), is_number=True),
        Column("day", t("Day")),
        Column("change", t("1 day"), is_number=True),
        Column("month", t("21 days"), is_number=True),
        Column("events", t("Events"), is_number=True),
        Column("note", t("Note")),
    )
    shown = [
        one for one in held["holdings"] if not held["is_shipped"] or one["series"] or one["events"]
    ]
    rows = [
        {
            "name": h("<bdi>{}</bdi>", one["name"]),
            "stage": ", ".join(t(STAGES[stage]) for stage in one["stages"]),
            "ticker": one["ticker"] or t("not listed"),
            "close": f"{one['close']} {one['currency']}" if one["close"] else t("UNKNOWN"),
            "day": one["day"] or "",
            "change": _percent(one["change_pct"], visit),
            "month": _percent(one["month_pct"], visit),
            "events": len(one["events"]),
            "note": h('<span lang="en">{}</span>', one["alert"] or one["why_not"]),
        }
        for one in shown
    ]
    with panel(t("Companies by stage"), identity="portfolio"):
        if held["is_shipped"]:
            words = t("The list that comes with oreline: name your own in watch.toml.")
            markup(h('<p class="hint">{}</p>', words))
        markup(table(columns, rows, empty=t("No company here has a price or a claim.")))
        for one in shown:
            if one["alert"]:
                markup(
                    callout(h('<span lang="en">{}: {}</span>', one["name"], one["alert"]), "warn")
                )


def _checks(visit: Visit, held: Mapping[str, Any], series: list[dict[str, Any]]) -> None:
    t = visit.t
    columns = (
        Column("verdict", t("Verdict")),
        Column("says", t("The report says")),
        Column("closes", t("The closes say")),
        Column("implied", t("Close before, by the claim"), is_number=True),
        Column("study", t("Event study")),
    )
    rows = []
    for one in held["checks"]:
        address = visit.link(HERE, claim=one["claim"], index=_index(series)) + "#study"
        link = h('<a href="{}">{}</a>', address, t("Study")) if one["series"] else ""
        rows.append(
            {
                "verdict": h(
                    '<span class="tag tag-{}">{}</span>',
                    _TINTS[one["verdict"]],
                    t(VERDICTS[one["verdict"]]),
                ),
                "says": h('<q lang="en">{}</q>', " ".join(one["sentence"].split())),
                "closes": h('<span lang="en">{}</span>', one["reason"]),
                "implied": f"{one['implied_bound']} {one['implied_before']}"
                if one["implied_before"]
                else "",
                "study": link,
            }
        )
    with panel(t("Claimed moves against closes"), identity="checks"):
        markup(table(columns, rows, empty=t("No report speaks of a move.")))


def _index(series: list[dict[str, Any]]) -> str:
    return next((one["id"] for one in series if one["kind"] == "index"), "")


def _study(visit: Visit, series: list[dict[str, Any]]) -> None:
    t, claim = visit.t, visit.given("claim")
    if not claim:
        return
    index = visit.given("index")
    model = visit.given("model") or ("market" if index else "mean")
    question = StudyQuestion(claim, index, model=model, known_at=_day(visit, "day"))
    with panel(t("Event study"), identity="study"):
        daily = [(one["id"], one["name"]) for one in series if one["kind"] in ("index", "share")]
        fields = [
            input_field("claim", t("Claim or event"), claim),
            select_field("index", t("Compared with"), [("", t("nothing")), *daily], index),
            select_field("model", t("Model"), [(one, t(name)) for one, name in MODELS.items()],
                         model),
        ]  # fmt: skip
        markup(question_form(visit.link(HERE), fields, t("Study")))
    later(
        visit,
        t("What the price did"),
        partial(_studied, question=question),
        lambda found: _show_study(visit, found, question),
        identity="studied",
    )


def _studied(view: Any, question: StudyQuestion) -> tuple[dict[str, Any], str]:
    return watch_study(view, question), watch_study_svg(view, question)


def _show_study(visit: Visit, answer: tuple[dict[str, Any], str], question: StudyQuestion) -> None:
    t, (found, svg) = visit.t, answer
    asked = {"claim": question.claim, "model": question.model}
    if question.index:
        asked["index"] = question.index
    show_picture(
        visit,
        svg,
        visit.link("/api/v1/watch/study/chart.svg", **asked),
        f"study-{question.claim[:12]}",
        visit.link("/api/v1/watch/study.csv", **asked),
    )
    estimation = found["estimation"]
    days = t("{first} to {last}", first=estimation["first"], last=estimation["last"])
    told = t("{n} trading days, {days}", n=estimation["days"], days=days)
    compared = found["index"] or t("nothing")
    markup(
        facts(
            (
                (t("Model"), f"{t(MODELS[found['model']])} ({compared})"),
                (t("Event days"), ", ".join(found["event_days"])),
                (t("Estimated on"), told),
            )
        )
    )
    columns = (
        Column("window", t("Window, trading days")),
        Column("car", t("Abnormal, cumulated"), is_number=True),
        Column("error", t("Standard error"), is_number=True),
        Column("t", "t", is_number=True),
        Column("p", "p", is_number=True),
        Column("ranks", t("p by ranks"), is_number=True),
        Column("signs", t("p by signs"), is_number=True),
        Column("why", t("Why not")),
    )
    rows = [
        {
            "window": f"{_offset(one['before'])} … {_offset(one['after'])}",
            "car": _share(one["car"], visit),
            "error": _share(one["error"], visit),
            "t": _number(one["t"]),
            "p": _number(one["p"]),
            "ranks": _number(one["rank_p"]),
            "signs": _number(one["sign_p"]),
            "why": h('<span lang="en">{}</span>', one["why_not"]),
        }
        for one in found["windows"]
    ]
    markup(table(columns, rows))
    for one in found["overlaps"]:
        words = t("Another event about it: {title}, {days}", title=one["title"],
                  days=one["first"] if one["first"] == one["last"]
                  else t("{first} to {last}", first=one["first"], last=one["last"]))  # fmt: skip
        markup(callout(words, "warn"))
    for note in found["notes"]:
        markup(h('<p class="hint" lang="en">{}</p>', note))


def _offset(days: int) -> str:
    return f"{days:+d}" if days else "0"


def _share(value: float | None, visit: Visit) -> str:
    return visit.t("UNKNOWN") if value is None else f"{value:+.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2g}"


def _series(visit: Visit, series: list[dict[str, Any]]) -> None:
    t = visit.t
    columns = (
        Column("name", t("Series")),
        Column("last", t("Last"), is_number=True),
        Column("unit", t("Unit")),
        Column("day", t("Day")),
        Column("published", t("Published")),
        Column("revised", t("Revised values"), is_number=True),
        Column("basis", t("Basis")),
        Column("source", t("Source")),
    )
    rows = [
        {
            "name": h('<a href="{}"><bdi lang="en">{}</bdi></a>', visit.here(series=one["id"]),
                      one["name"]),
            "last": f"{one['last_close']} {one['last_flag']}".strip()
            if one["last_close"] else t("UNKNOWN"),
            "unit": one["unit"],
            "day": one["last"] or "",
            "published": one["last_published"] or "",
            "revised": one["revisions"],
            "basis": one["basis"],
            "source": h('<span lang="en">{}</span>', one["source"]),
        }
        for one in series
    ]  # fmt: skip
    with ui.element("details").classes("panel").props("id=series"):
        markup(h("{}", t("All series")), tag="summary")
        words = t("E: estimated. A value that was revised is kept with each publication.")
        markup(h('<p class="hint">{}</p>', words))
        markup(table(columns, rows, empty=t("No price is given.")))
