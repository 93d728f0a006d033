"""A flowsheet with the assumptions that stand beside it in a chain folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Law
from oreline.design._law_external import ENGINE_LAWS
from oreline.design._laws import LAWS
from oreline.design._process_text import read_processes
from oreline.exchange import DEFAULT_LIMITS, read_plain_table
from oreline.model import Assumption, Finding, InputError, LimitExceededError, is_fatal

PROCESSES_FILE = "processes.toml"
ASSUMPTIONS_FILE = "assumptions.csv"
COSTS_FILE = "costs.toml"
DESIGNS_FOLDER = "designs"
"""Where variants of a chain's flowsheet lie."""
ORES_FOLDER = "ores"
HOLES_FOLDER = "drillholes"
HOLES_MAX = 200
"""How many sets of drill holes of a folder are looked at."""
ORES_MAX = 200
"""How many ore tables of a folder are looked at."""


def chain_of(file: Path) -> Path:
    """Return the folder of the chain to which a flowsheet belongs: its ores lie there.

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


def holes_in(folder: Path) -> dict[str, str]:
    """Return the digest of each set of drill holes in a chain's folder, by the name of the set.

    It is that of its settings and tables as they lie there now; an ore says of which it was made.
    A set that cannot be read is left out.
    """
    from oreline.explore import hole_folder_digest, hole_folders

    place = folder / HOLES_FOLDER
    if not place.is_dir():
        return {}
    found = {}
    for one in hole_folders(place)[:HOLES_MAX]:
        digest = hole_folder_digest(one)
        if digest:
            found[one.resolve().name] = digest
    return found


def companions(flowsheet: PurePath, name: str) -> tuple[PurePath, ...]:
    """Return where a file that goes with a flowsheet may stand; the first that is there counts.

    Its own, named after it; else the one beside it; else, for a flowsheet in a folder ``designs``,
    that of the chain: a variant shares assumptions and costs with the chain until it has its own.

    Examples
    --------
    >>> from pathlib import PurePosixPath
    >>> [str(one) for one in companions(PurePosixPath("chain/designs/dry.toml"), "costs.toml")]
    ['chain/designs/dry.costs.toml', 'chain/designs/costs.toml', 'chain/costs.toml']
    """
    folder = flowsheet.parent
    places = [folder / f"{flowsheet.stem}.{name}", folder / name]
    if folder.name == DESIGNS_FOLDER:
        places.append(folder.parent / name)
    return tuple(places)


def is_costs_file(path: PurePath) -> bool:
    """Return whether a file is one of costs by its name, and no flowsheet.

    >>> [is_costs_file(PurePath(one)) for one in ("costs.toml", "dry.costs.toml", "dry.toml")]
    [True, True, False]
    """
    return path.name == COSTS_FILE or path.name.endswith(f".{COSTS_FILE}")


def read_flowsheet(
    text: str,
    name: str,
    assumptions: bytes | None,
    laws: Mapping[str, Law] = {**LAWS, **ENGINE_LAWS},
    ores: Mapping[str, bytes] | None = None,
    holes: Mapping[str, str] | None = None,
) -> tuple[Flowsheet | None, tuple[Finding, ...]]:
    """Read a flowsheet, with ``assumptions.csv`` as it stands, None where there is none.

    ``ores`` are the tables in ``ores/`` of the folder by their names from there, see
    ``ores_in``; ``holes`` the digests of the drill holes there, see ``holes_in``.

    What is wrong in either is told, and there is no flowsheet where any of it is fatal.
    """
    known: dict[str, Assumption] = {}
    findings: tuple[Finding, ...] = ()
    if assumptions is not None:
        rows, findings = read_plain_table(assumptions, ASSUMPTIONS_FILE, Assumption)
        known = {row.value.id: row.value for row in rows}
    sheet, found = read_processes(text, name, assumptions=known, laws=laws, ores=ores, holes=holes)
    findings = (*findings, *found)
    return (None if is_fatal(findings) else sheet), findings
