"""Does it close: the commands of ``oreline balance``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _balance_formulas as formulas
from oreline.cli import _balance_sampling as plans
from oreline.cli import _options as options
from oreline.cli._balance_account import account, checklist
from oreline.cli._balance_accounts import cusum
from oreline.cli._balance_reconcile import reconcile
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.record import Books

app = typer.Typer(
    no_args_is_help=True,
    help="Does it close? Element balances of events and sites.\n\n"
    "Example: oreline balance sites --element Sb --period month",
)
DOES_NOT_CLOSE = "at least one balance does not close"
PeriodText = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help="day, month, year, or one span as 2025-01-01..2025-04-01.",
    ),
]
TimeZone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="Where midnight is: Asia/Karachi (default: the chain's own, else UTC).",
    ),
]


def period_of_text(text: str) -> Any:
    """Return a period as ``balance`` takes it: a word, or (from, to)."""
    start, separator, end = text.partition("..")
    return (start, end) if separator else text


@question(export=True)
def events(
    reader: Reader,
    element: options.Element,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="EVENT", help="Only this event; may be given again."),
    ] = None,
) -> Answer:
    """Balance every process, blend, split and consumption: in less out less lost.

    The exit status is 1 if one does not close within its uncertainty.

    Example: oreline balance events --element Sb --event float-0412
    """
    from oreline.balance import Verdict, balance_events

    found = balance_events(reader.books, reader.element(element), event or None)

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_events

        print_events(console, found, detailed=bool(event))

    is_open = any(item.verdict is Verdict.DOES_NOT_CLOSE for item in found)
    problem = DOES_NOT_CLOSE if is_open else ""
    return Answer(found.to_json(), show, found.to_frame, problem, told_of=reader)


@question(export=True)
def sites(
    reader: Reader,
    element: options.Element,
    site: Annotated[
        str | None, typer.Option("--site", metavar="SITE", help="Only this site, in full.")
    ] = None,
    period: PeriodText = "month",
    time_zone: TimeZone = None,
) -> Answer:
    """Account for an element at every site and period, and for the chain as a whole.

    The exit status is 1 if an account does not close within its uncertainty.

    Example: oreline balance sites --element Sb --site mill --period month
    """
    from oreline.balance import Verdict, balance_sites

    found = balance_sites(
        reader.books,
        reader.element(element),
        site,
        period_of_text(period),
        time_zone=reader.zone(time_zone),
    )

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_sites

        print_sites(console, found, detailed=site is not None)
        console.print(f"Days begin at midnight in {reader.zone(time_zone)}.", style="dim")

    is_open = any(row.verdict is Verdict.DOES_NOT_CLOSE for row in (*found.rows, *found.chain))
    problem = DOES_NOT_CLOSE if is_open else ""
    return Answer(found.to_json(), show, found.to_frame, problem, found.findings, reader)


@question(export=True)
def transit(
    reader: Reader,
    element: options.Element,
    lot: Annotated[
        list[str] | None,
        typer.Option("--lot", metavar="LOT", help="Only this lot; may be given again."),
    ] = None,
    site: Annotated[
        str | None,
        typer.Option("--site", metavar="SITE", help="Only what left or was bound for this site."),
    ] = None,
) -> Answer:
    """Compare what was dispatched with what was received, lot by lot.

    The exit status is 1 if a difference is beyond its uncertainty.

    Example: oreline balance transit --element Sb --lot mill:C-0412
    """
    from oreline.balance import Verdict
    from oreline.balance import transit as transit_of

    lots = [reader.lot(name) for name in lot or ()]
    found = transit_of(reader.books, reader.element(element), lots=lots or None, site=site)

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_trips

        print_trips(console, found)

    is_open = any(trip.verdict is Verdict.DOES_NOT_CLOSE for trip in found)
    problem = DOES_NOT_CLOSE if is_open else ""
    return Answer(found.to_json(), show, found.to_frame, problem, told_of=reader)


@question(export=True)
def recovery(
    reader: Reader,
    element: options.Element,
    period: PeriodText = "month",
    by: Annotated[str, typer.Option("--of", metavar="WHAT", help="site or unit.")] = "site",
    time_zone: TimeZone = None,
) -> Answer:
    """Give the recovery of each site or process unit: metal in products for metal in feed.

    Example: oreline balance recovery --element Sb --period month
    """
    from oreline.balance import recovery as recovery_of

    found = recovery_of(
        reader.books,
        reader.element(element),
        period_of_text(period),
        by=by,  # type: ignore[arg-type]
        time_zone=reader.zone(time_zone),
    )

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_recoveries

        print_recoveries(console, found)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)


@question(export=True)
def plan(
    reader: Reader,
    element: options.Element,
    plan: Annotated[
        str, typer.Option("--plan", metavar="PLACE", help="The planned ledger, derived from this.")
    ],
    match: Annotated[
        list[str] | None,
        typer.Option(
            "--match",
            metavar="PLANNED=ACTUAL",
            help="Which actual lots stand for planned ones: plan:C-*=mill:C-*; may be repeated.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help="The same as .csv (planned,actual) or .toml (\\[lots]).",
        ),
    ] = None,
    time_zone: TimeZone = None,
) -> Answer:
    """Compare production that was planned with production that took place.

    Lots are matched by a declared mapping, never by name.

    Example: oreline balance plan --element Sb --plan ledgers/plan-2026.db --match "plan:*=mill:C-*"
    """
    from oreline.balance import actual_against_plan
    from oreline.cli._lot_mapping import lot_mapping

    lots = lot_mapping(match or (), mapping)
    with Reader(plan, parent_option=reader.place) as planned:
        found = actual_against_plan(
            reader.books,
            _planned_books(planned),
            lots,
            reader.element(element),
            time_zone=reader.zone(time_zone),
        )

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_plan

        print_plan(console, found)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)


def _planned_books(planned: Reader) -> Books:
    from oreline.model import InputError

    header = planned.store.header
    if header.parent is None:
        raise InputError(f"{header.id} is no planned ledger: its tense is {header.tense}")
    return planned.books


@question(export=True)
def what_if(
    reader: Reader,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The assay event, or a lot that has one.")
    ],
    grade: Annotated[
        str, typer.Option("--grade", metavar="SYMBOL=VALUE", help="The other grade: Sb=51.2.")
    ],
    element: Annotated[
        str | None,
        typer.Option(
            "--element", "-e", metavar="SYMBOL", help="What to balance (default: as the grade)."
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="UNIT", help="Of the value (default: as written before)."),
    ] = None,
    period: PeriodText = "month",
    time_zone: TimeZone = None,
) -> Answer:
    """Say what would change if one grade were another; nothing is written.

    Example: oreline balance what-if assay-17 --grade Sb=51.2
    """
    from oreline.balance import what_if_grade
    from oreline.model import InputError

    symbol, separator, value = grade.partition("=")
    if not separator or not value:
        raise InputError(f"{grade!r}: write --grade SYMBOL=VALUE, such as Sb=51.2")
    columns = reader.ledger.columns
    if subject not in columns.events.id and subject not in columns.lots.index:
        raise InputError(f"no event in force and no lot is called {subject}")
    found = what_if_grade(
        reader.ledger,
        subject,
        symbol,
        value,
        element=element,
        unit=unit,
        period=period_of_text(period),
        time_zone=reader.zone(time_zone),
    )

    def show(console: Console) -> None:
        from oreline.cli._balance_tables import print_difference

        print_difference(console, found)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)


for _name, _command in (
    ("events", events),
    ("sites", sites),
    ("transit", transit),
    ("recovery", recovery),
    ("reconcile", reconcile),
    ("plan", plan),
    ("what-if", what_if),
    ("cusum", cusum),
    ("account", account),
    ("checklist", checklist),
    ("two-product", formulas.two_product),
    ("products", formulas.products),
    ("sampling", plans.sampling),
    ("gold-sample", plans.gold_sample),
    ("duplicates", formulas.duplicates),
    ("contained", formulas.contained),
    ("factors", formulas.factors),
    ("site-factors", formulas.site_factors),
):
    app.command(_name)(_command)
