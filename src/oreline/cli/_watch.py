"""``oreline watch``: the claims of reports, and what of them is so."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from oreline.cli import (
    _watch_attach,
    _watch_digest,
    _watch_follow,
    _watch_judge,
    _watch_market,
    _watch_read,
    _watch_search,
    _watch_second,
    _watch_timeline,
)

DEFAULT = "read"
"""The command of whoever names none: ``oreline watch PLACE``."""


class WatchGroup(TyperGroup):
    """The commands of ``watch``; words that begin with none of them go to :data:`DEFAULT`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command before words that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=WatchGroup,
    no_args_is_help=True,
    subcommand_metavar="PLACE | COMMAND [ARGS]...",
    help="Who reports what, and what of it is so? Claims of reports, each with its sentence.\n\n"
    "'oreline watch PLACE' is 'oreline watch read PLACE'; write ./read for a folder of that name."
    "\n\nExample: oreline watch examples/pakistan-us",
)
app.command(DEFAULT)(_watch_read.read)
for _part in (
    _watch_timeline,
    _watch_search,
    _watch_follow,
    _watch_market,
    _watch_attach,
    _watch_judge,
    _watch_digest,
    _watch_second,
):
    _part.register(app)
