"""The two published reports of one deal, served as a user does and read in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import served_by_command, watched
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from oreline.cli import app

SIGNED = ("Memorandum of Understanding", "signed the agreement")
"""How each report, the earlier one first, calls what was signed."""


@pytest.mark.shared
def test_two_published_reports_differ_on_what_was_signed(
    chromium: Browser, shared_dir: Path, tmp_path: Path
) -> None:
    chain = tmp_path / "chain"
    made = CliRunner().invoke(app, ["init", str(chain)])
    assert made.exit_code == 0, made.output
    reports = shared_dir / "facts" / "reports"
    with served_by_command(chain, "--reports", reports) as site, watched(chromium) as seen:
        page = seen.page
        seen.go(f"{site.address}/watch")
        deal = page.locator("#events .reported > li.differs").filter(has_text="USD 500,000,000")
        expect(deal).to_have_count(1)
        expect(deal.get_by_role("heading")).to_contain_text("differs")
        expect(deal.locator("li", has_text="Instrument")).to_contain_text("memorandum")
        seen.keep("watch-published")

        deal.get_by_role("link").click()
        page.wait_for_url("**/watch/event**")
        point = page.locator("#side-by-side tr", has_text="Instrument")
        expect(point).to_contain_text("differs")
        expect(point).to_contain_text("memorandum of understanding")
        expect(point).to_contain_text("agreement")
        cards = page.locator("#sources article")
        expect(cards).to_have_count(2)
        for card, words in zip(cards.all(), SIGNED, strict=True):
            expect(card.locator("mark", has_text=words).first).to_be_visible()
        seen.keep("watch-published-event")
        assert seen.wrong == []
