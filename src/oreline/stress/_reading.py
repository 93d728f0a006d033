"""What readings of scenario files share: numbers with a source, countries, names, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from oreline.design import near_name
from oreline.exchange import Located
from oreline.model import Basis, Finding
from oreline.model import Severity as FindingSeverity
from oreline.reference import UnknownCountryError
from oreline.reference import country as country_of
from oreline.stress._scenario import Duration, Given, Severity
from oreline.stress._scenario_file import (
    DurationTable,
    Number,
    NumberTable,
    SaidTable,
    SeverityTable,
)

CLOSE = 1e-6
"""How far shares may be from 100 % together: the rounding of printed numbers."""
Path = tuple[str | int, ...]
Limits = tuple[float, float]
PART: Limits = (0.0, 1.0)
ABOVE_ZERO: Limits = (1e-9, 1e9)
NOT_NEGATIVE: Limits = (0.0, 1e15)
OTHERS = "OTHER"
"""The producer that holds what is attributed to no country."""


class Struck(Protocol):
    """A table of an event: how hard it strikes, and how long."""

    @property
    def id(self) -> str: ...

    @property
    def severity(self) -> float | SeverityTable: ...

    @property
    def duration_months(self) -> float | DurationTable: ...


def fatal(code: str, where: str, message: str, fix: str) -> Finding:
    """Return a finding that the file cannot be used with."""
    return Finding(code, FindingSeverity.FATAL, where, message, fix)


def plain_values(value: Any) -> Any:
    """Return what a TOML file holds with its decimal numbers as floats."""
    if isinstance(value, Mapping):
        return {key: plain_values(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain_values(one) for one in value]
    return value if isinstance(value, str | bool | int) else float(value)


@dataclass(slots=True)
class Reading:
    """One reading of a file; what is wrong is kept in ``findings``.

    ``head`` has the basis and source of numbers that state none themselves.
    """

    head: SaidTable
    located: Located
    name: str
    findings: list[Finding]

    def refuse(self, code: str, path: Path, message: str, fix: str) -> None:
        """Keep what is wrong at a place."""
        self.findings.append(fatal(code, self.located.where(path, self.name), message, fix))

    def number(self, given: Number, path: Path, limits: Limits, *said: SaidTable) -> Given:
        """Return a number with its basis and source; ``said`` are the tables around it."""
        words = ".".join(str(part) for part in path)
        table = given if isinstance(given, NumberTable) else NumberTable(value=given)
        around = (*said, self.head)
        basis = table.basis or next((one.basis for one in around if one.basis), None)
        source = table.source or next((one.source for one in around if one.source), None)
        if basis is None or source is None:
            lacks = "basis" if basis is None else "source"
            fix = "state it at the number, at its table or at the head of the file"
            self.refuse("ORL-1239", path, f"{words} states no {lacks}", fix)
        ends = (table.low, table.value, table.high)
        for one in ends:
            if one is not None and not limits[0] <= one <= limits[1]:
                least, most = (f"{one:.9g}" for one in limits)
                message = f"{words} is {one:.9g}, which it cannot be"
                self.refuse("ORL-1234", path, message, f"write {least} to {most}")
        if (table.low is None) != (table.high is None) or (
            table.low is not None
            and table.high is not None
            and not table.low <= table.value <= table.high
        ):
            message = f"{words}: {table.value:.9g} does not lie in a range from low to high"
            self.refuse("ORL-1234", path, message, "give both ends, with the value between them")
        return Given(
            table.value, Basis(basis or "assumed"), source or "", table.low, table.high
        )  # fmt: skip

    def country(self, given: str, path: Path) -> str:
        """Return the alpha-3 code of a country; OTHER stands for those that nobody names."""
        if given == OTHERS:
            return given
        try:
            return country_of(given).alpha3
        except UnknownCountryError as error:
            self.refuse("ORL-1233", path, str(error), "write an ISO code such as CHN, or the name")
            return given

    def known(self, given: str, names: Iterable[str], kind: str, path: Path) -> None:
        """Refuse a name that the file does not have."""
        names = list(names)
        if given not in names:
            near = near_name(given, names)
            hint = f"; did you mean {near}?" if near else ""
            fix = f"write one of: {', '.join(names)}"
            self.refuse("ORL-1236", path, f"there is no {kind} {given!r}{hint}", fix)

    def whole(self, shares: Sequence[float], path: Path, what: str) -> None:
        """Refuse shares that are not 1 together."""
        total = sum(shares)
        if shares and abs(total - 1) > CLOSE:
            message = f"{what} sum to {total:.6g}, not to 1"
            self.refuse("ORL-1232", path, message, "correct them; write what is missing as a row")

    def once(self, ids: Sequence[str], path: Path) -> None:
        """Refuse ids that stand twice."""
        for number, one in enumerate(ids):
            if one in ids[:number]:
                self.refuse("ORL-1238", (*path, number), f"{path[-1]} has {one!r} twice",
                            "give each its own name")  # fmt: skip

    def severity(self, table: Struck, path: Path) -> Severity:
        """Return how much an event takes away."""
        given = table.severity
        if isinstance(given, float):
            if not 0 <= given <= 1:
                message = f"the severity of {table.id} is {given:.6g}"
                self.refuse("ORL-1234", (*path, "severity"), message, "write 0 to 1, or { a, b }")
            return Severity(given)
        if min(given.a, given.b) <= 0:
            self.refuse("ORL-1234", (*path, "severity"), f"the severity of {table.id} has a "
                        "parameter that is not above zero", "write a and b above 0")  # fmt: skip
        return Severity(None, given.a, given.b)

    def duration(self, table: Struck, path: Path) -> Duration:
        """Return how long an event lasts."""
        given = table.duration_months
        made = Duration(given) if isinstance(given, float) else Duration(given.median, given.gsd)
        if not (0 < made.median_months <= 1200 and 1 <= made.gsd <= 100):
            message = f"the duration of {table.id} cannot be: {made.median_months:.6g} months"
            fix = "write months above 0; gsd is 1 or more"
            self.refuse("ORL-1234", (*path, "duration_months"), message, fix)
        return made
