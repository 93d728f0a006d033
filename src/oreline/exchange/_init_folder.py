"""Makes a new chain folder: every table with its columns and a line that explains them."""

from __future__ import annotations

from pathlib import Path

from oreline.exchange._atomic import csv_bytes, new_folder
from oreline.exchange._export_folder import toml_text
from oreline.exchange._prices import PRICE_FORMS
from oreline.exchange._tables import FORMS
from oreline.model import InputError

EVENT_COLUMNS = (
    "event", "kind", "time", "party", "to_party", "site", "to_site", "side", "lot", "material",
    "continuing", "wet_t", "dry_t", "moisture_pct", "Sb_pct", "basis", "source", "sample", "role",
    "laboratory", "evidence", "note",
)  # fmt: skip
"""The columns of the events template; any column of the layout can be added."""
_COMMENTS = {
    "assumptions": "every assumed number with its range; other tables name its id in source",
    "parties": "who takes part; roles are separated by spaces, owners are party:share% with ;",
    "sites": "where things happen; coordinates need precision_km; role is chain or candidate",
    "materials": "what moves; tracked lists elements or oxides, such as Sb As Nd2O3",
    "routes": "ways between sites; mode is truck rail sea barge air conveyor or pipeline",
    "permits": "leases, consents, licences, and until when they hold",
    "rules": "which measurement is the book value, such as prefer umpire > agreed > seller",
    "evidence": "quoted sentences of reports; sha256 is that of the report itself",
    "series": "what is priced: kind is exchange, assessed, reference, annual or fx; unit USD/t",
    "values": "one row per published day; a revision is a row more, with when it was published",
    "holidays": "days on which the markets of a calendar are closed",
    "events": "one row per line of an event; rows with the same event id form one event",
}


def init_folder(
    path: str | Path,
    name: str,
    *,
    title: str | None = None,
    currency: str = "USD",
    time_zone: str = "UTC",
    declared: str = "1970-01-01",
) -> Path:
    """Make an empty chain folder that reads without a finding; give back its path.

    Parameters
    ----------
    path
        Where; nothing may be there yet, or an empty folder.
    name, title, currency
        How the chain is called, in short and in full, and in which currency it counts.
    time_zone
        The zone of times that are written without an offset, such as ``Asia/Karachi``.
    declared
        The day from which the ledger shows the tables, ``2025-09-01``.

    Raises
    ------
    InputError
        If something is already there, or the name is empty.
    StoreError
        If the disk refuses; nothing is left behind.
    """
    if not name.strip():
        raise InputError("a chain needs a name")
    path = Path(path)
    with new_folder(path) as folder:
        text = _settings(name.strip(), title or name.strip(), currency, time_zone, declared)
        (folder / "chain.toml").write_text(text, encoding="utf-8")
        for part in FOLDERS:
            (folder / part).mkdir()
        for form in (*FORMS, *PRICE_FORMS):
            (folder / form.file).write_bytes(_template(form.name, form.columns))
        (folder / "events" / "events.csv").write_bytes(_template("events", EVENT_COLUMNS))
    return path


FOLDERS = ("evidence", "events", "mapping", "contracts", "instruments", "prices", "scenarios")
"""What a new chain folder holds beside its tables; each may stay empty."""


def _template(name: str, columns: tuple[str, ...]) -> bytes:
    comment = f'"# {_COMMENTS[name]}"\n'
    return comment.encode() + csv_bytes(columns, ())


def _settings(name: str, title: str, currency: str, time_zone: str, declared: str) -> str:
    return f"""\
# The chain as a whole. Everything behind a # is a remark.
name = {toml_text(name)}
title = {toml_text(title)}
currency = {toml_text(currency)}
boundary_view = "dashed"
# The day from which the ledger shows these tables.
declared = {declared}
# The first and the last day that plans cover.
# horizon_start = 2026-01-01
# horizon_end = 2040-12-31

[defaults]
# The zone of times that are written without an offset.
time_zone = {toml_text(time_zone)}
# Under which pseudonym the events of this folder are entered.
actor = "import"

# [[phases]]
# id = "phase-1"
# name = "First consignments"
# start = 2026-01-01
# budget = 500000000
# currency = "USD"
"""
