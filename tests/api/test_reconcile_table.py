"""A table of streams over the API: reconciled, taken away as a file, problems at their cells."""

from __future__ import annotations

import io

import polars as pl
import pytest
from starlette.testclient import TestClient

API = "/api/v1/balance/reconcile"
STREAMS = """stream,from_node,to_node,dry_t,dry_t_u,basis
feed,,mill,{feed},2,measured
concentrate,mill,,40,1,measured
tailings,mill,,57,2,measured
"""


def test_a_table_is_reconciled(client: TestClient) -> None:
    answer = client.post(API, json={"streams": STREAMS.format(feed=100)})
    assert answer.status_code == 200, answer.text
    found = answer.json()["result"]
    assert found["status"] == "RECONCILED"
    # r = 100 - 40 - 57 = 3, its variance 4 + 1 + 4.
    assert float(found["global_test"]["chi2"]) == pytest.approx(1.0)
    values = {one["stream"]: float(one["value"]) for one in found["quantities"]}
    assert values == pytest.approx(
        {"feed": 100 - 4 / 3, "concentrate": 40 + 1 / 3, "tailings": 57 + 4 / 3}
    )
    assert {one["class"] for one in found["quantities"]} == {"redundant"}


def test_a_gross_error_is_named_and_may_be_left_out_or_shared(client: TestClient) -> None:
    given = {"streams": STREAMS.format(feed=150)}
    found = client.post(API, json=given).json()["result"]
    assert found["status"] == "GROSS ERROR"
    assert found["suspects"]
    without = client.post(API, json={**given, "exclude": ["feed:dry_t"]}).json()["result"]
    values = {one["stream"]: float(one["value"]) for one in without["quantities"]}
    assert values["feed"] == pytest.approx(97)
    shared = client.post(API, json={**given, "common": ["scale:dry_t=0.5"]}).json()["result"]
    assert shared["global_test"]["chi2"] != found["global_test"]["chi2"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_values_are_taken_away_as_a_file(client: TestClient, form: str) -> None:
    answer = client.post(f"{API}/{form}", json={"streams": STREAMS.format(feed=100)})
    assert answer.status_code == 200, answer.text
    read = {"csv": pl.read_csv, "xlsx": pl.read_excel, "parquet": pl.read_parquet}[form]
    frame = read(io.BytesIO(answer.content))
    assert frame.height == 3


def test_every_problem_is_told_at_its_cell(client: TestClient) -> None:
    table = STREAMS.format(feed="1O0").replace("40,1,", "40,,")
    answer = client.post(API, json={"streams": table})
    assert answer.status_code == 422
    places = {one["where"] for one in answer.json()["findings"]}
    assert any("row 2 column dry_t" in one for one in places)
    assert any("row 3 column dry_t_u" in one for one in places)
    wrong = client.post(API, json={"streams": STREAMS.format(feed=1), "common": ["x"]})
    assert wrong.status_code == 422
    many = STREAMS.format(feed=1) + "".join(f"s{n},mill,,1,1,measured\n" for n in range(400))
    assert client.post(API, json={"streams": many}).status_code in {413, 422}


def test_a_site_is_reconciled_with_what_its_readings_share(client: TestClient) -> None:
    asked = {"site": "mill", "period": "2025", "common": "scale:dry_t=x"}
    assert client.get(API, params=asked).status_code == 422
