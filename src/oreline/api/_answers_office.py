"""The partnership office: deliverables, decisions, risks, and the joint committee's pack.

The tables stand in the chain folder. They are shown to people of the whole ledger, and to those of
a party that gives or takes the money of an instrument: the partners.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oreline.api._answers_fund import day_asked, instruments_seen, permits_seen, standings_seen
from oreline.api._files import workbook_of
from oreline.api._problems import NotAllowedError
from oreline.api._views import View
from oreline.fund import (
    BENEFIT_FILE,
    PROJECT_FILE,
    Fact,
    Office,
    Pack,
    benefit_of,
    matches,
    pack_of,
    pack_pdf,
    project_words,
    read_benefit,
    read_office,
    read_project,
    status_frames,
)
from oreline.model import InputError


def office_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return deliverables, decisions and risks, with what is late on a day.

    Somebody who is no partner is told of none.

    Raises
    ------
    InputError
        If ``on`` is no day, or with all that is wrong with the tables.
    """
    day = day_asked(view, on)
    seen = not view.is_partial or bool(instruments_seen(view))
    office = _office(view) if seen else Office()
    return {"on": day.isoformat(), "is_partner": seen, **office.to_json(day)}


def pack_told(view: View, on: str | None = None) -> dict[str, Any]:
    """Return the joint committee's pack.

    Raises
    ------
    NotAllowedError
        If this person belongs to a party that is no partner.
    InputError
        If ``on`` is no day, or with all that is wrong with the tables.
    """
    return _pack(view, on).to_json()


def pack_paper(view: View, on: str | None = None) -> bytes:
    """Return the joint committee's pack as a PDF; see :func:`pack_told`."""
    return pack_pdf(_pack(view, on))


def status_workbook(view: View, on: str | None = None) -> bytes:
    """Return instruments, tranches and conditions as an Excel workbook.

    The events that conditions rest on are named to people of the whole ledger alone.
    """
    frames = status_frames(standings_seen(view, on))
    if view.is_partial:
        frames["conditions"] = frames["conditions"].drop("events", strict=False)
    return workbook_of(frames)


def benefit_told(view: View) -> dict[str, Any]:
    """Return what stays where the ore is mined and what the importer gains, stage by stage.

    ``benefit`` is None where the chain folder says nothing of it, or this person is no partner.

    Raises
    ------
    InputError
        With all that is wrong with the file.
    """
    folder = view.desk.folder
    seen = not view.is_partial or bool(instruments_seen(view))
    if folder is None or not seen or not (folder / BENEFIT_FILE).is_file():
        return {"benefit": None}
    terms, findings = read_benefit(text_of_file(folder / BENEFIT_FILE), BENEFIT_FILE)
    if terms is None:
        raise InputError(f"{BENEFIT_FILE} cannot be used", findings)
    return {"benefit": benefit_of(terms).to_json()}


def programmes_told(view: View) -> dict[str, Any]:
    """Return which programmes of public funding the project of the chain folder is eligible for.

    Where the folder says nothing of a project, or this person is no partner, no fact is stated, and
    every programme that asks for one is unknown.

    Raises
    ------
    InputError
        With all that is wrong with the file.
    """
    folder = view.desk.folder
    seen = not view.is_partial or bool(instruments_seen(view))
    facts: Mapping[str, Fact] = {}
    if folder is not None and seen and (folder / PROJECT_FILE).is_file():
        stated, findings = read_project(text_of_file(folder / PROJECT_FILE), PROJECT_FILE)
        if stated is None:
            raise InputError(f"{PROJECT_FILE} cannot be used", findings)
        facts = stated
    return {
        "facts_stated": sorted(facts),
        "facts_asked": [word.to_json() for word in project_words().values()],
        "programmes": [one.to_json() for one in matches(facts)],
    }


def text_of_file(path: Path) -> str:
    """Return the text of a file of the chain folder.

    Raises
    ------
    InputError
        If it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read: {error}; save it as UTF-8") from error


def _pack(view: View, on: str | None) -> Pack:
    if view.is_partial and not instruments_seen(view):
        raise NotAllowedError("the pack is for the partners: no instrument here is yours")
    day, ledger = day_asked(view, on), view.reading.ledger
    standings = standings_seen(view, on)
    office, chain = _office(view), view.reading.chain
    permits, phases = permits_seen(view, day)
    return view.reading.ask(
        lambda: pack_of(
            ledger,
            standings,
            office,
            day,
            permits=permits,
            phases=phases,
            title=chain.title,
            identity=view.desk.store.header.id,
        )
    )


def _office(view: View) -> Office:
    folder = view.desk.folder
    if folder is None:
        return Office()
    found, findings = read_office(folder, view.whole.chain)
    if found is None:
        raise InputError("the tables of the partnership office cannot be used", findings)
    return found
