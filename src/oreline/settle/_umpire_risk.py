"""How likely an assay goes to the umpire, and what the exchange may do to the money.

Two laboratories that analyse parts of one sample err independently. Their difference is normal
with u² = u_seller² + u_buyer², so that it exceeds the splitting limit with the probability
2·Φ(-limit / u). Limits are often set without that estimate (Esbensen and Vogel, LBMA Alchemist
110).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from oreline.model import PPT_PER_UNIT, InputError
from oreline.settle._exchange_rule import EXACT, AnalyteRule, UmpireVariant
from oreline.settle._exchange_terms import exchange_rule
from oreline.settle._measured_inputs import measured_inputs
from oreline.settle._money_spread import money_spread
from oreline.settle._settle import Settling

Floats = npt.NDArray[np.float64]
DRAWS = 200_000
"""Exchanges that are played to find the swing."""
SIDES = ("seller", "buyer")


@dataclass(frozen=True, slots=True)
class UmpireRisk:
    """What may become of one analyte of a lot in its exchange.

    Grades and limits are in % of dry mass. ``probability`` that the results lie too far apart.
    ``swing`` is the expected absolute difference, in money, between what the umpire makes of it and
    the mean of the parties, where it comes to that; ``spread`` the standard deviation of the value
    by this exchange as a whole. What is None is UNKNOWN, and ``why`` says why.
    """

    lot: str
    analyte: str
    grade_pct: Decimal | None
    limit_pct: Decimal | None
    u_seller_pct: Decimal | None
    u_buyer_pct: Decimal | None
    probability: float | None
    per_pct: float | None
    swing: float | None
    spread: float | None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the risk as JSON; numbers are decimal text."""
        grades = ("grade_pct", "limit_pct", "u_seller_pct", "u_buyer_pct")
        money = ("per_pct", "swing", "spread")
        chance = self.probability
        return {
            "lot": self.lot,
            "analyte": self.analyte,
            **{name: _text(getattr(self, name), "f") for name in grades},
            "probability": None if chance is None else f"{chance:.4f}",
            **{name: _text(getattr(self, name), ".2f") for name in money},
            "why": self.why,
        }


def _text(value: Decimal | float | None, form: str) -> str | None:
    return None if value is None else f"{value:{form}}"


def umpire_probability(u_seller: Decimal, u_buyer: Decimal, limit: Decimal) -> float:
    """Return how likely two independent results differ by more than a limit.

    All three in one unit. A difference equal to the limit is within it.

    >>> round(umpire_probability(Decimal("0.10"), Decimal("0.10"), Decimal("0.30")), 4)
    0.0339
    """
    if min(u_seller, u_buyer, limit) < 0:
        raise InputError("uncertainties and limits are zero or more")
    u = float(u_seller * u_seller + u_buyer * u_buyer) ** 0.5
    return 0.0 if u == 0 else 2 * NormalDist().cdf(-float(limit) / u)


def umpire_chances(u_of_assay: float, u_of_analysis: float, limit_pct: Decimal) -> dict[str, str]:
    """Return how often a sampling plan sends a lot to the umpire, all in % of the element.

    ``own_samples`` where each party samples the lot by the plan, so that both errors of sampling
    are in the difference; ``one_sample`` where both analyse parts of one sample, so that only their
    analyses are. The second is rarer, and hides what the first shows.

    >>> umpire_chances(0.10, 0.03, Decimal("0.30"))["own_samples"]
    '0.0339'
    """
    whole, bare = Decimal(repr(u_of_assay)), Decimal(repr(u_of_analysis))
    return {
        "limit_pct": f"{limit_pct:f}",
        "own_samples": f"{umpire_probability(whole, whole, limit_pct):.4f}",
        "one_sample": f"{umpire_probability(bare, bare, limit_pct):.4f}",
    }


def umpire_risks(
    asked: Settling,
    *,
    u_umpire_pct: Decimal | None = None,
    u_assumed_pct: dict[str, Decimal] | None = None,
    seed: int = 20250902,
) -> tuple[UmpireRisk, ...]:
    """Return the risk of each lot and analyte that the contract exchanges.

    Parameters
    ----------
    asked
        What is settled; its best known grade is the one that the statement uses.
    u_umpire_pct
        Standard uncertainty of the umpire; by default the smaller of the parties'.
    u_assumed_pct
        By analyte, an uncertainty for a party whose result is not there yet or states none, such
        as that of a sampling plan.
    seed
        Of the exchanges that are played.
    """
    rule = exchange_rule(asked.contract)
    if rule is None or rule.sole is not None:
        return ()
    worth = {
        (one.lot, one.analyte): one.sensitivity
        for one in money_spread(asked).contributions
        if one.kind == "assay"
    }
    stated = {(one.lot, one.of, one.analyte): one for one in measured_inputs(asked)}
    grades = {
        (lot.lot, name): grade.pct
        for lot in asked.figures().lots
        for name, grade in lot.grades.items()
    }
    found = []
    for lot in asked.parcel.lots:
        for analyte in rule.analytes:
            key = (lot.lot, analyte.analyte)
            sides = [stated.get((lot.lot, side, analyte.analyte)) for side in SIDES]
            assumed = (u_assumed_pct or {}).get(analyte.analyte)
            us = [assumed if one is None or one.u is None else one.u for one in sides]
            played = _Played(rule.variant, u_umpire_pct, seed)
            found.append(_risk(key, analyte, grades.get(key), us, worth.get(key, 0.0), played))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Played:
    """How the exchanges are played."""

    variant: UmpireVariant | None
    u_umpire_pct: Decimal | None
    seed: int


def _risk(
    key: tuple[str, str],
    analyte: AnalyteRule,
    grade: Decimal | None,
    us: list[Decimal | None],
    per_pct: float,
    played: _Played,
) -> UmpireRisk:
    limit = None if grade is None else _limit_pct(analyte, grade)
    u_seller, u_buyer = us
    reasons = []
    if grade is None:
        reasons.append("its grade is not known")
    elif limit is None:
        reasons.append("the contract has no splitting limit for this grade")
    if u_seller is None or u_buyer is None:
        names = [side for side, u in zip(SIDES, us, strict=True) if u is None]
        reasons.append(f"no uncertainty is known of the {' and the '.join(names)}'s result")
    if reasons or limit is None or u_seller is None or u_buyer is None:
        why = "; ".join(reasons)
        return UmpireRisk(*key, grade, limit, u_seller, u_buyer, None, per_pct, None, None, why)
    chance = umpire_probability(u_seller, u_buyer, limit)
    if played.variant is None:
        why = "the contract does not say what settles results beyond the limit"
        return UmpireRisk(*key, grade, limit, u_seller, u_buyer, chance, per_pct, None, None, why)
    swing_pct, spread_pct = _play(float(u_seller), float(u_buyer), float(limit), played)
    swing, spread = abs(per_pct) * swing_pct, abs(per_pct) * spread_pct
    return UmpireRisk(*key, grade, limit, u_seller, u_buyer, chance, per_pct, swing, spread)


def _limit_pct(analyte: AnalyteRule, grade_pct: Decimal) -> Decimal | None:
    """Return the splitting limit at a grade, both in % of dry mass."""
    with localcontext(EXACT):
        per_pct = Decimal(PPT_PER_UNIT["%"]) / Decimal(PPT_PER_UNIT[analyte.unit])
        grade = grade_pct * per_pct
        found = next((one.limit for one in analyte.limits if one.covers(grade)), None)
        return None if found is None else found / per_pct


def _play(u_seller: float, u_buyer: float, limit: float, played: _Played) -> tuple[float, float]:
    """Return the expected swing beyond the limit, and the standard deviation of what settles."""
    u_umpire = min(u_seller, u_buyer) if played.u_umpire_pct is None else float(played.u_umpire_pct)
    generator = np.random.Generator(np.random.Philox(played.seed))
    seller, buyer, umpire = (
        u * generator.standard_normal(DRAWS) for u in (u_seller, u_buyer, u_umpire)
    )
    mean = (seller + buyer) / 2
    assert played.variant is not None
    beyond = np.abs(seller - buyer) > limit
    outcome = np.where(beyond, _SETTLED[played.variant](seller, buyer, umpire), mean)
    swing = float(np.abs(outcome - mean)[beyond].mean()) if beyond.any() else 0.0
    return swing, float(outcome.std())


def _middle(seller: Floats, buyer: Floats, umpire: Floats) -> Floats:
    return np.clip(umpire, np.minimum(seller, buyer), np.maximum(seller, buyer))


def _with_nearer(seller: Floats, buyer: Floats, umpire: Floats) -> Floats:
    # A tie has no weight among real numbers, so that the rule for ties does not matter here.
    nearer = np.where(np.abs(umpire - seller) <= np.abs(umpire - buyer), seller, buyer)
    mean: Floats = (umpire + nearer) / 2
    return mean


def _binding(seller: Floats, buyer: Floats, umpire: Floats) -> Floats:
    return umpire


def _sellers(seller: Floats, buyer: Floats, umpire: Floats) -> Floats:
    return seller


_SETTLED: dict[UmpireVariant, Callable[[Floats, Floats, Floats], Floats]] = {
    UmpireVariant.BETWEEN_OR_NEARER: _middle,
    UmpireVariant.MIDDLE: _middle,
    UmpireVariant.MEAN_WITH_NEARER: _with_nearer,
    UmpireVariant.BINDING: _binding,
    UmpireVariant.SELLER: _sellers,
}
