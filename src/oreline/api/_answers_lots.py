"""What is known of lots: the table, one lot, custody, lineage, origins and their arithmetic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from oreline.api._answering import answering
from oreline.api._answers_names import names_of
from oreline.api._kept import kept_answering
from oreline.api._lots_table import FLAGS, SORTS, Asked, default_element, figure_json
from oreline.api._named_lots import lots_named
from oreline.api._views import HIDDEN, View
from oreline.model import PPT, UNBOUNDED_MG, InputError
from oreline.record import BASES, IN, OUT, instant_text
from oreline.trace import (
    LEVELS,
    UNKNOWN,
    Origins,
    OriginShare,
    Step,
    ancestors,
    attribute_lots_frame,
    custody,
    descendants_of,
    explain,
    path_between_lots,
    quantity_text,
    recall,
    trace_origins,
)

SHOWN_GRADES_MAX = 200
"""How many measurements of one lot an answer lists."""


@answering
def lots_page(
    view: View, asked: Asked, *, limit: int, after: str | None = None, at: int = 0
) -> dict[str, Any]:
    """Return a page of the table of lots."""
    reading = view.reading
    if asked.element is not None:
        reading.element(asked.element)
    table = reading.lots
    page = table.page(asked, limit, after, at)
    return {
        "items": table.rows(page.numbers, asked.element),
        "next": page.next,
        "start": page.start,
        "total": page.total,
    }


def lots_frame(view: View, asked: Asked) -> pl.DataFrame:
    """Return every lot that a question of the table finds, in its order, as a table for files."""

    def ask() -> pl.DataFrame:
        reading = view.reading
        if asked.element is not None:
            reading.element(asked.element)
        table = reading.lots
        page = table.page(asked, table.frame.height, None, 0)
        return table.export(page.numbers, asked.element)

    return view.reading.ask(ask)


@kept_answering
def lot_choices(view: View) -> dict[str, Any]:
    """Return what the table of lots can be filtered and sorted by."""
    elements = view.reading.books.elements
    return {
        **view.reading.lots.choices(),
        "elements": list(elements),
        "element": default_element(elements),
        "flags": list(FLAGS),
        "sorts": list(SORTS),
    }


@answering
def lot(view: View, name: str) -> dict[str, Any]:
    """Return a lot: what and where it is, each element in it, and every measurement beside it."""
    view.lot(name)
    reading = view.reading
    columns = reading.ledger.columns
    number = columns.lots.index[name]
    row = reading.lots.rows(np.array([number]), None)[0]
    material = reading.chain.materials.get(row["material"] or "")
    composition = [_content(view, name, element) for element in _by_importance(view, row)]
    return {
        **row,
        "names": names_of(view, [row["holder"]] if row["holder"] else []),
        "hs_code": None if material is None else material.hs_code,
        "material_basis": None if material is None else str(material.basis),
        "composition": [item for item in composition if item is not None],
        "origin_elements": _origin_elements(view, row),
        "measurements": _measurements(view, number),
        "weights": _weights(view, name),
        "observations": _observations(view, name),
        "passing": _passing(view, name),
        "questions": [question.to_json() for question in reading.questions_of_lots.get(name, ())],
        "documents": _documents(view, name),
    }


def _by_importance(
    view: View, row: Mapping[str, Any], elements: Sequence[str] | None = None
) -> list[str]:
    """Return the elements: those of the lot's material as the chain lists them, then by mass.

    Who wrote down what a material is tracked for named first what it is sold for; of the others the
    one that there is most of matters before the first of the alphabet.
    """
    reading = view.reading
    material = reading.chain.materials.get(row["material"] or "")
    tracked = () if material is None else material.tracked
    number = reading.ledger.columns.lots.index[row["lot"]]

    def rank(name: str) -> tuple[int, float, str]:
        place = tracked.index(name) if name in tracked else len(tracked)
        if name not in reading.books.elements:
            return place, 0.0, name
        low, high = reading.tracer.metals(name).bounds[number].tolist()
        return place, -(low if high >= UNBOUNDED_MG else high), name

    return sorted(reading.books.elements if elements is None else elements, key=rank)


def _origin_elements(view: View, row: Mapping[str, Any]) -> list[str]:
    """Return the elements whose origin may be asked for: those that the lot may hold.

    A party may ask where metal came from that it has not assayed itself.
    """
    material = view.reading.chain.materials.get(row["material"] or "")
    tracked = () if material is None else material.tracked
    return [
        name for name in _by_importance(view, row, view.elements) if name in tracked or not tracked
    ]


def _content(view: View, lot: str, element: str) -> dict[str, Any] | None:
    """Return how much of an element a lot holds and on what that rests; None where it has none."""
    tracer = view.reading.tracer
    metals = tracer.metals(element)
    number = tracer.lot(lot)
    low, high = metals.bounds[number].tolist()
    if low == high == 0:
        return None
    found = trace_origins(tracer, lot, element, levels=("country",))
    u = found.metal_u_mg
    figure = figure_json(low, found.metal_high_mg, u)
    if figure["low"] is None and figure["high"] is None and not _is_assayed(view, number, element):
        return None
    return {
        "element": element,
        "mass": {**figure, "basis": found.weakest_basis},
        "grade_percent": _grade_percent(view, number, low, high),
        "notes": list(found.notes),
    }


def _is_assayed(view: View, lot: int, element: str) -> bool:
    grades, analytes = view.reading.ledger.columns.grades, view.reading.ledger.columns.analytes
    wanted = analytes.index.get(element, -2)
    places = view.reading.grades_of_lots.of(lot).tolist()
    return any(grades.lot[at] == lot and grades.analyte[at] == wanted for at in places)


def _grade_percent(view: View, lot: int, low_mg: int, high_mg: int) -> str | None:
    """Return metal over dry mass made, where both are known."""
    table = view.reading.lots.frame
    dry, dry_high = table["dry"][lot], table["dry_high"][lot]
    if low_mg != high_mg or dry != dry_high or dry <= 0:
        return None
    return f"{100 * low_mg / dry:.3f}"


def _measurements(view: View, lot: int) -> list[dict[str, Any]]:
    """Return every assay result of a lot, and every weight, latest first."""
    columns = view.reading.ledger.columns
    grades, events = columns.grades, columns.events
    found = []
    for place in view.reading.grades_of_lots.of(lot)[-SHOWN_GRADES_MAX:].tolist():
        row = grades.event[place]
        low, high, u = grades.low[place], grades.high[place], grades.u[place]
        found.append(
            {
                "what": columns.analytes.names[grades.analyte[place]],
                "low_percent": _percent(low),
                "high_percent": _percent(high),
                "u_percent": None if math.isnan(u) else f"{100 * u / PPT:.4g}",
                "basis": BASES[grades.basis[place]],
                "role": grades.role[place],
                "event": events.id[row],
                "kind": columns.kinds.names[events.kind[row]],
                "time": instant_text(events.time_us[row]),
            }
        )
    found.sort(key=lambda item: (str(item["time"]), str(item["what"])), reverse=True)
    return found


def _percent(ppt: int) -> str | None:
    return None if ppt < 0 or ppt > PPT else f"{100 * ppt / PPT:.6g}"


def _passing(view: View, lot: str) -> list[dict[str, Any]]:
    """Return when title, risk and money passed: three things, each with its own day and paper.

    Risk passes where the terms of a transfer say; a payment is of the lot if its invoice or payment
    names a document that the lot's transfer names.
    """
    found: list[dict[str, Any]] = []
    papers: set[str] = set()
    for event in view.reading.ledger.other:
        body = event["body"]
        if event["schema"] != "transfer/1" or lot not in body["lots"]:
            continue
        papers |= {body["document"]} if "document" in body else set()
        way = f"{event.get('party', 'UNKNOWN')} → {event.get('to_party', 'UNKNOWN')}"
        common = {"event": event["id"], "time": event["time"], "document": body.get("document")}
        found.append({**common, "what": "title", "said": way})
        found.append({**common, "what": "risk", "said": body.get("risk_passes"), "time": None})
    found.extend(
        {
            "what": event["body"]["type"],
            "event": event["id"],
            "time": event["time"],
            "document": event["body"].get("document"),
            "said": event["body"].get("price"),
        }
        for event in view.reading.ledger.other
        if event["schema"] == "money/1" and event["body"].get("document") in papers
    )
    return found


def _weights(view: View, lot: str) -> list[dict[str, Any]]:
    """Return every mass and moisture that an event states of a lot, as written, latest first."""
    found = [
        {
            "what": name,
            "said": quantity_text(line[name]),
            "kind": event["schema"].partition("/")[0],
            "event": event["id"],
            "time": event["time"],
        }
        for event in _events_of(view, lot)
        for line in _lines_about(event["body"], lot)
        for name in ("wet", "moisture", "dry")
        if name in line
    ]
    found.sort(key=lambda item: item["time"], reverse=True)
    return found


def _lines_about(body: Mapping[str, Any], lot: str) -> Iterator[Mapping[str, Any]]:
    if body.get("lot") == lot:
        yield body
    for side in ("inputs", "outputs", "lots"):
        for line in body.get(side, ()):
            if isinstance(line, Mapping) and line["lot"] == lot:
                yield line


def _observations(view: View, lot: str) -> list[dict[str, Any]]:
    return [
        {
            "event": event["id"],
            "time": event["time"],
            "status": event["body"]["status"],
            "basis": event["body"]["basis"],
            "statement": event["body"].get("statement"),
            "seen": dict(seen),
        }
        for event in view.reading.ledger.observed
        for seen in event["body"]["lots"]
        if seen["lot"] == lot
    ]


def _documents(view: View, lot: str) -> list[dict[str, Any]]:
    """Return the hashes of evidence that events of a lot name, and attestations about it."""
    found: list[dict[str, Any]] = []
    ledger = view.reading.ledger
    for event in _events_of(view, lot):
        found.extend(
            {"event": event["id"], "what": "evidence", "sha256": digest}
            for digest in event.get("evidence", ())
        )
        body = event["body"]
        certificate = body.get("certificate") or body.get("document")
        if certificate:
            found.append({"event": event["id"], "what": str(certificate), "sha256": None})
        found.extend(
            {"event": event["id"], "what": str(name), "sha256": None}
            for name in body.get("documents", ())
        )
    found.extend(
        {"event": said["id"], "what": said["body"]["type"], "sha256": said["body"].get("hash")}
        for said in ledger.other
        if said["schema"] == "attest/1" and said["body"]["subject"] == lot
    )
    return found


def _events_of(view: View, lot: str) -> list[dict[str, Any]]:
    ledger = view.reading.ledger
    rows = view.reading.row_of_position
    found = []
    for seq in view.desk.positions_of_lot(lot):
        if seq not in rows or seq not in ledger.raw:
            continue
        event = ledger.event(seq)
        if lot in set(lots_named(event["body"])):
            found.append(event)
    return found


@answering
def lot_custody(view: View, name: str) -> dict[str, Any]:
    """Return who had a lot, where and when, and every event that names it."""
    view.lot(name)
    ledger = view.reading.ledger
    told = custody(ledger, name, view.desk.positions_of_lot(name)).to_json()
    places = [told[key] for key in ("site", "holder", "owner")]
    steps = [step.get(key) for step in told["steps"] for key in _STEP_NAMES]
    named = names_of(view, {str(one) for one in (*places, *steps) if one})
    return {**told, "names": named}


_STEP_NAMES = ("site", "to_site", "party", "to_party")


@answering
def origins(view: View, name: str, element: str, level: str | None = None) -> dict[str, Any]:
    """Return where an element of a lot came from, at every level or at one.

    Below the country, origins that do not concern the person stand together as one row.
    """
    view.lot(name)
    reading = view.reading
    if level is not None and level not in LEVELS:
        raise InputError(f"{level!r} is no level of origin; use one of {', '.join(LEVELS)}")
    # Which elements the chain speaks of is no secret; how much of them, is.
    found = trace_origins(reading.tracer, name, view.element(element))
    answer = found.to_json()
    answer["origins"] = [
        _origin_row(share.level, " / ".join(share.path), [share])
        for share in found.shares
        if level in {None, share.level}
    ]
    if view.is_partial:
        answer["origins"] = _countries_of(view, found, level)
    return answer


def _countries_of(view: View, found: Origins, level: str | None) -> list[dict[str, Any]]:
    """Return the countries that a party's lot came from, with shares that all of the ledger gives.

    Masses are shares of what the party itself knows the lot to hold. Below the country nothing is
    told: one row stands for all.
    """
    whole = view.whole
    shares = found.at("country")
    if found.lot not in view.untold:
        shares = whole.ask(
            lambda: (
                trace_origins(whole.tracer, found.lot, found.element, levels=("country",)).shares
            )
        )
    low, high = found.metal_low_mg, found.metal_high_mg
    rows = [
        {
            "level": "country",
            "origin": share.name,
            "share_low": share.share_low,
            "share_high": share.share_high,
            "mass": figure_json(
                math.floor(low * share.share_low),
                None if high is None else math.ceil(high * share.share_high),
                None,
            ),
        }
        for share in shares
    ]
    below = [
        {
            "level": name,
            "origin": HIDDEN,
            "share_low": 1.0,
            "share_high": 1.0,
            "mass": figure_json(low, high, None),
        }
        for name in LEVELS
        if name != "country"
    ]
    return [row for row in (*rows, *below) if level in {None, row["level"]}]


def _origin_row(level: str, name: str, shares: list[OriginShare]) -> dict[str, Any]:
    highs = [share.mass_high_mg for share in shares]
    high = None if None in highs else sum(value for value in highs if value is not None)
    return {
        "level": level,
        "origin": name,
        "share_low": sum(share.share_low for share in shares),
        "share_high": min(1.0, sum(share.share_high for share in shares)),
        "mass": figure_json(sum(share.mass_low_mg for share in shares), high, None),
    }


@answering
def explained(view: View, name: str, element: str, steps: int = 200) -> dict[str, Any]:
    """Return the arithmetic behind the origins of a lot, from what the person may see."""
    view.lot(name)
    reading = view.reading
    return explain(reading.tracer, name, reading.element(element), steps).to_json()


@answering
def lineage(view: View, name: str, element: str | None = None) -> dict[str, Any]:
    """Return one step up and down from a lot: the events, the lots beyond them, the masses moved.

    ``more`` says of each lot how many events lie further up or down, so that a drawing can offer
    to go on.
    """
    view.lot(name)
    reading = view.reading
    symbol = None if element is None else reading.element(element)
    flows = reading.tracer.flows
    number = reading.tracer.lot(name)
    return {
        "lot": name,
        "element": element,
        "up": _edges(view, flows.made_by.get(number, ()), flows.taken, symbol, is_up=True),
        "down": _edges(view, flows.used_by.get(number, ()), flows.given, symbol, is_up=False),
    }


def _edges(
    view: View, stops: Any, beyond: Any, element: str | None, *, is_up: bool
) -> list[dict[str, Any]]:
    reading = view.reading
    columns, flows = reading.ledger.columns, reading.tracer.flows
    events = columns.events
    further = flows.made_by if is_up else flows.used_by
    found: list[dict[str, Any]] = []
    for row in list(dict.fromkeys(row for row, _ in stops)):
        lots = []
        for other in dict.fromkeys(lot for lot, _ in beyond.get(row, ())):
            name = columns.lots.names[other]
            lots.append(
                {
                    "lot": name,
                    "mass": _moved(view, row, other, element, is_up),
                    "more": len(further.get(other, ())),
                }
            )
        site = events.site[row]
        found.append(
            {
                "event": events.id[row],
                "kind": columns.kinds.names[events.kind[row]],
                "time": instant_text(events.time_us[row]),
                "site": columns.places.names[site] if site >= 0 else None,
                "lots": lots,
            }
        )
    found.sort(key=lambda edge: str(edge["time"] or ""), reverse=is_up)
    return found


def _moved(
    view: View, event: int, lot: int, element: str | None, is_up: bool
) -> dict[str, Any] | None:
    """Return what an event took from a lot, or gave to it, of an element or of dry mass."""
    books = view.reading.books
    lines = books.lines
    side = IN if is_up else OUT
    of_lot = view.reading.lines_of_lots.of(lot)
    at = of_lot[(lines.event[of_lot] == event) & (lines.side[of_lot] == side)]
    if not at.size:
        return None
    book = books.book(element or "dry")
    low, high = (int(value) for value in book.metal[at].sum(axis=0))
    return {**figure_json(low, high, None), "basis": BASES[int(book.basis[at].max())]}


@answering
def reached(view: View, name: str, direction: str, limit: int) -> dict[str, Any]:
    """Return every lot that went into a lot (up), or may contain some of it (down)."""
    view.lot(name)
    tracer = view.reading.tracer
    found = ancestors(tracer, name) if direction == "up" else descendants_of(tracer, name)
    return {
        "lot": name,
        "direction": found.direction,
        "total": len(found.lots),
        "lots": list(found.lots[:limit]),
        "steps": [_step_json(step) for step in found.steps[:limit]],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "event": step.event,
        "kind": step.kind,
        "time": step.time,
        "site": step.site,
        "takes": list(step.takes),
        "gives": list(step.gives),
    }


@answering
def way(view: View, earlier: str, later: str) -> dict[str, Any]:
    """Return a shortest chain of events from one lot to another."""
    view.lot(earlier)
    view.lot(later)
    steps = path_between_lots(view.reading.tracer, earlier, later)
    return {
        "earlier": earlier,
        "later": later,
        "connected": bool(steps),
        "steps": [_step_json(step) for step in steps],
    }


@answering
def recalled(view: View, level: str, origin: str, element: str) -> dict[str, Any]:
    """Return every lot that holds an element from one origin."""
    if not view.is_partial:
        return recall(view.reading.tracer, level, origin, view.reading.element(element)).to_json()
    if level != "country":
        raise InputError("a party may recall by country")
    whole, symbol = view.whole, view.element(element)
    answer = whole.ask(lambda: recall(whole.tracer, level, origin, symbol)).to_json()
    untold = view.untold
    answer["lots"] = [
        {name: row[name] for name in ("lot", "share_low", "share_high")}
        for row in answer["lots"]
        if view.sees_lot(row["lot"]) and row["lot"] not in untold
    ] + _recalled_of_own(view, origin, symbol)
    return answer


def _recalled_of_own(view: View, country: str, element: str) -> list[dict[str, Any]]:
    """Return what a party's own entries say of lots that nobody handed to it.

    A country that they do not name may be that of whatever they leave open.
    """
    own, untold = view.reading, view.untold
    names = {path[-1] for path in own.tracer.level("country").paths}
    is_named = country in names
    found = recall(own.tracer, "country", country if is_named else UNKNOWN, element)
    return [
        {
            "lot": row["lot"],
            "share_low": row["share_low"] if is_named else 0.0,
            "share_high": row["share_high"],
        }
        for row in found.to_json()["lots"]
        if row["lot"] in untold
    ]


@answering
def origins_of_all(view: View, element: str, level: str, limit: int) -> dict[str, Any]:
    """Return the origins of the lots that the person sees at one level."""
    symbol = view.element(element)
    if view.is_partial and level != "country":
        raise InputError("a party may ask for all lots by country")
    whole, untold = view.whole, view.untold
    rows = whole.ask(lambda: attribute_lots_frame(whole.tracer, symbol, level)).to_dicts()
    rows = [row for row in rows if view.sees_lot(row["lot"]) and row["lot"] not in untold]
    if view.is_partial:
        own = attribute_lots_frame(view.reading.tracer, symbol, level).to_dicts()
        rows += [row for row in own if row["lot"] in untold]
    return {"element": element, "level": level, "total": len(rows), "lots": rows[:limit]}
