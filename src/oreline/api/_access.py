"""What the ledger keeps of who was given which access, by whom."""

from __future__ import annotations

from typing import Any


def access_event(
    actor: str, what: str, subject: str, statement: str, *, time: str, mark: str
) -> dict[str, Any]:
    """Return the event that says that somebody's access has changed.

    Parameters
    ----------
    actor
        The pseudonym of who changed it.
    what
        ``access-granted``, ``access-changed``, ``access-token`` or ``access-token-ended``.
    subject
        The pseudonym of whose access it is.
    statement
        What it is from now on; never a secret.
    time
        When, in UTC with Z.
    mark
        Text that makes the id unique.
    """
    return {
        "schema": "attest/1",
        "id": f"{actor}-access-{mark}",
        "time": time,
        "actor": actor,
        "body": {"type": what, "subject": subject, "statement": statement},
    }
