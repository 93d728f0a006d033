"""A contract with what it is applied to, and the lines that this makes before they are rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from oreline.settle._charges import Rated, escalated_rate
from oreline.settle._clauses import Clause, Escalation
from oreline.settle._contract import Contract
from oreline.settle._figures import Goods
from oreline.settle._pricing import Priced
from oreline.settle._rounding import shown
from oreline.settle._statement import Input, Missing, Stage
from oreline.settle._units import Quantity

UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before rounding; ``missing`` says what keeps its amount from being known.

    An amount that is not known because of something that is reported already has no ``missing``.
    """

    id: str
    kind: str
    subject: str
    title: str
    clause: str
    formula: str
    inputs: tuple[Input, ...]
    amount: Decimal | None
    why: str = ""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Tonnes of an analyte in each of the goods; None where it is UNKNOWN."""

    contained_t: tuple[Decimal | None, ...]
    payable_t: tuple[Decimal | None, ...]

    def of(self, basis: str) -> Decimal | None:
        """Return the sum on a charge basis, None where a part of it is UNKNOWN."""
        parts = self.payable_t if basis == "payable" else self.contained_t
        if any(part is None for part in parts):
            return None
        return sum((part for part in parts if part is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class Applied:
    """A contract with what it is applied to; ``contents`` fills as payables are drafted."""

    contract: Contract
    goods: tuple[Goods, ...]
    prices: Mapping[str, Priced]
    days: Mapping[str, str]
    evidence: Mapping[str, str]
    stage: Stage
    contents: dict[str, Content] = field(default_factory=dict)

    @property
    def dry_t(self) -> Decimal:
        """Return the dry mass of all goods."""
        return sum((one.dry_t for one in self.goods), Decimal(0))

    def price(self, name: str | None) -> Decimal | None:
        """Return a price per tonne, None where it is UNKNOWN."""
        found = self.prices.get(name or "")
        return None if found is None else found.per_t

    def price_inputs(self, *names: str | None) -> tuple[Input, ...]:
        """Return prices as inputs of a line."""
        found = (self.prices.get(name or "") for name in names)
        of = self.contract
        return tuple(one.given(of.currency, of.units) for one in found if one is not None)

    def dry_inputs(self) -> tuple[Input, ...]:
        """Return the dry masses as inputs of a line."""
        return tuple(one.dry for one in self.goods)

    def assay_inputs(self, *analytes: str) -> tuple[Input, ...]:
        """Return the grades as inputs of a line."""
        return tuple(
            one.assays[name] for one in self.goods for name in analytes if name in one.assays
        )

    def term(self, name: str, quantity: Quantity, clause: Clause) -> Input:
        """Return a number of the contract as an input of a line."""
        source = f"clause {clause.clause}" if clause.clause else self.contract.id
        return Input(name, quantity.value, quantity.unit, str(self.contract.basis), (), source)

    def contained(self, analyte: str) -> tuple[Decimal | None, ...]:
        """Return the tonnes of an analyte in each of the goods."""
        return tuple(
            None if analyte not in one.grades else one.dry_t * one.grades[analyte] / 100
            for one in self.goods
        )

    def content(self, analyte: str) -> Content:
        """Return the content of an analyte; what no clause pays is not payable."""
        found = self.contents.get(analyte)
        if found is not None:
            return found
        contained = self.contained(analyte)
        return Content(contained, tuple(Decimal(0) for _ in self.goods))


def escalated(
    applied: Applied, clause: Clause, rate: Quantity, escalation: Escalation | None
) -> tuple[Rated, tuple[Input, ...]]:
    """Return a charge at the price that moves it; an unknown price is reported as such."""
    given = applied.term("rate", rate, clause)
    if escalation is None:
        return Rated(rate, str(rate)), (given,)
    price = applied.price(escalation.price)
    inputs = (given, *applied.price_inputs(escalation.price))
    if price is None:
        return Rated(None), inputs
    return escalated_rate(rate, escalation, price, applied.contract.units), inputs


def charge_in(applied: Applied, rated: Rated, per: str) -> Decimal | None:
    """Return a rate in the contract's currency per dry tonne or tonne of content."""
    if rated.rate is None:
        return None
    return rated.rate.to(f"{applied.contract.currency}/{per}", applied.contract.units)


def bracketed(rated: Rated) -> str:
    """Return how a rate comes about; one that is worked out stands in brackets."""
    if rated.rate is None:
        return UNKNOWN
    return f"({rated.formula})" if " = " in rated.formula else rated.formula


def content_text(applied: Applied, content: Decimal | None, rate: Quantity) -> str:
    """Return a content in the unit that a rate is per, such as pounds for cents per pound."""
    unit = rate.unit.partition("/")[2]
    if content is None:
        return UNKNOWN
    return f"{shown(Quantity(content, 't').to(unit, applied.contract.units))} {unit}"


def rate_gaps(name: str, clause: Clause, rated: Rated) -> list[Missing]:
    """Return why a rate is not known, nothing where it is or is told elsewhere."""
    if rated.rate is not None or not rated.why:
        return []
    return [Missing("clause", place_of(name, clause), rated.why, "complete the charge")]


def basis_of(applied: Applied, analyte: str) -> str:
    """Return the basis of a content: derived from masses and assays."""
    inputs = (*applied.dry_inputs(), *applied.assay_inputs(analyte))
    return "derived" if inputs else "unknown"


def sum_of(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of some values, None where one is UNKNOWN."""
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total


def place_of(name: str, clause: Clause) -> str:
    """Return what a clause is called, with its number on paper."""
    return f"{name} (clause {clause.clause})" if clause.clause else name


def draft_of(
    name: str,
    kind: str,
    subject: str,
    title: str,
    clause: Clause,
    formula: str,
    inputs: tuple[Input, ...],
    amount: Decimal | None,
    gaps: Iterable[Missing],
) -> Draft:
    """Return a line of a clause; one without an amount says why."""
    found = tuple(gaps)
    why = "; ".join(one.why for one in found)
    if amount is None and not why:
        unknown = [one.name for one in inputs if one.value is None]
        why = f"UNKNOWN: {', '.join(unknown)}" if unknown else "an assay it needs is UNKNOWN"
    return Draft(
        name, kind, subject, title, clause.clause or "", formula, inputs, amount, why, found
    )
