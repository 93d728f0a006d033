"""The umpire's cost as a line of the final statement: who bears it, who paid it, what is owed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parcels import copper, daily, lot, parcel
from shipped import LOT, SHIPMENT, assay, event, ledger_of, percent, terms
from test_terms_mutations import altered

from oreline.model import InputError
from oreline.settle import (
    Contract,
    Settling,
    Statement,
    UmpireFee,
    contradictions,
    parcel_of,
    parse_quantity,
    read_parcel,
    settle,
    umpire_invoice_draft,
    waterfall,
)

D = Decimal
FEE = {"umpire_fee": "450 USD", "umpire_fee_per": "analyte", "umpire_paid_by": "seller"}


def assays(**changes: Any) -> dict[str, Any]:
    return {
        "rule": "exchange", "umpire": "middle", "umpire_cost": "further_pays", "clause": "6.4",
        "limits": [{"analyte": "Cu", "limit": "0.3 %"}], **FEE, **changes,
    }  # fmt: skip


def made(umpire: str | None, *fees: UmpireFee, stage: str = "final", **changes: Any) -> Statement:
    """Return a statement where the seller found 29.00 and the buyer 28.00 % copper."""
    roles = {"seller": {"Cu": "29.00"}, "buyer": {"Cu": "28.00"}}
    if umpire is not None:
        roles["umpire"] = {"Cu": umpire}
    sold = parcel(lot("CU-1", "1000", "8", **roles))
    sold = type(sold)(sold.id, sold.lots, sold.days, sold.evidence, fees)
    contract = copper(assays=assays(**changes), prices=[{"id": "cu", "fixed": "9000 USD/t"}])
    return settle(contract, sold, {}, stage=stage, on=date(2026, 3, 1))  # type: ignore[arg-type]


def owed(statement: Statement) -> list[str]:
    return [f"{one.amount:f}" for one in statement.lines if one.kind == "umpire"]


@pytest.mark.parametrize(
    ("umpire", "rule", "first", "amount"),
    [
        # The umpire lies nearer to the seller: the buyer bears it, who owes what the seller paid.
        ("28.70", "further_pays", "seller", "450.00"),
        ("28.70", "further_pays", "buyer", "0.00"),
        ("28.70", "further_pays", "halves", "225.00"),
        ("28.70", "further_pays", "bearer", "0.00"),
        ("28.20", "further_pays", "seller", "0.00"),
        ("28.20", "further_pays", "buyer", "-450.00"),
        ("28.50", "further_pays", "seller", "225.00"),
        ("28.70", "shared", "seller", "225.00"),
        ("28.70", "shared", "buyer", "-225.00"),
        ("28.70", "seller", "buyer", "-450.00"),
        ("28.70", "buyer", "seller", "450.00"),
    ],
)
def test_what_one_party_owes_the_other(umpire: str, rule: str, first: str, amount: str) -> None:
    statement = made(umpire, umpire_cost=rule, umpire_paid_by=first)
    assert owed(statement) == [amount]
    assert statement.status == "SETTLED"
    line = next(one for one in statement.lines if one.kind == "umpire")
    assert line.clause == "6.4"
    assert f"umpire {umpire}" in line.formula
    assert "seller 29.00" in line.formula


def test_the_line_is_part_of_the_net_value() -> None:
    paid, not_paid = made("28.70"), made("28.70", umpire_paid_by="bearer")
    assert paid.net_value is not None
    assert not_paid.net_value is not None
    assert paid.net_value - not_paid.net_value == D(450)


@given(
    st.decimals("27", "30", places=2),
    st.sampled_from(["further_pays", "shared", "seller", "buyer"]),
    st.sampled_from(["seller", "buyer", "halves"]),
)
def test_each_party_ends_with_what_it_bears(umpire: D, rule: str, first: str) -> None:
    """Whoever pays first, after the line each has paid exactly its own part."""
    statement = made(f"{umpire:f}", umpire_cost=rule, umpire_paid_by=first)
    (line,) = [D(one) for one in owed(statement)]
    paid = {"seller": D(450), "buyer": D(0), "halves": D(225)}[first]
    seller = paid - line
    near, far = abs(umpire - 29), abs(umpire - 28)
    further = D(225) if near == far else D(0) if near < far else D(450)
    by_rule = {"further_pays": further, "shared": D(225), "seller": D(450), "buyer": D(0)}
    assert seller == by_rule[rule]


def test_without_an_umpire_nothing_is_charged() -> None:
    within = copper(assays=assays(), prices=[{"id": "cu", "fixed": "9000 USD/t"}])
    sold = parcel(lot("CU-1", "1000", "8", seller={"Cu": "28.2"}, buyer={"Cu": "28.0"}))
    assert owed(settle(within, sold, {}, stage="final", on=date(2026, 3, 1))) == []
    assert owed(made("28.70", stage="provisional")) == []


def test_an_umpire_of_whom_nobody_states_the_cost_is_noted() -> None:
    statement = made("28.70", umpire_fee=None, umpire_fee_per=None, umpire_paid_by=None)
    assert owed(statement) == []
    assert any("not part of this statement" in note for note in statement.notes)
    assert any("buyer" in note for note in statement.notes)


def fee(amount: str = "450 USD", by: str = "seller", *analytes: str) -> UmpireFee:
    return UmpireFee("CU-1", parse_quantity(amount, "money"), by, analytes, ("AK-77",))


def test_an_invoice_of_the_umpire_comes_before_the_fee_of_the_contract() -> None:
    statement = made("28.70", fee("512.35 USD"))
    assert owed(statement) == ["512.35"]
    line = next(one for one in statement.lines if one.kind == "umpire")
    assert line.inputs[0].evidence == ("AK-77",)


@pytest.mark.parametrize(
    ("umpire", "fees", "changes", "why"),
    [
        ("28.70", (fee(),), {"umpire_cost": None, "umpire_fee": None}, "does not say who bears"),
        (None, (fee(),), {}, "no umpire decided"),
        ("28.70", (fee("450 USD", "seller", "Ag"),), {}, "Ag, which no umpire decided"),
        ("28.70", (fee("450 EUR"),), {}, "the contract is in USD"),
        ("28.70", (fee("450 USD", ""),), {}, "which party pays first"),
    ],
)
def test_a_fee_that_cannot_be_divided_settles_nothing(
    umpire: str | None, fees: tuple[UmpireFee, ...], changes: dict[str, Any], why: str
) -> None:
    statement = made(umpire, *fees, **changes)
    assert statement.status == "NOT SETTLED"
    assert any(why in one.why for one in statement.missing), statement.missing


def test_one_fee_for_analytes_that_are_borne_differently_settles_nothing() -> None:
    limits = [{"analyte": "Cu", "limit": "0.3 %"}, {"analyte": "As", "limit": "0.05 %"}]
    sold = parcel(
        lot(
            "CU-1", "1000", "8",
            seller={"Cu": "29.00", "As": "0.10"},
            buyer={"Cu": "28.00", "As": "0.30"},
            umpire={"Cu": "28.70", "As": "0.28"},
        )
    )  # fmt: skip
    penalty = {"analytes": ["As"], "over": "0.2 %", "step": "0.1 %", "rate": "2 USD/dmt"}

    def statement(per: str) -> Statement:
        contract = copper(
            assays=assays(limits=limits, umpire_fee_per=per),
            prices=[{"id": "cu", "fixed": "9000 USD/t"}],
            penalties=[{**penalty, "steps": "pro_rata"}],
        )
        return settle(contract, sold, {}, stage="final", on=date(2026, 3, 1))

    # The buyer lies further off on copper, the seller on arsenic.
    assert owed(statement("analyte")) == ["0.00", "450.00"]
    refused = statement("lot")
    assert refused.status == "NOT SETTLED"
    assert any("borne differently" in one.why for one in refused.missing)


def refusals(**changes: Any) -> dict[str, tuple[str, ...]]:
    contract = copper(assays=assays(**changes))
    found = contradictions(contract)
    return {one.clause: tuple(str(reading) for reading in one.readings) for one in found}


def test_a_contract_that_leaves_the_cost_open_is_refused_with_what_each_reading_pays() -> None:
    assert refusals(deadline_days=None) == {}
    cost = refusals(umpire_cost=None)["assays.umpire_cost"]
    assert "further_pays: the buyer of 450 USD" in cost
    assert "shared: each party half of 450 USD" in cost
    assert refusals(umpire_fee_per=None)["assays.umpire_fee_per"] == (
        "for each analyte: 900 USD", "for the lot: 450 USD",
    )  # fmt: skip
    assert (
        "in halves: the buyer owes 225 USD"
        in refusals(umpire_paid_by=None)["assays.umpire_paid_by"]
    )
    assert "assays.umpire_fee" in refusals(umpire_fee="0 USD")
    assert "assays.umpire_fee" in refusals(umpire="seller")
    assert "assays.umpire_fee" in refusals(umpire_fee="450 EUR")
    assert "assays.umpire_cost" in refusals(rule="umpire", umpire=None, limits=[])


def test_the_waterfall_counts_the_umpire_as_a_charge() -> None:
    contract = copper(
        assays=assays(), prices=[{"id": "cu", "fixed": "9000 USD/t"}],
    )  # fmt: skip
    roles = {"seller": {"Cu": "29.00"}, "buyer": {"Cu": "28.00"}, "umpire": {"Cu": "28.70"}}
    sold = parcel(lot("CU-1", "1000", "8", **roles))
    day = date(2026, 3, 1)
    found = waterfall(
        Settling(contract, sold, {}, "provisional", day), Settling(contract, sold, {}, "final", day)
    )
    (charge,) = [step for step in found.steps if step.effect == "charge"]
    assert charge.amount == D(450)
    assert [(one.line, one.amount) for one in charge.lines] == [("umpire-CU-1", D(450))]


def calling(module: ModuleType) -> Any:
    contract = copper(assays=assays())
    decided = made("28.70")
    assert decided.status == "SETTLED"
    calls = (_call(),)
    sold = parcel(lot("CU-1", "1000", "8", seller={"Cu": "29.00"}))
    charges, _, _ = module.umpire_charges(contract, sold, {"CU-1": calls})
    return [one.amount for one in charges]


def _call() -> Any:
    from oreline.settle import UmpireCall

    return UmpireCall("Cu", "buyer", "Cu: seller 29, buyer 28, umpire 28.7 %")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("amount * (paid - bears)", "amount * (bears - paid)"),
        ("amount * (paid - bears)", "amount * paid * bears"),
        ('"buyer": Decimal(0), "shared"', '"buyer": Decimal(1), "shared"'),
        ('{"seller": Decimal(1), "buyer": Decimal(0), "halves"', '{"seller": Decimal(0), "halves"'),
    ],
)
def test_the_formula_decides_the_amount(old: str, new: str) -> None:
    from importlib import import_module

    assert calling(import_module("oreline.settle._umpire_cost")) == [D(450)]
    assert calling(altered("_umpire_cost", old, new)) != [D(450)]


def test_a_parcel_file_states_the_fee_and_is_told_what_is_wrong_with_it() -> None:
    text = """
id = "p"
basis = "measured"
source = "certificates"
umpire_fees = [{ lot = "CU-1", amount = "450 USD", paid_by = "seller", source = "AK-77" }]
[[lots]]
lot = "CU-1"
"""
    read, findings = read_parcel(text, "p.toml")
    assert findings == ()
    assert read is not None
    assert read.parcel.fees == (fee(),)
    for old, new, word in (
        ('lot = "CU-1", amount', 'lot = "CU-2", amount', "no lot of the parcel"),
        ("450 USD", "-450 USD", "a fee of -450 USD".replace("a fee", "umpire's fee")),
        ("450 USD", "450 USD/t", "is a price"),
        ('"seller"', '"fwo"', "not seller"),
    ):
        _, wrong = read_parcel(text.replace(old, new, 1), "p.toml")
        assert wrong, new
        assert word in wrong[0].message
        assert wrong[0].where == "p.toml:5"


UMPIRED = [
    *SHIPMENT,
    assay("umpire", "11-25", [percent("Cu", "25.20")]),
]


def on_ledger(path: Path, *events: Any, contract: Contract | None = None) -> Statement:
    contract = contract or terms(
        assays={
            "rule": "exchange", "umpire": "binding", "umpire_cost": "further_pays",
            "limits": [{"analyte": "Cu", "limit": "0.05 %"}],
        }
    )  # fmt: skip
    with_umpire = [one for one in UMPIRED if one["id"] != f"assay-seller-{LOT}"]
    with_umpire.append(assay("seller", "10-01", [percent("Cu", "26.00"), percent("As", "0.10")]))
    ledger = ledger_of(path, [*with_umpire, *events])
    day = date(2025, 12, 20)
    sold = parcel_of(ledger, contract, "by-sea", day)
    return settle(contract, sold, {"lme": daily("2025-10-01", "2025-12-31")}, stage="final", on=day)


def umpires(identity: str = "AK-77", day: str = "12-01", **changes: Any) -> dict[str, Any]:
    draft = umpire_invoice_draft(
        terms(), LOT, "lab", "fwo", parse_quantity("450 USD", "money"), analytes=["Cu"]
    )
    body = {**draft.pop("body"), **changes.pop("body", {})}
    made = event(identity, "money", day, body, **{**draft, **changes})
    assert isinstance(made, dict)
    return made


def test_the_ledger_charges_what_the_umpire_invoiced(tmp_path: Path) -> None:
    statement = on_ledger(tmp_path, umpires())
    assert statement.status == "SETTLED", statement.missing
    # Seller 26.00, buyer 25.90, umpire 25.20: the seller lies further off and was asked itself.
    assert owed(statement) == ["0.00"]
    line = next(one for one in statement.lines if one.kind == "umpire")
    assert line.inputs[0].evidence == ("AK-77",)
    assert f"assay-umpire-{LOT}" in line.inputs[2].evidence


def test_whom_the_umpire_asks_decides_who_owes(tmp_path: Path) -> None:
    postings = [
        {"account": "lab", "amount": "-450", "currency": "USD"},
        {"account": "ussm", "amount": "450", "currency": "USD"},
    ]
    asked = umpires(to_party="ussm", body={"postings": postings})
    assert owed(on_ledger(tmp_path, asked)) == ["-450.00"]


def test_an_invoice_after_the_day_is_not_known_yet(tmp_path: Path) -> None:
    statement = on_ledger(tmp_path, umpires(day="12-21"))
    assert owed(statement) == []
    assert any("not part of this statement" in note for note in statement.notes)


def test_the_umpires_invoice_is_no_invoice_for_the_goods(tmp_path: Path) -> None:
    contract = terms()
    ledger = ledger_of(tmp_path, [*UMPIRED, umpires()])
    sold = parcel_of(ledger, contract, "by-sea", date(2025, 12, 20))
    assert "invoice" not in sold.days


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"party": "ussm"}, "who is a party"),
        ({"to_party": "bank"}, "no party to cu-1"),
        ({"body": {"lots": [LOT, "fwo:OTHER"]}}, "several lots"),
        ({"body": {"postings": []}}, "no one sum"),
    ],
)
def test_an_invoice_that_cannot_be_the_umpires_settles_nothing(
    changes: dict[str, Any], why: str, tmp_path: Path
) -> None:
    statement = on_ledger(tmp_path, umpires(**changes))
    assert statement.status == "NOT SETTLED"
    assert any(why in one.why for one in statement.missing), statement.missing


@pytest.mark.parametrize(
    ("laboratory", "to", "amount", "why"),
    [
        ("fwo", "ussm", "450 USD", "is a party"),
        ("lab", "bank", "450 USD", "no party"),
        ("lab", "fwo", "0 USD", "write what it asks for"),
        ("lab", "fwo", "450 EUR", "in USD"),
    ],
)
def test_what_cannot_be_an_umpires_invoice_is_refused(
    laboratory: str, to: str, amount: str, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        umpire_invoice_draft(terms(), LOT, laboratory, to, parse_quantity(amount, "money"))


def test_only_an_agreed_laboratory_is_umpire() -> None:
    agreed = terms(assays={"rule": "exchange", "umpire": "binding", "umpire_laboratories": ["ak"]})
    money = parse_quantity("450 USD", "money")
    with pytest.raises(InputError, match="agreed are ak"):
        umpire_invoice_draft(agreed, LOT, "lab", "fwo", money)
    assert umpire_invoice_draft(agreed, LOT, "ak", "fwo", money)["party"] == "ak"
