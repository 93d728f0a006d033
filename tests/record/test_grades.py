"""Which grade counts: forms of one element in one assay, several assays, exact conversion."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import event, extract, grade, line, mass

from oreline.model import PPT, UNBOUNDED_MG
from oreline.record import load_ledger, open_books
from oreline.record._exact import fraction_of_each, times_ppt_each
from oreline.record._lines import times_ppt


def graded(new_store, element, *assays, on_line=(), rule=None):
    """Return grade in per cent, its u in per cent, and how many assays of one lot counted."""
    store = new_store()
    made = {"grades": list(on_line)} if on_line else {}
    declared = [] if rule is None else [event("declare", "r", rule)]
    store.append([*declared, extract("e1", "m:1", "10", **made)])
    store.append(
        [
            event("assay", f"a{n}", {"lot": "m:1", "role": role, "results": results})
            for n, (role, results) in enumerate(assays)
        ]
    )
    grades = open_books(load_ledger(store)).grades(element)
    low, high = grades.bounds[0].tolist()
    return low / 1e10, high / 1e10, grades.u[0] / 1e10, int(grades.candidates[0])


def close(found, *expected):
    assert found[: len(expected)] == pytest.approx(expected, rel=1e-4)


# 243.520 of 291.517 of Sb2O3 and 243.520 of 339.70 of Sb2S3 are antimony.
OXIDE, SULPHIDE = 0.835354, 0.716868


def test_a_speciation_is_added_up(new_store):
    both = [grade("10", "Sb2O3", u="1"), grade("20", "Sb2S3", u="1")]
    expected = 10 * OXIDE + 20 * SULPHIDE
    spread = np.hypot(OXIDE, SULPHIDE)
    close(graded(new_store, "Sb", ("plant", both)), expected, expected, spread, 1)
    close(graded(new_store, "Sb", on_line=both), expected, expected, spread, 1)


def test_one_compound_twice_is_averaged_before(new_store):
    results = [
        grade("10", "Sb2O3", u="1"),
        grade("20", "Sb2S3", u="1"),
        grade("12", "Sb2O3", u="1"),
    ]
    expected = 11 * OXIDE + 20 * SULPHIDE
    spread = np.hypot(OXIDE / 2**0.5, SULPHIDE)
    close(graded(new_store, "Sb", ("plant", results)), expected, expected, spread, 1)


@pytest.mark.parametrize("turned", [1, -1])
def test_the_element_itself_counts_before_its_compounds(new_store, turned):
    results = [grade("30", "Nd", u="0.5"), grade("35", "Nd2O3", u="0.7")][::turned]
    close(graded(new_store, "Nd", ("umpire", results)), 30, 30, 0.5, 1)


def test_across_assays_the_rule_stays(new_store):
    both = [grade("10", "Sb2O3", u="1"), grade("20", "Sb2S3", u="1")]
    seller = "seller", both
    buyer = "buyer", [grade("22", u="0.4")]
    total = 10 * OXIDE + 20 * SULPHIDE
    mean = (total + 22) / 2
    spread = np.hypot(np.hypot(OXIDE, SULPHIDE), 0.4) / 2
    close(graded(new_store, "Sb", seller, buyer), mean, mean, spread, 2)
    umpire = "umpire", [grade("21", u="0.1")]
    close(graded(new_store, "Sb", seller, buyer, umpire), 21, 21, 0.1, 3)


def test_a_rule_may_take_the_first(new_store):
    data = {"kind": "grade-book", "scope": "site/mine", "prefer": "plant", "tie": "first"}
    rule = {"type": "rule", "id": "first", "data": data}
    plant = [("plant", [grade(value, u="0.1")]) for value in ("21", "25")]
    close(graded(new_store, "Sb", *plant, rule=rule), 21, 21, 0.1, 2)
    close(graded(new_store, "Sb", *plant), 23, 23, 0.1 / 2**0.5, 2)


def test_limits_add_up_to_no_more_than_everything(new_store):
    below = [
        {"analyte": name, "low": "0", "high": "90", "unit": "%", "basis": "measured"}
        for name in ("Sb2O3", "Sb2S3")
    ]
    assert graded(new_store, "Sb", ("plant", below))[:2] == (0, 100)


def test_an_assay_of_what_one_event_added_speaks_of_that(new_store):
    store = new_store()
    pile = [extract(f"e{n}", "m:p", "10", continuing=True) for n in range(3)]
    assays = [
        event("assay", f"a{n}", {"lot": "m:p", "event": f"e{n}", "role": "plant", "results": [g]})
        for n, g in ((0, grade("10")), (2, grade("30")))
    ]
    whole = event("assay", "a9", {"lot": "m:p", "role": "umpire", "results": [grade("20")]})
    store.append([*pile, *assays, whole])
    grades = open_books(load_ledger(store)).grades("Sb")
    assert grades.bounds[:, 0].tolist() == [10**11, -1, 3 * 10**11]


def test_the_scale_that_the_rule_names_weighs_what_was_not_weighed(new_store):
    for prefer, expected in (("loading", 8_100_000_000), ("discharge", 7_200_000_000)):
        store = new_store()
        data = {"kind": "weight-book", "scope": "*", "prefer": prefer}
        wet = {"moisture": grade("10", "H2O")}
        store.append(
            [
                event("declare", "r", {"type": "rule", "id": "w", "data": data}),
                extract("e1", "m:1", None, grades=[grade("50")], **wet),
                event("weigh", "w1", {"lot": "m:1", "wet": mass("9"), **wet}),
                event("receive", "x1", {"lots": [line("m:1", wet=mass("8"), **wet)]}),
            ]
        )
        assert open_books(load_ledger(store)).lines.dry[0].tolist() == [expected, expected]


@given(st.lists(st.tuples(st.integers(0, UNBOUNDED_MG - 1), st.integers(0, PPT)), min_size=1))
def test_masses_times_fractions_are_exact(pairs):
    masses, parts = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    assert times_ppt_each(masses, parts).tolist() == [times_ppt(*pair) for pair in pairs]


@given(st.lists(st.tuples(st.integers(0, PPT), st.integers(0, PPT)), min_size=1))
def test_grades_of_compounds_are_exact(pairs):
    grades, parts = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    half_up = [int(Fraction(a * b, PPT) + Fraction(1, 2)) for a, b in pairs]
    assert fraction_of_each(grades, parts).tolist() == half_up
