"""``oreline watch alerts`` and ``digest``: what is new by the rules of ``watch.toml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_source import judgements_beside, reports_of

if TYPE_CHECKING:
    from datetime import datetime

    from oreline.model import Finding
    from oreline.watch import Alerts, PriceLine, WatchSettings

ChainFolder = Annotated[
    Path, typer.Argument(metavar="CHAIN", help="The chain folder, with its watch.toml.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("alerts")(alerts)
    app.command("digest")(digest)


@question(Needs.NOTHING, export=True)
def alerts(
    _reader: Reader,
    chain: ChainFolder,
    everything: Annotated[bool, typer.Option("--all", help="Also what was told before.")] = False,
) -> Answer:
    """Say what the rules of watch.toml tell of: new claims, contested values, lapses, prices.

    What a digest has told is left out. Looking marks nothing as told.

    Example: oreline watch alerts examples/pakistan-us
    """
    from oreline.record import system_clock
    from oreline.watch import TOLD_FILE, told_marks

    found, _ = _alerts(chain, system_clock())
    if not everything:
        found = found.untold(told_marks(chain / TOLD_FILE))

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings, print_note

        print_findings(console, found.findings)
        if not found.alerts:
            print_note(console, "Nothing new.")
        _print(console, found)

    return Answer(found.to_json(), show, found.to_frame)


@question(Needs.NOTHING)
def digest(
    _reader: Reader,
    chain: ChainFolder,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it through the SMTP server of watch.toml.")
    ] = False,
    mark_told: Annotated[
        bool, typer.Option("--mark-told", help="Count all of it as told, without sending it.")
    ] = False,
) -> Answer:
    """Put what is new into one digest: on the screen, as a page, or as e-mail.

    What was sent is not told again. It counts as told once the server has taken the message, so
    that what could not be sent is in the next one.

    Example: oreline watch digest examples/pakistan-us --html digest.html
    """
    from oreline.model import InputError, is_fatal
    from oreline.record import system_clock
    from oreline.watch import TOLD_FILE, Digest, Sent, digest_html, tell, told_book, told_marks

    if send and mark_told:
        raise InputError("--send and --mark-told exclude each other")
    if html is not None and html.exists():
        raise InputError(f"{html} exists; name another file")
    now = system_clock()
    found, settings = _alerts(chain, now)
    title = _title(chain)
    sent = Sent(())
    if send or mark_told:
        if send and settings.digest is None:
            raise InputError("watch.toml has no [digest]: where to, and through which server?")
        with told_book(chain / TOLD_FILE) as book:
            made = Digest(title, found.untold(book.marks), now)
            if send and settings.digest is not None:
                sent = tell(made, settings.digest, book, os.environ)
            else:
                book.add(made.alerts, now.isoformat())
    else:
        made = Digest(title, found.untold(told_marks(chain / TOLD_FILE)), now)
    if html is not None:
        html.write_text(digest_html(made), encoding="utf-8")
    result = {**made.to_json(), "sent": sent.to_json(), "html": None if html is None else str(html)}

    def show(console: Console) -> None:
        from oreline.cli._render import print_findings, print_note, print_title

        print_title(console, made.subject)
        print_findings(console, (*made.alerts.findings, *sent.findings))
        _print(console, made.alerts)
        if html is not None:
            print_note(console, f"Wrote {html}.")
        if send:
            to = ", ".join(sent.recipients)
            print_note(console, f"Sent to {to}." if to else "Nothing was sent.")
        if mark_told:
            print_note(console, f"{len(made.alerts.alerts)} count as told now.")

    failed = send and bool(sent.findings)
    problem = "the digest did not go to everybody" if failed else ""
    assert not is_fatal(sent.findings) or not sent.recipients, "either sent, or not"
    return Answer(result, show, problem=problem, findings=sent.findings)


def _alerts(chain: Path, now: datetime) -> tuple[Alerts, WatchSettings]:
    """Return what all rules of a chain folder tell of, and its settings."""
    from oreline.model import InputError
    from oreline.watch import (
        AlertGrounds,
        alerts_of,
        market_of_folder,
        price_lines,
        settings_of,
        watch,
    )

    if not (chain / "chain.toml").is_file():
        raise InputError(f"{chain} is no chain folder: it has no chain.toml")
    settings, findings = settings_of(chain)
    if settings is None:
        raise InputError("watch.toml cannot be used", findings)
    documents, wrong, known = reports_of(chain, None)
    watched = watch(
        documents, chain=known, findings=wrong, judgements=judgements_beside(chain, None)
    )
    prices: Mapping[str, PriceLine] = {}
    amiss: tuple[Finding, ...] = ()
    if any(one.on == "price" for one in settings.alerts):
        market = market_of_folder(chain)[0]
        prices, amiss = price_lines(market), market.findings
    grounds = AlertGrounds(watched, known, now.date(), prices, amiss)
    return alerts_of(settings.alerts, grounds), settings


def _title(chain: Path) -> str:
    from oreline.cli._watch_source import chain_of

    return chain_of(chain).title


def _print(console: Console, found: Alerts) -> None:
    from rich.text import Text

    from oreline.cli._render import print_note

    for one in found.alerts:
        console.print(Text.assemble((one.title, "bold"), "  ", (f"[{one.rule}]", "dim")))
        for line in one.lines:
            print_note(console, line)
