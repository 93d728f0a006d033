"""Tables that say where each interval lies, and have no collars beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from oreline.exchange import read_text_table
from oreline.explore import (
    CompositeSettings,
    HolesRead,
    Stated,
    composite,
    guess_mapping,
    hole_paths,
    locate,
    read_hole_folder,
    read_holes,
)

COPPER = Path(__file__).parents[2] / "examples" / "pakistan-us" / "drillholes" / "illus-copper"


def read_points(table: pl.DataFrame, **stated: str) -> HolesRead:
    data = table.write_csv().encode()
    text, _ = read_text_table(data, "points.csv")
    assert text is not None
    guess = guess_mapping({"points.csv": text}, Stated(length_unit="m", **stated))
    assert guess.open == ()
    read = read_holes({"points.csv": data, "explore.toml": guess.text.encode()})
    assert read.holes is not None, read.findings
    return read


def test_holes_follow_from_the_points_of_their_intervals() -> None:
    """Curved holes, written as points alone: composites lie where they lay, to 5 cm."""
    holes = read_hole_folder(COPPER).holes
    assert holes is not None
    middle = (holes.assays["from_m"] + holes.assays["to_m"]).to_numpy() / 2
    point = locate(hole_paths(holes), holes.assays["hole"], middle)
    table = holes.assays.select(
        pl.col("hole").alias("BHID"), pl.col("from_m").alias("FROM"), pl.col("to_m").alias("TO"),
        X=pl.Series(point[:, 0]), Y=pl.Series(point[:, 1]), Z=pl.Series(point[:, 2]),
        CU="Cu", LITO=pl.lit("P"),
    )  # fmt: skip
    read = read_points(table)
    assert read.holes is not None
    assert [finding.code for finding in read.findings] == ["ORL-0925", "ORL-0925"]
    settings = CompositeSettings(6.0, analytes=("Cu",))
    one = composite(read.holes, settings).frame
    other = composite(holes, settings).frame
    assert one["Cu"].to_list() == pytest.approx(other["Cu"].to_list())
    places = ("x_m", "y_m", "z_m")
    off = one.select(places).to_numpy() - other.select(places).to_numpy()
    assert np.abs(off).max() < 0.05
    collars = read.holes.collars.sort("hole")
    off = collars.select(places).to_numpy() - holes.collars.sort("hole").select(places).to_numpy()
    assert np.abs(off).max() < 0.05


def test_a_hole_of_one_interval_stands_upright() -> None:
    table = pl.DataFrame({"BHID": ["A"], "FROM": [0.0], "TO": [4.0], "X": [5.0], "Y": [6.0],
                          "Z": [98.0], "CU": [0.5]})  # fmt: skip
    holes = read_points(table).holes
    assert holes is not None
    assert holes.collars.select("x_m", "y_m", "z_m", "depth_m").row(0) == (5.0, 6.0, 100.0, 4.0)
    assert holes.surveys.is_empty()


def test_without_collars_and_points_nothing_is_read() -> None:
    text = (COPPER / "explore.toml").read_text("utf-8")
    head, tail = text.split("[collars]")
    mapping = head + tail[tail.index("[surveys]") :]
    read = read_holes({"explore.toml": mapping.encode()})
    assert read.holes is None
    assert "do not say where" in read.findings[0].message


def test_headers_of_other_programs() -> None:
    """Spellings of public sets: tabs and UTM_ names, a byte order mark, to_depth, dashes."""
    collars = "BHID\tUTM_East\tUTM_North\tUTM_RL\tMax_Depth\tAzimuth\tDip\tHole_Type\n"
    collars += "P-1\t388559.4\t62299.9\t444.8\t125\t123.1\t-61.2\tDDH\n"
    assays = "\ufeffBHID,mFrom,mTo,Sample_Type,SampleID,Au_ppm,S_pct_ICP,S_pct_CSA,PR2O3\n"
    assays += "P-1,0,0.9,DD_half,1,0.5,0.04,,-\nP-1,0.9,2,DD_half,2,0.13,,0.3,0.04\n"
    rocks = "BHID,depth_from,to_depth,rock unit,rock code\nP-1,0,2,Porphyry,por\n"
    files = {"collar.txt": collars, "assay.csv": assays, "lithology.csv": rocks}
    tables = {}
    for name, text in files.items():
        table, findings = read_text_table(text.encode(), name)
        assert table is not None, findings
        tables[name] = table
    guess = guess_mapping(tables, Stated(length_unit="m"))
    data = {name: text.encode() for name, text in files.items()}
    holes = read_holes({**data, "explore.toml": guess.text.encode()}).holes
    assert holes is not None
    assert holes.analytes == ("Au", "S", "S_2", "Pr2O3")
    assert holes.collars.row(0)[1:] == (388559.4, 62299.9, 444.8, 125.0, 123.1, 61.2)
    assert holes.geology["code"].to_list() == ["por"]
    assert holes.assays["Pr2O3"].to_list() == [None, 0.04]
