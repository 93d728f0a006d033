"""Claims attached, held against the ledger and told of, over the API, from a user's folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from served import PASSWORD
from starlette.testclient import TestClient

from oreline.api import PREFIX, Accounts, Right, Role, Settings, _watching, create_app, open_service
from oreline.exchange import init_folder
from oreline.record import load_ledger, open_store
from oreline_testing.injected import FixedClock, FixedSalts

REPORT = """A test
2025-01-20

Zeta Metals Corp has delivered antimony concentrate to Omega Smelting Ltd on 8 January 2025.
"""
RULES = """
[[alert]]
id = "omega"
on = "claim"
kind = "shipment"
"""


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return a chain folder with one report."""
    folder = tmp_path / "chain"
    init_folder(folder, "small", title="A small chain")
    (folder / "evidence").mkdir(exist_ok=True)
    with (folder / "parties.csv").open("a") as parties:
        parties.write("omega,Omega Smelting Ltd,US,,buyer,,,,reported,a test\n")
    (folder / "evidence" / "zeta.txt").write_text(REPORT)
    (folder / "watch.toml").write_text(RULES)
    return folder


@pytest.fixture
def client(
    settings: Settings, chain: Path, clock: FixedClock, salts: FixedSalts,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient]:  # fmt: skip
    """Serve the small ledger with that chain folder."""
    monkeypatch.setattr(_watching, "LOOKS_EVERY_S", 0.0)
    monkeypatch.setattr(_watching, "LOOK_SHARE", 0)
    service = open_service(replace(settings, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def ask(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"{PREFIX}/watch{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def a_claim(client: TestClient) -> Any:
    return next(one for one in ask(client, "/claims")["claims"] if one["kind"] == "shipment")


def test_a_claim_is_attached_once_by_the_person_who_asks(
    client: TestClient, settings: Settings
) -> None:
    claim = a_claim(client)
    given = {"claim": claim["id"], "to": "lot:p:B1", "note": "the same day"}
    first = client.post(f"{PREFIX}/watch/attachments", json=given)
    assert first.status_code == 201, first.text
    again = client.post(f"{PREFIX}/watch/attachments", json=given)
    assert (again.status_code, again.json()["result"]["appended"]) == (200, 0)
    (one,) = ask(client, "/attached")["attached"]
    assert (one["subject"], one["actor"], one["basis"]) == ("lot:p:B1", "local", "reported")
    assert one["sentence"] == claim["sentence"]
    assert one["read_now"] == "read the same now"
    assert ask(client, "/attached", to="lot:p:B2")["attached"] == []
    lot = client.get(f"{PREFIX}/lot", params={"lot": "p:B1"})
    assert "reported-claim" in lot.text
    with open_store(settings.ledger) as store:
        event = load_ledger(store).other[-1]
    assert event["note"] == "the same day"
    for wrong, said in (
        ({**given, "to": "lot:p:B9"}, "there is no lot p:B9"),
        ({**given, "claim": "ffff"}, "no claim here"),
        ({**given, "to": "cargo:1"}, "names nothing to attach to"),
        ({**given, "actor": "somebody"}, "actor"),
    ):
        answer = client.post(f"{PREFIX}/watch/attachments", json=wrong)
        assert answer.status_code == 422, answer.text
        assert said in answer.text


def test_claims_stand_beside_the_ledger_event_by_event(client: TestClient) -> None:
    claim = a_claim(client)
    points = ask(client, "/against")["points"]
    assert {one["verdict"] for one in points} == {"not in the ledger"}
    event = next(one["event"] for one in points if one["claim"] == claim["id"])
    assert ask(client, "/against", id=event)["points"] == points
    assert ask(client, "/against", id="none")["points"] == []
    told = ask(client, "/events")
    assert told["by_ledger"] == {"not in the ledger": 1}
    assert {one["id"]: one["ledger"] for one in told["events"]}[event] == "not in the ledger"
    (chosen,) = ask(client, "/events", ledger="not in the ledger")["events"]
    assert chosen["id"] == event
    assert ask(client, "/events", ledger="contradicts")["events"] == []
    wrong = client.get(f"{PREFIX}/watch/events", params={"ledger": "no"})
    assert wrong.status_code == 422


def test_alerts_and_the_digest_as_it_would_be_sent(client: TestClient, chain: Path) -> None:
    told = ask(client, "/alerts")
    assert [one["rule"] for one in told["alerts"]] == ["omega"]
    page = client.get(f"{PREFIX}/watch/digest.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.headers["content-security-policy"]
    assert "Omega Smelting Ltd on 8 January 2025" in page.text
    answer = client.post(f"{PREFIX}/watch/digest")
    assert answer.status_code == 422
    assert "no [digest]" in answer.text
    (chain / "watch.toml").write_text(RULES + "colour = 1\n[digest]\nhost = 3\n")
    wrong = client.get(f"{PREFIX}/watch/alerts")
    assert wrong.status_code == 422
    assert len(wrong.json()["findings"]) == 4


def test_attaching_takes_the_right_to_record_and_sending_the_right_to_decide(
    guarded: Settings, chain: Path, clock: FixedClock, salts: FixedSalts
) -> None:
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("admin", Role.ADMIN, password=PASSWORD)
    service = open_service(replace(guarded, chain=chain), clock=clock, salt=salts)
    with TestClient(create_app(service), base_url="http://localhost") as client:
        for name, role, rights, wrote, sent in (
            ("reader", Role.VIEWER, {Right.READ}, 403, 403),
            ("clerk", Role.OPERATOR, {Right.READ, Right.RECORD}, 201, 403),
            ("chief", Role.ADMIN, {Right.READ, Right.RECORD, Right.DECIDE}, 200, 422),
        ):
            service.accounts.add_person(name, role)
            token = service.accounts.add_token(name, "test", frozenset(rights), 1)
            client.headers["Authorization"] = f"Bearer {token}"
            given = {"claim": a_claim(client)["id"], "to": "party:omega"}
            answer = client.post(f"{PREFIX}/watch/attachments", json=given)
            assert answer.status_code == wrote, (name, answer.text)
            assert client.post(f"{PREFIX}/watch/digest").status_code == sent, name
        (one,) = ask(client, "/attached")["attached"]
        assert one["actor"] == "clerk"
        del client.headers["Authorization"]
        assert client.post(f"{PREFIX}/watch/attachments", json=given).status_code == 401


def test_folders_of_watch_toml_are_watched_and_a_bad_one_is_told(
    client: TestClient, chain: Path
) -> None:
    (chain / "inbox").mkdir()
    (chain / "inbox" / "other.txt").write_text(REPORT.replace("8 January", "9 January"))
    file = chain / "watch.toml"
    assert {one["name"] for one in ask(client, "/reports")["reports"]} == {"zeta.txt"}
    file.write_text('[reports]\nfolders = ["evidence", "inbox", "none"]\n')
    names = {"zeta.txt", "inbox/other.txt"}
    assert {one["name"] for one in ask(client, "/reports")["reports"]} == names
    file.write_text("[reports")
    assert {one["name"] for one in ask(client, "/reports")["reports"]} == {"zeta.txt"}
    assert client.get(f"{PREFIX}/watch/alerts").status_code == 422


def test_a_second_reader_is_asked_only_where_one_is_named(client: TestClient, chain: Path) -> None:
    answer = client.post(f"{PREFIX}/watch/second-reading")
    assert answer.status_code == 422
    assert "no [extractor]" in answer.text
    more = '[extractor]\nurl = "http://127.0.0.1:9/v1"\nmodel = "m-1"\n'
    (chain / "watch.toml").write_text(RULES + more)
    assert ask(client, "/alerts")["second_reader"] == "m-1"
    found = client.post(f"{PREFIX}/watch/second-reading").json()["result"]
    assert found["claims"] == []
    assert [one["code"] for one in found["findings"]] == ["ORL-1338"]


def test_names_are_judged_once_and_events_are_put_together_by_it(
    client: TestClient, chain: Path
) -> None:
    for name, text in (
        ("one", "Zeta Metals Corp signed a supply agreement with Norland Metals GmbH on Monday."),
        ("two", "Norland Metals GmbH and Falcon Minerals Ltd inked a supply agreement."),
    ):
        (chain / "evidence" / f"{name}.txt").write_text(f"{name}\n2025-01-21\n\n{text}\n")

    def deals() -> int:
        return sum(one["kind"] == "deal" for one in ask(client, "/events")["events"])

    assert deals() == 2
    given = {"first": "Zeta Metals", "second": "Falcon Minerals", "verdict": "same"}
    first = client.post(f"{PREFIX}/watch/judgements", json={**given, "note": "renamed"})
    assert first.status_code == 201, first.text
    again = client.post(f"{PREFIX}/watch/judgements", json=given)
    assert (again.status_code, again.json()["result"]["appended"]) == (200, 0)
    (one,) = ask(client, "/judged")["judged"]
    assert (one["actor"], one["note"], one["is_followed"]) == ("local", "renamed", True)
    assert deals() == 1
    for wrong, said in (
        ({**given, "second": "zeta  metals"}, "nothing to judge"),
        ({**given, "verdict": "perhaps"}, "same"),
        ({**given, "second": "..."}, "is no name"),
    ):
        answer = client.post(f"{PREFIX}/watch/judgements", json=wrong)
        assert answer.status_code == 422, answer.text
        assert said in answer.text
