"""``oreline settle``: the group of commands about what is paid under a contract."""

from __future__ import annotations

import typer

from oreline.cli import (
    _settle_check,
    _settle_compare,
    _settle_declare,
    _settle_exchange,
    _settle_invoice,
    _settle_risk,
    _settle_specification,
    _settle_statement,
    _settle_terms,
    _settle_what_if,
)

app = typer.Typer(
    no_args_is_help=True,
    help="What is it worth under this contract? Contracts, statements, what changed between them, "
    "what is not priced yet, invoices, and the exchange of assays. A shipment of the ledger is "
    "named with --shipment; a parcel on plain files is given with --parcel, without a ledger.\n\n"
    "Example: oreline settle statement --contract cu-1 --shipment by-sea --stage final "
    "--on 2025-12-05 --chain my-chain",
)
app.command("contracts")(_settle_terms.contracts)
app.command("contract")(_settle_terms.contract)
app.command("check")(_settle_check.check)
app.command("statement")(_settle_statement.statement)
app.command("compare")(_settle_compare.compare)
app.command("what-if")(_settle_what_if.what_if)
app.command("exposure")(_settle_compare.exposure)
app.command("risk")(_settle_risk.risk)
app.command("periods")(_settle_declare.periods)
app.command("declare")(_settle_declare.declare)
app.command("accept-period")(_settle_declare.accept_period)
app.command("invoice")(_settle_invoice.invoice)
app.command("prices")(_settle_terms.prices)
app.command("specification")(_settle_specification.specification)
app.add_typer(_settle_exchange.app, name="exchange")
