"""The pages of the shipped examples, and a browser to look at them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

HERE = Path(__file__).parent
sys.path.append(str(HERE / "support"))
sys.path.append(str(HERE.parent / "ask" / "support"))

from browsing import browser  # noqa: E402
from shown_example import Shown, shown  # noqa: E402


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Open one browser for all the tests of a module."""
    with browser() as opened:
        yield opened


@pytest.fixture
def first_batch() -> Shown:
    """Show the first example as the demo does."""
    return shown("pakistan-us")


@pytest.fixture
def magnets() -> Shown:
    """Show the second example as the demo does."""
    return shown("mine-to-magnet")
