"""Findings: what is wrong, or odd, with data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    FATAL = "fatal"
    """The input is not used at all."""
    WARNING = "warning"
    """Used, but somebody should look."""
    NOTE = "note"
    """Said for completeness."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One problem of an input, with its place and its remedy.

    Parameters
    ----------
    code
        ``ORL-`` and four digits; each code has a page under ``docs/findings/``.
    severity
        How much it matters.
    where
        The place a person can go to: file, sheet, row and column, or event and field.
    message
        What is wrong, in words of the trade.
    fix
        What to do about it.

    >>> print(Finding("ORL-0101", Severity.FATAL, "weighbridge.csv row 7", "no unit", "write t"))
    fatal ORL-0101 weighbridge.csv row 7: no unit. Fix: write t
    """

    code: str
    severity: Severity
    where: str
    message: str
    fix: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.severity} {self.code} {self.where}: {self.message}. Fix: {self.fix}"

    def to_json(self) -> dict[str, str]:
        """Return the finding as a JSON object."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "where": self.where,
            "message": self.message,
            "fix": self.fix,
        }


def is_fatal(findings: Iterable[Finding]) -> bool:
    """Return whether any finding forbids using the input."""
    return any(finding.severity is Severity.FATAL for finding in findings)
