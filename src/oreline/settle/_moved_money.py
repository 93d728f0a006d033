"""What money would move if an entry of the ledger were another: statements before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from oreline.model import InputError
from oreline.record import Ledger
from oreline.settle._contract import Contract
from oreline.settle._declared import prices_of
from oreline.settle._exchange_log import exchange_logs
from oreline.settle._ledger_invoices import Invoice, invoices_of, paid_before
from oreline.settle._ledger_parcel import parcel_of
from oreline.settle._ledger_settling import with_declared
from oreline.settle._parcel import Parcel
from oreline.settle._prices import PriceSeries
from oreline.settle._settle import Settling, statement_of
from oreline.settle._shipments import Shipment, find_shipment, shipments_of
from oreline.settle._statement import Stage, Statement, StatementLine
from oreline.settle._statement_tables import statement_hash
from oreline.settle._told import stages_of

if TYPE_CHECKING:
    import polars as pl

Turning = Literal[
    "penalty begins",
    "penalty ends",
    "no longer paid",
    "paid for",
    "payable to penal",
    "penal to payable",
    "may be rejected",
    "may not be rejected",
    "no longer settled",
    "settled",
]
"""What turns in a statement, beyond amounts that grow or shrink."""
Standing = Literal["stands", "stale", "was stale"]
"""Whether an invoice is still what its statement says; or was not before either."""
WhyUnmoved = Literal["exchanged", "other"]
"""Why a shipment of the lot is worth what it was: what both sides sealed and exchanged holds until
both agree on another result, or nothing that counts under the contract comes from the entry."""


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A line whose amount is another; None where it is UNKNOWN or not there."""

    line: str
    kind: str
    subject: str
    title: str
    clause: str
    before: Decimal | None
    after: Decimal | None
    formula_before: str
    formula_after: str

    @property
    def difference(self) -> Decimal | None:
        """Return after less before, None where either is UNKNOWN."""
        return _less(self.after, self.before)


@dataclass(frozen=True, slots=True)
class MovedGrade:
    """An analyte whose grade, payable content or both are another."""

    analyte: str
    grade_pct_before: Decimal | None
    grade_pct_after: Decimal | None
    payable_t_before: Decimal | None
    payable_t_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that turns; ``subject`` is the analyte or what the finding is about."""

    what: Turning
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MovedStatement:
    """A statement that would be another: all that moved of it, and both as a whole."""

    before: Statement
    after: Statement
    lines: tuple[MovedLine, ...]
    grades: tuple[MovedGrade, ...]
    turns: tuple[Turn, ...]

    @property
    def difference(self) -> Decimal | None:
        """Return by how much the net value moves, None where one of the two is not settled."""
        return _less(self.after.net_value, self.before.net_value)


@dataclass(frozen=True, slots=True)
class MovedInvoice:
    """An invoice of a shipment that moves, and what its statement would ask for instead."""

    invoice: Invoice
    contract: str
    shipment: str
    standing: Standing
    due_after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Return what the buyer would owe more, negative where the seller gives back."""
        return _less(self.due_after, self.invoice.amount)


@dataclass(frozen=True, slots=True)
class UnmovedShipment:
    """A shipment with the lot that is worth what it was, and why."""

    contract: str
    shipment: str
    why: WhyUnmoved


@dataclass(frozen=True, slots=True)
class MovedMoney:
    """What money would move as of a day: statements, invoices, and what does not move."""

    on: date
    statements: tuple[MovedStatement, ...]
    invoices: tuple[MovedInvoice, ...]
    unmoved: tuple[UnmovedShipment, ...]

    def to_frame(self) -> pl.DataFrame:
        """Return one row for each line that moves; amounts as decimal text."""
        import polars as pl

        rows = [
            (
                *(one.before.contract, one.before.parcel, one.before.stage, one.before.currency),
                *(line.line, line.kind, line.subject, line.clause),
                *(_text(line.before), _text(line.after), _text(line.difference)),
            )
            for one in self.statements
            for line in one.lines
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object; numbers are decimal text, UNKNOWN is null."""
        return {
            "on": self.on.isoformat(),
            "statements": [_statement_json(one) for one in self.statements],
            "invoices": [_invoice_json(one) for one in self.invoices],
            "unmoved": [
                {"contract": one.contract, "shipment": one.shipment, "why": one.why}
                for one in self.unmoved
            ],
        }


_COLUMNS = (
    "contract", "shipment", "stage", "currency", "line", "kind", "subject", "clause",
    "before", "after", "difference",
)  # fmt: skip


def moved_money(
    before: Ledger, after: Ledger, contracts: Iterable[Contract], event: str, on: date
) -> MovedMoney:
    """Say what money would move if an entry were another; nothing is written.

    Parameters
    ----------
    before, after
        The ledger as it is, and as it would be: in memory, as ``with_amendments`` makes it.
    contracts
        Under which shipments are looked for.
    event
        The entry that is another.
    on
        With what is known on this day. An invoice is compared with its statement as of its own day.
    """
    lots = _lots_of(before, event) | _lots_of(after, event)
    prices = prices_of(before)[0]
    statements: list[MovedStatement] = []
    invoices: list[MovedInvoice] = []
    unmoved: list[UnmovedShipment] = []
    for contract in contracts:
        for shipment in shipments_of(before, contract):
            if not lots & shipment.names:
                continue
            pair = _Pair(before, after, contract, shipment, prices)
            found = list(pair.statements(on))
            statements += found
            billed = list(pair.invoices())
            if found or any(one.standing == "stale" for one in billed):
                invoices += billed
            else:
                why: WhyUnmoved = "exchanged" if pair.is_sealed(lots) else "other"
                unmoved.append(UnmovedShipment(contract.id, shipment.id, why))
    return MovedMoney(on, tuple(statements), tuple(invoices), tuple(unmoved))


def invoice_stands(
    ledger: Ledger, contract: Contract, shipment: Shipment, invoice: Invoice
) -> bool | None:
    """Return whether an invoice is still what its statement says; None where it names none."""
    if invoice.stage is None or not invoice.statement:
        return None
    day = date.fromisoformat(invoice.on or invoice.day)
    pair = _Pair(ledger, ledger, contract, shipment, prices_of(ledger)[0])
    return pair.hash_now(invoice.stage, day) == invoice.statement


@dataclass(frozen=True, slots=True)
class _Pair:
    """A shipment in both ledgers."""

    before: Ledger
    after: Ledger
    contract: Contract
    shipment: Shipment
    prices: Mapping[str, PriceSeries]

    def statements(self, on: date) -> Iterator[MovedStatement]:
        """Yield each stage whose statement is another."""
        old, new = self._parcels(on)
        if old == new:
            return
        for stage in stages_of(self.contract):
            one = self._settled(self.before, old, stage, on)
            two = self._settled(self.after, new, stage, on)
            if statement_hash(one) != statement_hash(two):
                turns = tuple(_turns(one, two))
                yield MovedStatement(one, two, tuple(_lines(one, two)), _grades(one, two), turns)

    def invoices(self) -> Iterator[MovedInvoice]:
        """Yield each invoice that says of which statement it is, and whether it still is."""
        for invoice in invoices_of(self.before, self.contract, self.shipment.names):
            if invoice.stage is None or not invoice.statement:
                continue
            day = date.fromisoformat(invoice.on or invoice.day)
            old, new = self._parcels(day)
            was = self._settled(self.before, old, invoice.stage, day)
            now = self._settled(self.after, new, invoice.stage, day)
            standing: Standing = "stands"
            if statement_hash(was) != invoice.statement:
                standing = "was stale"
            elif statement_hash(now) != invoice.statement:
                standing = "stale"
            identity, contract = self.shipment.id, self.contract.id
            yield MovedInvoice(invoice, contract, identity, standing, now.due)

    def hash_now(self, stage: Stage, on: date) -> str:
        """Return the hash of the statement as it stands."""
        parcel = parcel_of(self.before, self.contract, self.shipment, on)
        return statement_hash(self._settled(self.before, parcel, stage, on))

    def is_sealed(self, lots: frozenset[str]) -> bool:
        """Return whether results of one of the lots were sealed under the contract."""
        logs = exchange_logs(self.before, self.contract.id, set(lots & self.shipment.names))
        return any(log.is_sealed for log in logs.values())

    def _parcels(self, on: date) -> tuple[Parcel, Parcel]:
        old = parcel_of(self.before, self.contract, self.shipment, on)
        try:
            same = find_shipment(self.after, self.contract, self.shipment.id)
        except InputError:
            # It never left: nothing of it is there to be paid.
            return old, Parcel(self.shipment.id, ())
        return old, parcel_of(self.after, self.contract, same, on)

    def _settled(self, ledger: Ledger, parcel: Parcel, stage: Stage, on: date) -> Statement:
        plain = Settling(self.contract, parcel, self.prices, stage, on)
        asked = with_declared(plain, ledger, self.shipment)
        # What was asked for before is no matter of the grade: it is the same in both.
        paid = paid_before(self.before, self.contract, parcel, stage).amount
        return statement_of(asked, paid)


def _lots_of(ledger: Ledger, event: str) -> frozenset[str]:
    """Return the lots that an event names; of an assay of a sample, the lot it was taken of."""
    if event not in ledger.columns.events.id:
        return frozenset()
    body = ledger.find(event)["body"]
    found = {body[name] for name in ("lot",) if name in body}
    if body.get("sample") in ledger.columns.samples:
        found.add(ledger.columns.samples[body["sample"]][0])
    for name in ("lots", "inputs", "outputs"):
        for line in body.get(name, ()):
            found.add(line if isinstance(line, str) else line.get("lot", ""))
    return frozenset(found)


def _lines(one: Statement, two: Statement) -> Iterator[MovedLine]:
    old = {line.id: line for line in one.lines}
    new = {line.id: line for line in two.lines}
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        line: StatementLine | None = now or was
        assert line is not None
        left, right = (None if item is None else item.amount for item in (was, now))
        if left != right:
            told = (line.kind, line.subject, line.title, line.clause)
            how = ("" if item is None else item.formula for item in (was, now))
            yield MovedLine(name, *told, left, right, *how)


def _grades(one: Statement, two: Statement) -> tuple[MovedGrade, ...]:
    old = {item.analyte: item for item in one.analytes}
    new = {item.analyte: item for item in two.analytes}
    found = []
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        grades = [None if item is None else item.grade_pct for item in (was, now)]
        payable = [None if item is None else item.payable_t for item in (was, now)]
        if grades[0] != grades[1] or payable[0] != payable[1]:
            found.append(MovedGrade(name, *grades, *payable))
    return tuple(found)


def _turns(one: Statement, two: Statement) -> Iterator[Turn]:
    """Yield what turns: an impurity that begins to cost, a metal no longer paid, a rejection."""
    sides = [_sides(statement) for statement in (one, two)]
    for subject in dict.fromkeys((*sides[0], *sides[1])):
        before, after = (side.get(subject, frozenset()) for side in sides)
        if before == {"paid"} and after == {"penal"}:
            yield Turn("payable to penal", subject)
        elif before == {"penal"} and after == {"paid"}:
            yield Turn("penal to payable", subject)
        else:
            if "penal" in before ^ after:
                yield Turn("penalty begins" if "penal" in after else "penalty ends", subject)
            if "paid" in before ^ after and not {one.net_value, two.net_value} & {None}:
                yield Turn("paid for" if "paid" in after else "no longer paid", subject)
    refused = [{gap.where: gap.why for gap in s.missing if gap.what == "acceptance"}
               for s in (one, two)]  # fmt: skip
    for where in dict.fromkeys((*refused[0], *refused[1])):
        if where not in refused[0]:
            yield Turn("may be rejected", where, refused[1][where])
        elif where not in refused[1]:
            yield Turn("may not be rejected", where, refused[0][where])
    settled = [statement.status != "NOT SETTLED" for statement in (one, two)]
    if settled[0] != settled[1]:
        gaps = (two if settled[0] else one).missing
        # Of goods that may be rejected it was said above.
        told = "; ".join(f"{gap.where}: {gap.why}" for gap in gaps if gap.what != "acceptance")
        yield Turn("settled" if settled[1] else "no longer settled", two.parcel, told)


def _sides(statement: Statement) -> dict[str, frozenset[str]]:
    """Return by analyte whether it brings money (paid), costs some (penal), or both."""
    found: dict[str, frozenset[str]] = {}
    for line in statement.lines:
        if line.kind == "payable" and line.amount is not None and line.amount > 0:
            found[line.subject] = found.get(line.subject, frozenset()) | {"paid"}
        elif line.kind == "penalty" and line.amount is not None and line.amount < 0:
            for name in line.subject.split("+"):
                found[name] = found.get(name, frozenset()) | {"penal"}
    return found


def _less(after: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if after is None or before is None else after - before


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _statement_json(one: MovedStatement) -> dict[str, Any]:
    def side(statement: Statement) -> dict[str, Any]:
        return {
            "status": statement.status,
            "net_value": _text(statement.net_value),
            "due": _text(statement.due),
            "hash": statement_hash(statement),
        }

    return {
        "contract": one.before.contract,
        "shipment": one.before.parcel,
        "stage": one.before.stage,
        "currency": one.before.currency,
        "before": side(one.before),
        "after": side(one.after),
        "difference": _text(one.difference),
        "lines": [
            {
                **{name: getattr(line, name) for name in _LINE},
                "before": _text(line.before),
                "after": _text(line.after),
                "difference": _text(line.difference),
            }
            for line in one.lines
        ],
        "grades": [
            {"analyte": item.analyte} | {name: _text(getattr(item, name)) for name in _GRADE}
            for item in one.grades
        ],
        "turns": [
            {"what": turn.what, "subject": turn.subject, "detail": turn.detail}
            for turn in one.turns
        ],
    }


_LINE = ("line", "kind", "subject", "title", "clause", "formula_before", "formula_after")
_GRADE = ("grade_pct_before", "grade_pct_after", "payable_t_before", "payable_t_after")


def _invoice_json(one: MovedInvoice) -> dict[str, Any]:
    return {
        "invoice": one.invoice.event,
        "contract": one.contract,
        "shipment": one.shipment,
        "stage": one.invoice.stage,
        "day": one.invoice.on or one.invoice.day,
        "standing": one.standing,
        "amount": _text(one.invoice.amount),
        "due_after": _text(one.due_after),
        "difference": _text(one.difference),
    }
