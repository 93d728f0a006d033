"""The published JSON Schema, by a validating library that knows nothing of oreline."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import UnitError
from oreline.settle import Contract, contract_schema, contract_text, parse_quantity, read_contract
from oreline.settle._contract_schema import UNITS, quantity_pattern

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "reference" / "contract.schema.json"
FILES = sorted((Path(__file__).parent / "contracts").glob("*.toml"))
COPPER = (Path(__file__).parent / "contracts" / "copper.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text("utf-8")))


def written(text: str) -> Any:
    """Read TOML as a program would that hands it to the validator."""
    found = tomllib.loads(text, parse_float=str)
    return json.loads(json.dumps(found, default=lambda day: day.isoformat()))


def test_the_schema_is_one(validator: Any) -> None:
    jsonschema_rs.meta.validate(contract_schema())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_accepts_the_examples_as_written_by_hand_and_by_oreline(
    validator: Any, file: Path
) -> None:
    text = file.read_text("utf-8")
    validator.validate(written(text))
    contract, _ = read_contract(text, file.name)
    assert contract is not None
    validator.validate(written(contract_text(contract)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("80 USD/dmt", "80 USD/lb"),
        ("80 USD/dmt", "80USD/dmt"),
        ("8 c/lb", "8 c/dmt"),
        ("0.30 %", "0.30 USD/t"),
        ('currency = "USD"\n', ""),
        ("franchise_pct", "franchise"),
        ('rule = "exchange"', 'rule = "Exchange"'),
        ("deadline_days = 45", "deadline_days = 0"),
        ("2025-09-01", '"1 September"'),
        ('id = "cu-1"', 'id = "cu 1"'),
        ("in_containers = true", 'in_containers = "yes"'),
    ],
)
def test_it_refuses_what_the_reader_refuses(validator: Any, before: str, after: str) -> None:
    assert before in COPPER
    broken = COPPER.replace(before, after, 1)
    contract, _ = read_contract(broken, "x")
    assert contract is None
    assert not validator.is_valid(written(broken))


PARTS = ["USD", "CNY", "c", "USc", "$", "US$", "cent", "t", "kg", "g", "mg", "lb", "oz", "ozt",
         "mtu", "st", "stu", "dmt", "dkg", "dlb", "dst", "doz", "wmt", "wkg", "%", "ppm", "ppb",
         "pct", "percent", "USDX", "NaN", ""]  # fmt: skip
NUMBERS = st.sampled_from(["80", "-1.5", "+2", ".5", "3.", "1e3", "1,5", "NaN", "inf", "", "x"])


@given(NUMBERS, st.sampled_from([" ", "  ", ""]), st.sampled_from(PARTS), st.sampled_from(PARTS))
def test_its_patterns_know_the_units_that_the_reader_knows(
    number: str, gap: str, top: str, below: str
) -> None:
    text = f"{number}{gap}{top}/{below}" if below else f"{number}{gap}{top}"
    for dimension in UNITS:
        try:
            parse_quantity(text, dimension)
            expected = True
        except UnitError:
            expected = False
        schema = {"type": "string", "pattern": quantity_pattern([dimension])}
        assert jsonschema_rs.is_valid(schema, text) == expected, (dimension, text)


def test_exact_numbers_are_text_or_digits(validator: Any) -> None:
    told = written(COPPER)
    told["payables"][0]["pct"] = 96.5
    validator.validate(told)
    assert Contract.model_validate(written(COPPER)).payables[0].pct == Decimal("96.5")


WORDS = ["", "1", "-1", "0", "101", "1.5", "true", '"x"', '"80 USD/t"', '"1 %"', '"1 ppm"', "[]",
         "{}", '"2025-02-30"', "2025-10-01", '"Cu"', '"mean"', "nan", '"45"', '"1e3"']  # fmt: skip


@given(st.data())
def test_what_the_reader_accepts_the_schema_accepts(data: st.DataObject) -> None:
    lines = COPPER.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition(" = ")
        kind = data.draw(st.sampled_from(["value", "remove", "repeat"]))
        if kind == "value" and equals:
            lines[at] = f"{key} = {data.draw(st.sampled_from(WORDS))}"
        elif kind == "remove":
            lines[at] = ""
        else:
            lines.insert(at, data.draw(st.sampled_from(lines)))
    text = "\n".join(lines)
    contract, findings = read_contract(text, "x")
    clear = {finding.code for finding in findings} <= {"ORL-0806", "ORL-0807"}
    if contract is not None or (findings and clear):
        jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text("utf-8"))).validate(
            written(text)
        )
