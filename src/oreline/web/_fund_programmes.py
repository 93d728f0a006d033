"""Programmes of public funding, as a part of the page Fund: eligible, not, or unknown and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oreline.web._blocks import Column, h, joined, table
from oreline.web._frame import Visit, markup
from oreline.web._strings import msg

ANSWERS = {
    "eligible": ("pass", msg("eligible")),
    "not eligible": ("fail", msg("not eligible")),
    "unknown": ("unknown", msg("unknown")),
}
"""How an answer is drawn, and what it is called."""


def show_programmes(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show each programme with the answer, the reason, and how old its terms are."""
    t = visit.t
    columns = (
        Column("title", t("Programme")),
        Column("answer", t("Eligible")),
        Column("because", t("Because")),
        Column("money", t("Money"), is_number=True),
        Column("vintage", t("Terms of")),
    )
    rows = []
    for one in found["programmes"]:
        kind, words = ANSWERS[one["eligible"]]
        because = joined((h("<span>{}</span>", why) for why in one["because"]), "; ")
        amount = t("not stated")
        if one["amount"] is not None:
            amount = f"{Decimal(one['amount']):,f} {one['currency']}"
        rows.append(
            {
                "title": h('<span>{} <span class="hint">{}</span></span>', one["title"],
                           one["source"]),
                "answer": h('<span class="verdict {}">{}</span>', kind, t(words)),
                "because": h("<span>{}</span>", because),
                "money": amount,
                "vintage": one["vintage"],
            }
        )  # fmt: skip
    words = t("State what the project is in project.toml of the chain folder. Eligible by these "
              "rules is no award.")  # fmt: skip
    markup(h('<p class="hint">{}</p>', words))
    markup(table(columns, rows, caption=t("Programmes of public funding")))
