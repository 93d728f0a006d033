"""Lets the tests of this folder import the builders of events and the oracles by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
for folder in (ROOT / "tests" / "oracle", ROOT / "tests" / "record", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


@pytest.fixture(autouse=True)
def ledgers_in_the_temporary_folder(tmp_path):
    """Let ledgers be made where pytest cleans up."""
    import histories

    histories.FOLDER[:] = [tmp_path]
    yield
    histories.FOLDER.clear()
