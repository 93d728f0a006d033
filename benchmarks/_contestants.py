"""The same attribution with other tools, each written the way its users would.

Every contestant gets the same mix rows, which is the formulation that pays most: what is compared
is the tool, not the idea. ``prepare`` turns the arrays into what the tool reads and is not timed;
``solve`` is timed and gives shares as a table or as (row, column, share).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import duckdb
import networkx as nx
import numpy as np
import polars as pl
import rustworkx as rx
import scipy.sparse
from numpy.typing import NDArray

from oreline.trace._attribute import attribute
from oreline.trace._rows import MixRows

Answer = Any
Deadline = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One attribution: rows of one element and the column of each origin."""

    rows: MixRows
    column: NDArray[np.int32]
    part: NDArray[np.float64]
    entry_row: NDArray[np.int64]
    level: NDArray[np.int64]

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.column.max()) + 1


class OutOfTimeError(Exception):
    """The contestant did not finish within the limit."""


def make_task(rows: MixRows, column: NDArray[np.int32]) -> Task:
    """Return the task with what several contestants need: parts, and the level of each row."""
    weight = rows.weight_lo_mg[0].astype(float)
    entry_row = np.repeat(np.arange(rows.n_rows), np.diff(rows.indptr))
    total = np.bincount(entry_row, weights=weight, minlength=rows.n_rows)
    part = weight / np.where(total > 0, total, 1.0)[entry_row]
    level = np.zeros(rows.n_rows, np.int64)
    below = (rows.source - rows.n_origins).tolist()
    starts = rows.indptr.tolist()
    for row in range(rows.n_rows):
        level[row] = 1 + max(
            (level[s] if s >= 0 else -1 for s in below[starts[row] : starts[row + 1]]), default=-1
        )
    assert (total > 0).all(), "rivals have no rule for rows without the element"
    return Task(rows, column, part, entry_row, level)


def deadline(limit_s: float) -> Deadline:
    """Return a check that raises OutOfTimeError once the limit has passed."""
    end = time.monotonic() + limit_s

    def check() -> None:
        if time.monotonic() > end:
            raise OutOfTimeError

    return check


@contextmanager
def interrupted(interrupt: Callable[[], None], limit_s: float) -> Iterator[None]:
    """Interrupt a database from another thread when the limit has passed."""
    timer = threading.Timer(limit_s, interrupt)
    timer.start()
    try:
        yield
    except (duckdb.Error, sqlite3.OperationalError) as error:
        if "nterrupt" in str(error) or "memory" in str(error).lower():
            raise OutOfTimeError from error
        raise
    finally:
        timer.cancel()


class Oreline:
    """The engine, writing to a buffer that is used again."""

    name = "oreline"

    def prepare(self, task: Task) -> None:
        """Allocate the buffer and touch it."""
        self.task = task
        self.buffer = np.zeros((task.rows.n_rows, task.width))

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        return attribute(self.task.rows, 0, self.task.column, self.buffer)


class OrelineFresh(Oreline):
    """The engine with fresh memory on every call."""

    name = "oreline, fresh memory"

    def prepare(self, task: Task) -> None:
        """Keep the task."""
        self.task = task

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        return attribute(self.task.rows, 0, self.task.column)


class ScipyLevels:
    """Sparse matrix times dense table, one level of depth after the other."""

    name = "SciPy, level by level"

    def prepare(self, task: Task) -> None:
        """Cut the matrix into levels."""
        rows, self.task = task.rows, task
        shape = (rows.n_rows, rows.n_origins + rows.n_rows)
        matrix = scipy.sparse.csr_array((task.part, rows.source, rows.indptr), shape=shape)
        to_column = scipy.sparse.csr_array(
            (np.ones(rows.n_origins), (np.arange(rows.n_origins), task.column))
        )
        self.entered = scipy.sparse.csr_array(matrix[:, : rows.n_origins] @ to_column)
        inside = scipy.sparse.csr_array(matrix[:, rows.n_origins :])
        order = np.argsort(task.level, kind="stable")
        ends = np.searchsorted(task.level[order], np.arange(task.level.max() + 2))
        self.levels = []
        for first, stop in pairwise(ends):
            members = order[first:stop]
            part = inside[members]
            used = np.unique(part.indices)
            self.levels.append((members, part[:, used], used, self.entered[members]))

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        check = deadline(limit_s)
        shares = np.empty((self.task.rows.n_rows, self.task.width))
        for members, part, used, entered in self.levels:
            check()
            shares[members] = part @ shares[used] + entered.toarray()
        return shares


class NetworkX:
    """Visit a directed graph in topological order, a vector for each node."""

    name = "networkx"

    def prepare(self, task: Task) -> None:
        """Build the graph."""
        self.task = task
        self.graph = nx.DiGraph()
        self.graph.add_weighted_edges_from(
            zip(
                task.rows.source.tolist(),
                (task.entry_row + task.rows.n_origins).tolist(),
                task.part.tolist(),
                strict=True,
            )
        )

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        check, n = deadline(limit_s), self.task.rows.n_origins
        mixes: dict[int, Any] = {}
        for node in nx.topological_sort(self.graph):
            check()
            mix = np.zeros(self.task.width)
            if node < n:
                mix[self.task.column[node]] = 1.0
            for other, data in self.graph.pred[node].items():
                mix += data["weight"] * mixes[other]
            mixes[node] = mix
        return np.array([mixes[n + row] for row in range(self.task.rows.n_rows)])


class RustworkX:
    """The same with a graph library in Rust; the vectors stay in Python."""

    name = "rustworkx"

    def prepare(self, task: Task) -> None:
        """Build the graph."""
        self.task = task
        self.graph = rx.PyDiGraph(multigraph=False)
        self.graph.add_nodes_from(list(range(task.rows.n_nodes)))
        self.graph.add_edges_from(
            list(
                zip(
                    task.rows.source.tolist(),
                    (task.entry_row + task.rows.n_origins).tolist(),
                    task.part.tolist(),
                    strict=True,
                )
            )
        )

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        check, n = deadline(limit_s), self.task.rows.n_origins
        shares = np.zeros((self.task.rows.n_nodes, self.task.width))
        shares[np.arange(n), self.task.column] = 1.0
        for node in rx.topological_sort(self.graph):
            check()
            for other, _, part in self.graph.in_edges(node):
                shares[node] += part * shares[other]
        return shares[n:]


class PolarsLevels:
    """Join the lines of a level with the shares known so far, then group."""

    name = "Polars, level joins"

    def prepare(self, task: Task) -> None:
        """Build one frame of lines for each level."""
        self.task = task
        n = task.rows.n_origins
        lines = pl.DataFrame(
            {
                "row": task.entry_row + n,
                "node": task.rows.source.astype(np.int64),
                "part": task.part,
                "level": task.level[task.entry_row],
            }
        )
        self.levels = lines.sort("level").partition_by("level", include_key=False)
        self.known = pl.DataFrame(
            {
                "node": np.arange(n),
                "column": task.column.astype(np.int64),
                "share": np.ones(n),
            }
        )

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        check, known, made = deadline(limit_s), self.known, []
        for lines in self.levels:
            check()
            new = (
                lines.join(known, on="node")
                .group_by("row", "column")
                .agg((pl.col("part") * pl.col("share")).sum().alias("share"))
                .rename({"row": "node"})
            )
            made.append(new)
            known = pl.concat([known, new], rechunk=False)
        answer = pl.concat(made)
        row = answer["node"].to_numpy() - self.task.rows.n_origins
        return row, answer["column"].to_numpy(), answer["share"].to_numpy()


RECURSIVE = """
WITH RECURSIVE walk(mix, node, part) AS (
    SELECT mix, node, part FROM line
    UNION ALL
    SELECT walk.mix, line.node, walk.part * line.part
    FROM walk JOIN line ON line.mix = walk.node
)
SELECT walk.mix, origin.col, sum(walk.part)
FROM walk JOIN origin ON origin.node = walk.node
GROUP BY 1, 2
"""


class DuckDBRecursive:
    """One recursive query, which follows every path."""

    name = "DuckDB, recursive query"

    def prepare(self, task: Task) -> None:
        """Fill the tables."""
        self.task = task
        self.database = duckdb.connect(config={"memory_limit": "6GB", "temp_directory": ""})
        lines = pl.DataFrame(
            {
                "mix": task.entry_row + task.rows.n_origins,
                "node": task.rows.source.astype(np.int64),
                "part": task.part,
            }
        ).to_arrow()
        origins = pl.DataFrame(
            {"node": np.arange(task.rows.n_origins), "col": task.column.astype(np.int64)}
        ).to_arrow()
        self.database.register("lines", lines)
        self.database.register("origins", origins)
        self.database.execute("CREATE TABLE line AS SELECT * FROM lines")
        self.database.execute("CREATE TABLE origin AS SELECT * FROM origins")

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        with interrupted(self.database.interrupt, limit_s):
            found = self.database.execute(RECURSIVE).fetchnumpy()
        mix, column, share = found.values()
        return mix - self.task.rows.n_origins, column, share


class SQLiteRecursive:
    """The same query in SQLite, with an index on the join."""

    name = "SQLite, recursive query"

    def prepare(self, task: Task) -> None:
        """Fill the tables."""
        self.task = task
        self.database = sqlite3.connect(":memory:", check_same_thread=False)
        self.database.execute("CREATE TABLE line (mix INTEGER, node INTEGER, part REAL)")
        self.database.execute("CREATE TABLE origin (node INTEGER PRIMARY KEY, col INTEGER)")
        mix = (task.entry_row + task.rows.n_origins).tolist()
        self.database.executemany(
            "INSERT INTO line VALUES (?, ?, ?)",
            zip(mix, task.rows.source.tolist(), task.part.tolist(), strict=True),
        )
        self.database.executemany(
            "INSERT INTO origin VALUES (?, ?)", enumerate(task.column.tolist())
        )
        self.database.execute("CREATE INDEX line_mix ON line (mix, node, part)")

    def solve(self, limit_s: float) -> Answer:
        """Attribute."""
        with interrupted(self.database.interrupt, limit_s):
            found = np.array(self.database.execute(RECURSIVE).fetchall())
        return (
            found[:, 0].astype(np.int64) - self.task.rows.n_origins,
            found[:, 1].astype(np.int64),
            found[:, 2],
        )


RIVALS = (ScipyLevels, NetworkX, RustworkX, PolarsLevels, DuckDBRecursive, SQLiteRecursive)


def table_of(answer: Answer, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return an answer as a table."""
    if isinstance(answer, tuple):
        row, column, share = answer
        table = np.zeros(shape)
        table[row, column] = share
        return table
    return np.asarray(answer)
