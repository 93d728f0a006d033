"""The page Watch follows its folder: a report that is dropped there shows without a reload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, served, watched
from playwright.sync_api import Browser, expect

DROPPED = """Outlet: Lantern Example Herald
Published: 2026-01-15

Illustration Operator Ltd signed a $12 million agreement with Lantern Alloys Inc. on Monday.

<img src=x onerror="document.title='broken'"> Lantern Alloys Inc. plans to build a smelter in Sindh.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example whose folder this module writes to."""
    with served("pakistan-us", tmp_path_factory.mktemp("watch")) as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def test_a_report_that_is_dropped_shows_on_the_open_page(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{site.address}/watch")
    page.evaluate("window.stayed = true")
    cards = page.locator("#events .reported > li")
    before = cards.count()
    assert before > 3
    assert page.get_by_text("Lantern Alloys").count() == 0
    folder = site.folder / site.name / "evidence"
    (folder / "dropped.txt").write_text(DROPPED, encoding="utf-8")
    deal = cards.filter(has_text="Lantern Alloys").filter(has_text="USD 12,000,000")
    expect(deal).to_have_count(1)
    expect(page.locator("#news")).to_contain_text("dropped.txt")
    expect(page.locator("#timeline svg")).to_contain_text("Lantern")
    assert page.evaluate("window.stayed")
    assert cards.count() > before
    seen.keep("watch-live")

    deal.get_by_role("link").click()
    page.wait_for_url("**/watch/event**")
    marked = page.locator(".sources mark")
    expect(marked.first).to_have_text(
        "Illustration Operator Ltd signed a $12 million agreement with Lantern Alloys Inc. "
        "on Monday."
    )
    page.locator(".sources h3 a").first.click()
    page.wait_for_url("**/watch/report**")
    assert "<img src=x" in page.locator(".report-text").inner_text()
    assert page.locator(".report-text img").count() == 0
    assert "broken" not in page.title()
    for width in (WIDE, NARROW):
        seen.fit(width)
        assert grave(page) == []


def test_words_and_days_can_be_asked_for(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{site.address}/watch?day=2025-10-04&q=memorandum")
    expect(page.locator(".hits > li mark").first).to_contain_text("emorandum")
    assert page.locator("#events .reported > li.differs").count() == 0
    page.get_by_role("link", name="Back to now").click()
    page.wait_for_url(lambda address: "day=" not in address)
    expect(page.locator("#events .reported > li.differs").first).to_be_visible()
    every = page.locator("#events .reported > li")
    against = every.filter(has_text="contradicts the ledger")
    number = against.count()
    assert 0 < number < every.count()
    page.get_by_role("link", name=f"contradicts the ledger {number}").click()
    page.wait_for_url("**ledger=contradicts**")
    expect(every).to_have_count(number)
    expect(against).to_have_count(number)
    against.get_by_role("link").first.click()
    page.wait_for_url("**/watch/event**")
    expect(page.locator("#against tbody tr").first).to_contain_text("contradicts")
