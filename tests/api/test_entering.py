"""What people enter: signatures, publications, corrections, files; nobody speaks for another."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import PASSWORD
from small_ledger import mass
from starlette.testclient import TestClient
from tellers import Teller
from trade import EVENTS, dated

from oreline.api import Accounts, Role, Settings, create_app, open_service
from oreline.api._people import RIGHTS
from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

Tellers = Callable[[str], Teller]


@pytest.fixture
def as_(
    settings: Settings, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> Iterator[Tellers]:
    """Serve the trade; give whoever asks under a name such as ``buyer`` or ``seller-operator``."""
    path = tmp_path / "trade.db"
    with create_store(path, {"id": "trade", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(EVENTS)
    guarded = replace(settings, ledger=str(path), sign_in=True)
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("first", Role.ADMIN, password=PASSWORD)
    service = open_service(guarded, clock=clock, salt=salts)

    def teller(name: str) -> Teller:
        party, _, role = name.partition("-")
        belongs = None if party == "nobody" else party
        one = Role(role or "approver")
        service.accounts.add_person(name, one, party=belongs)
        return Teller(client, service.accounts.add_token(name, "test", RIGHTS[one], 1))

    with TestClient(create_app(service), base_url="http://localhost") as client:
        yield teller


# Signatures


def said(kind: str, subject: str, party: str, **more: Any) -> dict[str, Any]:
    body = {"type": kind, "subject": subject, **more}
    return dated("attest", f"{kind}-{party}-{subject}", 21, body, party=party, site=None)


def without_none(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if value is not None}


def test_a_shipment_is_open_until_both_have_signed(as_: Tellers) -> None:
    seller, buyer = as_("seller-operator"), as_("buyer-operator")
    for number, teller in enumerate((seller, buyer)):
        state = teller.get("/event/signatures", event="sent")
        assert state["missing"] == ["seller", "buyer"][number:]
        assert not state["is_complete"]
        signed = teller.ask("POST", "/event/signatures", params={"event": "sent"}, json={})
        assert signed.status_code == 201, signed.text
    for teller in (seller, buyer):
        state = teller.get("/event/signatures", event="sent")
        assert state["is_complete"]
        assert {(one["party"], one["hash"]) for one in state["signed"]} == {
            ("seller", state["hash"]), ("buyer", state["hash"]),
        }  # fmt: skip
    again = buyer.ask("POST", "/event/signatures", params={"event": "sent"}, json={})
    assert again.status_code == 422
    assert "has signed sent already" in again.json()["detail"]


def test_the_hash_that_is_signed_is_the_leaf_of_the_log(as_: Tellers) -> None:
    seller = as_("seller-operator")
    state = seller.get("/event/signatures", event="sent")
    proof = seller.get("/log/inclusion", event="sent")
    leaf = hashlib.sha256(b"\0" + base64.b64decode(proof["event_bytes"])).hexdigest()
    assert state["hash"] == leaf


def test_nobody_signs_for_another(as_: Tellers) -> None:
    seller, third = as_("seller-operator"), as_("other-operator")
    hashed = seller.get("/event/signatures", event="sent")["hash"]
    forged = without_none(said("signature", "sent", "seller", issuer="buyer", hash=hashed))
    assert seller.append(forged).status_code == 403
    asked = seller.ask(
        "POST", "/event/signatures", params={"event": "sent"}, json={"party": "buyer"}
    )
    assert asked.status_code == 201  # signed for the seller, whatever was asked for
    assert seller.get("/event/signatures", event="sent")["missing"] == ["buyer"]
    answer = third.ask("POST", "/event/signatures", params={"event": "sent"}, json={})
    assert answer.status_code == 404
    # Even one that came into the ledger by other ways counts for nobody.
    chief = as_("nobody-admin")
    assert chief.append({**forged, "id": "by-other-ways"}).status_code == 201
    assert seller.get("/event/signatures", event="sent")["missing"] == ["buyer"]


def test_a_correction_opens_the_shipment_again(as_: Tellers) -> None:
    seller, buyer, approver = as_("seller-operator"), as_("buyer-operator"), as_("seller")
    for teller in (seller, buyer):
        teller.ask("POST", "/event/signatures", params={"event": "sent"}, json={})
    corrected = approver.ask(
        "POST",
        "/event/corrections",
        params={"event": "sent"},
        json={"reason": "misread", "changes": ["body.lots.0.wet.value=12"]},
    )
    assert corrected.status_code == 201, corrected.text
    state = seller.get("/event/signatures", event="sent")
    assert state["missing"] == ["seller", "buyer"]
    assert [one["counts"] for one in state["signed"]] == [False, False]
    assert seller.ask("POST", "/event/signatures", params={"event": "sent"}, json={}).is_success
    assert buyer.get("/event/signatures", event="sent")["missing"] == ["buyer"]


def test_only_what_changes_hands_is_signed(as_: Tellers) -> None:
    answer = as_("seller-operator").ask(
        "POST", "/event/signatures", params={"event": "dug"}, json={}
    )
    assert answer.status_code == 422


# In whose name


def test_a_party_corrects_and_decides_on_its_own_entries_only(as_: Tellers) -> None:
    seller = as_("seller")
    wrong = {"reason": "too light", "changes": ["body.lots.0.wet.value=11"]}
    answer = seller.ask("POST", "/event/corrections", params={"event": "came"}, json=wrong)
    assert answer.status_code == 403
    assert "came is an entry of buyer" in answer.json()["detail"]
    decided = without_none(said("decision", "came", "seller", decision="reject"))
    assert seller.append(decided).status_code == 403
    third = as_("other")
    hidden = without_none(said("decision", "dug", "other", decision="reject"))
    assert third.append(hidden).status_code == 404
    assert third.append({**hidden, "id": "x", "party": "seller"}).status_code in {403, 404}


def corrected(target: str, replacement: dict[str, Any], name: str = "turn") -> dict[str, Any]:
    body = {"target": target, "action": "replace", "reason": "slip", "replacement": replacement}
    return dated("correct", name, 31, body, party="buyer", site="plant")


def test_a_correction_makes_nothing_that_one_may_not_enter(as_: Tellers) -> None:
    """One's own entry is not turned into another party's, nor into what takes more rights."""
    operator, approver, seller = as_("buyer-operator"), as_("buyer"), as_("seller")
    hashed = operator.get("/event/signatures", event="sent")["hash"]
    signed = without_none(said("signature", "sent", "buyer", issuer="buyer", hash=hashed))
    assert operator.append(signed).status_code == 201
    forged = {**signed["body"], "issuer": "seller"}
    for replacement in (
        {"party": "seller", "body": forged},
        {"body": forged},
        {"party": "seller"},
        {"party": None, "body": forged},
        {"body": {"type": "decision", "subject": "came", "decision": "reject"}},
        {"body": {"type": "access-granted", "subject": "me", "statement": "role admin"}},
    ):
        answer = operator.append(corrected(signed["id"], replacement))
        assert answer.status_code in {403, 422}, (replacement, answer.text)
    way = {"reason": "slip", "changes": ["party=seller"]}
    asked = approver.ask("POST", "/event/corrections", params={"event": "came"}, json=way)
    assert asked.status_code == 403
    assert seller.get("/event/signatures", event="sent")["missing"] == ["seller"]
    closing = {
        "type": "period", "id": "2025-01", "valid_from": "2025-01-01", "valid_to": "2025-02-01",
        "data": {"status": "open", "site": "plant"},
    }  # fmt: skip
    opened = dated("declare", "open", 31, closing, party="buyer", site="plant")
    assert approver.append(opened).status_code == 201
    mine = {
        "type": "site",
        "id": "mine",
        "data": {"name": "m", "country": "PK", "operator": "buyer"},
    }
    assert approver.append(corrected("open", {"body": mine})).status_code == 403
    assert approver.ask("GET", "/event", params={"event": "dug"}).status_code == 404


def test_a_correction_of_a_correction_is_held_to_the_same(as_: Tellers) -> None:
    buyer = as_("buyer")
    assert buyer.append(corrected("came", {"time": "2025-01-20T09:00:00Z"})).status_code == 201
    for replacement in ({"party": "seller"}, {"time": "2025-01-20T10:00:00Z", "party": "other"}):
        body = {"replacement": replacement}
        assert buyer.append(corrected("turn", {"body": body}, "again")).status_code == 403
    body = {"replacement": {"time": "2025-01-20T10:00:00Z"}}
    assert buyer.append(corrected("turn", {"body": body}, "again")).status_code == 201


def test_a_party_cannot_declare_a_site_its_own_and_so_see_it(as_: Tellers) -> None:
    buyer = as_("buyer")
    declared = dated(
        "declare", "mine-of-buyer", 3,
        {"type": "site", "id": "mine", "data": {"name": "mine", "country": "PK",
                                                 "operator": "buyer"}},
        party="buyer",
    )  # fmt: skip
    assert buyer.append(declared).status_code == 403
    assert buyer.ask("GET", "/event", params={"event": "dug"}).status_code == 404
    closing = {
        "type": "period", "id": "2025-01", "valid_from": "2025-01-01", "valid_to": "2025-02-01",
        "data": {"status": "closed", "site": "plant"},
    }  # fmt: skip
    other = {**closing, "data": {"status": "closed", "site": "mine"}}
    close = dated("declare", "close", 31, closing, party="buyer", site="plant")
    assert buyer.append({**close, "id": "close-mine", "body": other}).status_code == 403
    assert buyer.append(close).status_code == 201


# Publications


def test_a_lot_shows_in_public_what_its_keeper_says_and_nothing_else(as_: Tellers) -> None:
    seller, buyer = as_("seller"), as_("buyer")
    unknown = seller.ask("GET", "/public/lot", params={"lot": "no:such"})
    hidden = seller.ask("GET", "/public/lot", params={"lot": "seller:A"})
    assert unknown.status_code == hidden.status_code == 404
    assert unknown.json() == hidden.json()
    for aspects in (["material"], ["mass", "country"], ["composition"], ["custody"]):
        put = buyer.ask(
            "PUT", "/lot/publication", params={"lot": "seller:A"}, json={"aspects": aspects}
        )
        assert put.status_code == 200, put.text
        told = seller.get("/public/lot", lot="seller:A")
        names = {"material": "material", "mass": "dry", "country": "origins"}
        shown = {names.get(aspect, aspect) for aspect in aspects}
        assert set(told) - {"lot", "aspects", "log", "root", "size"} == shown
        for name in ("seller:B", "seller:rest", "mine", "plant", "approver"):
            assert name not in str(told)
    assert told["custody"][0] == {"time": "2025-01-02T08:00:00Z", "kind": "extract"}
    taken = buyer.ask("PUT", "/lot/publication", params={"lot": "seller:A"}, json={"aspects": []})
    assert taken.is_success
    again = seller.ask("GET", "/public/lot", params={"lot": "seller:A"})
    assert (again.status_code, again.json()) == (404, hidden.json())


def test_who_does_not_keep_a_lot_makes_nothing_of_it_public(as_: Tellers) -> None:
    for name, status in (("seller", 403), ("other", 404), ("buyer-operator", 403)):
        teller = as_(name)
        put = teller.ask(
            "PUT", "/lot/publication", params={"lot": "seller:A"}, json={"aspects": ["mass"]}
        )
        assert put.status_code == status, name
        party = name.partition("-")[0]
        raw = said("publication", "seller:A", party, statement="public: mass")
        assert teller.append(without_none(raw)).status_code == status, name
    strange = as_("buyer").ask(
        "PUT", "/lot/publication", params={"lot": "seller:A"}, json={"aspects": ["price"]}
    )
    assert strange.status_code == 422


# Files


HEADER = "event,kind,time,party,site,lot,wet_t,basis,source"
GOOD = [
    "w-1,weigh,2025-01-21T08:00:00Z,buyer,plant,seller:A,10.95,measured,ticket 1",
    "w-2,weigh,2025-01-21T09:00:00Z,buyer,plant,seller:B,11,measured,ticket 2",
]


def sent_file(teller: Teller, *lines: str, name: str = "weights.csv") -> httpx.Response:
    data = "\n".join((HEADER, *lines)).encode()
    return teller.ask("POST", "/uploads", files={"file": (name, data, "text/csv")})


def test_every_wrong_cell_of_a_file_is_named(as_: Tellers) -> None:
    buyer = as_("buyer-operator")
    before = buyer.get("/log")
    answer = sent_file(
        buyer,
        GOOD[0],
        "w-2,weigh,yesterday,buyer,plant,seller:B,11,measured,",
        "w-3,weigh,2025-01-21T09:00:00Z,buyer,plant,no colon,eleven,guessed,",
    )
    assert answer.status_code == 200
    told = answer.json()["result"]
    assert told["upload"] is None
    places = " ".join(found["where"] for found in told["findings"])
    for place in ("row 3 column time", "row 4 column wet_t"):
        assert place in places, places
    assert all(found["fix"] for found in told["findings"])
    assert buyer.get("/log") == before


def test_a_checked_file_goes_in_once_and_by_whoever_checked_it(as_: Tellers) -> None:
    buyer, other = as_("buyer-operator"), as_("buyer")
    told = sent_file(buyer, *GOOD).json()["result"]
    assert (told["events"], told["new"], told["findings"]) == (2, 2, [])
    size = buyer.get("/log")["size"]
    path = f"/uploads/{told['upload']}/commit"
    assert other.ask("POST", path).status_code == 404
    for appended in (2, 0):
        answer = buyer.ask("POST", path)
        assert answer.status_code == 201, answer.text
        assert answer.json()["result"]["appended"] == appended
        assert buyer.get("/log")["size"] == size + 2
    assert buyer.get("/event", event="w-1")["event"]["actor"] == "buyer-operator"
    assert buyer.ask("POST", "/uploads/0000/commit").status_code == 404


def test_a_file_goes_in_whole_or_not_at_all(as_: Tellers) -> None:
    """Between check and commit somebody used one of its ids: nothing of it is written."""
    buyer = as_("buyer-operator")
    told = sent_file(buyer, *GOOD).json()["result"]
    taken = dated(
        "weigh", "w-2", 22, {"lot": "seller:B", "wet": mass("10")}, party="buyer", site="plant"
    )
    assert buyer.append(taken).status_code == 201
    size = buyer.get("/log")["size"]
    answer = buyer.ask("POST", f"/uploads/{told['upload']}/commit")
    assert answer.status_code == 409
    assert [found["code"] for found in answer.json()["findings"]] == ["ORL-0200"]
    assert buyer.get("/log")["size"] == size
    assert buyer.ask("GET", "/event", params={"event": "w-1"}).status_code == 404


def test_a_file_in_another_party_s_name_is_refused(as_: Tellers) -> None:
    answer = sent_file(as_("seller-operator"), *GOOD)
    assert answer.status_code == 403


# What a shipment lost


def test_outturns_are_the_same_for_both_and_hidden_from_others(as_: Tellers) -> None:
    seller, buyer, third = as_("seller"), as_("buyer"), as_("other")
    query = {"element": "dry", "franchise_pct": "0.5"}
    for teller in (seller, buyer):
        (shipment,) = teller.get("/balance/outturns", **query)["shipments"]
        assert {trip["lot"] for trip in shipment["trips"]} <= {"seller:A", "seller:B"}
        for name in ("wet_difference", "water_difference", "dry_loss"):
            assert shipment[name]["unit"] == "t"
        # 22 t and 9 % against 10.9 t and 9 %, 11.05 t and 9.5 %
        assert shipment["dry_loss"]["low"] == "0.10075"
        assert shipment["wet_difference"]["low"] == "0.05"
        assert shipment["water_difference"]["low"] == "-0.05075"
        assert shipment["allowed"]["low"] == "0.1001"
        assert shipment["claimable"]["low"] == "0.00065"
    (shipment,) = seller.get("/balance/outturns", element="dry")["shipments"]
    assert shipment["claimable"] is shipment["franchise_pct"] is None
    answer = third.ask("GET", "/balance/outturns", params=query)
    assert "seller:" not in answer.text


@pytest.mark.parametrize(
    "replacement",
    [
        7,
        {"body": 7},
        {"body": None},
        {"schema": "attest/1"},
        {"actor": "seller"},
        {"to_party": None, "party": "seller"},
        {"body": {"type": "publication", "subject": "seller:canary-ore", "facts": []}},
    ],
)
@pytest.mark.parametrize("action", ["replace", "void"])
def test_odd_replacements_are_refused_and_write_nothing(
    as_: Tellers, replacement: Any, action: str
) -> None:
    buyer = as_("buyer-operator")
    hashed = buyer.get("/event/signatures", event="sent")["hash"]
    signed = without_none(said("signature", "sent", "buyer", issuer="buyer", hash=hashed))
    assert buyer.append(signed).status_code == 201
    turn = corrected(signed["id"], replacement)
    turn["body"]["action"] = action
    assert buyer.append(turn).status_code in {403, 404, 409}
    assert buyer.ask("GET", "/event", params={"event": "turn"}).status_code == 404


def test_a_correction_aimed_anew_is_held_to_its_new_target(as_: Tellers) -> None:
    buyer = as_("buyer")
    assert buyer.append(corrected("came", {"time": "2025-01-20T09:00:00Z"})).status_code == 201
    for target in ("sent", "dug", "turn", "again"):
        again = corrected("turn", {"body": {"target": target}}, "again")
        assert buyer.append(again).status_code in {403, 404, 422}, target
        assert buyer.ask("GET", "/event", params={"event": "again"}).status_code == 404


def melted(name: str, day: int, source: str, product: str) -> dict[str, Any]:
    body = {
        "inputs": [{"lot": source, "dry": mass("2", u="0.01")}],
        "outputs": [{"lot": product, "dry": mass("1", u="0.01")}],
    }
    return dated("process", name, day, body, party="buyer", site="plant")


def countries(teller: Teller, lot: str) -> list[tuple[str, float, float]]:
    found = teller.get("/lot/origins", lot=lot, element="Sb", level="country")["origins"]
    return [(row["origin"], row["share_low"], row["share_high"]) for row in found]


def test_a_guessed_lot_tells_no_more_than_a_lot_that_nobody_recorded(as_: Tellers) -> None:
    """Naming another's lot in one's own entry hands nothing over; what was handed keeps its own."""
    buyer = as_("buyer-operator")
    made = [
        melted("m-handed", 25, "seller:A", "buyer:from-handed"),
        melted("m-guess", 26, "seller:rest", "buyer:from-guess"),
        melted("m-none", 26, "seller:none", "buyer:from-none"),
        melted("m-again", 27, "buyer:from-guess", "buyer:further"),
    ]
    assert buyer.append(*made).status_code == 201
    for lot in ("seller:A", "buyer:from-handed"):
        assert countries(buyer, lot) == [("PK", 1.0, 1.0)]
    unknown = countries(buyer, "seller:none")
    for lot in ("seller:rest", "buyer:from-guess", "buyer:from-none", "buyer:further"):
        assert countries(buyer, lot) == unknown != [("PK", 1.0, 1.0)]
    recalled = buyer.get("/trace/recall", level="country", origin="PK", element="Sb")["lots"]
    sure = {row["lot"] for row in recalled if row["share_low"] > 0}
    assert sure == {"seller:A", "seller:B", "buyer:from-handed"}
    shares = {row["lot"]: (row["share_low"], row["share_high"]) for row in recalled}
    assert shares.get("seller:rest") == shares.get("seller:none")
    assert shares.get("buyer:from-guess") == shares.get("buyer:from-none")
    listed = buyer.get("/trace/lots", element="Sb", level="country", limit=100)["lots"]
    of_lot = {
        name: [r for r in listed if r["lot"] == name] for name in ("seller:rest", "seller:none")
    }
    guess, nobody = ([{**r, "lot": ""} for r in rows] for rows in of_lot.values())
    assert guess == nobody
