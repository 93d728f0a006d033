"""Two parties exchange sealed assays over a server that belongs to neither, or to one of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import PASSWORD
from small_ledger import grade, mass
from starlette.testclient import TestClient
from tellers import Teller
from trade import EVENTS, dated

from oreline.api import RIGHTS, Accounts, Role, Settings, create_app, open_service
from oreline.exchange import init_folder
from oreline.record import create_store
from oreline.settle import Secret, Side, make_secret, opening_drafts
from oreline_testing.injected import FixedClock, FixedSalts

LOT = "seller:A"
CONTRACT = """
id = "s-b-1"
title = "Antimony concentrate"
seller = "seller"
buyer = "buyer"
materials = ["sb-conc"]
currency = "USD"
basis = "assumed"
source = "test"

[assays]
rule = "exchange"
deadline_days = 45
open_days = 10
late = "other_conclusive"
umpire = "middle"
limits = [{ analyte = "Sb", limit = "0.50 %", rounding = { to = "0.01" } }]
"""
CANARIES = {Side.SELLER: "57.31", Side.BUYER: "56.97"}
"""Results that nobody but their party may see before both have sealed."""


class Party(Teller):
    """Somebody of a party, who also seals and opens."""

    def seal(self, kept: Secret) -> httpx.Response:
        body = {
            "lot": kept.lot,
            "side": str(kept.side),
            "contract": kept.contract,
            "hash": kept.hash,
        }
        return self.ask("POST", "/settle/exchange/seals", json=body)

    def state(self) -> dict[str, Any]:
        query = {"lot": LOT, "contract": "s-b-1"}
        told: dict[str, Any] = self.ask("GET", "/settle/exchange", params=query).json()["result"]
        return told

    def open(self, kept: Secret) -> httpx.Response:
        return self.ask("POST", "/settle/exchange/openings", json={"text": kept.text})


Tellers = Callable[[str], Party]


@pytest.fixture
def as_(
    settings: Settings, clock: FixedClock, salts: FixedSalts, tmp_path: Path
) -> Iterator[Tellers]:
    """Serve a chain with a contract; give who asks as ``seller``, ``buyer``, ``other``, ..."""
    chain = tmp_path / "chain"
    init_folder(chain, name="trade")
    (chain / "contracts" / "first.toml").write_text(CONTRACT)
    (chain / "contracts" / "torn.toml").write_text("id = 5")
    path = chain / "ledger.db"
    sampled = dated("sample", "sampled", 20, {"sample": "S-A", "lot": LOT}, to_party="buyer")
    sampled["time"] = "2025-12-30T00:00:00Z"
    with create_store(path, {"id": "trade", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append([*EVENTS, sampled])
    guarded = replace(settings, ledger=str(path), chain=chain, sign_in=True)
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("first", Role.ADMIN, password=PASSWORD)
    service = open_service(guarded, clock=clock, salt=salts)
    known: set[str] = set()
    with TestClient(create_app(service), base_url="http://localhost") as client:

        def tell(party: str) -> Party:
            belongs = None if party == "none" else party
            if party not in known:
                known.add(party)
                service.accounts.add_person(party, Role.OPERATOR, party=belongs)
            token = service.accounts.add_token(party, "t", RIGHTS[Role.OPERATOR], 1)
            return Party(client, token)

        yield tell


def secret(side: Side, **more: str) -> Secret:
    """Write down what a side keeps."""
    grade = {"analyte": "Sb", "value": CANARIES[side], "unit": "%", "basis": "measured"}
    body = {"lot": more.get("lot", LOT), "role": str(side), "results": [grade]}
    return make_secret(body, str(side), more.get("contract", "s-b-1"), "ab" * 32)


MINE, THEIRS = secret(Side.SELLER), secret(Side.BUYER)


def test_an_exchange_from_seal_to_settlement(as_: Tellers) -> None:
    seller, buyer = as_("seller"), as_("buyer")
    assert seller.seal(MINE).status_code == 201
    assert [row["waits_for"] for row in buyer.get("/settle/exchanges")["exchanges"]] == [["buyer"]]
    early = seller.open(MINE)
    assert early.status_code == 422
    assert "the buyer has not sealed yet" in early.json()["detail"]
    assert buyer.seal(THEIRS).status_code == 201
    for teller, kept in ((buyer, THEIRS), (seller, MINE)):
        assert teller.open(kept).status_code == 201
    for teller in (seller, buyer, as_("none")):
        told = teller.get("/settle/exchange", lot=LOT)
        (antimony,) = told["analytes"]
        assert (antimony["assay"], antimony["state"]) == ("57.14", "agreed")
        assert told["proof"]["ok"]
        assert teller.get("/settle/exchange/proof", lot=LOT)["is_complete"]


def everything_of(teller: Teller) -> str:
    """Read all that a person can read of the exchange."""
    asked = [
        ("/events", {"limit": 100}),
        ("/event", {"event": "forced"}),
        ("/event", {"event": "forced-assay"}),
        ("/event", {"event": "forced-correction"}),
        ("/lot", {"lot": LOT}),
        ("/lots", {"element": "Sb"}),
        ("/settle/exchanges", {}),
        ("/settle/exchange", {"lot": LOT, "contract": "s-b-1"}),
        ("/settle/exchange/proof", {"lot": LOT}),
        ("/balance/events", {"element": "Sb"}),
        ("/balance/outturns", {"element": "Sb"}),
        ("/log/inclusion", {"event": "forced-assay"}),
        ("/overview", {}),
    ]
    return "\n".join(teller.ask("GET", path, params=query).text for path, query in asked)


def test_nobody_sees_the_others_results_before_their_own_seal(
    as_: Tellers, tmp_path: Path, clock: FixedClock, salts: FixedSalts
) -> None:
    """The ledger takes an opening that came too early; the server keeps it from the other."""
    seller, buyer = as_("seller"), as_("buyer")
    sealed = seller.seal(MINE).json()["result"]["entries"][0]["id"]
    opening, assay = opening_drafts(MINE, sealed, "buyer", site="plant")
    shared = {"time": "2025-12-31T00:00:00Z", "actor": "x"}
    fixed = {"target": "forced-assay", "action": "replace", "reason": "x",
             "replacement": {"body": dict(MINE.assay)}}  # fmt: skip
    with create_or_open(tmp_path, clock, salts) as store:
        store.append([
            {"id": "forced", **shared, **opening},
            {"id": "forced-assay", **shared, **assay},
            {"id": "forced-correction", **shared, "schema": "correct/1", "to_party": "buyer",
             "body": fixed},
        ])  # fmt: skip
    assert CANARIES[Side.SELLER] in everything_of(seller)
    assert CANARIES[Side.SELLER] not in everything_of(buyer)
    assert CANARIES[Side.SELLER] not in everything_of(as_("other"))
    assert buyer.seal(THEIRS).status_code == 201
    seen = everything_of(buyer)
    assert CANARIES[Side.SELLER] in seen
    assert "ORL-0850" in seen


def create_or_open(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Any:
    """Open the ledger beside the server, as another program on the same file would."""
    from oreline.record import open_store

    return open_store(tmp_path / "chain" / "ledger.db", clock=clock, salt=salts)


def test_nobody_seals_or_opens_for_another(as_: Tellers) -> None:
    seller, buyer, other = as_("seller"), as_("buyer"), as_("other")
    assert buyer.seal(MINE).status_code == 403
    assert other.seal(MINE).status_code == 404
    seller.seal(MINE)
    buyer.seal(THEIRS)
    assert buyer.open(MINE).status_code == 403
    changed = make_secret({**MINE.assay, "laboratory": "x"}, "seller", "s-b-1", "ab" * 32)
    wrong = seller.open(changed)
    assert wrong.status_code == 422
    assert "not what the seller" in wrong.json()["detail"]
    assert seller.seal(MINE).status_code == 422
    forged = dated(
        "attest", "forged", 21,
        {"type": "assay-sealed", "subject": LOT, "issuer": "seller", "hash": "0" * 64},
        party="buyer",
    )  # fmt: skip
    assert buyer.append(forged).status_code == 403


def test_events_written_by_hand_open_nothing_early(as_: Tellers) -> None:
    seller = as_("seller")
    sealed = seller.seal(MINE).json()["result"]["entries"][0]["id"]
    opening = {"id": "by-hand", "time": "2025-12-31T00:00:00Z",
               **opening_drafts(MINE, sealed, "buyer")[0]}  # fmt: skip
    early = seller.append(opening)
    assert early.status_code == 403
    assert "has not sealed yet" in early.json()["detail"]
    assert seller.append({**opening, "refs": []}).status_code == 403


def test_a_later_date_is_granted_by_the_other_side_only(as_: Tellers) -> None:
    def grant(
        who: str, side: str = "seller", until: str = "2026-06-30", why: str = "strike"
    ) -> Any:
        body = {"lot": LOT, "side": "seller", "contract": "s-b-1", "until": until, "reason": why}
        return as_(who).ask("POST", "/settle/exchange/extensions", json=body)

    assert grant("seller").status_code == 403
    assert grant("other").status_code in {403, 404}
    assert grant("buyer", until="2025-12-31").status_code == 422
    assert grant("buyer", why=" ").status_code == 422
    assert grant("buyer", until="soon").status_code == 422
    before = as_("seller").state()
    assert before["extensions"] == []
    assert grant("buyer").status_code == 201
    after = as_("seller").state()
    assert after["deadlines"] == {**before["deadlines"], "seller": "2026-06-30"}
    assert after["extensions"] == [{"side": "seller", "until": "2026-06-30", "reason": "strike"}]
    # It never shortens one.
    assert grant("buyer", until="2026-06-29").status_code == 422


def test_agreed_results_count_once_the_other_side_accepts(as_: Tellers) -> None:
    agreed = {
        "schema": "assay/1", "id": "agreed-1", "time": "2025-12-31T00:00:00Z", "party": "seller",
        "to_party": "buyer",
        "body": {"lot": LOT, "role": "agreed", "results": [grade("Sb", "57.11")]},
    }  # fmt: skip
    entered = as_("seller").ask("POST", "/events", json={"events": [agreed]})
    assert entered.status_code == 201, entered.text

    def accept(who: str, side: str = "buyer", event: str = "agreed-1") -> int:
        body = {"lot": LOT, "side": side, "contract": "s-b-1", "event": event}
        return as_(who).ask("POST", "/settle/exchange/acceptances", json=body).status_code

    (waiting,) = as_("buyer").state()["proposals"]
    assert (waiting["event"], waiting["party"], waiting["waits_for"]) == (
        "agreed-1", "seller", ["buyer"],
    )  # fmt: skip
    assert waiting["results"] == [{"analyte": "Sb", "value": "57.11", "unit": "%", "why": ""}]
    assert accept("seller") == 403
    assert accept("seller", side="seller") == 404
    assert accept("other") in {403, 404}
    assert accept("buyer", event="dug") == 404
    assert accept("buyer") == 201
    assert accept("buyer") == 404
    assert as_("seller").state()["proposals"] == []


def test_after_the_other_missed_its_date_one_opens_alone(as_: Tellers, clock: FixedClock) -> None:
    as_("seller").seal(MINE)
    clock.advance(timedelta(days=43))
    assert as_("seller").open(MINE).status_code == 422
    clock.advance(timedelta(days=2))
    assert as_("seller").open(MINE).status_code == 201
    (antimony,) = as_("seller").get("/settle/exchange", lot=LOT)["analytes"]
    assert (antimony["assay"], antimony["how"], antimony["late"]) == ("57.31", "default", ["buyer"])


@pytest.mark.parametrize(
    ("change", "status"),
    [({"hash": "x"}, 422), ({"side": "umpire"}, 422), ({"contract": "torn"}, 404),
     ({"lot": "seller:none"}, 404), ({"more": "x"}, 422)],
)  # fmt: skip
def test_bad_seals_are_refused(as_: Tellers, change: dict[str, str], status: int) -> None:
    body = {"lot": LOT, "side": "seller", "contract": "s-b-1", "hash": MINE.hash, **change}
    answer = as_("seller").ask("POST", "/settle/exchange/seals", json=body)
    assert answer.status_code == status, answer.text
    assert as_("none").get("/settle/exchanges")["exchanges"] == []


def test_which_contract_is_meant_is_asked(as_: Tellers) -> None:
    answer = as_("seller").ask("GET", "/settle/exchange", params={"lot": LOT})
    assert answer.status_code == 422
    assert "nobody has sealed" in answer.json()["detail"]
    told = as_("seller").get("/settle/exchange", lot=LOT, contract="s-b-1", today="2026-01-02")
    assert told["deadlines"] == {"seller": "2026-02-13", "buyer": "2026-02-13"}
    assert told["state"] == "sealed"
    assert as_("other").get("/settle/exchanges")["contracts"] == []


def test_a_hidden_contract_answers_as_one_that_is_not_there(as_: Tellers) -> None:
    """A file beside that cannot be read is told to who belongs to no party, and to nobody else."""
    other = as_("other")
    dug = {"outputs": [{"lot": "other:own", "dry": mass("1")}]}
    assert (
        other.append(dated("extract", "own", 3, dug, party="other", site="pit")).status_code == 201
    )
    for path in ("/settle/exchange", "/settle/exchange/proof"):
        said = []
        for contract in ("s-b-1", "no-such"):
            answer = other.ask("GET", path, params={"lot": "other:own", "contract": contract})
            said.append((answer.status_code, answer.text.replace(contract, "")))
        assert said[0] == said[1]
    asked = {"lot": LOT, "contract": "no-such"}
    torn = as_("none").ask("GET", "/settle/exchange", params=asked)
    assert torn.status_code == 422
    assert "torn.toml" in torn.text


def test_results_given_in_the_clear_name_no_contract(as_: Tellers) -> None:
    """No seal names one; an address made of words in its place led to a contract of that name."""
    for side in ("seller", "buyer"):
        body = {"lot": LOT, "role": side, "results": [grade("Sb", "57.1")]}
        given = dated("assay", f"clear-{side}", 25, body, party=side)
        given.pop("site")
        assert as_(side).append(given).status_code == 201
    (row,) = as_("none").get("/settle/exchanges")["exchanges"]
    assert (row["lot"], row["contract"], row["state"]) == (LOT, None, None)
