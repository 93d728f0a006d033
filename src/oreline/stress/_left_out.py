"""Is psi more than a fit? Each mineral's is predicted from the others', and its loss with it.

psi of a mineral is chosen so that its own published loss comes out, which proves nothing. Here the
logarithm of psi is regressed, over all minerals but one, on what is published of each: net import
reliance, money spent, price, and the industries that use it. The one left out is predicted, and its
loss in the largest disruption is compared with the published one. No mineral has a term of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from oreline.model import InputError
from oreline.reference import kept_by_tables
from oreline.stress._calibration import BASE_YEAR, Fit, fit_of, loss_of_cut_musd
from oreline.stress._lists import gdp_effects
from oreline.stress._model_arrays import Floats
from oreline.stress._reliance import import_reliances
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._us_use import us_use

SECTORS: Final[Mapping[str, tuple[str, ...]]] = {
    "electronics": ("334", "335"),
    "machines and vehicles": ("333", "3361MV", "3364OT"),
    "metals": ("331", "332"),
}
"""Groups of BEA's summary industries; what is in none of them is the base of the regression."""


@dataclass(frozen=True, slots=True)
class PsiCase:
    """A mineral with its psi and what may predict it; what is not published is None, never zero.

    Parameters
    ----------
    reliance
        Net import reliance as a part of use, of bounds their middle; of a net exporter 0.
    spent_musd, price_usd_per_t
        Of the base year.
    """

    fit: Fit
    reliance: float | None
    spent_musd: float | None
    price_usd_per_t: float | None

    def sector(self, name: str) -> float:
        """Return the part of the use that a group of industries has."""
        return math.fsum(share for code, share in self.fit.uses if code in SECTORS[name])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mineral predicted from the others.

    ``predicted_musd`` is its loss with the predicted psi, ``middle_musd`` with the median psi of
    the others, ``own_musd`` with its own.
    """

    mineral: str
    psi: float
    predicted_psi: float
    published_musd: float
    predicted_musd: float
    middle_musd: float
    own_musd: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a column of losses agrees with the published one."""

    spearman: float
    median_log10_error: float


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """All minerals predicted, each from the others, and how that agrees with what is published."""

    rows: tuple[LeftOut, ...]
    by_regression: Agreement
    by_median: Agreement
    by_own: Agreement


@kept_by_tables
def psi_cases() -> tuple[tuple[PsiCase, ...], Mapping[str, str]]:
    """Return every mineral with a published loss, and for the others why they are left aside."""
    cases, aside = [], {}
    for mineral, effect in gdp_effects().items():
        if not effect.largest_musd:
            aside[mineral] = "no loss is published, or none above zero"
            continue
        try:
            scenario, _ = reference_scenario(mineral)
        except InputError:
            aside[mineral] = "no table has its producers"
            continue
        if scenario.economy is None:
            aside[mineral] = "no table says which industries use it"
            continue
        fit = fit_of(scenario)
        if fit is None:
            aside[mineral] = "nothing falls short in the largest disruption"
            continue
        cases.append(_case(fit))
    return tuple(cases), aside


def _case(fit: Fit) -> PsiCase:
    bounds = [one.published for one in import_reliances(fit.mineral, BASE_YEAR) if one.published]
    reliance = None
    if bounds and bounds[0].high is not None:
        reliance = (max(bounds[0].low, 0.0) + bounds[0].high) / 200
    known = us_use(fit.mineral, BASE_YEAR)
    use, price = known["use_t"], known["price_usd_per_t"]
    spent = None if use is None or price is None else use.value * price.value / 1e6
    return PsiCase(fit, reliance, spent, None if price is None else price.value)


def predicted_psi(cases: Sequence[PsiCase]) -> Floats:
    """Return psi of each mineral as the others have it; it is 1 at most.

    Ordinary least squares of log10 psi. A number that is not published takes the mean of the
    others', and a column of its own says that it is not.

    Raises
    ------
    InputError
        If there are not twice as many minerals as columns.
    """
    least = 2 * (1 + len(SECTORS) + 2 * _OPTIONAL)
    if len(cases) < least:
        raise InputError(f"{len(cases)} minerals are too few: a prediction takes {least}")
    columns = np.array([_columns(one) for one in cases])
    logs = np.log10([one.fit.psi for one in cases])
    found = np.empty(len(cases))
    for number in range(len(cases)):
        others = np.arange(len(cases)) != number
        x = _filled(columns, others)
        weights = np.linalg.lstsq(x[others], logs[others], rcond=None)[0]
        found[number] = min(1.0, 10 ** float(x[number] @ weights))
    return found


def leave_one_out(cases: Sequence[PsiCase]) -> LeaveOneOut:
    """Return each mineral predicted from the others; a cut above 20 % counts as 20 %."""
    predicted = predicted_psi(cases)
    every = np.array([one.fit.psi for one in cases])
    rows = []
    for number, case in enumerate(cases):
        fit, psi = case.fit, float(predicted[number])
        middle = float(np.median(np.delete(every, number)))
        rows.append(
            LeftOut(
                fit.mineral, fit.psi, psi, fit.published_musd,
                loss_with(fit, psi), loss_with(fit, middle), loss_with(fit, fit.psi),
            )
        )  # fmt: skip
    return LeaveOneOut(
        tuple(rows),
        agreement([(one.published_musd, one.predicted_musd) for one in rows]),
        agreement([(one.published_musd, one.middle_musd) for one in rows]),
        agreement([(one.published_musd, one.own_musd) for one in rows]),
    )


def loss_with(fit: Fit, psi: float) -> float:
    """Return the loss of the largest disruption with another psi, in million dollars."""
    return fit.priced_musd + loss_of_cut_musd(fit.uses, psi * fit.short)


def agreement(pairs: Sequence[tuple[float, float]]) -> Agreement:
    """Return rank correlation and median distance of (published, ours).

    A loss of ours that is none is infinitely far from one above zero.

    >>> agreement([(1.0, 10.0), (10.0, 100.0), (100.0, 1000.0)])
    Agreement(spearman=1.0, median_log10_error=1.0)
    """
    from scipy.stats import spearmanr

    published, ours = np.array(pairs).T
    away = [log10_error(one, other) for one, other in pairs]
    return Agreement(
        round(float(spearmanr(published, ours).statistic), 12), float(np.median(np.abs(away)))
    )


def log10_error(published: float, ours: float) -> float:
    """Return how many powers of ten ours lies above the published number."""
    return math.log10(ours / published) if ours > 0 else -math.inf


_OPTIONAL: Final = 3
"""Columns whose numbers are not published of each mineral; they come last."""


def _columns(case: PsiCase) -> list[float]:
    spent, price = case.spent_musd, case.price_usd_per_t
    return [
        1.0,
        *(case.sector(one) for one in SECTORS),
        math.nan if case.reliance is None else case.reliance,
        math.log10(spent) if spent else math.nan,
        math.log10(price) if price else math.nan,
    ]


def _filled(x: Floats, others: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Return the columns with the means of the others where nothing is published, and where."""
    is_missing = np.isnan(x[:, -_OPTIONAL:])
    filled = x.copy()
    for column in range(x.shape[1] - _OPTIONAL, x.shape[1]):
        values = x[others, column]
        known = values[~np.isnan(values)]
        mean = float(known.mean()) if known.size else 0.0
        filled[:, column] = np.where(np.isnan(x[:, column]), mean, x[:, column])
    return np.hstack([filled, is_missing.astype(np.float64)])
