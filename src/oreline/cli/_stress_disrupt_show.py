"""How ``oreline stress disrupt`` prints its answers: of a mineral, and of several together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from oreline.stress import AtOnce, DisruptionReport, JointReport


def show_together(console: Console, found: JointReport) -> None:
    """Print what is true of several minerals together."""
    from oreline.cli._render import print_note, print_table, print_title

    print_title(console, f"{found.name}: together")
    if found.loss is not None:
        console.print(
            f"Losses added up by scenario, QP: expected {found.loss.mean:,.0f}, CVaR 95 "
            f"{found.loss.cvar95:,.0f} million USD a year"
        )
    if found.shared:
        heads = ("shared event", "mineral", "happens", "mean price with it", "without",
                 "mean shortfall with it", "without")  # fmt: skip
        rows = [
            (
                one.event, one.mineral, f"{one.probability:.1%}", _told(one.price_with),
                _told(one.price_without), f"{one.shortfall_with:.1%}",
                f"{one.shortfall_without:.1%}",
            )
            for one in found.shared
        ]  # fmt: skip
        print_table(console, heads, rows, right=heads[2:])
    pairs = [
        (f"{one.first}, {one.second}", f"{one.together:.2%}", f"{one.apart:.2%}")
        for one in found.pairs
    ]
    columns = ("short by over 10 % in one year", "together", "if apart")
    print_table(console, columns, pairs, right=columns[1:])
    if found.at_once is not None:
        _show_at_once(console, found.at_once)
    for note in found.notes:
        print_note(console, note)


def _show_at_once(console: Console, found: AtOnce) -> None:
    from oreline.cli._render import print_note, print_table

    lines = [(name, one) for name, one in zip(found.minerals, found.alone_musd, strict=True)]
    lines += [
        ("their sum", found.sum_musd),
        ("at once, in the same products", found.same_musd),
        ("at once, in other products", found.other_musd),
    ]
    heads = ("largest supplier gone for a year", "million USD", "10 %", "median", "90 %")
    rows = [
        (name, *(_told(value) for value in (one.given, one.low, one.middle, one.high)))
        for name, one in lines
    ]
    print_table(console, heads, rows, right=heads[1:])
    print_note(
        console,
        "QP, 71 industries of 2023. An industry that is short of several minerals loses between "
        "the larger cut, where the same products need them, and nearly their sum",
    )


def show_disruption(console: Console, report: DisruptionReport) -> None:
    from oreline.cli._render import print_note, print_table

    run = report.found
    console.print(
        f"{run.scenario.name}: what happens to {run.scenario.focal}, {len(run.outcomes):,} "
        f"scenarios, {len(run.drawn)} sets of drawn inputs"
    )
    heads = ("measure", "by", "unit", "as given", "10 %", "median", "90 %")
    rows = [
        (
            one["measure"], one["bound"], one["unit"],
            *(_told(one[key]) for key in ("given", "low", "middle", "high")),
        )
        for one in report.rows()
    ]  # fmt: skip
    print_table(console, heads, rows, right=heads[3:])
    if run.terms is not None:
        terms = [(name, _told(value)) for name, value in run.mean_terms().items()]
        print_table(console, ("term of the change of US product (QP)", "million USD"), terms,
                    right=("million USD",))  # fmt: skip
    _show_industries(console, report)
    _show_tail(console, report)
    if report.decisions is not None:
        columns = (
            "measure",
            "mean avoided",
            "CVaR avoided",
            "cost",
            "USD per USD",
            "worth at most",
        )
        print_table(
            console,
            columns,
            [
                (
                    one.id, _told(one.mean_avoided_musd), _told(one.cvar_avoided_musd),
                    "UNKNOWN" if one.cost_usd is None else f"{one.cost_usd / 1e6:,.4g}",
                    "UNKNOWN" if one.per_usd is None else _told(one.per_usd),
                    f"{one.worth_usd / 1e6:,.4g}",
                )
                for one in report.decisions.alone
            ],
            right=columns[1:],
        )  # fmt: skip
        print_note(console, "Avoided, cost and worth in million USD a year.")
        days = report.decisions.break_even_days
        console.print(
            "A stock pays for itself up to "
            + ("UNKNOWN days" if days is None else f"{days} days of those compared")
        )
    found = report.china_touched
    print_note(console, found.to_text())
    for note in found.notes[0 if found.steps else 1 :]:
        print_note(console, note)
    for note in report.notes:
        print_note(console, note)
    print_note(console, f"source: {report.source_line}")


def _show_tail(console: Console, report: DisruptionReport) -> None:
    from oreline.cli._render import print_table

    found = report.contributions
    top = sorted(found.rows, key=lambda one: (-one.cvar_part, one.stage, one.producer))[:8]
    heads = ("stage", "producer", "share", "part of CVaR", "per point of share")
    rows = [
        (
            one.stage, one.producer, f"{one.share:.1%}", f"{one.cvar_part:.1%}",
            "UNKNOWN" if one.per_point_musd is None else _told(one.per_point_musd),
        )
        for one in top
        if one.cvar_part > 0
    ]  # fmt: skip
    print_table(console, heads, rows, right=heads[2:])


def _told(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _show_industries(console: Console, report: DisruptionReport) -> None:
    from oreline.cli._render import print_table
    from oreline.stress import industry_names

    names = industry_names()
    rows = [
        (
            f"{one.code} {names.get(one.code, '')}", _told(one.direct_musd.given),
            _told(one.qp_musd.given), f"{_told(one.qp_musd.low)} to {_told(one.qp_musd.high)}",
        )
        for one in report.found.industries()[:8]
    ]  # fmt: skip
    if rows:
        heads = ("expected loss by industry, million USD", "direct", "QP", "QP, 80 of 100")
        print_table(console, heads, rows, right=heads[1:])
