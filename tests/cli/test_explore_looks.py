"""`oreline explore histogram|top-cuts|contact|solids`, from tables of holes to tables in files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "explore"))

from test_solid import binary, octahedron, turned

COLLARS = "HOLEID,EAST,NORTH,RL,EOH,AZI,DIP\nA1,500,600,100,12,0,-90\nB1,520,600,100,12,0,-90\n"
ASSAYS = (
    "HOLEID,FROM,TO,Cu_pct\nA1,0,2,4.0\nA1,2,6,1.0\nA1,6,12,0.2\n"
    "B1,0,6,2.0\nB1,6,8,0.6\nB1,8,12,0.1\n"
)
ROCKS = "HOLEID,FROM,TO,LITH\nA1,0,6,POR\nA1,6,12,AND\nB1,0,6,POR\nB1,6,12,AND\n"


@pytest.fixture
def folder(tmp_path: Path, bare: Oreline) -> Path:
    place = tmp_path / "set"
    place.mkdir()
    for name, text in (("collar", COLLARS), ("assay", ASSAYS), ("lith", ROCKS)):
        (place / f"{name}.csv").write_text(text)
    call = bare("explore", "init", place, "--length-unit", "m")
    assert call.code == 0, call.everything
    return place


def test_grades_are_counted_in_classes(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "bars.parquet"
    call = bare("explore", "histogram", folder, "--bins", "2", "--export", target)
    assert call.code == 0, call.everything
    bars = pl.read_parquet(target)
    # From 0.1 to 4.0: one interval of 2 m of 24 m lies in the upper half.
    assert bars["count"].to_list() == [5, 1]
    assert bars["share"].to_list() == pytest.approx([22 / 24, 2 / 24])
    assert "█" in call.out
    told = bare("explore", "histogram", folder, "--length", "6 m", "--by-geology", "--bins", "1",
                "--log", "--json").json["result"]["classes"]  # fmt: skip
    assert [(row["domain"], row["count"]) for row in told] == [(None, 4), ("AND", 2), ("POR", 2)]
    assert told[2]["low"] == pytest.approx(2.0)
    assert bare("explore", "histogram", folder, "--by-geology").code == 2
    assert bare("explore", "histogram", folder, "-a", "Au").code == 2


def test_top_cuts_are_told_with_what_they_cost(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "cuts.csv"
    call = bare("explore", "top-cuts", folder, "--percentile", "90", "--export", target)
    assert call.code == 0, call.everything
    (cut,) = pl.read_csv(target).to_dicts()
    metal = {4.0: 2, 1.0: 4, 0.2: 6, 2.0: 6, 0.6: 2, 0.1: 4}
    limit = cut["limit_pct"]
    assert 2.0 < limit < 4.0
    lost = sum((grade - min(grade, limit)) * metres for grade, metres in metal.items())
    whole = sum(grade * metres for grade, metres in metal.items())
    assert cut["metal_lost_share"] == pytest.approx(lost / whole)
    assert cut["count_cut"] == 1
    assert len(bare("explore", "top-cuts", folder, "--json").json["result"]["cuts"]) == 7
    assert bare("explore", "top-cuts", folder, "--percentile", "0.99").code == 0
    assert bare("explore", "top-cuts", folder, "--percentile", "100").code == 2


def test_a_contact_is_shown_by_distance(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "contact.xlsx"
    call = bare("explore", "contact", folder, "POR", "AND", "--step", "2 m", "--reach", "4 m",
                "--export", target)  # fmt: skip
    assert call.code == 0, call.everything
    told = bare("explore", "contact", folder, "POR", "AND", "--step", "2 m", "--reach", "4 m",
                "--json").json["result"]["profile"]  # fmt: skip
    assert [row["distance_m"] for row in told] == [-3, -1, 1, 3]
    assert [row["mean_pct"] for row in told] == pytest.approx([1.5, 1.5, 0.4, 0.15])
    assert {row["contacts"] for row in told} == {2}
    assert pl.read_excel(target, engine="calamine").height == 4
    wrong = bare("explore", "contact", folder, "POR", "XXX", "--step", "2 m", "--reach", "4 m")
    assert (wrong.code, "never meet" in wrong.everything) == (2, True)


def test_solids_are_checked_and_code_the_assays(
    bare: Oreline, folder: Path, tmp_path: Path
) -> None:
    """An octahedron about (500, 600, 92): of A1 it holds what lies between 82 and 102 m."""
    file, open_ = tmp_path / "ore.stl", tmp_path / "open.stl"
    body = turned(octahedron()) + np.array([500.0, 600.0, 92.0])
    file.write_bytes(binary(body))
    target = tmp_path / "coded.csv"
    call = bare("explore", "solids", folder, "--solid", file, "--export", target, "--json")
    assert call.code == 0, call.everything
    one = call.json["result"]["solids"]["ore.stl"]
    assert one["volume_m3"] == pytest.approx(4 / 3 * 1000, rel=1e-4)
    assert one["metres_inside"] == pytest.approx(12)
    assert one["mean_pct"]["Cu"] == pytest.approx((2 * 4 + 4 * 1 + 6 * 0.2) / 12)
    assert one["by_code"] == [
        {"code": "AND", "inside_m": 6.0, "outside_m": 6.0},
        {"code": "POR", "inside_m": 6.0, "outside_m": 6.0},
    ]
    coded = pl.read_csv(target)
    assert coded["solid"].to_list() == ["ore.stl"] * 3 + [None] * 3
    assert coded["code"].to_list() == ["POR", "POR", "AND", "POR", "AND", "AND"]
    assert "yes" in bare("explore", "solids", folder, "--solid", file).out
    twice = bare("explore", "solids", folder, "--solid", file, "--solid", file)
    assert twice.code == 2
    open_.write_bytes(binary(body[1:]))
    call = bare("explore", "solids", folder, "--solid", open_)
    assert call.code == 1
    assert "3 open" in call.out
    assert bare("explore", "solids", folder, "--solid", tmp_path / "none.stl").code == 2
