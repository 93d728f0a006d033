"""A ledger that grows while people look: what was known stands there, says so, and gives way."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from browsing import Site, Watched, served, watched
from playwright.sync_api import Browser, Page, expect

from oreline.record import open_store

NOTE = "New entries that are not in these numbers yet"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example that this module appends to."""
    with served("pakistan-us", tmp_path_factory.mktemp("growing"), "hasty") as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def append(site: Site, number: int) -> None:
    """Append an entry from another process than the server's."""
    mass: dict[str, Any] = {"value": "1", "unit": "t", "u": "0.1", "basis": "measured"}
    body = {"outputs": [{"lot": f"illus:grown-{number}", "dry": mass}]}
    event = {"schema": "extract/1", "id": f"grown-{number}", "time": "2026-05-01T08:00:00Z",
             "actor": "clerk", "site": "illus-mill-cu", "body": body}  # fmt: skip
    with open_store(site.folder / site.name / "ledger.db") as store:
        store.append([event])


def tile(page: Page, title: str) -> int:
    of = page.locator(".tiles > li").filter(has=page.get_by_text(title, exact=True))
    return int(of.locator(".value").inner_text().replace(",", ""))


def test_what_was_known_gives_way_to_what_is(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(site.address)
    entries = tile(page, "Entries")
    assert NOTE not in page.content()
    append(site, 1)
    with urllib.request.urlopen(site.address) as answer:
        assert f"{NOTE}: 1" in answer.read().decode()
    append(site, 2)
    seen.go(site.address)
    expect(page.locator(".behind")).to_have_count(0)
    assert tile(page, "Entries") == entries + 2
