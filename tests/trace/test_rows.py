from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attribution import drawn_rows, shares_by_solve
from hypothesis import given
from hypothesis import strategies as st

from generate import generate
from oreline.model import InputError, StoreError
from oreline.trace._attribute import attribute
from oreline.trace._row_files import HEADER_NAME, open_rows, save_rows
from oreline.trace._rows import (
    UNBOUNDED_MG,
    arrange_rows,
    check_rows,
    empty_rows,
    extend_rows,
    make_rows,
    point_weights,
)

SMALL = {"indptr": [0, 2, 4], "source": [1, 2, 1, 3], "weight_mg": [[30, 10, 50, 50]]}


def built(drawn, **more):
    return make_rows(
        drawn["indptr"],
        drawn["source"],
        [drawn["weight"]],
        drawn["n_origins"],
        loops=drawn["loops"],
        **more,
    )


def test_arrays_are_read_only_and_the_given_ones_stay_writable():
    source = np.array([1, 2], np.int32)
    rows = replace(make_rows([0, 2], [1, 2], [[1, 1]], 3), source=source)
    with pytest.raises(ValueError, match="read-only"):
        rows.source[0] = 2
    source[0] = 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indptr": [0, 2, 5]}, "number of entries"),
        ({"indptr": [1, 2, 4]}, "from 0"),
        ({"weight_mg": [[1, 2, 3]]}, "shape"),
        ({"n_origins": 0}, "UNKNOWN"),
    ],
)
def test_lengths_must_agree(change, message):
    with pytest.raises(InputError, match=message):
        make_rows(**{**SMALL, "n_origins": 3, **change})


def test_a_wrong_type_is_named():
    with pytest.raises(InputError, match=r"source must be an array of int32, not int64"):
        replace(make_rows(**SMALL, n_origins=3), source=np.array([1, 2, 1, 3]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": [1, 2, 1, 5]}, r"0 \.\. 4"),
        ({"source": [1, 4, 1, 3]}, "Row 0 names node 4"),
        ({"source": [1, 3, 1, 3]}, "Row 0 names node 3"),
        ({"weight_mg": [[-1, 1, 1, 1]]}, "0 <= weight_lo_mg"),
        ({"weight_hi_mg": [[29, 10, 50, 50]]}, "weight_lo_mg <= weight_hi_mg"),
        ({"weight_mg": [[UNBOUNDED_MG, 10, 50, 50]]}, "cannot be unbounded"),
        ({"loops": [[0], [0, 1]]}, "overlap"),
    ],
)
def test_check_rows_finds(change, message):
    with pytest.raises(InputError, match=message):
        check_rows(make_rows(**{**SMALL, "n_origins": 3, **change}))


@given(drawn_rows(with_loops=True))
def test_drawn_rows_are_in_order(drawn):
    check_rows(built(drawn))


@given(drawn_rows(with_loops=True, weights=st.integers(1, 1000)), st.randoms(use_true_random=False))
def test_arranging_shuffled_rows_keeps_every_answer(drawn, random):
    """The oracle solves the shuffled rows as they are; arranged they must give the same shares."""
    n_rows, n_origins = len(drawn["indptr"]) - 1, drawn["n_origins"]
    shuffled = list(range(n_rows))
    random.shuffle(shuffled)
    place = {row: at for at, row in enumerate(shuffled)}
    indptr, source, weight = [0], [], []
    for row in shuffled:
        for entry in range(drawn["indptr"][row], drawn["indptr"][row + 1]):
            node = drawn["source"][entry]
            source.append(node if node < n_origins else n_origins + place[node - n_origins])
            weight.append(drawn["weight"][entry])
        indptr.append(len(source))
    weights = np.array([weight])
    rows, position = arrange_rows(
        np.array(indptr), np.array(source, np.int32), weights, weights, n_origins
    )
    check_rows(rows)
    expected = shares_by_solve(indptr, source, weight, n_origins)
    np.testing.assert_allclose(attribute(rows, 0)[position], expected, atol=1e-11)


def test_arranging_leaves_ordered_rows_in_their_places():
    made = generate(3000, "pool").rows
    rows, position = arrange_rows(
        made.indptr, made.source, made.weight_lo_mg, made.weight_hi_mg, made.n_origins
    )
    assert (position == np.arange(made.n_rows)).all()
    assert rows.n_loops == 0
    assert (rows.source == made.source).all()


def test_arranging_finds_loops_and_self_loops():
    indptr, source = np.array([0, 2, 4, 6]), np.array([1, 4, 1, 3, 2, 5], np.int32)
    weight = np.ones((1, 6), np.int64)
    rows, position = arrange_rows(indptr, source, weight, weight, 3)
    assert [sorted(position[[0, 1]].tolist()), [position[2]]] == [[0, 1], [2]]
    assert np.split(rows.cycle_rows, rows.cycle_ptr[1:-1])[0].tolist() == [0, 1]
    assert rows.n_loops == 2


def test_arranging_a_chain_deeper_than_any_call_stack():
    n = 200_000
    indptr = np.arange(n + 1)
    source = np.concatenate([np.arange(n - 1) + 3, [1]]).astype(np.int32)
    weight = np.ones((1, n), np.int64)
    rows, position = arrange_rows(indptr, source, weight, weight, 2)
    assert (position == np.arange(n)[::-1]).all()
    assert rows.n_loops == 0


@given(drawn_rows(with_loops=True), drawn_rows(rows_max=4))
def test_extending_gives_the_rows_of_both(drawn, later):
    first = built(drawn)
    shifted = dict(later, n_origins=first.n_origins)
    shifted["source"] = [min(node, first.n_origins - 1) for node in later["source"]]
    rows = extend_rows(first, built(shifted))
    check_rows(rows)
    assert rows.n_rows == first.n_rows + len(later["indptr"]) - 1
    together = attribute(rows, 0)
    assert (together[: first.n_rows] == attribute(first, 0)).all()
    buffer = np.full(together.shape, np.nan)
    buffer[: first.n_rows] = attribute(first, 0)
    assert (attribute(rows, 0, out=buffer, first_row=first.n_rows) == together).all()


def test_extending_by_other_origins_is_refused():
    with pytest.raises(InputError, match="same origins"):
        extend_rows(make_rows(**SMALL, n_origins=3), make_rows(**SMALL, n_origins=4))


def test_rows_without_the_element_are_listed():
    rows = make_rows([0, 2, 4, 4], [1, 2, 1, 2], [[0, 0, 1, 0]], 3)
    assert empty_rows(rows, 0).tolist() == [0, 2]


def test_bounded_weights_are_not_taken_for_known_ones():
    rows = make_rows(**SMALL, n_origins=3, weight_hi_mg=[[30, 10, 50, 60]])
    with pytest.raises(InputError, match="share_bounds"):
        point_weights(rows, 0)
    with pytest.raises(InputError, match=r"elements 0 \.\. 0, not 1"):
        point_weights(rows, 1)


@given(drawn_rows(with_loops=True), st.booleans())
def test_saved_rows_open_as_they_were(tmp_path_factory, drawn, known):
    rows = built(drawn, **({} if known else {"weight_hi_mg": [[w + 1 for w in drawn["weight"]]]}))
    folder = tmp_path_factory.mktemp("rows")
    save_rows(folder, rows, np.arange(3, dtype=np.int32))
    opened = open_rows(folder)
    for name in ("indptr", "source", "weight_lo_mg", "weight_hi_mg", "cycle_ptr", "cycle_rows"):
        assert (getattr(opened.rows, name) == getattr(rows, name)).all()
    assert (opened.rows.weight_hi_mg is opened.rows.weight_lo_mg) == known
    assert opened.rows.n_origins == rows.n_origins
    assert opened.lot_node.tolist() == [0, 1, 2]


def test_saving_again_replaces_and_leaves_open_rows_readable(tmp_path):
    first = make_rows(**SMALL, n_origins=3)
    save_rows(tmp_path, first)
    opened = open_rows(tmp_path).rows
    save_rows(tmp_path, make_rows([0, 1], [1], [[7]], 2))
    assert attribute(opened, 0).tolist() == attribute(first, 0).tolist()
    assert open_rows(tmp_path).rows.n_rows == 1
    assert len(list(tmp_path.iterdir())) == 6


def test_a_crash_before_the_header_leaves_the_old_rows(tmp_path, monkeypatch):
    save_rows(tmp_path, make_rows(**SMALL, n_origins=3))

    def crash(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        save_rows(tmp_path, make_rows([0, 1], [1], [[7]], 2))
    assert open_rows(tmp_path).rows.n_rows == 2


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(StoreError, match="no rows were saved"):
        open_rows(tmp_path)
    save_rows(tmp_path, make_rows(**SMALL, n_origins=3))
    path = next(tmp_path.glob("source-*.npy"))
    os.truncate(path, 130)
    with pytest.raises(StoreError, match="damaged"):
        open_rows(tmp_path)
    path.unlink()
    with pytest.raises(StoreError, match="not there"):
        open_rows(tmp_path)
    (tmp_path / HEADER_NAME).write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        open_rows(tmp_path)
    (tmp_path / HEADER_NAME).write_text('{"format": "oreline-mix-rows/0"}')
    with pytest.raises(StoreError, match="format"):
        open_rows(tmp_path)
