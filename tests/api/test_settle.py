"""Statements over a server: from a contract's file and the ledger's events to the invoice."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from served import PASSWORD
from shipped import SHIPMENT, assay, percent, terms
from starlette.testclient import TestClient
from tellers import Teller

from oreline.api import RIGHTS, Accounts, Role, Settings, create_app, open_service
from oreline.exchange import init_folder
from oreline.record import create_store
from oreline.settle import contract_text
from oreline_testing.injected import FixedClock, FixedSalts

Tellers = Callable[[str], Teller]
ASKED = {"contract": "cu-1", "shipment": "by-sea"}
PROVISIONAL = {**ASKED, "stage": "provisional", "on": "2025-10-02"}
FINAL = {**ASKED, "stage": "final", "on": "2025-12-20"}


def shared(event: dict[str, Any]) -> dict[str, Any]:
    """Address an event to the other party, so that both see the sale."""
    return {"to_party": {"fwo": "ussm", "ussm": "fwo"}[event["party"]], **event}


@pytest.fixture
def more() -> list[dict[str, Any]]:
    """Return what the ledger holds besides the shipment."""
    return []


@pytest.fixture
def as_(
    settings: Settings,
    clock: FixedClock,
    salts: FixedSalts,
    tmp_path: Path,
    more: list[dict[str, Any]],
) -> Iterator[Tellers]:
    """Serve a shipment under a contract; give who asks as ``fwo``, ``ussm``, ``other``, ..."""
    chain = tmp_path / "chain"
    init_folder(chain, name="trade")
    (chain / "contracts" / "cu.toml").write_text(contract_text(terms()))
    path = chain / "ledger.db"
    with create_store(path, {"id": "l", "tense": "actual"}, clock=clock, salt=salts) as store:
        store.append(sorted([*map(shared, SHIPMENT), *more], key=lambda one: one["time"]))
    guarded = replace(settings, ledger=str(path), chain=chain, sign_in=True)
    with Accounts(guarded.accounts, guarded, clock, secrets.token_bytes) as accounts:
        accounts.add_person("first", Role.ADMIN, password=PASSWORD)
    service = open_service(guarded, clock=clock, salt=salts)
    known: set[str] = set()
    with TestClient(create_app(service), base_url="http://localhost") as client:

        def tell(party: str) -> Teller:
            if party not in known:
                known.add(party)
                belongs = None if party == "none" else party
                service.accounts.add_person(party, Role.OPERATOR, party=belongs)
            token = service.accounts.add_token(party, "t", RIGHTS[Role.OPERATOR], 1)
            return Teller(client, token)

        yield tell


def told(reply: httpx.Response) -> Any:
    assert reply.status_code < 300, reply.text
    return reply.json()["result"]


def test_contracts_come_with_their_shipments(as_: Tellers) -> None:
    found = told(as_("none").ask("GET", "/settle/contracts"))
    (terms_,) = found["contracts"]
    assert (terms_["id"], terms_["stages"]) == ("cu-1", ["provisional", "final"])
    (shipment,) = terms_["shipments"]
    assert (shipment["shipment"], shipment["shipped"]) == ("by-sea", "2025-09-28")
    assert shipment["invoiced"] == []
    words = told(as_("none").ask("GET", "/settle/contract", params={"contract": "cu-1"}))
    assert {"subject": "Cu paid", "text": "96 % of the content; at price lme", "clause": ""} in (
        words["clauses"]
    )
    assert 'seller = "fwo"' in words["text"]


def test_a_statement_says_what_each_line_rests_on(as_: Tellers) -> None:
    found = told(as_("none").ask("GET", "/settle/statement", params=PROVISIONAL))
    # 37.16 t dry × 26.00 % × 96 % × 9,000 USD/t
    assert found["statement"]["net_value"] == "83476.22"
    assert found["statement"]["due"] == "75128.60"
    (line,) = [one for one in found["statement"]["lines"] if one["kind"] == "payable"]
    evidence = {name for one in line["inputs"] for name in one["evidence"]}
    assert "seller-assay" in evidence or any("seller" in name for name in evidence)
    assert found["before"] is None


def test_from_provisional_to_final_the_effects_sum_to_the_cent(as_: Tellers) -> None:
    found = told(as_("ussm").ask("GET", "/settle/change", params=FINAL))
    steps = {one["effect"]: Decimal(one["amount"]) for one in found["steps"]}
    assert list(steps) == ["weight", "assay", "price", "charge"]
    difference = Decimal(found["after_value"]) - Decimal(found["before_value"])
    assert sum(steps.values()) == difference == Decimal(found["difference"])
    # Discharge weights, and the mean of both assays: less of both.
    assert steps["assay"] < 0
    assert steps["price"] == 0


def test_an_invoice_enters_once_and_the_next_stage_takes_it_off(as_: Tellers) -> None:
    seller = as_("fwo")
    first = told(seller.ask("GET", "/settle/statement", params=PROVISIONAL))
    wanted = {**PROVISIONAL, "hash": first["hash"]}
    told(seller.ask("POST", "/settle/invoices", json=wanted))
    again = told(seller.ask("GET", "/settle/statement", params=PROVISIONAL))
    assert again["hash"] == first["hash"]
    assert again["invoice"]
    twice = seller.ask("POST", "/settle/invoices", json=wanted)
    assert twice.status_code == 422
    assert "was invoiced at this stage" in twice.text
    last = told(seller.ask("GET", "/settle/statement", params=FINAL))
    assert last["statement"]["paid_before"] == first["statement"]["due"]
    told(seller.ask("POST", "/settle/invoices", json={**FINAL, "hash": last["hash"]}))
    twice = seller.ask("POST", "/settle/invoices", json={**FINAL, "hash": last["hash"]})
    assert twice.status_code in {409, 422}
    assert "ORL-0207" in twice.text
    open_ = told(seller.ask("GET", "/settle/exposure"))
    assert open_["exposures"] == []


def test_a_statement_that_changed_is_not_invoiced(as_: Tellers) -> None:
    reply = as_("fwo").ask("POST", "/settle/invoices", json={**FINAL, "hash": "0" * 64})
    assert reply.status_code == 422
    assert "has changed since it was shown" in reply.text


def test_the_buyer_writes_no_invoice_and_strangers_see_nothing(as_: Tellers) -> None:
    seen = told(as_("ussm").ask("GET", "/settle/statement", params=FINAL))
    reply = as_("ussm").ask("POST", "/settle/invoices", json={**FINAL, "hash": seen["hash"]})
    assert reply.status_code == 403
    stranger = as_("other")
    assert told(stranger.ask("GET", "/settle/contracts"))["contracts"] == []
    for path in ("contract", "statement", "change", "risk", "statement.pdf", "statement.csv"):
        hidden = stranger.ask("GET", f"/settle/{path}", params=FINAL)
        missing = stranger.ask("GET", f"/settle/{path}", params={**FINAL, "contract": "nope"})
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace("cu-1", "nope").count("nope") == missing.text.count("nope")


def test_without_a_contract_nothing_is_settled(as_: Tellers) -> None:
    found = told(as_("none").ask("GET", "/settle/statement", params={"shipment": "by-sea"}))
    assert found["statement"]["status"] == "NOT SETTLED"
    assert found["statement"]["net_value"] is None
    assert {one["where"] for one in found["statement"]["missing"]} >= {"weight", "assays", "prices"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"stage": "final", "on": "2025-13-01"}, "is no day"),
        ({"shipment": "nowhere"}, "no shipment nowhere"),
    ],
)
def test_a_wrong_question_is_told(as_: Tellers, asked: dict[str, str], said: str) -> None:
    reply = as_("none").ask("GET", "/settle/statement", params={**ASKED, **asked})
    assert reply.status_code == 422
    assert said in reply.text


def test_files_hold_the_statement(as_: Tellers) -> None:
    someone = as_("none")
    seen = told(someone.ask("GET", "/settle/statement", params=FINAL))
    net = seen["statement"]["net_value"]
    pdf = someone.ask("GET", "/settle/statement.pdf", params=FINAL)
    assert pdf.content.startswith(b"%PDF-")
    named = "-".join(("statement", FINAL["contract"], FINAL["shipment"], "final"))
    assert f'"{named}' in pdf.headers["content-disposition"]
    assert pdf.content == someone.ask("GET", "/settle/statement.pdf", params=FINAL).content
    book = someone.ask("GET", "/settle/statement.xlsx", params=FINAL).content
    sheets = pl.read_excel(io.BytesIO(book), sheet_id=0, has_header=False, infer_schema_length=0)
    cells = {str(cell) for sheet in sheets.values() for row in sheet.rows() for cell in row}
    assert net in cells
    table = pl.read_csv(
        someone.ask("GET", "/settle/statement.csv", params=FINAL).content, infer_schema=False
    )
    assert sum(Decimal(one) for one in table["amount"]) == Decimal(net)
    columns = pl.read_parquet(someone.ask("GET", "/settle/statement.parquet", params=FINAL).content)
    assert columns["amount"].to_list() == table["amount"].to_list()


def test_risk_names_what_states_no_uncertainty_and_plays_the_rest(as_: Tellers) -> None:
    found = told(as_("none").ask("GET", "/settle/risk", params={**FINAL, "trials": 50}))
    assert found["spread"]["u"] is not None or found["spread"]["unstated"]
    assert found["trials"]["trials"] == 50
    (copper,) = [one for one in found["umpire"] if one["analyte"] == "Cu"]
    assert 0 < Decimal(copper["probability"]) < Decimal("0.01")
    too_many = as_("none").ask("GET", "/settle/risk", params={**FINAL, "trials": 10**6})
    assert too_many.status_code == 422


UMPIRED = {
    "rule": "exchange", "umpire": "binding", "umpire_cost": "further_pays", "clause": "6.4",
    "limits": [{"analyte": "Cu", "limit": "0.05 %"}], "umpire_laboratories": ["lab"],
}  # fmt: skip
FEE = {
    "lot": "fwo:CU-1", "contract": "cu-1", "laboratory": "lab", "to": "buyer",
    "amount": "450 USD", "analytes": ["Cu"], "document": "AK-77",
}  # fmt: skip


def declared(assays: dict[str, Any]) -> dict[str, Any]:
    text = contract_text(terms(assays=assays))
    body = {"type": "contract", "id": "cu-1", "data": {"terms": text}}
    return {
        "schema": "declare/1", "id": "terms", "time": "2025-09-01T00:00:00Z", "actor": "clerk",
        "party": "fwo", "to_party": "ussm", "body": body,
    }  # fmt: skip


UMPIRES = {
    **assay("umpire", "11-25", [percent("Cu", "25.20")]),
    "to_party": "fwo",
    "extra": {"settle.contract": "cu-1"},
}


@pytest.mark.parametrize("more", [[declared(UMPIRED), UMPIRES]])
def test_the_umpire_costs_both_parties_the_same(as_: Tellers) -> None:
    """The laboratory enters result and invoice once; both statements carry the same line."""
    refused = as_("ussm").ask("POST", "/settle/exchange/fees", json=FEE)
    assert refused.status_code == 403
    assert "enters its own invoice" in refused.text
    wrong = as_("none").ask("POST", "/settle/exchange/fees", json={**FEE, "laboratory": "ussm"})
    assert wrong.status_code == 422
    told(as_("none").ask("POST", "/settle/exchange/fees", json=FEE))
    params = {**FINAL, "on": "2026-12-31"}
    seen = [
        told(as_(who).ask("GET", "/settle/statement", params=params)) for who in ("fwo", "ussm")
    ]
    assert seen[0]["hash"] == seen[1]["hash"]
    (line,) = [one for one in seen[1]["statement"]["lines"] if one["kind"] == "umpire"]
    # The seller's 26.00 % lies further from 25.20 than the buyer's 25.90 %, whom the lab asked.
    assert (line["amount"], line["clause"]) == ("-450.00", "6.4")
    assert told(as_("other").ask("GET", "/settle/contracts"))["contracts"] == []


def test_another_assay_moves_money_for_those_who_may_see_it(as_: Tellers) -> None:
    asked = {"subject": "assay-buyer-fwo:CU-1", "symbol": "Cu", "value": "26.00",
             "on": "2025-12-20"}  # fmt: skip
    found = told(as_("ussm").ask("GET", "/settle/what-if", params=asked))
    (final,) = found["statements"]
    # Half of 0.1 % of 37.178 t × 96 % × 9,000 USD/t: the other half of the mean stays.
    assert (final["stage"], final["difference"]) == ("final", "160.61")
    assert final["lines"][0]["line"] == "payable-Cu"
    assert told(as_("none").ask("GET", "/settle/what-if", params=asked)) == found
    hidden = as_("other").ask("GET", "/settle/what-if", params=asked)
    missing = as_("other").ask("GET", "/settle/what-if", params={**asked, "subject": "none"})
    assert hidden.status_code == missing.status_code == 422
    assert "payable" not in hidden.text


def test_an_invoice_says_of_which_day_it_is_and_when_it_is_stale(as_: Tellers) -> None:
    seller = as_("fwo")
    first = told(seller.ask("GET", "/settle/statement", params=PROVISIONAL))
    told(seller.ask("POST", "/settle/invoices", json={**PROVISIONAL, "hash": first["hash"]}))
    asked = {"subject": "assay-seller-fwo:CU-1", "symbol": "Cu", "value": "26.10",
             "on": "2025-12-20"}  # fmt: skip
    found = told(seller.ask("GET", "/settle/what-if", params=asked))
    (invoice,) = found["invoices"]
    # 37.16 t loaded × 0.1 % × 96 % × 9,000 USD/t, 90 % of it.
    assert (invoice["day"], invoice["standing"]) == ("2025-10-02", "stale")
    assert invoice["difference"] == "288.96"
    seen = told(seller.ask("GET", "/settle/statement", params=PROVISIONAL))
    assert seen["standing"] == "stands"


MONTHS = {"kind": "month", "event": "arrival"}
BY_THE_BUYER = {
    "id": "m2", "by": "buyer", "qp": {**MONTHS, "offset": 2}, "declare_event": "shipment",
    "declare_within_days": 365,
}  # fmt: skip
OPTIONAL = terms(
    prices=[
        {
            "id": "lme", "series": "lme-cu", "provisional": "last_published",
            "qp": {**MONTHS, "offset": 1}, "options": [BY_THE_BUYER],
        }
    ]
)  # fmt: skip


def test_the_buyer_declares_a_period_and_both_see_it(as_: Tellers, tmp_path: Path) -> None:
    (tmp_path / "chain/contracts/cu.toml").write_text(contract_text(OPTIONAL))
    told_ = {**ASKED, "period": "lme=m2", "side": "buyer"}
    assert as_("fwo").ask("POST", "/settle/periods", json=told_).status_code == 403
    not_theirs = as_("none").ask("POST", "/settle/periods", json={**told_, "side": "seller"})
    assert not_theirs.status_code == 422
    assert "which the buyer, ussm, may declare" in not_theirs.text
    forged = {
        "schema": "attest/1", "id": "x", "time": "2025-12-01T00:00:00Z", "party": "ussm",
        "extra": {"settle.contract": "cu-1"},
        "body": {"type": "period-declared", "subject": "by-sea", "issuer": "ussm",
                 "statement": "lme=m2"},
    }  # fmt: skip
    assert as_("fwo").ask("POST", "/events", json={"events": [forged]}).status_code == 403
    told(as_("ussm").ask("POST", "/settle/periods", json=told_))
    again = as_("ussm").ask("POST", "/settle/periods", json=told_)
    assert again.status_code == 422
    for who in ("fwo", "ussm"):
        seen = told(as_(who).ask("GET", "/settle/periods", params={**ASKED, "on": "2026-12-31"}))
        assert seen["declared"]["lme"]["option"] == "m2"
        # The buyer has declared it: only the seller can accept the day that it says.
        assert seen["declared"]["lme"]["waits_for"] == "fwo"
        assert [one["option"] for one in seen["periods"]] == ["", "m2"]
    stranger = as_("other").ask("GET", "/settle/periods", params=ASKED)
    assert stranger.status_code == 404
    accepting = {"event": seen["declared"]["lme"]["event"], "party": "fwo"}
    told(as_("fwo").ask("POST", "/settle/periods/acceptances", json=accepting))
    seen = told(as_("ussm").ask("GET", "/settle/periods", params={**ASKED, "on": "2026-12-31"}))
    assert seen["declared"]["lme"]["waits_for"] is None
    missing = as_("fwo").ask(
        "POST", "/settle/periods/acceptances", json={"event": "no", "party": "fwo"}
    )
    assert missing.status_code in {404, 422}
