"""Supply risk by the European Union's method on the command line."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline


def test_one_mineral_with_its_stages_and_ranges(bare: Oreline) -> None:
    found = bare("stress", "eu", "Sb")
    assert found.code == 0, found.everything
    for words in ("1.8", "extraction", "EU sourcing", "TUR", "CC BY 4.0", "not printed"):
        assert words in found.everything, words
    told = bare("stress", "eu", "Sb", "--json").json["result"]
    (row,) = told["rows"]
    assert (row["printed_risk"], row["critical"]) == (1.8, "yes")
    assert row["risk"]["low"] < 1.8 < row["risk"]["high"]


def test_all_materials_of_a_study_as_a_table(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "eu.csv"
    assert bare("stress", "eu", "--year", "2017", "--export", target).code == 0
    frame = pl.read_csv(target)
    assert frame.height == 78
    assert frame.filter(pl.col("material") == "Antimony")["printed_risk"].item() == 4.3


@pytest.mark.parametrize(
    "given",
    [
        ("eu", "--year", "2019"),
        ("eu", "unobtainium"),
        ("crma", "antimony"),
    ],
)
def test_what_is_not_there_is_refused(bare: Oreline, given: tuple[str, ...]) -> None:
    found = bare("stress", *given)
    assert found.code != 0
    assert "Traceback" not in found.everything


def test_benchmarks_with_numbers(bare: Oreline) -> None:
    found = bare("stress", "crma", "magnesium")
    assert found.code == 0, found.everything
    for words in ("FAIL", "CHN", "one, at most 65%", "2024/1252"):
        assert words in found.everything, words


def test_from_a_file_of_the_publisher_to_another_answer(bare: Oreline, tmp_path: Path) -> None:
    file, folder = tmp_path / "global_supply_2023.csv", tmp_path / "tables"
    file.write_text("Material,Stage,Country,Share,t\nAntimony,E,Pakistan,100%,1.0\n")
    done = bare("stress", "import", "eu-crm", file, "--into", folder)
    assert done.code == 0, done.everything
    before = bare("stress", "eu", "Sb", "--json").json["result"]["rows"][0]
    after = bare("stress", "eu", "Sb", "--tables", folder, "--json").json["result"]
    (row,) = after["rows"]
    assert row["stages"][0]["global"]["largest"] == "PAK"
    assert row["risk"]["high"] > before["risk"]["high"]
    assert "own-eu-crm-2023" in row["sources"]
    shown = bare("stress", "eu", "Sb", "--tables", folder)
    assert shown.code == 0, shown.everything
    file.write_text("Material,Stage,Country,Share,t\nAntimony,E,Pakistan,190%,1.0\n")
    refused = bare("stress", "import", "eu-crm", file, "--into", folder)
    assert refused.code != 0
    assert "ORL-1201" in refused.everything
    assert bare("stress", "eu", "Sb", "--tables", folder).everything == shown.everything


def test_a_new_edition_of_the_summaries_changes_what_minerals_says(
    bare: Oreline, tmp_path: Path
) -> None:
    file, folder = tmp_path / "MCS2027_World_Data.csv", tmp_path / "tables"
    file.write_text(
        "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2025,PROD_EST_2026,PROD_NOTES\n"
        "MCS2027,Antimony,China,Mine production,metric tons,40000,10000,\n"
        "MCS2027,Antimony,Pakistan,Mine production,metric tons,260,30000,\n"
        "MCS2027,Antimony,World total (rounded),Mine production,metric tons,40000,40000,\n"
    )
    assert bare("stress", "import", "mcs", file, "--into", folder).code == 0
    answers = [
        bare("stress", "minerals", *own, "--json").json["result"]["rows"]
        for own in ((), ("--tables", folder))
    ]
    largest = [
        {
            (one["concentration"] or {}).get("largest")
            for one in rows
            if one["mineral"] == "antimony"
        }
        for rows in answers
    ]
    assert "PAK" not in largest[0]
    assert "PAK" in largest[1]
