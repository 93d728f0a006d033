"""The page on terms of settlement is true: every table is worked out from the terms above it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oreline.model import UnitError
from oreline.settle import (
    Basket,
    Constants,
    Contract,
    Parcel,
    Participation,
    Payable,
    Penalty,
    Quantity,
    Reading,
    Refining,
    Rounding,
    SettlementLot,
    Specification,
    Treatment,
    Weighing,
    WeightClause,
    basket_value_per_dmt,
    check_specification,
    contradictions,
    escalated_rate,
    final_weight,
    parse_quantity,
    participation_per_t,
    payable_grade,
    penalty_rate,
    rate_at,
    rounded_to,
    settle,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settle-terms.md"
TEXT = PAGE.read_text(encoding="utf-8")
OPEN = re.compile(r"```toml open\n(.*?)```\n\n```text\n(.*?)\n```", re.DOTALL)
BLOCK = re.compile(r"```toml (\w+)\n(.*?)```\n(.*?)(?=\n```|\n#|\Z)", re.DOTALL)
TABLE = re.compile(r"^\|.*\|$", re.MULTILINE)
D = Decimal
Row = dict[str, str]


def quantity(text: str, dimension: str) -> Quantity:
    return parse_quantity(text, dimension)


def same(found: Quantity | None, printed: str, dimension: str) -> bool:
    """Return whether a quantity is what a cell prints, in the unit of the cell."""
    if printed == "UNKNOWN" or found is None:
        return found is None and printed == "UNKNOWN"
    wanted = quantity(printed, dimension)
    return round(found.to(wanted.unit), 12) == wanted.value


def grades(row: Row, *names: str) -> dict[str, Decimal]:
    return {name: quantity(row[name], "grade").to("%") for name in names if row.get(name)}


def payable(terms: dict[str, Any], row: Row) -> bool:
    clause = Payable.model_validate(terms)
    found = payable_grade(clause, quantity(row["grade"], "grade").to("%")).payable_pct
    return same(None if found is None else Quantity(found, "%"), row["payable"], "grade")


def treatment(terms: dict[str, Any], row: Row) -> bool:
    clause = Treatment.model_validate(terms)
    return same(charged(clause, row), row["charge"], "charge on dry mass")


def refining(terms: dict[str, Any], row: Row) -> bool:
    clause = Refining.model_validate(terms)
    return same(charged(clause, row), row["charge"], "price")


def charged(clause: Treatment | Refining, row: Row) -> Quantity | None:
    grade = quantity(row["grade"], "grade").to("%") if "grade" in row else None
    rate = rate_at(clause, grade, Constants()).rate
    price = quantity(row["price"], "price").to("USD/t") if "price" in row else None
    return None if rate is None else escalated_rate(rate, clause.escalation, price).rate


def participation(terms: dict[str, Any], row: Row) -> bool:
    clause = Participation.model_validate(terms)
    price = quantity(row["price"], "price").to("USD/t")
    return same(participation_per_t(clause, price).rate, row["amount"], "price")


def penalty(terms: dict[str, Any], row: Row) -> bool:
    clause = Penalty.model_validate(terms)
    found = penalty_rate(clause, grades(row, *clause.analytes))
    if row["penalty"] == "rejected":
        return found.rejected
    return not found.rejected and same(found.rate, row["penalty"], "charge on dry mass")


def basket(terms: dict[str, Any], row: Row) -> bool:
    clause = Basket.model_validate(terms)
    names = (*(item.analyte for item in clause.items), clause.aggregate)
    prices = {item.price for item in clause.items if item.price is not None}
    found = basket_value_per_dmt(
        clause,
        grades(row, *names),
        {name: quantity(row[name], "price").to("USD/t") for name in prices},
    ).value
    made = None if found is None else Quantity(found, "USD/dmt")
    return same(made, row["value"], "charge on dry mass")


def weight(terms: dict[str, Any], row: Row) -> bool:
    cells = list(row.values())

    def weighing(wet: str, moisture: str) -> Weighing:
        water = Reading(D(moisture)) if moisture else Reading(None, why="not told")
        return Weighing(Reading(D(wet)), water, Reading(None))

    lot = SettlementLot("a:1", weighing(*cells[:2]), weighing(*cells[2:4]))
    found = final_weight(WeightClause.model_validate(terms), lot, "final").dry.value
    return same(None if found is None else Quantity(found, "dmt"), cells[4], "dry mass")


def specification(terms: dict[str, Any], row: Row) -> bool:
    spec = Specification.model_validate(terms)
    moisture = quantity(row["H2O"], "grade").value
    found = check_specification(spec, grades(row, *(one.analyte for one in spec.limits)), moisture)
    verdict, _, subjects = row["outcome"].partition(": ")
    if verdict == "met":
        return found == ()
    told = [(one.verdict, one.subject) for one in found]
    return told == [(verdict, subject) for subject in subjects.split(", ")]


def rounding(terms: dict[str, Any], row: Row) -> bool:
    return rounded_to(D(row["number"]), Rounding.model_validate(terms)) == D(row["rounded"])


def contract(terms: dict[str, Any], row: Row) -> bool:
    weighing = Weighing(Reading(D(13000)), Reading(None, why="not told"), Reading(D(12000)))
    lot = SettlementLot("mine:1", weighing, None, {"seller": {"Cu": Reading(D("0.28"))}})
    made = settle(
        Contract.model_validate(terms),
        Parcel("p", (lot,)),
        {},
        stage="final",
        on=date(2026, 1, 31),
    )
    assert made.status == "SETTLED", made.missing
    amounts = {line.id: line.amount for line in made.lines}
    amounts["net value"] = made.net_value
    assert len(amounts) == 6
    return amounts[row["line"]] == D(row["amount"])


WORKED: dict[str, Callable[[dict[str, Any], Row], bool]] = {
    "payable": payable,
    "treatment": treatment,
    "refining": refining,
    "participation": participation,
    "penalty": penalty,
    "basket": basket,
    "weight": weight,
    "specification": specification,
    "rounding": rounding,
    "contract": contract,
}


def worked() -> list[Any]:
    """Return each row of the table that follows a block of terms, with the terms."""
    found = []
    for kind, terms, rest in BLOCK.findall(TEXT):
        if kind == "open":
            continue
        lines = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.findall(rest)
        ]
        head = [
            f"{name} {at}" if lines[0].count(name) > 1 else name for at, name in enumerate(lines[0])
        ]
        for cells in lines[2:]:
            row = dict(zip(head, cells, strict=True))
            found.append(pytest.param(kind, terms, row, id=f"{kind}: {' '.join(cells)}"))
    return found


def test_every_kind_of_clause_is_worked_out() -> None:
    assert {kind for kind, _, _ in BLOCK.findall(TEXT)} == {*WORKED, "open"}


@pytest.mark.parametrize(("kind", "terms", "row"), worked())
def test_the_number_in_the_table(kind: str, terms: str, row: Row) -> None:
    assert WORKED[kind](tomllib.loads(terms), row)


@pytest.mark.parametrize(("kind", "terms", "row"), worked())
def test_another_number_would_be_noticed(kind: str, terms: str, row: Row) -> None:
    name, printed = list(row.items())[-1]
    wrong = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), printed)
    if wrong == printed:
        wrong = "7"
    try:
        assert not WORKED[kind](tomllib.loads(terms), {**row, name: wrong})
    except UnitError:
        assert not re.search(r"\d", printed)


HEAD = {
    "id": "c", "title": "Copper concentrate", "seller": "mine", "buyer": "smelter",
    "materials": ["cu-conc"], "currency": "USD", "basis": "assumed", "source": "A-1",
    "constants": {"lb_per_t": "2204.6"},
    "prices": [{"id": "cu", "fixed": "9000 USD/t"}],
    "payables": [{"analyte": "Cu", "method": "pct", "pct": "96.5", "price": "cu"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "printed"),
    re.findall(r"```toml open\n(.*?)```\n\n```text\n(.*?)\n```", TEXT, re.DOTALL),
)
def test_the_readings_that_the_page_prints(terms: str, printed: str) -> None:
    made = Contract.model_validate({**HEAD, **tomllib.loads(terms)})
    assert [str(one) for one in contradictions(made)] == [printed]


def test_the_example_in_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), {})


@pytest.mark.parametrize(
    "model",
    [
        WeightClause, Payable, Treatment, Refining, Participation, Penalty, Basket, Specification,
        Rounding,
    ],
)  # fmt: skip
def test_every_field_of_a_clause_is_named(model: Any) -> None:
    common = {"clause", "note"}
    names = {field.alias or name for name, field in model.model_fields.items()} - common
    assert {name for name in names if f"`{name}" not in TEXT} == set()
