"""Disruptions of supply by the API: a mineral by name, a user's file, and bounded work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.append(str(Path(__file__).parents[1] / "stress" / "support"))
from disruption_cases import TEXT

API = "/api/v1/stress/disruption"


def test_a_ban_of_a_mineral(client: TestClient) -> None:
    asked = {"mineral": "antimony", "ban": "CHN", "to": "all", "scenarios": 2_000}
    answer = client.get(API, params=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()["result"]
    assert found["others"]["price_mean"] < 1 < found["market"]["price_mean"]
    assert {row["bound"] for row in found["measures"]} == {"", "direct", "qp", "lp"}
    assert "calibrated to OFR 2025-1047" in found["source_line"]
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
