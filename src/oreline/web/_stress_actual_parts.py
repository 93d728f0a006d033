"""A chain under stress by its ledger, on the page Stress: what came, what would not have, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import (
    Column,
    basis_tag,
    callout,
    facts,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._frame import Visit
from oreline.web._stress_chain_parts import KINDS, event_words
from oreline.web._stress_ledger_parts import TENSES
from oreline.web._stress_parts import bounds_text
from oreline.web._stress_security_parts import stage_name
from oreline.web._strings import msg

COUNTED = {
    "from abroad": msg("came from abroad"),
    "to another party": msg("another party received it"),
    "to another site": msg("another site received it"),
    "won": msg("won there, and sent nowhere"),
}
"""Why an arrival counts as a delivery."""


def actual_basis_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what the answer rests on: a ledger, its months, what came, and what it lacks."""
    t = visit.t
    period = found["period"]
    months = t("{first} to {last}, {n} months", first=period["from"], last=period["to"],
               n=period["months"])  # fmt: skip
    tense = t(TENSES[found["ledger"]["tense"]])
    pairs = [
        (t("Rests on"), t("flows of the ledger, no plan: {tense}", tense=tense)),
        (t("Covers"), months),
    ]
    if found["lots_under_way"]:
        pairs.append((t("Dispatched and not received"), str(found["lots_under_way"])))
    words = t("As it ran: nothing goes another way or at another time. Whether anything could have "
              "is in no ledger, so that the least that is lost is UNKNOWN.")  # fmt: skip
    return joined(
        (facts(pairs), callout(words), finding_list(found["findings"], t), _came(visit, found))
    )


def _came(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    columns = (
        Column("what", t("Element and country")),
        Column("why", t("Counted because")),
        Column("came", t("Came, t"), is_number=True),
        Column("arrivals", t("Arrivals"), is_number=True),
        Column("basis", t("Weakest basis")),
    )
    rows = [
        {
            "what": h('{} → {} <span class="source">{}</span>', one["element"], one["country"],
                      ", ".join(one["materials"])),
            "why": t(COUNTED[one["counted"]]),
            "came": amount_text(visit, one["came_t"]),
            "arrivals": f"{one['arrivals']:,}",
            "basis": basis_tag(one["weakest_basis"], t),
        }
        for one in found["deliveries"]
    ]  # fmt: skip
    return table(columns, rows, caption=t("What came"), empty=t("Nothing came anywhere."))


def actual_outcome_block(visit: Visit, found: Mapping[str, Any], one: Mapping[str, Any]) -> Markup:
    """Return what an event would have kept from coming, in tonnes and money, month by month."""
    t = visit.t
    columns = (
        Column("what", t("What")),
        Column("came", t("As it ran"), is_number=True),
        Column("lost", t("Would not have come"), is_number=True),
        Column("part", t("Part"), is_number=True),
        Column("empty", t("Months with nothing"), is_number=True),
    )
    rows: list[dict[str, object]] = [
        {
            "what": f"{each['element']} → {each['country']}, t",
            "came": amount_text(visit, each["came_t"]),
            "lost": amount_text(visit, each["lost_t_as_it_ran"]),
            "part": bounds_text(visit, each["lost_part_as_it_ran"], "{:.0%}"),
            "empty": str(each["months_with_nothing"]),
        }
        for each in one["deliveries"]
        if each["lost_part_as_it_ran"]["high"]
    ]
    events = "; ".join(event_words(visit, event) for event in one["events"])
    empty = t("Nothing that came met it.")
    return joined(
        (
            h("<h3>{}</h3>", events),
            table(columns, rows, empty=empty),
            _cash(visit, found, one),
            _months(visit, one),
        )
    )


def _cash(visit: Visit, found: Mapping[str, Any], one: Mapping[str, Any]) -> Markup:
    t = visit.t
    if not found["cash"]["is_known"]:
        words = t("Cash at risk is UNKNOWN: no shipment has a contract and prices by which it "
                  "could be settled.")  # fmt: skip
        return callout(words, "warn")
    columns = (
        Column("what", t("Shipments under contract")),
        Column("value", t("Worth"), is_number=True),
        Column("lost", t("With what would not have come"), is_number=True),
        Column("prices", t("By changed prices of the rest"), is_number=True),
        Column("unknown", t("Shipments of UNKNOWN value"), is_number=True),
    )
    rows = [
        {
            "what": each["currency"],
            "value": f"{each['value']:,.0f}",
            "lost": bounds_text(visit, each["lost_with_deliveries"]),
            "prices": bounds_text(visit, each["lost_to_prices"]),
            "unknown": str(len(each["shipments_of_unknown_value"])),
        }
        for each in one["cash"]
    ]
    return table(columns, rows, caption=t("Cash at risk"))


def _months(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t = visit.t
    columns = (
        Column("month", t("Month")),
        Column("what", t("What")),
        Column("came", t("As it ran"), is_number=True),
        Column("lost", t("Would not have come"), is_number=True),
    )
    rows = [
        {
            "month": row["month"],
            "what": f"{row['element']} → {row['country']}, t",
            "came": amount_text(visit, {"low": row["came_t_low"], "high": row["came_t_high"]}),
            "lost": amount_text(visit, {"low": row["lost_t_low"], "high": row["lost_t_high"]}),
        }
        for row in sorted(one["by_month"], key=lambda row: (row["month"], row["element"]))
        if row["lost_t_high"] is None or row["lost_t_high"] > 0
    ]
    body = table(columns, rows, empty=t("No month differs."))
    return h("<details><summary>{}</summary>{}</details>", t("Month by month"), body)


def actual_points_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the table of what hung on each part of the chain, the single points first."""
    t = visit.t
    columns = (
        Column("kind", t("What")),
        Column("id", t("Which")),
        Column("single", t("Single")),
        Column("most", t("Most of a delivery"), is_number=True),
        Column("others", t("Others seen at the same work")),
    )
    rows = []
    for one in found["points"]["points"]:
        most = max(one["deliveries"], key=lambda each: each["part_as_it_ran"]["high"])
        rows.append(
            {
                "kind": t(KINDS[one["kind"]]),
                "id": h('{} <span class="source">{}</span>', one["id"], one["name"]),
                "single": t("single") if one["single"] else "",
                "most": f"{bounds_text(visit, most['part_as_it_ran'], '{:.0%}')} "
                f"({most['element']} → {most['country']})",
                "others": ", ".join(one["others"]) or t("none"),
            }
        )
    words = t(
        "Part of each delivery that met it, at any time. Single: 99 % or more of a delivery, and "
        "nothing else was seen to do the same work with the same materials. How much room others "
        "have, a ledger does not tell."
    )
    return joined(
        (
            h('<p class="hint">{}</p>', words),
            table(columns, rows, empty=t("Nothing came anywhere.")),
            _every_part(visit, found["points"]["points"]),
        )
    )


def _every_part(visit: Visit, points: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the part of every delivery that met each point, folded away."""
    t = visit.t
    first = points[0]["deliveries"] if points else []
    pairs = [(one["element"], one["country"]) for one in first]
    columns = (
        Column("id", t("Which")),
        *(Column(f"{one}-{to}", f"{one} → {to}", is_number=True) for one, to in pairs),
    )
    rows = [
        {
            "id": one["id"],
            **{
                f"{each['element']}-{each['country']}": bounds_text(
                    visit, each["part_as_it_ran"], "{:.0%}"
                )
                for each in one["deliveries"]
            },
        }
        for one in points
    ]
    body = table(columns, rows, empty=t("Nothing came anywhere."))
    return h("<details><summary>{}</summary>{}</details>", t("Part of every delivery"), body)


def actual_dependence_block(visit: Visit, one: Mapping[str, Any]) -> Markup:
    """Return on whom a country depends: as printed, with the chain, with it in the event."""
    t = visit.t
    columns = (
        Column("stage", t("Stage")),
        Column("counted", t("Counted, t a year"), is_number=True),
        Column("china", t("China's share"), is_number=True),
        Column("covered", t("Covered countries"), is_number=True),
        Column("hhi", t("HHI"), is_number=True),
        Column("largest", t("Left without the largest"), is_number=True),
    )
    rows = []
    for stage in one["stages"]:
        if not stage["counted_t"]["high"]:
            continue
        imports = stage["imports"]
        source = t("UNKNOWN whom it imports from") if imports is None else (
            f"{imports['product']}, {imports['years']}, {imports['source']}"
        )  # fmt: skip
        row: dict[str, object] = {
            "stage": h('{} <span class="source">{}</span>', stage_name(visit, stage), source),
            "counted": bounds_text(visit, stage["counted_t"], "{:,.1f}"),
        }
        for key, name, form in (
            ("china", "china_share", "{:.1%}"), ("covered", "covered_share", "{:.1%}"),
            ("hhi", "hhi", "{:,.0f}"), ("largest", "without_largest", "{:.1%}"),
        ):  # fmt: skip
            whens = [stage["printed"], stage["with_chain"]]
            if stage["in_event"] is not None:
                whens.append(stage["with_chain_in_event"])
            told = [bounds_text(visit, when and when[name], form) for when in whens]
            row[key] = " → ".join(told)
        rows.append(row)
    heads = t("As printed → with the chain → with it in the event; what the chain delivered, as a "
              "rate for a year, stands in place of others. What is printed may hold it "
              "already.")  # fmt: skip
    note = t("Net import reliance does not fall when imports change their origin: it is the same "
             "before and after.")  # fmt: skip
    stopped = [
        callout(
            t("Here the chain stops helping: {stage}. Nothing is sure to find room.",
              stage=stage_name(visit, stage)), "bad",
        )
        for stage in one["stages"] if stage["stops_here"]
    ][:1]  # fmt: skip
    return joined(
        (
            h("<h3>{}</h3>", t("Whom {country} depends on", country=one["importer"])),
            *stopped,
            h('<p class="hint">{}</p>', heads),
            table(columns, rows, empty=t("Nothing that came counts at a stage.")),
            callout(note),
        )
    )


def amount_text(visit: Visit, bounds: Mapping[str, Any]) -> str:
    """Return tonnes between bounds with as many places as they need for three figures."""
    most = bounds["low"] if bounds["high"] is None else bounds["high"]
    places = next((at for at, least in ((0, 1000.0), (1, 10.0), (2, 1.0)) if most >= least), 4)
    return bounds_text(visit, bounds, f"{{:,.{places}f}}" if most else "{:,.0f}")
