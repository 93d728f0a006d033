"""What may have shifted a running sum: hypotheses, ranked by how well each explains the readings.

Each hypothesis says with one number (a bias, a mass) what the metal and the dry mass unaccounted in
the process, and what stock-takes find against the book, would look like. Its weight is what a fit
of that number takes off the chi-square: the generalised likelihood ratio (S. Narasimhan and R. S.
H. Mah, AIChE Journal 33, 1987). Where a stream's own assays depart from what is usual in the same
direction at the same time, that adds to it, as five standard deviations at most. The best of them
is still a hypothesis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from oreline.balance._cusum import SHIFTED, Cusum
from oreline.balance._evidence import (
    Grade,
    Observed,
    Seen,
    of_dry,
    of_grade,
    of_process,
    of_return,
    of_stock,
)
from oreline.balance._periods import periods_between
from oreline.balance._streams import (
    CAME,
    FED,
    MADE,
    Stream,
    counted_materials,
    line_materials,
    streams_of,
)
from oreline.balance._tally import Tally, tally
from oreline.model import mass_text
from oreline.record import COUNT, DRY, IN, LOSS, OUT, Books

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SAMPLER, SCALE = "bias of a sampler or an assay", "bias of a scale"
REMOVAL, STOCK_TAKE = "unrecorded removal", "error of a stock-take"
LEAST_WEIGHT = 4.0
"""A hypothesis that takes less off the chi-square (two standard deviations) is not told."""
LEAST_SHARE = 0.05
"""One that would account for less of what is unaccounted is not told either."""
TOLD_MAX = 8
SUSPECT_MAX = 24
"""How many periods from the first suspect one on are searched."""
NEIGHBOURS = 30
"""How many periods before and after the beginning of a shift are looked at."""
OUTSIDE_MIN = 3
"""How many other periods there must be to know what grade of a stream is usual."""
HISTORY_MAX = 25.0
"""What a stream's own history can add to a weight: five standard deviations."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One explanation of a shift, with what speaks for and against it.

    ``size`` is in words; ``explains_mg`` is how much of ``of_mg``, the metal unaccounted in its
    periods, it would account for; ``weight`` is what it takes off the chi-square.
    """

    kind: str
    what: str
    first: str
    last: str
    size: str
    explains_mg: int
    of_mg: int
    weight: float
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the hypothesis with masses as decimal text in ``unit``."""
        return {
            "kind": self.kind,
            "what": self.what,
            "first": self.first,
            "last": self.last,
            "size": self.size,
            "explains": mass_text(self.explains_mg, unit),
            "of": mass_text(self.of_mg, unit),
            "unit": unit,
            "weight": f"{self.weight:.1f}",
            "for": list(self.speaks_for),
            "against": list(self.speaks_against),
        }


class _Trial(NamedTuple):
    """What a hypothesis predicts for one unit of its number: metal and dry mass, block by block."""

    kind: str
    stream: Stream
    at: tuple[int, int]
    metal: Floats
    dry: Floats


def hypotheses(books: Books, found: Cusum, time_zone: str = "UTC") -> tuple[Hypothesis, ...]:
    """Return what may have shifted a running sum, the likeliest first; empty where nothing shifted.

    Only the sum of a site is explained, not that of the chain. Errors that dry mass and metal share
    are taken as independent of each other here: this ranks, it proves nothing.
    """
    found = _around(found)
    suspects = _suspects(found)
    if not suspects or found.site not in tally(books, found.element).places.names:
        return ()
    metal, dry = tally(books, found.element), tally(books, DRY)
    here, n = _periods_of(metal, found, time_zone), len(found.points)
    judged = np.array([point.z is not None for point in found.points])
    counted = counted_materials(metal, here)
    streams = [one for one in streams_of(metal, here, n) if one.metal.sum() > 0]
    seen = Seen(
        tuple(point.period for point in found.points),
        judged,
        _observed(metal, here, judged, counted),
        _observed(dry, here, judged, counted),
    )
    width = n * (1 + len(counted))
    fits = [fit for trial in _trials(streams, suspects, width) if (fit := _fitted(trial, seen))]
    best: dict[tuple[str, str], Hypothesis] = {}
    for one in sorted(fits, key=lambda item: -item.weight):
        best.setdefault((one.kind, one.what), one)
    return tuple(one for one in best.values() if one.weight >= LEAST_WEIGHT)[:TOLD_MAX]


def _beginning(found: Cusum) -> str | None:
    """Return the first suspect period; None where nothing shifted."""
    if found.verdict != SHIFTED:
        return None
    return found.since or (None if found.run is None else found.run.first)


def _around(found: Cusum) -> Cusum:
    """Return the part of a running sum around the beginning of its shift."""
    names = [point.period for point in found.points]
    start = _beginning(found)
    if start is None:
        return found
    place = names.index(start)
    near = found.points[max(place - NEIGHBOURS, 0) : place + NEIGHBOURS + 1]
    return replace(found, points=near)


def _suspects(found: Cusum) -> range:
    names = [point.period for point in found.points]
    start = _beginning(found)
    if start is None:
        return range(0)
    first = names.index(start)
    return range(first, min(len(names), first + SUSPECT_MAX))


_KINDS: Mapping[int, Literal["year", "month", "day"]] = {4: "year", 7: "month", 10: "day"}
"""Which kind of period a label is of, by its length."""


def _periods_of(held: Tally, found: Cusum, time_zone: str) -> Ints:
    """Return the period of each line at the site, numbered as the points are; -1 elsewhere."""
    kind = _KINDS[len(found.points[0].period)]
    time_us = held.places.time_us
    periods = periods_between(kind, int(time_us[0]), int(time_us[-1]), time_zone)
    number = periods.of(time_us) - periods.labels.index(found.points[0].period)
    place = held.places.names.index(found.site)
    at = np.where(held.on_side(COUNT), held.places.before, held.places.event)
    inside = (at == place) & (number >= 0) & (number < len(found.points))
    return np.where(inside, number, -1)


def _observed(
    held: Tally, here: Ints, judged: npt.NDArray[np.bool_], counted: Sequence[int]
) -> Observed:
    n, width = judged.size, judged.size * (1 + len(counted))
    group = np.where(np.isin(held.lines.side, (IN, OUT, LOSS)), here, -1)
    _, material = line_materials(held)
    for block, number in enumerate(counted, 1):
        taken = held.on_side(COUNT) & (material == number) & (here >= 0)
        group = np.where(taken, block * n + here, group)
    weight = (held.on_side(IN) * 1.0 - held.on_side(OUT) * 1.0) * held.changed
    weight += held.on_side(COUNT) * 1.0 - held.on_side(LOSS)
    from oreline.balance._covariance import joint_variances

    joint = joint_variances(group, width, weight, held.lines, held.rests, held.n_lots)
    used = (group >= 0) & (held.lines.metal[:, 0] == held.lines.metal[:, 1])
    values = np.bincount(group[used], weight[used] * held.lines.metal[used, 0], width)
    spread = np.diag(joint.covariance)
    usable = np.flatnonzero(
        np.tile(judged, 1 + len(counted)) & np.isfinite(spread) & (spread > 1.0)
    )
    precision = np.zeros((width, width))
    block_of = np.ix_(usable, usable)
    precision[block_of] = np.linalg.pinv(joint.covariance[block_of], rcond=1e-10, hermitian=True)
    return Observed(np.asarray(values, np.float64), precision, joint.covariance)


def _trials(streams: Sequence[Stream], suspects: range, width: int) -> Iterator[_Trial]:
    for first in suspects:
        for last in range(first, suspects.stop):
            for stream in streams:
                yield from _of_stream(stream, (first, last), width)
    seen: set[int] = set()
    for stream in streams:
        if stream.counted >= 0 and stream.counted not in seen:
            seen.add(stream.counted)
            yield from _of_counts(stream, suspects, width)


def _of_stream(stream: Stream, at: tuple[int, int], width: int) -> Iterator[_Trial]:
    """Give what a bias of a stream's sampler or scale, and what taking from it, would look like."""
    n = stream.dry.size
    window = np.zeros(n)
    window[at[0] : at[1] + 1] = 1.0
    dry, metal = stream.dry * window, stream.metal * window
    if not dry.any():
        return
    sign = {FED: 1.0, MADE: -1.0, CAME: 0.0}[stream.way]
    booked = 1.0 if stream.way in (MADE, CAME) else -1.0

    def over(process: Floats, stock: Floats) -> Floats:
        """Put a process block and, where its stock is counted, what is found of it together."""
        whole = np.zeros(width)
        whole[:n] = process
        if stream.counted >= 0:
            start = n * (1 + stream.counted)
            whole[start : start + n] = stock
        return whole

    nothing = np.zeros(n)
    if stream.way != FED:
        # What comes in rich on paper leaves the pile as feed rich on paper.
        shown = dry if stream.way == CAME else -dry
        yield _Trial(SAMPLER, stream, at, over(shown, nothing), over(nothing, nothing))
    if sign or stream.counted >= 0:
        yield _Trial(
            SCALE,
            stream,
            at,
            over(sign * metal, -booked * metal),
            over(sign * dry, -booked * dry),
        )
    if stream.way == MADE:
        grade = _grade(stream, at)
        gone = over(nothing, -window) if stream.counted >= 0 else over(window, nothing)
        yield _Trial(REMOVAL, stream, at, gone * grade, gone)


def _grade(stream: Stream, at: tuple[int, int]) -> float:
    inside = slice(at[0], at[1] + 1)
    return float(stream.metal[inside].sum() / stream.dry[inside].sum())


def _of_counts(stream: Stream, suspects: range, width: int) -> Iterator[_Trial]:
    """Give what one wrong stock-take of a material would look like, until the one after it."""
    n = stream.dry.size
    grade = float(stream.metal.sum() / stream.dry.sum())
    for place in range(max(suspects.start - 1, 0), suspects.stop):
        wrong = np.zeros(width)
        wrong[n * (1 + stream.counted) + place] = 1.0
        last = min(place + 1, n - 1)
        if last > place:
            wrong[n * (1 + stream.counted) + last] = -1.0
        yield _Trial(STOCK_TAKE, stream, (place, last), wrong * grade, wrong)


def _fitted(trial: _Trial, seen: Seen) -> Hypothesis | None:
    """Fit the one number of a hypothesis; None where it cannot be told, or makes no sense."""
    above = below = 0.0
    for shape, readings in ((trial.metal, seen.metal), (trial.dry, seen.dry)):
        weighted = shape @ readings.precision
        above += float(weighted @ readings.values)
        below += float(weighted @ shape)
    if below <= 0 or not math.isfinite(below) or not math.isfinite(above):
        return None
    size = above / below
    grade = _grade_shift(trial) if trial.kind == SAMPLER else None
    weight = above * above / below
    if trial.kind == SAMPLER:
        shows = _grade(trial.stream, trial.at)
        if not 0 < shows - size < 1:
            return None
        if grade is not None and grade.spreads * size > 0:
            weight += min(grade.spreads**2, HISTORY_MAX)
    elif (trial.kind == SCALE and not -9 < size < 0.9) or (trial.kind == REMOVAL and size <= 0):
        return None
    inside = np.zeros(seen.judged.size, np.bool_)
    # What a stock-take misjudges comes back at the next: it is told for the first period.
    last = trial.at[0] if trial.kind == STOCK_TAKE else trial.at[1]
    inside[trial.at[0] : last + 1] = True
    inside &= seen.judged
    explains = size * _unaccounted(trial.metal, inside)
    of = _unaccounted(seen.metal.values, inside)
    if explains * of <= 0 or abs(explains) < LEAST_SHARE * abs(of):
        return None
    said = _said(trial, seen, size, grade)
    return Hypothesis(
        kind=trial.kind,
        what=_what(trial),
        first=seen.periods[trial.at[0]],
        last=seen.periods[trial.at[1]],
        size=_size(trial, size),
        explains_mg=round(explains),
        of_mg=round(of),
        weight=weight,
        speaks_for=tuple(text for speaks_for, text in said if speaks_for),
        speaks_against=tuple(text for speaks_for, text in said if not speaks_for),
    )


def _unaccounted(blocks: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """Return what blocks make of the unaccounted mass: that of the process less what is found."""
    each = blocks.reshape(-1, inside.size)[:, inside].sum(axis=1)
    return float(each[0] - each[1:].sum())


def _grade_shift(trial: _Trial) -> Grade | None:
    """Return how far the stream's grade in the window is from that of the other periods."""
    grade = trial.stream.grade
    inside = np.zeros(grade.size, np.bool_)
    inside[trial.at[0] : trial.at[1] + 1] = True
    other, these = grade[~inside & np.isfinite(grade)], grade[inside & np.isfinite(grade)]
    if other.size < OUTSIDE_MIN or not these.size:
        return None
    usual = float(other.mean())
    spread = max(float(other.std(ddof=1)), 1e-3 * usual)
    shift = float(these.mean()) - usual
    deviation = spread * math.sqrt(1 / these.size + 1 / other.size)
    return Grade(usual, shift, shift / deviation if deviation else 0.0)


def _said(trial: _Trial, seen: Seen, size: float, grade: Grade | None) -> list[tuple[bool, str]]:
    at, stream = trial.at, trial.stream
    if trial.kind == STOCK_TAKE:
        return [of_return(seen, stream.counted, *at)]
    found: list[tuple[bool, str] | None] = []
    if trial.kind == SAMPLER:
        found = [
            of_grade(stream, grade, size), of_process(seen, at), of_dry(seen, at, is_scale=False)
        ]  # fmt: skip
    elif trial.kind == SCALE:
        sign = math.copysign(1, -size if stream.way in (MADE, CAME) else size)
        found = [of_stock(seen, at, stream, sign)]
        # What comes in does not pass the process: a wrong weight shows when the pile is counted.
        found += [] if stream.way == CAME else [of_dry(seen, at, is_scale=True)]
    else:
        found = [of_stock(seen, at, stream, -1.0)]
        found += [of_process(seen, at)] if stream.counted < 0 else []
    return [one for one in found if one is not None]


def _what(trial: _Trial) -> str:
    way = {FED: "feed", MADE: "product", CAME: "received"}[trial.stream.way]
    if trial.kind == STOCK_TAKE:
        way = "stock"
    return f"{trial.stream.material} ({way})"


def _size(trial: _Trial, size: float) -> str:
    side = "much" if size > 0 else "little"
    if trial.kind == SAMPLER:
        shows = _grade(trial.stream, trial.at)
        return f"shows {100 * shows:.3g} % where {100 * (shows - size):.3g} % would close it"
    if trial.kind == SCALE:
        # The fit is of what was shown; people speak of what there truly was.
        return f"shows {100 * abs(size / (1 - size)):.2g} % too {side}"
    if trial.kind == REMOVAL:
        return f"{size / 1e9:.3g} t dry in each period"
    return f"{abs(size) / 1e9:.3g} t dry too {side}"
