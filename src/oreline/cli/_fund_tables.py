"""How ``oreline fund`` prints where instruments and tranches stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from oreline.fund import InstrumentStanding, JudgedPrecedent, Standing

_STYLES = {
    "released": "green",
    "ready": "green",
    "PASS": "green",
    "contested": "bold red",
    "released unproven": "bold red",
    "FAIL": "red",
}


def print_standing(console: Console, whole: InstrumentStanding) -> None:
    """Print an instrument: its money, then each tranche with its conditions and their reasons."""
    instrument, accounts = whole.instrument, whole.accounts
    console.print(Text(instrument.title, style="bold"))
    said = f"{instrument.id}: {instrument.kind}, {instrument.giver} to {instrument.taker}, "
    said += (
        f"{instrument.amount:,f} {instrument.currency} ({instrument.basis}, {instrument.source})"
    )
    console.print(Text(said))
    words = {
        "commitment": "committed",
        "release": "released",
        "drawdown": "drawn",
        "spend": "spent",
    }
    money = ", ".join(f"{word} {accounts.total(kind):,f}" for kind, word in words.items())
    console.print(Text(money))
    if whole.at_risk:
        risk = f"at risk {whole.at_risk:,f} {instrument.currency}: no further tranche is released"
        console.print(Text(risk, style="bold red"))
    for standing in whole.tranches:
        console.print()
        _print_tranche(console, standing, instrument.currency)


def _print_tranche(console: Console, standing: Standing, currency: str) -> None:
    tranche = standing.tranche
    head = Text(f"{tranche.id}  {tranche.amount:,f} {currency}  ")
    head.append(str(standing.state), style=_STYLES.get(str(standing.state), "yellow"))
    head.append(f"  {tranche.title}")
    if tranche.due is not None and standing.release is None:
        head.append(f", due {tranche.due}")
    console.print(head)
    for judged in standing.precedents:
        _print_precedent(console, judged)
    for approval in standing.approvals:
        console.print(Text(f"  approved for {approval.party} by {approval.person}"))
    for party in standing.missing_approvals:
        console.print(Text(f"  no approval yet for {party}", style="yellow"))
    if standing.release is not None:
        console.print(Text(f"  released by {standing.release.event} at {standing.release.time}"))
    for reason in standing.reasons:
        console.print(Text(f"  because {reason}", style="dim"))


def _print_precedent(console: Console, judged: JudgedPrecedent) -> None:
    judgement = judged.judgement
    line = Text("  ")
    line.append(f"{judgement.verdict:<8}", style=_STYLES.get(str(judgement.verdict), "yellow"))
    line.append(judged.precedent.title)
    console.print(line)
    for part in judgement.parts:
        for asked in part.asked:
            basis = f" ({asked.basis})" if asked.basis else ""
            value = f"{asked.answer} {asked.unit}".rstrip()
            console.print(Text(f"           {asked.question}: {value}{basis}", style="dim"))
