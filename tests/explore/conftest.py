"""A small sound set of drill holes, and a way to read it spoilt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "support"))

from drillhole_sets import spoilt

from oreline.explore import DrillHoles, HolesRead


@pytest.fixture
def read() -> Callable[..., HolesRead]:
    return spoilt


@pytest.fixture
def holes() -> DrillHoles:
    found = spoilt()
    assert found.findings == ()
    assert found.holes is not None
    return found.holes
