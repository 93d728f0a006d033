"""Studies of a flowsheet: many draws give what each gives alone, and what fails is no number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_sheets import BANKS, changed, sheet_of, solved

from oreline.design import Figure, Wanted, design_evaluator, read_processes, solve
from oreline.design import _study as study
from oreline.model import InputError

WANTED = (
    Wanted("product", Figure.RECOVERY, "Cu"),
    Wanted("product", Figure.GRADE, "Cu"),
    Wanted("product", Figure.CONTAINED, "Cu"),
    Wanted("tails", Figure.DRY),
)
INPUTS = ("rougher.to_concentrate[Cu]", "ore.grade[Cu]", "ore.dry_t_per_h")


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
    monkeypatch.setattr(study, "CHUNK", 4)
    evaluate = design_evaluator(sheet_of(BANKS), INPUTS[:1], WANTED[:1])
    shares = np.array([0.5, 0.9, 1.2, 0.8, 0.7, -0.1, 0.6])[:, None]
    answers = evaluate(shares)[:, 0]
    assert np.isnan(answers).tolist() == [False, False, True, False, False, True, False]
    assert answers[1] == pytest.approx(solved(BANKS).product("product").recovery["Cu"], rel=1e-12)
    assert evaluate(shares[:0]).shape == (0, 1)


def test_a_study_settles_laws_of_the_feed() -> None:
    file = Path(__file__).parents[2] / "examples" / "ore-to-magnet" / "processes.toml"
    sheet, _ = read_processes(file.read_text("utf-8"))
    assert sheet is not None
    name = "machining.yield"
    evaluate = design_evaluator(sheet, [name], [Wanted("magnets", Figure.RECOVERY, "Nd")])
    answers = evaluate(np.array([[0.7], [sheet.numbers()[name].value], [0.9]]))[:, 0]
    assert answers[1] == pytest.approx(solve(sheet).product("magnets").recovery["Nd"], abs=1e-6)
    assert answers[0] < answers[1] < answers[2]


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
