"""The register of permits, and the phases that they keep closed, as a part of the page Fund."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oreline.web._blocks import NOTHING, Column, basis_mark, h, joined, table
from oreline.web._frame import Visit, markup
from oreline.web._strings import msg

STATES = {
    "in force": ("pass", msg("in force")),
    "expired": ("fail", msg("expired")),
    "not valid yet": ("fail", msg("not valid yet")),
    "not granted": ("fail", msg("not granted")),
    "UNKNOWN": ("unknown", msg("UNKNOWN")),
}
"""How the state of a permit is drawn, and what it is called."""


def show_permits(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show which phases are open, and every permit with its last day."""
    t = visit.t
    gates = joined(
        h(
            '<li><span class="verdict {}">{}</span>{} <span class="hint">{}</span></li>',
            gate["verdict"].lower(),
            t(gate["verdict"]),
            gate["name"],
            "; ".join(gate["reasons"]),
        )
        for gate in found["phases"]
    )
    markup(gates, tag="ul").classes("conditions")
    columns = (
        Column("id", t("Permit")),
        Column("state", t("State")),
        Column("valid_to", t("Until")),
        Column("days_left", t("Days left"), is_number=True),
        Column("type", t("Type")),
        Column("holder", t("Holder")),
        Column("phases", t("Phases")),
    )
    rows = [_row(visit, one) for one in found["permits"]]
    empty = t("No permit is declared; write them into permits.csv.")
    markup(table(columns, rows, caption=t("Permits"), empty=empty))


def _row(visit: Visit, one: Mapping[str, Any]) -> dict[str, object]:
    t = visit.t
    kind, words = STATES[one["state"]]
    state = h('<span class="verdict {}" title="{}">{}</span>', kind, one["why"], t(words))
    mark = basis_mark(one["basis"], t) if one["basis"] else NOTHING
    days = "" if one["days_left"] is None else str(one["days_left"])
    return {
        **one,
        "id": h("<span>{} {}</span>", one["id"], mark),
        "state": state,
        "valid_to": one["valid_to"] or t("not stated"),
        "days_left": days,
        "phases": " ".join(one["phases"]),
    }
