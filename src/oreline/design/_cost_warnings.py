"""What in a cost model somebody should look at: scaling, escalation, class, what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from oreline.design._cost_accounts import SIZE_RATIO_MAX
from oreline.design._cost_model import CapitalItem, CostModel
from oreline.design._estimate_class import ESTIMATE_CLASSES
from oreline.design._units_of_cost import amount_unit, conversion
from oreline.model import Finding, Severity

EXPONENT_MAX: Final = 1.0
"""Above this a larger piece costs more for each unit of size: several smaller ones are cheaper."""
ESCALATION_YEARS_MAX: Final = 10
"""Beyond this many years an index says little about a plant: technology and content change."""


def cost_warnings(model: CostModel) -> tuple[Finding, ...]:
    """Return what to look at in a cost model; nothing of it stops the computation."""
    found: list[Finding] = []
    for item in model.capital:
        found += _exponent(item)
        found += _size(model, item)
        found += _escalation(model, item)
    return (*found, *_class(model), *_left_out(model))


def _warning(code: str, where: str, message: str, fix: str) -> Finding:
    return Finding(code, Severity.WARNING, where, message, fix)


def _exponent(item: CapitalItem) -> Iterator[Finding]:
    if item.exponent is None or item.exponent.value <= EXPONENT_MAX:
        return
    yield _warning(
        "ORL-1041",
        item.where or item.name,
        f"{item.name} scales with an exponent of {item.exponent.value:g}: above "
        f"{EXPONENT_MAX:g}, twice the size costs more than twice",
        "check the exponent with its source, or take several pieces of the reference size",
    )


def _size(model: CostModel, item: CapitalItem) -> Iterator[Finding]:
    if item.reference_size is None:
        return
    reference = item.reference_size
    if item.size_of:
        amount = model.quantities[item.size_of]
        scale = conversion(amount_unit(amount.unit), amount_unit(reference.unit))
        size = amount.value * scale / item.count
    elif item.size is not None:
        size = item.size.value * conversion(item.size.unit, reference.unit)
    else:
        return
    if item.size_range is None:
        low, high = reference.value / SIZE_RATIO_MAX, reference.value * SIZE_RATIO_MAX
        said = f"more than {SIZE_RATIO_MAX:g} times away from its reference"
    else:
        low, high = item.size_range
        said = "outside the range of its source"
    if low <= size <= high:
        return
    yield _warning(
        "ORL-1042",
        item.where or item.name,
        f"{item.name} has a size of {size:g} {reference.unit}, {said} ({low:g} to {high:g})",
        "take another reference, or several pieces (count) of a size within the range",
    )


def _escalation(model: CostModel, item: CapitalItem) -> Iterator[Finding]:
    years = [text[:4] for text in (item.year, model.terms.year)]
    if not all(year.isdigit() for year in years):
        return
    apart = abs(int(years[1]) - int(years[0]))
    if apart <= ESCALATION_YEARS_MAX:
        return
    yield _warning(
        "ORL-1043",
        item.where or item.name,
        f"{item.name} is a cost of {item.year}, brought over {apart} years to {model.terms.year}",
        f"take a cost that is at most {ESCALATION_YEARS_MAX} years old, or widen its range",
    )


def _class(model: CostModel) -> Iterator[Finding]:
    terms = model.terms
    one = next(each for each in ESTIMATE_CLASSES if each.number == terms.number)
    if terms.engineering_pct is not None:
        done = Decimal(repr(terms.engineering_pct.value))
        if done < one.engineering[0]:
            yield _warning(
                "ORL-1044",
                "estimate",
                f"class {one.number} needs at least {one.engineering[0]} % of the engineering, "
                f"and {done:f} % is done",
                "call it a rougher class, whose range of accuracy is wider",
            )
    if terms.contingency is not None and terms.contingency.value > float(one.contingency_max):
        yield _warning(
            "ORL-1044",
            "estimate",
            f"a contingency of {terms.contingency.value:g} % is more than the "
            f"{one.contingency_max} % of a class {one.number} estimate",
            "call it a rougher class, or say what the contingency is for",
        )


_TERMS: Final = {
    "location": "a location factor",
    "contingency": "contingency",
    "owner": "owner's cost",
    "working": "working capital",
    "rate": "a rate for the yearly charge of capital",
    "life": "a life for the yearly charge of capital",
}


def _left_out(model: CostModel) -> Iterator[Finding]:
    absent = [words for name, words in _TERMS.items() if getattr(model.terms, name) is None]
    if model.capital and absent:
        yield Finding(
            "ORL-1045",
            Severity.NOTE,
            "estimate",
            f"not stated, and so not in the cost: {', '.join(absent)}",
            "state them under [estimate], with 0 % where there is none",
        )
    whole = [one.name for one in model.products if one.payable is None]
    if whole:
        yield Finding(
            "ORL-1045",
            Severity.NOTE,
            "products",
            f"no payable part is stated, so all is paid for: {', '.join(whole)}",
            "state payable, with 100 % where all is paid for",
        )
