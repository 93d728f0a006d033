"""Least squares under linear equations, against published numbers and the formula of textbooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from oreline.balance import reconcile_linear, scale_to
from oreline.model import InputError


def vector(shared_dir: Path, name: str) -> dict[str, Any]:
    file = shared_dir / "vectors" / "settle" / "metal_accounting.json"
    vectors = json.loads(file.read_text(encoding="utf-8"))["vectors"]
    found: dict[str, Any] = next(item for item in vectors if item["id"] == name)
    return found


def test_three_streams_with_an_imbalance_of_seventeen_sigma() -> None:
    # Table 4.1 of 'Basic Concepts in Data Reconciliation' (North Carolina State University and
    # University of Ottawa, 2003), flows only; the sources print no reconciled values.
    found = reconcile_linear([[1, -1, -1]], [1095.475, 478.402, 488.232], [4.8, 3.9, 4.4])
    assert found.residual == pytest.approx([128.841])
    assert found.x == pytest.approx([1043.947546, 512.418171, 531.529375], abs=1e-6)
    assert found.u == pytest.approx([3.718279, 3.345789, 3.58525], abs=1e-6)
    assert (found.chi2, found.freedom) == (pytest.approx(288.1445, abs=1e-4), 1)
    assert found.critical == pytest.approx(3.8415, abs=1e-4)
    assert found.is_gross


def test_vector_of_three_streams(shared_dir: Path) -> None:
    case = vector(shared_dir, "linear_three_stream")
    given_, expected = case["inputs"], case["expected"]
    found = reconcile_linear(given_["A"], given_["y"], given_["sd"])
    assert found.x == pytest.approx(expected["x_hat"]["value"], abs=1e-6)
    assert found.u == pytest.approx(expected["post_sd"]["value"], abs=1e-6)
    assert found.chi2 == pytest.approx(expected["global_chi2"]["value"], abs=1e-4)
    assert found.freedom == expected["global_chi2"]["dof"]
    assert found.is_gross is expected["global_chi2"]["gross_error"]


def test_vector_of_naive_scaling_and_weights(shared_dir: Path) -> None:
    (case,) = vector(shared_dir, "reconcile_naive_vs_wls")["cases"]
    y = case["measured"]
    assert scale_to(y, 1.0) == pytest.approx(case["minelab_adjusted"], abs=1e-8)
    same = reconcile_linear([[1, 1, 1]], y, [0.01] * 3, [1.0])
    assert same.x == pytest.approx(case["wls_equal_sd"], abs=1e-8)
    relative = reconcile_linear([[1, 1, 1]], y, [0.01 * value for value in y], [1.0])
    assert relative.x == pytest.approx(case["wls_rel_sd_equal"], abs=1e-8)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(6, 12))
def test_it_is_the_formula_of_the_textbooks(seed: int, rows: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(rows, n)) * (rng.random((rows, n)) < 0.6)
    a[:, :rows] += np.eye(rows)
    root = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.3) + np.eye(n)
    v, y, b = root @ root.T, rng.normal(size=n), rng.normal(size=rows)
    if np.linalg.cond(a @ v @ a.T) > 1e8:
        return
    gain = v @ a.T @ np.linalg.inv(a @ v @ a.T)
    for given_v in (v, sp.csc_array(v)):
        found = reconcile_linear(a, y, given_v, b)
        assert found.x == pytest.approx(y - gain @ (a @ y - b), abs=1e-7)
        assert found.u**2 == pytest.approx(np.diag(v - gain @ a @ v), abs=1e-7)
        assert a @ found.x == pytest.approx(b, abs=1e-8)


def test_wrong_calls_are_refused() -> None:
    one = [[1.0, -1.0]]
    for a, y, v in (
        (one, [1.0], [1.0, 1.0]),
        (one, [1.0, float("nan")], [1.0, 1.0]),
        ([[1.0, -1.0], [1.0, -1.0]], [1.0, 1.0], [1.0, 1.0]),
        (one, [1.0, 1.0], [[1.0, 0.5], [0.0, 1.0]]),
        (one, [1.0, 1.0], [0.0, 0.0]),
    ):
        with pytest.raises(InputError):
            reconcile_linear(a, y, v)
    with pytest.raises(InputError):
        scale_to([1.0, -1.0], 1.0)
