"""The page Stress in a browser: what a budget buys at a click, a scenario written as a ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Site, served, settled, watched
from playwright.sync_api import Browser, expect

sys.path.append(str(Path(__file__).parents[1] / "plan"))
from plan_texts import TINY

PLAN = TINY.replace(
    'budget = "60 USD m"', '\n[[budgets]]\nid = "money"\namount = "60 USD m"'
).replace('"20 USD m"', '{ value = 20, low = 15, high = 30, unit = "USD m" }')
SECURITY = '[[material]]\nid = "concentrate"\nstage = "concentrate"\n'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve an example with a small plan beside it: one mine, one mill, the sea."""
    with served("mine-to-magnet", tmp_path) as one:
        (tmp_path / one.name / "plan.toml").write_text(PLAN)
        (tmp_path / one.name / "security.toml").write_text(SECURITY)
        yield one


def test_what_money_buys_and_a_scenario_that_is_a_ledger(site: Site, chromium: Browser) -> None:
    with watched(chromium) as seen:
        page = seen.page
        seen.go(f"{site.address}/stress?event=route:sea&start=2029&months=6")
        page.get_by_role("button", name="Work out what each hundred million buys").click()
        security = page.locator("#security")
        expect(security.get_by_text("Here the partnership stops helping")).to_be_visible(
            timeout=180_000
        )
        settled(page)
        # What it buys: a budget of 60 m, tonnes that count, and what it changes in losses.
        assert "60" in security.locator("table").first.inner_text()
        assert "net import reliance" in security.inner_text().lower()
        assert security.locator("figure.brief svg").count() == 1
        page.get_by_label("Name of the ledger").fill("half")
        page.get_by_label("Party that names its lots").fill("north")
        page.get_by_label("Who runs a site").fill("pit=north port=south")
        page.get_by_role("button", name="Write it as a scenario ledger").click()
        ledger = page.locator("#ledger")
        expect(ledger.get_by_text("Delivered lots and whence they come")).to_be_visible(
            timeout=180_000
        )
        told = ledger.inner_text()
        assert "what might happen" in told
        assert "pit 100%" in told
        assert "9,000.0" in told
        assert "does not close" not in told
        assert seen.wrong == []
