"""The blocks that say how sure a statement is: what makes it uncertain, and the umpire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.settle import money_text
from oreline.web._blocks import NOTHING, Column, callout, h, joined, table
from oreline.web._frame import Visit

SHOWN_MAX = 12
"""How many contributions are listed; the rest are summed up."""


def risk_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the interval with what makes it wide, and the chance of an umpire for each assay."""
    return joined((_spread(visit, found["spread"]), _umpire(visit, found["umpire"])))


def _spread(visit: Visit, spread: Mapping[str, Any]) -> Markup:
    t, currency = visit.t, spread["currency"]
    if spread["u"] is None:
        names = ", ".join(spread["unstated"][:6])
        words = t("UNKNOWN: no uncertainty is stated of {names}.", names=names)
        said = callout(words, "warn")
    else:
        ends = {end: money_text(Decimal(spread[end]), currency) for end in ("low", "high")}
        said = h(
            "<p>{}</p>", t("With 95 % probability the value lies from {low} to {high}.", **ends)
        )
    bent = NOTHING
    if spread["is_bent"]:
        words = t(
            "The terms bend within the uncertainty (a threshold, a tier, a deduction lies near): "
            "ask for trials with 'oreline settle risk --trials'."
        )
        bent = callout(words, "warn")
    return joined((said, bent, _contributions(visit, spread)))


def _contributions(visit: Visit, spread: Mapping[str, Any]) -> Markup:
    t, currency = visit.t, spread["currency"]
    parts = [one for one in spread["contributions"] if one["u_money"] is not None]
    parts.sort(key=lambda one: -float(one["u_money"]))
    whole = sum(float(one["u_money"]) ** 2 for one in parts) or 1.0
    rows = [
        {
            "name": one["name"],
            "u": h('<span class="amount">{} ± {} {}</span>', *_short(one), one["unit"]),
            "money": money_text(Decimal(one["u_money"]), currency),
            "share": _share_bar(float(one["u_money"]) ** 2 / whole),
        }
        for one in parts[:SHOWN_MAX]
    ]
    columns = (
        Column("name", t("Number")),
        Column("u", t("Value ± standard uncertainty"), is_number=True),
        Column("money", t("Brings, in money"), is_number=True),
        Column("share", t("Of the variance")),
    )
    caption = t("What makes the value uncertain")
    rest = NOTHING
    if len(parts) > SHOWN_MAX:
        count = len(parts) - SHOWN_MAX
        rest = h('<p class="hint">{}</p>', t("and {count} smaller ones", count=count))
    return joined((table(columns, rows, caption=caption), rest)) if rows else NOTHING


def _short(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return a value and its uncertainty with two digits of the uncertainty, as people write it.

    >>> _short({"value": "8.8966149431", "u": "0.02829"})
    ('8.897', '0.028')
    """
    u = Decimal(one["u"])
    places = max(0, 1 - u.adjusted()) if u else 4
    return f"{Decimal(one['value']):.{places}f}", f"{u:.{places}f}"


def _share_bar(share: float) -> Markup:
    return h(
        '<span class="bar" role="img" aria-label="{:.0f} %"><i style="width:{:.1f}%"></i></span>',
        100 * share,
        100 * share,
    )


def _umpire(visit: Visit, risks: Sequence[Mapping[str, Any]]) -> Markup:
    t = visit.t
    if not risks:
        return NOTHING
    rows = [
        {
            "lot": one["lot"],
            "analyte": one["analyte"],
            "limit": "UNKNOWN" if one["limit_pct"] is None else f"{one['limit_pct']} %",
            "chance": "UNKNOWN"
            if one["probability"] is None
            else f"{100 * float(one['probability']):.1f} %",
            "swing": "UNKNOWN" if one["swing"] is None else f"{Decimal(one['swing']):,.0f}",
            "why": one["why"],
        }
        for one in risks
    ]
    columns = (
        Column("lot", t("Lot")),
        Column("analyte", t("Analyte")),
        Column("limit", t("Splitting limit"), is_number=True),
        Column("chance", t("Goes to the umpire"), is_number=True),
        Column("swing", t("Then moves the value by"), is_number=True),
        Column("why", t("Note")),
    )
    return table(columns, rows, caption=t("How likely the umpire is called"))
