"""What a reconciliation found: values with their uncertainty, tests, and what is suspect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import polars as pl

from oreline.balance._network import Class, Network, Quantity
from oreline.model import Finding

_DIGITS = 12


class Status(StrEnum):
    """What became of a reconciliation."""

    RECONCILED = "RECONCILED"
    """The measurements agree within their uncertainties; reconciled values conserve exactly."""
    NOT_REDUNDANT = "NOT REDUNDANT"
    """Nothing is measured twice: what can be computed is, and nothing could be tested."""
    GROSS_ERROR = "GROSS ERROR"
    """The measurements contradict each other; nothing is adjusted, the suspects are named."""
    NOT_FOUND = "NOT FOUND"
    """No values that conserve were found; nothing is adjusted."""


@dataclass(frozen=True, slots=True)
class ReconciledQuantity:
    """One quantity of one stream before and after.

    Attributes
    ----------
    measured, u
        As given, with the standard uncertainty; None if not measured.
    value, value_u
        Reconciled, or computed from the others; None where nothing gives it, or where the result
        was refused.
    statistic
        By how many of its standard deviations the balances pull at the measurement; None where it
        cannot be tested.
    at_zero
        Held at zero because it would be negative.
    """

    quantity: Quantity
    known: Class
    measured: float | None
    u: float | None
    basis: str
    source: str
    value: float | None
    value_u: float | None
    statistic: float | None
    is_suspect: bool
    is_excluded: bool
    at_zero: bool

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        return {
            "stream": self.quantity.stream,
            "quantity": self.quantity.what,
            "unit": self.quantity.unit,
            "class": str(self.known),
            "measured": number_text(self.measured),
            "u": number_text(self.u),
            "basis": self.basis,
            "source": self.source,
            "value": number_text(self.value),
            "value_u": number_text(self.value_u),
            "statistic": number_text(self.statistic),
            "is_suspect": self.is_suspect,
            "is_excluded": self.is_excluded,
            "at_zero": self.at_zero,
        }


@dataclass(frozen=True, slots=True)
class GlobalTest:
    """Whether all measurements together agree: the weighted sum of squares against chi-square."""

    chi2: float
    freedom: int
    critical: float
    p_value: float

    @property
    def is_exceeded(self) -> bool:
        """Return whether the measurements contradict each other."""
        return self.freedom > 0 and self.chi2 > self.critical

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        return {
            "chi2": number_text(self.chi2),
            "degrees_of_freedom": self.freedom,
            "critical": number_text(self.critical),
            "p_value": number_text(self.p_value),
            "is_exceeded": self.is_exceeded,
        }


@dataclass(frozen=True, slots=True)
class NodeTest:
    """The imbalance of one node as measured, in minus out in t; None where a leg is not measured.

    ``what`` is ``dry_t`` for the dry mass, else the analyte whose metal is balanced.
    """

    node: str
    what: str
    imbalance_t: float | None
    u_t: float | None
    statistic: float | None
    critical: float | None

    @property
    def is_exceeded(self) -> bool:
        """Return whether the node does not close within its uncertainty."""
        if self.statistic is None or self.critical is None:
            return False
        return self.statistic > self.critical

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        return {
            "node": self.node,
            "quantity": self.what,
            "imbalance_t": number_text(self.imbalance_t),
            "u_t": number_text(self.u_t),
            "statistic": number_text(self.statistic),
            "critical": number_text(self.critical),
            "is_exceeded": self.is_exceeded,
        }


@dataclass(frozen=True, slots=True)
class Suspect:
    """A measurement that serial elimination took out, and what was left without it.

    Attributes
    ----------
    statistic, critical
        Its test statistic when it was taken out, and what it may be.
    value
        What all others give for it; None if nothing does.
    alternatives
        Other measurements whose removal would have done as well, with their statistics: where there
        are any, the data alone cannot tell which one is wrong.
    chi2, freedom, is_enough
        The global test without it, and whether all tests pass then.
    """

    quantity: Quantity
    measured: float
    u: float
    statistic: float
    critical: float
    value: float | None
    alternatives: tuple[tuple[Quantity, float], ...]
    chi2: float
    freedom: int
    is_enough: bool

    def to_json(self) -> dict[str, Any]:
        """Return it with numbers as decimal text."""
        return {
            "stream": self.quantity.stream,
            "quantity": self.quantity.what,
            "unit": self.quantity.unit,
            "measured": number_text(self.measured),
            "u": number_text(self.u),
            "statistic": number_text(self.statistic),
            "critical": number_text(self.critical),
            "value_by_the_others": number_text(self.value),
            "alternatives": [
                {
                    "stream": quantity.stream,
                    "quantity": quantity.what,
                    "statistic": number_text(statistic),
                }
                for quantity, statistic in self.alternatives
            ],
            "chi2_without": number_text(self.chi2),
            "degrees_of_freedom_without": self.freedom,
            "is_enough": self.is_enough,
        }


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The answer of :func:`oreline.balance.reconcile`.

    Attributes
    ----------
    confidence
        The probability with which data without gross errors pass each kind of test.
    critical
        What the statistic of a measurement may be, for as many tests as were made; None without.
    rounds
        How often the equations were made linear.
    imbalance
        The largest imbalance of the reconciled values, of the largest term of its equation.
    """

    status: Status
    network: Network
    quantities: tuple[ReconciledQuantity, ...]
    confidence: float
    overall: GlobalTest
    critical: float | None
    nodes: tuple[NodeTest, ...]
    suspects: tuple[Suspect, ...]
    excluded: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    rounds: int
    imbalance: float

    def __iter__(self) -> Iterator[ReconciledQuantity]:
        """Give every quantity, stream by stream."""
        return iter(self.quantities)

    def of(self, stream: str, what: str) -> ReconciledQuantity:
        """Return one quantity.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        wanted = Quantity(stream, what)
        for found in self.quantities:
            if found.quantity == wanted:
                return found
        raise KeyError(str(wanted))

    def to_frame(self) -> pl.DataFrame:
        """Return one row a quantity."""
        rows = [
            (
                *item.quantity,
                item.quantity.unit,
                str(item.known),
                item.measured,
                item.u,
                item.basis,
                item.source,
                item.value,
                item.value_u,
                item.statistic,
                item.is_suspect,
                item.is_excluded,
                item.at_zero,
            )
            for item in self.quantities
        ]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return everything with numbers as decimal text."""
        return {
            "status": str(self.status),
            "confidence": number_text(self.confidence),
            "global_test": self.overall.to_json(),
            "measurement_critical": number_text(self.critical),
            "streams": [
                {
                    "stream": stream.name,
                    "from_node": stream.origin,
                    "to_node": stream.destination,
                    "kind": str(stream.kind),
                    "where": stream.where,
                }
                for stream in self.network.streams
            ],
            "sums": {name: list(parts) for name, parts in self.network.sums.items()},
            "quantities": [item.to_json() for item in self.quantities],
            "node_tests": [item.to_json() for item in self.nodes],
            "suspects": [item.to_json() for item in self.suspects],
            "excluded": [str(quantity) for quantity in self.excluded],
            "rounds": self.rounds,
            "largest_relative_imbalance": number_text(self.imbalance),
            "findings": [finding.to_json() for finding in self.findings],
        }


_SCHEMA: Mapping[str, Any] = {
    "stream": pl.String,
    "quantity": pl.String,
    "unit": pl.String,
    "class": pl.String,
    "measured": pl.Float64,
    "u": pl.Float64,
    "basis": pl.String,
    "source": pl.String,
    "value": pl.Float64,
    "value_u": pl.Float64,
    "statistic": pl.Float64,
    "is_suspect": pl.Boolean,
    "is_excluded": pl.Boolean,
    "at_zero": pl.Boolean,
}


def number_text(value: float | None) -> str | None:
    """Return a number as decimal text of 12 significant digits.

    >>> number_text(0.1 + 0.2), number_text(1e-20), number_text(None)
    ('0.3', '0.00000000000000000001', None)
    """
    if value is None:
        return None
    rounded = Decimal(f"{value:.{_DIGITS}g}").normalize()
    return format(rounded if rounded else Decimal(0), "f")
