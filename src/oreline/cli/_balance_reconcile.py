"""``oreline balance reconcile``: measured masses and grades made to conserve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.balance import Network, Quantity

FILE_BYTES_MAX = 50_000_000
"""The longest table of streams that is read."""


@question(Needs.NOTHING, export=True)
def reconcile(
    _reader: Reader,
    streams: Annotated[
        Path,
        typer.Option("--streams", metavar="FILE", help="The streams and what was measured, .csv."),
    ],
    shared: Annotated[
        Path | None,
        typer.Option(
            "--shared",
            metavar="FILE",
            help="Errors that measurements have in common, .csv.",
        ),
    ] = None,
    sum_: Annotated[
        list[str] | None,
        typer.Option(
            "--sum",
            metavar="TOTAL=A+B",
            help="An analyte that is the sum of others in every stream: "
            "TREO=La2O3+CeO2+Pr6O11+Nd2O3; may be repeated.",
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="STREAM:QUANTITY",
            help="Leave a measurement out: feed:dry_t or feed:Cu; may be repeated.",
        ),
    ] = None,
    confidence: Annotated[
        float,
        typer.Option(
            "--confidence", metavar="SHARE", help="How often good data pass each kind of test."
        ),
    ] = 0.95,
) -> Answer:
    """Reconcile masses and grades so that every node conserves, unless they contradict.

    The exit status is 1 if a gross error is found: then nothing is adjusted and the suspect is
    named.

    Example: oreline balance reconcile --streams streams.csv --sum TREO=La2O3+CeO2+Nd2O3
    """
    from oreline.balance import Status
    from oreline.balance import reconcile as reconcile_network

    network = _network(streams, shared, sum_ or ())
    left_out = [_quantity(text) for text in exclude or ()]
    found = reconcile_network(network, confidence=confidence, exclude=left_out)

    def show(console: Console) -> None:
        from oreline.cli._balance_reconcile_tables import print_reconciliation

        print_reconciliation(console, found)

    problem = ""
    if found.status is Status.GROSS_ERROR:
        problem = "the measurements contain a gross error; nothing was adjusted"
    elif found.status is Status.NOT_FOUND:
        problem = "no values that conserve were found"
    return Answer(found.to_json(), show, found.to_frame, problem, found.findings)


def _network(streams: Path, shared: Path | None, sums: Sequence[str]) -> Network:
    from oreline.balance import read_streams
    from oreline.model import InputError

    common = None if shared is None else (_bytes(shared), shared.name)
    network, findings = read_streams(_bytes(streams), streams.name, common, dict(map(_sum, sums)))
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
