"""Which programmes of public funding a project is eligible for: yes, no, or unknown and why.

Programmes are data with source and vintage; their rules are conditions over facts of the project,
each with its basis and source. A fact that is not stated is UNKNOWN and named; a programme whose
terms were not found is UNKNOWN whatever the project is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any, Literal

import polars as pl
from pydantic import Field, ValidationError

from oreline.comply import (
    Argument,
    Condition,
    Judgement,
    Kind,
    Missing,
    Reading,
    Value,
    Verdict,
    Vocabulary,
    Word,
    judge,
    read_condition,
    vocabulary,
)
from oreline.exchange import TomlSyntaxError, located_toml
from oreline.fund._terms_text import Said, Table
from oreline.model import Basis, Finding, Severity

PROJECT_FILE = "project.toml"
"""Where a chain folder says what its project is."""
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")
Eligible = Literal["eligible", "not eligible", "unknown"]


@dataclass(frozen=True, slots=True)
class ProgrammeRule:
    """A rule of a programme; ``terms`` says whether its source could be checked."""

    id: str
    title: str
    condition: Condition
    terms: str


@dataclass(frozen=True, slots=True)
class FundingProgramme:
    """A programme as far as it was published; without rules where its terms were not found."""

    id: str
    title: str
    amount: str | None
    currency: str
    vintage: str
    source: str
    rules: tuple[ProgrammeRule, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a project says of itself."""

    value: Value
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class Match:
    """What is said of one programme, with the judgement of each of its rules."""

    programme: FundingProgramme
    judged: tuple[tuple[ProgrammeRule, Judgement], ...]

    @property
    def eligible(self) -> Eligible:
        """Return the answer: one rule that fails is enough, one that is not known leaves it open.

        A rule whose terms could not be checked closes nothing: where it fails, the answer is
        unknown. Eligible by these rules is not an award.
        """
        verdicts = [judgement.verdict for _, judgement in self.judged]
        failing = {rule.terms for rule, one in self.judged if one.verdict is Verdict.FAIL}
        if "reported" in failing:
            return "not eligible"
        left_open = failing or Verdict.UNKNOWN in verdicts or not verdicts
        return "unknown" if left_open else "eligible"

    @property
    def because(self) -> tuple[str, ...]:
        """Return why: rules that fail, facts that are missing, terms that were not found."""
        if not self.judged:
            return ("its terms were not found",)
        found = []
        for rule, judgement in self.judged:
            doubt = " (terms not verified)" if rule.terms == "unverified" else ""
            if judgement.verdict is Verdict.FAIL:
                found.append(f"does not hold: {rule.title}{doubt}")
            elif judgement.verdict is Verdict.UNKNOWN:
                lacks = ", ".join(one.name for one in judgement.missing)
                found.append(f"not stated: {lacks}{doubt}")
            elif doubt:
                found.append(f"holds: {rule.title}{doubt}")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        one = self.programme
        return {
            "programme": one.id,
            "title": one.title,
            "amount": one.amount,
            "currency": one.currency,
            "vintage": one.vintage,
            "source": one.source,
            "eligible": self.eligible,
            "because": list(self.because),
            "rules": [
                {"id": rule.id, "title": rule.title, "when": rule.condition.text,
                 "terms": rule.terms, **judgement.to_json()}
                for rule, judgement in self.judged
            ],
        }  # fmt: skip


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files("oreline.fund").joinpath("data/programmes.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def project_words() -> Vocabulary:
    """Return the facts that programmes ask of a project."""
    return vocabulary(
        tuple(
            Word(one["name"], Kind(one["kind"]), one["meaning"], unit=one.get("unit", ""))
            for one in _data()["facts"]
        )
    )


@cache
def funding_programmes() -> tuple[FundingProgramme, ...]:
    """Return every programme that is known, in the order of the table."""
    return tuple(
        FundingProgramme(
            id=one["id"],
            title=one["title"],
            amount=one.get("amount"),
            currency=one["currency"],
            vintage=one["vintage"],
            source=one["source"],
            rules=tuple(_rule(rule, one["id"]) for rule in one.get("rules", ())),
        )
        for one in _data()["programmes"]
    )


def _rule(rule: Mapping[str, str], programme: str) -> ProgrammeRule:
    condition, findings = read_condition(rule["when"], project_words(), programme)
    assert condition is not None, [str(one) for one in findings]
    return ProgrammeRule(rule["id"], rule["title"], condition, rule["terms"])


class _FactTable(Table):
    value: str | bool
    basis: Literal["measured", "reported", "assumed", "planned"]
    source: Said


class _Project(Table):
    title: Said
    facts: dict[str, _FactTable] = Field(default_factory=dict)


def read_project(text: str, name: str) -> tuple[Mapping[str, Fact] | None, tuple[Finding, ...]]:
    """Return the facts that a text states of a project; None and ORL-1186 where it is wrong."""
    try:
        located = located_toml(text.removeprefix("\ufeff"))
    except TomlSyntaxError as error:
        fix = "correct the line; text stands in quotes, a table begins with [name]"
        message = f"this is not TOML: {error}"
        return None, (Finding("ORL-1186", Severity.FATAL, f"{name}:{error.line}", message, fix),)
    findings: list[Finding] = []

    def wrong(path: tuple[str | int, ...], message: str, fix: str) -> None:
        where = located.where(path, name)
        findings.append(Finding("ORL-1186", Severity.FATAL, where, message, fix))

    try:
        table = _Project.model_validate(located.values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(part for part in detail["loc"] if part not in {"str", "bool"})
            said = f"{'.'.join(map(str, path))}: {detail['msg']}"
            wrong(path, said, "see docs/reference/programmes.md for what stands here")
        return None, tuple(findings)
    found: dict[str, Fact] = {}
    words = project_words()
    for key, one in table.facts.items():
        if key not in words:
            wrong(("facts", key), f"no programme asks for {key}", f"name one of {', '.join(words)}")
            continue
        value = _value(words[key].kind, one.value)
        if value is None:
            message = f"{key} is a {words[key].kind}, not {one.value!r}"
            wrong(("facts", key, "value"), message, 'write true or false, or text in quotes: "50"')
            continue
        found[key] = Fact(value, Basis(one.basis), one.source)
    return (None if findings else found), tuple(findings)


def _value(kind: Kind, written: str | bool) -> Value | None:
    if kind is Kind.TRUTH:
        return written if isinstance(written, bool) else None
    if isinstance(written, bool):
        return None
    if kind is Kind.NUMBER:
        # Digits only: of an exponent without end the exact value would never be had.
        return Fraction(written) if _NUMBER.fullmatch(written) else None
    if kind is Kind.DAY:
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    return written


def matches(facts: Mapping[str, Fact]) -> tuple[Match, ...]:
    """Return what every programme says of a project with these facts."""

    def answer(word: str, _given: tuple[Argument, ...]) -> Reading:
        fact = facts.get(word)
        if fact is None:
            fix = f"state it in {PROJECT_FILE}"
            return Reading(None, missing=frozenset([Missing(word, "nobody states it", fix)]))
        return Reading(fact.value, basis=fact.basis)

    return tuple(
        Match(one, tuple((rule, judge(rule.condition, answer)) for rule in one.rules))
        for one in funding_programmes()
    )


def matches_frame(found: tuple[Match, ...]) -> pl.DataFrame:
    """Return one row a programme."""
    rows = [
        (one.programme.id, one.programme.title, one.programme.amount, one.programme.currency,
         one.eligible, "; ".join(one.because), one.programme.vintage, one.programme.source)
        for one in found
    ]  # fmt: skip
    names = ("programme", "title", "amount", "currency", "eligible", "because", "vintage", "source")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
