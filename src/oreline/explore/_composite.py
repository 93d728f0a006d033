"""Composites: intervals of one length down the hole, by length or by mass, by domain or not.

The grade of a composite is the mean of the grades of its parts, each weighted by its length (or
length times density). What was not sampled is left out of the mean, or counts as what is declared;
what was lost is always left out. Length times grade is kept: what goes in comes out, or is listed
as dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from oreline.explore._desurvey import hole_paths, locate
from oreline.explore._holes import DrillHoles
from oreline.explore._pieces import Pieces, cut_pieces
from oreline.model import InputError, LimitExceededError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COMPOSITES_MAX = 20_000_000
"""How many composites one call makes at most."""
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class CompositeSettings:
    """How composites are made.

    Parameters
    ----------
    length_m
        Their length down the hole.
    by
        ``none``, or ``geology``: none crosses from one code into another.
    residual
        What becomes of the rest at the end of a hole or domain that is shorter than
        ``minimum_length_m``: ``merge`` it into the composite above, ``keep`` it, ``drop`` it; or
        ``even``: all composites of a hole or domain are made equally long, nearest to the length.
    minimum_length_m
        By default half of the length.
    minimum_coverage
        A composite of which a smaller share was assayed has no grade.
    start
        Where composites of a hole begin: at the ``collar``, or at the ``first sample``.
    unsampled
        ``ignore``, or what an interval that was not sampled counts as, in per cent: one number for
        all analytes, or one for some.
    weight
        ``length``, or ``density``: length times density.
    density_t_per_m3
        The density of parts that have none, where weighed by density.
    """

    length_m: float
    by: Literal["none", "geology"] = "none"
    residual: Literal["merge", "keep", "drop", "even"] = "merge"
    minimum_length_m: float | None = None
    minimum_coverage: float = 0.5
    start: Literal["collar", "first sample"] = "collar"
    unsampled: Literal["ignore"] | float | Mapping[str, float] = "ignore"
    weight: Literal["length", "density"] = "length"
    density_t_per_m3: float | None = None
    analytes: tuple[str, ...] = ()

    def shortest_m(self) -> float:
        """Return the length below which a rest is a residual."""
        return self.length_m / 2 if self.minimum_length_m is None else self.minimum_length_m


@dataclass(frozen=True, slots=True)
class Composites:
    """Composites of a set of holes.

    Attributes
    ----------
    frame
        ``hole, from_m, to_m, length_m, domain, x_m, y_m, z_m`` (the point half way down), the
        density where weighed by it, and a column for each analyte in per cent; null where too
        little was assayed. ``domain`` is null where none is wanted or known.
    support_m
        Of the same rows, the length that was assayed for each analyte.
    accounts
        For each analyte the sum of weight times grade, in per cent times metres (or times t/m2):
        ``taken`` from assays and declared values, ``kept`` in composites, ``residual`` and
        ``coverage`` dropped with too short and too thinly assayed ones.
    analytes
        The analytes, bounds of those below detection included.
    """

    frame: pl.DataFrame
    support_m: pl.DataFrame
    accounts: pl.DataFrame
    analytes: tuple[str, ...]
    settings: CompositeSettings
    set_name: str
    notes: tuple[str, ...] = field(default=())

    def to_frame(self) -> pl.DataFrame:
        """Return the composites."""
        return self.frame

    def to_json(self) -> dict[str, Any]:
        """Return settings, accounts and composites by columns."""
        return {
            "set": self.set_name,
            "settings": asdict(self.settings),
            "notes": list(self.notes),
            "count": self.frame.height,
            "accounts": self.accounts.to_dicts(),
            "composites": self.frame.to_dict(as_series=False),
            "support_m": self.support_m.to_dict(as_series=False),
        }


def composite(holes: DrillHoles, settings: CompositeSettings) -> Composites:
    """Make composites of a set of holes.

    Raises
    ------
    InputError
        If a setting makes no sense, an analyte is not there, or a density is missing.
    LimitExceededError
        If there would be more than ``COMPOSITES_MAX``.
    """
    names = _checked(holes, settings)
    pieces = cut_pieces(holes, by_geology=settings.by == "geology")
    runs = _runs(pieces, holes, settings)
    plan = _plan(runs, settings)
    parts = _parts(pieces, runs, plan)
    weight = _weights(parts, holes, settings)
    length = parts.to_m - parts.from_m
    columns: dict[str, Floats] = {}
    supports: dict[str, Floats] = {}
    accounts = []
    usable = ~plan.is_dropped
    for name in names:
        grade = _grades(holes, parts.assay, name, settings)
        has = ~np.isnan(grade)
        metal = np.bincount(parts.number, np.where(has, weight * grade, 0.0), plan.count)
        mass = np.bincount(parts.number, np.where(has, weight, 0.0), plan.count)
        assayed = np.bincount(parts.number, np.where(has, length, 0.0), plan.count)
        covered = assayed >= settings.minimum_coverage * plan.length_m * (1 - _NEAR)
        given = usable & covered & (mass > 0)
        mean: Floats = metal / np.where(mass > 0, mass, 1.0)
        columns[name] = np.where(given, mean, np.nan)
        supports[name] = assayed.astype(np.float64)
        accounts.append({
            "analyte": name, "taken": float(metal.sum()), "kept": float(metal[given].sum()),
            "residual": float(metal[~usable].sum()),
            "coverage": float(metal[usable & ~given].sum()),
            "length_m": float(assayed.sum()), "kept_length_m": float(assayed[given].sum()),
        })  # fmt: skip
    density = None
    if settings.weight == "density":
        whole = np.bincount(parts.number, length, plan.count)
        density = np.bincount(parts.number, weight, plan.count) / np.where(whole > 0, whole, 1.0)
    frame, support = _frames(holes, pieces, plan, columns, supports, density)
    notes = _notes(plan, frame, names, settings)
    return Composites(
        frame, support, pl.DataFrame(accounts), names, settings, holes.name, tuple(notes)
    )


def _checked(holes: DrillHoles, settings: CompositeSettings) -> tuple[str, ...]:
    """Return the columns to composite; refuse settings that make no sense."""
    if not (settings.length_m > 0 and np.isfinite(settings.length_m)):
        raise InputError(f"the length of composites is {settings.length_m} m; it must be positive")
    if not 0 <= settings.minimum_coverage <= 1:
        message = f"the least coverage is {settings.minimum_coverage}; it is a share from 0 to 1"
        raise InputError(message)
    if not 0 <= settings.shortest_m() <= settings.length_m:
        message = f"the least length is {settings.minimum_length_m} m, not from 0 to the length"
        raise InputError(message)
    if settings.by == "geology" and holes.geology.is_empty():
        raise InputError(f"{holes.name} has no geology, so no composites by its codes")
    wanted = settings.analytes or holes.analytes
    declared = settings.unsampled if isinstance(settings.unsampled, Mapping) else {}
    for name in (*wanted, *declared):
        if name not in holes.analytes:
            known = ", ".join(holes.analytes)
            raise InputError(f"{holes.name} has no analyte {name}; there are {known}")
    bounds = [
        f"{name}_{end}" for name in wanted if name in holes.bounded for end in ("low", "high")
    ]
    return (*wanted, *bounds)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Stretches of one hole and one code; ``of_piece`` is -1 for pieces above the first sample."""

    of_piece: Ints
    hole: Ints
    code: Ints
    start_m: Floats
    end_m: Floats


def _runs(pieces: Pieces, holes: DrillHoles, settings: CompositeSettings) -> _Runs:
    used = np.ones(len(pieces.hole), dtype=bool)
    if settings.start == "first sample":
        sampled = np.flatnonzero(pieces.assay >= 0)
        count = holes.collars.height
        first = np.full(count, np.inf)
        last = np.full(count, -np.inf)
        np.minimum.at(first, pieces.hole[sampled], pieces.from_m[sampled])
        np.maximum.at(last, pieces.hole[sampled], pieces.to_m[sampled])
        used = (pieces.from_m >= first[pieces.hole]) & (pieces.to_m <= last[pieces.hole])
    index = np.flatnonzero(used)
    hole, code = pieces.hole[index], pieces.code[index]
    fresh = np.ones(len(index), dtype=bool)
    fresh[1:] = (hole[1:] != hole[:-1]) | (code[1:] != code[:-1])
    number = np.cumsum(fresh) - 1
    of_piece = np.full(len(pieces.hole), -1, dtype=np.int64)
    of_piece[index] = number
    first_of = np.flatnonzero(fresh)
    last_of = np.append(first_of[1:], len(index)) - 1
    return _Runs(
        of_piece, hole[first_of], code[first_of],
        pieces.from_m[index][first_of], pieces.to_m[index][last_of],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """The composites: the first of each run, their step, their ends."""

    first: Ints
    count_of_run: Ints
    step_m: Floats
    run: Ints
    hole: Ints
    code: Ints
    from_m: Floats
    to_m: Floats
    length_m: Floats
    is_dropped: NDArray[np.bool_]

    @property
    def count(self) -> int:
        return len(self.run)


def _plan(runs: _Runs, settings: CompositeSettings) -> _Plan:
    span = runs.end_m - runs.start_m
    whole = np.floor(span / settings.length_m + _NEAR).astype(np.int64)
    rest = span - whole * settings.length_m
    has_rest = rest > _NEAR * settings.length_m
    is_short = has_rest & (rest < settings.shortest_m() * (1 - _NEAR))
    step = np.full(len(span), settings.length_m)
    if settings.residual == "even":
        count = np.maximum(1, np.rint(span / settings.length_m).astype(np.int64))
        step = span / count
        is_short = np.zeros(len(span), dtype=bool)
    elif settings.residual == "merge":
        count = np.maximum(1, whole + (has_rest & ~is_short))
    else:
        count = whole + has_rest
    total = int(count.sum())
    if total > COMPOSITES_MAX:
        message = f"{total} composites are more than COMPOSITES_MAX = {COMPOSITES_MAX}"
        raise LimitExceededError(f"{message}; make them longer")
    first = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64)
    run = np.repeat(np.arange(len(span)), count)
    within = np.arange(total) - first[run]
    start = runs.start_m[run] + within * step[run]
    is_last = within == count[run] - 1
    end = np.where(is_last, runs.end_m[run], runs.start_m[run] + (within + 1) * step[run])
    dropped = is_last & is_short[run] & (settings.residual == "drop")
    return _Plan(
        first, count, step, run, runs.hole[run], runs.code[run], start, end, end - start, dropped
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Parts of pieces, each within one composite."""

    number: Ints
    from_m: Floats
    to_m: Floats
    assay: Ints


def _parts(pieces: Pieces, runs: _Runs, plan: _Plan) -> _Parts:
    index = np.flatnonzero(runs.of_piece >= 0)
    run = runs.of_piece[index]
    start, end = pieces.from_m[index], pieces.to_m[index]
    origin, step, most = runs.start_m[run], plan.step_m[run], plan.count_of_run[run] - 1
    low = np.floor((start - origin) / step + _NEAR).astype(np.int64)
    high = np.ceil((end - origin) / step - _NEAR).astype(np.int64) - 1
    low = np.clip(low, 0, most)
    high = np.clip(high, low, most)
    times = high - low + 1
    of = np.repeat(np.arange(len(index)), times)
    within = np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times)
    # The first part begins and the last ends with its piece, so that lengths add up exactly.
    bound = origin[of] + (low[of] + within) * step[of]
    start_of = np.where(within == 0, start[of], bound)
    end_of = np.where(within == times[of] - 1, end[of], bound + step[of])
    number = plan.first[run][of] + low[of] + within
    return _Parts(number, start_of, end_of, pieces.assay[index][of])


def _weights(parts: _Parts, holes: DrillHoles, settings: CompositeSettings) -> Floats:
    length = parts.to_m - parts.from_m
    if settings.weight == "length":
        return length
    density = holes.assays["density_t_per_m3"].to_numpy().astype(np.float64)
    of_part = np.where(parts.assay >= 0, density[parts.assay], np.nan)
    lacking = np.isnan(of_part)
    if settings.density_t_per_m3 is not None:
        of_part = np.where(lacking, settings.density_t_per_m3, of_part)
    elif bool((lacking & (parts.assay >= 0)).any()):
        message = "some intervals have no density; give one for them, or weigh by length"
        raise InputError(message)
    weight: Floats = length * np.nan_to_num(of_part)
    return weight


def _grades(holes: DrillHoles, assay: Ints, name: str, settings: CompositeSettings) -> Floats:
    """Return the grade of each part; nan where it is not known or ignored."""
    values = holes.assays[name].to_numpy().astype(np.float64)
    plain = name.removesuffix("_low").removesuffix("_high") if name not in holes.analytes else name
    declared = settings.unsampled
    count = declared.get(plain) if isinstance(declared, Mapping) else declared
    grade = np.where(assay >= 0, values[assay], np.nan)
    if count is None or isinstance(count, str):
        return grade
    lost = np.zeros(len(values), dtype=bool)
    lost[holes.missing.filter(pl.col("analyte") == plain)["interval"].to_numpy()] = True
    unsampled = np.where(assay >= 0, np.isnan(grade) & ~lost[assay], True)
    return np.where(unsampled, float(count), grade)


def _frames(
    holes: DrillHoles,
    pieces: Pieces,
    plan: _Plan,
    columns: Mapping[str, Floats],
    supports: Mapping[str, Floats],
    density: Floats | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    keep = np.zeros(plan.count, dtype=bool)
    for values in columns.values():
        keep |= ~np.isnan(values)
    hole = holes.collars["hole"].gather(plan.hole[keep])
    names = pl.Series("domain", [*pieces.codes, None], dtype=pl.String)
    domain = names.gather(np.where(plan.code[keep] >= 0, plan.code[keep], len(pieces.codes)))
    start, end = plan.from_m[keep], plan.to_m[keep]
    point = locate(hole_paths(holes), hole, (start + end) / 2)
    frame = pl.DataFrame({
        "hole": hole, "from_m": start, "to_m": end, "length_m": end - start, "domain": domain,
        "x_m": point[:, 0], "y_m": point[:, 1], "z_m": point[:, 2],
    })  # fmt: skip
    if density is not None:
        frame = frame.with_columns(pl.Series("density_t_per_m3", density[keep]))
    grades = [pl.Series(name, values[keep]).fill_nan(None) for name, values in columns.items()]
    lengths = [pl.Series(name, values[keep]) for name, values in supports.items()]
    support = frame.select("hole", "from_m", "to_m").with_columns(lengths)
    return frame.with_columns(grades), support


def _notes(
    plan: _Plan, frame: pl.DataFrame, names: tuple[str, ...], settings: CompositeSettings
) -> list[str]:
    notes = [f"{frame.height} of {plan.count} composites have a grade"]
    if bool(plan.is_dropped.any()):
        length = float(plan.length_m[plan.is_dropped].sum())
        notes.append(f"{int(plan.is_dropped.sum())} rests of {length:.6g} m in all were dropped")
    if settings.by == "geology":
        uncoded = int(frame["domain"].null_count())
        if uncoded:
            notes.append(f"{uncoded} composites lie where the geology has no code")
    if settings.unsampled != "ignore":
        notes.append("what was not sampled counts as declared; what was lost is left out")
    bounds = [name for name in names if name.endswith(("_low", "_high"))]
    if bounds:
        notes.append(f"bounds of grades below detection: {', '.join(bounds)}")
    return notes
