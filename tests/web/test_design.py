"""The page of designs in a real browser: drawing, a unit, what if, where an element goes."""

from __future__ import annotations

from collections.abc import Iterator

import fastexcel
import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, settled, watched
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def moved(page: Page, name: str) -> None:
    """Click near the high end of a slider."""
    slider = page.locator("#what-if").get_by_label(name)
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 0.9 * place["width"], place["y"] + place["height"] / 2)


def test_a_metallurgist_looks_into_a_unit_and_moves_numbers(looked_at: Site, seen: Watched) -> None:
    """From a unit to grade, recovery and price, to what it costs, and how sure that is."""
    page = seen.page
    seen.go(looked_at.address)
    page.get_by_role("link", name="Design", exact=True).click()
    settled(page)
    expect(page.locator("#flowsheet")).to_contain_text("sb-roaster")
    page.locator("#flowsheet svg a[aria-label='sb-roaster']").click()
    settled(page)
    expect(page.locator("#flowsheet")).to_contain_text("roast_stibnite")
    expect(page.locator("#flowsheet")).to_contain_text("sb-roaster.dust")
    products = page.locator("#what-if")
    expect(products).to_contain_text("Sintered NdFeB magnets")
    expect(products).not_to_contain_text("+")
    for name in (
        "sb-ore: share of stibnite in the feed",
        "sb-flotation: share of stibnite that goes to the concentrate",
        "Price of antimony metal",
    ):
        moved(page, name)
    expect(products.locator("tr", has_text="Antimony metal").first).to_contain_text(
        "+", timeout=60_000
    )
    margin = products.locator("tr", has_text="Margin, a year")
    expect(margin).to_contain_text("+", timeout=60_000)
    expect(page.locator("#waterfall")).to_contain_text("machining")
    costs = page.locator("#costs")
    expect(costs.locator("tr", has_text="copper cathode").first).to_contain_text("(")
    for words in ("by mass", "by sales value", "by stated shares", "Price deck"):
        expect(costs).to_contain_text(words)
    expect(page.locator("#tornado svg")).to_be_visible()
    sure = page.locator("#uncertainty")
    sure.get_by_role("button", name="Draw 1,000 samples").click()
    expect(sure.get_by_role("progressbar")).to_be_visible()
    expect(sure.locator("svg text", has_text="P50")).to_be_visible(timeout=120_000)
    expect(sure).to_contain_text("Every sample has an answer.")
    with page.expect_download() as loading:
        page.get_by_role("link", name="All tables as Excel").click()
    sheets = fastexcel.read_excel(loading.value.path()).sheet_names
    assert {"streams", "passport", "costs, capital", "tornado"} <= set(sheets)
    expect(page.locator("#compare")).to_contain_text("What that costs")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_fits_and_is_accessible(looked_at: Site, chromium: Browser, size: int) -> None:
    with watched(chromium, size) as one:
        one.go(f"{looked_at.address}/design?element=Sb&unit=sb-furnace")
        expect(one.page.locator("#waterfall table")).to_be_visible(timeout=60_000)
        expect(one.page.locator("#tornado svg")).to_be_visible(timeout=60_000)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size
        assert grave(one.page) == []
        assert one.wrong == []
