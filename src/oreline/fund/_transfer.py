"""The transfer-pricing file: controlled sales of a ledger, each beside what others agreed on.

A sale is controlled where its seller and its buyer are related. Its price is what was asked for the
shipment, all charges taken off, per tonne of payable content: the sum of invoices and advances
once its final invoice is there, else the value of the final statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from oreline.comply import Missing
from oreline.fund._transfer_methods import (
    ArmsLength,
    Comparables,
    RangeResult,
    TransferMethod,
    adjustment,
    arms_length,
    range_result,
)
from oreline.fund._transfer_text import TRANSFER_FILE, RelatedParties, TestedContract, TransferTerms
from oreline.model import Finding, InputError, Severity
from oreline.record import Ledger
from oreline.settle import (
    Contract,
    Priced,
    PriceSeries,
    Settling,
    Shipment,
    contracts_of,
    invoices_of,
    paid_before,
    prices_of,
    settling_of,
    shipments_of,
    statement_of,
)

_NOTHING = ArmsLength(None, None, None)
_PRICE_STEP = Decimal("0.0001")
_MONEY_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ControlledSale:
    """A shipment between related parties, and where its price lies.

    Parameters
    ----------
    net_value
        What was asked for it, in the contract's currency; ``is_invoiced`` where the final invoice
        is there, else by the final statement.
    price
        Net value per tonne of payable content of the analyte that is tested.
    price_basis, terms
        Which published price of which days; delivery and stages of payment.
    quoted
        The mean of the series in the contract's own period, per tonne, without floor or cap.
    """

    contract: Contract
    relation: RelatedParties
    shipment: Shipment
    dry_t: Decimal | None
    payable_t: Decimal | None
    net_value: Decimal | None
    is_invoiced: bool
    price_basis: str
    terms: str
    quoted: Fraction | None
    test: TestedContract | None
    compared: Comparables | None
    arms: ArmsLength
    basis: str
    events: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def price(self) -> Fraction | None:
        """Return the net value per tonne of payable content."""
        if self.net_value is None or not self.payable_t:
            return None
        return Fraction(self.net_value) / Fraction(self.payable_t)

    @property
    def result(self) -> RangeResult:
        """Return where the price lies."""
        return range_result(self.price, self.arms)

    @property
    def adjustment(self) -> Fraction | None:
        """Return what raises the seller's income to the median, in the contract's currency."""
        return adjustment(self.result, self.price, self.payable_t, self.arms)

    def to_row(self) -> dict[str, str | None]:
        """Return one row of the file; numbers as decimal text, empty where they are not known."""
        test, compared = self.test, self.compared
        currency = self.contract.currency
        return {
            "contract": self.contract.id,
            "shipment": self.shipment.id,
            "date": self.shipment.day,
            "seller": self.contract.seller,
            "buyer": self.contract.buyer,
            "related_by": self.relation.why,
            "goods": ", ".join(self.contract.materials),
            "lots": ", ".join(self.shipment.lots),
            "dry_t": _plain(self.dry_t),
            "analyte": None if test is None else test.analyte,
            "payable_t": _plain(self.payable_t),
            "net_value": _plain(self.net_value),
            "value_by": "invoices" if self.is_invoiced else "final statement",
            "currency": currency,
            "price_basis": self.price_basis,
            "terms": self.terms,
            "price": _rounded(self.price, _PRICE_STEP),
            "unit": f"{currency} per t of payable {'content' if test is None else test.analyte}",
            "quoted": _rounded(self.quoted, _PRICE_STEP),
            "method": None if test is None else str(test.method),
            "low": _rounded(self.arms.low, _PRICE_STEP),
            "median": _rounded(self.arms.median, _PRICE_STEP),
            "high": _rounded(self.arms.high, _PRICE_STEP),
            "result": str(self.result),
            "adjustment": _rounded(self.adjustment, _MONEY_STEP),
            "because": "; ".join(f"{one.name}: {one.why}" for one in self.missing),
            "basis": self.basis,
            "comparables_basis": None if compared is None else compared.basis,
            "comparables_source": None if compared is None else compared.source,
            "events": " ".join(self.events),
        }


@dataclass(frozen=True, slots=True)
class TransferFile:
    """All controlled sales of a ledger on a day, and what the chain folder says of them."""

    day: date
    terms: TransferTerms
    sales: tuple[ControlledSale, ...]
    findings: tuple[Finding, ...]

    @property
    def outside(self) -> tuple[ControlledSale, ...]:
        """Return the sales whose price lies below or above what others agreed on."""
        told = {RangeResult.BELOW, RangeResult.ABOVE}
        return tuple(one for one in self.sales if one.result in told)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a sale."""
        rows = [one.to_row() for one in self.sales]
        return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """Return the sheets of the file: sales, related parties, methods, comparables."""
        return {"sales": self.to_frame(), **_stated(self.terms)}

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "on": self.day.isoformat(),
            **{name: frame.to_dicts() for name, frame in self.frames().items()},
            "findings": [one.to_json() for one in self.findings],
        }


COLUMNS = (
    "contract", "shipment", "date", "seller", "buyer", "related_by", "goods", "lots", "dry_t",
    "analyte", "payable_t", "net_value", "value_by", "currency", "price_basis", "terms", "price",
    "unit", "quoted", "method", "low", "median", "high", "result", "adjustment", "because", "basis",
    "comparables_basis", "comparables_source", "events",
)  # fmt: skip
"""The columns of the file."""


def transfer_file(ledger: Ledger, terms: TransferTerms, day: date) -> TransferFile:
    """Return the controlled sales of a ledger, with what is known on a day.

    ORL-1188 names what the terms speak of and the ledger does not have.
    """
    contracts, _ = contracts_of(ledger)
    prices, _ = prices_of(ledger)
    sales = [
        _sale(ledger, contract, relation, shipment, terms, prices, day)
        for contract in contracts.values()
        if (relation := terms.relation(contract.seller, contract.buyer)) is not None
        for shipment in shipments_of(ledger, contract)
        if shipment.day <= day.isoformat()
    ]
    sales.sort(key=lambda one: (one.shipment.day, one.contract.id, one.shipment.id))
    return TransferFile(day, terms, tuple(sales), tuple(_not_there(terms, contracts)))


def _not_there(terms: TransferTerms, contracts: Mapping[str, Contract]) -> Iterator[Finding]:
    for number, one in enumerate(terms.tested):
        found = contracts.get(one.contract)
        message = ""
        if found is None:
            message = f"{one.contract} is no contract of this ledger"
        elif terms.relation(found.seller, found.buyer) is None:
            message = f"{found.seller} and {found.buyer} of {one.contract} are not said to be "
            message += "related: its sales are not controlled"
        if message:
            fix = "correct the id, or name its parties under [[related]]"
            where = f"{TRANSFER_FILE} tested {number + 1}"
            yield Finding("ORL-1188", Severity.WARNING, where, message, fix)


def _sale(
    ledger: Ledger, contract: Contract, relation: RelatedParties, shipment: Shipment,
    terms: TransferTerms, prices: Mapping[str, PriceSeries], day: date,
) -> ControlledSale:  # fmt: skip
    """Return a shipment with its price, and beside it what others agreed on."""
    test = terms.test_of(contract.id)
    shipped = date.fromisoformat(shipment.day)
    compared = terms.comparables_on(contract.id, shipped)
    bare = ControlledSale(
        contract, relation, shipment, None, None, None, False, "", _terms_told(contract), None,
        test, compared, _NOTHING, "unknown", (shipment.id,), (),
    )  # fmt: skip
    missing = [] if test is not None else [
        Missing("method", f"nobody chose one for {contract.id}", f"add a [[tested]] to "
                f"{TRANSFER_FILE}")
    ]  # fmt: skip
    try:
        made = _priced(ledger, bare, prices, day)
    except InputError as error:
        why = Missing(f"value of {shipment.id}", str(error.args[0]), "correct the events")
        return replace(bare, missing=(*missing, why))
    if test is None:
        return replace(made, missing=(*made.missing, *missing))
    return _compared(made, test)


def _priced(
    ledger: Ledger, bare: ControlledSale, prices: Mapping[str, PriceSeries], day: date
) -> ControlledSale:
    """Return a sale with quantities and value: as invoiced finally, else as it would be."""
    contract, shipment, test = bare.contract, bare.shipment, bare.test
    own = [
        one for one in invoices_of(ledger, contract, shipment.names) if one.day <= day.isoformat()
    ]
    final = next((one for one in own if one.stage == "final"), None)
    on = day if final is None else date.fromisoformat(final.on or final.day)
    asked = settling_of(ledger, contract, shipment, prices, "final", on)
    statement = statement_of(asked)
    events: tuple[str, ...] = (shipment.id,)
    value = statement.net_value
    if final is not None:
        billed = paid_before(ledger, contract, asked.parcel)
        value, events = billed.amount, (shipment.id, *billed.evidence)
    missing = [Missing(one.where or one.what, one.why, one.remedy) for one in statement.missing]
    found = {one.analyte: one.payable_t for one in statement.analytes}
    payable = None if test is None else found.get(test.analyte)
    if test is not None and test.analyte not in found:
        named = ", ".join(found) or "nothing"
        why = f"{contract.id} pays for {named}"
        missing.append(Missing(f"payable {test.analyte}", why, "test an analyte that is paid"))
    elif payable == 0:
        missing.append(Missing("price per payable tonne", "nothing is payable", "see the assays"))
    priced = _price_of(asked, test)
    basis = "" if priced is None else f"{priced.formula} (days {priced.first} to {priced.last})"
    return replace(
        bare,
        dry_t=statement.dry_t,
        payable_t=payable,
        net_value=value if statement.net_value is not None else None,
        is_invoiced=final is not None,
        price_basis=basis,
        quoted=_quoted(asked, test),
        basis=statement.basis,
        events=events,
        missing=tuple(missing),
    )


def _compared(sale: ControlledSale, test: TestedContract) -> ControlledSale:
    compared, missing = sale.compared, [*sale.missing]
    if compared is None:
        why = f"none is stated for {sale.contract.id} on {sale.shipment.day}"
        missing.append(Missing("comparables", why, f"add [[comparables]] to {TRANSFER_FILE}"))
        return replace(sale, missing=tuple(missing))
    strange = {compared.currency, compared.base_currency} - {"", sale.contract.currency}
    if strange:
        why = f"they are in {', '.join(strange)}, the contract in {sale.contract.currency}"
        missing.append(Missing("comparables", why, "state them in the contract's currency"))
        return replace(sale, missing=tuple(missing))
    if compared.is_quoted and sale.quoted is None:
        why = "the contract names none, or its period is not fully published"
        missing.append(Missing("quoted price", why, "add the published values of its days"))
    arms = arms_length(test.method, compared, sale.quoted)
    return replace(sale, arms=arms, missing=(*missing, *arms.missing))


def _price_of(asked: Settling, test: TestedContract | None) -> Priced | None:
    """Return the price under the clause by which the tested analyte is paid."""
    contract = asked.contract
    named = {one.analyte: one.price for one in contract.payables}
    if contract.basket is not None:
        named |= {one.analyte: one.price for one in contract.basket.items}
    clause = None if test is None else named.get(test.analyte)
    return asked.figures().prices.get(clause or "")


def _quoted(asked: Settling, test: TestedContract | None) -> Fraction | None:
    """Return the mean of the published days of the contract's period, None before all are.

    What the parties agreed to do to it, a floor, a cap or a rounding, is not in it.
    """
    clauses = tuple(
        one.model_copy(update={"floor": None, "cap": None, "rounding": None})
        for one in asked.contract.prices
    )
    bare = asked.contract.model_copy(update={"prices": clauses})
    found = _price_of(replace(asked, contract=bare), test)
    if found is None or not found.is_final or found.average_per_t is None:
        return None
    return Fraction(found.average_per_t)


def _terms_told(contract: Contract) -> str:
    """Return delivery and payments in words."""
    told = []
    if contract.delivery is not None:
        told.append(f"{contract.delivery.incoterm} {contract.delivery.place}")
    told += [f"{one.stage.replace('_', ' ')} {one.pct:f} %" for one in contract.payments]
    return "; ".join(told)


def _stated(terms: TransferTerms) -> dict[str, pl.DataFrame]:
    """Return what the chain folder says, table by table, as it is reckoned with."""
    related = [
        {"parties": " ".join(sorted(one.parties)), "why": one.why, "basis": one.basis,
         "source": one.source}
        for one in terms.related
    ]  # fmt: skip
    tested = [
        {"contract": one.contract, "analyte": one.analyte, "method": str(one.method),
         "why": one.why, "basis": one.basis, "source": one.source}
        for one in terms.tested
    ]  # fmt: skip
    methods = {one.contract: one.method for one in terms.tested}
    compared = [_compared_row(one, methods[one.contract]) for one in terms.comparables]
    return {
        "related": pl.DataFrame(related),
        "tested": pl.DataFrame(tested),
        "comparables": pl.DataFrame(compared, infer_schema_length=None),
    }


def _compared_row(one: Comparables, method: TransferMethod) -> dict[str, str | None]:
    is_price = method is TransferMethod.CUP
    scale = 1 if is_price else 100
    ends = {
        name: None if end is None else _rounded(end * scale, _PRICE_STEP)
        for name, end in (("low", one.low), ("median", one.median), ("high", one.high))
    }
    bases = {
        name: _rounded(base, _PRICE_STEP)
        for name, base in (("resale", one.resale), ("cost", one.cost),
                           ("buyer_cost", one.buyer_cost))
    }  # fmt: skip
    return {
        "contract": one.contract, "from": one.start.isoformat(), "to": one.end.isoformat(), **ends,
        "unit": f"{one.currency}/t" if is_price else "%",
        "taken_off": "the quoted price" if one.is_quoted else "",
        **bases, "bases_in": f"{one.base_currency}/t" if one.base_currency else "",
        "indicator": one.indicator, "basis": one.basis, "source": one.source,
    }  # fmt: skip


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _rounded(value: Fraction | None, step: Decimal) -> str | None:
    """Return a fraction as decimal text, half to even on a step."""
    if value is None:
        return None
    return f"{round(value / Fraction(step)) * step:f}"
