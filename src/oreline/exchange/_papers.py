"""Contracts and price series of a chain folder: what becomes a declaration beside the tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from oreline.exchange._declare import Draft, declaration
from oreline.model import Chain

Written = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Paper:
    """Something that a folder declares: where it stands, and what its declaration says.

    ``between`` names seller and buyer; only they are shown what is between them.
    """

    where: str
    kind: str
    id: str
    written: Written
    between: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that a paper may name."""

    parties: Collection[str]
    assumptions: Collection[str]


def paper_drafts(papers: Iterable[Paper], chain: Chain) -> list[Draft]:
    """Return papers as `declare` events; the same text gives the same event."""
    return [
        declaration(paper.kind, paper.id, paper.written, chain, paper.between) for paper in papers
    ]
