"""On which line of a TOML text each key, table and list element stands.

The standard parser gives values without their places, and no maintained library keeps both. The
text is parsed by it first, so that what is walked here is known to be well formed; only lines are
added.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

TomlPath = tuple[str | int, ...]
"""Keys and, inside lists, numbers from 0: ``("penalties", 1, "rate")``."""

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}#\r\n]+")
_SYNTAX = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")


@dataclass(frozen=True, slots=True)
class Located:
    """The values of a TOML text and the line of every key and element, counted from 1.

    ``cells`` are the places of values that came from a table beside it.
    """

    values: Mapping[str, Any]
    lines: Mapping[TomlPath, int] = field(default_factory=dict)
    cells: Mapping[TomlPath, str] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of what a path names; where nothing is written, of what would hold it."""
        whole = tuple(path)
        while whole and whole not in self.lines:
            whole = whole[:-1]
        return self.lines.get(whole, 1)

    def where(self, path: Sequence[str | int], name: str) -> str:
        """Return where to look for what a path names: ``name:line``, or a cell of a table."""
        whole = tuple(path)
        while whole and whole not in self.lines and whole not in self.cells:
            whole = whole[:-1]
        return self.cells.get(whole) or f"{name}:{self.line(whole)}"


class TomlSyntaxError(ValueError):
    """The text is no TOML; ``line`` is where reading stopped."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def located_toml(text: str) -> Located:
    r"""Read a TOML text with the line of everything in it; numbers with a point stay exact.

    Raises
    ------
    TomlSyntaxError
        If it is no TOML.

    >>> found = located_toml('id = "c-1"\n[[lots]]\nwet = 1.10\n')
    >>> found.values["lots"][0]["wet"], found.line(("lots", 0, "wet")), found.line(("lots", 0, "a"))
    (Decimal('1.10'), 3, 2)
    """
    # Line ends are made alike, as the parser does, or positions would drift.
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text, parse_float=Decimal)
        walk = _Walk(text)
        walk.document()
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        match = _SYNTAX.search(said)
        line = text.count("\n") + 1 if match is None else int(match[1])
        raise TomlSyntaxError(_SYNTAX.sub("", said), line) from None
    except (ValueError, RecursionError) as error:
        # Whole numbers of thousands of digits, and lists in lists in lists.
        raise TomlSyntaxError(str(error), 1) from None
    return Located(values, walk.lines)


class _Walk:
    """One walk over a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self._lists: dict[TomlPath, int] = {}
        self._counted = (0, 1)

    def document(self) -> None:
        table: TomlPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _line(self) -> int:
        position, line = self._counted
        line += self.text.count("\n", position, self.at)
        self._counted = (self.at, line)
        return line

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None, (pattern.pattern, self.text[self.at : self.at + 40])
        self.at = match.end()
        return match[0]

    def _header(self) -> TomlPath:
        line = self._line()
        is_list = self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        *above, last = self._key()
        self.at += 2 if is_list else 1
        path: TomlPath = ()
        for part in above:
            path = self._into((*path, part), line)
        path = (*path, last)
        if not is_list:
            return self._into(path, line)
        self.lines.setdefault(path, line)
        number = self._lists.get(path, 0)
        self._lists[path] = number + 1
        self.lines[(*path, number)] = line
        return (*path, number)

    def _into(self, path: TomlPath, line: int) -> TomlPath:
        """Return the table that a header means: of a list of tables its last one so far."""
        self.lines.setdefault(path, line)
        return (*path, self._lists[path] - 1) if path in self._lists else path

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            if self.text[self.at] in "\"'":
                parts.append(tomllib.loads(f"key = {self._skip(_STRING)}")["key"])
            else:
                parts.append(self._skip(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _pair(self, table: TomlPath) -> None:
        line = self._line()
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self.at += 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        mark = self.text[self.at]
        if mark == "[":
            self._list(path)
        elif mark == "{":
            self._table(path)
        else:
            self._skip(_STRING if mark in "\"'" else _OTHER)

    def _list(self, path: TomlPath) -> None:
        self.at += 1
        self._skip(_BLANK)
        number = 0
        while self.text[self.at] != "]":
            self.lines[(*path, number)] = self._line()
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1

    def _table(self, path: TomlPath) -> None:
        self.at += 1
        self._skip(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
                self._skip(_BLANK)
        self.at += 1
