"""Commands that look at a ledger: an event, a lot, the findings, where it stands."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader


@question()
def show(reader: Reader, event: options.Event) -> Answer:
    """Show what an event says and how it counts, what was found about it and what corrects it.

    As it counts now; --json gives it also as it was written.

    Example: oreline record show weigh-0412
    """
    from oreline.record import event_state

    state = event_state(reader.ledger, event)

    def print_it(console: Console) -> None:
        from oreline.cli._event_account import print_event

        print_event(console, state)

    return Answer(state.to_json(), print_it, told_of=reader)


@question(export=True)
def lot(reader: Reader, lot: options.Lot) -> Answer:
    """Show a lot: what was recorded of it, and what the books hold of it now.

    Example: oreline record lot mill:C-0412
    """
    from oreline.trace import custody

    name = reader.lot(lot)
    timeline = custody(reader.ledger, name, reader.positions_of_lot(name))
    stock = _stock(reader, name)
    result = {"lot": name, "book": stock, "timeline": timeline.to_json()}

    def print_it(console: Console) -> None:
        from oreline.cli._render import print_note, print_pairs, print_table, print_title
        from oreline.cli._trace_tables import print_timeline
        from oreline.model import text_range

        print_title(console, f"Lot {name}")
        print_pairs(
            console,
            [
                ("site", timeline.site or "UNKNOWN"),
                ("holder", timeline.holder or "UNKNOWN"),
                ("owner", timeline.owner or "UNKNOWN"),
                ("in transit", "yes" if timeline.in_transit else "no"),
            ],
        )
        rows = [
            (row["what"], text_range(row["low"], row["high"], row["unit"]), row["basis"])
            for row in stock
        ]
        print_title(console, "The books hold now")
        columns = ("what", "mass", "basis")
        print_table(console, columns, rows, right=("mass",), empty="no mass was recorded")
        if any(row["overdrawn"] for row in stock):
            print_note(console, "more was drawn from this lot than its book held")
        print_timeline(console, timeline)

    return Answer(result, print_it, timeline.to_frame, told_of=reader)


def _stock(reader: Reader, name: str) -> list[dict[str, Any]]:
    """Return what the books hold of a lot: dry mass and elements, with the weakest basis."""
    from oreline.model import UNBOUNDED_MG, mass_text
    from oreline.record import BASES, DRY

    number = reader.ledger.columns.lots.index[name]
    of_lot = reader.books.lines.lot == number
    if not of_lot.any():
        return []
    rows = []
    for what in (DRY, *reader.books.elements):
        book = reader.books.book(what)
        low, high = (int(value) for value in book.stock_metal[number])
        unit = "t" if what == DRY else "kg"
        rows.append(
            {
                "what": "dry mass" if what == DRY else what,
                "low": mass_text(low, unit),
                "high": None if high >= UNBOUNDED_MG else mass_text(high, unit),
                "unit": unit,
                "basis": BASES[int(book.basis[of_lot].max())],
                "overdrawn": bool(book.overdrawn[number]),
            }
        )
    return rows


@question(export=True)
def findings(
    reader: Reader,
    code: Annotated[
        str | None, typer.Option("--code", metavar="ORL-nnnn", help="Only findings of this code.")
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", metavar="EVENT", help="Only findings of this event.")
    ] = None,
) -> Answer:
    """List what was found about events when they were appended.

    Example: oreline record findings --code ORL-0212
    """
    from oreline.record import event_ids

    ids = event_ids(reader.ledger)
    found = [
        (seq, ids.get(seq, ""), finding)
        for seq, finding in reader.ledger.findings
        if code in {None, finding.code} and event in {None, ids.get(seq)}
    ]
    rows = [{"seq": seq, "event": name, **finding.to_json()} for seq, name, finding in found]

    def print_it(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings

        print_findings(console, [finding for _, _, finding in found])
        if not found:
            console.print(Text("No findings.", "green"))

    def frame() -> Any:
        import polars as pl

        return pl.DataFrame(rows)

    return Answer({"findings": rows}, print_it, frame, told_of=reader)


@question()
def status(reader: Reader) -> Answer:
    """Say where the ledger stands: size, root, header, held events, closed periods.

    Example: oreline record status --chain examples/pakistan-us
    """
    from dataclasses import asdict

    from oreline.record import event_ids

    ledger = reader.ledger
    ids = event_ids(ledger)
    held = [ids[seq] for seq in sorted(ledger.verdicts.held) if seq in ids]
    closed = [
        {
            "id": version.id,
            "site": version.data.get("site"),
            "from": version.valid_from,
            "to": version.valid_to,
        }
        for version in ledger.current("period").values()
        if version.data.get("status") == "closed"
    ]
    result = {
        "place": reader.store.place,
        "header": asdict(ledger.header),
        "size": ledger.size,
        "root": ledger.root.hex(),
        "lots": len(ledger.columns.lots.names),
        "elements": list(reader.books.elements),
        "findings": len(ledger.findings),
        "held": held,
        "corrected": len(ledger.verdicts.amended),
        "out_of_force": len(ledger.verdicts.out_of_force),
        "closed_periods": closed,
        "default_uncertainties_used": dict(ledger.columns.defaults_used),
    }
    return Answer(result, lambda console: _print_status(console, result), told_of=reader)


def _print_status(console: Console, result: dict[str, Any]) -> None:
    from oreline.cli._render import print_note, print_pairs, print_table, print_title

    header = result["header"]
    print_title(console, f"Ledger {header['id']} ({header['tense']})")
    pairs = [
        ("place", result["place"]),
        ("created", header["created"]),
        ("events", result["size"]),
        ("root", result["root"]),
        ("lots", result["lots"]),
        ("elements", ", ".join(result["elements"]) or "none"),
        ("findings", result["findings"]),
        ("corrected", result["corrected"]),
        ("voided or rejected", result["out_of_force"]),
    ]
    if header["parent"]:
        pairs.append(("derived from", f"{header['parent']} at {header['parent_size']} events"))
        pairs.append(("parent root", header["parent_root"]))
    print_pairs(console, pairs)
    print_title(console, "Held until somebody decides")
    print_table(console, ("event",), [(name,) for name in result["held"]])
    print_title(console, "Closed periods")
    rows = [
        (period["id"], period["site"], period["from"], period["to"])
        for period in result["closed_periods"]
    ]
    print_table(console, ("period", "site", "from", "to"), rows)
    for name, times in result["default_uncertainties_used"].items():
        print_note(console, f"uncertainty assumed by default {name!r} for {times} quantities")
