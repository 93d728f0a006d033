"""A flowsheet with the assumptions that stand beside it in a chain folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Law
from oreline.design._law_external import ENGINE_LAWS
from oreline.design._laws import LAWS
from oreline.design._process_text import read_processes
from oreline.exchange import DEFAULT_LIMITS, read_plain_table
from oreline.model import Assumption, Finding, InputError, LimitExceededError, is_fatal

PROCESSES_FILE = "processes.toml"
ASSUMPTIONS_FILE = "assumptions.csv"
DESIGNS_FOLDER = "designs"
"""Where further flowsheets of a chain lie; what stands beside a design is that of its chain."""
ORES_FOLDER = "ores"
ORES_MAX = 200
"""How many ore tables of a folder are looked at."""


def chain_of(file: Path) -> Path:
    """Return the folder in which assumptions and ores of a flowsheet lie.

    >>> chain_of(Path("chain/designs/one.toml")).as_posix()
    'chain'
    """
    folder = file.parent
    return folder.parent if folder.name == DESIGNS_FOLDER else folder


def ores_in(folder: Path) -> dict[str, bytes]:
    """Return the ore tables of a chain's folder by their names from there.

    Raises
    ------
    InputError
        If one cannot be read.
    LimitExceededError
        If one is longer than the limit of files, or there are more than ORES_MAX.
    """
    most = DEFAULT_LIMITS.file_bytes
    paths = sorted((folder / ORES_FOLDER).glob("*.csv"))
    if len(paths) > ORES_MAX:
        raise LimitExceededError(f"{len(paths)} ore tables are more than ORES_MAX = {ORES_MAX}")
    found = {}
    for path in paths:
        name = f"{ORES_FOLDER}/{path.name}"
        try:
            with path.open("rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}") from error
        if len(data) > most:
            raise LimitExceededError(f"{name} is longer than the limit file_bytes = {most}")
        found[name] = data
    return found


def read_flowsheet(
    text: str,
    name: str,
    assumptions: bytes | None,
    laws: Mapping[str, Law] = {**LAWS, **ENGINE_LAWS},
    ores: Mapping[str, bytes] | None = None,
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read a flowsheet, with ``assumptions.csv`` as it stands, None where there is none.

    ``ores`` are the tables in ``ores/`` of the folder by their names from there, see
    ``ores_in``.

    What is wrong in either is told, and there is no flowsheet where any of it is fatal.
    """
    known: dict[str, Assumption] = {}
    findings: tuple[Finding, ...] = ()
    if assumptions is not None:
        rows, findings = read_plain_table(assumptions, ASSUMPTIONS_FILE, Assumption)
        known = {row.value.id: row.value for row in rows}
    sheet, found = read_processes(text, name, assumptions=known, laws=laws, ores=ores)
    findings = (*findings, *found)
    return (None if is_fatal(findings) else sheet), findings
