"""The report: complete in itself, honest about masses, and readable for everybody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_text import Page
from shown_example import Shown, shown

from oreline.exchange import read_chain
from oreline.model import Chain, InputError
from oreline.web import chain_map, report_html

MASS = re.compile(r"\d\s*(?:t|kg)\b(?!/)")
LARGEST_BYTES = 8_000_000


@pytest.fixture(params=["pakistan-us", "mine-to-magnet"])
def example(request: pytest.FixtureRequest) -> Shown:
    return shown(request.param)


@pytest.fixture
def page(example: Shown) -> Page:
    return Page(example.page)


@pytest.fixture
def chain(first_batch: Shown) -> Chain:
    chain, _ = read_chain(first_batch.made.folder)
    assert chain is not None
    return chain


def test_nothing_is_loaded_from_anywhere(page: Page, example: Shown) -> None:
    assert page.links
    for link in page.links:
        assert link.startswith(("#", "data:")), link
    assert "default-src 'none'" in example.page
    style = re.search(r"<style>(.*?)</style>", example.page, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_the_file_is_small_enough_to_send(example: Shown) -> None:
    assert len(example.page.encode()) < LARGEST_BYTES


def test_sections_stand_in_their_order(page: Page, example: Shown) -> None:
    sections = list(dict.fromkeys(section for section, _ in page.lines if section))
    assert sections == [section.id for section in example.made.brief.sections]


def test_no_mass_stands_without_the_word_assumed(page: Page) -> None:
    rows = [text for section, text in page.lines if section and MASS.search(text)]
    assert len(rows) > 40
    for text in rows:
        assert "assumed" in text, text


def test_no_mine_is_named_as_an_origin(first_batch: Shown) -> None:
    page = Page(first_batch.page)
    (district,) = [text for _, text in page.lines if text == "Origin: district"]
    place = page.lines.index(("answers", district))
    assert page.lines[place + 1][1].startswith("UNKNOWN")
    for name in ("Muhammad Khel", "Krinj", "Qila Abdullah antimony", "Reko Diq", "Loe Shilman"):
        told = [(section, text) for section, text in page.lines if name in text]
        assert told
        for section, text in told:
            assert section == "answers"
            in_table = text.startswith(name) and "±" in text
            assert in_table or "candidate" in text, text


def test_a_reader_of_screens_finds_headings_and_words_for_pictures(page: Page) -> None:
    assert page.tags.count("h1") == 1
    assert page.tags.count("h2") == 7
    assert page.tags.count("title") >= 2
    assert "main" in page.tags
    labels = [text for _, text in page.lines if "Largest:" in text or "places; each" in text]
    assert len(labels) >= 3


def test_text_of_a_chain_cannot_become_markup(first_batch: Shown, chain: Chain) -> None:
    brief = replace(first_batch.made.brief, title="<script>alert(1)</script>")
    html = report_html(brief, chain)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_the_same_brief_gives_the_same_page(first_batch: Shown, chain: Chain) -> None:
    assert report_html(first_batch.made.brief, chain) == first_batch.page


def test_disputed_boundaries_are_dashed_with_a_note(chain: Chain) -> None:
    drawn = chain_map(chain)
    assert 'class="disputed"' in drawn
    assert "have not agreed on the final status of Jammu and Kashmir" in drawn
    assert "assumed from general knowledge and unreviewed" in drawn
    assert "takes no side" in drawn


def test_the_boundary_view_is_a_setting(chain: Chain) -> None:
    plain = chain_map(replace(chain, boundary_view="none"))
    assert 'class="disputed"' not in plain
    assert "without borders" in plain
    with pytest.raises(InputError, match="dashed, none"):
        chain_map(replace(chain, boundary_view="mine"))


def test_routes_are_called_schematic(chain: Chain) -> None:
    drawn = chain_map(chain)
    assert drawn.count('class="route route-sea"') == 6
    assert "schematic" in drawn


def test_a_chain_without_places_has_no_map(chain: Chain) -> None:
    assert chain_map(replace(chain, sites={}, routes={})) == ""
