"""Reconciliation in a browser: why it is refused, in words; a table of one's own, taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import NARROW, WIDE, Site, grave, settled, watched
from playwright.sync_api import Browser, expect

STREAMS = """stream,from_node,to_node,dry_t,dry_t_u,basis
feed,,mill,100,2,measured
concentrate,mill,,40,{u},measured
tailings,mill,,57,2,measured
"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_month_is_refused_in_words_and_shares_an_error(
    chromium: Browser, looked_at: Site, width: int
) -> None:
    asked = "/balance?element=Cu&part=reconcile&site=illus-mill-cu&period=2026-01"
    with watched(chromium, width) as seen:
        page = seen.page
        seen.go(looked_at.address + asked)
        expect(page.locator("#site")).to_contain_text("Nothing was adjusted: one wrong number")
        expect(page.locator("#site")).to_contain_text("where 2.948 is allowed")
        seen.keep("reconcile-refused")
        page.get_by_text("Say what the readings have in common").click()
        page.get_by_label("One scale: common share").fill("0.5")
        page.get_by_role("button", name="Reconcile so").click()
        settled(page)
        assert "common_dry=0.5" in page.url
        expect(page.locator("#site")).not_to_contain_text("Chi-square 14.18")
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
        assert seen.wrong == []


def test_a_table_is_dropped_mended_and_taken_away(
    chromium: Browser, looked_at: Site, tmp_path: Path
) -> None:
    file = tmp_path / "streams.csv"
    with watched(chromium) as seen:
        page = seen.page
        seen.go(f"{looked_at.address}/balance?element=Cu&part=reconcile")
        drop = page.locator("#table input[type=file]")
        file.write_text(STREAMS.format(u=""))
        drop.set_input_files(file)
        expect(page.locator("#table .finding")).to_contain_text("streams.csv row 3 column dry_t_u")
        file.write_text(STREAMS.format(u="1"))
        page.locator("#table input[type=file]").set_input_files(file)
        expect(page.locator("#table")).to_contain_text("Chi-square 1 with 1 degrees of freedom")
        expect(page.locator("#table")).to_contain_text("redundant")
        seen.keep("reconcile-table")
        with page.expect_download() as taken:
            page.locator("#table").get_by_role("button", name="Excel").click()
        assert taken.value.suggested_filename == "reconciled.xlsx"
        assert seen.wrong == []
