r"""Supply risk and economic importance by the European Commission's method, over arrays.

.. math::

   HHI = \sum_c S_c^2 W_c t_c, \qquad
   SR = \left[HHI_{GS} \tfrac{IR}{2} + HHI_{EU} (1 - \tfrac{IR}{2})\right]
        (1 - EoL_{RIR}) SI_{SR}

.. math::

   EI = \frac{10}{\max_s Q_s} \sum_s A_s Q_s \, SI_{EI}

Source: Guidelines of 2017 (doi:10.2873/769526), study of 2023 (doi:10.2873/725585). Shares, rates
and reliance are fractions here; governance W is on the scale 0 (best) to 10 (worst).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from oreline.model import InputError
from oreline.stress._concentration import Bounds

Numbers: TypeAlias = float | Sequence[float] | npt.NDArray[np.float64]

SUPPLY_RISK_MIN: Final = 1.0
"""Supply risk at and above which a material may be critical, in all three studies."""
IMPORTANCE_MIN: Final = 2.8
"""Economic importance at and above which a material may be critical, in all three studies."""
GOVERNANCE_WORST: Final = 10.0
GOVERNANCE_DEFAULT: Final = 5.0
"""What the studies' users put where no indicator is published (Taiwan); always shown as assumed."""
SHARES_SUM_MAX: Final = 1.05
"""Shares printed in rounded percent may sum to a little above one, not to more than this."""


def governance_weight(mean_of_six: Numbers) -> npt.NDArray[np.float64]:
    """Give W of the mean of the six governance estimates: (2.5 - mean) x 2, held to 0 to 10.

    Where the estimate is missing (NaN) so is the weight.

    Examples
    --------
    >>> governance_weight([2.5, 0.0, -3.0]).tolist()
    [0.0, 5.0, 10.0]
    """
    return np.clip((2.5 - np.asarray(mean_of_six, dtype=np.float64)) * 2, 0.0, GOVERNANCE_WORST)


def hhi_wgi_t(shares: Numbers, governance: Numbers, trade: Numbers) -> npt.NDArray[np.float64]:
    """Give the index of concentration weighted by governance and trade, along the last axis.

    Parameters
    ----------
    shares
        Shares of countries, 0 to 1.
    governance
        W of each, 0 to 10.
    trade
        Trade parameter t of each: 0.8 within the Union, 1.0, up to 1.5 where exports are barred.

    Raises
    ------
    InputError
        If a share is negative, shares sum to more than 1.05, W is outside 0 to 10, t is not above
        zero, or a number is missing: a missing one is never zero.

    Examples
    --------
    >>> hhi_wgi_t([0.6, 0.4], [6.0, 2.0], [1.1, 0.8]).round(6).item()
    2.632
    """
    share, weight, factor = np.broadcast_arrays(
        *(np.asarray(given, dtype=np.float64) for given in (shares, governance, trade))
    )
    wrong = []
    if not np.all(np.isfinite(share) & np.isfinite(weight) & np.isfinite(factor)):
        wrong.append("a share, a governance weight or a trade parameter is missing")
    if np.any(share < 0):
        wrong.append("a share is negative")
    sums = share.sum(axis=-1)
    if np.any(sums > SHARES_SUM_MAX):
        wrong.append(f"shares sum to {float(np.max(sums)):.4g}, more than {SHARES_SUM_MAX}")
    if np.any((weight < 0) | (weight > GOVERNANCE_WORST)):
        wrong.append("a governance weight is outside 0 to 10")
    if np.any(factor <= 0):
        wrong.append("a trade parameter is not above zero")
    if wrong:
        raise InputError("the weighted index cannot be computed: " + "; ".join(wrong))
    index: npt.NDArray[np.float64] = np.asarray((share**2 * weight * factor).sum(axis=-1))
    return index


def supply_risk(
    hhi_global: Numbers,
    hhi_eu: Numbers,
    import_reliance: Numbers,
    eol_rir: Numbers,
    si_sr: Numbers,
) -> npt.NDArray[np.float64]:
    """Give SR, element by element; NaN stands for what is missing.

    With one side of supply missing the other counts alone, whatever the reliance. With both, the
    reliance must be known: at 100 % each side weighs half, at 0 % the Union's sourcing alone.

    Examples
    --------
    >>> supply_risk(7.1, 5.7, 1.0, 0.28, 0.9).round(3).item()
    4.147
    >>> supply_risk(2.4, float("nan"), float("nan"), 0.0, 1.0).item()
    2.4
    """
    world, union, reliance, recycled, substitution = np.broadcast_arrays(
        *(
            np.asarray(given, dtype=np.float64)
            for given in (hhi_global, hhi_eu, import_reliance, eol_rir, si_sr)
        )
    )
    wrong = []
    if np.any(world < 0) or np.any(union < 0):
        wrong.append("a weighted index is negative")
    if np.any((reliance < 0) | (reliance > 1)):
        wrong.append("an import reliance is outside 0 to 1")
    if np.any((recycled < 0) | (recycled > 1)):
        wrong.append("a recycling rate is outside 0 to 1")
    if np.any(substitution < 0):
        wrong.append("a substitution index is negative")
    if wrong:
        raise InputError("the supply risk cannot be computed: " + "; ".join(wrong))
    both = world * reliance / 2 + union * (1 - reliance / 2)
    index = np.where(np.isnan(union), world, np.where(np.isnan(world), union, both))
    risk: npt.NDArray[np.float64] = np.asarray(index * (1 - recycled) * substitution)
    return risk


def supply_risk_bounds(
    hhi_global: Bounds | None,
    hhi_eu: Bounds | None,
    import_reliance: Bounds | None,
    eol_rir: Bounds | None,
    si_sr: Bounds,
) -> Bounds | None:
    """Give the least and the most of SR over everything that its inputs leave open.

    SR is linear in each input, so its ends are at corners. A missing reliance is anything from 0 to
    1, a missing recycling rate too; with neither side of supply there is no answer.

    Examples
    --------
    >>> supply_risk_bounds(Bounds(2.0, 2.0), Bounds(1.0, 1.0), None, Bounds(0, 0), Bounds(1, 1))
    Bounds(low=1.0, high=1.5)
    """
    if hhi_global is None and hhi_eu is None:
        return None
    whole = Bounds(0.0, 1.0)
    sides = [(float("nan"),) if one is None else _ends(one) for one in (hhi_global, hhi_eu)]
    is_one_sided = hhi_global is None or hhi_eu is None
    reliance = (float("nan"),) if is_one_sided else _ends(import_reliance or whole)
    corners = np.array(
        list(product(*sides, reliance, _ends(eol_rir or whole), _ends(si_sr))), dtype=np.float64
    )
    risks = supply_risk(*corners.T)
    return Bounds(float(risks.min()), float(risks.max()))


def economic_importance(
    shares: Numbers,
    value_added: Numbers,
    *,
    largest: float,
    si_ei: float = 1.0,
) -> float:
    """Give EI of the shares of end uses and the value added of the sectors that make them.

    Parameters
    ----------
    shares
        Shares of end uses, 0 to 1.
    value_added
        Value added of the two-digit NACE sector of each, in one unit.
    largest
        The largest value added of any manufacturing sector, in that unit.
    si_ei
        Index of substitution of importance.

    Raises
    ------
    InputError
        If a share is negative or missing, shares sum to more than 1.05, a value added is missing,
        negative or above the largest, or the index is negative.

    Examples
    --------
    >>> round(economic_importance([0.5, 0.5], [102_100, 204_200], largest=204_200, si_ei=0.9), 3)
    6.75
    """
    share, value = np.broadcast_arrays(
        np.asarray(shares, dtype=np.float64), np.asarray(value_added, dtype=np.float64)
    )
    wrong = []
    if not np.all(np.isfinite(share)) or np.any(share < 0):
        wrong.append("a share is missing or negative")
    if float(share.sum()) > SHARES_SUM_MAX:
        wrong.append(f"shares sum to {float(share.sum()):.4g}, more than {SHARES_SUM_MAX}")
    if not largest > 0 or not np.all((value >= 0) & (value <= largest)):
        wrong.append("a value added is missing, negative or above the largest")
    if not si_ei >= 0:
        wrong.append("the substitution index is negative")
    if wrong:
        raise InputError("the economic importance cannot be computed: " + "; ".join(wrong))
    return float((share * value).sum()) * si_ei * 10 / largest


@dataclass(frozen=True, slots=True)
class WeightedShare:
    """One country's share with its weights, each between ends where it is rounded or assumed."""

    name: str
    share: Bounds
    governance: Bounds
    trade: float


def hhi_bounds(suppliers: Iterable[WeightedShare]) -> Bounds | None:
    """Give the least and the most of the weighted index over rounded and assumed inputs.

    Each term grows in the share and in W, so both ends are sums of ends. None where nobody is
    named. Countries that nobody lists count for nothing in either end, as in the studies.

    Examples
    --------
    >>> one = WeightedShare("CHN", Bounds(0.55, 0.65), Bounds(6.0, 6.0), 1.1)
    >>> found = hhi_bounds([one])
    >>> round(found.low, 4), round(found.high, 4)
    (1.9965, 2.7885)
    """
    every = list(suppliers)
    if not every:
        return None
    low = sum(one.share.low**2 * one.governance.low * one.trade for one in every)
    ends = ((_ends(one.share)[1], _ends(one.governance)[1], one.trade) for one in every)
    return Bounds(low, sum(share**2 * weight * trade for share, weight, trade in ends))


def _ends(bounds: Bounds) -> tuple[float, float]:
    assert bounds.high is not None, "inputs of the method are bounded"
    return bounds.low, bounds.high


def rounded_to(value: float, step: float, *, least: float = 0.0, most: float = np.inf) -> Bounds:
    """Give what a number printed in steps can have been before it was rounded.

    >>> rounded_to(0.04, 0.01), rounded_to(1.0, 0.01, most=1.0)
    (Bounds(low=0.035, high=0.045), Bounds(low=0.995, high=1.0))
    """
    ends = max(value - step / 2, least), min(value + step / 2, most)
    return Bounds(float(round(ends[0], 12)), float(round(ends[1], 12)))


def is_critical(supply_risk: float | None, importance: float | None) -> str:
    """Say whether a material is critical by both thresholds: yes, no, or UNKNOWN.

    Thresholds are held against results as printed, with one decimal, as the studies do. One result
    below its threshold settles it; what is missing settles nothing.

    >>> is_critical(1.0, 2.8), is_critical(0.9, None), is_critical(1.8, None)
    ('yes', 'no', 'UNKNOWN')
    """
    given = ((supply_risk, SUPPLY_RISK_MIN), (importance, IMPORTANCE_MIN))
    if any(value is not None and round(value, 1) < least for value, least in given):
        return "no"
    return "yes" if all(value is not None for value, _ in given) else "UNKNOWN"
