"""What a flowsheet is given for one solve: its numbers as arrays, one entry for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from oreline.design._components import followed_fractions, of_elements
from oreline.design._flowsheet import ComponentKind, FeedStream, Flowsheet
from oreline.design._law import REST, WATER, Array, Mask
from oreline.design._parameter import Parameter
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class Frame:
    """The positions of everything in arrays; the same for all samples.

    ``release`` has shape (components, components): row m holds what one t of compound m is made of,
    and is zero for all that is no compound.
    """

    flowsheet: Flowsheet
    names: tuple[str, ...]
    units: Mapping[str, int]
    compounds: Mask
    release: Array
    water: int
    rest: int
    fractions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def has_compounds(self) -> bool:
        """Return whether any component can be broken up."""
        return bool(self.compounds.any())


def frame_of(flowsheet: Flowsheet) -> Frame:
    """Return where units and components stand in arrays."""
    names = flowsheet.component_names
    place = {name: number for number, name in enumerate(names)}
    release = np.zeros((len(names), len(names)))
    compounds = np.zeros(len(names), dtype=bool)
    fractions = {}
    for component in flowsheet.components:
        if component.kind is not ComponentKind.COMPOUND:
            continue
        parts = of_elements(component.element_fractions, flowsheet.components)
        fractions[component.name] = parts
        compounds[place[component.name]] = True
        for name, share in parts.items():
            release[place[component.name], place[name]] = share
    units = {unit.id: number for number, unit in enumerate(flowsheet.units)}
    return Frame(flowsheet, names, units, compounds, release, place[WATER], place[REST], fractions)


def drawn(
    flowsheet: Flowsheet, draws: Mapping[str, Array] | None
) -> tuple[dict[str, float | Array], int]:
    """Return every number by name, drawn ones as arrays of shape (samples,), and the samples.

    Raises
    ------
    InputError
        If a drawn number is none of the flowsheet's, not finite, or of another length.
    """
    numbers: dict[str, float | Array] = {
        name: parameter.value for name, parameter in flowsheet.numbers().items()
    }
    samples = 1
    for name, values in (draws or {}).items():
        if name not in numbers:
            raise InputError(f"{name} is no number of this flowsheet; see Flowsheet.numbers()")
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        if array.ndim != 1 or not np.isfinite(array).all():
            raise InputError(f"{name}: draws are finite numbers in one row")
        if samples not in (1, len(array)):
            raise InputError(f"{name} has {len(array)} draws, others have {samples}")
        samples = max(samples, len(array))
        numbers[name] = array
    return numbers, samples


def feed_flows(
    frame: Frame, feed: FeedStream, numbers: Mapping[str, float | Array], samples: int
) -> Array:
    """Return what a feed brings of each component in t per h, shape (samples, components).

    Raises
    ------
    InputError
        If drawn grades sum to more than one.
    """
    place = {name: number for number, name in enumerate(frame.names)}
    parts = np.zeros((samples, len(frame.names)))
    total: float | Array = 0.0
    for name in feed.grades:
        grade = numbers[f"{feed.id}.grade[{name}]"]
        total = total + grade
        for inner, share in followed_fractions(name, frame.flowsheet.components).items():
            parts[:, place[inner]] += grade * share
    if np.max(total) > 1.0 + 1e-9:
        raise InputError(f"{feed.where}: grades of {feed.id} sum to {100 * np.max(total):.6g} %")
    parts[:, frame.rest] += np.maximum(0.0, 1.0 - np.asarray(total))
    dry = np.broadcast_to(np.asarray(numbers[f"{feed.id}.dry_t_per_h"]), (samples,))
    flows = parts * dry[:, None]
    if feed.moisture is not None:
        moisture = np.asarray(numbers[f"{feed.id}.moisture"])
        flows[:, frame.water] += dry * moisture / (1.0 - moisture)
    return np.asarray(flows)


def unit_values(
    parameters: Mapping[str, Parameter], unit: str, numbers: Mapping[str, float | Array]
) -> dict[str, float | Array]:
    """Return the numbers of a unit by the names of its law."""
    return {name: numbers[f"{unit}.{name}"] for name in parameters}
