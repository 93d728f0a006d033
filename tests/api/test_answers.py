"""Answers over HTTP: what a program gets is what the ledger says."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from oreline.api import Settings, create_app, open_service
from oreline.record import create_store, open_store


def result(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["ok"]
    assert told["ledger"]["id"] == "small"
    return told["result"]


def test_origins_of_a_lot_sum_to_its_metal(client: TestClient) -> None:
    told = result(client, "/lot/origins", lot="p:B1", element="Sb", level="country")
    parts = {row["origin"]: row for row in told["origins"]}
    assert set(parts) == {"PK", "TJ"}
    kilograms = [float(row["mass"]["low"]) for row in parts.values()]
    assert sum(kilograms) == pytest.approx(float(told["metal_kg"]["low"]), abs=1e-6)


def test_the_table_of_lots_goes_on_where_a_page_ended(client: TestClient) -> None:
    first = result(client, "/lots", sort="lot", order="asc", limit=3)
    rest = result(client, "/lots", sort="lot", order="asc", limit=50, after=first["next"])
    names = [row["lot"] for row in (*first["items"], *rest["items"])]
    assert names == sorted(set(names))
    assert len(names) == first["total"] == rest["total"]


def test_a_reported_lot_has_no_mass_and_no_place(client: TestClient) -> None:
    told = result(client, "/lot", lot="x:Q")
    assert told["flags"] == ["reported_only"]
    assert told["dry"]["low"] is None
    assert told["site"] is None
    assert told["composition"] == []


def test_a_lot_that_is_not_there_is_a_problem(client: TestClient) -> None:
    answer = client.get("/api/v1/lot", params={"lot": "p:C9"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"].startswith("no lot p:C9 in this ledger; did you mean p:C1")
    assert problem["instance"] == "/api/v1/lot"


def test_an_event_goes_in_once_and_the_next_answer_knows_it(client: TestClient) -> None:
    weighed = {
        "schema": "weigh/1",
        "id": "w-77",
        "time": "2025-01-10T08:00:00Z",
        "body": {"lot": "p:B1", "wet": {"value": "2.05", "unit": "t", "basis": "measured"}},
    }
    tried = client.post("/api/v1/events/check", json={"events": [weighed]}).json()["result"]
    assert tried["ok"]
    before = result(client, "/log")["size"]
    for appended in (1, 0):
        answer = client.post("/api/v1/events", json={"events": [weighed]})
        assert answer.status_code == 201
        assert answer.json()["result"]["appended"] == appended
    assert result(client, "/log")["size"] == before + 1
    steps = result(client, "/lot/custody", lot="p:B1")["steps"]
    assert "w-77" in [step["event"] for step in steps]
    assert result(client, "/event", event="w-77")["event"]["actor"] == "local"


def test_a_lot_that_was_never_seen_is_recorded_with_a_remark(client: TestClient) -> None:
    body = {"lot": "p:b1", "wet": {"value": "2", "unit": "t", "basis": "measured"}}
    typed = {"schema": "weigh/1", "id": "w-1", "time": "2025-01-10T08:00:00Z", "body": body}
    answers = [
        client.post(f"/api/v1/events{path}", json={"events": [{**typed, "site": "mil"}]})
        for path in ("/check", "")
    ]
    for answer in answers:
        found = {one["code"]: one for one in answer.json()["result"]["findings"]}
        assert found["ORL-0363"]["where"] == "w-1 body/lot"
        assert found["ORL-0363"]["fix"].startswith("did you mean p:B1")
        assert found["ORL-0343"]["fix"].startswith("did you mean mill")
    assert answers[1].json()["result"]["appended"] == 1
    file = (
        b"event,kind,time,side,lot,wet_t,basis\nf-1,weigh,2025-01-11T08:00:00Z,,p:T2,1,measured\n"
    )
    upload = client.post("/api/v1/uploads", files={"file": ("gate.csv", file)})
    told = upload.json()["result"]["arrival"]
    assert [(one["code"], one["where"]) for one in told] == [("ORL-0363", "f-1 body/lot")]


def test_names_are_offered_while_somebody_types(client: TestClient) -> None:
    def names(of: str, **more: Any) -> list[str]:
        return [item["name"] for item in result(client, "/suggestions", of=of, **more)["items"]]

    every = [row["lot"] for row in result(client, "/lots", limit=100)["items"]]
    assert names("lots", limit=100) == every
    assert names("lots", text="P:b") == [name for name in every if name.startswith("p:B")]
    first = result(client, "/suggestions", of="lots", limit=2)
    assert names("lots", limit=2, after=first["next"]) == every[2:4]
    # Those that begin with what is typed stand before those that only contain it.
    assert names("sites", text="mi") == ["mill", "mine"]
    assert names("sites", text="l") == ["mill"]
    assert names("sites", limit=2, after="far") == ["mill", "mine"]
    assert names("analytes") == ["Sb"]
    for wrong in ({"of": "prices"}, {"of": "sites", "after": "nowhere"}):
        assert client.get("/api/v1/suggestions", params=wrong).status_code == 422


def test_the_element_that_matters_comes_first(client: TestClient) -> None:
    grades = [
        {"analyte": name, "value": value, "unit": "%", "basis": "measured"}
        for name, value in (("As", "0.3"), ("Cu", "20"), ("Sb", "50"))
    ]
    dry = {"value": "2", "unit": "t", "basis": "measured"}
    lines = [
        {"lot": "p:plain", "dry": dry, "grades": grades},
        {"lot": "p:for-copper", "material": "cu-conc", "dry": dry, "grades": grades},
    ]
    data = {"name": "concentrate", "tracked": ["Cu", "As"], "basis": "measured"}
    events = [
        {"schema": "declare/1", "body": {"type": "material", "id": "cu-conc", "data": data}},
        {"schema": "extract/1", "site": "mine", "body": {"outputs": lines}},
    ]
    stamped = [
        {**one, "id": f"e-{at}", "time": "2025-01-10T08:00:00Z"} for at, one in enumerate(events)
    ]
    assert client.post("/api/v1/events", json={"events": stamped}).status_code == 201
    for lot, order in (("p:plain", ["Sb", "Cu", "As"]), ("p:for-copper", ["Cu", "As", "Sb"])):
        told = result(client, "/lot", lot=lot)
        assert [item["element"] for item in told["composition"]] == order


def test_a_refused_batch_writes_nothing_and_says_all_that_is_wrong(client: TestClient) -> None:
    wrong = [{"schema": "weigh/1", "id": "w-1", "body": {"lot": "no colon", "wet": {}}}]
    answer = client.post("/api/v1/events", json={"events": wrong})
    assert answer.status_code == 409
    codes = [finding["code"] for finding in answer.json()["findings"]]
    assert {"ORL-0103", "ORL-0106"} <= set(codes)
    assert result(client, "/log")["size"] == 15


def test_another_moment_is_another_answer(client: TestClient) -> None:
    early = result(client, "/lots", as_of="2025-01-03")
    late = result(client, "/lots")
    assert early["total"] < late["total"]
    assert client.get("/api/v1/lots", params={"as_of": "Tuesday"}).status_code == 422


def test_an_append_from_elsewhere_is_seen(client: TestClient, settings: Any) -> None:
    before = result(client, "/log")
    with open_store(settings.ledger) as store:
        store.append(
            [
                {
                    "schema": "weigh/1",
                    "id": "elsewhere",
                    "time": "2025-01-11T08:00:00Z",
                    "actor": "other",
                    "body": {
                        "lot": "p:B1",
                        "wet": {"value": "2", "unit": "t", "basis": "measured"},
                    },
                }
            ]
        )
    after = result(client, "/log")
    assert after["size"] == before["size"] + 1
    assert after["root"] != before["root"]


def test_the_table_of_lots_is_taken_away_as_a_file(client: TestClient) -> None:
    page = result(client, "/lots", sort="lot", order="asc", element="Sb", limit=100)
    for form, read in (("csv", pl.read_csv), ("xlsx", pl.read_excel), ("parquet", pl.read_parquet)):
        query = {"sort": "lot", "order": "asc", "element": "Sb", "format": form}
        answer = client.get("/api/v1/lots/export", params=query)
        assert answer.status_code == 200
        frame = read(io.BytesIO(answer.content))
        assert frame["lot"].to_list() == [row["lot"] for row in page["items"]]
        unknown = frame.filter(pl.col("lot") == "x:Q")
        assert unknown["dry_made_low_kg"].to_list() == [None]
        known = frame.filter(pl.col("lot") == "p:B1")["dry_made_low_kg"].to_list()
        assert known == [2000.0]


def test_a_ledger_without_lots_has_an_empty_table(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    create_store(path, {"id": "empty", "tense": "actual"}).close()
    service = open_service(replace(settings, ledger=str(path)))
    with TestClient(create_app(service), base_url="http://localhost") as client:
        for query in ({"search": "p:"}, {"sort": "lot"}, {"since": "2025-01-01"}, {"stage": "x"}):
            answer = client.get("/api/v1/lots", params=query)
            assert answer.status_code == 200, answer.text
            assert answer.json()["result"]["items"] == []


@pytest.mark.parametrize(
    "said",
    [
        {"id": "odd", "data": {"operator": [[]], "name": {"a": "b"}}},
        {"id": "odd", "data": {"operator": {}, "kind": ["x"]}},
        {"id": " ", "data": {}},
        {"id": "o d d", "data": {"name": "x" * 5_000, "country": "nowhere"}},
    ],
)
def test_an_odd_declaration_keeps_nobody_from_the_rest(
    client: TestClient, said: dict[str, Any]
) -> None:
    event = {
        "schema": "declare/1",
        "id": "d-odd",
        "time": "2025-01-10T08:00:00Z",
        "body": {"type": "site", **said},
    }
    answer = client.post("/api/v1/events", json={"events": [event]})
    assert answer.status_code in {201, 409}, answer.text
    for path in ("/overview", "/questions", "/lots/choices"):
        assert client.get(f"/api/v1{path}").status_code == 200
