"""Uncertainty of a statement's value: what weights, moistures and assays do to the money.

First-order propagation (JCGM 100:2008, 5.1 and 5.2) with numerical sensitivities (5.1.3, note 2),
and a Monte Carlo run of the whole settlement (JCGM 101:2008) to hold it against: minimum
deductions, tiers and penalties bend the value, and where they do within the uncertainty the first
order is not enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from oreline.model import InputError, LimitExceededError
from oreline.settle._figures import Figures, settled_lots
from oreline.settle._measured_inputs import Kind, MeasuredInput, measured_inputs, moved
from oreline.settle._settle import Settling, statement_of
from oreline.settle._statement import Missing
from oreline.settle._valuation import valuation

COVERAGE_95 = 1.959963984540054
"""Half-width of a 95 % interval of the normal distribution, in standard deviations."""
PROBE = Decimal("0.0001")
"""How far a number without uncertainty is moved, in parts of it, to see whether it matters."""
BENT = 0.05
"""The curvature, in parts of the uncertainty, beyond which the first order is not relied on."""
MAX_TRIALS = 1_000_000
TOLD_EVERY = 100
"""After how many trials their progress is told."""
Changes = Mapping[MeasuredInput, Decimal]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one number does to the value.

    ``sensitivity`` is the change of the value per unit of the number; ``u_money`` the standard
    uncertainty that it brings, None where it states none. ``is_bent``: the value bends within u.
    """

    name: str
    lot: str
    kind: Kind
    analyte: str
    value: Decimal
    u: Decimal | None
    unit: str
    sensitivity: float
    u_money: float | None
    is_bent: bool


@dataclass(frozen=True, slots=True)
class MoneySpread:
    """The 95 % interval of a net value by first-order propagation.

    ``u``, ``low`` and ``high`` are None where a number that matters states no uncertainty:
    ``unstated`` names those, and ``u_stated`` is what the others bring, a lower bound.
    ``is_bent`` says that Monte Carlo should be asked.
    """

    currency: str
    net_value: Decimal | None
    u: float | None
    low: float | None
    high: float | None
    u_stated: float
    contributions: tuple[Contribution, ...]
    unstated: tuple[str, ...]
    is_bent: bool
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the spread as JSON; amounts are decimal text with two places."""
        return {
            "currency": self.currency,
            "net_value": None if self.net_value is None else f"{self.net_value:f}",
            "u": _cents(self.u),
            "low": _cents(self.low),
            "high": _cents(self.high),
            "u_stated": _cents(self.u_stated),
            "unstated": list(self.unstated),
            "is_bent": self.is_bent,
            "why": self.why,
            "contributions": [
                {
                    "name": one.name,
                    "lot": one.lot,
                    "kind": one.kind,
                    "analyte": one.analyte,
                    "value": f"{one.value:f}",
                    "u": None if one.u is None else f"{one.u:f}",
                    "unit": one.unit,
                    "sensitivity": _cents(one.sensitivity),
                    "u_money": _cents(one.u_money),
                    "is_bent": one.is_bent,
                }
                for one in self.contributions
            ],
        }


@dataclass(frozen=True, slots=True)
class MoneyTrials:
    """The net values of a Monte Carlo run, in order of size, and what they say.

    ``unsettled`` counts the trials in which the parcel could not be settled, such as above a
    rejection limit; they are none of ``values``. ``low`` and ``high`` hold 95 % between them.
    """

    currency: str
    values: tuple[float, ...]
    unsettled: int
    seed: int
    mean: float
    u: float
    low: float
    high: float

    def to_json(self) -> dict[str, Any]:
        """Return mean, standard uncertainty and 95 % interval as JSON."""
        told = {name: _cents(getattr(self, name)) for name in ("mean", "u", "low", "high")}
        trials = len(self.values) + self.unsettled
        return {
            "currency": self.currency, "trials": trials, "unsettled": self.unsettled,
            "seed": self.seed, **told,
        }  # fmt: skip


def _cents(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def money_spread(
    asked: Settling, *, between_lots: Mapping[Kind, Decimal] | None = None
) -> MoneySpread:
    """Return the 95 % interval of the net value of a parcel.

    Parameters
    ----------
    asked
        What is settled.
    between_lots
        The correlation of the errors of one kind (weight, moisture, assay) between lots: one scale,
        one oven, one laboratory err alike in all lots. Without it lots are independent.

    Raises
    ------
    InputError
        If a correlation lies outside of 0 to 1.
    """
    shared = _correlations(between_lots)
    statement = statement_of(asked)
    currency = asked.contract.currency
    if statement.net_value is None:
        why = "the parcel is not settled, so that there is no value to be uncertain of"
        return MoneySpread(currency, None, None, None, None, 0.0, (), (), is_bent=False, why=why)
    question = _Question(asked, asked.figures())
    made = (_contribution(question, statement.net_value, one) for one in measured_inputs(asked))
    found = tuple(one for one in made if one is not None)
    stated = [one for one in found if one.u_money is not None]
    unstated = tuple(one.name for one in found if one.u_money is None)
    u_stated = float(np.sqrt(max(0.0, _variance(stated, shared))))
    net = float(statement.net_value)
    u = None if unstated else u_stated
    return MoneySpread(
        currency,
        statement.net_value,
        u,
        None if u is None else net - COVERAGE_95 * u,
        None if u is None else net + COVERAGE_95 * u,
        u_stated,
        found,
        unstated,
        is_bent=any(one.is_bent for one in found),
    )


def _correlations(given: Mapping[Kind, Decimal] | None) -> dict[str, float]:
    shared = {str(kind): float(value) for kind, value in (given or {}).items()}
    for kind, value in shared.items():
        if not 0 <= value <= 1:
            raise InputError(f"a correlation of {value:g} between {kind}s of lots is not 0 to 1")
    return shared


def _variance(found: Sequence[Contribution], shared: Mapping[str, float]) -> float:
    """Return the variance of the value; errors of one kind and analyte may be shared by lots."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for one in found:
        assert one.u is not None
        of = one.name.partition(" ")[0]
        signed = one.sensitivity * float(one.u)
        groups.setdefault((one.kind, of, one.analyte), []).append(signed)
    total = 0.0
    for (kind, _, _), parts in groups.items():
        rho = shared.get(kind, 0.0)
        total += (1 - rho) * sum(part * part for part in parts) + rho * sum(parts) ** 2
    return total


@dataclass(frozen=True, slots=True)
class _Question:
    """What is settled again and again, with its prices looked up once."""

    asked: Settling
    figures: Figures


def _net(question: _Question, changes: Changes) -> Decimal | None:
    """Return the net value with some numbers replaced, None where it cannot be settled."""
    missing: list[Missing] = []
    asked = question.asked
    lots = settled_lots(asked.contract, moved(asked.parcel, changes), asked.stage, missing)
    if missing:
        return None
    figures = replace(question.figures, lots=lots)
    made = valuation(asked.contract, figures, asked.stage, asked.extra)
    return None if made.missing else made.net


def _contribution(
    question: _Question, net_value: Decimal, one: MeasuredInput
) -> Contribution | None:
    """Return what a number does to the value; None where it does nothing."""
    step = one.u if one.u else max(abs(one.value), Decimal(1)) * PROBE
    up, down = (_net(question, {one: one.value + sign * step}) for sign in (1, -1))
    base = float(net_value)
    if up is None and down is None:
        return None
    # At an edge, such as a moisture of zero, one side alone is possible.
    high = float(up) if up is not None else 2 * base - float(down or 0)
    low = float(down) if down is not None else 2 * base - float(up or 0)
    if high == low == base:
        return None
    sensitivity = (high - low) / (2 * float(step))
    bend = abs(high + low - 2 * base)
    is_bent = bool(one.u) and (up is None or down is None or bend > BENT * abs(high - low) + 0.05)
    u_money = None if one.u is None else abs(sensitivity) * float(one.u)
    return Contribution(
        one.name, one.lot, one.kind, one.analyte, one.value, one.u, one.unit, sensitivity, u_money,
        is_bent,
    )  # fmt: skip


def money_trials(
    asked: Settling,
    trials: int = 10_000,
    *,
    seed: int = 20250902,
    between_lots: Mapping[Kind, Decimal] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MoneyTrials:
    """Settle a parcel many times with its numbers drawn from their uncertainties.

    Numbers are normal about what was measured; a draw that cannot be (a moisture below zero) is
    drawn again. Numbers without a stated uncertainty stay as they are. ``progress`` is told now and
    then how many trials are done, and of how many.

    Raises
    ------
    InputError
        If the parcel is not settled as measured, or fewer than 2 trials are asked for.
    LimitExceededError
        If more than ``MAX_TRIALS`` are asked for.
    """
    if trials < 2:
        raise InputError(f"{trials} trials have no spread; ask for 2 or more")
    if trials > MAX_TRIALS:
        raise LimitExceededError(f"{trials} trials are over MAX_TRIALS = {MAX_TRIALS}")
    shared = _correlations(between_lots)
    if statement_of(asked).net_value is None:
        raise InputError("the parcel is not settled, so that there is no value to be uncertain of")
    question = _Question(asked, asked.figures())
    inputs = [one for one in measured_inputs(asked) if one.u]
    generator = np.random.Generator(np.random.Philox(seed))
    values, unsettled = [], 0
    for done, changes in enumerate(_draws(generator, inputs, shared, trials), 1):
        net = _net(question, changes)
        if progress is not None and (done % TOLD_EVERY == 0 or done == trials):
            progress(done, trials)
        if net is None:
            unsettled += 1
        else:
            values.append(float(net))
    if len(values) < 2:
        raise InputError("hardly any trial could be settled: its goods lie at a rejection limit")
    made = np.sort(np.array(values))
    low, high = np.quantile(made, [0.025, 0.975])
    return MoneyTrials(
        asked.contract.currency, tuple(made.tolist()), unsettled, seed, float(made.mean()),
        float(made.std(ddof=1)), float(low), float(high),
    )  # fmt: skip


def _draws(
    generator: np.random.Generator,
    inputs: Sequence[MeasuredInput],
    shared: Mapping[str, float],
    trials: int,
) -> Iterator[dict[MeasuredInput, Decimal]]:
    groups = sorted({(one.kind, one.of, one.analyte) for one in inputs})
    group = [groups.index((one.kind, one.of, one.analyte)) for one in inputs]
    rho = np.array([shared.get(one.kind, 0.0) for one in inputs])
    values = np.array([float(one.value) for one in inputs])
    spread = np.array([float(one.u or 0) for one in inputs])
    top = np.array([np.inf if one.kind == "weight" else 100.0 for one in inputs])
    made = 0
    while made < trials:
        common = generator.standard_normal(len(groups))
        own = generator.standard_normal(len(inputs))
        errors = np.sqrt(rho) * common[group] + np.sqrt(1 - rho) * own
        drawn = values + spread * errors
        if ((drawn < 0) | (drawn > top)).any():
            continue
        made += 1
        yield {one: Decimal(repr(float(value))) for one, value in zip(inputs, drawn, strict=True)}
