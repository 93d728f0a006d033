"""People who sign in, in a real browser: the door, what a role may, what a party sees."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from axe_core_python.sync_playwright import Axe
from browsing import Site, Watched, served, settled, watched
from playwright.sync_api import Browser, expect

from oreline.api import Accounts, Role, Settings
from oreline.record import system_clock

PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example to three people."""
    folder = tmp_path_factory.mktemp("door")
    place = str(folder / "accounts.db")
    settings = Settings(ledger="", accounts=place)
    with Accounts(place, settings, system_clock, secrets.token_bytes) as accounts:
        accounts.add_person("chief", Role.ADMIN, password=PASSWORD)
        accounts.add_person("audrey", Role.AUDITOR, password=PASSWORD)
        accounts.add_person("clerk", Role.OPERATOR, party="illus-buyer", password=PASSWORD)
    with served("pakistan-us", folder, "sign-in") as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page in a profile of its own."""
    with watched(chromium) as one:
        yield one


def come_in(seen: Watched, site: Site, name: str, path: str = "/lots") -> None:
    seen.page.goto(site.address + path)
    seen.page.get_by_label("Name").fill(name)
    seen.page.get_by_label("Password").fill(PASSWORD)
    seen.page.get_by_role("button", name="Sign in").click()
    settled(seen.page)


def lots_counted(seen: Watched) -> int:
    count = seen.page.locator("#lot-count")
    expect(count).to_contain_text("lots")
    return int(count.inner_text().split()[0].replace(",", ""))


def test_the_door_leads_to_where_one_wanted(site: Site, seen: Watched) -> None:
    page = seen.page
    page.goto(f"{site.address}/balance?element=Cu")
    expect(page).to_have_url(f"{site.address}/sign-in?next=%2Fbalance%3Felement%3DCu")
    found = Axe().run(page)
    assert [item["id"] for item in found["violations"]] == []
    seen.keep("door")
    page.get_by_label("Name").fill("chief")
    page.get_by_label("Password").fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("the name or the password is wrong")
    page.get_by_label("Name").fill("chief")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settled(page)
    expect(page).to_have_url(f"{site.address}/balance?element=Cu")
    expect(page.get_by_role("link", name="People", exact=True)).to_be_visible()


def test_a_party_sees_its_lots_and_the_country_they_came_from(site: Site, seen: Watched) -> None:
    come_in(seen, site, "clerk")
    own = lots_counted(seen)
    assert 0 < own < 400
    page = seen.page
    expect(page.get_by_role("link", name="People", exact=True)).to_have_count(0)
    page.goto(f"{site.address}/lots/illus:sb-25q3-01?element=Sb&level=country")
    settled(page)
    expect(page.locator("#origins")).to_contain_text("PK")
    expect(page.locator("body")).not_to_contain_text("illus-mine-sb")
    page.goto(f"{site.address}/lots/illus:sb-conc")
    settled(page)
    expect(page.get_by_role("alert")).to_contain_text("no lot illus:sb-conc in this ledger")
    page.goto(f"{site.address}/people")
    settled(page)
    expect(page.get_by_text("You may not do this")).to_be_visible()
    seen.keep("party")
    assert seen.wrong == []


def test_an_auditor_sees_all_and_writes_nothing(site: Site, seen: Watched) -> None:
    come_in(seen, site, "audrey")
    assert lots_counted(seen) > 2_900
    page = seen.page
    page.goto(f"{site.address}/record")
    settled(page)
    expect(page.get_by_role("link", name="New entry")).to_have_count(0)
    expect(page.get_by_text("Entries, the latest first")).to_be_visible()
    page.goto(f"{site.address}/verify")
    settled(page)
    expect(page.get_by_role("button", name="Sign a checkpoint and download it")).to_be_visible()


def test_whoever_signs_out_is_out(site: Site, seen: Watched) -> None:
    come_in(seen, site, "chief", "/ask")
    page = seen.page
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{site.address}/sign-in")
    page.goto(f"{site.address}/ask")
    expect(page.get_by_label("Password")).to_be_visible()


def test_an_administrator_lets_somebody_in(site: Site, seen: Watched) -> None:
    come_in(seen, site, "chief", "/people")
    page = seen.page
    page.get_by_label("Name to sign in with; it stands in the ledger").fill("newcomer")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("rowheader", name="newcomer")).to_be_visible()
    page.goto(f"{site.address}/record?part=log")
    settled(page)
    row = page.get_by_role("row", name=re.compile("attest .*chief"))
    expect(row.first).to_be_visible()


def test_a_store_that_cannot_be_asked_is_told_and_comes_back(site: Site, seen: Watched) -> None:
    come_in(seen, site, "chief")
    page = seen.page
    with closing(sqlite3.connect(site.folder / "accounts.db")) as store:
        store.execute("ALTER TABLE app_session RENAME TO away")
        answer = page.goto(f"{site.address}/balance")
        assert answer is not None
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        expect(page.get_by_text("Load the page again in a moment")).to_be_visible()
        page.goto(f"{site.address}/sign-in")
        page.get_by_label("Name").fill("chief")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("try again in a moment")
        store.execute("ALTER TABLE away RENAME TO app_session")
    page.goto(f"{site.address}/balance")
    settled(page)
    expect(page.get_by_role("heading", name="Balance", exact=True)).to_be_visible()
