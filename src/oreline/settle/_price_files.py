"""The tables of ``prices/``: series, their values by day, and the holidays of markets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import get_args, get_type_hints

from oreline.exchange import HeadedSheet, read_table
from oreline.model import Basis, Finding, Severity, is_fatal
from oreline.settle._number_cells import WrongCell, read_day, read_number
from oreline.settle._prices import PriceSeries, Revision
from oreline.settle._units import CURRENCIES, dimension_of

SERIES_FILE = "prices/series.csv"
VALUES_FILE = "prices/values.csv"
HOLIDAYS_FILE = "prices/holidays.csv"
PRICE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    SERIES_FILE: (
        "id", "name", "kind", "unit", "vat_pct", "market", "delivered", "calendar", "basis",
        "source",
    ),
    VALUES_FILE: ("series", "day", "value", "source", "published"),
    HOLIDAYS_FILE: ("calendar", "day", "name"),
}  # fmt: skip
PRICE_COLUMNS_NEEDED: Mapping[str, frozenset[str]] = {
    SERIES_FILE: frozenset({"id", "name", "kind", "unit", "basis", "source"}),
    VALUES_FILE: frozenset({"series", "day", "value"}),
    HOLIDAYS_FILE: frozenset({"calendar", "day"}),
}
KINDS: tuple[str, ...] = get_args(get_type_hints(PriceSeries)["kind"])
JUMP = 5
"""By which factor a value may differ from the one before it within ``JUMP_DAYS`` unnoticed."""
JUMP_DAYS = 45
_IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
Row = Mapping[str, str]


@dataclass(slots=True)
class _Problems:
    """What is wrong with the tables of prices so far."""

    found: list[Finding] = field(default_factory=list)

    def add(self, code: str, where: str, message: str, fix: str) -> None:
        self.found.append(Finding(code, Severity.FATAL, where, message, fix))

    def warn(self, code: str, where: str, message: str, fix: str) -> None:
        self.found.append(Finding(code, Severity.WARNING, where, message, fix))


@dataclass(frozen=True, slots=True)
class _Table:
    """One table by column name, with the place of every cell."""

    headed: HeadedSheet
    name: str

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in self.headed.rows:
            yield number, dict(zip(self.headed.columns, cells, strict=True))

    def where(self, row: int, column: str) -> str:
        return self.headed.sheet.where(row, column)


def read_prices(
    series: bytes, values: bytes, holidays: bytes | None = None
) -> tuple[dict[str, PriceSeries], tuple[Finding, ...]]:
    """Read the three tables of prices and say everything that is wrong, each at its cell.

    Parameters
    ----------
    series, values, holidays
        The content of ``prices/series.csv``, ``values.csv`` and, where there is one,
        ``holidays.csv``; see ``docs/reference/contract.md``.

    Returns
    -------
    prices, findings
        The series by id; empty where any finding is fatal, so that nothing is priced by half of
        a table.
    """
    problems = _Problems()
    closed = _holidays(_table(holidays, HOLIDAYS_FILE, problems), problems)
    known = _series(_table(series, SERIES_FILE, problems), closed, problems)
    made = _with_values(_table(values, VALUES_FILE, problems), known, problems)
    findings = tuple(problems.found)
    return ({} if is_fatal(findings) else made), findings


def _table(data: bytes | None, name: str, problems: _Problems) -> _Table | None:
    if data is None:
        return None
    headed, findings = read_table(data, name)
    problems.found += findings
    if headed is None:
        return None
    known = PRICE_COLUMNS[name]
    for column in headed.columns:
        if column and column not in known:
            near = difflib.get_close_matches(column, known, n=1)
            fix = f"write {near[0]}" if near else f"take it out; known are {', '.join(known)}"
            where = headed.sheet.where(1, column)
            problems.add("ORL-0810", where, f"no column {column!r} is known here", fix)
    missing = [
        column for column in known if column in PRICE_COLUMNS_NEEDED[name] - set(headed.columns)
    ]
    for column in missing:
        fix = f"begin the table with the row {','.join(known)}"
        problems.add("ORL-0810", name, f"the column {column} is missing", fix)
    return None if missing else _Table(headed, name)


def _holidays(table: _Table | None, problems: _Problems) -> dict[str, frozenset[str]]:
    closed: dict[str, set[str]] = {}
    for row, cells in () if table is None else table.rows():
        assert table is not None
        day = _day(table, row, cells, problems)
        if not cells["calendar"]:
            where = table.where(row, "calendar")
            problems.add("ORL-0811", where, "the cell is empty", "name the calendar, such as lme")
        elif day is not None:
            if day in closed.setdefault(cells["calendar"], set()):
                message = f"{day} stands twice in the calendar {cells['calendar']}"
                problems.add("ORL-0814", table.where(row, "day"), message, "take one out")
            closed[cells["calendar"]].add(day)
    return {name: frozenset(days) for name, days in closed.items()}


def _series(
    table: _Table | None, closed: Mapping[str, frozenset[str]], problems: _Problems
) -> dict[str, PriceSeries]:
    made: dict[str, PriceSeries] = {}
    for row, cells in () if table is None else table.rows():
        assert table is not None
        before = len(problems.found)
        _check_series(table, row, cells, problems)
        _check_unit(table, row, cells, problems)
        vat = _vat(table, row, cells, problems)
        calendar = cells.get("calendar", "")
        if calendar and calendar not in closed:
            message = f"the calendar {calendar} has no day in {HOLIDAYS_FILE}"
            fix = f"add its holidays, or correct the name{_near(calendar, closed)}"
            problems.add("ORL-0811", table.where(row, "calendar"), message, fix)
        if cells["id"] in made:
            fix = "give each series an id of its own; a contract names a series by it"
            message = f"the series {cells['id']} stands twice"
            problems.add("ORL-0811", table.where(row, "id"), message, fix)
        if len(problems.found) == before or cells["id"] not in made:
            # Kept even where something is wrong, so that its values are not called unknown.
            made[cells["id"]] = PriceSeries(
                id=cells["id"],
                name=cells["name"],
                kind=cells["kind"],  # type: ignore[arg-type]  # checked above, and told if wrong
                unit=cells["unit"],
                values={},
                vat_pct=vat,
                market=cells.get("market", ""),
                delivered=cells.get("delivered", ""),
                holidays=closed.get(calendar, frozenset()),
                basis=cells["basis"],
                source=cells["source"],
            )
    return made


def _check_series(table: _Table, row: int, cells: Row, problems: _Problems) -> None:
    if not _IDENTITY.fullmatch(cells["id"]):
        message = f"{cells['id']!r} is no id" if cells["id"] else "the cell is empty"
        fix = "write letters, digits, point and hyphen, such as lme-cu"
        problems.add("ORL-0811", table.where(row, "id"), message, fix)
    for column, words in (("kind", KINDS), ("basis", tuple(map(str, Basis)))):
        if cells[column] not in words:
            near = difflib.get_close_matches(cells[column], words, n=1, cutoff=0.5)
            fix = f"write {near[0]}" if near else f"write one of {', '.join(words)}"
            message = f"{cells[column]!r} is not {' or '.join(words)}"
            problems.add("ORL-0811", table.where(row, column), message, fix)
    for column, fix in (("name", "say what it is called"), ("source", "say who publishes it")):
        if not cells[column]:
            problems.add("ORL-0811", table.where(row, column), "the cell is empty", fix)


def _check_unit(table: _Table, row: int, cells: Row, problems: _Problems) -> None:
    unit = cells["unit"]
    where = table.where(row, "unit")
    if cells["kind"] == "fx":
        if set(unit.partition("/")[::2]) - set(CURRENCIES) or len(unit) != 7:
            message = f"{unit!r} is not one currency per another"
            fix = "write a rate such as USD/CNY: dollars for one yuan"
            problems.add("ORL-0812", where, message, fix)
        return
    found = dimension_of(unit)
    if found != "price":
        message = f"{unit!r} is no unit known here" if found is None else f"{unit!r} is a {found}"
        fix = "write a price of content, such as USD/t, USD/kg, c/lb, USD/oz or USD/mtu"
        problems.add("ORL-0812", where, f"{message}; a price is needed", fix)


def _vat(table: _Table, row: int, cells: Row, problems: _Problems) -> Decimal:
    text = cells.get("vat_pct", "")
    fix = "write 0 where the published value is without value-added tax, 13 where it has 13 %"
    if not text:
        if cells["kind"] != "fx":
            message = f"{cells['id']} does not say what tax it includes; taken as without"
            problems.warn("ORL-0819", table.where(row, "vat_pct"), message, fix)
        return Decimal(0)
    read = read_number(text)
    if isinstance(read, WrongCell) or not 0 <= read < 100:
        message = read.message if isinstance(read, WrongCell) else f"{read} % is out of range"
        problems.add("ORL-0811", table.where(row, "vat_pct"), message, fix)
        return Decimal(0)
    return read


def _with_values(
    table: _Table | None, known: Mapping[str, PriceSeries], problems: _Problems
) -> dict[str, PriceSeries]:
    told: dict[str, _Told] = {name: {} for name in known}
    for row, cells in () if table is None else table.rows():
        assert table is not None
        series = known.get(cells["series"])
        if series is None:
            message = f"there is no series {cells['series']!r}"
            fix = f"add it to {SERIES_FILE}, or correct the name{_near(cells['series'], known)}"
            problems.add("ORL-0813", table.where(row, "series"), message, fix)
        day = _day(table, row, cells, problems)
        value = _value(table, row, cells, series, problems)
        if series is None or day is None or value is None:
            continue
        _check_day(table, row, series, day, problems)
        published = _published(table, row, cells, day, problems)
        if published is None:
            continue
        of_day = told[series.id].setdefault(day, {})
        if published in of_day:
            said = "" if published == day else f" that was published on {published}"
            before = of_day[published][1]
            message = f"{series.id} has a value of {day}{said} in row {before} already"
            fix = "keep the one that was published; of a revision write when, in published"
            problems.add("ORL-0814", table.where(row, "day"), message, fix)
            continue
        of_day[published] = (value, row)
    if table is not None:
        for values in told.values():
            _warn_of_jumps(table, values, problems)
    return {name: _filled(series, told[name]) for name, series in known.items()}


_Told = dict[str, dict[str, tuple[Decimal, int]]]
"""By day and by the day of publication, the value and its row."""


def _filled(series: PriceSeries, told: _Told) -> PriceSeries:
    """Return a series with the first value of each day, and what it was revised to."""
    values, published, revisions = {}, {}, []
    for day, said in sorted(told.items()):
        first, *later = sorted(said)
        values[day] = said[first][0]
        if first != day:
            published[day] = first
        revisions += [Revision(day, when, said[when][0]) for when in later]
    return replace(series, values=values, published=published, revisions=tuple(revisions))


def _published(table: _Table, row: int, cells: Row, day: str, problems: _Problems) -> str | None:
    """Return when a value was published: on its own day, where the table does not say."""
    text = cells.get("published", "")
    if not text:
        return day
    read = read_day(text)
    if isinstance(read, WrongCell):
        problems.add("ORL-0815", table.where(row, "published"), read.message, read.fix)
        return None
    if read < day:
        message = f"the value of {day} was published on {read}, before its day"
        fix = "exchange the two days, or leave published empty"
        problems.add("ORL-0815", table.where(row, "published"), message, fix)
        return None
    return read


def _day(table: _Table, row: int, cells: Row, problems: _Problems) -> str | None:
    read = read_day(cells["day"])
    if isinstance(read, WrongCell):
        problems.add("ORL-0815", table.where(row, "day"), read.message, read.fix)
        return None
    return read


def _value(
    table: _Table, row: int, cells: Row, series: PriceSeries | None, problems: _Problems
) -> Decimal | None:
    where = table.where(row, "value")
    text = cells["value"]
    read = read_number(text)
    if isinstance(read, WrongCell):
        unit = text.rpartition(" ")[2]
        if series is not None and dimension_of(unit) is not None and unit != series.unit:
            message = f"{text!r} is in {unit}, but {series.id} is in {series.unit}"
            fix = f"write the value in {series.unit}, digits alone"
            problems.add("ORL-0812", where, message, fix)
        else:
            problems.add("ORL-0816", where, read.message, read.fix)
        return None
    if read <= 0:
        message = f"{text} is no published price"
        fix = "write what was published; where nothing was, take the row out"
        problems.add("ORL-0816", where, message, fix)
        return None
    return read


def _check_day(table: _Table, row: int, series: PriceSeries, day: str, problems: _Problems) -> None:
    where = table.where(row, "day")
    if day in series.holidays:
        message = f"{day} is a holiday of {series.id}, on which nothing is published"
        fix = f"correct the day, or take it out of {HOLIDAYS_FILE}"
        problems.add("ORL-0817", where, message, fix)
    if series.kind == "annual" and not day.endswith("-12-31"):
        fix = f"write {day[:4]}-12-31"
        problems.add("ORL-0815", where, f"{series.id} has one value a year, of its last day", fix)


def _warn_of_jumps(table: _Table, told: _Told, problems: _Problems) -> None:
    """Warn of a value that another unit, or a slipped point, would explain."""
    series = [
        (day, value, row)
        for day, said in sorted(told.items())
        for _, (value, row) in sorted(said.items())
    ]
    for (before, low, _), (day, value, row) in pairwise(series):
        apart = (date.fromisoformat(day) - date.fromisoformat(before)).days
        ratio = max(low, value) / min(low, value)
        if apart <= JUMP_DAYS and ratio >= JUMP:
            message = f"{value:f} of {day} is {ratio:.1f} times off the {low:f} of {before}"
            fix = "is it in another unit, or is a point in the wrong place?"
            problems.warn("ORL-0818", table.where(row, "value"), message, fix)


def _near(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f": is {near[0]} meant?" if near else ""
