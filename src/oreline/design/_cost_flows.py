"""Amounts a year that a solved flowsheet gives to its costs, for one case or for many samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np

from oreline.design._flowsheet import Flowsheet
from oreline.design._law import WATER
from oreline.design._parameter import Parameter
from oreline.design._samples import Progress, base_of, solved_samples
from oreline.design._sampling import Array
from oreline.design._solve import Flows
from oreline.design._study import STUDY_SETTINGS
from oreline.design._units_of_cost import conversion, factor_units
from oreline.model import Basis, InputError


class FlowSource(StrEnum):
    """What of a flowsheet an amount is.

    What a ``feed`` brings, what a ``product`` or a ``stream`` takes, what a ``unit`` treats, what
    units have ``consumed``, or a ``reagent`` that enters the balance, by its formula.
    """

    FEED = "feed"
    PRODUCT = "product"
    STREAM = "stream"
    UNIT = "unit"
    CONSUMED = "consumed"
    REAGENT = "reagent"


DRY: Final = "dry"
WET: Final = "wet"


@dataclass(frozen=True, slots=True)
class FlowAmount:
    """An amount a year by its name.

    ``of`` is the id of the feed, product, stream or unit, the name of what is consumed, or the
    formula of the reagent. ``component`` is ``dry``, ``wet``, ``water``, or what is followed: of an
    element, what minerals hold counts. ``units`` limits what is consumed to some units; none named
    means all. With a ``dose`` (``kg/t``) the amount is that for each tonne.
    """

    name: str
    source: FlowSource
    of: str
    component: str = DRY
    units: tuple[str, ...] = ()
    dose: Parameter | None = None
    where: str = ""

    @property
    def unit(self) -> str:
        """Return the unit of the amount: t/y, that of what is consumed, or of the dose.

        Raises
        ------
        UnitError
            If the dose is not for a tonne.
        """
        if self.dose is not None:
            given, taken = factor_units(self.dose.unit)
            conversion(taken, "t")
            return f"{given}/y"
        if self.source is not FlowSource.CONSUMED:
            return "t/y"
        return f"{_CONSUMED_UNITS.get(self.of.rpartition('_')[2], 't')}/y"


_CONSUMED_UNITS: Final = {"kwh": "kWh", "gj": "GJ", "t": "t", "m3": "m3"}
"""The unit at the end of a name such as ``power_kwh``."""


def flow_amount(amount: FlowAmount, flows: Flows, hours: Array) -> Array:
    """Return an amount a year, in shape (samples,), before its dose.

    Raises
    ------
    InputError
        If the flowsheet has nothing of that name.
    """
    if amount.source in (FlowSource.CONSUMED, FlowSource.REAGENT):
        return _used_up(amount, flows) * hours
    if amount.source is FlowSource.FEED:
        ids = [feed.id for feed in flows.frame.flowsheet.feeds]
        held = flows.fresh[:, [_place(amount, ids, "feed")]].sum(axis=1)
    elif amount.source is FlowSource.UNIT:
        held = flows.treated[:, _place(amount, list(flows.frame.units), "unit")]
    elif amount.source is FlowSource.STREAM:
        ids = [stream.id for stream in flows.frame.flowsheet.streams]
        held = flows.streams[:, _place(amount, ids, "stream")]
    else:
        _place(amount, [one.id for one in flows.frame.flowsheet.products], "product")
        enters = [one.destination == amount.of for one in flows.frame.flowsheet.streams]
        held = flows.streams[:, enters].sum(axis=1)
    return np.asarray(_of_component(amount, flows, held) * hours)


def _place(amount: FlowAmount, known: Sequence[str], kind: str) -> int:
    if amount.of not in known:
        raise InputError(f"the flowsheet has no {kind} {amount.of!r}; it has {', '.join(known)}")
    return known.index(amount.of)


def _of_component(amount: FlowAmount, flows: Flows, held: Array) -> Array:
    """Return one component of flows of shape (samples, components)."""
    frame = flows.frame
    if amount.component == WET:
        return np.asarray(held.sum(axis=1))
    if amount.component == DRY:
        return np.asarray(held.sum(axis=1) - held[:, frame.water])
    if amount.component not in frame.names:
        known = ", ".join((DRY, WET, *frame.names))
        raise InputError(f"{amount.component!r} is not followed; there is {known}")
    column = frame.names.index(amount.component)
    if amount.component == WATER or frame.compounds[column]:
        return np.asarray(held[:, column])
    return np.asarray(held[:, column] + held @ frame.release[:, column])


def _used_up(amount: FlowAmount, flows: Flows) -> Array:
    ids = list(flows.frame.units)
    unknown = [one for one in amount.units if one not in ids]
    if unknown:
        raise InputError(f"the flowsheet has no unit {unknown[0]!r}; it has {', '.join(ids)}")
    wanted = amount.units or ids
    total, known, found = np.zeros(flows.samples), set[str](), False
    for name, answer in zip(ids, flows.answers, strict=True):
        given = answer.doses if amount.source is FlowSource.REAGENT else answer.consumed
        known |= set(given)
        if name in wanted and amount.of in given:
            total, found = total + given[amount.of], True
    if not found:
        told = ", ".join(sorted(known)) or "nothing"
        raise InputError(f"no unit uses up {amount.of!r}; they use up {told}")
    return total


def hours_of(flowsheet: Flowsheet, draws: Mapping[str, Array], samples: int) -> Array:
    """Return how many hours the flowsheet runs in a year, in shape (samples,).

    Raises
    ------
    InputError
        If it does not say.
    """
    if flowsheet.hours_per_year is None:
        raise InputError("the flowsheet does not say how long it runs: write hours_per_year")
    return draws.get("hours_per_year", np.full(samples, float(flowsheet.hours_per_year.value)))


def flow_quantity(amount: FlowAmount, flows: Flows) -> Parameter:
    """Return an amount a year as the numbers of the flowsheet stand."""
    sheet = flows.frame.flowsheet
    value = float(flow_amount(amount, flows, hours_of(sheet, {}, flows.samples))[0])
    source = f"flowsheet {sheet.name}: {amount.source} {amount.of}"
    if amount.source not in (FlowSource.CONSUMED, FlowSource.REAGENT):
        source += f", {amount.component}"
    if amount.dose is not None:
        value *= amount.dose.value
        source += f", at {amount.dose.value:g} {amount.dose.unit}; {amount.dose.source}"
    return Parameter(value, amount.unit, Basis.DERIVED, source)


def products_behind(flowsheet: Flowsheet, unit: str) -> frozenset[str]:
    """Return the products that what a unit treats can reach.

    Raises
    ------
    InputError
        If there is no such unit.
    """
    leads = {one.id: tuple(one.outlets.values()) for one in flowsheet.units}
    if unit not in leads:
        raise InputError(f"the flowsheet has no unit {unit!r}; it has {', '.join(leads)}")
    seen: set[str] = set()
    open_ones = [unit]
    while open_ones:
        at = open_ones.pop()
        if at not in seen:
            seen.add(at)
            open_ones += leads.get(at, ())
    return frozenset(seen - set(leads))


class Amounts(Protocol):
    """From draws of a flowsheet's numbers, each of shape (samples,), to amounts by name."""

    def __call__(
        self, draws: Mapping[str, Array], samples: int, progress: Progress | None = None
    ) -> dict[str, Array]:
        """Return the amounts of all samples, each in shape (samples,)."""
        ...


def flow_amounts(
    flowsheet: Flowsheet, wanted: Sequence[FlowAmount], workers: int | None = None
) -> Amounts:
    """Return the function that solves a flowsheet for draws and gives amounts a year.

    Samples that have no answer have amounts that are not a number. Laws of the feed settle as far
    as a study needs, from the case as it stands. Chunks of samples are shared among ``workers``, by
    default one on each core, which changes no result.
    """
    start = base_of(flowsheet, STUDY_SETTINGS)

    def figures(flows: Flows, draws: Mapping[str, Array]) -> Array:
        hours = hours_of(flowsheet, draws, flows.samples)
        columns = [flow_amount(one, flows, hours) for one in wanted]
        return np.stack(np.broadcast_arrays(*columns), axis=-1)

    def amounts(
        draws: Mapping[str, Array], samples: int, progress: Progress | None = None
    ) -> dict[str, Array]:
        found = solved_samples(
            flowsheet,
            draws,
            # Where nothing of the flowsheet is drawn, one solve serves all samples.
            samples if draws else 1,
            figures,
            len(wanted),
            settings=STUDY_SETTINGS,
            start=start,
            workers=workers,
            progress=progress,
        )
        whole = np.broadcast_to(found, (samples, len(wanted)))
        return {one.name: whole[:, place] for place, one in enumerate(wanted)}

    return amounts
