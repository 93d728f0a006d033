"""Every code that the model and the ledger report has its page, and no page is about nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "findings"
CODES = sorted(
    {
        code
        for room in ("model", "record")
        for file in (ROOT / "src" / "oreline" / room).glob("*.py")
        for code in re.findall(r"\"(ORL-0[12]\d\d)\"", file.read_text(encoding="utf-8"))
    }
)


def test_pages_and_codes_are_the_same():
    assert {page.stem for page in PAGES.glob("ORL-0[12]*.md")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_it_must(code):
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "What it means",
        "Example",
        "How to fix it",
        "What oreline does meanwhile",
    ]
    assert re.search(rf"^(fatal|warning|note) {code} .+ Fix: ", text, re.MULTILINE)
