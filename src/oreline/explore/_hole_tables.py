"""From tables of text to typed tables in metres and per cent, each row with its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from oreline.exchange import DEFAULT_LIMITS, Limits, TextTable, read_text_table
from oreline.explore._cells import Decimal, GradeCells, numbers, read_grades
from oreline.explore._hole_points import collars_of_points
from oreline.explore._mapping import AnalyteColumn, HoleMapping, TablePlace
from oreline.explore._said import Told, fatal, warning, without
from oreline.explore._words import METRES_PER_UNIT
from oreline.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class GradeMarks:
    """Cells of grades that are no plain number, by row of the file and analyte.

    ``below`` has ``row, analyte, limit_pct``; ``missing`` has ``row, analyte``.
    """

    below: pl.DataFrame
    missing: pl.DataFrame


@dataclass(frozen=True, slots=True)
class HoleTables:
    """The four tables as they are read, in metres and per cent, each with the column ``row``.

    ``places`` says what findings call each table, ``rows_read`` how many rows it had, and
    ``merged_rows`` how many rows of assays became part of another.
    """

    collars: pl.DataFrame
    surveys: pl.DataFrame
    assays: pl.DataFrame
    geology: pl.DataFrame
    marks: GradeMarks
    analytes: tuple[str, ...]
    places: Mapping[str, str]
    rows_read: Mapping[str, int]
    length_unit: str
    merged_rows: int = 0

    def place(self, part: str) -> Told:
        """Return what findings call a table."""
        return Told(self.places.get(part, part), self.length_unit)

    def left_out(self) -> dict[str, int]:
        """Return how many rows of each table are not used."""
        kept = {part: getattr(self, part)["row"].n_unique() for part in self.rows_read}
        kept["assays"] += self.merged_rows
        return {part: read - kept[part] for part, read in self.rows_read.items()}

    def having(self, **frames: pl.DataFrame) -> HoleTables:
        """Return the tables with some of them replaced."""
        changes: dict[str, Any] = dict(frames)  # fields of other types are not replaced here
        return replace(self, **changes)


_NO_SURVEYS = {"hole": pl.String, "depth_m": pl.Float64, "azimuth_deg": pl.Float64,
               "dip_deg": pl.Float64, "row": pl.UInt32}  # fmt: skip
_NO_GEOLOGY = {"hole": pl.String, "from_m": pl.Float64, "to_m": pl.Float64, "code": pl.String,
               "row": pl.UInt32}  # fmt: skip


def load_tables(
    files: Mapping[str, bytes], mapping: HoleMapping, limits: Limits = DEFAULT_LIMITS
) -> tuple[HoleTables | None, list[Finding]]:
    """Read the tables that a mapping names; None where one cannot be read or lacks a column."""
    texts: dict[str, TextTable] = {}
    findings: list[Finding] = []
    for part in ("collars", "surveys", "assays", "geology"):
        place: TablePlace | None = getattr(mapping, part)
        if place is None:
            continue
        table, found = _text(files, part, place, mapping, limits)
        findings += found
        if table is not None:
            texts[part] = table
    wanted = [part for part in ("collars", "surveys", "assays", "geology")
              if getattr(mapping, part) is not None]  # fmt: skip
    if any(part not in texts for part in wanted):
        return None, findings
    reader = _Reader(mapping, texts, findings)
    tables = reader.tables()
    return tables, findings


def _text(
    files: Mapping[str, bytes], part: str, place: TablePlace, mapping: HoleMapping, limits: Limits
) -> tuple[TextTable | None, list[Finding]]:
    """Return a table if it can be read and has every column that the mapping names."""
    data = files.get(place.file)
    if data is None:
        fix = "put the file beside explore.toml, or correct its name there"
        return None, [_lacking(place.file, f"the file of the {part} is missing", fix)]
    table, found = read_text_table(data, place.file, limits, sheet=place.sheet)
    findings = list(found)
    if table is None:
        return None, findings
    lacking = [name for name in _columns_of(part, mapping) if name not in table.frame.columns]
    named = ", ".join(table.frame.columns[:30])
    for name in lacking:
        where = f"{table.place} row {table.header_row}"
        message = f"the column {name} of the {part} is missing; there are {named}"
        findings.append(_lacking(where, message, "correct the name in explore.toml"))
    return (None if lacking else table), findings


def _lacking(where: str, message: str, fix: str) -> Finding:
    return Finding("ORL-0901", Severity.FATAL, where, message, fix)


def _columns_of(part: str, mapping: HoleMapping) -> list[str]:
    place = getattr(mapping, part)
    keys = ("hole", "x", "y", "z", "depth", "azimuth", "dip", "start", "to", "length",
            "code", "density")  # fmt: skip
    named = [name for key in keys if (name := getattr(place, key, None)) is not None]
    if part == "assays":
        named += [column.column for column in mapping.assays.analytes.values()]
    return named


@dataclass(slots=True)
class _Reader:
    mapping: HoleMapping
    texts: Mapping[str, TextTable]
    findings: list[Finding]

    def tables(self) -> HoleTables:
        length = METRES_PER_UNIT[self.mapping.length_unit]
        coordinate = METRES_PER_UNIT[self.mapping.coordinate_unit]
        if self.mapping.collars is None:
            return self._of_points()
        collars = self._rows("collars", {"x": ("x_m", coordinate), "y": ("y_m", coordinate),
                                         "z": ("z_m", coordinate)})  # fmt: skip
        collars = self._optional(
            "collars", collars,
            {"depth": ("depth_m", length), "azimuth": ("azimuth_deg", 1.0),
             "dip": ("dip_deg", 1.0)},
        )  # fmt: skip
        surveys = pl.DataFrame(schema=_NO_SURVEYS)
        if "surveys" in self.texts:
            surveys = self._rows("surveys", {"depth": ("depth_m", length),
                                             "azimuth": ("azimuth_deg", 1.0),
                                             "dip": ("dip_deg", 1.0)})  # fmt: skip
        return self._with_assays(collars, surveys, {})

    def _of_points(self) -> HoleTables:
        """Read assays that say where each interval lies; collars and surveys follow from them."""
        coordinate = METRES_PER_UNIT[self.mapping.coordinate_unit]
        points = {axis: (f"{axis}_m", coordinate) for axis in ("x", "y", "z")}
        nothing = pl.DataFrame(schema=_NO_SURVEYS)
        tables = self._with_assays(nothing, nothing, points)
        located = tables.assays.select("hole", "row", "from_m", "to_m", "x_m", "y_m", "z_m")
        collars, surveys = collars_of_points(located)
        place = self.texts["assays"].place
        message = f"there are no collars: those of {collars.height} holes follow from the points"
        fix = "nothing need be done if these are the middles of the intervals"
        note = Finding("ORL-0925", Severity.NOTE, place, f"{message} of their intervals", fix)
        self.findings.append(note)
        kept = tables.assays.drop("x_m", "y_m", "z_m")
        return replace(
            tables, collars=collars, surveys=surveys, assays=kept,
            places={**tables.places, "collars": place, "surveys": place},
        )  # fmt: skip

    def _with_assays(
        self, collars: pl.DataFrame, surveys: pl.DataFrame, more: Mapping[str, tuple[str, float]]
    ) -> HoleTables:
        assays = self._intervals("assays", more)
        assays = self._optional("assays", assays, {"density": ("density_t_per_m3", 1.0)})
        assays, marks = self._grades(assays)
        geology = pl.DataFrame(schema=_NO_GEOLOGY)
        if "geology" in self.texts:
            geology = self._codes(self._intervals("geology", {}))
        places = {part: table.place for part, table in self.texts.items()}
        names = tuple(self.mapping.assays.analytes)
        read = {part: table.frame.height for part, table in self.texts.items()}
        return HoleTables(collars, surveys, assays, geology, marks, names, places, read,
                          self.mapping.length_unit)  # fmt: skip

    def _intervals(self, part: str, more: Mapping[str, tuple[str, float]]) -> pl.DataFrame:
        """Return the rows of a table of intervals, each with where it starts and ends."""
        length = METRES_PER_UNIT[self.mapping.length_unit]
        key = "to" if getattr(self.mapping, part).to is not None else "length"
        frame = self._rows(part, {"start": ("from_m", length), key: ("to_m", length), **more})
        if key == "length":
            frame = frame.with_columns(pl.col("to_m") + pl.col("from_m"))
        return frame

    def _rows(self, part: str, wanted: Mapping[str, tuple[str, float]]) -> pl.DataFrame:
        """Return the rows whose hole and needed numbers are there; the others are told."""
        table, place = self.texts[part], getattr(self.mapping, part)
        frame = pl.DataFrame({"hole": table.frame[place.hole], "row": table.rows})
        for key, (name, factor) in wanted.items():
            column = getattr(place, key)
            value = self._numbers(table, column, f"the row is left out of the {part}")
            frame = frame.with_columns((value * factor).alias(name))
        nameless = frame.filter(pl.col("hole").is_null())
        fix = "write the hole into each row"
        message = f"no hole is named; the row is left out of the {part}"
        self.findings += fatal(
            "ORL-0902", nameless, Told(table.place), message, fix, column=place.hole
        )
        return frame.drop_nulls(["hole", *(name for name, _ in wanted.values())])

    def _numbers(self, table: TextTable, column: str, meanwhile: str, *, needed: bool = True,
                 code: str = "ORL-0902") -> pl.Series:  # fmt: skip
        text = table.frame[column]
        value = numbers(text, self._decimal(table))
        wrong = pl.DataFrame({"text": text, "row": table.rows, "is_wrong": value.is_null()})
        if not needed:
            wrong = wrong.filter(pl.col("text").is_not_null())
        wrong = wrong.filter("is_wrong").with_columns(pl.col("text").fill_null("an empty cell"))
        message = f"{{text}} is no number; {meanwhile}"
        fix = "write a number with a decimal " + (
            "comma" if self.mapping.decimal == "," else f"point{self._comma_hint(wrong['text'])}"
        )
        self.findings += fatal(code, wrong, Told(table.place), message, fix, column=column)
        return value

    def _decimal(self, table: TextTable) -> Decimal:
        """Return how a table writes numbers; a cell of a workbook or Parquet is a number itself."""
        is_typed = self.mapping.decimal == "," and ".csv" not in table.place.casefold()
        return "typed" if is_typed else self.mapping.decimal

    def _comma_hint(self, texts: pl.Series) -> str:
        is_comma = self.mapping.decimal == "." and texts.str.contains(r"^[<>-]?\d+,\d+$").any()
        return ', or decimal = "," in explore.toml if all numbers have one' if is_comma else ""

    def _optional(
        self, part: str, frame: pl.DataFrame, wanted: Mapping[str, tuple[str, float]]
    ) -> pl.DataFrame:
        """Add columns that may be absent, and may have empty cells."""
        table, place = self.texts[part], getattr(self.mapping, part)
        for key, (name, factor) in wanted.items():
            column = getattr(place, key)
            if column is None:
                frame = frame.with_columns(pl.lit(None, dtype=pl.Float64).alias(name))
                continue
            value = self._numbers(table, column, "the cell is left out", needed=False)
            cells = pl.DataFrame({"row": table.rows, name: value * factor})
            frame = frame.join(cells, on="row", how="left", maintain_order="left")
        return frame

    def _codes(self, frame: pl.DataFrame) -> pl.DataFrame:
        table, place = self.texts["geology"], self.mapping.geology
        assert place is not None
        cells = pl.DataFrame({"row": table.rows, "code": table.frame[place.code]})
        frame = frame.join(cells, on="row", how="left", maintain_order="left")
        blank = frame.filter(pl.col("code").is_null())
        message = "no code is written; the row is left out of the geology"
        self.findings += fatal("ORL-0902", blank, Told(table.place), message, "write the code",
                               column=place.code)  # fmt: skip
        return frame.drop_nulls("code")

    def _grades(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, GradeMarks]:
        table = self.texts["assays"]
        below, missing = [], []
        columns = {"row": table.rows}
        for name, column in self.mapping.assays.analytes.items():
            text = table.frame[column.column]
            cells = read_grades(text, column, self.mapping.codes, self._decimal(table))
            self._say_grades(table, column.column, column.unit, text, cells)
            columns[name] = cells.percent
            lost = cells.missing | cells.unread | cells.negative | cells.large
            marked = pl.DataFrame(
                {"row": table.rows, "below": cells.below, "limit_pct": cells.percent, "lost": lost}
            )
            named = pl.lit(name).alias("analyte")
            below.append(marked.filter("below").select("row", named, "limit_pct"))
            missing.append(marked.filter("lost").select("row", named))
        frame = frame.join(pl.DataFrame(columns), on="row", how="left", maintain_order="left")
        return frame, GradeMarks(pl.concat(below), pl.concat(missing))

    def _say_grades(
        self, table: TextTable, column: str, unit: str, text: pl.Series, cells: GradeCells
    ) -> None:
        place = Told(table.place)
        frame = pl.DataFrame({"text": text, "row": table.rows, "unread": cells.unread,
                              "negative": cells.negative, "above": cells.above,
                              "large": cells.large})  # fmt: skip
        meanwhile = "the grade is left out and counts as missing"
        self.findings += fatal(
            "ORL-0902", frame.filter("unread"), place,
            f"{{text}} is no grade; {meanwhile}",
            "write a number, or list the word in [codes] of explore.toml"
            + self._comma_hint(frame.filter("unread")["text"]), column=column,
        )  # fmt: skip
        self.findings += fatal(
            "ORL-0911", frame.filter("negative"), place,
            f"the grade {{text}} {unit} is negative; {meanwhile}",
            'list it in [codes], or write negative = "below detection" there', column=column,
        )  # fmt: skip
        self.findings += fatal(
            "ORL-0961", frame.filter("large"), place,
            f"the grade {{text}} {unit} is negative, and most grades are below such a limit; "
            f"{meanwhile}", "correct it; where it is a limit, list it under below_detection in "
            "[codes]", column=column,
        )  # fmt: skip
        said = frame.filter("above")
        self.findings += warning(
            "ORL-0924", said, place,
            "{text} is above the range of the method; it counts as the end of the range",
            "ask the laboratory for the over-range assay", column=column,
        )  # fmt: skip


def in_range(
    tables: HoleTables, columns: Mapping[str, AnalyteColumn]
) -> tuple[HoleTables, list[Finding]]:
    """Leave out grades over 100 %, which become missing."""
    findings: list[Finding] = []
    assays, lost = tables.assays, [tables.marks.missing]
    for name in tables.analytes:
        over = assays.filter(pl.col(name) > 100.0).with_columns(value=pl.col(name))
        message = f"{name} of {{value:.6g}} % is more than 100 %; it is left out, as missing"
        fix = "correct the grade, or the unit of the column in explore.toml"
        findings += fatal("ORL-0912", over, tables.place("assays"), message, fix,
                          column=columns[name].column)  # fmt: skip
        if over.height:
            assays = assays.with_columns(pl.when(pl.col(name) <= 100.0).then(name).alias(name))
            lost.append(over.select("row", pl.lit(name).alias("analyte")))
    marks = GradeMarks(tables.marks.below, pl.concat(lost))
    return replace(tables, assays=assays, marks=marks), findings


def leave_out(tables: HoleTables, part: str, rows: pl.DataFrame) -> HoleTables:
    """Return the tables without some rows of one of them."""
    if rows.is_empty():
        return tables
    return tables.having(**{part: without(getattr(tables, part), rows)})
