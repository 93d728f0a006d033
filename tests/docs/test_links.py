"""All pages are reached from docs/index.md, links lead somewhere, nothing comes from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
OUTSIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = sorted(DOCS.rglob("*.md")) + [ROOT / name for name in OUTSIDE]
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)[^)]*\)")
LOCAL_PATH = re.compile(r"(?<![\w./:-])/(?:home|work|root|tmp|Users|mnt)/\w|file://|[A-Z]:\\\\")


def prose(page: Path) -> str:
    return CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[tuple[bool, str]]:
    """Return (is an image, target) of every link of a page outside of code blocks."""
    return [(mark == "!", target) for mark, target in LINK.findall(prose(page))]


def anchors(page: Path) -> set[str]:
    """Return the anchors of the headings, as they are commonly made: lower case, hyphens."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", head.replace("`", "")).strip().lower() for head in heads)
    return {head.replace(" ", "-") for head in plain}


def is_inside(target: str) -> bool:
    return not re.match(r"[a-z]+:", target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_something(page: Path) -> None:
    for _, target in links(page):
        if not is_inside(target):
            continue
        place, _, anchor = target.partition("#")
        assert not place.startswith("/"), f"{target} is not relative"
        found = (page.parent / place).resolve() if place else page
        assert found.exists(), f"{target} leads nowhere"
        assert found.is_relative_to(ROOT.resolve()), f"{target} leads out of the repository"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_nothing_is_loaded_from_outside_and_no_path_is_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not [target for image, target in links(page) if image and not is_inside(target)]
    assert not re.search(r"<(?:img|script|iframe|link)\b", prose(page))
    assert not LOCAL_PATH.search(text), LOCAL_PATH.search(text)


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for _, target in links(page)
            if is_inside(target) and target.partition("#")[0]
        ]
    missed = {page.relative_to(ROOT) for page in DOCS.rglob("*.md")} - {
        page.relative_to(ROOT) for page in reached
    }
    assert not missed


def test_the_check_of_links_sees_what_it_should(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `b` head\n\n![x](https://example.com/x.png) [y](z.md#there)\n")
    assert links(page) == [(True, "https://example.com/x.png"), (False, "z.md#there")]
    assert anchors(page) == {"a-b-head"}
