"""Where the facts come from."""

from __future__ import annotations

from dataclasses import dataclass

from oreline.reference._errors import UnknownSourceError
from oreline.reference._tables import kept_by_tables, raw_table


@dataclass(frozen=True, slots=True)
class Source:
    """One published source: who says it, in which edition, and under which terms it is passed on.

    ``licence`` is an SPDX-like identifier, ``public-domain`` or ``facts`` (single facts without
    copyright, cited). ``vintage`` is the edition's year, empty where it is
    not stated; ``trap`` is what a reader must know before relying on it.
    """

    id: str
    title: str
    publisher: str
    vintage: str
    retrieved: str
    licence: str
    citation: str
    attribution: str
    trap: str
    tables: tuple[str, ...]


@kept_by_tables
def _by_id() -> dict[str, Source]:
    rows = raw_table("sources").iter_rows(named=True)
    return {
        row["id"]: Source(
            **{key: row[key] for key in row if key not in {"tables", "source"}},
            tables=tuple(row["tables"].split()),
        )
        for row in rows
    }


def source(id: str) -> Source:  # noqa: A002 - the column has this name
    """Give one source by its id.

    Raises
    ------
    UnknownSourceError
        If no shipped row names this source.

    Examples
    --------
    >>> source("usgs-mcs-2026").licence
    'public-domain'
    """
    found = _by_id().get(id)
    if found is None:
        raise UnknownSourceError(f"there is no source {id!r}; sources() lists all of them")
    return found


def sources() -> tuple[Source, ...]:
    """Give every source, sorted by id."""
    return tuple(_by_id().values())
