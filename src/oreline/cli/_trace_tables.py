"""How origins, lineage, recalls and custody look in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from oreline.cli._render import print_note, print_table, print_title
from oreline.model import mass_range, minute, share_range, shown_mass, with_u95

if TYPE_CHECKING:
    from rich.console import Console

    from oreline.record import Book
    from oreline.trace import Custody, Origins, Recall, Step


def print_origins(console: Console, answer: Origins, level: str | None) -> None:
    """Print the metal of a lot and its origins, level by level."""
    from oreline.balance import Figure
    from oreline.trace import LEVELS

    figure = Figure(
        answer.metal_low_mg, answer.metal_high_mg, answer.metal_u_mg, answer.weakest_basis
    )
    print_title(console, f"Origins of {answer.element} in {answer.lot}")
    shown = figure.to_json("kg")
    metal = with_u95(shown["low"], shown["high"], shown["u95"], "kg")
    spread = "" if metal == "UNKNOWN" else " (U95)"
    console.print(Text(f"{answer.element} in the lot: {metal}{spread}"))
    console.print(Text(f"Weakest basis on the way: {answer.weakest_basis}"))
    for name in LEVELS if level is None else (level,):
        rows = [
            (
                " / ".join(share.path),
                share_range(share.share_low, share.share_high),
                shown_mass(share.mass_low_mg, share.mass_high_mg, shown["u95"]),
            )
            for share in answer.at(name)
        ]
        columns = (f"by {name}", "share", answer.element)
        print_table(console, columns, rows, right=columns[1:], empty="nothing is known")
    for note in answer.notes:
        print_note(console, note)


def print_steps(console: Console, steps: Sequence[Step], empty: str = "none") -> None:
    """Print events with what each takes and gives."""
    rows = [
        (
            minute(step.time),
            step.event,
            step.kind,
            step.site or "UNKNOWN",
            "\n".join(step.takes),
            "\n".join(step.gives),
        )
        for step in steps
    ]
    print_table(console, ("time", "event", "kind", "site", "takes", "gives"), rows, empty=empty)


def print_recall(console: Console, answer: Recall, book: Book) -> None:
    """Print the lots that hold metal of an origin."""
    title = f"{answer.element} from {answer.level} {answer.origin}: {len(answer.lots)} lots"
    print_title(console, title)
    rows = [
        (
            reached.lot,
            share_range(reached.share_low, reached.share_high),
            mass_range(reached.metal_low_mg, reached.metal_high_mg),
        )
        for reached in answer.lots
    ]
    columns = ("lot", "share", answer.element)
    print_table(console, columns, rows, right=columns[1:], empty="no lot holds any of it")
    print_basis(console, book)


def print_basis(console: Console, book: Book) -> None:
    """Print which bases the masses of a book rest on, so that nothing assumed goes unsaid."""
    import numpy as np

    from oreline.record import BASES

    names = [BASES[rank] for rank in np.unique(book.basis).tolist()]
    console.print(Text(f"Masses rest on what is {', '.join(names) or 'not recorded'}.", "dim"))
    if "assumed" in names:
        print_note(console, "some of these masses are assumed")


def print_timeline(console: Console, timeline: Custody) -> None:
    """Print everything that was recorded of a lot, in order."""
    rows = []
    for step in timeline.steps:
        where = step.site or ""
        if step.to_site:
            where = f"{where or 'UNKNOWN'} to {step.to_site}"
        who = step.party or ""
        if step.to_party:
            who = f"{who or 'UNKNOWN'} to {step.to_party}"
        rows.append((minute(step.time), step.event, step.what, where, who))
    columns = ("time", "event", "what", "where", "who")
    print_table(console, columns, rows, empty="nothing was recorded")
