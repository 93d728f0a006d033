"""Lets the tests of this room import their ledgers by name, and checks all accounts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.append(HERE)


@pytest.fixture(autouse=True, scope="session")
def verified() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ORELINE_VERIFY", "1")
        yield
