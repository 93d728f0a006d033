"""Published costs, values and products of studies, beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from acceptance_model import HERE, Case

from oreline.design import cost_account, scaled_cost
from oreline.plan import CashFlow, annuity_payment, net_present_value, rates_of_return

OUNCE_G, LB_KG = 31.1034768, 0.45359237


# ------------------------------------------------------------------ money of studies


def worth(rate: str, flows: list[Decimal], first: int = 0) -> Decimal:
    return net_present_value(Decimal(rate), CashFlow(tuple(flows), "USD", first)).value


@cache
def rare_earth_plant() -> dict[str, float]:
    capital, operating = Decimal("7.461172417869669"), Decimal("6.880158261340908")
    revenue, growth = Decimal("64.38220104959998"), Decimal("1.03")
    spread = [Decimal(part) / 100 * Decimal("1.036") ** n for n, part in enumerate((10, 60, 30))]
    spent = worth("0.10", [-capital * part for part in spread], 1)
    nothing = [Decimal(0)] * 3
    run = worth("0.10", nothing + [-operating * growth**n for n in range(3, 23)], 1)
    sold = worth("0.10", nothing + [revenue * growth**n for n in range(3, 23)], 1)
    payment = annuity_payment(Decimal("0.06"), 10, capital / 2)
    loan = -worth("0.10", [payment] * 10, 1) - capital / 2
    parts = {"capital": spent, "operating cost": run, "revenue": sold, "loan": loan}
    return {**{name: float(value) for name, value in parts.items()},
            "in all": float(sum(parts.values(), Decimal(0)))}  # fmt: skip


PERPETUA = {
    -4: (0, 378, 0), -3: (0, 622, 0), -2: (0, 612, 0), -1: (34, 637, 0), 1: (516, 0, 110.9),
    2: (893, 0, 80.9), 3: (983, 0, 40.1), 4: (983, 0, 89.7), 5: (701, 0, 32.1), 6: (576, 0, 3.9),
    7: (265, 0, 106.3), 8: (221, 0, 68.7), 9: (175, 0, 5.1), 10: (201, 0, 20.6), 11: (369, 0, None),
    12: (337, 0, None), 13: (63, 0, None), 14: (38, 0, None), 15: (16, 0, None),
}  # fmt: skip
"""EBITDA, initial and sustaining capital by year, MUSD; SEC exhibit 99.1 of 2025."""


def perpetua_flows() -> list[Decimal]:
    """Return yearly flows before tax; sustaining capital not seen is what its total leaves."""
    seen = sum(row[2] for row in PERPETUA.values() if row[2] is not None)
    unseen = [year for year, row in PERPETUA.items() if row[2] is None]
    each = (723.5 - seen) / len(unseen)
    return [
        Decimal(str(ebitda - capital - (each if more is None else more)))
        for ebitda, capital, more in PERPETUA.values()
    ]


def perpetua_value() -> float:
    return float(worth("0.05", perpetua_flows()))


def perpetua_rate() -> float:
    # Years of closure cost more than they bring, so that a second, negative rate exists.
    found = rates_of_return(CashFlow(tuple(perpetua_flows()), "USD", 0)).rates
    (rate,) = (float(one) for one in found if one > 0)
    return 100 * rate


def level_value(capital: float, irr: float, rate: float, years: float) -> float:
    """Return the value of level years that give a rate of return on a capital spent at once."""
    paid = capital * irr / (1 - (1 + irr) ** -years)
    return paid * (1 - (1 + rate) ** -years) / rate - capital


def money_cases() -> Iterator[Case]:
    npv = "tests/plan/test_vectors_finance.py::test_net_present_value_of_a_rare_earth_plant"
    for name, printed in (
        ("capital", -6.3162037), ("operating cost", -59.02935), ("revenue", 552.37672),
        ("loan", -0.61610712), ("in all", 486.41505),
    ):  # fmt: skip
        yield Case(f"present value, {name}", printed, "MUSD",
                   lambda name=name: rare_earth_plant()[name], 1e-6,
                   "PrOMMiS 1.1, test_ree_costing.py, fixed inputs", npv)  # fmt: skip
    costs = "tests/design/test_published_costs.py"
    index = 1.30701

    def crusher() -> float:
        one = cost_account("1.3")
        return float(scaled_cost(one.cost, 589.0, one.size, one.exponent)) * index / 1e6

    yield Case("jaw crusher of 589 hp in money of 2021", 2.5122, "MUSD", crusher, 1e-4,
               "PrOMMiS 1.1, cost account 1.3", f"{costs}::test_a_jaw_crusher_in_money_of_2021",
    )  # fmt: skip
    yield Case("Kentucky pilot plant: total of bare erected cost", 0.734943, "MUSD",
               lambda: 0.247454 * 2.97, 1e-4, "PrOMMiS 1.1, test_uky_flowsheet.py",
               f"{costs}::test_the_factor_from_bare_to_total_is_that_of_the_pilot_plant_too",
    )  # fmt: skip
    yield Case("Energy Fuels phase 2 from Avalon Geismar", 410, "MUSD",
               lambda: float(scaled_cost(302, 7554, 10_000, 0.6)) * 800 / 585.7, 0.05,
               "press 2012 and 2026: 302 MUSD at 10,000 t/y; 410 at 7,554",
               f"{costs}::test_avalon_scaled_to_the_second_phase_of_energy_fuels",
               "phase 2 adds cracking and leaching, outside of Geismar's battery limits",
    )  # fmt: skip
    yield Case("Avalon: solvent extraction's part of the capital", 33, "%",
               lambda: 100 * 101 / 302, 0.02, "press 2012", f"{costs}::test_parts_of_avalons_costs",
    )  # fmt: skip
    table = f"{costs}::test_the_yearly_table_of_perpetua_sums_to_its_totals"
    sec = "Perpetua, SEC exhibit 99.1 (2025), yearly table"
    yield Case("Perpetua: sum of EBITDA", 6370, "MUSD",
               lambda: float(sum(row[0] for row in PERPETUA.values())), 2e-4, sec, table,
    )  # fmt: skip
    yield Case("sum of initial capital", 2248, "MUSD",
               lambda: float(sum(row[1] for row in PERPETUA.values())), 5e-4, sec, table,
    )  # fmt: skip
    tax = "ours is before tax, which the table does not show; it must lie above, and does"
    yield Case("net present value at 5 %", 1400, "MUSD", perpetua_value, 0.05,
               "printed after tax", HERE, tax)  # fmt: skip
    yield Case("rate of return", 15.4, "%", perpetua_rate, 0.05, "printed after tax", HERE, tax)
    level = "level years over a capital spent at once; the study's ramp and escalation are unknown"
    yield Case("Browns Range: NPV at 8 % over the reserve's 8.8 years", 187, "MAUD",
               lambda: level_value(592, 0.12, 0.08, 5.18e6 * 0.0088 * 0.84 / 4350), 0.1,
               "DFS 2025: 592 MAUD, IRR 12 %", HERE,
               f"the reserve alone is too small for the printed value: {level}")  # fmt: skip
    yield Case("Round Top: NPV at 10 % from its IRR of 70 %, 20 years", 1560, "MUSD",
               lambda: level_value(350.4, 0.70, 0.10, 20), 0.1,
               "PEA 2019: 350.4 MUSD, IRR 70 %", HERE, level)  # fmt: skip
    yield Case("Bear Lodge: NPV at 10 % from its IRR of 29 %, 20 years", 330, "MUSD",
               lambda: level_value(290, 0.29, 0.10, 20), 0.1,
               "PFS 2014: 290 MUSD, IRR 29 %", HERE,
               f"13 level years would give it, the excerpt prints no life: {level}")  # fmt: skip


# ------------------------------------------------------------------ outturns of studies


def outturn_cases() -> Iterator[Case]:
    costs = "tests/design/test_published_costs.py"
    yield Case("Round Top: overall recovery at 639 ppm", 47.4, "%",
               lambda: 100 * 2212 / (20_000 * 365 * 639e-6), 1e-3,
               "PEA 2019: 2,212 t/y from 20,000 t/d", f"{costs}::test_round_top")  # fmt: skip
    browns = f"{costs}::test_browns_range"
    yield Case("Browns Range 2015: recovery to concentrate", 90, "%",
               lambda: 100 * 16_700 * 0.20 / (585_000 * 0.0066), 0.02,
               "DFS 2015: 585 kt/y at 0.66 % to 16.7 kt/y of about 20 %; pilot 90 %", browns,
               "the study plans below its pilot plant, as studies do")  # fmt: skip
    ngualla = f"{costs}::test_ngualla_closes_only_as_products_and_not_as_oxides"
    yield Case("Ngualla: all products of the oxides fed", 100, "%",
               lambda: 100 * (2420 + 6940 + 3005 + 530) / (624_000 * 0.048), 0.05,
               "BFS 2017: 624 kt/y at 4.8 %", ngualla,
               "the printed slate is not one of all oxides: carbonates and what is rejected",
    )  # fmt: skip
    stibnite = f"{costs}::test_stibnite"
    yield Case("Stibnite: gold of the reserve", 4.8, "Moz",
               lambda: 104.6 * 1.43 / OUNCE_G, 0.01, "104.6 Mt at 1.43 g/t", stibnite)  # fmt: skip
    yield Case("its antimony", 148, "Mlb", lambda: 104.6e3 * 0.00064 / LB_KG, 0.005,
               "104.6 Mt at 0.064 %", stibnite)  # fmt: skip
    yield Case("antimony recovered over the life", 89.5, "%", lambda: 100 * 106.5 / 148, 0.02,
               "FS 2020: 84 to 91 % of high-antimony ore; 2025: 106.5 of 148 Mlb", stibnite,
               "72 % of all antimony: what is printed is of the ore of that circuit",
    )  # fmt: skip
    yield Case("Energy Fuels phase 2: its slate", 7554, "t/y",
               lambda: 5513 + 48 + 165 + 748 + 1080, 1e-9, "press 2026",
               f"{costs}::test_the_slate_of_energy_fuels_sums_to_what_is_printed")  # fmt: skip
