"""Everything that is open in a ledger, and which paper would settle most of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.ask._booked import booked_questions
from oreline.ask._documents import Document, general_documents
from oreline.ask._known import gather_known
from oreline.ask._question import OpenQuestion
from oreline.ask._rank import RankedDocument, rank_documents
from oreline.ask._reported import batch_lots, reported_batches, reported_questions
from oreline.ask._subjects import subjects
from oreline.model import Chain
from oreline.record import Ledger
from oreline.trace import Tracer


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """The open questions of a ledger and the documents that would settle them, best first.

    ``unsettled`` are questions that no document in the list would settle.
    """

    ledger: str
    size: int
    questions: tuple[OpenQuestion, ...]
    documents: tuple[RankedDocument, ...]
    parties: dict[str, str]

    @property
    def unsettled(self) -> tuple[OpenQuestion, ...]:
        """Return the questions that no document would settle."""
        covered = {number for document in self.documents for number in document.questions}
        return tuple(
            question for number, question in enumerate(self.questions) if number not in covered
        )

    def by_subject(self) -> tuple[tuple[str, int, int], ...]:
        """Return (subject, questions, lots) for each subject that is open, in order."""
        counted = Counter(question.subject for question in self.questions)
        lots = {
            name: len({lot for q in self.questions if q.subject == name for lot in q.lots})
            for name in counted
        }
        return tuple((name, counted[name], lots[name]) for name in subjects() if name in counted)

    def holder_name(self, holder: str) -> str:
        """Return the name of who has a document."""
        return self.parties.get(holder, holder.replace("-", " "))

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each document, best first."""
        return pl.DataFrame(
            [_row(document, self) for document in self.documents],
            schema=[
                "rank",
                "document",
                "holder",
                "settles",
                "adds",
                "subjects",
                "about",
                "basis",
                "id",
            ],
            orient="row",
        )

    def to_json(self, questions_max: int | None = None) -> dict[str, Any]:
        """Return questions and documents as a JSON object; of many questions the first so many."""
        return {
            "ledger": self.ledger,
            "size": self.size,
            "total": len(self.questions),
            "questions": [question.to_json() for question in self.questions[:questions_max]],
            "documents": self.to_frame().to_dicts(),
            "unsettled": [question.to_json() for question in self.unsettled[:questions_max]],
        }


def open_questions(
    tracer: Tracer,
    chain: Chain,
    documents: Sequence[Document] = (),
    *,
    reported_only: bool = False,
) -> OpenQuestions:
    """Find what a ledger leaves open and rank the documents that would settle it.

    Parameters
    ----------
    tracer
        The tracer over the ledger's books.
    chain
        Names the parties that hold the documents.
    documents
        The documents that may exist for what is reported; without any, those that trade practice
        knows. What books leave open is ranked against those of trade practice.
    reported_only
        Only what is open about lots known from reports, not what the books lack.
    """
    ledger = tracer.graph.ledger
    known = gather_known(ledger)
    reported = batch_lots(reported_batches(ledger))
    found = list(reported_questions(ledger, known))
    if not reported_only:
        found += booked_questions(tracer, known, reported)
    order = {name: place for place, name in enumerate(subjects())}
    questions = tuple(
        sorted(found, key=lambda q: (not q.reported, order[q.subject], q.about, q.lots))
    )
    booking = set(ledger.columns.parties.names) - _reporting(ledger)
    practice = general_documents(p for p in chain.parties.values() if p.id in booking)
    named = tuple(documents) or general_documents(
        p for p in chain.parties.values() if p.id not in booking
    )
    return OpenQuestions(
        ledger=ledger.header.id,
        size=ledger.size,
        questions=questions,
        documents=(
            *rank_documents(questions, named, reported=True),
            *rank_documents(questions, practice, reported=False),
        ),
        parties={party.id: party.name for party in chain.parties.values()},
    )


def _reporting(ledger: Ledger) -> set[str]:
    """Return the parties between which reports say that something moved."""
    names = ("party", "to_party")
    return {event[name] for event in ledger.observed for name in names if name in event}


def _row(ranked: RankedDocument, found: OpenQuestions) -> list[Any]:
    document = ranked.document
    touched = dict.fromkeys(found.questions[number].subject for number in ranked.questions)
    return [
        ranked.rank,
        document.name,
        found.holder_name(document.holder),
        ranked.settles,
        ranked.adds,
        " ".join(touched),
        "reported" if ranked.reported else "books",
        document.basis,
        document.id,
    ]
