"""The whole cascade, stage by stage and for any number of rare earths, solved as one system.

Where :mod:`oreline.design._law_cascade` steps from assumed ends, here nothing but the feed, the
flows and the stages is given, and the compositions of all stages are found together: it shows what
a design really separates, and it handles many metals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from oreline.design._law_inputs import Floats, above_zero, positive, whole_stages, zero_or_more
from oreline.model import InputError, LimitExceededError

_TRACE = 1e-30
"""The least mole fraction carried: below it a metal is not there."""


@dataclass(frozen=True, slots=True)
class CascadeFlows:
    """Stages and flows of a cascade with reflux, in mol of rare earths for each mol of feed.

    ``solvent`` is what the organic phase carries through every stage, ``extract`` what of it is
    taken out as product; ``solvent - extract`` returns as scrub.
    """

    extraction_stages: int
    scrub_stages: int
    solvent: float
    extract: float

    def __post_init__(self) -> None:
        whole_stages("the extraction stages", self.extraction_stages)
        zero_or_more("the scrub stages", self.scrub_stages)
        above_zero("the solvent", self.solvent)
        if not 0 < self.extract < 1:
            raise InputError(f"the product takes {self.extract} of the feed: between 0 and 1")
        if self.solvent < self.extract:
            raise InputError(
                f"a product of {self.extract:g} mol needs a solvent that carries as much, not "
                f"{self.solvent:g}"
            )

    @property
    def stages(self) -> int:
        """Return all stages."""
        return self.extraction_stages + int(self.scrub_stages)


@dataclass(frozen=True, slots=True)
class CascadeProfile:
    """What a cascade does: mole fractions in every stage, from the product's end to the raffinate.

    ``to_extract`` is the part of each metal that goes to the product. ``aqueous`` and ``organic``
    have shape (stages, metals). ``closure`` is the largest relative error of any metal's balance.
    """

    metals: tuple[str, ...]
    to_extract: Floats
    aqueous: Floats
    organic: Floats
    closure: float

    @property
    def extract(self) -> Floats:
        """Return the mole fractions in the product."""
        return np.asarray(self.organic[0])

    @property
    def raffinate(self) -> Floats:
        """Return the mole fractions in the raffinate."""
        return np.asarray(self.aqueous[-1])


def simulate_cascade(
    feed: Mapping[str, float],
    factors: Mapping[str, float],
    flows: CascadeFlows,
    tolerance: float = 1e-10,
    rounds_max: int = 2_000,
) -> CascadeProfile:
    """Find the compositions of every stage of a counter-current cascade with scrub and reflux.

    ``feed`` gives mol of each metal (any scale), ``factors`` how strongly each extracts relative to
    any reference, which may be none of them. In a stage ``y_j = f_j x_j / sum_k f_k x_k``: the
    solvent is loaded to the same amount throughout, metals exchange one for one. Each metal's
    balance over all stages is one block-tridiagonal system with all others.

    Raises
    ------
    InputError
        If a metal of the feed has no factor.
    LimitExceededError
        If the compositions do not settle in ``rounds_max``.

    Examples
    --------
    >>> flows = CascadeFlows(25, 21, 4.0834, 0.7551)
    >>> got = simulate_cascade({"Nd": 0.75, "Pr": 0.25}, {"Nd": 1.4, "Pr": 1.0}, flows)
    >>> got.extract.round(4).tolist(), got.raffinate.round(4).tolist()
    ([0.99, 0.01], [0.01, 0.99])
    """
    missing = sorted(set(feed) - set(factors))
    if missing:
        raise InputError(f"no separation factor for {', '.join(missing)}")
    metals = tuple(feed)
    amounts = positive("the feed", list(feed.values()))
    z = amounts / amounts.sum()
    strength = positive("the separation factor", [factors[metal] for metal in metals])
    strength = strength / float(np.exp(z @ np.log(strength)))
    x = _settled(tuple(z.tolist()), tuple(strength.tolist()), flows, tolerance, rounds_max)
    load = x @ strength
    y = x * strength / load[:, None]
    taken = flows.extract * y[0]
    left = (1 - flows.extract) * x[-1]
    closure = float(np.max(np.abs(taken + left - z) / z))
    return CascadeProfile(metals, taken / (taken + left), x, y, closure)


@lru_cache(maxsize=512)
def _settled(
    z: tuple[float, ...],
    strength: tuple[float, ...],
    flows: CascadeFlows,
    tolerance: float,
    rounds_max: int,
) -> Floats:
    """Return the stages, remembered: a flowsheet asks for the same cascade in every round."""
    x = _settle(np.array(z), np.array(strength), flows, tolerance, rounds_max)
    x.flags.writeable = False
    return x


def _settle(
    z: Floats, strength: Floats, flows: CascadeFlows, tolerance: float, rounds_max: int
) -> Floats:
    """Return the aqueous fractions of every stage.

    Stages filled with feed settle by implicit time steps that lengthen while little changes, and
    end as Newton's: bare Newton stalls where a metal has yet to travel through many stages.
    """
    stages, reflux = flows.stages, flows.solvent - flows.extract
    place = np.arange(1, stages + 1)
    leaving = np.where(place <= flows.scrub_stages, reflux, reflux + 1.0)
    leaving[-1] = 1 - flows.extract
    x, pace = np.tile(z, (stages, 1)), 1.0
    for _ in range(rounds_max):
        y = x * strength / (x @ strength)[:, None]
        miss = -leaving[:, None] * x - flows.solvent * y
        miss[:-1] += flows.solvent * y[1:]
        miss[1:] += leaving[:-1, None] * x[:-1]
        miss[0] += reflux * y[0]
        miss[flows.scrub_stages] += z
        settled = float(np.abs(miss).max()) <= tolerance * (flows.solvent + 1)
        # One more step, without inertia, takes what is left of the error with it.
        step = _time_step(x, strength, flows, leaving, miss, 0.0 if settled else 1 / pace)
        change = float(np.abs(step).max())
        x = np.maximum(x + step, _TRACE)
        x /= x.sum(axis=1, keepdims=True)
        if settled:
            return x
        pace *= 2.0 if change < 0.1 else 1.0 if change < 0.3 else 0.5
    raise LimitExceededError(
        f"the stages of the cascade did not settle in {rounds_max} rounds (rounds_max)"
    )


def _time_step(
    x: Floats, strength: Floats, flows: CascadeFlows, leaving: Floats, miss: Floats, inertia: float
) -> Floats:
    """Solve the block-tridiagonal system of the balances' derivatives, stage after stage."""
    stages, metals = x.shape
    load = x @ strength
    # dy_j/dx_k = f_j/load (j = k) - x_j f_j f_k / load^2
    slope = -(x * strength)[:, :, None] * strength[None, None, :] / (load**2)[:, None, None]
    slope[:, np.arange(metals), np.arange(metals)] += strength / load[:, None]
    slope *= flows.solvent
    pivot = -(leaving + inertia)[:, None, None] * np.eye(metals) - slope
    pivot[0] += slope[0] * (flows.solvent - flows.extract) / flows.solvent
    right = -miss
    for i in range(1, stages):
        carried = leaving[i - 1] * np.linalg.inv(pivot[i - 1])
        pivot[i] -= carried @ slope[i]
        right[i] -= carried @ right[i - 1]
    step = np.empty_like(x)
    step[-1] = np.linalg.solve(pivot[-1], right[-1])
    for i in range(stages - 2, -1, -1):
        step[i] = np.linalg.solve(pivot[i], right[i] - slope[i + 1] @ step[i + 1])
    return step
