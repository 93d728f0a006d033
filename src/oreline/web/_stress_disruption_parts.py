"""Parts of the page of disruptions: which way a product goes, and several minerals together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oreline.web._blocks import Column, callout, h, table
from oreline.web._frame import Visit, markup


def number_of(value: float) -> str:
    """Return a number as people read it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def show_touched(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show which part of the product China touches at some stage, and what that rests on."""
    t = visit.t
    markup(h("<h3>{}</h3>", t("Touched by China at some stage")))
    free = f"{found['independent']:.1%}"
    if found["given"] is None:
        told = t(
            "{free} if stages are independent. No routes between stages are given, so where ore "
            "goes is not in this number.", free=free,
        )  # fmt: skip
        markup(callout(told, "warn"))
        return
    given, low, high = (f"{found[key]:.1%}" for key in ("given", "low", "high"))
    told = t(
        "{given} by the routes given, {low} at least and {high} at most; {free} if stages were "
        "independent.", given=given, low=low, high=high, free=free,
    )  # fmt: skip
    markup(h("<p>{}</p>", told))
    columns = (
        Column("from", t("From")),
        Column("to", t("To")),
        Column("told", t("Way told"), is_number=True),
        Column("sent", t("Goes to China"), is_number=True),
        Column("stated", t("China's share there"), is_number=True),
    )
    rows = [
        {
            "from": one["stage"], "to": one["next"], "told": f"{one['told']:.0%}",
            "sent": f"{one['low']:.0%} – {one['high']:.0%}", "stated": f"{one['stated']:.0%}",
        }
        for one in found["steps"]
    ]  # fmt: skip
    markup(table(columns, rows, caption=t("Routes between stages")))
    for note in found["notes"]:
        markup(h('<p class="hint" lang="en">{}</p>', note))


def show_together(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show what several minerals do together."""
    t = visit.t
    markup(h("<h3>{}</h3>", t("Together")))
    if found["sum_qp_musd"] is not None:
        risk = found["sum_qp_musd"]
        told = t(
            "Losses added up scenario by scenario, QP: expected {mean}, CVaR 95 {cvar} million USD "
            "a year.", mean=number_of(risk["mean"]), cvar=number_of(risk["cvar95"]),
        )  # fmt: skip
        markup(h("<p>{}</p>", told))
    if found["shared_events"]:
        _shared(visit, found)
    _at_once(visit, found["at_once"])
    columns = (
        Column("pair", t("Short by over 10 % in one year")),
        Column("together", t("Both"), is_number=True),
        Column("apart", t("If one did not know of the other"), is_number=True),
    )
    rows = [
        {"pair": f"{one['first']}, {one['second']}", "together": f"{one['together']:.2%}",
         "apart": f"{one['apart']:.2%}"}
        for one in found["short_together"]
    ]  # fmt: skip
    markup(table(columns, rows))
    for note in found["notes"]:
        markup(h('<p class="hint" lang="en">{}</p>', note))


def _shared(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("event", t("Shared event")),
        Column("mineral", t("Mineral")),
        Column("chance", t("Happens"), is_number=True),
        Column("price", t("Mean price with it, without"), is_number=True),
        Column("short", t("Mean shortfall with it, without"), is_number=True),
    )
    rows = [
        {
            "event": one["event"], "mineral": one["mineral"], "chance": f"{one['probability']:.1%}",
            "price": f"{number_of(one['price_with'])}, {number_of(one['price_without'])}",
            "short": f"{one['shortfall_with']:.1%}, {one['shortfall_without']:.1%}",
        }
        for one in found["shared_events"]
    ]  # fmt: skip
    markup(table(columns, rows, caption=t("One draw decides for host and by-products")))


def _at_once(visit: Visit, found: Mapping[str, Any] | None) -> None:
    t = visit.t
    if found is None:
        return
    lines = [
        *found["alone_musd"].items(),
        (t("Their sum"), found["sum_musd"]),
        (t("At once, in the same products"), found["at_once_same_products_musd"]),
        (t("At once, in other products"), found["at_once_other_products_musd"]),
    ]
    columns = (
        Column("what", t("Largest supplier gone for a year")),
        Column("given", t("Million USD"), is_number=True),
        Column("low", t("10 %"), is_number=True),
        Column("middle", t("Median"), is_number=True),
        Column("high", t("90 %"), is_number=True),
    )
    rows = [
        {"what": name, **{key: number_of(one[key]) for key in ("given", "low", "middle", "high")}}
        for name, one in lines
    ]
    markup(table(columns, rows, caption=t("All kept back at once: loss of US product, QP")))
