"""A quotational period is declared and accepted in the browser, and an umpire is paid."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, served, settled, watched
from playwright.sync_api import Browser, Page, expect

from oreline.api import Accounts, Role, Settings
from oreline.record import open_store, system_clock

SHIPMENT = "illus-sb-25q3-sea-dispatch"
LOT = "illus:sb-25q3-01"
PASSWORD = "antimony and bismuth"
PERIOD = '{ kind = "days", event = "arrival", days = 5, side = "after" }'
WITHIN = 'by = "buyer", declare_event = "shipment", declare_within_days ='
CHOICE = f"""
options = [
  {{ id = "later", {WITHIN} 3650, qp = {PERIOD.replace("5", "10")} }},
  {{ id = "past", {WITHIN} 1, qp = {PERIOD.replace("5", "20")} }},
]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example with a contract that leaves the period to the buyer; people sign in."""
    folder = tmp_path_factory.mktemp("declaring")
    place = str(folder / "accounts.db")
    settings = Settings(ledger="", accounts=place)
    with Accounts(place, settings, system_clock, secrets.token_bytes) as accounts:
        accounts.add_person("chief", Role.OPERATOR, password=PASSWORD)
        accounts.add_person("reader", Role.VIEWER, password=PASSWORD)
        accounts.add_person("selling", Role.OPERATOR, party="illus-operator", password=PASSWORD)
        accounts.add_person("buying", Role.OPERATOR, party="illus-buyer", password=PASSWORD)
    with served("pakistan-us", folder, "sign-in") as one:
        contracts = folder / "pakistan-us" / "contracts"
        text = (contracts / "illus-sb-2025.toml").read_text(encoding="utf-8")
        assert PERIOD in text
        text = text.replace('"illus-sb-2025"', '"optional-1"').replace(PERIOD, PERIOD + CHOICE)
        (contracts / "optional.toml").write_text(text, encoding="utf-8")
        yield one


def enter(page: Page, site: Site, name: str, path: str) -> None:
    page.goto(site.address + path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settled(page)


def seen_well(seen: Watched, name: str, width: int) -> None:
    """See that a page is for everybody and fits; keep a picture."""
    seen.keep(name)
    assert grave(seen.page) == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width + 1


STATEMENT = f"/settle/statement?contract=optional-1&shipment={SHIPMENT}&stage=provisional"
EXCHANGE = f"/settle/exchange?lot={LOT}&contract=optional-1"


def test_the_buyer_declares_and_the_seller_accepts(site: Site, chromium: Browser) -> None:
    with watched(chromium) as seen:
        enter(seen.page, site, "selling", STATEMENT)
        block = seen.page.locator("#periods")
        expect(block.locator("tbody tr")).to_have_count(3)
        expect(block).to_contain_text("illus-buyer")
        # The seller sees what each would pay, and declares nothing.
        expect(block.get_by_role("button")).to_have_count(0)
        assert seen.wrong == []
    with watched(chromium, NARROW) as seen:
        enter(seen.page, site, "buying", STATEMENT)
        block = seen.page.locator("#periods")
        # Only what is not too late has a button.
        expect(block.get_by_role("button")).to_have_count(1)
        seen_well(seen, "statement-periods", NARROW)
        block.get_by_role("button", name="Declare later of sb for illus-buyer").click()
        expect(block).to_contain_text("sb: later was declared")
        settled(seen.page)
        expect(block.get_by_role("button")).to_have_count(0)
        assert seen.wrong == []
    with watched(chromium, WIDE) as seen:
        enter(seen.page, site, "selling", STATEMENT)
        block = seen.page.locator("#periods")
        seen_well(seen, "statement-periods", WIDE)
        block.get_by_role("button", name="Accept later of sb for illus-operator").click()
        expect(block.get_by_role("button")).to_have_count(0)
        expect(block).to_contain_text("sb: later was declared")
        assert seen.wrong == []
    text = ledger_text(site)
    assert '"statement":"sb=later"' in text
    assert '"type":"period-accepted"' in text


def ledger_text(site: Site) -> str:
    with open_store(site.folder / "pakistan-us" / "ledger.db") as store:
        return "\n".join(row.data.decode() for row in store.rows())


def test_who_only_reads_declares_nothing_and_a_fixed_period_says_so(
    site: Site, chromium: Browser
) -> None:
    with watched(chromium) as seen:
        enter(seen.page, site, "reader", STATEMENT)
        expect(seen.page.locator("#periods tbody tr")).to_have_count(3)
        expect(seen.page.locator("#periods").get_by_role("button")).to_have_count(0)
        seen.go(site.address + STATEMENT.replace("optional-1", "illus-sb-2025"))
        expect(seen.page.locator("#periods")).to_contain_text("leaves a period to choose")
        seen.go(site.address + EXCHANGE)
        expect(seen.page.locator("#umpire")).to_have_count(0)
        assert seen.wrong == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_umpires_invoice_is_entered(site: Site, chromium: Browser, width: int) -> None:
    with watched(chromium, width) as seen:
        page = seen.page
        enter(page, site, "chief", EXCHANGE)
        form = page.locator("#umpire")
        expect(form).to_contain_text("optional-1: illus-operator → illus-buyer")
        button = form.get_by_role("button", name="Enter the umpire's invoice")
        button.click()
        expect(form).to_contain_text("say whom the laboratory asks to pay")
        form.get_by_label("Asked to pay").click()
        page.get_by_role("option", name="Buyer").click()
        button.click()
        expect(form).to_contain_text("say which laboratory asks")
        form.get_by_label("Laboratory").fill("illus-operator")
        form.get_by_label("Amount and currency").fill(f"{width} USD")
        button.click()
        expect(form).to_contain_text("is a party to optional-1 and not its umpire")
        form.get_by_label("Laboratory").fill("umpire-laboratory")
        seen_well(seen, "exchange-umpire", width)
        button.click()
        expect(form).to_contain_text("The invoice stands in the ledger")
        seen.keep("exchange-umpire-entered")
        assert seen.wrong == []
    assert f'"amount":"{width}"' in ledger_text(site)


def test_a_party_does_not_invoice_as_umpire(site: Site, chromium: Browser) -> None:
    with watched(chromium) as seen:
        enter(seen.page, site, "selling", EXCHANGE)
        form = seen.page.locator("#umpire")
        expect(form).to_contain_text("seller and buyer do not")
        expect(form.get_by_role("button")).to_have_count(0)
        assert seen.wrong == []
