"""Releasing a tranche: judged and appended in one step, on the ledger as it is at that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from oreline.fund._instrument import Instrument
from oreline.fund._money import money_draft
from oreline.fund._standing import InstrumentStanding, LedgerAt, Standing, TrancheState, standing_of
from oreline.model import Finding, InputError, LedgerError, Severity
from oreline.record import Ledger, Receipt

ATTEMPTS_MAX = 5
"""How often a release is judged anew because the ledger grew while it was judged."""


Append = Callable[[dict[str, Any], int], Receipt]
"""Appends an event to a log of a size, and to no other: see ``Store.append``."""


def release_tranche(
    append: Append,
    load: Callable[[], tuple[Ledger, Instrument, LedgerAt]],
    tranche: str,
    *,
    identity: str,
    time: str,
    actor: str,
) -> tuple[Receipt, Standing]:
    """Release a tranche if its conditions hold on the ledger to which the release is appended.

    The transaction that appends sees that the log still has the size that was judged; where it has
    grown meanwhile, all is judged again.

    Parameters
    ----------
    append
        As :meth:`oreline.record.Store.append` with ``at_size``.
    load
        Reads the ledger as it is, the instrument in it, and gives what reads it as of a moment.
    identity, time, actor
        The id, moment (RFC 3339, UTC) and author of the release.

    Raises
    ------
    InputError
        If the instrument has no such tranche.
    LedgerError
        If the tranche may not be released (ORL-1175, one for each reason), or the ledger grew
        ``ATTEMPTS_MAX`` times while it was judged (ORL-0208).
    """
    day = datetime.fromisoformat(time).date()
    for attempt in range(1, ATTEMPTS_MAX + 1):
        ledger, instrument, ledger_at = load()
        whole = standing_of(ledger, instrument, day, ledger_at)
        standing = _ready(whole, tranche, day)
        draft = release_draft(ledger, instrument, standing)
        event = {"id": identity, "time": time, "actor": actor, **draft}
        try:
            return append(event, ledger.size), standing
        except LedgerError as error:
            grown = any(finding.code == "ORL-0208" for finding in error.findings)
            if not grown or attempt == ATTEMPTS_MAX:
                raise
    raise AssertionError("every attempt returns or raises")


def _ready(whole: InstrumentStanding, tranche: str, day: date) -> Standing:
    standing = whole.at(tranche)
    if standing is None:
        known = ", ".join(one.id for one in whole.instrument.tranches)
        raise InputError(f"{whole.instrument.id} has no tranche {tranche}; it has {known}")
    if standing.state is TrancheState.READY:
        return standing
    reasons = standing.reasons
    if standing.release is not None:
        reasons = (f"it was released by {standing.release.event}", *reasons)
    raise LedgerError(
        f"{tranche} is {standing.state} on {day}; nothing was released",
        [
            Finding("ORL-1175", Severity.FATAL, f"{whole.instrument.id}/{tranche}", one,
                    "see oreline fund status for what each condition rests on")
            for one in reasons
        ],
    )  # fmt: skip


def release_draft(ledger: Ledger, instrument: Instrument, standing: Standing) -> dict[str, Any]:
    """Return the release of a tranche without its id, time and actor.

    It cites the size and root of the log, the terms, every event that was read, and the approvals.
    """
    draft = money_draft(
        instrument,
        "release",
        standing.tranche.amount,
        debit=instrument.taker,
        credit=instrument.giver,
    )
    draft["body"]["tranche"] = standing.tranche.id
    draft["body"]["judged"] = {
        "size": ledger.size,
        "root": ledger.root.hex(),
        "terms": instrument.terms,
        "events": list(standing.cites),
        "approvals": [one.event for one in standing.approvals],
    }
    return draft
