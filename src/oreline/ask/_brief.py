"""The brief: the first screen of a chain, as data."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.ask._brief_illustration import illustration
from oreline.ask._brief_reported import (
    answers,
    ask_first,
    not_published,
    reported,
    reported_path,
)
from oreline.ask._brief_scale import scale
from oreline.ask._flow import element_flow
from oreline.ask._known import gather_known
from oreline.ask._questions import OpenQuestions
from oreline.ask._reported import Batch, claimed_origin, reported_batches
from oreline.ask._told import Brief, Fact, Section
from oreline.model import Chain
from oreline.reference import Country, UnknownCountryError, country
from oreline.trace import UNKNOWN, Tracer

COUNTRIES_MAX = 3
"""Of how many countries of origin the scale is told."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification of the ledger found.

    ``checkpoint`` says where the checkpoint is that it was held against, empty if there was none;
    ``problem`` names the first event that does not fit, empty if all do.
    """

    size: int
    root: str
    checkpoint: str
    problem: str = ""


def brief(
    chain: Chain, tracer: Tracer, found: OpenQuestions, verified: Verified | None = None
) -> Brief:
    """Tell a chain in seven sections, in this order.

    Reported, Not published, Answers that follow, Ask first, Scale, Illustration, Ledger verified.
    Every fact carries its basis and, where somebody said it, who and when.

    Parameters
    ----------
    chain, tracer
        The chain and the lot graph of its ledger.
    found
        The open questions of the same ledger.
    verified
        What a verification found; without it the last section says that none was made.
    """
    ledger = tracer.graph.ledger
    batches = reported_batches(ledger)
    told_of = {lot for batch in batches for lot in batch.lots}
    shipments = tuple(
        shipment
        for shipment in gather_known(ledger).shipments
        if not told_of.intersection(shipment.lots)
    )
    worked, elements = illustration(chain, tracer, shipments)
    tracked = _tracked(chain, batches) or elements
    sections = (
        reported(chain, batches),
        not_published(found, batches),
        answers(chain, tracer, batches),
        ask_first(found),
        scale(tracked, _countries(tracer, batches)),
        worked,
        _verification(verified),
    )
    names = {material.id: material.name for material in chain.materials.values()}
    names |= {site.id: site.name for site in chain.sites.values()}
    books = tracer.graph.books
    return Brief(
        chain=chain.name,
        title=chain.title,
        ledger=ledger.header.id,
        as_of=ledger.as_of,
        sections=sections,
        path=reported_path(chain, batches),
        flows=tuple(element_flow(books, element, names, shipments) for element in elements),
    )


def _tracked(chain: Chain, batches: tuple[Batch, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for batch in batches:
        for event in batch.events:
            for seen in event["body"]["lots"]:
                material = chain.materials.get(seen.get("material", ""))
                found.update(dict.fromkeys(material.tracked if material else ()))
    return tuple(found)


def _countries(tracer: Tracer, batches: tuple[Batch, ...]) -> tuple[Country, ...]:
    """Return the countries of origin: those reported, or those of the mines in the books."""
    codes = {
        claimed_origin(batch, lot).get("country", UNKNOWN)
        for batch in batches
        for lot in batch.lots
    }
    if not batches:
        codes = {origin.country for origin in tracer.origins}
    known = []
    for code in sorted(codes - {UNKNOWN}):
        try:
            known.append(country(code))
        except UnknownCountryError:
            continue
    return tuple(known[:COUNTRIES_MAX])


def _verification(verified: Verified | None) -> Section:
    title = "Ledger verified"
    if verified is None:
        lead = "Not verified in this run. To do it: oreline record verify --checkpoint FILE"
        return Section("verified", "Ledger", lead)
    if verified.problem:
        lead = f"The ledger has been altered: {verified.problem}"
        return Section("verified", "Ledger altered", lead)
    facts = (
        Fact("Entries", f"{verified.size:,} in the log, each read again", "measured"),
        Fact("Fingerprint", f"{verified.root} (one number over all entries)", "measured"),
        Fact(
            "Held against",
            verified.checkpoint or "no checkpoint: this proves internal consistency only",
            "measured",
        ),
    )
    lead = (
        "Unaltered, which is not the same as true. No event was changed, removed or slipped in "
        "since the checkpoint; whether what people entered is right, the log cannot know."
    )
    return Section("verified", title, lead, facts)
