"""``oreline watch judge`` and ``judged``: what people know of names and rules cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli import _options as options
from oreline.cli._append import appended
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    from oreline.watch import Judgement

_Name = Annotated[str, typer.Argument(metavar="NAME", help="A name as reports or tables write it.")]
_Other = Annotated[str, typer.Argument(metavar="NAME", help="The other name.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("judge")(judge)
    app.command("judged")(judged)


@question(Needs.LEDGER)
def judge(
    reader: Reader,
    first: _Name,
    second: _Other,
    verdict: Annotated[str, typer.Argument(metavar="same|different", help="What is so.")],
    by: options.Actor,
    note: Annotated[
        str | None, typer.Option("--note", help="How one knows, for later readers.")
    ] = None,
    time: options.Happened = None,
) -> Answer:
    """Judge that two names are of one, or of two, when rules cannot know it.

    Events are put together, and names resolved, by judgements first. A later judgement of the same
    two names takes the place of an earlier one; 'oreline record correct EVENT --void' takes it
    back. One that contradicts others is refused, with those that it contradicts.

    Example: oreline watch judge "US Strategic Metals" "Missouri Cobalt" same --by desk
    --note "renamed in 2022" --chain examples/pakistan-us
    """
    from oreline.record import system_clock
    from oreline.watch import Judgement, judge_draft

    draft = judge_draft(first, second, verdict, reader.ledger)
    if isinstance(draft, Judgement):
        return _known(draft)
    moment = time or system_clock().isoformat().replace("+00:00", "Z")
    draft = {**draft, "time": moment, "actor": by}
    if note:
        draft["note"] = note
    answer = appended(reader.store.append([draft]), draft["id"])
    statement = draft["body"]["statement"]

    def show(console: Console) -> None:
        from oreline.cli._render import print_note

        print_note(console, f"{statement} Judged by {draft['id']}.")
        answer.show(console)

    return Answer({**answer.result, "statement": statement}, show)


def _known(already: Judgement) -> Answer:
    def show(console: Console) -> None:
        from oreline.cli._render import print_note

        told = f"judged {already.verdict} already, by {already.actor}: {already.event}"
        print_note(console, f"{already.first} and {already.second} are {told}. Nothing written.")

    return Answer({"appended": 0, "already": already.to_json()}, show)


@question(Needs.LEDGER_AS_OF, export=True)
def judged(reader: Reader) -> Answer:
    """List what people judged of names, and what of it is not followed since it contradicts more.

    Example: oreline watch judged --chain examples/pakistan-us
    """
    from oreline.watch import judged_frame, judgements_of

    known = judgements_of(reader.ledger)
    aside = known.set_aside

    def show(console: Console) -> None:
        from oreline.cli._render import print_note, print_table

        if not known.all:
            print_note(console, "Of no two names was it judged whether they are the same.")
            return
        rows = [
            (one.first, one.second, one.verdict, "no" if one in aside else "yes", one.actor,
             one.time, one.note, one.event)
            for one in known.all
        ]  # fmt: skip
        columns = ("name", "other name", "judged", "followed", "by", "at", "note", "event")
        print_table(console, columns, rows)

    return Answer(known.to_json(), show, lambda: judged_frame(known), told_of=reader)
