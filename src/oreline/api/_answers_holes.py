"""Drill holes that somebody hands over: what is wrong with them, and keeping them as a set."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from oreline.api._answers_explore import FINDINGS_MAX, set_folder, units_of
from oreline.api._explored import files_of
from oreline.api._problems import NotAllowedError
from oreline.api._views import View
from oreline.exchange import TextTable
from oreline.explore import (
    MAPPING_FILE,
    HolesRead,
    ModelGuess,
    Stated,
    grade_statistics,
    guess_mapping,
    guess_model,
    mapping_text,
    read_holes,
    text_tables,
    unpacked_files,
)
from oreline.model import InputError, LimitExceededError, Severity

HOLES_FOLDER: Final = "drillholes"
SETS_MAX: Final = 200
"""How many sets of drill holes a chain's folder may hold before no more are kept."""
NAME_FORM: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
SAMPLE_ROWS: Final = 3
"""How many rows of each table are shown beside its mapping."""
COLUMNS_MAX: Final = 200
"""How many columns of a table are named."""


def checked_holes(
    _view: View,
    files: Mapping[str, bytes],
    bytes_max: int,
    mapping: str | None = None,
    stated: Stated | None = None,
    density: tuple[float, str] | None = None,
) -> dict[str, Any]:
    """Return what some drill hole tables hold and all that is wrong with them; nothing is kept.

    Parameters
    ----------
    files
        Tables by name, or zip archives of them; an ``explore.toml`` among them is the mapping.
    bytes_max
        How large they may be, unpacked.
    mapping
        The text of an ``explore.toml``; it is guessed where neither this nor a file says it.
    stated
        What a guess need not guess.
    density
        Dry t/m3 of all rock and who says so, for the proposal of a block model.

    Raises
    ------
    InputError
        If a file is no table, or no mapping can be guessed.
    LimitExceededError
        If there is too much.
    """
    handed = unpacked_files(files, bytes_max)
    tables, unread = text_tables(handed.files)
    if not tables:
        raise InputError("none of these files can be read as a table", unread)
    guessed: tuple[str, ...] = ()
    open_: tuple[str, ...] = ()
    text = mapping
    if text is None and MAPPING_FILE in handed.files:
        text = handed.files[MAPPING_FILE].decode("utf-8-sig", errors="replace")
    if text is None:
        guess = guess_mapping(tables, stated)
        text, guessed, open_ = guess.text, guess.guessed, guess.open
    read = read_holes({**handed.files, MAPPING_FILE: text.encode()}, "handed over")
    model, lacks = _model_of(read, density)
    return {
        "files": [_told_table(name, table) for name, table in tables.items()],
        "ignored": list(handed.ignored),
        "mapping": text,
        "guessed": list(guessed),
        "open": list(open_),
        **_told(read),
        "model": None
        if model is None
        else {"text": mapping_text(model.sections), "said": list(model.said)},
        "model_lacks": lacks,
    }


def _told_table(name: str, table: TextTable) -> dict[str, Any]:
    frame = table.frame
    return {
        "file": name,
        "rows": frame.height,
        "columns": frame.columns[:COLUMNS_MAX],
        "first": [[cell or "" for cell in row] for row in frame.head(SAMPLE_ROWS).rows()],
    }


def _told(read: HolesRead) -> dict[str, Any]:
    """Return what was read, and what is wrong: what forbids it first, all counted."""
    ranked = sorted(read.findings, key=lambda one: one.severity is not Severity.FATAL)
    told: dict[str, Any] = {
        "usable": read.holes is not None,
        "findings": [one.to_json() for one in ranked[:FINDINGS_MAX]],
        "findings_of": len(ranked),
        "left_out": sum(one.severity is Severity.FATAL for one in ranked),
        "holes": None,
        "units": {},
        "statistics": [],
    }
    if read.holes is None:
        return told
    holes = read.holes
    weighed = holes.assays.with_columns((holes.assays["to_m"] - holes.assays["from_m"]).alias("m"))
    found = grade_statistics(weighed, holes.analytes, weight="m")
    return {
        **told,
        "holes": holes.summary(),
        "units": units_of(read),
        "statistics": found.to_json()["statistics"],
    }


def _model_of(read: HolesRead, density: tuple[float, str] | None) -> tuple[ModelGuess | None, str]:
    """Return a proposal for the block model, or why there is none."""
    if read.holes is None or read.mapping is None:
        return None, "the holes cannot be read yet"
    if read.mapping.grid is not None:
        return None, "the mapping declares one"
    try:
        value, source = density or (None, "")
        return guess_model(read.holes, value, source), ""
    except InputError as error:
        return None, str(error)


def kept_holes(
    view: View, name: str, files: Mapping[str, bytes], bytes_max: int, mapping: str | None = None
) -> dict[str, Any]:
    """Keep a set of drill holes in the chain's folder, where ``explore`` finds it.

    It is there whole or not at all, and never takes the place of another.

    Raises
    ------
    NotAllowedError
        If the person belongs to a party: what is in the ground is the chain's.
    InputError
        If the holes cannot be used, with every finding; or the name is taken or no name.
    LimitExceededError
        If there is too much, or there are SETS_MAX sets.
    """
    root = view.desk.folder
    if view.is_partial:
        raise NotAllowedError("drill holes are the chain's; somebody who belongs to no party adds")
    if root is None:
        raise InputError("this server serves a ledger without a chain folder: nothing can be kept")
    if not NAME_FORM.fullmatch(name):
        message = f"{name!r} is no name for a set of drill holes"
        raise InputError(f"{message}: lower-case letters, digits and hyphens, at most 60")
    handed = unpacked_files(files, bytes_max)
    content = dict(handed.files)
    if mapping is not None:
        content[MAPPING_FILE] = mapping.encode()
    if MAPPING_FILE not in content:
        raise InputError("no mapping says what the columns mean: check the files first")
    read = read_holes(content, name)
    if read.holes is None:
        raise InputError("these drill holes cannot be used; nothing was kept", read.findings)
    target = root / HOLES_FOLDER / name
    if (root / HOLES_FOLDER / MAPPING_FILE).is_file():
        raise InputError(f"{HOLES_FOLDER}/ of this chain is one set itself: move it into a folder")
    if target.exists():
        raise InputError(f"there is a set {name} already; choose another name")
    if sum(1 for _ in _sets(root)) >= SETS_MAX:
        raise LimitExceededError(f"the chain holds SETS_MAX = {SETS_MAX} sets; remove one first")
    _put(root, target, content)
    return {"set": name, **_told(read)}


def files_of_set(view: View, name: str) -> dict[str, bytes]:
    """Return the settings and tables of a kept set, to be looked at with other settings.

    Raises
    ------
    NotFoundError
        If this person sees no such set.
    """
    return files_of(set_folder(view, name))


def _sets(root: Path) -> list[Path]:
    place = root / HOLES_FOLDER
    return [one for one in place.iterdir() if one.is_dir()] if place.is_dir() else []


def _put(root: Path, target: Path, content: Mapping[str, bytes]) -> None:
    """Write a folder beside its place and move it there in one step."""
    made: str | None = None
    try:
        made = tempfile.mkdtemp(prefix=".drillholes-", dir=root)
        for name, data in content.items():
            (Path(made) / name).write_bytes(data)
        Path(made).chmod(0o755)
        target.parent.mkdir(exist_ok=True)
        # Onto a folder with files in it this fails: nobody's set is lost in a race.
        Path(made).rename(target)
    except OSError as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        reason = error.strerror or str(error)
        raise InputError(f"the set cannot be kept in the chain's folder: {reason}") from error
