"""``oreline fund permits``: the register of permits, and the phases that wait for them."""

from __future__ import annotations

from rich.console import Console

from oreline.cli._fund_schedule import On
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader


@question(export=True)
def permits(reader: Reader, on: On = None) -> Answer:
    """Show every permit on a day, and which phases it keeps closed.

    A phase is open where every permit that names it in permits.csv is in force; one whose permits
    nobody names is UNKNOWN. With --export: the register.

    Example: oreline fund permits --on 2026-12-31 --chain my-chain
    """
    from oreline.cli._fund_source import day_of
    from oreline.fund import permits_frame, permits_of, phase_gates

    day = day_of(on, reader)
    found, gates = permits_of(reader.ledger, day), phase_gates(reader.ledger, day)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_table

        rows = [
            (one.id, one.type, str(one.state), one.valid_to or "",
             "" if one.days_left is None else str(one.days_left), one.basis, " ".join(one.phases))
            for one in found
        ]  # fmt: skip
        heads = ("permit", "type", "state", "until", "days", "basis", "phases")
        print_table(console, heads, rows, right=("days",), empty="No permit is declared.")
        for gate in gates:
            style = {"PASS": "green", "FAIL": "red"}.get(gate.verdict, "yellow")
            line = Text(f"{gate.verdict:<8}", style)
            line.append("; ".join((gate.name, *gate.reasons)), "")
            console.print(line)

    result = {
        "on": day.isoformat(),
        "permits": [one.to_json() for one in found],
        "phases": [one.to_json() for one in gates],
    }
    return Answer(result, show, lambda: permits_frame(found), told_of=reader)
