"""A scenario run: outcomes as its numbers are given, and over the ranges of what is assumed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from oreline.model import Basis, InputError, LimitExceededError, OrderedMap
from oreline.stress._blocks import BLOCK, Block, Kept, Progress, blocks_of, in_threads, outcomes_of
from oreline.stress._damage import DamageCurve, damage_curve
from oreline.stress._gdp_terms import BOUNDS, TERMS, GdpTerms, Spending, gdp_terms
from oreline.stress._industries import accounts, detailed, level_of
from oreline.stress._inputs import arrays_of, as_given, drawn_inputs
from oreline.stress._model_arrays import P_OTHERS, Q_OTHERS, Floats, ModelArrays, P, Q
from oreline.stress._risk import LossRisk, MarketRisk, loss_risk, market_risk
from oreline.stress._scenario import Scenario

SCENARIOS_MAX: Final = 20_000_000
SETS_MAX: Final = 1_000
CUT_LEAST: Final = 1e-3
"""A damage curve reaches to this cut at least: smaller ones are lost in rounding."""
LEAST_MUSD: Final = 1e-6
"""An industry that loses less than this many million dollars loses nothing."""
BAND: Final = (0.1, 0.5, 0.9)
"""The quantiles over drawn inputs that a range is told by."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How much is computed.

    Parameters
    ----------
    scenarios
        Drawn with the numbers as they are given.
    sets
        How often the numbers with a range are drawn; 0: not at all.
    scenarios_per_set
        Drawn with each.
    seed
        The key of all random numbers.
    is_detailed
        Whether losses are computed over BEA's 402 industries of 2017 instead of 71 of 2023.
    """

    scenarios: int = 100_000
    sets: int = 40
    scenarios_per_set: int = 10_000
    seed: int = 1
    is_detailed: bool = False

    def __post_init__(self) -> None:
        if self.scenarios < 1 or self.scenarios_per_set < 1 or self.sets < 0:
            raise InputError("a run has at least one scenario, and no number of sets below 0")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"the seed is 0 to {2**63 - 1}, not {self.seed}")
        if self.total > SCENARIOS_MAX or self.sets > SETS_MAX:
            raise LimitExceededError(
                f"{self.total:,} scenarios in {self.sets:,} sets are more than SCENARIOS_MAX "
                f"({SCENARIOS_MAX:,}) in SETS_MAX ({SETS_MAX:,})"
            )

    @property
    def total(self) -> int:
        """Return how many scenarios there are together."""
        return self.scenarios + self.sets * self.scenarios_per_set


@dataclass(frozen=True, slots=True)
class Range:
    """A result: with the numbers as given, and where drawn inputs put it in 80 of 100 cases."""

    given: float
    low: float
    middle: float
    high: float

    def to_json(self) -> dict[str, float]:
        """Return it as plain values."""
        return {"given": self.given, "low": self.low, "middle": self.middle, "high": self.high}


@dataclass(frozen=True, slots=True, eq=False)
class SetResult:
    """The measures of one set of inputs; losses by bound, None without an economy.

    ``industries`` has the mean loss of each industry: direct, and by QP.
    """

    values: Mapping[str, float]
    market: MarketRisk
    losses: Mapping[str, LossRisk] | None
    industries: tuple[Floats, Floats] | None = None


@dataclass(frozen=True, slots=True)
class IndustryLoss:
    """The expected loss of an industry's value added in a year, million dollars."""

    code: str
    direct_musd: Range
    qp_musd: Range


@dataclass(frozen=True, slots=True, eq=False)
class Disruption:
    """What a scenario run found.

    Parameters
    ----------
    central
        With the numbers as given; ``drawn`` with numbers drawn from their ranges.
    outcomes
        By scenario, the columns of :mod:`oreline.stress._model_arrays`.
    terms
        The terms of the change of product by scenario, None without an economy.
    is_stopped
        Whether somebody ended it before all was done; the scenarios told are those that were.
    """

    scenario: Scenario
    settings: RunSettings
    central: SetResult
    drawn: tuple[SetResult, ...]
    arrays: ModelArrays
    outcomes: Floats
    terms: GdpTerms | None
    curve: DamageCurve | None
    is_stopped: bool = False
    notes: tuple[str, ...] = field(default=())

    def ranged(self, name: str) -> Range | None:
        """Return a measure with its range: a name of :data:`MEASURES`, or ``bound.measure``."""
        given = measure(self.central, name)
        if given is None:
            return None
        drawn = [one for each in self.drawn if (one := measure(each, name)) is not None]
        ends = np.quantile(drawn, BAND) if drawn else np.full(3, given)
        return Range(given, *(float(one) for one in ends))

    def industries(self) -> tuple[IndustryLoss, ...]:
        """Return what each industry is expected to lose, by QP the largest first."""
        given = self.central.industries
        if given is None or self.curve is None:
            return ()
        sets = [one.industries for one in self.drawn if one.industries is not None] or [given]
        ends = [np.quantile([one[way] for one in sets], BAND, axis=0) for way in (0, 1)]
        found = [
            IndustryLoss(
                code,
                *(Range(float(given[way][n]), *(float(each) for each in ends[way][:, n]))
                  for way in (0, 1)),
            )
            for n, code in enumerate(self.curve.codes)
            if abs(given[1][n]) > LEAST_MUSD or given[0][n] > LEAST_MUSD
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (-one.qp_musd.given, one.code)))

    @property
    def assumed(self) -> Mapping[str, Any]:
        """Return the assumed numbers that the result rests on, by place."""
        return {
            key: one.to_json()
            for key, one, _ in self.scenario.numbers()
            if one.basis is Basis.ASSUMED
        }

    def mean_terms(self) -> Mapping[str, float]:
        """Return the mean of each term over scenarios in million dollars; the last by QP."""
        if self.terms is None:
            return {}
        t = self.terms
        rows = (t.cut, t.pay_more, t.make_more, t.paid_more, t.downstream[BOUNDS.index("qp")])
        return {name: float(row.mean()) for name, row in zip(TERMS, rows, strict=True)}


MEASURES: Final = (
    "price_mean", "price_p50", "price_p95", "shortfall_mean", "shortfall_probability",
)  # fmt: skip


def measure(found: SetResult, name: str) -> float | None:
    """Return one number of a set's result."""
    bound, _, of = name.partition(".")
    if of:
        return None if found.losses is None else float(getattr(found.losses[bound], of))
    if name.startswith("price_p"):
        from oreline.stress._risk import FAN

        return found.market.price_fan[FAN.index(int(name[7:]) / 100)]
    return float(getattr(found.market, name))


def spending_of(scenario: Scenario, values: Mapping[str, float]) -> Spending:
    """Return what the country spends and earns with these numbers."""
    economy = scenario.economy
    assert economy is not None, "asked of a scenario with an economy"
    price = values.get("economy.price_usd_per_t")
    use, own = values.get("economy.use_t"), values.get("economy.domestic_t")
    known = price is not None and use is not None and own is not None
    return Spending(
        use * price / 1e6 if known and use is not None and price is not None else None,
        own * price / 1e6 if known and own is not None and price is not None else None,
        values["economy.domestic_elasticity"],
        values["economy.psi"],
    )


def curve_of(
    scenario: Scenario, most: float, *, is_detailed: bool, progress: Progress | None = None
) -> DamageCurve:
    """Return the damage curve of a scenario's uses, up to a cut."""
    assert scenario.economy is not None, "asked of a scenario with an economy"
    uses = {one.industry: one.share.value for one in scenario.economy.uses}
    level = level_of(tuple(uses))
    if not level:
        raise InputError(
            f"the uses {', '.join(sorted(uses))} mix codes of BEA's summary and detail tables: "
            "write those of one of them"
        )
    if is_detailed and level == "71":
        level, uses = "402", detailed(uses)
    return damage_curve(accounts(level), uses, max(most, CUT_LEAST), progress)


def disrupt(
    scenario: Scenario,
    settings: RunSettings | None = None,
    *,
    each: OrderedMap = in_threads,
    progress: Progress | None = None,
    keep: Path | None = None,
) -> Disruption:
    """Run a scenario.

    Parameters
    ----------
    each
        What maps over blocks of scenarios; the result is the same whatever it is.
    progress
        Told what is done and how much of it there is.
    keep
        A file that finished blocks are kept in: the run goes on from it, and refuses one of
        another input.
    """
    how = settings or RunSettings()
    inputs = [as_given(scenario)]
    inputs += [drawn_inputs(scenario, how.seed, number) for number in range(how.sets)]
    counts = [how.scenarios] + [how.scenarios_per_set] * how.sets
    arrays = [arrays_of(scenario, values) for values in inputs]
    cut = [list(blocks_of(one, how.seed, n)) for one, n in zip(arrays, counts, strict=True)]
    blocks = [block for of_set in cut for block in of_set]
    kept = None if keep is None else Kept(keep, _question(blocks))
    done = outcomes_of(blocks, each, kept, progress)
    curve = None
    if scenario.economy is not None:
        most = max(values["economy.psi"] for values in inputs)
        curve = curve_of(scenario, min(most, most_cut(scenario)), is_detailed=how.is_detailed,
                         progress=progress)  # fmt: skip
    first = np.concatenate(done[: len(cut[0])])
    terms = terms_of(scenario, curve, inputs[0], first)
    central = _set_result(scenario, inputs[0], first, terms, curve)
    drawn, at = [], len(cut[0])
    for values, of_set in zip(inputs[1:], cut[1:], strict=True):
        if at + len(of_set) <= len(done):
            found = np.concatenate(done[at : at + len(of_set)])
            made = terms_of(scenario, curve, values, found)
            drawn.append(_set_result(scenario, values, found, made, curve))
        at += len(of_set)
    return Disruption(
        scenario, how, central, tuple(drawn), arrays[0], first, terms, curve,
        len(done) < len(blocks),
    )  # fmt: skip


def most_cut(scenario: Scenario) -> float:
    """Return the cut at which the industry with the largest share of use stands still."""
    assert scenario.economy is not None, "asked of a scenario with an economy"
    return 1 / max(one.share.value for one in scenario.economy.uses)


def _question(blocks: list[Block]) -> str:
    """Return what stands for all that the outcomes depend on."""
    digest = hashlib.sha256(f"block {BLOCK}".encode())
    for block in blocks:
        digest.update(f"{block.seed} {block.start} {block.count}".encode())
        if block.start == 0:
            for one in block.arrays:
                digest.update(np.ascontiguousarray(one).tobytes())
    return digest.hexdigest()


def terms_of(
    scenario: Scenario, curve: DamageCurve | None, values: Mapping[str, float], found: Floats
) -> GdpTerms | None:
    """Return the terms of the change of product of outcomes, None without an economy."""
    if curve is None:
        return None
    return gdp_terms(curve, spending_of(scenario, values), found[:, Q], found[:, P])


def _set_result(
    scenario: Scenario,
    values: Mapping[str, float],
    found: Floats,
    terms: GdpTerms | None,
    curve: DamageCurve | None,
) -> SetResult:
    losses = industries = None
    if terms is not None and curve is not None:
        short = np.maximum(0.0, 1 - found[:, Q])
        industries = curve.mean_by_industry(values["economy.psi"] * short)
        losses = {bound: loss_risk(row) for bound, row in zip(BOUNDS, terms.loss, strict=True)}
    stages = tuple(one.id for one in scenario.stages)
    return SetResult(values, market_risk(found, stages), losses, industries)


def others_risk(found: Disruption) -> tuple[float, float]:
    """Return the mean quantity and price of those whom no restriction is aimed at."""
    return float(found.outcomes[:, Q_OTHERS].mean()), float(found.outcomes[:, P_OTHERS].mean())
