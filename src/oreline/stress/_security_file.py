"""`security.toml` of a chain folder: at which stage a material counts, what capacity is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oreline.design import FilePage, form_findings, near_name
from oreline.exchange import Located, TomlSyntaxError, located_toml
from oreline.model import Basis, Finding, LimitExceededError, Severity, is_fatal
from oreline.plan import Problem
from oreline.reference import UnknownCountryError, country
from oreline.stress._bottleneck import STEPS, StatedCapacity
from oreline.stress._dependence import MINERALS, STAGES

SECURITY_FILE: Final = "security.toml"
SECURITY_BYTES_MAX: Final = 1_000_000
StageName = Literal["concentrate", "refined", "metal", "magnet"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MaterialTable(_Table):
    """At which stage a material of the plan counts."""

    id: str = Field(description="A material of the plan.")
    stage: StageName = Field(description="`concentrate`, `refined`, `metal` or `magnet`.")


class CapacityTable(_Table):
    """What a country can take into a stage, in tonnes a year of what the stage counts."""

    mineral: Literal["antimony", "copper", "rare earths"]
    stage: Literal["refined", "metal", "magnet"]
    low_t: float = Field(ge=0, description="The least that it is.")
    high_t: float = Field(ge=0, description="The most that it is.")
    used_low_t: float = Field(0.0, ge=0, description="The least that is in use.")
    used_high_t: float | None = Field(
        None, ge=0, description="The most that is in use; left out: all of it may be."
    )
    basis: Basis
    source: str = Field(min_length=1)
    note: str = ""


class SecurityTable(_Table):
    """The whole file."""

    importer: str = Field("US", description="Whose supply is meant.")
    material: tuple[MaterialTable, ...] = ()
    capacity: tuple[CapacityTable, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityInputs:
    """Whose supply is meant, at which stage each material counts, and what capacity is stated."""

    importer: str
    stages: Mapping[str, str]
    capacities: tuple[StatedCapacity, ...]


def read_security(
    data: bytes | None, problem: Problem, known: Mapping[str, str], name: str = SECURITY_FILE
) -> tuple[SecurityInputs | None, tuple[Finding, ...]]:
    """Return what a file says, None where a finding is fatal; None for data is an empty file.

    Parameters
    ----------
    data
        The bytes of the file.
    problem
        The plan.
    known
        Stages of materials as the tables of the chain state them; the file comes before them.
    name
        What the file is called.
    """
    table, found, wrong = _table(data, name)
    if table is None:
        return None, wrong
    assert found is not None
    findings = sorted(
        [*_wrong(table, found, name), *_unplanned(table, problem, found, name)], key=_line
    )
    if is_fatal(findings):
        return None, tuple(findings)
    stages = {one: stage for one, stage in known.items() if stage in STAGES}
    stages |= {one.id: one.stage for one in table.material}
    findings += _without_stage(problem, country(table.importer).alpha2, stages)
    return SecurityInputs(table.importer, stages, _capacities(table)), tuple(findings)


def read_security_alone(
    data: bytes | None, name: str = SECURITY_FILE
) -> tuple[SecurityInputs | None, tuple[Finding, ...]]:
    """Return what a file says where there is no plan, whose materials it may name all the same.

    None where a finding is fatal; None for data is an empty file.
    """
    table, found, wrong = _table(data, name)
    if table is None:
        return None, wrong
    assert found is not None
    findings = tuple(_wrong(table, found, name))
    if is_fatal(findings):
        return None, findings
    stages = {one.id: str(one.stage) for one in table.material}
    return SecurityInputs(table.importer, stages, _capacities(table)), findings


def _table(
    data: bytes | None, name: str
) -> tuple[SecurityTable | None, Located | None, tuple[Finding, ...]]:
    """Return the file as a table with its lines, or what keeps it from being one."""
    if data is not None and len(data) > SECURITY_BYTES_MAX:
        raise LimitExceededError(f"{name} has more than {SECURITY_BYTES_MAX:,} bytes")
    try:
        found = located_toml((data or b"").decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return None, None, (_unread(f"{name}:1", f"byte {error.start + 1} is no UTF-8"),)
    except TomlSyntaxError as error:
        return None, None, (_unread(f"{name}:{error.line}", f"this is no TOML: {error}"),)
    try:
        return SecurityTable.model_validate(_plain(found.values)), found, ()
    except ValidationError as error:
        return None, None, tuple(form_findings(error, found, name, _PAGE))


def _capacities(table: SecurityTable) -> tuple[StatedCapacity, ...]:
    return tuple(
        StatedCapacity(
            one.mineral, one.stage, one.low_t, one.high_t, one.used_low_t, one.used_high_t,
            str(one.basis), one.source, one.note,
        )
        for one in table.capacity
    )  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _unplanned(
    table: SecurityTable, problem: Problem, found: Located, name: str
) -> Iterator[Finding]:
    for place, one in enumerate(table.material):
        if one.id not in problem.materials:
            near = near_name(one.id, problem.materials)
            fix = f"did you mean {near}?" if near else "name a material of plan.toml"
            where = found.where(("material", place, "id"), name)
            message = f"the plan has no material {one.id}"
            yield Finding("ORL-1258", Severity.FATAL, where, message, fix)


def _line(finding: Finding) -> int:
    """Return the line of the file that a finding stands at."""
    line = finding.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0


def _wrong(table: SecurityTable, found: Located, name: str) -> Iterator[Finding]:
    try:
        country(table.importer)
    except UnknownCountryError:
        where = found.where(("importer",), name)
        message = f"{table.importer!r} is no country"
        yield Finding("ORL-1258", Severity.FATAL, where, message, "write a code such as US")
    for place, given in enumerate(table.capacity):
        where = found.where(("capacity", place), name)
        used = given.used_high_t
        if given.high_t < given.low_t or (used is not None and used < given.used_low_t):
            message = f"{given.mineral} {given.stage}: the most is less than the least"
            yield Finding("ORL-1258", Severity.FATAL, where, message, "exchange both ends")
        if given.used_low_t > given.high_t:
            message = f"{given.mineral} {given.stage}: more is in use than there is"
            yield Finding("ORL-1258", Severity.FATAL, where, message, "correct what is in use")
        if given.stage not in STEPS[given.mineral][1:]:
            steps = ", ".join(STEPS[given.mineral][1:])
            message = f"{given.mineral} has no stage {given.stage} that takes something in"
            yield Finding("ORL-1258", Severity.FATAL, where, message, f"write {steps}")


def _without_stage(problem: Problem, importer: str, stages: Mapping[str, str]) -> Iterator[Finding]:
    sold = {
        material
        for market in problem.markets
        if problem.country(market.site) == importer
        for material in market.materials
    }
    for material in sorted(sold):
        counted = [
            one for one in MINERALS if problem.grade(material, one) > 0
        ]  # fmt: skip
        if counted and material not in stages:
            message = f"{material} goes to {importer} and has no stage: it counts nowhere"
            fix = f"write [[material]] with its id and stage in {SECURITY_FILE}"
            yield Finding("ORL-1259", Severity.WARNING, SECURITY_FILE, message, fix)


def _unread(where: str, message: str) -> Finding:
    return Finding("ORL-1258", Severity.FATAL, where, message, "save the file as TOML in UTF-8")


def _key_remedy(place: tuple[str | int, ...]) -> str:
    tables: dict[str, type[BaseModel]] = {"material": MaterialTable, "capacity": CapacityTable}
    table = tables.get(str(place[0]), SecurityTable) if len(place) > 1 else SecurityTable
    fields = table.model_fields
    near = near_name(str(place[-1]), fields)
    return f"did you mean {near}?" if near else f"known here: {', '.join(fields)}"


_PAGE: Final = FilePage("supply security", "ORL-1258", _key_remedy)
