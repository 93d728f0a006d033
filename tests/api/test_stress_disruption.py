"""Disruptions of supply by the API: a mineral by name, a user's file, and bounded work."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient

sys.path.append(str(Path(__file__).parents[1] / "stress" / "support"))
from disruption_cases import TEXT

from oreline.api import Settings, create_app, open_service
from oreline.reference import table
from oreline_testing.injected import FixedClock, FixedSalts

EXAMPLES = Path(__file__).parents[2] / "examples"
API = "/api/v1/stress/disruption"


def test_a_ban_of_a_mineral(client: TestClient) -> None:
    asked = {"mineral": "antimony", "ban": "CHN", "to": "all", "scenarios": 2_000}
    answer = client.get(API, params=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()["result"]
    assert found["others"]["price_mean"] < 1 < found["market"]["price_mean"]
    assert {row["bound"] for row in found["measures"]} == {"", "direct", "qp", "lp"}
    assert "calibrated to OFR 2025-1047" in found["source_line"]
    terms = found["terms_musd"]
    cuts = terms["consumers cut output"] + terms["downstream industries cut output"]
    assert sum(one["qp_musd"]["given"] for one in found["industries"]) == pytest.approx(-cuts)
    assert all(one["qp_musd"]["low"] <= one["qp_musd"]["high"] for one in found["industries"])
    milder = client.get(API, params={**asked, "months": 3}).json()["result"]
    assert milder["market"]["price_mean"] < found["market"]["price_mean"]


def test_a_users_file_with_a_number_set(client: TestClient) -> None:
    means = []
    for changes in ([], ["events.CHN-restriction.probability=1"]):
        body = {"text": TEXT, "changes": changes, "scenarios": 2_000}
        answer = client.post(API, json=body)
        assert answer.status_code == 200, answer.text
        means.append(answer.json()["result"]["market"]["price_mean"])
    assert 1 < means[0] < means[1]


def test_a_file_that_is_wrong_is_told_with_all_findings(client: TestClient) -> None:
    text = TEXT.replace("Belgium", "Atlantis").replace("probability = 0.1", "probability = 7.0")
    answer = client.post(API, json={"text": text})
    assert answer.status_code in {400, 422}
    assert "ORL-1233" in answer.text
    assert "ORL-1234" in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"mineral": "unobtainium"},
        {"mineral": "antimony", "scenarios": 50_001},
        {"mineral": "antimony", "ban": "Atlantis"},
        {"mineral": "antimony", "ban": "CHN", "to": "nobody"},
        {"mineral": "antimony", "ban": "CHN", "months": 0},
    ],
)
def test_what_cannot_be_asked_is_refused(client: TestClient, asked: dict[str, str | int]) -> None:
    assert client.get(API, params=asked).status_code in {400, 404, 422}


def test_a_picture_has_its_source_line_and_its_numbers_a_table(client: TestClient) -> None:
    for chart in ("price", "loss"):
        drawn = client.get(f"{API}/chart.svg", params={"mineral": "gallium", "chart": chart})
        assert drawn.status_code == 200, drawn.text
        assert drawn.headers["content-type"].startswith("image/svg")
        assert "Source: usgs-mcs-2026" in drawn.text
    numbers = client.get(f"{API}.csv", params={"mineral": "gallium"})
    assert "measure,bound,unit,given,low,middle,high" in numbers.text


JOINT = """
name = "one smelter"
basis = "assumed"
source = "a test"
[[minerals]]
id = "antimony"
file = "scenario.toml"
[[minerals]]
id = "indium"
[[shared]]
id = "smelter"
country = "China"
probability = 0.3
severity = 1.0
duration_months = 12.0
host = { mineral = "antimony", stage = "refining", part = 0.5 }
companions = [{ mineral = "indium", stage = "refining", part = 0.4 }]
"""
TRADE = """
[[trade]]
stage = "mine"
code = "261710"
content = 0.5
world_t = 1000.0
file = "BACI_HS17_Y2024.csv"
"""
FLOWS = "t,i,j,k,v,q\n2024,36,156,261710,400,400\n"


def test_two_minerals_together(client: TestClient) -> None:
    asked = {"mineral": ["gallium", "germanium"], "scenarios": 1_000}
    found = client.get(API, params=asked).json()["result"]
    assert [one["mineral"] for one in found["minerals"]] == ["gallium", "germanium"]
    at_once = found["together"]["at_once"]
    assert set(at_once["alone_musd"]) == {"gallium", "germanium"}
    assert at_once["draws"] == 12
    assert client.get(API, params={"mineral": ["gallium"] * 5}).status_code == 422
    drawn = client.get(f"{API}/chart.svg", params=asked)
    assert drawn.status_code in {400, 422}


def test_a_file_of_several_minerals_with_the_files_beside_it(client: TestClient) -> None:
    body = {"text": JOINT, "files": {"scenario.toml": TEXT}, "scenarios": 1_000}
    found = client.post(API, json=body).json()["result"]
    rows = found["together"]["shared_events"]
    assert {one["mineral"] for one in rows} == {"antimony", "indium"}
    assert rows[0]["probability"] == rows[1]["probability"]
    lacks = client.post(API, json={"text": JOINT})
    assert lacks.status_code in {400, 422}
    assert "scenario.toml" in lacks.text


def test_trade_beside_a_scenario_tells_its_routes(client: TestClient) -> None:
    text = TEXT.replace("[economy]", TRADE + "\n[economy]")
    body = {"text": text, "files": {"BACI_HS17_Y2024.csv": FLOWS}, "scenarios": 200}
    found = client.post(API, json=body).json()["result"]["china_touched"]
    # Australia sends 200 of its 300 tonnes; the rest, and the United States', nobody tells.
    assert (found["low"], found["given"], found["high"]) == pytest.approx((0.7, 0.94, 1.0))
    assert found["basis"] == "routes"
    free = client.post(API, json={"text": TEXT, "scenarios": 200}).json()["result"]
    assert free["china_touched"]["basis"] == "independent stages"
    wrong = text.replace('code = "261710"', 'code = "261720"')
    refused = client.post(API, json={**body, "text": wrong})
    assert refused.status_code in {400, 422}
    assert "ORL-1212" in refused.text


def test_the_folders_scenarios_and_tables_are_used(
    settings: Settings, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> None:
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLES / "mine-to-magnet", folder)
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios" / "market.toml").write_text(TEXT)
    mine = table("recycling").filter(mineral="copper", year=2023)
    service = open_service(replace(settings, chain=folder), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        asked = {"scenario": "market", "scenarios": 200}
        assert client.get(API, params=asked).json()["result"]["name"] == "two stages"
        assert client.get(API, params={"scenario": "none"}).status_code == 404
        assert client.get(API, params={"scenario": "market", "mineral": "tin"}).status_code in {
            400, 422,
        }  # fmt: skip
        crma = {"mineral": "copper"}
        before = client.get("/api/v1/stress/crma", params=crma).json()["result"]
        (folder / "tables").mkdir()
        mine.with_columns(pl.lit(2.0).alias("eol_rir_pct")).write_csv(
            folder / "tables" / "recycling.csv"
        )
        after = client.get("/api/v1/stress/crma", params=crma).json()["result"]
    verdicts = [
        next(one["share"] for one in each["rows"][0]["tests"] if one["stage"] == "recycling")
        for each in (before, after)
    ]
    assert verdicts[0] != verdicts[1]
    assert verdicts[1]["high"] == pytest.approx(0.025)


def test_a_companys_suppliers(client: TestClient) -> None:
    text = "material,country,quantity_t,value_usd\nSb,CHN,60,600000\nSb,USA,40,400000\n"
    asked = {"text": text, "home": "USA", "year": 2024}
    answer = client.post("/api/v1/stress/geopolrisk/mix", json=asked)
    assert answer.status_code == 200, answer.text
    (row,) = answer.json()["result"]["rows"]
    assert row["price_kusd_per_t"] == pytest.approx(10)
    wrong = client.post("/api/v1/stress/geopolrisk/mix", json={"text": "material\nSb\n"})
    assert wrong.status_code in {400, 422}
    assert "ORL-0308" in wrong.text
