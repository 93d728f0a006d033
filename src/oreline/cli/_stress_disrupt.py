"""``oreline stress disrupt``: what a ban, an outage or a conflict costs, and what would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    from oreline.stress import DisruptionReport, Scenario


What = Annotated[
    list[str],
    typer.Argument(
        metavar="MINERAL|FILE",
        help="A mineral of the shipped tables, or a scenario file (.toml). Several are also added "
        "up, scenario by scenario.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PLACE=NUMBER",
        help="A number of the file to set: market.rho=0.2, events.CHN-restriction.probability=1; "
        "given again.",
    ),
]
Ban = Annotated[
    list[str] | None,
    typer.Option(
        "--ban",
        metavar="COUNTRY",
        help="A country that sends nothing for --months, for sure; given again.",
    ),
]
To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="BLOC",
        help="Whom the ban is aimed at (default: the bloc looked at); given again.",
    ),
]
Months = Annotated[float, typer.Option("--months", help="How long the ban lasts.")]
Scenarios = Annotated[
    int, typer.Option("--scenarios", metavar="N", help="Scenarios with numbers as given.")
]
Sets = Annotated[
    int, typer.Option("--sets", help="How often assumed numbers are drawn from their ranges.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of all random numbers.")]
Detail = Annotated[
    bool,
    typer.Option("--detail", help="Count losses over 402 industries (2017): slower, and larger."),
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="Keep finished blocks here and go on from it."),
]
Write = Annotated[
    Path | None,
    typer.Option("--write", metavar="FILE", help="Write the scenario as a file to edit."),
]


@question(Needs.NOTHING, export=True)
def disrupt(
    _reader: Reader,
    what: What,
    change: Set = None,
    ban: Ban = None,
    to: To = None,
    months: Months = 12.0,
    scenarios: Scenarios = 100_000,
    sets: Sets = 40,
    seed: Seed = 1,
    detail: Detail = False,
    keep: Keep = None,
    write: Write = None,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Tell what disruptions of a year do to price, supply and product, as ranges.

    Losses are told by three ways of counting industries: direct, QP and LP. Control-C ends a run
    with what is done; with --keep the next one goes on from there.

    Example: oreline stress disrupt antimony --ban CHN
    """
    from oreline.cli._progress import progress_bar
    from oreline.model import InputError
    from oreline.stress import RunSettings, banned, disruption, scenario_text

    if keep is not None and len(what) > 1:
        raise InputError("--keep is for one mineral at a time: a file keeps one question")
    settings = RunSettings(scenarios, sets, min(10_000, scenarios), seed, detail)
    reports = []
    with shared_among(workers, cluster) as each, progress_bar() as progress:
        for one in what:
            scenario, notes = _scenario(one, change or [])
            for country in ban or []:
                scenario = banned(scenario, country, months, to or ())
            if write is not None:
                _written(write, scenario_text(scenario))
            mapped = {} if workers == 1 and not cluster else {"each": each}
            reports.append(
                disruption(scenario, settings, notes=notes, progress=progress, keep=keep, **mapped)
            )
    return _answer(reports)


def _scenario(what: str, changes: list[str]) -> tuple[Scenario, tuple[str, ...]]:
    """Return a file's scenario, or a mineral's from the shipped tables."""
    from oreline.model import InputError
    from oreline.stress import read_scenario, reference_scenario, scenario_text

    path = Path(what)
    if path.suffix == ".toml" or path.is_file():
        try:
            text, name = path.read_text("utf-8"), path.name
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path} cannot be read: {error}") from None
        notes: tuple[str, ...] = ()
    else:
        made, notes = reference_scenario(what)
        if not changes:
            return made, notes
        text, name = scenario_text(made), what
    scenario, findings = read_scenario(text, name, changes)
    if scenario is None:
        raise InputError(f"{what} cannot be used", findings)
    return scenario, notes


def _written(path: Path, text: str) -> None:
    from oreline.cli._output import export_bytes

    export_bytes(text.encode(), path)


def _answer(reports: list[DisruptionReport]) -> Answer:
    import polars as pl

    first = reports[0]
    found: dict[str, Any] = first.to_json()
    joint = None
    if len(reports) > 1:
        from oreline.stress import joint_loss

        found = {"minerals": [one.to_json() for one in reports]}
        if all(one.found.terms is not None for one in reports):
            joint = joint_loss(reports)
            found["together_qp_musd"] = joint.to_json()

    def show(console: Console) -> None:
        for one in reports:
            _show(console, one)
        if joint is not None:
            console.print(
                f"Together, QP: expected loss {joint.mean:,.0f}, CVaR 95 {joint.cvar95:,.0f} "
                "million USD a year"
            )

    def frame() -> pl.DataFrame:
        return pl.concat(
            one.to_frame().insert_column(0, pl.lit(one.found.scenario.mineral).alias("mineral"))
            for one in reports
        )

    return Answer(found, show, frame)


def _show(console: Console, report: DisruptionReport) -> None:
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
    print_note(console, f"China touches {report.china_touched:.1%} of it at some stage.")
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
