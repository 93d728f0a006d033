"""``oreline fund office`` and ``pack``: what is owed, decided and feared, and the paper of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._fund_schedule import On
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from oreline.fund import Office


@question(export=True)
def office(reader: Reader, on: On = None) -> Answer:
    """Show deliverables, decisions and risks of the chain folder, and what is late on a day.

    They stand in deliverables.csv, decisions.csv and risks.csv. All that is wrong in them is told
    at once. The exit status is 1 where something is overdue. With --export to .xlsx all tables.

    Example: oreline fund office --on 2026-12-31 --chain my-chain
    """
    from oreline.cli._fund_source import day_of

    found, _ = office_of(reader)
    day = day_of(on, reader)

    def show(console: Console) -> None:
        from oreline.cli._render import print_table

        rows = [
            (one.due.isoformat(), "overdue" if one.is_overdue(day) else "", one.party, one.title)
            for one in found.coming()
        ]
        print_table(console, ("due", "", "party", "deliverable"), rows, empty="Nothing is owed.")
        asked = [
            ("no day" if one.due is None else one.due.isoformat(), one.parties, one.title)
            for one in found.to_decide()
        ]
        heads = ("due", "by", "decision")
        print_table(console, heads, asked, empty="No decision is asked for.")
        watched = [
            (f"{one.likelihood} x {one.impact} = {one.weight}", one.party, one.title)
            for one in found.watched()
        ]
        print_table(console, ("weight", "party", "risk"), watched, empty="No risk is registered.")

    late = [one.id for one in found.overdue(day)]
    result = {"on": day.isoformat(), **found.to_json(day)}
    problem = f"overdue: {', '.join(late)}" if late else ""

    def frames() -> Mapping[str, pl.DataFrame]:
        return found.frames()

    return Answer(
        result,
        show,
        lambda: frames()["deliverables"],
        problem,
        told_of=reader,
        sheets=frames,
    )


@question()
def pack(
    reader: Reader,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The new PDF.")],
    on: On = None,
) -> Answer:
    """Write the joint committee's pack as one PDF.

    Decisions due, money with the conditions of the next tranche, permits and phases, metal
    received, deliverables and risks, as of a day, with the size and root of the ledger.

    Example: oreline fund pack --on 2026-12-31 -o pack.pdf --chain my-chain
    """
    from oreline.cli._fund_source import day_of, ledger_at
    from oreline.cli._output import export_bytes
    from oreline.fund import (
        instruments_of,
        pack_of,
        pack_pdf,
        permits_of,
        phase_gates,
        standing_of,
    )

    day, at = day_of(on, reader), ledger_at(reader)
    tables, title = office_of(reader)
    known, findings = instruments_of(reader.ledger)
    standings = [standing_of(reader.ledger, known[name], day, at) for name in sorted(known)]
    identity = reader.store.header.id
    made = pack_of(
        reader.ledger,
        standings,
        tables,
        day,
        permits=permits_of(reader.ledger, day),
        phases=phase_gates(reader.ledger, day),
        title=title or identity,
        identity=identity,
    )
    export_bytes(pack_pdf(made), output)

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings

        print_findings(console, findings)

    return Answer(made.to_json(), show, exported=output, told_of=reader, findings=findings)


def office_of(reader: Reader) -> tuple[Office, str]:
    """Return the tables of the chain folder in which the ledger lies, and the chain's title.

    Raises
    ------
    InputError
        With all that is wrong with them.
    """
    from oreline.cli._fund_source import chain_folder
    from oreline.exchange import read_chain
    from oreline.fund import Office, read_office
    from oreline.model import InputError

    folder = chain_folder(reader)
    if folder is None:
        return Office(), ""
    chain, _ = read_chain(folder)
    found, findings = read_office(folder, chain)
    if found is None:
        raise InputError("the tables of the partnership office cannot be used", findings)
    return found, "" if chain is None else chain.title
