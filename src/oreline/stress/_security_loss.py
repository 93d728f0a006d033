"""What each budget changes in the importer's expected loss and tail, by the disruption model.

For each mineral the scenario of the shipped tables runs as it is, and with the partnership as one
more producer in its country, at the least and at the most of what counts. Both runs see the same
events and the same drawn inputs (common random numbers), so that a difference is of the partnership
alone; its standard error is that of paired scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from oreline.model import Basis, InputError, OrderedMap
from oreline.stress._blocks import blocks_of, in_threads, outcomes_of
from oreline.stress._bottleneck import CountedSupply
from oreline.stress._concentration import Bounds
from oreline.stress._damage import DamageCurve
from oreline.stress._gdp_terms import BOUNDS
from oreline.stress._inputs import arrays_of, as_given, drawn_inputs
from oreline.stress._model_arrays import Floats, P, Q
from oreline.stress._risk import LEVEL, loss_risk
from oreline.stress._run import BAND, RunSettings, curve_of, most_cut, terms_of
from oreline.stress._scenario import Given, Producer, Scenario
from oreline.stress._scenario_reference import reference_scenario
from oreline.stress._security import Security
from oreline.stress._world_supply import world_supply

LOSS_SETTINGS: Final = RunSettings(scenarios=20_000, sets=20, scenarios_per_set=5_000)
"""Enough for differences: events are the same on both sides."""
STAGE_OF: Final = {
    "concentrate": "mine", "refined": "refining", "metal": "metal", "magnet": "magnet",
}  # fmt: skip
"""The model's stage of a stage at which supply counts."""
PLANT: Final = "partnership"
Shares = Mapping[str, float]
Sample = Mapping[tuple[str, str, str], Floats]
"""By quantity, bound and unit, a number for each scenario."""


@dataclass(frozen=True, slots=True)
class Difference:
    """After less before: with the numbers as given and its standard error, and as drawn."""

    given: float
    standard_error: float
    low: float
    middle: float
    high: float

    @property
    def is_below_error(self) -> bool:
        """Return whether it is not nought and still no larger than its standard error."""
        return 0 < abs(self.given) <= self.standard_error

    def to_json(self) -> dict[str, float]:
        """Return it as plain values."""
        return {
            "given": self.given,
            "standard_error": self.standard_error,
            "low": self.low,
            "middle": self.middle,
            "high": self.high,
        }


@dataclass(frozen=True, slots=True)
class LossChange:
    """A measure of a mineral before, and how it changes; below nought is safer.

    ``measure`` is ``expected`` or ``CVaR 95``; ``bound`` the way that industries are counted, where
    there is one. ``at_least`` and ``at_most`` are of the bounds of what counts.
    """

    mineral: str
    quantity: str
    measure: str
    bound: str
    unit: str
    before: Bounds
    at_least: Difference
    at_most: Difference

    @property
    def span(self) -> Bounds:
        """Return from where to where it lies over drawn inputs and both bounds of what counts."""
        both = (self.at_least, self.at_most)
        return Bounds(min(one.low for one in both), max(one.high for one in both))

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "mineral": self.mineral,
            "quantity": self.quantity,
            "measure": self.measure,
            "bound": self.bound or None,
            "unit": self.unit,
            "before": self.before.to_json(),
            "change": self.span.to_json(),
            "if_least_counts": self.at_least.to_json(),
            "if_most_counts": self.at_most.to_json(),
            "is_below_standard_error": self.at_most.is_below_error,
        }


@dataclass(frozen=True, slots=True)
class MineralLoss:
    """What a budget changes for a mineral; without changes ``unknown`` says why.

    ``added`` holds by stage of the model what part of world supply is added, between bounds.
    """

    mineral: str
    added: Mapping[str, Bounds]
    changes: tuple[LossChange, ...]
    unknown: str


@dataclass(frozen=True, slots=True)
class BudgetLoss:
    """What a budget changes, mineral by mineral; its amount in millions."""

    amount: float
    minerals: tuple[MineralLoss, ...]


@dataclass(frozen=True, slots=True)
class SecurityLoss:
    """What each budget changes in a country's losses from disruptions.

    ``notes`` are what a reader must know; ``assumed`` counts assumed numbers and all that the
    models rest on.
    """

    importer: str
    budgets: tuple[BudgetLoss, ...]
    settings: RunSettings
    assumed: tuple[int, int]
    notes: tuple[str, ...]

    @property
    def is_assumed(self) -> bool:
        """Return whether more than half of the models' numbers are assumed."""
        some, whole = self.assumed
        return 2 * some > whole

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each budget, mineral and measure; UNKNOWN minerals have one row."""
        rows = []
        for budget in self.budgets:
            for one in budget.minerals:
                head = {"budget_m": budget.amount, "mineral": one.mineral, "unknown": one.unknown}
                rows += [{**head, **_row(change)} for change in one.changes] or [head]
        return pl.DataFrame(rows, infer_schema_length=None)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "importer": self.importer,
            "scenarios": self.settings.scenarios,
            "input_sets": self.settings.sets,
            "seed": self.settings.seed,
            "range": "10th to 90th percentile over drawn inputs, and both bounds of what counts",
            "sign": "after less before: below nought is safer",
            "assumed_numbers": self.assumed[0],
            "numbers": self.assumed[1],
            "assumptions_dominate": self.is_assumed,
            "single_figures": None,
            "budgets": [
                {
                    "amount_m": budget.amount,
                    "minerals": [
                        {
                            "mineral": one.mineral,
                            "added_share": {k: v.to_json() for k, v in one.added.items()},
                            "unknown": one.unknown or None,
                            "changes": [change.to_json() for change in one.changes],
                        }
                        for one in budget.minerals
                    ],
                }
                for budget in self.budgets
            ],
            "notes": list(self.notes),
            "basis": "derived",
        }


def _row(one: LossChange) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "measure": one.measure,
        "bound": one.bound,
        "unit": one.unit,
        "before_low": one.before.low,
        "before_high": one.before.high,
        "change_low": one.span.low,
        "change_high": one.span.high,
        "change_standard_error": one.at_most.standard_error,
        "is_below_standard_error": one.at_most.is_below_error,
    }


def added_tonnes(counted: Sequence[CountedSupply]) -> dict[str, Bounds]:
    """Return what is added to world supply at each stage, in tonnes a year.

    What counts there, and what arrives at a later stage: that was made of ore of the partnership,
    and passed the stage in works of its own.
    """
    found: dict[str, Bounds] = {}
    later = Bounds(0.0, 0.0)
    for one in reversed(counted):
        assert one.counted_t.high is not None
        assert one.arrives_t.high is not None
        assert later.high is not None
        found[STAGE_OF[one.stage]] = Bounds(
            one.counted_t.low + later.low, one.counted_t.high + later.high
        )
        later = Bounds(later.low + one.arrives_t.low, later.high + one.arrives_t.high)
    return dict(reversed(found.items()))


def with_partnership(scenario: Scenario, country: str, shares: Shares) -> Scenario:
    """Return a scenario with one more producer, which has no room beyond what it makes.

    Parameters
    ----------
    shares
        By stage, what it makes as a part of world supply before.
    """
    stages = []
    for stage in scenario.stages:
        told = Given(shares.get(stage.id, 0.0), Basis.DERIVED, "what counts of the partnership")
        made = Producer(country, PLANT, told, told)
        stages.append(replace(stage, producers=(*stage.producers, made)))
    return replace(scenario, stages=tuple(stages))


@dataclass(frozen=True, slots=True, eq=False)
class LossModel:
    """A mineral's scenario with its inputs, as given first and then drawn, and its damage curve."""

    scenario: Scenario
    settings: RunSettings
    inputs: tuple[Mapping[str, float], ...]
    curve: DamageCurve | None

    def samples(
        self, scenario: Scenario, each: OrderedMap = in_threads, kept_t: float = 0.0
    ) -> tuple[Sample, ...]:
        """Return what happens in a variant of the scenario, for each set of inputs.

        Parameters
        ----------
        kept_t
            Tonnes a year that contracts keep for the country, whatever happens elsewhere.
        """
        how = self.settings
        counts = [how.scenarios, *[how.scenarios_per_set] * how.sets]
        cut = [
            list(blocks_of(arrays_of(scenario, values), how.seed, count))
            for values, count in zip(self.inputs, counts, strict=True)
        ]
        done = iter(outcomes_of([block for of_set in cut for block in of_set], each))
        found = []
        for values, of_set in zip(self.inputs, cut, strict=True):
            outcomes = np.concatenate([next(done) for _ in of_set])
            found.append(self._sample(values, kept_for_use(values, outcomes, kept_t)))
        return tuple(found)

    def _sample(self, values: Mapping[str, float], outcomes: Floats) -> Sample:
        short, price = np.maximum(0.0, 1 - outcomes[:, Q]), outcomes[:, P]
        found = {("shortfall", "", "% of US use"): 100 * short}
        if "economy.use_t" in values:
            found["shortfall", "", "t a year"] = short * values["economy.use_t"]
        found["price", "", "of the base price"] = price
        if "economy.price_usd_per_t" in values:
            found["price", "", "USD/t"] = price * values["economy.price_usd_per_t"]
        terms = terms_of(self.scenario, self.curve, values, outcomes)
        if terms is not None:
            for bound, row in zip(BOUNDS, terms.loss, strict=True):
                found["loss of US product", bound, "million USD a year"] = row
        return found


def kept_for_use(values: Mapping[str, float], outcomes: Floats, kept_t: float) -> Floats:
    """Return outcomes in which some of a country's use is met whatever happens elsewhere.

    What lacks is the shortfall of the market on the rest of its use, z (1 - K / U); prices are
    those of the market. Where its use in tonnes is UNKNOWN, nothing can be told of it.

    >>> told = kept_for_use({"economy.use_t": 200.0}, np.array([[0.75, 2.0]]), 100.0)
    >>> told[0, Q].item()
    0.875
    """
    use_t = values.get("economy.use_t")
    if not kept_t or not use_t:
        return outcomes
    found = outcomes.copy()
    found[:, Q] = 1.0 - np.maximum(0.0, 1.0 - outcomes[:, Q]) * (1.0 - min(1.0, kept_t / use_t))
    return found


def loss_model(scenario: Scenario, settings: RunSettings = LOSS_SETTINGS) -> LossModel:
    """Return the model of a scenario, its inputs drawn as a disruption run draws them."""
    inputs = [as_given(scenario)]
    inputs += [drawn_inputs(scenario, settings.seed, number) for number in range(settings.sets)]
    curve = None
    if scenario.economy is not None:
        most = max(values["economy.psi"] for values in inputs)
        curve = curve_of(scenario, min(most, most_cut(scenario)), is_detailed=settings.is_detailed)
    return LossModel(scenario, settings, tuple(inputs), curve)


def _measured(row: Floats) -> dict[str, tuple[float, Floats]]:
    """Return mean and CVaR of a loss, each with numbers by scenario of which it is the mean.

    Those of the CVaR are VaR + max(0, loss - VaR) / (1 - level) (Rockafellar and Uryasev 2000).
    """
    risk = loss_risk(row)
    beyond = risk.var95 + np.maximum(0.0, row - risk.var95) / (1 - LEVEL)
    return {"expected": (risk.mean, row), "CVaR 95": (risk.cvar95, beyond)}


def differences(
    mineral: str,
    before: Sequence[Sample],
    least: Sequence[Sample],
    most: Sequence[Sample],
) -> tuple[LossChange, ...]:
    """Return how each measure changes from one run to two others of the same draws."""
    found = []
    for quantity, bound, unit in before[0]:
        key = (quantity, bound, unit)
        base = [_measured(one[key]) for one in before]
        low, high = ([_measured(one[key]) for one in of] for of in (least, most))
        for name in base[0]:
            ends = np.quantile([one[name][0] for one in base[1:] or base], (BAND[0], BAND[-1]))
            told = [_difference(name, base, of) for of in (low, high)]
            found.append(
                LossChange(
                    mineral, quantity, name, bound, unit,
                    Bounds(float(ends[0]), float(ends[1])), told[0], told[1],
                )
            )  # fmt: skip
    return tuple(found)


def _difference(
    name: str,
    before: Sequence[Mapping[str, tuple[float, Floats]]],
    after: Sequence[Mapping[str, tuple[float, Floats]]],
) -> Difference:
    changes = [one[name][0] - base[name][0] for base, one in zip(before, after, strict=True)]
    paired = after[0][name][1] - before[0][name][1]
    error = float(paired.std(ddof=1) / math.sqrt(paired.size)) if paired.size > 1 else math.inf
    low, middle, high = (float(one) for one in np.quantile(changes[1:] or changes, BAND))
    return Difference(changes[0], error, low, middle, high)


def security_loss(
    found: Security,
    settings: RunSettings = LOSS_SETTINGS,
    *,
    kept: float = 0.0,
    each: OrderedMap = in_threads,
) -> SecurityLoss:
    """Return what each budget of a security result changes in losses from disruptions.

    Parameters
    ----------
    found
        What each budget delivers and what of it counts.
    settings
        How many scenarios and drawn sets; the seed of all.
    kept
        The part of what counts at a mineral's last stage that contracts keep for the importer,
        whatever happens elsewhere.
    each
        What maps over blocks of scenarios.

    Raises
    ------
    InputError
        If the part is none.
    """
    if not 0.0 <= kept <= 1.0:
        raise InputError(f"a part of {kept:g} is none: write 0.5 for half of what counts")
    by_mineral: dict[str, list[MineralLoss]] = {}
    notes: list[str] = []
    some = whole = 0
    for mineral in found.budgets[0].alone:
        counted = [budget.alone[mineral] for budget in found.budgets]
        if found.importer != "USA":
            why = (
                "the disruption model knows losses of the United States only: of "
                f"{found.importer} no table has its use in tonnes, its share of world demand and "
                "what its industries buy of each other"
            )
            by_mineral[mineral] = [MineralLoss(mineral, {}, (), why) for _ in counted]
            continue
        try:
            scenario, told = reference_scenario(mineral)
        except InputError as error:
            by_mineral[mineral] = [MineralLoss(mineral, {}, (), str(error)) for _ in counted]
            continue
        notes += [*told, *_notes(scenario, found.origin[0])]
        some, whole = some + len(scenario.assumed()), whole + len(list(scenario.numbers()))
        asked = _Asked(found.origin[0], settings, kept, each)
        by_mineral[mineral] = _mineral(scenario, counted, asked, notes)
    budgets = tuple(
        BudgetLoss(budget.amount, tuple(rows[at] for rows in by_mineral.values()))
        for at, budget in enumerate(found.budgets)
    )
    return SecurityLoss(
        found.importer, budgets, settings, (some, whole), tuple(dict.fromkeys(notes))
    )


def _notes(scenario: Scenario, country: str) -> Iterable[str]:
    if not any(one.country == country for one in scenario.events):
        yield (
            f"{scenario.mineral}: {country} makes too little for an event of its own: nothing "
            "strikes the partnership here, so that it helps no more than is told"
        )
    economy = scenario.economy
    if economy is None or economy.use_t is None:
        yield f"{scenario.mineral}: US use in tonnes is UNKNOWN, and so is the shortfall in tonnes"
    if economy is None:
        yield f"{scenario.mineral}: the loss of US product is UNKNOWN"


def _world_notes(mineral: str, world: Mapping[str, Given | None]) -> Iterable[str]:
    """Yield what the world makes by what source, with all stages that it stands for."""
    stages: dict[Given, list[str]] = {}
    for stage, given in world.items():
        if given is not None:
            stages.setdefault(given, []).append(stage)
    for given, names in stages.items():
        yield (
            f"{mineral}, {', '.join(names)}: world supply {given.value:,.0f} t a year "
            f"({given.basis}: {given.source})"
        )


NOTHING_COUNTS: Final = "nothing of it counts at any stage, so that nothing changes"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where the partnership is, how much is drawn, and which part is kept by contract."""

    country: str
    settings: RunSettings
    kept: float
    each: OrderedMap


def _mineral(
    scenario: Scenario,
    counted: Sequence[Sequence[CountedSupply]],
    asked: _Asked,
    notes: list[str],
) -> list[MineralLoss]:
    """Return what each budget changes for a mineral; equal shares are computed once."""
    mineral = scenario.mineral
    world = {one.id: world_supply(mineral, one.id) for one in scenario.stages}
    hidden = [stage for stage, given in world.items() if given is None]
    if hidden:
        why = f"no table prints what the world makes: {', '.join(hidden)}"
        return [MineralLoss(mineral, {}, (), why) for _ in counted]
    shares = [_added_shares(added_tonnes(supplies), world) for supplies in counted]
    if not any(one.high for added in shares for one in added.values()):
        return [MineralLoss(mineral, added, (), NOTHING_COUNTS) for added in shares]
    notes += _world_notes(mineral, world)
    notes += _kept_notes(scenario, asked.kept)
    absent = [one for one in added_tonnes(counted[0]) if one not in world]
    if absent:
        notes.append(
            f"{mineral}: no table has the producers of {', '.join(absent)}: what is added there "
            "is UNKNOWN and left out"
        )
    model = loss_model(scenario, asked.settings)
    before = model.samples(scenario, asked.each)
    nothing = (0.0,) * len(world)
    known: dict[tuple[float, ...], tuple[Sample, ...]] = {(*nothing, 0.0): before}
    last = scenario.stages[-1].id
    found = []
    for supplies, added in zip(counted, shares, strict=True):
        arrives = added_tonnes(supplies).get(last, Bounds(0.0, 0.0))
        ends_t = (arrives.low, arrives.low if arrives.high is None else arrives.high)
        runs = []
        for parts, tonnes in zip(_ends(added), ends_t, strict=True):
            kept_t = asked.kept * tonnes
            key = (*parts.values(), kept_t)
            if key not in known:
                changed = with_partnership(scenario, asked.country, parts)
                known[key] = model.samples(changed, asked.each, kept_t)
            runs.append(known[key])
        found.append(MineralLoss(mineral, added, differences(mineral, before, *runs), ""))
    return found


def _kept_notes(scenario: Scenario, kept: float) -> Iterable[str]:
    if not kept:
        return
    economy, last = scenario.economy, scenario.stages[-1].id
    if economy is None or economy.use_t is None:
        yield (
            f"{scenario.mineral}: US use in tonnes is UNKNOWN, so that what contracts keep of it "
            "cannot be told and is left out"
        )
        return
    yield (
        f"{scenario.mineral}: contracts keep {kept:.0%} of what counts at {last} for the United "
        "States, whatever happens elsewhere; an assumption of the question"
    )


def _ends(added: Mapping[str, Bounds]) -> tuple[dict[str, float], dict[str, float]]:
    """Return the least and the most of what is added."""
    most = {stage: one.low if one.high is None else one.high for stage, one in added.items()}
    return {stage: one.low for stage, one in added.items()}, most


def _added_shares(
    tonnes: Mapping[str, Bounds], world: Mapping[str, Given | None]
) -> dict[str, Bounds]:
    """Return what is added as parts of world supply; the least over the most of the world's."""
    found = {}
    for stage, given in world.items():
        assert given is not None, "the world's supply is known"
        added = tonnes.get(stage, Bounds(0.0, 0.0))
        assert added.high is not None
        most = given.value if given.high is None else given.high
        least = given.value if given.low is None else given.low
        found[stage] = Bounds(added.low / most, added.high / least)
    return found
