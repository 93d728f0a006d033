"""The exceptions of oreline: one tree.

::

    OrelineError
    ├── ListedError           several problems at once, as findings
    │   ├── InputError        a call or a file that cannot be understood
    │   │   └── UnitError     a quantity whose unit is missing, unknown or of the wrong dimension
    │   └── LedgerError       the ledger refuses: one id with two contents, wrong tense
    ├── StoreError            the database cannot be opened, read or written
    ├── VerificationError     a proof, a signature or a hash does not hold
    ├── LoopError             a recycle loop that nothing enters or leaves
    └── LimitExceededError    a named limit was reached

Data problems are not exceptions: they are :class:`oreline.model.Finding` values, so that one run
reports all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oreline.model._finding import Finding


class OrelineError(Exception):
    """Any error that oreline raises on purpose."""


class ListedError(OrelineError):
    """An error with several causes; ``findings`` lists every one, not only the first."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        """Return the message and, below it, one line for each finding."""
        return "\n".join([super().__str__(), *(f"  {finding}" for finding in self.findings)])


class InputError(ListedError):
    """An input that cannot be used."""


class UnitError(InputError):
    """A quantity whose unit is missing, unknown or of the wrong dimension."""


class LedgerError(ListedError):
    """The ledger refuses an event; the findings say which and why."""


class StoreError(OrelineError):
    """The database cannot be opened, read or written."""


class VerificationError(OrelineError):
    """A proof, a signature or a hash does not hold."""


class LoopError(OrelineError):
    """A recycle loop that nothing enters or leaves, so that no origin can be given to it."""


class LimitExceededError(OrelineError):
    """A named limit was reached; the message names the setting that moves it."""
