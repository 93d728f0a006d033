"""The letter: which documents are asked of a party, why, and for which lots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from oreline.ask._question import OpenQuestion
from oreline.ask._questions import OpenQuestions
from oreline.ask._subjects import subject
from oreline.ask._told import listed
from oreline.model import InputError

LOTS_NAMED = 6
"""How many lots a line names; of more it gives the number."""


@dataclass(frozen=True, slots=True)
class Request:
    """A document that is asked for, and what it would answer."""

    document: str
    answers: tuple[str, ...]
    lots: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one party; ``to_text`` and ``to_markdown`` give it to send."""

    to: str
    to_name: str
    chain: str
    day: str | None
    requests: tuple[Request, ...]

    def to_text(self) -> str:
        """Return the letter as plain text."""
        return _written(self, bold="", rule="")

    def to_markdown(self) -> str:
        """Return the letter as Markdown."""
        return _written(self, bold="**", rule="# ")

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each document."""
        return pl.DataFrame(
            [
                (one.document, "; ".join(one.answers), " ".join(one.lots), " ".join(one.reasons))
                for one in self.requests
            ],
            schema=["document", "answers", "lots", "reasons"],
            orient="row",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the letter as a JSON object, its text included."""
        return {
            "to": self.to,
            "to_name": self.to_name,
            "chain": self.chain,
            "day": self.day,
            "requests": self.to_frame().to_dicts(),
            "text": self.to_text(),
        }


def letter(found: OpenQuestions, to_party: str, *, chain: str, day: str | None = None) -> Letter:
    """Write to a party for the documents that it would hold, the most useful first.

    Parameters
    ----------
    found
        The open questions.
    to_party
        The id of the party, as the documents name their holder.
    chain
        The title of the chain, for the subject line.
    day
        The date of the letter; it has none without.

    Raises
    ------
    InputError
        If no document that would settle anything is held by this party.
    """
    ranked = [one for one in found.documents if one.document.holder == to_party]
    if not ranked:
        holders = listed(sorted({one.document.holder for one in found.documents}))
        message = f"{to_party} holds no document that would settle a question; ask {holders}"
        raise InputError(message)
    requests = tuple(
        _request(one.document.name, [found.questions[number] for number in one.questions])
        for one in ranked
    )
    return Letter(to_party, found.holder_name(to_party), chain, day, requests)


def _request(document: str, questions: list[OpenQuestion]) -> Request:
    names = dict.fromkeys(question.subject for question in questions)
    lots = dict.fromkeys(lot for question in questions for lot in question.lots)
    return Request(
        document,
        tuple(subject(name).question for name in names),
        tuple(lots),
        tuple(subject(name).why for name in names),
    )


def _written(one: Letter, *, bold: str, rule: str) -> str:
    lines = [f"To: {one.to_name}"]
    if one.day:
        lines.append(f"Date: {one.day}")
    lines += ["", f"{rule}Documents for: {one.chain}", ""]
    lines += [
        "We keep a record of this chain in which every figure names its source. Where no paper is",
        "at hand we answer UNKNOWN and do not estimate. The following documents, which you would",
        "hold by the practice of the trade, would answer what is open. A copy of each is enough;",
        "prices may be struck out where they are confidential.",
        "",
    ]
    for number, request in enumerate(one.requests, start=1):
        lines.append(f"{number}. {bold}{request.document}{bold}")
        lines.append(f"   It would answer: {' '.join(request.answers)}")
        lines.append(f"   It concerns: {_lots(request.lots)}")
        lines += [f"   - {reason}" for reason in request.reasons]
        lines.append("")
    lines += [
        "If a document does not exist, please say so: that too is an answer, and we record it.",
        "",
    ]
    return "\n".join(lines)


def _lots(lots: tuple[str, ...]) -> str:
    if not lots:
        return "the agreement as a whole"
    if len(lots) > LOTS_NAMED:
        return f"{len(lots)} lots, among them {listed(lots[:LOTS_NAMED])}"
    return f"the {'lot' if len(lots) == 1 else 'lots'} {listed(lots)}"
