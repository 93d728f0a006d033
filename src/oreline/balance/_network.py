"""What is reconciled: streams between nodes, what was measured of them, and what errors share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

DRY = "dry_t"
"""The name of the dry mass among the quantities of a stream; all others are analytes."""


class Quantity(NamedTuple):
    """One number of one stream: its dry mass, or its grade of an analyte."""

    stream: str
    what: str

    def __str__(self) -> str:
        """Return it as a person writes it: ``feed:Cu``.

        >>> str(Quantity("feed", "Cu"))
        'feed:Cu'
        """
        return f"{self.stream}:{self.what}"

    @property
    def unit(self) -> str:
        """Return the unit of its number: t, or % of the dry mass."""
        return "t" if self.what == DRY else "%"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with its standard uncertainty (one sigma), basis and source.

    The unit is that of the quantity. A grade of 0 with ``u`` 0 says that the analyte is known to be
    absent; every other number needs an uncertainty above zero.
    """

    value: float
    u: float
    basis: str = "measured"
    source: str = ""


class StreamKind(StrEnum):
    """What a stream is: material that flows, or a stock at the beginning or end of the period."""

    FLOW = "flow"
    OPENING = "opening"
    CLOSING = "closing"


class Class(StrEnum):
    """What can be known of a quantity."""

    REDUNDANT = "redundant"
    """Measured, and the other measurements would give it as well: it can be checked."""
    NON_REDUNDANT = "non-redundant"
    """Measured, and nothing else tells it: it is taken as it is."""
    OBSERVABLE = "observable"
    """Not measured, but the others give it."""
    UNOBSERVABLE = "unobservable"
    """Not measured, and nothing gives it."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Material that goes from one node to another; None is outside of what is balanced.

    An opening stock comes from outside into its node, a closing stock goes from its node to
    outside.

    Attributes
    ----------
    dry_t
        Its dry mass in t; None if it was not measured.
    grades_pct
        Grades in % of the dry mass, of what was measured.
    where
        Where it is written: file and row, or the events of a ledger.
    """

    name: str
    origin: str | None
    destination: str | None
    dry_t: Measurement | None
    grades_pct: Mapping[str, Measurement] = field(default_factory=dict)
    kind: StreamKind = StreamKind.FLOW
    where: str = ""


@dataclass(frozen=True, slots=True)
class SharedError:
    """One error that several measurements have in common: a moisture sample, a standard, a scale.

    ``parts`` gives for each quantity which part of its standard uncertainty comes from here, in the
    unit of the quantity; a negative part moves against the others. The covariance of two quantities
    is the sum over shared errors of the product of their parts.
    """

    source: str
    parts: Mapping[Quantity, float]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Streams, the analytes balanced over them, sums that must hold, and errors in common.

    ``sums`` names analytes that are the sum of others in every stream, such as TREO of its oxides.
    """

    streams: tuple[Stream, ...]
    analytes: tuple[str, ...] = ()
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[SharedError, ...] = ()

    def measured(self) -> Iterator[tuple[Quantity, Measurement, Stream]]:
        """Give every measurement with its quantity and stream."""
        for stream in self.streams:
            if stream.dry_t is not None:
                yield Quantity(stream.name, DRY), stream.dry_t, stream
            for analyte in self.analytes:
                if analyte in stream.grades_pct:
                    yield Quantity(stream.name, analyte), stream.grades_pct[analyte], stream

    def nodes(self) -> tuple[str, ...]:
        """Return the names of the nodes, in the order in which streams name them."""
        ends = (end for stream in self.streams for end in (stream.origin, stream.destination))
        return tuple(dict.fromkeys(end for end in ends if end is not None))


def is_absent(quantity: Quantity, measurement: Measurement) -> bool:
    """Return whether an analyte is known not to be there: 0 with no uncertainty."""
    return quantity.what != DRY and measurement.value == 0 and measurement.u == 0


def is_number(value: float) -> bool:
    """Return whether a value is finite.

    >>> is_number(float("nan"))
    False
    """
    return math.isfinite(value)
