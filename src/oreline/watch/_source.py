"""A report as it was taken in: its text, and what is known of where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

NOT_FOUND: Final = "not found"


@dataclass(frozen=True, slots=True)
class Told:
    """Something found about a report, and what it was found by.

    ``basis`` is :data:`NOT_FOUND` where nothing says it; ``value`` is then None.
    """

    value: str | None
    basis: str

    def to_json(self) -> dict[str, str | None]:
        """Return it as JSON."""
        return {"value": self.value, "basis": self.basis}


UNTOLD: Final = Told(None, NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Published:
    """When a report was published.

    ``day`` is None where nothing says it, and where what is said can be read in two ways: those
    are then the ``candidates``.
    """

    day: date | None
    basis: str
    candidates: tuple[date, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "day": None if self.day is None else self.day.isoformat(),
            "basis": self.basis,
            "candidates": [one.isoformat() for one in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class Document:
    """One report.

    Issuer, wire and outlet are three things: who has something to say, who distributes it, and
    who printed it. Offsets of claims count the characters of ``text``.

    Attributes
    ----------
    name
        The file it came in, with the entry of a feed or an archive.
    kind
        What it came as: text, html, pdf, feed, mail, filing.
    sha256
        Of the bytes that arrived.
    text_sha256
        Of the text, in UTF-8.
    is_cut
        Whether the text was longer than the limit.
    marks
        What its text shows of its kind, once it is read: filing, reworded, second hand, paid for.
    """

    name: str
    kind: str
    sha256: str
    text_sha256: str
    text: str
    title: Told
    outlet: Told
    wire: Told
    issuer: Told
    published: Published
    language: Told
    encoding: str
    address: str | None
    assisted: str | None
    is_release: bool
    is_cut: bool = False
    marks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, without its text."""
        return {
            "name": self.name,
            "kind": self.kind,
            "sha256": self.sha256,
            "text_sha256": self.text_sha256,
            "title": self.title.to_json(),
            "outlet": self.outlet.to_json(),
            "wire": self.wire.to_json(),
            "issuer": self.issuer.to_json(),
            "published": self.published.to_json(),
            "language": self.language.to_json(),
            "encoding": self.encoding,
            "address": self.address,
            "ai_assistance_notice": self.assisted,
            "is_release": self.is_release,
            "is_cut": self.is_cut,
            "marks": list(self.marks),
        }
