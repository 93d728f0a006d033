"""``oreline balance reconcile``: measured masses and grades made to conserve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.balance import Network, Quantity, Reconciliation

FILE_BYTES_MAX = 50_000_000
"""The longest table of streams that is read."""


Streams = Annotated[
    Path | None,
    typer.Option(
        "--streams",
        metavar="FILE",
        help="The streams and what was measured, .csv; else those of --site in the ledger.",
    ),
]
Site = Annotated[str | None, typer.Option("--site", metavar="SITE", help="The site of the ledger.")]
Span = Annotated[
    str | None,
    typer.Option("--period", metavar="PERIOD", help="2025-10, 2025, or 2025-10-01..2025-11-01."),
]
Elements = Annotated[
    list[str] | None,
    typer.Option(
        "--element",
        "-e",
        metavar="SYMBOL",
        help="Balance this element; may be repeated (default: what three streams state).",
    ),
]
Shared = Annotated[
    Path | None,
    typer.Option("--shared", metavar="FILE", help="Errors that measurements have in common, .csv."),
]
Common = Annotated[
    list[str] | None,
    typer.Option(
        "--common",
        metavar="NAME:QUANTITY=SHARE",
        help="Which share of the standard uncertainty of a quantity is one error for all streams, "
        "or for those behind @: laboratory:As=0.8, belt:dry_t=0.6@fed.*; may be repeated.",
    ),
]
Sums = Annotated[
    list[str] | None,
    typer.Option(
        "--sum",
        metavar="TOTAL=A+B",
        help="An analyte that is the sum of others in every stream: "
        "TREO=La2O3+CeO2+Pr6O11+Nd2O3; may be repeated.",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="STREAM:QUANTITY",
        help="Leave a measurement out: feed:dry_t or feed:Cu; may be repeated.",
    ),
]
Confidence = Annotated[
    float,
    typer.Option("--confidence", metavar="SHARE", help="How often good data pass a test."),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        help="Where midnight is: Asia/Karachi (default: the chain's own, else UTC).",
    ),
]


@question(export=True)
def reconcile(
    reader: Reader,
    streams: Streams = None,
    site: Site = None,
    period: Span = None,
    element: Elements = None,
    shared: Shared = None,
    sum_: Sums = None,
    exclude: Exclude = None,
    common: Common = None,
    confidence: Confidence = 0.95,
    time_zone: Zone = None,
) -> Answer:
    """Reconcile masses and grades so that every node conserves, unless they contradict.

    The streams come from a table, or from the entries of a site in the ledger. The exit status is
    1 if a gross error is found: then nothing is adjusted and the suspect is named.

    Example: oreline balance reconcile --streams streams.csv --sum TREO=La2O3+CeO2+Nd2O3
    """
    from oreline.balance import parse_common, reconcile_site, shared_of
    from oreline.balance import reconcile as reconcile_network
    from oreline.model import InputError

    left_out = [_quantity(text) for text in exclude or ()]
    sums = dict(map(_sum, sum_ or ()))
    declared = [parse_common(text) for text in common or ()]
    if streams is not None and site is None:
        if period or element:
            raise InputError("--period and --element go with --site; a table says what it has")
        network = _network(streams, shared, sums)
        errors = (*network.shared, *shared_of(network, declared))
        network = replace(network, shared=errors)
        found = reconcile_network(network, confidence=confidence, exclude=left_out)
        return _answer(found, found.to_json(), None)
    if streams is not None or site is None or period is None or shared is not None:
        raise InputError("give either --streams FILE, or --site SITE and --period PERIOD")
    made = reconcile_site(
        reader.books,
        site,
        period,
        [reader.element(name) for name in element] if element else None,
        sums,
        confidence=confidence,
        exclude=left_out,
        common=declared,
        time_zone=reader.zone(time_zone),
    )
    return _answer(made.found, made.to_json(), reader)


def _answer(found: Reconciliation, result: dict[str, Any], reader: Reader | None) -> Answer:
    from oreline.balance import Status

    def show(console: Console) -> None:
        from oreline.cli._balance_reconcile_tables import print_reconciliation

        print_reconciliation(console, found)

    problem = ""
    if found.status is Status.GROSS_ERROR:
        problem = "the measurements contain a gross error; nothing was adjusted"
    elif found.status is Status.NOT_FOUND:
        problem = "no values that conserve were found"
    return Answer(result, show, found.to_frame, problem, found.findings, reader)


def _network(streams: Path, shared: Path | None, sums: Mapping[str, tuple[str, ...]]) -> Network:
    from oreline.balance import read_streams
    from oreline.model import InputError

    common = None if shared is None else (_bytes(shared), shared.name)
    network, findings = read_streams(_bytes(streams), streams.name, common, sums)
    if network is None:
        raise InputError(f"{streams} cannot be reconciled", findings)
    return network


def _bytes(path: Path) -> bytes:
    from oreline.model import InputError, LimitExceededError

    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > FILE_BYTES_MAX:
        raise LimitExceededError(f"{path} is longer than FILE_BYTES_MAX = {FILE_BYTES_MAX} bytes")
    return data


def _sum(text: str) -> tuple[str, tuple[str, ...]]:
    from oreline.model import InputError

    total, separator, parts = text.partition("=")
    names = tuple(part.strip() for part in parts.split("+"))
    if not separator or not total.strip() or not all(names):
        raise InputError(f"{text!r}: write --sum TOTAL=A+B, such as TREO=La2O3+CeO2")
    return total.strip(), names


def _quantity(text: str) -> Quantity:
    from oreline.balance import Quantity
    from oreline.model import InputError

    stream, separator, what = text.rpartition(":")
    if not separator or not stream or not what:
        raise InputError(f"{text!r}: write --exclude STREAM:QUANTITY, such as feed:dry_t")
    return Quantity(stream, what.removesuffix("_pct"))
