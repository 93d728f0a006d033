"""What a correction does to tranches: their states before and after, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import NOTHING, Column, callout, h, joined, table
from oreline.web._frame import Visit
from oreline.web._strings import msg

STATES = {
    "released": ("released", msg("released")),
    "contested": ("risky", msg("contested")),
    "released unproven": ("risky", msg("released unproven")),
    "ready": ("ready", msg("ready")),
    "waiting for approval": ("ready", msg("waiting for approval")),
    "not yet": ("open", msg("not yet")),
}
"""How a tranche is drawn, and what its state is called."""


def tranches_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return what becomes of tranches, or that none moves and why that may be."""
    t = visit.t
    if not found["instruments"]:
        return _hint(t("No instrument that you may see is declared: no tranche waits for this."))
    moved = [one for one in found["instruments"] if one["tranches"]]
    if not moved:
        return _hint(t("No tranche moves: no condition that is judged rests on this."))
    return joined(_instrument(visit, one) for one in moved)


def _hint(words: str) -> Markup:
    return h('<p class="hint">{}</p>', words)


def _instrument(visit: Visit, one: Mapping[str, Any]) -> Markup:
    t = visit.t
    before, after = (Decimal(one["at_risk"][at]) for at in ("before", "after"))
    risk = NOTHING
    if before != after:
        words = t("{title}: at risk {before} → {after} {currency}", title=one["title"],
                  before=f"{before:,f}", after=f"{after:,f}", currency=one["currency"])  # fmt: skip
        risk = callout(words, "bad" if after > before else "good")
    return risk + joined(_tranche(visit, one, tranche) for tranche in one["tranches"])


def _tranche(visit: Visit, one: Mapping[str, Any], tranche: Mapping[str, Any]) -> Markup:
    t = visit.t
    states = [t(STATES[tranche["state"][at]][1]) for at in ("before", "after")]
    state = " → ".join(dict.fromkeys(states))
    amount = h('<span class="amount">{:,f} {}</span>', Decimal(tranche["amount"]), one["currency"])
    title = h(
        '<h3><a href="{}">{}</a> <span class="tag">{}</span> {}</h3>',
        visit.link("/fund"),
        tranche["title"],
        state,
        amount,
    )
    rows = [
        {
            "what": h("{} <code>{}</code>", condition["title"], asked["question"]),
            "before": h("{} {}", asked["before"], asked["unit"]),
            "after": h("{} {}", asked["after"], asked["unit"]),
            "verdict": " → ".join(dict.fromkeys((t(condition["before"]), t(condition["after"])))),
        }
        for condition in tranche["conditions"]
        for asked in condition["answers"]
    ]
    columns = (
        Column("what", t("Condition")),
        Column("before", t("As it is"), is_number=True),
        Column("after", t("If it were so"), is_number=True),
        Column("verdict", t("Judged")),
    )
    reasons = NOTHING
    if tranche["reasons"]:
        told = joined(h("<li>{}</li>", reason) for reason in tranche["reasons"])
        reasons = h('<div class="hint">{}<ul>{}</ul></div>', t("Because"), told)
    return title + (table(columns, rows) if rows else NOTHING) + reasons
