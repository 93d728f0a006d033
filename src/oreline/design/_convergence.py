"""Asks unit laws until their answers stand: a fixed point over the flows of the flowsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oreline.design._acceleration import Mixing
from oreline.design._duty import Frame
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array
from oreline.design._law_calls import Answered, ask_law, whole_shares, without_reagents
from oreline.design._network import Network
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
    """Answers of the laws that stand, after how many rounds, and by how much they last moved."""

    answers: tuple[Answered, ...]
    rounds: int
    change: float


def converged_answers(
    network: Network, values: Sequence[Mapping[str, float | Array]], settings: SolveSettings
) -> Converged:
    """Return answers of the laws that fit the flows to which they lead.

    Laws that do not depend on their feed are asked once. Where answers swing, steps become smaller.

    Raises
    ------
    InputError
        If they do not settle, or a law refuses.
    """
    frame, sheet = network.frame, network.frame.flowsheet
    fixed = [not unit.law.by_feed for unit in sheet.units]
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
        return Converged(answers, 1, 0.0)
    mixing = Mixing(settings.damping_least)
    scale = max(float(network.fresh.sum(axis=(1, 2)).max()), np.finfo(float).tiny)
    change = np.inf
    for rounds in range(1, settings.rounds_max + 1):
        _, treated = network.solve(answers)
        fed = [
            without_reagents(treated[:, number], answer) for number, answer in enumerate(answers)
        ]
        asked = whole_shares(
            frame,
            [
                before if done else ask_law(frame, unit, fed[number], values[number])
                for number, (unit, before, done) in enumerate(
                    zip(sheet.units, answers, fixed, strict=True)
                )
            ],
        )
        change = max(
            _moved(before, after, fed[number])
            for number, (before, after) in enumerate(zip(answers, asked, strict=True))
        )
        if change <= settings.tolerance:
            return Converged(asked, rounds, change)
        # The first answers were to a question that nobody meant: there is nothing to mix yet.
        answers = asked if rounds == 1 else _mixed(mixing, answers, asked, fixed, scale)
    raise _unsettled(sheet, settings.rounds_max, change)


def _mixed(
    mixing: Mixing,
    before: Sequence[Answered],
    after: Sequence[Answered],
    fixed: Sequence[bool],
    scale: float,
) -> tuple[Answered, ...]:
    """Return what to ask next: shares that sum to one, and reagents of at least zero."""
    free = [number for number, done in enumerate(fixed) if not done]
    samples = max(len(after[number].splits) for number in free)
    state = mixing.next(
        _packed([before[number] for number in free], scale, samples),
        _packed([after[number] for number in free], scale, samples),
    )
    made = list(after)
    place = 0
    for number in free:
        answer = after[number]
        _, outlets, width = answer.splits.shape
        splits = np.clip(state[:, place : place + outlets * width], 0.0, None)
        splits = splits.reshape(samples, outlets, width)
        total = splits.sum(axis=1, keepdims=True)
        splits = np.where(total > 0.5, splits / np.where(total > 0.5, total, 1.0), answer.splits)
        place += outlets * width
        reagents = None
        if answer.reagents is not None:
            reagents = np.maximum(state[:, place : place + width] * scale, 0.0)
        place += width
        made[number] = Answered(splits, reagents)
    return tuple(made)


def _packed(answers: Sequence[Answered], scale: float, samples: int) -> Array:
    """Return shares and reagents of all units side by side, reagents as parts of the feed."""
    parts = []
    for answer in answers:
        shares = answer.splits.reshape(len(answer.splits), -1)
        parts.append(np.broadcast_to(shares, (samples, shares.shape[1])))
        width = answer.splits.shape[2]
        given = np.zeros((1, width)) if answer.reagents is None else answer.reagents / scale
        parts.append(np.broadcast_to(given, (samples, width)))
    return np.concatenate(parts, axis=1)


def _evenly(frame: Frame, outlets: Mapping[str, str]) -> Answered:
    count = len(outlets)
    return Answered(np.full((1, count, len(frame.names)), 1 / count))


def _moved(before: Answered, after: Answered, feed: Array) -> float:
    """Return the largest change of a share, and of reagents as parts of the feed."""
    if before is after:
        return 0.0
    moved = float(np.abs(after.splits - before.splits).max())
    if before.reagents is None and after.reagents is None:
        return moved
    first = 0.0 if before.reagents is None else before.reagents
    second = 0.0 if after.reagents is None else after.reagents
    scale = np.maximum(feed.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return max(moved, float(np.abs((second - first) / scale).max()))


def _unsettled(flowsheet: Flowsheet, rounds: int, change: float) -> InputError:
    finding = Finding(
        "ORL-1012",
        Severity.FATAL,
        flowsheet.where,
        f"the unit laws do not settle: after {rounds} rounds shares still change by {change:.3g}",
        "look for a unit whose recovery swings with its own recycle, or allow more rounds",
    )
    return InputError("the flowsheet was not solved", [finding])
