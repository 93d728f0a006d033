"""Guesses what the columns of a set of drill hole tables mean, and says what it guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from oreline.exchange import TextTable
from oreline.explore._cells import numbers
from oreline.explore._words import (
    COLUMN_WORDS,
    folded,
    header_analyte,
    length_unit_of,
    without_asides,
    without_unit,
)
from oreline.model import InputError

_PARTS: dict[str, tuple[tuple[str, str], ...]] = {
    "collars": (("hole", "hole"), ("x", "x"), ("y", "y"), ("z", "z"), ("depth", "depth"),
                ("azimuth", "azimuth"), ("dip", "dip")),
    "surveys": (("hole", "hole"), ("depth", "survey_depth"), ("azimuth", "azimuth"),
                ("dip", "dip")),
    "assays": (("hole", "hole"), ("from", "from"), ("to", "to"), ("length", "length"),
               ("density", "density"),
               ("x", "x"), ("y", "y"), ("z", "z")),
    "geology": (("hole", "hole"), ("from", "from"), ("to", "to"), ("length", "length"),
                ("code", "code")),
}  # fmt: skip
"""The tables and, for each of their columns, the list of words by which it is found."""
_OPTIONAL = {("collars", "depth"), ("collars", "azimuth"), ("collars", "dip"),
             ("assays", "density"), ("assays", "x"), ("assays", "y"), ("assays", "z")}  # fmt: skip
_NUMBER = r"^[<>]?\s*-?(?:\d*[.,]?\d+(?:[eE][-+]?\d+)?|\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?)$"
SHEET_MARK = " sheet "
"""Stands between the file and the sheet where a table is one of several in a workbook."""
NUMERIC_SHARE = 0.8
"""The share of filled cells that must be numbers for a column to be taken for grades."""


LEFT_TOLD = 12
"""How many columns of numbers that nobody knows are named."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the person who asks for a mapping already knows; None leaves it to be guessed."""

    length_unit: str | None = None
    coordinate_unit: str | None = None
    crs: str | None = None
    dip: str | None = None
    azimuth: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping as text, and what was guessed or could not be.

    Attributes
    ----------
    text
        The content of ``explore.toml``.
    guessed
        One sentence for each thing that was guessed, with its reason.
    open
        One sentence for each thing that must be declared before the holes can be read.
    """

    text: str
    guessed: tuple[str, ...]
    open: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the guess as a JSON object."""
        return {"text": self.text, "guessed": list(self.guessed), "open": list(self.open)}


@dataclass(slots=True)
class _Draft:
    lines: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def guess_mapping(tables: Mapping[str, TextTable], stated: Stated | None = None) -> Guess:
    """Guess the mapping of a set of tables from their headers and values.

    Parameters
    ----------
    tables
        Each file's name and its table; a sheet of a workbook with several is named by the file,
        ``SHEET_MARK``, and the sheet.
    stated
        What is known already.

    Raises
    ------
    InputError
        If no table looks like collars, or none like assays.
    """
    stated = stated or Stated()
    chosen = {part: _file_of(part, tables) for part in _PARTS}
    has_points = _has_points(chosen, tables)
    if has_points:
        chosen["collars"] = None
    if chosen["surveys"] == chosen["collars"]:
        # Collars that state a direction are no readings down the hole.
        chosen["surveys"] = None
    for part, meaning in (("collars", "hole, x, y and z"), ("assays", "hole, from, to and grades")):
        if chosen[part] is None and not (part == "collars" and has_points):
            named = ", ".join(sorted(tables)) or "none"
            message = f"no table has columns that look like {meaning} (files read: {named})"
            raise InputError(
                f"{message}; write explore.toml by hand, see docs/reference/explore.md"
            )
    draft = _Draft()
    found = {part: _columns(part, tables[file]) for part, file in chosen.items() if file}
    if not has_points:
        for axis in ("x", "y", "z"):
            found["assays"].pop(axis, None)
    _head(draft, tables, chosen, found, stated)
    for part, columns in found.items():
        file = chosen[part]
        assert file is not None
        name, mark, sheet = file.partition(SHEET_MARK)
        draft.lines += ["", f"[{part}]", f"file = {_quoted(name)}"]
        draft.lines += [f"sheet = {_quoted(sheet)}"] if mark else []
        draft.lines += [f"{key} = {_quoted(name)}" for key, name in columns.items()]
        told = ", ".join(f"{key} = {name}" for key, name in columns.items())
        draft.guessed.append(f"{file} holds the {part}: {told}")
        if part == "assays":
            _analytes(draft, file, tables[file], columns.values())
    _codes(draft, *_negatives(tables, chosen, found))
    return Guess("\n".join(draft.lines) + "\n", tuple(draft.guessed), tuple(draft.open))


def _has_points(chosen: Mapping[str, str | None], tables: Mapping[str, TextTable]) -> bool:
    """Return whether the assays themselves say where each interval lies, and no collars do."""
    file = chosen["assays"]
    if file is None or chosen["collars"] not in (None, file):
        return False
    return {"x", "y", "z"} <= set(_columns("assays", tables[file]))


def _columns(part: str, table: TextTable) -> dict[str, str]:
    """Return which column means what, for as much as is found."""
    backwards = table.frame.columns[::-1]
    by_folded = {without_asides(name): name for name in backwards}
    by_folded |= {without_unit(name): name for name in backwards}
    by_folded |= {folded(name): name for name in backwards}
    found: dict[str, str] = {}
    for key, words in _PARTS[part]:
        named = next((by_folded[word] for word in COLUMN_WORDS[words] if word in by_folded), None)
        # An interval that says where it ends needs no length, which may be that of the core.
        if named is not None and named not in found.values() and (key, "to" in found) != (
            "length", True
        ):  # fmt: skip
            found[key] = named
    if {("collars", "azimuth"), ("collars", "dip")} & {(part, key) for key in found} and not (
        "azimuth" in found and "dip" in found
    ):
        found.pop("azimuth", None)
        found.pop("dip", None)
    return found


def _file_of(part: str, tables: Mapping[str, TextTable]) -> str | None:
    """Return the file that has what the table needs; of several the one named like it."""
    needed = {key for key, _ in _PARTS[part] if (part, key) not in _OPTIONAL and key != "length"}
    fits = []
    for name, table in tables.items():
        there = set(_columns(part, table))
        if needed <= there | ({"to"} if "length" in there else set()):
            fits.append(name)
    if part == "assays":
        fits = [name for name in fits if _graded(tables[name], ())]
    if part == "geology":
        fits = [name for name in fits if not _graded(tables[name], ())] or fits
    hints = {"collars": "coll", "surveys": "surv", "assays": "assay", "geology": "lith"}
    # Rows of intervals are no collars, unless nothing else is there.
    spans = {name for name in fits if "from" in _columns("geology", tables[name])}
    last = spans if part in {"collars", "surveys"} else set()
    ranked = sorted(fits, key=lambda name: (name in last, hints[part] not in name.casefold(), name))
    return ranked[0] if ranked else None


def _graded(table: TextTable, taken: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Return the columns that hold grades: each with its symbol and the unit it states."""
    used, graded = set(taken), {}
    for name in table.frame.columns:
        read = None if name in used else header_analyte(name)
        if read is not None and _numeric_share(table.frame[name]) >= NUMERIC_SHARE:
            graded[name] = (read.symbol, read.unit)
    return graded


def _numeric_share(series: pl.Series) -> float:
    filled = series.filter(~series.str.to_uppercase().is_in(list(_NO_VALUE)).fill_null(value=True))
    if filled.is_empty():
        return 0.0
    numbers = filled.str.contains(_NUMBER).sum()
    return float(numbers) / filled.len()


_NO_VALUE = ("", "-", "NS", "NA", "N/A", "LNR", "IS", "BDL", "ND", "MISSING", "NULL", "NAN")
"""Cells that say nothing about what a column holds."""


def _numbers(series: pl.Series) -> pl.Series:
    text = series.str.strip_chars("<> ")
    return numbers(text).fill_null(numbers(text, ","))


def _analytes(draft: _Draft, file: str, table: TextTable, taken: Iterable[str]) -> None:
    draft.lines += ["", "[assays.analytes]"]
    used: set[str] = set()
    for name, (symbol, unit) in _graded(table, taken).items():
        identity, number = symbol, 2
        while identity in used:
            identity, number = f"{symbol}_{number}", number + 1
        used.add(identity)
        if unit is None:
            unit, reason = _unit_of(symbol, _numbers(table.frame[name]))
            draft.guessed.append(f"{file} column {name}: {symbol} in {unit}, because {reason}")
        pairs = [f"column = {_quoted(name)}", f"unit = {_quoted(unit)}"]
        if identity != symbol:
            pairs.append(f"analyte = {_quoted(symbol)}")
            draft.guessed.append(f"{file} column {name}: a second column of {symbol}")
        key = identity if identity.replace("_", "").isalnum() else _quoted(identity)
        draft.lines.append(f"{key} = {{{', '.join(pairs)}}}")
    used_columns = {*taken, *_graded(table, taken)}
    left = [
        name
        for name in table.frame.columns
        if name not in used_columns and _numeric_share(table.frame[name]) >= NUMERIC_SHARE
    ]
    if left:
        told = ", ".join(left[:LEFT_TOLD])
        more = f" and {len(left) - LEFT_TOLD} more" if len(left) > LEFT_TOLD else ""
        draft.guessed.append(f"{file}: numbers that are taken for no grade: {told}{more}")


_PRECIOUS = {"Au", "Pt", "Pd", "Rh", "Ag", "Ir", "Os", "Ru"}


def _unit_of(symbol: str, values: pl.Series) -> tuple[str, str]:
    largest = values.max()
    assert largest is None or isinstance(largest, int | float)
    top = 0.0 if largest is None else float(largest)
    if symbol in _PRECIOUS:
        return "g/t", "precious metals are written so where nothing is said"
    if top > 100:
        return "ppm", f"the largest value is {top:g}, more than 100 %"
    return "%", f"the header states no unit and the largest value is {top:g}"


def _head(
    draft: _Draft,
    tables: Mapping[str, TextTable],
    chosen: Mapping[str, str | None],
    found: Mapping[str, Mapping[str, str]],
    stated: Stated,
) -> None:
    """Write the settings of the set: units, conventions, the coordinate system."""
    depths = [found[part].get(key) for part, key in _DEPTH_COLUMNS if part in found]
    told = {unit for name in depths if name for unit in [length_unit_of(name)] if unit}
    length = stated.length_unit or (told.pop() if len(told) == 1 else None)
    draft.lines += [
        "# Which column of the drill hole tables means what; made by 'oreline explore init'.",
        "# Look at every line: what was guessed, the command said.",
    ]
    missing = "m or ft: no header states the unit of depths"
    reason = "a header of depths states it"
    _setting(draft, "length_unit", length, stated.length_unit, missing, reason)
    missing = "m, ft or us ft: the unit of the collars' coordinates"
    reason = "coordinates are taken to be in the unit of depths"
    coordinate = stated.coordinate_unit or length
    _setting(draft, "coordinate_unit", coordinate, stated.coordinate_unit, missing, reason)
    crs = stated.crs or "not stated"
    draft.lines.append(f"crs = {_quoted(crs)}")
    if not stated.crs:
        draft.guessed.append("no file names the coordinate system: it is written as not stated")
    dip, reason = _dip_sign(tables, chosen, found)
    missing = "positive down or negative down: no survey shows the sign"
    has_dips = any("dip" in found.get(part, {}) for part in ("surveys", "collars"))
    if has_dips or stated.dip:
        _setting(draft, "dip", stated.dip or dip, stated.dip, missing, reason)
    commas = _comma_cells(tables.values())
    if commas:
        draft.lines.append('decimal = ","')
        draft.guessed.append(f"decimal is a comma: {commas:,} cells such as 0,5, none with a point")
    azimuth = stated.azimuth or "not stated"
    draft.lines.append(f"azimuth = {_quoted(azimuth)}")
    if not stated.azimuth:
        told_so = "azimuths are taken to be of the grid: no file says grid, true or magnetic north"
        draft.guessed.append(told_so)


def _comma_cells(tables: Iterable[TextTable]) -> int:
    """Return how many cells have a decimal comma; 0 where any has a decimal point.

    What may set thousands apart (``1,250``) is no sign of either.
    """
    commas = points = 0
    for table in tables:
        if ".csv" not in table.place.casefold():
            continue
        for name in table.frame.columns:
            cells = table.frame[name]
            commas += int(cells.str.contains(_COMMA).sum())
            points += int(cells.str.contains(_POINT).sum())
    return 0 if points else commas


_COMMA = r"^[<>]?\s*-?(?:0,\d+|\d+,\d{1,2}|\d+,\d{4,}|\d{4,},\d+|\d{1,3}(?:\.\d{3})+,\d+)$"
_POINT = r"^[<>]?\s*-?(?:0\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|\d{4,}\.\d+|\d{1,3}(?:,\d{3})+\.\d+)$"
_DEPTH_COLUMNS = (("collars", "depth"), ("surveys", "depth"), ("assays", "from"), ("assays", "to"),
                  ("geology", "from"), ("geology", "to"))  # fmt: skip


def _setting(
    draft: _Draft, key: str, value: str | None, stated: str | None, missing: str, reason: str
) -> None:
    draft.lines.append(f"{key} = {_quoted(value or '')}")
    if value is None:
        draft.open.append(f"{key} = {missing}")
    elif stated is None:
        draft.guessed.append(f"{key} is {value}: {reason}")


def _dip_sign(
    tables: Mapping[str, TextTable],
    chosen: Mapping[str, str | None],
    found: Mapping[str, Mapping[str, str]],
) -> tuple[str | None, str]:
    for part in ("surveys", "collars"):
        file, columns = chosen.get(part), found.get(part, {})
        if file is None or "dip" not in columns:
            continue
        dips = _numbers(tables[file].frame[columns["dip"]]).drop_nulls()
        up, down = int((dips < 0).sum()), int((dips > 0).sum())
        if up + down:
            sign = "negative down" if up > down else "positive down"
            return sign, f"{max(up, down)} of {up + down} dips of {file} have that sign"
    return None, ""


def _negatives(
    tables: Mapping[str, TextTable],
    chosen: Mapping[str, str | None],
    found: Mapping[str, Mapping[str, str]],
) -> tuple[int, list[str]]:
    """Return how many grades are small negative numbers, and the large ones, which are codes."""
    file = chosen["assays"]
    assert file is not None
    count, codes = 0, set()
    for name in _graded(tables[file], found["assays"].values()):
        text = tables[file].frame[name]
        values = _numbers(text.set(text.str.contains("<").fill_null(value=False), None))
        is_code = values.is_in(list(_SENTINELS))
        codes |= {f"{value:g}" for value in values.filter(is_code).unique()}
        count += int((values.filter(~is_code.fill_null(value=False)) < 0).sum())
    return count, sorted(codes)


_SENTINELS = (-99.0, -999.0, -9999.0, -99999.0, -77.0, -888.0)
"""Negative numbers that programs write where there is no result."""


def _codes(draft: _Draft, negatives: int, codes: list[str]) -> None:
    """Write how cells without a plain number are read."""
    missing = ["-999", "-9999", *(code for code in codes if code not in {"-999", "-9999"})]
    words = ", ".join(_quoted(word) for word in (*missing, "LNR", "IS", "MISSING"))
    negative = "below detection" if negatives else "wrong"
    if negatives:
        word = "grade is" if negatives == 1 else "grades are"
        told = f"{negatives} {word} negative: -0.5 is taken to mean below 0.5"
        draft.guessed.append(f'{told} (negative = "below detection"), as laboratories write it')
    if codes:
        draft.guessed.append(f"{', '.join(codes)} among the grades is taken for a lost result")
    draft.lines += [
        "",
        "[codes]",
        "# '<0.01' is always read as below 0.01.",
        'not_sampled = ["", "-", "NS", "NA", "N/A"]',
        f"missing = [{words}]",
        "below_detection = []      # words or numbers: give each analyte its limit",
        f'negative = "{negative}"  # "wrong", or "below detection": -0.01 means below 0.01',
        'value = "half"            # what below detection counts as: half, zero, limit, interval',
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
