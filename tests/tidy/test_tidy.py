"""Holds the repository to the rules of the house, and shows that each rule can fail."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

from oreline_testing.tidy import RULES, Module, Rule, missing_from_all

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "oreline"
MODULES = tuple(
    Module.read(file, ROOT)
    for folder in ("src", "tests", "scripts", "benchmarks")
    for file in sorted((ROOT / folder).rglob("*.py"))
)
ROOMS = tuple(sorted(path.parent for path in PACKAGE.glob("*/__init__.py")))
NAMED = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_repository_keeps(rule: Rule) -> None:
    breaches = [breach for module in MODULES for breach in rule.broken(module)]
    assert not breaches, "\n".join(["", *breaches])


FUTURE = "from __future__ import annotations\n"
BREACHES = [
    ("long-function", "def f():\n" + "    x = 1\n" * 70),
    ("long-file", "x = 1\n" * 601),
    ("print", "print('done')"),
    ("swallowed", "try:\n    f()\nexcept:\n    raise"),
    ("swallowed", "try:\n    f()\nexcept Exception:\n    pass"),
    ("wall-clock", "x = datetime.now(UTC)"),
    ("wall-clock", "x = datetime.datetime.utcnow()"),
    ("wall-clock", "x = date.today()"),
    ("wall-clock", "x = time.time()"),
    ("global-random", "import random"),
    ("global-random", "from random import choice"),
    ("global-random", "x = np.random.rand(3)"),
    ("global-random", "x = np.random.default_rng()"),
    ("float", "x = float(grade)"),
    ("float", "x = float(grade)  # float:"),
    ("unfinished", "x = 1  # " + "TO" + "DO: later"),
    ("bare-ignore", "x = f()  # type" + ": ignore"),
    ("bare-ignore", "x = f()  # no" + "qa"),
    ("assert-false", "assert False, 'never'"),
    ("star-import", "from math import *"),
    ("no-docstring", "x = 1"),
    ("no-future-annotations", "def f(): ..."),
]
FINE = [
    ("long-function", "def f():\n" + "    x = 1\n" * 69),
    ("long-file", "x = 1\n" * 600),
    ("print", "console.print('done')\nx = 'print(1)'"),
    ("swallowed", "try:\n    f()\nexcept KeyError:\n    pass"),
    ("wall-clock", "x = clock.now()\ny = time.perf_counter()"),
    ("global-random", "x = np.random.default_rng(seed)\ny = generator.random()"),
    ("float", "x = float(u)  # float: an uncertainty, not a mass"),
    ("unfinished", "currency = 'XXX'"),
    ("bare-ignore", "x = f()  # type: ignore[misc]\ny = 1  # noqa: S101"),
    ("assert-false", "assert x, 'x must be given'"),
    ("no-docstring", "'''What it is for.'''\nx = 1"),
    ("no-future-annotations", "__version__ = '1'"),
]


@pytest.mark.parametrize(("name", "text"), BREACHES)
def test_a_breach_is_found(name: str, text: str) -> None:
    assert NAMED[name].broken(Module("src/oreline/record/_example.py", text))


@pytest.mark.parametrize(("name", "text"), FINE)
def test_what_is_fine_is_let_through(name: str, text: str) -> None:
    assert not NAMED[name].broken(Module("src/oreline/record/_example.py", text))


def test_every_rule_is_shown_to_fail() -> None:
    by_name_of_file = {"vague-name"}
    assert {name for name, _ in BREACHES} | by_name_of_file == set(NAMED)


@pytest.mark.parametrize("name", ["helpers.py", "_utils.py", "_base_unit.py", "_ledger_v2.py"])
def test_a_vague_name_is_found(name: str) -> None:
    assert NAMED["vague-name"].broken(Module(f"src/oreline/record/{name}", ""))


def test_one_module_at_most_reads_the_clock() -> None:
    assert len(list(PACKAGE.rglob("_clock.py"))) <= 1


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_lists_all_its_public_names(room: Path) -> None:
    # That the list is sorted is ruff's rule RUF022.
    assert not missing_from_all(Module.read(room / "__init__.py", ROOT))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("from oreline.a._b import C\n__all__ = []", "C is public but not in __all__"),
        ("__all__ = ['C']", "C is in __all__ but not there"),
        ("C = 1\n__all__ = ['C', 'C']", "C is listed twice"),
        ("C = 1", "has no __all__"),
    ],
)
def test_a_wrong_list_is_found(text: str, problem: str) -> None:
    assert missing_from_all(Module("i.py", FUTURE + text)) == [f"i.py: {problem}"]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_has_tests(room: Path) -> None:
    assert list((ROOT / "tests" / room.name).rglob("test_*.py")), f"tests/{room.name} has no test"


def committed_texts() -> list[Path]:
    """List the text files that are, or would be, committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so nothing says which files belong to it")
    files = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    binary = {".png", ".xlsx", ".parquet", ".db", ".pdf", ".ico", ".woff2", ".gz", ".zip", ".jpg"}
    return [file for file in files if file.is_file() and file.suffix not in binary]


def traces_of_one_machine() -> re.Pattern[str]:
    """Match absolute paths of people's folders and the names of this checkout's surroundings."""
    patterns = [r"(?<![\w.~*/-])/(?:work|root|home|Users)/\w"]
    if len(ROOT.parts) > 2:
        patterns.append(re.escape(ROOT.as_posix()) + r"\b")
    # Short and plain names (`build`, `root`) are words as well.
    names = (platform.node(), os.environ.get("USER", ""))
    patterns += [re.escape(n) for n in names if len(n) >= 8 and re.search(r"[\d-]", n)]
    return re.compile("|".join(patterns))


def test_no_file_names_the_machine_it_was_written_on() -> None:
    pattern = traces_of_one_machine()
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in committed_texts()
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(["", *found])


def test_a_trace_of_one_machine_is_found() -> None:
    pattern = traces_of_one_machine()
    assert pattern.search("see " + "/".join(["", "home", "ann", "oreline"]))
    assert pattern.search(f"open('{ROOT}')")
    assert not pattern.search("https://example.org/home/ann and work/home balance")
