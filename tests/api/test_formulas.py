"""The calculators over HTTP give what the commands give."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

TABLES = Path(__file__).parents[2] / "docs" / "tutorials" / "calculators"
API = "/api/v1/balance"
GALENA = {
    "grade_pct": 5, "mineral_pct": 86.6, "mineral_density": 7.5, "gangue_density": 2.65,
    "liberation_cm": 0.015, "top_size_cm": [2.5, 0.5, 0.1, 0.004], "error_pct": 2,
}  # fmt: skip


def test_numbers_in_the_address(client: TestClient) -> None:
    given = {"feed": "2+-5%", "concentrate": "20 ± 5%", "tailings": "0.5+-0.025"}
    told = client.get(f"{API}/two-product", params=given).json()["result"]
    assert float(told["recovery"]["u"]) == pytest.approx(0.01747539, abs=5e-9)
    given = {"wet_t": "1000+-2", "moisture_pct": "8+-0.2", "grade": "28+-0.14", "trials": 20000}
    told = client.get(f"{API}/contained", params=given).json()["result"]
    assert float(told["metal"]["value"]) == pytest.approx(257.6)
    assert float(told["monte_carlo"]["u"]) == pytest.approx(float(told["metal"]["u"]), rel=0.03)
    told = client.get(f"{API}/sampling", params={**GALENA, "analysis_u": 0, "other_pct": 0}).json()
    assert float(told["result"]["stages"][0]["mass_g"]) == pytest.approx(1369632, abs=0.5)
    assert float(told["result"]["assay"]["u"]) == pytest.approx(5 * 0.02 / 1.96 / 2**0.5)
    given = {"grade_g_t": 2, "grain_mm": 0.5, "shape": 0.5, "error_pct": 10}
    told = client.get(f"{API}/gold-sample", params=given).json()["result"]
    assert float(told["expected_grains"]) == pytest.approx(100)


def test_factors_of_a_site_from_its_lots(client: TestClient) -> None:
    given = {"element": "Sb", "site": "mill", "start": "2025-01-01", "end": "2025-02-01"}
    told = client.get(f"{API}/site-factors", params=given).json()["result"]
    names = [factor["name"] for factor in told["factors"]]
    assert names == ["F4", "received for shipped"]
    unknown = {factor["name"] for factor in told["factors"] if factor["metal"] is None}
    assert unknown == set(told["reasons"])
    assert client.get(f"{API}/site-factors", params={**given, "site": "moon"}).status_code == 422
    paid = client.get(f"{API}/site-factors", params={**given, "payable_t": "0.5+-0.01"}).json()
    assert [one["name"] for one in paid["result"]["factors"]] == [*names, "payable for received"]
    wrong = client.get(f"{API}/site-factors", params={**given, "payable_t": "some"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("name", ["products", "duplicates", "factors", "contained"])
def test_tables_as_text(client: TestClient, name: str) -> None:
    table = (TABLES / f"{name}.csv").read_text()
    answer = client.post(f"{API}/{name}", json={"table": table})
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]
    bad = client.post(f"{API}/{name}", json={"table": table.replace(",%,", ",percent,")})
    assert bad.status_code == 422
    problem = bad.json()
    assert problem["detail"] == "the table cannot be used"
    assert problem["findings"][0]["where"].startswith("table row 2 column unit")


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("two-product", {"feed": "x", "concentrate": "2", "tailings": "1"}),
        ("two-product", {"feed": "2", "concentrate": "200", "tailings": "1"}),
        ("two-product", {"feed": "2", "concentrate": "20", "tailings": "1", "unit": "lb"}),
        ("contained", {"wet_t": "1", "moisture_pct": "101", "grade": "2"}),
        ("sampling", {**GALENA, "top_size_cm": [0.1, 0.5]}),
        ("sampling", {**GALENA, "analysis_u": 1}),
        ("sampling", {**GALENA, "gold": True}),
        ("sampling", {**GALENA, "top_size_cm": [1e30]}),
        ("gold-sample", {"grade_g_t": 2, "grain_mm": 0.5, "shape": 0.5}),
        ("gold-sample", {"grade_g_t": "nan", "grain_mm": 0.5, "shape": 0.5, "sample_g": 1}),
    ],
)
def test_what_cannot_be_is_a_problem(
    client: TestClient, path: str, given: dict[str, object]
) -> None:
    answer = client.get(f"{API}/{path}", params=given)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
