"""Solves a flowsheet: flows of every component, recycles exact, laws of the feed converged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.design._duty import Frame, drawn, feed_flows, frame_of, unit_values
from oreline.design._elimination import OUTSIDE, Edge, unit_flows
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array, Mask
from oreline.design._law_calls import Answered, ask_law
from oreline.design._trapped import trapped_findings
from oreline.model import Finding, InputError, Severity

CLOSURE_MAX: Final = 1e-12
"""By how much an element may fail to close, as a part of what enters of it."""


@dataclass(frozen=True, slots=True)
class SolveSettings:
    """How laws that depend on their feed are converged.

    ``tolerance`` is the largest change of a share, and of a reagent as a part of the unit's feed,
    from one round to the next.
    """

    rounds_max: int = 200
    tolerance: float = 1e-11
    damping_least: float = 0.05


@dataclass(frozen=True, slots=True)
class Flows:
    """What was solved, for all samples.

    Attributes
    ----------
    fresh
        t per h that each feed brings, shape (samples, feeds, components).
    arriving
        What arrives at each unit, shape (samples, units, components), before minerals are broken
        and reagents added.
    treated
        The same after that: what the splits are of.
    streams
        What each outlet sends, shape (samples, streams, components), in the order of
        ``Flowsheet.streams``.
    answers
        What the law of each unit said of it.
    rounds
        How often the laws were asked until their answers stood.
    change
        The last change of a share.
    """

    frame: Frame
    fresh: Array
    arriving: Array
    treated: Array
    streams: Array
    answers: tuple[Answered, ...]
    rounds: int
    change: float

    @property
    def samples(self) -> int:
        """Return how many samples were solved."""
        return len(self.streams)


def solve_flows(
    flowsheet: Flowsheet,
    draws: Mapping[str, Array] | None = None,
    settings: SolveSettings | None = None,
) -> Flows:
    """Solve a flowsheet, for its own numbers or for many draws of them at once.

    Parameters
    ----------
    draws
        For names of ``Flowsheet.numbers`` values of shape (samples,). What is not drawn keeps its
        value.

    Raises
    ------
    InputError
        With findings, if something is trapped in a recycle, shares cannot be, a law refuses its
        feed, the laws do not settle, or an element does not close. Nothing is given then.
    """
    settings = settings or SolveSettings()
    frame = frame_of(flowsheet)
    numbers, samples = drawn(flowsheet, draws)
    fresh = np.stack([feed_flows(frame, feed, numbers, samples) for feed in flowsheet.feeds], 1)
    values = [unit_values(unit.parameters, unit.id, numbers) for unit in flowsheet.units]
    network = _Network(frame, fresh)
    settled = _settled(network, values, settings)
    arriving, treated = network.solve(settled.answers)
    # What units use up follows from the flows that stand at the end.
    answers = []
    for number, (unit, stood) in enumerate(zip(flowsheet.units, settled.answers, strict=True)):
        last = ask_law(frame, unit, treated[:, number], values[number])
        answers.append(
            Answered(stood.splits, stood.reagents, last.consumed, last.doses, last.notes)
        )
    flows = Flows(
        frame,
        fresh,
        arriving,
        treated,
        network.streams(answers, treated),
        tuple(answers),
        settled.rounds,
        settled.change,
    )
    _see_closed(flows)
    return flows


@dataclass(frozen=True, slots=True)
class _Settled:
    """Answers of the laws that stand, after how many rounds, and by how much they last moved."""

    answers: list[Answered]
    rounds: int
    change: float


def _settled(
    network: _Network, values: list[dict[str, float | Array]], settings: SolveSettings
) -> _Settled:
    """Ask the laws until their answers stand: a fixed point, in smaller steps where it swings."""
    frame, sheet = network.frame, network.frame.flowsheet
    shape = (len(network.fresh), len(frame.names))
    answers = [
        Answered(np.full((shape[0], len(unit.outlets), shape[1]), 1 / len(unit.outlets)))
        for unit in sheet.units
    ]
    fixed = [False] * len(answers)
    damping, change = 1.0, np.inf
    for rounds in range(1, settings.rounds_max + 1):
        _, treated = network.solve(answers)
        asked = [
            before if done else ask_law(frame, unit, treated[:, number], values[number])
            for number, (unit, before, done) in enumerate(
                zip(sheet.units, answers, fixed, strict=True)
            )
        ]
        moved = max(
            _moved(before, after, treated[:, number])
            for number, (before, after) in enumerate(zip(answers, asked, strict=True))
        )
        if rounds > 1 and moved <= settings.tolerance:
            return _Settled(asked, rounds, moved)
        if rounds > 2 and moved > 0.9 * change:
            damping = max(damping / 2, settings.damping_least)
        answers = [
            after if rounds == 1 else _blend(before, after, damping)
            for before, after in zip(answers, asked, strict=True)
        ]
        change = moved if rounds > 1 else np.inf
        fixed = [
            not unit.law.by_feed and answer.reagents is None
            for unit, answer in zip(sheet.units, answers, strict=True)
        ]
        if all(fixed):
            return _Settled(answers, 1, 0.0)
    raise _unsettled(sheet, settings.rounds_max, change)


def _moved(before: Answered, after: Answered, feed: Array) -> float:
    """Return the largest change of a share, and of reagents as parts of the feed."""
    moved = float(np.abs(after.splits - before.splits).max())
    if before.reagents is None and after.reagents is None:
        return moved
    first = 0.0 if before.reagents is None else before.reagents
    second = 0.0 if after.reagents is None else after.reagents
    scale = np.maximum(feed.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return max(moved, float(np.abs((second - first) / scale).max()))


def _blend(before: Answered, after: Answered, damping: float) -> Answered:
    if damping == 1.0 or before is after:
        return after
    splits = before.splits + damping * (after.splits - before.splits)
    reagents = after.reagents
    if before.reagents is not None and after.reagents is not None:
        reagents = before.reagents + damping * (after.reagents - before.reagents)
    return Answered(splits, reagents, after.consumed, after.doses, after.notes)


def _unsettled(flowsheet: Flowsheet, rounds: int, change: float) -> InputError:
    finding = Finding(
        "ORL-1012",
        Severity.FATAL,
        flowsheet.where,
        f"the unit laws do not settle: after {rounds} rounds shares still change by {change:.3g}",
        "look for a unit whose recovery swings with its own recycle, or allow more rounds",
    )
    return InputError("the flowsheet was not solved", [finding])


class _Network:
    """The streams of a flowsheet as edges between units, solved for given answers of the laws."""

    def __init__(self, frame: Frame, fresh: Array) -> None:
        self.frame = frame
        self.fresh = fresh
        sheet = frame.flowsheet
        self.to = [frame.units[feed.to] for feed in sheet.feeds]
        self.edges = [
            (number, port, frame.units.get(target, OUTSIDE))
            for number, unit in enumerate(sheet.units)
            for port, target in enumerate(unit.outlets.values())
        ]
        self.breaks = [unit.law.breaks_minerals and frame.has_compounds for unit in sheet.units]

    def solve(self, answers: list[Answered]) -> tuple[Array, Array]:
        """Return what arrives at the units and what they treat, (samples, units, components)."""
        units, samples, names = len(answers), len(self.fresh), len(self.frame.names)
        arriving = np.zeros((units, samples, names))
        sources = self._sources(answers)
        treated = arriving
        if not any(self.breaks):
            everything = np.ones(names, dtype=bool)
            arriving = self._pass(answers, sources, everything)
            treated = arriving.copy()
        else:
            compounds = self.frame.compounds
            arriving[:, :, compounds] = self._pass(answers, sources, compounds)
            broken = {
                unit: arriving[unit] @ self.frame.release
                for unit, breaks in enumerate(self.breaks)
                if breaks
            }
            with_broken = [
                part if unit not in broken else broken[unit] + (0.0 if part is None else part)
                for unit, part in enumerate(sources)
            ]
            arriving[:, :, ~compounds] = self._pass(answers, with_broken, ~compounds)
            treated = arriving.copy()
            for unit, elements in broken.items():
                # The pass counted what is set free as arriving.
                treated[unit][:, compounds] = 0.0
                arriving[unit] = arriving[unit] - elements
        for unit, answer in enumerate(answers):
            if answer.reagents is not None:
                arriving[unit] = arriving[unit] - answer.reagents
        return arriving.swapaxes(0, 1), treated.swapaxes(0, 1)

    def _sources(self, answers: list[Answered]) -> list[Array | None]:
        sources: list[Array | None] = [answer.reagents for answer in answers]
        for number, unit in enumerate(self.to):
            before = sources[unit]
            brought = self.fresh[:, number]
            sources[unit] = brought if before is None else before + brought
        return sources

    def _pass(self, answers: list[Answered], sources: list[Array | None], columns: Mask) -> Array:
        """Solve some of the components; compounds end where they are broken."""
        compounds = bool(columns[self.frame.compounds].any()) and not columns.all()
        shares: dict[Edge, Array] = {}
        for unit, port, target in self.edges:
            ends = compounds and self.breaks[unit]
            key = (unit, OUTSIDE if ends else target)
            share = answers[unit].splits[:, port, columns]
            shares[key] = share if key not in shares else shares[key] + share
        cut = [None if source is None else source[:, columns] for source in sources]
        shape = (len(self.fresh), int(columns.sum()))
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            flows, trapped = unit_flows(cut, shares, shape)
        if trapped or not np.isfinite(flows).all():
            splits = [answer.splits for answer in answers]
            raise InputError(
                "the flowsheet was not solved",
                trapped_findings(self.frame, splits, sources, columns),
            )
        return flows

    def streams(self, answers: list[Answered], treated: Array) -> Array:
        """Return what each outlet sends, (samples, streams, components)."""
        return np.stack(
            [treated[:, unit] * answers[unit].splits[:, port] for unit, port, _ in self.edges], 1
        )


def boundary(flows: Flows) -> tuple[Array, Array]:
    """Return what enters from outside and what leaves, by followed component.

    Both have shape (samples, components); compounds are counted as what they are made of, reagents
    enter.
    """
    frame = flows.frame
    release = frame.release + np.diag(np.where(frame.compounds, 0.0, 1.0))
    entering = flows.fresh.sum(axis=1)
    for answer in flows.answers:
        if answer.reagents is not None:
            entering = entering + answer.reagents
    leaves = [stream.destination not in frame.units for stream in frame.flowsheet.streams]
    leaving = flows.streams[:, leaves].sum(axis=1)
    return entering @ release, leaving @ release


def closures(flows: Flows) -> Array:
    """Return for each sample and component |in - out| as a part of what enters of it."""
    entering, leaving = boundary(flows)
    missing = np.abs(entering - leaving)
    return np.where(missing > 0.0, missing / np.maximum(entering, np.finfo(float).tiny), 0.0)


def _see_closed(flows: Flows) -> None:
    worst = closures(flows).max(axis=0)
    open_ones = np.flatnonzero(~(worst <= CLOSURE_MAX))
    if not open_ones.size:
        return
    told = ", ".join(f"{flows.frame.names[one]} {worst[one]:.2g}" for one in open_ones)
    finding = Finding(
        "ORL-1014",
        Severity.FATAL,
        flows.frame.flowsheet.where,
        f"what leaves is not what enters, as a part of what enters: {told}",
        "a law gives shares that do not hold; report it with the file",
    )
    raise InputError("the flowsheet does not close", [finding])
