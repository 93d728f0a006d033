"""``oreline explore``: the group of commands about what is in the ground."""

from __future__ import annotations

import typer

from oreline.cli import (
    _explore_composite,
    _explore_holes,
    _explore_init,
    _explore_looks,
    _explore_mine,
    _explore_model,
    _explore_ore,
    _explore_simulate,
    _explore_solids,
    _explore_statistics,
    _explore_validate,
    _explore_variogram,
)

app = typer.Typer(
    no_args_is_help=True,
    help="What is in the ground? Drill holes: which column means what, what is wrong with them, "
    "composites and statistics; block model, classes, tonnes and grades. FOLDER holds the tables "
    "and explore.toml, or is a chain folder with drillholes/.\n\n"
    "Example: oreline explore init my-chain/drillholes --length-unit m",
)
app.command("init")(_explore_init.init)
app.command("check")(_explore_holes.check)
app.command("holes")(_explore_holes.holes)
app.command("composite")(_explore_composite.composite)
app.command("statistics")(_explore_statistics.statistics)
app.command("histogram")(_explore_looks.histogram)
app.command("top-cuts")(_explore_looks.top_cuts)
app.command("contact")(_explore_looks.contact)
app.command("solids")(_explore_solids.solids)
app.command("variogram")(_explore_variogram.variogram)
app.command("model")(_explore_model.model)
app.command("validate")(_explore_validate.validate)
app.command("tonnage")(_explore_model.tonnage)
app.command("simulate")(_explore_simulate.simulate)
app.command("mine")(_explore_mine.mine)
app.command("ore")(_explore_ore.ore)
app.command("ledger")(_explore_ore.ledger)
