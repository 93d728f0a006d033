"""How plans look in the terminal: numbers, builds, cash flow, and how good the plan is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.model import Finding
    from oreline.plan import Certificate, Plan, Problem


def print_check(console: Console, problem: Problem | None, findings: Sequence[Finding]) -> None:
    """Print what is wrong with a plan, then how much of it is assumed."""
    from oreline.cli._render import print_findings, print_note, print_pairs, print_title

    print_findings(console, findings)
    if problem is None:
        return
    print_title(console, problem.name)
    numbers = problem.numbers.values()
    assumed = sum(str(one.basis) == "assumed" for one in numbers)
    print_pairs(
        console,
        (
            ("years", f"{problem.years[0]} to {problem.years[-1]}"),
            ("units", len(problem.units)),
            ("markets", len(problem.markets)),
            ("numbers", f"{len(numbers)}, {assumed} of them assumed"),
        ),
    )
    if assumed:
        print_note(console, "what is computed from it is no more certain than what is assumed")


def print_plan(console: Console, plan: Plan) -> None:
    """Print a plan: how good it is, what is built, the cash flow, metal, and what limits it."""
    from oreline.cli._render import (
        print_findings,
        print_note,
        print_pairs,
        print_table,
        print_title,
    )

    money = f"{plan.problem.currency} m"
    print_title(console, plan.problem.name + (f" - {plan.scenario}" if plan.scenario else ""))
    print_pairs(console, _head(plan, money))
    print_certificate(console, plan.certificate)
    print_table(
        console,
        ("unit", "size", "phase", "begun", "runs", money, "range"),
        [
            (
                row["unit"],
                row["size"]
                if row["part_of_range"] is None
                else f"{row['capacity_kt_per_y']:,.4g} kt/y",
                row["phase"],
                row["begun"],
                f"{row['runs_from']} to {row['closes'] - 1}",
                f"{row['capital_m']:,.1f}",
                f"{row['capital_low_m']:,.1f} to {row['capital_high_m']:,.1f}",
            )
            for row in plan.builds_frame().iter_rows(named=True)
        ],
        right=("begun", money),
        empty="nothing is built: nothing that could be pays",
    )
    _print_cash(console, plan)
    _print_owners(console, plan)
    _print_metal(console, plan)
    assumed = sum(str(one.basis) == "assumed" for one in plan.problem.numbers.values())
    if assumed:
        print_note(
            console,
            f"{assumed} of {len(plan.problem.numbers)} numbers are assumed; no figure here is more "
            "certain than they are",
        )
    print_findings(console, plan.findings)


def _head(plan: Plan, money: str) -> list[tuple[str, object]]:
    terms = plan.problem.terms
    rates = plan.returns()
    paid_back = plan.to_json()["payback_years"]
    found: list[tuple[str, object]] = [
        ("net present value", f"{plan.npv:,.2f} {money}"),
        (
            "conventions",
            (
                f"{terms.rate.value:.4g} a year, {terms.timing} of each year, at the beginning of "
                f"{plan.problem.years[0]}, {terms.money} {terms.money_year}, {terms.tax}, unlevered"
            ),
        ),
        ("rates of return", ", ".join(f"{one:.2%}" for one in rates.rates) or "none"),
        ("paid back after", "never" if paid_back is None else f"{paid_back} years"),
        (
            "capital",
            (
                f"{plan.capital():,.1f} {money}, {plan.capital('low'):,.1f} to "
                f"{plan.capital('high'):,.1f}; class {plan.estimate_class() or 'none'}"
            ),
        ),
    ]
    found += [
        (f"goal {goal}", f"{value:,.2f} {unit}")
        for goal, value, unit in plan.goals
        if goal != "npv"
    ]
    retained = plan.retained()
    if retained is not None and plan.problem.retained is not None:
        found.append((f"stays in {plan.problem.retained.country}", f"{retained:,.1f} {money}"))
    return found


def print_certificate(console: Console, certificate: Certificate) -> None:
    """Print how good a plan is and how it was found; never left out."""
    from rich.text import Text

    known = ", ".join(f"{name} {one}" for name, one in certificate.versions.items())
    style = "green" if certificate.is_proven else "yellow"
    line = (
        f"{certificate.status}: {certificate.value:,.4f}, bound {certificate.bound:,.4f}, gap "
        f"{certificate.gap:.3%}"
    )
    console.print(Text(line, style))
    settings = certificate.settings
    told = (
        f"{certificate.algorithm}; {known}; seed {settings.seed}; {certificate.rows} rows, "
        f"{certificate.columns} columns, {certificate.integers} whole; "
        f"{certificate.seconds:.2f} s; input {certificate.input_sha256[:16]}"
    )
    console.print(Text(told, "dim"))


def _print_cash(console: Console, plan: Plan) -> None:
    from oreline.cli._render import print_table

    frame = plan.cash_frame()
    sums = {name: frame[name].sum() for name in frame.columns if name not in ("year", "net")}
    print_table(
        console,
        ("year", "capital", "sales", "costs", "levies", "net"),
        [
            (
                row["year"],
                f"{row.get('capital', 0.0):,.1f}",
                f"{row.get('sales', 0.0):,.1f}",
                f"{_costs(row):,.1f}",
                f"{sum(row[name] for name in sums if name.startswith('levy')):,.1f}",
                f"{row['net']:,.1f}",
            )
            for row in frame.iter_rows(named=True)
        ],
        right=("capital", "sales", "costs", "levies", "net"),
    )


def _print_owners(console: Console, plan: Plan) -> None:
    """Print what each owner pays and gets, where the plan names owners."""
    from oreline.cli._render import print_note, print_table

    told = [one.to_json(plan.problem) for one in plan.owners()]
    if not told:
        return
    money = f"{plan.problem.currency} m"
    columns = ("owner", f"capital {money}", f"net {money}", "npv", "delivered t")
    print_table(
        console,
        columns,
        [
            (
                one["party"] or "no owner stated",
                f"{one['capital_m']:,.1f}",
                f"{one['net_m']:,.1f}",
                f"{one['npv_m']:,.2f}",
                ", ".join(
                    f"{row['element']} {row['t']:,.0f} {row['country']}" for row in one["delivered"]
                ),
            )
            for one in told
        ],
        right=columns[1:4],
    )
    print_note(
        console,
        "what is sold belongs to the owners of the units that made it; no price is paid between "
        "units",
    )


def _costs(row: dict[str, float]) -> float:
    aside = {"year", "net", "capital", "sales", "shortfall"}
    return sum(
        amount for name, amount in row.items() if name not in aside and not name.startswith("levy")
    )


def _print_metal(console: Console, plan: Plan) -> None:
    from oreline.cli._render import print_table

    columns = ("element", "drawn t", "bought t", "delivered t", "discarded t", "lost t")
    print_table(
        console,
        columns,
        [
            (
                one.element,
                f"{one.drawn_t:,.0f}",
                f"{one.bought_t:,.0f}",
                f"{one.delivered_t:,.0f}",
                f"{one.discarded_t:,.0f}",
                f"{one.lost_t:,.0f}",
            )
            for one in plan.balances()
        ],
        right=columns[1:],
    )
