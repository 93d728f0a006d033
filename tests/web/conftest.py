"""The pages of the shipped examples, and a browser to look at them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

HERE = Path(__file__).parent
sys.path.append(str(HERE / "support"))
sys.path.append(str(HERE.parent / "ask" / "support"))

from browsing import Site, browser, served  # noqa: E402
from shown_example import Shown, shown  # noqa: E402

_kept = ExitStack()
"""What stays open from one module to the next: a browser and a server take seconds to start."""
_open: dict[str, Browser | Site] = {}


@pytest.fixture(scope="session")
def kept() -> Iterator[ExitStack]:
    """Keep open what modules share; all of it is closed at the end, whatever happened."""
    with _kept:
        yield _kept
    _open.clear()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close what modules share before tests of another folder: the browser has an event loop."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _kept.close()
        _open.clear()


@pytest.fixture(scope="module")
def chromium(kept: ExitStack) -> Browser:
    """Open one browser for the tests of this folder."""
    if "browser" not in _open:
        _open["browser"] = kept.enter_context(browser())
    found = _open["browser"]
    assert isinstance(found, Browser)
    return found


@pytest.fixture(scope="module")
def looked_at(kept: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Serve the first example to all modules that only look: they leave it as it was."""
    if "site" not in _open:
        _open["site"] = kept.enter_context(
            served("pakistan-us", tmp_path_factory.mktemp("looked-at"))
        )
    found = _open["site"]
    assert isinstance(found, Site)
    return found


@pytest.fixture
def first_batch() -> Shown:
    """Show the first example as the demo does."""
    return shown("pakistan-us")


@pytest.fixture
def magnets() -> Shown:
    """Show the second example as the demo does."""
    return shown("mine-to-magnet")
