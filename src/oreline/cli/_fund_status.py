"""``oreline fund status``: where every tranche stands, and why."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader


@question(export=True)
def status(
    reader: Reader,
    instrument: Annotated[
        list[str] | None,
        typer.Option("--instrument", metavar="ID", help="Only this instrument; may be repeated."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="Judge on this day (default: today, in UTC)."),
    ] = None,
) -> Answer:
    """Show each instrument's money and tranches: which conditions hold, which not, and why.

    The exit status is 1 where a release is contested or unproven, or where more was released,
    drawn or spent than there was to do so. With --export to .xlsx instruments, tranches and
    conditions.

    Example: oreline fund status --on 2026-06-30 --chain my-chain
    """
    from oreline.cli._fund_source import day_of, instrument_named, ledger_at
    from oreline.fund import (
        beyond_bounds,
        instruments_of,
        phases_on_line,
        standing_of,
        status_frames,
    )

    day = day_of(on, reader)
    known, findings = instruments_of(reader.ledger)
    wanted = [instrument_named(reader.ledger, name) for name in instrument or sorted(known)]
    at = ledger_at(reader)
    found = [standing_of(reader.ledger, one, day, at) for one in wanted]
    beyond = [wrong for one in found for wrong in beyond_bounds(one.instrument, one.accounts)]
    findings = (*findings, *beyond)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._fund_tables import print_standing
        from oreline.cli._render import print_findings

        print_findings(console, findings)
        if not found:
            console.print(Text("No instrument is declared; write one into instruments/."))
        for place, one in enumerate(found):
            if place:
                console.print()
            print_standing(console, one)

    risky = [one.instrument.id for one in found if one.at_risk]
    problem = f"releases are contested or unproven: {', '.join(risky)}" if risky else ""
    problem = problem or ("more was moved than there was" if beyond else "")
    result = {
        "on": day.isoformat(),
        "phases": [one.to_json() for one in phases_on_line(reader.ledger, found, day)],
        "instruments": [one.to_json() for one in found],
        "findings": [finding.to_json() for finding in findings],
    }
    return Answer(
        result,
        show,
        lambda: status_frames(found)["tranches"],
        problem=problem,
        findings=findings,
        told_of=reader,
        sheets=lambda: status_frames(found),
    )
