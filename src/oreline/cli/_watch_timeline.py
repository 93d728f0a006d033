"""``oreline watch timeline``, ``gaps``, ``explain`` and ``export``: what follows from claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader
from oreline.cli._watch_source import ChainOption, Place, judgements_beside, reports_of

if TYPE_CHECKING:
    from oreline.watch import EventGaps, Timeline, Watched


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("timeline")(timeline)
    app.command("gaps")(gaps)
    app.command("explain")(explain)
    app.command("export")(export)


def _read(place: Path, chain: Path | None) -> Watched:
    from oreline.watch import watch

    documents, findings, known = reports_of(place, chain)
    judged = judgements_beside(place, chain)
    return watch(documents, chain=known, findings=findings, judgements=judged)


@question(Needs.NOTHING, export=True)
def timeline(
    _reader: Reader,
    place: Place,
    chain: ChainOption = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DAY",
            help="Only what had been published by this day (2025-10-04): what was known then.",
        ),
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it into this file.")
    ] = None,
) -> Answer:
    """Put events in two times: when they happened, and when that was published.

    With --as-of agreement and difference are as of that day, too. A report of no known day of
    publication is left out then, and named. --export writes one row for each sentence.

    Example: oreline watch timeline examples/pakistan-us --as-of 2025-10-04
    """
    from oreline.watch import published_by, timeline_svg, watch
    from oreline.watch import timeline as in_time

    documents, findings, known = reports_of(place, chain)
    day = None if as_of is None else _day(as_of)
    undated: tuple[str, ...] = ()
    if day is not None:
        documents, undated = published_by(documents, day)
    judged = judgements_beside(place, chain)
    found = watch(documents, chain=known, findings=findings, judgements=judged)
    told = in_time(found, as_of=day, undated=undated)
    if svg is not None:
        svg.write_text(timeline_svg(told, f"{len(documents)} reports of {place.name}"), "utf-8")
    return Answer(told.to_json(), lambda console: _print_timeline(console, told), told.to_frame)


def _day(text: str) -> date:
    from oreline.model import InputError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--as-of {text}: no such day; write it as 2025-10-04") from None


def _print_timeline(console: Console, told: Timeline) -> None:
    from oreline.cli._render import print_note, print_table, print_title

    known = "" if told.as_of is None else f", as known on {told.as_of}"
    print_title(console, f"{len(told.entries)} events{known}")
    rows = []
    for one in told.entries:
        days = "UNKNOWN"
        if one.first is not None and one.last is not None:
            days = f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
        rows.append(
            (
                days + (" (contested)" if one.is_contested else ""),
                "UNKNOWN" if one.known_since is None else one.known_since.isoformat(),
                one.kind,
                one.title.partition(": ")[2] or one.title,
                one.step,
                one.verdict,
                f"{one.independent} of {one.reports}",
                one.event,
            )
        )
    columns = ("happened", "published since", "kind", "what", "step", "verdict", "independent",
               "event")  # fmt: skip
    print_table(console, columns, rows)
    if told.undated and told.as_of is not None:
        names = ", ".join(told.undated)
        print_note(console, f"Left out, as the day of publication is not known: {names}.")
    elif told.undated:
        print_note(console, f"Of no known day of publication: {', '.join(told.undated)}.")


@question(Needs.NOTHING, export=True)
def gaps(
    _reader: Reader,
    place: Place,
    chain: ChainOption = None,
    every: Annotated[bool, typer.Option("--all", help="Also what is stated.")] = False,
) -> Answer:
    """List what no report states, although a chain's model needs it: mass, grade, port, HS code.

    Stated means that a claim holds it; mentioned that a sentence has the words but no rule reads a
    value, so that a person should look. The paper beside it is the one that would settle it, as
    trade practice has it.

    Example: oreline watch gaps examples/pakistan-us
    """
    from oreline.watch import gaps_of

    told = gaps_of(_read(place, chain))

    def show(console: Console) -> None:
        for one in told.events:
            _print_gaps(console, one, every=every)

    return Answer(told.to_json(), show, told.to_frame)


def _print_gaps(console: Console, one: EventGaps, *, every: bool) -> None:
    from oreline.cli._render import print_table, print_title

    print_title(console, one.title)
    rows = []
    for gap in one.gaps if every else one.missing:
        said = "; ".join(gap.told) or " ".join(gap.sentence.split())
        rows.append((gap.need, gap.state, said, ", ".join(gap.reports), gap.document))
    print_table(console, ("needed", "is", "said", "report", "would settle it"), rows)


@question(Needs.NOTHING)
def explain(
    _reader: Reader,
    place: Place,
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="The id of a claim, or how it begins.")
    ],
    chain: ChainOption = None,
) -> Answer:
    """Say why a claim is made: its characters, its rule, how its days were reached, its standing.

    Ids of claims are listed by --json and --export of 'oreline watch read'.

    Example: oreline watch explain my-reports 3f2a9c
    """
    from oreline.watch import explain as explained

    told = explained(_read(place, chain), claim)

    def show(console: Console) -> None:
        from rich.text import Text

        from oreline.cli._render import print_table, print_title

        print_title(console, told.title)
        before, after = (" ".join(part.split()) for part in (told.before, told.after))
        console.print(
            Text.assemble(
                (f"… {before} ", "dim"),
                (" ".join(told.text.split()), "bold"),
                (f" {after} …", "dim"),
            )
        )
        console.print()
        print_table(console, ("what", "how"), told.steps())
        rows = [
            (point.slot, point.verdict, " | ".join(one.text for one in point.told), point.note)
            for point in told.points
        ]
        print_table(console, ("point", "verdict", "said, report by report", "note"), rows)

    return Answer(told.to_json(), show)


@question(Needs.NOTHING)
def export(
    _reader: Reader,
    place: Place,
    form: Annotated[
        str, typer.Argument(metavar="ftm|prov", help="FollowTheMoney, or PROV-O as JSON-LD.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    chain: ChainOption = None,
) -> Answer:
    """Write reports, claims and events in a form that others read.

    ftm writes FollowTheMoney entities, one JSON object a line: Article, Event, Note and the names.
    prov writes PROV-O as JSON-LD: what was quoted from which report, by which rule.

    Example: oreline watch export examples/pakistan-us ftm --out events.ftm.json
    """
    from oreline.model import InputError
    from oreline.watch import EXPORT_FORMS, to_ftm, to_prov

    if form not in EXPORT_FORMS:
        raise InputError(f"{form!r} is no form; there are {', '.join(EXPORT_FORMS)}")
    found = _read(place, chain)
    text = to_ftm(found) if form == "ftm" else to_prov(found)
    out.write_text(text, encoding="utf-8")
    result = {
        "written": str(out),
        "form": form,
        "reports": len(found.documents),
        "events": len(found.events),
        "claims": len(found.claims),
    }

    def show(console: Console) -> None:
        console.print(
            f"Wrote {len(found.events)} events, {len(found.claims)} claims and "
            f"{len(found.documents)} reports to {out}."
        )

    return Answer(result, show)
