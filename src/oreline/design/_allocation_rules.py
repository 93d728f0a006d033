"""The cost of a kilogram under every rule that a cost model has the numbers for, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from oreline.design._cost_figures import CostFigures, cost_figures
from oreline.design._cost_model import AllocationRule, CostModel
from oreline.model import InputError


@dataclass(frozen=True, slots=True)
class AllocationComparison:
    """What each product costs by each rule, and why a rule gives nothing.

    ``operating`` and ``full`` are costs of a kilogram by rule and product, ``full`` with the yearly
    charge of capital and empty where none is stated.
    """

    model: CostModel
    operating: Mapping[AllocationRule, Mapping[str, float]]
    full: Mapping[AllocationRule, Mapping[str, float]]
    reasons: Mapping[AllocationRule, str]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each rule and product."""
        schema = {
            "rule": pl.String,
            "product": pl.String,
            "operating_cost_per_kg": pl.Float64,
            "full_cost_per_kg": pl.Float64,
            "currency": pl.String,
            "reason": pl.String,
        }
        rows = [
            (
                str(rule),
                product.name,
                self.operating.get(rule, {}).get(product.name),
                self.full.get(rule, {}).get(product.name),
                self.model.terms.currency,
                self.reasons.get(rule, ""),
            )
            for rule in AllocationRule
            for product in self.model.products
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return the table, and the rule that the model itself takes."""
        return {
            "rule_of_the_model": str(self.model.rule),
            "main_product": _main_product(self.model),
            "costs": self.to_frame().to_dicts(),
            "basis": "derived",
        }


def compare_allocations(model: CostModel) -> AllocationComparison:
    """Return the cost of a kilogram of each product by each rule.

    The main product is that of the model, or, where it names none, the one that brings most.

    Raises
    ------
    InputError
        If there are no products.
    """
    if not model.products:
        raise InputError("nothing is sold: there are no products to share costs among")
    operating: dict[AllocationRule, dict[str, float]] = {}
    full: dict[AllocationRule, dict[str, float]] = {}
    reasons: dict[AllocationRule, str] = {}
    main = _main_product(model)
    for rule in AllocationRule:
        try:
            figures = cost_figures(replace(model, rule=rule, main_product=main))
        except InputError as error:
            reasons[rule] = str(error.args[0])
            continue
        if not np.isfinite(figures.operating_borne).all():
            reasons[rule] = (
                "it is zero for all products of a line, or below zero for one, which costs more on "
                "its own than it brings"
            )
            continue
        operating[rule] = _per_kg(model, figures, figures.operating_borne[0])
        if figures.charge_borne is not None:
            whole = figures.operating_borne[0] + figures.charge_borne[0]
            full[rule] = _per_kg(model, figures, whole)
    return AllocationComparison(replace(model, main_product=main), operating, full, reasons)


def _main_product(model: CostModel) -> str:
    if model.main_product:
        return model.main_product
    sales = cost_figures(replace(model, rule=AllocationRule.MASS)).sales[0]
    return model.products[int(np.argmax(sales))].name


def _per_kg(
    model: CostModel, figures: CostFigures, borne: np.ndarray[Any, Any]
) -> dict[str, float]:
    return {
        product.name: float(amount / mass)
        for product, amount, mass in zip(model.products, borne, figures.mass_kg[0], strict=True)
        if mass > 0
    }
