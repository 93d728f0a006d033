"""The parts that a brief is told in: facts with their sources, tables, sections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from oreline.ask._flow import ElementFlow
from oreline.model import Chain

UNKNOWN = "UNKNOWN"
ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a fact stands: who published it, when, its id in the chain, and the sentence."""

    outlet: str
    date: str
    id: str = ""
    quote: str = ""

    @property
    def text(self) -> str:
        """Return the citation as a person reads it.

        >>> Cited("Benzinga", "2025-10-03", "E-02").text
        'Benzinga, 2025-10-03 (E-02)'
        """
        outlet = f"outlet {self.outlet}" if self.outlet.startswith("not named") else self.outlet
        told = ", ".join(part for part in (outlet, self.date) if part)
        return f"{told} ({self.id})" if self.id else told


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about, what is known of it, on which basis, from whom.

    ``see`` is the command that shows how the answer comes about.
    """

    label: str
    text: str
    basis: str
    sources: tuple[Cited, ...] = ()
    see: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    ``numeric`` are the columns set flush right; ``is_detail`` marks a table that a small screen may
    leave to the report.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()
    note: str = ""
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the brief under one heading."""

    id: str
    title: str
    lead: str
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A place on the way of a reported batch: named by a report, or UNKNOWN."""

    role: str
    name: str
    basis: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """The first screen of a chain: its sections in order, and what its pictures show."""

    chain: str
    title: str
    ledger: str
    as_of: str | None
    sections: tuple[Section, ...]
    path: tuple[Station, ...]
    flows: tuple[ElementFlow, ...]

    def section(self, identity: str) -> Section:
        """Return the section of this id."""
        return next(section for section in self.sections if section.id == identity)

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each fact."""
        return pl.DataFrame(
            [
                (
                    section.id,
                    fact.label,
                    fact.text,
                    fact.basis,
                    sources_text(fact.sources),
                    fact.see,
                )
                for section in self.sections
                for fact in section.facts
            ],
            schema=["section", "label", "text", "basis", "sources", "see"],
            orient="row",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the brief as a JSON object."""
        return {
            "chain": self.chain,
            "title": self.title,
            "ledger": self.ledger,
            "as_of": self.as_of,
            "sections": [asdict(section) for section in self.sections],
            "path": [asdict(station) for station in self.path],
            "flows": [flow.to_json() for flow in self.flows],
        }


def sources_text(sources: Iterable[Cited]) -> str:
    """Return citations on one line, the ids of one report together.

    >>> sources_text([Cited("Dawn", "2025-10-03", "E-03"), Cited("Dawn", "2025-10-03", "E-04")])
    'Dawn, 2025-10-03 (E-03, E-04)'
    """
    reports: dict[tuple[str, str], list[str]] = {}
    for source in sources:
        ids = reports.setdefault((source.outlet, source.date), [])
        if source.id and source.id not in ids:
            ids.append(source.id)
    return "; ".join(
        Cited(outlet, date, ", ".join(ids)).text for (outlet, date), ids in reports.items()
    )


def cited(chain: Chain, text: str | None) -> tuple[Cited, ...]:
    """Return the evidence that a source column names by id, else the text as its own source."""
    if not text:
        return ()
    ids = [word for word in re.findall(r"[A-Za-z]+-[0-9]+", text) if word in chain.evidence]
    if not ids:
        return (Cited(text, ""),)
    return tuple(evidence(chain, identity) for identity in dict.fromkeys(ids))


def evidence(chain: Chain, identity: str) -> Cited:
    """Return a quoted sentence as a citation."""
    item = chain.evidence[identity]
    return Cited(item.outlet, item.date, item.id, item.quote)


def day_text(day: str) -> str:
    """Return a day in words.

    >>> day_text("2025-10-02")
    'Thursday 2 October 2025'
    """
    told = date.fromisoformat(day[:10])
    return f"{told:%A} {told.day} {told:%B %Y}"


def listed(parts: Iterable[str]) -> str:
    """Return parts as an enumeration.

    >>> listed(["ore", "oxide", "metal"])
    'ore, oxide and metal'
    """
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def party_name(chain: Chain, identity: str | None) -> str:
    """Return the name of a party, UNKNOWN where none is given."""
    if identity is None:
        return UNKNOWN
    return chain.parties[identity].name if identity in chain.parties else identity


KG_BELOW_MG = 10_000_000_000
"""A table whose largest mass is below 10 t is written in kilograms."""


def unit_of(masses_mg: Iterable[float]) -> str:
    """Return the unit in which the masses of a table are best read, the same for all of them.

    >>> unit_of([112560000000, 3000000]), unit_of([3847000000])
    ('t', 'kg')
    """
    return "t" if max((abs(mass) for mass in masses_mg), default=0) >= KG_BELOW_MG else "kg"


def amount(mass_mg: float, unit: str) -> str:
    """Return milligrams in tonnes (three decimals) or kilograms (one).

    >>> amount(112560000000, "t"), amount(164200000, "kg")
    ('112.560 t', '164.2 kg')
    """
    if unit == "t":
        return f"{mass_mg / 1e9:,.3f} t"
    return f"{mass_mg / 1e6:,.1f} kg"


def percent(fraction: float, digits: int = 2) -> str:
    """Return a fraction in per cent.

    >>> percent(0.0023636)
    '0.24 %'
    """
    return f"{fraction * 100:,.{digits}f} %"
