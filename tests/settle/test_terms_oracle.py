"""What a lot is worth, written a second time in fractions and apart from the product."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oreline.settle import Contract, Parcel, Reading, SettlementLot, Weighing, settle

LB_PER_T = Fraction("2204.62")
G_PER_OZT = Fraction("31.1035")
Terms = dict[str, Any]


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False)


TERMS = st.fixed_dictionaries(
    {
        "pct": decimals("50", "100", 2),
        "less": decimals("0", "3", 2),
        "price": decimals("1000", "20000", 2),
        "tc": decimals("-100", "200", 2),
        "base": decimals("1000", "20000", 0),
        "up": decimals("0", "0.2", 3),
        "down": decimals("0", "0.2", 3),
        "rc": decimals("-10", "30", 2),
        "basis": st.sampled_from(["payable", "contained"]),
        "share": decimals("-50", "50", 1),
        "side": st.sampled_from(["above", "below", "both"]),
        "over": decimals("0", "0.5", 2),
        "step": decimals("0.01", "0.2", 2),
        "rate": decimals("0", "10", 2),
        "steps": st.sampled_from(["pro_rata", "whole_step", "begun_step"]),
        "au_price": decimals("1000", "5000", 2),
        "freight": decimals("-200", "0", 2),
    }
)
LOT = st.fixed_dictionaries(
    {
        "wet": decimals("0", "20000", 3),
        "moisture": decimals("0", "15", 2),
        "cu": decimals("0", "40", 2),
        "au": decimals("0", "60", 2),
        "as": decimals("0", "2", 3),
        "sb": decimals("0", "2", 3),
    }
)


def expected(terms: Terms, lot: Terms) -> dict[str, Fraction]:
    """Return the lines in the order and by the words of the contract, unrounded."""
    t = {key: Fraction(one) if isinstance(one, Decimal) else one for key, one in terms.items()}
    wet, dry = Fraction(lot["wet"]), Fraction(lot["wet"]) * (100 - Fraction(lot["moisture"])) / 100
    cu, au = Fraction(lot["cu"]) / 100, Fraction(lot["au"])
    paid = max(Fraction(0), min(t["pct"] / 100 * cu, cu - t["less"] / 100))
    above, short = max(0, t["price"] - t["base"]), max(0, t["base"] - t["price"])
    shared = {"above": above, "below": short, "both": above - short}[t["side"]]
    charged = {"payable": paid, "contained": cu}[t["basis"]]
    excess = max(Fraction(0), Fraction(lot["as"]) + Fraction(lot["sb"]) - t["over"]) / t["step"]
    whole = excess.numerator // excess.denominator
    steps = {"pro_rata": excess, "whole_step": whole, "begun_step": -(-excess // 1)}[t["steps"]]
    gold_oz = dry * (max(Fraction(0), au - 1) * Fraction(9, 10)) / G_PER_OZT
    return {
        "payable-Cu": dry * paid * t["price"],
        "payable-Au": gold_oz * t["au_price"],
        "treatment": -dry * (t["tc"] + t["up"] * above - t["down"] * short),
        "refining-Cu": -dry * charged * t["rc"] / 100 * LB_PER_T,
        "participation-Cu": dry * paid * t["share"] / 100 * shared,
        "penalty-As+Sb": -dry * t["rate"] * steps,
        "line-freight": wet * t["freight"],
    }


def contract(terms: Terms) -> Contract:
    t = {key: f"{one:f}" if isinstance(one, Decimal) else one for key, one in terms.items()}
    base = f"{t['base']} USD/t"
    return Contract.model_validate(
        {
            "id": "c", "title": "Concentrate", "seller": "a", "buyer": "b", "materials": ["conc"],
            "currency": "USD", "basis": "assumed", "source": "A-1",
            "constants": {"lb_per_t": "2204.62", "g_per_ozt": "31.1035"},
            "weight": {"rule": "loading"}, "assays": {"rule": "seller"},
            "prices": [
                {"id": "cu", "fixed": f"{t['price']} USD/t"},
                {"id": "au", "fixed": f"{t['au_price']} USD/oz"},
            ],
            "payables": [
                {"analyte": "Cu", "method": "pct_min_deduction", "pct": t["pct"],
                 "deduction": f"{t['less']} %", "price": "cu"},
                {"analyte": "Au", "method": "excess", "pct": "90", "deduction": "1 g/dmt",
                 "price": "au", "unit": "g/dmt"},
            ],
            "treatment": {
                "rate": f"{t['tc']} USD/dmt",
                "escalation": {
                    "base": base, "price": "cu", "reading": "marginal", "steps": "pro_rata",
                    "bands": [
                        {"to": base, "change": f"{t['down']} USD/dmt", "per": "1 USD/t"},
                        {"from": base, "change": f"{t['up']} USD/dmt", "per": "1 USD/t"},
                    ],
                },
            },
            "refining": [{"analyte": "Cu", "rate": f"{t['rc']} c/lb", "basis": t["basis"]}],
            "participation": [
                {"analyte": "Cu", "price": "cu", "base": base, "share_pct": t["share"],
                 "side": t["side"]}
            ],
            "penalties": [
                {"analytes": ["As", "Sb"], "over": f"{t['over']} %", "step": f"{t['step']} %",
                 "rate": f"{t['rate']} USD/dmt", "steps": t["steps"]}
            ],
            "lines": [{"id": "freight", "title": "Freight", "rate": f"{t['freight']} USD/wmt"}],
        }
    )  # fmt: skip


@given(TERMS, LOT)
def test_a_statement_against_fractions(terms: Terms, lot: Terms) -> None:
    grades = {
        "Cu": lot["cu"] / 100,
        "Au": lot["au"] / 10**6,
        "As": lot["as"] / 100,
        "Sb": lot["sb"] / 100,
    }
    weighing = Weighing(Reading(lot["wet"]), Reading(lot["moisture"]), Reading(None))
    readings = {name: Reading(grade) for name, grade in grades.items()}
    goods = Parcel("p", (SettlementLot("a:1", weighing, None, {"seller": readings}),))
    made = settle(contract(terms), goods, {}, stage="final", on=date(2026, 1, 31))
    assert made.status == "SETTLED", made.missing
    wanted = expected(terms, lot)
    amounts = {line.id: line.amount for line in made.lines}
    assert amounts.keys() == wanted.keys()
    for name, value in wanted.items():
        amount = amounts[name]
        assert amount is not None
        assert abs(Fraction(amount) - value) <= Fraction(1, 200), name
    assert made.net_value == sum(amounts.values())  # type: ignore[arg-type]
