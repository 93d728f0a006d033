"""Reads a set of drill holes: its mapping, its tables, all that is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from oreline.exchange import DEFAULT_LIMITS, Limits
from oreline.explore._check_collars import check_collars
from oreline.explore._check_grades import check_grades
from oreline.explore._check_intervals import check_depths, check_intervals
from oreline.explore._check_settings import DEFAULT_CHECKS, CheckSettings
from oreline.explore._check_surveys import check_surveys, oriented
from oreline.explore._hole_tables import GradeMarks, HoleTables, in_range, load_tables
from oreline.explore._holes import DrillHoles, valued_assays
from oreline.explore._mapping import MAPPING_FILE, HoleMapping, Valued, read_mapping_text
from oreline.model import Finding, InputError, Severity


@dataclass(frozen=True, slots=True)
class HolesRead:
    """What was read of a set of drill holes, and everything that is wrong or odd with it.

    ``holes`` is None where the mapping or a table cannot be used. A fatal finding about a row or a
    cell leaves out that row or cell, and says so. ``sha256`` is that of all files that count.
    """

    name: str
    holes: DrillHoles | None
    findings: tuple[Finding, ...]
    mapping: HoleMapping | None = None
    sha256: str = ""


def read_holes(
    files: Mapping[str, bytes],
    name: str = "drillholes",
    *,
    settings: CheckSettings = DEFAULT_CHECKS,
    limits: Limits = DEFAULT_LIMITS,
) -> HolesRead:
    """Read a set of drill holes from the bytes of its files.

    Parameters
    ----------
    files
        The bytes of ``explore.toml`` and of the tables that it names.
    name
        What the set is called.
    settings
        When something is worth saying.
    limits
        How much is read at most.
    """
    data = files.get(MAPPING_FILE)
    if data is None:
        fix = "make it with 'oreline explore init FOLDER'"
        found = Finding("ORL-0900", Severity.FATAL, MAPPING_FILE, "the file is missing", fix)
        return HolesRead(name, None, (found,))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "save it as UTF-8"
        found = Finding("ORL-0900", Severity.FATAL, MAPPING_FILE, f"not UTF-8: {error}", fix)
        return HolesRead(name, None, (found,))
    mapping, wrong = read_mapping_text(text)
    if mapping is None:
        return HolesRead(name, None, wrong)
    tables, findings = load_tables(files, mapping, limits)
    if tables is None:
        return HolesRead(name, None, tuple(findings))
    tables, findings = _checked(tables, mapping, settings, findings)
    unsaid = _unvalued(tables, mapping)
    if unsaid:
        return HolesRead(name, None, (*unsaid, *findings))
    if tables.collars.is_empty() or tables.assays.is_empty():
        part = "collars" if tables.collars.is_empty() else "assays"
        found = Finding("ORL-0902", Severity.FATAL, str(tables.place(part)),
                        "no row can be used", "correct what is listed")  # fmt: skip
        return HolesRead(name, None, (found, *findings))
    digest = digest_of_holes(files, mapping)
    return HolesRead(name, _holes(name, tables, mapping), tuple(findings), mapping, digest)


def digest_of_holes(files: Mapping[str, bytes], mapping: HoleMapping) -> str:
    """Return one SHA-256 of the settings and the tables that they name, by name and content."""
    places = (mapping.collars, mapping.surveys, mapping.assays, mapping.geology)
    names = {MAPPING_FILE, *(place.file for place in places if place is not None)}
    whole = hashlib.sha256()
    for name in sorted(names & files.keys()):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def _checked(
    tables: HoleTables, mapping: HoleMapping, settings: CheckSettings, findings: list[Finding]
) -> tuple[HoleTables, list[Finding]]:
    findings = list(findings)
    tables, found = in_range(tables, mapping.assays.analytes)
    findings += found
    tables, found = oriented(tables, mapping)
    findings += found
    tables, found = check_collars(tables, settings)
    findings += found
    tables, found = check_surveys(tables, settings)
    findings += found
    tables, found = check_intervals(tables, settings)
    findings += found
    tables, found = check_depths(tables, settings)
    findings += found
    findings += check_grades(tables, mapping.assays.analytes, settings)
    return tables, findings


def _unvalued(tables: HoleTables, mapping: HoleMapping) -> list[Finding]:
    """Return the analytes that have grades below detection, and nothing says what they count as."""
    counts = dict(tables.marks.below["analyte"].value_counts().iter_rows())
    unlimited = tables.marks.below.filter(pl.col("limit_pct").is_null())
    words = dict(unlimited["analyte"].value_counts().iter_rows())
    findings = []
    for name in tables.analytes:
        if name in words:
            message = f"{words[name]} grades of {name} are words for below detection"
            fix = f"add limit = ... in {mapping.assays.analytes[name].unit} to {name}"
            found = Finding("ORL-0900", Severity.FATAL, MAPPING_FILE,
                            f"{message}, and it has no detection limit", fix)  # fmt: skip
            findings.append(found)
        if counts.get(name) and mapping.value_of(name) is None:
            message = (
                f"{counts[name]} grades of {name} are below detection, "
                "and nothing says what they count as"
            )
            fix = 'write value = "half" (or zero, limit, interval) in [codes]'
            findings.append(Finding("ORL-0900", Severity.FATAL, MAPPING_FILE, message, fix))
    return findings


def _holes(name: str, tables: HoleTables, mapping: HoleMapping) -> DrillHoles:
    assays = tables.assays.sort("hole", "from_m", "to_m")
    number_of = assays.select("row").with_row_index("interval")
    marks = GradeMarks(*(
        marked.join(number_of, on="row").drop("row").select("interval", pl.exclude("interval"))
        for marked in (tables.marks.below, tables.marks.missing)
    ))  # fmt: skip
    below_value: dict[str, Valued] = {
        one: value for one in tables.analytes if (value := mapping.value_of(one)) is not None
    }
    used = marks.below["analyte"].unique().to_list()
    assays = assays.drop("row").select(
        "hole", "from_m", "to_m", "density_t_per_m3", *tables.analytes
    )
    valued = valued_assays(
        assays, marks.below, {one: how for one, how in below_value.items() if one in used}
    )
    columns = mapping.assays.analytes
    return DrillHoles(
        name=name,
        collars=tables.collars.select(
            "hole", "x_m", "y_m", "z_m", "depth_m", "azimuth_deg", "dip_deg"
        ),
        surveys=tables.surveys.sort("hole", "depth_m").drop("row"),
        assays=valued,
        geology=tables.geology.sort("hole", "from_m").drop("row"),
        analytes=tables.analytes,
        symbols={one: columns[one].analyte or one for one in tables.analytes},
        below=marks.below,
        missing=marks.missing,
        below_value=below_value,
        crs=mapping.crs,
        azimuth=mapping.azimuth,
        source=mapping.source or "not stated",
        basis=str(mapping.basis or "not stated"),
        rows_left_out=tables.left_out(),
    )


def hole_folders(place: Path) -> tuple[Path, ...]:
    """Return the folders with drill holes at a place: itself, or those of a chain folder."""
    if (place / MAPPING_FILE).is_file():
        return (place,)
    root = place / "drillholes" if (place / "drillholes").is_dir() else place
    below = (
        [root, *sorted(path for path in root.iterdir() if path.is_dir())] if root.is_dir() else []
    )
    return tuple(path for path in below if (path / MAPPING_FILE).is_file())


def read_hole_folder(
    folder: Path,
    *,
    settings: CheckSettings = DEFAULT_CHECKS,
    limits: Limits = DEFAULT_LIMITS,
) -> HolesRead:
    """Read the set of drill holes that a folder with ``explore.toml`` holds.

    Only files beside the mapping are read: a name with a folder in it leads nowhere else.

    Raises
    ------
    InputError
        If there is no such folder, or a file is longer than the limit.
    """
    files = _files_of(folder, limits)
    return read_holes(files, folder.resolve().name, settings=settings, limits=limits)


def hole_folder_digest(folder: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the digest that :func:`read_hole_folder` gives, without reading the tables' cells.

    It is empty where the mapping cannot be read or a file is too long.
    """
    try:
        files = _files_of(folder, limits)
    except InputError:
        return ""
    text = files.get(MAPPING_FILE, b"").decode("utf-8-sig", errors="replace")
    mapping, _ = read_mapping_text(text)
    return "" if mapping is None else digest_of_holes(files, mapping)


def _files_of(folder: Path, limits: Limits) -> dict[str, bytes]:
    """Return the bytes of a mapping and of the tables beside it that it names."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder")
    files: dict[str, bytes] = {}
    names = [MAPPING_FILE]
    if (folder / MAPPING_FILE).is_file():
        text = (folder / MAPPING_FILE).read_bytes().decode("utf-8", errors="replace")
        mapping, _ = read_mapping_text(text)
        if mapping is not None:
            places = (mapping.collars, mapping.surveys, mapping.assays, mapping.geology)
            names += [place.file for place in places if place is not None]
    for name in names:
        path = folder / name
        if Path(name).name != name or not path.is_file():
            continue
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
        if len(data) > limits.file_bytes:
            message = f"{name} is longer than the limit file_bytes = {limits.file_bytes}"
            raise InputError(f"{message}; split the file")
        files[name] = data
    return files
