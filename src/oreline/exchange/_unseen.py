"""What events name that was never seen before: accepted as written, but said, with what was meant.

A measured fact is never refused, so a misspelt lot is a new lot for ever. Whoever writes is told
while there is still time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.exchange._near_lots import LotNames, near_lots
from oreline.exchange._sheet import note, warning
from oreline.exchange._tables import near_to
from oreline.model import LOT_PATTERN, Finding

NEAR_ASKED_MAX = 20
"""For how many unseen lots of one batch those that are spelt alike are looked for."""
UNSEEN_MAX = 200
"""How many names that were never seen are listed one by one."""
_ORDER = ("party", "site", "material")
_WORDS = {"party": "parties", "site": "sites", "material": "materials"}
_INTRODUCES = {
    "extract": ("outputs",), "process": ("outputs",), "blend": ("outputs",), "split": ("outputs",),
    "observe": ("lots",),
}  # fmt: skip
"""Where a lot that nobody knows is news, not a slip."""
_MAY_COME_FIRST = frozenset({"receive", "count"})
"""Kinds of entry that may well be the first that is heard of a lot: it came from outside."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a ledger and its chain have names for, as far as whoever writes may know.

    ``places`` gives the known names of ``party``, ``site`` or ``material``; it is asked only where
    an event names one, for reading them can take a while.
    """

    lots: LotNames
    places: Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class _Named:
    """A name, what it is the name of, and where it stands."""

    what: str
    name: str
    where: str
    kind: str


def unseen_names(drafts: Sequence[Mapping[str, Any]], known: KnownNames) -> list[Finding]:
    """Return a remark for each name in drafts that is not known, with those that are spelt alike.

    Each name is told once, at its first place. What the drafts themselves bring or declare is
    known. Drafts may be malformed: what cannot be read is passed over.
    """
    named: dict[tuple[str, str], _Named] = {}
    brought: set[tuple[str, str]] = set()
    for draft in drafts:
        kind = str(draft.get("schema", "")).partition("/")[0]
        for one, is_new in _names(draft, kind):
            if is_new:
                brought.add((one.what, one.name))
            else:
                named.setdefault((one.what, one.name), one)
    asked = [one for key, one in named.items() if key not in brought]
    lots = [one for one in asked if one.what == "lot" and re.fullmatch(LOT_PATTERN, one.name)]
    seen = known.lots.known({one.name for one in lots}) if lots else set()
    unseen = [one for one in lots if one.name not in seen]
    findings = [
        _lot_finding(one, near_lots(one.name, known.lots) if at < NEAR_ASKED_MAX else [])
        for at, one in enumerate(unseen)
    ]
    for what in _ORDER:
        of_kind = [one for one in asked if one.what == what]
        names = known.places(what) if of_kind else ()
        # A chain that lists no sites at all has none to mistake one for.
        findings += [
            _place_finding(one, names) for one in of_kind if names and one.name not in names
        ]
    return _few(findings)


def _few(findings: list[Finding]) -> list[Finding]:
    """Return not more findings than somebody reads, the last of which says how many there are."""
    if len(findings) <= UNSEEN_MAX:
        return findings
    more = len(findings) - UNSEEN_MAX
    message = f"{more} more names in this batch have not been seen before"
    last = note("ORL-0363", "the batch", message, "mend the first ones, then try again")
    return [*findings[:UNSEEN_MAX], last]


def _lot_finding(one: _Named, near: Sequence[str]) -> Finding:
    message = f"the lot {one.name} has not been seen before"
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    verb = "Else record" if near else "record"
    fix = f"{hint}{verb} where it came from, so that its metal is known"
    make = note if one.kind in _MAY_COME_FIRST and not near else warning
    return make("ORL-0363", one.where, message, fix)


def _place_finding(one: _Named, names: Collection[str]) -> Finding:
    near = near_to(one.name, names)
    verb = f"did you mean {near}? Else declare" if near else "declare"
    message = f"the {one.what} {one.name} is not among the {_WORDS[one.what]} of this chain"
    fix = f"{verb} it first, or add it to the chain folder"
    return warning("ORL-0343", one.where, message, fix)


def _names(draft: Mapping[str, Any], kind: str) -> Iterator[tuple[_Named, bool]]:
    """Yield every name of a draft, and whether the draft itself brings it into the world."""
    body = draft.get("body")
    where = str(draft.get("id", "event"))
    if kind == "correct" or not isinstance(body, Mapping):
        return

    def found(what: str, name: Any, place: str, *, is_new: bool = False) -> Iterator[Any]:
        if isinstance(name, str) and name:
            yield _Named(what, name, f"{where} {place}", kind), is_new

    if kind == "declare":
        yield from found(str(body.get("type")), body.get("id"), "body/id", is_new=True)
        return
    for field, what in _ENVELOPE.items():
        yield from found(what, draft.get(field), field)
    yield from found("party", body.get("carrier"), "body/carrier")
    for at, part in enumerate(_items(body, "parts")):
        holder = part.get("holder") if isinstance(part, Mapping) else None
        yield from found("party", holder, f"body/parts/{at}/holder")
    yield from found("lot", body.get("lot"), "body/lot")
    for side in ("inputs", "outputs", "lots"):
        is_new = side in _INTRODUCES.get(kind, ())
        for at, line in enumerate(_items(body, side)):
            place = f"body/{side}/{at}"
            if isinstance(line, Mapping):
                yield from found("lot", line.get("lot"), f"{place}/lot", is_new=is_new)
                yield from found("material", line.get("material"), f"{place}/material")
            else:
                yield from found("lot", line, place, is_new=is_new)


_ENVELOPE = {"site": "site", "to_site": "site", "party": "party", "to_party": "party"}


def _items(body: Mapping[str, Any], name: str) -> Sequence[Any]:
    items = body.get(name)
    return items if isinstance(items, list | tuple) else ()
