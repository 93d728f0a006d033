"""The calculators in a real browser: a form, a table, a picture, and what is wrong with a table."""

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


def test_a_metallurgist_computes_a_recovery(looked_at: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(looked_at.address)
    page.get_by_role("link", name="Calculators", exact=True).click()
    settled(page)
    expect(page.locator(".tiles").first).to_contain_text("76.9 ± 3.5 %")
    page.get_by_label("Grade of the feed").fill("3")
    page.get_by_role("button", name="Compute", exact=True).click()
    settled(page)
    assert "feed=3" in page.url
    expect(page.locator(".tiles").first).to_contain_text("UNKNOWN")


def test_a_feed_that_cannot_be_is_told(looked_at: Site, seen: Watched) -> None:
    seen.go(f"{looked_at.address}/calculators?feed=2&concentrate=1&tailings=0.5")
    expect(seen.page.locator(".finding")).to_contain_text("ORL-0541")
    seen.go(f"{looked_at.address}/calculators?feed=two&concentrate=1&tailings=0.5")
    expect(seen.page.locator(".state.error")).to_contain_text("is not understood")


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("products", "Chi-square"),
        ("duplicates", "Precision of a lot"),
        ("factors", "grade control / reserve"),
        ("contained", "NOT KEPT"),
    ],
)
def test_a_table_is_computed_with_its_picture(
    looked_at: Site, chromium: Browser, part: str, told: str
) -> None:
    for width in (WIDE, NARROW):
        with watched(chromium, width) as seen:
            page = seen.page
            seen.go(f"{looked_at.address}/calculators?part={part}")
            page.get_by_role("button", name="Compute from the table").click()
            expect(page.locator("#table svg").first).to_be_visible()
            expect(page.locator(".sheet")).to_contain_text(told)
            seen.keep(f"calculator-{part}")
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0
            assert seen.wrong == []
            if width == WIDE:
                assert grave(page) == []


def test_every_problem_of_a_table_is_listed(looked_at: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{looked_at.address}/calculators?part=duplicates")
    box = page.get_by_label("Rows with the names of the columns first")
    box.fill("lot,sample,value,unit\n1,A,2,%\n1,C,2,%\n2,A,x,%\n")
    page.get_by_role("button", name="Compute from the table").click()
    findings = page.locator("#table .finding")
    expect(findings).to_have_count(2)
    expect(findings.nth(0)).to_contain_text("table row 3 column sample")


@pytest.mark.parametrize(
    ("part", "told"), [("cash-flow", "12.24 %"), ("levies", "known of it: 5.00 USD")]
)
def test_a_table_of_money_is_computed(
    looked_at: Site, chromium: Browser, part: str, told: str
) -> None:
    for width in (WIDE, NARROW):
        with watched(chromium, width) as seen:
            page = seen.page
            seen.go(f"{looked_at.address}/calculators?part={part}")
            page.get_by_role("button", name="Compute from the table").click()
            expect(page.locator("#table")).to_contain_text(told)
            seen.keep(f"calculator-{part}")
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
            assert seen.wrong == []
            if width == WIDE:
                assert grave(page) == []


def test_loans_estimates_and_gold_answer_at_an_address(looked_at: Site, seen: Watched) -> None:
    page, tiles = seen.page, seen.page.locator(".tiles")
    seen.go(f"{looked_at.address}/calculators?part=loan")
    expect(tiles.first).to_contain_text("-1,854.02")
    page.get_by_label("Number of payments").fill("360")
    page.get_by_role("button", name="Compute", exact=True).first.click()
    settled(page)
    expect(tiles.first).to_contain_text("-1,398.43")
    seen.go(f"{looked_at.address}/calculators?part=estimate")
    expect(page.locator(".callout")).to_contain_text("does NOT fit")
    seen.go(f"{looked_at.address}/calculators?part=sampling")
    page.get_by_role("link", name="Fine gold, worked").click()
    settled(page)
    expect(page.locator(".finding")).to_contain_text("ORL-0544")
    page.get_by_label("Liberation size, cm").fill("0.05")
    page.get_by_role("button", name="Compute", exact=True).click()
    settled(page)
    expect(page.locator(".state.error")).to_contain_text("refused for coarse gold")
