"""Cells of a workbook that are shown as a percentage: they hold 0.06 and a person reads 6 %.

The reader of workbooks gives values without their formats, so the formats are looked up in the
archive itself. Taken as it is held, a grade would be a hundredth of what the sheet shows.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

Cells: TypeAlias = set[tuple[int, int]]
"""Row, from 1, and column, from 0."""

_BUILT_IN = frozenset({"9", "10"})
_TAG = r"<(?:\w+:)?{}\b([^>]*)>"
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_CELL = re.compile(_TAG.format("c"))
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def percent_cells(data: bytes) -> dict[str, Cells]:
    """Return which cells of each sheet are numbers shown as a percentage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = set(archive.namelist())
        if not {"xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
            return {}
        styles = _percent_styles(_text(archive, "xl/styles.xml"))
        if not styles:
            return {}
        targets = {
            tag["Id"]: tag["Target"].removeprefix("/xl/")
            for tag in _tags(_text(archive, "xl/_rels/workbook.xml.rels"), "Relationship")
            if "Id" in tag and "Target" in tag
        }
        found = {}
        for tag in _tags(_text(archive, "xl/workbook.xml"), "sheet"):
            part = f"xl/{targets.get(tag.get('r:id', ''), '')}"
            if part in parts:
                found[tag.get("name", "")] = _cells(_text(archive, part), styles)
    return found


def as_shown(text: str) -> str:
    """Return a number as a cell shown as a percentage shows it.

    >>> as_shown("0.0525"), as_shown("total")
    ('5.25%', 'total')
    """
    try:
        return f"{(Decimal(text) * 100).normalize():f}%"
    except InvalidOperation:
        return text


def _text(archive: zipfile.ZipFile, part: str) -> str:
    return archive.read(part).decode("utf-8", "replace")


def _tags(text: str, name: str) -> list[dict[str, str]]:
    return [
        {key: html.unescape(value) for key, value in _ATTRIBUTE.findall(match[1])}
        for match in re.finditer(_TAG.format(name), text)
    ]


def _percent_styles(text: str) -> frozenset[str]:
    """Return the numbers of the cell styles whose format ends in a per cent sign."""
    formats = _BUILT_IN | {
        tag.get("numFmtId", "") for tag in _tags(text, "numFmt") if "%" in tag.get("formatCode", "")
    }
    block = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", text, re.DOTALL)
    styles = _tags(block[0], "xf") if block else []
    return frozenset(
        str(number) for number, tag in enumerate(styles) if tag.get("numFmtId") in formats
    )


def _cells(text: str, styles: frozenset[str]) -> Cells:
    cells: Cells = set()
    for match in _CELL.finditer(text):
        tag = dict(_ATTRIBUTE.findall(match[1]))
        place = _PLACE.fullmatch(tag.get("r", ""))
        if tag.get("s") in styles and tag.get("t", "n") == "n" and place is not None:
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - 64
            cells.add((int(place[2]), column - 1))
    return cells
