"""A mapping is guessed from headers and values, and what was guessed is said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from oreline.exchange import TextTable, read_text_table
from oreline.explore import HolesRead, Stated, guess_mapping, read_holes
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


def comma(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def feet(text: str, columns: int, first: int = 1) -> str:
    """Turn the numbers of some columns of a table, from one on, from metres to feet."""
    head, *rows = text.splitlines()
    for place, row in enumerate(rows):
        cells = row.split(",")
        for column in range(first, first + columns):
            cells[column] = repr(float(cells[column]) / 0.3048)
        rows[place] = ",".join(cells)
    return "\n".join([head, *rows])


C = "Hole ID,Easting,Northing,RL,EOH\nA1,451000.5,3912000.25,850.5,12\nA2,451050,3912000,852,10\n"
S = "Hole ID,Depth,Azimuth,Dip\nA1,0,90,-60\nA1,12,92.5,-59\nA2,0,358,-75.5\n"
A = "Hole ID,From,To,Cu_%,Au_ppb\nA1,0,1.5,0.41,20\nA1,1.5,4,0.6,<5\nA2,0,10,1.25,2310.5\n"
FORMS = {
    "semicolons and decimal commas": (comma(C), comma(S), comma(A)),
    "German": (
        comma(C.replace("Hole ID,Easting,Northing,RL", "Bohrung,Rechtswert,Hochwert,Höhe")),
        comma(S.replace("Hole ID,Depth,Azimuth,Dip", "Bohrung,Teufe,Azimut,Neigung")),
        comma(A.replace("Hole ID,From,To", "Bohrung,von,bis")),
    ),
    "Spanish": (
        C.replace("Hole ID,Easting,Northing,RL,EOH", "Sondaje,Este,Norte,Cota,Profundidad"),
        S.replace("Hole ID,Depth,Azimuth,Dip", "Sondaje,Profundidad,Azimut,Inclinación"),
        A.replace("Hole ID,From,To", "Sondaje,Desde,Hasta"),
    ),
    "Chile": (
        comma(
            C.replace("Hole ID,Easting,Northing,RL,EOH", "Sondaje,Este,Norte,Cota,Prof. Final (m)")
        ),
        comma(S.replace("Hole ID,Depth,Azimuth,Dip", "Sondaje,Profundidad,Azimut,Inclinación")),
        comma(A.replace("Hole ID,From,To,Cu_%,Au_ppb", "Sondaje,Desde,Hasta,CuT (%),Au (ppb)")),
    ),
    "local metres": (
        C.replace("Hole ID,Easting,Northing,RL,EOH", "Hole,mE,mN,mRL,Total Depth"), S, A,
    ),
    "units and grids in headers": (
        C.replace("Easting,Northing,RL,EOH", "UTM_East_m,UTM_North_m,Collar RL (m),Hole Depth (m)"),
        S.replace("Depth,Azimuth,Dip", "Survey Depth (m),Azimuth (°),Dip (°)"),
        A.replace("From,To,Cu_%,Au_ppb", "Sample_From_m,Sample_To_m,Cu (wt%),Au [ppb]"),
    ),
    "feet": (
        feet(C, 4).replace("EOH", "LENGTH (ft)").replace("Easting", "LOCATIONX"),
        feet(S, 1).replace("Depth", "DISTANCE (ft)"),
        feet(A, 2).replace("From,To", "FROM (ft),TO (ft)"),
    ),
    "dips positive down": (C, S.replace("-", ""), A),
    "azimuths a turn away": (C, S.replace("90", "450").replace("358", "-2"), A),
    "tabs": (C.replace(",", "\t"), S.replace(",", "\t"), A.replace(",", "\t")),
    "thousands set apart": (
        C.replace("451000.5,3912000.25", '"451,000.5","3,912,000.25"'), S,
        A.replace("2310.5", '"2,310.5"'),
    ),
    "lengths of intervals": (
        C, S, A.replace("To,", "Length,").replace("A1,1.5,4,", "A1,1.5,2.5,"),
    ),
    "below detection as negative": (C, S, A.replace("<5", "-5")),
    "ppm and per cent": (
        C, S, A.replace("Cu_%,Au_ppb", "Cu_ppm,Au_gpt").replace("0.41,20", "4100,0.02")
        .replace("0.6,<5", "6000,<0.005").replace("1.25,2310.5", "12500,2.3105"),
    ),
}  # fmt: skip
"""The same holes as other people write them: collars, surveys, assays."""


def read_as_guessed(collars: str, surveys: str, assays: str) -> HolesRead:
    files = {"c.csv": collars, "s.csv": surveys, "a.csv": assays}
    read = tables(**{name[0]: text for name, text in files.items()})
    guess = guess_mapping(read, Stated(length_unit="ft" if "(ft)" in assays else "m"))
    assert guess.open == ()
    given = {name: text.encode() for name, text in files.items()}
    return read_holes({**given, "explore.toml": guess.text.encode()})


@pytest.mark.parametrize("form", FORMS)
def test_the_same_holes_written_by_others_are_the_same(form: str) -> None:
    plain, other = read_as_guessed(C, S, A), read_as_guessed(*FORMS[form])
    assert plain.holes is not None
    assert other.holes is not None, other.findings
    assert [one for one in other.findings if one.severity == "fatal"] == []
    for table in ("collars", "surveys", "assays"):
        frames = (getattr(one.holes, table).drop("depth_m", strict=False) for one in (plain, other))
        assert_frame_equal(*frames, rel_tol=1e-9)


def test_decimal_commas_beside_points_are_told_and_never_read_as_ten_times() -> None:
    # One file of the laboratory with commas beside collars with points: nothing says which.
    found = read_as_guessed(C, S, comma(A))
    (said,) = {one.fix for one in found.findings if "0,41" in one.message}
    assert 'decimal = ","' in said
    text = guess_mapping(tables(c=C, s=S, a=comma(A)), Stated(length_unit="m")).text
    text = text.replace("azimuth =", 'decimal = ","\nazimuth =', 1)
    files = {"c.csv": C, "s.csv": S, "a.csv": comma(A), "explore.toml": text}
    read = read_holes({name: given.encode() for name, given in files.items()})
    assert any("451000.5 is no number" in one.message for one in read.findings)


def test_a_workbook_holds_numbers_whatever_its_text_has(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"hole": ["A1", "A2"], "x": [1000.5, 2000.125], "y": [1.0, 2.0], "z": [9.5, 8.0]}
    )
    path = tmp_path / "c.xlsx"
    frame.write_excel(path)
    comma_files = {
        "s.csv": comma(S).encode(),
        "a.csv": comma(A).encode(),
        "c.xlsx": path.read_bytes(),
    }
    mapping = guess_mapping(
        tables(c=comma(C), s=comma(S), a=comma(A)), Stated(length_unit="m")
    ).text
    for before, after in (("c.csv", "c.xlsx"), ('"Hole ID"', '"hole"'), ("Easting", "x"),
                          ("Northing", "y"), ("RL", "z"), ('depth = "EOH"\n', "")):  # fmt: skip
        mapping = mapping.replace(before, after, 1)
    found = read_holes({**comma_files, "explore.toml": mapping.encode()})
    assert found.holes is not None, found.findings
    assert found.holes.collars["x_m"].to_list() == [1000.5, 2000.125]
