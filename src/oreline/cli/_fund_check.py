"""``oreline fund check`` and ``words``: what instruments say, and what conditions may ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.fund import Instrument
    from oreline.model import Finding


@question(Needs.NOTHING)
def check(
    _reader: Reader,
    place: Annotated[
        Path,
        typer.Argument(
            metavar="PLACE", help="The .toml file of an instrument, or a folder of them."
        ),
    ],
) -> Answer:
    """Read instruments and list all that is wrong, each with line and remedy.

    Nothing is written. The exit status is 1 if any finding is fatal.

    Example: oreline fund check my-chain/instruments
    """
    from oreline.fund import read_instrument
    from oreline.model import InputError

    folder = place / "instruments" if (place / "instruments").is_dir() else place
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else [folder]
    if not files or not all(file.is_file() for file in files):
        raise InputError(f"{place} holds no instrument; give a .toml file or a folder of them")
    found: list[Instrument] = []
    findings: list[Finding] = []
    for file in files:
        instrument, wrong = read_instrument(_text(file), file.name)
        findings += wrong
        if instrument is not None:
            found.append(instrument)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings

        print_findings(console, findings)
        for one in found:
            said = f"{one.id}: {one.kind}, {len(one.tranches)} tranches of "
            said += f"{one.amount:,f} {one.currency}"
            console.print(Text(said))

    result: dict[str, Any] = {
        "files": [file.name for file in files],
        "instruments": [one.id for one in found],
        "findings": [finding.to_json() for finding in findings],
    }
    problem = "an instrument has fatal findings" if findings else ""
    return Answer(result, show, problem=problem, findings=findings)


def _text(file: Path) -> str:
    from oreline.model import InputError

    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise InputError(f"{file} is no text in UTF-8") from None


@question(Needs.NOTHING)
def words(_reader: Reader) -> Answer:
    """Show what conditions may ask, with what, and in which unit they are answered.

    Example: oreline fund words
    """
    from oreline.fund import WORDS

    def show(console: Console) -> None:
        from oreline.cli._render import print_table

        rows = [(word.form, word.unit or str(word.kind), word.meaning) for word in WORDS.values()]
        print_table(console, ("word", "gives", "meaning"), rows)

    result = {"words": [word.to_json() for word in WORDS.values()]}
    return Answer(result, show)
