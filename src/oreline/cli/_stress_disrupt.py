"""``oreline stress disrupt``: what a ban, an outage or a conflict costs, and what would help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._stress_tables import takes_tables
from oreline.cli._workers import Cluster, Workers, shared_among

if TYPE_CHECKING:
    import polars as pl

    from oreline.stress import DisruptionReport, Joint

What = Annotated[
    list[str],
    typer.Argument(
        metavar="MINERAL|FILE",
        help="A mineral of the shipped tables, or a scenario file (.toml): of one mineral, or of "
        "several with the events that they share. Several are also told together.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PLACE=NUMBER",
        help="A number of the file to set: market.rho=0.2, events.CHN-restriction.probability=1; "
        "given again.",
    ),
]
Ban = Annotated[
    list[str] | None,
    typer.Option(
        "--ban",
        metavar="COUNTRY",
        help="A country that sends nothing for --months, for sure; given again.",
    ),
]
To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="BLOC",
        help="Whom the ban is aimed at (default: the bloc looked at); given again.",
    ),
]
Months = Annotated[float, typer.Option("--months", help="How long the ban lasts.")]
Scenarios = Annotated[
    int, typer.Option("--scenarios", metavar="N", help="Scenarios with numbers as given.")
]
Sets = Annotated[
    int, typer.Option("--sets", help="How often assumed numbers are drawn from their ranges.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of all random numbers.")]
Detail = Annotated[
    bool,
    typer.Option("--detail", help="Count losses over 402 industries (2017): slower, and larger."),
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="FILE", help="Keep finished blocks here and go on from it."),
]
Trade = Annotated[
    list[str] | None,
    typer.Option(
        "--trade-of",
        metavar="STAGE=CODE:CONTENT",
        help="Routes to the next stage from trade of a code, with tonnes of the mineral in a "
        "tonne: mine=261710:0.5; given again.",
    ),
]
Flows = Annotated[
    Path | None,
    typer.Option(
        "--trade",
        metavar="FILE",
        help="A file of BACI with the flows of --trade-of (default: the table of trade).",
    ),
]
Write = Annotated[
    Path | None,
    typer.Option("--write", metavar="FILE", help="Write the scenario as a file to edit."),
]


@question(Needs.NOTHING, export=True)
@takes_tables
def disrupt(
    _reader: Reader,
    what: What,
    change: Set = None,
    ban: Ban = None,
    to: To = None,
    months: Months = 12.0,
    trade_of: Trade = None,
    trade: Flows = None,
    scenarios: Scenarios = 100_000,
    sets: Sets = 40,
    seed: Seed = 1,
    detail: Detail = False,
    keep: Keep = None,
    write: Write = None,
    workers: Workers = 1,
    cluster: Cluster = "",
) -> Answer:
    """Tell what disruptions of a year do to price, supply and product, as ranges.

    Losses are told by three ways of counting industries: direct, QP and LP. Control-C ends a run
    with what is done; with --keep the next one goes on from there.

    Example: oreline stress disrupt antimony --ban CHN
    """
    from dataclasses import replace

    from oreline.cli._progress import progress_bar
    from oreline.model import InputError
    from oreline.stress import RunSettings, banned, disruption, scenario_text

    if trade is not None and not trade_of:
        raise InputError("--trade is the file of --trade-of: say which code is of which stage")
    joint = _scenarios(what, change or [], trade_of or [], trade)
    made = list(joint.scenarios)
    for country in ban or []:
        made = [banned(one, country, months, to or ()) for one in made]
    joint = replace(joint, scenarios=tuple(made))
    if len(made) > 1 and (keep is not None or write is not None):
        raise InputError("--keep and --write are for one mineral at a time")
    if write is not None:
        _written(write, scenario_text(made[0]))
    settings = RunSettings(scenarios, sets, min(10_000, scenarios), seed, detail)
    with shared_among(workers, cluster) as each, progress_bar() as progress:
        mapped = {} if workers == 1 and not cluster else {"each": each}
        reports = [
            disruption(one, settings, notes=notes, progress=progress, keep=keep, **mapped)
            for one, notes in zip(made, joint.notes, strict=True)
        ]
    return _answer(joint, reports)


def _scenarios(
    what: list[str], changes: list[str], trade_of: list[str], trade: Path | None
) -> Joint:
    """Return the scenarios of files and minerals; of several files, each is of one mineral."""
    from oreline.model import InputError
    from oreline.stress import Joint, TradeAsked, file_scenarios, mineral_scenarios

    asked = TradeAsked(tuple(trade_of), "" if trade is None else str(trade)) if trade_of else None
    found = []
    for one in what:
        path = Path(one)
        if path.suffix != ".toml" and not path.is_file():
            found.append(mineral_scenarios([one], changes, asked, _read))
            continue
        text = _text(path)
        found.append(file_scenarios(text, path.name, _beside(path.parent, trade), changes, asked))
    if len(found) == 1:
        return found[0]
    if any(one.shared for one in found):
        raise InputError("a file of several minerals is asked alone")
    return Joint(
        " and ".join(one.name for one in found),
        tuple(each for one in found for each in one.scenarios), (),
        tuple(each for one in found for each in one.notes),
    )  # fmt: skip


def _read(name: str) -> bytes:
    from oreline.model import InputError

    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}") from None


def _beside(folder: Path, trade: Path | None) -> Callable[[str], bytes]:
    """Return what reads a file beside a scenario; that of --trade lies where it was named."""
    return lambda name: _read(name if trade and name == str(trade) else str(folder / name))


def _text(path: Path) -> str:
    from oreline.model import InputError

    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None


def _written(path: Path, text: str) -> None:
    from oreline.cli._output import export_bytes

    export_bytes(text.encode(), path)


def _answer(joint: Joint, reports: list[DisruptionReport]) -> Answer:
    from oreline.cli._stress_disrupt_show import show_disruption, show_together
    from oreline.stress import joint_report

    if len(reports) == 1:
        first = reports[0]
        return Answer(
            first.to_json(),
            lambda console: show_disruption(console, first),
            lambda: first.to_frame().insert_column(0, _mineral(first)),
        )
    found = joint_report(joint, reports)

    def show(console: Console) -> None:
        for one in reports:
            show_disruption(console, one)
        show_together(console, found)

    return Answer(found.to_json(), show, found.to_frame)


def _mineral(report: DisruptionReport) -> pl.Series:
    import polars as pl

    frame = report.to_frame()
    return pl.Series("mineral", [report.found.scenario.mineral] * frame.height)
