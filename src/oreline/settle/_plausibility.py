"""Numbers of a contract that fit their unit and not the market: dollars where cents are meant.

A charge of 1.90 USD/lb has the dimension of one of 1.90 c/lb, so that no check of units finds the
slip. Beside a published price it shows. What is told here is a warning: markets do strange things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from oreline.model import Finding, Severity, UnitError
from oreline.settle._charge_tiers import rates_of
from oreline.settle._clauses import Escalation, PriceClause
from oreline.settle._contract import Contract
from oreline.settle._prices import PriceSeries
from oreline.settle._units import Quantity, currency_of

LARGE_PART_PCT = 20
"""From which part of the price on, in %, a refining charge is asked about."""
FAR_OFF = 10
"""By which factor a price written in a contract may lie off the last one published, unasked."""


def implausible(
    contract: Contract, prices: Mapping[str, PriceSeries], name: str
) -> tuple[Finding, ...]:
    """Return a warning for each charge and price that is far off what was last published.

    Parameters
    ----------
    contract
        The terms.
    prices
        Series by id; what has none is not asked about.
    name
        What findings call the file.
    """
    last = {clause.id: _last_per_t(contract, clause, prices) for clause in contract.prices}
    return (*_charges(contract, last, name), *_levels(contract, last, name))


def _charges(
    contract: Contract, last: Mapping[str, Decimal | None], name: str
) -> Iterator[Finding]:
    price_of = {one.analyte: one.price for one in contract.payables}
    for one in contract.refining:
        price = last.get(price_of.get(one.analyte) or "")
        for written in rates_of(one):
            rate = _per_t(contract, written)
            if price is None or rate is None or abs(rate) * 100 < LARGE_PART_PCT * price:
                continue
            part = abs(rate) * 100 / price
            message = (
                f"{written} is {rate:.2f} {contract.currency}/t, {part:.0f} % of the last price "
                f"of {price:.2f}"
            )
            yield _warning(f"{name} refining charge {one.analyte}", message, written)


def _levels(contract: Contract, last: Mapping[str, Decimal | None], name: str) -> Iterator[Finding]:
    for place, price, level in _written(contract):
        known, given = last.get(price), _per_t(contract, level)
        if known is None or given is None or given <= 0 or known <= 0:
            continue
        ratio = max(known / given, given / known)
        if ratio >= FAR_OFF:
            message = (
                f"{level} is {given:.2f} {contract.currency}/t, {ratio:.0f} times off the last "
                f"price of {known:.2f}"
            )
            yield _warning(f"{name} {place}", message, level)


def _written(contract: Contract) -> Iterator[tuple[str, str, Quantity]]:
    """Yield the prices that clauses write beside one that is published."""
    for clause in contract.prices:
        for key in ("floor", "cap", "provisional_fixed"):
            level = getattr(clause, key)
            if level is not None:
                yield f"price {clause.id} {key}", clause.id, level
    for part in contract.participation:
        yield f"price participation {part.analyte} base", part.price, part.base
    for label, escalation in _escalations(contract):
        yield f"{label} escalation base", escalation.price, escalation.base


def _escalations(contract: Contract) -> Iterator[tuple[str, Escalation]]:
    if contract.treatment is not None and contract.treatment.escalation is not None:
        yield "treatment", contract.treatment.escalation
    for one in contract.refining:
        if one.escalation is not None:
            yield f"refining charge {one.analyte}", one.escalation


def _warning(where: str, message: str, written: Quantity) -> Finding:
    fix = "look at number and unit on paper"
    if written.unit == "USD/lb":
        fix += f": is {Quantity(written.value, 'c/lb')} meant?"
    return Finding("ORL-0823", Severity.WARNING, where, message, fix)


def _last_per_t(
    contract: Contract, clause: PriceClause, prices: Mapping[str, PriceSeries]
) -> Decimal | None:
    """Return the last price of a clause in the contract's currency, None where nobody can know."""
    if clause.fixed is not None:
        return _per_t(contract, clause.fixed)
    series = prices.get(clause.series or "")
    if series is None or not series.values:
        return None
    value = Quantity(series.values[max(series.values)], series.unit)
    own = currency_of(series.unit)
    if own is None or own == contract.currency:
        return _per_t(contract, value)
    rate = prices.get(clause.fx or "")
    if rate is None or not rate.values or rate.unit != f"{contract.currency}/{own}":
        return None
    return value.to(f"{own}/t", contract.units) * rate.values[max(rate.values)]


def _per_t(contract: Contract, price: Quantity) -> Decimal | None:
    try:
        return price.to(f"{contract.currency}/t", contract.units)
    except UnitError:
        return None
