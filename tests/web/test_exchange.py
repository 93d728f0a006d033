"""Two laboratories exchange their results in the browser, and the server never sees them early."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import NARROW, Site, Watched, grave, served, settled, watched
from playwright.sync_api import Browser, expect

from oreline.record import open_store
from oreline.settle import read_secret

LOT = "illus:sb-25q3-01"
CONTRACT = """
id = "browser-1"
title = "Antimony concentrate"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["sb-conc"]
currency = "USD"
basis = "assumed"
source = "test"

[assays]
rule = "exchange"
umpire = "between_or_nearer"
limits = [
  { analyte = "Sb", limit = "0.50 %", rounding = { to = "0.01" } },
  { analyte = "As", limit = "0.05 %" },
]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example whose folder has a contract."""
    folder = tmp_path_factory.mktemp("exchange")
    with served("pakistan-us", folder) as one:
        contracts = folder / "pakistan-us" / "contracts"
        contracts.mkdir(exist_ok=True)
        (contracts / "browser.toml").write_text(CONTRACT, encoding="utf-8")
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def ledger_text(site: Site) -> str:
    with open_store(site.folder / "pakistan-us" / "ledger.db") as store:
        return "\n".join(row.data.decode() for row in store.rows())


def seal(seen: Watched, side: str, antimony: str, arsenic: str, folder: Path) -> Path:
    """Type results, keep the file, and enter the seal."""
    page = seen.page
    part = page.locator(f"#seal-{side}")
    part.get_by_label("Sb, %").fill(antimony)
    part.get_by_label("As, %").fill(arsenic)
    part.get_by_label("Laboratory").fill(f"laboratory of the {side}")
    with page.expect_download() as download:
        part.get_by_role("button", name="Make the seal").click()
    kept = folder / download.value.suggested_filename
    download.value.save_as(kept)
    part.get_by_role("button", name="I have the file: seal it").click()
    expect(page.locator(f"#open-{side}")).to_be_visible()
    settled(page)
    return kept


def test_an_exchange_in_the_browser(site: Site, seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(str(data))))
    seen.go(f"{site.address}/lots/{LOT}")
    page.get_by_role("link", name="Exchange of assays").last.click()
    settled(page)
    expect(page.get_by_text("which contract?")).not_to_have_count(0)
    page.get_by_label("Contract").select_option("browser-1")
    page.get_by_role("button", name="Show").click()
    settled(page)
    kept = {"seller": seal(seen, "seller", "57.313", "0.211", tmp_path)}
    expect(page.locator("#open-seller")).to_contain_text("the buyer has not sealed yet")
    kept["buyer"] = seal(seen, "buyer", "56.974", "0.2", tmp_path)
    # Neither what was sent nor what was written holds a result; the file does.
    assert "57.313" not in "".join(sent) + ledger_text(site)
    text = kept["seller"].read_text(encoding="utf-8").removesuffix("\n")
    made = read_secret(text)
    assert made.hash == hashlib.sha256(b"oreline-assay-seal/1\n" + text.encode()).hexdigest()
    assert made.hash in ledger_text(site)
    assert json.loads(text)["assay"]["laboratory"] == "laboratory of the seller"
    for side, file in kept.items():
        page.locator(f"#open-{side} input[type=file]").set_input_files(file)
        expect(page.locator(f"#open-{side}")).to_have_count(0)
        settled(page)
    # (57.313 + 56.974) / 2 = 57.1435, and 0.2055 without rounding.
    expect(page.locator("#state")).to_contain_text("57.14 %")
    expect(page.locator("#state")).to_contain_text("0.2055 %")
    expect(page.locator("#proof")).to_contain_text("PROVED: neither could have seen")
    seen.keep("exchange")
    assert grave(page) == []
    seen.go(f"{site.address}/settle/exchange")
    expect(page.locator(".sheet")).to_contain_text("nothing against it")


DATED = """
id = "dated-1"
title = "Antimony concentrate, with dates"
seller = "illus-operator"
buyer = "illus-buyer"
materials = ["sb-conc"]
currency = "USD"
basis = "reported"
source = "E-04"

[assays]
rule = "exchange"
deadline_days = 45
deadline_from = "shipment"
umpire = "middle"
limits = [{ analyte = "Sb", limit = "0.50 %", rounding = { to = "0.01" } }]
"""
AGREED_LOT = "illus:sb-25q3-02"


def agreed_assay() -> dict[str, Any]:
    grade = {"analyte": "Sb", "value": "57.05", "unit": "%", "basis": "measured"}
    return {
        "schema": "assay/1",
        "id": "agreed-in-the-browser",
        "time": "2025-12-30T00:00:00Z",
        "actor": "clerk",
        "party": "illus-operator",
        "to_party": "illus-buyer",
        "body": {"lot": AGREED_LOT, "role": "agreed", "results": [grade]},
    }


def test_a_later_date_is_granted_and_agreed_results_are_accepted(
    site: Site, chromium: Browser
) -> None:
    chain = site.folder / "pakistan-us"
    (chain / "contracts" / "dated.toml").write_text(DATED, encoding="utf-8")
    sent = {
        "schema": "dispatch/1",
        "id": "sent-in-the-browser",
        "time": "2025-12-20T00:00:00Z",
        "actor": "clerk",
        "party": "illus-operator",
        "to_party": "illus-buyer",
        "body": {"lots": [{"lot": AGREED_LOT}], "mode": "sea"},
    }
    with open_store(chain / "ledger.db") as store:
        store.append([sent, agreed_assay()])
    with watched(chromium, 1280) as seen:
        page = seen.page
        seen.go(f"{site.address}/settle/exchange?lot={AGREED_LOT}&contract=dated-1")
        state = page.locator("#state")
        expect(state).to_contain_text("dated-1: Antimony concentrate, with dates")
        expect(state).to_contain_text("E-04")
        grant = page.locator("#extend-buyer")
        expect(grant).to_contain_text("Until now ")
        grant.get_by_role("button", name="Grant").click()
        expect(grant).to_contain_text("say until which day")
        grant.get_by_label("Until, that day included").fill("2027-05-06")
        grant.get_by_label("Why it is justified").fill("laboratory on strike")
        seen.keep("exchange-later-date")
        grant.get_by_role("button", name="Grant").click()
        expect(page.locator("#state")).to_contain_text("2027-05-06, laboratory on strike")
        settled(page)
        # What the seller proposed waits for the buyer, not for the seller.
        expect(page.locator("[id^=accept-seller]")).to_have_count(0)
        accept = page.locator("[id^=accept-buyer]")
        expect(accept).to_contain_text("57.05 %")
        accept.get_by_role("button", name="Accept").click()
        expect(page.locator("[id^=accept-buyer]")).to_have_count(0)
        settled(page)
        # Both stand by what was agreed: there is nothing left to seal.
        expect(page.locator("[id^=seal-]")).to_have_count(0)
        seen.keep("exchange-accepted")
        assert seen.wrong == []
    with watched(chromium, NARROW) as seen:
        seen.go(f"{site.address}/settle/exchange?lot={AGREED_LOT}&contract=dated-1")
        empty = "[...document.querySelectorAll('.cards td')].filter("
        empty += "(cell) => !cell.textContent && cell.offsetHeight).length"
        assert seen.page.evaluate(empty) == 0
        wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert int(seen.page.evaluate(wide)) <= 0
        seen.keep("exchange-dated")
        seen.go(f"{site.address}/settle/exchange?lot={LOT}&contract=browser-1")
        expect(seen.page.locator("#state")).to_contain_text("The terms are assumed")
        seen.keep("exchange-assumed")
        assert seen.wrong == []


def test_results_that_are_no_numbers_make_no_seal(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    with watched(chromium, NARROW) as seen:
        seen.go(f"{site.address}/settle/exchange?lot=illus:sb-25q3-02&contract=browser-1")
        part = seen.page.locator("#seal-seller")
        part.get_by_role("button", name="Make the seal").click()
        expect(part).to_contain_text("Write at least one result.")
        part.get_by_label("Sb, %").fill("57,3")
        part.get_by_role("button", name="Make the seal").click()
        expect(part).to_contain_text("Sb: write digits with a decimal point")
        seen.keep("exchange-form")
        wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert int(seen.page.evaluate(wide)) <= 0
        assert seen.wrong == []
