"""Drill hole tables are handed over in a real browser: a bad set, a good one, a real one."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from browsing import NARROW, Site, Watched, served, watched
from playwright.sync_api import Browser, Page, expect

SERIOUS = {"serious", "critical"}
BAD = {
    "collars.csv": "Hole,East,North,RL,Depth\nA-1,1000,2000,300,160\nA-2,1100,2000,302,150\n"
    "A-3,1200,2050,301,150\n",
    "surveys.csv": "Hole,Depth,Azimuth,Dip\nA-1,0,90,-60\nA-2,10,450,-60\nA-3,0,90,-90\n",
    "assays.csv": "Hole,From,To,Cu_pct,Au_ppm\n"
    + "".join(
        f"A-{hole},{depth},{depth + 10},{0.2 + hole * 0.1 + depth / 400:.3f},0.{hole}\n"
        for hole in (1, 2, 3)
        for depth in range(0, 150, 10)
    )
    # Two intervals over one another, a grade below nothing, one over the whole, no collar.
    + "A-1,145,155,0.9,0.1\nA-2,150,150,0.4,0.1\nA-9,0,10,0.5,0.2\nA-3,150,160,-7,x\n",
    "readme.docx": "no table",
}
"""Tables in feet that nobody calls so, with what is wrong in real ones."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served("mine-to-magnet", tmp_path_factory.mktemp("handed")) as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def drop(page: Page, *paths: Path) -> None:
    page.locator("#files input[type=file]").set_input_files(list(paths))


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    # A menu that is closing still holds its options: the next choice waits until it is gone.
    expect(page.get_by_role("option")).to_have_count(0)


def kept(site: Site) -> list[str]:
    place = site.folder / site.name / "drillholes"
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert [one for one in found["violations"] if one["impact"] in SERIOUS] == []


def test_a_bad_set_is_told_mended_and_explored(site: Site, seen: Watched, tmp_path: Path) -> None:
    page = seen.page
    archive = tmp_path / "Old drilling.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name, text in BAD.items():
            made.writestr(f"drilling/{name}", text)
    seen.go(f"{site.address}/explore/add")
    expect(page.locator("#said")).to_contain_text("Nothing is handed over yet")
    drop(page, archive)
    # What no header says is asked for before anything is read.
    expect(page.locator("#said")).to_contain_text("cannot be used yet", timeout=60_000)
    expect(page.locator("#problems")).to_contain_text("length_unit")
    choose(page, "Depths are in", "ft")
    expect(page.locator("#said")).to_contain_text("check again")
    choose(page, "Coordinates are in", "m")
    page.get_by_role("button", name="Check again").click()
    said = page.locator("#said")
    expect(said).to_contain_text("problems leave something out", timeout=60_000)
    problems = page.locator("#problems")
    for code, place in (
        ("ORL-0903", "assays.csv row 49"), ("ORL-0908", "assays.csv row 47"),
        ("ORL-0909", "assays.csv row 48"), ("ORL-0961", "assays.csv row 50"),
        ("ORL-0960", "surveys.csv row 3"), ("ORL-0915", "surveys.csv row 3"),
    ):  # fmt: skip
        finding = problems.locator(".finding", has_text=code).first
        expect(finding).to_contain_text(place)
    expect(said).to_contain_text("No tables, and left alone: readme.docx")
    expect(page.locator("#holds table")).to_contain_text("Cu")
    assert kept(site) == []
    accessible(page)
    seen.keep("add-holes")

    # Kept under a name that is none, nothing is; under a good one it is there to explore.
    page.get_by_label("Name of the set").fill("Not a name")
    page.get_by_role("button", name="Keep these drill holes").click()
    expect(page.locator("#keep [role=alert]")).to_contain_text("lower-case letters")
    assert kept(site) == []
    page.get_by_label("Name of the set").fill("old-drilling")
    page.get_by_label("Density of all rock, t/m3").fill("2.7")
    page.get_by_role("button", name="Keep these drill holes").click()
    page.wait_for_url("**/explore?set=old-drilling", timeout=60_000)
    assert kept(site) == ["old-drilling"]
    expect(page.locator("#tonnage table").first).to_be_visible(timeout=90_000)
    expect(page.locator("#section svg[role=img]").last).to_be_visible()
    expect(page.locator("#classes table")).to_contain_text("by the declared rule")
    # With other settings it is another set: what was kept stays as it is.
    page.get_by_role("link", name="Take it with other settings").click()
    expect(page.locator("#said")).to_contain_text("problems leave something out", timeout=60_000)
    choose(page, "Below detection counts as", "nothing")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_label("Name of the set")).to_have_value("old-drilling-2", timeout=60_000)
    page.get_by_role("button", name="Keep these drill holes").click()
    page.wait_for_url("**/explore?set=old-drilling-2", timeout=60_000)
    assert kept(site) == ["old-drilling", "old-drilling-2"]


def test_the_page_fits_a_phone_and_reads_real_drilling(
    site: Site, chromium: Browser, shared_dir: Path, tmp_path: Path
) -> None:
    """The holes of Babbitt, file by file, in feet: what a guess needs is said once."""
    folder = shared_dir / "facts" / "geology" / "babbitt_cu_ni"
    with watched(chromium, NARROW) as one:
        page = one.page
        one.go(f"{site.address}/explore/add")
        for name in ("collar.csv", "survey.csv", "assay.csv"):
            shutil.copy(folder / name, tmp_path / name)
        drop(page, *(tmp_path / name for name in ("collar.csv", "survey.csv", "assay.csv")))
        expect(page.locator("#problems")).to_contain_text("length_unit", timeout=90_000)
        choose(page, "Depths are in", "ft")
        choose(page, "Coordinates are in", "ft")
        page.get_by_role("button", name="Check again").click()
        expect(page.locator("#holds")).to_contain_text("399", timeout=90_000)
        expect(page.locator("#holds table")).to_contain_text("Ni")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        one.keep("add-holes-narrow")
        page.get_by_role("button", name="Take assay.csv away").click()
        expect(page.locator("#problems")).to_contain_text("the file of the assays is missing")
        expect(page.locator("#said")).to_contain_text("cannot be used yet. Nothing is kept")
        assert one.wrong == []
