"""The prices that a server shows: read once, and again where a file of the folder has changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from oreline.api._problems import NotFoundError

if TYPE_CHECKING:
    from oreline.api._views import View
    from oreline.watch import Market, MarketSettings

LOOKS_EVERY_S: Final = 2.0
"""How long what was seen of the price files counts as what is there."""
Stamp = tuple[str, int, int]


class MarketDesk:
    """The market of a chain folder; without a folder, the series that are shipped.

    Safe to share between threads. Nothing is fetched: feeds are asked by a command alone.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stamps: tuple[Stamp, ...] | None = None
        self._look_again_at = 0.0
        self._held: tuple[Market, MarketSettings] | None = None

    def market(self) -> tuple[Market, MarketSettings]:
        """Return the market and what the folder says of it.

        Raises
        ------
        InputError
            If the folder's ``watch.toml`` cannot be used.
        """
        from oreline.watch import Market, MarketSettings, market_of_folder, shipped_series

        with self._lock:
            if self._folder is None:
                if self._held is None:
                    self._held = Market(shipped_series()), MarketSettings()
                return self._held
            now = time.monotonic()
            if self._held is not None and now < self._look_again_at:
                return self._held
            stamps = self._look(self._folder)
            if self._held is None or stamps != self._stamps:
                self._held = None
                self._held = market_of_folder(self._folder)
                stamps = self._look(self._folder)
                self._stamps = stamps
            self._look_again_at = time.monotonic() + LOOKS_EVERY_S
            return self._held

    def _look(self, folder: Path) -> tuple[Stamp, ...]:
        """Return what lies there: the settings, the prices, and the files that they name."""
        places = [folder / "watch.toml", folder / "prices"]
        if self._held is not None:
            places += [folder / one.file for one in self._held[1].series]
        found: set[Stamp] = set()
        for place in places:
            for file in (place, *(place.rglob("*") if place.is_dir() else ())):
                try:
                    status = file.stat()
                except OSError:
                    continue  # gone in this moment, or never there
                found.add((str(file), status.st_size, status.st_mtime_ns))
        return tuple(sorted(found))


def market_of_view(view: View) -> tuple[Market, MarketSettings]:
    """Return the market that a person is shown.

    Raises
    ------
    NotFoundError
        If the person belongs to a party: what the owner follows is not shown to parties.
    InputError
        If the folder's ``watch.toml`` cannot be used.
    """
    if view.is_partial:
        raise NotFoundError("prices are shown to those who see the whole ledger")
    return view.desk.market.market()
