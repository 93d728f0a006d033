"""Asks unit laws until their answers stand: a fixed point over the flows of the flowsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oreline.design._acceleration import Mixing
from oreline.design._duty import Frame
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array, Mask
from oreline.design._law_calls import (
    Answered,
    Standing,
    ask_law,
    values_of,
    whole_shares,
    without_reagents,
)
from oreline.design._law_memory import Memory
from oreline.design._network import Network
from oreline.design._refusal import SamplesRefusedError
from oreline.model import Finding, InputError, Severity


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
class Converged:
    """Answers of the laws that stand, after how many rounds, and by how much they last moved.

    ``memories`` are what laws keep, unit by unit: where a later solve may start.
    """

    answers: tuple[Answered, ...]
    rounds: int
    change: float
    memories: tuple[Memory, ...] = ()


@dataclass(slots=True)
class _Open:
    """The samples whose laws have not settled yet, and what is asked of them."""

    rows: NDArray[np.intp]
    network: Network
    values: list[Mapping[str, float | Array]]
    answers: tuple[Answered, ...]
    mixing: Mixing

    def only(self, kept: Mask) -> None:
        """Go on with some of them."""
        self.rows = self.rows[kept]
        self.network = self.network.of(kept)
        self.values = [values_of(given, kept) for given in self.values]
        self.answers = tuple(answer.of(kept) for answer in self.answers)
        self.mixing.only(kept)


def converged_answers(
    network: Network,
    values: Sequence[Mapping[str, float | Array]],
    settings: SolveSettings,
    start: Converged | None = None,
) -> Converged:
    """Return answers of the laws that fit the flows to which they lead.

    Laws that do not depend on their feed are asked once. Every sample goes its own way: where its
    answers swing its steps become smaller, and once they stand it is asked no more, so that none
    depends on which others are solved beside it. ``start`` is where the loop begins: the answers of
    one case near to all samples.

    Raises
    ------
    InputError
        If they do not settle, or a law refuses.
    """
    frame, sheet = network.frame, network.frame.flowsheet
    samples = len(network.fresh)
    fixed = [not unit.law.by_feed for unit in sheet.units]
    memories = _memories(len(fixed), samples, start)
    # A law that does not depend on its feed has to be shown one: what enters the flowsheet.
    shown = network.fresh.sum(axis=1)
    answers = whole_shares(
        frame,
        [
            ask_law(frame, unit, shown, given, once=True) if done else _evenly(frame, unit.outlets)
            for unit, given, done in zip(sheet.units, values, fixed, strict=True)
        ],
    )
    fixed = [done and answer.reagents is None for done, answer in zip(fixed, answers, strict=True)]
    if all(fixed):
        return Converged(answers, 1, 0.0, memories)
    if start is not None:
        answers = tuple(
            answer if done else Answered(one.splits, one.reagents)
            for answer, one, done in zip(answers, start.answers, fixed, strict=True)
        )
    scale = max(float(network.fresh.sum(axis=(1, 2)).max()), np.finfo(float).tiny)
    # The first answers to even shares are to a question that nobody meant: nothing is mixed yet.
    mixed_from = 1 if start is None else 0
    open_ = _Open(
        np.arange(samples),
        network,
        list(values),
        answers,
        Mixing(settings.damping_least, samples),
    )
    stood = Standing(samples, answers)
    change = np.zeros(samples)
    for rounds in range(1, settings.rounds_max + 1):
        asked, moved = _round(frame, open_, fixed, memories)
        change[open_.rows] = moved
        settled = moved <= settings.tolerance
        if settled.any():
            stood.keep(open_.rows[settled], [answer.of(settled) for answer in asked])
        if settled.all():
            return Converged(stood.answers(fixed), rounds, float(change.max()), memories)
        if rounds > mixed_from:
            open_.answers = _mixed(open_.mixing, open_.answers, asked, fixed, scale)
        else:
            open_.answers = asked
        if settled.any():
            open_.only(~settled)
    raise _unsettled(sheet, settings.rounds_max, float(change[open_.rows].max()), open_.rows)


def _memories(units: int, samples: int, start: Converged | None) -> tuple[Memory, ...]:
    if start is None or not start.memories:
        return tuple(Memory(samples) for _ in range(units))
    return tuple(one.repeated(samples) for one in start.memories)


def _round(
    frame: Frame, open_: _Open, fixed: Sequence[bool], memories: Sequence[Memory]
) -> tuple[tuple[Answered, ...], Array]:
    """Ask every law of the feed once; return the answers, and how far each sample moved."""
    units, answers = frame.flowsheet.units, open_.answers
    _, treated = open_.network.solve(answers)
    fed = [without_reagents(treated[:, number], answer) for number, answer in enumerate(answers)]
    try:
        asked = whole_shares(
            frame,
            [
                before
                if done
                else ask_law(
                    frame, unit, fed[number], open_.values[number], memories[number].at(open_.rows)
                )
                for number, (unit, before, done) in enumerate(
                    zip(units, answers, fixed, strict=True)
                )
            ],
        )
    except SamplesRefusedError as error:
        raise error.among(open_.rows) from error
    moved = np.zeros(len(open_.rows))
    for number, (before, after) in enumerate(zip(answers, asked, strict=True)):
        if before is not after:
            np.maximum(moved, _moved(before, after, fed[number]), out=moved)
    return asked, moved


def _mixed(
    mixing: Mixing,
    before: Sequence[Answered],
    after: Sequence[Answered],
    fixed: Sequence[bool],
    scale: float,
) -> tuple[Answered, ...]:
    """Return what to ask next: shares that sum to one, and reagents of at least zero."""
    free = [number for number, done in enumerate(fixed) if not done]
    samples = len(mixing.least)
    given, told = ([some[number] for number in free] for some in (before, after))
    state = mixing.next(_packed(given, told, scale, samples), _packed(told, told, scale, samples))
    made = list(after)
    place = 0
    for number in free:
        answer = after[number]
        _, outlets, width = answer.splits.shape
        told = (outlets - 1) * width
        splits = np.clip(state[:, place : place + told], 0.0, 1.0)
        splits = splits.reshape(samples, outlets - 1, width)
        left = 1.0 - splits.sum(axis=1, keepdims=True)
        # Where a step overshoots, its shares are scaled back so that nothing is made.
        splits = np.concatenate([splits, np.maximum(left, 0.0)], axis=1)
        splits /= np.maximum(1.0, 1.0 - np.minimum(left, 0.0))
        place += told
        reagents = None
        if answer.reagents is not None:
            reagents = np.maximum(state[:, place : place + width] * scale, 0.0)
            place += width
        made[number] = Answered(splits, reagents)
    return tuple(made)


def _packed(
    answers: Sequence[Answered], like: Sequence[Answered], scale: float, samples: int
) -> Array:
    """Return shares and reagents of all units side by side, reagents as parts of the feed.

    The last outlet of a unit takes what the others leave, and is not told.
    """
    parts = []
    for answer, model in zip(answers, like, strict=True):
        shares = answer.splits[:, :-1].reshape(len(answer.splits), -1)
        parts.append(np.broadcast_to(shares, (samples, shares.shape[1])))
        if model.reagents is not None:
            width = answer.splits.shape[2]
            given = np.zeros((1, width)) if answer.reagents is None else answer.reagents / scale
            parts.append(np.broadcast_to(given, (samples, width)))
    return np.concatenate(parts, axis=1)


def _evenly(frame: Frame, outlets: Mapping[str, str]) -> Answered:
    count = len(outlets)
    return Answered(np.full((1, count, len(frame.names)), 1 / count))


def _moved(before: Answered, after: Answered, feed: Array) -> Array:
    """Return the largest change of a share, and of reagents as parts of the feed, by sample."""
    moved = np.abs(after.splits - before.splits).max(axis=(1, 2))
    if before.reagents is None and after.reagents is None:
        return np.asarray(moved)
    first = 0.0 if before.reagents is None else before.reagents
    second = 0.0 if after.reagents is None else after.reagents
    scale = np.maximum(feed.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return np.asarray(np.maximum(moved, np.abs((second - first) / scale).max(axis=1)))


def _unsettled(
    flowsheet: Flowsheet, rounds: int, change: float, rows: NDArray[np.intp]
) -> InputError:
    finding = Finding(
        "ORL-1012",
        Severity.FATAL,
        flowsheet.where,
        f"the unit laws do not settle: after {rounds} rounds shares still change by {change:.3g}",
        "look for a unit whose recovery swings with its own recycle, or allow more rounds",
    )
    return SamplesRefusedError("the flowsheet was not solved", [finding], rows)
