"""The options that the commands of settlement share, and what is read from their texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.settle import Declaration, Stage

Contracts = Annotated[
    list[str] | None,
    typer.Option(
        "--contract",
        metavar="CONTRACT",
        help="The contract: a .toml file, or with --shipment its id in the ledger or the chain "
        "folder. Give it again for further contracts of several parcels.",
    ),
]
Parcels = Annotated[
    list[Path] | None,
    typer.Option(
        "--parcel",
        metavar="FILE",
        help="A parcel on plain files (.toml): its lots, weights, assays and days. No ledger is "
        "opened then.",
    ),
]
Shipment = Annotated[
    str | None,
    typer.Option(
        "--shipment",
        metavar="NAME",
        help="A shipment of the ledger: its dispatch, one of its documents, or a lot on board.",
    ),
]
Prices = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FOLDER",
        help="The folder with series.csv, values.csv and holidays.csv (with --shipment, by "
        "default, the series of the ledger).",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="DAY",
        help="With what was known on which day (default: that of --as-of, else today, in UTC).",
    ),
]
Declared = Annotated[
    list[str] | None,
    typer.Option(
        "--declared",
        metavar="PRICE=OPTION@DAY",
        help="The option that was declared for a price's period, and when, such as "
        "cu=m2@2025-10-09; of a shipment, in place of what the ledger says.",
    ),
]
StageNamed = Annotated[
    Literal["provisional", "second_provisional", "final"],
    typer.Option("--stage", help="Which statement."),
]


def day_of(text: str | None, reader: Reader | None = None) -> date:
    """Return the day of an option; where it is not given that of ``--as-of``, else today.

    Raises
    ------
    InputError
        If it is no day.
    """
    from oreline.model import InputError
    from oreline.record import system_clock

    if text is None and reader is not None and reader.as_of is not None:
        text = reader.as_of[:10]
    if text is None:
        return system_clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write 2025-11-15") from None


def moment_of(text: str) -> tuple[Stage, str | None]:
    """Return the stage, and the day if there is one, of a text such as ``final@2025-12-05``.

    Raises
    ------
    InputError
        If the stage is none.
    """
    from oreline.model import InputError
    from oreline.settle import STAGES

    named, at, day = text.partition("@")
    for stage in STAGES:
        if named == stage and bool(at) == bool(day):
            return stage, day or None
    told = ", ".join(STAGES)
    raise InputError(f"{text!r} is no statement; write STAGE@DAY, the stage one of {told}")


def declared_of(options: Sequence[str] | None) -> dict[str, Declaration]:
    """Return the declared options by price clause.

    Raises
    ------
    InputError
        If one is not written as ``PRICE=OPTION`` or ``PRICE=OPTION@DAY``, or two are for one price.
    """
    from oreline.model import InputError
    from oreline.settle import Declaration

    made: dict[str, Declaration] = {}
    for text in options or ():
        price, equals, said = text.partition("=")
        option, at, day = said.partition("@")
        if not equals or not price or not option or bool(at) != bool(day):
            message = f"{text!r} is no declaration; write price, option and day as cu=m2@2025-10-09"
            raise InputError(message)
        if price in made:
            raise InputError(f"two options are declared for {price}; one holds")
        made[price] = Declaration(option, day_of(day).isoformat() if day else None)
    return made


def amount_of(text: str) -> Decimal:
    """Return an amount of money.

    Raises
    ------
    InputError
        If it is none.
    """
    from oreline.model import InputError

    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise InputError(f"{text!r} is no amount; write digits with a point") from None
    if not amount.is_finite():
        raise InputError(f"{text!r} is no amount; write digits with a point")
    return amount
