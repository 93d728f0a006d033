"""``transfer-pricing.toml``: who is related, how prices are tested and with what compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from oreline.exchange import TomlSyntaxError, located_toml
from oreline.fund._benefit_text import told_problem
from oreline.fund._terms_text import Name, Problem, Said, Table
from oreline.fund._transfer_methods import NEEDS, Comparables, TransferMethod
from oreline.model import Finding, Severity, UnitError, is_analyte
from oreline.settle import currency_of, parse_quantity

TRANSFER_FILE = "transfer-pricing.toml"
"""Where a chain folder keeps it."""
_PAGE = "docs/reference/transfer-pricing.md"
_MAX = 500
"""How many tables of one kind there may be."""
_Basis = Literal["measured", "reported", "assumed", "planned"]
_Earned = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Wrong = tuple[str, str, str]
"""A key of a table, what is wrong with it, and what would mend it."""
_Method = Literal["CUP", "resale-minus", "cost-plus", "TNMM", "profit-split"]


class _Related(Table):
    parties: tuple[Name, Name]
    why: Said
    basis: _Basis
    source: Said


class _Tested(Table):
    contract: Name
    analyte: str
    method: _Method
    why: Said
    basis: _Basis
    source: Said


class _Comparables(Table):
    contract: Name
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    low: _Earned
    median: _Earned
    high: _Earned
    quoted: bool = False
    resale: _Earned | None = None
    cost: _Earned | None = None
    buyer_cost: _Earned | None = None
    indicator: Literal["sales", "costs"] | None = None
    basis: _Basis
    source: Said


class _File(Table):
    related: Annotated[tuple[_Related, ...], Field(min_length=1, max_length=_MAX)]
    tested: Annotated[tuple[_Tested, ...], Field(max_length=_MAX)] = ()
    comparables: Annotated[tuple[_Comparables, ...], Field(max_length=_MAX)] = ()


@dataclass(frozen=True, slots=True)
class RelatedParties:
    """Two parties that are not independent of each other, and why."""

    parties: frozenset[str]
    why: str
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class TestedContract:
    """By which method the prices of a contract are tested, per payable tonne of an analyte."""

    contract: str
    analyte: str
    method: TransferMethod
    why: str
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class TransferTerms:
    """What a chain folder says of prices between related parties."""

    related: tuple[RelatedParties, ...] = ()
    tested: tuple[TestedContract, ...] = ()
    comparables: tuple[Comparables, ...] = ()

    def relation(self, one: str, other: str) -> RelatedParties | None:
        """Return how two parties are related, None if nobody says that they are."""
        pair = {one, other}
        return next((found for found in self.related if found.parties == pair), None)

    def test_of(self, contract: str) -> TestedContract | None:
        """Return how a contract is tested."""
        return next((found for found in self.tested if found.contract == contract), None)

    def comparables_on(self, contract: str, day: date) -> Comparables | None:
        """Return what a contract's shipment of a day is compared with."""
        return next(
            (
                found
                for found in self.comparables
                if found.contract == contract and found.start <= day <= found.end
            ),
            None,
        )


def read_transfer(text: str, name: str) -> tuple[TransferTerms | None, tuple[Finding, ...]]:
    """Return what a text says, or None and everything that is wrong with it (ORL-1187)."""
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [[name]]"
        where = f"{name}:{error.line}"
        return None, (
            Finding("ORL-1187", Severity.FATAL, where, f"this is not TOML: {error}", fix),
        )
    try:
        table = _File.model_validate(located.values)
    except ValidationError as error:
        problems = [told_problem(detail, _PAGE) for detail in error.errors(include_url=False)]
    else:
        found, problems = _terms(table)
        if not problems:
            return found, ()
    return None, tuple(
        Finding("ORL-1187", Severity.FATAL, located.where(path, name), message, fix)
        for path, message, fix in problems
    )


def _terms(table: _File) -> tuple[TransferTerms, list[Problem]]:
    problems = [*_wrong_tests(table)]
    methods = {one.contract: TransferMethod(one.method) for one in table.tested}
    made: list[Comparables] = []
    for number, row in enumerate(table.comparables):
        path = ("comparables", number)
        method = methods.get(row.contract)
        if method is None:
            fix = "add a [[tested]] for it that names the method"
            problems.append(((*path, "contract"), f"{row.contract} is not tested", fix))
            continue
        one, wrong = _comparables(row, method)
        problems += [((*path, key), message, fix) for key, message, fix in wrong]
        if any(_meet(one, before) for before in made):
            message = f"{row.contract} from {row.start} to {row.end} shares days with earlier ones"
            problems.append(((*path, "from"), message, "let no day lie in two of them"))
        made.append(one)
    related = tuple(
        RelatedParties(frozenset(one.parties), one.why, one.basis, one.source)
        for one in table.related
    )
    tested = tuple(
        TestedContract(
            one.contract, one.analyte, methods[one.contract], one.why, one.basis, one.source
        )
        for one in table.tested
    )
    return TransferTerms(related, tested, tuple(made)), problems


def _meet(one: Comparables, before: Comparables) -> bool:
    """Return whether two are of one contract and share a day."""
    return one.contract == before.contract and one.start <= before.end and before.start <= one.end


def _wrong_tests(table: _File) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, one in enumerate(table.tested):
        if one.contract in seen:
            message = f"{one.contract} is tested twice"
            yield ("tested", number, "contract"), message, "choose one method for a contract"
        seen.add(one.contract)
        if not is_analyte(one.analyte):
            message = f"{one.analyte!r} is no element or oxide"
            yield ("tested", number, "analyte"), message, 'write analyte = "Sb"'
    for number, two in enumerate(table.related):
        if two.parties[0] == two.parties[1]:
            message = f"{two.parties[0]} stands beside itself"
            yield ("related", number, "parties"), message, "name two parties"


def _comparables(row: _Comparables, method: TransferMethod) -> tuple[Comparables, list[_Wrong]]:
    """Return one table read, and what is wrong with it by key."""
    wrong: list[_Wrong] = []
    currencies: dict[str, str] = {}

    def read(key: str, how: Callable[[str], tuple[Fraction, str]]) -> Fraction | None:
        text = getattr(row, key)
        if text is None or text == "unknown":
            return None
        try:
            value, currencies[key] = how(text)
        except UnitError as error:
            wrong.append((key, str(error), 'write such as "5 %", "17000 USD/t" or "unknown"'))
            return None
        return value

    earned = _price if method is TransferMethod.CUP else _share
    ends = [read(key, earned) for key in ("low", "median", "high")]
    bases = {key: read(key, _price) for key in ("resale", "cost", "buyer_cost")}
    wrong += _contradictions(row, method, ends, bases)
    if len({one for one in currencies.values() if one}) > 1:
        named = ", ".join(sorted(set(currencies.values()) - {""}))
        wrong.append(("low", f"money in {named} stands side by side", "write one currency"))
    made = Comparables(
        row.contract, row.start, row.end, ends[0], ends[1], ends[2],
        next((currencies[key] for key in ("low", "median", "high") if key in currencies), ""),
        row.quoted, **bases,
        base_currency=next((currencies[key] for key in bases if key in currencies), ""),
        indicator=row.indicator or "", basis=row.basis, source=row.source,
    )  # fmt: skip
    return made, wrong


def _contradictions(
    row: _Comparables,
    method: TransferMethod,
    ends: Sequence[Fraction | None],
    bases: Mapping[str, Fraction | None],
) -> list[_Wrong]:
    """Return what a table says that its method, its own numbers or its days contradict."""
    wrong: list[_Wrong] = []
    known = [one for one in ends if one is not None]
    if known != sorted(known):
        wrong.append(("low", "low, median and high are not in this order", "order them"))
    if method is TransferMethod.TNMM and row.indicator == "sales" and any(x >= 1 for x in known):
        wrong.append(("high", "a margin on sales is below 100 %", "correct it"))
    if row.end < row.start:
        wrong.append(("to", f"it ends on {row.end}, before {row.start}", "correct one day"))
    if row.quoted and method is not TransferMethod.CUP:
        wrong.append(("quoted", f"{method} has no quoted price", "remove it, or choose CUP"))
    for key, base in bases.items():
        if base is not None and base <= 0:
            wrong.append((key, f"{key} is not above nothing", "correct it"))
    for key in ("resale", "cost", "buyer_cost", "indicator"):
        is_given, is_needed = getattr(row, key) is not None, key in NEEDS[method]
        if is_given != is_needed:
            message = f"{method} {'needs' if is_needed else 'has no'} {key}"
            wrong.append((key, message, "add it" if is_needed else "remove it"))
    return wrong


def _price(text: str) -> tuple[Fraction, str]:
    """Return a price per tonne of content, and its currency."""
    found = parse_quantity(text, "price")
    currency = currency_of(found.unit)
    assert currency is not None, "a price is in a currency"
    return Fraction(found.to(f"{currency}/t")), currency


def _share(text: str) -> tuple[Fraction, str]:
    number, _, unit = text.strip().partition(" ")
    if unit.strip() != "%":
        raise UnitError(f"{text!r} is no percentage")
    try:
        value = Decimal(number)
    except ArithmeticError:
        raise UnitError(f"{text!r} does not begin with a number") from None
    if not value.is_finite() or not -1000 < value < 1000:
        raise UnitError(f"{text!r} is no percentage that a comparable can have")
    return Fraction(value) / 100, ""
