"""The phases on a time line, as a part of the page Fund: money, gate, next tranche."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, h, joined
from oreline.web._frame import Visit


def phase_line(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the phases in their order, each with its days, money, gate and next tranche."""
    tranches = {
        (one["instrument"], tranche["tranche"]): tranche
        for one in found["instruments"]
        for tranche in one["tranches"]
    }
    if not found["phases"]:
        return NOTHING
    steps = joined(h("<li>{}</li>", _step(visit, one, tranches)) for one in found["phases"])
    title = visit.t("Phases on a time line")
    return h('<h3>{}</h3><ol class="timeline" aria-label="{}">{}</ol>', title, title, steps)


def _step(
    visit: Visit, one: Mapping[str, Any], tranches: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Markup:
    t, gate = visit.t, one["gate"]
    when = t("days not known")
    if one["start"] or one["end"]:
        when = f"{one['start'] or '?'} – {one['end'] or '?'}"
    money = joined(
        h(
            '<p><span class="source">{}</span> {}: <span class="amount">{} {}</span></p>',
            part["instrument"],
            t("promised, released, spent"),
            " / ".join(f"{Decimal(part[name]):,f}" for name in ("promised", "released", "spent")),
            part["currency"],
        )
        for part in one["money"]
    )
    waiting = [
        tranches[part["instrument"], name]
        for part in one["money"]
        for name in part["tranches"]
        if not tranches[part["instrument"], name]["release"]
    ]
    return h(
        '<span class="when">{}</span> <strong>{}</strong>{}'
        '<p><span class="verdict {}">{}</span>{} <span class="hint">{}</span></p>{}',
        when,
        one["name"],
        money,
        gate["verdict"].lower(),
        t(gate["verdict"]),
        t("permits"),
        "; ".join(gate["reasons"]),
        joined(_next(visit, tranche) for tranche in waiting[:1]),
    )


def _next(visit: Visit, tranche: Mapping[str, Any]) -> Markup:
    t = visit.t
    conditions = joined(
        h(
            '<li><span class="verdict {}">{}</span>{}</li>',
            item["verdict"].lower(),
            t(item["verdict"]),
            item["title"],
        )
        for item in tranche["conditions"]
    )
    return h(
        '<p>{}: {}</p><ul class="conditions">{}</ul>',
        t("Next tranche"),
        tranche["title"],
        conditions,
    )
