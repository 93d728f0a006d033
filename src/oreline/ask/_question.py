"""An open question, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from oreline.ask._subjects import subject


class Standing(StrEnum):
    """Why a question is open."""

    UNKNOWN = "unknown"
    """Nobody has stated it."""
    CONTESTED = "contested"
    """Two sources say different things."""
    TO_CHECK = "to check"
    """The books say something that cannot be left so."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One thing that is not known of one lot, shipment, event or framework.

    ``lots`` are the lots that it concerns; ``reported`` tells what is only known from reports from
    what stands in books.
    """

    subject: str
    about: str
    standing: Standing
    detail: str
    lots: tuple[str, ...]
    reported: bool

    @property
    def title(self) -> str:
        """Return the subject in words."""
        return subject(self.subject).title

    def to_json(self) -> dict[str, object]:
        """Return the question as a JSON object."""
        return {
            "subject": self.subject,
            "about": self.about,
            "standing": str(self.standing),
            "detail": self.detail,
            "lots": list(self.lots),
            "reported": self.reported,
        }
