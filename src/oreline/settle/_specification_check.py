"""Whether a shipment is what its contract describes: each limit with grade, verdict, evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from oreline.settle._clauses import Specification, SpecificationLimit
from oreline.settle._figures import SettledLot, goods_of
from oreline.settle._grades import settled_grade
from oreline.settle._results import decider_of
from oreline.settle._rounding import shown
from oreline.settle._settle import Settling
from oreline.settle._specification import (
    MOISTURE,
    SpecificationFinding,
    check_specification,
    transportable_limit,
)
from oreline.settle._statement import UNKNOWN_BASIS, Missing, Stage
from oreline.settle._weight import final_weight

if TYPE_CHECKING:
    import polars as pl

LimitVerdict = Literal["PASS", "OUTSIDE", "UNKNOWN"]


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """One limit held against one lot, or all lots as one.

    ``found_pct`` is % of the dry mass, of moisture (``H2O``) % of the wet mass; None where it is
    UNKNOWN, and ``message`` says why. ``otherwise`` is what follows where it is outside: reject,
    note, or not loaded. ``evidence`` names the events of the ledger.
    """

    goods: str
    subject: str
    least: str
    most: str
    found_pct: Decimal | None
    verdict: LimitVerdict
    otherwise: str
    message: str
    basis: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecificationCheck:
    """A specification held against a shipment, at a stage and as known on a day."""

    contract: str
    parcel: str
    stage: Stage
    on: date
    clause: str
    checks: tuple[LimitCheck, ...]

    @property
    def verdict(self) -> LimitVerdict:
        """Return OUTSIDE if one limit is, else UNKNOWN if one is or there is none, else PASS."""
        found = {one.verdict for one in self.checks}
        if "OUTSIDE" in found:
            return "OUTSIDE"
        return "UNKNOWN" if "UNKNOWN" in found or not found else "PASS"

    def to_json(self) -> dict[str, Any]:
        """Return the check as a JSON object; numbers are decimal text, UNKNOWN is null."""
        return {
            "contract": self.contract,
            "parcel": self.parcel,
            "stage": self.stage,
            "on": self.on.isoformat(),
            "clause": self.clause,
            "verdict": self.verdict,
            "checks": [_row(one) for one in self.checks],
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each limit and lot."""
        import polars as pl

        rows = [{**_row(one), "evidence": " ".join(one.evidence)} for one in self.checks]
        names = ("goods", "subject", "least", "most", "found_pct", "verdict", "otherwise",
                 "message", "basis", "evidence")  # fmt: skip
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _row(one: LimitCheck) -> dict[str, Any]:
    return {
        "goods": one.goods,
        "subject": one.subject,
        "least": one.least,
        "most": one.most,
        "found_pct": None if one.found_pct is None else f"{one.found_pct:f}",
        "verdict": one.verdict,
        "otherwise": one.otherwise,
        "message": one.message,
        "basis": one.basis,
        "evidence": list(one.evidence),
    }


def specification_check(
    asked: Settling, specification: Specification | None = None
) -> SpecificationCheck:
    """Return how a shipment meets a specification, by default its contract's own.

    Grades and moisture are those that the contract settles on at the stage: by lot where it settles
    by lot, else weighted over all lots by their dry mass. Where a dry mass is UNKNOWN each lot is
    held against the limits by itself. What is not assayed is UNKNOWN, never met.
    """
    spec = specification or asked.contract.specification
    checks: tuple[LimitCheck, ...] = ()
    if spec is not None:
        checks = tuple(_checks(asked, spec))
    clause = "" if spec is None else spec.clause or ""
    return SpecificationCheck(
        asked.contract.id, asked.parcel.id, asked.stage, asked.on, clause, checks
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A number with the reason where there is none."""

    pct: Decimal | None
    basis: str = UNKNOWN_BASIS
    evidence: tuple[str, ...] = ()
    why: str = ""


def _checks(asked: Settling, spec: Specification) -> Iterator[LimitCheck]:
    reasons: dict[tuple[str, str], str] = {}
    lots = tuple(_lots(asked, spec, reasons))
    every = goods_of(lots, by_lot=asked.contract.settled_by != "parcel")
    if every:
        for goods in every:
            found = {
                name: _Found(pct, goods.assays[name].basis, goods.assays[name].evidence)
                for name, pct in goods.grades.items()
            }
            of_it = [lot for lot in lots if goods.label in {lot.lot, "all lots"}]
            yield from _limits(spec, goods.label, found, _moisture(of_it), reasons)
        return
    for lot in lots:
        found = {name: _Found(one.pct, one.basis, one.evidence) for name, one in lot.grades.items()}
        yield from _limits(spec, lot.lot, found, _moisture([lot]), reasons)


def _lots(
    asked: Settling, spec: Specification, reasons: dict[tuple[str, str], str]
) -> Iterator[SettledLot]:
    """Yield the lots with the grades that have a limit; ``reasons`` takes why one is UNKNOWN."""
    contract = asked.contract
    decider = decider_of(contract) if asked.stage == "final" else None
    for lot in asked.parcel.lots:
        grades = {}
        for limit in spec.limits:
            found = settled_grade(contract, lot, limit.analyte, asked.stage, decider)
            if isinstance(found, Missing):
                reasons[lot.lot, limit.analyte] = found.why
            else:
                grades[limit.analyte] = found
        yield SettledLot(lot.lot, final_weight(contract.weight, lot, asked.stage), grades)


def _moisture(lots: list[SettledLot]) -> _Found:
    """Return the greatest moisture of some lots, UNKNOWN where one is."""
    every = [lot.weight.moisture_pct for lot in lots]
    for one in every:
        if one.value is None:
            return _Found(None, why=one.why or "the moisture of a lot is unknown")
    if not every:
        return _Found(None, why="there is no lot")
    wettest = max(every, key=lambda one: one.value or Decimal(0))
    return _Found(wettest.value, wettest.basis, wettest.evidence)


def _limits(
    spec: Specification,
    label: str,
    found: dict[str, _Found],
    moisture: _Found,
    reasons: dict[tuple[str, str], str],
) -> Iterator[LimitCheck]:
    grades = {name: one.pct for name, one in found.items() if one.pct is not None}
    judged = {one.subject: one for one in check_specification(spec, grades, moisture.pct)}
    for limit in spec.limits:
        of_it = found.get(limit.analyte)
        if of_it is None:
            why = reasons.get((label, limit.analyte)) or "one of the lots has no such assay"
            of_it = _Found(None, why=why)
        yield _limit(label, limit, of_it, judged.get(limit.analyte))
    dry_enough = transportable_limit(spec)
    if dry_enough is not None:
        yield _judged(
            label,
            (MOISTURE, "", f"< {shown(dry_enough)} %"),
            moisture,
            judged.get(MOISTURE),
            "not loaded",
        )


def _limit(
    label: str, limit: SpecificationLimit, of_it: _Found, judged: SpecificationFinding | None
) -> LimitCheck:
    ends = ["" if end is None else str(end) for end in (limit.min, limit.max)]
    return _judged(label, (limit.analyte, ends[0], ends[1]), of_it, judged, limit.otherwise)


def _judged(
    label: str,
    limit: tuple[str, str, str],
    of_it: _Found,
    judged: SpecificationFinding | None,
    otherwise: str,
) -> LimitCheck:
    verdict: LimitVerdict = "PASS"
    message = ""
    if judged is not None:
        verdict = "OUTSIDE" if judged.verdict == "outside" else "UNKNOWN"
        message = judged.message if verdict == "OUTSIDE" else of_it.why or judged.message
    return LimitCheck(
        label, *limit, of_it.pct, verdict, otherwise, message, of_it.basis, of_it.evidence
    )
