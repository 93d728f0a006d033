"""What four people do in their first hour, in a real browser, from start to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Site, Watched, served, settled, watched
from playwright.sync_api import Browser, Page, Route, expect

PLANT_CSV = """event,kind,time,party,site,side,lot,wet_t,wet_t_u,basis
gate-1,weigh,2026-07-02T06:00:00Z,illus-operator,illus-mill-sb,,illus:sb-conc,{wet},0.05,measured
gate-2,weigh,2026-07-02T09:00:00Z,illus-operator,illus-mill-sb,,illus:sb-conc,24.10,0.05,measured
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example that the people below write into."""
    with served("pakistan-us", tmp_path_factory.mktemp("paths")) as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def fill(page: Page, label: str, value: str, place: int = 0) -> None:
    page.get_by_label(label, exact=True).nth(place).fill(value)


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=value, exact=True).click()


def test_a_dispatcher_sends_a_container_and_both_parties_sign(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(site.address)
    page.get_by_role("link", name="Record", exact=True).click()
    settled(page)
    page.get_by_role("link", name="sent", exact=True).click()
    settled(page)
    # Who records too early is led to what is needed, in the words of the form.
    page.get_by_role("button", name="Record it").click()
    lot = page.get_by_label("Lot *", exact=True)
    expect(lot).to_be_focused()
    expect(lot).to_have_attribute("aria-invalid", "true")
    expect(lot).to_have_accessible_description("This is needed.")
    said = page.locator("aside")
    expect(said).to_contain_text("Lots: Lot")
    expect(said).not_to_contain_text("body/")
    # Names are offered: a lot is chosen with the keys, a misspelt one is told.
    lot.fill("illus:sb-tial")
    expect(said).to_contain_text("has not been seen before")
    expect(said).to_contain_text("did you mean illus:sb-tails?")
    lot.fill("")
    page.keyboard.type("sb-TAI")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(lot).to_have_attribute("aria-expanded", "true")
    seen.keep("path-offered")
    page.keyboard.press("ArrowDown")
    expect(lot).to_have_attribute("aria-activedescendant", "pick-0")
    page.keyboard.press("Enter")
    expect(lot).to_have_value("illus:sb-tails")
    expect(lot).not_to_have_attribute("aria-invalid", "true")
    fill(page, "At which site", "illus-mill-sb")
    # The names offered on the click come late, while somebody types: what is typed counts.
    late: list[Route] = []
    page.route(re.compile(r"/suggestions\?of=sites&text=&"), lambda route: late.append(route))
    page.get_by_label("Delivered to (site)").click()
    page.keyboard.type("buyer plant")
    for one in late:
        one.continue_()
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("option").click()
    expect(page.get_by_label("Delivered to (site)")).to_have_value("illus-buyer-plant")
    fill(page, "Done by (party)", "illus-operator")
    fill(page, "For or to (party)", "illus-buyer")
    fill(page, "Containers", "illus-box-77")
    page.locator("summary", has_text="More").nth(1).click()
    choose(page, "Terms of delivery", "CIF")
    expect(said).to_contain_text("CIF is for goods loaded over a ship's side")
    choose(page, "Terms of delivery", "CIP")
    expect(said).not_to_contain_text("ship's side")
    expect(said).to_contain_text("It can be recorded.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text(re.compile("Recorded as entry"))).to_be_visible()
    expect(page.get_by_role("link", name="illus:sb-tails")).to_be_visible()
    page.get_by_role("link", name="See the entry").click()
    settled(page)
    seen.keep("path-dispatch")
    for party in ("illus-operator", "illus-buyer"):
        page.get_by_role("button", name=f"Sign for {party}").click()
        expect(page.get_by_text("has not signed")).to_have_count(
            1 if party == "illus-operator" else 0
        )
        settled(page)
    expect(page.get_by_text("Both parties have signed this entry as it stands.")).to_be_visible()


def test_an_entry_that_is_wrong_is_told_while_typing(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{site.address}/record?part=form&kind=weigh")
    fill(page, "Lot *", "no colon here")
    said = page.locator("aside")
    expect(said).to_contain_text("ORL-0106")
    expect(said).to_contain_text("to mend")
    expect(page.get_by_label("Lot *", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_label("Lot *", exact=True)).to_be_focused()
    expect(page.get_by_text(re.compile("Recorded as entry"))).to_have_count(0)


def test_a_metallurgist_finds_the_bad_month_and_moves_an_assay(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(site.address)
    page.get_by_role("link", name="Balance", exact=True).click()
    settled(page)
    page.get_by_role("link", name="Cu", exact=True).click()
    settled(page)
    expect(page.get_by_text(re.compile(r"accounts do not close"))).to_be_visible()
    expect(page.locator("#account")).to_contain_text("2026-04")
    expect(page.locator("#account")).to_contain_text("does not close")
    page.get_by_role("link", name="One assay", exact=True).click()
    settled(page)
    seen.go(f"{site.address}/assay?event=illus-sb-25q3-assay-seller&symbol=Sb")
    fill(page, "Sb: 53.15 % now; what if it were", "52.15")
    page.get_by_role("button", name="See what moves").click()
    settled(page)
    moves = page.locator("#moves")
    expect(moves).to_contain_text("53.15 → 52.15 %")
    expect(moves).to_contain_text("53.580")
    seen.keep("path-assay")
    fill(page, "Reason", "The certificate was read from the wrong line.")
    page.get_by_role("button", name="Correct the assay").click()
    expect(page.get_by_text("Corrected by")).to_be_visible()
    seen.go(f"{site.address}/lots/illus:sb-25q3?element=Sb")
    expect(page.locator("#composition")).to_contain_text("53580")
    seen.go(f"{site.address}/record/event?id=illus-sb-25q3-assay-seller")
    expect(page.get_by_text(re.compile("counts as corrected by"))).to_be_visible()
    expect(page.get_by_text("The certificate was read from the wrong line.")).to_be_visible()


def test_a_plant_drops_a_file_and_mends_what_is_wrong(
    site: Site, seen: Watched, tmp_path: Path
) -> None:
    page = seen.page
    file = tmp_path / "gate.csv"
    file.write_text(PLANT_CSV.format(wet='"24,35"'), encoding="utf-8")
    seen.go(f"{site.address}/record?part=file")
    drop = page.locator("input[type=file]").first
    drop.set_input_files(file)
    expect(page.get_by_text(re.compile("forbid it. Nothing was written"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("gate.csv row 2.*wet_t"))).to_be_visible()
    seen.keep("path-file-wrong")
    file.write_text(PLANT_CSV.format(wet="24.35"), encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("gate.csv: 2 events, 2 of them new.")).to_be_visible()
    page.get_by_role("button", name="Append them: all or none").click()
    expect(page.get_by_text(re.compile("Appended 2 of 2"))).to_be_visible()
    seen.go(f"{site.address}/record?part=log")
    expect(page.get_by_role("link", name="gate-2")).to_be_visible()


def test_a_commercial_manager_looks_at_a_parcel_and_makes_facts_public(
    site: Site, seen: Watched
) -> None:
    page = seen.page
    seen.go(site.address)
    page.get_by_label("Find a lot").fill("sb-25q3-01")
    page.get_by_label("Find a lot").press("Enter")
    settled(page)
    page.get_by_role("link", name="illus:sb-25q3-01").click()
    settled(page)
    # The metal that it is sold for is shown before the first of the alphabet.
    expect(page.locator("#origins [aria-current]").first).to_have_text("Sb")
    expect(page.locator("#origins")).to_contain_text("illus-mine-sb")
    expect(page.locator("#custody")).to_contain_text("packed into illus-box-sb-25q3-01")
    page.get_by_role("link", name="Record about it").click()
    settled(page)
    expect(page.get_by_role("heading", name="What happened to illus:sb-25q3-01?")).to_be_visible()
    page.get_by_role("link", name="sent", exact=True).click()
    settled(page)
    expect(page.get_by_role("combobox", name="Lot *")).to_have_value("illus:sb-25q3-01")
    seen.go(f"{site.address}/lots?search=sb-25q3-99&stage=concentrate")
    expect(page.get_by_text("No lot is like that")).to_be_visible()
    expect(page.locator("#lots-empty li")).to_have_count(2)
    page.get_by_role("link", name="Clear all filters").click()
    settled(page)
    expect(page.locator("#lots-table")).to_be_visible()
    expect(page.locator("#lots-empty")).to_be_hidden()
    # Whoever knows a piece of its name gets there from any page.
    page.get_by_label("Find a lot").click()
    page.keyboard.type("25q3-01")
    found = page.get_by_text("illus:sb-25q3-01", exact=True)
    page.get_by_role("option").filter(has=found).click()
    expect(page).to_have_url(re.compile(r"/lots/illus(:|%3A)sb-25q3-01$"))
    settled(page)
    page.locator("#lineage").get_by_role("link", name="illus:sb-25q3", exact=True).click()
    settled(page)
    expect(page.locator("#lineage")).to_contain_text("illus:sb-conc")
    seen.go(f"{site.address}/balance?element=Sb&part=outturn")
    fill(page, "Franchise, % of dry weight", "0.5")
    page.get_by_role("button", name="Show", exact=True).click()
    settled(page)
    page.get_by_text(re.compile("^illus-sb-26q2-inland-dispatch")).click()
    expect(page.get_by_text("illus-box-sb-26q2-01").first).to_be_visible()
    seen.go(f"{site.address}/lots/illus:sb-25q3-01")
    page.get_by_text("Change what is public").click()
    page.get_by_role("checkbox", name="country", exact=True).click()
    page.get_by_role("checkbox", name="material", exact=True).click()
    page.get_by_role("button", name="Publish exactly this").click()
    expect(page.locator("#public .qr svg")).to_be_visible()
    seen.keep("path-public-code")
    seen.page.goto(f"{site.address}/p/illus:sb-25q3-01")
    expect(page.get_by_text("Origin of Sb")).to_be_visible()
    expect(page.get_by_text("PK 100.00 %").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("illus-mill-sb")
    expect(page.locator("body")).not_to_contain_text("kg")
    seen.keep("path-public-page")


def test_an_analyst_sees_what_is_unknown_and_writes_the_letter(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(site.address)
    expect(page.get_by_text("delivered or dispatched: contested").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Letter to ")).first.click()
    settled(page)
    expect(page.locator("pre.letter")).to_contain_text("fwo:first-batch")
    seen.keep("path-letter")
    seen.go(f"{site.address}/ask?reported=yes")
    expect(page.get_by_text("Export declaration with HS code")).to_be_visible()
    seen.go(f"{site.address}/lots/fwo:first-batch-antimony")
    expect(page.locator(".facts").first).to_contain_text("not stated")
    expect(page.locator("#composition")).to_contain_text("UNKNOWN")
    seen.go(f"{site.address}/verify?event=illus-sb-25q3-sea-dispatch")
    expect(page.get_by_text(re.compile("is at position"))).to_be_visible()
    with page.expect_download() as proof:
        page.get_by_role("button", name="Download the proof").click()
    assert proof.value.suggested_filename.startswith("proof-")


def test_a_stranger_records_a_batch_and_finds_where_its_neodymium_came_from(
    site: Site, seen: Watched
) -> None:
    page = seen.page
    seen.go(site.address)
    page.get_by_role("link", name="Record", exact=True).click()
    settled(page)
    page.get_by_role("link", name="taken from a lot").click()
    settled(page)
    fill(page, "Lot *", "illus:ree-conc", 0)
    fill(page, "Lot *", "illus:new-batch", 1)
    for side in ("What goes in *", "What comes out *"):
        dry = page.get_by_role("group", name=side).get_by_role("group", name="Dry mass")
        dry.get_by_label("Value", exact=True).fill("1.5")
    fill(page, "At which site", "illus-mill-ree")
    expect(page.locator("aside")).to_contain_text("can be recorded")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text(re.compile("Recorded as entry"))).to_be_visible()
    page.get_by_role("link", name="illus:new-batch").click()
    settled(page)
    page.locator("#origins").get_by_role("link", name="Nd", exact=True).click()
    settled(page)
    expect(page.locator("#origins")).to_contain_text("illus-mine-ree")
    seen.keep("path-new-batch")
    page.get_by_role("link", name="Overview", exact=True).click()
    settled(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the report").click()
    assert taken.value.suggested_filename.endswith("-report.html")
    page.goto(f"{site.address}/report")
    expect(page.get_by_role("heading", name="Reported", exact=True)).to_be_visible()
