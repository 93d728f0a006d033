"""``oreline balance``: does it close?"""

from __future__ import annotations

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Does it close? Element balances of events and sites.\n\n"
    "Example: oreline balance sites --element Sb --period month",
)
