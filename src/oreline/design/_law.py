"""What a unit law is: how a process unit shares its feed between its outlets.

A law is one function behind the same ports whatever its rung, from a split that a study prints to
an external engine. It knows nothing of the flowsheet round it: it is given the feed of its unit
and numbers, and says which share of each component leaves where. The flowsheet closes the balance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from oreline.design._law_memory import MemoryOfSamples
from oreline.model import InputError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

WATER: Final = "water"
REST: Final = "rest"
EVERY_OTHER: Final = "*"


class StreamPhase(StrEnum):
    """What a stream is: solids with their moisture or pulp water, a solution, or a gas."""

    SOLID = "solid"
    SOLUTION = "solution"
    GAS = "gas"


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One number a law takes, and the range in which the law holds.

    ``low`` and ``high`` are in ``unit``. A number outside them is used and said so. A number with
    no ``default`` must stand in the file. One that ``per_component`` is true for is written
    ``k[Nd]`` in the file, with ``k[*]`` for every component that is not named.
    """

    unit: str
    low: float
    high: float
    meaning: str
    default: float | None = None
    per_component: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """What enters a unit.

    ``components`` are the names of everything the flowsheet follows, in the same order at every
    unit: elements by symbol, minerals and oxides by name, ``rest``, and ``water`` where it is
    followed. ``flow_t_per_h`` has shape (components,), or (samples, components) for a law that
    is ``batched``; the water's own place in it is 0, since water is given in ``water_t_per_h``
    (a number, or an array of shape (samples,)). ``outlets`` are the ports of the unit in order.
    ``mass_fractions`` tells what a mineral or oxide is made of: element to mass fraction. In
    ``memory`` a law that has to search may keep where to start from when it is asked again.
    """

    components: tuple[str, ...]
    flow_t_per_h: Array
    water_t_per_h: float | Array = 0.0
    outlets: tuple[str, ...] = ()
    phase: StreamPhase = StreamPhase.SOLID
    mass_fractions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    memory: MemoryOfSamples | None = None

    @property
    def dry_t_per_h(self) -> float | Array:
        """Return the mass of everything but the water: a number, or one for each sample."""
        total = self.flow_t_per_h.sum(axis=-1)
        return float(total) if total.ndim == 0 else np.asarray(total)


@dataclass(frozen=True, slots=True)
class LawResult:
    """Where the feed of a unit goes and what the unit uses up.

    ``splits`` has shape (outlets, components): the share of each component of feed *and reagents*
    that leaves by each outlet; every column sums to 1, also those of components the feed has not.
    A batched law gives (samples, outlets, components), and amounts of shape (samples,).
    ``reagents`` are the chemicals that enter
    the balance, by formula, in t per h (``{"H2SO4": 1.2, "O2": 0.4}``): their elements, and
    ``H2O`` as water, join the feed before the splits are applied. ``consumed`` is what costs but
    is no part of the balance, per hour: ``power_kwh``, ``heat_gj``, ``media_t``. ``notes`` say in
    plain words what is outside its range or unlikely (phase ratio, loading).
    """

    splits: Array
    consumed: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reagents: Mapping[str, Any] = field(default_factory=dict)


Values = Mapping[str, Any]
"""The numbers of a unit by name: each a float, or an array with one for each sample."""
Apply = Callable[[Feed, Values], LawResult]


@dataclass(frozen=True, slots=True)
class Law:
    """A way to compute what a process unit does.

    ``rung`` is 0 for a cited split, 1 for a grade-recovery curve, 2 for a kinetic or equilibrium
    law, 3 for an external engine. ``outlets`` are the names of the ports and ``phases`` what leaves
    by each; both are empty where the file names them. ``breaks_minerals`` is true where the unit's
    chemistry destroys minerals (leach, roast, smelt): its feed then holds their elements.
    ``by_feed`` is true where the splits depend on the feed and not on the numbers alone; then the
    outer loop converges them. ``batched`` is true where ``apply`` takes many samples at once, with
    numbers of shape (samples,).
    """

    name: str
    rung: int
    outlets: tuple[str, ...]
    parameters: Mapping[str, ParameterSpec]
    source: str
    apply: Apply
    phases: tuple[StreamPhase, ...] = ()
    breaks_minerals: bool = False
    by_feed: bool = True
    batched: bool = False
    meaning: str = ""


def component_values(
    values: Values, name: str, components: tuple[str, ...], missing: float | None = None
) -> Array:
    """Return ``name[component]`` for each component, in order, in shape (..., components).

    ``name[*]`` stands for every component that is not named, then ``missing``.

    Raises
    ------
    InputError
        If a component has no number and there is neither ``name[*]`` nor ``missing``.

    Examples
    --------
    >>> component_values({"k[Nd]": 0.6, "k[*]": 0.1}, "k", ("Nd", "Ca"))
    array([0.6, 0.1])
    """
    every_other = values.get(f"{name}[{EVERY_OTHER}]", missing)
    found = [values.get(f"{name}[{component}]", every_other) for component in components]
    absent = [
        component for component, value in zip(components, found, strict=True) if value is None
    ]
    if absent:
        raise InputError(
            f"{name} is not given for {', '.join(absent)}: write {name}[{absent[0]}], or "
            f"{name}[{EVERY_OTHER}] for every component that is not named"
        )
    if all(isinstance(value, float | int) for value in found):
        return np.array(found, dtype=np.float64)
    parts = np.broadcast_arrays(*[np.asarray(value, dtype=np.float64) for value in found])
    return np.stack(parts, axis=-1)
