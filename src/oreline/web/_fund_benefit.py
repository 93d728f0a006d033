"""Benefit to both, as a part of the page Fund: what stays, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import Column, basis_mark, empty_state, facts, h, joined, table
from oreline.web._frame import Visit, markup


def show_benefit(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show value, levies and jobs of each stage, and beside them what the importer gains."""
    t, benefit = visit.t, found["benefit"]
    if benefit is None:
        words = t("The chain folder says nothing of it that you may see.")
        markup(empty_state(words, t("Write benefit.toml and try 'oreline fund benefit'.")))
        return
    basis = basis_mark(benefit["basis"], t)
    markup(h('<p>{} {} <span class="hint">{}</span></p>', benefit["title"], basis,
             benefit["source"]))  # fmt: skip
    columns = (
        Column("title", t("Exported as")),
        Column("export_value", t("Worth"), is_number=True),
        Column("value_added", t("Value added"), is_number=True),
        Column("levies", t("Levies"), is_number=True),
        Column("stays_if_exported_here", t("Stays"), is_number=True),
        Column("leaves_if_exported_here", t("Leaves"), is_number=True),
        Column("local_jobs", t("Local jobs"), is_number=True),
    )
    names = tuple(column.key for column in columns[1:])
    rows = [
        {"title": row["title"], **{name: _whole(row[name]) for name in names}}
        for row in benefit["stages"]
    ]
    caption = t("{currency} a year, for {n} t of {element}", currency=benefit["currency"],
                n=_whole(benefit["tonnes_per_year"]), element=benefit["element"])  # fmt: skip
    markup(table(columns, rows, caption=caption))
    markup(_exchange(visit, benefit))
    markup(facts(_facts(visit, benefit)))
    missing = (*benefit["missing"], *benefit["foreign_exchange_missing"])
    markup(joined(h('<p class="hint">{}: {}</p>', one["name"], one["why"]) for one in missing))


def _exchange(visit: Visit, benefit: Mapping[str, Any]) -> Markup:
    """Return what foreign exchange an export at each stage brings, and what goes out again."""
    t = visit.t
    columns = (
        Column("title", t("Exported as")),
        Column("inflow", t("Comes in"), is_number=True),
        Column("imports", t("Imports"), is_number=True),
        Column("debt_service", t("Foreign debt"), is_number=True),
        Column("dividends_abroad", t("Dividends abroad"), is_number=True),
        Column("net", t("Remains, net"), is_number=True),
        Column("retained_pct", t("Of the worth"), is_number=True),
    )
    titles = {one["stage"]: one["title"] for one in benefit["stages"]}
    rows = [
        {
            **{column.key: _whole(row[column.key]) for column in columns[1:-1]},
            "title": h("<span>{} {}</span>", titles[row["stage"]], basis_mark(row["basis"], t))
            if row["basis"]
            else titles[row["stage"]],
            "retained_pct": "UNKNOWN"
            if row["retained_pct"] is None
            else f"{row['retained_pct']} %",
        }
        for row in benefit["foreign_exchange"]
    ]
    currency = benefit["currency"]
    return table(columns, rows, caption=t("Foreign exchange a year, in {currency}",
                                          currency=currency))  # fmt: skip


def _facts(visit: Visit, benefit: Mapping[str, Any]) -> list[tuple[str, object]]:
    t, importer = visit.t, benefit["importer"]
    found: list[tuple[str, object]] = [
        (one["payee"], f"{_whole(one['a_year'])} {benefit['currency']}")
        for one in benefit["levies"]
    ]
    share = benefit["local_share_pct"]
    found.append((t("Part of the value that stays"), "UNKNOWN" if share is None else f"{share} %"))
    if importer is not None:
        of_use = importer["share_of_use_pct"]
        told = "UNKNOWN" if of_use is None else f"{of_use} %"
        found.append((t("Part of the use of {country}", country=importer["country"]), told))
        words = t("Can replace from covered countries")
        found.append((words, f"{_whole(importer['replaces_covered_t'])} t"))
    return found


def _whole(text: str | None) -> str:
    return "UNKNOWN" if text is None else f"{Decimal(text):,.0f}"
