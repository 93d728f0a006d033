"""``oreline settle compare`` and ``exposure``: what changed, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_given import read_given, refusal
from oreline.cli._settle_source import (
    Source,
    contract_named,
    contracts_known,
    series_known,
    source_of,
    unsettled_answer,
)

if TYPE_CHECKING:
    import polars as pl

    from oreline.settle import Settling, Stage


@question()
def compare(
    reader: Reader,
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    prices: settle_options.Prices = None,
    before: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STAGE@DAY",
            help="The earlier statement (default: of a shipment, the stage before, on the day of "
            "its invoice, else of arrival).",
        ),
    ] = None,
    after: Annotated[
        str,
        typer.Option(
            "--to", metavar="STAGE@DAY", help="The later statement (without a day: today)."
        ),
    ] = "final",
    declared: settle_options.Declared = None,
    parcel_before: Annotated[
        Path | None,
        typer.Option(
            "--parcel-before", metavar="FILE", help="The parcel as of the earlier statement."
        ),
    ] = None,
    contract_before: Annotated[
        str | None,
        typer.Option(
            "--contract-before", metavar="FILE", help="The contract as of the earlier statement."
        ),
    ] = None,
) -> Answer:
    """Show how the net value of one statement became that of another.

    The effects of weight, assay, price and charges sum exactly to the difference. The exit status
    is 5 if one of the two is NOT SETTLED.

    Example: oreline settle compare --contract cu-1 --shipment by-sea
    --from provisional@2025-10-10 --to final@2025-12-05 --chain my-chain
    """
    later = source_of(reader, contract, parcel, shipment, prices)
    earlier = source_of(
        reader,
        contract if contract_before is None else [contract_before],
        parcel if parcel_before is None else [parcel_before],
        shipment,
        prices,
    )
    for source in (later, earlier):
        if isinstance(source, Answer):
            return source
    assert isinstance(later, Source)
    assert isinstance(earlier, Source)
    stage, day = settle_options.moment_of(after)
    on = settle_options.day_of(day, reader)
    if later.contract is None or earlier.contract is None:
        return unsettled_answer(later.statement(stage, on), later, on)
    options = settle_options.declared_of(declared)
    last = later.settling(stage, on, options)
    first = earlier.settling(*_earlier(earlier, before, last), options)
    return _compared((earlier, first), (later, last))


def _compared(before: tuple[Source, Settling], after: tuple[Source, Settling]) -> Answer:
    from oreline.settle import statement_of, waterfall, waterfall_json

    values = []
    for source, asked in (before, after):
        made = statement_of(asked)
        if made.net_value is None:
            return unsettled_answer(made, source, asked.on)
        values.append(f"{made.net_value:f}")
    first, last = before[1], after[1]
    found, currency = waterfall(first, last), last.contract.currency

    def show(console: Console) -> None:
        from oreline.cli._settle_tables import print_waterfall

        print_waterfall(console, found, currency)

    result: dict[str, Any] = {
        **waterfall_json(found),
        "currency": currency,
        "before_stage": first.stage,
        "before_on": first.on.isoformat(),
        "after_stage": last.stage,
        "after_on": last.on.isoformat(),
        "before_value": values[0],
        "after_value": values[1],
    }
    return Answer(result, show, told_of=after[0].reader)


def _earlier(source: Source, given: str | None, last: Settling) -> tuple[Stage, date]:
    """Return stage and day of the earlier statement; what is not given follows from the ledger."""
    from oreline.model import InputError
    from oreline.settle import stage_before

    stage, day = (None, None) if given is None else settle_options.moment_of(given)
    if stage is None:
        stage = stage_before(last.contract, last.stage)
    if stage is None:
        raise InputError(f"{last.contract.id} has no stage before {last.stage}; give --from")
    if day is None and source.shipment is None:
        raise InputError(f"as of which day? Write --from {stage}@DAY")
    if day is None:
        own = next((one for one in source.invoices() if one.stage == stage), None)
        day = last.parcel.days.get("arrival") if own is None else own.day
    return stage, last.on if day is None else settle_options.day_of(day)


@question(export=True)
def exposure(
    reader: Reader,
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    prices: settle_options.Prices = None,
    on: settle_options.On = None,
    declared: settle_options.Declared = None,
) -> Answer:
    """Show the payable metal whose price is still open, by metal and month.

    Without --parcel it is asked of the ledger: of every shipment that has left and was not finally
    invoiced, of those under one --contract, or of one --shipment under it. Several parcels on files
    are summed; each is settled under the contract that it names.

    Example: oreline settle exposure --on 2025-11-14 --chain my-chain
    """
    from oreline.model import InputError
    from oreline.settle import exposure as open_prices
    from oreline.settle import exposure_frame, exposures_json

    day = settle_options.day_of(on, reader)
    options = settle_options.declared_of(declared)
    if parcel and shipment is not None:
        raise InputError("give --shipment of the ledger, or --parcel FILE, not both")
    if parcel:
        given = read_given([Path(one) for one in contract or ()], parcel, prices)
        refused = refusal(given)
        if refused is not None:
            return refused
        asked: Sequence[Settling] = given.settlings("provisional", day, options)
    else:
        sources = _sources(reader, contract, shipment, prices, day.isoformat())
        if isinstance(sources, Answer):
            return sources
        asked = [one.settling("provisional", day, options) for one in sources]
    rows = open_prices(asked)

    def frame() -> pl.DataFrame:
        return exposure_frame(rows)

    def show(console: Console) -> None:
        from oreline.cli._settle_tables import print_exposure

        print_exposure(console, rows, day.isoformat())

    told_of = None if parcel else reader
    return Answer(exposures_json(day, rows), show, frame, told_of=told_of)


def _sources(
    reader: Reader,
    contracts: Sequence[str] | None,
    shipment: str | None,
    prices: Path | None,
    day: str,
) -> list[Source] | Answer:
    """Return the shipments that had left by a day and were not finally invoiced by then."""
    from oreline.model import InputError
    from oreline.settle import find_shipment, shipments_of

    if shipment is not None and len(contracts or ()) != 1:
        raise InputError("one shipment is settled under one contract; give --contract once")
    known = series_known(reader, prices)
    if isinstance(known, Answer):
        return known
    series, findings = known
    terms: Iterable[Any] = contracts_known(reader).values()
    if contracts:
        terms = [contract_named(reader, name) for name in contracts]
    found = []
    for one in terms:
        every = shipments_of(reader.ledger, one)
        if shipment is not None:
            every = (find_shipment(reader.ledger, one, shipment),)
        for each in every:
            source = Source(each.id, one, series, reader=reader, shipment=each, findings=findings)
            closed = any(own.stage == "final" and own.day <= day for own in source.invoices())
            if each.day <= day and not closed:
                found.append(source)
    return found
