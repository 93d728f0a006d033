"""A tranche of the example is released by the ledger, and refused when an assay comes down."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from browsing import NARROW, WIDE, Site, Watched, served, settled, watched
from playwright.sync_api import Browser, Locator, Page, expect

from oreline.api import Accounts, Role, Settings
from oreline.record import open_store, system_clock

PASSWORD = "antimony and bismuth"
ASSAY = "/assay?event=illus-sb-25q3-assay-seller&symbol=Sb&value=48"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the example to the two partners, a stranger, and somebody who writes for all."""
    folder = tmp_path_factory.mktemp("funding")
    place = str(folder / "accounts.db")
    settings = Settings(ledger="", accounts=place)
    with Accounts(place, settings, system_clock, secrets.token_bytes) as accounts:
        accounts.add_person("giver", Role.APPROVER, party="illus-buyer", password=PASSWORD)
        accounts.add_person("taker", Role.APPROVER, party="illus-operator", password=PASSWORD)
        accounts.add_person("stranger", Role.APPROVER, party="illus-inspector", password=PASSWORD)
        accounts.add_person("chief", Role.APPROVER, password=PASSWORD)
    with served("pakistan-us", folder, "sign-in") as one:
        yield one


def enter(seen: Watched, site: Site, name: str, path: str = "/fund") -> Page:
    page = seen.page
    page.goto(site.address + path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    settled(page)
    return page


def tranche(page: Page, title: str) -> Locator:
    return page.locator(".tranche").filter(has_text=title)


def seen_well(seen: Watched, name: str, width: int) -> None:
    seen.keep(name)
    found = Axe().run(seen.page)["violations"]
    grave = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in grave] == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width + 1
    assert seen.wrong == []


def covenants_seen(page: Page) -> None:
    # The loan beside it: its covenants on the cash that the plan leaves.
    outlook = page.locator("#outlook")
    cover = outlook.locator("summary").filter(has_text="Cash covers the debt service")
    expect(cover).to_be_visible()
    expect(outlook.locator(".verdict")).to_have_text(["PASS", "PASS"])
    cover.click()
    expect(outlook).to_contain_text("least DSCR 5.4305 in the period to 2031-07-01")


def office_seen(page: Page, site: Site) -> None:
    """See the other parts of the page, and that its files are given."""
    office = page.locator("#office")
    expect(office).to_contain_text("Process design of the copper mill")
    expect(page.locator("#permits")).to_contain_text("no permit names the phase refineries")
    expect(page.get_by_label("Phases on a time line")).to_contain_text("Next tranche")
    benefit = page.locator("#benefit")
    # What stays of each stage, and its foreign exchange.
    expect(benefit.locator("tbody tr")).to_have_count(6)
    expect(benefit).to_contain_text("14,544,750")
    expect(benefit).to_contain_text("9,669,825")
    offtake = page.locator("#programmes tbody tr").filter(has_text="Supply Chain Resiliency")
    expect(offtake.locator(".verdict")).to_have_text("unknown")
    expect(offtake).to_contain_text("not stated: us_offtake_signed")
    for path, begins in (
        ("pack.pdf", b"%PDF"), ("status.xlsx", b"PK"),
        ("books.beancount?instrument=illus-loan", b"option"),
    ):  # fmt: skip
        given = page.request.get(f"{site.address}/api/v1/fund/{path}")
        assert given.ok, path
        assert given.body().startswith(begins), path


PILOT, FULL = "Drilling and pilot plants", "Concentrators at full size"


def test_released_by_the_ledger_alone_and_refused_when_an_assay_comes_down(
    site: Site, chromium: Browser
) -> None:
    with watched(chromium, NARROW) as seen:
        page = enter(seen, site, "taker")
        expect(tranche(page, PILOT)).to_contain_text("only 0 USD of what is committed")
        covenants_seen(page)
        # Who takes the money commits none; he approves for his own party.
        expect(page.get_by_role("button", name="Commit")).to_have_count(0)
        for name in ("exploration", "beneficiation"):
            page.get_by_role("button", name=f"Approve {name} for illus-operator").click()
            expect(page.get_by_role("button", name=f"Approve {name}")).to_have_count(0)
            settled(page)
        # Having approved for his own party, nobody is asked to approve for the other.
        expect(tranche(page, PILOT)).to_contain_text("the other approval is another person's")
        office_seen(page, site)
        seen_well(seen, "fund-narrow", NARROW)
    with watched(chromium, WIDE) as seen:
        page = enter(seen, site, "giver")
        equity = page.locator("#instrument-illus-equity")
        equity.get_by_label("Commit, in USD").fill("500000000")
        equity.get_by_role("button", name="Commit").click()
        expect(equity.locator(".tiles")).to_contain_text("Committed500,000,000 USD")
        for name in ("exploration", "beneficiation"):
            page.get_by_role("button", name=f"Approve {name} for illus-buyer").click()
            expect(page.get_by_role("button", name=f"Approve {name}")).to_have_count(0)
            settled(page)
        page.get_by_role("button", name="Release 40,000,000 USD").click()
        expect(tranche(page, PILOT)).to_contain_text("Released by")
        settled(page)
        expect(equity.locator(".tiles")).to_contain_text("Released40,000,000 USD")
        deliveries = tranche(page, FULL)
        expect(deliveries.get_by_text("PASS")).to_have_count(2)
        deliveries.get_by_text("have arrived").click()
        expect(deliveries).to_contain_text('received_t("Sb", "illus-buyer-plant")')
        expect(deliveries).to_contain_text("241.435539873")
        release = deliveries.get_by_role("button", name="Release 120,000,000 USD")
        expect(release).to_be_visible()
        seen_well(seen, "fund", WIDE)

        # While the giver looks at his page, the laboratory's certificate is corrected downward.
        with watched(chromium) as other:
            corrected = enter(other, site, "chief", ASSAY)
            moves = corrected.locator("#tranches")
            expect(moves).to_contain_text("PASS → FAIL")
            expect(moves).to_contain_text("241.435539873")
            seen_well(other, "fund-moves", WIDE)
            corrected.get_by_label("Reason", exact=True).fill("Read from the wrong line.")
            corrected.get_by_role("button", name="Correct the assay").click()
            expect(corrected.get_by_text("Corrected by")).to_be_visible()
        release.click()
        expect(deliveries).to_contain_text('delivered does not hold: received_t("Sb"')
        page.reload()
        settled(page)
        expect(tranche(page, FULL).get_by_text("FAIL")).to_be_visible()
        expect(page.get_by_role("button", name="Release")).to_have_count(0)
        seen.keep("fund-refused")
    with open_store(site.folder / "pakistan-us" / "ledger.db") as store:
        money = [one for one in map(store.event, _ids(store)) if one["schema"] == "money/1"]
        releases = [one for one in money if one["body"]["type"] == "release"]
        assert [one["body"]["tranche"] for one in releases] == ["exploration"]
        assert len(releases[0]["body"]["judged"]["approvals"]) == 2


def test_a_stranger_sees_no_instrument(site: Site, chromium: Browser) -> None:
    with watched(chromium) as seen:
        page = enter(seen, site, "stranger")
        expect(page.get_by_text("There is no instrument that you may see")).to_be_visible()
        expect(page.locator("#office")).to_contain_text("shown to the partners alone")
        assert "illus-equity" not in page.content()
        assert "Process design" not in page.content()
        assert page.request.get(f"{site.address}/api/v1/fund/pack").status == 403
        expect(page.locator("#outlook")).to_contain_text("No loan, prepayment or price floor")
        expect(page.locator("#transfer")).to_contain_text("nothing of it that you may see")


def test_prices_of_related_parties_stand_beside_their_ranges(site: Site, chromium: Browser) -> None:
    with watched(chromium, NARROW) as seen:
        page = enter(seen, site, "chief", "/fund?on=2026-11-01")
        sales = page.locator("#transfer tbody tr")
        expect(sales).to_have_count(12)
        expect(sales.first).to_contain_text("10,625.10 USD")
        expect(sales.first).to_contain_text("10,165 – 10,415 – 10,665")
        expect(sales.first.locator(".verdict")).to_have_text("within range")
        expect(page.locator("#transfer")).to_contain_text("nobody chose one for illus-ree-2025")
        seen_well(seen, "fund-transfer", NARROW)


def _ids(store: object) -> list[str]:
    return [row.id for row in store.rows() if row.data.find(b'"schema":"money/1"') >= 0]  # type: ignore[attr-defined]
