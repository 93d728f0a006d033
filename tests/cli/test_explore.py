"""`oreline explore`: from a folder of tables to a mapping, findings, holes and composites."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline

COLLARS = "HOLEID,EAST,NORTH,RL,EOH\nA1,500,600,90,12\nB1,520,600,91,10\n"
SURVEYS = "HOLEID,DEPTH,AZI,DIP\nA1,0,90,-60\nA1,12,92,-59\n"
ASSAYS = "HOLEID,FROM,TO,Cu_pct,Ag_ppm\nA1,0,4,0.5,<1\nA1,4,8,0.3,2\nA1,8,12,0.1,3\nB1,0,10,0.2,\n"
ROCKS = "HOLEID,FROM,TO,LITH\nA1,0,6,POR\nA1,6,12,AND\nB1,0,10,POR\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "set"
    place.mkdir()
    for name, text in (
        ("collar", COLLARS),
        ("survey", SURVEYS),
        ("assay", ASSAYS),
        ("lith", ROCKS),
    ):
        (place / f"{name}.csv").write_text(text)
    return place


def test_from_tables_to_composites(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    made = bare("explore", "init", folder)
    assert made.code == 0
    assert "length_unit = m or ft" in made.out
    assert bare("explore", "check", folder).code == 1
    (folder / "explore.toml").unlink()
    assert bare("explore", "init", folder, "--length-unit", "m").code == 0
    assert bare("explore", "init", folder, "--length-unit", "m").code == 2
    checked = bare("explore", "check", folder, "--json").json
    assert checked["ok"] is True
    (one,) = checked["result"]["sets"]
    assert [finding["code"] for finding in one["findings"]] == ["ORL-0904"]
    assert one["holes"]["analytes"]["Ag"]["below_detection"] == 1
    target = tmp_path / "composites.parquet"
    call = bare("explore", "composite", folder, "--length", "3 m", "--by-geology",
                "--export", target)  # fmt: skip
    assert call.code == 0
    frame = pl.read_parquet(target)
    assert frame.filter(hole="A1")["domain"].to_list() == ["POR", "POR", "AND", "AND"]
    assert frame["Cu"][1] == pytest.approx((0.5 * 1 + 0.3 * 2) / 3)
    assert "kept" in call.out


def test_holes_and_their_traces(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    bare("explore", "init", folder, "--length-unit", "m", "--crs", "EPSG:32642")
    call = bare("explore", "holes", folder)
    assert call.code == 0
    assert "EPSG:32642" in call.out
    told = bare("explore", "holes", folder, "--trace", "5", "--json").json["result"]
    assert told["points"]["depth_m"] == [0, 5, 10, 12, 0, 5, 10]
    assert told["points"]["z_m"][-1] == pytest.approx(81)
    target = tmp_path / "holes.csv"
    assert bare("explore", "holes", folder, "--export", target).code == 0
    assert target.read_text().startswith("hole,depth_m,x_m")


def test_a_chain_with_several_sets(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    bare("explore", "init", folder, "--length-unit", "m")
    chain = tmp_path / "chain" / "drillholes"
    chain.mkdir(parents=True)
    folder.rename(chain / "one")
    assert bare("explore", "holes", chain.parent).code == 0
    (chain / "two").mkdir()
    for path in (chain / "one").iterdir():
        (chain / "two" / path.name).write_bytes(path.read_bytes())
    assert bare("explore", "holes", chain.parent).code == 2
    assert bare("explore", "holes", chain.parent, "--set", "two").code == 0
    assert bare("explore", "holes", chain.parent, "--set", "three").code == 2
    assert len(bare("explore", "check", chain.parent, "--json").json["result"]["sets"]) == 2


def test_wrong_calls(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    assert bare("explore", "check", tmp_path / "nowhere").code == 2
    assert bare("explore", "init", tmp_path / "nowhere").code == 2
    bare("explore", "init", folder, "--length-unit", "m")
    for words in (["--length", "3 yd"], ["--length", "0"], ["--length", "2", "-a", "Zn"],
                  ["--length", "2", "--residual", "lose"]):  # fmt: skip
        assert bare("explore", "composite", folder, *words).code == 2


def test_a_row_that_is_left_out_is_said(bare: Oreline, folder: Path) -> None:
    bare("explore", "init", folder, "--length-unit", "m")
    (folder / "assay.csv").write_text(ASSAYS + "C9,0,5,0.1,1\n")
    assert bare("explore", "check", folder).code == 1
    call = bare("explore", "composite", folder, "--length", "2")
    assert call.code == 0
    assert "Left out: 1 assays." in call.out


def test_statistics(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    bare("explore", "init", folder, "--length-unit", "m")
    target = tmp_path / "statistics.xlsx"
    words = ("explore", "statistics", folder, "--length", "2", "--by-geology", "-a", "Cu")
    call = bare(*words, "--cell", "5,10", "--top-cut", "0.4", "--export", target)
    assert call.code == 0
    assert "becomes" in call.out
    frame = pl.read_excel(target)
    assert frame["domain"].to_list() == [None, "AND", "POR"]
    told = bare(*words, "--top-cut", "p90", "--json").json["result"]
    assert told["top_cuts"][0]["percentile"] >= 0.9
    assert told["of"] == "composites of 2 m"
    assert bare("explore", "statistics", folder, "--rare-earths").code == 0
    assert "TREO is UNKNOWN" in bare("explore", "statistics", folder, "--rare-earths").out
    for wrong in (["--top-cut", "high"], ["--cell", "5"], ["-a", "Zn"]):
        assert bare("explore", "statistics", folder, *wrong).code == 2


def test_one_workbook_with_a_sheet_for_each_table(
    bare: Oreline, folder: Path, tmp_path: Path
) -> None:
    from xlsxwriter import Workbook

    place = tmp_path / "book"
    place.mkdir()
    with Workbook(place / "drilling.xlsx") as book:
        for title in ("collar", "survey", "assay", "lith"):
            sheet = book.add_worksheet(title.capitalize())
            for row, line in enumerate((folder / f"{title}.csv").read_text().splitlines()):
                for column, cell in enumerate(line.split(",")):
                    number = cell.replace(".", "").replace("-", "").isdigit()
                    sheet.write(row, column, float(cell) if number else cell)
        book.add_worksheet("Notes").write(0, 0, "drilled in 1974")
    assert bare("explore", "init", place, "--length-unit", "m").code == 0
    assert 'sheet = "Collar"' in (place / "explore.toml").read_text()
    from_book = bare("explore", "composite", place, "--length", "3", "--json").json["result"]
    bare("explore", "init", folder, "--length-unit", "m")
    from_files = bare("explore", "composite", folder, "--length", "3", "--json").json["result"]
    assert from_book["composites"] == from_files["composites"]


def test_a_chain_is_checked_with_its_drill_holes(
    bare: Oreline, folder: Path, tmp_path: Path
) -> None:
    chain = tmp_path / "chain"
    assert bare("init", chain).code == 0
    before = bare("check", chain, "--json").json
    assert before["result"]["drillholes"] == []
    bare("explore", "init", folder, "--length-unit", "m")
    (chain / "drillholes").mkdir()
    folder.rename(chain / "drillholes" / "north")
    assert "Drill holes: north." in bare("check", chain).out
    assay = chain / "drillholes" / "north" / "assay.csv"
    assay.write_text(ASSAYS + "C9,0,5,0.1,1\n")
    told = bare("check", chain, "--json")
    assert told.code == 1
    places = [one["where"] for one in told.json["result"]["findings"]]
    assert "drillholes/north/assay.csv row 6" in places
