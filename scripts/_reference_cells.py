"""Reading the collected files: rows, labels of areas, and cells of published tables."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from oreline.reference._countries import normalised
from oreline.reference._published import parse_published

Row = dict[str, str]


class Facts:
    """The folder of collected data, and the names of countries once they are known."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: dict[str, str] = {}
        self.unresolved: set[tuple[str, str]] = set()
        """Areas to which no code of ISO 3166-1 belongs, with the file; their rows are kept."""

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a CSV file, cells trimmed and two known encoding slips mended."""
        content = (self.folder / name).read_bytes()
        content = gzip.decompress(content) if name.endswith(".gz") else content
        with io.StringIO(content.decode("utf-8-sig"), newline="") as stream:
            return [
                {key: _clean(value or "") for key, value in row.items()}
                for row in csv.DictReader(stream)
            ]

    def topology(self, name: str) -> dict[str, Any]:
        """Give a TopoJSON file."""
        loaded: dict[str, Any] = json.loads((self.folder / "map" / name).read_text("utf-8"))
        return loaded

    def alpha3(self, label: str) -> str:
        """Give the alpha-3 code of a country's name, or an empty string."""
        return self.index.get(normalised(label), "")

    def located(self, file: str, name: str, code: str = "") -> str:
        """Give the alpha-3 code of an area by its name, else by its code; note it if neither is."""
        if found := self.alpha3(name) or self.alpha3(code):
            return found
        self.unresolved.add((file, f"{name} ({code})" if code else name))
        return ""

    def area(self, label: str) -> tuple[str, str, str, str]:
        """Read the label of a table's line: area, scope, alpha-3 code and qualifier."""
        if label.casefold().startswith("world total"):
            # "World total (rounded)10": the digits are a footnote, not part of the name.
            return "world", "world", "", label[len("world total") :].strip(" ,0123456789")
        if label.casefold().startswith("other countries"):
            return "other countries", "other", "", label[len("other countries") :].strip()
        if alpha3 := self.alpha3(label):
            return label, "country", alpha3, ""
        stem, _, qualifier = label.rpartition(" (")
        if alpha3 := self.alpha3(stem):
            return stem, "country", alpha3, f"({qualifier}"
        return label, "group", "", ""


def _clean(text: str) -> str:
    with suppress(UnicodeError):  # raised where it was not UTF-8 read as Latin-1
        text = text.encode("latin-1").decode("utf-8")
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()


def cell(text: str) -> Row:
    """Give the columns text, value, low, high and flag of a USGS cell."""
    read = parse_published(text, dash_is_zero=True)
    bounds = {"value": read.value, "low": read.low, "high": read.high}
    numbers = {key: "" if number is None else f"{number:f}" for key, number in bounds.items()}
    return {"text": read.text, **numbers, "flag": read.flag}


def truth(value: bool) -> str:
    """Write a boolean as the tables do."""
    return "true" if value else "false"


def joined(*notes: str) -> str:
    """Join the notes that are not empty."""
    return "; ".join(note for note in notes if note)
