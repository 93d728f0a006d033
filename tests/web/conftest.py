"""The pages of the shipped examples, and a browser to look at them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE / "support"))
sys.path.append(str(HERE.parent / "ask" / "support"))

from shown_example import Shown, shown  # noqa: E402


@pytest.fixture
def first_batch() -> Shown:
    """Show the first example as the demo does."""
    return shown("pakistan-us")


@pytest.fixture
def magnets() -> Shown:
    """Show the second example as the demo does."""
    return shown("mine-to-magnet")
