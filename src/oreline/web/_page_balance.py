"""Balance: does the metal close, at each site and month; recoveries; what of a shipment arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from nicegui import ui

from oreline.api import (
    View,
    account_choices,
    default_element,
    outturns,
    recoveries,
    site_accounts,
)
from oreline.model import mass_mg
from oreline.web._balance_account import account_part, checklist_part, period_form
from oreline.web._balance_cusum import cusum_part
from oreline.web._balance_factors import factors_part
from oreline.web._balance_reconcile import reconcile_part
from oreline.web._balance_words import verdict_reason
from oreline.web._blocks import (
    NOTHING,
    Column,
    amount,
    callout,
    chips,
    empty_state,
    finding_list,
    h,
    input_field,
    joined,
    question_form,
    select_field,
    table,
    tabs,
)
from oreline.web._colours import element_colour
from oreline.web._frame import Visit, head, later, lot_link, markup, page
from oreline.web._strings import msg

TERMS = (
    ("opening", msg("Stock at the beginning")),
    ("extracted", msg("Mined here")),
    ("received", msg("Received")),
    ("moved_in", msg("Moved in")),
    ("produced", msg("Out of the plant")),
    ("drawn", msg("Fed to the plant")),
    ("consumed", msg("Sold or used up")),
    ("lost", msg("Known losses")),
    ("dispatched", msg("Sent away")),
    ("moved_out", msg("Moved out")),
    ("count_difference", msg("Found more or less at stock-takes")),
    ("adjustment", msg("Adjusted")),
    ("closing", msg("Stock at the end")),
    ("process_unaccounted", msg("Unaccounted in the plant")),
    ("unaccounted", msg("Unaccounted in all")),
)
CLOSES, FAILS = "CLOSES", "DOES NOT CLOSE"
PERIODS = ("month", "year", "day")
ROWS_SHOWN = 60
SHIPMENTS_OPEN = 20
"""Of how many shipments the containers are listed."""
MATRIX_PERIODS = 13
"""How many periods stand beside each other."""


def _elements(view: View) -> tuple[str, ...]:
    """Return what can be balanced, of what this person sees."""
    return view.reading.ask(lambda: view.reading.books.elements)


@page("/balance", "Balance")
async def balance_page(visit: Visit) -> None:
    """Show accounts, recoveries or outturns of one element."""
    t = visit.t
    elements = await visit.answer(_elements)
    head(t("Balance"), t("In, out, lost, in stock: what is left is unaccounted, and shown."))
    if not elements:
        markup(empty_state(t("Nothing to balance yet"), t("No element has been assayed.")))
        return
    first = default_element(elements) or elements[0]
    element = visit.given("element", first)
    part = visit.given("part", "sites")
    parts = (
        ("sites", t("Sites")), ("cusum", t("Running sum")), ("account", t("Month's account")),
        ("checklist", t("Ten principles")), ("reconcile", t("Reconciliation")),
        ("recovery", t("Recoveries")), ("factors", t("Plant factors")),
        ("outturn", t("Outturns")),
    )  # fmt: skip
    markup(
        tabs(
            (
                (words, visit.link("/balance", element=element, part=key), key == part)
                for key, words in parts
            ),
            t("Parts"),
        )
    )
    markup(
        chips(
            ((name, visit.here(element=name), name == element) for name in elements), t("Element")
        )
    )
    if part == "recovery":
        _recoveries(visit, element)
    elif part == "outturn":
        _outturns(visit, element)
    elif part in ("cusum", "account", "checklist", "reconcile", "factors"):
        await _months(visit, element, part)
    else:
        _sites(visit, element)


async def _months(visit: Visit, element: str, part: str) -> None:
    """Show what a plant does each month: its running sum, its account, the ten principles."""
    t = visit.t
    found = await visit.answer(account_choices, element)
    sites = found["sites"]
    if not sites:
        markup(empty_state(t("No account"), t("Nothing of this element was processed anywhere.")))
        return
    names = [one["site"] for one in sites]
    site = visit.given("site")
    one = sites[names.index(site) if site in names else 0]
    if part == "cusum":
        working = [(item["site"], item["name"]) for item in sites]
        cusum_part(visit, element, working, one["site"])
        return
    if part == "factors":
        factors_part(visit, element, sites, one["site"])
        return
    period = visit.given("period")
    if period not in one["periods"]:
        period = one["periods"][-1]
    markup(period_form(visit, part, element, sites, (one["site"], period)))
    show = {"account": account_part, "reconcile": reconcile_part}.get(part, checklist_part)
    show(visit, element, one["site"], period)


def _sites(visit: Visit, element: str) -> None:
    t = visit.t
    period = visit.given("period", "month")
    site = visit.given("site") or None
    fields = (
        Markup('<input type="hidden" name="element" value="{}">').format(element),
        select_field("period", t("Period"), [(name, t(name)) for name in PERIODS], period),
        input_field("site", t("Site"), site or "", "text", t("all"), "sites"),
    )
    markup(question_form("/balance", fields, t("Show")))

    def show(found: Mapping[str, Any]) -> None:
        sites = [row for row in found["sites"] if not _is_empty(row)]
        rows = [*sites, *found["chain"]]
        if not rows:
            markup(empty_state(t("No account"), t("Nothing happened here in this time.")))
            return
        chosen = visit.given("of")
        one = next((row for row in rows if _key(row) == chosen), None)
        if one is None:
            one = next((row for row in rows if row["verdict"] == FAILS), None)
        markup(_verdicts(visit, sites))
        if one is not None:
            markup(_account(visit, element, one, found))
        markup(_matrix(visit, found, rows))
        with ui.element("details"):
            markup(h("{}", t("Every account as a table")), tag="summary")
            markup(_site_table(visit, found, rows))
        markup(finding_list(found["findings"], t))
        markup(
            h(
                '<p class="hint">{}</p>',
                t("Days begin at midnight in {zone}.", zone=found["time_zone"]),
            )
        )

    later(
        visit,
        t("Accounts of {element}", element=element),
        site_accounts,
        show,
        element,
        site,
        period,
    )


def _key(row: Mapping[str, Any]) -> str:
    return f"{row['site']}@{row['period']}"


def _verdicts(visit: Visit, rows: Sequence[Mapping[str, Any]]) -> Markup:
    t = visit.t
    bad = sum(row["verdict"] == FAILS for row in rows)
    if bad:
        return callout(t("{n} of {all} accounts do not close.", n=bad, all=len(rows)), "bad")
    unknown = sum(row["verdict"] not in {CLOSES, FAILS} for row in rows)
    if unknown:
        words = t("None fails; {n} of {all} cannot be judged.", n=unknown, all=len(rows))
        return callout(words, "warn")
    return callout(t("All {all} accounts close within their uncertainty.", all=len(rows)), "good")


def verdict_block(visit: Visit, verdict: str) -> Markup:
    """Return a verdict as a word with a sign, not by colour alone."""
    return h('<span class="verdict {}">{}</span>', _sign(verdict), visit.t(verdict.lower()))


def _sign(verdict: str) -> str:
    """Return the class by which the style sheet gives a verdict its sign and colour."""
    return {CLOSES: "closes", FAILS: "open"}.get(verdict, "unknown")


def _account(
    visit: Visit, element: str, row: Mapping[str, Any], found: Mapping[str, Any]
) -> Markup:
    """Return one account in full, with its bars."""
    t = visit.t
    name = found["names"].get(row["site"], row["site"])
    rows = [
        {"term": t(words), "bar": _bar(row, term, element), "mass": amount(row[term], t)}
        for term, words in TERMS
        if _is_something(row[term])
    ]
    columns = (
        Column("term", t("Metal")),
        Column("bar", ""),
        Column("mass", t("Mass ± U95"), is_number=True),
    )
    title = t("{site}, {period}", site=name, period=row["period"])
    verdict = verdict_block(visit, row["verdict"])
    said = h("<p>{} {}</p>", verdict, verdict_reason(t, row))
    defaults = row["unaccounted"].get("defaults") or []
    rests = (
        h('<p class="hint">{} {}</p>', t("Rests on default uncertainties:"), ", ".join(defaults))
        if defaults
        else NOTHING
    )
    return h(
        '<div class="card account" id="account">{}{}{}</div>',
        table(columns, rows, caption=title),
        said,
        rests,
    )


def _is_something(figure: Mapping[str, Any]) -> bool:
    return not (figure["low"] == "0" and figure["high"] == "0")


def _bar(row: Mapping[str, Any], term: str, element: str) -> Markup:
    largest = max(_size(row[name]) for name, _ in TERMS)
    size = _size(row[term])
    colour = "#b45309" if "unaccounted" in term else element_colour(element)
    wide = 100 * size / largest if largest else 0
    return h(
        '<span class="bar" aria-hidden="true"><i style="width:{:.1f}%;background:{}"></i></span>',
        wide,
        colour,
    )


def _size(figure: Mapping[str, Any]) -> int:
    values = [figure[name] for name in ("low", "high") if figure[name] is not None]
    return max(
        (abs(mass_mg(str(value).removeprefix("-"), figure["unit"])) for value in values), default=0
    )


def _is_empty(row: Mapping[str, Any]) -> bool:
    """Return whether an element was never here: such an account closes, but says nothing."""
    return not any(_is_something(row[term]) for term, _ in TERMS)


def _matrix(visit: Visit, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Markup:
    """Return sites by periods, each cell with its verdict and what is unaccounted."""
    t = visit.t
    periods = sorted({row["period"] for row in rows})[-MATRIX_PERIODS:]
    by_place = {(row["site"], row["period"]): row for row in rows}
    sites = list(dict.fromkeys(row["site"] for row in rows))
    columns = [Column("site", t("Site")), *(Column(one, one, is_number=True) for one in periods)]
    told = []
    for site in sites:
        cells: dict[str, object] = {"site": found["names"].get(site, site)}
        for one in periods:
            row = by_place.get((site, one))
            cells[one] = "" if row is None else _cell(visit, row)
        told.append(cells)
    caption = t("Unaccounted metal in tonnes, by site and period; a cell leads to its account")
    return table(columns, told, caption=caption)


def _cell(visit: Visit, row: Mapping[str, Any]) -> Markup:
    figure = row["unaccounted"]
    if figure["low"] is None or figure["low"] != figure["high"]:
        told = "?"
    else:
        told = f"{float(figure['low']):.2f}"
    label = visit.t(row["verdict"].lower())
    return h(
        '<a class="verdict {}" href="{}" title="{}"><span class="sr">{} </span>{}</a>',
        _sign(row["verdict"]),
        visit.here(of=_key(row)) + "#account",
        label,
        label,
        told,
    )


def _site_table(
    visit: Visit, found: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> Markup:
    t = visit.t
    told = [
        {
            "site": h(
                '<a href="{}">{}</a>',
                visit.here(of=_key(row)),
                found["names"].get(row["site"], row["site"]),
            ),
            "period": row["period"],
            "closing": amount(row["closing"], t),
            "unaccounted": amount(row["unaccounted"], t),
            "verdict": verdict_block(visit, row["verdict"]),
        }
        for row in rows
    ]
    columns = (
        Column("site", t("Site")),
        Column("period", t("Period")),
        Column("closing", t("Stock at the end"), is_number=True),
        Column("unaccounted", t("Unaccounted"), is_number=True),
        Column("verdict", t("Verdict")),
    )
    told.sort(key=lambda item: str(item["period"]), reverse=True)
    return table(columns, told[: ROWS_SHOWN * 3], caption=t("Every account"))


def _recoveries(visit: Visit, element: str) -> None:
    t = visit.t

    def show(found: Mapping[str, Any]) -> None:
        rows = [
            {
                "circuit": item["circuit"],
                "period": item["period"],
                "value": _ratio(item["recovery"]),
                "why": item["reason"],
            }
            for item in found["recoveries"]
            if item["recovery"] is not None
        ]
        columns = (
            Column("circuit", t("Circuit")),
            Column("period", t("Period")),
            Column("value", t("Recovery ± U95"), is_number=True),
            Column("why", t("Note")),
        )
        empty = t("No plant here has both feed and products of this element.")
        markup(table(columns, rows, empty=empty))

    title = t("Recovery of {element}: metal in products for metal in feed", element=element)
    later(visit, title, recoveries, show, element, visit.given("period", "month"))


def _ratio(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "UNKNOWN"
    low, high = found.get("low"), found.get("high")
    told = "UNKNOWN" if low is None else (str(low) if low == high else f"{low} to {high}")
    spread = found.get("u95")
    return f"{told} ± {spread} %" if spread is not None else f"{told} %"


def _outturns(visit: Visit, element: str) -> None:
    t = visit.t
    franchise = visit.given("franchise_pct")
    fields = (
        Markup('<input type="hidden" name="part" value="outturn">'),
        Markup('<input type="hidden" name="element" value="{}">').format(element),
        input_field(
            "franchise_pct", t("Franchise, % of dry weight"), franchise, "text", t("as agreed")
        ),
    )
    markup(question_form("/balance", fields, t("Show")))

    def show(found: Mapping[str, Any]) -> None:
        shipments = found["shipments"][::-1]
        if not shipments:
            text = t("Nothing that carries this element has arrived.")
            markup(empty_state(t("No outturn"), text))
            return
        markup(_shipment_table(visit, shipments[:ROWS_SHOWN]))
        for shipment in shipments[:SHIPMENTS_OPEN]:
            title = f"{shipment['dispatch']}: {shipment['origin']} → {shipment['destination']}"
            with ui.element("details").props(f'id="s-{shipment["dispatch"]}"'):
                markup(h("{}", title), tag="summary")
                markup(_trip_table(visit, shipment["trips"]))
        if found["under_way"]:
            lots = joined((lot_link(visit, item["lot"]) for item in found["under_way"]), ", ")
            markup(h("<p>{}: {}</p>", t("On the way"), lots))

    title = t("What arrived of what was sent, in dry mass")
    later(visit, title, outturns, show, element, franchise)


def _shipment_table(visit: Visit, shipments: Sequence[Mapping[str, Any]]) -> Markup:
    t = visit.t
    rows = [
        {
            "way": h(
                '<a href="{}">{}</a>',
                visit.link("/record/event", id=item["dispatch"]),
                f"{item['origin']} → {item['destination']}",
            ),
            "lots": len(item["trips"]),
            "sent": amount(item["dispatched_dry"], t),
            "water": amount(item["water_difference"], t),
            "loss": amount(item["dry_loss"], t),
            "claim": _claim(visit, item),
        }
        for item in shipments
    ]
    columns = (
        Column("way", t("Shipment")),
        Column("lots", t("Lots"), is_number=True),
        Column("sent", t("Sent, dry"), is_number=True),
        Column("water", t("Moisture"), is_number=True),
        Column("loss", t("Loss, dry"), is_number=True),
        Column("claim", t("Beyond the franchise"), is_number=True),
    )
    caption = t("The wet difference is moisture and loss; only loss counts against the franchise.")
    return table(columns, rows, caption=caption)


def _claim(visit: Visit, item: Mapping[str, Any]) -> object:
    if item["franchise_pct"] is None:
        return visit.t("no franchise agreed")
    return amount(item["claimable"], visit.t)


def _trip_table(visit: Visit, trips: Sequence[Mapping[str, Any]]) -> Markup:
    """Return the containers of a shipment, each with what of its difference is moisture or loss."""
    t = visit.t
    rows = [
        {
            "container": ", ".join(trip["containers"]) or t("not stated"),
            "lot": lot_link(visit, trip["lot"]),
            "sent": amount(trip["dispatched_dry"], t),
            "arrived": amount(trip["received_dry"], t),
            "water": amount(trip["water_difference"], t),
            "loss": amount(trip["dry_loss"], t),
            "claim": _claim(visit, trip),
            "verdict": verdict_block(visit, trip["verdict"]),
        }
        for trip in trips
    ]
    columns = (
        Column("container", t("Container")),
        Column("lot", t("Lot")),
        Column("sent", t("Sent, dry"), is_number=True),
        Column("arrived", t("Arrived, dry"), is_number=True),
        Column("water", t("Moisture"), is_number=True),
        Column("loss", t("Loss, dry"), is_number=True),
        Column("claim", t("Beyond the franchise"), is_number=True),
        Column("verdict", t("Verdict")),
    )
    return table(columns, rows)
