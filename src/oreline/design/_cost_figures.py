"""The cost of a design as arrays over samples: one function for one case and for ten thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from oreline.design._allocation import Flags, allocated, served, weights_of
from oreline.design._cost_accounts import scaled_cost
from oreline.design._cost_model import (
    AllocationRule,
    Burden,
    BurdenKind,
    CapitalItem,
    CostModel,
    OperatingLine,
    PercentOf,
    PricedProduct,
)
from oreline.design._parameter import Parameter
from oreline.design._sampling import Array
from oreline.design._units_of_cost import (
    amount_unit,
    conversion,
    factor_units,
    money_scale,
    price_unit,
)
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class CapitalFigures:
    """Capital in money of the estimate's year.

    ``items`` have shape (samples, items), all others (samples,). Items are installed and at the
    site. ``charge`` (samples, items) is the yearly amount that pays interest and the money back
    over the life; None where rate or life is not stated.
    """

    items: Array
    direct: Array
    contingency: Array
    owner: Array
    fixed: Array
    working: Array
    total: Array
    charge: Array | None


@dataclass(frozen=True, slots=True)
class CostFigures:
    """Everything a year of operation costs and brings.

    Shapes: ``operating`` (samples, lines); ``mass_kg``, ``sales``, ``operating_borne`` and
    ``charge_borne`` (samples, products); ``burdens`` (samples, burdens) in t or m3 a year;
    ``burdens_borne`` by kind (samples, products). ``base_amount_t`` is the yearly amount of what
    costs are told per tonne of; None where nothing is named. ``present_value`` is that of level
    years before tax.
    """

    capital: CapitalFigures
    operating: Array
    mass_kg: Array
    sales: Array
    operating_borne: Array
    charge_borne: Array | None
    burdens: Array
    burdens_borne: Mapping[BurdenKind, Array]
    base_amount_t: Array | None
    present_value: Array | None

    @property
    def operating_cost(self) -> Array:
        """Return the operating cost of a year, in shape (samples,)."""
        return np.asarray(self.operating.sum(axis=1))

    @property
    def revenue(self) -> Array:
        """Return what all products bring in a year."""
        return np.asarray(self.sales.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one run: what is drawn by name, everything else as it stands."""

    model: CostModel
    drawn: Mapping[str, Array]
    samples: int

    def of(self, name: str, parameter: Parameter) -> Array:
        return self.drawn.get(name, np.full(self.samples, float(parameter.value)))

    def part(self, name: str, parameter: Parameter | None) -> Array:
        """Return a percentage as a fraction of one; zero where it is not stated."""
        if parameter is None:
            return np.zeros(self.samples)
        return self.of(name, parameter) / 100

    def amount(self, quantity: str) -> tuple[Array, str]:
        """Return an amount a year by its name, and its unit without the year."""
        parameter = self.model.quantities.get(quantity)
        if parameter is None:
            known = ", ".join(self.model.quantities) or "none"
            raise InputError(f"there is no quantity {quantity!r}; there are: {known}")
        return self.of(f"quantity: {quantity}", parameter), amount_unit(parameter.unit)


def cost_figures(
    model: CostModel, drawn: Mapping[str, Array] | None = None, samples: int = 1
) -> CostFigures:
    """Return the figures of a cost model; ``drawn`` replaces numbers by their names.

    Names are those of :meth:`CostModel.parameters`; each array has shape (samples,).

    Raises
    ------
    InputError
        If something is named that is not there, or a size is not above zero.
    UnitError
        If an amount and its price are in units that do not fit.
    """
    numbers = Numbers(model, dict(drawn or {}), samples)
    capital = _capital(numbers)
    mass_kg, sales = _products(numbers)
    operating = _operating(numbers, capital, np.asarray(sales.sum(axis=1)))
    names = [product.name for product in model.products]
    serves = served(names, [line.products for line in model.operating])
    weights = _weights(numbers, mass_kg, sales, operating, serves)
    burdens = _burdens(numbers)
    burden_serves = served(names, [burden.products for burden in model.burdens])
    charge_serves = served(names, [item.products for item in model.capital])
    if model.rule is AllocationRule.MAIN:
        # The others bear what they bring and nothing else, whoever a line is for.
        burden_serves, charge_serves = burden_serves | True, charge_serves | True
    return CostFigures(
        capital,
        operating,
        mass_kg,
        sales,
        _operating_borne(model, operating, serves, weights, sales),
        None if capital.charge is None else allocated(capital.charge, charge_serves, weights),
        burdens,
        _burdens_borne(model, burdens, burden_serves, weights),
        base_amount_t(numbers),
        _present_value(numbers, capital, sales.sum(axis=1) - operating.sum(axis=1)),
    )


def _capital(numbers: Numbers) -> CapitalFigures:
    model, terms = numbers.model, numbers.model.terms
    location = (
        np.ones(numbers.samples)
        if terms.location is None
        else numbers.of("estimate: location", terms.location)
    )
    columns = [item_cost(numbers, item) * location for item in model.capital]
    items = np.column_stack(columns) if columns else np.zeros((numbers.samples, 0))
    direct = items.sum(axis=1)
    contingency = direct * numbers.part("estimate: contingency", terms.contingency)
    owner = (direct + contingency) * numbers.part("estimate: owner", terms.owner)
    fixed = direct + contingency + owner
    working = fixed * numbers.part("estimate: working", terms.working)
    charge = None
    factor = _recovery(numbers)
    if factor is not None and terms.rate is not None:
        yearly = fixed * factor + working * numbers.part("estimate: rate", terms.rate)
        share = items / np.where(direct > 0, direct, 1.0)[:, None]
        charge = share * yearly[:, None]
    return CapitalFigures(
        items, direct, contingency, owner, fixed, working, fixed + working, charge
    )


def capital_recovery_factor(rate: float | Array, years: float | Array) -> Array:
    """Return the level yearly payment for one unit of capital: r / (1 - (1 + r)^-n).

    At a rate of zero it is 1 / n.

    Examples
    --------
    >>> round(float(capital_recovery_factor(0.08, 20)), 6)
    0.101852
    """
    rate, years = np.asarray(rate, float), np.asarray(years, float)
    used = np.where(rate == 0, 1.0, rate)
    return np.asarray(np.where(rate == 0, 1 / years, used / -np.expm1(-years * np.log1p(used))))


def _recovery(numbers: Numbers) -> Array | None:
    terms = numbers.model.terms
    if terms.rate is None or terms.life is None:
        return None
    years = numbers.of("estimate: life", terms.life)
    return capital_recovery_factor(numbers.part("estimate: rate", terms.rate), years)


def item_cost(numbers: Numbers, item: CapitalItem) -> Array:
    """Return the installed cost of an item, before the location factor."""
    model = numbers.model
    scale = money_scale(item.cost.unit, model.terms.currency)
    cost = numbers.of(f"capital cost: {item.name}", item.cost) * scale
    if item.reference_size is not None:
        if item.exponent is None:
            raise InputError(f"{item.name} has a reference size and no exponent")
        size = _size(numbers, item)
        reference = numbers.of(f"capital reference size: {item.name}", item.reference_size)
        exponent = numbers.of(f"capital exponent: {item.name}", item.exponent)
        # Drawn sizes may have no answer; a size that is stated must have one.
        usable = (size > 0) | (numbers.samples == 1)
        cost = np.where(
            usable, scaled_cost(cost, np.where(usable, size, 1.0), reference, exponent), np.nan
        )
    if item.index:
        if item.index not in model.indices:
            known = ", ".join(model.indices) or "none"
            raise InputError(f"{item.name}: there is no index {item.index!r}; there are: {known}")
        cost = cost * model.indices[item.index].ratio(item.year, model.terms.year)
    elif item.year != model.terms.year:
        raise InputError(
            f"{item.name} is in money of {item.year}, the estimate in money of {model.terms.year}: "
            "name the index that brings it there"
        )
    if item.installation is not None:
        cost = cost * numbers.of(f"capital installation: {item.name}", item.installation)
    return cost * item.count


def _size(numbers: Numbers, item: CapitalItem) -> Array:
    """Return the size of one piece in the unit of its reference size."""
    assert item.reference_size is not None
    wanted = item.reference_size.unit
    if item.size_of:
        amount, unit = numbers.amount(item.size_of)
        return amount * conversion(unit, amount_unit(wanted)) / item.count
    if item.size is None:
        raise InputError(f"{item.name} has a reference size and no size")
    return numbers.of(f"capital size: {item.name}", item.size) * conversion(item.size.unit, wanted)


def _products(numbers: Numbers) -> tuple[Array, Array]:
    pairs = [product_sales(numbers, product) for product in numbers.model.products]
    masses = [mass for mass, _ in pairs]
    return _columns(masses, numbers.samples), _columns([one for _, one in pairs], numbers.samples)


def product_sales(numbers: Numbers, product: PricedProduct) -> tuple[Array, Array]:
    """Return the mass in kg and the sales of a year."""
    amount, unit = numbers.amount(product.amount_of)
    paid = price_unit(product.price.unit, numbers.model.terms.currency)
    price = numbers.of(f"price: {product.name}", product.price)
    sales = amount * conversion(unit, paid) * price
    if product.payable is not None:
        sales = sales * numbers.part(f"payable: {product.name}", product.payable)
    return amount * conversion(unit, "kg"), sales


def _columns(found: list[Array], samples: int) -> Array:
    return np.column_stack(found) if found else np.zeros((samples, 0))


def _operating(numbers: Numbers, capital: CapitalFigures, revenue: Array) -> Array:
    lines = numbers.model.operating
    columns = np.zeros((numbers.samples, len(lines)))
    bases = {
        PercentOf.FIXED_CAPITAL: capital.fixed,
        PercentOf.DIRECT_CAPITAL: capital.direct,
        PercentOf.REVENUE: revenue,
    }
    for place, line in enumerate(lines):
        if line.percent_of is None:
            columns[:, place] = line_cost(numbers, line)
        elif line.percent_of in bases:
            part = numbers.part(f"cost: {line.name}", line.price)
            columns[:, place] = part * bases[line.percent_of]
    # Percentages of operating cost are of everything else, so that none is a part of itself.
    other = columns.sum(axis=1)
    for place, line in enumerate(lines):
        if line.percent_of is PercentOf.OPERATING_COST:
            columns[:, place] = numbers.part(f"cost: {line.name}", line.price) * other
    return columns


def line_cost(numbers: Numbers, line: OperatingLine) -> Array:
    price = numbers.of(f"cost: {line.name}", line.price)
    paid = price_unit(line.price.unit, numbers.model.terms.currency)
    if line.amount_of:
        amount, unit = numbers.amount(line.amount_of)
    elif line.amount is not None:
        amount, unit = (
            numbers.of(f"amount: {line.name}", line.amount),
            amount_unit(line.amount.unit),
        )
    elif paid == "y":
        return price
    else:
        raise InputError(f"{line.name} has a price for each {paid} and no amount")
    return amount * conversion(unit, paid.removesuffix("/y")) * price


def _weights(
    numbers: Numbers, mass_kg: Array, sales: Array, operating: Array, serves: Flags
) -> Array:
    model = numbers.model
    alone = serves.sum(axis=1) == 1
    own = operating[:, alone] @ serves[alone].astype(float)
    shares = _stated_shares(numbers)
    if model.rule is AllocationRule.MAIN:
        main = [float(product.name == model.main_product) for product in model.products]
        return np.tile(main, (numbers.samples, 1))
    return weights_of(model.rule, mass_kg, sales, own, shares)


def _stated_shares(numbers: Numbers) -> Array | None:
    """Return the stated shares in per cent, None where not every product states one.

    Raises
    ------
    InputError
        If shared costs go by them and as they stand they do not sum to 100 %. Drawn ones may not.
    """
    model = numbers.model
    stated = [(one.name, one.share) for one in model.products if one.share is not None]
    if len(stated) < len(model.products) or not stated:
        return None
    total = sum(share.value for _, share in stated)
    if model.rule is AllocationRule.STATED and abs(total - 100) > 1e-6:
        raise InputError(f"the stated shares sum to {total:g} %, not to 100 %")
    return np.column_stack([numbers.of(f"share: {name}", share) for name, share in stated])


def _operating_borne(
    model: CostModel, operating: Array, serves: Flags, weights: Array, sales: Array
) -> Array:
    if model.rule is not AllocationRule.MAIN:
        return allocated(operating, serves, weights)
    # What the others bring is their cost, and a credit to the main product.
    main = [product.name for product in model.products].index(model.main_product)
    borne = sales.copy()
    borne[:, main] = operating.sum(axis=1) - (sales.sum(axis=1) - sales[:, main])
    return borne


_BURDEN_UNITS = {
    BurdenKind.CO2_DIRECT: "t",
    BurdenKind.CO2_POWER: "t",
    BurdenKind.TAILINGS: "t",
    BurdenKind.WATER: "m3",
}


def _burdens(numbers: Numbers) -> Array:
    found = [burden_amount(numbers, burden) for burden in numbers.model.burdens]
    return _columns(found, numbers.samples)


def burden_amount(numbers: Numbers, burden: Burden) -> Array:
    amount, unit = numbers.amount(burden.amount_of)
    given, taken = factor_units(burden.factor.unit)
    factor = numbers.of(f"factor: {burden.name}", burden.factor)
    scale = conversion(unit, taken) * conversion(given, _BURDEN_UNITS[burden.kind])
    return amount * factor * scale


def _burdens_borne(
    model: CostModel, burdens: Array, serves: Flags, weights: Array
) -> dict[BurdenKind, Array]:
    borne = {}
    for kind in dict.fromkeys(burden.kind for burden in model.burdens):
        mine = np.array([burden.kind is kind for burden in model.burdens])
        borne[kind] = allocated(burdens[:, mine], serves[mine], weights)
    return borne


def base_amount_t(numbers: Numbers) -> Array | None:
    if not numbers.model.per_tonne_of:
        return None
    amount, unit = numbers.amount(numbers.model.per_tonne_of)
    return amount * conversion(unit, "t")


def _present_value(numbers: Numbers, capital: CapitalFigures, margin: Array) -> Array | None:
    """Return the value today of level yearly margins before tax, all capital spent today.

    Working capital comes back at the end of the life.
    """
    terms, factor = numbers.model.terms, _recovery(numbers)
    if factor is None or terms.life is None:
        return None
    rate = numbers.part("estimate: rate", terms.rate)
    end = (1 + rate) ** -numbers.of("estimate: life", terms.life)
    return np.asarray(margin / factor - capital.total + capital.working * end)
