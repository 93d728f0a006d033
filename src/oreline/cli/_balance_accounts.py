"""``oreline balance cusum``: the running sum of unaccounted metal of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.balance import MetalPrice

Site = Annotated[str, typer.Argument(metavar="SITE", help="The site, or '(chain)' for all.")]
PriceValue = Annotated[
    str | None,
    typer.Option("--price", metavar="NUMBER", help="What the metal is worth, to value the sum."),
]
PriceUnit = Annotated[
    str, typer.Option("--price-unit", metavar="UNIT", help="Currency for a mass: USD/t, USD/lb.")
]
PriceSource = Annotated[
    str, typer.Option("--price-source", metavar="TEXT", help="Where the price is from; needed.")
]
PriceBasis = Annotated[
    str, typer.Option("--price-basis", metavar="BASIS", help="reported or assumed.")
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="Where midnight is: Asia/Karachi (default: the chain's own, else UTC).",
    ),
]


def price_of(value: str | None, unit: str, source: str, basis: str) -> MetalPrice | None:
    """Return the price that the options state, None where they state none.

    Raises
    ------
    InputError
        If a price is incomplete, or its unit or source is given without it.
    """
    from oreline.balance import metal_price
    from oreline.model import InputError

    if value is None:
        if source:
            raise InputError("--price-source says where a price is from; give --price too")
        return None
    return metal_price(value, unit, source, basis)


@question(export=True)
def cusum(
    reader: Reader,
    site: Site,
    element: options.Element,
    period: Annotated[
        str, typer.Option("--period", metavar="PERIOD", help="month, day or year.")
    ] = "month",
    since: Annotated[
        str | None, typer.Option("--since", metavar="PERIOD", help="The first: 2025-07.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="PERIOD", help="The last: 2026-06.")
    ] = None,
    price: PriceValue = None,
    price_unit: PriceUnit = "USD/t",
    price_source: PriceSource = "",
    price_basis: PriceBasis = "assumed",
    time_zone: Zone = None,
) -> Answer:
    """Add up unaccounted metal period by period, and say whether it wanders by chance.

    Errors of a stock-take cancel in the sum. The exit status is 1 if a test says that there is a
    shift: a biased scale or sampler, an unrecorded removal, a wrong stock-take.

    Example: oreline balance cusum illus-mill-cu --element Cu --price 9500
    --price-source "our assumption"
    """
    from oreline.balance import SHIFTED, hypotheses
    from oreline.balance import cusum as cusum_of

    found = cusum_of(
        reader.books,
        reader.element(element),
        site,
        period,  # type: ignore[arg-type]  # refused there, in words
        since=since,
        until=until,
        price=price_of(price, price_unit, price_source, price_basis),
        time_zone=reader.zone(time_zone),
    )

    supposed = hypotheses(reader.books, found, reader.zone(time_zone))

    def show(console: Console) -> None:
        from oreline.cli._balance_cusum_tables import print_cusum, print_hypotheses

        print_cusum(console, found)
        print_hypotheses(console, supposed)

    result = {**found.to_json(), "hypotheses": [one.to_json() for one in supposed]}
    problem = f"a shift: {found.reason}" if found.verdict == SHIFTED else ""
    return Answer(result, show, found.to_frame, problem, told_of=reader)
