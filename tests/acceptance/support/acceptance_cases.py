"""Published numbers of processes and deposits, each beside what the product computes of it.

Every row is run when it is asked for: ``docs/validation/acceptance.md`` is written from these rows
by ``scripts/build_acceptance.py``, and a test compares. Numbers of others are typed here with
their source; none is read from a file that is no part of this repository.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from acceptance_model import Case, Group
from acceptance_money import OUNCE_G, money_cases, outturn_cases

from oreline.balance import Measurement, Network, Stream, StreamKind, reconcile
from oreline.design import (
    BinaryDuty,
    CascadeFlows,
    MagnetRecipe,
    Solution,
    bank_recovery,
    bond_energy_kwh_per_t,
    charge_ah_per_kg,
    distribution_coefficient,
    distribution_of_extraction,
    electrolysis_kwh_per_kg,
    extraction_tests,
    fewest_stages,
    kremser_ends,
    kremser_raffinate_fraction,
    least_solvent,
    magnet_demand,
    mass_fraction,
    read_processes,
    reduce_with_calcium,
    simulate_cascade,
    size_cascade,
    solve,
    sulphur_dioxide_t_per_t_antimony,
)
from oreline.explore import (
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    krige,
)

EXAMPLES = Path(__file__).parents[3] / "examples"


@cache
def example(file: str) -> Solution:
    sheet, findings = read_processes((EXAMPLES / file).read_text("utf-8"), file)
    assert sheet is not None, findings
    return solve(sheet)


# ------------------------------------------------------------------ Mountain Pass

PAPER = "Pradip and Fuerstenau (2013), Minerals & Metallurgical Processing 30(1) 1-9"
PLANTS = "tests/design/test_published_plants.py"
CIRCUIT = "tests/design/test_mountain_pass.py"


def mountain_pass(file: str, part: str, what: str) -> float:
    product = example(f"mountain-pass/{file}").product(part)
    if what == "pull":
        return product.dry_t_per_h  # of 100 t/h
    kind, _, name = what.partition(" ")
    return 100 * (product.grade(name) if kind == "grade" else product.recovery[name])


@cache
def reconciled_table_1() -> dict[str, float]:
    """Reconcile Table 1, each number known to 2 %, the mass of the feed exactly."""

    def stream(name: str, ends: tuple[str | None, str | None], dry: float, error: float,
               grades: tuple[float, ...]) -> Stream:  # fmt: skip
        measured = {
            one: Measurement(value, 0.02 * value)
            for one, value in zip(("REO", "CaO", "BaO", "SrO"), grades, strict=True)
        }
        return Stream(name, *ends, Measurement(dry, error), measured, StreamKind.FLOW)

    streams = (
        stream("feed", (None, "plant"), 100, 1e-9, (7.7, 22.1, 14.6, 5.0)),
        stream("concentrate", ("plant", None), 9.6, 0.192, (65.6, 2.7, 0.9, 5.4)),
        stream("tailings", ("plant", None), 90.4, 1.808, (1.7, 24.1, 16.1, 5.0)),
    )
    found = reconcile(Network(streams, ("REO", "CaO", "BaO", "SrO")))
    told = {str(row.quantity): row.value for row in found if row.value is not None}
    pull, grade, feed = (
        told["concentrate:dry_t"], told["concentrate:REO"], told["feed:REO"],
    )  # fmt: skip
    return {"pull": pull, "grade": grade, "feed": feed, "tail": told["tailings:REO"],
            "recovery": pull * grade / feed, "chi2": float(found.overall.chi2)}  # fmt: skip


def mountain_pass_cases() -> Iterator[Case]:
    circuit = f"{CIRCUIT}::test_the_products_are_those_of_table_1"
    loops = "its assays do not close: 7.70 of REO enter 100 of feed, 7.83 leave"
    for what, printed, ours, unit, why in (
        ("mass pull to concentrate", 9.6, ("concentrate", "pull"), "%", loops),
        ("concentrate", 65.6, ("concentrate", "grade REO"), "% REO", ""),
        ("recovery of REO", 80.1, ("concentrate", "recovery REO"), "%", ""),
        ("tailings", 1.7, ("tailings", "grade REO"), "% REO", ""),
    ):
        yield Case(f"{what}, recoveries of Table 2", printed, unit,
                   lambda ours=ours: mountain_pass("processes.toml", *ours), 0.01,
                   f"{PAPER}, Table 1", circuit, why)  # fmt: skip
    simulator = "PrOMMiS 1.1 (IDAES, IPOPT), flotation example"
    for what, printed, ours, unit in (
        ("mass pull", 9.473, ("concentrate", "pull"), "%"),
        ("concentrate", 65.081, ("concentrate", "grade REO"), "% REO"),
        ("recovery", 80.065, ("concentrate", "recovery REO"), "% REO"),
        ("concentrate", 3.03, ("concentrate", "grade CaO"), "% CaO"),
        ("concentrate", 1.00, ("concentrate", "grade BaO"), "% BaO"),
        ("concentrate", 5.29, ("concentrate", "grade SrO"), "% SrO"),
        ("tailings", 1.696, ("tailings", "grade REO"), "% REO"),
    ):
        last = 0.5 * 10.0 ** -len(f"{printed}".partition(".")[2])
        yield Case(f"{what}, against a simulator", printed, unit,
                   lambda ours=ours: mountain_pass("processes.toml", *ours),
                   max(1e-4, last / printed), simulator,
                   f"{CIRCUIT}::test_every_stream_is_that_of_the_simulator")  # fmt: skip
    yield Case(
        "concentrate by the recoveries of Figure 2", 65.6, "% REO",
        lambda: mountain_pass("figure-2.toml", "concentrate", "grade REO"), 0.01,
        f"{PAPER}, Table 1 beside Figure 2",
        f"{CIRCUIT}::test_recoveries_of_figure_2_give_another_concentrate_than_table_1_prints",
        "Figure 2 and Table 1 of the paper exclude each other; another solver finds 88.5 too",
    )  # fmt: skip
    closes = f"{PLANTS}::test_table_1_of_mountain_pass_does_not_close_and_is_reconciled"
    for key, printed, unit in (
        ("pull", 9.6, "%"), ("grade", 65.6, "% REO"), ("feed", 7.7, "% REO"),
        ("tail", 1.7, "% REO"), ("recovery", 80.1, "%"),
    ):  # fmt: skip
        yield Case(f"Table 1 reconciled: {key}", printed, unit,
                   lambda key=key: reconciled_table_1()[key], 0.02, f"{PAPER}, Table 1", closes,
        )  # fmt: skip
    for metal, rate, printed in (("REO", 0.61319, 0.944), ("CaO", 0.04408, 0.207)):
        yield Case(f"rougher by first-order kinetics, {metal}", printed, "recovery",
                   lambda rate=rate: float(bank_recovery(rate, 5.31325, 12)), 1e-4,
                   f"{PAPER}, Table 2",
                   "tests/design/test_law_flotation.py::test_the_rougher_of_mountain_pass",
        )  # fmt: skip


# ------------------------------------------------------------------ solvent extraction


def extraction_cases() -> Iterator[Case]:
    kremser = "tests/design/test_law_kremser.py"
    for factor, stages, printed in (
        (0.5, 3, 0.533333), (1, 4, 0.2), (1.5, 5, 0.048120), (2, 5, 0.015873),
        (3, 4, 0.008264), (1.4, 10, 0.010128),
    ):  # fmt: skip
        yield Case(
            f"Kremser, E {factor:g} in {stages} stages", printed, "left",
            lambda factor=factor, stages=stages: float(kremser_raffinate_fraction(factor, stages)),
            1e-6 / printed, "check values, each equal to a tridiagonal solve",
            f"{kremser}::test_printed_values",
        )  # fmt: skip
    for metal, d, aqueous, organic, printed in (
        ("Al", 0.0531, 422.375, 0.0, 399.95), ("Ca", 0.0658, 109.542, 0.0, 102.34),
        ("Fe", 0.1496, 688.266, 0.0, 585.59), ("Sc", 632.4976, 0.032, 1.734, 2.7415e-3),
    ):  # fmt: skip
        yield Case(
            f"{metal} in the raffinate of three stages", printed, "mg/L",
            lambda d=d, a=aqueous, o=organic: float(kremser_ends(d, 3, a, o).raffinate), 1e-4,
            "PrOMMiS 1.1, solvent extraction test, DEHPA 5 %, O/A 1",
            f"{kremser}::test_metals_of_constant_distribution_in_prommis",
        )  # fmt: skip
    # log D = (m0 + m1 dosage) pH + B0 + B1 log10(dosage), DEHPA in vol %.
    for metal, m0, m1, b0, b1 in (
        ("Ce", 0.30916, 0.04816, -1.66021, -0.38599), ("Y", 1.63166, 0.15166, -2.12601, 0.26612),
        ("Gd", 1.0225, 0.0195, -2.24143, 0.03065), ("Dy", 1.70783, 0.06443, -2.42226, -0.02538),
        ("Sm", 0.81233, -0.02247, -2.12172, 0.17414), ("Nd", 0.31183, 0.03763, -1.62372, -0.38096),
        ("La", 0.54, 0.0, -1.93, 0.0), ("Pr", 0.29, 0.0, -1.48, 0.0),
    ):  # fmt: skip
        printed = (m0 + m1 * 5) * 1.8 + b0 + b1 * math.log10(5)
        yield Case(
            f"log D of {metal} at pH 1.8, 5 % DEHPA", printed, "log D",
            lambda metal=metal: math.log10(distribution_coefficient(metal, 1.8, 5)), 1e-9,
            "DOE report 1569277, fits as PrOMMiS 1.1 has them",
            "tests/design/test_separation_factors.py::test_the_tables_are_those_of_the_facts",
        )  # fmt: skip
    one_contact = (
        "tests/design/test_separation_factors.py::"
        "test_one_contact_gives_the_percentages_of_scientific_reports"
    )
    for extractant, percents in (
        ("D2EHPA", (99, 99, 99)), ("PC88A", (98, 91, 64)), ("Cyanex 272", (76, 61, 27)),
    ):  # fmt: skip
        for metal, percent in zip(("Dy", "Tb", "Nd"), percents, strict=True):
            yield Case(f"{metal} extracted by {extractant} in one contact", percent, "%",
                       lambda e=extractant, m=metal: one_stage(e, m), 1e-9,
                       "Sci. Rep. 10, 16911 (2020), 0.8 M, pH 4", one_contact)  # fmt: skip


def one_stage(extractant: str, metal: str) -> float:
    (row,) = (
        one for one in extraction_tests() if (one.extractant, one.metal) == (extractant, metal)
    )
    left = float(kremser_raffinate_fraction(distribution_of_extraction(row.extracted), 1))
    return 100 * (1 - left)


def stage_cases() -> Iterator[Case]:
    cascade = "tests/design/test_law_cascade.py"
    counts = f"{cascade}::test_stage_counts_of_nd_and_pr_on_pc88a"
    source = "constant loading, beta 1.4, 75 % Nd; beta of patent EP2388344A1"
    for purity, printed in ((0.99, 27.3), (0.999, 41.1)):
        duty = BinaryDuty(1.4, 0.75, purity, purity)
        yield Case(f"least stages for {purity:.1%}", printed, "stages",
                   lambda duty=duty: fewest_stages(duty), 0.05 / printed, source, counts,
        )  # fmt: skip
    duty = BinaryDuty(1.4, 0.75, 0.99, 0.99)
    yield Case("least solvent", 3.14, "mol/mol feed", lambda: least_solvent(duty), 0.005 / 3.14,
               source, f"{cascade}::test_least_solvent_and_real_stages")  # fmt: skip
    for purity, ratio, printed in ((0.99, 1.3, 46), (0.99, 1.1, 60), (0.999, 1.1, 93)):
        made = BinaryDuty(1.4, 0.75, purity, purity)
        yield Case(f"stages for {purity:.1%} at {ratio} times that", printed, "stages",
                   lambda made=made, ratio=ratio: size_cascade(made, ratio).stages, 1e-9,
                   source, counts)  # fmt: skip
    flows = CascadeFlows(24, 22, 1.3 * least_solvent(duty), duty.extract_per_feed)
    for metal, place, printed in (("Nd", 0, 98.99), ("Pr", 1, 98.98)):

        def purity_of(place: int = place) -> float:
            got = simulate_cascade({"Nd": 0.75, "Pr": 0.25}, {"Nd": 1.4, "Pr": 1.0}, flows)
            return 100 * float((got.extract if place == 0 else got.raffinate)[place])

        yield Case(f"24 + 22 stages simulated, {metal}", printed, "%", purity_of, 1e-4,
                   "an independent simulation of every stage",
                   f"{cascade}::test_independent_simulation_of_the_printed_design")  # fmt: skip
    yield Case("stages of the patent's cascade", 144, "stages",
               lambda: size_cascade(BinaryDuty(1.4, 0.75, 0.999, 0.999), 1.1).stages, 0.01,
               "EP2388344A1: 72 + 72 real stages, PC88A",
               f"{cascade}::test_the_patent_s_cascade_is_larger_than_the_theory_as_it_should_be",
               "theoretical stages at 99.9 %: an overall efficiency of 0.65, as mixer-settlers "
               "have; the patent prints no purity")  # fmt: skip
    for beta, printed in ((1.23, 44), (2.6, 10)):
        yield Case(f"least stages at a published beta of {beta}", printed, "stages",
                   lambda beta=beta: fewest_stages(BinaryDuty(beta, 0.75, 0.99, 0.99)),
                   0.5 / printed, "range of Nd/Pr in the literature",
                   "tests/design/test_separation_factors.py::"
                   "test_neodymium_and_praseodymium_range_from_1_23_to_2_6")  # fmt: skip


# ------------------------------------------------------------------ antimony, copper, magnets


def blend(what: str) -> float:
    product = example("la-demajagua/processes.toml").product("blended-concentrate")
    told = {
        "t/y": 8000 * product.dry_t_per_h, "Sb": 8000 * product.contained_t_per_h["Sb"],
        "grade": 100 * product.grade("Sb"), "Au": 1e6 * product.grade("Au"),
    }  # fmt: skip
    return told[what]


def gold(what: str) -> float:
    product = example("la-demajagua/processes.toml").product("gold-concentrate")
    ounces = 8000 * product.contained_t_per_h["Au"] * 1e6 / OUNCE_G
    return {"t/y": 8000 * product.dry_t_per_h, "oz": ounces}[what]


def demajagua_cases() -> Iterator[Case]:
    source = "Antilles Gold, ASX notice 2024, La Demajagua"
    test = f"{PLANTS}::test_la_demajagua_gives_the_antimony_and_gold_that_are_printed"
    for what, printed, unit, key, within in (
        ("blended concentrate", 9540, "t/y", "t/y", 1e-3),
        ("antimony in it", 4480, "t/y", "Sb", 1e-3),
        ("its grade", 47, "% Sb", "grade", 0.5 / 47), ("its gold", 29.9, "g/t", "Au", 2e-3),
    ):  # fmt: skip
        yield Case(what, printed, unit, lambda key=key: blend(key), within, source, test)
    yield Case("leached gold concentrate", 45_670, "t/y", lambda: gold("t/y"), 1e-3, source, test)
    yield Case("gold in it", 50_800, "oz/y", lambda: gold("oz"), 1e-3, source, test)


COPPER = """\
name = "a copper concentrator"
basis = "reported"
source = "Schlesinger et al., Extractive Metallurgy of Copper, figure 3.1"
[components]
elements = ["Cu"]
[[feeds]]
id = "ore"
to = "mill"
dry_t_per_h = 1000
grades = { Cu = "0.5 %" }
[[units]]
id = "mill"
law = "two_product"
outlets = { concentrate = "concentrate", tailings = "tailings" }
parameters.feed_grade = { Cu = "0.5 %" }
parameters.concentrate_grade = { Cu = "30 %" }
parameters.tailings_grade = { Cu = "0.05 %" }
[[products]]
id = "concentrate"
[[products]]
id = "tailings"
kind = "waste"
"""


@cache
def copper() -> tuple[float, float]:
    sheet, findings = read_processes(COPPER, "copper.toml")
    assert sheet is not None, findings
    product = solve(sheet).product("concentrate")
    return 100 * product.recovery["Cu"], product.dry_t_per_h / 10


def plant_cases() -> Iterator[Case]:
    davenport = "Extractive Metallurgy of Copper, figure 3.1: 0.5, 30 and 0.05 % Cu"
    test = f"{PLANTS}::test_a_copper_concentrator_recovers_what_its_three_assays_say"
    yield Case("recovery of a copper concentrator", 90.15, "%", lambda: copper()[0], 1e-4,
               davenport, test)  # fmt: skip
    yield Case("its mass pull", 1.50, "%", lambda: copper()[1], 5e-3, davenport, test)
    yield Case("Bond: Wi 14, 10,000 to 75 µm", 14.77, "kWh/t",
               lambda: float(bond_energy_kwh_per_t(14, 10_000, 75)), 1e-3, "textbook value",
               "tests/design/test_law_comminution.py::test_bond_s_law")  # fmt: skip
    pyromet = "tests/design/test_law_pyromet.py"
    theory = "closed form with atomic weights"
    yield Case("SO2 of roasted stibnite", 0.789, "t/t Sb", sulphur_dioxide_t_per_t_antimony, 1e-3,
               theory, f"{pyromet}::test_sulphur_dioxide_of_antimony")  # fmt: skip
    power = f"{pyromet}::test_neodymium_s_charge_and_power"
    yield Case("charge of neodymium", 557.4, "Ah/kg", lambda: charge_ah_per_kg("Nd", 3), 1e-4,
               theory, power)  # fmt: skip
    yield Case("its power at 10 V, 0.75", 7.4, "kWh/kg",
               lambda: electrolysis_kwh_per_kg("Nd", 3, 10, 0.75), 0.007, theory, power,
    )  # fmt: skip
    for what, volt, part, printed in (("won", 2.0, 0.92, 1.83), ("refined", 0.3, 0.95, 0.27)):
        yield Case(f"power of copper, {what}", printed, "kWh/kg",
                   lambda volt=volt, part=part: electrolysis_kwh_per_kg("Cu", 2, volt, part), 0.02,
                   theory, f"{pyromet}::test_copper_s_power")  # fmt: skip
    yield Case("calcium for neodymium from its fluoride", 0.417, "kg/kg",
               lambda: reduce_with_calcium("Nd", 1.0, 0.0).calcium, 1e-3, theory,
               f"{pyromet}::test_calcium_for_a_kilogram_of_neodymium")  # fmt: skip
    recipe = MagnetRecipe({"Nd": 0.305, "B": 0.01})
    for back, printed in ((0.0, 0.499), (0.9, 0.387)):
        yield Case(f"oxide for a tonne of magnets, {back:.0%} of the swarf back", printed, "t/t",
                   lambda back=back: magnet_demand(1, recipe, 0.75, back, 0.95).oxides["Nd2O3"],
                   1e-3, "yield 0.75, metal yield 0.95, 30.5 % NdPr",
                   f"{pyromet}::test_one_tonne_of_magnets")  # fmt: skip
    for compound, element, printed in (
        ("Nd2O3", "Nd", 0.857356), ("Pr6O11", "Pr", 0.827704), ("Sb2S3", "Sb", 0.716868),
        ("Sb2O3", "Sb", 0.835354), ("CuFeS2", "Cu", 0.346279), ("Nd2Fe14B", "Nd", 0.266837),
    ):  # fmt: skip
        yield Case(f"{element} in {compound}", printed, "by mass",
                   lambda c=compound, e=element: mass_fraction(c, e), 1e-4,
                   "IUPAC atomic weights", "tests/design/test_law_hydromet.py::test_stoichiometry",
        )  # fmt: skip


# ------------------------------------------------------------------ reconciliation, kriging


@cache
def exchanger() -> tuple[float, ...]:
    measured = (101.91, 64.45, 34.65, 64.20, 36.44, 98.88)
    ends = ((None, "split"), ("split", "exchanger"), ("split", "valve"), ("exchanger", "mix"),
            ("valve", "mix"), ("mix", None))  # fmt: skip
    streams = tuple(
        Stream(f"f{number}", *end, Measurement(flow, 1.0))
        for number, (end, flow) in enumerate(zip(ends, measured, strict=True))
    )
    told = {str(row.quantity): row.value for row in reconcile(Network(streams))}
    values = [told[f"f{number}:dry_t"] for number in range(6)]
    return tuple(value for value in values if value is not None)


def statistics_cases() -> Iterator[Case]:
    for number, printed in enumerate((100.22, 64.50, 35.72, 64.50, 35.72, 100.22)):
        yield Case(f"flow {number + 1} round an exchanger", printed, "as measured",
                   lambda number=number: exchanger()[number], 0.01 / printed,
                   "Narasimhan and Jordache (2000), six flows of equal uncertainty",
                   f"{PLANTS}::test_flows_round_an_exchanger_are_reconciled_as_printed",
        )  # fmt: skip
    isaaks = "Isaaks and Srivastava (1989), chapter 12, seven samples"
    test = "tests/explore/test_kriging.py::test_the_example_of_isaaks_and_srivastava"
    yield Case("ordinary kriging: estimate", 592.7, "ppm", lambda: seven_samples()[0], 1e-4,
               isaaks, test)  # fmt: skip
    yield Case("its variance", 8.96, "ppm²", lambda: seven_samples()[1], 1e-3, isaaks, test)
    pykrige = "tests/explore/test_kriging.py::test_pykrige_gives_the_same_from_the_sixteen_nearest"
    for place, what in enumerate(("mean estimate", "mean variance")):
        yield Case(f"50 places from 16 of 80 samples: {what}", peer()[0][place], "of PyKrige 1.7.3",
                   lambda place=place: peer()[1][place], 1e-10, "PyKrige 1.7.3, run beside ours",
                   pykrige)  # fmt: skip


@cache
def seven_samples() -> tuple[float, float]:
    xy = [(61, 139), (63, 140), (64, 129), (68, 128), (71, 140), (73, 141), (75, 128)]
    values = np.array([477.0, 696, 227, 646, 606, 791, 783])
    samples = Samples(np.array([(x, y, 0.0) for x, y in xy]), values, ("V",))
    model = Variogram(0.0, (Structure(StructureKind.EXPONENTIAL, 10.0, (10.0, 10.0, 10.0)),))
    found = krige([[65.0, 137.0, 0.0]], samples, model, [SearchPass((1e4, 1e4, 1e4))])
    return float(found.values[0, 0]), float(found.variance("V")[0])


@cache
def peer() -> tuple[tuple[float, float], tuple[float, float]]:
    from pykrige.ok3d import OrdinaryKriging3D

    drawn = np.random.default_rng(11)
    places, values = drawn.uniform(0, 100, (80, 3)), drawn.normal(size=80)
    targets = drawn.uniform(0, 100, (50, 3))
    given = {"psill": 0.8, "range": 90.0, "nugget": 0.2}
    theirs = OrdinaryKriging3D(
        *places.T, values, variogram_model="spherical", variogram_parameters=given
    ).execute("points", *targets.T, n_closest_points=16, backend="loop")
    model = Variogram(0.2, (Structure(StructureKind.SPHERICAL, 0.8, (90.0, 90.0, 90.0)),))
    found = krige(targets, Samples(places, values, ("V",)), model,
                  [SearchPass((1e4, 1e4, 1e4), max_samples=16)])  # fmt: skip
    ours = float(found.values.mean()), float(found.variance("V").mean())
    return (float(theirs[0].mean()), float(theirs[1].mean())), ours


@cache
def groups() -> tuple[Group, ...]:
    """Return all cases by what they are about."""
    return (
        Group("Mountain Pass", "The three tables of the paper do not close; what follows from each "
              "stands beside what is printed, and Table 1 is reconciled.",
              tuple(mountain_pass_cases())),
        Group("Solvent extraction", "", tuple(extraction_cases())),
        Group("Stages of a neodymium and praseodymium cascade", "", tuple(stage_cases())),
        Group("La Demajagua", "", tuple(demajagua_cases())),
        Group("Laws and stoichiometry", "", tuple(plant_cases())),
        Group("Reconciliation and kriging", "", tuple(statistics_cases())),
        Group("Money", "", tuple(money_cases())),
        Group("Products of studies", "Studies are quoted from press notices and decks.",
              tuple(outturn_cases())),
    )  # fmt: skip
