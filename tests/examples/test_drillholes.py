"""The invented drill holes of the example chain: made by their script, sound, and as described."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from oreline.explore import (
    CompositeSettings,
    LookSettings,
    composite,
    contact_profile,
    look_at_grades,
    read_hole_folder,
)
from oreline.model import RARE_EARTH_OXIDES
from oreline_testing.scripts import script

FOLDER = Path(__file__).parents[2] / "examples" / "pakistan-us" / "drillholes"
SETS = ["illus-carbonatite", "illus-copper"]


def test_the_files_are_those_of_the_script() -> None:
    made = script("build_drillholes")
    for name, make in (("illus-copper", made.copper), ("illus-carbonatite", made.carbonatite)):
        for file, text in make().items():
            assert (FOLDER / name / file).read_text("utf-8") == text, f"{name}/{file}"


@pytest.mark.parametrize("name", SETS)
def test_they_are_sound_and_say_that_nobody_drilled_them(name: str) -> None:
    read = read_hole_folder(FOLDER / name)
    assert read.findings == ()
    assert read.holes is not None
    assert read.holes.basis == "assumed"
    assert read.holes.source.startswith("invented")
    assert read.holes.below.height > 0


def test_copper_is_near_the_published_means() -> None:
    """Saindak: 0.38 % Cu and 0.32 g/t Au (Mudd and Jowitt 2018)."""
    holes = read_hole_folder(FOLDER / "illus-copper").holes
    assert holes is not None
    made = composite(holes, CompositeSettings(6.0, weight="density")).frame
    assert made["Cu"].mean() == pytest.approx(0.38, rel=0.1)
    assert made["Au"].mean() == pytest.approx(0.32e-4, rel=0.25)
    profile = contact_profile(holes, "Cu", "BLANKET", "LEACHED", step_m=3, reach_m=9)
    means = dict(profile.group_by("code").agg(pl.col("mean_pct").mean()).iter_rows())
    assert means["BLANKET"] > 8 * means["LEACHED"]


def test_the_carbonatite_has_its_whole_suite() -> None:
    """Split of Mountain Pass: Nd2O3 11.7 % of the total (USGS Minerals Yearbook 2022)."""
    holes = read_hole_folder(FOLDER / "illus-carbonatite").holes
    assert holes is not None
    settings = LookSettings(CompositeSettings(5.0, by="geology"), rare_earths=True)
    look = look_at_grades(holes, settings)
    rows = look.statistics.filter(domain="CARBONATITE")
    means = dict(rows.select("analyte", "mean").iter_rows())
    assert means["TREO"] == pytest.approx(2.5, rel=0.15)
    assert means["Nd2O3"] / means["TREO"] == pytest.approx(0.117, rel=0.02)
    assert sum(means[oxide] for oxide in RARE_EARTH_OXIDES) == pytest.approx(means["TREO"])
    assert not any("UNKNOWN" in note for note in look.notes)
