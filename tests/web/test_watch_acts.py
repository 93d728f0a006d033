"""A claim is attached on the page of its event, and alerts are shown, in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import NARROW, Site, Watched, grave, served, settled, watched
from playwright.sync_api import Browser, expect

RULES = """
[[alert]]
id = "permits"
on = "lapse"
within_days = 3660

[[alert]]
id = "buyer"
on = "claim"
party = "ussm"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example that this module writes to, with rules."""
    with served("pakistan-us", tmp_path_factory.mktemp("acts")) as made:
        (made.folder / made.name / "watch.toml").write_text(RULES)
        yield made


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page as wide as a small laptop."""
    with watched(chromium, 1280) as one:
        yield one


def test_a_claim_is_attached_on_its_page_and_shown_with_what_the_ledger_has(
    site: Site, seen: Watched
) -> None:
    seen.go(f"{site.address}/watch/alerts")
    page = seen.page
    expect(page.locator("#new")).to_contain_text("delivered to U.S. Strategic Metals")
    seen.keep("watch-alerts")
    page.locator("#new a", has_text="Pakistan").first.click()
    settled(page)
    expect(page.locator("#against")).to_contain_text("agrees")
    attached = page.locator("#attached")
    expect(attached).to_contain_text("No claim of this event is attached")
    attached.get_by_label("Its id").fill("fwo:first-batch-antimony")
    attached.get_by_label("Its id").press("Tab")
    attached.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator("#attached table")).to_contain_text("lot:fwo:first-batch-antimony")
    expect(page.locator("#attached table")).to_contain_text("read the same now")
    settled(page)
    seen.keep("watch-event-attached")
    page.locator("#attached").get_by_label("Its id").fill("no:such")
    page.locator("#attached").get_by_label("Its id").press("Tab")
    page.locator("#attached").get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator("#attached")).to_contain_text("there is no lot no:such")
    seen.fit(NARROW)
    seen.keep("watch-event-attached")
    assert grave(page) == []
    seen.go(f"{site.address}/watch/alerts")
    seen.keep("watch-alerts")
    assert grave(page) == []
    assert seen.wrong == []
