"""``benefit.toml``: what a chain folder says of benefits, with all that is wrong at its line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from oreline.exchange import TomlSyntaxError, located_toml
from oreline.fund._benefit import BenefitTerms, Importer, Stage, StageLevy
from oreline.fund._foreign_exchange import StageExchange
from oreline.fund._terms_text import Name, Problem, Said, Table
from oreline.model import Finding, Severity, is_analyte

BENEFIT_FILE = "benefit.toml"
"""Where a chain folder keeps it."""

_Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$")]
_Share = Annotated[str, StringConstraints(pattern=r"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]{1,8})?)$")]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Basis = Literal["measured", "reported", "assumed", "planned"]


class _Stage(Table):
    id: Name
    title: Said
    country: _Country
    worth_per_t: _Amount
    local_per_t: _Amount
    abroad_per_t: _Amount
    owned_share_pct: _Share
    jobs: _Amount
    local_jobs_pct: _Share
    basis: _Basis
    source: Said


class _Levy(Table):
    id: Name
    stage: Name
    payee: Said
    level: Literal["federation", "province", "district"]
    rate_pct: _Share | Literal["unknown"]
    base: Said
    base_per_t: _Amount
    basis: _Basis
    source: Said


class _Exchange(Table):
    stage: Name
    brought_home_pct: _Share | Literal["unknown"]
    debt_service_per_t: _Amount | Literal["unknown"]
    paid_out_pct: _Share | Literal["unknown"]
    basis: _Basis
    source: Said


class _Importer(Table):
    country: _Country
    uses_t: _Amount
    from_covered_t: _Amount
    basis: _Basis
    source: Said


class _Benefit(Table):
    title: Said
    country: _Country
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    element: str
    tonnes_per_year: _Amount
    basis: _Basis
    source: Said
    stages: Annotated[tuple[_Stage, ...], Field(min_length=1, max_length=50)]
    levies: Annotated[tuple[_Levy, ...], Field(max_length=100)] = ()
    exchange: Annotated[tuple[_Exchange, ...], Field(max_length=50)] = ()
    importer: _Importer | None = None


def read_benefit(text: str, name: str) -> tuple[BenefitTerms | None, tuple[Finding, ...]]:
    """Return what a text says of benefits, or None and everything that is wrong with it (ORL-1185).

    A levy must state its rate, or say ``rate_pct = "unknown"``: no rate is taken as given.
    """
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [[name]]"
        where = f"{name}:{error.line}"
        return None, (
            Finding("ORL-1185", Severity.FATAL, where, f"this is not TOML: {error}", fix),
        )
    findings: list[Finding] = []

    def wrong(path: tuple[str | int, ...], message: str, fix: str) -> None:
        where = located.where(path, name)
        findings.append(Finding("ORL-1185", Severity.FATAL, where, message, fix))

    try:
        table = _Benefit.model_validate(located.values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            wrong(*told_problem(detail, "docs/reference/benefit.md"))
        return None, tuple(findings)
    if not is_analyte(table.element):
        wrong(("element",), f"{table.element!r} is no element or oxide", 'write element = "Sb"')
    ids = [one.id for one in table.stages]
    for number, stage in enumerate(table.stages):
        if stage.id in ids[:number]:
            fix = "give each an id of its own"
            wrong(("stages", number, "id"), f"the stage {stage.id} stands twice", fix)
    for number, levy in enumerate(table.levies):
        if levy.stage not in ids:
            message = f"{levy.id} is on {levy.stage}, which is no stage"
            wrong(("levies", number, "stage"), message, f"name one of {', '.join(ids)}")
    for problem in _wrong_exchange(table):
        wrong(*problem)
    return (None if findings else _terms(table)), tuple(findings)


def _wrong_exchange(table: _Benefit) -> Iterator[Problem]:
    home = [one.id for one in table.stages if one.country == table.country]
    seen: set[str] = set()
    for number, one in enumerate(table.exchange):
        path = ("exchange", number, "stage")
        if one.stage not in home:
            message = f"the foreign exchange is of {one.stage}, which is no stage in the country"
            yield path, message, f"name one of {', '.join(home) or 'the stages'}"
        if one.stage in seen:
            yield path, f"the foreign exchange of {one.stage} stands twice", "remove one"
        seen.add(one.stage)


_BRANCHES = {"constrained-str", "literal['unknown']"}
"""How pydantic names the ways in which a rate can be written."""


def told_problem(detail: Any, page: str) -> Problem:
    """Return where a text does not fit its form, what is wrong, and what would mend it.

    Parameters
    ----------
    detail
        As pydantic tells it.
    page
        Where the form is described.
    """
    path = tuple(part for part in detail["loc"] if part not in _BRANCHES)
    given = detail.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | Decimal) else ""
    said = detail["msg"]
    if detail["type"] == "string_pattern_mismatch":
        said = "not of the form expected"
    fixes = {
        "missing": f"add it; see {page}",
        "extra_forbidden": f"remove it or correct its name; see {page}",
        "string_type": "write it in quotes",
    }
    fix = fixes.get(detail["type"], f"see {page} for what stands here")
    return path, f"{'.'.join(str(part) for part in path)}: {said}{shown}", fix


def _known(text: str) -> Decimal | None:
    return None if text == "unknown" else Decimal(text)


def _part(text: str) -> Decimal | None:
    """Return a percentage as a fraction of one."""
    value = _known(text)
    return None if value is None else value / 100


def _terms(table: _Benefit) -> BenefitTerms:
    stages = tuple(
        Stage(
            id=one.id,
            title=one.title,
            country=one.country,
            worth_per_t=Decimal(one.worth_per_t),
            local_per_t=Decimal(one.local_per_t),
            abroad_per_t=Decimal(one.abroad_per_t),
            owned_share=Decimal(one.owned_share_pct) / 100,
            jobs=Decimal(one.jobs),
            local_jobs_share=Decimal(one.local_jobs_pct) / 100,
            basis=one.basis,
            source=one.source,
        )
        for one in table.stages
    )
    levies = tuple(
        StageLevy(
            id=one.id,
            stage=one.stage,
            payee=one.payee,
            level=one.level,
            rate=_part(one.rate_pct),
            base=one.base,
            base_per_t=Decimal(one.base_per_t),
            basis=one.basis,
            source=one.source,
        )
        for one in table.levies
    )
    exchange = tuple(
        StageExchange(
            stage=one.stage,
            brought_home=_part(one.brought_home_pct),
            debt_service_per_t=_known(one.debt_service_per_t),
            paid_out=_part(one.paid_out_pct),
            basis=one.basis,
            source=one.source,
        )
        for one in table.exchange
    )
    importer = table.importer
    return BenefitTerms(
        title=table.title,
        country=table.country,
        currency=table.currency,
        element=table.element,
        tonnes_per_year=Decimal(table.tonnes_per_year),
        basis=table.basis,
        source=table.source,
        stages=stages,
        levies=levies,
        exchange=exchange,
        importer=None
        if importer is None
        else Importer(
            country=importer.country,
            uses_t=Decimal(importer.uses_t),
            from_covered_t=Decimal(importer.from_covered_t),
            basis=importer.basis,
            source=importer.source,
        ),
    )
