"""Every code has a page and every page a code; the index of codes is made from the pages."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import build_findings_index as index  # noqa: E402

PAGES = sorted(index.FOLDER.glob("ORL-*.md"))


def test_the_index_is_up_to_date() -> None:
    assert index.main(["--check"]) == 0, "run scripts/build_findings_index.py"


def test_a_stale_index_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "findings"
    shutil.copytree(index.FOLDER, folder)
    monkeypatch.setattr(index, "FOLDER", folder)
    monkeypatch.setattr(index, "PAGE", folder / "README.md")
    page = folder / PAGES[0].name
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("\n", " of another title\n", 1), encoding="utf-8")
    assert index.main(["--check"]) == 1
    assert index.main([]) == 0
    assert index.main(["--check"]) == 0
    assert "of another title" in (folder / "README.md").read_text(encoding="utf-8")


def test_every_code_of_every_room_has_a_page_and_no_page_is_about_nothing() -> None:
    assert {page.stem for page in PAGES} == index.codes_in_source()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_begins_with_its_code_and_says_what_it_must(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.match(rf"# {page.stem}: \S", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "What it means",
        "Example",
        "How to fix it",
        "What oreline does meanwhile",
    ]


def test_every_block_of_codes_has_a_heading() -> None:
    assert {page.stem[4:6] for page in PAGES} == set(index.BLOCKS)
