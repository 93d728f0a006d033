"""What does not concern a party does not exist for it: no name of it stands in any answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_ledger import event, grade, mass, site
from starlette.testclient import TestClient
from stress_addresses import STRESS
from watch_queries import WATCH, canary_reports

from oreline.api import PREFIX, Right, Role, Service, Settings, create_app, open_service
from oreline.record import create_store, derive_store
from oreline_testing.injected import FixedClock, FixedSalts

SECRET = "canary"
"""Every name that only others may see holds this word."""


def party(identity: str) -> dict[str, Any]:
    return event(
        f"d-{identity}",
        "declare",
        1,
        {"type": "party", "id": identity, "data": {"name": identity}},
    )


EVENTS = [
    party("seller"),
    party("buyer"),
    party("other"),
    site("mine", "PK", "Chitral", operator="seller"),
    site("plant", "US", "Missouri", operator="buyer"),
    event(
        "canary-dig",
        "extract",
        2,
        {
            "outputs": [
                {
                    "lot": "seller:canary-ore",
                    "dry": mass("100", u="1"),
                    "grades": [grade("Sb", "6", u="0.1")],
                }
            ]
        },
        site="mine",
        party="seller",
    ),
    event(
        "canary-float",
        "process",
        3,
        {
            "inputs": [{"lot": "seller:canary-ore", "all": True}],
            "outputs": [
                {
                    "lot": "seller:parcel",
                    "dry": mass("8", u="0.1"),
                    "grades": [grade("Sb", "60", u="0.3")],
                },
                {"lot": "seller:canary-rest", "dry": mass("92", u="1")},
            ],
        },
        site="mine",
        party="seller",
    ),
    event(
        "canary-assay",
        "assay",
        4,
        {"lot": "seller:parcel", "role": "plant", "results": [grade("Sb", "61.7")]},
        party="seller",
        site="mine",
    ),
    event(
        "sent",
        "dispatch",
        5,
        {"lots": [{"lot": "seller:parcel"}], "mode": "sea"},
        site="mine",
        to_site="plant",
        party="seller",
        to_party="buyer",
    ),
    event(
        "came",
        "receive",
        9,
        {"lots": [{"lot": "seller:parcel", "wet": mass("8.4")}], "dispatch": "sent"},
        site="plant",
        party="buyer",
    ),
    event(
        "canary-price",
        "money",
        9,
        {"type": "price_fixing", "price": "31415.9", "price_unit": "USD/t canary"},
        party="seller",
        to_party="other",
    ),
    event(
        "canary-attest",
        "attest",
        9,
        {"type": "canary-permit", "subject": "seller:canary-ore", "statement": "canary"},
        party="seller",
    ),
    event(
        "canary-held-correction",
        "correct",
        10,
        {"target": "canary-dig", "action": "replace", "reason": "canary",
         "replacement": {"site": "mine"}},
        party="seller",
    ),
]  # fmt: skip


def contract(identity: str, seller: str, buyer: str, series: str) -> dict[str, Any]:
    """Declare a contract at the buyer's plant: where it is entered makes nobody its party."""
    terms = (
        f'id = "{identity}"\ntitle = "{identity}"\nseller = "{seller}"\nbuyer = "{buyer}"\n'
        'materials = ["sb"]\ncurrency = "USD"\nbasis = "reported"\nsource = "paper"\n'
        f'[weight]\nrule = "discharge"\nfranchise_pct = 0.5\n[[prices]]\nid = "p"\n'
        f'series = "{series}"\n'
    )
    data = {"terms": terms, "title": identity, "seller": seller, "buyer": buyer}
    body = {"type": "contract", "id": identity, "data": data}
    return event(f"d-{identity}", "declare", 1, body, party=seller, to_party=buyer, site="plant")


def instrument(identity: str, giver: str, taker: str) -> dict[str, Any]:
    """Declare an instrument at the buyer's plant: where it is entered makes nobody its party."""
    terms = (
        f'id = "{identity}"\ntitle = "{identity}"\nkind = "grant"\nfrom = "{giver}"\n'
        f'to = "{taker}"\namount = "1"\ncurrency = "USD"\nbasis = "reported"\nsource = "paper"\n'
        f'[[tranches]]\nid = "t"\ntitle = "t"\namount = "1"\napprovals = ["{giver}", "{taker}"]\n'
        '[[tranches.conditions]]\nid = "c"\ntitle = "c"\nwhen = \'permit("canary-lease")\'\n'
    )
    body = {"type": "instrument", "id": identity, "data": {"terms": terms}}
    return event(f"d-{identity}", "declare", 1, body, party=giver, to_party=taker, site="plant")


def market(identity: str) -> dict[str, Any]:
    data = {
        "name": identity, "kind": "assessed", "unit": "USD/t", "basis": "reported",
        "values": [f"2025-01-02 {31415 if SECRET in identity else 27182}"],
    }  # fmt: skip
    whole = event(
        f"d-{identity}",
        "declare",
        1,
        {"type": "market", "id": identity, "data": data},
        site="plant",
    )
    return {name: value for name, value in whole.items() if name != "party"}


EVENTS += [
    contract("canary-terms", "seller", "other", "canary-series"),
    contract("own-terms", "seller", "buyer", "own-series"),
    instrument("canary-grant", "seller", "other"),
    market("canary-series"),
    market("own-series"),
    # What nobody's contract names is nobody's.
    market("canary-rest-of-the-world"),
]
VISIBLE, HIDDEN = "seller:parcel", "seller:canary-ore"
SHIPPED: list[dict[str, Any]] = [
    {"contract": "own-terms", "shipment": "sent"},
    {"contract": "own-terms", "shipment": VISIBLE, "stage": "final", "on": "2025-02-01"},
    {"contract": "own-terms", "shipment": HIDDEN},
    {"contract": "canary-terms", "shipment": "sent"},
    {"contract": "canary-terms", "shipment": "sent", "stage": "final", "on": "2025-02-01"},
    {"contract": "no-such", "shipment": "sent"},
]
"""Statements: of a contract of one's own, of one between others, of one that is not there."""
QUERIES: dict[str, list[dict[str, Any]]] = {
    "/overview": [{}],
    "/flow": [{"element": "Sb"}],
    "/brief": [{}],
    "/questions": [{}, {"reported": True}],
    "/letter": [{"to": "other"}],
    "/lots": [{}, {"element": "Sb", "sort": "metal"}, {"search": "can"}, {"holder": "seller"}],
    "/lots/export": [{}, {"element": "Sb"}],
    "/lots/choices": [{}],
    "/suggestions": [
        *({"of": name} for name in ("lots", "sites", "materials", "parties", "analytes")),
        *({"of": "lots", "text": text} for text in ("can", "ore", "seller:")),
    ],
    "/lot": [{"lot": VISIBLE}, {"lot": HIDDEN}, {"lot": "seller:parce"}],
    "/lot/custody": [{"lot": VISIBLE}, {"lot": HIDDEN}],
    "/lot/origins": [{"lot": VISIBLE, "element": "Sb"}, {"lot": HIDDEN, "element": "Sb"}],
    "/lot/explain": [{"lot": VISIBLE, "element": "Sb"}, {"lot": HIDDEN, "element": "Sb"}],
    "/lot/lineage": [{"lot": VISIBLE, "element": "Sb"}, {"lot": HIDDEN}],
    "/lot/reach": [
        {"lot": VISIBLE, "direction": "up"},
        {"lot": VISIBLE, "direction": "down"},
        {"lot": HIDDEN, "direction": "down"},
    ],
    "/lot/publication": [{"lot": VISIBLE}, {"lot": HIDDEN}],
    "/trace/path": [{"earlier": HIDDEN, "later": VISIBLE}],
    "/trace/recall": [
        {"origin": "PK", "element": "Sb"},
        {"origin": "mine", "level": "site", "element": "Sb"},
        {"origin": "nowhere", "level": "lot", "element": "Sb"},
        {"origin": "nowhere", "element": "Sb"},
    ],
    "/trace/lots": [{"element": "Sb"}, {"element": "Sb", "level": "lot"}],
    "/balance/sites": [{"element": "Sb"}, {"element": "Sb", "site": "mine"}],
    "/balance/events": [{"element": "Sb"}, {"element": "Sb", "event": "canary-float"}],
    "/balance/outturns": [{"element": "Sb", "franchise_pct": "0.5"}],
    "/balance/reconcile": [{"site": "mine", "period": "2025"}, {"site": "mill", "period": "2025"}],
    "/balance/recoveries": [{"element": "Sb"}, {"element": "Sb", "by": "unit"}],
    "/balance/cusum": [
        {"element": "Sb", "site": "mine"},
        {"element": "Sb", "site": "mill"},
        {"element": "Sb", "site": "nowhere"},
    ],
    "/balance/account": [
        {"site": "mine", "period": "2025-01"},
        {"site": "mill", "period": "2025-01", "elements": "Sb"},
        {"site": "mine", "period": "2025-01", "against": "3"},
    ],
    "/balance/account/file": [
        {"site": "mine", "period": "2025-01", "format": "csv"},
        {"site": "mill", "period": "2025-01", "format": "csv"},
    ],
    "/balance/choices": [{"element": "Sb"}],
    "/balance/checklist": [{"site": "mine", "period": "2025-01"}],
    "/balance/two-product": [{"feed": "2", "concentrate": "20", "tailings": "0.5"}],
    "/balance/contained": [{"wet_t": "1000", "moisture_pct": "8", "grade": "28"}],
    "/balance/site-factors": [
        {"element": "Sb", "site": site, "start": "2025-01-01", "end": "2025-02-01"}
        for site in ("mine", "mill", "nowhere")
    ],
    "/design": [{}],
    "/design/solution": [{}, {"file": "chain.toml"}],
    "/design/waterfall": [{"element": "Sb"}],
    "/design/comparison": [{"other": "processes.toml"}],
    "/design/costs": [{}],
    "/design/tornado": [{}],
    "/design/uncertainty": [{"samples": "20"}],
    "/design/sobol": [{"points": "16"}],
    "/design/tables.{form}": [{}],
    "/plan": [{}],
    "/plan/inputs": [{}],
    "/plan/solution": [{}, {"file": "chain.toml"}],
    "/plan/flows": [{"element": "Sb"}],
    "/plan/front": [{"front": "deliver:Sb@US"}],
    "/plan/scenarios": [{}],
    "/plan/budgets": [{}],
    "/plan/break-even": [{"resource": "canary", "element": "Sb"}],
    "/plan/tornado": [{}],
    "/plan/quarters": [{}],
    "/plan/hedge": [{}],
    "/plan/actual": [{}],
    "/plan/tables.{form}": [{}],
    "/plan/report.pdf": [{}],
    "/plan/under-way": [{}],
    "/explore": [{}],
    "/explore/holes": [{"set": "nowhere"}],
    "/explore/model": [{"set": "nowhere"}],
    "/explore/section": [{"set": "nowhere"}],
    "/explore/methods": [{"set": "nowhere"}],
    "/explore/blocks.vtk": [{"set": "nowhere"}],
    "/explore/histogram": [{"set": "nowhere"}],
    "/explore/variogram": [{"set": "nowhere"}],
    "/explore/cross-validation": [{"set": "nowhere"}],
    "/explore/simulation": [{"set": "nowhere"}],
    "/explore/ore": [{"set": "nowhere"}],
    "/explore/export": [{"set": "nowhere", "table": "blocks"}],
    "/plan/annuity": [{"rate": "1%", "periods": "12", "present_value": "100"}],
    "/plan/annual-equivalent": [{"rate": "10%", "years": "3", "npv": "100"}],
    "/plan/estimate-class": [{"engineering_pct": "8", "low_pct": "-15", "high_pct": "15"}],
    "/plan/advance": [{"instalment": "5", "cap": "50", "years": "8"}],
    "/plan/revenue": [{"tonnes": "1"}],
    "/plan/smelter-return": [{"gross": "100", "payable": "0.9"}],
    "/balance/sampling": [{"grade_pct": "5"}],
    "/balance/gold-sample": [{"grade_g_t": "5", "grain_mm": "0.1", "shape": "0.2"}],
    "/balance/what-if": [
        {"subject": "canary-assay", "symbol": "Sb", "value": "50"},
        {"subject": VISIBLE, "symbol": "Sb", "value": "50"},
        {"subject": HIDDEN, "symbol": "Sb", "value": "5"},
    ],
    "/events": [{}, {"kind": "money"}, {"kind": "correct"}, {"site": "mine"}, {"held": True}],
    "/event": [
        {"event": "canary-price"},
        {"event": "sent"},
        {"event": "canary-dig"},
        {"event": "d-canary-terms"},
        {"event": "d-canary-grant"},
        {"event": "d-canary-series"},
        {"event": "d-own-terms"},
    ],
    "/event/signatures": [{"event": "sent"}, {"event": "canary-dig"}],
    "/settle/exchanges": [{}],
    "/settle/exchange": [{"lot": VISIBLE}, {"lot": HIDDEN}, {"lot": VISIBLE, "contract": "x"}],
    "/settle/exchange/proof": [{"lot": VISIBLE}, {"lot": HIDDEN}],
    "/fund": [{}, {"on": "2025-01-20"}],
    "/fund/words": [{}],
    "/fund/what-if": [
        {"subject": "canary-assay", "symbol": "Sb", "value": "50"},
        {"subject": VISIBLE, "symbol": "Sb", "value": "50"},
        {"subject": HIDDEN, "symbol": "Sb", "value": "5"},
    ],
    "/fund/outlook": [{}],
    "/fund/permits": [{}],
    "/fund/office": [{}],
    "/fund/pack": [{}],
    "/fund/pack.pdf": [{}],
    "/fund/status.xlsx": [{}],
    "/fund/benefit": [{}],
    "/fund/programmes": [{}],
    "/fund/transfer-pricing": [{}],
    "/fund/transfer-pricing.{form}": [{}],
    "/fund/books": [{"instrument": "canary-grant"}],
    "/fund/books.{form}": [{"instrument": "canary-grant"}],
    **STRESS,
    **WATCH,
    "/settle/contracts": [{}],
    "/settle/contract": [{"contract": "own-terms"}, {"contract": "canary-terms"}],
    "/settle/exposure": [{}, {"on": "2025-01-20"}],
    "/settle/what-if": [
        {"subject": "canary-assay", "symbol": "Sb", "value": "50"},
        {"subject": VISIBLE, "symbol": "Sb", "value": "50"},
        {"subject": HIDDEN, "symbol": "Sb", "value": "5"},
    ],
    **dict.fromkeys(
        (
            "/settle/statement",
            "/settle/statement.{form}",
            "/settle/risk",
            "/settle/periods",
            "/settle/change",
            "/settle/specification",
        ),
        SHIPPED,
    ),
    "/log": [{}],
    "/log/inclusion": [{"event": "canary-price"}, {"event": "came"}],
    "/log/consistency": [{"earlier": 3}],
    "/public/lot": [{"lot": HIDDEN}, {"lot": VISIBLE}],
    "/me": [{}],
    "/people": [{}],
    "/people/comings": [{}],
    "/tokens": [{}],
}


NAMED = ("statement", "risk", "periods", "change", "specification")
"""What is asked of a shipment under a contract."""


@pytest.fixture
def service(settings: Settings, clock: FixedClock, salts: FixedSalts, tmp_path: Any) -> Service:
    """Open a server of three parties on which one must sign in."""
    path = tmp_path / "parties.db"
    with create_store(path, {"id": "small", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    opened = open_service(settings, clock=clock, salt=salts)
    opened.desk.close()
    opened.accounts.add_person("first", Role.ADMIN, password="a long enough password")
    opened.accounts.close()
    reports = (canary_reports(tmp_path / "reports"),)
    guarded = replace(settings, ledger=str(path), sign_in=True, reports=reports)
    return open_service(guarded, clock=clock, salt=salts)


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """Return a client of that server."""
    with TestClient(create_app(service), base_url="http://localhost") as opened:
        yield opened


def bearer(service: Service, name: str, role: Role, belongs: str | None) -> dict[str, str]:
    service.accounts.add_person(name, role, party=belongs)
    token = service.accounts.add_token(name, "test", frozenset({Right.READ}), 1)
    return {"Authorization": f"Bearer {token}"}


def read_routes(client: TestClient) -> list[str]:
    paths = client.app.openapi()["paths"]  # type: ignore[attr-defined]
    return sorted(
        path.removeprefix(PREFIX)
        for path, methods in paths.items()
        if "get" in methods and path.startswith(PREFIX)
    )


def test_every_address_that_answers_is_tried(client: TestClient) -> None:
    assert read_routes(client) == sorted(QUERIES)


def test_a_party_reads_nothing_of_others(client: TestClient, service: Service) -> None:
    _reads_nothing_of_others(client, service)


def test_nor_of_others_in_the_parent_of_a_plan(
    service: Service, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> None:
    """Events of the plan stand at the numbers that the parent's had in their own log."""
    actual, plan = tmp_path / "chain" / "ledger.db", tmp_path / "chain" / "ledgers" / "plan.db"
    header = {"id": "parties", "tense": "actual"}
    with create_store(actual, header, clock=clock, salt=salts) as parent:
        parent.append(EVENTS)
        with derive_store(
            parent, plan, identity="plan", tense="planned", clock=clock, salt=salts
        ) as store:
            body = {"outputs": [{"lot": "buyer:planned", "dry": mass("1")}]}
            store.append(
                event(f"plan-{number}", "extract", 9, body, site="plant", party="buyer")
                for number in range(len(EVENTS) + 5)
            )
    planned = open_service(replace(service.settings, ledger=str(plan)), clock=clock, salt=salts)
    with TestClient(create_app(planned), base_url="http://localhost") as client:
        _reads_nothing_of_others(client, planned)
        known = planned.desk.reading().of_party("buyer").ledger
        assert not [said["id"] for said in (*known.other, *known.observed) if SECRET in said["id"]]


def _reads_nothing_of_others(client: TestClient, service: Service) -> None:
    headers = bearer(service, "clerk", Role.VIEWER, "buyer")
    answered = 0
    for path, queries in QUERIES.items():
        for query in queries:
            address = f"{PREFIX}{path}".replace("{form}", "xlsx")
            answer = client.get(address, params=query, headers=headers)
            told = answer.text
            for value in query.values():
                # What somebody asks for may be said back to them; nothing more.
                told = told.replace(str(value), "")
            assert answer.status_code < 500
            assert SECRET not in told, f"{path} {query}: {answer.text}"
            assert "31415" not in told
            assert "61.7" not in told
            answered += answer.status_code == 200
    assert answered > 20


def test_a_party_sees_its_contract_and_the_prices_that_it_names(
    client: TestClient, service: Service
) -> None:
    for party, own, others in (("buyer", "own", "canary"), ("other", "canary", "own")):
        headers = bearer(service, f"of-{party}", Role.VIEWER, party)
        for name in ("terms", "series"):
            found = client.get(
                f"{PREFIX}/event", params={"event": f"d-{own}-{name}"}, headers=headers
            )
            assert found.status_code == 200, found.text
            hidden = client.get(
                f"{PREFIX}/event", params={"event": f"d-{others}-{name}"}, headers=headers
            )
            missing = client.get(f"{PREFIX}/event", params={"event": "d-none"}, headers=headers)
            assert hidden.status_code == missing.status_code
            assert hidden.text.replace(f"d-{others}-{name}", "d-none") == missing.text
        known = client.get(f"{PREFIX}/settle/exchanges", headers=headers).json()["result"]
        assert [terms["id"] for terms in known["contracts"]] == [f"{own}-terms"]


def test_a_contract_of_others_answers_as_one_that_is_not_there(
    client: TestClient, service: Service
) -> None:
    headers = bearer(service, "clerk", Role.VIEWER, "buyer")
    more: dict[str, dict[str, str]] = {"/settle/contract": {}}
    more |= {f"/settle/{name}": {"shipment": "sent"} for name in NAMED}
    for path, query in more.items():
        said = []
        for contract in ("canary-terms", "no-such-one"):
            asked = {"contract": contract, **query}
            answer = client.get(f"{PREFIX}{path}", params=asked, headers=headers)
            said.append((answer.status_code, answer.text.replace(contract, "")))
        assert said[0] == said[1], path


def test_a_franchise_stands_in_the_contract_that_the_ledger_declares(
    client: TestClient, service: Service
) -> None:
    headers = bearer(service, "audrey", Role.AUDITOR, None)
    query = {"element": "Sb"}
    told = client.get(f"{PREFIX}/balance/outturns", params=query, headers=headers)
    (row,) = told.json()["result"]["shipments"]
    assert row["franchise_pct"] == "0.5"


def test_what_is_hidden_answers_as_what_does_not_exist(
    client: TestClient, service: Service
) -> None:
    headers = bearer(service, "clerk", Role.VIEWER, "buyer")
    for path, more in (("/lot", {}), ("/lot/origins", {"element": "Sb"}), ("/lot/custody", {})):
        hidden = client.get(f"{PREFIX}{path}", params={"lot": HIDDEN, **more}, headers=headers)
        missing = client.get(f"{PREFIX}{path}", params={"lot": "no:such", **more}, headers=headers)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["detail"].startswith(f"no lot {HIDDEN} in this ledger")
        assert "canary-rest" not in hidden.text


def test_a_remark_on_a_lot_of_others_is_that_on_one_of_nobody(
    client: TestClient, service: Service
) -> None:
    """Whoever tries names learns nothing: neither that one exists nor how it is spelt."""
    service.accounts.add_person("gate", Role.OPERATOR, party="buyer")
    token = service.accounts.add_token("gate", "test", frozenset({Right.READ, Right.RECORD}), 1)
    said = {}
    for lot in (HIDDEN, "seller:canary-or", "seller:cnary-rest", "seller:no-such", "seller:parcl"):
        body = {"lot": lot, "wet": mass("1")}
        draft = event("g", "weigh", 20, body, site="plant", party="buyer")
        answer = client.post(
            f"{PREFIX}/events/check",
            json={"events": [draft]},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200
        (found,) = answer.json()["result"]["findings"]
        said[lot] = found["message"].replace(lot, ""), found["fix"]
    assert said.pop("seller:parcl")[1].startswith(f"did you mean {VISIBLE}?")
    assert len(set(said.values())) == 1
    assert not any("mean" in fix for _, fix in said.values())


def test_arrival_tells_no_lot_of_others_from_one_of_nobody(
    client: TestClient, service: Service
) -> None:
    """Neither before an entry, nor in the receipt, nor on its page; own lots are told of."""
    service.accounts.add_person("miller", Role.OPERATOR, party="buyer")
    token = service.accounts.add_token("miller", "test", frozenset({Right.READ, Right.RECORD}), 1)
    headers = {"Authorization": f"Bearer {token}"}
    made = event("made-own", "extract", 18, {"outputs": [{"lot": "buyer:own", "dry": mass("1")}]},
                 site="plant", party="buyer")  # fmt: skip
    answer = client.post(f"{PREFIX}/events", json={"events": [made]}, headers=headers)
    assert answer.status_code == 201, answer.text
    said: dict[str, list[Any]] = {}
    for number, lot in enumerate((HIDDEN, "seller:no-such-one", "buyer:own")):
        body = {"inputs": [{"lot": lot, "dry": mass("900000")}]}
        draft = event(f"draw-{number}", "process", 20, body, site="plant", party="buyer")
        for path in ("/events/check", "/events"):
            answer = client.post(f"{PREFIX}{path}", json={"events": [draft]}, headers=headers)
            (entry,) = answer.json()["result"]["entries"]
            codes = [found["code"] for found in entry["findings"]]
            said.setdefault(lot, []).append((path, entry["state"], codes))
        page = client.get(f"{PREFIX}/event", params={"event": f"draw-{number}"}, headers=headers)
        said[lot].append([found["code"] for found in page.json()["result"]["findings"]])
    assert said[HIDDEN] == said["seller:no-such-one"]
    assert said["buyer:own"][0] == ("/events/check", "with_findings", ["ORL-0212"])
    assert said["buyer:own"][2] == ["ORL-0212"]


def test_a_party_sees_its_own_parcel_and_the_country_it_came_from(
    client: TestClient, service: Service
) -> None:
    headers = bearer(service, "clerk", Role.VIEWER, "buyer")
    query = {"lot": VISIBLE, "element": "Sb"}
    told = client.get(f"{PREFIX}/lot/origins", params=query, headers=headers).json()["result"]
    by_level = {row["level"]: row for row in told["origins"]}
    assert by_level["country"]["origin"] == "PK"
    assert by_level["lot"]["origin"] == "not shown to you"
    assert by_level["lot"]["mass"] == by_level["country"]["mass"]


def test_whoever_has_no_party_sees_everything(client: TestClient, service: Service) -> None:
    headers = bearer(service, "audrey", Role.AUDITOR, None)
    told = client.get(f"{PREFIX}/lots", headers=headers).json()["result"]
    assert {row["lot"] for row in told["items"]} == {
        "seller:canary-ore", "seller:canary-rest", "seller:parcel",
    }  # fmt: skip


def test_without_a_token_nothing_is_answered_but_what_is_public(client: TestClient) -> None:
    for path, queries in QUERIES.items():
        answer = client.get(f"{PREFIX}{path}", params=queries[0])
        assert answer.status_code == (404 if path == "/public/lot" else 401), path
