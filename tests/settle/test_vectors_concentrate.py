"""Published numbers on copper, gold and zinc concentrates, each with its source beside it.

Where a source prints an error, the correct number counts and the test says so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from vectors import untested

from oreline.settle import (
    Constants,
    Contract,
    Escalation,
    Parcel,
    Payable,
    Penalty,
    Reading,
    Refining,
    SettlementLot,
    Statement,
    Weighing,
    check_specification,
    escalated_rate,
    meets,
    parse_quantity,
    payable_grade,
    penalty_rate,
    published_specification,
    settle,
)

D = Decimal
HEAD: dict[str, Any] = {
    "id": "c",
    "title": "Concentrate",
    "seller": "a",
    "buyer": "b",
    "materials": ["conc"],
    "currency": "USD",
    "basis": "assumed",
    "source": "published vector",
    "weight": {"rule": "loading"},
    "assays": {"rule": "seller"},
}


def statement(dmt: str, grades: dict[str, str], **terms: Any) -> Statement:
    """Settle one lot finally, with grades in %, under the terms of a vector."""
    results = {name: Reading(parse_quantity(text, "grade").to("%") / 100)
               for name, text in grades.items()}  # fmt: skip
    weighing = Weighing(Reading(D(dmt)), Reading(D(0)), Reading(D(dmt)))
    lot = SettlementLot("a:1", weighing, None, {"seller": results})
    contract = Contract.model_validate({**HEAD, **terms})
    day = date(2026, 1, 31)
    made = settle(contract, Parcel("p", (lot,)), {}, stage="final", on=day)
    assert made.status == "SETTLED", made.missing
    return made


def amount(made: Statement, line: str) -> Decimal:
    """Return what a line of a statement says."""
    found = next(one.amount for one in made.lines if one.id == line)
    assert found is not None
    return found


def q20(treatment: str = "80 USD/dmt", refining: str = "8 c/lb", cu: str = "28 %") -> Statement:
    """Settle the copper concentrate of question Q20 of a public interview question bank."""
    return statement(
        "12000",
        {"Cu": cu},
        constants={"lb_per_t": "2204.6"},
        prices=[{"id": "cu", "fixed": "9000 USD/t"}],
        payables=[{"analyte": "Cu", "method": "pct", "pct": "96.5", "price": "cu"}],
        treatment={"rate": treatment},
        refining=[{"analyte": "Cu", "rate": refining, "basis": "payable"}],
    )


def test_cu_conc_q20_base() -> None:
    # Interview question bank on commodity trading, Q20: 3,360 t contained, 3,242 t payable, 29.2
    # million, TC 960,000, RC 571,800, together 1.53 million or 5.2 %.
    made = q20()
    (copper,) = made.analytes
    assert (copper.contained_t, copper.payable_t) == (3360, D("3242.4"))
    assert copper.payable_t is not None
    assert copper.payable_t / 25 == D("129.696")
    paid, treatment = amount(made, "payable-Cu"), amount(made, "treatment")
    refining = amount(made, "refining-Cu")
    assert (paid, treatment, refining) == (29_181_600, -960_000, D("-571855.60"))
    charges = -(treatment + refining)
    assert charges == D("1531855.60")
    assert round(charges / paid, 6) == D("0.052494")
    assert made.net_value == D("27649744.40")
    # Erratum: the source prints 127 USD "per tonne of payable copper"; that is per dry tonne.
    assert round(charges / 12000, 4) == D("127.6546")
    assert round(charges / copper.payable_t, 3) == D("472.445")


def test_cu_conc_q20_final_grade() -> None:
    # The same question: at 27.4 % finally, 3,172.9 t are payable, 69.48 t less, or three lots.
    (copper,) = q20(cu="27.4 %").analytes
    assert copper.payable_t == D("3172.92")
    assert round((D("3242.4") - copper.payable_t) / 25) == 3


def test_cu_conc_q20_tcrc_fall() -> None:
    # The same question: TC 80 to 20 is 720,000, RC 8 to 2 c/lb 429,000, together 1.15 million.
    high, low = q20(), q20("20 USD/dmt", "2 c/lb")
    treatment = amount(low, "treatment") - amount(high, "treatment")
    refining = amount(low, "refining-Cu") - amount(high, "refining-Cu")
    assert (treatment, refining) == (720_000, D("428891.70"))
    assert low.net_value is not None
    assert high.net_value is not None
    assert low.net_value - high.net_value == D("1148891.70")


def test_cu_conc_q20_constants() -> None:
    # Contracts print 2204.6 or 2204.62 lb/t: 5.19 USD apart here; exactly it is 2204.6226218.
    amounts = {}
    for pounds in ("2204.6", "2204.62", "2204.6226218488"):
        made = statement(
            "12000",
            {"Cu": "28 %"},
            constants={"lb_per_t": pounds},
            prices=[{"id": "cu", "fixed": "9000 USD/t"}],
            payables=[{"analyte": "Cu", "method": "pct", "pct": "96.5", "price": "cu"}],
            refining=[{"analyte": "Cu", "rate": "8 c/lb", "basis": "payable"}],
        )
        amounts[pounds] = amount(made, "refining-Cu")
    assert amounts["2204.6"] - amounts["2204.62"] == D("5.19")
    assert amounts["2204.6"] - amounts["2204.6226218488"] == D("5.87")


def test_nsr_caraiba_cu_conc_price() -> None:
    # Specification of an NSR calculator for "NSR Caraíba - V.1_open.xlsm", case Vermelhos Sul:
    # 2,824.68 USD/dmt. Erratum: it prints a price "/lb" and RC "USD 1.90/lb"; only 9,149 USD/t and
    # 1.90 cents a pound of payable copper, with 33.5 % Cu, give the printed result.
    made = statement(
        "1",
        {"Cu": "33.5 %"},
        constants={"lb_per_t": "2204.62"},
        prices=[{"id": "cu", "fixed": "9149 USD/t"}],
        payables=[{"analyte": "Cu", "method": "pct", "pct": "96.65", "price": "cu"}],
        treatment={"rate": "40 USD/dmt"},
        refining=[{"analyte": "Cu", "rate": "1.9 c/lb", "basis": "payable"}],
        lines=[{"id": "freight", "title": "Freight", "rate": "-84 USD/dmt"}],
    )
    assert made.net_value == D("2824.68")


def test_nsr_caraiba_sum_and_ratio() -> None:
    # The same case: 2,824.68 for copper, 244.76 for gold and 29.65 for silver are 3,099.09 USD/dmt.
    # Per tonne of ore 108.21, 9.38 and 1.14 are 118.73; the source prints 118.72 (rounding).
    made = statement(
        "1",
        {"Cu": "33.5 %"},
        prices=[{"id": "cu", "fixed": "0 USD/t"}],
        payables=[{"analyte": "Cu", "method": "pct", "pct": "96.65", "price": "cu"}],
        lines=[
            {"id": name, "title": name, "rate": f"{rate} USD/dmt"}
            for name, rate in (("cu", "2824.68"), ("au", "244.76"), ("ag", "29.65"))
        ],
    )
    assert made.net_value == D("3099.09")
    ore = D("108.21") + D("9.38") + D("1.14")
    assert ore == D("118.73")
    assert abs(ore - D("118.72")) < D("0.011")
    assert round(ore / made.net_value, 4) == D("0.0383")
    assert abs(D("118.72") / made.net_value - D("0.038308")) < D("0.000001")


def test_penalties_and_a_moving_charge_on_a_statement() -> None:
    # The clauses of the vectors below as lines of one statement: zinc at 1,150 USD/t, 1,000 dmt.
    made = statement(
        "1000",
        {"Zn": "50 %", "As": "0.5 %", "Sb": "0.35 %", "Bi": "0.135 %"},
        prices=[{"id": "zn", "fixed": "1150 USD/t"}],
        payables=[{"analyte": "Zn", "method": "pct", "pct": "85", "price": "zn"}],
        treatment={"rate": "100 USD/dmt", "escalation": {**ZINC, "reading": "marginal"}},
        penalties=[
            {
                "analytes": ["As", "Sb"],
                "over": "0.4 %",
                "step": "0.1 %",
                "rate": "3 USD/dmt",
                "steps": "pro_rata",
            },
            {
                "analytes": ["Bi"],
                "over": "0.1 %",
                "step": "0.01 %",
                "rate": "1.5 USD/dmt",
                "steps": "pro_rata",
            },
        ],
    )
    assert amount(made, "treatment") == -123_000
    assert amount(made, "penalty-As+Sb") == -13_500
    assert amount(made, "penalty-Bi") == -5_250
    assert made.net_value == D(1000) * D("0.5") * D("0.85") * 1150 - 123_000 - 13_500 - 5_250


def payable(**terms: Any) -> Payable:
    return Payable.model_validate({"analyte": "Cu", "price": "cu", **terms})


def test_no_vector_goes_without_a_test(shared_dir: Path) -> None:
    assert untested(shared_dir, "concentrate_settlement.json", globals()) == []


def test_payable_metal_basic() -> None:
    # NSR calculator for "NSR Caraíba - V.1_open.xlsm": 1,000 t at 1.4 % Cu, 92 % recovered, 96.5 %
    # payable: 12.4292 t printed.
    recovered_pct = D("1.4") * D("0.92")
    paid = payable_grade(payable(method="pct", pct="96.5"), recovered_pct).payable_pct
    assert paid is not None
    assert 1000 * paid / 100 == D("12.4292")


@pytest.mark.parametrize(
    ("au_g_t", "ratio"),
    [
        # sec.gov 1493893, ex10-13: gold concentrate purchase contract, printed tiers.
        ("20.00", "0.91"),
        ("29.99", "0.91"),
        ("30.00", "0.92"),
        ("39.99", "0.92"),
        ("40", "0.93"),
        ("59.99", "0.93"),
        ("60", "0.94"),
        ("79.99", "0.95"),
        ("80.00", "0.96"),
        ("250", "0.96"),
        # Erratum: between 29.99 and 30.00 the table has a gap, below 20 it has nothing.
        ("29.995", None),
        ("19.9", None),
    ],
)
def test_tiered_gold_return_ratio(au_g_t: str, ratio: str | None) -> None:
    tiers = [
        {"from": f"{low} g/dmt", "up_to": f"{high} g/dmt", "pct": pct}
        for low, high, pct in (
            ("20", "29.99", "91"),
            ("30", "39.99", "92"),
            ("40", "59.99", "93"),
            ("60", "69.99", "94"),
            ("70", "79.99", "95"),
        )
    ]
    tiers.append({"from": "80 g/dmt", "pct": "96"})
    gold = Payable.model_validate(
        {
            "analyte": "Au",
            "method": "tiers",
            "tiers": tiers,
            "tier_pays": "whole",
            "price": "au",
            "unit": "g/dmt",
        }
    )
    grade_pct = parse_quantity(f"{au_g_t} g/dmt", "grade").to("%")
    found = payable_grade(gold, grade_pct)
    if ratio is None:
        assert found.payable_pct is None
        assert "gap between two tiers" in found.why or "below the first tier" in found.why
    else:
        assert found.payable_pct == grade_pct * D(ratio)


@pytest.mark.parametrize(
    ("ag_g_t", "rmb_per_g"),
    [("100", "0.5"), ("150", "0.5"), ("199.99", "0.5"), ("200", "0.7"), ("99", None)],
)
def test_tiered_gold_return_ratio_of_silver(ag_g_t: str, rmb_per_g: str | None) -> None:
    # The same contract: silver at 100-199.99 g/t RMB 0.5 per g, from 200 g/t RMB 0.7.
    silver = Payable.model_validate(
        {
            "analyte": "Ag",
            "method": "tiers",
            "tier_pays": "whole",
            "unit": "g/dmt",
            "tiers": [
                {"from": "100 g/dmt", "up_to": "199.99 g/dmt", "pays": "500 CNY/kg"},
                {"from": "200 g/dmt", "pays": "700 CNY/kg"},
            ],
        }
    )
    grade_pct = parse_quantity(f"{ag_g_t} g/dmt", "grade").to("%")
    found = payable_grade(silver, grade_pct)
    if rmb_per_g is None:
        assert found.payable_pct is None
        return
    (part,) = found.parts
    assert part.pays is not None
    assert part.pays.to("CNY/g") == D(rmb_per_g)
    assert part.payable_pct == grade_pct


@pytest.mark.parametrize(
    ("pct", "grade", "expected"),
    [
        # dr-bettina-maus.de: 24 % Cu less 1 unit is 23 %; nussir.no and saca: 96.5 % of 30 %.
        ("96.5", "24.0", "23.0"),
        ("96.5", "30.0", "28.95"),
        # Never negative.
        ("96.5", "0.6", "0"),
        ("96.5", "1", "0"),
    ],
)
def test_min_deduction_rule(pct: str, grade: str, expected: str) -> None:
    clause = payable(method="pct_min_deduction", pct=pct, deduction="1 %")
    assert payable_grade(clause, D(grade)).payable_pct == D(expected)


@pytest.mark.parametrize(("pct", "crossover"), [("96.5", "28.5714"), ("96.65", "29.8507")])
def test_min_deduction_rule_crosses_over(pct: str, crossover: str) -> None:
    # A* = d / (1 - p), derived: 28.5714 % at 96.5 %, 29.8507 % at 96.65 %.
    clause = payable(method="pct_min_deduction", pct=pct, deduction="1 %")
    grades = [D(crossover) - D("0.0001"), D(crossover) + D("0.0001")]
    below, above = (payable_grade(clause, grade).payable_pct for grade in grades)
    assert below == grades[0] - 1
    assert above == grades[1] * D(pct) / 100
    assert above != grades[1] - 1


ZINC: dict[str, Any] = {
    "base": "1000 USD/t",
    "price": "zn",
    "steps": "pro_rata",
    "bands": [
        {"to": "1000 USD/t", "change": "0.145 USD/dmt", "per": "1 USD/t"},
        {"from": "1000 USD/t", "to": "1100 USD/t", "change": "0.15 USD/dmt", "per": "1 USD/t"},
        {"from": "1100 USD/t", "change": "0.16 USD/dmt", "per": "1 USD/t"},
    ],
}


@pytest.mark.parametrize(
    ("price", "marginal", "whole_excess"),
    [
        # docs.dataminesoftware.com, MineMarket 5.5.2, Treatment Charges: rates printed for zinc,
        # 100 USD/dmt at 1,000; which reading holds above 1,100 the source leaves open.
        ("900", "85.5", "85.5"),
        ("950", "92.75", "92.75"),
        ("1000", "100", "100"),
        ("1050", "107.5", "107.5"),
        ("1100", "115", "115"),
        ("1150", "123", "124"),
    ],
)
def test_zn_tc_escalator(price: str, marginal: str, whole_excess: str) -> None:
    charge = parse_quantity("100 USD/dmt", "charge on dry mass")
    for reading, expected in (("marginal", marginal), ("whole_excess", whole_excess)):
        clause = Escalation.model_validate({**ZINC, "reading": reading})
        found = escalated_rate(charge, clause, D(price)).rate
        assert found is not None
        assert (found.value, found.unit) == (D(expected), "USD/dmt")
    unsaid = escalated_rate(charge, Escalation.model_validate(ZINC), D(price))
    assert (unsaid.rate is None) == (marginal != whole_excess)


@pytest.mark.parametrize(
    ("rate", "base", "change", "price", "pro_rata", "whole_step"),
    [
        # lawinsider.com, clause/refining-charges, samples: silver 1.20 USD/oz at 15, 0.05 for each
        # dollar above; a second sample 2.00 at 20, 0.085. The source does not say how a part of a
        # dollar counts.
        ("1.20", "15", "0.05", "18.40", "1.37", "1.35"),
        ("2.00", "20", "0.085", "23.50", "2.2975", "2.255"),
        ("1.20", "15", "0.05", "14", "1.20", "1.20"),
    ],
)
def test_silver_refining_escalator(
    rate: str, base: str, change: str, price: str, pro_rata: str, whole_step: str
) -> None:
    clause = {
        "base": f"{base} USD/oz",
        "price": "ag",
        "reading": "marginal",
        "bands": [{"from": f"{base} USD/oz", "change": f"{change} USD/oz", "per": "1 USD/oz"}],
    }
    price_per_t = parse_quantity(f"{price} USD/oz", "price").to("USD/t")
    for steps, expected in (("pro_rata", pro_rata), ("whole_step", whole_step)):
        found = escalated_rate(
            parse_quantity(f"{rate} USD/oz", "price"),
            Escalation.model_validate({**clause, "steps": steps}),
            price_per_t,
        )
        assert found.rate is not None
        assert found.rate.value == D(expected)


@pytest.mark.parametrize(
    ("analytes", "grades", "expected"),
    [
        # lawinsider.com, clause/refining-charges: As + Sb 3 USD/dmt for each 0.10 % above 0.4 %, Bi
        # 1.50 for each 0.01 % above 0.10 %, fractions pro rata. The threshold is for the sum.
        ("As+Sb", {"As": "0.5", "Sb": "0.35"}, "13.5"),
        ("As+Sb", {"As": "0.2", "Sb": "0.2"}, "0"),
        ("As+Sb", {"As": "0.39", "Sb": "0"}, "0"),
        ("Bi", {"Bi": "0.135"}, "5.25"),
        ("Bi", {"Bi": "0.1"}, "0"),
    ],
)
def test_as_sb_bi_penalty(analytes: str, grades: dict[str, str], expected: str) -> None:
    terms = {
        "As+Sb": {"over": "0.4 %", "step": "0.1 %", "rate": "3 USD/dmt"},
        "Bi": {"over": "0.1 %", "step": "0.01 %", "rate": "1.5 USD/dmt"},
    }[analytes]
    clause = Penalty.model_validate({"analytes": analytes.split("+"), "steps": "pro_rata", **terms})
    found = penalty_rate(clause, {name: D(grade) for name, grade in grades.items()})
    assert found.rate is not None
    assert (found.rate.value, found.rate.unit) == (D(expected), "USD/dmt")


@pytest.mark.parametrize(
    ("analytes", "limit", "at", "above"),
    [
        # The same source: rejection above 400 ppm Sc, 0.1 % Bi, 0.5 % As + Sb.
        (["Sc"], "400 ppm", {"Sc": "0.04"}, {"Sc": "0.0400001"}),
        (["Bi"], "0.1 %", {"Bi": "0.1"}, {"Bi": "0.11"}),
        (["As", "Sb"], "0.5 %", {"As": "0.3", "Sb": "0.2"}, {"As": "0.3", "Sb": "0.21"}),
    ],
)
def test_as_sb_bi_penalty_rejects(
    analytes: list[str], limit: str, at: dict[str, str], above: dict[str, str]
) -> None:
    clause = Penalty.model_validate({"analytes": analytes, "reject": limit})
    for grades, rejected in ((at, False), (above, True)):
        made = penalty_rate(clause, {name: D(grade) for name, grade in grades.items()})
        assert made.rejected is rejected


@pytest.mark.parametrize(
    ("assay", "inside"),
    [
        # fastmarkets.com, specification of the copper concentrates TC/RC index.
        ({"Cu": "25 %", "As": "0.5 %", "Sb": "0.15 %"}, True),
        ({"Cu": "21.9 %"}, False),
        ({"Cu": "25 %", "Sb": "0.25 %"}, False),
        ({"Cu": "22 %", "Hg": "10 ppm", "Bi": "2500 ppm", "Au": "50 g/dmt"}, True),
        ({"Cu": "25 %", "Hg": "10.1 ppm"}, False),
        ({"Cu": "37.01 %"}, False),
        ({"S": "19 %"}, False),
    ],
)
def test_fastmarkets_cu_conc_index_spec(assay: dict[str, str], inside: bool) -> None:
    spec = published_specification("fastmarkets-cu-conc-index")
    assert spec.source
    grades = {name: parse_quantity(text, "grade").to("%") for name, text in assay.items()}
    found = check_specification(spec.specification, grades)
    outside = [one.subject for one in found if one.verdict == "outside"]
    assert (outside == []) is inside
    # What is not assayed is unknown, and the whole is not met by silence.
    unknown = {one.subject for one in found if one.verdict == "unknown"}
    assert unknown == {limit.analyte for limit in spec.specification.limits} - set(grades)
    assert meets(found) is (None if inside else False)


def test_cu_price_chain_short_ton() -> None:
    # slideplayer.com 5260212, lecture slides, short tons and pounds: 3.05, 3.035 USD/lb before and
    # after 0.5 % refinery loss, 576 lb recovered of a short ton, 0.177 USD/lb for smelting and
    # freight, 2.86 USD/lb net.
    contract = Contract.model_validate(
        {
            **HEAD,
            "payables": [{"analyte": "Cu", "method": "pct", "pct": "96", "price": "cu"}],
            "refining": [{"analyte": "Cu", "rate": "20 c/lb", "basis": "payable"}],
            "treatment": {"rate": "95 USD/dst"},
            "lines": [{"id": "freight", "title": "Freight", "rate": "-7 USD/dst"}],
        }
    )
    units = contract.units
    price, refining = parse_quantity("3.25 USD/lb", "price"), contract.refining[0].rate
    before = (price.to("USD/t") - refining.to("USD/t")) / units.lb_per_t
    assert round(before, 10) == D("3.05")
    after = before * D("0.995")
    assert round(after, 10) == D("3.03475")
    paid = payable_grade(contract.payables[0], D(30)).payable_pct
    assert paid is not None
    tonnes_per_dst = paid / 100 * parse_quantity("1 dst", "dry mass").to("dmt")
    recovered_lb = tonnes_per_dst * units.lb_per_t
    assert round(recovered_lb, 6) == 576
    assert contract.treatment is not None
    freight = contract.lines[0].rate
    assert freight is not None
    charges = contract.treatment.rate.to("USD/dst") - freight.to("USD/dst")
    assert round(charges / recovered_lb, 5) == D("0.17708")
    assert round(after - charges / recovered_lb, 5) == D("2.85767")


def test_nsr_rc_unit_trap() -> None:
    # The source of the NSR vectors comments about 1,175 where its own rule gives 2,340.61 USD/dmt:
    # 1.90 dollars for a pound of contained copper, instead of 1.90 cents of payable.
    units = Constants(lb_per_t=D("2204.62"))
    paid = payable_grade(payable(method="pct", pct="96.65"), D(28)).payable_pct
    assert paid is not None
    price = parse_quantity("4.15 USD/lb", "price").to("USD/t", units)
    values = {}
    for rate, basis in (("1.9 USD/lb", "contained"), ("1.9 c/lb", "payable")):
        clause = Refining.model_validate({"analyte": "Cu", "rate": rate, "basis": basis})
        charged_pct = paid if basis == "payable" else D(28)
        refining = charged_pct / 100 * clause.rate.to("USD/t", units)
        values[rate] = paid / 100 * price - refining - 40 - 84
    assert round(values["1.9 c/lb"], 2) == D("2340.61")
    # Erratum: what the slip of unit and basis gives.
    assert round(values["1.9 USD/lb"], 2) == D("1179.09")
