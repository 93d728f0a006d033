"""``oreline fund``: what is committed, released and spent, and what the next tranche waits for."""

from __future__ import annotations

import typer

from oreline.cli import (
    _fund_benefit,
    _fund_books,
    _fund_check,
    _fund_office,
    _fund_permits,
    _fund_programmes,
    _fund_release,
    _fund_schedule,
    _fund_status,
    _fund_transfer,
    _fund_what_if,
)

app = typer.Typer(
    no_args_is_help=True,
    help="What is committed, released, spent? Instruments with tranches, each with conditions that "
    "the ledger itself proves: metal delivered, recoveries, permits, attestations. A tranche is "
    "named as INSTRUMENT/TRANCHE.\n\n"
    "Example: oreline fund status --chain my-chain",
)
app.command("check")(_fund_check.check)
app.command("words")(_fund_check.words)
app.command("status")(_fund_status.status)
app.command("what-if")(_fund_what_if.what_if)
app.command("commit")(_fund_release.commit)
app.command("approve")(_fund_release.approve)
app.command("release")(_fund_release.release)
app.command("drawdown")(_fund_release.drawdown)
app.command("spend")(_fund_release.spend)
app.command("pay")(_fund_release.pay)
app.command("schedule")(_fund_schedule.schedule)
app.command("forecast")(_fund_schedule.forecast)
app.command("books")(_fund_books.books)
app.command("permits")(_fund_permits.permits)
app.command("office")(_fund_office.office)
app.command("pack")(_fund_office.pack)
app.command("benefit")(_fund_benefit.benefit)
app.command("programmes")(_fund_programmes.programmes)
app.command("transfer-pricing")(_fund_transfer.transfer_pricing)
