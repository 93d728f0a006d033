"""The part of the page Balance that shows a running sum, its tests and hypotheses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from oreline.api import PriceGiven, running_sum
from oreline.model import with_u95
from oreline.web._blocks import (
    NOTHING,
    Column,
    amount,
    callout,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
)
from oreline.web._cusum_chart import cusum_chart
from oreline.web._frame import Visit, later, markup
from oreline.web._strings import msg

KINDS = {
    "bias of a sampler or an assay": msg("bias of a sampler or an assay"),
    "bias of a scale": msg("bias of a scale"),
    "unrecorded removal": msg("unrecorded removal"),
    "error of a stock-take": msg("error of a stock-take"),
}
_CALLOUTS = {"STEADY": "good", "SHIFTED": "bad", "UNKNOWN": "warn"}


def cusum_part(visit: Visit, element: str, sites: Sequence[tuple[str, str]], site: str) -> None:
    """Put a running sum on the page, with its form."""
    t = visit.t
    given = {
        name: visit.given(name, usual)
        for name, usual in (("price", ""), ("price_unit", "USD/t"), ("price_source", ""))
    }
    fields = (
        Markup('<input type="hidden" name="part" value="cusum">'),
        Markup('<input type="hidden" name="element" value="{}">').format(element),
        select_field("site", t("Site"), sites, site),
        input_field("price", t("Price"), given["price"], "text", "9500"),
        input_field("price_unit", t("Unit of the price"), given["price_unit"]),
        input_field(
            "price_source", t("Where the price is from"), given["price_source"], "text",
            t("needed with a price"),
        ),
    )  # fmt: skip
    markup(question_form("/balance", fields, t("Show")))
    price = PriceGiven(given["price"] or None, given["price_unit"], given["price_source"])

    def question(view: Any) -> dict[str, Any]:
        found: dict[str, Any] = running_sum(view, site, element, price=price)
        return found

    def show(found: Mapping[str, Any]) -> None:
        words = f"{t(found['verdict'])}: {found['reason']}"
        markup(callout(words, _CALLOUTS[found["verdict"]]))
        markup(cusum_chart(found, t))
        markup(_hypotheses(visit, found["hypotheses"]))
        markup(_points(visit, found))
        if found["price"]:
            price = found["price"]
            said = t(
                "At {value} {unit} ({basis}): {source}. It values contained metal; what a contract "
                "pays is another matter.",
                **price,
            )
            markup(h('<p class="hint">{}</p>', said))

    title = t("Running sum of unaccounted {element}", element=element)
    later(visit, title, question, show)


def _hypotheses(visit: Visit, found: Sequence[Mapping[str, Any]]) -> Markup:
    """Return what may have shifted the sum, the likeliest first."""
    t = visit.t
    if not found:
        return NOTHING
    items = joined(
        h(
            "<li><b>{}: {}</b>, {}<br>{}. {}<ul>{}{}</ul></li>",
            t(KINDS[one["kind"]]),
            one["what"],
            one["first"] if one["first"] == one["last"] else f"{one['first']} – {one['last']}",
            one["size"],
            t(
                "It would explain {part} t of {whole} t.",
                part=f"{float(one['explains']):.3g}",
                whole=f"{float(one['of']):.3g}",
            ),
            joined(h('<li class="for">{}</li>', text) for text in one["for"]),
            joined(h('<li class="against">{}</li>', text) for text in one["against"]),
        )
        for one in found
    )
    return h(
        '<h3>{}</h3><p class="hint">{}</p><ol class="hypotheses">{}</ol>',
        t("Hypotheses"),
        t("The likeliest first; none of them is proven. They say where to look."),
        items,
    )


def _points(visit: Visit, found: Mapping[str, Any]) -> Markup:
    t = visit.t
    rows = [
        {
            "period": point["period"],
            "unaccounted": amount(point["unaccounted"], t),
            "sum": amount(point["cumulative"], t),
            "value": _money(point["cumulative_value"]),
            "z": "?" if point["z"] is None else f"{float(point['z']):+.1f}",
            "test": f"{float(point['upper']):.1f} / {float(point['lower']):.1f}",
        }
        for point in found["points"]
    ]
    columns = [
        Column("period", t("Period")),
        Column("unaccounted", t("Unaccounted"), is_number=True),
        Column("sum", t("Sum"), is_number=True),
    ]
    if found["price"]:
        columns.append(Column("value", t("Value of the sum"), is_number=True))
    columns += [
        Column("z", t("Deviation"), is_number=True),
        Column("test", t("CUSUM up / down"), is_number=True),
    ]
    caption = t("Deviation in standard deviations, after what earlier periods let expect")
    unjudged = joined(
        h('<p class="hint">{}</p>', t("{period} is not judged: {why}", **point))
        for point in found["points"]
        if point["why"]
    )
    return h("{}{}", table(columns, rows, caption=caption), unjudged)


def _money(worth: Mapping[str, Any] | None) -> str:
    if worth is None:
        return ""
    if worth["low"] is None or worth["u95"] is None:
        return "UNKNOWN"
    return with_u95(worth["low"], worth["high"], worth["u95"], worth["currency"])
