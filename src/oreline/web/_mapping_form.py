"""The form that says what the columns of drill hole tables mean: each choice at its place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nicegui import ui

from oreline.explore import METRES_PER_UNIT, PERCENT_PER_UNIT
from oreline.web._blocks import h
from oreline.web._frame import action, markup
from oreline.web._strings import Translate, msg

NONE: Final = ""
"""The choice of no column."""
SHEET: Final = " sheet "
ANALYTES_OPEN: Final = 12
"""So many analytes stand open on the form; more are folded away."""
PARTS: Final = {
    "collars": msg("Collars: where holes begin"),
    "surveys": msg("Surveys: where they go"),
    "assays": msg("Assays"),
    "geology": msg("Geology"),
}
COLUMNS: Final = {
    "collars": ("hole", "x", "y", "z", "depth", "azimuth", "dip"),
    "surveys": ("hole", "depth", "azimuth", "dip"),
    "assays": ("hole", "from", "to", "length", "density"),
    "geology": ("hole", "from", "to", "length", "code"),
}
WORDS: Final = {
    "hole": msg("Hole"), "x": msg("East (x)"), "y": msg("North (y)"), "z": msg("Height (z)"),
    "depth": msg("Depth"), "azimuth": msg("Azimuth"), "dip": msg("Dip"), "from": msg("From"),
    "to": msg("To"), "length": msg("Length"), "density": msg("Density, t/m3"),
    "code": msg("Rock code"),
}  # fmt: skip
DIPS: Final = {
    "negative down": msg("negative points down"),
    "positive down": msg("positive points down"),
}
DECIMALS: Final = {".": msg("a point: 0.5"), ",": msg("a comma: 0,5")}
BELOW: Final = {
    "half": msg("half the limit"), "zero": msg("nothing"), "limit": msg("the limit"),
    "interval": msg("all between nothing and the limit"),
}  # fmt: skip
NEGATIVE: Final = {
    "wrong": msg("a mistake"),
    "below detection": msg("below detection: -0.01 is <0.01"),
}

BASES: Final = {
    NONE: msg("not stated"), "measured": msg("measured"), "reported": msg("reported"),
    "assumed": msg("assumed"),
}  # fmt: skip


@dataclass(slots=True)
class MappingForm:
    """What a form is about: the settings, the columns of each table, and whom to tell of changes.

    ``values`` are those of the text of an ``explore.toml``; a choice on the form changes them.
    """

    t: Translate
    values: dict[str, Any]
    columns: Mapping[str, Sequence[str]]
    changed: Callable[[], None]

    def put(self) -> None:
        """Put the form on the page."""
        t = self.t
        self._settings()
        for part, title in PARTS.items():
            self._part(part, t(title))
        self._analytes()

    def _settings(self) -> None:
        t, values = self.t, self.values
        lengths = {one: one for one in METRES_PER_UNIT}
        codes = values.setdefault("codes", {})
        values.setdefault("decimal", ".")
        with ui.element("div").classes("inputs"):
            self._select(values, "length_unit", t("Depths are in"), lengths)
            self._select(values, "coordinate_unit", t("Coordinates are in"), lengths)
            self._select(values, "dip", t("Of dips"), _told(DIPS, t))
            self._select(values, "decimal", t("Decimals have"), _told(DECIMALS, t))
            self._select(codes, "negative", t("A negative grade is"), _told(NEGATIVE, t))
            self._select(codes, "value", t("Below detection counts as"), _told(BELOW, t))
            self._select(values, "basis", t("Grades are"), _told(BASES, t))
            self._input(values, "source", t("Who says so (source)"))
            self._input(values, "crs", t("Coordinate system"))

    def _part(self, part: str, title: str) -> None:
        t = self.t
        table: dict[str, Any] = self.values.get(part) or {}
        file = _named(table)
        options = {NONE: t("no such table")} | {one: one for one in self.columns}
        with ui.element("fieldset").classes("group"):
            markup(h("{}", title), tag="legend")
            chosen = ui.select(options, value=file if file in options else NONE, label=t("File"))
            chosen.props("outlined dense options-dense")
            chosen.on_value_change(lambda event, one=part: self._take_file(one, event.value))
            known = {NONE: t("no column")} | {one: one for one in self.columns.get(file, ())}
            for key in COLUMNS[part] if file else ():
                self._select(table, key, t(WORDS[key]), known)

    def _take_file(self, part: str, file: str) -> None:
        if not file:
            self.values.pop(part, None)
        else:
            name, mark, sheet = file.partition(SHEET)
            kept = self.values.get(part) or {}
            self.values[part] = {**kept, "file": name, **({"sheet": sheet} if mark else {})}
        self.changed()

    def _analytes(self) -> None:
        t = self.t
        assays = self.values.get("assays") or {}
        analytes: dict[str, Any] = assays.get("analytes") or {}
        if not analytes:
            return
        title = t("{n} analytes: what each column holds", n=len(analytes))
        folded = ui.element("details").props("" if len(analytes) > ANALYTES_OPEN else "open")
        with folded:
            markup(h("{}", title), tag="summary")
            for name, column in list(analytes.items()):
                self._analyte(analytes, name, column)

    def _analyte(self, analytes: dict[str, Any], name: str, column: dict[str, Any]) -> None:
        t = self.t
        units = {one: one for one in PERCENT_PER_UNIT}
        with ui.element("fieldset").classes("group") as row:
            markup(h("{}: {}", name, column.get("column", "")), tag="legend")
            self._select(column, "unit", t("Unit of {analyte}", analyte=name), units)
            limit = ui.number(
                t("Detection limit of {analyte}", analyte=name), value=column.get("limit")
            )
            limit.props("outlined dense clearable")

            def take(event: Any) -> None:
                _put(column, "limit", event.value)
                self.changed()

            limit.on_value_change(take)

            def leave_out() -> None:
                analytes.pop(name, None)
                row.delete()
                self.changed()

            action(t("Leave {analyte} out", analyte=name), leave_out, "quiet small")

    def _select(
        self, into: dict[str, Any], key: str, words: str, options: Mapping[str, str]
    ) -> None:
        now = into.get(key) or NONE
        known = dict(options) if now in options else {now: now or "–", **options}
        field = ui.select(known, value=now, label=words)
        field.props("outlined dense options-dense")

        def take(event: Any) -> None:
            _put(into, key, event.value)
            self.changed()

        field.on_value_change(take)

    def _input(self, into: dict[str, Any], key: str, words: str) -> None:
        field = ui.input(words, value=into.get(key) or "").props("outlined dense maxlength=300")

        def take(event: Any) -> None:
            _put(into, key, event.value)
            self.changed()

        field.on_value_change(take)


def values_of(text: str) -> dict[str, Any] | None:
    """Return the settings of the text of an ``explore.toml``, None where it is no such text."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _named(table: Mapping[str, Any]) -> str:
    """Return a table as its columns are known: a sheet of several by file and sheet."""
    sheet = table.get("sheet")
    return f"{table.get('file', NONE)}{SHEET}{sheet}" if sheet else str(table.get("file", NONE))


def _put(into: dict[str, Any], key: str, value: Any) -> None:
    """Set what is chosen; no choice is no setting."""
    if value in (None, NONE):
        into.pop(key, None)
    else:
        into[key] = value


def _told(words: Mapping[str, str], t: Translate) -> dict[str, str]:
    return {key: t(one) for key, one in words.items()}
