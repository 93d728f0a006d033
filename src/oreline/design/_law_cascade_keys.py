"""Cascades for many metals: two keys are asked for, the others go where their factors send them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from oreline.design._law_cascade import STAGES_MAX, cascade_refused
from oreline.design._law_cascade_stages import CascadeFlows, CascadeProfile, simulate_cascade
from oreline.design._law_inputs import fraction
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class KeyDuty:
    """What a cascade shall do: how much of the stronger key to the product, of the weaker not.

    ``feed`` is mol of each metal, ``factors`` how strongly each extracts. ``recovery`` is the part
    of ``stronger`` that the product shall hold, ``rejection`` the part of ``weaker`` that the
    raffinate shall hold.
    """

    feed: Mapping[str, float]
    factors: Mapping[str, float]
    stronger: str
    weaker: str
    recovery: float
    rejection: float

    def __post_init__(self) -> None:
        for key in (self.stronger, self.weaker):
            if not self.feed.get(key, 0.0) > 0:
                raise InputError(f"the key {key} is not in the feed")
        missing = sorted(set(self.feed) - set(self.factors))
        if missing:
            raise InputError(f"no separation factor for {', '.join(missing)}")
        for name in ("recovery", "rejection"):
            if not 0.5 < fraction(name, getattr(self, name)) < 1:
                raise InputError(f"{name} lies between 0.5 and 1, both excluded")
        if self.factors[self.stronger] <= self.factors[self.weaker]:
            raise cascade_refused(
                f"{self.stronger} extracts no more strongly than {self.weaker}: the factor is "
                f"{self.factors[self.stronger] / self.factors[self.weaker]:g}",
                "name the stronger metal first, or take another extractant",
            )

    @property
    def beta(self) -> float:
        """Return the separation factor of the keys."""
        return self.factors[self.stronger] / self.factors[self.weaker]


def fewest_stages_of_keys(duty: KeyDuty) -> float:
    """Return Fenske's stages at total reflux for the two keys.

    Examples
    --------
    >>> feed = {"Nd": 0.75, "Pr": 0.25}
    >>> round(fewest_stages_of_keys(KeyDuty(feed, {"Nd": 1.4, "Pr": 1}, "Nd", "Pr", .99, .99)), 1)
    27.3
    """
    odds = duty.recovery / (1 - duty.recovery) * duty.rejection / (1 - duty.rejection)
    return math.log(odds) / math.log(duty.beta)


def fenske_distribution(duty: KeyDuty) -> dict[str, float]:
    """Return the part of each metal in the product at total reflux.

    ``d/b = (d/b of the weaker key) (f_i / f_weaker)^Nmin``: metals beyond the keys go whole, one
    between them is shared.

    Examples
    --------
    >>> duty = KeyDuty({"La": 3, "Ce": 5, "Nd": 1}, {"La": 1, "Ce": 2.6, "Nd": 14}, "Nd", "Ce",
    ...     0.99, 0.99)
    >>> {metal: round(part, 4) for metal, part in fenske_distribution(duty).items()}
    {'La': 0.0001, 'Ce': 0.01, 'Nd': 0.99}
    """
    stages = fewest_stages_of_keys(duty)
    base = math.log((1 - duty.rejection) / duty.rejection)
    found = {}
    for metal in duty.feed:
        log = base + stages * math.log(duty.factors[metal] / duty.factors[duty.weaker])
        found[metal] = 1 / (1 + math.exp(-log)) if log > -700 else 0.0
    return found


def underwood_solvent(duty: KeyDuty) -> float:
    """Return the least load of the solvent, mol for each mol of feed, by Underwood.

    ``sum f_i z_i / (f_i - theta) = 0`` between the keys, then ``S = sum f_i d_i / (f_i - theta)``
    with the product of the Fenske distribution. For two metals this is the pinch at the feed.

    Source: A. J. V. Underwood, Chem. Eng. Prog. 44 (1948) 603.

    Examples
    --------
    >>> feed = {"Nd": 0.75, "Pr": 0.25}
    >>> duty = KeyDuty(feed, {"Nd": 1.4, "Pr": 1}, "Nd", "Pr", 0.9967, 0.9698)
    >>> round(underwood_solvent(duty), 2)
    3.14
    """
    from scipy.optimize import brentq

    names = list(duty.feed)
    z = np.array([duty.feed[name] for name in names], dtype=np.float64)
    z = z / z.sum()
    strength = np.array([duty.factors[name] for name in names], dtype=np.float64)
    parts = fenske_distribution(duty)
    product = z * np.array([parts[name] for name in names])
    between = sorted(
        {value for value in strength.tolist() if duty.factors[duty.weaker] <= value}
        & {value for value in strength.tolist() if value <= duty.factors[duty.stronger]}
    )

    def balance(theta: float) -> float:
        return float(np.sum(strength * z / (strength - theta)))

    least = 0.0
    for low, high in pairwise(between):
        edge = 1e-9 * (high - low)
        theta = float(brentq(balance, low + edge, high - edge, xtol=1e-14))
        least = max(least, float(np.sum(strength * product / (strength - theta))))
    # The solvent must at least carry the product.
    return max(least, float(product.sum()))


@dataclass(frozen=True, slots=True)
class KeyCascade:
    """A cascade for two keys among many metals, and what its simulation gives.

    ``to_extract`` is the part of each metal that goes to the product.
    """

    flows: CascadeFlows
    profile: CascadeProfile
    fewest_stages: float
    least_solvent: float
    to_extract: Mapping[str, float]

    @property
    def base(self) -> float:
        """Return mol of base, and of acid and of salt, for each mol of feed."""
        return 3.0 * self.flows.solvent


def design_key_cascade(
    duty: KeyDuty, solvent_ratio: float = 1.3, stages_max: int = STAGES_MAX
) -> KeyCascade:
    """Return a cascade that reaches both recoveries, proven by simulating every stage.

    The total is found by doubling and halving between Fenske's stages and ``stages_max``; at each
    total the feed stage is sought by halving. What is taken as product follows the metals between
    the keys. A search of all feed stages finds up to a tenth fewer stages.

    Raises
    ------
    InputError
        With finding ORL-1020 if it needs more than ``stages_max`` stages.

    Examples
    --------
    >>> feed = {"La": 30, "Ce": 45, "Pr": 6, "Nd": 19}
    >>> factors = {"La": 1.0, "Ce": 2.58, "Pr": 5.94, "Nd": 8.3}
    >>> found = design_key_cascade(KeyDuty(feed, factors, "Pr", "Ce", 0.99, 0.99))
    >>> found.flows.extraction_stages, found.flows.scrub_stages
    (13, 11)
    """
    if not solvent_ratio > 1:
        raise cascade_refused(
            f"{solvent_ratio:g} times the least solvent pinches at the feed",
            "take 1.1 to 1.5 times the least solvent",
        )
    solvent = solvent_ratio * underwood_solvent(duty)
    low = max(1, math.ceil(fewest_stages_of_keys(duty)) - 1)
    total, found = min(2 * low, stages_max), None
    while found is None:
        found = _with_stages(duty, solvent, total)
        if found is None and total >= stages_max:
            raise cascade_refused(
                f"more than {stages_max} theoretical stages would be needed",
                "take more solvent, lower recoveries or an extractant that separates better",
            )
        if found is None:
            low, total = total, min(2 * total, stages_max)
    best = total
    while best - low > 1:
        middle = (best + low) // 2
        tried = _with_stages(duty, solvent, middle)
        if tried is None:
            low = middle
        else:
            best, found = middle, tried
    flows, profile = found
    parts = dict(zip(profile.metals, profile.to_extract.tolist(), strict=True))
    return KeyCascade(flows, profile, fewest_stages_of_keys(duty), solvent / solvent_ratio, parts)


def _with_stages(
    duty: KeyDuty, solvent: float, total: int
) -> tuple[CascadeFlows, CascadeProfile] | None:
    """Return a cascade of so many stages that does the duty, or None: the feed stage is sought."""
    whole = sum(duty.feed.values())
    keys = {duty.stronger: duty.recovery, duty.weaker: 1 - duty.rejection}
    parts = {**fenske_distribution(duty), **keys}
    low, high = 0, total - 1
    while low <= high:
        scrub = (low + high) // 2
        extract = sum(duty.feed[metal] * parts[metal] for metal in duty.feed) / whole
        flows = CascadeFlows(total - scrub, scrub, max(solvent, extract * (1 + 1e-9)), extract)
        profile = simulate_cascade(duty.feed, duty.factors, flows)
        found = dict(zip(profile.metals, profile.to_extract.tolist(), strict=True))
        lost = (1 - found[duty.stronger]) / (1 - duty.recovery)
        spoilt = found[duty.weaker] / (1 - duty.rejection)
        if lost <= 1 + 1e-9 and spoilt <= 1 + 1e-9:
            return flows, profile
        # More scrub keeps the weaker key out, more extraction keeps the stronger one in.
        low, high = (scrub + 1, high) if spoilt > lost else (low, scrub - 1)
        parts = {metal: keys.get(metal, share) for metal, share in found.items()}
    return None


def largest_purity(duty: KeyDuty, metal: str) -> float:
    """Return the most that ``metal`` can be of the product, however many stages.

    What extracts more strongly than the stronger key goes with it whole: it has to be taken out
    before, or in a further cascade.

    Examples
    --------
    >>> feed = {"Pr": 6, "Nd": 19, "Sm": 2}
    >>> duty = KeyDuty(feed, {"Pr": 1, "Nd": 1.4, "Sm": 7}, "Nd", "Pr", 0.99, 0.99)
    >>> round(largest_purity(duty, "Nd"), 3)
    0.905
    """
    with_it = sum(
        amount
        for name, amount in duty.feed.items()
        if duty.factors[name] >= duty.factors[duty.stronger]
    )
    return duty.feed.get(metal, 0.0) / with_it


def see_purity(duty: KeyDuty, metal: str, purity: float) -> None:
    """Refuse a purity of the product that no number of stages gives, and name what spoils it.

    Raises
    ------
    InputError
        With finding ORL-1020.
    """
    most = largest_purity(duty, metal)
    if fraction("the purity", purity) < most or (purity == most == 1):
        return
    spoil = sorted(
        (
            name
            for name in duty.feed
            if name != metal and duty.factors[name] >= duty.factors[duty.stronger]
        ),
        key=lambda name: -duty.feed[name],
    )
    if not spoil:
        return
    raise cascade_refused(
        f"{metal} of {purity:g} cannot be reached: {', '.join(spoil)} extract as strongly or more "
        f"and go with it, so that it is at most {most:.4g} of the product",
        f"take {', '.join(spoil)} out before, in a cascade of their own",
    )
