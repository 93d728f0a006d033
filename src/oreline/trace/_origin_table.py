"""What is known of each origin: its lot, site, district, country and party."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.model import Basis
from oreline.record import BASES, Ledger, Version
from oreline.trace._graph import LotGraph

UNKNOWN = "UNKNOWN"
"""The name of every place, party or lot that nobody has stated."""

PLACE_LEVELS = ("country", "district", "site", "lot")
"""The levels of place, from the widest; each is apportioned within the one before."""
LEVELS = (*PLACE_LEVELS, "party")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where material entered the record, as far as anybody stated."""

    lot: str
    site: str
    district: str
    country: str
    party: str
    basis: str
    source: str

    def path(self, level: str) -> tuple[str, ...]:
        """Return the names from the widest level of place down to ``level``."""
        if level == "party":
            return (self.party,)
        names = (self.country, self.district, self.site, self.lot)
        return names[: PLACE_LEVELS.index(level) + 1]


NOWHERE = Origin(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "unknown", "no record")


def origin_table(graph: LotGraph) -> tuple[Origin, ...]:
    """Return what is known of every origin of a graph, in its order."""
    ledger = graph.ledger
    sites = ledger.current("site")
    claims = _claims(ledger)
    columns = ledger.columns
    table = [NOWHERE]
    for line, lot in zip(
        graph.origin_line[1:].tolist(), graph.origin_lot[1:].tolist(), strict=True
    ):
        name = columns.lots.names[lot]
        if line >= 0:
            row = columns.lines.event[line]
            table.append(_extracted(ledger, row, name, sites, columns.lines.basis[line]))
        else:
            table.append(_claimed(name, claims.get(name), sites))
    return tuple(table)


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """Origins gathered at one level: the column of each origin, and the path of each column."""

    level: str
    column: npt.NDArray[np.int32]
    paths: tuple[tuple[str, ...], ...]


def level_columns(table: tuple[Origin, ...], level: str) -> LevelColumns:
    """Gather origins by country, district, site, lot or party."""
    paths = sorted({origin.path(level) for origin in table})
    number = {path: place for place, path in enumerate(paths)}
    column = np.array([number[origin.path(level)] for origin in table], np.int32)
    return LevelColumns(level, column, tuple(paths))


def _extracted(
    ledger: Ledger, row: int, lot: str, sites: Mapping[str, Version], basis: int
) -> Origin:
    events, columns = ledger.columns.events, ledger.columns
    site = columns.places.names[events.site[row]] if events.site[row] >= 0 else UNKNOWN
    data = sites[site].data if site in sites else {}
    party = columns.parties.names[events.party[row]] if events.party[row] >= 0 else None
    said: Mapping[str, Any] = {}
    if not (data.get("district") and data.get("country") and (data.get("operator") or party)):
        seq = events.seq[row]
        # A look at the bytes spares parsing every extraction of a site that is not declared.
        if b'"origin"' in ledger.raw[seq] or seq in ledger.verdicts.amended:
            said = ledger.event(seq)["body"].get("origin", {})
    return Origin(
        lot=lot,
        site=said.get("site", UNKNOWN) if site == UNKNOWN else site,
        district=str(data.get("district") or said.get("district") or UNKNOWN),
        country=str(data.get("country") or said.get("country") or UNKNOWN),
        party=str(data.get("operator") or party or said.get("party") or UNKNOWN),
        basis=max(BASES[basis], str(said["basis"]), key=_rank) if "basis" in said else BASES[basis],
        source=events.id[row],
    )


@dataclass(frozen=True, slots=True)
class _Claim:
    """What was said of a lot's origin: each field as all say, UNKNOWN where they disagree."""

    said: Mapping[str, str]
    basis: str
    sources: tuple[str, ...]


def _claims(ledger: Ledger) -> dict[str, _Claim]:
    """Return what was reported of the origin of lots that nobody recorded being extracted."""
    claims: dict[str, _Claim] = {}
    for event in ledger.observed:
        for seen in event["body"]["lots"]:
            if "origin" in seen:
                claims[seen["lot"]] = _joined(claims.get(seen["lot"]), seen["origin"], event["id"])
    return claims


def _joined(before: _Claim | None, origin: Mapping[str, Any], event: str) -> _Claim:
    """Join one more claim: no report holds because it is the latest."""
    said = {name: str(origin[name]) for name in _FIELDS if name in origin}
    basis = str(origin.get("basis", Basis.REPORTED))
    if before is None:
        return _Claim(said, basis, (event,))
    for name, value in before.said.items():
        said[name] = value if said.get(name, value) == value else UNKNOWN
    weaker = max(before.basis, basis, key=_rank)
    return _Claim(said, weaker, (*before.sources, event))


_FIELDS = ("country", "district", "site", "party")


_RANKS = {basis: rank for rank, basis in enumerate(BASES)}


def _rank(basis: str) -> int:
    return _RANKS.get(basis, len(BASES))


def _claimed(lot: str, claim: _Claim | None, sites: Mapping[str, Version]) -> Origin:
    if claim is None:
        return Origin(lot, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "unknown", "no record")
    data = sites[claim.said["site"]].data if claim.said.get("site") in sites else {}
    return _from_claim(lot, claim, data)


def _from_claim(lot: str, claim: _Claim, site: Mapping[str, Any]) -> Origin:
    """Return an origin as said; what the named site is declared to be stands behind it."""
    said = claim.said
    return Origin(
        lot=lot,
        site=said.get("site") or UNKNOWN,
        district=str(said.get("district") or site.get("district") or UNKNOWN),
        country=str(said.get("country") or site.get("country") or UNKNOWN),
        party=str(said.get("party") or site.get("operator") or UNKNOWN),
        basis=claim.basis,
        source=", ".join(claim.sources),
    )
