"""Drill holes and block models over the API: from the files of a chain's folder to tonnes."""

from __future__ import annotations

import io
import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from oreline.api import (
    RIGHTS,
    Person,
    Role,
    Settings,
    _answers_explore,
    create_app,
    hole_sets,
    open_service,
)
from oreline.api._explored import Kept
from oreline.exchange import read_text_table
from oreline.explore import Stated, guess_mapping, read_ore
from oreline_testing.injected import FixedClock, FixedSalts

API = "/api/v1/explore"
EXAMPLES = Path(__file__).parents[2] / "examples"
REE = "illus-carbonatite"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with the drill holes of a carbonatite."""
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLES / "mine-to-magnet", folder)
    shutil.copytree(EXAMPLES / "pakistan-us" / "drillholes" / REE, folder / "drillholes" / REE)
    return folder


@pytest.fixture
def holes(
    chain: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> Iterator[TestClient]:
    service = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def told(client: TestClient, path: str = "", **given: Any) -> Any:
    answer = client.get(f"{API}{path}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_the_sets_are_listed_with_what_is_wrong(holes: TestClient, chain: Path) -> None:
    broken = chain / "drillholes" / "broken"
    shutil.copytree(chain / "drillholes" / REE, broken)
    (broken / "assay.csv").unlink()
    listed = {one["set"]: one for one in told(holes)["sets"]}
    assert list(listed) == ["broken", REE]
    assert not listed["broken"]["usable"]
    assert listed["broken"]["findings"]
    assert listed[REE]["usable"]


def test_holes_lie_where_their_collars_and_surveys_say(holes: TestClient, chain: Path) -> None:
    found = told(holes, "/holes", set=REE, analyte="La")
    collars = (chain / "drillholes" / REE / "collar.csv").read_text().splitlines()[1:]
    assert len(found["traces"]) == len(collars) == found["holes"]
    pieces = found["pieces"]
    assert len(pieces["hole"]) == found["pieces_of"]
    start, end = pieces["start_m"][0], pieces["end_m"][0]
    assert 0 < math.dist(start, end) < 10
    (row,) = (one for one in found["statistics"] if one["analyte"] == "La")
    assert row["count"] > 400


def test_tonnes_and_metal_follow_from_blocks_and_density(holes: TestClient) -> None:
    found = told(holes, "/model", set=REE, analyte="TREO", cutoff_pct=1)
    blocks = found["blocks"]
    assert found["blocks_above"] == len(blocks["grade_pct"])
    assert min(blocks["grade_pct"]) >= 1
    whole = {row["cutoff_pct"]: row for row in found["tonnage"]["rows"] if row["part"] == "all"}
    size = found["grid"]["size_m"]
    # Its density is one assumed number, so tonnes are blocks times volume times that.
    assert whole[1]["blocks"] == found["blocks_above"]
    each = whole[1]["tonnes"] / whole[1]["blocks"] / math.prod(size)
    assert each == pytest.approx(2.9)
    mean = sum(blocks["grade_pct"]) / len(blocks["grade_pct"])
    assert whole[1]["grades_pct"]["TREO"] == pytest.approx(mean)
    counts = found["classes"]["blocks"]
    assert {"decided", "search pass", "drill spacing", "kriging variance"} <= set(counts)
    assert "no Competent Person" in found["not_a_statement"]


def test_sections_together_hold_every_block(holes: TestClient) -> None:
    first = told(holes, "/section", set=REE, analyte="TREO", section="north-south")
    assert first["pieces"]["hole"]
    total = sum(
        len(
            told(holes, "/section", set=REE, section="plan", analyte="TREO", at=at)["blocks"][
                "up_m"
            ]
        )
        for at in range(told(holes, "/section", set=REE, analyte="TREO")["layers"])
    )
    assert total == told(holes, "/model", set=REE, analyte="TREO", cutoff_pct=0)["blocks_above"]


def test_cut_offs_of_another_analyte_are_made_from_its_blocks(holes: TestClient) -> None:
    found = told(holes, "/model", set=REE, analyte="La")
    whole = [row for row in found["tonnage"]["rows"] if row["part"] == "all"]
    tonnes = [row["tonnes"] for row in whole]
    assert tonnes == sorted(tonnes, reverse=True)
    assert len(whole) >= 5


def test_a_changed_file_is_another_model(holes: TestClient, chain: Path) -> None:
    before = told(holes, "/model", set=REE, analyte="TREO")["tonnage"]["rows"][0]["tonnes"]
    place = chain / "drillholes" / REE / "explore.toml"
    text = place.read_text()
    assert "t_per_m3 = 2.9" in text
    place.write_text(text.replace("t_per_m3 = 2.9", "t_per_m3 = 5.8"))
    after = told(holes, "/model", set=REE, analyte="TREO")["tonnage"]["rows"][0]["tonnes"]
    assert after == pytest.approx(2 * before)


def test_what_is_not_declared_is_not_told(holes: TestClient, chain: Path) -> None:
    place = chain / "drillholes" / REE / "explore.toml"
    text = place.read_text()
    start, end = text.index("[density]"), text.index("[classes]")
    place.write_text(text[:start] + text[end:])
    found = told(holes, "/model", set=REE, analyte="TREO")
    assert found["tonnage"] is None
    assert "declare [density]" in found["tonnage_lacks"]


ATTACKS: tuple[tuple[str, dict[str, Any], int, str], ...] = (
    ("/holes", {"set": "../../etc"}, 404, "no set of drill holes"),
    ("/holes", {"set": f"../drillholes/{REE}"}, 404, "no set of drill holes"),
    ("/holes", {"set": f"{REE}/../{REE}"}, 404, "no set of drill holes"),
    ("/holes", {"set": "\0"}, 400, "zero bytes"),
    ("/holes", {"set": "x" * 10_000}, 422, ""),
    ("/model", {"set": "."}, 404, "no set of drill holes"),
    ("/holes", {"set": REE, "analyte": "Xx"}, 422, "no analyte 'Xx'"),
    ("/holes", {"set": REE, "analyte": "hole"}, 422, "no analyte"),
    ("/model", {"set": REE, "analyte": "<b>"}, 422, "no analyte"),
    ("/model", {"set": REE, "cutoff_pct": "nan"}, 422, "finite"),
    ("/section", {"set": REE, "section": "diagonal"}, 422, "no section 'diagonal'"),
    ("/section", {"set": REE, "at": 99_999}, 422, "the grid has 0 to"),
    ("/section", {"set": REE, "at": 10**30}, 422, ""),
    ("/section", {}, 422, "set"),
    ("/histogram", {"set": "../x"}, 404, "no set of drill holes"),
    ("/histogram", {"set": REE, "of": "assays", "analyte": "TREO"}, 422, "no analyte 'TREO'"),
    ("/histogram", {"set": REE, "domain": "GRANITE"}, 422, "no domain 'GRANITE'; there are"),
    ("/histogram", {"set": REE, "bins": 0}, 422, "bins"),
    ("/variogram", {"set": REE, "lag_m": "inf"}, 422, "finite"),
    ("/variogram", {"set": REE, "lag_m": 0.001}, 422, "make lags longer"),
    ("/cross-validation", {"set": REE, "without": "luck"}, 422, "without"),
    ("/simulation", {"set": REE, "realisations": 101}, 422, "realisations"),
    ("/export", {"set": "../x", "table": "blocks"}, 404, "no set of drill holes"),
    ("/export", {"set": REE, "table": "passwords"}, 422, "table"),
    ("/export", {"set": REE, "table": "variogram", "format": "exe"}, 422, "format"),
)


def test_classes_of_a_histogram_hold_every_grade(holes: TestClient) -> None:
    asked = {"set": REE, "analyte": "TREO"}
    found = told(holes, "/histogram", **asked)
    classes = found["classes"]
    assert sum(one["share"] for one in classes) == pytest.approx(1)
    middle = sum(one["share"] * (one["low_pct"] + one["high_pct"]) / 2 for one in classes)
    assert middle == pytest.approx(found["statistics"]["mean"], rel=0.02)
    parts = [told(holes, "/histogram", **asked, domain=one) for one in found["domains"]]
    assert sum(one["counted"] for one in parts) == found["counted"] == found["statistics"]["count"]
    log = told(holes, "/histogram", **asked, logarithmic=True)["classes"]
    ratios = [one["high_pct"] / one["low_pct"] for one in log]
    assert min(ratios) == pytest.approx(max(ratios))
    assays = told(holes, "/histogram", set=REE, of="assays", analyte="La")
    assert assays["statistics"]["weight"] > assays["counted"], "metres, not rows"


def test_a_variogram_has_its_points_and_its_model_in_each_direction(holes: TestClient) -> None:
    found = told(holes, "/variogram", set=REE, analyte="TREO")
    assert found["nugget_from"] == "stated"
    assert {row["direction"] for row in found["rows"]} == {
        "major",
        "semi-major",
        "minor",
        "downhole",
    }
    sill = found["model"]["sill"]
    assert sill == pytest.approx(found["variance"]), "shares of the variance"
    # Domains are kept apart: the one of most composites stands for itself.
    assert found["domain"] == "FENITE"
    other = told(holes, "/variogram", set=REE, analyte="TREO", domain="CARBONATITE")
    assert other["variance"] > found["variance"]
    whole = told(holes, "/variogram", set=REE, analyte="TREO", domain="")
    assert whole["samples"] == 313
    rising = [row["gamma"] for row in whole["rows"] if row["direction"] == "downhole"]
    assert rising[0] < rising[3] < rising[6], "what lies close is alike"
    for curve in found["curves"].values():
        values = [value for _, value in curve]
        assert values == sorted(values)
    assert found["curves"]["major"][-1][1] == pytest.approx(sill)
    short = told(holes, "/variogram", set=REE, analyte="TREO", lag_m=10, lags=5)
    assert [row["to_m"] for row in short["rows"][:5]] == [10, 20, 30, 40, 50]


def test_composites_are_told_beside_what_the_others_say(holes: TestClient) -> None:
    asked = {"set": REE, "analyte": "TREO"}
    hole = told(holes, "/cross-validation", **asked)
    alone = told(holes, "/cross-validation", **asked, without="sample")
    scores = [
        next(one for one in found["scores"] if one["analyte"] == "TREO") for found in (hole, alone)
    ]
    # What stays in the same hole flatters.
    assert scores[0]["mean_squared_error"] > scores[1]["mean_squared_error"] > 0
    points = hole["points"]
    error = sum(one["estimated_pct"] - one["true_pct"] for one in points) / len(points)
    assert error == pytest.approx(scores[0]["mean_error"])


def test_simulated_tonnes_spread_about_the_estimate(holes: TestClient) -> None:
    found = told(holes, "/simulation", set=REE, seed=7, realisations=8)
    assert found["analyte"] == "TREO"
    for row in found["tonnage"]:
        for told_of in ("tonnes", "metal_t"):
            assert row[told_of]["p10"] <= row[told_of]["p50"] <= row[told_of]["p90"]
    kriged = told(holes, "/model", set=REE, analyte="TREO")["tonnage"]["rows"]
    whole = next(row for row in kriged if row["part"] == "all")
    assert found["tonnage"][0]["metal_t"]["p50"] == pytest.approx(whole["metal_t"]["TREO"], rel=0.3)
    again = told(holes, "/simulation", set=REE, seed=7, realisations=8)
    assert again["tonnage"] == found["tonnage"]


@pytest.mark.parametrize(
    ("table", "rows", "columns"),
    [("histogram", 30, {"low_pct", "share"}), ("variogram", 48, {"direction", "gamma", "model"}),
     ("cross-validation", 313, {"sample", "true", "estimated"}),
     ("simulation", 3366, {"x_m", "TREO_p10", "TREO_p90"}), ("blocks", 3366, {"TREO", "class"}),
     ("tonnage", 36, {"cutoff_pct", "tonnes"})],
)  # fmt: skip
def test_each_table_comes_as_a_file(
    holes: TestClient, table: str, rows: int, columns: set[str]
) -> None:
    given = {"set": REE, "analyte": "TREO", "table": table, "realisations": 3}
    for form in ("csv", "parquet"):
        answer = holes.get(f"{API}/export", params={**given, "format": form})
        assert answer.status_code == 200, answer.text
        assert f'filename="{table}.{form}"' in answer.headers["content-disposition"]
        data = io.BytesIO(answer.content)
        frame = pl.read_csv(data) if form == "csv" else pl.read_parquet(data)
        assert frame.height == rows
        assert columns <= set(frame.columns)


def test_without_composites_there_are_assays_and_a_word_of_what_is_missing(
    holes: TestClient, chain: Path
) -> None:
    place = chain / "drillholes" / REE / "explore.toml"
    text = place.read_text()
    place.write_text(text[: text.index("[composites]")])
    assert told(holes, "/histogram", set=REE)["of"] == "assays"
    for path in ("/variogram", "/cross-validation", "/simulation"):
        answer = holes.get(f"{API}{path}", params={"set": REE})
        assert answer.status_code == 422
        assert "[composites]" in answer.text


BABBITT = """
[composites]
length = "50 ft"
residual = "keep"
unsampled_pct = 0.0
coverage = 0.0
analytes = ["Cu"]
[variogram.Cu]
nugget = 0.038
structures = [
  { kind = "exponential", sill = 0.045, ranges_m = [29, 29, 29] },
  { kind = "exponential", sill = 0.025, ranges_m = [340, 340, 91] },
]
azimuth_deg = -28
dip_deg = 34
plunge_deg = 7
[grid]
size_m = [121.92, 121.92, 36.576]
points = [2, 2, 2]
[search]
passes = [{ radii_m = [260, 260, 76], min_samples = 4, max_samples = 12, max_per_hole = 3 }]
[density]
basis = "assumed"
source = "gabbro"
t_per_m3 = 2.9
[cutoffs]
analyte = "Cu"
pct = [0.1, 0.3, 0.5]
"""
"""What somebody writes below the mapping that is guessed; the variogram is the tutorial's."""


@pytest.mark.shared
def test_the_holes_of_babbitt_from_their_tables_to_tonnes(
    holes: TestClient, chain: Path, shared_dir: Path
) -> None:
    source, place = shared_dir / "facts/geology/babbitt_cu_ni", chain / "drillholes" / "babbitt"
    place.mkdir()
    tables = {}
    for path in source.glob("*.csv"):
        shutil.copy(path, place / path.name)
        table, _ = read_text_table(path.read_bytes(), path.name)
        assert table is not None
        tables[path.name] = table
    guess = guess_mapping(tables, Stated(length_unit="ft"))
    (place / "explore.toml").write_text(guess.text + BABBITT)
    (one,) = (row for row in told(holes)["sets"] if row["set"] == "babbitt")
    assert one["holes"]["holes"] == 399
    assert len(told(holes, "/holes", set="babbitt", analyte="Cu")["traces"]) == 399
    found = told(holes, "/model", set="babbitt")
    whole = {row["cutoff_pct"]: row for row in found["tonnage"]["rows"] if row["part"] == "all"}
    volume = 121.92 * 121.92 * 36.576
    assert whole[0.1]["tonnes"] == pytest.approx(whole[0.1]["blocks"] * volume * 2.9)
    (bias,) = found["bias"]
    # Without the tutorial's wireframe blocks reach beyond the ore, and that is told.
    assert abs(bias["bias"]) > 0.05
    assert "ORL-0935" in str(bias["findings"])
    assert min(bias["mean_estimated"], bias["mean_declustered"]) > 0
    compared = told(holes, "/variogram", set="babbitt", lag_m=100, lags=8)
    assert compared["samples"] > 10_000
    assert {row["direction"] for row in compared["rows"]} == {
        "major", "semi-major", "minor", "downhole",
    }  # fmt: skip


def test_what_cannot_be_answered_says_why(holes: TestClient) -> None:
    for path, given, status, said in ATTACKS:
        answer = holes.get(f"{API}{path}", params=given)
        assert answer.status_code == status, (path, given, answer.text)
        assert said in answer.text, (path, given)


def test_of_many_blocks_those_that_can_be_seen_are_given(
    holes: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"set": REE, "analyte": "TREO", "cutoff_pct": 0}
    whole = told(holes, "/model", **asked)["blocks"]
    index = {tuple(one) for one in whole["column_row_level"]}
    steps = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    seen = {
        (x, y, z) for x, y, z in index
        if not all((x + a, y + b, z + c) in index for a, b, c in steps)
    }  # fmt: skip
    assert len(seen) < len(index)
    monkeypatch.setattr(_answers_explore, "BLOCKS_MAX", len(seen))
    fewer = told(holes, "/model", **asked)
    assert {tuple(one) for one in fewer["blocks"]["column_row_level"]} == seen
    assert fewer["blocks_above"] == len(index)
    monkeypatch.setattr(_answers_explore, "BLOCKS_MAX", 100)
    assert len(told(holes, "/model", **asked)["blocks"]["grade_pct"]) <= 100


def test_other_weights_of_the_same_samples_stand_beside_kriging(holes: TestClient) -> None:
    found = told(holes, "/methods", set=REE)
    assert found["methods"] == ["kriging", "inverse squared distance", "nearest sample"]
    kriged, inverse, nearest = found["mean_pct"]
    # One mean, within a tenth; a nearest sample is smoothed least, so that most is rich.
    assert max(kriged, inverse, nearest) / min(kriged, inverse, nearest) < 1.1
    richest = found["rows"][-1]
    assert richest["tonnes"][2] > max(richest["tonnes"][:2])
    taken = holes.get(f"{API}/blocks.vtk", params={"set": REE})
    assert taken.content.startswith(b"# vtk DataFile")
    assert b"TREO" in taken.content
    model = told(holes, "/model", set=REE)
    whole = [row for row in model["tonnage"]["rows"] if row["part"] == "all"]
    for row, own in zip(found["rows"], whole, strict=True):
        assert row["tonnes"][0] == pytest.approx(own["tonnes"], rel=1e-9)


def test_the_ore_of_a_set_is_told_by_years_and_given_as_a_file(
    holes: TestClient, chain: Path
) -> None:
    (chain / "designs").mkdir(exist_ok=True)
    shutil.copy(EXAMPLES / "pakistan-us" / "designs" / "from-drillholes.toml", chain / "designs")
    found = told(holes, "/ore", set=REE)
    tonnes = [year["dry_t"] for year in found["years"]]
    assert found["life"]["dry_t"] == pytest.approx(sum(tonnes) / len(tonnes), rel=1e-6)
    metal = sum(year["dry_t"] * year["grades"]["TREO"]["value"] for year in found["years"])
    treo = found["life"]["grades"]["TREO"]
    assert treo["value"] == pytest.approx(metal / sum(tonnes), rel=1e-4)
    assert treo["high"] - treo["low"] == pytest.approx(2 * 1.96 * treo["u"], rel=1e-4)
    assert found["paid"] == ["TREO"]
    assert "months" in found["rule"]
    answer = holes.get(f"{API}/export", params={"set": REE, "table": "ore"})
    again, findings = read_ore(answer.content, "ores/x.csv")
    assert findings == ()
    assert again is not None
    assert [year.dry.value for year in again.years] == tonnes
    mine = found["mine"]
    assert mine["waste_t"] == pytest.approx(sum(one["waste_t"] for one in mine["years"]))
    assert mine["strip_ratio"] == pytest.approx(mine["waste_t"] / mine["ore_t"])
    floors, xs = mine["shape"]["floor_m"], mine["shape"]["x_m"]
    assert len(floors) == len(xs) == len(mine["shape"]["y_m"]) > 10
    assert min(floors) < max(floors)
    assert [one["file"] for one in found["designs"]] == ["designs/from-drillholes.toml"]


def test_a_model_that_is_too_large_is_refused_before_it_is_made(
    holes: TestClient, chain: Path
) -> None:
    place = chain / "drillholes" / REE / "explore.toml"
    text = place.read_text()
    start = text.index("size_m")
    end = text.index("\n", start)
    place.write_text(f"{text[:start]}size_m = [0.5, 0.5, 0.5]{text[end:]}")
    answer = holes.get(f"{API}/model", params={"set": REE})
    assert answer.status_code >= 400
    assert "oreline explore model" in answer.text or "BLOCKS_MAX" in answer.text


def test_what_is_kept_is_computed_once_and_bounded() -> None:
    kept, computed = Kept(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(key, lambda key=key: computed.append(key) or key.upper()) == key.upper()
    assert computed == ["a", "b", "c", "b"]
    assert len(kept) == 2


def test_no_table_outside_the_folder_is_read(holes: TestClient, chain: Path) -> None:
    kept = chain / "secret.csv"
    shutil.copy(chain / "drillholes" / REE / "assay.csv", kept)
    place = chain / "drillholes" / REE
    (place / "assay.csv").unlink()
    (place / "assay.csv").symlink_to(kept)
    linked = holes.get(f"{API}/holes", params={"set": REE})
    assert linked.status_code == 422
    (place / "assay.csv").unlink()
    text = (place / "explore.toml").read_text()
    (place / "explore.toml").write_text(text.replace('"assay.csv"', '"../../secret.csv"'))
    assert holes.get(f"{API}/holes", params={"set": REE}).status_code == 422


def test_a_party_is_shown_no_drill_holes(
    chain: Path, settings: Settings, clock: FixedClock, salts: FixedSalts
) -> None:
    service = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    try:
        everybody = Person("one", "One", Role.VIEWER, RIGHTS[Role.VIEWER])
        assert hole_sets(service.desk.view(everybody))["sets"]
        member = replace(everybody, party="p")
        assert hole_sets(service.desk.view(member))["sets"] == []
    finally:
        service.close()


def test_a_chain_without_drill_holes_lists_none(client: TestClient) -> None:
    assert told(client)["sets"] == []
    assert client.get(f"{API}/model", params={"set": REE}).status_code == 404
