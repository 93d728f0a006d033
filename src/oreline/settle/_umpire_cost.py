"""What the umpire cost, and what of it one party owes the other.

The umpire is paid by one party and borne by another. With F the fee, a the part of it that the
seller paid and s the part that the seller bears by the contract, the statement carries F × (a − s):
positive where the seller paid for the buyer. Who bears it follows from the results, as
``cost_bearer`` says; whose invoice it was from the umpire's invoice, else from the contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from oreline.model import UnitError
from oreline.settle._contract import Contract
from oreline.settle._exchange_decision import AnalyteDecision
from oreline.settle._exchange_rule import EXACT, CostRule, Side
from oreline.settle._parcel import Parcel, UmpireCall, UmpireFee
from oreline.settle._rounding import shown
from oreline.settle._statement import Input, Missing
from oreline.settle._umpire import CostBearer, How, cost_bearer
from oreline.settle._units import Quantity

_CALLED = {How.UMPIRE, How.NEARER, How.MEAN_WITH_NEARER, How.MIDDLE, How.AGREED}
_SHARE = {"seller": Decimal(1), "buyer": Decimal(0), "shared": Decimal("0.5")}
"""What of a fee the seller bears, by who bears it."""
_FIRST = {"seller": Decimal(1), "buyer": Decimal(0), "halves": Decimal("0.5")}
"""What of a fee the seller paid, by who was asked for it."""


@dataclass(frozen=True, slots=True)
class UmpireCharge:
    """A line of a statement for an umpire's fee; ``amount`` is positive for the seller."""

    lot: str
    title: str
    clause: str
    formula: str
    inputs: tuple[Input, ...]
    amount: Decimal


def call_of(decision: AnalyteDecision, cost: CostRule | None) -> UmpireCall | None:
    """Return that an umpire was called for an analyte, None where he was not.

    A result that the parties agreed on after all does not undo the analysis.
    """
    results = decision.results
    if Side.UMPIRE not in results:
        return None
    sole = decision.how is How.SOLE and decision.of == (Side.UMPIRE,)
    compared = all(side in results for side in Side)
    if not (sole or (decision.how in _CALLED and compared)):
        return None
    bearer: CostBearer | None = None
    if compared:
        bearer = cost_bearer(cost, *(results[side] for side in Side))
    elif cost is not None and cost is not CostRule.FURTHER_PAYS:
        bearer = CostBearer(cost.value)
    told = ", ".join(f"{side} {value:f}" for side, value in sorted(results.items()))
    return UmpireCall(
        decision.analyte,
        None if bearer is None else str(bearer),
        f"{decision.analyte}: {told} {decision.unit}",
        decision.clause,
        decision.evidence,
    )


def umpire_charges(
    contract: Contract, parcel: Parcel, calls: Mapping[str, Sequence[UmpireCall]]
) -> tuple[tuple[UmpireCharge, ...], tuple[Missing, ...], tuple[str, ...]]:
    """Return the lines for umpires, what keeps one from being known, and what there is to note.

    An invoice of an umpire comes before the fee that the contract states. Of a cost that nobody
    states the statement says that it is not part of it.
    """
    charges: list[UmpireCharge] = []
    missing: list[Missing] = []
    notes: list[str] = []
    asked = {fee.lot for fee in parcel.fees}
    for fee in (*parcel.fees, *_stated(contract, calls, asked)):
        made = _charge(contract, fee, calls.get(fee.lot, ()))
        if isinstance(made, Missing):
            missing.append(made)
        else:
            charges.append(made)
    for lot, found in calls.items():
        if found and lot not in asked and _fee(contract) is None:
            names = ", ".join(one.analyte for one in found)
            bearer = _told({one.bearer for one in found})
            notes.append(
                f"The umpire of {lot} ({names}) is borne by: {bearer}. Nobody states what the "
                "umpire cost: it is not part of this statement."
            )
    missing += _lots_unknown(parcel)
    return tuple(charges), tuple(missing), tuple(notes)


def _fee(contract: Contract) -> Quantity | None:
    return None if contract.assays is None else contract.assays.umpire_fee


def _stated(
    contract: Contract, calls: Mapping[str, Sequence[UmpireCall]], asked: set[str]
) -> Iterator[UmpireFee]:
    """Yield the fees that the contract itself states, for lots of which no invoice is there."""
    clause = contract.assays
    if clause is None or clause.umpire_fee is None:
        return
    for lot, found in calls.items():
        if not found or lot in asked:
            continue
        by = clause.umpire_paid_by or ""
        if clause.umpire_fee_per == "analyte":
            for one in found:
                yield UmpireFee(lot, clause.umpire_fee, by, (one.analyte,))
        else:
            yield UmpireFee(lot, clause.umpire_fee, by)


def _charge(
    contract: Contract, fee: UmpireFee, calls: Sequence[UmpireCall]
) -> UmpireCharge | Missing:
    """Return what one party owes the other for a fee, or why nobody knows."""
    clause = contract.assays
    number = "" if clause is None else clause.clause or ""
    place = f"umpire of {fee.lot}" + (f" (clause {number})" if number else "")
    if fee.amount is None:
        return Missing("clause", place, fee.why, "correct the umpire's invoice")
    of = [one for one in calls if not fee.analytes or one.analyte in fee.analytes]
    strange = [name for name in fee.analytes if name not in {one.analyte for one in of}]
    if not of or strange:
        what = ", ".join(strange) or "this lot"
        why = f"{fee.amount} are asked for {what}, which no umpire decided under the contract"
        remedy = "see whose analysis it was; what the parties agree on is a line of its own"
        return Missing("clause", place, why, remedy)
    bearers = {one.bearer for one in of}
    if None in bearers:
        why = f"{fee.amount} are asked for, and the contract does not say who bears the umpire"
        remedy = 'write umpire_cost = "further_pays", "shared", "seller" or "buyer"'
        return Missing("clause", place, why, remedy)
    if len(bearers) > 1:
        each = "; ".join(f"{one.analyte} by the {one.bearer}" for one in of)
        why = f"{fee.amount} are asked for several analytes that are borne differently: {each}"
        remedy = 'ask the umpire for a fee by analyte, or write umpire_fee_per = "analyte"'
        return Missing("clause", place, why, remedy)
    first = fee.paid_by
    if first not in {*_FIRST, "bearer"}:
        why = f"{fee.amount} are due to the umpire, and nobody says which party pays first"
        return Missing("clause", place, why, 'write umpire_paid_by = "seller" or another')
    (bearer,) = bearers
    assert bearer is not None
    try:
        amount = fee.amount.to(contract.currency, contract.units)
    except UnitError:
        why = f"the umpire asked for {fee.amount}, and the contract is in {contract.currency}"
        remedy = f"agree on the amount in {contract.currency}"
        return Missing("clause", place, why, remedy)
    return _made(contract, fee, of, bearer, amount)


def _made(
    contract: Contract, fee: UmpireFee, of: Sequence[UmpireCall], bearer: str, amount: Decimal
) -> UmpireCharge:
    assert fee.amount is not None
    bears, paid = _SHARE[bearer], _FIRST.get(fee.paid_by, _SHARE[bearer])
    with localcontext(EXACT):
        owed = amount * (paid - bears)
    formula = (
        f"{fee.amount} × ({shown(paid)} paid by the seller − {shown(bears)} borne by it); "
        f"{'; '.join(one.results for one in of)}; borne by: {bearer}"
    )
    number = next((one.clause for one in of if one.clause), "")
    source = f"clause {number}" if number else contract.id
    basis = "reported" if fee.evidence else str(contract.basis)
    evidence = tuple(dict.fromkeys(event for one in of for event in one.evidence))
    inputs = (
        Input("umpire fee", amount, contract.currency, basis, fee.evidence, source),
        Input("paid by the seller", paid, "1", basis, fee.evidence, source),
        Input("borne by the seller", bears, "1", str(contract.basis), evidence, source),
    )
    names = ", ".join(one.analyte for one in of)
    return UmpireCharge(fee.lot, f"Umpire of {fee.lot}, {names}", number, formula, inputs, owed)


def _lots_unknown(parcel: Parcel) -> Iterator[Missing]:
    lots = {lot.lot for lot in parcel.lots}
    for fee in parcel.fees:
        if fee.lot not in lots:
            why = f"an umpire's fee is told of {fee.lot}, which is no lot of the parcel"
            yield Missing("clause", f"umpire of {fee.lot}", why, "correct the lot of the fee")


def _told(bearers: set[str | None]) -> str:
    return " and ".join(sorted(one or "not stated" for one in bearers))
