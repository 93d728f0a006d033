"""Reading ``costs.toml``: the cost model of a design, with every problem at its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from oreline.design._cost_accounts import cost_account
from oreline.design._cost_flows import FlowAmount, FlowSource, flow_quantity, products_behind
from oreline.design._cost_model import (
    Burden,
    CapitalItem,
    CostModel,
    EstimateTerms,
    OperatingLine,
    PricedProduct,
)
from oreline.design._cost_problems import cost_problems
from oreline.design._costs_schema import (
    CapitalTable,
    CostsTable,
    EstimateTable,
    FlowTable,
    NumberTable,
)
from oreline.design._parameter import Parameter, Shape
from oreline.design._price_index import PriceIndex
from oreline.design._solve import Flows
from oreline.exchange import Located, TomlPath, TomlSyntaxError, located_toml
from oreline.model import Basis, Finding, InputError, OrelineError, Severity

COSTS_BYTES_MAX: Final = 4_000_000
"""How large a costs.toml may be."""


@dataclass(frozen=True, slots=True)
class Costs:
    """A cost model as its file states it, with the shapes and correlations of its numbers.

    ``flows`` are the amounts that a flowsheet gives; the model holds them as they stand.
    """

    model: CostModel
    flows: tuple[FlowAmount, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)


def read_costs(
    data: bytes, name: str, flows: Flows | None = None
) -> tuple[Costs | None, tuple[Finding, ...]]:
    """Read a cost model from TOML; None where something is wrong, with everything that is.

    ``flows`` is the flowsheet beside it, solved for its numbers as they stand; None where there is
    none. The form is on the page of costs of the reference.
    """
    if len(data) > COSTS_BYTES_MAX:
        message = f"the file has {len(data)} bytes, more than COSTS_BYTES_MAX = {COSTS_BYTES_MAX}"
        return None, (_form(f"{name}:1", message, "split the costs, a file for each plant"),)
    try:
        found = located_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} is no UTF-8"
        return None, (_form(f"{name}:1", message, "save the file as UTF-8"),)
    except TomlSyntaxError as error:
        return None, (_form(f"{name}:{error.line}", str(error), "correct the line"),)
    try:
        table = CostsTable.model_validate(_floats(found.values))
    except ValidationError as error:
        return None, _form_findings(error, found, name)
    reading = _Reading(found, name, flows)
    costs = reading.costs(table)
    return (None if reading.problems else costs), tuple(_in_order(reading.problems, name))


def _form(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-1046", Severity.FATAL, where, message, fix)


def _floats(value: Any) -> Any:
    """Turn exact decimals into floating-point numbers, everywhere inside a value."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _floats(inner) for key, inner in value.items()}
    return [_floats(inner) for inner in value] if isinstance(value, list) else value


def _form_findings(error: ValidationError, found: Located, name: str) -> tuple[Finding, ...]:
    made: dict[tuple[str, str], Finding] = {}
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if _stands(part))
        words = (
            ", ".join(f"{part + 1}" if isinstance(part, int) else part for part in path)
            or "the file"
        )
        message = f"{words}: {_said(detail['type'], detail['msg'])}"
        where = found.where(path, name)
        made.setdefault((where, message), _form(where, message, _remedy(detail["type"])))
    return tuple(_in_order(made.values(), name))


def _stands(part: str | int) -> bool:
    """Return whether a part of an error's place is of the file, and not a branch of a type."""
    return part not in ("int", "float", "[key]")


def _said(kind: str, message: str) -> str:
    told = {
        "missing": "it is missing",
        "extra_forbidden": "this key is not known",
        "int_type": "this is no number",
        "float_type": "this is no number",
        "string_type": "this is no text",
    }
    return told.get(kind, message[:1].lower() + message[1:])


def _remedy(kind: str) -> str:
    told = {
        "missing": "add it; every number has a value, unit, basis and source",
        "extra_forbidden": "remove it, or correct its spelling",
        "int_type": "write digits without quotes",
        "float_type": "write digits without quotes",
    }
    return told.get(kind, "write what the page of costs of the reference lists")


def _in_order(findings: Iterable[Finding], name: str) -> list[Finding]:
    def line(finding: Finding) -> int:
        text = finding.where.removeprefix(f"{name}:")
        return int(text) if text.isdigit() else 0

    return sorted(findings, key=line)


class _Reading:
    """One reading of a file whose form is right: what it makes, and what is wrong with it."""

    def __init__(self, found: Located, name: str, flows: Flows | None) -> None:
        self.found = found
        self.name = name
        self.flows = flows
        self.amounts: tuple[FlowAmount, ...] = ()
        self.problems: list[Finding] = []
        self.shapes: dict[str, Shape] = {}
        self.places: dict[str, str] = {}
        # True where something stands in for an amount that is not known: units would tell nothing.
        self.stands_in = False

    def wrong(self, where: str, message: str) -> None:
        fix = "correct the entry, or the one that it refers to"
        self.problems.append(Finding("ORL-1047", Severity.FATAL, where, message, fix))

    def where(self, *path: str | int) -> str:
        return self.found.where(path, self.name)

    def number(self, table: NumberTable | None, key: str, *path: str | int) -> Parameter | None:
        """Return a number; its shape is kept under the name that the model gives it."""
        if table is None:
            return None
        self.places[key] = self.where(*path)
        try:
            one = Parameter(
                float(table.value),
                table.unit,
                table.basis,
                table.source,
                None if table.low is None else float(table.low),
                None if table.high is None else float(table.high),
                table.note,
            )
        except InputError as error:
            self.wrong(self.where(*path), str(error.args[0]))
            # Something must stand here while the rest of the file is read.
            return Parameter(1.0, table.unit, Basis.ASSUMED, table.source)
        if one.is_ranged and table.shape is not Shape.TRIANGULAR:
            self.shapes[key] = table.shape
        return one

    def given(self, table: NumberTable, key: str, *path: str | int) -> Parameter:
        one = self.number(table, key, *path)
        assert one is not None
        return one

    def costs(self, table: CostsTable) -> Costs | None:
        """Return the cost model, or None where something of it contradicts the rest."""
        indices = {}
        for name, index in table.index.items():
            values = {period: float(value) for period, value in index.values.items()}
            try:
                indices[name] = PriceIndex(name, index.source, values)
            except InputError as error:
                self.wrong(self.where("index", name), str(error.args[0]))
        self.amounts = tuple(self._amount(name, one) for name, one in table.flows.items())
        quantities = {
            name: self.given(one, f"quantity: {name}", "quantities", name)
            for name, one in table.quantities.items()
        }
        quantities |= self._flow_quantities(quantities)
        try:
            model = CostModel(
                self._terms(table.estimate),
                tuple(self._capital(table, at) for at in range(len(table.capital))),
                tuple(self._operating(table, at) for at in range(len(table.operating))),
                self._products(table),
                quantities,
                self._burdens(table),
                indices,
                table.estimate.allocation,
                table.estimate.main_product,
                table.estimate.per_tonne_of,
            )
        except InputError as error:
            self.wrong(self.where("estimate"), str(error.args[0]))
            return None
        if not self.stands_in:
            for where, message in cost_problems(model):
                self.wrong(self._place(where), message)
        ranged = self._ranged(model)
        for key, shape in table.shapes.items():
            if key not in ranged:
                self.wrong(self.where("shapes", key), f"{key!r} is no number with a range")
            self.shapes[key] = shape
        correlations = self._correlations(table, ranged)
        return Costs(model, self.amounts, self.shapes, correlations)

    def _ranged(self, model: CostModel) -> frozenset[str]:
        """Return the names of all numbers with a range, those of the flowsheet among them."""
        numbers = model.parameters()
        numbers |= {f"dose: {one.name}": one.dose for one in self.amounts if one.dose is not None}
        if self.flows is not None:
            sheet = self.flows.frame.flowsheet
            numbers |= {f"flowsheet: {name}": one for name, one in sheet.numbers().items()}
        return frozenset(name for name, one in numbers.items() if one.is_ranged)

    def _amount(self, name: str, table: FlowTable) -> FlowAmount:
        path: TomlPath = ("flows", name)
        named = [(source, getattr(table, source)) for source in FlowSource]
        stated = [(source, of) for source, of in named if of]
        if len(stated) != 1:
            words = ", ".join(FlowSource)
            self.wrong(self.where(*path), f"{name} names not one of {words}, but {len(stated)}")
        source, of = stated[0] if stated else (FlowSource.FEED, "")
        return FlowAmount(
            name,
            source,
            of,
            table.component,
            table.units,
            self.number(table.dose, f"dose: {name}", *path, "dose"),
            self.where(*path),
        )

    def _flow_quantities(self, stated: Mapping[str, Parameter]) -> dict[str, Parameter]:
        """Return what the flowsheet gives as its numbers stand."""
        found: dict[str, Parameter] = {}
        for one in self.amounts:
            # Something must stand here while the rest of the file is read.
            found[one.name] = Parameter(1.0, "t/y", Basis.ASSUMED, "missing")
            if one.name in stated:
                self.wrong(one.where, f"{one.name} stands under [quantities] too: keep one of them")
            if self.flows is None:
                message = f"{one.name} is of a flowsheet, and no processes.toml is there"
                self.wrong(one.where, message)
                self.stands_in = True
                continue
            try:
                found[one.name] = flow_quantity(one, self.flows)
            except OrelineError as error:
                self.wrong(one.where, str(error.args[0]))
                self.stands_in = True
        return found

    def _served(
        self, at: str, named: tuple[str, ...], table: CostsTable, *path: str | int
    ) -> tuple[str, ...]:
        """Return the products that an entry serves: those named, or those behind its unit."""
        if not at:
            return named
        where = self.where(*path, "at")
        if named or self.flows is None:
            why = "products are named too" if named else "no processes.toml is there"
            self.wrong(where, f"at = {at!r} says whom this serves, and {why}")
            return named
        try:
            behind = products_behind(self.flows.frame.flowsheet, at)
        except InputError as error:
            self.wrong(where, str(error.args[0]))
            return ()
        ends = {one.name: one.of for one in self.amounts if one.source is FlowSource.PRODUCT}
        served = tuple(one.name for one in table.products if ends.get(one.amount_of) in behind)
        if not served:
            self.wrong(where, f"nothing that is sold comes from {at}")
        return served

    def _place(self, where: str) -> str:
        if where.startswith("number "):
            return self.places.get(where.removeprefix("number "), self.name)
        return where or self.where("estimate")

    def _terms(self, table: EstimateTable) -> EstimateTerms:
        numbers = {
            name: self.number(getattr(table, name), f"estimate: {name}", "estimate", name)
            for name in ("location", "contingency", "owner", "working", "rate", "life")
        }
        done = self.number(table.engineering, "estimate: engineering", "estimate", "engineering")
        return EstimateTerms(
            table.currency, table.year, table.estimate_class, engineering_pct=done, **numbers
        )

    def _capital(self, whole: CostsTable, at: int) -> CapitalItem:
        table = whole.capital[at]
        path: TomlPath = ("capital", at)
        keys = ("cost", "size", "reference_size", "exponent", "installation")
        numbers = {
            key: self.number(
                getattr(table, key), f"capital {key.replace('_', ' ')}: {table.name}", *path, key
            )
            for key in keys
        }
        year = table.year
        if table.account:
            year = self._from_account(table, numbers, path) or year
        elif not year:
            self.wrong(self.where(*path), f"{table.name} does not say in money of which year it is")
        cost = numbers.pop("cost")
        if cost is None:
            if not table.account:
                self.wrong(self.where(*path), f"{table.name} has neither a cost nor an account")
            cost = Parameter(1.0, "", Basis.ASSUMED, "missing")
        bounds = table.size_range
        return CapitalItem(
            table.name,
            table.stage,
            table.method,
            cost,
            year,
            table.index,
            size_of=table.size_of,
            size_range=None if bounds is None else (float(bounds[0]), float(bounds[1])),
            count=table.count,
            battery_limits=table.battery_limits,
            products=self._served(table.at, table.products, whole, *path),
            where=self.where(*path),
            **numbers,
        )

    def _from_account(
        self, table: CapitalTable, numbers: dict[str, Parameter | None], path: TomlPath
    ) -> str:
        """Fill in what a published account says and the file does not; return its year."""
        try:
            account = cost_account(table.account)
        except OrelineError as error:
            self.wrong(self.where(*path, "account"), str(error.args[0]))
            return ""
        source = f"account {account.number}, {account.name}; {account.source}"
        for key, value, unit in (
            ("cost", account.cost, account.currency),
            ("reference_size", account.size, account.size_unit),
            ("exponent", account.exponent, "1"),
        ):
            if numbers[key] is None:
                numbers[key] = Parameter(value, unit, Basis.REPORTED, source)
        return account.year

    def _operating(self, whole: CostsTable, at: int) -> OperatingLine:
        table = whole.operating[at]
        path: TomlPath = ("operating", at)
        priced, part = table.price is not None, table.percent is not None
        if priced == part or part != (table.of is not None):
            self.wrong(
                self.where(*path),
                f"{table.name} has a price, or a percent and what it is of; not both, not neither",
            )
        given = table.price if table.price is not None else table.percent
        key = "price" if priced else "percent"
        price = self.number(given, f"cost: {table.name}", *path, key)
        if part and price is not None and price.unit not in ("%", "%/y"):
            self.wrong(self.where(*path, "percent"), f"{price.unit!r} is no percentage: write %")
        return OperatingLine(
            table.name,
            table.kind,
            table.stage,
            price or Parameter(1.0, "", Basis.ASSUMED, "missing"),
            self.number(table.amount, f"amount: {table.name}", *path, "amount"),
            table.amount_of,
            table.of,
            self._served(table.at, table.products, whole, *path),
            self.where(*path),
        )

    def _products(self, table: CostsTable) -> tuple[PricedProduct, ...]:
        return tuple(
            PricedProduct(
                one.name,
                one.amount_of,
                self.given(one.price, f"price: {one.name}", "products", at, "price"),
                one.day,
                self.number(one.payable, f"payable: {one.name}", "products", at, "payable"),
                self.number(one.share, f"share: {one.name}", "products", at, "share"),
                self.where("products", at),
            )
            for at, one in enumerate(table.products)
        )

    def _burdens(self, table: CostsTable) -> tuple[Burden, ...]:
        return tuple(
            Burden(
                one.name,
                one.kind,
                one.stage,
                one.amount_of,
                self.given(one.factor, f"factor: {one.name}", "burdens", at, "factor"),
                self._served(one.at, one.products, table, "burdens", at),
                self.where("burdens", at),
            )
            for at, one in enumerate(table.burdens)
        )

    def _correlations(
        self, table: CostsTable, ranged: frozenset[str]
    ) -> dict[tuple[str, str], float]:
        found = {}
        for at, one in enumerate(table.correlations):
            missing = [name for name in one.numbers if name not in ranged]
            if missing:
                self.wrong(
                    self.where("correlations", at),
                    f"{missing[0]!r} is no number with a range; they are: "
                    + ", ".join(sorted(ranged)),
                )
            found[one.numbers] = float(one.rank)
        return found
