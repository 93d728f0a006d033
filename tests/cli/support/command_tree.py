"""The tree of commands, and how each that reads is called on the small ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from oreline.cli import app

READS: dict[str, tuple[str, ...]] = {
    "record show": ("float-1",),
    "record lot": ("p:C1",),
    "record findings": (),
    "record status": (),
    "trace origins": ("p:B1", "-e", "Sb"),
    "trace explain": ("p:B1", "-e", "Sb"),
    "trace up": ("p:B1",),
    "trace down": ("p:R1",),
    "trace path": ("p:R1", "p:B1"),
    "trace recall": ("PK", "-e", "Sb"),
    "trace custody": ("p:B1",),
    "trace lots": ("-e", "Sb"),
    "trace custody-model": ("-e", "Sb"),
    "trace credits": (),
    "balance events": ("-e", "Sb"),
    "balance sites": ("-e", "Sb"),
    "balance transit": ("-e", "Sb"),
    "balance recovery": ("-e", "Sb"),
    "balance reconcile": ("--site", "mill", "--period", "2025"),
    "balance plan": ("-e", "Sb", "--plan", "{plan}", "--match", "plan:*=p:C*"),
    "balance site-factors": ("-e", "Sb", "--site", "mill", "--period", "2025-01-01..2025-02-01"),
    "balance what-if": ("assay-1", "--grade", "Sb=51"),
    "balance account": ("mill", "--period", "2025-01"),
    "balance checklist": ("mill", "--period", "2025-01"),
    "balance cusum": ("mill", "-e", "Sb", "--price", "21000", "--price-source", "a test"),
    "fund status": (),
    "fund what-if": ("assay-1", "--grade", "Sb=51"),
    "fund permits": (),
    "fund office": (),
    "settle contracts": (),
    "settle contract": ("p-q-1",),
    "settle statement": ("--shipment", "ship-1"),
    "settle compare": ("--shipment", "ship-1"),
    "settle exposure": (),
    "settle what-if": ("assay-1", "--grade", "Sb=51"),
    "settle risk": ("--shipment", "ship-1"),
    "settle prices": (),
    "settle specification": ("--shipment", "ship-1"),
    "settle exchange state": ("p:C1", "--contract", "{contract}"),
    "settle exchange verify": ("p:C1",),
    "watch attached": (),
    "watch judged": (),
}
CONTRACT = """
id = "p-q-1"
title = "Antimony concentrate"
seller = "p"
buyer = "q"
materials = ["sb-conc"]
currency = "USD"
basis = "assumed"
source = "test"
assays = { rule = "exchange", limits = [{ analyte = "Sb", limit = "0.5 %" }] }
"""
"""A contract for the lots of the small ledger."""
ASKED_ELSEWHERE = (
    "ask", "demo", "plan actual", "settle periods", "fund schedule", "fund books", "fund pack",
    "fund transfer-pricing", "watch timeline",
)  # fmt: skip
"""Verbs and commands with tests in files of their own: they need more than the small ledger."""


def leaves() -> Iterator[tuple[str, Any]]:
    """Yield (path, command) of every command that does something."""
    root = typer.main.get_command(app)
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        path, command = waiting.pop(0)
        children = getattr(command, "commands", None)
        if children is None:
            yield path, command
        else:
            waiting += [(f"{path} {name}".strip(), child) for name, child in children.items()]


def options_of(command: Any) -> set[str]:
    """Return the options of a command as written."""
    return {option for parameter in command.params for option in parameter.opts}


def reading() -> dict[str, Any]:
    """Return the commands that read a ledger as of a moment, by path."""
    return {
        path: command
        for path, command in leaves()
        if "--as-of" in options_of(command) and not {path, path.split()[0]} & set(ASKED_ELSEWHERE)
    }
