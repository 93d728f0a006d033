"""Every value of a TOML text is found on the line on which a search for it finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.exchange import TomlSyntaxError, located_toml

KEYS = st.sampled_from(["a", "b-1", '"c d"', "'e.f'", '"g\\u0041"', "h.i"])
CONTRACTS = sorted((Path(__file__).parents[1] / "settle" / "contracts").glob("*.toml"))
SPACE = st.sampled_from(["", " ", '  # remark [x] = "y"', "\n", "\n# {[\n"])


class Marks:
    """Values of which no two are alike."""

    def __init__(self) -> None:
        self.made = 0

    def next(self, quote: str) -> str:
        self.made += 1
        return f"{quote}v{self.made}v{quote}"


@st.composite
def values(draw: st.DrawFn, marks: Marks, depth: int = 2) -> str:
    kind = draw(st.integers(0, 5 if depth else 3))
    if kind <= 3:
        return marks.next(draw(st.sampled_from(['"', "'", '"""', "'''"])))
    if kind == 4:
        inner = draw(st.lists(st.none(), max_size=3))
        gap = draw(st.sampled_from(["", "\n", " # x ], \n"]))
        parts = [draw(values(marks, depth - 1)) for _ in inner]
        return "[" + gap + ",".join(f"{part}{gap}" for part in parts) + "]"
    keys = draw(st.lists(st.sampled_from(["x", '"y z"', "w.u"]), unique=True, max_size=3))
    pairs = [f"{key} = {draw(values(marks, 0))}" for key in keys]
    return "{ " + ", ".join(pairs) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    marks = Marks()
    parts = [_pairs(draw, marks)]
    for name in draw(st.lists(st.sampled_from(["t", "u.v", '"w x"']), unique=True)):
        if draw(st.booleans()):
            parts.append(f"[{name}]\n{_pairs(draw, marks)}")
            continue
        for _ in range(draw(st.integers(1, 3))):
            parts.append(f"[[{name}]]\n{_pairs(draw, marks)}")
            if draw(st.booleans()):
                parts.append(f"[{name}.deep]\n{_pairs(draw, marks)}")
            more = range(draw(st.integers(0, 2)))
            parts += [f"[[ {name} . many ]]\n{_pairs(draw, marks)}" for _ in more]
    return "\n".join(parts)


def _pairs(draw: st.DrawFn, marks: Marks) -> str:
    keys = draw(st.lists(KEYS, unique=True, max_size=4))
    return "".join(f"{key} = {draw(values(marks))}{draw(SPACE)}\n" for key in keys)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


@given(documents())
def test_a_value_is_on_the_line_on_which_it_is_written(text: str) -> None:
    found = located_toml(text)
    lines = text.split("\n")
    for path, value in leaves(found.values):
        (expected,) = (number for number, line in enumerate(lines, 1) if value in line)
        assert found.lines[path] == expected, (path, text)


@pytest.mark.parametrize("file", CONTRACTS)
def test_keys_of_a_contract_are_on_lines_that_name_them(file: Path) -> None:
    text = file.read_text("utf-8")
    lines = text.split("\n")
    for path, line in located_toml(text).lines.items():
        named = path[-1] if isinstance(path[-1], str) else ""
        assert named in lines[line - 1]


def test_tables_stand_on_the_line_of_their_header() -> None:
    found = located_toml("a = 1\r\n\r\n[b]\r\n[[c]]\r\nd = 2\r\n[[c]]\r\n")
    assert [found.line(path) for path in (("a",), ("b",), ("c", 0), ("c", 1))] == [1, 3, 4, 6]
    assert found.line(("c", 0, "not written")) == 4
    assert found.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = [\n", 3),
        ("a = 1\nb =\nc = 2", 2),
        ("x = " + "[" * 5000, 1),
        ("a = 1\na = 2", 2),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(TomlSyntaxError) as caught:
        located_toml(text)
    assert caught.value.line == line
