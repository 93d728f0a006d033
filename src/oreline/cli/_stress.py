"""``oreline stress``: how secure supply is, and what would make it safer."""

from __future__ import annotations

import typer

from oreline.cli import (
    _stress_chain,
    _stress_disrupt,
    _stress_eu,
    _stress_geopolrisk,
    _stress_ledger,
    _stress_mineral,
    _stress_minerals,
    _stress_security,
    _stress_tables,
    _stress_trade,
)

app = typer.Typer(
    no_args_is_help=True,
    help="What if supply breaks? Criticality of minerals by every recognised measure, each with "
    "its source; where cells are withheld, bounds and no guess.\n\n"
    "Example: oreline stress minerals",
)
app.command("disrupt")(_stress_disrupt.disrupt)
app.command("minerals")(_stress_minerals.minerals)
app.command("eu")(_stress_eu.eu)
app.command("crma")(_stress_eu.crma)
app.command("mineral")(_stress_mineral.mineral)
app.command("changes")(_stress_minerals.changes)
app.command("ranks")(_stress_minerals.ranks)
app.command("geopolrisk")(_stress_geopolrisk.factors)
app.command("trade")(_stress_trade.trade)
app.command("chain")(_stress_chain.chain)
app.command("ledger")(_stress_ledger.ledger)
app.command("security")(_stress_security.security)
app.command("import")(_stress_tables.import_tables)
