"""Studies of a flowsheet: many draws give what each gives alone, and what fails is no number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_sheets import BANKS, changed, sheet_of, solved

from oreline.design import (
    Figure,
    Flowsheet,
    Wanted,
    design_evaluator,
    draw,
    read_flowsheet,
    solve,
    uncertain_of,
    with_numbers,
)
from oreline.design import _samples as samples_module
from oreline.model import InputError

WANTED = (
    Wanted("product", Figure.RECOVERY, "Cu"),
    Wanted("product", Figure.GRADE, "Cu"),
    Wanted("product", Figure.CONTAINED, "Cu"),
    Wanted("tails", Figure.DRY),
)
EXAMPLES = Path(__file__).parents[2] / "examples"
INPUTS = ("rougher.to_concentrate[Cu]", "ore.grade[Cu]", "ore.dry_t_per_h")


def example(name: str) -> Flowsheet:
    """Return the flowsheet of an example, with its assumptions."""
    folder = EXAMPLES / name
    table = folder / "assumptions.csv"
    text = (folder / "processes.toml").read_text("utf-8")
    sheet, _ = read_flowsheet(text, name, table.read_bytes() if table.is_file() else None)
    assert sheet is not None
    return sheet


def test_results_of_draws_are_those_of_files_that_say_so() -> None:
    evaluate = design_evaluator(sheet_of(BANKS), INPUTS, WANTED)
    samples = np.array([[0.9, 0.01, 100.0], [0.7, 0.02, 50.0], [0.95, 0.005, 80.0]])
    answers = evaluate(samples)
    for (recovery, grade, flow), answer in zip(samples, answers, strict=True):
        text = changed(
            ("Cu = 0.9", f"Cu = {recovery}"),
            ('Cu = "1 %"', f"Cu = {grade}"),
            ("dry_t_per_h = 100", f"dry_t_per_h = {flow}"),
        )
        solution = solved(text)
        product = solution.product("product")
        expected = [
            product.recovery["Cu"],
            product.grade("Cu"),
            product.contained_t_per_h["Cu"],
            solution.product("tails").dry_t_per_h,
        ]
        assert answer == pytest.approx(expected, rel=1e-12)


def test_a_draw_that_cannot_be_is_no_number_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(samples_module, "CHUNK", 4)
    evaluate = design_evaluator(sheet_of(BANKS), INPUTS[:1], WANTED[:1])
    shares = np.array([0.5, 0.9, 1.2, 0.8, 0.7, -0.1, 0.6])[:, None]
    answers = evaluate(shares)[:, 0]
    assert np.isnan(answers).tolist() == [False, False, True, False, False, True, False]
    assert answers[1] == pytest.approx(solved(BANKS).product("product").recovery["Cu"], rel=1e-12)
    assert evaluate(shares[:0]).shape == (0, 1)


def test_a_law_that_refuses_some_samples_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A matte that cannot be made, in the loop of laws that depend on their feed."""
    monkeypatch.setattr(samples_module, "CHUNK", 6)
    sheet = example("pakistan-us")
    name = "smelter.matte_grade"
    grades = np.array([0.60, 0.62, 0.95, 0.63, 0.61, 0.99, 0.64, 0.9])
    evaluate = design_evaluator(sheet, [name], [Wanted("cathode", Figure.DRY)])
    answers = evaluate(grades[:, None])[:, 0]
    assert np.isnan(answers).tolist() == (grades > 0.8).tolist()
    alone = design_evaluator(sheet, [name], [Wanted("cathode", Figure.DRY)], workers=1)
    assert answers[3] == pytest.approx(alone(grades[3:4, None])[0, 0], rel=1e-12)


@pytest.mark.parametrize("name", ["pakistan-us", "ore-to-magnet"])
def test_a_sample_is_the_same_alone_and_among_others(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cascades, smelters and recycles: the same bits for any workers, 1e-12 for any chunk."""
    sheet = example(name)
    inputs = uncertain_of(sheet.numbers())
    names = [one.name for one in inputs]
    wanted = [Wanted(product.id, Figure.DRY) for product in sheet.products]
    drawn = draw(inputs, 10, 1)
    monkeypatch.setattr(samples_module, "CHUNK", 4)
    at_once = design_evaluator(sheet, names, wanted, workers=1)(drawn)
    shared = design_evaluator(sheet, names, wanted, workers=3)(drawn)
    assert np.array_equal(at_once, shared)
    monkeypatch.setattr(samples_module, "CHUNK", 1)
    one_by_one = design_evaluator(sheet, names, wanted, workers=1)(drawn)
    assert np.isfinite(one_by_one).all()
    assert at_once == pytest.approx(one_by_one, rel=1e-12)
    # And as a file that says so would be solved: from the start, and to the end.
    settled = solve(with_numbers(sheet, dict(zip(names, drawn[7].tolist(), strict=True))))
    expected = [settled.product(one.product).dry_t_per_h for one in wanted]
    assert at_once[7] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("inputs", "wanted", "said"),
    [
        (("nothing",), WANTED, "no numbers of this flowsheet: nothing"),
        (INPUTS, (Wanted("gold", Figure.DRY),), "no product is called gold"),
        (INPUTS, (Wanted("product", Figure.GRADE),), "of no element, all others are of one"),
        (INPUTS, (Wanted("product", Figure.DRY, "Cu"),), "of no element, all others are of one"),
        (INPUTS, (Wanted("product", Figure.GRADE, "Au"),), "Au is not followed here"),
    ],
)
def test_studies_of_what_is_not_there_are_refused(
    inputs: tuple[str, ...], wanted: tuple[Wanted, ...], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        design_evaluator(sheet_of(BANKS), inputs, wanted)


def test_results_have_names_and_units() -> None:
    assert [(one.name, one.unit) for one in WANTED] == [
        ("product.recovery[Cu]", "1"),
        ("product.grade[Cu]", "1"),
        ("product.contained_t_per_h[Cu]", "t/h"),
        ("tails.dry_t_per_h", "t/h"),
    ]
