"""`oreline explore variogram|model|validate|tonnage|simulate`, from a folder of tables to files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from called import Oreline

CHAIN = Path(__file__).parents[2] / "examples" / "pakistan-us"
MAPPING = """
length_unit = "m"
coordinate_unit = "m"
crs = "not stated"
dip = "positive down"
azimuth = "grid"
[collars]
file = "collar.csv"
hole = "hole"
x = "x"
y = "y"
z = "z"
depth = "depth"
azimuth = "azimuth"
dip = "dip"
[assays]
file = "assay.csv"
hole = "hole"
from = "from"
to = "to"
[assays.analytes]
Cu = {column = "cu", unit = "%"}
[composites]
length = "5 m"
[variogram.Cu]
fit = { lag_m = 15, lags = 10 }
[grid]
size_m = [15, 15, 10]
points = [2, 2, 1]
[search]
passes = [
  { radii_m = [40, 40, 25], max_samples = 12, max_per_hole = 4 },
  { radii_m = [90, 90, 50], min_samples = 2, max_samples = 12 },
]
[density]
basis = "assumed"
source = "porphyry"
t_per_m3 = 2.7
[classes]
analyte = "Cu"
rule = "search pass"
[cutoffs]
analyte = "Cu"
pct = [0.3, 0.5]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Drill 36 holes into a smooth body."""
    place = tmp_path / "body"
    place.mkdir()
    rng = np.random.default_rng(3)
    collar, assay = ["hole,x,y,z,depth,azimuth,dip"], ["hole,from,to,cu"]
    for at in range(36):
        x, y = 25 * (at % 6) + rng.uniform(-3, 3), 25 * (at // 6) + rng.uniform(-3, 3)
        collar.append(f"D{at},{x:.2f},{y:.2f},0,40,0,90")
        for start in range(0, 40, 5):
            grade = 0.5 + 0.3 * np.sin(x / 30) * np.cos(y / 40) + 0.05 * rng.normal()
            assay.append(f"D{at},{start},{start + 5},{max(grade, 0):.4f}")
    (place / "collar.csv").write_text("\n".join(collar) + "\n")
    (place / "assay.csv").write_text("\n".join(assay) + "\n")
    (place / "explore.toml").write_text(MAPPING)
    return place


def test_a_variogram_is_shown_with_the_lines_that_state_it(bare: Oreline, folder: Path) -> None:
    call = bare("explore", "variogram", folder)
    assert call.code == 0
    assert "[variogram.Cu]" in call.out
    told = bare("explore", "variogram", folder, "--lag-m", "20", "--json").json["result"]
    lags = told["variograms"][0]["experimental"]["lags"]
    assert lags[0]["to_m"] == 20
    gaussian = bare("explore", "variogram", folder, "--normal-scores", "--json").json["result"]
    assert gaussian["variograms"][0]["experimental"]["variance"] == pytest.approx(1.0, abs=0.1)
    # The lines that are printed can be put into the file, and give the same model.
    text = (folder / "explore.toml").read_text()
    lines = call.out[call.out.index("[variogram.Cu]") :]
    old = "[variogram.Cu]\nfit = { lag_m = 15, lags = 10 }\n"
    assert old in text
    fitted = bare("explore", "model", folder, "--json").json["result"]["variograms"]["Cu"]
    (folder / "explore.toml").write_text(text.replace(old, lines))
    stated = bare("explore", "model", folder, "--json").json["result"]["variograms"]["Cu"]
    assert stated["nugget"] == pytest.approx(fitted["nugget"], rel=1e-4, abs=1e-9)
    assert stated["sill"] == pytest.approx(fitted["sill"], rel=1e-4)
    assert bare("explore", "variogram", folder).code == 2


def test_a_model_is_written_in_every_form(bare: Oreline, folder: Path, tmp_path: Path) -> None:
    import meshio

    blocks, vtk, samples = (tmp_path / name for name in ("b.parquet", "b.vtk", "s.vtk"))
    call = bare("explore", "model", folder, "--export", blocks, "--vtk", vtk,
                "--samples-vtk", samples)  # fmt: skip
    assert call.code == 0, call.everything
    assert "no Competent Person's" in " ".join(call.out.split())
    frame = pl.read_parquet(blocks)
    mesh = meshio.read(vtk)
    grades = mesh.cell_data["Cu"][0].ravel()
    assert np.allclose(grades[~np.isnan(grades)], frame["Cu"].to_numpy())
    assert meshio.read(samples).points.shape == (288, 3)
    assert 0.2 < frame["Cu"].mean() < 0.8
    again = bare("explore", "model", folder, "--vtk", vtk)
    assert (again.code, "exists" in again.everything) == (2, True)
    assert bare("explore", "model", folder, "--vtk", tmp_path / "b.vtu").code == 2


def test_validation_tonnage_and_simulation_agree(
    bare: Oreline, folder: Path, tmp_path: Path
) -> None:
    text = bare("explore", "validate", folder, "--slices", "x")
    assert "in slices along x" in text.out
    told = bare("explore", "validate", folder, "--without", "sample", "--json").json["result"]
    assert told["analytes"][0]["correlation"] > 0.8
    assert bare("explore", "validate", folder, "--without", "day").code == 2
    target = tmp_path / "curve.csv"
    shown = bare("explore", "tonnage", folder, "--export", target)
    assert "Density is assumed: porphyry." in shown.out
    curve = pl.read_csv(target).filter(part="all")
    simulated = tmp_path / "simulated.parquet"
    call = bare("explore", "simulate", folder, "--analyte", "Cu", "--seed", "4",
                "--realisations", "20", "--export", simulated, "--json")  # fmt: skip
    result = call.json["result"]
    assert call.code == 0
    first = result["tonnage"][0]
    assert first["cutoff_pct"] == 0.3
    assert first["tonnes"]["p10"] < first["tonnes"]["p50"] < first["tonnes"]["p90"]
    assert first["tonnes"]["mean"] == pytest.approx(curve["tonnes"][0], rel=0.1)
    again = bare("explore", "simulate", folder, "-a", "Cu", "--seed", "4",
                 "--realisations", "20", "--json").json["result"]  # fmt: skip
    assert again["tonnage"] == result["tonnage"]
    assert "Cu_p10" in pl.read_parquet(simulated).columns
    wrong = bare("explore", "simulate", folder, "-a", "Au", "--seed", "1")
    assert (wrong.code, "there are Cu" in wrong.everything) == (2, True)


def test_a_hole_entered_twice_is_told_and_the_status_says_so(bare: Oreline, folder: Path) -> None:
    for name in ("collar", "assay"):
        path = folder / f"{name}.csv"
        lines = path.read_text().splitlines()
        doubled = [line.replace("D7,", "D7A,", 1) for line in lines if line.startswith("D7,")]
        path.write_text("\n".join([*lines, *doubled]) + "\n")
    stated = MAPPING.replace(
        "fit = { lag_m = 15, lags = 10 }",
        'nugget = 0.0\nstructures = [{ kind = "spherical", sill = 0.05, ranges_m = [80, 80, 40] }]',
    )
    (folder / "explore.toml").write_text(stated)
    call = bare("explore", "model", folder, "--json")
    assert call.code == 1
    assert "ORL-0930" in {finding["code"] for finding in call.json["error"]["findings"]}


EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
SETS = [("illus-copper", "Cu"), ("illus-carbonatite", "TREO")]


@pytest.mark.parametrize(("name", "analyte"), SETS)
def test_the_sets_of_the_example_become_models(bare: Oreline, name: str, analyte: str) -> None:
    told = bare("explore", "model", EXAMPLE, "--set", name, "--json").json["result"]
    assert told["estimated_blocks"] > 1000
    (one,) = [row for row in told["bias"] if row["analyte"] == analyte]
    assert abs(one["bias"]) < 0.05
    assert sum(told["classes"]["blocks"]["decided"].values()) == told["grid"]["blocks"]
    call = bare("explore", "tonnage", EXAMPLE, "--set", name)
    assert call.code == 0
    assert "e+" not in call.out
    assert "no Competent Person's" in " ".join(call.out.split())


def test_each_domain_is_fitted_and_simulated_by_itself(bare: Oreline, tmp_path: Path) -> None:
    """The lines that are printed for a domain state it; a suite is simulated domain by domain."""
    folder = tmp_path / "copper"
    shutil.copytree(EXAMPLE / "drillholes" / "illus-copper", folder)
    call = bare("explore", "variogram", folder, "-a", "Cu", "--lag-m", "30")
    assert call.code == 0, call.everything
    lines = call.out[call.out.index('[variogram.Cu.domain."ANDESITE"]') :].split("\n]")[0] + "\n]\n"
    told = bare("explore", "variogram", folder, "-a", "Cu", "--lag-m", "30", "--json")
    fits = {one["domain"]: one["variogram"] for one in told.json["result"]["variograms"]}
    assert set(fits) == {"ANDESITE", "LEACHED", "PORPHYRY"}
    # Of 40 composites in the blanket the downhole pairs are too few: told, and the rest goes on.
    assert "ORL-0940  variogram in BLANKET" in call.out
    file = folder / "explore.toml"
    file.write_text(file.read_text().replace("[grid]", f"{lines}\n[grid]"))
    made = bare("explore", "model", folder, "--json").json["result"]
    stated = made["domain_variograms"]["ANDESITE"]["Cu"]
    assert stated["sill"] == pytest.approx(fits["ANDESITE"]["sill"], rel=1e-4)
    assert made["domain_variograms"]["LEACHED"]["Cu"]["sill"] < stated["sill"]
    assert "hard" in made["boundaries"]
    found = bare("explore", "simulate", folder, "-a", "Au", "--seed", "2", "--realisations", "4",
                 "--json").json["result"]  # fmt: skip
    assert [one["analyte"] for one in found["analytes"]] == ["Cu", "Au"]
    parts = {row["part"] for row in found["tonnage"]}
    assert parts == {"all", "domain BLANKET", *(f"domain {code}" for code in fits)}
    one = bare("explore", "variogram", folder, "-a", "Cu", "--lag-m", "30", "--domain", "LEACHED")
    assert one.out.count("[variogram.") == 1
    assert bare("explore", "variogram", folder, "--lag-m", "30", "--domain", "XX").code == 2
    before, _, after = file.read_text().partition("[simulation]\n")
    file.write_text(before + after[after.index("\n[") + 1 :] if "\n[" in after else before)
    assert bare("explore", "simulate", folder).code == 2, "nothing names the random numbers"


def test_inverse_distance_stands_beside_kriging(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "blocks.parquet"
    words = ("explore", "model", CHAIN, "--set", "illus-copper", "--inverse-distance", "2")
    told = bare(*words, "--json").json["result"]
    assert bare(*words, "--export", target).code == 0
    frame = pl.read_parquet(target)
    for name, mean in told["inverse_distance"]["means"].items():
        both = frame.filter(pl.col(name).is_not_null() & pl.col(f"{name}_inverse").is_not_null())
        assert both[f"{name}_inverse"].mean() == pytest.approx(mean)
        kriged = both[name].mean()
        assert kriged == pytest.approx(mean, rel=0.25)
    # The higher the power, the more the nearest sample counts.
    sharper = tmp_path / "sharper.parquet"
    assert bare(*words[:-1], "9", "--export", sharper).code == 0
    apart = [
        one.select((pl.col("Cu_inverse") - pl.col("Cu_nearest")).abs().mean()).item()
        for one in (frame, pl.read_parquet(sharper))
    ]
    assert apart[1] < 0.7 * apart[0]


def test_sections_are_named_in_the_help(bare: Oreline) -> None:
    shown = bare("explore", "model", "--help").out
    assert "[composites]" in shown
    assert "[grid]" in shown
