"""The cost of a design as people read it: tables, what each kilogram costs, what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from oreline.design._allocation import rounded_to_total
from oreline.design._cost_figures import CostFigures, cost_figures
from oreline.design._cost_model import BURDEN_UNITS, CostModel
from oreline.design._cost_warnings import cost_warnings
from oreline.design._estimate_class import ESTIMATE_CLASSES, EstimateClass
from oreline.model import Finding, InputError

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ProductCost:
    """What one product costs and brings in a year; amounts of money sum to the whole.

    ``operating_per_kg`` is without capital, ``full_per_kg`` with the yearly charge of it, None
    where no rate and life are stated. A cost below zero means that by-products pay for it.
    """

    product: str
    mass_kg: float
    price_per_kg: float
    sales: Decimal
    operating: Decimal
    operating_per_kg: float
    charge: Decimal | None
    full_per_kg: float | None


@dataclass(frozen=True, slots=True)
class CostReport:
    """The cost of a design as its numbers stand."""

    model: CostModel
    figures: CostFigures
    products: tuple[ProductCost, ...]
    findings: tuple[Finding, ...]

    @property
    def estimate_class(self) -> EstimateClass:
        """Return the class of the capital estimate."""
        return _class_of(self.model.terms.number)

    def capital_range(self) -> tuple[float, float]:
        """Return the least and the greatest total capital in the widest accuracy of the class."""
        total = float(self.figures.capital.total[0])
        one = self.estimate_class
        return (
            total * (1 + float(min(one.low)) / 100),
            total * (1 + float(max(one.high)) / 100),
        )

    def capital_frame(self) -> pl.DataFrame:
        """Return one row for each item of capital, then what is added to them, then the total."""
        capital, currency = self.figures.capital, self.model.terms.currency
        rows = [
            _row(item.name, item.stage, str(item.method), float(value), currency)
            | {"basis": str(item.cost.basis), "source": item.cost.source}
            for item, value in zip(self.model.capital, capital.items[0], strict=True)
        ]
        sums = (
            ("direct cost", capital.direct),
            ("contingency", capital.contingency),
            ("owner's cost", capital.owner),
            ("fixed capital", capital.fixed),
            ("working capital", capital.working),
            ("total capital", capital.total),
        )
        rows += [
            _row(name, "", "sum", float(value[0]), currency) | {"basis": "derived", "source": ""}
            for name, value in sums
        ]
        return pl.DataFrame(rows)

    def operating_frame(self) -> pl.DataFrame:
        """Return one row for each operating line, then the total."""
        currency = f"{self.model.terms.currency}/y"
        rows = [
            _row(line.name, line.stage, str(line.kind), float(value), currency)
            | {
                "products": ", ".join(line.products) or "all",
                "basis": str(line.price.basis),
                "source": line.price.source,
            }
            for line, value in zip(self.model.operating, self.figures.operating[0], strict=True)
        ]
        total = float(self.figures.operating_cost[0])
        rows.append(
            _row("operating cost", "", "sum", total, currency)
            | {"products": "", "basis": "derived", "source": ""}
        )
        return pl.DataFrame(rows)

    def product_frame(self) -> pl.DataFrame:
        """Return one row for each product: what it brings and what it bears."""
        schema = {
            "product": pl.String,
            "mass_kg_per_y": pl.Float64,
            "price_per_kg": pl.Float64,
            "sales_per_y": pl.Float64,
            "operating_cost_per_y": pl.Float64,
            "operating_cost_per_kg": pl.Float64,
            "capital_charge_per_y": pl.Float64,
            "full_cost_per_kg": pl.Float64,
            "currency": pl.String,
            "shared_by": pl.String,
        }
        rows = [
            (
                one.product,
                one.mass_kg,
                one.price_per_kg,
                float(one.sales),
                float(one.operating),
                one.operating_per_kg,
                None if one.charge is None else float(one.charge),
                one.full_per_kg,
                self.model.terms.currency,
                str(self.model.rule),
            )
            for one in self.products
        ]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def stage_frame(self) -> pl.DataFrame:
        """Return the operating cost of each stage a year, per tonne of ore and kg of product."""
        total: dict[str, float] = {}
        for line, value in zip(self.model.operating, self.figures.operating[0], strict=True):
            total[line.stage] = total.get(line.stage, 0.0) + float(value)
        mass, base = float(self.figures.mass_kg.sum()), self.figures.base_amount_t
        rows = [
            (
                stage,
                value,
                None if base is None else value / float(base[0]),
                value / mass if mass else None,
            )
            for stage, value in total.items()
        ]
        schema = ("stage", "cost_per_y", "cost_per_t_ore", "cost_per_kg_product")
        kinds = {name: pl.String if name == "stage" else pl.Float64 for name in schema}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def burden_frame(self) -> pl.DataFrame:
        """Return carbon dioxide, water and tailings: a year, per tonne of ore, per kg of product.

        A row without a product is of all of them.
        """
        return pl.DataFrame(list(self._burden_rows()), infer_schema_length=None)

    def _burden_rows(self) -> Iterator[dict[str, Any]]:
        mass, base = self.figures.mass_kg[0], self.figures.base_amount_t
        names = [product.name for product in self.model.products]
        for kind, borne in self.figures.burdens_borne.items():
            total, unit = float(borne[0].sum()), BURDEN_UNITS[kind]
            small = unit.replace("t", "kg", 1) if unit.startswith("t") else unit
            scale = 1000.0 if small != unit else 1.0
            yield {
                "burden": str(kind),
                "product": "",
                "per_y": total,
                "unit": unit,
                "per_t_ore": None if base is None else total * scale / float(base[0]),
                "per_kg_product": total * scale / float(mass.sum()) if mass.sum() else None,
                "small_unit": small,
            }
            for place, name in enumerate(names):
                part = float(borne[0, place])
                yield {
                    "burden": str(kind),
                    "product": name,
                    "per_y": part,
                    "unit": unit,
                    "per_t_ore": None,
                    "per_kg_product": part * scale / float(mass[place]) if mass[place] else None,
                    "small_unit": small,
                }

    def to_frame(self) -> pl.DataFrame:
        """Return every table below one another: table, name, stage, what, amount, unit."""
        frames = [
            self.capital_frame().with_columns(pl.lit("capital").alias("table")),
            self.operating_frame().with_columns(pl.lit("operating").alias("table")),
        ]
        whole = pl.concat(frames, how="diagonal")
        order = ["table", "name", "stage", "kind", "amount", "unit", "products", "basis", "source"]
        return whole.select(order)

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return every table by the name of its sheet."""
        return {
            "capital": self.capital_frame(),
            "operating": self.operating_frame(),
            "products": self.product_frame(),
            "stages": self.stage_frame(),
            "burdens": self.burden_frame(),
            "numbers": numbers_frame(self.model),
        }

    def to_json(self) -> dict[str, Any]:
        """Return all tables and sums."""
        low, high = self.capital_range()
        value = self.figures.present_value
        return {
            "currency": self.model.terms.currency,
            "year": self.model.terms.year,
            "estimate_class": self.model.terms.number,
            "capital": self.capital_frame().to_dicts(),
            "capital_range": {"low": low, "high": high},
            "operating": self.operating_frame().to_dicts(),
            "products": self.product_frame().to_dicts(),
            "stages": self.stage_frame().to_dicts(),
            "burdens": self.burden_frame().to_dicts(),
            "shared_by": str(self.model.rule),
            "main_product": self.model.main_product or None,
            "revenue": float(self.figures.revenue[0]),
            "operating_cost": float(self.figures.operating_cost[0]),
            "margin": float(self.figures.revenue[0] - self.figures.operating_cost[0]),
            "level_year_npv_before_tax": None if value is None else float(value[0]),
            "basis": "derived",
        }


def _row(name: str, stage: str, kind: str, amount: float, unit: str) -> dict[str, Any]:
    return {"name": name, "stage": stage, "kind": kind, "amount": round(amount, 2), "unit": unit}


def _class_of(number: int) -> EstimateClass:
    for one in ESTIMATE_CLASSES:
        if one.number == number:
            return one
    raise InputError(f"there is no class {number} of estimates; write 5 (roughest) to 1 (finest)")


def cost_report(model: CostModel, changed: Mapping[str, float] | None = None) -> CostReport:
    """Return the cost of a design as its numbers stand; ``changed`` ones by their names.

    Raises
    ------
    InputError
        If the class of the estimate is none, or shared costs cannot be divided by the rule.
    UnitError
        If units do not fit.
    """
    _class_of(model.terms.number)
    drawn = {name: np.array([value]) for name, value in (changed or {}).items()}
    figures = cost_figures(model, drawn)
    if not np.isfinite(figures.operating_borne).all():
        raise InputError(
            f"shared costs cannot be divided by {model.rule}: it is zero for all products of a "
            "line, or below zero for one, which costs more on its own than it brings; choose "
            "another rule"
        )
    return CostReport(model, figures, tuple(_product_costs(model, figures)), cost_warnings(model))


def _product_costs(model: CostModel, figures: CostFigures) -> Iterator[ProductCost]:
    names = [product.name for product in model.products]
    sales = rounded_to_total(dict(zip(names, figures.sales[0].tolist(), strict=True)), CENT)
    operating = rounded_to_total(
        dict(zip(names, figures.operating_borne[0].tolist(), strict=True)), CENT
    )
    charges: dict[str, Decimal] = {}
    if figures.charge_borne is not None:
        found = figures.charge_borne[0].tolist()
        charges = rounded_to_total(dict(zip(names, found, strict=True)), CENT)
    for place, name in enumerate(names):
        mass = float(figures.mass_kg[0, place])
        if not mass > 0:
            raise InputError(f"nothing is made of {name}, so a kilogram of it has no cost")
        cost = float(figures.operating_borne[0, place]) / mass
        full = None
        if figures.charge_borne is not None:
            full = cost + float(figures.charge_borne[0, place]) / mass
        yield ProductCost(
            name,
            mass,
            float(figures.sales[0, place]) / mass,
            sales[name],
            operating[name],
            cost,
            charges.get(name),
            full,
        )


def numbers_frame(model: CostModel) -> pl.DataFrame:
    """Return the passport of every number: value, range, unit, basis and source."""
    rows = [
        {
            "number": name,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
            "basis": str(one.basis),
            "source": one.source,
            "note": one.note,
        }
        for name, one in model.parameters().items()
    ]
    return pl.DataFrame(
        rows, schema_overrides={"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )
