"""A mapping is guessed from headers and values, and what was guessed is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from oreline.exchange import TextTable, read_text_table
from oreline.explore import Stated, guess_mapping
from oreline.model import InputError


def tables(**files: str) -> dict[str, TextTable]:
    read = {}
    for name, text in files.items():
        table, findings = read_text_table(text.encode(), f"{name}.csv")
        assert table is not None, findings
        read[f"{name}.csv"] = table
    return read


COLLARS = "Hole ID,Easting,Northing,RL,EOH\nA,1,2,3,10\n"
SURVEYS = "Hole_ID,Depth_m,Azi,Dip\nA,0,90,-60\n"
ASSAYS = "HOLEID,From (m),To (m),Cu_ppm,ND2O3 (%),Au,sample_no\nA,0,2,1200,0.4,1.1,77\n"


def test_headers_of_the_trade_are_found() -> None:
    guess = guess_mapping(tables(c=COLLARS, s=SURVEYS, a=ASSAYS, l="hole,from,to,lith\nA,0,9,X\n"))
    read = tomllib.loads(guess.text)
    assert guess.open == ()
    assert read["length_unit"] == "m"
    assert read["dip"] == "negative down"
    assert read["collars"] == {
        "file": "c.csv", "hole": "Hole ID", "x": "Easting", "y": "Northing", "z": "RL",
        "depth": "EOH",
    }  # fmt: skip
    assert read["assays"]["analytes"] == {
        "Cu": {"column": "Cu_ppm", "unit": "ppm"},
        "Nd2O3": {"column": "ND2O3 (%)", "unit": "%"},
        "Au": {"column": "Au", "unit": "g/t"},
    }
    assert read["geology"]["code"] == "lith"
    assert any("Au in g/t, because" in sentence for sentence in guess.guessed)


def test_what_no_file_says_is_left_open() -> None:
    bare = {"c": COLLARS, "a": "hole,from,to,Cu\nA,0,2,0.3\n"}
    surveys = "hole,depth,azimuth,dip\nA,0,0,0\n"
    guess = guess_mapping(tables(**bare, s=surveys))
    assert [sentence.partition(" ")[0] for sentence in guess.open] == [
        "length_unit", "coordinate_unit", "dip",
    ]  # fmt: skip
    assert len(guess_mapping(tables(**bare)).open) == 2
    told = guess_mapping(
        tables(c=COLLARS, a="hole,from,to,Cu\nA,0,2,0.3\n"),
        Stated(length_unit="ft", dip="negative down"),
    )
    assert told.open == ()


def test_tables_that_look_like_nothing_are_refused() -> None:
    with pytest.raises(InputError, match=r"look like hole, x, y and z \(files read: a.csv\)"):
        guess_mapping(tables(a=ASSAYS))


@pytest.mark.parametrize("folder", ["babbitt_cu_ni", "forrestania_wamex"])
def test_real_tables_are_recognised(shared_dir: Path, folder: str) -> None:
    read = {}
    for path in sorted((shared_dir / "facts" / "geology" / folder).iterdir()):
        table, _ = read_text_table(path.read_bytes(), path.name)
        assert table is not None
        read[path.name] = table
    guess = guess_mapping(read, Stated(length_unit="ft"))
    mapping = tomllib.loads(guess.text)
    assert {mapping[part]["file"] for part in ("collars", "surveys", "assays")} == set(read)
    columns = read["assay.csv"].frame.columns[3:]
    assert [one["column"] for one in mapping["assays"]["analytes"].values()] == columns
    assert guess.open == ()
