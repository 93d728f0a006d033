"""The page of drill holes in a real browser: sections, tonnes, classes, three dimensions."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from browsing import NARROW, WIDE, Site, Watched, served, settled, watched
from playwright.sync_api import Browser, expect

SERIOUS = {"serious", "critical"}
REE = "illus-carbonatite"
OF_DRAWING = ("WebGL", "GL Driver", "Canvas2D: Multiple readback")
"""Remarks of the browser about how Plotly draws in space, most where no graphics card is."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the example that has drill holes of copper and of rare earths."""
    with served("pakistan-us", tmp_path_factory.mktemp("explored")) as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert [told for told in one.wrong if not any(word in told for word in OF_DRAWING)] == []


def test_a_geologist_walks_sections_and_reads_tonnes(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{site.address}/explore?set={REE}")
    expect(page.locator("#tonnage table").first).to_be_visible(timeout=60_000)
    expect(page.locator("#tonnage")).to_contain_text("TREO")
    expect(page.locator("#classes")).to_contain_text("no statement of a Competent Person")
    expect(page.locator("#classes")).to_contain_text("by kriging variance")
    expect(page.locator("#methods")).to_contain_text("Inverse squared distance")
    page.locator("#section").get_by_role("link", name="Section east-west").click()
    settled(page)
    drawing = page.locator("#section svg[role=img]").last
    expect(drawing).to_contain_text("East, m")
    expect(drawing).to_contain_text("Height, m")
    # Every hole that is drawn is named.
    assert drawing.locator("text[paint-order]").count() > 2
    before = page.locator("#section p.hint").first.inner_text()
    page.locator("#section").get_by_role("link", name="Layer behind").click()
    settled(page)
    assert page.locator("#section p.hint").first.inner_text() != before
    page.locator("#section").get_by_role("link", name="Nd", exact=True).click()
    settled(page)
    expect(page.locator("#tonnage")).to_contain_text("Nd")
    # What is assayed in ppm is asked for in g/t, as it is told.
    page.get_by_label("Blocks from a grade of, g/t").fill("1000")
    page.get_by_role("button", name="Show in three dimensions").click()
    shown = page.locator("#space .js-plotly-plot, #space .callout").first
    expect(shown).to_be_visible(timeout=60_000)
    # What a graphics card would draw is there when Plotly has made its scene.
    if page.locator("#space .js-plotly-plot").count():
        expect(page.locator("#space .js-plotly-plot canvas").first).to_be_visible(timeout=60_000)
        expect(page.locator("#space")).to_contain_text("1,000 g/t of Nd")
    seen.keep("explore-space")


def test_a_geologist_looks_at_grades_and_asks_whether_the_model_is_any_good(
    site: Site, seen: Watched
) -> None:
    page = seen.page
    seen.go(f"{site.address}/explore?set={REE}")
    expect(page.locator("#histogram p.hint").first).to_contain_text("313 grades of TREO")
    page.locator("#histogram").get_by_role("link", name="Assays").click()
    settled(page)
    page.locator("#histogram").get_by_role("link", name="Nd", exact=True).click()
    settled(page)
    page.locator("#histogram").get_by_role("link", name="Classes that widen").click()
    settled(page)
    expect(page.locator("#histogram p.hint").first).to_contain_text("grades of Nd")
    expect(page.locator("#histogram svg").first).to_be_visible()
    assert "g/t" in page.locator("#histogram p.hint").first.inner_text()
    expect(page.locator("#variogram")).to_contain_text("stated in explore.toml")
    page.locator("#variogram").get_by_label("Width of a lag, m").fill("15")
    page.locator("#variogram").get_by_role("button", name="Compare").click()
    settled(page)
    page.locator("#variogram summary").click()
    expect(page.locator("#variogram table")).to_contain_text("3.75-7.5")
    assert "set=illus-carbonatite" in page.url
    page.get_by_role("button", name="Estimate them").click()
    expect(page.locator("#validation svg")).to_be_visible(timeout=60_000)
    expect(page.locator("#validation table")).to_contain_text("TREO")
    page.get_by_role("spinbutton", name="Models").fill("5")
    page.get_by_role("button", name="Simulate").click()
    expect(page.locator("#simulation table")).to_be_visible(timeout=60_000)
    seen.keep("explore-grades")
    with page.expect_download() as taken:
        page.locator("#simulation").get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename == "simulation.csv"


def test_a_geologist_takes_the_ore_and_finds_the_design_that_is_fed_by_it(
    site: Site, seen: Watched
) -> None:
    page = seen.page
    seen.go(f"{site.address}/explore?set={REE}")
    page.get_by_role("button", name="Plan the mine").click()
    ore = page.locator("#ore")
    expect(ore.locator("svg").first).to_be_visible(timeout=90_000)
    expect(ore).to_contain_text("months independent")
    expect(ore.get_by_role("img", name="The pit from above")).to_be_visible()
    expect(ore).to_contain_text("Waste for a tonne of ore")
    expect(ore).to_contain_text("TREO alone pays from 1.27 %")
    expect(ore.locator("table").first).to_contain_text("mean of all years")
    seen.keep("explore-ore")
    with page.expect_download() as taken:
        ore.get_by_role("link", name="CSV").click()
    table = Path(taken.value.path()).read_text("utf-8-sig")
    assert table.startswith("year,quantity,value,u,low,high,unit,basis,source")
    assert "life,Nd," in table
    ore.get_by_role("link", name="Two drilled ores, one refinery").click()
    settled(page)
    expect(page.locator(".sheet").first).to_contain_text("Two drilled ores, one refinery")
    # Once the settings of the holes are others, the design says that its ore is of the former.
    settings = site.folder / site.name / "drillholes" / REE / "explore.toml"
    former = settings.read_text("utf-8")
    settings.write_text(former + "# looked at again\n", "utf-8")
    try:
        seen.go(page.url)
        expect(page.locator(".finding", has_text="ORL-1074")).to_contain_text(REE)
    finally:
        settings.write_text(former, "utf-8")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_page_fits_and_is_accessible(site: Site, chromium: Browser, size: int) -> None:
    with watched(chromium, size) as one:
        one.go(f"{site.address}/explore?set={REE}")
        expect(one.page.locator("#classes table")).to_be_visible(timeout=60_000)
        expect(one.page.locator("#methods table")).to_be_visible(timeout=60_000)
        one.page.get_by_role("button", name="Plan the mine").click()
        expect(one.page.locator("#ore table").first).to_be_visible(timeout=90_000)
        one.keep("explore")
        assert one.page.evaluate("document.documentElement.scrollWidth") <= size
        found = Axe().run(one.page)
        bad = [v for v in found["violations"] if v["impact"] in SERIOUS]
        assert bad == []
        assert one.wrong == []


def test_holes_without_a_model_and_holes_that_are_broken_say_what_to_do(
    site: Site, seen: Watched
) -> None:
    source = site.folder / site.name / "drillholes" / REE
    for name in ("broken", "bare"):
        shutil.copytree(source, source.parent / name)
    (source.parent / "broken" / "assay.csv").unlink()
    text = (source.parent / "bare" / "explore.toml").read_text()
    bare = re.sub(r"(?ms)^\[grid\].*?(?=^\[)", "", text)
    (source.parent / "bare" / "explore.toml").write_text(bare)
    try:
        seen.go(f"{site.address}/explore?set=broken")
        expect(seen.page.locator(".sheet")).to_contain_text("until they are mended")
        expect(seen.page.locator(".finding").first).to_contain_text("assay.csv")
        seen.go(f"{site.address}/explore?set=bare")
        expect(seen.page.locator("#section [role=alert]")).to_contain_text("[grid]")
        expect(seen.page.locator("#variogram svg")).to_be_visible()
        seen.page.get_by_role("button", name="Simulate").click()
        expect(seen.page.locator("#simulation [role=alert]")).to_contain_text("[grid]")
        expect(seen.page.locator("#statistics")).to_contain_text("16 analytes")
    finally:
        for name in ("broken", "bare"):
            shutil.rmtree(source.parent / name)


def test_the_page_reads_in_urdu_and_says_when_there_are_no_holes(
    site: Site, chromium: Browser
) -> None:
    with watched(chromium, WIDE, language="ur") as one:
        one.go(f"{site.address}/explore?set={REE}")
        expect(one.page.locator("#classes")).to_contain_text("مجاز ماہر")
        one.keep("explore-ur")
        holes = site.folder / site.name / "drillholes"
        holes.rename(site.folder / site.name / "elsewhere")
        try:
            one.go(f"{site.address}/explore")
            expect(one.page.locator(".state")).to_contain_text("drillholes/NAME")
        finally:
            (site.folder / site.name / "elsewhere").rename(holes)
        assert one.wrong == []
