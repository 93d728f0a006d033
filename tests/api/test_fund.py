"""Money over a server: two parties, two people, one ledger; what a party may see and do."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import PASSWORD
from starlette.testclient import TestClient
from tellers import Teller

from oreline.api import RIGHTS, Accounts, Role, Settings, create_app, open_service
from oreline.exchange import init_folder
from oreline_testing.injected import FixedClock, FixedSalts

sys.path.append(str(Path(__file__).parents[1] / "fund"))
sys.path.append(str(Path(__file__).parents[1] / "plan"))

from framework import assay, corrected, declared, permit, shipment, sites, stored
from lending import HEAD, LOAN
from plan_texts import TINY

Tellers = Callable[[str], Teller]
FIRST = {"instrument": "equity", "tranche": "first"}


@pytest.fixture
def as_(settings: Settings, salts: FixedSalts, tmp_path: Path) -> Iterator[Tellers]:
    """Serve the small framework; give who asks as ``fwo``, ``ussm``, ``other`` or ``none``."""
    chain = tmp_path / "chain"
    init_folder(chain, name="trade")
    path = chain / "ledger.db"
    secret = permit()
    stored(str(path), [*sites(), declared(), secret, *shipment(), assay()]).close()
    clock = FixedClock(datetime(2025, 12, 3, tzinfo=UTC))
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
                service.accounts.add_person(party, Role.APPROVER, party=belongs)
            token = service.accounts.add_token(party, "t", RIGHTS[Role.APPROVER], 1)
            return Teller(client, token)

        yield tell


def told(reply: httpx.Response) -> Any:
    assert reply.status_code < 300, reply.text
    return reply.json()["result"]


def post(teller: Teller, path: str, **given: str) -> httpx.Response:
    return teller.ask("POST", f"/fund/{path}", json=given)


def test_two_parties_release_and_a_correction_contests(as_: Tellers) -> None:
    (before,) = told(as_("fwo").ask("GET", "/fund"))["instruments"]
    assert [one["verdict"] for one in before["tranches"][0]["conditions"]] == ["PASS", "PASS"]
    assert told(as_("other").ask("GET", "/fund"))["instruments"] == []
    assert post(as_("other"), "releases", **FIRST).status_code == 404

    assert post(as_("fwo"), "commitments", instrument="equity", amount="500").status_code == 403
    told(post(as_("ussm"), "commitments", instrument="equity", amount="500"))
    assert post(as_("fwo"), "approvals", **FIRST, party="ussm").status_code == 403
    told(post(as_("fwo"), "approvals", **FIRST, party="fwo"))
    early = post(as_("ussm"), "releases", **FIRST)
    assert early.status_code == 409, early.text
    assert "no approval by a person of its own for ussm" in early.text
    told(post(as_("ussm"), "approvals", **FIRST, party="ussm"))
    assert post(as_("fwo"), "releases", **FIRST).status_code == 403
    done = told(post(as_("ussm"), "releases", **FIRST))
    assert done["judged"]["state"] == "ready"

    asked = {"subject": "assay", "symbol": "Sb", "value": "39.9"}
    (moved,) = told(as_("fwo").ask("GET", "/fund/what-if", params=asked))["instruments"]
    assert moved["at_risk"] == {"before": "0", "after": "200"}
    assert moved["tranches"][0]["state"] == {"before": "released", "after": "contested"}
    # Who does not see the assay may not try grades of it.
    for party in ("ussm", "other"):
        assert as_(party).ask("GET", "/fund/what-if", params=asked).status_code == 422

    told(as_("none").append(corrected("39.9")))
    (after,) = told(as_("ussm").ask("GET", "/fund"))["instruments"]
    assert (after["tranches"][0]["state"], after["at_risk"]) == ("contested", "200")
    assert after["tranches"][0]["release"] == done["event"]


def test_a_party_is_told_the_verdict_and_names_of_its_own_events_only(as_: Tellers) -> None:
    """The buyer sees that metal arrived and how much; the mill's entries stay the producer's."""
    (seen,) = told(as_("ussm").ask("GET", "/fund"))["instruments"]
    (whole,) = told(as_("none").ask("GET", "/fund"))["instruments"]
    delivered, all_delivered = (one["tranches"][0]["conditions"][0] for one in (seen, whole))
    assert delivered["parts"][0]["asked"][0]["answer"] == "5"
    assert all_delivered["cites"] == ["assay", "came", "made", "sent"]
    assert delivered["cites"] == ["came"]
    assert seen["tranches"][0]["cites_hidden"] > 0
    assert "made" not in str(seen)


EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"


def test_prices_of_related_parties_are_for_people_of_the_whole_ledger(
    as_: Tellers, tmp_path: Path
) -> None:
    office, path = as_("none"), "/fund/transfer-pricing"
    assert told(office.ask("GET", path))["transfer"] is None
    text = (EXAMPLE / "transfer-pricing.toml").read_text("utf-8")
    (tmp_path / "chain" / "transfer-pricing.toml").write_text(text)
    found = told(office.ask("GET", path))["transfer"]
    assert [one["code"] for one in found["findings"]] == ["ORL-1188", "ORL-1188"]
    assert [one["cost"] for one in found["comparables"]] == [None, None]
    assert office.ask("GET", f"{path}.xlsx").content.startswith(b"PK")
    assert told(as_("fwo").ask("GET", path))["transfer"] is None
    assert as_("fwo").ask("GET", f"{path}.csv").status_code == 404
    assert office.ask("GET", path, params={"on": "tomorrow"}).status_code == 422


def test_covenants_rest_on_the_cash_of_the_plan_where_no_table_states_any(
    as_: Tellers, tmp_path: Path
) -> None:
    office, chain = as_("none"), tmp_path / "chain"
    told(office.append(declared(LOAN, "09-02", "loan")))
    (bare,) = told(office.ask("GET", "/fund/outlook"))["instruments"]
    assert bare["forecast"] is None
    (chain / "plan.toml").write_text("years = 3\n")
    broken = told(office.ask("GET", "/fund/outlook"))
    assert [one["code"] for one in broken["findings"]] == ["ORL-1189"]
    assert broken["instruments"][0]["forecast"] is None
    (chain / "plan.toml").write_text(TINY)
    found = told(office.ask("GET", "/fund/outlook"))
    assert found["findings"] == []
    cash = found["instruments"][0]["forecast"]
    assert (cash["basis"], cash["start"][:4]) == ("planned", "2027")
    assert "the plan " in cash["source"]
    # Who belongs to a party is told the same ratios, and sees no plan.
    assert told(as_("fwo").ask("GET", "/fund/outlook"))["instruments"][0]["forecast"] == cash
    assert told(as_("fwo").ask("GET", "/plan"))["plans"] == []
    for source, codes in (
        (cash["source"], []), ("by hand", []),
        ("a plan, input 0123456789abcdef", ["ORL-1189"]),
    ):  # fmt: skip
        row = f'2026-01-01,2026-06-30,167.34,USD,planned,"{source}"\n'
        (chain / "cash-forecast.csv").write_bytes(HEAD + row.encode())
        found = told(office.ask("GET", "/fund/outlook"))
        assert [one["code"] for one in found["findings"]] == codes
        assert found["instruments"][0]["forecast"]["source"] == source


def test_what_cannot_be_is_refused_with_a_word(as_: Tellers, tmp_path: Path) -> None:
    office = as_("none")
    for name, address in (
        ("benefit", "benefit"), ("project", "programmes"),
        ("transfer-pricing", "transfer-pricing"),
    ):  # fmt: skip
        (tmp_path / "chain" / f"{name}.toml").write_bytes('title = "Sb \u2013 Nd"'.encode("cp1252"))
        refused = office.ask("GET", f"/fund/{address}")
        assert refused.status_code == 422
        assert "save it as UTF-8" in refused.text
    assert post(office, "commitments", instrument="equty", amount="1").status_code == 404
    assert post(office, "releases", instrument="equity", tranche="third").status_code == 404
    assert post(office, "commitments", instrument="equity", amount="-1").status_code == 422
    assert post(office, "approvals", **FIRST, party="lab").status_code == 422
    assert office.ask("GET", "/fund", params={"on": "tomorrow"}).status_code == 422
    words = told(office.ask("GET", "/fund/words"))["words"]
    assert {"received_t", "permit", "spent"} <= {one["name"] for one in words}
