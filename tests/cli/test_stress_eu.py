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
