"""A `processes.toml` as text: from its tables to a flowsheet, with everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from oreline.design._components import read_components
from oreline.design._file_forms import FilePage, form_findings
from oreline.design._flowsheet import (
    Flowsheet,
    Product,
)
from oreline.design._law import Law
from oreline.design._law_external import ENGINE_LAWS
from oreline.design._laws import LAWS
from oreline.design._phases import with_phases
from oreline.design._process_feeds import FeedReader
from oreline.design._process_numbers import NumberReader, Told
from oreline.design._process_reading import FileReading, near_name
from oreline.design._process_tables import (
    FeedTable,
    NumberTable,
    OutletTable,
    ProcessFile,
    ProductTable,
    UnitTable,
)
from oreline.design._process_units import UnitReader
from oreline.exchange import TomlSyntaxError, located_toml
from oreline.model import Assumption, Finding, Severity

PROCESS_BYTES_MAX: Final = 16_000_000
"""How large a processes.toml is read at most. A setting of callers."""


def read_processes(
    text: str,
    name: str = "processes.toml",
    *,
    assumptions: Mapping[str, Assumption] | None = None,
    laws: Mapping[str, Law] = {**LAWS, **ENGINE_LAWS},
    ores: Mapping[str, bytes] | None = None,
    holes: Mapping[str, str] | None = None,
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read the text of a flowsheet and say everything that is wrong with it.

    Parameters
    ----------
    text
        TOML, see ``docs/reference/processes.md``.
    name
        What the file is called; findings say ``name:line``.
    assumptions
        The rows of ``assumptions.csv`` by id, for numbers that name one.
    laws
        The unit laws by name; others than those of oreline may be added. Those of external
        engines refuse to solve unless `external_laws` has given them one.
    ores
        The ore tables of the chain's folder, by their names from there: ``ores/copper.csv``.
    holes
        The digests of the drill holes that lie there, by set; None where nobody looked.

    Returns
    -------
    flowsheet, findings
        The flowsheet, or None where any finding is fatal.
    """
    if len(text) > PROCESS_BYTES_MAX:
        message = f"the file has more than {PROCESS_BYTES_MAX} characters"
        return None, (Finding("ORL-1000", Severity.FATAL, name, message, "split the chain"),)
    try:
        found = located_toml(text)
    except TomlSyntaxError as error:
        fix = 'look at this line and the one above: text stands in quotes, as in law = "split"'
        message = f"this is no TOML: {error}"
        return None, (Finding("ORL-1000", Severity.FATAL, f"{name}:{error.line}", message, fix),)
    try:
        tables = ProcessFile.model_validate(found.values)
    except ValidationError as error:
        return None, tuple(form_findings(error, found, name, _PAGE))
    file = FileReading(found, name, NumberReader(assumptions or {}))
    reader = _Reader(tables, file, FeedReader(file, ores or {}, holes), UnitReader(file, laws))
    flowsheet = reader.flowsheet()
    findings = tuple(sorted(file.numbers.findings, key=lambda one: _line(one.where)))
    fatal = any(finding.severity is Severity.FATAL for finding in findings)
    return (None if fatal else flowsheet), findings


def _line(where: str) -> int:
    number = where.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _key_remedy(place: tuple[str | int, ...]) -> str:
    tables: dict[str, type[BaseModel]] = {
        "feeds": FeedTable,
        "units": UnitTable,
        "products": ProductTable,
        "outlets": OutletTable,
        "parameters": NumberTable,
        "grades": NumberTable,
    }
    holders = [table for part in place[:-1] if (table := tables.get(str(part)))]
    fields = (holders[-1] if holders else ProcessFile).model_fields
    near = near_name(str(place[-1]), fields)
    return f"did you mean {near}?" if near else f"known here: {', '.join(fields)}"


_PAGE = FilePage("processes.toml", "ORL-1001", _key_remedy)


@dataclass(slots=True)
class _Reader:
    tables: ProcessFile
    file: FileReading
    feeds: FeedReader
    units: UnitReader

    def flowsheet(self) -> Flowsheet:
        self.file.told = Told(self.tables.basis, self.tables.source)
        self.file.components, wrong = read_components(self.tables, self.file.where)
        self.file.numbers.findings += wrong
        self._see_unique()
        hours = None
        if self.tables.hours_per_year is not None:
            hours = self.file.numbers.read(
                self.tables.hours_per_year, "h", self.file.told, self.file.where("hours_per_year")
            )
            self.file.hours = None if hours is None else hours.value
        units = tuple(
            self.units.unit(number, table) for number, table in enumerate(self.tables.units)
        )
        feeds = tuple(
            self.feeds.feed(number, table) for number, table in enumerate(self.tables.feeds)
        )
        products = tuple(
            Product(
                table.id,
                table.kind,
                table.name or table.id,
                table.material,
                table.site,
                self.file.where("products", number),
            )
            for number, table in enumerate(self.tables.products)
        )
        self._see_joined()
        entering = tuple(one for one in feeds if one is not None)
        known = tuple(one for one in units if one is not None)
        return Flowsheet(
            self.tables.name,
            self.file.components,
            entering,
            with_phases(known, entering, self.units.phased),
            products,
            hours,
            self.file.name,
        )

    def _see_unique(self) -> None:
        seen: dict[str, str] = {}
        for kind, names in self._names().items():
            for number, name in enumerate(names):
                where = self.file.where(kind, number, "id")
                if name in seen:
                    message = f"the id {name} stands twice; first in {seen[name]}"
                    fix = "feeds, units and products each need an id of their own"
                    self.file.refuse("ORL-1002", where, message, fix)
                seen.setdefault(name, where)

    def _names(self) -> dict[str, list[str]]:
        told = self.tables
        return {
            "feeds": [table.id for table in told.feeds],
            "units": [table.id for table in told.units],
            "products": [table.id for table in told.products],
        }

    def _see_joined(self) -> None:
        """See that every outlet and feed leads somewhere and that everything is reached."""
        units = {table.id for table in self.tables.units}
        ends = units | {table.id for table in self.tables.products}
        reached: set[str] = set()
        for number, feed in enumerate(self.tables.feeds):
            reached.add(feed.to)
            if feed.to not in units:
                self._dangling(f"the feed {feed.id}", feed.to, units, ("feeds", number, "to"))
        for number, unit in enumerate(self.tables.units):
            for port, outlet in unit.outlets.items():
                reached.add(outlet.to)
                if outlet.to not in ends:
                    place = ("units", number, "outlets", port)
                    self._dangling(f"{unit.id}, outlet {port},", outlet.to, ends, place)
        for kind, names in self._names().items():
            for number, name in enumerate(names):
                if name not in reached and kind != "feeds":
                    where, word = self.file.where(kind, number), kind[:-1]
                    fix = f"lead a feed or an outlet to {name}, or remove the {word}"
                    message = f"nothing enters the {word} {name}"
                    self.file.refuse("ORL-1007", where, message, fix)

    def _dangling(
        self, what: str, to: str, known: Iterable[str], place: tuple[str | int, ...]
    ) -> None:
        near = near_name(to, known)
        fix = f"did you mean {near}?" if near else "name a unit or a product of this file"
        message = f"{what} leads to {to}, which is no unit or product here"
        self.file.refuse("ORL-1007", self.file.where(*place), message, fix)
