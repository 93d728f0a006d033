"""The books of a month over HTTP: sums, accounts, signatures, files; who may sign."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

ACCOUNT = {"site": "mill", "period": "2025-01", "elements": "Sb"}
SIGNATURE = {**ACCOUNT, "name": "A. Khan", "capacity": "metallurgist"}


def result(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/balance{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def signed(client: TestClient, **more: Any) -> Any:
    return client.post("/api/v1/balance/account/signatures", json={**SIGNATURE, **more})


def test_an_account_is_signed_and_says_so(client: TestClient) -> None:
    told = result(client, "/account", **ACCOUNT)
    assert told["signing"]["state"] == "NOT SIGNED"
    (antimony,) = told["elements"]
    assert {leg["name"] for leg in antimony["legs"]} >= {"opening", "received", "tails", "closing"}
    answer = signed(client)
    assert answer.status_code == 201, answer.text
    told = result(client, "/account", **ACCOUNT)
    assert told["signing"]["state"] == "SIGNED"
    (one,) = told["signing"]["signatures"]
    assert (one["name"], one["capacity"], one["hash"]) == ("A. Khan", "metallurgist", told["hash"])
    # The same person neither signs twice nor reviews.
    assert signed(client).status_code == 422
    assert signed(client, name="B. Rehman", review=True).status_code == 422


def test_a_signature_needs_a_name_and_an_end(client: TestClient) -> None:
    assert signed(client, name="").status_code == 422
    assert signed(client, capacity="").status_code == 422
    assert signed(client, period="2099-01").status_code == 422
    assert signed(client, site="moon").status_code == 422
    assert signed(client, more="x").status_code == 422


@pytest.mark.parametrize(
    ("form", "start"), [("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbfsite"), ("xlsx", b"PK")]
)
def test_an_account_is_a_file_too(client: TestClient, form: str, start: bytes) -> None:
    answer = client.get("/api/v1/balance/account/file", params={**ACCOUNT, "format": form})
    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert f'"account-mill-2025-01.{form}"' in answer.headers["content-disposition"]


def test_sums_principles_and_choices(client: TestClient) -> None:
    query = {"site": "mill", "element": "Sb", "price": "21000", "price_source": "a test"}
    told = result(client, "/cusum", **query)
    assert told["price"]["value"] == "21000"
    assert told["points"][0]["cumulative_value"]["currency"] == "USD"
    assert told["hypotheses"] == []
    items = result(client, "/checklist", **ACCOUNT)["items"]
    assert [one["number"] for one in items] == list(range(1, 11))
    assert all(one["missing"] for one in items if one["status"] != "PRESENT")
    sites = result(client, "/choices", element="Sb")["sites"]
    assert "mill" in {one["site"] for one in sites}


def test_a_price_without_a_source_is_refused(client: TestClient) -> None:
    query = {"site": "mill", "element": "Sb", "price": "21000"}
    answer = client.get("/api/v1/balance/cusum", params=query)
    assert answer.status_code == 422
    assert "source" in answer.json()["detail"]
