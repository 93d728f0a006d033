"""What reports claim, held against what the actual ledger says; each differing point with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from oreline.model import Chain
from oreline.record import Ledger
from oreline.reference import mineral_key
from oreline.watch._claim import Amount, Claim, Money, When, value_text
from oreline.watch._gazetteer import country_names
from oreline.watch._ledger_shipments import (
    DELIVERED,
    DISPATCHED,
    Move,
    Shipment,
    ledger_shipments,
    masses_of,
)
from oreline.watch._likeness import likeness
from oreline.watch._names import normal_name

if TYPE_CHECKING:
    import polars as pl

    from oreline.watch._watched import Event, Watched

AGREES: Final = "agrees"
CONTRADICTS: Final = "contradicts"
MORE: Final = "more than the ledger"
ABSENT: Final = "not in the ledger"
UNKNOWN: Final = "UNKNOWN"
LEDGER_VERDICTS: Final = (CONTRADICTS, MORE, ABSENT, UNKNOWN, AGREES)
"""How a claim may stand to the ledger, the gravest first."""

_PARTY_NAMES: Final = (
    "parties", "company", "from", "to", "agency", "recipient", "seller", "target",
)  # fmt: skip
_STEPS: Final = {"planned": 0, "dispatched": 1, "shipped": 1, "delivered": 2}
_STEP_NAMES: Final = {DISPATCHED: "dispatched", DELIVERED: "delivered"}
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
                    "ninth", "tenth")  # fmt: skip
_WIDE: Final = ("critical minerals",)
"""Words for so many materials that nothing of the ledger can fail them."""
_RARE_EARTHS: Final = frozenset(
    ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y", "Sc"]
)
HEDGED_SHARE: Final = Decimal("0.05")
"""How far a hedged quantity may lie from the ledger's, as a share of it."""


@dataclass(frozen=True, slots=True)
class LedgerPoint:
    """One point of one claim beside the ledger.

    Attributes
    ----------
    said, recorded
        What the report says and what the ledger has; the latter empty where it has nothing.
    why
        The reason of the verdict.
    events
        The events of the ledger, or its phases and instruments, that were compared.
    """

    claim: str
    event: str
    slot: str
    verdict: str
    said: str
    recorded: str
    why: str
    events: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("claim", "event", "slot", "verdict", "said", "recorded", "why")
        return {**{name: getattr(self, name) for name in names}, "compared": list(self.events)}


@dataclass(frozen=True, slots=True)
class AgainstLedger:
    """How the claims of reports stand to a ledger; claims of which it can say nothing are left out.

    ``size`` is the number of events of the ledger that was compared with.
    """

    points: tuple[LedgerPoint, ...]
    ledger: str
    size: int

    def of_event(self, identity: str) -> tuple[LedgerPoint, ...]:
        """Return the points of one event of reports, the gravest first."""
        found = (one for one in self.points if one.event == identity)
        return tuple(sorted(found, key=lambda one: LEDGER_VERDICTS.index(one.verdict)))

    def gravest(self) -> dict[str, str]:
        """Return the gravest verdict on each event of reports that was compared."""
        found: dict[str, str] = {}
        for one in self.points:
            known = found.get(one.event, one.verdict)
            found[one.event] = min(known, one.verdict, key=LEDGER_VERDICTS.index)
        return found

    @property
    def contradictions(self) -> tuple[LedgerPoint, ...]:
        """Return what contradicts the ledger."""
        return tuple(one for one in self.points if one.verdict == CONTRADICTS)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "ledger": self.ledger,
            "size": self.size,
            "points": [one.to_json() for one in self.points],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return it as a table, one row for each point."""
        import polars as pl

        names = ("claim", "event", "slot", "verdict", "said", "recorded", "why", "compared")
        rows = [{**one.to_json(), "compared": " ".join(one.events)} for one in self.points]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


@dataclass(frozen=True, slots=True)
class _Known:
    """The chain and the ledger as claims are compared with them."""

    chain: Chain
    ledger: Ledger
    shipments: tuple[Shipment, ...]
    party_of: Mapping[str, str]
    hashes: Mapping[str, str]


def against_ledger(watched: Watched, ledger: Ledger, chain: Chain) -> AgainstLedger:
    """Hold shipments, deals and facilities of reports against an actual ledger and its chain.

    A claim is compared only with what its parties did, as the chain knows them: a country alone
    finds no shipment. Where the ledger does not say, or the claim does not say which, the answer
    is UNKNOWN with the reason.
    """
    known = _Known(
        chain,
        ledger,
        ledger.once(ledger_shipments),
        {normal_name(one.name): str(one.id) for one in watched.entities if one.table == "parties"},
        {one.name: one.sha256 for one in watched.documents},
    )
    points: list[LedgerPoint] = []
    for event in watched.events:
        if event.kind == "shipment":
            points += _shipment_points(event, known)
        elif event.kind in ("deal", "funding"):
            points += _money_points(event, known)
        elif event.kind == "facility":
            points += _facility_points(event, known)
    return AgainstLedger(tuple(points), ledger.header.id, ledger.size)


def _parties(event: Event, known: _Known) -> frozenset[str]:
    names = (name for claim in event.claims for name in claim.names(*_PARTY_NAMES))
    plain = (known.party_of.get(normal_name(name)) for name in names)
    return frozenset(one for one in plain if one is not None)


def _shipment_points(event: Event, known: _Known) -> Iterator[LedgerPoint]:
    parties = _parties(event, known)
    chosen, why = _chosen(event, parties, known)
    if chosen is None:
        verdict = ABSENT if parties and not why.startswith("which") else UNKNOWN
        for claim in event.claims:
            said = f"{claim.status}: {_what(claim)}"
            yield LedgerPoint(claim.id, event.id, "shipment", verdict, said, "", why)
        return
    for claim in event.claims:
        for slot, verdict, said, recorded, reason, events in _compared(claim, chosen, known):
            yield LedgerPoint(claim.id, event.id, slot, verdict, said, recorded, reason, events)


def _what(claim: Claim) -> str:
    return "; ".join(f"{name} {value_text(value)}" for name, value in claim.slots)


def _chosen(event: Event, parties: frozenset[str], known: _Known) -> tuple[Shipment | None, str]:
    """Return the shipment that an event of reports is about, or None and why not."""
    if not parties:
        return None, "no party that the reports name is one of the chain"
    theirs = [one for one in known.shipments if parties & (one.senders | one.receivers)]
    least = min(2, len(parties))
    found = [one for one in theirs if len(parties & (one.senders | one.receivers)) >= least]
    if not found:
        # The same day and one of the parties: then the other one is what differs.
        meeting = _on_these_days(event, theirs)
        if len(meeting) == 1:
            return meeting[0], ""
        names = ", ".join(sorted(parties))
        return None, f"the ledger has no shipment between them ({names})"
    meant = {name for claim in event.claims for name in claim.names("materials")} - set(_WIDE)
    of_them = [one for one in found if all(_carries(one, each) for each in meant)]
    of_them = of_them or [one for one in found if any(_carries(one, each) for each in meant)]
    if not of_them:
        # Only the days can tell which of the others is meant; what it carries is then what differs.
        meeting = _on_these_days(event, found)
        if len(meeting) == 1:
            return meeting[0], ""
        return None, f"the ledger has no shipment of {', '.join(sorted(meant))} between them"
    found = of_them
    ordinals = {str(claim.slot("ordinal")) for claim in event.claims} & set(_ORDINALS)
    if len(ordinals) == 1:
        number = _ORDINALS.index(next(iter(ordinals)))
        if number >= len(found):
            return (
                None,
                f"the ledger has {len(found)} such shipments between them, not {number + 1}",
            )
        return found[number], ""
    meeting = found if len(found) == 1 else _on_these_days(event, found)
    if len(meeting) == 1:
        return meeting[0], ""
    return None, f"which of {len(found)} shipments between them is meant is not said"


def _carries(shipment: Shipment, mineral: str) -> bool:
    """Return whether a shipment may be of a mineral: the ledger does not say otherwise."""
    return not shipment.analytes or _is_of(mineral, shipment.analytes)


def _on_these_days(event: Event, shipments: Iterable[Shipment]) -> list[Shipment]:
    whens = [claim.when for claim in event.claims if claim.when is not None]
    return [
        one for one in shipments if any(_meets(when, move) for when in whens for move in one.moves)
    ]


_Row = tuple[str, str, str, str, str, tuple[str, ...]]


def _compared(claim: Claim, chosen: Shipment, known: _Known) -> Iterator[_Row]:
    yield _status(claim, chosen)
    if claim.when is not None:
        yield _when(claim, claim.when, chosen, known)
    ordinal = claim.slot("ordinal")
    if isinstance(ordinal, str) and ordinal in _ORDINALS:
        told = f"{len(chosen.lots)} lots since {chosen.first.isoformat()}"
        why = "counted by first days, among those of these materials between the same parties"
        yield "ordinal", AGREES, ordinal, told, why, chosen.events
    materials = claim.names("materials")
    if materials:
        yield _materials(materials, chosen)
    for slot, parties in (("to", chosen.receivers), ("from", chosen.senders)):
        for name in claim.names(slot):
            yield _party(slot, name, parties, chosen, known)
    quantity = claim.slot("quantity")
    if isinstance(quantity, Amount):
        yield _quantity(quantity, chosen, known)


def _status(claim: Claim, chosen: Shipment) -> _Row:
    recorded = _STEP_NAMES[chosen.step]
    step = _STEPS.get(claim.status)
    if step is None:
        verdict = UNKNOWN if claim.status == "postponed" else CONTRADICTS
        why = "the ledger has the shipment"
    elif step <= chosen.step:
        verdict, why = AGREES, "the ledger is as far or further"
    else:
        verdict, why = MORE, f"the ledger has no receipt yet, only {recorded}"
    return "status", verdict, claim.status, recorded, why, chosen.events


def _when(claim: Claim, when: When, chosen: Shipment, known: _Known) -> _Row:
    step = DELIVERED if claim.status == "delivered" else DISPATCHED
    moves = chosen.of_step(step)
    events = tuple(one.event for one in moves)
    said = f"{when} ({when.said})"
    if not moves:
        why = f"the ledger has no day on which it was {_STEP_NAMES[step]}"
        return "when", UNKNOWN, said, "", why, chosen.events
    days = sorted({_days(one) for one in moves})
    recorded = ", ".join(days[:5]) + (" ..." if len(days) > 5 else "")
    if when.first is None or when.last is None:
        return "when", UNKNOWN, said, recorded, "the words give no day", events
    digest = known.hashes.get(claim.document, "")
    own = [one for one in moves if _meets(when, one)]
    if own:
        same = all(digest in one.evidence for one in own)
        why = "the ledger's entry rests on this very report" if same else "the days meet"
        return "when", AGREES, said, recorded, why, events
    return "when", CONTRADICTS, said, recorded, "no day of the ledger lies within it", events


def _days(move: Move) -> str:
    first, last = move.first.isoformat(), move.last.isoformat()
    return first if first == last else f"{first}/{last}"


def _meets(when: When, move: Move) -> bool:
    if when.first is None or when.last is None:
        return False
    spans: Sequence[tuple[date, date]] = when.candidates or ((when.first, when.last),)
    return any(first <= move.last and move.first <= last for first, last in spans)


def _materials(materials: Sequence[str], chosen: Shipment) -> _Row:
    said = ", ".join(materials)
    recorded = ", ".join(sorted(chosen.analytes))
    meant = [one for one in materials if one not in _WIDE]
    if not chosen.analytes:
        why = "the ledger does not say of what its lots are"
        return "materials", UNKNOWN, said, "", why, chosen.events
    if not meant:
        return "materials", UNKNOWN, said, recorded, "these words fit anything", chosen.events
    missing = [one for one in meant if not _is_of(one, chosen.analytes)]
    if not missing:
        why = "each is tracked in a lot of it"
        return "materials", AGREES, said, recorded, why, chosen.events
    why = f"not tracked in any of its lots: {', '.join(missing)}"
    verdict = MORE if len(missing) < len(meant) else CONTRADICTS
    return "materials", verdict, said, recorded, why, chosen.events


def _is_of(mineral: str, analytes: frozenset[str]) -> bool:
    if "rare earth" in mineral:
        return bool(analytes & _RARE_EARTHS) or "TREO" in analytes
    return mineral_key(mineral) in {mineral_key(one) for one in analytes}


def _party(slot: str, name: str, parties: frozenset[str], chosen: Shipment, known: _Known) -> _Row:
    rows = [known.chain.parties[one] for one in sorted(parties) if one in known.chain.parties]
    recorded = ", ".join(sorted(parties))
    if not parties:
        word = "consignee" if slot == "to" else "sender"
        return slot, UNKNOWN, name, "", f"the ledger names no {word}", chosen.events
    named = known.party_of.get(normal_name(name))
    if named in parties:
        return slot, AGREES, name, recorded, "the same party", chosen.events
    codes = {country: code for code, country in country_names().items()}
    if name in codes:
        countries = {one.country for one in rows}
        if codes[name] in countries:
            return slot, AGREES, name, recorded, "the party is of this country", chosen.events
        if None in countries or not countries:
            why = "the ledger does not say of which country the party is"
            return slot, UNKNOWN, name, recorded, why, chosen.events
        why = "the party is of another country"
        return slot, CONTRADICTS, name, recorded, why, chosen.events
    if named is not None:
        why = f"{name} is {named}, another party of the chain"
        return slot, CONTRADICTS, name, recorded, why, chosen.events
    reasons = {likeness(normal_name(name), normal_name(one.name))[1] for one in rows}
    if reasons == {"a word of its own differs"}:
        why = "a name of its own that no party of the chain has"
        return slot, CONTRADICTS, name, recorded, why, chosen.events
    why = "the name is no party's of the chain; whether it means this one is for a person to say"
    return slot, UNKNOWN, name, recorded, why, chosen.events


def _quantity(quantity: Amount, chosen: Shipment, known: _Known) -> _Row:
    said = str(quantity)
    if quantity.tonnes is None:
        return "quantity", UNKNOWN, said, "", "the unit has no exact tonnes", chosen.events
    masses = masses_of(chosen.lots, known.ledger)
    if not masses:
        why = "the ledger does not state the mass of every lot of it"
        return "quantity", UNKNOWN, said, "", why, chosen.events
    recorded = "; ".join(str(one) for one in masses)
    low, high = said_bounds(quantity.tonnes, quantity.hedge)
    if any(low <= one.high and one.low <= high for one in masses):
        why = "within the ledger's bounds, as exactly as it is said"
        return "quantity", AGREES, said, recorded, why, chosen.events
    why = "neither its wet nor its dry mass fits"
    return "quantity", CONTRADICTS, said, recorded, why, chosen.events


def said_bounds(value: Decimal, hedge: str) -> tuple[float, float]:
    """Return between which bounds a number lies, as exactly as it is said.

    Its last digit is rounded; a hedge such as *about* leaves 5 %, *up to* and *over* one side open.

    >>> said_bounds(Decimal("40"), ""), said_bounds(Decimal("40.25"), "about")
    ((39.5, 40.5), (38.2325, 42.2675))
    """
    exponent = value.as_tuple().exponent
    digits = min(exponent, 0) if isinstance(exponent, int) else 0
    half = Decimal(5).scaleb(digits - 1)
    low, high = value - half, value + half
    words = hedge.casefold()
    if any(word in words for word in ("up to", "at most", "less than", "under", "below")):
        return 0.0, float(high)
    if any(word in words for word in ("over", "more than", "at least", "above", "exceed")):
        return float(low), float("inf")
    if words:
        low, high = low - value * HEDGED_SHARE, high + value * HEDGED_SHARE
    return float(low), float(high)


def _money_points(event: Event, known: _Known) -> Iterator[LedgerPoint]:
    parties = _parties(event, known)
    named = any(claim.names(*_PARTY_NAMES) for claim in event.claims)
    for claim in event.claims:
        amount = claim.slot("amount")
        if not isinstance(amount, Money):
            continue
        verdict, recorded, why, compared = _money(amount, parties, known, named=named)
        yield LedgerPoint(
            claim.id, event.id, "amount", verdict, str(amount), recorded, why, compared
        )


def _money(
    amount: Money, parties: frozenset[str], known: _Known, *, named: bool
) -> tuple[str, str, str, tuple[str, ...]]:
    if amount.currency is None:
        return UNKNOWN, "", "the currency is not stated", ()
    # An instrument is one of its two parties' affairs; a phase is the chain's own.
    sums = [*_phase_sums(known), *(one for one in _instrument_sums(known) if one.parties & parties)]
    same = [one for one in sums if one.currency == amount.currency]
    if not same:
        return ABSENT, "", f"the ledger has no phase or instrument in {amount.currency}", ()
    low, _ = said_bounds(amount.low, amount.hedge)
    _, high = said_bounds(amount.high, amount.hedge)
    fitting = [one for one in same if low <= float(one.value) <= high]
    between = [one for one in same if len(parties & one.parties) > 1]
    shown = fitting or between or same
    told, compared = "; ".join(map(str, shown)), tuple(one.name for one in shown)
    if fitting and named and not parties:
        return UNKNOWN, told, "the same sum, but no party named is one of the chain", compared
    if fitting:
        return AGREES, told, "the same sum", compared
    if between:
        return CONTRADICTS, told, "between the same parties the ledger has another sum", compared
    return ABSENT, told, "no phase and no instrument has this sum", compared


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum of money that the chain or the ledger states."""

    name: str
    value: Decimal
    currency: str
    basis: str
    parties: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.name}: {self.value:,f} {self.currency} ({self.basis})"


def _phase_sums(known: _Known) -> Iterator[_Sum]:
    for one in known.chain.phases.values():
        if one.budget is not None:
            currency = one.currency or known.chain.currency
            basis = str(one.basis or "basis not stated")
            yield _Sum(f"phase:{one.id}", Decimal(str(one.budget)), currency, basis)


def _instrument_sums(known: _Known) -> Iterator[_Sum]:
    from oreline.fund import instruments_of

    for one in known.ledger.once(instruments_of)[0].values():
        parties = frozenset([one.giver, one.taker])
        name = f"instrument:{one.id}"
        yield _Sum(name, one.amount, one.currency, str(one.basis), parties)


def _facility_points(event: Event, known: _Known) -> Iterator[LedgerPoint]:
    for claim in event.claims:
        works = claim.slot("facility")
        if not isinstance(works, str) or not works:
            continue
        noun = _singular(works.split()[-1])
        phases = [
            one for one in known.chain.phases.values()
            if noun in map(_singular, f"{one.id} {one.name}".split())
        ]  # fmt: skip
        sites = [one for one in known.chain.sites.values() if _singular(one.kind) == noun]
        if phases:
            compared = tuple(f"phase:{one.id}" for one in phases)
            told = "; ".join(one.name for one in phases)
            verdict, why = AGREES, "a phase of the chain is about it"
            if claim.status == "operating":
                verdict, why = MORE, "the chain has a phase for it; that it works is not recorded"
        elif sites:
            compared = tuple(f"site:{one.id}" for one in sites)
            told = "; ".join(one.name for one in sites)
            verdict = UNKNOWN
            why = "the chain has sites of this kind; which one is meant, if any, is not said"
        else:
            compared, told = (), ""
            verdict, why = ABSENT, "no phase and no site of the chain is one"
        said = f"{claim.status}: {works}"
        yield LedgerPoint(claim.id, event.id, "facility", verdict, said, told, why, compared)


def _singular(word: str) -> str:
    plain = word.casefold().strip(".,;()")
    if plain.endswith("ies"):
        return f"{plain[:-3]}y"
    return plain.removesuffix("s")


def ledger_verdicts(points: Iterable[LedgerPoint]) -> Mapping[str, int]:
    """Return how many points have each verdict, the gravest first."""
    found = [one.verdict for one in points]
    return {one: found.count(one) for one in LEDGER_VERDICTS if one in found}
