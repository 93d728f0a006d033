"""The running sum of unaccounted metal of a site: whether it wanders by chance or by a bias.

What a stock-take misjudges stands in the period that it closes and, with the other sign, in the one
that it opens. It cancels in the running sum, whose uncertainty therefore grows with the flows alone
and not with every stock-take. The sums and both tests use the full covariance of the periods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from oreline.balance._cusum_tests import Innovation, Run, greatest_run, innovations, tabulated
from oreline.balance._figure import COVERAGE_FACTOR, Figure, plus
from oreline.balance._money import MetalPrice, value_json
from oreline.balance._periods import periods_between
from oreline.balance._site_terms import Cells, line_cells
from oreline.balance._sites import CHAIN, SiteBalance, SiteBalances, balance_sites
from oreline.balance._tally import Tally, tally
from oreline.balance._verdict import ROUNDING_MG_PER_LINE
from oreline.model import InputError, LimitExceededError
from oreline.record import BASES, COUNT, IN, LOSS, OUT, Books

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MAX_CUSUM_CELLS = 60_000_000
"""Lots and events times periods that one running sum may follow."""
RUN_SIGMA = 5.0
"""A run of periods whose sum is beyond so many standard uncertainties is no chance."""
SLACK_K, LIMIT_H = 0.5, 5.0
"""Slack and decision limit of the tabular CUSUM, in standard deviations."""
STEADY, SHIFTED, UNKNOWN = "STEADY", "SHIFTED", "UNKNOWN"


@dataclass(frozen=True, slots=True)
class CusumPoint:
    """One period of a running sum.

    ``z`` is the unaccounted mass less what the periods before it let expect, in standard
    deviations, None where the period cannot be judged and ``why`` says so. ``upper`` and ``lower``
    are the two sides of the tabular CUSUM.
    """

    period: str
    start: str
    end: str
    unaccounted: Figure
    cumulative: Figure
    z: float | None
    upper: float
    lower: float
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Cusum:
    """The running sum of unaccounted metal of a site, with its tests.

    ``verdict`` is SHIFTED where a test says that the sum does not wander by chance, UNKNOWN where
    none says so but some period could not be judged, else STEADY. ``since`` is the period in which
    the shift began, as the tabular CUSUM puts it.
    """

    element: str
    site: str
    points: tuple[CusumPoint, ...]
    run: Run | None
    alarm: str | None
    since: str | None
    verdict: str
    reason: str
    price: MetalPrice | None
    covariance: tuple[tuple[float, ...], ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row a period; masses in milligrams, values in the currency of the price."""
        rows = [_flat(point, self.price) for point in self.points]
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def to_json(self, unit: str = "t") -> dict[str, Any]:
        """Return the running sum with masses as decimal text in ``unit``."""
        return {
            "element": self.element,
            "site": self.site,
            "coverage_factor": str(COVERAGE_FACTOR),
            "run_sigma": RUN_SIGMA,
            "k": SLACK_K,
            "h": LIMIT_H,
            "verdict": self.verdict,
            "reason": self.reason,
            "alarm": self.alarm,
            "since": self.since,
            "run": None if self.run is None else self.run.to_json(unit),
            "price": None if self.price is None else self.price.to_json(),
            "points": [_point_json(point, self.price, unit) for point in self.points],
        }


def cusum(
    books: Books,
    element: str,
    site: str,
    period: Literal["day", "month", "year"] = "month",
    *,
    since: str | None = None,
    until: str | None = None,
    price: MetalPrice | None = None,
    time_zone: str = "UTC",
) -> Cusum:
    """Add up the unaccounted metal of a site, period by period, and test the sum.

    Two tests. A run: consecutive periods whose sum is beyond ``RUN_SIGMA`` standard uncertainties.
    The two-sided tabular CUSUM with slack ``SLACK_K`` and limit ``LIMIT_H``
    (E. S. Page, Biometrika 41, 1954; NIST/SEMATECH e-Handbook 6.3.2.3), on the unaccounted mass of
    each period less what the earlier ones let expect of it, so that shared stock-takes do not
    disturb it.

    Parameters
    ----------
    site
        A site, or ``CHAIN`` for the chain as a whole.
    since, until
        The first and the last period, by label; by default the first and last in which something
        happened there.
    price
        Puts a value on the metal. The uncertainty of the value is that of the mass.

    Raises
    ------
    InputError
        If element, site, period or time zone is not understood, or no period is left.
    LimitExceededError
        If there are more periods than ``MAX_CUSUM_CELLS`` lets follow.
    """
    if isinstance(period, tuple):
        raise InputError("a running sum needs periods one after another: day, month or year")
    found = balance_sites(
        books, element, None if site == CHAIN else site, period, time_zone=time_zone
    )
    held = tally(books, element)
    labels, line_period = _line_periods(held, site, period, time_zone)
    weight = unaccounted_weight(held)
    chosen = _chosen(labels, line_period, weight, since, until)
    number = np.where(
        (line_period >= chosen.start) & (line_period < chosen.stop), line_period - chosen.start, -1
    )
    n = len(chosen)
    if n * (held.n_lots + held.n_events) > MAX_CUSUM_CELLS:
        message = f"{n} periods of so many events are over MAX_CUSUM_CELLS = {MAX_CUSUM_CELLS}"
        raise LimitExceededError(f"{message}; choose longer periods, or --since")
    from oreline.balance._covariance import joint_variances

    joint = joint_variances(number, n, weight, held.lines, held.rests, held.n_lots)
    lines = np.bincount(number[number >= 0], minlength=n)
    rows = _rows_of(found, site)
    accounts = [rows.get(labels[place]) for place in chosen]
    names = [labels[place] for place in chosen]
    judged = innovations(
        [_judgeable(account) for account in accounts],
        joint.covariance + np.diag((ROUNDING_MG_PER_LINE * lines) ** 2),
    )
    points = _points(names, accounts, joint.cumulative, judged)
    return _tested(element, site, points, joint.covariance, price)


def unaccounted_weight(held: Tally) -> Floats:
    """Return how each line counts in the unaccounted mass: drawn less produced, lost and found."""
    weight: Floats = (held.on_side(IN) * 1.0 - held.on_side(OUT) * 1.0) * held.changed
    return weight - held.on_side(LOSS) - held.on_side(COUNT)


def _line_periods(
    held: Tally, site: str, period: Literal["day", "month", "year"], time_zone: str
) -> tuple[tuple[str, ...], Ints]:
    """Return the labels of all periods, and the period of each line that counts at the site."""
    time_us = held.places.time_us
    if not time_us.size:
        raise InputError("nothing happened yet: there is nothing to add up")
    periods = periods_between(period, int(time_us[0]), int(time_us[-1]), time_zone)
    number = periods.of(time_us)
    whole = site == CHAIN
    cells = Cells(1 if whole else len(held.places.names), len(periods), number, whole=whole)
    cell = line_cells(held, cells)
    place = 0 if whole else held.places.names.index(site)
    return periods.labels, np.where(
        (cell >= 0) & (cell // len(periods) == place), cell % len(periods), -1
    )


def _chosen(
    labels: tuple[str, ...],
    line_period: Ints,
    weight: Floats,
    since: str | None,
    until: str | None,
) -> range:
    """Return the periods to add up: from the first entry at the site to the last that counts.

    What was there before the first process belongs to them, so that errors are followed back to it.
    """
    here = line_period >= 0
    counts = here & (weight != 0)
    if not counts.any():
        raise InputError("nothing was processed, counted or lost there: there is nothing to add up")
    first, last = int(line_period[here].min()), int(line_period[counts].max())
    for given in (since, until):
        if given is not None and given not in labels:
            message = (
                f"{given!r} is no period of this ledger, which are {labels[0]} to {labels[-1]}"
            )
            raise InputError(message)
    if since is not None:
        first = labels.index(since)
    if until is not None:
        last = labels.index(until)
    if first > last:
        raise InputError(f"{labels[first]} is after {labels[last]}: no period is left")
    return range(first, last + 1)


def _rows_of(found: SiteBalances, site: str) -> dict[str, SiteBalance]:
    return {row.period: row for row in (found.chain if site == CHAIN else found.rows)}


def _judgeable(account: SiteBalance | None) -> Innovation:
    """Return the unaccounted mass of a period, or why it cannot be judged."""
    if account is None:
        return Innovation(0.0, "")
    mass = account.unaccounted
    if not mass.is_known or mass.low_mg is None:
        return Innovation(None, "its unaccounted mass is not one value")
    if mass.u_mg is None:
        return Innovation(None, "a measurement that matters states no uncertainty")
    if account.verdict == "UNKNOWN":
        return Innovation(None, account.reason)
    return Innovation(float(mass.low_mg), "")


_NOTHING = Figure(0, 0, 0.0, "measured")


def _points(
    names: list[str],
    accounts: list[SiteBalance | None],
    cumulative: Floats,
    judged: list[tuple[float | None, str]],
) -> tuple[CusumPoint, ...]:
    points: list[CusumPoint] = []
    low: int | None = 0
    high: int | None = 0
    basis, defaults = 0, dict[str, None]()
    sides = tabulated([z for z, _ in judged], SLACK_K)
    for place, (name, account) in enumerate(zip(names, accounts, strict=True)):
        mass = _NOTHING if account is None else account.unaccounted
        low, high = plus(low, mass.low_mg), plus(high, mass.high_mg)
        basis = max(basis, BASES.index(mass.basis))
        defaults |= dict.fromkeys(mass.defaults)
        u = math.sqrt(float(cumulative[place]))
        whole = Figure(
            low, high, None if math.isnan(u) else u, BASES[basis], tuple(sorted(defaults))
        )
        z, why = judged[place]
        points.append(
            CusumPoint(
                period=name,
                start="" if account is None else account.start,
                end="" if account is None else account.end,
                unaccounted=mass,
                cumulative=whole,
                z=z,
                upper=sides[place].upper,
                lower=sides[place].lower,
                verdict="CLOSES" if account is None else str(account.verdict),
                why=why,
            )
        )
    return tuple(points)


def _tested(
    element: str,
    site: str,
    points: tuple[CusumPoint, ...],
    covariance: Floats,
    price: MetalPrice | None,
) -> Cusum:
    run = greatest_run(
        [point.period for point in points],
        [None if point.z is None else point.unaccounted.low_mg for point in points],
        covariance,
    )
    alarm = next(
        (place for place, one in enumerate(points) if max(one.upper, one.lower) > LIMIT_H), None
    )
    since = None if alarm is None else _beginning(points, alarm)
    is_run = run is not None and run.sigmas > RUN_SIGMA
    unjudged = [point.period for point in points if point.z is None]
    told = []
    if alarm is not None and since is not None:
        side = "missing" if points[alarm].upper > LIMIT_H else "too much"
        told.append(
            f"tabular CUSUM beyond {LIMIT_H:g} in {points[alarm].period}: metal is {side} since "
            f"{points[since].period}"
        )
    if run is not None and is_run:
        told.append(f"{run.first} to {run.last} together are {run.sigmas:.1f} standard "
                    "uncertainties from zero")  # fmt: skip
    if not told and unjudged:
        told.append(f"no test speaks of a shift, but {', '.join(unjudged)} cannot be judged")
    verdict = SHIFTED if alarm is not None or is_run else UNKNOWN if unjudged else STEADY
    return Cusum(
        element=element,
        site=site,
        points=points,
        run=run,
        alarm=None if alarm is None else points[alarm].period,
        since=None if since is None else points[since].period,
        verdict=verdict,
        reason="; ".join(told) or "what is unaccounted wanders within its uncertainty",
        price=price,
        covariance=tuple(tuple(map(float, row)) for row in covariance),
    )


def _beginning(points: tuple[CusumPoint, ...], alarm: int) -> int:
    """Return the period after the last one in which the side that alarms stood at zero."""
    name = "upper" if points[alarm].upper > LIMIT_H else "lower"
    place = alarm
    while place > 0 and getattr(points[place - 1], name) > 0:
        place -= 1
    return place


def _point_json(point: CusumPoint, price: MetalPrice | None, unit: str) -> dict[str, Any]:
    return {
        "period": point.period,
        "start": point.start,
        "end": point.end,
        "unaccounted": point.unaccounted.to_json(unit),
        "cumulative": point.cumulative.to_json(unit),
        "z": None if point.z is None else f"{point.z:.3f}",
        "upper": f"{point.upper:.3f}",
        "lower": f"{point.lower:.3f}",
        "verdict": point.verdict,
        "why": point.why,
        "value": value_json(point.unaccounted, price),
        "cumulative_value": value_json(point.cumulative, price),
    }


def _flat(point: CusumPoint, price: MetalPrice | None) -> list[Any]:
    flat: list[Any] = [point.period, point.verdict]
    for mass in (point.unaccounted, point.cumulative):
        worth = value_json(mass, price) or {}
        flat += [mass.low_mg, mass.high_mg, mass.u_mg, mass.basis]
        flat += [worth.get("low"), worth.get("high"), worth.get("u95")]
    return [*flat, None if price is None else price.currency, point.z, point.upper, point.lower]


_SCHEMA: dict[str, Any] = {
    "period": pl.String,
    "verdict": pl.String,
    **{
        f"{name}_{part}": kind
        for name in ("unaccounted", "cumulative")
        for part, kind in (
            ("low_mg", pl.Int64),
            ("high_mg", pl.Int64),
            ("u_mg", pl.Float64),
            ("basis", pl.String),
            ("value_low", pl.String),
            ("value_high", pl.String),
            ("value_u95", pl.String),
        )
    },
    "currency": pl.String,
    "z": pl.Float64,
    "upper": pl.Float64,
    "lower": pl.Float64,
}
