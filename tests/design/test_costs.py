"""Cost models: laws that hold for any numbers, units, and what must be refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.design import (
    AllocationRule,
    Burden,
    BurdenKind,
    CapitalItem,
    CapitalMethod,
    CostKind,
    CostModel,
    EstimateTerms,
    OperatingLine,
    Output,
    Parameter,
    PercentOf,
    PricedProduct,
    PriceIndex,
    allocated,
    capital_recovery_factor,
    cost_evaluator,
    cost_figures,
    cost_outputs,
    cost_problems,
    cost_report,
    cost_values,
    rounded_to_total,
    scaled_cost,
    served,
    uncertain_of,
)
from oreline.model import Basis, InputError, UnitError
from oreline.plan import CashFlow, net_present_value

D = Decimal
amounts = st.floats(0.01, 1e6)


def number(
    value: float, unit: str, low: float | None = None, high: float | None = None
) -> Parameter:
    return Parameter(value, unit, Basis.ASSUMED, "test", low, high)


def model(**changed: object) -> CostModel:
    """Two products: joint leaching, then 300,000 USD/y spent on the second alone."""
    terms = EstimateTerms(
        "USD", "2024", 4,
        location=number(1.1, "1"), contingency=number(20, "%"), owner=number(10, "%"),
        working=number(15, "%"), rate=number(8, "%"), life=number(20, "y"),
    )  # fmt: skip
    made = CostModel(
        terms,
        (
            CapitalItem(
                "leach", "leaching", CapitalMethod.ANCHOR, number(2, "MUSD", 1.5, 3), "2014",
                index="plant", size_of="ore", reference_size=number(500_000, "t/y"),
                exponent=number(0.6, "1"),
            ),
            CapitalItem(
                "mill", "grinding", CapitalMethod.EQUIPMENT, number(500_000, "USD"), "2024",
                size=number(2000, "hp"), reference_size=number(1000, "hp"),
                exponent=number(0.7, "1"), count=2, installation=number(3, "1"),
                products=("B",),
            ),
        ),
        (
            OperatingLine(
                "acid", CostKind.REAGENT, "leaching", number(0.1, "USD/kg", 0.05, 0.2),
                amount_of="acid",
            ),
            OperatingLine(
                "drying", CostKind.ENERGY, "drying", number(300_000, "USD/y"), products=("B",)
            ),
            OperatingLine(
                "maintenance", CostKind.MAINTENANCE, "leaching", number(3, "%/y"),
                percent_of=PercentOf.FIXED_CAPITAL,
            ),
            OperatingLine(
                "office", CostKind.GENERAL, "site", number(5, "%"),
                percent_of=PercentOf.OPERATING_COST,
            ),
        ),
        (
            PricedProduct("A", "A", number(60, "USD/kg", 40, 90), "2024", payable=number(95, "%")),
            PricedProduct("B", "B", number(2, "USD/lb"), "2024"),
        ),
        {
            "ore": number(600_000, "t/y"),
            "acid": number(20_000, "t/y"),
            "A": number(1_000, "t/y"),
            "B": number(3_000_000, "kg/y"),
        },
        burdens=(
            Burden("acid plant", BurdenKind.CO2_DIRECT, "leaching", "acid", number(150, "kg/t")),
            Burden("tailings", BurdenKind.TAILINGS, "leaching", "ore", number(1.02, "t/t")),
        ),
        indices={"plant": PriceIndex("plant", "test", {"2014": 100, "2024": 140})},
        per_tonne_of="ore",
    )  # fmt: skip
    return replace(made, **changed)


def test_capital_by_hand() -> None:
    found = cost_report(model()).figures.capital
    leach = 2e6 * 1.2**0.6 * 1.4 * 1.1
    mill = 2 * 500_000 * 2**0.7 * 3 * 1.1
    assert found.items[0].tolist() == pytest.approx([leach, mill])
    fixed = (leach + mill) * 1.2 * 1.1
    assert found.fixed[0] == pytest.approx(fixed)
    assert found.total[0] == pytest.approx(fixed * 1.15)
    recovery = 0.08 / (1 - 1.08**-20)
    assert found.charge is not None
    assert found.charge[0].sum() == pytest.approx(fixed * recovery + fixed * 0.15 * 0.08)


def test_operating_cost_by_hand() -> None:
    report = cost_report(model())
    figures = report.figures
    acid, drying, maintenance, office = figures.operating[0]
    assert acid == pytest.approx(20_000 * 1000 * 0.1)
    assert drying == 300_000
    assert maintenance == pytest.approx(0.03 * figures.capital.fixed[0])
    assert office == pytest.approx(0.05 * (acid + drying + maintenance))
    assert figures.sales[0].tolist() == pytest.approx([60e6 * 0.95, 6e6 / 0.45359237])
    assert report.burden_frame()["per_y"].to_list()[0] == pytest.approx(3000)


def test_what_is_spent_behind_the_split_is_not_shared() -> None:
    found = cost_figures(model(rule=AllocationRule.MASS))
    acid, drying, maintenance, office = found.operating[0]
    joint = acid + maintenance + office
    assert found.operating_borne[0].tolist() == pytest.approx([joint * 0.25, joint * 0.75 + drying])
    assert found.charge_borne is not None
    assert found.capital.charge is not None
    leach, mill = found.capital.charge[0]
    assert found.charge_borne[0].tolist() == pytest.approx([leach * 0.25, leach * 0.75 + mill])


@pytest.mark.parametrize("rule", list(AllocationRule))
def test_every_rule_shares_everything_once(rule: AllocationRule) -> None:
    changed = model(rule=rule, main_product="A")
    shares = (number(30, "%"), number(70, "%"))
    products = tuple(
        replace(one, share=share) for one, share in zip(changed.products, shares, strict=True)
    )
    report = cost_report(replace(changed, products=products))
    figures = report.figures
    assert figures.operating_borne[0].sum() == pytest.approx(figures.operating_cost[0], rel=1e-12)
    total = sum((one.operating for one in report.products), D(0))
    assert total == D(repr(float(figures.operating_borne[0].sum()))).quantize(D("0.01"))
    for kind, borne in figures.burdens_borne.items():
        mine = [one.kind is kind for one in report.model.burdens]
        assert borne[0].sum() == pytest.approx(figures.burdens[0, mine].sum(), rel=1e-12)


def test_rules_differ_as_they_say() -> None:
    def per_kg(rule: AllocationRule) -> list[float]:
        return [
            one.operating_per_kg for one in cost_report(model(rule=rule, main_product="A")).products
        ]

    by_mass, by_value = per_kg(AllocationRule.MASS), per_kg(AllocationRule.VALUE)
    main = per_kg(AllocationRule.MAIN)
    assert by_mass[0] < by_value[0], "A is dear and light"
    # The by-product pays its way: its cost is its price, and the main product gets the rest.
    assert main[1] == pytest.approx(2 / 0.45359237)
    figures = cost_figures(model())
    credit = (figures.operating_cost[0] - figures.sales[0, 1]) / 1e6
    assert main[0] == pytest.approx(credit)
    value = figures.sales[0] - np.array([0.0, 300_000.0])
    joint = figures.operating_cost[0] - 300_000
    assert per_kg(AllocationRule.NET_VALUE)[0] == pytest.approx(
        joint * value[0] / value.sum() / 1e6
    )


def test_a_product_worth_less_than_is_spent_on_it_alone_has_no_net_value() -> None:
    poor = model(rule=AllocationRule.NET_VALUE)
    line = replace(poor.operating[1], price=number(30e6, "USD/y"))
    with pytest.raises(InputError, match="cannot be divided by net value"):
        cost_report(replace(poor, operating=(poor.operating[0], line)))


def test_stated_shares_are_all_there_and_sum_to_the_whole() -> None:
    with pytest.raises(InputError, match="not every product states one"):
        cost_report(model(rule=AllocationRule.STATED))
    one = model(rule=AllocationRule.STATED)
    wrong = tuple(replace(product, share=number(60, "%")) for product in one.products)
    with pytest.raises(InputError, match="sum to 120 %"):
        cost_report(replace(one, products=wrong))


@given(parts=st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=20))
def test_rounded_amounts_sum_to_their_rounded_sum(parts: list[float]) -> None:
    named = {str(place): part for place, part in enumerate(parts)}
    found = rounded_to_total(named, D("0.01"))
    exact = sum((D(repr(part)) for part in parts), D(0))
    assert abs(sum(found.values(), D(0)) - exact) <= D("0.005")
    assert all(abs(found[name] - D(repr(part))) < D("0.01") for name, part in named.items())


@given(
    costs=st.lists(amounts, min_size=1, max_size=6),
    weights=st.lists(amounts, min_size=3, max_size=3),
    flags=st.data(),
)
def test_allocation_conserves(
    costs: list[float], weights: list[float], flags: st.DataObject
) -> None:
    row = st.lists(st.booleans(), min_size=3, max_size=3).filter(any)
    serves = np.array([flags.draw(row) for _ in costs])
    found = allocated(np.array([costs]), serves, np.array([weights]))
    assert found.sum() == pytest.approx(sum(costs), rel=1e-12)
    # A product that no line serves bears nothing.
    assert (found[0][~serves.any(axis=0)] == 0).all()


@given(scale=st.floats(0.1, 10))
def test_prices_in_another_money_change_costs_and_not_shares(scale: float) -> None:
    one = model()
    other = replace(
        one,
        products=tuple(
            replace(p, price=number(p.price.value * scale, p.price.unit)) for p in one.products
        ),
    )
    before, after = cost_figures(one), cost_figures(other)
    assert after.operating_borne == pytest.approx(before.operating_borne)
    assert after.sales == pytest.approx(before.sales * scale)


def test_present_value_is_that_of_plan_and_zero_where_cost_is_full() -> None:
    # An independent way: the room plan, year by year, in decimals.
    figures = cost_figures(model())
    margin = float(figures.revenue[0] - figures.operating_cost[0])
    flows = [-float(figures.capital.total[0]), *[margin] * 20]
    flows[-1] += float(figures.capital.working[0])
    flow = CashFlow(tuple(D(repr(x)) for x in flows), "USD", first_period=0)
    expected = float(net_present_value(D("0.08"), flow).value)
    assert figures.present_value is not None
    assert figures.present_value[0] == pytest.approx(expected, rel=1e-10)
    # What is left after the yearly charge of capital, times the annuity, is the present value.
    assert figures.capital.charge is not None
    left = margin - float(figures.capital.charge.sum())
    annuity = 1 / float(capital_recovery_factor(0.08, 20))
    assert figures.present_value[0] == pytest.approx(left * annuity, rel=1e-10)


def test_a_charge_without_interest_is_a_part_each_year() -> None:
    assert capital_recovery_factor(0.0, 20) == pytest.approx(0.05)
    assert capital_recovery_factor(1e-9, 20) == pytest.approx(0.05, rel=1e-6)


@given(size=st.floats(1, 1e4), exponent=st.floats(0, 1.5))
def test_scaling_twice_is_scaling_once(size: float, exponent: float) -> None:
    halfway = scaled_cost(scaled_cost(5.0, 100.0, 10.0, exponent), size, 100.0, exponent)
    assert halfway == pytest.approx(scaled_cost(5.0, size, 10.0, exponent), rel=1e-9)


def test_samples_are_each_what_one_case_gives() -> None:
    # The batched path beside the single one, number by number.
    one = model()
    inputs = uncertain_of(one.parameters())
    assert [each.name for each in inputs] == ["capital cost: leach", "cost: acid", "price: A"]
    samples = np.array([[2.0, 0.1, 60.0], [1.6, 0.06, 45.0], [2.9, 0.19, 88.0]])
    batch = cost_evaluator(one, inputs)(samples)
    assert batch.shape == (3, len(cost_outputs(one)))
    for row, (capital, acid, price) in zip(batch, samples, strict=True):
        changed = replace(
            one,
            capital=(replace(one.capital[0], cost=number(capital, "MUSD")), one.capital[1]),
            operating=(replace(one.operating[0], price=number(acid, "USD/kg")), *one.operating[1:]),
            products=(replace(one.products[0], price=number(price, "USD/kg")), one.products[1]),
        )
        alone = cost_values(changed, cost_figures(changed))[0]
        assert row == pytest.approx(alone, rel=1e-12)
    assert Output("margin", "USD/y") in cost_outputs(one)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quantities": {}}, "there is no quantity 'ore'"),
        ({"indices": {}}, "there is no index 'plant'"),
        ({"terms": EstimateTerms("EUR", "2024", 4)}, "is no money in EUR"),
        ({"terms": EstimateTerms("USD", "2023", 4)}, "in money of 2024, the estimate in money"),
        ({"terms": EstimateTerms("USD", "2024", 4, contingency=number(0.2, "1"))}, "write it in %"),
        ({"per_tonne_of": "rock"}, "there is no quantity 'rock'"),
    ],
)
def test_what_does_not_fit_is_told(change: dict[str, object], said: str) -> None:
    assert any(said in message for _, message in cost_problems(model(**change)))


def test_units_that_cannot_meet() -> None:
    line = replace(model().operating[0], price=number(5, "USD/kWh"))
    wrong = replace(model(), operating=(line,))
    with pytest.raises(UnitError, match="t cannot be turned into kWh"):
        cost_figures(wrong)
    assert cost_problems(wrong) == (("", "t cannot be turned into kWh"),)
    bad = replace(model(), quantities=model().quantities | {"ore": number(5, "t")})
    assert "no amount a year" in cost_problems(bad)[0][1]


def test_numbers_that_cannot_be() -> None:
    bad = replace(
        model(),
        products=(
            replace(model().products[0], payable=number(120, "%")),
            replace(model().products[1], price=number(-1, "USD/kg")),
        ),
        quantities=model().quantities | {"ore": number(1, "t/y", -5, 9)},
    )
    said = [message for _, message in cost_problems(bad)]
    assert len(said) == 3
    assert "quantity: ore is -5 t/y, and must be at least 0" in said
    assert "payable: A is 120 %, and must be at most 100" in said


def test_names_are_given_once() -> None:
    with pytest.raises(InputError, match="two of the product A"):
        model(products=(model().products[0],) * 2)
    with pytest.raises(InputError, match="none of the products"):
        model(rule=AllocationRule.MAIN, main_product="C")
    with pytest.raises(InputError, match="'C' is none of the products"):
        served(["A", "B"], [["C"]])


def test_what_to_look_at() -> None:
    steep = replace(
        model().capital[1], exponent=number(1.25, "1"), size=number(20_000, "hp"), year="2024"
    )
    old = replace(model().capital[0], year="2004")
    indices = {"plant": PriceIndex("plant", "test", {"2004": 80, "2024": 140})}
    terms = replace(
        model().terms, number=2, engineering_pct=number(10, "%"), owner=None,
        contingency=number(40, "%"),
    )  # fmt: skip
    report = cost_report(model(capital=(old, steep), indices=indices, terms=terms))
    codes = [one.code for one in report.findings]
    assert codes == [
        "ORL-1043",
        "ORL-1041",
        "ORL-1042",
        "ORL-1044",
        "ORL-1044",
        "ORL-1045",
        "ORL-1045",
    ]
    assert "20000 hp, more than 10 times away" in report.findings[2].message
    assert "owner's cost" in report.findings[5].message
    within = replace(steep, size_range=(10.0, 30_000.0))
    fewer = cost_report(model(capital=(within,))).findings
    assert [one.code for one in fewer] == ["ORL-1041", "ORL-1045"]


def test_a_class_has_its_range() -> None:
    report = cost_report(model())
    low, high = report.capital_range()
    total = report.figures.capital.total[0]
    assert (low / total, high / total) == pytest.approx((0.7, 1.5))
    with pytest.raises(InputError, match="no class 6"):
        cost_report(model(terms=replace(model().terms, number=6)))


def test_nothing_made_has_no_cost_for_a_kilogram() -> None:
    none = replace(model(), quantities=model().quantities | {"B": number(0, "kg/y")})
    with pytest.raises(InputError, match="nothing is made of B"):
        cost_report(none)
    figures = cost_figures(none)
    assert np.isnan(cost_values(none, figures)[0]).any()


def test_tables_name_their_sources() -> None:
    frames = cost_report(model()).frames()
    assert set(frames) == {"capital", "operating", "products", "stages", "burdens", "numbers"}
    assert frames["numbers"]["source"].to_list() == ["test"] * frames["numbers"].height
    assert frames["stages"]["cost_per_y"].sum() == pytest.approx(
        frames["operating"]["amount"].to_list()[-1], abs=0.02
    )
