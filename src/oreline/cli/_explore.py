"""``oreline explore``: the group of commands about what is in the ground."""

from __future__ import annotations

import typer

from oreline.cli import (
    _explore_composite,
    _explore_holes,
    _explore_init,
    _explore_statistics,
)

app = typer.Typer(
    no_args_is_help=True,
    help="What is in the ground? Drill holes: which column means what, what is wrong with them, "
    "composites and statistics. FOLDER holds the tables and explore.toml, or is a chain folder "
    "with drillholes/.\n\n"
    "Example: oreline explore init my-chain/drillholes --length-unit m",
)
app.command("init")(_explore_init.init)
app.command("check")(_explore_holes.check)
app.command("holes")(_explore_holes.holes)
app.command("composite")(_explore_composite.composite)
app.command("statistics")(_explore_statistics.statistics)
