"""The chain as a whole: the first screen, its map and flows, its phases and assumptions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from oreline.api._answering import answering
from oreline.api._desk import Reading
from oreline.api._kept import kept_answering
from oreline.api._lots_table import figure_json
from oreline.api._views import View
from oreline.ask import Brief, brief, element_flow, letter
from oreline.model import Chain, InputError
from oreline.record import DRY, MOVE_OUT, instant_text

MOVING_MAX = 200
"""How many lots on the way are listed; the table of lots has all."""


@kept_answering
def overview(view: View) -> dict[str, Any]:
    """Return the numbers and names that somebody looks for first."""
    reading = view.reading
    ledger, chain = reading.ledger, reading.chain
    table = reading.lots
    numbers = Counter(ledger.columns.events.kind)
    counted = {ledger.columns.kinds.names[kind]: count for kind, count in numbers.items()}
    return {
        "title": chain.title,
        "ledger": ledger.header.id,
        "tense": ledger.header.tense,
        "size": ledger.size,
        "root": ledger.root.hex(),
        "events": dict(sorted(counted.items())),
        "lots": table.frame.height,
        "in_motion": int(table.flags["in_transit"].sum()),
        "overdrawn": int(table.flags["overdrawn"].sum()),
        "held": len(ledger.verdicts.held),
        "corrections": len(ledger.verdicts.amended),
        "questions": len(reading.questions.questions),
        "elements": list(reading.books.elements),
        "stock": [_stock(reading, element) for element in reading.books.elements],
        "phases": [
            {**phase.model_dump(mode="json", exclude={"extra"}), "id": phase.id}
            for phase in chain.phases.values()
        ],
        "sites": _sites(chain),
        "routes": [
            route.model_dump(mode="json", by_alias=True, exclude={"cost_usd_per_t"})
            for route in chain.routes.values()
        ],
        "moving": _moving(reading),
        "assumptions": [item.model_dump(mode="json") for item in chain.assumptions.values()],
        "permits": [item.model_dump(mode="json") for item in chain.permits.values()],
    }


def _stock(reading: Reading, element: str) -> dict[str, Any]:
    """Return how much of an element the books hold now."""
    book = reading.books.book(element)
    held = book.stock_metal
    low = int(np.maximum(held[:, 0], 0).sum())
    is_open = bool((held[:, 1] >= np.iinfo(np.int64).max // 2).any())
    high = None if is_open else int(np.maximum(held[:, 1], 0).sum())
    return {"element": element, "mass": figure_json(low, high, None)}


def _moving(reading: Reading) -> list[dict[str, Any]]:
    """Return the lots that are on the way: since when, from where to where, by which entry."""
    columns = reading.ledger.columns
    events, lines = columns.events, reading.books.lines
    moving = np.flatnonzero(reading.lots.flags["in_transit"])
    order = lines.order
    left = order[(lines.side[order] == MOVE_OUT) & np.isin(lines.lot[order], moving)]
    # Of a lot that left more than once the last time holds: lines stand in the order they act.
    last = dict(zip(lines.lot[left].tolist(), lines.event[left].tolist(), strict=True))

    def place(number: int) -> str | None:
        return columns.places.names[number] if number >= 0 else None

    return [
        {
            "lot": columns.lots.names[lot],
            "event": events.id[row],
            "since": instant_text(events.time_us[row]),
            "from": place(events.site[row]),
            "to": place(events.to_site[row]),
        }
        for lot, row in sorted(last.items(), key=lambda item: -events.time_us[item[1]])
    ][:MOVING_MAX]


def _sites(chain: Chain) -> list[dict[str, Any]]:
    return [
        site.model_dump(
            mode="json", include={"id", "name", "kind", "country", "operator", "role", "basis"}
        )
        for site in chain.sites.values()
    ]


@kept_answering
def flow(view: View, element: str) -> dict[str, Any]:
    """Return how much of an element went from material to material: what a Sankey shows."""
    reading = view.reading
    symbol = reading.element(element)
    if symbol == DRY:
        raise InputError("name an element, such as Sb")
    told = None if view.is_partial else _brief(view)
    for known in () if told is None else told.flows:
        if known.element == symbol:
            return known.to_json()
    names = {item.id: item.name for item in reading.chain.materials.values()}
    names |= {item.id: item.name for item in reading.chain.sites.values()}
    return element_flow(reading.books, symbol, names, ()).to_json()


def _brief(view: View) -> Brief:
    reading = view.reading
    if reading.told is None:
        reading.told = brief(reading.chain, reading.tracer, reading.questions)
    return reading.told


def told_brief(view: View) -> Brief:
    """Return the brief of the chain, for who may see all of it.

    Raises
    ------
    InputError
        If the person belongs to a party.
    """
    if view.is_partial:
        raise InputError("the brief tells of all parties; it is not shown to one of them")
    return view.reading.ask(lambda: _brief(view))


def chain_of(view: View) -> Chain:
    """Return the chain's places and routes, which everybody on this server may see."""
    return view.reading.ask(lambda: view.reading.chain)


@kept_answering
def open_now(
    view: View, *, reported_only: bool = False, questions_max: int | None = None
) -> dict[str, Any]:
    """Return what is open, and the documents that would settle most of it.

    ``total`` says how many questions there are, of which the first ``questions_max`` are listed.
    """
    found = view.reading.questions
    answer = found.to_json(questions_max)
    if reported_only:
        asked = [item for item in found.questions if item.reported]
        answer["total"] = len(asked)
        answer["questions"] = [item.to_json() for item in asked[:questions_max]]
        answer["documents"] = [item for item in answer["documents"] if item["about"] == "reported"]
    answer["parties"] = dict(found.parties)
    answer["holders"] = list(dict.fromkeys(item.document.holder for item in found.documents))
    return answer


@answering
def letter_to(view: View, party: str, day: str | None = None) -> dict[str, Any]:
    """Return the letter that asks a party for its documents, as text and as Markdown."""
    reading = view.reading
    written = letter(reading.questions, party, chain=reading.chain.title, day=day)
    return {**written.to_json(), "text": written.to_text(), "markdown": written.to_markdown()}
