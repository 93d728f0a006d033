"""Solved flowsheets: against a dense solve that knows nothing of ours, and laws for all inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_sheets import BANKS, changed, sheet_of

from oreline.design import (
    LAWS,
    Component,
    ComponentKind,
    Feed,
    FeedStream,
    Flowsheet,
    Law,
    LawResult,
    Parameter,
    ParameterSpec,
    Product,
    ProductKind,
    SolveSettings,
    StreamPhase,
    Unit,
    read_processes,
    solve,
    solve_flows,
    waterfall,
)
from oreline.model import Basis, InputError

COMPONENTS = (
    Component("Cu", ComponentKind.ELEMENT),
    Component("S", ComponentKind.ELEMENT),
    Component("chalcocite", ComponentKind.COMPOUND, {"Cu": 0.8, "S": 0.2}, "Cu2S"),
    Component("rest", ComponentKind.REST),
    Component("water", ComponentKind.WATER),
)
NAMES = tuple(one.name for one in COMPONENTS)


def number(value: float, unit: str = "1") -> Parameter:
    return Parameter(value, unit, Basis.ASSUMED, "a test")


@st.composite
def sheets(draw: st.DrawFn) -> Flowsheet:
    """Units in a row whose second outlet goes anywhere: forward, back, to itself, to waste."""
    count = draw(st.integers(1, 7))
    share = st.floats(0.05, 0.95)
    units = []
    for place in range(count):
        onward = f"u{place + 1}" if place + 1 < count else "product"
        targets = [f"u{other}" for other in range(count)] + ["waste"]
        law = LAWS["split"]
        if draw(st.booleans()):
            law = replace(law, breaks_minerals=True)
        units.append(
            Unit(
                f"u{place}",
                law,
                {"on": onward, "off": draw(st.sampled_from(targets))},
                {f"to_on[{name}]": number(draw(share)) for name in NAMES},
                phases={"on": StreamPhase.SOLID, "off": StreamPhase.SOLID},
            )
        )
    grades = {"Cu": number(0.1), "S": number(0.2), "chalcocite": number(0.3)}
    feeds = [FeedStream("ore", "u0", number(50.0, "t/h"), grades, number(0.2))]
    if draw(st.booleans()):
        feeds.append(FeedStream("scrap", f"u{count - 1}", number(7.0, "t/h"), {"Cu": number(1.0)}))
    ends = (Product("product", ProductKind.PRODUCT), Product("waste", ProductKind.WASTE))
    return Flowsheet("drawn", COMPONENTS, tuple(feeds), tuple(units), ends)


def dense_products(sheet: Flowsheet) -> dict[str, np.ndarray]:
    """Return what reaches each product from one dense matrix over all units and components."""
    width = len(NAMES)
    index = {name: place for place, name in enumerate(NAMES)}
    units = {unit.id: place for place, unit in enumerate(sheet.units)}
    source = np.zeros((len(units), width))
    for feed in sheet.feeds:
        flow, row = feed.dry_t_per_h.value, source[units[feed.to]]
        for name, grade in feed.grades.items():
            row[index[name]] += flow * grade.value
        row[index["rest"]] += flow * (1 - sum(grade.value for grade in feed.grades.values()))
        if feed.moisture is not None:
            row[index["water"]] += flow * feed.moisture.value / (1 - feed.moisture.value)
    passing = np.zeros((len(units), width, len(units), width))
    ends = {product.id: np.zeros((width, len(units), width)) for product in sheet.products}
    for place, unit in enumerate(sheet.units):
        broken = np.eye(width)
        if unit.law.breaks_minerals:
            broken[:, index["chalcocite"]] = [0.8, 0.2, 0, 0, 0]
        on = np.array([unit.parameters[f"to_on[{name}]"].value for name in NAMES])
        for target, part in zip(unit.outlets.values(), (on, 1 - on), strict=True):
            sent = np.diag(part) @ broken
            if target in units:
                passing[units[target], :, place, :] += sent
            else:
                ends[target][:, place, :] += sent
    size = len(units) * width
    matrix = np.eye(size) - passing.reshape(size, size)
    flows = np.linalg.solve(matrix, source.reshape(-1))
    return {name: sent.reshape(width, size) @ flows for name, sent in ends.items()}


@given(sheets())
def test_products_are_those_of_one_dense_solve(sheet: Flowsheet) -> None:
    solution = solve(sheet)
    assert max(solution.closure.values()) <= 1e-12
    expected = dense_products(sheet)
    for product in sheet.products:
        rows = [row for row in solution.streams if row.destination == product.id]
        for place, name in enumerate(NAMES):
            ours = sum(row.flow_t_per_h[name] for row in rows)
            assert ours == pytest.approx(expected[product.id][place], rel=1e-7, abs=1e-7)


@given(sheets())
def test_a_waterfall_leaves_nothing(sheet: Flowsheet) -> None:
    found = waterfall(solve(sheet), "Cu")
    assert sum(row.share for row in found.rows) == pytest.approx(1, abs=1e-12)
    assert found.rows[-1].left == 0


@given(sheets(), st.integers(0, 2**32 - 1))
def test_samples_are_solved_together_as_one_by_one(sheet: Flowsheet, seed: int) -> None:
    generator = np.random.default_rng(seed)
    names = ["ore.dry_t_per_h", "ore.grade[Cu]", "ore.moisture", "u0.to_on[chalcocite]"]
    lows, highs = [10, 0.05, 0.0, 0.05], [90, 0.15, 0.5, 0.95]
    draws = {
        name: generator.uniform(low, high, 5)
        for name, low, high in zip(names, lows, highs, strict=True)
    }
    together = solve_flows(sheet, draws)
    assert together.samples == 5
    for sample in range(5):
        alone = solve_flows(
            sheet, {name: array[sample : sample + 1] for name, array in draws.items()}
        )
        np.testing.assert_array_equal(together.streams[sample], alone.streams[0])


def roast(feed: Feed, values: object) -> LawResult:
    """All sulfur to gas as SO2, with oxygen from air, two parts of oxygen to one of sulfur."""
    places = {name: place for place, name in enumerate(feed.components)}
    splits = np.zeros((2, len(feed.components)))
    splits[0] = 1.0
    sulfur = float(feed.flow_t_per_h[places["S"]])
    needed = sulfur * 31.998 / 32.06
    held = float(feed.flow_t_per_h[places["O"]])
    splits[:, places["S"]] = [0, 1]
    to_gas = needed / (needed + held) if needed + held else 0.0
    splits[:, places["O"]] = [1 - to_gas, to_gas]
    splits[:, places["water"]] = [0, 1]
    return LawResult(splits, {"heat_gj": 3.0 * sulfur}, (), {"O2": needed})


ROAST = Law(
    "roast", 2, ("calcine", "gas"), {}, "a test", roast,
    (StreamPhase.SOLID, StreamPhase.GAS), breaks_minerals=True,
)  # fmt: skip
ROASTED = """\
name = "a roaster"
basis = "assumed"
source = "a test"
[components]
elements = ["Sb", "S", "O"]
minerals = ["stibnite", "senarmontite"]
[[feeds]]
id = "ore"
to = "roaster"
dry_t_per_h = 10
moisture = "10 %"
grades = { stibnite = "60 %", senarmontite = "10 %" }
[[units]]
id = "roaster"
law = "roast"
outlets = { calcine = "calcine", gas = "stack" }
[[products]]
id = "calcine"
[[products]]
id = "stack"
kind = "emission"
"""


def test_reagents_close_the_oxygen_and_gas_carries_the_sulfur() -> None:
    sheet, findings = read_processes(ROASTED, laws={**LAWS, "roast": ROAST})
    assert sheet is not None, findings
    solution = solve(sheet)
    stack = solution.product("stack")
    # 6 t/h of Sb2S3 with 28.31 % S (IUPAC masses): SO2 is 64.058 / 32.06 of the sulfur.
    sulfur = 6 * 0.28314
    assert stack.contained_t_per_h["S"] == pytest.approx(sulfur, rel=1e-3)
    assert stack.dry_t_per_h == pytest.approx(sulfur * 64.058 / 32.06, rel=1e-3)
    assert stack.water_t_per_h == pytest.approx(10 / 9)
    assert stack.phase is StreamPhase.GAS
    (unit,) = solution.units
    assert unit.reagents_t_per_h["O2"] == pytest.approx(sulfur * 31.998 / 32.06, rel=1e-3)
    assert unit.consumed_per_h["heat_gj"] == pytest.approx(3 * sulfur, rel=1e-3)
    assert waterfall(solution, "O").reagents_t_per_h == pytest.approx(
        unit.reagents_t_per_h["O2"], rel=1e-9
    )
    assert max(solution.closure.values()) <= 1e-12


def bank(steepness: float) -> Law:
    """A bank whose recovery falls with its feed: what is fed leaves less time for each tonne."""

    def apply(feed: Feed, values: object) -> LawResult:
        recovery = 0.9 / (1.0 + (float(feed.dry_t_per_h) / 150.0) ** steepness)
        splits = np.full((2, len(feed.components)), recovery)
        splits[1] = 1 - recovery
        return LawResult(splits)

    return Law("bank", 2, ("concentrate", "tailings"), {}, "a test", apply)


RECYCLED = changed(
    ('"split"\noutlets = { concentrate = "cleaner"', '"bank"\noutlets = { concentrate = "cleaner"'),
    ("parameters.to_concentrate = { Cu = 0.9, rest = 0.1 }\n", ""),
    ("rest = 0.05 }", "rest = 0.05, water = 0.5 }"),
)  # fmt: skip


@pytest.mark.parametrize("steepness", [0.5, 1.0, 4.0, 12.0])
def test_laws_of_the_feed_settle_where_their_answer_fits_the_flow_it_leads_to(
    steepness: float,
) -> None:
    law = bank(steepness)
    sheet, findings = read_processes(RECYCLED, laws={**LAWS, "bank": law})
    assert sheet is not None, findings
    solution = solve(sheet)
    feed = next(unit.dry_t_per_h for unit in solution.units if unit.id == "rougher")
    concentrate = solution.stream("rougher.concentrate").dry_t_per_h
    assert concentrate / feed == pytest.approx(0.9 / (1 + (feed / 150) ** steepness), rel=1e-9)
    assert solution.rounds > 1


def test_laws_that_do_not_settle_give_nothing() -> None:
    sheet, _ = read_processes(RECYCLED, laws={**LAWS, "bank": bank(4.0)})
    assert sheet is not None
    with pytest.raises(InputError, match="do not settle: after 3 rounds"):
        solve(sheet, SolveSettings(rounds_max=3))


def leaking(feed: Feed, values: object) -> LawResult:
    return LawResult(np.full((1, len(feed.components)), 0.98))


def test_a_law_that_loses_material_is_refused() -> None:
    law = Law("leak", 3, ("product",), {}, "a test", leaking)
    text = BANKS.partition("[[units]]")[0] + (
        '[[units]]\nid = "rougher"\nlaw = "leak"\noutlets = { product = "p" }\n'
        '[[products]]\nid = "p"\n'
    )
    sheet, findings = read_processes(text, "p.toml", laws={"leak": law})
    assert sheet is not None, findings
    with pytest.raises(InputError, match=r"ORL-1010 p.toml:14.*product 98 %"):
        solve(sheet)


def test_numbers_a_law_assumes_stand_among_the_numbers_and_can_be_drawn() -> None:
    spec = ParameterSpec("1", 0.0, 0.5, "share", default=0.25)

    def apply(feed: Feed, values: dict[str, float]) -> LawResult:
        share = np.full(len(feed.components), values["share"])
        return LawResult(np.stack([share, 1 - share]))

    law = Law("part", 0, ("a", "b"), {"share": spec}, "a test", apply, by_feed=False)  # type: ignore[arg-type]
    text = BANKS.partition("[[units]]")[0] + (
        '[[units]]\nid = "rougher"\nlaw = "part"\noutlets = { a = "p", b = "q" }\n'
        '[[products]]\nid = "p"\n[[products]]\nid = "q"\n'
    )
    sheet, findings = read_processes(text, "p.toml", laws={"part": law})
    assert sheet is not None, findings
    stated = sheet.numbers()["rougher.share"]
    assert (stated.value, stated.basis) == (0.25, Basis.ASSUMED)
    flows = solve_flows(sheet, {"rougher.share": np.array([0.1, 0.2])})
    assert flows.streams[:, 0].sum(axis=1) == pytest.approx([10, 20])
    warned, findings = read_processes(
        text.replace("[[products]]", "parameters.share = 0.75\n[[products]]", 1),
        "p.toml",
        laws={"part": law},
    )
    assert warned is not None
    assert [str(one.code) for one in findings] == ["ORL-1013"]


@pytest.mark.parametrize(
    ("draws", "said"),
    [
        ({"nothing": np.ones(2)}, "is no number of this flowsheet"),
        ({"ore.dry_t_per_h": np.array([1.0, np.nan])}, "finite"),
        ({"ore.dry_t_per_h": np.ones(2), "ore.grade[Cu]": np.zeros(3)}, "others have 2"),
        ({"ore.grade[Cu]": np.array([0.5, 1.5])}, "sum to 150 %"),
    ],
)
def test_draws_that_cannot_be_meant_are_refused(draws: dict[str, np.ndarray], said: str) -> None:
    with pytest.raises(InputError, match=said):
        solve_flows(sheet_of(BANKS), draws)
