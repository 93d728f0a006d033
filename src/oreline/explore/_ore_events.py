"""The ore of a mine plan as events: what is to be extracted, by year or month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from oreline.explore._ore import Ore, OreValue, OreYear
from oreline.model import MG_PER_UNIT, InputError, is_analyte, mass_text

Event = dict[str, Any]
Per = Literal["year", "month"]

MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class OrePlanning:
    """How the ore of a site is written as events.

    Parameters
    ----------
    issuer, prefix
        Who names the lots, ``issuer:prefix-...``, and what begins their names and ids of events.
    actor
        Who enters the events.
    site, party
        Where the ore is extracted, and who does it.
    material
        Its id in ``materials.csv``; empty for none.
    start
        The first day of the first year: the first of a month.
    per
        Whether each lot is a year or a month of mining.
    """

    issuer: str
    prefix: str
    actor: str
    site: str
    party: str
    material: str
    start: date
    per: Per = "year"


def ore_events(ore: Ore, planning: OrePlanning) -> tuple[Event, ...]:
    """Return an ``extract`` event for each year or month of an ore, in the order of time.

    Masses are whole milligrams and sum to those of the years; a month has its part of them by its
    days. Grades are those of the year. Months of a year are taken as independent, so that a month's
    u is the year's times the root of twelve and a year of months has the year's u.

    Raises
    ------
    InputError
        If the start is not the first of a month.
    """
    if planning.start.day != 1:
        raise InputError(f"{planning.start}: plan from the first of a month")
    events = []
    for year in ore.years:
        spans = _spans(planning.start, year.year - 1, planning.per)
        whole = round(year.dry.value * int(MG_PER_UNIT["t"]))
        for (start, end), mg in zip(spans, _parted(whole, spans), strict=True):
            if mg:
                events.append(_event(ore, year, planning, start, end, mg))
    return tuple(events)


def _month(start: date, count: int) -> date:
    months = start.month - 1 + count
    return date(start.year + months // MONTHS, months % MONTHS + 1, 1)


def _spans(start: date, year: int, per: Per) -> list[tuple[date, date]]:
    step = MONTHS if per == "year" else 1
    return [
        (_month(start, at), _month(start, at + step))
        for at in range(MONTHS * year, MONTHS * (year + 1), step)
    ]


def _parted(whole: int, spans: Sequence[tuple[date, date]]) -> list[int]:
    """Return a mass parted by days in whole milligrams: largest remainders, the earlier first."""
    days = [(end - start).days for start, end in spans]
    total = sum(days)
    parts = [whole * one // total for one in days]
    left = sorted(range(len(days)), key=lambda at: (-(whole * days[at] % total), at))
    for at in left[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def _event(
    ore: Ore, year: OreYear, planning: OrePlanning, start: date, end: date, mg: int
) -> Event:
    name = f"{start:%Y}" if planning.per == "year" and start.month == 1 else f"{start:%Y-%m}"
    local = f"{planning.prefix}-{name}".replace(".", "-")
    wider = 1.0 if planning.per == "year" else MONTHS**0.5
    line: Event = {
        "lot": f"{planning.issuer}:{local}",
        "dry": _mass(mg, year.dry.source),
        "grades": [
            _grade(analyte, one, wider)
            for analyte, one in year.grades.items()
            if is_analyte(analyte)
        ],
    }
    if planning.material:
        line["material"] = planning.material
    if year.moisture is not None:
        share = year.moisture.value * year.moisture.part
        line["wet"] = _mass(round(mg / (1 - share)), year.moisture.source)
        line["moisture"] = _grade("H2O", year.moisture, 1.0)
    last = datetime(end.year, end.month, end.day, tzinfo=UTC) - timedelta(hours=1)
    return {
        "schema": "extract/1",
        "id": f"{local}-extract",
        "time": f"{last:%Y-%m-%dT%H:%M:%SZ}",
        "time_start": f"{start:%Y-%m-%d}T00:00:00Z",
        "actor": planning.actor,
        "party": planning.party,
        "site": planning.site,
        "body": {"outputs": [line]},
        "note": f"year {year.year} of the mine plan of {ore.name}",
    }


def _mass(mg: int, source: str) -> Event:
    return {
        "value": mass_text(mg), "unit": "t", "basis": "planned", "method": "mine plan",
        "source": source,
    }  # fmt: skip


def _grade(analyte: str, one: OreValue, wider: float) -> Event:
    told: Event = {
        "analyte": analyte, "value": f"{one.value * one.part:.12f}", "unit": "fraction",
        "basis": "planned", "method": "mine plan", "source": one.source,
    }  # fmt: skip
    if one.u is not None:
        told["u"] = f"{one.u * wider * one.part:.12f}"
    return told
