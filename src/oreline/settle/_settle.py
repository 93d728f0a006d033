"""From a contract, a parcel and prices to a statement: settled, provisional, or what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import get_args

from oreline.model import InputError, UnitError
from oreline.settle._acceptance import acceptance
from oreline.settle._clauses import Line
from oreline.settle._contract import Contract
from oreline.settle._exchange_rule import EXACT
from oreline.settle._figures import Figures, figures_of
from oreline.settle._parcel import Parcel
from oreline.settle._prices import PriceSeries
from oreline.settle._pricing import Declaration
from oreline.settle._readings import contradictions
from oreline.settle._rounding import rounded_to
from oreline.settle._statement import (
    UNKNOWN_BASIS,
    Missing,
    Stage,
    Statement,
    StatementLine,
    weakest_of,
)
from oreline.settle._valuation import Valuation, summaries, valuation

NEEDED = (
    ("parties", "who sells, who buys, and in which currency"),
    ("weight", "whose weight and moisture is final"),
    ("assays", "whose assay is final, splitting limits and the umpire"),
    ("payables", "what of each metal is paid, or a basket"),
    ("prices", "which published price of which days"),
    ("charges", "treatment and refining charges, or that there are none"),
    ("penalties", "which impurities are penalised or rejected, or that none are"),
    ("payments", "what is paid provisionally, and when the balance is due"),
)
"""What has to be agreed on before a parcel is worth a sum of money."""


@dataclass(frozen=True, slots=True)
class Settling:
    """What a statement is made from: a parcel under a contract, at a stage, on a day.

    ``declared`` maps a price clause to the option that was declared for its period. ``extra`` are
    lines of this parcel alone, such as demurrage. ``remarks`` are notes that the statement carries.
    """

    contract: Contract
    parcel: Parcel
    prices: Mapping[str, PriceSeries]
    stage: Stage
    on: date
    declared: Mapping[str, str | Declaration] = field(default_factory=dict)
    extra: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()

    def figures(self) -> Figures:
        """Return the weights, grades and prices that hold, and all that is missing."""
        return figures_of(
            self.contract,
            self.parcel,
            self.prices,
            stage=self.stage,
            on=self.on,
            declared=self.declared,
        )


def settle(
    contract: Contract | None,
    parcel: Parcel,
    prices: Mapping[str, PriceSeries],
    *,
    stage: Stage,
    on: date,
    paid_before: Decimal = Decimal(0),
    declared: Mapping[str, str | Declaration] | None = None,
    identity: str = "",
    extra: tuple[Line, ...] = (),
) -> Statement:
    """Return what a parcel is worth under a contract at a stage.

    net = payable content × price, summed over metals, less treatment on the dry mass, refining on
    the content, penalties and other lines, each line rounded as the contract says. What is due is
    the percentage of the stage less what was paid before; it is negative where the buyer is
    refunded.

    Parameters
    ----------
    contract
        The terms; without any nothing is settled, and the statement says which are missing.
    parcel
        The lots with weights and assays, and the days of events.
    prices
        Series by id.
    stage
        ``provisional``, ``second_provisional`` or ``final``.
    on
        The day as of which it is settled: values published later are not known.
    paid_before
        What was paid already, in the contract's currency.
    declared
        By price clause, the option for its period that was declared.
    identity
        The statement's id; by default contract, parcel and stage.
    extra
        Lines of this parcel alone, such as demurrage.

    Raises
    ------
    InputError
        If there is no such stage.
    """
    if stage not in get_args(Stage):
        names = ", ".join(get_args(Stage))
        raise InputError(f"{stage!r} is no stage of a statement; write one of {names}")
    if contract is None:
        return _without_contract(parcel, stage, paid_before, identity)
    asked = Settling(contract, parcel, prices, stage, on, declared or {}, extra)
    return statement_of(asked, paid_before, identity)


def statement_of(
    asked: Settling, paid_before: Decimal = Decimal(0), identity: str = ""
) -> Statement:
    """Return the statement on what is asked; see ``settle``."""
    contract, stage = asked.contract, asked.stage
    figures = asked.figures()
    unclear = _refused(contract)
    made = worth(asked, figures)
    refused, remarks = acceptance(contract, figures, made.goods)
    missing = [
        *unclear,
        *_clauses_missing(contract),
        *figures.missing,
        *made.missing,
        *refused,
    ]
    due = None
    if made.net is not None:
        found = _due(contract, stage, made.net, paid_before)
        if isinstance(found, Missing):
            missing.append(found)
        else:
            due = found
    settled = not missing and made.net is not None
    assert settled or missing, "an UNKNOWN net value has a reason"
    prices = figures.prices.values()
    final = stage == "final" and all(one.is_final and one.is_contract_price for one in prices)
    return Statement(
        id=identity or f"{contract.id}/{asked.parcel.id}/{stage}",
        contract=contract.id,
        parcel=asked.parcel.id,
        stage=stage,
        status="NOT SETTLED" if not settled else "SETTLED" if final else "PROVISIONAL",
        currency=contract.currency,
        seller=contract.seller,
        buyer=contract.buyer,
        dry_t=_mass([one.weight.dry.value for one in figures.lots]),
        wet_t=_mass([one.weight.wet.value for one in figures.lots]),
        lines=made.lines,
        analytes=summaries(contract, figures, made),
        net_value=made.net if settled else None,
        paid_before=paid_before,
        due=due if settled else None,
        basis=_basis(contract, made.lines) if settled else UNKNOWN_BASIS,
        notes=(*_notes(asked, figures), *asked.remarks, *remarks),
        missing=tuple(dict.fromkeys(missing)),
    )


def worth(asked: Settling, figures: Figures) -> Valuation:
    """Return what figures are worth, nothing where clauses do not fit each other's units."""
    try:
        return valuation(asked.contract, figures, asked.stage, asked.extra)
    except UnitError:
        # Told among the unclear clauses; under a clear contract it is our own mistake.
        if not _refused(asked.contract):
            raise
        return Valuation((), None, (), {}, ())


def _due(contract: Contract, stage: Stage, net: Decimal, paid_before: Decimal) -> Decimal | Missing:
    """Return what is to be paid now; finally the whole, unless the contract says otherwise."""
    payment = next((one for one in contract.payments if one.stage == stage), None)
    if payment is None and stage != "final":
        name = stage.replace("_", " ")
        why = f"the contract does not say what is paid at the {name} stage"
        return Missing(
            "clause", f"payments {stage}", why, f'write a payment with stage = "{stage}"'
        )
    pct = Decimal(100) if payment is None else payment.pct
    with localcontext(EXACT):
        return rounded_to(net * pct / 100, contract.rounding.total) - paid_before


def _clauses_missing(contract: Contract) -> list[Missing]:
    """Return the clauses without which nothing of a parcel is worth anything."""
    found = []
    if contract.weight is None:
        why = "the contract does not say whose weight is final"
        found.append(Missing("clause", "weight", why, "write the clause on weight"))
    if contract.assays is None:
        why = "the contract does not say whose assay is final"
        found.append(Missing("clause", "assays", why, "write the clause on assays"))
    if not contract.payables and contract.basket is None:
        why = "the contract does not say what is paid"
        found.append(Missing("clause", "payables", why, "write payables or a basket"))
    return found


@lru_cache(maxsize=256)
def _refused(contract: Contract) -> tuple[Missing, ...]:
    """Return the clauses that can be read in two ways, each with what both would pay.

    Many parcels are settled under one contract: it is read once.
    """
    found = []
    for one in contradictions(contract):
        shown = "; or ".join(str(reading) for reading in one.readings)
        why = f"{one.message} ({one.example}: {shown})" if shown else one.message
        found.append(Missing("clause", one.clause, why, one.remedy))
    return tuple(found)


def _without_contract(
    parcel: Parcel, stage: Stage, paid_before: Decimal, identity: str
) -> Statement:
    missing = tuple(
        Missing("clause", name, f"there is no contract: it has to say {what}", "agree on it")
        for name, what in NEEDED
    )
    return Statement(
        identity or f"no-contract/{parcel.id}/{stage}", "", parcel.id, stage, "NOT SETTLED", "", "",
        "", None, None, (), (), None, paid_before, None, UNKNOWN_BASIS, (), missing,
    )  # fmt: skip


def _mass(values: list[Decimal | None]) -> Decimal | None:
    if not values or any(value is None for value in values):
        return None
    return sum((value for value in values if value is not None), Decimal(0))


def _basis(contract: Contract, lines: tuple[StatementLine, ...]) -> str:
    return weakest_of(str(contract.basis), *(line.basis for line in lines))


def _notes(asked: Settling, figures: Figures) -> tuple[str, ...]:
    contract, notes = asked.contract, list(figures.notes)
    if contract.basis in {"assumed", "planned"}:
        notes.insert(0, f"The terms are {contract.basis}: {contract.source}.")
    shipped = figures.days.get("shipment", "")
    first, last = contract.valid_from or "", contract.valid_to or "9999"
    if shipped and not first <= shipped <= last:
        span = f"from {first or 'its beginning'} to {contract.valid_to or 'its end'}"
        notes.append(f"The parcel left on {shipped}; the contract holds {span}.")
    payment = next((one for one in contract.payments if one.stage == asked.stage), None)
    if payment is not None and payment.due_event is not None:
        notes.append(_due_day(payment.due_event, payment.due_days, figures))
    return tuple(notes)


def _due_day(event: str, days: int, figures: Figures) -> str:
    counted = f"{days} days after {event.replace('_', ' ')}"
    said = figures.days.get(event)
    if said is None:
        return f"Payment is due {counted}, whose day nobody has recorded."
    return f"Payment is due on {date.fromisoformat(said) + timedelta(days=days)}, {counted}."
