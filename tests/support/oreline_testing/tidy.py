"""The rules of the house that no linter knows, each as a function over one parsed module.

A rule gives the lines that break it; its advice says what to write instead. `tests/tidy` runs all
of them over the repository and shows for each one that it can fail.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600

SOURCE = ("src/",)
LEDGER = ("src/oreline/model/", "src/oreline/record/")
SHIPPED = ("src/", "scripts/", "benchmarks/")
EVERYWHERE = ("",)


@dataclass(frozen=True)
class Module:
    """One Python file: its path below the repository's root, with slashes, and its text."""

    path: str
    text: str

    @classmethod
    def read(cls, file: Path, root: Path) -> Module:
        """Read `file`, which lies below `root`."""
        return cls(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.splitlines()

    @cached_property
    def comments(self) -> list[tuple[int, str]]:
        """Every comment with its line number."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [
            (token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT
        ]

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Walk the nodes of the given kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self) -> Iterator[tuple[int, str]]:
        """Every call of a dotted name, as (line, name)."""
        for node in self.nodes(ast.Call):
            assert isinstance(node, ast.Call)
            yield node.lineno, ast.unparse(node.func)


Check = Callable[[Module], Iterator[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: where it holds, how to find what breaks it, and what to write instead."""

    name: str
    advice: str
    places: tuple[str, ...]
    check: Check

    def broken(self, module: Module) -> list[str]:
        """List every breach as `path:line: advice`."""
        if not module.path.startswith(self.places):
            return []
        lines = sorted(set(self.check(module)))
        return [f"{module.path}:{line}: {self.advice} [{self.name}]" for line in lines]


def _long_function(module: Module) -> Iterator[int]:
    for node in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        assert node.end_lineno is not None
        if node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX:
            yield node.lineno


def _long_file(module: Module) -> Iterator[int]:
    if len(module.lines) > FILE_LINES_MAX:
        yield FILE_LINES_MAX + 1


def _called(*names: str) -> Check:
    def check(module: Module) -> Iterator[int]:
        return (line for line, name in module.calls() if name in names)

    return check


def _swallowed(module: Module) -> Iterator[int]:
    for node in module.nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        caught = "" if node.type is None else ast.unparse(node.type)
        silent = all(isinstance(step, ast.Pass | ast.Continue) for step in node.body)
        if not caught or (silent and caught in ("Exception", "BaseException")):
            yield node.lineno


CLOCK_MODULE = "_clock.py"
_CLOCK = re.compile(r"(^|\.)((datetime|date)\.(now|utcnow|today)|time\.(time|time_ns))$")


def _wall_clock(module: Module) -> Iterator[int]:
    if PurePosixPath(module.path).name == CLOCK_MODULE:
        return
    for line, name in module.calls():
        if _CLOCK.search(name):
            yield line


_SEEDED = {"Generator", "Philox", "SeedSequence", "BitGenerator", "default_rng"}


def _global_random(module: Module) -> Iterator[int]:
    for node in module.nodes(ast.Import, ast.ImportFrom):
        assert isinstance(node, ast.Import | ast.ImportFrom)
        origin = node.module if isinstance(node, ast.ImportFrom) else None
        if origin == "random" or (origin is None and any(a.name == "random" for a in node.names)):
            yield node.lineno
    for node in module.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = ast.unparse(node.func)
        if re.match(r"(np|numpy)\.random\.", name):
            function = name.rpartition(".")[2]
            if function not in _SEEDED or (function == "default_rng" and not node.args):
                yield node.lineno


def _float_in_ledger(module: Module) -> Iterator[int]:
    for line, name in module.calls():
        if name == "float" and not re.search(r"# float: \S", module.lines[line - 1]):
            yield line


def _comment(pattern: str) -> Check:
    def check(module: Module) -> Iterator[int]:
        return (line for line, comment in module.comments if re.search(pattern, comment))

    return check


def _assert_false(module: Module) -> Iterator[int]:
    for node in module.nodes(ast.Assert):
        assert isinstance(node, ast.Assert)
        if isinstance(node.test, ast.Constant) and not node.test.value:
            yield node.lineno


def _star_import(module: Module) -> Iterator[int]:
    for node in module.nodes(ast.ImportFrom):
        assert isinstance(node, ast.ImportFrom)
        if any(alias.name == "*" for alias in node.names):
            yield node.lineno


def _no_docstring(module: Module) -> Iterator[int]:
    if ast.get_docstring(module.tree) is None:
        yield 1


def _no_future_annotations(module: Module) -> Iterator[int]:
    wants = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign, ast.ImportFrom)
    found = any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for node in module.tree.body
    )
    if not found and any(module.nodes(*wants)):
        yield 1


_VAGUE = re.compile(r"_?(helpers?|utils?|manager|misc|common|base)(_.*)?\.py|.*_(v\d+|old|new)\.py")


def _vague_name(module: Module) -> Iterator[int]:
    if _VAGUE.fullmatch(PurePosixPath(module.path).name):
        yield 1


RULES = (
    Rule(
        "long-function",
        f"split this function: more than {FUNCTION_LINES_MAX} lines",
        EVERYWHERE,
        _long_function,
    ),
    Rule(
        "long-file",
        f"split this file by reason to change: more than {FILE_LINES_MAX} lines",
        EVERYWHERE,
        _long_file,
    ),
    Rule("print", "give a value back; the command line renders it", SOURCE, _called("print")),
    Rule(
        "swallowed", "name the error that is expected, and let others pass", EVERYWHERE, _swallowed
    ),
    Rule(
        "wall-clock",
        f"take a clock as an argument; only {CLOCK_MODULE} reads the machine's",
        EVERYWHERE,
        _wall_clock,
    ),
    Rule(
        "global-random",
        "take a seed, or a numpy Generator made from one",
        EVERYWHERE,
        _global_random,
    ),
    Rule(
        "float",
        "use int milligrams or Decimal, or give the reason on the line: `# float: ...`",
        LEDGER,
        _float_in_ledger,
    ),
    Rule(
        "unfinished",
        "finish it now, or write it down as an issue",
        EVERYWHERE,
        _comment(r"\b(FIXME|TODO|XXX)\b"),
    ),
    Rule(
        "bare-ignore",
        "name what is ignored: `type: ignore[code]`, `noqa: CODE`",
        EVERYWHERE,
        _comment(r"# type: ignore(?!\[)|# noqa(?!: ?[A-Z])"),
    ),
    Rule("assert-false", "raise AssertionError with a message", EVERYWHERE, _assert_false),
    Rule("star-import", "import the names you use", EVERYWHERE, _star_import),
    Rule("no-docstring", "say in one sentence what the module is for", SHIPPED, _no_docstring),
    Rule(
        "no-future-annotations",
        "start with `from __future__ import annotations`",
        EVERYWHERE,
        _no_future_annotations,
    ),
    Rule("vague-name", "name the module after the one thing it does", EVERYWHERE, _vague_name),
)


def missing_from_all(module: Module) -> list[str]:
    """Compare a room's `__all__` with what its `__init__.py` binds; list the differences.

    Public names are all without a leading underscore. Modules imported whole and `annotations`
    do not count.
    """
    bound: set[str] = set()
    listed: list[str] | None = None
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            bound.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if "__all__" in names and node.value is not None:
                listed = list(ast.literal_eval(node.value))
            bound.update(names)
    if listed is None:
        return [f"{module.path}: has no __all__"]
    public = {name for name in bound if not name.startswith("_")}
    problems = [
        f"{module.path}: {name} is public but not in __all__" for name in public - {*listed}
    ]
    problems += [f"{module.path}: {name} is in __all__ but not there" for name in {*listed} - bound]
    problems += [
        f"{module.path}: {name} is listed twice" for name in set(listed) if listed.count(name) > 1
    ]
    return sorted(problems)
