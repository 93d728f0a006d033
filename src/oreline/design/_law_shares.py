"""From masses to shares: how a law that knows what leaves where says so to the flowsheet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from oreline.design._law import REST, WATER, Array, Feed, ParameterSpec
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


def elements_of(feed: Feed) -> dict[str, float]:
    """Return t per h of each element in the feed, in compounds that are followed too.

    What is in ``rest`` or in groups is not known by element and not counted.
    """
    found: dict[str, float] = {}
    for name, flow in zip(feed.components, feed.flow_t_per_h.tolist(), strict=True):
        parts = feed.mass_fractions.get(name) or ({name: 1.0} if is_element(name) else {})
        for element, share in parts.items():
            found[element] = found.get(element, 0.0) + share * flow
    return found


def brought_by(feed: Feed, reagents: Mapping[str, float]) -> Array:
    """Return what reagents add to each component: as themselves, as elements, or as ``rest``."""
    place = {name: number for number, name in enumerate(feed.components)}
    brought = np.zeros(len(place))
    for formula, dose in reagents.items():
        if formula in place:
            brought[place[formula]] += dose
        elif formula == "H2O":
            brought[place[WATER]] += dose
        else:
            for element, share in element_fractions(formula).items():
                brought[place.get(element, place.get(REST, -1))] += share * dose
    return brought


def shares_of_masses(
    feed: Feed,
    reagents: Mapping[str, float],
    masses: Mapping[str, Mapping[str, float]],
    remainder: str,
) -> tuple[Array, tuple[str, ...]]:
    """Turn masses of components in outlets into shares; what no outlet claims goes to one of them.

    ``masses`` is outlet to component to t per h; an element that is not followed is part of
    ``rest``. Where outlets claim more than there is, they share it in proportion, and a note says
    what was short: the feed does not hold what the law assumes.
    """
    place = {name: number for number, name in enumerate(feed.components)}
    there = feed.flow_t_per_h + brought_by(feed, reagents)
    if WATER in place:
        there[place[WATER]] += float(np.asarray(feed.water_t_per_h))
    claimed = np.zeros((len(feed.outlets), len(place)))
    for outlet, wanted in masses.items():
        row = feed.outlets.index(outlet)
        for name, mass in wanted.items():
            column = place.get(name, place.get(REST))
            if column is not None:
                claimed[row, column] += mass
    notes = []
    total = claimed.sum(axis=0)
    for index, name in enumerate(feed.components):
        if total[index] > there[index] * (1 + _SLACK) + 1e-12 and name != REST:
            notes.append(
                f"{total[index]:.4g} t/h of {name} were to leave, and {there[index]:.4g} are "
                "there: the feed holds less than the reaction needs"
            )
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(total > there, claimed / total, claimed / there)
    shares = np.where(np.isfinite(shares), shares, 0.0)
    shares[feed.outlets.index(remainder)] += 1 - shares.sum(axis=0)
    return np.clip(shares, 0.0, 1.0), tuple(notes)


def oxygen_in_oxides(metals: Mapping[str, float], oxides: Mapping[str, str]) -> float:
    """Return the oxygen bound by metals in the oxides named for them."""
    needed = 0.0
    for metal, mass in metals.items():
        oxide = oxides.get(metal)
        if oxide is not None and mass:
            needed += mass * mass_fraction(oxide, "O") / mass_fraction(oxide, metal)
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
