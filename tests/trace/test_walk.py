from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from attribution import drawn_rows
from hypothesis import given
from hypothesis import strategies as st

from generate import generate
from oreline.model import InputError
from oreline.trace._attribute import attribute
from oreline.trace._rows import make_rows
from oreline.trace._walk import (
    descendants,
    lineage,
    make_scratch,
    provenance_of,
)


def built(drawn):
    return make_rows(
        drawn["indptr"],
        drawn["source"],
        [drawn["weight"]],
        drawn["n_origins"],
        loops=drawn["loops"],
    )


def graph_of(rows, element=None):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(rows.n_nodes))
    for row in range(rows.n_rows):
        for entry in range(rows.indptr[row], rows.indptr[row + 1]):
            if element is None or rows.weight_lo_mg[element, entry] > 0:
                graph.add_edge(int(rows.source[entry]), rows.n_origins + row)
    return graph


@given(drawn_rows(with_loops=True), st.sampled_from([None, 0]), st.data())
def test_sets_are_those_of_a_graph_library(drawn, element, data):
    rows = built(drawn)
    graph = graph_of(rows, element)
    node, other = (data.draw(st.integers(0, rows.n_nodes - 1)) for _ in range(2))
    assert set(lineage(rows, node, element=element)) == nx.ancestors(graph, node) | {node}
    assert set(descendants(rows, node, element=element)) == nx.descendants(graph, node) | {node}
    both = lineage(rows, [node, other], element=element)
    expected = nx.ancestors(graph, node) | nx.ancestors(graph, other) | {node, other}
    assert both.tolist() == sorted(expected)


@given(drawn_rows(with_loops=True), st.data())
def test_one_node_has_the_shares_of_the_table(drawn, data):
    rows = built(drawn)
    column = data.draw(
        st.none() | st.lists(st.integers(-1, 3), min_size=rows.n_origins, max_size=rows.n_origins)
    )
    shares = attribute(rows, 0, column)
    scratch = make_scratch(rows)
    for row in range(rows.n_rows):
        answer = provenance_of(rows, 0, rows.n_origins + row, column, scratch=scratch)
        np.testing.assert_allclose(answer, shares[row], atol=1e-12)
    assert not scratch.mass.any()
    assert not scratch.marked.any()


def test_deep_pools_agree_with_the_table():
    made = generate(20_000, "pool", n_mines=60)
    rows = made.rows
    shares = attribute(rows, 0, made.country_of_origin)
    scratch = make_scratch(rows)
    for row in np.linspace(0, rows.n_rows - 1, 25).astype(int):
        answer = provenance_of(
            rows, 0, rows.n_origins + int(row), made.country_of_origin, scratch=scratch
        )
        assert np.abs(answer - shares[row]).max() < 1e-13


def test_an_origin_comes_from_itself():
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3)
    assert provenance_of(rows, 0, 2).tolist() == [0, 0, 1]
    assert lineage(rows, 2).tolist() == [2]


def test_a_failed_question_leaves_the_scratch_clean():
    rows = make_rows([0, 2, 4], [1, 4, 2, 3], [[0, 1, 0, 5], [1, 1, 1, 1]], 3, loops=[[0, 1]])
    scratch = make_scratch(rows)
    with pytest.raises(Exception, match="Nothing enters"):
        provenance_of(rows, 0, 4, scratch=scratch)
    assert provenance_of(rows, 1, 4, scratch=scratch) == pytest.approx([0, 1 / 3, 2 / 3])


def test_weights_with_bounds_matter_only_where_they_are_touched():
    rows = make_rows([0, 2, 4], [1, 2, 1, 2], [[30, 10, 5, 5]], 3, weight_hi_mg=[[30, 10, 5, 6]])
    assert provenance_of(rows, 0, 3).tolist() == [0, 0.75, 0.25]
    with pytest.raises(InputError, match="row 1 are known only within bounds"):
        provenance_of(rows, 0, 4)


def test_wrong_calls_are_refused():
    rows = make_rows([0, 2], [1, 2], [[30, 10]], 3)
    with pytest.raises(InputError, match=r"Nodes are numbered 0 \.\. 3"):
        lineage(rows, 4)
    with pytest.raises(InputError, match="make_scratch again"):
        lineage(rows, 3, scratch=make_scratch(make_rows([0], [], [[]], 3)))
