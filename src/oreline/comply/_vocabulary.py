"""The words that a condition may use: what each takes, what it gives and in which unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value of a condition is."""

    NUMBER = "number"
    """An exact number; its unit stands in the word's name and description."""
    TRUTH = "truth value"
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a word is asked with."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a vocabulary.

    Parameters
    ----------
    name
        As it is written in a condition.
    kind
        What it gives.
    meaning
        What it is, in words of the trade; ends without a stop.
    parameters
        What it is asked with, in this order. None of them: written without brackets.
    unit
        The unit of a number; empty for a pure one and for what is no number.
    """

    name: str
    kind: Kind
    meaning: str
    parameters: tuple[Parameter, ...] = ()
    unit: str = ""

    @property
    def form(self) -> str:
        """Return how the word is written: its name with what it is asked with."""
        if not self.parameters:
            return self.name
        return f"{self.name}({', '.join(one.name for one in self.parameters)})"

    def to_json(self) -> dict[str, str]:
        """Return the word as a JSON object."""
        return {
            "name": self.name,
            "form": self.form,
            "kind": str(self.kind),
            "unit": self.unit,
            "meaning": self.meaning,
        }


Vocabulary = Mapping[str, Word]
"""Words by name."""


def vocabulary(words: tuple[Word, ...]) -> Vocabulary:
    """Return words by name; no two have the same.

    >>> from oreline.comply import Kind, Word, vocabulary
    >>> sorted(vocabulary((Word("today", Kind.DAY, "the day asked about"),)))
    ['today']
    """
    found = {word.name: word for word in words}
    assert len(found) == len(words), "a word stands twice"
    return found
