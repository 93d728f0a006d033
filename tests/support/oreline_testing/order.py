"""Hands out the files that take longest first, so that no process waits at the end for another.

pytest-xdist gives whichever process is free the next file in the order of collection. Those that
need a browser come first of all: one is opened for all of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FIRST = (
    "tests/web/test_pages.py",
    "tests/web/test_click_paths.py",
    "tests/web/test_design.py",
    "tests/web/test_calculators.py",
    "tests/web/test_declaring.py",
    "tests/web/test_explore.py",
    "tests/web",
    "tests/api/test_schema.py",
    "tests/api/test_attacks.py",
    "tests/cli/test_serve.py",
)
"""Files and folders, the longest first; the others follow in their own order."""


def pytest_configure() -> None:
    """Say so when a file has been moved."""
    gone = [name for name in FIRST if not (ROOT / name).exists()]
    if gone:
        raise pytest.UsageError(f"{Path(__file__).name} names what is not there: {gone}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; tests of a file stay together and in their order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return _place_of(item.path)


@cache
def _place_of(path: Path) -> int:
    for place, name in enumerate(FIRST):
        if (ROOT / name) in (path, *path.parents):
            return place
    return len(FIRST)
