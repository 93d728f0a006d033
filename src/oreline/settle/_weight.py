"""Which weight of a lot is final, and its dry mass."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Literal

from oreline.model import Basis, InputError, weakest
from oreline.settle._clauses import WeightClause
from oreline.settle._exchange_rule import EXACT
from oreline.settle._parcel import Reading, SettlementLot, Weighing
from oreline.settle._rounding import rounded_to, shown
from oreline.settle._statement import Stage

WeighedAt = Literal["loading", "discharge"]
_CLEAN = Context(prec=28)
_AGREES = Decimal("0.0005")
"""Of the wet mass: how far a dry mass that is told may lie from wet mass and moisture, which are
often written to a tenth of a percent."""


@dataclass(frozen=True, slots=True)
class FinalWeight:
    """The weight on which a lot is settled, in tonnes, and how it comes about.

    ``dry`` has no value where it is UNKNOWN; ``why`` then says why. ``side`` is the weighing that
    counts, None as long as it is not known which.
    """

    dry: Reading
    wet: Reading
    moisture_pct: Reading
    side: WeighedAt | None
    formula: str = ""
    why: str = ""


def dry_mass(wet_t: Decimal, moisture_pct: Decimal) -> Decimal:
    """Return the dry mass: wet × (1 - m/100), the moisture being in % of the wet mass.

    Raises
    ------
    InputError
        If the moisture is no percentage, or the mass is negative.

    >>> dry_mass(Decimal(1000), Decimal("8.0"))
    Decimal('920.0')
    """
    if not 0 <= moisture_pct <= 100 or wet_t < 0:
        raise InputError(f"{wet_t:f} t with {moisture_pct:f} % moisture is no wet mass")
    with localcontext(EXACT):
        return wet_t * (100 - moisture_pct) / 100


def wet_basis_pct(dry_basis_pct: Decimal) -> Decimal:
    """Return a moisture in % of the wet mass, from one in % of the dry mass.

    >>> shown(dry_mass(Decimal(1000), wet_basis_pct(Decimal("8"))))
    '925.9259259259'

    Raises
    ------
    InputError
        If the moisture is negative.
    """
    if dry_basis_pct < 0:
        raise InputError(f"{dry_basis_pct:f} % is no moisture")
    with localcontext(EXACT):
        return 100 * dry_basis_pct / (100 + dry_basis_pct)


def final_weight(clause: WeightClause | None, lot: SettlementLot, stage: Stage) -> FinalWeight:
    """Return the weight on which a lot is settled at a stage.

    Before the final stage the loading weight stands in for an outturn that is not known yet, and
    the formula says so; at the final stage it does not. ``within_franchise`` compares wet or dry
    weights as ``franchise_on`` says; a difference that equals the franchise is within it. An
    unknown moisture leaves the dry mass unknown.

    Parameters
    ----------
    clause
        The rule; without one the weight is unknown.
    lot
        The lot with its weighings.
    stage
        The stage of the statement.
    """
    if clause is None:
        return _unknown("the contract has no clause on weight")
    with localcontext(EXACT):
        side, words, why = _side(clause, lot, stage)
        if side is None:
            return _unknown(why)
        weighing = _weighing(lot, side)
        moisture = _moisture(clause, lot, side, stage)
        if isinstance(moisture, str):
            return _unknown(moisture, side, weighing)
        if clause.moisture == "as_weight":
            dry = _as_weighed(weighing)
        else:
            dry = _dried(weighing.wet_t, moisture)
        if dry.value is None:
            return _unknown(dry.why, side, weighing, moisture)
        return _finished(clause, FinalWeight(dry, weighing.wet_t, moisture, side, words))


def _side(
    clause: WeightClause, lot: SettlementLot, stage: Stage
) -> tuple[WeighedAt | None, str, str]:
    """Return the weighing that counts, words for it, and why it is not known."""
    needs_franchise = clause.rule in {"within_franchise", "less_franchise"}
    if needs_franchise and clause.franchise_pct is None:
        return None, "", f"the rule {clause.rule} has no franchise"
    if clause.rule in {"loading", "less_franchise"}:
        if lot.loading is None:
            return None, "", f"lot {lot.lot} has no loading weight"
        return "loading", "loading weight", ""
    if lot.discharge is None:
        if stage == "final":
            return None, "", f"lot {lot.lot} has no discharge weight"
        if lot.loading is None:
            return None, "", f"lot {lot.lot} has neither loading nor discharge weight"
        return "loading", "loading weight, as long as there is no outturn", ""
    if clause.rule == "discharge":
        return "discharge", "discharge weight", ""
    if lot.loading is None:
        return None, "", f"lot {lot.lot} has no loading weight to compare the outturn with"
    return _within_franchise(clause, lot.loading, lot.discharge)


def _within_franchise(
    clause: WeightClause, loading: Weighing, discharge: Weighing
) -> tuple[WeighedAt | None, str, str]:
    found: dict[str, tuple[WeighedAt | None, str, str]] = {}
    for basis in ("wet", "dry") if clause.franchise_on is None else (clause.franchise_on,):
        pair = [one.wet_t if basis == "wet" else _as_weighed(one) for one in (loading, discharge)]
        found[basis] = _compared(clause, basis, pair[0], pair[1])
    sides = {side for side, _, _ in found.values()}
    if len(sides) == 1:
        return next(iter(found.values()))
    named = "; ".join(
        f"by {basis} weight: {text or why}" for basis, (_, text, why) in found.items()
    )
    return None, "", f"the clause does not say which weights are compared: {named}"


def _compared(
    clause: WeightClause, basis: str, loading: Reading, discharge: Reading
) -> tuple[WeighedAt | None, str, str]:
    assert clause.franchise_pct is not None
    if loading.value is None or discharge.value is None:
        why = loading.why if loading.value is None else discharge.why
        return None, "", f"the {basis} weights cannot be compared: {why or 'one is unknown'}"
    difference = abs(loading.value - discharge.value)
    within = difference * 100 <= clause.franchise_pct * loading.value
    text = (
        f"|{shown(loading.value)} - {shown(discharge.value)}| t {basis} is "
        f"{'within' if within else 'more than'} {clause.franchise_pct:f} %"
    )
    side: WeighedAt = "loading" if within else "discharge"
    return side, f"{text}: {side} weight", ""


def _weighing(lot: SettlementLot, side: WeighedAt) -> Weighing:
    found = lot.loading if side == "loading" else lot.discharge
    assert found is not None
    return found


def _moisture(
    clause: WeightClause, lot: SettlementLot, side: WeighedAt, stage: Stage
) -> Reading | str:
    """Return the moisture that counts, or why there is none."""
    wanted: tuple[WeighedAt, ...] = (side,)
    if clause.moisture == "mean":
        wanted = ("loading", "discharge")
    elif clause.moisture != "as_weight":
        wanted = (clause.moisture,)
    at = {"loading": lot.loading, "discharge": lot.discharge}
    if stage != "final" and at["discharge"] is None:
        wanted = ("loading",)
    readings = []
    for one in wanted:
        weighing = at[one]
        if weighing is None:
            return f"lot {lot.lot} has no {one} weighing with a moisture"
        readings.append(weighing.moisture_pct)
    if len(readings) == 1:
        return readings[0]
    return _mean(*readings)


def _mean(one: Reading, other: Reading) -> Reading:
    evidence = tuple(dict.fromkeys((*one.evidence, *other.evidence)))
    basis = _weakest(one, other)
    if one.value is None or other.value is None:
        why = one.why if one.value is None else other.why
        return Reading(None, None, basis, evidence, why or "one of two moistures is unknown")
    u = None
    if one.u is not None and other.u is not None:
        u = (one.u**2 + other.u**2).sqrt() / 2
    return Reading((one.value + other.value) / 2, u, basis, evidence)


def _as_weighed(weighing: Weighing) -> Reading:
    """Return the dry mass of a weighing: from its own moisture, or as it is told."""
    made = _dried(weighing.wet_t, weighing.moisture_pct)
    told = weighing.dry_t
    if made.value is None:
        return told if told.value is not None else made
    wet = weighing.wet_t.value
    assert wet is not None
    if told.value is not None and abs(told.value - made.value) > _AGREES * wet:
        why = (
            f"the dry mass of {shown(told.value)} t contradicts wet mass and moisture, "
            f"which give {shown(made.value)} t"
        )
        return Reading(None, None, made.basis, made.evidence, why)
    return made


def _dried(wet: Reading, moisture: Reading) -> Reading:
    evidence = tuple(dict.fromkeys((*wet.evidence, *moisture.evidence)))
    basis = _weakest(wet, moisture)
    if wet.value is None:
        return Reading(None, None, basis, evidence, wet.why or "the wet mass is unknown")
    if moisture.value is None:
        return Reading(None, None, basis, evidence, moisture.why or "the moisture is unknown")
    if not 0 <= moisture.value <= 100 or wet.value < 0:
        why = f"{wet.value:f} t with {moisture.value:f} % moisture is no wet mass"
        return Reading(None, None, basis, evidence, why)
    u = None
    if wet.u is not None and moisture.u is not None:
        by_wet = wet.u * (100 - moisture.value) / 100
        by_moisture = wet.value * moisture.u / 100
        u = (by_wet**2 + by_moisture**2).sqrt()
    return Reading(dry_mass(wet.value, moisture.value), u, basis, evidence)


def _finished(clause: WeightClause, found: FinalWeight) -> FinalWeight:
    """Take off the franchise, round, and write the formula."""
    value, u = found.dry.value, found.dry.u
    assert value is not None
    text = f"{shown(value)} dmt"
    if found.wet.value is not None and found.moisture_pct.value is not None:
        text = f"{shown(found.wet.value)} × (1 - {shown(found.moisture_pct.value)} / 100) = {text}"
    if clause.rule == "less_franchise":
        assert clause.franchise_pct is not None
        value = value * (100 - clause.franchise_pct) / 100
        u = None if u is None else u * (100 - clause.franchise_pct) / 100
        text += f", less {clause.franchise_pct:f} % = {shown(value)} dmt"
    # The moisture of several containers is a quotient: its last digit must not decide a half.
    rounded = rounded_to(_CLEAN.plus(value), clause.rounding)
    if clause.rounding is not None:
        text += f", rounded to {shown(rounded)} dmt"
    dry = Reading(rounded, u, found.dry.basis, found.dry.evidence)
    return FinalWeight(dry, found.wet, found.moisture_pct, found.side, f"{found.formula}: {text}")


def _unknown(
    why: str,
    side: WeighedAt | None = None,
    weighing: Weighing | None = None,
    moisture: Reading | None = None,
) -> FinalWeight:
    nothing = Reading(None, why=why)
    wet = nothing if weighing is None else weighing.wet_t
    return FinalWeight(nothing, wet, moisture or nothing, side, why=why)


def _weakest(*readings: Reading) -> str:
    return str(weakest(*(Basis(one.basis) for one in readings)))
