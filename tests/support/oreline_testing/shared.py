"""The folder of published test vectors and facts beside the checkout, which a clone may lack."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oreline_testing.absent import absent

REPOSITORY = Path(__file__).parents[3]


def find_shared() -> Path:
    """Name the folder: `ORELINE_SHARED`, or else `shared` beside the checkout."""
    return Path(os.environ.get("ORELINE_SHARED") or REPOSITORY.parent / "shared")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the folder, so that `-m 'not shared'` leaves them out."""
    for item in items:
        if "shared_dir" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked `shared` where the folder is not there."""
    if item.get_closest_marker("shared") and not find_shared().is_dir():
        absent(
            "the folder `shared` was not found beside the checkout; ORELINE_SHARED can name it",
            system=False,
        )


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Locate the folder of published vectors and facts; its tests are skipped without it."""
    return find_shared()
