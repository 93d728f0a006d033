"""The ledger that a command is about: found, opened, and read no further than the answer needs."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

_URL = re.compile(r"[a-z][a-z0-9+]*://")

if TYPE_CHECKING:
    from oreline.record import Books, Ledger, Store
    from oreline.trace import Tracer


def ledger_place(ledger: str | None, chain: Path | None) -> str:
    """Return where the ledger is that a call means.

    Raises
    ------
    InputError
        If nothing says which, or both a ledger and a chain folder are named.
    """
    from oreline.model import InputError

    if ledger is not None and chain is not None:
        raise InputError("--ledger and --chain both say which ledger is meant; give one")
    if ledger is not None:
        if "://" in ledger and not _URL.match(ledger):
            raise InputError(f"{ledger!r} is no URL; write postgresql://user@host/database")
        return ledger
    if chain is not None:
        return str(chain / "ledger.db")
    if named := os.environ.get("ORELINE_LEDGER"):
        return named
    if Path("ledger.db").is_file():
        return "ledger.db"
    message = (
        "which ledger? There is no ledger.db in this folder; give --chain FOLDER or "
        "--ledger PLACE, or set ORELINE_LEDGER"
    )
    raise InputError(message)


def known_at_value(text: str | None, store: Store) -> str | int | None:
    """Return a size of the log as a number, a moment as it is.

    Raises
    ------
    InputError
        If the log never had that many events.
    """
    from oreline.model import InputError

    if text is None or not (text.isascii() and text.isdigit()):
        return text
    size = store.size()
    if int(text) > size:
        raise InputError(f"the log has {size} events, not {text}")
    return int(text)


@dataclass
class Reader:
    """A ledger as of one moment, as known at another; opened when first used."""

    ledger_option: str | None = None
    chain_option: Path | None = None
    parent_option: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    _opened: list[Any] = field(default_factory=list, repr=False)

    def __enter__(self) -> Self:
        """Return the reader itself."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close what was opened."""
        while self._opened:
            self._opened.pop().close()

    @cached_property
    def place(self) -> str:
        """Return where the ledger is."""
        return ledger_place(self.ledger_option, self.chain_option)

    @cached_property
    def store(self) -> Store:
        """Return the ledger's store."""
        return self._open(self.place)

    @cached_property
    def parent(self) -> Store | None:
        """Return the store of the parent of a derived ledger, None for an actual one.

        Without ``--parent`` it is looked for where a chain folder keeps it: beside the folder
        ``ledgers`` in which the derived one lies.

        Raises
        ------
        InputError
            If it is not found, or the one named is not the parent.
        """
        from oreline.model import InputError

        header = self.store.header
        if header.parent is None:
            if self.parent_option is not None:
                raise InputError(f"ledger {header.id} is {header.tense} and has no parent")
            return None
        place = self.parent_option or self._parent_beside()
        if place is None:
            message = f"ledger {header.id} is derived from {header.parent}; name it with --parent"
            raise InputError(message)
        store = self._open(place)
        if store.header.id != header.parent:
            message = (
                f"ledger {header.id} is derived from {header.parent}, not from {store.header.id}"
            )
            raise InputError(message)
        return store

    @cached_property
    def ledger(self) -> Ledger:
        """Return what the ledger says."""
        from oreline.record import load_ledger, snapshot_place

        return load_ledger(
            self.store,
            as_of=self.as_of,
            known_at=known_at_value(self.known_at, self.store),
            parent=self.parent,
            cache=snapshot_place(self.store, os.environ),
        )

    @cached_property
    def books(self) -> Books:
        """Return the books of the ledger."""
        from oreline.record import open_books

        return open_books(self.ledger)

    @cached_property
    def tracer(self) -> Tracer:
        """Return the lot graph of the ledger, ready for questions."""
        from oreline.trace import Tracer, build_graph

        return Tracer(build_graph(self.books))

    def zone(self, given: str | None) -> str:
        """Return the time zone in which days begin: as given, else the chain's own, else UTC."""
        if given is not None:
            return given
        folder = self.chain_option or Path(self.store.path or "").parent
        settings = folder / "chain.toml"
        if self.store.path is None or not settings.is_file():
            return "UTC"
        defaults = tomllib.loads(settings.read_text("utf-8")).get("defaults", {})
        return str(defaults.get("time_zone", "UTC"))

    def names_known(self, what: str) -> frozenset[str]:
        """Return every ``party``, ``site`` or ``material`` of the chain and of its ledgers."""
        from oreline.exchange import read_chain
        from oreline.record import declared_names

        path = self.store.path
        folder = None if path is None else self.chain_option or path.parent
        chain = None
        if folder is not None and (folder / "chain.toml").is_file():
            chain = read_chain(folder)[0]
        tables = {"party": "parties", "site": "sites", "material": "materials"}
        found = frozenset(() if chain is None else getattr(chain, tables[what]))
        for store in (self.store,) if self.parent is None else (self.store, self.parent):
            found |= declared_names(store, what)
        return found

    def element(self, symbol: str) -> str:
        """Return an element that the ledger speaks of; an InputError says which those are."""
        return self.books.element(symbol)

    def lot(self, name: str) -> str:
        """Return a lot that the ledger knows.

        Raises
        ------
        InputError
            If it does not, with lots that are spelt alike.
        """
        import difflib

        from oreline.model import InputError

        known = self.ledger.columns.lots.index
        if name in known:
            return name
        near = difflib.get_close_matches(name, known, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise InputError(f"no lot {name} in this ledger{hint}")

    def positions_of_lot(self, lot: str) -> list[int]:
        """Return where the ledger, its parent included, names a lot."""
        own = self.store.events_of_lot(lot)
        shift = self.store.header.parent_size
        if self.parent is None or shift is None:
            return own
        return [seq - shift for seq in self.parent.events_of_lot(lot) if seq < shift] + own

    def state_json(self) -> dict[str, Any]:
        """Return which ledger answered, as of when."""
        header = self.store.header
        return {
            "id": header.id,
            "tense": header.tense,
            "parent": header.parent,
            "place": self.store.place,
            "size": self.ledger.size,
            "root": self.ledger.root.hex(),
            "as_of": self.as_of,
            "known_at": self.known_at,
        }

    def _open(self, place: str) -> Store:
        from oreline.record import open_store

        store = open_store(place)
        self._opened.append(store)
        return store

    def _parent_beside(self) -> str | None:
        path = self.store.path
        if path is None:
            return None
        near = path.resolve().parent.parent / "ledger.db"
        return str(near) if near.is_file() else None
