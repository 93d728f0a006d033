"""From masses to shares: how a law that knows what leaves where says so to the flowsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from oreline.design._law import (
    REST,
    WATER,
    Array,
    Feed,
    LawResult,
    Mask,
    ParameterSpec,
    Values,
    component_values,
)
from oreline.design._law_inputs import Amount
from oreline.design._law_stoichiometry import is_element, mass_fraction
from oreline.design._minerals import element_fractions
from oreline.model import InputError

_SLACK = 1e-9
"""By how much a product may want more of a component than there is: rounding of masses."""


def number(
    unit: str, low: float, high: float, meaning: str, default: float | None = None
) -> ParameterSpec:
    """Return the description of one number that a law takes."""
    return ParameterSpec(unit, low, high, meaning, default)


def of_each(
    unit: str, low: float, high: float, meaning: str, default: float | None = None
) -> ParameterSpec:
    """Return the description of a number that is written for each component."""
    return ParameterSpec(unit, low, high, meaning, default, per_component=True)


def two_ways(feed: Feed, first: Array, water_first: Array | float) -> Array:
    """Return the shares of two outlets from that of the first, with the water on its own."""
    shares = np.array(np.broadcast_to(first, feed.flow_t_per_h.shape), dtype=np.float64)
    if WATER in feed.components:
        shares[..., feed.components.index(WATER)] = water_first
    return np.stack([shares, 1 - shares], axis=-2)


def everything_to(feed: Feed, outlet: int, outlets: int) -> Array:
    """Return the shares of a unit that stands still, or sends all one way."""
    shares = np.zeros((*feed.flow_t_per_h.shape[:-1], outlets, len(feed.components)))
    shares[..., outlet, :] = 1.0
    return shares


def flows_of(feed: Feed) -> dict[str, Amount]:
    """Return t per h of each component, or one for each sample."""
    return dict(zip(feed.components, np.moveaxis(feed.flow_t_per_h, -1, 0), strict=True))


def elements_of(feed: Feed) -> dict[str, Amount]:
    """Return t per h of each element in the feed, in compounds that are followed too.

    What is in ``rest`` or in groups is not known by element and not counted.
    """
    found: dict[str, Amount] = {}
    for name, flow in flows_of(feed).items():
        parts = feed.mass_fractions.get(name)
        if parts is None:
            if is_element(name):
                found[name] = found[name] + flow if name in found else flow
        elif flow.any():
            for element, share in parts.items():
                brought = share * flow
                found[element] = found[element] + brought if element in found else brought
        else:
            # Minerals that are not there still tell which elements are followed.
            for element in parts:
                found.setdefault(element, flow)
    return found


def brought_by(feed: Feed, reagents: Mapping[str, Amount]) -> Array:
    """Return what reagents add to each component: as themselves, as elements, or as ``rest``."""
    place = {name: number for number, name in enumerate(feed.components)}
    brought = np.zeros_like(feed.flow_t_per_h)
    for formula, dose in reagents.items():
        if formula in place:
            brought[..., place[formula]] += dose
        elif formula == "H2O":
            brought[..., place[WATER]] += dose
        else:
            for element, share in element_fractions(formula).items():
                brought[..., place.get(element, place.get(REST, -1))] += share * dose
    return brought


def shares_of_masses(
    feed: Feed,
    reagents: Mapping[str, Amount],
    masses: Mapping[str, Mapping[str, Amount]],
    remainder: str,
) -> tuple[Array, tuple[str, ...]]:
    """Turn masses of components in outlets into shares; what no outlet claims goes to one of them.

    ``masses`` is outlet to component to t per h, or one for each sample; an element that is not
    followed is part of ``rest``. Where outlets claim more than there is, they share it in
    proportion, and a note says what was short: the feed does not hold what the law assumes.
    """
    place = {name: number for number, name in enumerate(feed.components)}
    there = feed.flow_t_per_h + brought_by(feed, reagents)
    if WATER in place:
        there[..., place[WATER]] += feed.water_t_per_h
    samples = feed.flow_t_per_h.shape[:-1]
    claimed = np.zeros((*samples, len(feed.outlets), len(place)))
    for outlet, wanted in masses.items():
        row = feed.outlets.index(outlet)
        for name, mass in wanted.items():
            column = place.get(name, place.get(REST))
            if column is not None:
                claimed[..., row, column] += mass
    total = claimed.sum(axis=-2)
    notes = _short_notes(feed, total, there)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = claimed / np.maximum(total, there)[..., None, :]
    shares[~np.isfinite(shares)] = 0.0
    shares[..., feed.outlets.index(remainder), :] += 1 - shares.sum(axis=-2)
    return np.clip(shares, 0.0, 1.0), notes


def _short_notes(feed: Feed, total: Array, there: Array) -> tuple[str, ...]:
    """Say of which components outlets claim more than there is: the first sample of each."""
    width = len(feed.components)
    wanted, held = total.reshape(-1, width), there.reshape(-1, width)
    short = wanted > held * (1 + _SLACK) + 1e-12
    notes = []
    for column in np.flatnonzero(short.any(axis=0)).tolist():
        name, row = feed.components[column], int(np.argmax(short[:, column]))
        if name != REST:
            notes.append(
                f"{wanted[row, column]:.4g} t/h of {name} were to leave, and "
                f"{held[row, column]:.4g} are there: the feed holds less than the reaction needs"
            )
    return tuple(notes)


def parts_of(feed: Feed, values: Values, name: str) -> dict[str, Amount]:
    """Return the mass of each component of which a number of the file takes a part."""
    parts = component_values(values, name, feed.components, missing=0.0)
    taken = np.moveaxis(parts * feed.flow_t_per_h, -1, 0)
    some_part = np.any(np.atleast_2d(parts), axis=0).tolist()
    return {
        component: mass
        for component, mass, is_taken in zip(feed.components, taken, some_part, strict=True)
        if is_taken
    }


def of_all(amount: Amount) -> Array:
    """Return a number, or one for each sample, so that it spreads over components."""
    return np.asarray(amount, dtype=np.float64)[..., None]


def dosed(**amounts: Amount) -> dict[str, Amount]:
    """Return those reagents of which there is any, in any sample."""
    return {formula: dose for formula, dose in amounts.items() if some(dose)}


def some(amount: Amount) -> bool:
    """Return whether there is any of something, in any sample."""
    return bool(np.any(np.asarray(amount) > 0))


def where_busy(
    feed: Feed,
    values: Values,
    busy: Array | Mask,
    outlet: int,
    treat: Callable[[Feed, Values], LawResult],
    note: tuple[str, ...] = (),
) -> LawResult:
    """Return what a law makes of the samples in which there is something to treat.

    In all others the unit stands still: what comes leaves by ``outlet``.
    """
    at_work = np.broadcast_to(np.asarray(busy), feed.flow_t_per_h.shape[:-1])
    if at_work.all():
        return treat(feed, values)
    still = everything_to(feed, outlet, len(feed.outlets))
    if not at_work.any():
        return LawResult(still, {}, note)
    rows = np.flatnonzero(at_work)

    def chosen(value: Amount) -> Amount:
        return value[rows] if np.ndim(value) else value

    part = replace(
        feed,
        flow_t_per_h=feed.flow_t_per_h[rows],
        water_t_per_h=chosen(feed.water_t_per_h),
        memory=None if feed.memory is None else feed.memory.of(rows),
    )
    got = treat(part, {name: chosen(value) for name, value in values.items()})
    still[rows] = got.splits

    def spread(amounts: Mapping[str, Amount]) -> dict[str, Amount]:
        whole = {name: np.zeros(len(at_work)) for name in amounts}
        for name, amount in amounts.items():
            whole[name][rows] = amount
        return whole

    return LawResult(still, spread(got.consumed), got.notes, spread(got.reagents))


def oxygen_in_oxides(metals: Mapping[str, Amount], oxides: Mapping[str, str]) -> Amount:
    """Return the oxygen bound by metals in the oxides named for them."""
    needed: Amount = 0.0
    for metal, mass in metals.items():
        oxide = oxides.get(metal)
        if oxide is not None:
            needed = needed + mass * mass_fraction(oxide, "O") / mass_fraction(oxide, metal)
    return needed


def only_fractions(name: str, shares: Array) -> Array:
    """Return shares of components, each from 0 to 1.

    Raises
    ------
    InputError
        If one is not.
    """
    if np.any((shares < 0) | (shares > 1)):
        raise InputError(f"{name} is a share from 0 to 1; correct it")
    return shares
