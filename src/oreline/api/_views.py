"""What a person may see of a ledger.

Whoever belongs to no party sees all of it. Whoever belongs to a party sees the events that concern
the party: those in which it is the party or the receiving party, those at a site that it operates,
those whose body names it (as carrier, issuer, holder, posting account ...), receipts of what it
sent (see ``_receipts``), corrections of these, signatures of these and decisions on them, and what
the chain declares of parties, sites and materials. Of contracts it sees its own with the assays
and invoices of their umpires, and of prices those that its contracts name. What the other party of
a sealed exchange of assays opened is kept from it until its own results are sealed.

Its answers are computed from these events alone, as if the ledger held no others: a number that
rests on another party's measurement is UNKNOWN to it, and a lot of others and a lot that nobody
recorded give the same answer. One thing is told beyond that: from which countries the metal came of
the lots that others handed to it, in shares; see ``_told``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from oreline.api._people import Person
from oreline.api._problems import NotFoundError
from oreline.api._receipts import receipts_of_sent
from oreline.api._sealing import kept_from
from oreline.api._terms import is_between, is_confidential, terms_of_party
from oreline.record import Columns, Ledger

if TYPE_CHECKING:
    from oreline.api._desk import Desk, Reading

OPEN_DECLARATIONS = frozenset({"party", "site", "material"})
HIDDEN = "not shown to you"
"""What stands in the place of names that a person may not see."""
NEAR_MAX = 50_000
"""Among more lots than this nobody looks for those that are spelt alike: it would take seconds."""


@dataclass(frozen=True, slots=True)
class View:
    """A reading as one person may see it; ``whole`` is what the server itself knows."""

    person: Person
    whole: Reading
    desk: Desk

    @property
    def is_partial(self) -> bool:
        """Return whether the person belongs to a party and sees what concerns it."""
        return self.person.party is not None

    @property
    def reading(self) -> Reading:
        """Return what the person's answers are computed from."""
        party = self.person.party
        return self.whole if party is None else self.whole.of_party(party)

    @property
    def elements(self) -> tuple[str, ...]:
        """Return the elements that the chain speaks of: which they are is no secret."""
        return self.whole.ask(lambda: self.whole.books.elements)

    def element(self, symbol: str) -> str:
        """Return an element that the chain speaks of, whether or not the person's entries do.

        Raises
        ------
        InputError
            If it does not.
        """
        return self.whole.ask(lambda: self.whole.element(symbol))

    def sees_lot(self, lot: str) -> bool:
        """Return whether a lot exists for this person."""
        return lot in self.reading.ledger.columns.lots.index

    def lot(self, name: str) -> str:
        """Return a lot that this person may see.

        Raises
        ------
        NotFoundError
            If there is none; the message names lots that are spelt alike, of those they may see.
        """
        if self.sees_lot(name):
            return name
        import difflib

        names = self.reading.ledger.columns.lots.names
        near = difflib.get_close_matches(name, names, n=3) if len(names) <= NEAR_MAX else []
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise NotFoundError(f"no lot {name} in this ledger{hint}")

    @property
    def untold(self) -> frozenset[str]:
        """Return the lots of which this person is told only what their party's entries say."""
        party = self.person.party
        return frozenset() if party is None else self.whole.untold_to(party)

    def sees_site(self, site: str | None) -> bool:
        """Return whether a site's own accounts are this person's to see."""
        if not self.is_partial:
            return True
        known = self.whole.chain.sites.get(site or "")
        return known is not None and known.operator == self.person.party


def ledger_of_party(reading: Reading, party: str) -> Ledger:
    """Return a ledger with the events that concern a party and no others.

    Size and root stay those of the log, which everybody may know.
    """
    ledger = reading.ledger
    seqs = _concerning(reading, party)
    verdicts = replace(
        ledger.verdicts,
        amended={seq: item for seq, item in ledger.verdicts.amended.items() if seq in seqs},
        out_of_force=ledger.verdicts.out_of_force & seqs,
        held=ledger.verdicts.held & seqs,
    )
    own = replace(
        ledger,
        columns=Columns(),
        declared={
            kind: kept for kind, things in ledger.declared.items() if (kept := _kept(things, seqs))
        },
        observed=tuple(event for event in ledger.observed if event["seq"] in seqs),
        other=tuple(event for event in ledger.other if event["seq"] in seqs),
        verdicts=verdicts,
        findings=tuple(item for item in ledger.findings if item[0] in seqs),
        raw={seq: data for seq, data in ledger.raw.items() if seq in seqs},
        withheld={seq: values for seq, values in ledger.withheld.items() if seq in seqs},
    )
    for seq in ledger.columns.events.seq:
        if seq in seqs:
            own.columns.add(seq, ledger.event(seq))
    return own


def _kept(things: Mapping[str, Any], seqs: frozenset[int]) -> dict[str, Any]:
    found = {}
    for name, versions in things.items():
        if kept := tuple(version for version in versions if version.seq in seqs):
            found[name] = kept
    return found


def _concerning(reading: Reading, party: str) -> frozenset[int]:
    """Return the positions of the events that concern a party, those out of force included."""
    ledger = reading.ledger
    sites = frozenset(site.id for site in reading.chain.sites.values() if site.operator == party)
    columns = ledger.columns
    events = columns.events
    number = columns.parties.index.get(party, -2)
    numbers = [columns.places.index[site] for site in sites if site in columns.places.index]
    mask = (
        (np.array(events.party, np.int64) == number)
        | (np.array(events.to_party, np.int64) == number)
        | np.isin(np.array(events.site, np.int64), numbers)
        | np.isin(np.array(events.to_site, np.int64), numbers)
    )
    seqs = {events.seq[row] for row in np.flatnonzero(mask).tolist()}
    ids = {events.id[row] for row in np.flatnonzero(mask).tolist()}
    terms = terms_of_party(ledger, party)
    for event in _whole_events(reading):
        known = event["seq"] in terms.seen or terms.rests_on(event)
        if known or _concerns(event, party, sites) or _is_open(event):
            seqs.add(event["seq"])
            ids.add(event["id"])
    for seq in _umpires_results(ledger) if terms.contracts else ():
        event = ledger.event(seq)
        if terms.rests_on(event):
            seqs.add(seq)
            ids.add(event["id"])
    idle = ledger.verdicts.out_of_force | ledger.verdicts.held
    for seq in idle:
        if seq in ledger.raw:
            event = orjson.loads(ledger.raw[seq])
            if is_between(event, party) or (
                not is_confidential(event) and _concerns(event, party, sites)
            ):
                seqs.add(seq)
                ids.add(event["id"])
    answering = receipts_of_sent(reading, party) - seqs
    seqs |= answering
    ids |= {orjson.loads(ledger.raw[seq])["id"] for seq in answering}
    kept = kept_from(ledger, party) | terms.hidden
    ids -= {orjson.loads(ledger.raw[seq])["id"] for seq in kept}
    for event in ledger.other:
        if event["schema"] == "correct/1" and event["body"]["target"] in ids:
            seqs.add(event["seq"])
        if _is_verdict(event) and event["body"]["subject"] in ids:
            seqs.add(event["seq"])
    return frozenset(seqs - kept)


def _umpires_results(ledger: Ledger) -> list[int]:
    """Return the positions of the assays of umpires."""
    grades, events = ledger.columns.grades, ledger.columns.events
    rows = {grades.event[at] for at, role in enumerate(grades.role) if role == "umpire"}
    return sorted(events.seq[row] for row in rows)


def _is_verdict(event: Mapping[str, Any]) -> bool:
    """Return whether an event is said of another to all whom that one concerns."""
    body = event["body"]
    return event["schema"] == "attest/1" and ("decision" in body or body["type"] == "signature")


def _is_open(event: Mapping[str, Any]) -> bool:
    return event["schema"] == "declare/1" and event["body"]["type"] in OPEN_DECLARATIONS


def _whole_events(reading: Reading) -> Iterator[Mapping[str, Any]]:
    """Yield what a ledger keeps whole besides its columns, declarations too."""
    ledger = reading.ledger
    yield from ledger.observed
    yield from ledger.other
    for things in ledger.declared.values():
        for versions in things.values():
            for version in versions:
                yield ledger.event(version.seq)


def _concerns(event: Mapping[str, Any], party: str, sites: frozenset[str]) -> bool:
    if party in {event.get("party"), event.get("to_party")}:
        return True
    if event.get("site") in sites or event.get("to_site") in sites:
        return True
    return _names_party(event["body"], party)


_PARTY_FIELDS = ("carrier", "issuer", "holder", "account", "to_account")
_NESTED = ("postings", "parts")


def _names_party(body: Mapping[str, Any], party: str) -> bool:
    if any(body.get(name) == party for name in _PARTY_FIELDS):
        return True
    return any(
        isinstance(item, Mapping) and _names_party(item, party)
        for name in _NESTED
        for item in body.get(name, ())
    )
