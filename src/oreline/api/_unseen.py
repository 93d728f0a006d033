"""What drafts name that nobody has seen before, as far as whoever writes them may know."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.api._views import View
from oreline.exchange import KnownNames, unseen_names
from oreline.model import Chain, Finding
from oreline.record import StoredLots


@dataclass(frozen=True, slots=True)
class LotsOfView:
    """The lots that exist for a person; those of others are as unknown as those of nobody."""

    view: View

    def known(self, names: Collection[str]) -> set[str]:
        """Return those of some names that are lots for this person."""
        return {name for name in names if self.view.sees_lot(name)}

    def around(self, name: str, count: int) -> Sequence[str]:
        """Return the names next to a name in their order: so many before and behind."""
        if not self.view.is_partial:
            # In the database they stand in order already; sorting a million takes a second.
            return StoredLots(self.view.desk.stores).around(name, count)
        names = self.view.reading.lots_in_order
        at = bisect_left(names, name)
        return names[max(at - count, 0) : at + count]


def unseen_findings(view: View, drafts: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return a remark for each name in drafts that does not exist for this person yet."""
    reading = view.reading

    def ask() -> list[Finding]:
        return unseen_names(
            drafts, KnownNames(LotsOfView(view), lambda what: _of(reading.chain, what))
        )

    return reading.ask(ask)


def _of(chain: Chain, what: str) -> Collection[str]:
    tables: Mapping[str, Collection[str]] = {
        "party": chain.parties, "site": chain.sites, "material": chain.materials,
    }  # fmt: skip
    return tables[what]
