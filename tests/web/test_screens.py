"""The report in a browser, at the width of a telephone and of a desk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from screenshot import Seen, look, only
from shown_example import Shown, shown

HEIGHT = 9000
SEA = (0xEE, 0xF3, 0xF6)
LAND = (0xFB, 0xFA, 0xF6)
CANDIDATE = (0xB4, 0x53, 0x09)


@pytest.fixture(scope="module", params=[1280, 390])
def seen(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Seen]:
    """Look at the sections with pictures."""
    page: Path = shown("pakistan-us").made.report
    folder = tmp_path_factory.mktemp("screens")
    return {
        section: look(only(page, section, folder), folder, request.param, HEIGHT)
        for section in ("answers", "illustration")
    }


def count(seen: Seen, colour: tuple[int, int, int]) -> int:
    return int((np.abs(seen.pixels.astype(int) - colour).max(axis=2) <= 2).sum())


def test_the_console_is_silent(seen: dict[str, Seen]) -> None:
    assert [one.console for one in seen.values()] == [(), ()]


def test_the_map_is_drawn(seen: dict[str, Seen]) -> None:
    assert count(seen["answers"], SEA) > 10_000
    assert count(seen["answers"], LAND) > 20_000
    assert count(seen["answers"], CANDIDATE) > 30


def test_the_diagram_is_drawn(seen: dict[str, Seen]) -> None:
    # The colour of the first node of a diagram: nothing else in the page has it.
    assert count(seen["illustration"], (0x0F, 0x76, 0x6E)) > 500


def test_nothing_sticks_out_to_the_side(first_batch: Shown, tmp_path: Path) -> None:
    probe = (
        "<script>addEventListener('load',()=>{const w=document.documentElement;"
        "if(w.scrollWidth>w.clientWidth)console.error('too wide: '+w.scrollWidth)})</script>"
    )
    page = tmp_path / "probed.html"
    page.write_text(first_batch.page.replace("</body>", f"{probe}</body>"), encoding="utf-8")
    # Chromium's narrowest window is wider than a telephone, so a frame stands for one.
    frame = tmp_path / "frame.html"
    frame.write_text(f'<iframe src="{page.name}" width="360" height="2000"></iframe>')
    assert look(frame, tmp_path, 1280, 2200).console == ()
