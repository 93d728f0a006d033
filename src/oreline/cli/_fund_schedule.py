"""``oreline fund schedule`` and ``forecast``: how money comes back, and what is to pay it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._fund_release import Instrument
from oreline.cli._plan_source import Place, Scenario
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.fund import CovenantStanding, Outlook

Cash = Annotated[
    Path | None,
    typer.Option(
        "--forecast",
        metavar="FILE",
        help="Cash that is expected, as CSV (default: cash-forecast.csv of the chain folder, else "
        "the best plan of its plan.toml).",
    ),
]
On = Annotated[
    str | None, typer.Option("--on", metavar="DAY", help="As this day sees it (default: today).")
]


@question(export=True)
def schedule(
    reader: Reader, instrument: Instrument, forecast: Cash = None, on: On = None
) -> Answer:
    """Show what falls due when, whether covenants hold, and what deliveries work off.

    Of a loan each period with its interest, exactly, and DSCR and LLCR against what was promised:
    PASS, FAIL, or UNKNOWN with what is missing. Of a prepayment or a price floor each delivery. The
    exit status is 1 where a covenant fails or something in the money is beyond its bound.

    Example: oreline fund schedule loan-1 --on 2026-06-30 --chain my-chain
    """
    from oreline.cli._fund_source import day_of, forecast_of, instrument_named
    from oreline.cli._render import print_findings
    from oreline.fund import outlook_of

    found = instrument_named(reader.ledger, instrument)
    is_loan = found.returns.loan is not None
    expected, odd = forecast_of(reader, forecast) if is_loan else (None, ())
    outlook = outlook_of(reader.ledger, found, day_of(on, reader), expected)

    def show(console: Console) -> None:
        print_findings(console, odd)
        _show(console, outlook)

    told = [f"{one.covenant.id} does not hold" for one in outlook.failing]
    told += [one.message for one in outlook.findings]

    def frame() -> Any:
        import polars as pl

        return next(iter(outlook.frames().values()), pl.DataFrame())

    return Answer(
        {**outlook.to_json(), "findings": [one.to_json() for one in (*odd, *outlook.findings)]},
        show,
        frame,
        problem="; ".join(told),
        findings=(*odd, *outlook.findings),
        told_of=reader,
        sheets=outlook.frames,
    )


def _show(console: Console, outlook: Outlook) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings, print_note, print_table

    print_findings(console, outlook.findings)
    currency = outlook.instrument.currency
    if outlook.schedule is not None:
        names = ("drawn", "paid_interest", "capitalised", "principal", "closing")
        rows = [
            (one.end.isoformat(), *(f"{getattr(one, name):,f}" for name in names))
            for one in outlook.schedule.periods
        ]
        heads = ("until", "drawn", "interest", "capitalised", "principal", "owed")
        print_table(console, heads, rows, right=heads[1:])
        console.print(Text(f"Money in {currency}; interest is paid on the last day of a period."))
        for missing in outlook.schedule.missing:
            console.print(Text(f"The schedule ends here: {missing.name}: {missing.why}", "yellow"))
    for one in outlook.covenants:
        _show_covenant(console, one)
    if outlook.forecast is not None and outlook.covenants:
        told = outlook.forecast.to_json()
        print_note(console, f"cash by {told['source'] or 'nobody'} ({told['basis'] or 'no basis'})")
    if outlook.metal is not None:
        turns = [
            (row["day"], row["what"], row["tonnes"] or "", _money(row["amount"]),
             _money(row["owed"]), row["basis"])
            for row in outlook.metal.to_frame().iter_rows(named=True)
        ]  # fmt: skip
        heads = ("day", "what", "t", "amount", "owed", "basis")
        print_table(console, heads, turns, right=("t", "amount", "owed"))
        for missing in outlook.metal.missing:
            console.print(Text(f"UNKNOWN: {missing.name}: {missing.why}", "yellow"))
    if outlook.schedule is None and outlook.metal is None:
        console.print(Text(f"{outlook.instrument.id} has no terms by which its money comes back."))


def _money(text: str | None) -> str:
    return "UNKNOWN" if text is None else f"{Decimal(text):,f}"


def _show_covenant(console: Console, one: CovenantStanding) -> None:
    from rich.text import Text

    style = {"PASS": "green", "FAIL": "red"}.get(str(one.verdict), "yellow")
    line = Text(f"{one.verdict:<8}", style)
    line.append(f"{one.covenant.title}: {one.told()}", "")
    console.print(line)


@question(Needs.NOTHING, export=True)
def forecast(_reader: Reader, place: Place, scenario: Scenario = "") -> Answer:
    """Give the cash that the best plan leaves for debt service each year.

    That is its cash flow after costs, royalties and taxes, without its capital, which the
    instruments pay. With --export cash-forecast.csv into the chain folder, the API and the pages
    use it too.

    Example: oreline fund forecast examples/pakistan-us
    """
    from oreline.cli._fund_source import forecast_of_place

    found = forecast_of_place(place, scenario)

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        rows = [
            (one.start.isoformat(), one.end.isoformat(), f"{one.available:,.0f}")
            for one in found.spans
        ]
        print_table(console, ("from", "to", f"available {found.currency}"), rows,
                    right=(f"available {found.currency}",))  # fmt: skip
        print_note(console, f"{found.to_json()['source']}")

    rows = found.to_frame().to_dicts()
    return Answer({**found.to_json(), "spans": rows}, show, found.to_frame)
