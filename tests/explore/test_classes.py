"""Screening classes: each method by hand, and the rules that decide."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.explore import (
    NOT_A_STATEMENT,
    BlockGrid,
    ClassRule,
    ClassSettings,
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    classify,
    drill_spacing,
    inverse_distance,
    krige,
)
from oreline.model import InputError

MODEL = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (120.0, 120.0, 60.0)),))
NEAR = SearchPass((40.0, 40.0, 20.0), min_samples=4, max_samples=12)
PASSES = [NEAR, NEAR.widened(2.0), NEAR.widened(4.0)]


def square(spacing: float = 30.0, side: int = 5) -> Samples:
    """Drill vertical holes on a square grid."""
    x, y, z = np.meshgrid(
        np.arange(side) * spacing, np.arange(side) * spacing, [-5.0, -10.0, -15.0], indexing="ij"
    )
    xyz = np.column_stack([x.ravel(), y.ravel(), z.ravel()])
    rng = np.random.default_rng(2)
    return Samples(xyz, rng.lognormal(0, 0.4, len(xyz)), ("Nd",), hole=np.arange(len(xyz)) // 3)


def test_the_middle_of_a_cell_of_a_square_grid_has_the_spacing_of_the_grid() -> None:
    found = drill_spacing([[45.0, 45.0, -10.0]], square(30.0), holes=4)
    assert found[0] == pytest.approx(30.0)
    assert np.isnan(drill_spacing([[0.0, 0, 0]], square(side=1), holes=2)).all()


def test_three_methods_stand_side_by_side_and_each_rule_decides() -> None:
    samples = square()
    grid = BlockGrid((-60.0, -60.0, -20.0), (20.0, 20.0, 10.0), (16, 16, 2))
    found = krige(grid.centres_m(), samples, MODEL, PASSES, points_m=grid.points_m((3, 3, 2)))
    limits = ClassSettings(spacing_m=(35.0, 60.0, 120.0), blocks_per_month=2.0, holes=4)
    made = classify(grid.centres_m(), samples, found, "Nd", 1.1, limits)
    support = found.supports[0]
    error = 1.645 * np.sqrt(found.variance("Nd")) / 1.1
    order = ["A", "B", "C", ""]
    seen = set()
    for at in range(grid.n):
        by_pass = ["", "A", "B", "C"][support.search_pass[at]]
        if by_pass:
            by_error = "A" if error[at] <= 0.15 * 6**0.5 else "B"
            by_error = by_error if error[at] <= 0.15 * 24**0.5 else "C"
            spacing = made.spacing_m[at]
            by_spacing = "A" if spacing <= 35 else "B" if spacing <= 60 else "C"
            by_spacing = by_spacing if spacing <= 120 else ""
        else:
            by_error = by_spacing = ""
        three = (by_pass, by_error, by_spacing)
        seen.add(three)
        methods = [made.by_method[name][at] for name in
                   ("search pass", "kriging variance", "drill spacing")]  # fmt: skip
        assert tuple(methods) == three
        assert made.decided[at] == by_pass
    assert len(seen) > 3
    for rule, choose in ((ClassRule.WORST, max), (ClassRule.MAJORITY, lambda r: sorted(r)[1])):
        settings = ClassSettings(rule, spacing_m=(35.0, 60.0, 120.0), blocks_per_month=2.0, holes=4)
        other = classify(grid.centres_m(), samples, found, "Nd", 1.1, settings)
        for at in range(grid.n):
            ranks = [order.index(str(values[at])) for values in other.by_method.values()]
            assert other.decided[at] == order[choose(ranks)]


def test_the_rule_of_the_kriging_variance_is_that_of_the_quarter_and_the_year() -> None:
    # CV s_K <= 0.0912 sqrt(n): 15 % over 1.645 is 0.0912.
    assert pytest.approx(0.0912, abs=5e-5) == 0.15 / 1.645
    samples = square()
    found = krige([[45.0, 45.0, -10.0]], samples, MODEL, PASSES)
    s_k = float(np.sqrt(found.variance("Nd")[0]))
    for n, name in ((3, "A"), (12, "B")):
        just = s_k / (0.15 / 1.645 * np.sqrt(n))
        for mean, expected in ((just * 1.001, name), (just * 0.999, "B" if name == "A" else "C")):
            settings = ClassSettings(ClassRule.KRIGING_VARIANCE)
            made = classify([[45.0, 45.0, -10.0]], samples, found, "Nd", mean, settings)
            assert made.decided[0] == expected


def test_classes_say_their_rule_and_that_they_are_no_statement() -> None:
    samples = square()
    found = krige([[45.0, 45.0, -10.0]], samples, MODEL, PASSES)
    made = classify([[45.0, 45.0, -10.0]], samples, found, "Nd", 1.0, ClassSettings())
    told = made.to_json()
    assert told["not_a_statement"] == NOT_A_STATEMENT
    assert "no Competent Person's" in NOT_A_STATEMENT
    assert told["words"][0] == "The class is that of search pass."
    assert made.to_frame().columns[0] == "class"
    assert sum(told["blocks"]["decided"].values()) == 1


def test_too_few_holes_lower_a_class() -> None:
    samples = square()
    found = krige([[45.0, 45.0, -10.0]], samples, MODEL, PASSES)
    holes = int(found.supports[0].holes[0])
    settings = ClassSettings(min_holes=(holes + 1, holes, 1))
    made = classify([[45.0, 45.0, -10.0]], samples, found, "Nd", 1.0, settings)
    assert made.decided[0] == "B"


def by_distance() -> object:
    """Classify what was not kriged."""
    samples = square()
    found = inverse_distance([[45.0, 45.0, -10.0]], samples, PASSES)
    return classify([[45.0, 45.0, -10.0]], samples, found, "Nd", 1.0, ClassSettings())


def without_spacing() -> object:
    """Ask for the worst of three where one is not declared."""
    samples = square()
    found = krige([[45.0, 45.0, -10.0]], samples, MODEL, PASSES)
    settings = ClassSettings(ClassRule.WORST)
    return classify([[45.0, 45.0, -10.0]], samples, found, "Nd", 1.0, settings)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ClassSettings(passes=(2, 1, 3)), "rise"),
        (lambda: ClassSettings(spacing_m=(50.0, 40.0, 60.0)), "rise"),
        (lambda: ClassSettings(ClassRule.DRILL_SPACING), "spacing_m"),
        (lambda: ClassSettings(holes=1), "2 holes"),
        (lambda: ClassSettings(relative_error_max=0.0), "over 0"),
        (lambda: ClassSettings(min_holes=(1, 2, 1)), "fall"),
        (by_distance, "kriged"),
        (without_spacing, "all three"),
    ],
)
def test_limits_that_contradict_are_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]
