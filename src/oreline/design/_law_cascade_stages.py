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
from numpy.typing import NDArray

from oreline.design._law_inputs import Floats, above_zero, positive, whole_stages, zero_or_more
from oreline.design._law_memory import MemoryOfSamples
from oreline.model import InputError, LimitExceededError

TOLERANCE = 1e-10
"""What balances of a stage may lack, in mol for each mol of feed, before one last step."""
ROUNDS_MAX = 2_000
WARM_PACE = 1e6
"""The first time step from stages that are near: almost Newton's."""
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
    tolerance: float = TOLERANCE,
    rounds_max: int = ROUNDS_MAX,
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


def separated_shares(
    feed: Floats,
    factors: Floats,
    stages: tuple[int, int],
    solvent: Floats,
    extract: Floats,
    memory: MemoryOfSamples | None = None,
) -> Floats:
    """Return the part of each metal that goes to the product, for many cascades at once.

    ``feed`` and ``factors`` have shape (samples, metals), in mol; ``solvent`` and ``extract``
    (samples,), as in :class:`CascadeFlows`; ``stages`` are those of extraction and of scrub. Each
    sample is what :func:`simulate_cascade` gives for it, whatever is in the ``memory``, from which
    the way is only shorter.

    Raises
    ------
    LimitExceededError
        If the compositions of a sample do not settle.
    """
    z = feed / feed.sum(axis=1, keepdims=True)
    strength = factors / np.exp(np.sum(z * np.log(factors), axis=1, keepdims=True))
    plant = _Plant(*stages, solvent, extract)
    key = ("stages", z.shape[1])
    start = None if memory is None else memory.get(key)
    if len(z) == 1 and start is None:
        x = _settle(z, strength, plant, TOLERANCE, ROUNDS_MAX)
    else:
        x = _settled_at_once(z, strength, plant, start)
    if memory is not None:
        memory.put(key, x)
    y = x[:, 0] * strength
    y /= y.sum(axis=1, keepdims=True)
    taken = extract[:, None] * y
    left = (1 - extract)[:, None] * x[:, -1]
    return np.asarray(taken / (taken + left))


def _settled_at_once(z: Floats, strength: Floats, plant: _Plant, start: Floats | None) -> Floats:
    """Return the stages of many samples, each found by compiled code from where it starts."""
    from oreline.design._law_cascade_kernel import settle

    def found(x: Floats, pace: float) -> int:
        told = (plant.scrub_stages, plant.solvent, plant.extract)
        return settle(z, strength, *told, x, pace, TOLERANCE, ROUNDS_MAX)

    z, strength = np.ascontiguousarray(z), np.ascontiguousarray(strength)
    stages = plant.extraction_stages + plant.scrub_stages
    if start is not None:
        x = start.copy()
        if found(x, WARM_PACE) == 0:
            return x
    x = np.repeat(z[:, None, :], stages, axis=1)
    if found(x, 1.0):
        raise _unsettled(ROUNDS_MAX)
    return x


def _unsettled(rounds_max: int) -> LimitExceededError:
    return LimitExceededError(
        f"the stages of the cascade did not settle in {rounds_max} rounds (rounds_max)"
    )


@dataclass(frozen=True, slots=True)
class _Plant:
    """Stages, and the flows of every sample."""

    extraction_stages: int
    scrub_stages: int
    solvent: Floats
    extract: Floats

    def of(self, chosen: NDArray[np.intp]) -> _Plant:
        """Return the plant of some samples."""
        return _Plant(
            self.extraction_stages, self.scrub_stages, self.solvent[chosen], self.extract[chosen]
        )

    @property
    def leaving(self) -> Floats:
        """Return what the aqueous phase carries out of each stage, (samples, stages)."""
        stages = self.extraction_stages + self.scrub_stages
        reflux = (self.solvent - self.extract)[:, None]
        flow = reflux + (np.arange(1, stages + 1) > self.scrub_stages)[None, :]
        flow[:, -1] = 1 - self.extract
        return np.asarray(flow)


@lru_cache(maxsize=512)
def _settled(
    z: tuple[float, ...],
    strength: tuple[float, ...],
    flows: CascadeFlows,
    tolerance: float,
    rounds_max: int,
) -> Floats:
    """Return the stages, remembered: a search or a flowsheet asks for the same cascade again."""
    plant = _Plant(
        flows.extraction_stages,
        int(flows.scrub_stages),
        np.array([flows.solvent]),
        np.array([flows.extract]),
    )
    x = np.asarray(_settle(np.array([z]), np.array([strength]), plant, tolerance, rounds_max)[0])
    x.setflags(write=False)
    return x


def _settle(
    z: Floats,
    strength: Floats,
    plant: _Plant,
    tolerance: float,
    rounds_max: int,
) -> Floats:
    """Return the aqueous fractions of every sample and stage, (samples, stages, metals).

    Stages filled with feed settle by implicit time steps that lengthen while little changes, and
    end as Newton's: bare Newton stalls where a metal has yet to travel through many stages.
    """
    stages = plant.extraction_stages + plant.scrub_stages
    whole, pace = np.repeat(z[:, None, :], stages, axis=1), np.ones(len(z))
    open_ = np.arange(len(z))
    for _ in range(rounds_max):
        x, part, weight = whole[open_], plant.of(open_), strength[open_]
        miss = _missing(x, z[open_], weight, part)
        settled = np.abs(miss).max(axis=(1, 2)) <= tolerance * (part.solvent + 1)
        # One more step, without inertia, takes what is left of the error with it.
        inertia = np.where(settled, 0.0, 1 / pace[open_])
        step = _time_step(x, weight, part, miss, inertia)
        change = np.abs(step).max(axis=(1, 2))
        x = np.maximum(x + step, _TRACE)
        whole[open_] = x / x.sum(axis=2, keepdims=True)
        pace[open_] *= np.where(change < 0.1, 2.0, np.where(change < 0.3, 1.0, 0.5))
        open_ = open_[~settled]
        if not len(open_):
            return np.asarray(whole)
    raise _unsettled(rounds_max)


def _missing(x: Floats, z: Floats, strength: Floats, plant: _Plant) -> Floats:
    """Return what the balance of each metal in each stage lacks: in less out."""
    weighted = x * strength[:, None, :]
    organic = plant.solvent[:, None, None] * weighted / weighted.sum(axis=2, keepdims=True)
    aqueous = plant.leaving[:, :, None] * x
    miss = -aqueous - organic
    miss[:, :-1] += organic[:, 1:]
    miss[:, 1:] += aqueous[:, :-1]
    returned = (plant.solvent - plant.extract) / plant.solvent
    miss[:, 0] += returned[:, None] * organic[:, 0]
    miss[:, plant.scrub_stages] += z
    return np.asarray(miss)


def _time_step(x: Floats, strength: Floats, plant: _Plant, miss: Floats, inertia: Floats) -> Floats:
    """Solve the block-tridiagonal system of the balances' derivatives, stage after stage."""
    _, stages, metals = x.shape
    leaving = plant.leaving
    weighted = x * strength[:, None, :]
    load = weighted.sum(axis=2)[:, :, None]
    # dy_j/dx_k = f_j/load (j = k) - x_j f_j f_k / load^2
    slope = -(weighted / load)[..., None] * (strength[:, None, :] / load)[:, :, None, :]
    slope[..., np.arange(metals), np.arange(metals)] += strength[:, None, :] / load
    slope *= plant.solvent[:, None, None, None]
    pivot = -(leaving + inertia[:, None])[..., None, None] * np.eye(metals) - slope
    returned = (plant.solvent - plant.extract) / plant.solvent
    pivot[:, 0] += returned[:, None, None] * slope[:, 0]
    right = -miss[..., None]
    for i in range(1, stages):
        carried = leaving[:, i - 1, None, None] * np.linalg.inv(pivot[:, i - 1])
        pivot[:, i] -= carried @ slope[:, i]
        right[:, i] -= carried @ right[:, i - 1]
    step = np.empty_like(right)
    step[:, -1] = np.linalg.solve(pivot[:, -1], right[:, -1])
    for i in range(stages - 2, -1, -1):
        step[:, i] = np.linalg.solve(pivot[:, i], right[:, i] - slope[:, i + 1] @ step[:, i + 1])
    return np.asarray(step[..., 0])
