"""Pictures of a chain under stress and of an importer's dependence, for a brief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from oreline.model import InputError
from oreline.stress._picture import BARS_MAX, BarPicture, RangeBar

POINTS_SHOWN: Final = 20
"""How many points of failure a picture shows."""
MEASURES: Final = {
    "china": ("china_share", "China's share of imports"),
    "covered": ("covered_share", "covered countries' share of imports"),
    "without_largest": ("without_largest", "imports left without their largest source (N-1)"),
}
"""Measures of dependence that have a picture, each with its key and what it is called."""


def points_picture(told: Mapping[str, Any]) -> BarPicture:
    """Return a picture of what hangs on each site, route, port and country.

    Parameters
    ----------
    told
        A chain under stress as plain values.

    Raises
    ------
    InputError
        If the plan uses nothing.
    """
    points = told["points"]["points"][:POINTS_SHOWN]
    if not points:
        raise InputError("the plan uses nothing, so that nothing hangs on anything")
    bars = tuple(
        RangeBar(
            f"{one['kind']} {one['id']}",
            one["cash_part"]["replanned"],
            max(one["cash_part"].values()),
            _span(one["cash_part"]["replanned"], one["cash_part"]["as_planned"]),
        )
        for one in points
    )
    return BarPicture(
        title="What hangs on each part of the chain",
        subtitle="cash before capital lost without it; solid: rest planned anew, pale: as planned",
        bars=bars,
        end=max(1.0, *(one.high or 0.0 for one in bars)),
        form="{:.0%}",
        source_line=_plan_line(told),
    )


def deliveries_picture(told: Mapping[str, Any]) -> BarPicture:
    """Return a picture of the part of each delivery that events cost, all together.

    Raises
    ------
    InputError
        If no event was asked for, or the plan delivers nothing.
    """
    outcome = told["together"] or next(iter(told["alone"]), None)
    if outcome is None or not outcome["deliveries"]:
        raise InputError("no event was asked for, or the plan delivers nothing")
    bars = []
    for one in outcome["deliveries"]:
        ends = [
            max(0.0, one[f"lost_t_{answer}"]) / one["planned_t"]
            for answer in ("replanned", "as_planned")
        ]
        name = f"{one['element']} to {one['country']}"
        bars.append(RangeBar(name, ends[0], max(ends), _span(*ends)))
    return BarPicture(
        title="; ".join(one["words"] for one in outcome["events"]),
        subtitle="part of the plan's deliveries lost; solid: planned anew, pale: as planned",
        bars=tuple(bars[:BARS_MAX]),
        end=1.0,
        form="{:.0%}",
        source_line=_plan_line(told),
    )


def dependence_picture(told: Mapping[str, Any], measure: str = "china") -> BarPicture:
    """Return a picture of a measure of dependence before and after, stage by stage.

    Parameters
    ----------
    told
        An importer's supply security as plain values; its largest budget is shown.
    measure
        One of :data:`MEASURES`.

    Raises
    ------
    InputError
        If there is no such measure, or nobody prints any sources.
    """
    if measure not in MEASURES:
        raise InputError(f"no picture {measure!r}; the pictures are: {', '.join(MEASURES)}")
    key, words = MEASURES[measure]
    last = told["budgets"][-1]
    bars, sources = [], []
    for one in last["stages"]:
        if one["before"] is None or one["after"] is None:
            continue
        sources.append(one["imports"]["source"])
        for when in ("before", "after"):
            low, high = one[when][key]["low"], one[when][key]["high"]
            name = f"{one['mineral']}, {one['stage']}: {when}"
            bars.append(RangeBar(name, low, high, _span(low, high)))
    if not bars:
        raise InputError("nobody prints whom the country imports from")
    return BarPicture(
        title=f"{told['importer']}: {words}, before and after {last['amount_m']:,.0f} million",
        subtitle="solid: sure; pale: up to here, by what nobody prints and whose place is taken",
        bars=tuple(bars[:BARS_MAX]),
        end=1.0,
        form="{:.0%}",
        source_line=f"{', '.join(dict.fromkeys(sources))}; a plan on declared assumptions",
    )


def _span(low: float, high: float) -> str:
    one, other = f"{low:.0%}", f"{high:.0%}"
    return one if one == other else f"{one}–{other}"


def _plan_line(told: Mapping[str, Any]) -> str:
    digest = told["certificate"]["input_sha256"][:16]
    return (
        f"{told['name']}; input {digest}; {told['assumed_numbers']} of {told['numbers']} numbers "
        "assumed"
    )


def actual_points_picture(told: Mapping[str, Any]) -> BarPicture:
    """Return a picture of the largest part of a delivery that hung on each point, as it ran.

    Raises
    ------
    InputError
        If nothing came anywhere.
    """
    points = told["points"]["points"][:POINTS_SHOWN]
    if not points:
        raise InputError("nothing came anywhere, so that nothing hung on anything")
    bars = []
    for one in points:
        most = max(one["deliveries"], key=lambda each: each["part_as_it_ran"]["high"])
        part = most["part_as_it_ran"]
        name = f"{one['kind']} {one['id']}: {most['element']} to {most['country']}"
        bars.append(RangeBar(name, part["low"], part["high"], _span(part["low"], part["high"])))
    return BarPicture(
        title="What hung on each part of the chain",
        subtitle="largest part of any delivery that met it, nothing going another way",
        bars=tuple(bars),
        end=1.0,
        form="{:.0%}",
        source_line=_ledger_line(told),
    )


def actual_deliveries_picture(told: Mapping[str, Any]) -> BarPicture:
    """Return a picture of the part of each delivery that events would have cost, all together.

    Raises
    ------
    InputError
        If no event was asked for, or nothing came anywhere.
    """
    outcome = told["together"] or next(iter(told["alone"]), None)
    if outcome is None or not outcome["deliveries"]:
        raise InputError("no event was asked for, or nothing came anywhere")
    bars = []
    for one in outcome["deliveries"]:
        part = one["lost_part_as_it_ran"]
        name = f"{one['element']} to {one['country']}"
        bars.append(RangeBar(name, part["low"], part["high"], _span(part["low"], part["high"])))
    return BarPicture(
        title="; ".join(one["words"] for one in outcome["events"]),
        subtitle="part of what came that would not have, nothing going another way",
        bars=tuple(bars[:BARS_MAX]),
        end=1.0,
        form="{:.0%}",
        source_line=_ledger_line(told),
    )


def _ledger_line(told: Mapping[str, Any]) -> str:
    period, ledger = told["period"], told["ledger"]
    bases = sorted({one["weakest_basis"] for one in told["deliveries"]})
    return (
        f"{told['name']}; {ledger['tense']} ledger {ledger['id']}, {period['from']} to "
        f"{period['to']}; basis {', '.join(bases)}"
    )
