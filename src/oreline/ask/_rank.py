"""Which document to ask for first: the one that settles most of what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oreline.ask._documents import Document
from oreline.ask._question import OpenQuestion


@dataclass(frozen=True, slots=True)
class RankedDocument:
    """A document with what it would settle.

    ``settles`` counts the open questions that it would settle by itself; ``adds`` those that none
    of the documents ranked before it settles. ``questions`` are their numbers in the list.
    ``reported`` says whether they are about what reports leave open or about what books do.
    """

    document: Document
    rank: int
    settles: int
    adds: int
    questions: tuple[int, ...]
    reported: bool


def rank_documents(
    questions: Sequence[OpenQuestion], documents: Sequence[Document], *, reported: bool
) -> tuple[RankedDocument, ...]:
    """Rank documents by greedy cover: first the one that settles most, then most of the rest.

    Only questions about reported lots count, or only those about booked lots: a paper about one
    operation says nothing about another.

    Ties go to the document that settles more by itself, then to the smaller id. Documents that
    settle nothing open are left out.
    """
    about: dict[str, list[int]] = {}
    for number, question in enumerate(questions):
        if question.reported is reported:
            about.setdefault(question.subject, []).append(number)
    covers = {
        document.id: frozenset(
            number for subject in document.settles for number in about.get(subject, ())
        )
        for document in documents
    }
    waiting = {document.id: document for document in documents if covers[document.id]}
    covered: set[int] = set()
    ranked: list[RankedDocument] = []
    while waiting:
        best = min(
            waiting, key=lambda name: (-len(covers[name] - covered), -len(covers[name]), name)
        )
        own = covers[best]
        ranked.append(
            RankedDocument(
                waiting.pop(best),
                len(ranked) + 1,
                len(own),
                len(own - covered),
                tuple(sorted(own)),
                reported,
            )
        )
        covered |= own
    return tuple(ranked)
