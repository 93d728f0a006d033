"""How costs and their uncertainty are printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from oreline.cli._render import (
    print_findings,
    print_frame,
    print_note,
    print_pairs,
    print_table,
    print_title,
)

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.design import (
        AllocationComparison,
        CostReport,
        OutputSpread,
        SobolIndices,
        Spread,
        Tornado,
    )
    from oreline.model import Finding

DRIVERS_SHOWN: Final = 3
"""How many drivers stand beside each result."""
BARS_SHOWN: Final = 15
"""How many bars of a tornado are printed."""
BAR_WIDTH: Final = 10


def money(amount: float | None) -> str:
    """Return an amount as people read it: to the unit, or to four digits where it is small.

    >>> money(1234567.8), money(18.30815), money(None)
    ('1,234,568', '18.31', 'UNKNOWN')
    """
    if amount is None:
        return "UNKNOWN"
    return f"{amount:,.0f}" if abs(amount) >= 10_000 else f"{amount:,.4g}"


def brief(amount: float) -> str:
    """Return an amount in as little space as it needs: in millions where it is large.

    >>> brief(1140292819.0), brief(18.30815)
    ('1,140.3 M', '18.31')
    """
    return f"{amount / 1e6:,.1f} M" if abs(amount) >= 1e6 else money(amount)


def print_costs(console: Console, report: CostReport, findings: Sequence[Finding]) -> None:
    """Print a report: capital, operating cost, products, stages, burdens, findings."""
    terms = report.model.terms
    print_title(console, f"Capital, {terms.currency} of {terms.year}")
    _amounts(console, report.capital_frame().rows(named=True))
    low, high = report.capital_range()
    print_note(
        console,
        f"class {terms.number}: the total lies between {money(low)} and {money(high)} "
        "in the widest accuracy of such estimates",
    )
    print_title(console, f"Operating cost, {terms.currency} a year")
    _amounts(console, report.operating_frame().rows(named=True))
    if report.products:
        _products(console, report)
    if report.figures.burdens_borne:
        print_title(console, "Burdens")
        _burdens(console, report)
    print_findings(console, findings)


def _amounts(console: Console, rows: Sequence[dict[str, object]]) -> None:
    columns = ("item", "stage", "kind", "amount", "basis")
    told = [
        (row["name"], row["stage"], row["kind"], money(_number(row["amount"])), row["basis"])
        for row in rows
    ]
    print_table(console, columns, told, right=("amount",))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _products(console: Console, report: CostReport) -> None:
    model, figures = report.model, report.figures
    shared = f"shared by {model.rule}"
    if model.main_product:
        shared += f" ({model.main_product})"
    print_title(console, f"Products, {model.terms.currency}; {shared}")
    columns = ("product", "t/y", "sales/y", "cost/y", "cost/kg", "full/kg")
    rows = [
        (
            one.product,
            money(one.mass_kg / 1000),
            money(float(one.sales)),
            money(float(one.operating)),
            money(one.operating_per_kg),
            money(one.full_per_kg),
        )
        for one in report.products
    ]
    print_table(console, columns, rows, right=columns[1:])
    revenue, cost = float(figures.revenue[0]), float(figures.operating_cost[0])
    pairs = [
        ("revenue a year", money(revenue)),
        ("margin a year", money(revenue - cost)),
    ]
    if figures.base_amount_t is not None:
        per_t = cost / float(figures.base_amount_t[0])
        pairs.append((f"cost per t of {model.per_tonne_of}", money(per_t)))
    if figures.present_value is not None:
        value = float(figures.present_value[0])
        pairs.append(("NPV of level years, before tax", money(value)))
    print_pairs(console, pairs)


def _burdens(console: Console, report: CostReport) -> None:
    columns = ("burden", "product", "a year", "per t", "per kg")
    rows = [
        (
            row["burden"],
            row["product"] or "all",
            f"{money(row['per_y'])} {row['unit']}",
            "" if row["per_t_ore"] is None else f"{row['per_t_ore']:.4g} {row['small_unit']}",
            ""
            if row["per_kg_product"] is None
            else f"{row['per_kg_product']:.4g} {row['small_unit']}",
        )
        for row in report.burden_frame().rows(named=True)
    ]
    print_table(console, columns, rows, right=columns[2:])


def print_allocations(console: Console, found: AllocationComparison) -> None:
    """Print the cost of a kilogram by rule, one column a product."""
    model = found.model
    names = [product.name for product in model.products]
    print_title(console, f"Operating cost of a kilogram, {model.terms.currency}")
    _by_rule(console, names, found.operating)
    if found.full:
        print_title(console, f"Full cost of a kilogram, with the charge of capital, "
                    f"{model.terms.currency}")  # fmt: skip
        _by_rule(console, names, found.full)
    print_note(console, f"main: others bear what they bring, {model.main_product} the rest")
    for rule, reason in found.reasons.items():
        print_note(console, f"{rule}: {reason}")


def _by_rule(console: Console, names: Sequence[str], costs: object) -> None:
    assert isinstance(costs, dict)
    rows = [
        (str(rule), *(money(by_product.get(name)) for name in names))
        for rule, by_product in costs.items()
    ]
    print_table(console, ("rule", *names), rows, right=names)


def print_spread(
    console: Console, found: Spread, correlations: Mapping[tuple[str, str], float]
) -> None:
    """Print percentiles with their errors, and the strongest drivers of each result."""
    print_title(
        console,
        f"{found.samples - found.failed:,} samples of {len(found.inputs)} numbers "
        f"({found.method}, seed {found.seed})",
    )
    columns = ("result", "unit", "base", "P10", "P50", "P90", "error")
    rows = [
        (
            one.output.name,
            one.output.unit,
            brief(one.base),
            *(brief(value) for value in one.percentiles),
            _worst_error(one),
        )
        for one in found.outputs
    ]
    print_table(console, columns, rows, right=columns[2:])
    print_note(console, "error: the largest standard error of the three, as a part of the value")
    print_title(console, "What drives it (correlation of ranks)")
    print_table(console, ("result", "numbers"), list(_drivers(found)))
    if correlations:
        print_note(console, "numbers that are stated to move together share in what they drive")
    print_findings(console, found.findings)


def _worst_error(one: OutputSpread) -> str:
    parts = [
        error / abs(value)
        for value, error in zip(one.percentiles, one.errors, strict=True)
        if value
    ]
    return f"{max(parts) * 100:.1g} %" if parts else ""


def _drivers(found: Spread) -> Iterator[tuple[str, str]]:
    for one in found.outputs:
        ranked = sorted(
            (
                (value, given.name)
                for given, value in zip(found.inputs, one.rank_correlations, strict=True)
                if value is not None
            ),
            key=lambda pair: -abs(pair[0]),
        )
        told = "; ".join(f"{name} {value:+.2f}" for value, name in ranked[:DRIVERS_SHOWN])
        yield one.output.name, told or "does not vary"


def print_indices(console: Console, found: SobolIndices) -> None:
    """Print Sobol' indices, the largest total first within each result."""
    print_title(console, f"Sobol' indices, {found.evaluations:,} samples")
    frame = found.to_frame().drop("reason")
    frame = frame.sort(["output", "total"], descending=[False, True], nulls_last=True)
    print_frame(console, frame, right=frame.columns[2:], empty="nothing varies")


def print_tornado(console: Console, found: Tornado) -> None:
    """Print bars, the widest first, drawn to the scale of the widest of their result."""
    for output in dict.fromkeys(bar.output for bar in found.bars):
        bars = [bar for bar in found.bars if bar.output == output]
        first = bars[0]
        print_title(console, f"{output}, {first.unit}: {brief(first.base)} as it stands")
        columns = ("number", "from", "to", "at low", "at high", "swing")
        rows = [
            (
                bar.input,
                money(bar.low),
                f"{money(bar.high)} {bar.input_unit}",
                brief(bar.at_low),
                brief(bar.at_high),
                "█" * round(BAR_WIDTH * bar.swing / first.swing) if first.swing else "",
            )
            for bar in bars[:BARS_SHOWN]
        ]
        print_table(console, columns, rows, right=columns[1:5])
        if len(bars) > BARS_SHOWN:
            print_note(console, f"{len(bars) - BARS_SHOWN} more numbers move it less")
