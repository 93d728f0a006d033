"""``oreline fund programmes``: which public funding a project is eligible for, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.fund import Fact


@question(Needs.NOTHING, export=True)
def programmes(
    _reader: Reader,
    place: Annotated[
        Path | None,
        typer.Argument(metavar="PLACE", help="A chain folder with project.toml, or such a file."),
    ] = None,
    facts: Annotated[
        bool, typer.Option("--facts", help="Only list the facts that programmes ask for.")
    ] = False,
) -> Answer:
    """Show each programme as eligible, not eligible, or unknown because of what.

    The rules are those that were published, with source and vintage; a programme whose terms were
    not found is unknown. Without a place no fact is stated. Eligible by these rules is no award.

    Example: oreline fund programmes examples/pakistan-us
    """
    from oreline.fund import matches, matches_frame, project_words

    found = matches({} if place is None else _facts(place))

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_table

        if facts:
            rows = [
                (word.name, str(word.kind), word.unit, word.meaning)
                for word in project_words().values()
            ]
            print_table(console, ("fact", "kind", "unit", "meaning"), rows)
            return
        styles = {"eligible": "green", "not eligible": "red"}
        for one in found:
            line = Text(f"{one.eligible:<13}", styles.get(one.eligible, "yellow"))
            line.append(one.programme.title, "bold")
            console.print(line)
            for why in one.because:
                console.print(Text(f"             {why}"))
            told = f"             terms of {one.programme.vintage}: {one.programme.source}"
            console.print(Text(told, "dim"))

    result = {
        "programmes": [one.to_json() for one in found],
        "facts_asked": [word.to_json() for word in project_words().values()],
    }
    return Answer(result, show, lambda: matches_frame(found))


def _facts(place: Path) -> Mapping[str, Fact]:
    from oreline.fund import PROJECT_FILE, read_project
    from oreline.model import InputError

    file = place / PROJECT_FILE if place.is_dir() else place
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from None
    found, findings = read_project(text, file.name)
    if found is None:
        raise InputError(f"{file} cannot be used", findings)
    return found
