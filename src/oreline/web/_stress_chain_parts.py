"""The own chain on the page Stress: what hangs on what, and an event before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import Column, callout, facts, finding_list, h, joined, table
from oreline.web._frame import Visit
from oreline.web._plan_board import short_money
from oreline.web._strings import Translate, msg

KINDS = {
    "site": msg("site"),
    "port": msg("port"),
    "route": msg("route"),
    "country": msg("country"),
}
"""What a part of a chain is."""
EVENTS = {
    "site": msg("Outage of {name}"),
    "port": msg("Port {name} closed"),
    "route": msg("Route {name} closed"),
    "ban": msg("{name} bans exports"),
    "price": msg("Price of {name} changes"),
}
"""What may happen, by its kind."""


def event_words(visit: Visit, event: Mapping[str, Any]) -> str:
    """Return what happens, when and how long, in the language of the page."""
    t = visit.t
    told = t(EVENTS[event["kind"]], name=event["of"])
    if event["elements"]:
        told += f" ({', '.join(event['elements'])})"
    if event["factor"] is not None:
        told += f" × {event['factor']:g}"
    elif event["severity"] not in (None, 1):
        told += f" {event['severity']:.0%}"
    return t("{what}, {n} months from {start}", what=told, n=f"{event['months']:g}",
             start=event["start"])  # fmt: skip


def points_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return the table of what hangs on each part of the chain, the largest first."""
    t = visit.t
    listed = found["points"]["points"]
    pairs = [(one["element"], one["country"]) for one in listed[0]["deliveries"]] if listed else []
    columns = (
        Column("kind", t("What")),
        Column("id", t("Which")),
        Column("cash", t("Cash before capital"), is_number=True),
        Column("lost", t("Lost, {money}", money=f"{found['currency']} m"), is_number=True),
        *(Column(f"{one}-{to}", f"{one} → {to}", is_number=True) for one, to in pairs),
    )
    rows = []
    for one in listed:
        row: dict[str, object] = {
            "kind": t(KINDS[one["kind"]]),
            "id": h('{} <span class="source">{}</span>', one["id"], one["name"]),
            "cash": parts_text(one["cash_part"]["replanned"], one["cash_part"]["as_planned"]),
            "lost": span_text(one["lost_m"]["replanned"], one["lost_m"]["as_planned"]),
        }
        for each in one["deliveries"]:
            key = f"{each['element']}-{each['country']}"
            row[key] = parts_text(each["part_replanned"], each["part_as_planned"])
        rows.append(row)
    words = t(
        "Taken out in all years, builds held. The first figure: the rest is planned anew; the "
        "second: nothing else changes."
    )
    return joined(
        (
            h('<p class="hint">{}</p>', words),
            table(columns, rows, empty=t("The plan uses nothing.")),
        )
    )


def outcome_block(visit: Visit, found: Mapping[str, Any], one: Mapping[str, Any]) -> Markup:
    """Return what an event does: value, each delivery before and after, and the years it moves."""
    t = visit.t
    money = f"{found['currency']} m"
    rows: list[dict[str, object]] = [
        {
            "what": t("Net present value, {money}", money=money),
            "planned": short_money(one["npv_m"]["planned"]),
            "lost": span_text(one["lost_m_replanned"], one["lost_m_as_planned"]),
            "recovers": "",
        }
    ]
    rows += [
        {
            "what": f"{each['element']} → {each['country']}, t",
            "planned": f"{each['planned_t']:,.0f}",
            "lost": span_text(each["lost_t_replanned"], each["lost_t_as_planned"], "{:,.0f}"),
            "recovers": _recovers(each, t),
        }
        for each in one["deliveries"]
    ]
    columns = (
        Column("what", t("What")),
        Column("planned", t("Planned"), is_number=True),
        Column("lost", t("Lost: planned anew, as planned"), is_number=True),
        Column("recovers", t("Recovers")),
    )
    events = "; ".join(event_words(visit, event) for event in one["events"])
    blocks = [h("<h3>{}</h3>", events), table(columns, rows), _years(one["by_year"], t)]
    if one["required_deliveries_let_go"]:
        blocks.insert(1, callout(t("A delivery that a market must have cannot be kept."), "warn"))
    return joined(blocks)


def _recovers(each: Mapping[str, Any], t: Translate) -> str:
    rate, caught = each["months_until_at_rate"], each["months_until_caught_up"]
    if rate == 0 and caught == 0:
        return t("never short")
    told = [
        t("at its rate after {n} months", n=f"{rate:g}") if rate is not None
        else t("not at its rate again within the plan"),
        t("caught up after {n} months", n=f"{caught:g}") if caught is not None
        else t("not caught up within the plan"),
    ]  # fmt: skip
    return ", ".join(told)


def _years(rows: Sequence[Mapping[str, Any]], t: Translate) -> Markup:
    """Return the years in which anything differs, before and after."""
    moved = [
        row for row in rows
        if max(abs(row["planned"] - row[key]) for key in ("replanned", "as_planned")) > 5e-3
    ]  # fmt: skip
    columns = (
        Column("year", t("Year")),
        Column("figure", t("What")),
        Column("planned", t("Planned"), is_number=True),
        Column("replanned", t("Planned anew"), is_number=True),
        Column("as_planned", t("As planned"), is_number=True),
    )
    told = [
        {
            "year": row["year"],
            "figure": f"{t('Net cash') if row['unit'] != 't' else row['figure']}, {row['unit']}",
            **{
                key: f"{row[key]:,.1f}" if row["unit"] != "t" else f"{row[key]:,.0f}"
                for key in ("planned", "replanned", "as_planned")
            },
        }
        for row in sorted(moved, key=lambda row: (row["year"], row["figure"]))
    ]
    body = table(columns, told, empty=t("No year differs."))
    return h("<details><summary>{}</summary>{}</details>", t("Year by year"), body)


def weighed_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what events cost by their probabilities."""
    t = visit.t
    weighed = found["by_probability"]
    money = f"{found['currency']} m"

    def row(what: str, lost: Mapping[str, Any], form: str) -> dict[str, object]:
        two = (lost["replanned"], lost["as_planned"])
        return {
            "what": what,
            "expected": span_text(two[0]["expected"], two[1]["expected"], form),
            "worst": span_text(two[0]["worst"], two[1]["worst"], form),
        }

    rows = [row(t("Net present value, {money}", money=money), weighed["lost_m"], "{:,.1f}")]
    for each in weighed["deliveries"]:
        lost = {"replanned": each["lost_t_replanned"], "as_planned": each["lost_t_as_planned"]}
        rows.append(row(f"{each['element']} → {each['country']}, t", lost, "{:,.0f}"))
    columns = (
        Column("what", t("What")),
        Column("expected", t("Expected loss"), is_number=True),
        Column("worst", t("Mean of the worst cases"), is_number=True),
    )
    words = t("Events happen once or not at all, each apart from the others; worst cases are the "
              "last {part} of the probability.", part=f"{1 - weighed['alpha']:.0%}")  # fmt: skip
    return joined((h('<p class="hint">{}</p>', words), table(columns, rows)))


def basis_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what the answer rests on: the plan's value, its assumptions, its findings."""
    t = visit.t
    money = f"{found['currency']} m"
    undelivered = ", ".join(found["undelivered"])
    pairs = [
        (t("Planned in years"), f"{short_money(found['npv_m']['annual'])} {money}"),
        (t("In quarters, builds held"), f"{short_money(found['npv_m']['quarterly'])} {money}"),
    ]
    if undelivered:
        pairs.append((t("The plan delivers none of"), undelivered))
    words = t("{n} of {all} numbers of the plan are assumed; no figure here is more certain than "
              "they are.", n=found["assumed_numbers"], all=found["numbers"])  # fmt: skip
    return joined((facts(pairs), callout(words, "warn"), finding_list(found["findings"], t)))


def parts_text(low: float, high: float) -> str:
    """Return a part of one between two answers, as people read it.

    >>> parts_text(0.34, 0.89), parts_text(1.0, 1.0)
    ('34 % – 89 %', '100 %')
    """
    one, other = f"{100 * low:.0f} %", f"{100 * high:.0f} %"
    return one if one == other else f"{one} – {other}"


def span_text(low: float, high: float, form: str = "{:,.1f}") -> str:
    """Return an amount between two answers, as people read it.

    >>> span_text(2.18, 5.56), span_text(-0.0001, 0.0)
    ('2.2 – 5.6', '0.0')
    """
    one, other = (form.format(each if abs(each) >= 5e-2 else 0.0) for each in (low, high))
    return one if one == other else f"{one} – {other}"
