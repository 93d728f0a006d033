"""Ledgers that many tests begin with, made once in a process: to make one waits for the disk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from oreline.record import create_store
from oreline_testing.injected import FixedClock, FixedSalts

_kept: dict[str, tuple[bytes, datetime, int]] = {}
"""By what goes into a ledger: its file, and how far that brought the clock and the salts."""


def put_ledger(
    path: Path,
    header: Mapping[str, str],
    events: Sequence[dict[str, Any]],
    clock: FixedClock,
    salts: FixedSalts,
) -> None:
    """Put a ledger of these events at a path, as ``create_store`` and ``append`` would."""
    key = json.dumps([header, events, repr(clock), repr(salts)])
    if key not in _kept:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "ledger.db"
            with create_store(made, header, clock=clock, salt=salts) as store:
                store.append(events)
            assert [one.name for one in made.parent.iterdir()] == [made.name]
            _kept[key] = (made.read_bytes(), clock.now, salts.drawn)
    file, clock.now, salts.drawn = _kept[key]
    path.parent.mkdir(parents=True, exist_ok=True)
    assert not path.exists()
    path.write_bytes(file)
