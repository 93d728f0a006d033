"""Calls unit laws for all samples and sees that what they answer can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from oreline.design._components import followed_fractions
from oreline.design._duty import Frame
from oreline.design._flowsheet import Unit
from oreline.design._law import Array, Feed, LawResult, Mask
from oreline.design._law_memory import Memory, MemoryOfSamples, Rows
from oreline.design._refusal import SamplesRefusedError
from oreline.model import Finding, InputError, LimitExceededError, Severity

SHARE_TOLERANCE: Final = 1e-9
"""By how much the shares of a component may miss one: rounding of numbers in a file."""
_NOTHING: Final = 1e-14
"""A share below this is what rounding left of zero; kept, it would be a bleed that is none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a law said for all samples.

    ``splits`` has shape (samples, outlets, components), ``reagents`` (samples, components) in t
    per h, each number of ``consumed`` (samples,). ``doses`` are the reagents by formula.
    """

    splits: Array
    reagents: Array | None = None
    consumed: Mapping[str, Array] = field(default_factory=dict)
    doses: Mapping[str, Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, kept: Mask) -> Answered:
        """Return the answer of some samples; what is one for all stays so."""
        if len(kept) == 1:
            return self

        def cut(one: Array) -> Array:
            return one[kept] if len(one) == len(kept) else one

        reagents = None if self.reagents is None else cut(self.reagents)
        used, doses = (
            {name: cut(amount) for name, amount in amounts.items()}
            for amounts in (self.consumed, self.doses)
        )
        return Answered(cut(self.splits), reagents, used, doses, self.notes)


class Standing:
    """Answers that stand, put together as samples settle."""

    def __init__(self, samples: int, first: Sequence[Answered]) -> None:
        self.samples = samples
        self.first = first
        self.parts: list[tuple[Rows, Sequence[Answered]]] = []

    def keep(self, rows: Rows, answers: Sequence[Answered]) -> None:
        """Keep the answers of these samples."""
        self.parts.append((rows, answers))

    def answers(self, fixed: Sequence[bool]) -> tuple[Answered, ...]:
        """Return the answers of all samples; those that never moved are the first ones."""
        if len(self.parts) == 1:
            return tuple(self.parts[0][1])
        return tuple(
            one if done else self._whole(number)
            for number, (one, done) in enumerate(zip(self.first, fixed, strict=True))
        )

    def _whole(self, number: int) -> Answered:
        some = self.parts[0][1][number]
        splits = np.empty((self.samples, *some.splits.shape[1:]))
        reagents = np.zeros((self.samples, splits.shape[2]))
        dosed = False
        for rows, answers in self.parts:
            one = answers[number]
            splits[rows] = one.splits
            if one.reagents is not None:
                reagents[rows], dosed = one.reagents, True
        # What units use up is asked again once all stand: consumed and doses are left out here.
        return Answered(splits, reagents if dosed else None)


def ask_law(
    frame: Frame,
    unit: Unit,
    feed: Array,
    values: Mapping[str, float | Array],
    memory: MemoryOfSamples | None = None,
    *,
    once: bool = False,
) -> Answered:
    """Return what the law of a unit answers for its feed, of shape (samples, components).

    With ``once`` it is asked for one sample where its numbers are the same for all.

    Raises
    ------
    SamplesRefusedError
        If the law refuses the feed or numbers of some samples, with all of them.
    """
    samples = len(feed)
    drawn = any(np.ndim(value) for value in values.values())
    shown = feed if drawn or not once else feed[:1]
    try:
        results = _asked(frame, unit, shown, values, memory)
    except (InputError, LimitExceededError) as error:
        rows = _refusing(frame, unit, shown, values, np.arange(len(shown)))
        refused = _refused(unit, error)
        every = rows if len(shown) == samples else np.arange(samples)
        raise SamplesRefusedError(refused.args[0], refused.findings, every) from error
    return _stacked(frame, unit, results, samples)


def _asked(
    frame: Frame,
    unit: Unit,
    feed: Array,
    values: Mapping[str, float | Array],
    memory: MemoryOfSamples | None = None,
) -> list[LawResult]:
    if unit.law.batched:
        return [unit.law.apply(_feed(frame, unit, feed, memory), values)]
    return [
        unit.law.apply(_feed(frame, unit, row), _of_sample(values, number))
        for number, row in enumerate(feed)
    ]


def values_of(values: Mapping[str, float | Array], rows: Rows | Mask) -> dict[str, float | Array]:
    """Return the parameters of some samples; what is the same for all stays one number."""
    return {
        name: one[rows] if isinstance(one, np.ndarray) and one.ndim else one
        for name, one in values.items()
    }


def _refusing(
    frame: Frame, unit: Unit, feed: Array, values: Mapping[str, float | Array], rows: Rows
) -> Rows:
    """Return which of these samples the law refuses, found by halves."""
    given = values_of(values, rows)
    try:
        _asked(frame, unit, feed[rows], given)
    except (InputError, LimitExceededError):
        if len(rows) == 1:
            return rows
        half = len(rows) // 2
        halves = (rows[:half], rows[half:])
        return np.concatenate([_refusing(frame, unit, feed, values, part) for part in halves])
    return rows[:0]


def with_use(
    frame: Frame,
    unit: Unit,
    stood: Answered,
    treated: Array,
    values: Mapping[str, float | Array],
    memory: Memory,
) -> Answered:
    """Return an answer that stands with what the unit uses up for what it then treats."""
    if not (unit.law.by_feed or stood.consumed or stood.doses or stood.notes):
        return stood
    fed = without_reagents(treated, stood)
    last = ask_law(frame, unit, fed, values, memory.at(np.arange(len(fed))))
    return Answered(stood.splits, stood.reagents, last.consumed, last.doses, last.notes)


def _refused(unit: Unit, error: InputError | LimitExceededError) -> InputError:
    if isinstance(error, InputError) and error.findings:
        # The law has named what is wrong: its finding gets the place that the file gives it.
        placed = [
            Finding(one.code, one.severity, unit.where, f"{unit.id}: {one.message}", one.fix)
            for one in error.findings
        ]
        return InputError("the flowsheet was not solved", placed)
    message, _, fix = str(error).partition("; ")
    finding = Finding(
        "ORL-1016",
        Severity.FATAL,
        unit.where,
        f"{unit.id}: {unit.law.name} cannot treat this: {message}",
        fix or "correct the numbers of the unit, or what is fed to it",
    )
    return InputError("the flowsheet was not solved", [finding])


def _feed(frame: Frame, unit: Unit, flow: Array, memory: MemoryOfSamples | None = None) -> Feed:
    dry = flow.copy()
    water = dry[..., frame.water].copy()
    dry[..., frame.water] = 0.0
    return Feed(
        components=frame.names,
        flow_t_per_h=dry,
        water_t_per_h=float(water) if water.ndim == 0 else water,
        outlets=tuple(unit.outlets),
        mass_fractions=frame.fractions,
        memory=memory,
    )


def _of_sample(values: Mapping[str, float | Array], number: int) -> dict[str, float]:
    return {
        name: float(value if np.ndim(value) == 0 else np.asarray(value)[number])
        for name, value in values.items()
    }


def _stacked(frame: Frame, unit: Unit, results: list[LawResult], samples: int) -> Answered:
    if len(results) == 1:
        splits = np.asarray(results[0].splits, dtype=np.float64)
        # A batched law gives one answer with the samples in it; one for all has no samples.
        splits = splits if splits.ndim == 3 else splits[None]
    else:
        splits = np.stack([np.asarray(result.splits, dtype=np.float64) for result in results])
    wanted = (len(unit.outlets), len(frame.names))
    assert splits.shape[1:] == wanted, (unit.law.name, splits.shape, wanted)
    assert len(splits) in (1, samples), (unit.law.name, splits.shape, samples)
    consumed = dict(_amounts([result.consumed for result in results], samples))
    doses = dict(_amounts([result.reagents for result in results], samples))
    reagents = None
    if doses:
        place = {name: number for number, name in enumerate(frame.names)}
        reagents = np.zeros((samples, len(frame.names)))
        for formula, dose in doses.items():
            for name, share in followed_fractions(formula, frame.flowsheet.components).items():
                reagents[:, place[name]] += dose * share
        wrong = np.flatnonzero(~(reagents >= 0).all(axis=1))
        if wrong.size:
            refused = _refused(unit, InputError("it asks for a negative amount of a reagent"))
            raise SamplesRefusedError(refused.args[0], refused.findings, wrong)
    notes = tuple(dict.fromkeys(note for result in results for note in result.notes))
    return Answered(splits, reagents, consumed, doses, notes)


def _amounts(told: list[Mapping[str, float]], samples: int) -> Iterator[tuple[str, Array]]:
    for name in dict.fromkeys(name for one in told for name in one):
        amounts = np.array([one.get(name, 0.0) for one in told], dtype=np.float64)
        yield name, np.array(np.broadcast_to(amounts.reshape(-1), (samples,)))


def without_reagents(treated: Array, stood: Answered) -> Array:
    """Return what a unit is fed, of what it treats: a law is not shown what it asked for."""
    if stood.reagents is None:
        return treated
    # Rounding may leave less than nothing of what reagents alone bring.
    return np.asarray(np.maximum(treated - stood.reagents, 0.0))


def whole_shares(frame: Frame, answers: Sequence[Answered]) -> tuple[Answered, ...]:
    """Return answers with shares that sum to one exactly; units of one form are taken together.

    Raises
    ------
    InputError
        If shares of a component are below zero or do not sum to one.
    """
    units = frame.flowsheet.units
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, answer in enumerate(answers):
        groups.setdefault(answer.splits.shape, []).append(number)
    made = list(answers)
    findings: list[Finding] = []
    refused: list[Mask] = []
    for members in groups.values():
        splits = np.stack([answers[number].splits for number in members])
        total = splits.sum(axis=2, keepdims=True)
        wrong = ~(np.abs(total - 1.0) <= SHARE_TOLERANCE).all(axis=2)
        wrong |= ~(splits >= -SHARE_TOLERANCE).all(axis=2)
        for row in np.flatnonzero(wrong.any(axis=(1, 2))).tolist():
            findings += _bad_shares(frame, units[members[row]], splits[row], wrong[row].any(axis=0))
            refused.append(wrong[row].any(axis=1))
        clean = np.where(splits < _NOTHING, 0.0, splits)
        clean /= np.where(total > 0.5, clean.sum(axis=2, keepdims=True), 1.0)
        for row, number in enumerate(members):
            before = answers[number]
            made[number] = Answered(
                clean[row], before.reagents, before.consumed, before.doses, before.notes
            )
    if findings:
        # Shares that are one for all samples refuse all of them.
        rows = np.flatnonzero(np.any(np.broadcast_arrays(*refused), axis=0))
        raise SamplesRefusedError("the flowsheet was not solved", findings, rows)
    return tuple(made)


def _bad_shares(frame: Frame, unit: Unit, splits: Array, bad: Mask) -> Iterator[Finding]:
    outlets = list(unit.outlets)
    for number in np.flatnonzero(bad):
        name = frame.names[number]
        shares = splits[:, :, number]
        worst = int(np.argmax(np.abs(shares - np.clip(shares, 0, 1)).max(axis=1)))
        told = ", ".join(
            f"{port} {100 * share:.6g} %"
            for port, share in zip(outlets, shares[worst], strict=True)
        )
        places = [place for key, place in unit.places.items() if key.endswith(f"[{name}]")]
        places += [place for key, place in unit.places.items() if key.endswith("[*]")]
        yield Finding(
            "ORL-1010",
            Severity.FATAL,
            places[0] if places else unit.where,
            f"{unit.id}: its outlets cannot share {name} like this: {told}",
            "shares lie between 0 and 100 % and sum to 100 %: correct those of the unit",
        )
