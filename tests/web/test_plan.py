"""The page of plans in a real browser: phases, years, the front, a contested resource, money."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import pytest
from browsing import NARROW, WIDE, Site, grave, watched
from playwright.sync_api import Browser, Page, expect

MADE_WITHIN_MS = 120_000
"""A plan takes a second of an idle machine; several of them wait for each other."""


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".sheet")
    made(page)


def made(page: Page) -> None:
    """Wait until everything that the page plans stands there."""
    page.wait_for_function("() => !document.querySelector('.waiting')", timeout=MADE_WITHIN_MS)


def phase(page: Page, name: str) -> str:
    return page.get_by_role("region", name=name, exact=True).inner_text()


def test_a_minister_follows_the_build_up_and_asks_what_if(
    looked_at: Site, chromium: Browser, tmp_path: Path
) -> None:
    """From the board through the years to a point of the front, a contested ore, too little."""
    with watched(chromium, WIDE) as seen:
        page = seen.page
        seen.go(looked_at.address)
        page.get_by_role("link", name="Plan", exact=True).click()
        settled_on_plan(page)
        assert "Antimony mine" in phase(page, "Concentrate production")
        expect(page.locator(".tiles")).to_contain_text("Net present value")
        expect(page.locator(".sheet")).to_contain_text("numbers are assumed")
        expect(page.locator("#cash")).to_contain_text("illus-operator")
        assert grave(page) == []

        build_up = page.locator("#build-up")
        slider = build_up.get_by_label("Year", exact=True)
        slider.press("Home")
        expect(build_up.locator("svg.plan-year")).to_have_attribute("data-year", "2027")
        expect(build_up).to_contain_text("2027: 2 being built, 0 run; 0 t of Sb sold")
        expect(build_up.locator(".sankey-live")).to_be_hidden()
        expect(build_up.locator(".spot.runs")).to_have_count(0)
        slider.press("ArrowRight")
        slider.press("ArrowRight")
        expect(build_up.locator("svg.plan-year")).to_have_attribute("data-year", "2029")
        expect(build_up.locator(".spot.runs")).not_to_have_count(0)
        expect(build_up.locator(".sankey-live svg", has_text="Antimony mine")).not_to_have_count(0)

        for words, name in (("All tables as Excel", "plan.xlsx"), ("Report as PDF", "plan.pdf")):
            with page.expect_download(timeout=MADE_WITHIN_MS) as loading:
                page.get_by_role("link", name=words).click()
            loading.value.save_as(tmp_path / name)
        sheets = fastexcel.read_excel(tmp_path / "plan.xlsx").sheet_names
        assert {"builds", "cash by kind", "scenarios", "numbers"} <= set(sheets)
        assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")

        asks_what_may_come(page)
        worth = page.locator(".tiles .value").first.inner_text()
        page.locator("#front svg.wide a").last.click()
        expect(page.get_by_text("of the front with")).to_be_visible(timeout=MADE_WITHIN_MS)
        made(page)
        assert page.locator(".tiles .value").first.inner_text() != worth
        expect(page.locator("#front svg.wide a[aria-current]")).to_have_count(1)

        scenarios = page.locator("#scenarios")
        contested = scenarios.locator("tr", has_text="ore of 9.5 % and not metal")
        expect(contested).to_contain_text("not built: Antimony: drilling and studies")
        page.get_by_role("combobox", name="State of the world").select_option("contested-antimony")
        page.get_by_role("button", name="Plan again").click()
        page.wait_for_url("**scenario=contested-antimony**")
        board = page.locator("#board")
        expect(board).to_be_visible(timeout=MADE_WITHIN_MS)
        expect(board.locator("[data-unit=mine-cu]")).to_be_visible()
        expect(board.locator("[data-unit=mine-sb]")).to_have_count(0)
        expect(board.locator(".idle", has_text="Antimony mine")).to_be_visible()

        page.get_by_label("Budget framework").fill("5")
        page.get_by_role("button", name="Plan again").click()
        none = page.locator("#no-plan")
        expect(none).to_contain_text("pays for nothing", timeout=MADE_WITHIN_MS)
        expect(none).to_contain_text("give framework")
        expect(page.locator("#board")).to_have_count(0)
        assert seen.wrong == []


def asks_what_may_come(page: Page) -> None:
    """Quarters with what-ifs, builds for two states together, and the ledger beside the plan."""
    quarters, hedge, actual = (page.locator(f"#{name}") for name in ("quarters", "hedge", "actual"))
    page.get_by_role("button", name="Plan the quarters").click()
    expect(quarters).to_contain_text("ore of 9.5 % and not metal", timeout=MADE_WITHIN_MS)
    quarters.get_by_text("Quarter by quarter").click()
    expect(quarters.get_by_text("2027 Q1")).to_be_visible()

    page.get_by_role("button", name="Plan for all states").click()
    expect(hedge).to_contain_text("Give at least one state a probability.")
    first = hedge.get_by_role("textbox").first
    first.fill("many")
    page.get_by_role("button", name="Plan for all states").click()
    expect(hedge).to_contain_text("many is no percentage.")
    first.fill("30 %")
    page.get_by_role("button", name="Plan for all states").click()
    expect(hedge).to_contain_text("Worth of knowing", timeout=MADE_WITHIN_MS)
    expect(hedge.locator("tr", has_text="As the file stands")).to_contain_text("70 %")

    page.get_by_role("button", name="Compare with the ledger").click()
    expect(actual).to_contain_text("The ledger tells up to", timeout=MADE_WITHIN_MS)
    expect(actual).to_contain_text("not yet")
    assert grave(page) == []


def settled_on_plan(page: Page) -> None:
    page.wait_for_url("**/plan")
    expect(page.locator("#proof")).to_be_visible(timeout=MADE_WITHIN_MS)
    made(page)


@pytest.mark.parametrize("look", [{"theme": "dark"}, {"language": "ur"}], ids=["dark", "urdu"])
def test_the_page_fits_a_telephone(
    looked_at: Site, chromium: Browser, look: dict[str, str]
) -> None:
    with watched(chromium, NARROW, **look) as seen:
        opened(seen.page, f"{looked_at.address}/plan?element=Cu&cash=discounted")
        expect(seen.page.locator("#proof")).to_be_visible(timeout=MADE_WITHIN_MS)
        made(seen.page)
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert grave(seen.page) == []
        assert seen.wrong == []
