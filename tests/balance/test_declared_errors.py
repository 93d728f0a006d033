"""Errors in common by share: as parts written out, as correlations, and from a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.balance import (
    CommonError,
    Measurement,
    Network,
    Quantity,
    SharedError,
    Stream,
    parse_common,
    read_streams,
    reconcile,
    shared_of,
)
from oreline.model import InputError

STREAMS = b"""stream,from_node,to_node,dry_t,dry_t_u,Cu_pct,Cu_pct_u,basis
feed,,mill,100,2,2.0,0.1,measured
concentrate,mill,,8,0.4,20,0.5,measured
tailings,mill,,92,2,0.45,0.05,measured
"""


def two(share: float) -> Network:
    """What goes in and what comes out of one node: 100 ± 2 and 106 ± 2, partly the same error."""
    streams = (
        Stream("in", None, "n", Measurement(100.0, 2.0)),
        Stream("out", "n", None, Measurement(106.0, 2.0)),
    )
    network = Network(streams)
    made = shared_of(network, [CommonError("scale", "dry_t", share)])
    return Network(streams, shared=made)


@given(st.floats(0.05, 0.99))
def test_a_common_share_takes_it_out_of_the_difference(share: float) -> None:
    # var(in - out) = 2 u² (1 - s²): one scale's bias does not explain what its readings differ by.
    found = reconcile(two(share))
    assert found.overall.chi2 == pytest.approx(36 / (8 * (1 - share**2)), rel=1e-9)


def test_a_share_is_the_part_that_shared_writes_out() -> None:
    network, _ = read_streams(STREAMS)
    assert network is not None
    common = shared_of(network, [CommonError("laboratory", "Cu", 0.8)])
    parts = {Quantity(name, "Cu"): 0.8 * u for name, u in
             (("feed", 0.1), ("concentrate", 0.5), ("tailings", 0.05))}  # fmt: skip
    assert dict(common[0].parts) == pytest.approx(parts)
    by_share = b"error,stream,quantity,share\nlaboratory,*,Cu_pct,0.8\n"
    told, findings = read_streams(STREAMS, shared=(by_share, "shared.csv"))
    assert findings == ()
    assert told is not None
    rows = "".join(f"laboratory,{q.stream},Cu,{part}\n" for q, part in parts.items())
    by_part = f"error,stream,quantity,u\n{rows}".encode()
    written, _ = read_streams(STREAMS, shared=(by_part, "shared.csv"))
    assert written is not None
    values = [[one.value for one in reconcile(each).quantities] for each in (told, written)]
    assert np.allclose(np.array(values[0], float), np.array(values[1], float), rtol=1e-12)
    alone = [one.value for one in reconcile(network).quantities]
    assert not np.allclose(np.array(values[0], float), np.array(alone, float), rtol=1e-6)


def test_some_streams_only_and_one_source_is_one_error() -> None:
    network, _ = read_streams(STREAMS)
    assert network is not None
    said = ["belt:dry_t=0.5@feed+tail*", "belt:Cu=0.2"]
    (belt,) = shared_of(network, [parse_common(text) for text in said])
    assert {str(q): round(part, 6) for q, part in belt.parts.items()} == {
        "feed:dry_t": 1.0, "feed:Cu": 0.02, "concentrate:Cu": 0.1,
        "tailings:dry_t": 1.0, "tailings:Cu": 0.01,
    }  # fmt: skip
    assert isinstance(belt, SharedError)


@pytest.mark.parametrize(
    "text", ["Cu=0.8", "lab:Cu", "lab:Cu=x", "lab:Cu=0", "lab:Cu=1.1", ":Cu=0.5", "lab:=0.5"]
)
def test_what_is_no_declaration_is_told(text: str) -> None:
    with pytest.raises(InputError):
        parse_common(text)


def test_what_reaches_fewer_than_two_is_told() -> None:
    network, _ = read_streams(STREAMS)
    assert network is not None
    for text in ("lab:As=0.5", "lab:Cu=0.5@feed"):
        with pytest.raises(InputError, match="fewer than two"):
            shared_of(network, [parse_common(text)])


@pytest.mark.parametrize(
    ("rows", "where", "said"),
    [
        ("error,stream,quantity\nlab,feed,Cu\n", "shared.csv", "u or share is missing"),
        ("error,stream,quantity,share\nlab,*,Cu,1.5\n", "row 2 column share", "cannot be"),
        ("error,stream,quantity,share\nlab,*,Cu,x\n", "row 2 column share", "is no number"),
        ("error,stream,quantity,u,share\nlab,*,Cu,1,0.5\n", "row 2", "both u and share"),
        ("error,stream,quantity,u,share\nlab,*,Cu,,\n", "row 2", "neither u nor share"),
        ("error,stream,quantity,share\nlab,none*,Cu,0.5\n", "shared.csv", "fewer than two"),
    ],
)
def test_a_wrong_table_is_told_at_its_cell(rows: str, where: str, said: str) -> None:
    network, findings = read_streams(STREAMS, shared=(rows.encode(), "shared.csv"))
    assert network is None
    told: list[Any] = [one for one in findings if said in one.message]
    assert told, findings
    assert where in told[0].where
