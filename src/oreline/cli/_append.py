"""Appends the events of a file and says what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from oreline.cli._question import Answer
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.exchange import Mapping
    from oreline.model import Chain, Finding
    from oreline.record import Receipt


def append_file(
    reader: Reader,
    file: Path,
    mapping: Mapping | None = None,
    known: Sequence[Finding] = (),
    chain: Chain | None = None,
) -> Answer:
    """Append the events of a file, all or none; findings known before it is read may forbid it."""
    from oreline.exchange import read_events
    from oreline.model import is_fatal

    findings = list(known)
    drafts: list[dict[str, Any]] = []
    if not is_fatal(findings):
        drafts, wrong = read_events(file, chain, mapping=mapping)
        findings += wrong
    if not is_fatal(findings):
        findings += settled_before(reader, drafts)
    if is_fatal(findings):
        result = {"file": str(file), "appended": 0, "events": 0, "findings": _json(findings)}
        return Answer(
            result,
            lambda console: _show_refused(console, file, findings),
            problem="the file has fatal findings; nothing was written",
            findings=findings,
        )
    findings += unseen_in(reader, drafts, chain)
    return appended(reader.store.append(drafts), str(file), findings)


def unseen_in(
    reader: Reader, drafts: Sequence[dict[str, Any]], chain: Chain | None = None
) -> list[Finding]:
    """Return a remark for each name in drafts that the ledger has not seen before.

    A ``chain`` by which the drafts were read has told of its sites, parties and materials already.
    """
    from oreline.exchange import KnownNames, unseen_names
    from oreline.record import StoredLots

    stores = (reader.store,) if reader.parent is None else (reader.store, reader.parent)
    findings = unseen_names(drafts, KnownNames(StoredLots(stores), reader.names_known))
    return findings if chain is None else [one for one in findings if one.code != "ORL-0343"]


def settled_before(reader: Reader, drafts: Sequence[dict[str, Any]]) -> tuple[Finding, ...]:
    """Return what forbids final invoices in a ledger whose parent has settled their lots."""
    from oreline.settle import settled_by_parent

    if reader.store.header.parent is None or all(one["schema"] != "money/1" for one in drafts):
        return ()
    return settled_by_parent(reader.ledger, drafts)


def appended(receipt: Receipt, what: str, findings: Sequence[Finding] = ()) -> Answer:
    """Say what became of a batch."""
    arrived = [finding for entry in receipt.entries for finding in entry.findings]
    result = {"file": what, **receipt.to_json(), "findings": _json(findings)}

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings, print_note

        print_findings(console, [*findings, *arrived])
        known = len(receipt.entries) - receipt.appended
        already = f", {known} were there already" if known else ""
        console.print(Text(f"Appended {receipt.appended} events{already}.", "bold"))
        held = [entry.id for entry in receipt.entries if entry.state.name == "HELD"]
        if held:
            named = ", ".join(held[:5]) + (" ..." if len(held) > 5 else "")
            print_note(console, f"{len(held)} held until somebody decides: {named}")
        console.print(Text(f"The log holds {receipt.size} events.", "dim"))

    return Answer(result, show)


def _json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [finding.to_json() for finding in findings]


def _show_refused(console: Console, file: Path, findings: Sequence[Finding]) -> None:
    from rich.text import Text

    from oreline.cli._render import print_findings

    print_findings(console, findings)
    console.print(Text(f"{file}: nothing was written.", "bold red"))
