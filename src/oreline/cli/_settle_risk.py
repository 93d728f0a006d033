"""``oreline settle risk``: how sure a value is, and what the exchange of assays may do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _settle_options as settle_options
from oreline.cli._progress import progress_bar
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader
from oreline.cli._settle_source import source_of, unsettled_answer

if TYPE_CHECKING:
    from oreline.settle import MoneyTrials, Settling


@question()
def risk(
    reader: Reader,
    contract: settle_options.Contracts = None,
    shipment: settle_options.Shipment = None,
    parcel: settle_options.Parcels = None,
    prices: settle_options.Prices = None,
    stage: settle_options.StageNamed = "provisional",
    on: settle_options.On = None,
    declared: settle_options.Declared = None,
    trials: Annotated[
        int,
        typer.Option(
            "--trials", metavar="N", help="Also settle so many times with numbers drawn anew."
        ),
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of the trials.")] = 20250902,
) -> Answer:
    """Show the 95 % interval of a value, what makes it wide, and how likely the umpire is called.

    A number that states no uncertainty makes the interval UNKNOWN, and is named. Where terms bend
    within the uncertainty (a tier, a threshold), --trials finds the interval by settling anew. The
    exit status is 5 if the parcel is NOT SETTLED.

    Example: oreline settle risk --contract cu-1 --shipment by-sea --stage final --on 2025-12-05
    --trials 10000 --chain my-chain
    """
    from oreline.settle import money_spread, statement_of, umpire_risks

    source = source_of(reader, contract, parcel, shipment, prices)
    if isinstance(source, Answer):
        return source
    day = settle_options.day_of(on, reader)
    chosen = settle_options.declared_of(declared)
    if source.contract is None:
        return unsettled_answer(source.statement(stage, day), source, day)
    asked = source.settling(stage, day, chosen)
    made = statement_of(asked)
    if made.net_value is None:
        return unsettled_answer(made, source, day)
    spread, umpire = money_spread(asked), umpire_risks(asked)
    played = _played(asked, trials, seed) if trials else None
    result: dict[str, Any] = {
        "spread": spread.to_json(),
        "umpire": [one.to_json() for one in umpire],
        "trials": None if played is None else played.to_json(),
    }

    def show(console: Console) -> None:
        from oreline.cli._settle_risk_tables import print_spread, print_trials, print_umpire

        print_spread(console, spread, made.id)
        if played is not None:
            print_trials(console, played)
        print_umpire(console, umpire, asked.contract.currency)

    return Answer(result, show, told_of=source.reader)


def _played(asked: Settling, trials: int, seed: int) -> MoneyTrials:
    from oreline.settle import money_trials

    with progress_bar() as report:
        return money_trials(
            asked, trials, seed=seed, progress=lambda done, total: report("trials", done, total)
        )
