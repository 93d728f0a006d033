"""How the exchange of assays looks in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_findings, print_note, print_pairs, print_table, print_title
from oreline.settle import LACKS, PARTIES, ExchangeState, Side

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.settle import AnalyteDecision, Contract, Exchange, SealReport

STATE_STYLES = {
    ExchangeState.AGREED: "green",
    ExchangeState.FINAL: "green",
    ExchangeState.EXCHANGED: "bold red",
}


def print_exchange(console: Console, found: Exchange, terms: Contract) -> None:
    """Print how far an exchange is."""
    decision = found.decision
    print_title(console, f"Exchange of assays of {decision.lot} under {terms.id}")
    print_pairs(console, [(name, _party(found, terms, name)) for name in PARTIES])
    console.print(f"As of {found.today.isoformat()}.", style="dim")
    rows = [_row(one) for one in decision.analytes]
    heads = ("analyte", "seller", "buyer", "umpire", "limit", "state", "assay", "how")
    print_table(console, heads, rows, right=heads[1:5])
    for one in decision.analytes:
        _print_open(console, one)
    if decision.unruled:
        print_note(console, f"analysed, not exchanged under this contract: {decision.unruled}")
    print_findings(console, found.report.findings)


def print_proof(console: Console, found: SealReport) -> None:
    """Print what the log shows of an exchange."""
    print_title(console, f"Sealed exchange of {found.lot}")
    for line in found.proved:
        console.print(Text(f"  {line}"))
    print_findings(console, found.findings)
    if not found.sides:
        console.print(Text("Nobody has sealed results of this lot.", "yellow"))
    elif not found.ok:
        console.print(Text("NOT PROVED", "bold red"))
    elif found.is_complete:
        console.print(Text("PROVED: neither could have seen the other's results first", "green"))
    else:
        console.print(Text("So far nothing speaks against it; it is not complete.", "yellow"))
    print_note(console, "a log cannot know what parties told each other beside it")


def _party(found: Exchange, terms: Contract, side: Side) -> str:
    given = found.facts.submissions.get(side)
    name = terms.seller if side is Side.SELLER else terms.buyer
    due = found.decision.deadlines.get(side)
    until = "no deadline known" if due is None else f"until {due.isoformat()}"
    if given is None:
        return f"{name}: nothing yet, {until}"
    on = "" if given.on is None else f" on {given.on.isoformat()}"
    if given.is_sealed:
        by = "" if given.open_by is None else f", to open by {given.open_by.isoformat()}"
        return f"{name}: sealed{on}{by}, {until}"
    if given.opened_on is not None:
        return f"{name}: sealed{on}, opened on {given.opened_on.isoformat()}"
    return f"{name}: given in the clear{on}, {until}"


def _row(one: AnalyteDecision) -> list[object]:
    values = [one.results.get(side) for side in Side]
    shown: list[object] = ["" if value is None else f"{value:f}" for value in values]
    limit = "" if one.limit is None else f"{one.limit:f}"
    state = Text(str(one.state), STATE_STYLES.get(one.state, "yellow"))
    assay = "UNKNOWN" if one.assay is None else f"{one.assay:f} {one.unit}"
    how = "" if one.how is None else f"{one.how}: {one.formula}".replace("_", " ")
    return [one.analyte, *shown, limit, state, assay, how]


def _print_open(console: Console, one: AnalyteDecision) -> None:
    for lack in one.missing:
        who = ", ".join(one.waits_for)
        acts = f"; the {who} acts next" if who else "; the contract does not say"
        print_note(console, f"{one.analyte}: missing is {LACKS[lack]}{acts}")
    for name, value in one.readings:
        console.print(Text(f"    read as '{name}': {value:f} {one.unit}", "dim"))
    if one.late:
        console.print(Text(f"  {one.analyte}: late: {', '.join(one.late)}", "yellow"))
    if one.umpire_cost is not None:
        console.print(Text(f"  {one.analyte}: the umpire is paid by: {one.umpire_cost}"))
