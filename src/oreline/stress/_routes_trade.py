"""Routes between stages from bilateral trade: which part of what a country makes goes where.

Of what a country makes at a stage, in tonnes of the mineral, its exports of the stage's code take
their part to each importer; what is left is used at home. An importer that makes nothing at the
next stage passes it on to nobody knows whom, and that part stays untold, as does that of producers
whose country no table names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from oreline.exchange import PublishedFile, import_published
from oreline.model import Basis, Finding, InputError, Severity
from oreline.reference import table
from oreline.stress._scenario import Given, Route, Scenario, StageTrade
from oreline.stress._world_supply import world_supply

if TYPE_CHECKING:
    import polars as pl

MORE_THAN_MADE: Final = 1.05
"""Exports up to this times what is made are rounding of both."""


def trade_files(scenario: Scenario) -> tuple[str, ...]:
    """Return the files of flows that a scenario names, each once."""
    return tuple(dict.fromkeys(one.file for one in scenario.trade if one.file))


def with_trade(
    scenario: Scenario, files: Mapping[str, bytes]
) -> tuple[Scenario, tuple[Finding, ...]]:
    """Return a scenario with the routes that its trade tells; those it states itself stay.

    Parameters
    ----------
    files
        The bytes of each of :func:`trade_files`: flows of BACI as CEPII gives them.

    Raises
    ------
    InputError
        With all findings, if a file or a code gives no flows.
    """
    flows, findings = _flows(scenario, files)
    routes = {(one.stage, one.country): one for one in scenario.routes}
    for stage in dict.fromkeys(one.stage for one in scenario.trade):
        rows = [one for one in scenario.trade if one.stage == stage]
        made, said = _stage_routes(scenario, rows, flows)
        findings += said
        for one in made:
            routes.setdefault((one.stage, one.country), one)
    if any(one.severity is Severity.FATAL for one in findings):
        raise InputError("the trade between stages cannot be used", findings)
    digest = hashlib.sha256(repr(sorted(routes.items())).encode()).hexdigest()
    sha256 = f"{scenario.sha256}+{digest[:16]}" if scenario.trade else scenario.sha256
    made_of = replace(scenario, routes=tuple(routes.values()), sha256=sha256)
    return made_of, tuple(findings)


def trade_given(scenario: Scenario, given: Iterable[str], file: str = "") -> Scenario:
    """Return a scenario whose routes come from trade, as ``stage=code:content`` says.

    Raises
    ------
    InputError
        If one is written otherwise, or names a stage that is not there or sends to no other.

    Examples
    --------
    >>> from oreline.stress import reference_scenario
    >>> made = trade_given(reference_scenario("antimony")[0], ["mine=261710:0.5"])
    >>> made.trade[0].code, made.trade[0].content.value
    ('261710', 0.5)
    """
    rows = list(scenario.trade)
    sending = [one.id for one in scenario.stages[:-1]]
    for text in given:
        found = re.fullmatch(r"([\w-]+)=(\d{4})\.?(\d{2}):(0?\.\d+|1(?:\.0*)?)", text.strip())
        if found is None or float(found[4]) == 0:
            raise InputError(f"{text!r} is no stage=code:content: write such as mine=261710:0.5")
        if found[1] not in sending:
            known = ", ".join(sending) or "none: it has one stage"
            raise InputError(f"no stage {found[1]} of {scenario.name} sends to another; {known}")
        content = Given(float(found[4]), Basis.ASSUMED, "given with the trade")
        rows.append(StageTrade(found[1], found[2] + found[3], content, None, file, None))
    return replace(scenario, trade=tuple(rows))


def _flows(
    scenario: Scenario, files: Mapping[str, bytes]
) -> tuple[dict[str, pl.DataFrame], list[Finding]]:
    """Return the flows of each file, and of the table of trade under an empty name."""
    found = {"": table("trade_flows")}
    findings: list[Finding] = []
    for name in trade_files(scenario):
        codes = sorted({one.code for one in scenario.trade if one.file == name})
        read = import_published(
            "baci", [PublishedFile(name, files[name])], vintage=scenario.year, codes=codes
        )
        findings += read.findings
        found[name] = read.frames.get("trade_flows", table("trade_flows").clear())
    return found, findings


@dataclass(frozen=True, slots=True)
class _Sent:
    """What each country sends of a stage's product, in tonnes of the mineral, and by whose word."""

    tonnes: Mapping[str, Mapping[str, float]]
    source: str
    guessed: int


def _stage_routes(
    scenario: Scenario, rows: list[StageTrade], flows: Mapping[str, pl.DataFrame]
) -> tuple[list[Route], list[Finding]]:
    stage = rows[0].stage
    world = next((one.world_t for one in rows if one.world_t is not None), None)
    world = world or world_supply(scenario.mineral, stage)
    sent, findings = _sent(scenario, rows, flows)
    if world is None:
        message = f"no table says how many tonnes of {scenario.mineral} the world's {stage} makes"
        findings.append(_finding(Severity.FATAL, "ORL-1212", stage, message, "write world_t"))
    if world is None or sent is None:
        return [], findings
    if sent.guessed:
        message = f"{sent.guessed} flows of {stage} have no quantity: it is taken from their value"
        fix = "nothing, or a file in which they have one"
        findings.append(_finding(Severity.WARNING, "ORL-1214", stage, message, fix))
    at = [one.id for one in scenario.stages].index(stage)
    makers = {one.country for one in scenario.stages[at + 1].producers}
    shares: dict[str, float] = {}
    for one in scenario.stages[at].producers:
        shares[one.country] = shares.get(one.country, 0.0) + one.share.value
    found = []
    for code, share in shares.items():
        made = share * world.value
        if made <= 0 or code == "OTHER":
            continue
        out = dict(sent.tonnes.get(code, {}))
        total = sum(out.values())
        if total > made * MORE_THAN_MADE:
            message = (
                f"{code} sends {total:,.0f} t of the mineral and makes {made:,.0f} t at {stage}: "
                "it passes on what others made, or goods have another content"
            )
            fix = "correct content or world_t; its routes are those of what it sends"
            findings.append(_finding(Severity.WARNING, "ORL-1213", stage, message, fix))
        parts = {to: tonnes / max(made, total) for to, tonnes in out.items() if to in makers}
        kept = max(0.0, 1 - total / made)
        if code in makers and kept > 0:
            parts[code] = kept
        if parts:
            source = f"{sent.source}; {world.source}"
            found.append(Route(stage, code, tuple(sorted(parts.items())), Basis.DERIVED, source))
    return found, findings


def _sent(
    scenario: Scenario, rows: Iterable[StageTrade], flows: Mapping[str, pl.DataFrame]
) -> tuple[_Sent | None, list[Finding]]:
    import polars as pl

    tonnes: dict[str, dict[str, float]] = {}
    said, findings, guessed = [], [], 0
    for one in rows:
        frame = flows[one.file].filter(pl.col("hs") == one.code)
        years = sorted(set(frame["year"]))
        year = one.year or max((each for each in years if each <= scenario.year), default=None)
        frame = frame.filter(pl.col("year") == year) if year in years else frame.clear()
        # The same flows stand in a table once for each edition of the codes.
        newest = max(set(frame["edition"]), key=_edition_year, default="")
        frame = frame.filter(pl.col("edition") == newest)
        known = frame.filter(pl.col("quantity_t") > 0)
        if known.is_empty():
            message = f"no flow of {one.code} with a quantity in {year or scenario.year}"
            fix = f"name another year or code; years there are: {', '.join(map(str, years)) or '-'}"
            findings.append(_finding(Severity.FATAL, "ORL-1212", one.stage, message, fix))
            continue
        per_kusd = float(known["quantity_t"].sum()) / float(known["value_kusd"].sum())
        for row in frame.iter_rows(named=True):
            gross = row["quantity_t"]
            if gross is None:
                guessed += 1
                gross = row["value_kusd"] * per_kusd
            to = tonnes.setdefault(row["exporter"], {})
            amount = gross * one.content.value
            to[row["importer"]] = to.get(row["importer"], 0.0) + amount
        said.append(f"{frame['source'][0]}, {one.code}, {year}, content {one.content.value:g}")
    return (_Sent(tonnes, "; ".join(said), guessed) if said else None), findings


def _edition_year(edition: str) -> int:
    """Return the year of an edition of the Harmonized System.

    >>> _edition_year("HS92"), _edition_year("HS17")
    (1992, 2017)
    """
    short = int(edition[2:])
    return short + (1900 if short >= 88 else 2000)


def _finding(severity: Severity, code: str, stage: str, message: str, fix: str) -> Finding:
    return Finding(code, severity, f"trade of {stage}", message, fix)
