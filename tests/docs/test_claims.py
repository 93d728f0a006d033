"""What the pages of validation and conformance say is tested, is tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "validation" / "README.md", ROOT / "docs" / "conformance.md"]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
ROW = re.compile(r"^\|(?!-)(?! *(?:what|clause|model) \|)(.+)\|$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_named_test_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert named
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or re.search(rf"^def {test}\(", text, re.MULTILINE), f"{file}::{test}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_line_of_a_table_names_a_test(page: Path) -> None:
    rows = [row for row in ROW.findall(page.read_text(encoding="utf-8")) if set(row) - set("-|")]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []
