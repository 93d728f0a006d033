"""``benefit.toml``: what a chain folder says of benefits, with all that is wrong at its line."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from oreline.exchange import TomlSyntaxError, located_toml
from oreline.fund._benefit import BenefitTerms, Importer, Stage, StageLevy
from oreline.fund._terms_text import Name, Said, Table
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
            path = tuple(part for part in detail["loc"] if part not in _BRANCHES)
            wrong(path, _told(path, detail), _FIXES.get(detail["type"], _FIX))
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
    return (None if findings else _terms(table)), tuple(findings)


_BRANCHES = {"constrained-str", "literal['unknown']"}
"""How pydantic names the ways in which a rate can be written."""
_FIX = "see docs/reference/benefit.md for what stands here"
_FIXES = {
    "missing": "add it; see docs/reference/benefit.md",
    "extra_forbidden": "remove it or correct its name; see docs/reference/benefit.md",
    "string_type": "write it in quotes",
}


def _told(path: tuple[str | int, ...], detail: Any) -> str:
    given = detail.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | Decimal) else ""
    said = detail["msg"]
    if detail["type"] == "string_pattern_mismatch":
        said = "not of the form expected"
    return f"{'.'.join(str(part) for part in path)}: {said}{shown}"


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
            rate=None if one.rate_pct == "unknown" else Decimal(one.rate_pct) / 100,
            base=one.base,
            base_per_t=Decimal(one.base_per_t),
            basis=one.basis,
            source=one.source,
        )
        for one in table.levies
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
