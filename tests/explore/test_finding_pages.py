"""The line that the page of each code shows is the line that its smallest input causes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from oreline.explore import HolesRead

PAGES = Path(__file__).parents[2] / "docs" / "findings"
A, C, S, G, M = "assay.csv", "collar.csv", "survey.csv", "lithology.csv", "explore.toml"
CAUSES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "ORL-0900": ((M, 'length_unit = "m"', 'length_unit = ""'),),
    "ORL-0901": ((C, "hole,x,y,z", "hole,east,y,z"),),
    "ORL-0902": ((A, "A1,4,6,0.50", "A1,4,6,high"),),
    "ORL-0903": ((A, "A3,0,10", "A-3,0,10"),),
    "ORL-0904": ((S, "A3,0,90,-60\n", ""),),
    "ORL-0905": ((A, "A3,0,10,0.30,15\n", ""),),
    "ORL-0906": ((C, "A5,1025", "A4,1025"),),
    "ORL-0907": ((A, "A1,4,6,0.50,25\n", ""),),
    "ORL-0908": ((A, "A1,4,6,0.50", "A1,3,6,0.50"),),
    "ORL-0909": ((A, "A1,4,6,0.50", "A1,6,4,0.50"),),
    "ORL-0910": ((A, "A1,10,12", "A1,10,14"),),
    "ORL-0911": ((A, "A1,4,6,0.50", "A1,4,6,-0.50"),),
    "ORL-0912": ((A, "A1,4,6,0.50", "A1,4,6,5000"),),
    "ORL-0913": ((A, "A1,4,6,0.50,25", "A1,4,6,99.9,9000"),),
    "ORL-0914": ((S, "A1,12,92", "A1,12,920"),),
    "ORL-0915": ((S, "A3,0,", "A3,3,"),),
    "ORL-0916": ((S, "A1,12,92", "A1,12,122"),),
    "ORL-0917": ((S, "A1,12,92", "A1,0,92"),),
    "ORL-0918": tuple(
        (A, f"A{number},0,10,0.30", f"A{number},0,10,3000") for number in (2, 3, 4, 5)
    ),
    "ORL-0919": ((C, "A1,1000,2000,850,12", "A1,1000,2000,850,3.66"),),
    "ORL-0920": ((C, "A3,1000,2050", "A3,2050,1000"),),
    "ORL-0922": ((A, "A3,0,10,0.30,15", "A3,0,10,,"),),
    "ORL-0924": ((A, "A1,4,6,0.50", "A1,4,6,>10"),),
    "ORL-0925": ((C, "A5,1025,2025,850,10", "A5,1025,2025,850,"),),
    "ORL-0926": ((A, "A1,4,6,0.50,25\n", "A1,4,6,0.50,\nA1,4,6,,25\n"),),
    "ORL-0927": ((S, "A3,0,90,-60", "A3,0,90,60"),),
    "ORL-0929": ((S, "A3,0,90,-60\n", "A3,0,90,-60\nA3,90000,90,-60\n"),),
    "ORL-0960": ((S, "A1,12,92", "A1,12,452"),),
    "ORL-0961": (
        (A, "A1,4,6,0.50", "A1,4,6,-7"),
        (M, 'value = "half"', 'value = "half"\nnegative = "below detection"'),
    ),
}
"""The smallest change of a sound set that causes each finding."""


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_the_page_shows_the_line(code: str, read: Callable[..., HolesRead]) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    shown = re.findall(rf"^(?:fatal|warning|note) {code} .*$", page, re.MULTILINE)
    assert shown
    printed = [str(finding) for finding in read(*CAUSES[code]).findings]
    assert set(shown) <= set(printed), printed


def test_the_sound_set_has_no_finding(read: Callable[..., HolesRead]) -> None:
    assert read().findings == ()


def test_every_code_of_tables_has_a_cause() -> None:
    # Of an ore table, not of drill holes; see test_ore.py.
    others = {"ORL-0962"}
    assert {page.stem for page in PAGES.glob("ORL-09[0-26]?.md")} - others == set(CAUSES)
