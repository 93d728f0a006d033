"""The clause on assays of a written contract becomes the rule of the exchange."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal

import pytest

from oreline.model import InputError
from oreline.settle import (
    Contract,
    ExchangeState,
    LabResult,
    Lack,
    LotExchange,
    Side,
    Submission,
    decide_lot,
    exchange_rule,
)

HEAD = """
id = "fwo-ussm-1"
title = "Copper concentrate"
seller = "fwo"
buyer = "ussm"
materials = ["cu-conc"]
currency = "USD"
basis = "assumed"
source = "terms"
payables = [{ analyte = "Cu", method = "pct", pct = "96.5", price = "cu" }]
penalties = [{ analytes = ["As"], over = "0.2 %", step = "0.1 %", rate = "2 USD/dmt" }]
"""
ASSAYS = """
[assays]
rule = "exchange"
clause = "9"
deadline_days = 45
open_days = 3
late = "other_conclusive"
umpire = "mean_with_nearer"
tie = "umpire"
umpire_cost = "further_pays"
limits = [
  { analyte = "Cu", limit = "0.10 %", below = "20 %", clause = "9.2a", rounding = { to = "0.01" } },
  { analyte = "Cu", limit = "0.30 %", from = "20 %", clause = "9.2b", rounding = { to = "0.01" } },
  { analyte = "Au", limit = "0.5 g/dmt", unit = "g/dmt" },
]
"""


def contract(text: str = ASSAYS) -> Contract:
    return Contract.model_validate(tomllib.loads(HEAD + text))


def test_a_clause_says_how_assays_are_settled():
    rule = exchange_rule(contract())
    assert rule is not None
    assert [one.analyte for one in rule.analytes] == ["As", "Au", "Cu"]
    assert (rule.days, rule.days_from, rule.open_days) == (45, "sealing", 3)
    assert (str(rule.variant), str(rule.late), str(rule.tie)) == (
        "mean_with_nearer",
        "other_conclusive",
        "umpire",
    )
    _, gold, copper = rule.analytes
    assert (gold.unit, gold.limits[0].limit) == ("g/t", Decimal("0.5"))
    assert [one.clause for one in copper.limits] == ["9.2a", "9.2b"]


def test_what_is_penalised_without_a_limit_stays_open():
    rule = exchange_rule(contract())
    assert rule is not None
    day = date(2025, 10, 1)
    given = Submission(day, tuple(LabResult(name, Decimal("0.3"), "%") for name in ("As", "Cu")))
    both = LotExchange("fwo:1", day, {Side.SELLER: given, Side.BUYER: given})
    made = decide_lot(rule, both, day)
    arsenic, copper = made.at("As"), made.at("Cu")
    assert arsenic is not None
    assert copper is not None
    assert arsenic.missing == (Lack.LIMIT,)
    assert copper.state is ExchangeState.AGREED


@pytest.mark.parametrize(("rule", "assay"), [("seller", "28"), ("buyer", "26"), ("mean", "27")])
def test_contracts_that_call_nobody(rule: str, assay: str):
    made = exchange_rule(contract(f'[assays]\nrule = "{rule}"\n'))
    assert made is not None
    day = date(2025, 10, 1)
    sides = {
        side: Submission(day, (LabResult("Cu", Decimal(value), "%"),))
        for side, value in ((Side.SELLER, "28"), (Side.BUYER, "26"))
    }
    copper = decide_lot(made, LotExchange("fwo:1", None, sides), day).at("Cu")
    assert copper is not None
    assert (copper.state, copper.assay) == (ExchangeState.FINAL, Decimal(assay))
    empty = decide_lot(made, LotExchange("fwo:1"), day).at("Cu")
    assert empty is not None
    assert empty.assay is None


def test_a_contract_that_says_nothing_of_assays():
    assert exchange_rule(contract("")) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('unit = "g/dmt"', 'unit = "USD/t"'), "no unit"),
        (('from = "20 %"', 'from = "19 %"'), "same grade"),
        (('from = "20 %", clause = "9.2b", rounding = { to = "0.01" }', 'from = "20 %"'), "differ"),
    ],
)
def test_limits_that_contradict_are_refused(change: tuple[str, str], words: str):
    made = contract(ASSAYS.replace(*change))
    with pytest.raises(InputError, match=words):
        exchange_rule(made)
