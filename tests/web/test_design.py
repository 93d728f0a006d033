"""The page of designs in a real browser: drawing, a unit, what if, where an element goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, settled, watched
from playwright.sync_api import Browser, expect


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def test_a_metallurgist_looks_into_a_unit_and_moves_a_number(
    looked_at: Site, seen: Watched
) -> None:
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
    slider = products.get_by_label("re-ore: dry tonnes fed in an hour")
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 0.9 * place["width"], place["y"] + place["height"] / 2)
    expect(products).to_contain_text("+", timeout=60_000)
    expect(page.locator("#waterfall")).to_contain_text("machining")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_fits_and_is_accessible(looked_at: Site, chromium: Browser, size: int) -> None:
    with watched(chromium, size) as one:
        one.go(f"{looked_at.address}/design?element=Sb&unit=sb-furnace")
        expect(one.page.locator("#waterfall table")).to_be_visible(timeout=60_000)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size
        assert grave(one.page) == []
        assert one.wrong == []
