"""Solves a flowsheet: flows of every component, recycles exact, laws of the feed converged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.design._convergence import Converged, SolveSettings, converged_answers
from oreline.design._duty import Frame, checked_draws, feed_flows, frame_of, unit_values
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array
from oreline.design._law_calls import Answered, with_use
from oreline.design._network import Network
from oreline.design._refusal import SamplesRefusedError
from oreline.model import Finding, Severity

CLOSURE_MAX: Final = 1e-12
"""By how much an element may fail to close, as a part of what enters of it."""


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
    converged
        Where the loop ended, from which other samples may start.
    """

    frame: Frame
    fresh: Array
    arriving: Array
    treated: Array
    streams: Array
    answers: tuple[Answered, ...]
    rounds: int
    change: float
    converged: Converged

    @property
    def samples(self) -> int:
        """Return how many samples were solved."""
        return len(self.streams)


def solve_flows(
    flowsheet: Flowsheet,
    draws: Mapping[str, Array] | None = None,
    settings: SolveSettings | None = None,
    start: Converged | None = None,
) -> Flows:
    """Solve a flowsheet, for its own numbers or for many draws of them at once.

    Parameters
    ----------
    draws
        For names of ``Flowsheet.numbers`` values of shape (samples,). What is not drawn keeps its
        value.
    start
        Where laws of the feed start to settle: what the case as it stands came to.

    Raises
    ------
    InputError
        With findings, if something is trapped in a recycle, shares cannot be, a law refuses its
        feed, the laws do not settle, or an element does not close. Nothing is given then.
    """
    settings = settings or SolveSettings()
    frame = frame_of(flowsheet)
    overrides, samples = checked_draws(flowsheet, draws)
    fresh = np.stack([feed_flows(frame, feed, overrides, samples) for feed in flowsheet.feeds], 1)
    values = unit_values(flowsheet, overrides)
    network = Network(frame, fresh)
    converged = converged_answers(network, values, settings, start)
    arriving, treated = network.solve(converged.answers)
    # What units use up follows from the flows that stand at the end.
    answers = tuple(
        with_use(frame, unit, stood, treated[:, number], given, memory)
        for number, (unit, stood, given, memory) in enumerate(
            zip(flowsheet.units, converged.answers, values, converged.memories, strict=True)
        )
    )
    streams = network.streams(converged.answers, treated)
    flows = Flows(
        frame,
        fresh,
        arriving,
        treated,
        streams,
        answers,
        converged.rounds,
        converged.change,
        converged,
    )
    _see_closed(flows)
    return flows


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
    rows = np.flatnonzero(~(closures(flows) <= CLOSURE_MAX).all(axis=1))
    raise SamplesRefusedError("the flowsheet does not close", [finding], rows)
