"""What the exit status of a command says; documented in ``docs/reference/exit-codes.md``."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit status of ``oreline``."""

    OK = 0
    """Done; there may be warnings and notes."""
    FOUND = 1
    """The data is not good: a fatal finding, a proof that fails, a balance that does not close."""
    WRONG_CALL = 2
    """The call cannot be understood, or names something that is not there."""
    STORE = 3
    """The ledger cannot be opened, read or written."""
    LIMIT = 4
    """A named limit was reached; the message names the setting that moves it."""
    NOT_SETTLED = 5
    """Nothing is settled: the statement says what is missing."""
    DEFECT = 70
    """A defect of oreline itself."""
    INTERRUPTED = 130
    """Stopped with Ctrl-C."""


def exit_code_of(error: Exception) -> ExitCode:
    """Return the exit status of an error that oreline raised on purpose."""
    from oreline.model import (
        LedgerError,
        LimitExceededError,
        LoopError,
        StoreError,
        VerificationError,
    )

    if isinstance(error, LedgerError | VerificationError | LoopError):
        return ExitCode.FOUND
    if isinstance(error, StoreError):
        return ExitCode.STORE
    if isinstance(error, LimitExceededError):
        return ExitCode.LIMIT
    return ExitCode.WRONG_CALL
