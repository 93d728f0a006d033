"""The phase board: a column for each phase, a card for each unit, money used and left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, basis_mark, h, joined
from oreline.web._strings import Translate


def money(value: float, currency: str) -> Markup:
    """Return millions of a currency."""
    return h('<span class="amount">{} {} m</span>', short_money(value), currency)


def short_money(value: float) -> str:
    """Return millions as people read them.

    >>> short_money(1895.12), short_money(6.0), short_money(-0.04)
    ('1,895', '6.0', '0.0')
    """
    told = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"
    return "0.0" if told == "-0.0" else told


def board_block(board: Mapping[str, Any], currency: str, t: Translate) -> Markup:
    """Return the budgets of several phases, then the phases side by side."""
    shared = [one for one in board["budgets"] if len(one["phases"]) > 1]
    above = joined(h("<div>{}</div>", _budget(one, currency, t)) for one in shared)
    columns = joined(_phase(one, board["names"], currency, t) for one in board["phases"])
    return h(
        '<div class="plan-budgets">{}</div><div class="board" tabindex="0" role="region" '
        'aria-label="{}">{}</div>',
        above,
        t("Phases"),
        columns,
    )


def _budget(one: Mapping[str, Any], currency: str, t: Translate) -> Markup:
    """Return a budget as a bar: used, and left."""
    part = one["used_m"] / one["amount_m"] if one["amount_m"] else 0.0
    words = t(
        "{used} of {amount} used, {left} left",
        used=short_money(one["used_m"]),
        amount=short_money(one["amount_m"]),
        left=short_money(one["left_m"]),
    )
    return h(
        '<p class="budget"><b>{}</b> <span class="amount">{}, {} m</span>{}</p>'
        '<span class="bar" role="img" aria-label="{}"><i style="width:{:.1f}%"></i></span>',
        one["name"],
        words,
        currency,
        basis_mark(one["basis"], t),
        words,
        min(100.0, 100 * part),
    )


def _phase(one: Mapping[str, Any], names: Mapping[str, str], currency: str, t: Translate) -> Markup:
    years = NOTHING
    first, last = one["first_year"], one["last_year"]
    if first and last:
        years = h("<span>{}</span>", t("{first} to {last}", first=first, last=last))
    elif first:
        years = h("<span>{}</span>", t("from {year}", year=first))
    elif last:
        years = h("<span>{}</span>", t("until {year}", year=last))
    gate = NOTHING
    if one["gate"]:
        who = ", ".join(names.get(name, name) for name in one["gate"])
        gate = h('<p class="hint">{}</p>', t("Opens when ready: {units}", units=who))
    if one["budget"] is None:
        spent = h('<p class="hint">{} {}</p>', money(one["used_m"], currency), t("are spent here"))
    else:
        spent = _budget(one["budget"], currency, t)
    cards = joined(_card(row, names, currency, t) for row in one["built"])
    cards += joined(
        h('<li class="standing"><b>{}</b> <span class="hint">{}</span></li>',
          row["name"] or row["unit"], t("stands since {year}", year=row["since"]))
        for row in one["standing"]
    )  # fmt: skip
    if not one["built"] and not one["standing"]:
        cards = h('<li class="none">{}</li>', t("Nothing is built in this phase."))
    idle = NOTHING
    if one["not_built"]:
        listed = joined(h("<li>{}</li>", row["name"] or row["unit"]) for row in one["not_built"])
        idle = h('<div class="idle"><span>{}</span><ul>{}</ul></div>', t("Not built"), listed)
    return h(
        '<section class="phase" aria-label="{name}"><h3>{name} {years}</h3>{gate}{spent}'
        '<ol>{cards}</ol>{idle}</section>',
        name=one["name"],
        years=years,
        gate=gate,
        spent=spent,
        cards=cards,
        idle=idle,
    )  # fmt: skip


def _card(row: Mapping[str, Any], names: Mapping[str, str], currency: str, t: Translate) -> Markup:
    waits = NOTHING
    if row["after"]:
        who = ", ".join(names.get(name, name) for name in row["after"])
        waits = h('<p class="hint">{}</p>', t("After {units}", units=who))
    runs = t("runs {first} to {last}", first=row["runs_from"], last=row["closes"] - 1)
    ends = NOTHING
    if row["capital_low_m"] != row["capital_high_m"]:
        ends = h(
            ' <span class="hint">{} – {}</span>',
            short_money(row["capital_low_m"]),
            short_money(row["capital_high_m"]),
        )
    capacity = NOTHING
    if row["capacity_kt_per_y"]:
        words = t("{n} kt a year", n=f"{row['capacity_kt_per_y']:,.4g}")
        capacity = h(' · <span class="amount">{}</span>', words)
    return h(
        '<li class="unit-card" data-unit="{unit}"><b>{name}</b>'
        '<p><span class="when">{begun}</span> <span class="hint">{runs}</span></p>'
        "<p>{capital}{mark}{ends}</p>"
        '<p class="hint">{site}{capacity}</p>{waits}</li>',
        unit=row["unit"],
        name=row["name"] or row["unit"],
        begun=row["begun"],
        runs=runs,
        capital=money(row["capital_m"], currency),
        mark=basis_mark(row["basis"], t),
        ends=ends,
        site=row["site_name"],
        capacity=capacity,
        waits=waits,
    )
