"""Puts the verbs together: one command or group for each room that answers questions."""

from __future__ import annotations

from typing import Annotated

import typer

from oreline import __version__
from oreline.cli import (
    _ask,
    _balance,
    _check,
    _demo,
    _design,
    _doctor,
    _exchange,
    _explore,
    _fund,
    _init,
    _people,
    _plan,
    _record,
    _serve,
    _settle,
    _stress,
    _trace,
    _watch,
)
from oreline.cli._root import PROGRAM, RootGroup

EPILOG = "Exit status: 0 done, 1 the data is not good, 2 wrong call, 3 ledger, 4 limit."


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _start(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda wanted: _print_version(wanted=wanted),
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Run, prove and plan a critical-mineral value chain, from exploration to magnet.

    Example: oreline init my-chain && oreline check my-chain
    """


def make_app() -> typer.Typer:
    """Return the whole command line."""
    app = typer.Typer(
        name=PROGRAM,
        cls=RootGroup,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        epilog=EPILOG,
    )
    app.callback()(_start)
    _demo.register(app)
    _init.register(app)
    _check.register(app)
    app.add_typer(_record.app, name="record")
    app.add_typer(_exchange.app, name="exchange")
    app.add_typer(_trace.app, name="trace")
    app.add_typer(_balance.app, name="balance")
    app.add_typer(_settle.app, name="settle")
    app.add_typer(_explore.app, name="explore")
    app.add_typer(_design.app, name="design")
    app.add_typer(_plan.app, name="plan")
    app.add_typer(_fund.app, name="fund")
    app.add_typer(_stress.app, name="stress")
    app.add_typer(_watch.app, name="watch")
    app.add_typer(_ask.app, name="ask")
    _serve.register(app)
    app.add_typer(_people.app, name="people")
    _doctor.register(app)
    return app


app = make_app()


def main() -> None:
    """Run ``oreline``."""
    typer.main.get_command(app).main()
