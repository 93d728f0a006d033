"""The shipments of a ledger: which sampling lots left together under which contract."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oreline.model import InputError
from oreline.record import Ledger
from oreline.settle._calendar import calendar_of
from oreline.settle._contract import Contract
from oreline.settle._movements import (
    Division,
    dispatches_of,
    division_of,
    main_carriage,
    materials_of,
    sampled_lots,
)


@dataclass(frozen=True, slots=True)
class Shipment:
    """Sampling lots that left together on the main carriage.

    ``id`` is the event of their dispatch: by sea or air where there is such a leg, else the first
    leg. ``parts`` maps each sampling lot to its containers on board (itself, where it was never
    divided); ``whole`` says of which lots all parts are on board. ``sold`` says how it is known to
    whom they were sold, empty where nobody recorded it.
    """

    id: str
    day: str
    documents: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    whole: frozenset[str]
    sold: str = ""

    @property
    def lots(self) -> tuple[str, ...]:
        """Return the sampling lots."""
        return tuple(self.parts)

    @property
    def names(self) -> frozenset[str]:
        """Return the sampling lots with their containers."""
        return frozenset((*self.parts, *(part for own in self.parts.values() for part in own)))


def shipments_of(ledger: Ledger, contract: Contract) -> tuple[Shipment, ...]:
    """Return the shipments that a ledger shows to be sold under a contract, by time.

    A lot of a material of the contract counts where its title passed from the seller to the buyer,
    or where it was dispatched to the buyer or to a site of the buyer's and no title passed to
    anybody else; and where it left on a day on which the contract holds. Of lots of which none of
    this was recorded nothing is said here: name their dispatch to :func:`find_shipment`.
    """
    every = _shipments(ledger, contract)
    return tuple(found for found in every if found.sold and _holds(contract, found.day))


def find_shipment(ledger: Ledger, contract: Contract, named: str) -> Shipment:
    """Return the shipment that a text names: a dispatch, a document of it, or a lot on board.

    Raises
    ------
    InputError
        If there is none of the contract's materials, or several.
    """
    every = _shipments(ledger, contract)
    found = [one for one in every if one.id == named] or [
        one
        for one in every
        if named in one.documents
        or any(named == lot or named in parts for lot, parts in one.parts.items())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{named} is in several shipments; name one: {_named(found)}")
    known = f"known are {_named(every)}" if every else "none is known"
    goods = ", ".join(contract.materials)
    raise InputError(f"no shipment {named} of {goods} from {contract.seller}; {known}")


def _named(shipments: Sequence[Shipment]) -> str:
    names = [one.id for one in shipments]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _holds(contract: Contract, day: str) -> bool:
    begun = contract.valid_from is None or contract.valid_from <= day
    return begun and (contract.valid_to is None or day <= contract.valid_to)


def _shipments(ledger: Ledger, contract: Contract) -> list[Shipment]:
    division, dispatches = division_of(ledger), dispatches_of(ledger)
    sampled, calendar = sampled_lots(ledger), calendar_of(contract.calendar)
    # Only what was dispatched can be shipped; a ledger has many lots that never were.
    sent = {lot for event in dispatches for lot in event["lots"]}
    above = {lot: division.above(lot) for lot in sent}
    materials = materials_of(ledger, {name for names in above.values() for name in names})
    goods = {
        lot
        for lot, names in above.items()
        if any(materials.get(name) in contract.materials for name in names)
    }
    titles = _titles(ledger, contract.seller)
    own = {
        site for site, version in ledger.current("site").items()
        if version.data.get("operator") == contract.buyer
    }  # fmt: skip
    made = []
    for dispatch, lots in _main_legs(_carrying(dispatches, goods), contract):
        parts: dict[str, list[str]] = {}
        for lot in lots:
            passed = {titles[name][0] for name in division.whole(lot) if name in titles}
            is_theirs = passed <= {contract.buyer}
            if is_theirs and _material(division, materials, lot) in contract.materials:
                parts.setdefault(sampling_lot(division, lot, sampled), []).append(lot)
        if not parts:
            continue
        on_board = {lot for found in parts.values() for lot in found}
        whole = {lot for lot in parts if set(division.moved(lot, on_board)) <= on_board}
        made.append(
            Shipment(
                dispatch["id"],
                calendar.text_of(dispatch["time"]),
                tuple(dispatch["body"].get("documents", ())),
                {lot: tuple(found) for lot, found in parts.items()},
                frozenset(whole),
                _sold(contract, dispatch, _names(division, on_board), titles, own),
            )
        )
    return made


def _carrying(
    dispatches: Sequence[Mapping[str, Any]], goods: Collection[str]
) -> list[Mapping[str, Any]]:
    """Return the dispatches of some lots."""
    return [event for event in dispatches if any(lot in goods for lot in event["lots"])]


def sampling_lot(division: Division, lot: str, sampled: frozenset[str]) -> str:
    """Return the lot that was sampled, of those that a lot is a part of; else the lot itself."""
    return next((whole for whole in division.whole(lot) if whole in sampled), lot)


def _material(division: Division, materials: Mapping[str, str], lot: str) -> str | None:
    return next((materials[name] for name in division.whole(lot) if name in materials), None)


def _main_legs(
    dispatches: Sequence[Mapping[str, Any]], contract: Contract
) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """Yield each dispatch that is the main carriage of some lots, with these."""
    legs: dict[str, list[Mapping[str, Any]]] = {}
    for event in dispatches:
        # What the buyer sends on is the buyer's own business.
        if event.get("party") in {None, contract.seller} or event.get("to_party") == contract.buyer:
            for lot in event["lots"]:
                legs.setdefault(lot, []).append(event)
    carried: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for lot, events in legs.items():
        main = main_carriage(events)
        carried.setdefault(main["id"], (main, []))[1].append(lot)
    yield from sorted(carried.values(), key=lambda found: (found[0]["time"], found[0]["seq"]))


def _names(division: Division, lots: set[str]) -> set[str]:
    return {name for lot in lots for name in division.whole(lot)}


def _titles(ledger: Ledger, seller: str) -> dict[str, tuple[str, str]]:
    """Return by lot to whom the seller passed its title, and by which event."""
    found = {}
    for event in ledger.once(_transfers):
        if event.get("party") == seller:
            for lot in event["body"]["lots"]:
                found[lot] = (event.get("to_party") or "", event["id"])
    return found


def _transfers(ledger: Ledger) -> list[Mapping[str, Any]]:
    """Return what passed titles, by time and then by entry."""
    passed = (event for event in ledger.other if event["schema"] == "transfer/1")
    return sorted(passed, key=lambda event: (event["time"], event["seq"]))


def _sold(
    contract: Contract,
    dispatch: Mapping[str, Any],
    names: set[str],
    titles: Mapping[str, tuple[str, str]],
    own: set[str],
) -> str:
    """Return how it is known that some lots were sold to the buyer, empty where it is not."""
    passed = sorted(titles[name][1] for name in names if name in titles)
    if passed:
        return f"title passed by {passed[0]}"
    if dispatch.get("to_party") == contract.buyer:
        return f"dispatched to {contract.buyer} by {dispatch['id']}"
    if dispatch.get("to_party") is None and dispatch.get("to_site") in own:
        return f"dispatched to {dispatch['to_site']}, which {contract.buyer} operates"
    return ""
