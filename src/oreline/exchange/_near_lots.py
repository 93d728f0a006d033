"""Lots whose names are spelt nearly like one that nobody has seen before.

Nothing here reads every lot: whoever knows the lots is asked which of a few thousand ways of
mistyping a name are names of lots, and which names stand next to it in the order of the alphabet.
Both are look-ups, so that a ledger of a million lots answers as soon as one of ten.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

NEIGHBOURS = 40
"""How many names before and behind a name are compared with it."""
NEAR_MAX = 3
ALIKE_LEAST = 0.8
"""How much of two names must agree, of 1, for a neighbour to be meant."""
_LETTERS = string.ascii_letters + string.digits + "._/+-:"


class LotNames(Protocol):
    """Whoever knows which lots there are."""

    def known(self, names: Collection[str]) -> set[str]:
        """Return those of some names that are lots."""
        ...

    def around(self, name: str, count: int) -> Sequence[str]:
        """Return the names of lots next to a name in their order: so many before and behind."""
        ...


def near_lots(name: str, lots: LotNames) -> list[str]:
    """Return the lots that are spelt most like a name, the likeliest first; few or none.

    Found is every lot that one letter makes different (one that is wrong, missing, too many or
    swapped with its neighbour, or all capitals for small letters), and what begins alike.
    """
    mistyped = lots.known(set(_mistyped(name)) - {name})
    neighbours = [one for one in lots.around(name, NEIGHBOURS) if one != name]
    folded = name.casefold()

    def likeness(other: str) -> float:
        return difflib.SequenceMatcher(None, folded, other.casefold()).ratio()

    alike = {one: likeness(one) for one in neighbours}
    found = {one: like for one, like in alike.items() if like >= ALIKE_LEAST}
    found |= {one: 1 + likeness(one) for one in mistyped}
    return sorted(found, key=lambda one: (-found[one], one))[:NEAR_MAX]


def _mistyped(name: str) -> Iterator[str]:
    """Yield every name of which one slip of the hand makes another.

    >>> {"fwo:1", "fwo:12", "FW:1"} & set(_mistyped("fow:1")), "fwo:1" in set(_mistyped("fwo1"))
    ({'fwo:1'}, True)
    """
    issuer, _, local = name.partition(":")
    for first in {issuer, issuer.upper(), issuer.lower()}:
        yield from (f"{first}:{second}" for second in (local, local.upper(), local.lower()))
    for at in range(len(name) + 1):
        before, behind = name[:at], name[at:]
        if behind:
            yield before + behind[1:]
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]
        for letter in _LETTERS:
            yield before + letter + behind
            if behind:
                yield before + letter + behind[1:]
