"""Two and more products of a feed: laws, a second way to each number, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from oreline.balance import Estimate, product_yields, simulate, two_product
from oreline.model import Basis, InputError, UnitError

fractions = st.floats(0.05, 0.95)


def grade(value: float, u: float | None = None, unit: str = "%") -> Estimate:
    return Estimate(value, u, unit)


def mixed(mass_yield: float, rich: float, poor: float) -> tuple[Estimate, ...]:
    """Mix a feed from a concentrate and tailings, each assayed to 2 %."""
    feed = mass_yield * rich + (1 - mass_yield) * poor
    return tuple(grade(value, 0.02 * value) for value in (feed, rich, poor))


@given(fractions, st.floats(20, 60), st.floats(0.1, 5))
def test_what_was_mixed_is_found_again(mass_yield: float, rich: float, poor: float) -> None:
    feed, *products = mixed(mass_yield, rich, poor)
    found = two_product(feed, *products)
    assert found.mass_yield is not None
    assert found.recovery is not None
    assert found.mass_yield.value == pytest.approx(mass_yield)
    assert found.recovery.value == pytest.approx(mass_yield * rich / feed.value)


@given(fractions, st.floats(20, 60), st.floats(0.1, 5))
def test_slopes_are_finite_differences(mass_yield: float, rich: float, poor: float) -> None:
    grades = [item.value for item in mixed(mass_yield, rich, poor)]
    found = two_product(*mixed(mass_yield, rich, poor))
    assert found.slopes is not None

    def recovery(values: list[float]) -> float:
        made = two_product(*(grade(value) for value in values)).recovery
        assert made is not None
        return made.value

    for place, slope in enumerate(found.slopes):
        step = 1e-6 * grades[place]
        up, down = list(grades), list(grades)
        up[place] += step
        down[place] -= step
        assert slope == pytest.approx(
            (recovery(up) - recovery(down)) / (2 * step), rel=1e-5, abs=1e-8
        )


@given(fractions, st.floats(20, 60), st.floats(0.1, 5))
def test_two_products_and_one_element_are_the_two_product_formula(
    mass_yield: float, rich: float, poor: float
) -> None:
    feed, concentrate, tailings = mixed(mass_yield, rich, poor)
    one = two_product(feed, concentrate, tailings)
    many = product_yields({"Sb": feed}, {"c": {"Sb": concentrate}, "t": {"Sb": tailings}})
    first = many.products[0]
    assert one.mass_yield is not None
    assert one.recovery is not None
    assert first.mass_yield.value == pytest.approx(one.mass_yield.value, abs=1e-9)
    assert first.mass_yield.u == pytest.approx(one.mass_yield.u, rel=1e-5)
    recovery = first.recoveries["Sb"]
    assert recovery is not None
    assert recovery.value == pytest.approx(one.recovery.value, abs=1e-9)
    assert recovery.u == pytest.approx(one.recovery.u, rel=1e-4)
    assert (many.freedom, many.chi2) == (0, None)


def test_uncertainty_agrees_with_monte_carlo() -> None:
    grades = (grade(2.4, 0.03), grade(52.0, 0.3), grade(0.3, 0.01))
    correlation = {("feed", "tailings"): 0.5}
    found = two_product(*grades, correlation=correlation)
    matrix = np.array([[1, 0, 0.5], [0, 1, 0], [0.5, 0, 1]])
    drawn = simulate(
        lambda g: g[1] * (g[0] - g[2]) / (g[0] * (g[1] - g[2])), grades, matrix, 200_000, seed=11
    )
    assert found.recovery is not None
    assert found.recovery.u == pytest.approx(drawn.u, rel=0.01)
    assert found.recovery.value == pytest.approx(drawn.mean, abs=5 * drawn.u_of_mean + 1e-4)


def test_a_feed_outside_of_its_products_is_told_and_never_clipped() -> None:
    found = two_product(grade(2), grade(1), grade(0.5))
    assert found.mass_yield is not None
    assert found.recovery is not None
    assert found.mass_yield.value == pytest.approx(3.0)
    assert found.recovery.value == pytest.approx(1.5)
    assert [finding.code for finding in found.findings] == ["ORL-0541"]
    below = two_product(grade(0.2), grade(20), grade(0.5))
    assert below.recovery is not None
    assert below.recovery.value < 0


def test_products_of_one_grade_give_no_answer() -> None:
    found = two_product(grade(2, 0.1), grade(2, 0.1), grade(2, 0.1))
    assert (found.mass_yield, found.recovery) == (None, None)
    assert [finding.code for finding in found.findings] == ["ORL-0540"]


def test_products_that_are_hardly_apart_are_told() -> None:
    found = two_product(grade(1.9, 0.1), grade(2.0, 0.1), grade(1.8, 0.1))
    assert [finding.code for finding in found.findings] == ["ORL-0542"]


def test_nothing_is_recovered_of_nothing() -> None:
    found = two_product(grade(0), grade(0.5), grade(0))
    assert found.recovery is None
    assert "nothing to recover" in found.reason


@pytest.mark.parametrize(
    ("grades", "error"),
    [
        ((grade(2), grade(20), grade(5000, unit="g/t")), UnitError),
        ((grade(2), grade(120), grade(0.5)), InputError),
        ((grade(-2), grade(20), grade(0.5)), InputError),
    ],
)
def test_grades_that_cannot_be_are_refused(
    grades: tuple[Estimate, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        two_product(*grades)


def test_an_unknown_uncertainty_stays_unknown_and_an_assumed_grade_assumed() -> None:
    found = two_product(
        grade(2), grade(20, 0.1), Estimate(0.5, 0.1, "%", Basis.ASSUMED, "as last month")
    )
    assert found.recovery is not None
    assert found.recovery.u is None
    assert found.recovery.basis is Basis.ASSUMED


FEED = {"Pb": grade(5.02, 0.06), "Sb": grade(2.41, 0.03), "Ag": grade(61, 1.5, "g/t")}
PRODUCTS = {
    "lead": {"Pb": grade(62.0, 0.4), "Sb": grade(6.2, 0.1), "Ag": grade(600, 8, "g/t")},
    "antimony": {"Pb": grade(9.4, 0.1), "Sb": grade(48.5, 0.3), "Ag": grade(150, 4, "g/t")},
    "tailings": {"Pb": grade(0.42, 0.01), "Sb": grade(0.28, 0.01), "Ag": grade(14, 0.7, "g/t")},
}


def test_the_yields_are_the_least_of_the_weighted_squares() -> None:
    found = product_yields(FEED, PRODUCTS)
    at_end = np.array([product.mass_yield.value for product in found.products])
    variance = np.array(
        [
            FEED[k].u ** 2  # type: ignore[operator]
            + sum(
                (share * row[k].u) ** 2  # type: ignore[operator]
                for share, row in zip(at_end, PRODUCTS.values(), strict=True)
            )
            for k in FEED
        ]
    )

    def loss(two: np.ndarray) -> float:
        shares = [*two, 1 - two.sum()]
        rows = PRODUCTS.values()
        off = [
            FEED[k].value - sum(s * row[k].value for s, row in zip(shares, rows, strict=True))
            for k in FEED
        ]
        return float((np.array(off) ** 2 / variance).sum())

    best = minimize(
        loss, [0.3, 0.3], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14}
    )
    assert at_end[:2] == pytest.approx(best.x, abs=1e-6)
    assert found.chi2 == pytest.approx(best.fun, rel=1e-6)
    assert sum(at_end) == pytest.approx(1)
    for element in FEED:
        parts = [product.recoveries[element] for product in found.products]
        assert sum(part.value for part in parts if part is not None) == pytest.approx(1)


def test_uncertainty_of_yields_agrees_with_monte_carlo() -> None:
    found = product_yields(FEED, PRODUCTS)
    rng = np.random.default_rng(5)
    drawn = []
    for _ in range(800):
        feed = {k: grade(rng.normal(v.value, v.u), v.u, v.unit) for k, v in FEED.items()}
        products = {
            name: {k: grade(rng.normal(v.value, v.u), v.u, v.unit) for k, v in row.items()}
            for name, row in PRODUCTS.items()
        }
        made = product_yields(feed, products)
        drawn.append([product.mass_yield.value for product in made.products])
    spread = np.std(drawn, axis=0, ddof=1)
    us = [product.mass_yield.u for product in found.products]
    assert us == pytest.approx(spread, rel=0.12)


def test_contradicting_elements_are_named() -> None:
    feed = {**FEED, "Ag": grade(90, 1.5, "g/t")}
    found = product_yields(feed, PRODUCTS)
    assert [(finding.code, finding.where) for finding in found.findings] == [("ORL-0552", "Ag")]
    assert found.chi2 is not None
    assert found.limit == pytest.approx(3.841, abs=0.001)


def test_three_products_need_two_elements() -> None:
    few = {"Pb": FEED["Pb"]}
    rows = {name: {"Pb": row["Pb"]} for name, row in PRODUCTS.items()}
    with pytest.raises(InputError, match="3 products need the grades of 2 elements"):
        product_yields(few, rows)


def test_every_missing_grade_is_listed() -> None:
    rows = {name: dict(row) for name, row in PRODUCTS.items()}
    del rows["tailings"]["Ag"]
    rows["lead"]["Sb"] = grade(6.2)
    with pytest.raises(InputError) as caught:
        product_yields(FEED, rows)
    places = {finding.where for finding in caught.value.findings}
    assert places == {"tailings, Ag", "lead, Sb"}


def test_products_that_are_alike_are_refused() -> None:
    rows = {"one": PRODUCTS["lead"], "two": PRODUCTS["lead"], "tailings": PRODUCTS["tailings"]}
    with pytest.raises(InputError, match="do not tell the products apart"):
        product_yields(FEED, rows)
