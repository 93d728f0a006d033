"""What a flowsheet is given for one solve: its numbers as arrays, one entry for each sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from oreline.design._components import followed_fractions, of_elements
from oreline.design._deportment import Deportment, deportment
from oreline.design._flowsheet import ComponentKind, FeedStream, Flowsheet
from oreline.design._law import REST, WATER, Array, Mask
from oreline.design._refusal import SamplesRefusedError
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


Overrides = Mapping[str, Array]
"""Numbers that are drawn, by name, each of shape (samples,)."""


def checked_draws(
    flowsheet: Flowsheet, draws: Mapping[str, Array] | None
) -> tuple[dict[str, Array], int]:
    """Return drawn numbers as arrays of shape (samples,), and how many samples there are.

    Raises
    ------
    InputError
        If a drawn number is none of the flowsheet's, not finite, or of another length.
    """
    if not draws:
        return {}, 1
    known = flowsheet.numbers()
    found: dict[str, Array] = {}
    samples = 1
    for name, values in draws.items():
        if name not in known:
            raise InputError(f"{name} is no number of this flowsheet; see Flowsheet.numbers()")
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        if array.ndim != 1 or not np.isfinite(array).all():
            raise InputError(f"{name}: draws are finite numbers in one row")
        if 1 not in (samples, len(array)) and samples != len(array):
            raise InputError(f"{name} has {len(array)} draws, others have {samples}")
        samples = max(samples, len(array))
        found[name] = array
    return {name: np.broadcast_to(array, (samples,)) for name, array in found.items()}, samples


def feed_flows(frame: Frame, feed: FeedStream, overrides: Overrides, samples: int) -> Array:
    """Return what a feed brings of each component in t per h, shape (samples, components).

    Raises
    ------
    InputError
        If drawn grades sum to more than one.
    """
    parts, total = _assayed_parts(frame, feed, overrides, samples)
    if feed.minerals:
        total = _into_minerals(frame, feed, parts)
    parts[:, frame.rest] += np.maximum(0.0, 1.0 - total)
    dry = overrides.get(f"{feed.id}.dry_t_per_h", np.full(samples, feed.dry_t_per_h.value))
    flows = parts * dry[:, None]
    if feed.moisture is not None:
        moisture = overrides.get(f"{feed.id}.moisture", np.asarray(feed.moisture.value))
        flows[:, frame.water] += dry * moisture / (1.0 - moisture)
    if feed.water_t_per_h is not None:
        water = overrides.get(f"{feed.id}.water_t_per_h", np.asarray(feed.water_t_per_h.value))
        flows[:, frame.water] += water
    return np.asarray(flows)


def _assayed_parts(
    frame: Frame, feed: FeedStream, overrides: Overrides, samples: int
) -> tuple[Array, Array]:
    """Return what grades say of each component as parts of the dry mass, and their total."""
    place = {name: number for number, name in enumerate(frame.names)}
    parts = np.zeros((samples, len(frame.names)))
    total = np.zeros(samples)
    for name, stated in feed.grades.items():
        grade = overrides.get(f"{feed.id}.grade[{name}]", np.asarray(stated.value))
        total += grade
        for inner, share in followed_fractions(name, frame.flowsheet.components).items():
            parts[:, place[inner]] += grade * share
    if total.max() > 1.0 + 1e-9:
        message = f"{feed.where}: grades of {feed.id} sum to {100 * total.max():.6g} %"
        raise SamplesRefusedError(message, (), np.flatnonzero(total > 1.0 + 1e-9))
    return parts, total


def deportments(flowsheet: Flowsheet) -> dict[str, Deportment]:
    """Return the minerals of every feed whose assays are turned into minerals, by feed."""
    frame = frame_of(flowsheet)
    return {
        feed.id: _deported(frame, feed, _assayed_parts(frame, feed, {}, 1)[0][0])
        for feed in flowsheet.feeds
        if feed.minerals
    }


def _deported(frame: Frame, feed: FeedStream, parts: Array) -> Deportment:
    """Return the minerals of a feed, of whose assays ``parts`` has shape (components,)."""
    place = {name: number for number, name in enumerate(frame.names)}
    held = {name: frame.fractions[name] for name in feed.minerals}
    assayed = {
        component.name: float(parts[place[component.name]])
        for component in frame.flowsheet.components
        if component.kind is ComponentKind.ELEMENT and _was_assayed(frame, feed, component.name)
    }
    try:
        return deportment(assayed, held)
    except InputError as error:
        raise InputError(f"{feed.where}: minerals of {feed.id}: {error}") from error


def _was_assayed(frame: Frame, feed: FeedStream, element: str) -> bool:
    """Return whether a grade of the feed tells of an element; one that is not told is unknown."""
    components = frame.flowsheet.components
    return any(element in followed_fractions(name, components) for name in feed.grades)


def _into_minerals(frame: Frame, feed: FeedStream, parts: Array) -> Array:
    """Turn the assayed elements of a feed into its minerals, in place, and return the new total.

    What minerals leave of an assay stays an element; what they hold beyond it is kept, since a
    mineral cannot be without its elements.
    """
    place = {name: number for number, name in enumerate(frame.names)}
    fixed: dict[tuple[float, ...], Deportment] = {}
    for row in parts:
        key = tuple(row)
        found = fixed.get(key)
        if found is None:
            found = fixed[key] = _deported(frame, feed, row)
        for element, left in found.residuals.items():
            row[place[element]] = max(left, 0.0)
        for mineral, part in found.minerals.items():
            row[place[mineral]] += part
    total = parts.sum(axis=1) - parts[:, frame.rest] - parts[:, frame.water]
    if total.max() > 1.0 + 1e-9:
        raise InputError(
            f"{feed.where}: minerals and what they leave of {feed.id} are "
            f"{100 * total.max():.6g} % of it"
        )
    parts[:, frame.rest] = 0.0
    return np.asarray(total + parts[:, frame.water])


def unit_values(flowsheet: Flowsheet, overrides: Overrides) -> list[dict[str, float | Array]]:
    """Return the numbers of every unit by the names of its law; drawn ones are (samples,)."""
    values: dict[str, dict[str, float | Array]] = {
        unit.id: {name: parameter.value for name, parameter in unit.parameters.items()}
        for unit in flowsheet.units
    }
    for name, array in overrides.items():
        owner, _, inner = name.partition(".")
        if inner in values.get(owner, ()):
            values[owner][inner] = array
    return list(values.values())
