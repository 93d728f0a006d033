"""The part of the page Balance that reconciles a site's month: values, tests and suspects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.api import View, reconciliation
from oreline.web._balance_streams import streams_panel
from oreline.web._blocks import (
    NOTHING,
    Column,
    callout,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    table,
)
from oreline.web._frame import Visit, later, markup
from oreline.web._strings import Translate, msg

STATUS = {
    "RECONCILED": (msg("The measurements agree; the reconciled values conserve."), "good"),
    "NOT REDUNDANT": (msg("Nothing is measured twice, so nothing could be tested."), "warn"),
    "GROSS ERROR": (
        msg("The measurements contradict each other: a gross error. Nothing was adjusted."),
        "bad",
    ),
    "NOT FOUND": (msg("No values that conserve were found. Nothing was adjusted."), "bad"),
}
CLASSES = {
    "redundant": msg("redundant"),
    "non-redundant": msg("non-redundant"),
    "observable": msg("observable"),
    "unobservable": msg("unobservable"),
}
DRY_MASS = "dry_t"
"""What the dry mass of a stream is called among its quantities."""
ROWS_DRAWN = 40
"""How many quantities the picture shows: those that are pulled most."""
NAMED = 3
"""How many other suspects a sentence names; the table below has them all."""
WIDE, ROW, LABELS = 640, 22, 230
REACH = 4.0
"""How many standard uncertainties the picture reaches to either side."""


def reconcile_part(visit: Visit, element: str, site: str, period: str) -> None:
    """Put the reconciliation of a site and period on the page, and that of a table of one's own."""
    t = visit.t
    markup(_shares(visit, element, site, period))
    common = [
        f"{name}:{what}={share}"
        for name, what, share in (
            ("laboratory", element, visit.given("common_grade")),
            ("scale", DRY_MASS, visit.given("common_dry")),
        )
        if share
    ]

    def question(view: View) -> dict[str, Any]:
        return reconciliation(view, site, period, [element], common=common)

    title = t("Reconciliation of dry mass and {element}", element=element)
    later(visit, title, question, lambda found: show_reconciled(visit, found), identity="site")
    streams_panel(visit, show_reconciled)


def _shares(visit: Visit, element: str, site: str, period: str) -> Markup:
    """Return the form that says what readings have in common."""
    t = visit.t
    hidden = '<input type="hidden" name="{}" value="{}">'
    kept = (("part", "reconcile"), ("element", element), ("site", site), ("period", period))
    grade, dry = (visit.given(name) for name in ("common_grade", "common_dry"))
    words = t("One laboratory: common share of the uncertainty of {element}", element=element)
    fields = (
        *(h(hidden, name, value) for name, value in kept),
        input_field("common_grade", words, grade, "text", "0.8"),
        input_field(
            "common_dry", t("One scale: common share of the uncertainty of masses"), dry, "text",
            "0.6",
        ),
    )  # fmt: skip
    said = t(
        "Readings count as independent unless you say what they share. A share of 0.8 makes two "
        "readings of one laboratory correlated by 0.64."
    )
    opened = Markup(" open") if grade or dry else NOTHING
    return h(
        '<details{}><summary>{}</summary><p class="hint">{}</p>{}</details>',
        opened,
        t("Say what the readings have in common"),
        said,
        question_form("/balance", fields, t("Reconcile so")),
    )


def show_reconciled(visit: Visit, found: Mapping[str, Any]) -> None:
    """Show values, tests, classes and suspects of a reconciliation."""
    t = visit.t
    words, kind = STATUS[found["status"]]
    markup(callout(h("<p>{}</p><p>{}</p>", t(words), _overall(found, t)), kind))
    markup(_why(found, t))
    markup(_suspects(found, t))
    markup(_picture(found, t))
    markup(_quantities(found, t))
    markup(_nodes(found, t))
    markup(finding_list(found["findings"], t))


def _why(found: Mapping[str, Any], t: Translate) -> Markup:
    """Return in words why nothing was adjusted, and what can be done about it."""
    if found["status"] != "GROSS ERROR" or not found["suspects"]:
        return NOTHING
    first = found["suspects"][0]
    words = {
        "name": _name(first),
        "measured": f"{_pair(first['measured'], first['u'])} {first['unit']}",
        "others": _short(first["value_by_the_others"]) or "UNKNOWN",
        "n": _short(first["statistic"]),
        "limit": _short(first["critical"]),
    }
    parts = [
        t(
            "{name} was measured as {measured}; all others together give {others}. Its test is "
            "{n}, where {limit} is allowed.",
            **words,
        )
    ]
    if float(first["statistic"]) <= float(first["critical"]):
        parts.append(
            t(
                "No single measurement is far out: together they differ by more than chance "
                "allows. Then uncertainties are often stated too small, or readings share an error."
            )
        )
    if first["alternatives"]:
        names = [_name(one) for one in first["alternatives"]]
        told = ", ".join(names[:NAMED])
        if len(names) > NAMED:
            told += " " + t("and {n} more", n=len(names) - NAMED)
        parts.append(t("The numbers alone cannot tell it from {names}.", names=told))
    if not first["is_enough"]:
        parts.append(t("Without it alone the rest would still not agree."))
    parts.append(t("Nothing was adjusted: one wrong number, spread over all others, would hide."))
    parts.append(
        t(
            "Look at its certificate and its scale and correct the entry, or leave it out. If one "
            "laboratory or one scale made most readings, say above what they have in common."
        )
    )
    return joined(h("<p>{}</p>", one) for one in parts)


def _overall(found: Mapping[str, Any], t: Translate) -> str:
    test = found["global_test"]
    if not test["degrees_of_freedom"]:
        return ""
    return t(
        "Chi-square {chi2} with {n} degrees of freedom; {limit} is allowed.",
        chi2=_short(test["chi2"]),
        n=test["degrees_of_freedom"],
        limit=_short(test["critical"]),
    )


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['stream']}: {item['quantity']}"


def _short(text: str | None) -> str:
    return "" if text is None else f"{float(text):.4g}"


def _pair(value: str | None, u: str | None) -> str:
    if value is None or u is None:
        return ""
    return f"{float(value):.6g} ± {float(u):.2g}"


def _suspects(found: Mapping[str, Any], t: Translate) -> Markup:
    rows = [
        {
            "suspect": _name(item),
            "measured": _pair(item["measured"], item["u"]),
            "others": _short(item["value_by_the_others"]) or "UNKNOWN",
            "test": f"{_short(item['statistic'])} (≤ {_short(item['critical'])})",
            "also": ", ".join(
                f"{one['stream']}: {one['quantity']}" for one in item["alternatives"]
            ),
        }
        for item in found["suspects"]
    ]
    if not rows:
        return NOTHING
    columns = (
        Column("suspect", t("Suspect")),
        Column("measured", t("Measured ± u"), is_number=True),
        Column("others", t("The others give"), is_number=True),
        Column("test", t("Test"), is_number=True),
        Column("also", t("Or as well")),
    )
    return table(columns, rows, caption=t("Suspects, the most likely first"))


def _quantities(found: Mapping[str, Any], t: Translate) -> Markup:
    rows = [
        {
            "stream": item["stream"],
            "quantity": f"{item['quantity']}, {item['unit']}",
            "measured": _pair(item["measured"], item["u"]),
            "value": _pair(item["value"], item["value_u"]) or "UNKNOWN",
            "class": t(CLASSES[item["class"]]),
            "test": _short(item["statistic"]),
        }
        for item in found["quantities"]
    ]
    columns = (
        Column("stream", t("Stream")),
        Column("quantity", t("Quantity")),
        Column("measured", t("Measured ± u"), is_number=True),
        Column("value", t("Reconciled ± u"), is_number=True),
        Column("class", t("Class")),
        Column("test", t("Test"), is_number=True),
    )
    limit = _short(found["measurement_critical"])
    caption = t("Every quantity; a test may be up to {limit}", limit=limit) if limit else ""
    return table(columns, rows, caption=caption)


def _nodes(found: Mapping[str, Any], t: Translate) -> Markup:
    tested = [item for item in found["node_tests"] if item["statistic"] is not None]
    rows = [
        {
            "node": item["node"],
            "quantity": item["quantity"],
            "imbalance": _pair(item["imbalance_t"], item["u_t"]),
            "test": f"{_short(item['statistic'])} (≤ {_short(item['critical'])})",
        }
        for item in tested
    ]
    columns = (
        Column("node", t("Node")),
        Column("quantity", t("Quantity")),
        Column("imbalance", t("In less out, t ± u"), is_number=True),
        Column("test", t("Test"), is_number=True),
    )
    caption = t("Nodes as measured, where every leg is")
    return table(columns, rows, caption=caption, empty=t("No node has all its legs measured."))


def _picture(found: Mapping[str, Any], t: Translate) -> Markup:
    """Return measured and reconciled values with bars of two standard uncertainties."""
    drawn = [item for item in found["quantities"] if item["measured"] and float(item["u"] or 0) > 0]
    drawn.sort(key=lambda item: -float(item["statistic"] or 0))
    drawn = drawn[:ROWS_DRAWN]
    if not drawn:
        return NOTHING
    rows = joined(_drawn_row(item, place) for place, item in enumerate(drawn))
    high = ROW * len(drawn) + 30
    axis = h(
        '<line x1="{0}" x2="{0}" y1="4" y2="{1}" stroke="currentColor" stroke-dasharray="3 3"/>'
        '<text x="{0}" y="{2}" text-anchor="middle" font-size="12" fill="currentColor">{3}</text>',
        _x(0.0), high - 22, high - 6, t("standard uncertainties from the measured value"),
    )  # fmt: skip
    said = t("Measured (grey) and reconciled (blue), each with two standard uncertainties")
    return h(
        '<figure><figcaption>{}</figcaption><div class="scroll"><svg viewBox="0 0 {} {}" '
        'width="{}" role="img" aria-label="{}">{}{}</svg></div></figure>',
        said, WIDE, high, WIDE, said, axis, rows,
    )  # fmt: skip


def _x(share: float) -> float:
    half = (WIDE - LABELS - 20) / 2
    return LABELS + half + max(-REACH, min(REACH, share)) / REACH * half


def _drawn_row(item: Mapping[str, Any], place: int) -> Markup:
    y, u = ROW * place + 14, float(item["u"])
    parts = [
        h(
            '<text x="4" y="{}" font-size="12" fill="currentColor">{}</text>',
            y + 4, _name(item),
        ),
        _bar(y - 4, 0.0, 1.0, "#64748b"),
    ]  # fmt: skip
    if item["value"] is not None:
        moved = (float(item["value"]) - float(item["measured"])) / u
        parts.append(_bar(y + 4, moved, float(item["value_u"]) / u, "#0072b2"))
    return joined(parts)


def _bar(y: float, middle: float, spread: float, colour: str) -> Markup:
    return h(
        '<line x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}" stroke="{}" stroke-width="2"/>'
        '<circle cx="{:.1f}" cy="{}" r="3.5" fill="{}"/>',
        _x(middle - 2 * spread), _x(middle + 2 * spread), y, y, colour, _x(middle), y, colour,
    )  # fmt: skip
