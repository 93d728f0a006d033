"""The partnership office as a part of the page Fund: what is owed, to be decided, and feared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, Column, basis_mark, h, table
from oreline.web._frame import Visit, markup

GRAVE = 12
"""From which product of likelihood and impact on a risk stands out."""


def show_office(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show deliverables, decisions and risks, and the link to the joint committee's pack."""
    t = visit.t
    if not found["is_partner"]:
        markup(h('<p class="hint">{}</p>', t("The office is shown to the partners alone.")))
        return
    address = visit.link("/api/v1/fund/pack.pdf", on=visit.given("on") or None)
    words = t("The joint committee's pack as PDF")
    markup(h('<p class="files"><a class="btn quiet" href="{}">{}</a></p>', address, words))
    _decisions(visit, found)
    _deliverables(visit, found)
    _risks(visit, found)


def _titled(visit: Visit, one: Mapping[str, Any], flag: str = "") -> Markup:
    mark = h(' <span class="verdict fail">{}</span>', flag) if flag else NOTHING
    return h("<span>{} {}{}</span>", one["title"], basis_mark(one["basis"], visit.t), mark)


def _decisions(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("title", t("Decision")),
        Column("due", t("Due")),
        Column("parties", t("By")),
        Column("state", t("State")),
        Column("outcome", t("Outcome")),
    )
    rows = [
        {
            **one,
            "title": _titled(visit, one),
            "due": one["due"] or t("no day"),
            "state": f"{t(one['status'])} {one['decided_on'] or ''}".strip(),
        }
        for one in found["decisions"]
    ]
    empty = t("No decision is written in decisions.csv.")
    markup(table(columns, rows, caption=t("Decisions"), empty=empty))


def _deliverables(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("title", t("Deliverable")),
        Column("due", t("Due")),
        Column("party", t("Party")),
        Column("owner", t("Owner")),
        Column("state", t("State")),
    )
    rows = [
        {
            **one,
            "title": _titled(visit, one, t("overdue") if one["overdue"] else ""),
            "state": f"{t(one['status'])} {one['done_on'] or ''}".strip(),
        }
        for one in found["deliverables"]
    ]
    empty = t("No deliverable is written in deliverables.csv.")
    markup(table(columns, rows, caption=t("Deliverables"), empty=empty))


def _risks(visit: Visit, found: Mapping[str, Any]) -> None:
    t = visit.t
    columns = (
        Column("title", t("Risk")),
        Column("weight", t("Likelihood × impact"), is_number=True),
        Column("party", t("Party")),
        Column("owner", t("Owner")),
        Column("state", t("State")),
        Column("mitigation", t("What is done")),
    )
    rows = [
        {
            **one,
            "title": _titled(visit, one, t("grave") if one["weight"] >= GRAVE else ""),
            "weight": f"{one['likelihood']} × {one['impact']} = {one['weight']}",
            "state": t(one["status"]),
        }
        for one in sorted(found["risks"], key=lambda one: (one["status"] == "closed",
                                                           -one["weight"]))
    ]  # fmt: skip
    empty = t("No risk is written in risks.csv.")
    markup(table(columns, rows, caption=t("Risks"), empty=empty))
