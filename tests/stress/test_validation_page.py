"""The page of published measures says what is computed now, and names tests that are there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from stress_validation import all_sections

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_is_computed_now(shared_dir: Path) -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "build_stress_validation.py"))
    arguments = [str(shared_dir / "facts" / "risk"), "--check"]
    assert script["main"](arguments) == 0, "run scripts/build_stress_validation.py"


def test_every_section_names_a_test_that_is_there(shared_dir: Path) -> None:
    found = all_sections(shared_dir / "facts" / "risk")
    assert found
    for section in found:
        file, _, name = section.test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), section.test
        assert all(len(row) == len(section.header) for row in section.rows), section.title
