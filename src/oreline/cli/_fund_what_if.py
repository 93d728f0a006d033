"""``oreline fund what-if``: what would become of tranches if a grade were another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.fund import MovedInstrument, MovedTranche


@question()
def what_if(
    reader: Reader,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The assay event, or a lot that has one.")
    ],
    grade: Annotated[
        str, typer.Option("--grade", metavar="SYMBOL=VALUE", help="The other grade: Sb=51.")
    ],
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="UNIT", help="Of the value (default: as written before)."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="Judge on this day (default: today, in UTC)."),
    ] = None,
) -> Answer:
    """Say what would become of tranches if one grade were another; nothing is written.

    Tranches that were released are judged again as of their release: a lower grade may put money
    at risk that was released long ago. Shown are the tranches that move, with the conditions that
    are judged otherwise and the numbers that they rest on.

    Example: oreline fund what-if assay-17 --grade Sb=51 --chain my-chain
    """
    from oreline.balance import ledger_with_grade
    from oreline.cli._fund_source import day_of, ledger_at
    from oreline.fund import instruments_of, moved_tranches
    from oreline.model import InputError

    symbol, separator, value = grade.partition("=")
    if not separator or not value:
        raise InputError(f"{grade!r}: write --grade SYMBOL=VALUE, such as Sb=51")
    ledger = reader.ledger
    if subject not in ledger.columns.events.id and subject not in ledger.columns.lots.index:
        raise InputError(f"no event in force and no lot is called {subject}")
    day = day_of(on, reader)
    known, findings = instruments_of(ledger)
    made = ledger_with_grade(ledger, subject, symbol, value, unit)
    found = moved_tranches(
        ledger, {made.position: made.replacement}, known.values(), day, ledger_at(reader)
    )
    result = {
        "event": made.event,
        "symbol": symbol,
        "was": made.was,
        "becomes": value,
        "unit": made.unit,
        "on": day.isoformat(),
        "instruments": [one.to_json() for one in found],
    }
    title = f"If {made.event} said {symbol} {value} {made.unit} instead of {made.was}"

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_title

        print_title(console, f"{title}: what would become of tranches, judged on {day}")
        for one in found:
            _print(console, one)
        if not any(one.tranches for one in found):
            print_note(console, "no tranche of a declared instrument moves")

    return Answer(result, show, findings=findings, told_of=reader)


def _print(console: Console, one: MovedInstrument) -> None:
    before, after = one.before.at_risk, one.after.at_risk
    if before != after:
        said = f"{one.instrument.id}: at risk {before:,f} → {after:,f} {one.instrument.currency}"
        console.print(Text(said, "bold red" if after > before else "bold green"))
    for tranche in one.tranches:
        _print_tranche(console, tranche)


def _print_tranche(console: Console, moved: MovedTranche) -> None:
    before, after = moved.before, moved.after
    states = dict.fromkeys((str(before.state), str(after.state)))
    told = f"{after.tranche.id}  {' → '.join(states)}  {after.tranche.title}"
    console.print(Text(told, "bold"))
    for one in (precedent.to_json() for precedent in moved.precedents):
        verdicts = (
            [one["before"]] if one["before"] == one["after"] else [one["before"], one["after"]]
        )
        console.print(Text(f"  {' → '.join(verdicts)}  {one['title']}"))
        for asked in one["answers"]:
            values = f"{asked['before']} → {asked['after']} {asked['unit']}".rstrip()
            console.print(Text(f"           {asked['question']}: {values}", "dim"))
    for reason in after.reasons:
        console.print(Text(f"  because {reason}", "dim"))
