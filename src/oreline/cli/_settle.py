"""``oreline settle``: the group of commands about what is paid under a contract."""

from __future__ import annotations

import typer

from oreline.cli import _settle_check, _settle_compare, _settle_exchange, _settle_statement

app = typer.Typer(
    no_args_is_help=True,
    help="What is it worth under this contract? Statements, what changed between them, what is not "
    "priced yet, and the exchange of assays.\n\n"
    "Example: oreline settle statement --contract contracts/copper.toml "
    "--parcel parcels/copper.toml --prices prices --stage final --on 2025-12-05",
)
app.command("check")(_settle_check.check)
app.command("statement")(_settle_statement.statement)
app.command("compare")(_settle_compare.compare)
app.command("exposure")(_settle_compare.exposure)
app.add_typer(_settle_exchange.app, name="exchange")
