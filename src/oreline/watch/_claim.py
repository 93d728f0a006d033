"""A claim: something that a report says, with the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

RULES_VERSION: Final = "2"
"""The version of the rules; a claim keeps the one that made it."""

KINDS: Final = (
    "deal",
    "shipment",
    "facility",
    "policy",
    "funding",
    "acquisition",
    "discovery",
    "move",
    "valuation",
    "quotation",
)
"""The kinds of claim, in the order in which they are listed."""

LADDERS: Final[dict[str, tuple[str, ...]]] = {
    "deal": ("proposed", "announced", "signed", "effective"),
    "shipment": ("planned", "dispatched", "shipped", "delivered"),
    "facility": ("planned", "under construction", "operating"),
    "policy": ("proposed", "adopted"),
    "funding": ("planned", "awarded", "issued"),
    "acquisition": ("proposed", "agreed", "approved", "completed"),
    "discovery": ("claim", "intercept", "resource", "reserve"),
    "move": ("reported",),
    "valuation": ("reported",),
    "quotation": ("said",),
}
"""The steps of each kind, from the least done to the most; beside them stand OFF_LADDER."""

OFF_LADDER: Final = ("denied", "cancelled", "postponed")
"""What is said to be not so, or no longer so; no step of a ladder."""


def _short(value: Decimal) -> Decimal:
    """Give a number without a fraction that is nothing: 1.6 billion has none."""
    whole = value.to_integral_value()
    return whole if whole == value else value


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money between bounds, with the hedge that it was said with.

    ``currency`` is None where the text leaves it open (rupees of which country?).
    """

    low: Decimal
    high: Decimal
    currency: str | None
    hedge: str
    per: str
    currency_basis: str
    said: str

    def __str__(self) -> str:
        """Return it as people read it."""
        low, high = (f"{_short(one):,f}" for one in (self.low, self.high))
        number = low if self.low == self.high else f"{low} to {high}"
        words = (self.hedge, self.currency or "currency not stated", number)
        return " ".join(word for word in words if word) + (f" per {self.per}" if self.per else "")

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; numbers are text, so that none is rounded."""
        return {
            "low": f"{_short(self.low):f}",
            "high": f"{_short(self.high):f}",
            "currency": self.currency,
            "hedge": self.hedge,
            "per": self.per,
            "currency_basis": self.currency_basis,
            "said": self.said,
        }


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage with its sign and the hedge that it was said with.

    ``high`` is the upper bound of a range, None where one number was said.
    """

    value: Decimal
    hedge: str
    said: str
    high: Decimal | None = None

    def __str__(self) -> str:
        """Return it as people read it."""
        more = "" if self.high is None else f" to {self.high:f}"
        return f"{self.hedge} {self.value:f}{more} %".strip()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        high = None if self.high is None else f"{self.high:f}"
        return {
            "value": f"{self.value:f}",
            "high": high,
            "unit": "%",
            "hedge": self.hedge,
            "said": self.said,
        }


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity that is no money, in the unit as said and, where exact, in tonnes.

    ``high`` is the upper bound of a range, None where one number was said; ``tonnes`` are those of
    the lower.
    """

    value: Decimal
    unit: str
    tonnes: Decimal | None
    hedge: str
    said: str
    high: Decimal | None = None

    def __str__(self) -> str:
        """Return it as people read it."""
        more = "" if self.high is None else f" to {self.high:,f}"
        return f"{self.hedge} {self.value:,f}{more} {self.unit}".strip()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "value": f"{self.value:f}",
            "high": None if self.high is None else f"{self.high:f}",
            "unit": self.unit,
            "tonnes": None if self.tonnes is None else f"{self.tonnes:f}",
            "hedge": self.hedge,
            "said": self.said,
        }


@dataclass(frozen=True, slots=True)
class When:
    """The days within which something said to happen lies.

    Attributes
    ----------
    first, last
        The interval; None where nothing can be said.
    said
        The words.
    basis
        How the days were reached, with the anchor.
    candidates
        The intervals that the words allow, where the day they were said on is not known.
    """

    first: date | None
    last: date | None
    said: str
    basis: str
    candidates: tuple[tuple[date, date], ...] = ()

    def __str__(self) -> str:
        """Return it as people read it."""
        if self.first is None or self.last is None:
            return f"UNKNOWN ({self.said})"
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "first": None if self.first is None else self.first.isoformat(),
            "last": None if self.last is None else self.last.isoformat(),
            "said": self.said,
            "basis": self.basis,
            "candidates": [[one.isoformat(), two.isoformat()] for one, two in self.candidates],
        }


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says it, by the words of the text.

    ``kind`` is author (nobody else is named), quoted (in quotation marks), or reported.
    """

    kind: str
    speaker: str | None = None
    role: str | None = None
    words: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "kind": self.kind,
            "speaker": self.speaker,
            "role": self.role,
            "words": self.words,
        }


Value = str | int | tuple[str, ...] | Money | Percent | Amount


def value_json(value: Value) -> Any:
    """Return what a slot holds as JSON."""
    if isinstance(value, Money | Percent | Amount):
        return value.to_json()
    return list(value) if isinstance(value, tuple) else value


def value_text(value: Value) -> str:
    r"""Return what a slot holds as people read it, on one line.

    >>> value_text(("United\nStates", "Pakistan"))
    'United States, Pakistan'
    """
    return " ".join((", ".join(value) if isinstance(value, tuple) else str(value)).split())


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that one sentence of one report says.

    Attributes
    ----------
    slots
        What it says, by name, in the order of the names.
    status
        The step of the ladder of its kind.
    modality
        asserted, planned, expected, possible, proposed or denied.
    hedges
        The words that make it less than certain, as said.
    when
        When it happened or is to happen; None where the sentence does not say.
    start, end
        The characters of the sentence in the text of the report.
    checks
        What the arithmetic of the sentence implies or contradicts.
    """

    id: str
    document: str
    kind: str
    status: str
    slots: tuple[tuple[str, Value], ...]
    when: When | None
    modality: str
    hedges: tuple[str, ...]
    attribution: Attribution
    sentence: str
    start: int
    end: int
    segment: str
    rule: str
    checks: tuple[str, ...] = ()
    version: str = RULES_VERSION

    def slot(self, name: str) -> Value | None:
        """Return what a slot holds, None if the sentence does not say."""
        return next((value for key, value in self.slots if key == name), None)

    def names(self, *slots: str) -> tuple[str, ...]:
        """Return the names that stand in slots."""
        found: list[str] = []
        for name in slots:
            value = self.slot(name)
            if isinstance(value, str):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(value)
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "document": self.document,
            "kind": self.kind,
            "status": self.status,
            "slots": {name: value_json(value) for name, value in self.slots},
            "when": None if self.when is None else self.when.to_json(),
            "modality": self.modality,
            "hedges": list(self.hedges),
            "attribution": self.attribution.to_json(),
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "segment": self.segment,
            "rule": self.rule,
            "rules_version": self.version,
            "checks": list(self.checks),
        }
