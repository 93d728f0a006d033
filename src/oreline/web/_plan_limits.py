"""What limits a plan and what a little more of it is worth; where its metal goes in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, Column, h, table
from oreline.web._strings import Translate, msg

LIMITS = {
    "capacity": msg("Capacity"),
    "standing capacity": msg("Capacity of what stands"),
    "tonnage": msg("Tonnage in the ground"),
    "draw a year": msg("What can be drawn in a year"),
    "route": msg("What a route carries in a year"),
    "most sold": msg("The most that a market takes"),
    "least sold": msg("The least that a market must be given"),
    "least or short": msg("The least that a market must be given"),
    "storage": msg("Storage"),
}
"""The limits that may bind, in words."""


def limits_block(plan: Mapping[str, Any], names: Mapping[str, str], t: Translate) -> Markup:
    """Return the binding limits, years drawn together; those of what is not built apart."""
    built = {one["unit"] for one in plan["builds"]}
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in plan["worths"]:
        rows.setdefault((one["limit"], one["of"]), []).append(one)
    listed: list[dict[str, object]] = []
    idle: list[dict[str, object]] = []
    for (limit, of), parts in rows.items():
        is_idle = limit == "capacity" and of not in built
        (idle if is_idle else listed).append(_row(limit, of, parts, names, t))
    columns = (
        Column("limit", t("Limit")),
        Column("of", t("Of what")),
        Column("years", t("Years")),
        Column("worth", t("Worth of a kt more, {money}", money=f"{plan['currency']} m"),
               is_number=True),
    )  # fmt: skip
    found = table(columns, listed, empty=t("No limit binds what is built."))
    if not idle:
        return found
    words = t("Capacity of what is not built; what it would cost is not counted")
    more = table(columns, idle)
    return h("{}<details><summary>{}</summary>{}</details>", found, words, more)


def _row(
    limit: str, of: str, parts: list[Mapping[str, Any]], names: Mapping[str, str], t: Translate
) -> dict[str, object]:
    years = sorted(one["year"] for one in parts if one["year"] is not None)
    worths = sorted(one["worth"] for one in parts)
    told = f"{worths[0]:,.3g}"
    if len(worths) > 1 and worths[-1] != worths[0]:
        told += f" – {worths[-1]:,.3g}"
    span = t("all together")
    if years:
        span = f"{years[0]} – {years[-1]}" if len(years) > 1 else str(years[0])
    return {
        "limit": t(LIMITS.get(limit, limit)),
        "of": names.get(of, of),
        "years": span,
        "worth": told,
    }


def metal_block(plan: Mapping[str, Any], t: Translate) -> Markup:
    """Return where each element comes from and goes, in tonnes of all years."""
    countries = sorted({one["country"] for one in plan["delivered"]})
    rows = []
    for one in plan["elements"]:
        to = {
            part["country"]: part["t"]
            for part in plan["delivered"]
            if part["element"] == one["element"]
        }
        bought = one["bought_t"]
        rows.append(
            {
                "element": one["element"],
                "drawn": _t(one["drawn_t"]),
                "bought": _t(bought) if bought else NOTHING,
                **{country: _t(to.get(country, 0.0)) for country in countries},
                "discarded": _t(one["discarded_t"]),
                "lost": _t(one["lost_t"]),
            }
        )
    has_bought = any(one["bought_t"] for one in plan["elements"])
    columns = [
        Column("element", t("Element")),
        Column("drawn", t("From the ground, t"), is_number=True),
        *([Column("bought", t("Bought, t"), is_number=True)] if has_bought else []),
        *(
            Column(country, t("To {country}, t", country=country), is_number=True)
            for country in countries
        ),
        Column("discarded", t("Discarded, t"), is_number=True),
        Column("lost", t("Lost, t"), is_number=True),
    ]
    return table(columns, rows, caption=t("Metal of all years together"))


def _t(value: float) -> str:
    return f"{abs(value):,.0f}"
