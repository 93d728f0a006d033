"""Chain-of-custody models of ISO 22095, checked on the same record.

A site declares its model (``custody_model``). Identity preserved and segregated are broken by a
mix; controlled blending needs known proportions; mass balance and book and claim live in credit
accounts, which ``record`` keeps from being overdrawn. Here a credit is also compared with the
material that it was issued for: a claim can never be larger than what carried it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from oreline.model import Finding, Severity, mass_bounds_mg, mass_text
from oreline.record import CreditKey, Ledger, credit_accounts
from oreline.trace._origin_table import UNKNOWN
from oreline.trace._origins import Tracer, trace_origins

CUSTODY_MODELS = (
    "identity_preserved",
    "segregated",
    "controlled_blending",
    "mass_balance",
    "book_and_claim",
)


@dataclass(frozen=True, slots=True)
class CreditBalance:
    """What one account holds of one credit, by day of expiry."""

    key: CreditKey
    mass_mg: int
    by_expiry: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CustodyCheck:
    """Whether each site keeps to its model, and what is in the credit accounts."""

    element: str
    findings: tuple[Finding, ...]
    credits: tuple[CreditBalance, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each credit account."""
        return pl.DataFrame(
            [
                {
                    "model": credit.key.model,
                    "account": credit.key.account,
                    "analyte": credit.key.analyte,
                    "attribute": credit.key.attribute,
                    "mass_kg": mass_text(credit.mass_mg, "kg"),
                }
                for credit in self.credits
            ]
        )

    def to_json(self) -> dict[str, Any]:
        """Return findings and credits as JSON."""
        return {
            "element": self.element,
            "findings": [finding.to_json() for finding in self.findings],
            "credits": self.to_frame().to_dicts(),
        }


def check_custody(tracer: Tracer, element: str) -> CustodyCheck:
    """Check every site against its declared custody model, for one element."""
    ledger = tracer.graph.ledger
    findings = [
        *_mixes(tracer, element, "identity_preserved", "site"),
        *_mixes(tracer, element, "segregated", "country"),
        *_unknown_proportions(tracer, element),
        *_excess_credits(tracer),
    ]
    accounts, refused = credit_accounts(_credit_events(ledger))
    findings.extend(refused)
    balances = tuple(
        CreditBalance(key, sum(account.values()), tuple(sorted(account.items())))
        for key, account in sorted(accounts.items())
    )
    return CustodyCheck(element, tuple(findings), balances)


def _credit_events(ledger: Ledger) -> list[dict[str, Any]]:
    events = [dict(event) for event in ledger.other if event["schema"] == "credit/1"]
    return sorted(events, key=lambda event: event["seq"])


def _model_of_row(tracer: Tracer) -> list[str]:
    """Return the custody model of the site at which each mix was made."""
    graph = tracer.graph
    sites = graph.ledger.current("site")
    columns = graph.ledger.columns
    models = {name: str(version.data.get("custody_model") or "") for name, version in sites.items()}
    names = [*columns.places.names, ""]
    return [models.get(names[columns.events.site[event]], "") for event in graph.row_event.tolist()]


def _mixes(tracer: Tracer, element: str, model: str, level: str) -> Iterator[Finding]:
    """Yield each mix of several origins, known or not, at a site whose model forbids it."""
    graph = tracer.graph
    rows = [row for row, name in enumerate(_model_of_row(tracer)) if name == model]
    if not rows:
        return
    columns = tracer.level(level)
    shares = tracer.shares(element, level)[1]
    fix = "keep such lots apart, or declare the model that is practised"
    for row in rows:
        found = np.flatnonzero(shares[row] > 0).tolist()
        where = graph.ledger.columns.events.id[int(graph.row_event[row])]
        unstated = [place for place in found if columns.paths[place][-1] == UNKNOWN]
        if len(found) - len(unstated) > 1:
            names = ", ".join(columns.paths[place][-1] for place in found)
            message = f"the site declares {model}, but this mixes {element} of {names}"
            yield Finding("ORL-0401", Severity.WARNING, where, message, fix)
        elif unstated:
            message = (
                f"the site declares {model}, but where all the {element} in this mix comes from "
            )
            message += "is not stated, so it cannot be shown"
            fix_unstated = "record the origin of what went in, or keep such lots apart"
            yield Finding("ORL-0404", Severity.WARNING, where, message, fix_unstated)


def _unknown_proportions(tracer: Tracer, element: str) -> Iterator[Finding]:
    """Yield each mix at a controlled-blending site whose proportions are not known."""
    graph = tracer.graph
    weighted = graph.rows(element)
    for row, model in enumerate(_model_of_row(tracer)):
        span = slice(int(weighted.indptr[row]), int(weighted.indptr[row + 1]))
        low, high = weighted.weight_lo_mg[0][span], weighted.weight_hi_mg[0][span]
        if model == "controlled_blending" and not np.array_equal(low, high):
            where = graph.ledger.columns.events.id[int(graph.row_event[row])]
            yield Finding(
                "ORL-0402",
                Severity.WARNING,
                where,
                f"the site declares controlled blending, but the proportions of {element} "
                "in this blend are not known",
                "weigh and assay what goes in, or declare another model",
            )


def _excess_credits(tracer: Tracer) -> Iterator[Finding]:
    """Yield credits that exceed the material they were issued for."""
    ledger = tracer.graph.ledger
    issued: dict[tuple[str, str, str], int] = {}
    for event in _credit_events(ledger):
        body = event["body"]
        if body["action"] != "issue" or "lot" not in body:
            continue
        key = (body["lot"], body["analyte"], body["attribute"])
        issued[key] = issued.get(key, 0) + mass_bounds_mg(body["mass"])[0]
        carried = _carried_mg(tracer, key)
        if issued[key] > carried:
            yield Finding(
                "ORL-0403",
                Severity.WARNING,
                event["id"],
                f"{mass_text(issued[key], 'kg')} kg of {body['attribute']} {body['analyte']} "
                f"credit are issued for {body['lot']}, which is known to carry "
                f"{mass_text(carried, 'kg')} kg",
                "void the credit, or record what shows that the lot carries more",
            )


def _carried_mg(tracer: Tracer, key: tuple[str, str, str]) -> int:
    """Return the least metal in a lot that has an attribute: ``country:PK``, ``site:...``, any."""
    lot, element, attribute_name = key
    if lot not in tracer.graph.lot_number:
        return 0
    answer = trace_origins(tracer, lot, element)
    level, _, name = attribute_name.partition(":")
    if not name:
        return answer.metal_low_mg
    return sum(share.mass_low_mg for share in answer.at(level) if share.name == name)


def custody_model_of(ledger: Ledger, site: str) -> str | None:
    """Return the custody model that a site declares."""
    version = ledger.current("site").get(site)
    model: Mapping[str, Any] = {} if version is None else version.data
    return str(model["custody_model"]) if model.get("custody_model") else None
