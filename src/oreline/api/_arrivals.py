"""What a person is told of an entry on its arrival: of lots whose book they see, not of others.

The ledger judges an entry against all of its lots. That a lot is drawn which nobody recorded, or
more of it than there is, would tell somebody of a party who tries names which lots of others exist,
and roughly how much of them. That nobody recorded a lot no party is told: that it has not seen the
name before is said in any case. The rest it is told of lots whose book it sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from oreline.api._views import View

_NOBODYS = "ORL-0210"
"""A lot is drawn and nobody recorded where it came from."""
_LOT_OF = {
    "ORL-0211": re.compile(r"(.+) is produced a second time"),
    "ORL-0212": re.compile(r"the book stock of (.+) falls below zero"),
}
"""How the findings on the book of a lot name it."""


def findings_told(view: View, findings: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the findings on an entry, as JSON, that this person may know."""
    return [dict(one) for one in findings if not view.is_partial or _is_theirs(view, one)]


def _is_theirs(view: View, finding: Mapping[str, str]) -> bool:
    if finding["code"] == _NOBODYS:
        return False
    pattern = _LOT_OF.get(finding["code"])
    if pattern is None:
        return True
    named = pattern.fullmatch(finding["message"])
    assert named is not None, f"{finding['code']} names its lot otherwise"
    return view.sees_lot(named[1]) and named[1] not in view.untold


def entries_told(view: View, entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what became of entries, as JSON, as far as this person may know it."""
    found = []
    for entry in entries:
        told = findings_told(view, entry["findings"])
        state = entry["state"]
        if state == "with_findings" and not told:
            state = "accepted"
        found.append({**entry, "findings": told, "state": state})
    return found
