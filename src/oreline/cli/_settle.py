"""``oreline settle``: the group of commands about what is paid under a contract."""

from __future__ import annotations

import typer

from oreline.cli import _settle_check, _settle_exchange

app = typer.Typer(
    no_args_is_help=True,
    help="What is it worth under this contract? The exchange of assays, and what follows.\n\n"
    "Example: oreline settle exchange state fwo:CU-1 --contract fwo-ussm-1",
)
app.command("check")(_settle_check.check)
app.add_typer(_settle_exchange.app, name="exchange")
