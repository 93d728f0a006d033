"""Prices between related parties: the transfer-pricing file of the chain.

It holds costs and margins of both sides, so that it is shown to people of the whole ledger alone.
"""

from __future__ import annotations

from typing import Any

from oreline.api._answers_fund import day_asked
from oreline.api._answers_office import text_of_file
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.fund import TRANSFER_FILE, TransferFile, read_transfer, transfer_file
from oreline.model import InputError


def transfer_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return every sale between related parties beside what independent parties agreed on.

    ``transfer`` is None where the chain folder says nothing of it, or this person belongs to a
    party.

    Raises
    ------
    InputError
        If ``on`` is no day, or with all that is wrong with the file.
    """
    found = _file(view, on)
    return {"transfer": None if found is None else found.to_json()}


def transfer_seen(view: View, on: str | None = None) -> TransferFile:
    """Return the file itself; see :func:`transfer_told`.

    Raises
    ------
    NotFoundError
        If there is none that this person may see.
    """
    found = _file(view, on)
    if found is None:
        raise NotFoundError(f"no {TRANSFER_FILE} in this chain's folder")
    return found


def _file(view: View, on: str | None) -> TransferFile | None:
    folder, day = view.desk.folder, day_asked(view, on)
    if folder is None or view.is_partial or not (folder / TRANSFER_FILE).is_file():
        return None
    terms, findings = read_transfer(text_of_file(folder / TRANSFER_FILE), TRANSFER_FILE)
    if terms is None:
        raise InputError(f"{TRANSFER_FILE} cannot be used", findings)
    return view.whole.ask(lambda: transfer_file(view.whole.ledger, terms, day))
