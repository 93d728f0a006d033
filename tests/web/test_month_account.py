"""A metallurgist closes a month in the browser: the bad sampler, the account, the signature."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsing import NARROW, WIDE, Site, grave, served, settled, watched
from playwright.sync_api import Browser, expect


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example that is signed below."""
    with served("pakistan-us", tmp_path_factory.mktemp("months")) as one:
        yield one


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_running_sum_shows_the_shift_and_its_likeliest_cause(
    site: Site, chromium: Browser, width: int
) -> None:
    address = f"{site.address}/balance?element=Cu&part=cusum&site=illus-mill-cu"
    with watched(chromium, width) as seen:
        seen.go(f"{address}&price=9500&price_source=assumed")
        page = seen.page
        expect(page.get_by_text("metal is missing since 2026-04")).to_be_visible()
        chart = page.locator(f".chart svg.{'wide' if width == WIDE else 'narrow'}")
        expect(chart).to_be_visible()
        assert chart.locator("circle").count() == 12
        expect(chart).to_contain_text("shift since 2026-04")
        expect(chart).to_contain_text("1000 USD")
        first = page.locator("ol.hypotheses > li").first
        expect(first).to_contain_text("illus-cu-tailings")
        assert seen.wrong == []


def test_an_account_is_signed_in_the_browser(site: Site, chromium: Browser) -> None:
    with watched(chromium) as seen:
        page = seen.page
        seen.go(f"{site.address}/balance?element=Cu&part=account&site=illus-mill-cu&period=2025-09")
        expect(page.get_by_text("This account is not signed.")).to_be_visible()
        expect(page.get_by_text(re.compile("Stock at the beginning"))).to_be_visible()
        page.get_by_role("button", name="Sign this account").click()
        expect(page.get_by_text("give the name of who signs")).to_be_visible()
        page.get_by_label("Name", exact=True).fill("A. Khan")
        page.get_by_label("Capacity, such as plant metallurgist").fill("plant metallurgist")
        page.get_by_role("button", name="Sign this account").click()
        expect(page.get_by_text("This account is signed.")).to_be_visible()
        settled(page)
        expect(page.get_by_text("A. Khan, plant metallurgist, signed on")).to_be_visible()
        assert seen.wrong == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_factors_of_a_plant_stand_with_their_intervals(
    chromium: Browser, site: Site, width: int
) -> None:
    with watched(chromium, width) as seen:
        page = seen.page
        seen.go(f"{site.address}/balance?element=Sb&part=factors")
        expect(page.locator("#factors svg").first).to_be_visible()
        expect(page.locator("#factors")).to_contain_text("Product for feed (F4)")
        page.get_by_label("Up to, without that day").fill("2025-10-01")
        page.get_by_label("Metal paid for what arrived, t").fill("53+-0.2")
        page.get_by_role("button", name="Show", exact=True).click()
        settled(page)
        expect(page.locator("#factors")).to_contain_text("Payable for received")
        seen.keep("balance-factors")
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
        assert seen.wrong == []
