"""What reports claim beside the ledger of the chain folder: what contradicts it comes first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from oreline.model import Chain
    from oreline.watch import AgainstLedger, LedgerPoint, Watched


def against_of(folder: Path | None, watched: Watched, chain: Chain | None) -> AgainstLedger | None:
    """Return how claims stand to a chain folder's own ledger; None where it has none."""
    from oreline.record import load_ledger, open_store
    from oreline.watch import against_ledger

    if folder is None or chain is None or not (folder / "ledger.db").is_file():
        return None
    with open_store(str(folder / "ledger.db")) as store:
        return against_ledger(watched, load_ledger(store), chain)


def print_against(console: Console, points: Sequence[LedgerPoint], *, is_whole: bool) -> None:
    """Print what does not agree with the ledger, all of it if asked, and how many points do."""
    from oreline.cli._render import print_note, print_table, print_title
    from oreline.watch import LEDGER_VERDICTS, ledger_verdicts

    if not points:
        return
    print_title(console, "Against the ledger")
    counts = ledger_verdicts(points)
    print_note(console, ", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    shown = [one for one in points if is_whole or one.verdict != "agrees"]
    rows = dict.fromkeys(
        (one.slot, one.verdict, one.said, one.recorded, one.why)
        for one in sorted(shown, key=lambda one: LEDGER_VERDICTS.index(one.verdict))
    )
    if rows:
        columns = ("point", "verdict", "reports say", "ledger has", "why")
        print_table(console, columns, list(rows))
