"""What can be asked of a lot, a shipment or a framework: the subjects of open questions."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is known of a thing or not.

    ``level`` says of what: a lot, a shipment, the framework or an event. ``question`` and ``why``
    are plain sentences for a letter.
    """

    id: str
    level: str
    title: str
    question: str
    why: str

    @property
    def name(self) -> str:
        """Return the title as it stands within a sentence.

        >>> subjects()["hs_code"].name, subjects()["mine"].name
        ('HS code', 'mine of origin')
        """
        if self.title[:2].isupper():
            return self.title
        return self.title[0].lower() + self.title[1:]


@cache
def subjects() -> dict[str, Subject]:
    """Return every subject by id, in the order in which they are shown.

    >>> subjects()["assay"].question
    'How much metal is in it?'
    """
    return {row["id"]: Subject(**row) for row in data_rows("subjects.csv")}


def subject(identity: str) -> Subject:
    """Return one subject.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    found = subjects().get(identity)
    if found is None:
        known = ", ".join(subjects())
        raise InputError(f"{identity!r} is no subject of a question; the subjects are {known}")
    return found


def data_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that comes with this room."""
    text = files("oreline.ask").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
