"""The part of the page Balance that shows a plant's factors: product for feed, arrived for sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.api import factors_of_site
from oreline.web._blocks import (
    Column,
    callout,
    h,
    input_field,
    question_form,
    select_field,
    table,
    tiles,
)
from oreline.web._calculator_answers import stated
from oreline.web._charts import Interval, interval_chart
from oreline.web._frame import Visit, later, markup
from oreline.web._strings import msg

FACTORS = {
    "F4": (msg("Product for feed (F4)"), msg("the recovery of the plant")),
    "received for shipped": (msg("Received for shipped"), msg("what arrived of what was sent")),
    "payable for received": (msg("Payable for received"), msg("what is paid of what arrived")),
}
SURE = {True: msg("surely not one"), False: msg("may be one"), None: msg("unknown")}


def factors_part(visit: Visit, element: str, sites: Sequence[Mapping[str, Any]], site: str) -> None:
    """Put the factors of a site in a time on the page."""
    t = visit.t
    start, end = _span(visit, next(one for one in sites if one["site"] == site))
    payable = visit.given("payable_t")
    hidden = '<input type="hidden" name="{}" value="{}">'
    fields = (
        h(hidden, "part", "factors"),
        h(hidden, "element", element),
        select_field("site", t("Site"), [(one["site"], one["name"]) for one in sites], site),
        input_field("start", t("From"), start, "date"),
        input_field("end", t("Up to, without that day"), end, "date"),
        input_field("payable_t", t("Metal paid for what arrived, t"), payable, "text", "45.2+-0.3"),
    )
    markup(question_form("/balance", fields, t("Show")))
    words = t("Read from the lots: what the plant fed and made, what left it and has arrived.")
    markup(h('<p class="hint">{}</p>', words))
    title = t("Factors of {element}", element=element)

    def show(found: Mapping[str, Any]) -> None:
        _show(visit, found)

    given = (element, site, start, end, payable or None)
    later(visit, title, factors_of_site, show, *given, identity="factors")


def _span(visit: Visit, site: Mapping[str, Any]) -> tuple[str, str]:
    """Return the time that is asked for, by default all months in which the site has accounts."""
    first, last = site["periods"][0], site["periods"][-1]
    year, month = int(last[:4]), int(last[5:7])
    after = f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"
    return visit.given("start", f"{first}-01"), visit.given("end", after)


def _show(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    known = [one for one in found["factors"] if one["metal"] is not None]
    shown = []
    for one in found["factors"]:
        title, more = FACTORS[one["name"]]
        value = "UNKNOWN" if one["metal"] is None else stated(one["metal"], 100.0, "%")
        shown.append((t(title), value, t(more)))
    trips = t("{n} lots arrived, {m} are under way", n=found["trips"], m=found["under_way"])
    shown.append((t("Sent and received"), _received(found), trips))
    markup(tiles(shown))
    for name, reason in found["reasons"].items():
        markup(callout(f"{t(FACTORS[name][0])}: {reason}", "warn"))
    if known:
        says = t("Each factor with its 95 % interval; at one nothing is lost")
        drawn = [_interval(t(FACTORS[one["name"]][0]), one["metal"]) for one in known]
        markup(h("<h3>{}</h3>", says))
        markup(interval_chart(drawn, 1.0, says))
    markup(_table(visit, found))


def _received(found: Mapping[str, Any]) -> str:
    if found["shipped"] is None or found["received"] is None:
        return "UNKNOWN"
    shipped, received = (float(found[name]["value"]) for name in ("shipped", "received"))
    return f"{shipped:,.3f} → {received:,.3f} t"


def _interval(name: str, metal: Mapping[str, Any]) -> Interval:
    value = float(metal["value"])
    spread = float(metal["expanded"] or 0)
    return Interval(name, value, value - spread, value + spread, stated(metal, 1.0, ""))


def _table(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "factor": t(FACTORS[one["name"]][0]),
            "of": f"{one['later']} / {one['earlier']}",
            "metal": stated(one["metal"], 1.0, ""),
            "sure": t(SURE[one["differs_from_one"]]),
            "basis": t(one["metal"]["basis"]) if one["metal"] else "",
        }
        for one in found["factors"]
    ]
    columns = (
        Column("factor", t("Factor")),
        Column("of", t("Of")),
        Column("metal", t("Value ± U95"), is_number=True),
        Column("sure", t("Surely")),
        Column("basis", t("Basis")),
    )
    return table(columns, rows, caption=t("Factors of metal, ± expanded uncertainty"))
