"""Where did it come from, where did it go: the commands of ``oreline trace``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._question import Answer, question
from oreline.cli._reader import Reader

app = typer.Typer(
    no_args_is_help=True,
    help="Where did it come from, where did it go?\n\n"
    "Example: oreline trace origins mill:C-0412 --element Sb",
)
LevelOrCountry = Annotated[
    str,
    typer.Option("--level", metavar="LEVEL", help="country, district, site, lot or party."),
]


@question(export=True)
def origins(
    reader: Reader, lot: options.Lot, element: options.Element, level: options.Level = None
) -> Answer:
    """Say where an element of a lot came from, with masses that sum exactly.

    Where paper is missing the answer is bounds: at least, at most.

    Example: oreline trace origins mill:C-0412 --element Sb --level site
    """
    from oreline.trace import trace_origins

    reader.lot(lot)
    answer = trace_origins(reader.tracer, lot, reader.element(element))
    result = answer.to_json()
    if level is not None:
        reader.tracer.level(level)
        result["origins"] = [row for row in result["origins"] if row["level"] == level]

    def show(console: Console) -> None:
        from oreline.cli._trace_tables import print_origins

        print_origins(console, answer, level)

    def frame() -> Any:
        table = answer.to_frame()
        return table if level is None else table.filter(table["level"] == level)

    return Answer(result, show, frame, told_of=reader)


@question(export=True)
def up(reader: Reader, lot: options.Lot) -> Answer:
    """List every lot that went into this one, nearest first.

    Example: oreline trace up mill:C-0412
    """
    from oreline.trace import ancestors

    reader.lot(lot)
    return _lot_set(reader, ancestors(reader.tracer, lot), f"What went into {lot}")


@question(export=True)
def down(reader: Reader, lot: options.Lot) -> Answer:
    """List every lot that may contain some of this one, nearest first.

    Example: oreline trace down mine:R-0031
    """
    from oreline.trace import descendants_of

    reader.lot(lot)
    return _lot_set(reader, descendants_of(reader.tracer, lot), f"What became of {lot}")


def _lot_set(reader: Reader, found: Any, title: str) -> Answer:
    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title
        from oreline.cli._trace_tables import print_steps

        print_title(console, f"{title}: {len(found.lots)} lots")
        print_table(console, ("lot",), [(name,) for name in found.lots], empty="no other lot")
        print_title(console, "By these events, nearest first")
        print_steps(console, found.steps)

    return Answer(found.to_json(), show, found.to_frame, told_of=reader)


@question(export=True)
def recall(
    reader: Reader,
    origin: Annotated[
        str, typer.Argument(metavar="ORIGIN", help="The country, district, site, lot or party.")
    ],
    element: options.Element,
    level: LevelOrCountry = "country",
) -> Answer:
    """List every lot that holds an element from one mine, district, country or party.

    Example: oreline trace recall PK --level country --element Sb
    """
    from oreline.trace import recall as recall_of

    answer = recall_of(reader.tracer, level, origin, reader.element(element))

    def show(console: Console) -> None:
        from oreline.cli._trace_tables import print_recall

        print_recall(console, answer, reader.books.book(element))

    return Answer(answer.to_json(), show, answer.to_frame, told_of=reader)


@question(export=True)
def custody(reader: Reader, lot: options.Lot) -> Answer:
    """Show who had a lot, where and when: everything that was recorded of it.

    Example: oreline trace custody mill:C-0412
    """
    from oreline.trace import custody as custody_of

    answer = custody_of(reader.ledger, reader.lot(lot), reader.positions_of_lot(lot))

    def show(console: Console) -> None:
        from oreline.cli._render import print_pairs, print_title
        from oreline.cli._trace_tables import print_timeline

        print_title(console, f"Custody of {lot}")
        pairs = [
            ("site", answer.site or "UNKNOWN"),
            ("holder", answer.holder or "UNKNOWN"),
            ("owner", answer.owner or "UNKNOWN"),
            ("in transit", "yes" if answer.in_transit else "no"),
        ]
        print_pairs(console, pairs)
        print_timeline(console, answer)

    return Answer(answer.to_json(), show, answer.to_frame, told_of=reader)


@question(export=True)
def path(
    reader: Reader,
    earlier: Annotated[str, typer.Argument(metavar="EARLIER", help="The lot that came first.")],
    later: Annotated[
        str, typer.Argument(metavar="LATER", help="The lot that may contain some of it.")
    ],
) -> Answer:
    """Show a shortest chain of events that leads from one lot to another.

    Example: oreline trace path mine:R-0031 mill:C-0412
    """
    from dataclasses import asdict

    from oreline.trace import path_between_lots

    reader.lot(earlier)
    reader.lot(later)
    steps = path_between_lots(reader.tracer, earlier, later)
    rows = [asdict(step) for step in steps]
    result = {"earlier": earlier, "later": later, "connected": bool(steps), "steps": rows}

    def show(console: Console) -> None:
        from oreline.cli._render import print_title
        from oreline.cli._trace_tables import print_steps

        print_title(console, f"From {earlier} to {later}")
        print_steps(console, steps, empty=f"no recorded event leads from {earlier} to {later}")

    def frame() -> Any:
        import polars as pl

        return pl.DataFrame(rows)

    return Answer(result, show, frame, told_of=reader)


@question()
def explain(
    reader: Reader,
    lot: options.Lot,
    element: options.Element,
    steps: Annotated[int, typer.Option("--steps", min=1, help="How many steps at most.")] = 200,
) -> Answer:
    """Show the arithmetic behind the origins of a lot, step by step, to check by hand.

    Example: oreline trace explain mill:C-0412 --element Sb
    """
    from oreline.trace import explain as explain_of

    reader.lot(lot)
    answer = explain_of(reader.tracer, lot, reader.element(element), steps)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_note, print_title

        print_title(console, f"How the origins of {element} in {lot} come about")
        for number, step in enumerate(answer.steps, 1):
            console.print(Text(f"{number:>4}. {step}"))
        if not answer.complete:
            print_note(console, f"there are more than {steps} steps; see --steps")

    return Answer(answer.to_json(), show, told_of=reader)


@question(export=True)
def lots(reader: Reader, element: options.Element, level: LevelOrCountry = "country") -> Answer:
    """Give the origins of every lot at one level.

    Example: oreline trace lots --element Sb --level site --export origins.xlsx
    """
    from oreline.trace import attribute_lots_frame

    frame = attribute_lots_frame(reader.tracer, reader.element(element), level)
    result = {"element": element, "level": level, "lots": frame.to_dicts()}

    def show(console: Console) -> None:
        from oreline.cli._render import print_table, print_title
        from oreline.cli._trace_tables import print_basis
        from oreline.model import share_range

        print_title(console, f"Origins of {element} by {level}, every lot")
        rows = [(lot, origin, share_range(low, high)) for lot, origin, low, high in frame.rows()]
        columns = ("lot", level, f"share of {element}")
        print_table(console, columns, rows, right=columns[2:], empty="no lot")
        print_basis(console, reader.books.book(element))

    return Answer(result, show, lambda: frame, told_of=reader)


@question()
def custody_model(reader: Reader, element: options.Element) -> Answer:
    """Check every site against the custody model that it declares (ISO 22095).

    Example: oreline trace custody-model --element Sb
    """
    from oreline.trace import check_custody

    answer = check_custody(reader.tracer, reader.element(element))

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_findings, print_title

        print_title(console, f"Custody models of sites, {element}")
        print_findings(console, answer.findings)
        if not answer.findings:
            console.print(Text("Every site keeps to the model it declares.", "green"))

    return Answer(answer.to_json(), show, told_of=reader)


@question(export=True)
def credits_(reader: Reader) -> Answer:
    """Show the accounts of custody credits: what was issued, moved and retired leaves this.

    Example: oreline trace credits
    """
    from oreline.record import DRY
    from oreline.trace import check_custody

    # Credits are counted per analyte, whichever element the models are checked for.
    answer = check_custody(reader.tracer, next(iter(reader.books.elements), DRY))

    def show(console: Console) -> None:
        from oreline.cli._render import print_frame, print_title

        print_title(console, "Custody credits")
        print_frame(console, answer.to_frame(), right=("mass_kg",), empty="no credit was issued")

    result = {"credits": answer.to_json()["credits"]}
    return Answer(result, show, answer.to_frame, told_of=reader)


for _name, _command in (
    ("origins", origins),
    ("explain", explain),
    ("up", up),
    ("down", down),
    ("path", path),
    ("recall", recall),
    ("custody", custody),
    ("lots", lots),
    ("custody-model", custody_model),
    ("credits", credits_),
):
    app.command(_name)(_command)
