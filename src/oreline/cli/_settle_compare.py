"""``oreline settle compare`` and ``exposure``: what changed, and what is still open."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_given as given_files
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl

    from oreline.settle import Stage


@question(Needs.NOTHING)
def compare(
    _reader: Reader,
    parcel: given_files.Parcels,
    before: Annotated[
        str,
        typer.Option("--from", metavar="STAGE@DAY", help="The earlier statement."),
    ],
    after: Annotated[
        str,
        typer.Option("--to", metavar="STAGE@DAY", help="The later statement."),
    ],
    contract: given_files.Contracts = None,
    prices: given_files.Prices = None,
    declared: given_files.Declared = None,
    parcel_before: Annotated[
        Path | None,
        typer.Option(
            "--parcel-before", metavar="FILE", help="The parcel as of the earlier statement."
        ),
    ] = None,
    contract_before: Annotated[
        Path | None,
        typer.Option(
            "--contract-before", metavar="FILE", help="The contract as of the earlier statement."
        ),
    ] = None,
) -> Answer:
    """Show how the net value of one statement became that of another.

    The effects of weight, assay, price and charges sum exactly to the difference.

    Example: oreline settle compare --contract contracts/copper.toml
    --parcel parcels/copper.toml --prices prices --from provisional@2025-10-10
    --to final@2025-12-05
    """
    from oreline.model import InputError
    from oreline.settle import waterfall, waterfall_json

    if len(parcel) != 1:
        raise InputError("two statements on one parcel are compared; give --parcel once")
    later = given_files.read_given(contract, parcel, prices)
    earlier = given_files.read_given(
        contract if contract_before is None else [contract_before],
        parcel if parcel_before is None else [parcel_before],
        prices,
    )
    refused = given_files.refusal(later) or given_files.refusal(earlier)
    if refused is not None:
        return refused
    options = given_files.declared_of(declared)
    (first,) = earlier.settlings(*_moment(before), options)
    (last,) = later.settlings(*_moment(after), options)
    made = waterfall(first, last)
    currency = last.contract.currency

    def show(console: Console) -> None:
        from oreline.cli._settle_tables import print_waterfall

        print_waterfall(console, made, currency)

    result: dict[str, Any] = {"currency": currency, **waterfall_json(made)}
    return Answer(result, show)


@question(Needs.NOTHING, export=True)
def exposure(
    _reader: Reader,
    parcel: given_files.Parcels,
    contract: given_files.Contracts = None,
    prices: given_files.Prices = None,
    on: given_files.On = None,
    declared: given_files.Declared = None,
) -> Answer:
    """Show the payable metal whose price is still open, by metal and month.

    Several parcels are summed; each is settled provisionally under the contract that it names.

    Example: oreline settle exposure --contract contracts/copper.toml
    --parcel parcels/copper.toml --prices prices --on 2025-11-14
    """
    from oreline.settle import exposure as open_prices
    from oreline.settle import exposure_frame

    given = given_files.read_given(contract, parcel, prices)
    refused = given_files.refusal(given)
    if refused is not None:
        return refused
    day = given_files.day_of(on)
    options = given_files.declared_of(declared)
    rows = open_prices(given.settlings("provisional", day, options))

    def frame() -> pl.DataFrame:
        return exposure_frame(rows)

    def show(console: Console) -> None:
        from oreline.cli._settle_tables import print_exposure

        print_exposure(console, rows, day.isoformat())

    found = frame().to_dicts()
    return Answer({"on": day.isoformat(), "exposure": found}, show, frame)


def _moment(text: str) -> tuple[Stage, date]:
    from oreline.model import InputError

    stage, at, day = text.partition("@")
    if stage not in given_files.STAGES or not at:
        told = ", ".join(given_files.STAGES)
        raise InputError(f"{text!r} is no statement; write STAGE@DAY, the stage one of {told}")
    named: Any = stage
    return named, given_files.day_of(day)
