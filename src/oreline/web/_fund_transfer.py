"""Prices between related parties, as a part of the page Fund: each beside its range."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    empty_state,
    finding_list,
    h,
    joined,
    table,
)
from oreline.web._frame import Visit, markup
from oreline.web._strings import msg

RESULTS = {
    "within range": ("pass", msg("within range")),
    "below": ("fail", msg("below its range")),
    "above": ("fail", msg("above its range")),
    "UNKNOWN": ("unknown", msg("UNKNOWN")),
}
"""How a result is drawn, and what it is called."""
FORMS = (("xlsx", "Excel"), ("csv", "CSV"))


def show_transfer(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show each controlled sale with its price, its range, and why something is not known."""
    t, transfer = visit.t, found["transfer"]
    if transfer is None:
        words = t("The chain folder says nothing of it that you may see.")
        fix = t("Write transfer-pricing.toml and try 'oreline fund transfer-pricing'.")
        markup(empty_state(words, fix))
        return
    markup(finding_list(transfer["findings"], t))
    on = visit.given("on") or None
    links = joined(
        (
            h('<a href="{}">{}</a>', visit.link(f"/api/v1/fund/transfer-pricing.{form}", on=on),
              words)
            for form, words in FORMS
        ),
        " · ",
    )  # fmt: skip
    markup(h('<p class="hint">{}: {}</p>', t("The transfer-pricing file"), links))
    columns = (
        Column("sale", t("Sale")),
        Column("payable", t("Payable"), is_number=True),
        Column("price", t("Net price per t"), is_number=True),
        Column("method", t("Method")),
        Column("range", t("Range: low, median, high"), is_number=True),
        Column("result", t("Result")),
        Column("adjustment", t("To the median"), is_number=True),
    )
    empty = t("No shipment of this ledger is between parties that are said to be related.")
    rows = [_row(visit, one) for one in transfer["sales"]]
    markup(table(columns, rows, caption=t("Sales between related parties"), empty=empty))


def _row(visit: Visit, one: Mapping[str, Any]) -> dict[str, object]:
    t = visit.t
    kind, words = RESULTS[one["result"]]
    because = h('<br><span class="hint">{}</span>', one["because"]) if one["because"] else NOTHING
    ends = [_number(one[name], ",.0f") for name in ("low", "median", "high")]
    payable = _number(one["payable_t"], ",.3f")
    return {
        "sale": h('<span>{} · {} <span class="hint">{} → {}, {}</span></span>', one["date"],
                  one["contract"], one["seller"], one["buyer"], one["price_basis"] or one["terms"]),
        "payable": payable if one["payable_t"] is None else f"{payable} t {one['analyte']}",
        "price": _with_currency(_number(one["price"], ",.2f"), one),
        "method": one["method"] or t("not chosen"),
        "range": "UNKNOWN" if set(ends) == {"UNKNOWN"} else " – ".join(ends),
        "result": h('<span><span class="verdict {}">{}</span> {}{}</span>', kind, t(words),
                    basis_mark(one["basis"], t) if one["basis"] != "unknown" else NOTHING, because),
        "adjustment": _with_currency(_number(one["adjustment"], ",.2f"), one),
    }  # fmt: skip


def _with_currency(text: str, one: Mapping[str, Any]) -> str | Markup:
    return text if text == "UNKNOWN" else f"{text} {one['currency']}"


def _number(text: str | None, form: str) -> str:
    return "UNKNOWN" if text is None else format(Decimal(text), form)
