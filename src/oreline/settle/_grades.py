"""Which result of a lot settles an analyte at a stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._parcel import Reading, SettlementLot
from oreline.settle._results import Decider
from oreline.settle._statement import Input, Missing, Stage, weakest_of

DECIDED = ("settled", "agreed")
"""Roles whose results both parties are bound to: the outcome of the exchange, or an agreement."""
_BEFORE_DISCHARGE = ("seller", "loading")
_ROLES: dict[Stage, tuple[str, ...]] = {
    "provisional": (*_BEFORE_DISCHARGE, *DECIDED),
    "second_provisional": (*DECIDED, *_BEFORE_DISCHARGE),
    "final": DECIDED,
}
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class SettledGrade:
    """A grade that is settled, in % of dry mass, and in which role it was found."""

    analyte: str
    pct: Decimal
    role: str
    basis: str
    evidence: tuple[str, ...] = ()

    def given(self, lot: str = "") -> Input:
        """Return the grade as an input of a line."""
        name = f"{self.analyte} of {lot}" if lot else self.analyte
        return Input(name, self.pct, "%", self.basis, self.evidence, f"{self.role} result")


def analytes_of(contract: Contract) -> tuple[str, ...]:
    """Return the analytes that a contract needs an assay of, in the order of its clauses."""
    return tuple(dict.fromkeys(_needed(contract)))


def _needed(contract: Contract) -> Iterable[str]:
    for payable in contract.payables:
        yield payable.analyte
    if contract.basket is not None:
        # An oxide that is paid at nothing is still part of what is shown, but nobody needs it.
        yield from (one.analyte for one in contract.basket.items if one.payable_pct != 0)
        if contract.basket.toll is not None:
            yield contract.basket.aggregate
    yield from (one.analyte for one in contract.refining)
    yield from (one.analyte for one in contract.participation)
    yield from graded_by(contract)
    for penalty in contract.penalties:
        yield from penalty.analytes
        if penalty.on is not None:
            yield penalty.on


def graded_by(contract: Contract) -> Iterable[str]:
    """Yield the analytes by whose grade charges or shares are written."""
    charges = (contract.treatment, *contract.refining, *contract.participation)
    for one in charges:
        if one is not None and one.tiers and one.by is not None:
            yield one.by


def described_analytes(contract: Contract) -> tuple[str, ...]:
    """Return the analytes that the specification limits; their assays may be missing."""
    if contract.specification is None:
        return ()
    return tuple(dict.fromkeys(one.analyte for one in contract.specification.limits))


def settled_grade(
    contract: Contract,
    lot: SettlementLot,
    analyte: str,
    stage: Stage,
    decider: Decider | None = None,
) -> SettledGrade | Missing:
    """Return the result that settles an analyte of a lot, or why there is none.

    Finally the decided result settles, else that of the one side whose result the contract names,
    else what the contract's exchange makes of the parties' results. Provisionally the seller's or
    the loading result holds until there is a decided one.
    """
    for role in (*_ROLES[stage], *_sole_roles(contract, stage)):
        found = lot.assays.get(role, {}).get(analyte)
        if found is None:
            continue
        if found.value is None:
            # Before the final stage, what is not decided yet leaves a side's own result standing.
            if role in DECIDED and stage == "final":
                return _missing(lot, analyte, found.why or f"the {role} result is UNKNOWN")
            continue
        return _checked(lot, analyte, role, found)
    if stage == "final" and contract.assays is not None and contract.assays.rule == "mean":
        return _mean(lot, analyte)
    made = None
    if stage == "final" and decider is not None:
        made = decider.decided(lot, analyte)
    if made is not None and made.value is None:
        return _missing(lot, analyte, made.why)
    if made is not None:
        return _checked(lot, analyte, "exchanged", made)
    return _missing(lot, analyte, _why(contract, lot, analyte, stage))


def _sole_roles(contract: Contract, stage: Stage) -> tuple[str, ...]:
    if stage != "final" or contract.assays is None:
        return ()
    rule = contract.assays.rule
    return (rule,) if rule in {"seller", "buyer", "umpire"} else ()


def _checked(lot: SettlementLot, analyte: str, role: str, found: Reading) -> SettledGrade | Missing:
    assert found.value is not None
    pct = found.value.scaleb(2, EXACT)
    if not 0 <= pct <= _WHOLE:
        why = f"the {role} result of {pct.normalize():f} % is no mass fraction"
        return _missing(lot, analyte, why)
    return SettledGrade(analyte, pct, role, found.basis, found.evidence)


def _mean(lot: SettlementLot, analyte: str) -> SettledGrade | Missing:
    sides = [lot.assays.get(role, {}).get(analyte) for role in ("seller", "buyer")]
    graded = [
        None if one is None or one.value is None else _checked(lot, analyte, role, one)
        for role, one in zip(("seller", "buyer"), sides, strict=True)
    ]
    found = [one for one in graded if isinstance(one, SettledGrade)]
    for one in graded:
        if isinstance(one, Missing):
            return one
    if len(found) < len(sides):
        return _missing(lot, analyte, "the mean of seller and buyer needs both results")
    with localcontext(EXACT):
        pct = (found[0].pct + found[1].pct) / 2
    evidence = tuple(dict.fromkeys((*found[0].evidence, *found[1].evidence)))
    basis = weakest_of(found[0].basis, found[1].basis)
    return SettledGrade(analyte, pct, "mean of seller and buyer", basis, evidence)


def _why(contract: Contract, lot: SettlementLot, analyte: str, stage: Stage) -> str:
    roles = [role for role, results in lot.assays.items() if analyte in results]
    if stage != "final":
        told = f", only in the role {', '.join(roles)}" if roles else ""
        return f"{analyte} has no seller's or loading result{told}"
    if contract.assays is None:
        return f"the contract has no clause on assays that says whose result of {analyte} settles"
    if roles:
        return f"{analyte} has results ({', '.join(roles)}) that nobody has decided on"
    return f"{analyte} has no result"


def _missing(lot: SettlementLot, analyte: str, why: str) -> Missing:
    remedy = f"record an assay of {analyte}, or finish the exchange of assays"
    return Missing("assay", f"{lot.lot} {analyte}", why, remedy)
