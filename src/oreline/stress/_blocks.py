"""Blocks of scenarios: how a run is cut, shared, kept on disk and gone on with.

The cut follows from the question alone. A block's outcome depends on its arrays, seed and numbers
only, so that it is the same wherever and whenever it is computed.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar
from zlib import crc32

import numpy as np

from oreline.model import InputError, OrderedMap, StoreError
from oreline.stress._model_arrays import COLUMNS, Floats, ModelArrays, is_by_producer

BLOCK: Final = 16_384
"""Scenarios of a block."""
Progress = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")
_HEAD: Final = b"oreline disruption blocks 1\n"
_RECORD: Final = struct.Struct("<qqI")
"""Number of the block, length of what follows, its check sum."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some scenarios of a model: its arrays, the seed, and their numbers."""

    arrays: ModelArrays
    seed: int
    start: int
    count: int


def computed(block: Block) -> Floats:
    """Return the outcomes of a block, a row each."""
    if is_by_producer(block.arrays):
        from oreline.stress._plain import plain_scenarios

        return plain_scenarios(block.arrays, block.seed, block.start, block.count)
    from oreline.stress._kernels import scenarios

    out = np.empty((block.count, COLUMNS))
    scenarios(block.arrays, block.seed, block.start, out)
    return out


def blocks_of(arrays: ModelArrays, seed: int, count: int) -> Iterator[Block]:
    """Yield the blocks of the first scenarios of a model."""
    for start in range(0, count, BLOCK):
        yield Block(arrays, seed, start, min(BLOCK, count - start))


def in_threads(function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
    """Apply a function to every item in as many threads as there are processors."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        futures = [pool.submit(function, one) for one in items]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


class Kept:
    """A file of finished blocks of one question.

    Parameters
    ----------
    path
        Where it is, or is made.
    question
        What stands for the input: a file that was made for another is refused.

    Raises
    ------
    InputError
        If the file is there and keeps blocks of another input, or is no such file.
    StoreError
        If it cannot be read or written.
    """

    def __init__(self, path: Path, question: str) -> None:
        self.path = path
        self.found: dict[int, Floats] = {}
        head = _HEAD + question.encode() + b"\n"
        try:
            if not path.exists():
                path.write_bytes(head)
                return
            data = path.read_bytes()
        except OSError as error:
            raise StoreError(f"{path} cannot be used: {error.strerror or error}") from error
        if not data.startswith(_HEAD):
            raise InputError(f"{path} keeps no scenarios of a disruption; name another file")
        if not data.startswith(head):
            raise InputError(
                f"ORL-1244: {path} keeps scenarios of another input: remove it to begin anew, or "
                "ask what it was made for"
            )
        end = self._read(data, len(head))
        if end < len(data):
            # What was being written when the run ended is computed again.
            os.truncate(path, end)

    def _read(self, data: bytes, at: int) -> int:
        """Take the whole blocks of the file; return where they end."""
        while at + _RECORD.size <= len(data):
            number, size, check = _RECORD.unpack_from(data, at)
            start, stop = at + _RECORD.size, at + _RECORD.size + size
            body = data[start:stop]
            if len(body) != size or crc32(body) != check:
                break
            self.found[number] = np.frombuffer(body, "<f8").reshape(-1, COLUMNS)
            at = stop
        return at

    def keep(self, number: int, outcome: Floats) -> None:
        """Write a finished block."""
        body = np.ascontiguousarray(outcome, "<f8").tobytes()
        try:
            with self.path.open("ab") as file:
                file.write(_RECORD.pack(number, len(body), crc32(body)) + body)
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror or error}") from error


def outcomes_of(
    blocks: Sequence[Block],
    each: OrderedMap,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> list[Floats]:
    """Return the outcomes of blocks in their order; fewer if somebody stopped it.

    Control-C ends the run with what is done: blocks that were finished stay in ``kept``.
    """
    known = {} if kept is None else kept.found
    missing = [number for number in range(len(blocks)) if number not in known]
    done = dict(known)
    try:
        results = each(computed, [blocks[number] for number in missing])
        for number, outcome in zip(missing, results, strict=True):
            done[number] = outcome
            if kept is not None:
                kept.keep(number, outcome)
            if progress is not None:
                progress("scenarios", len(done), len(blocks))
    except KeyboardInterrupt:
        if not done:
            raise
    whole = next((number for number in range(len(blocks)) if number not in done), len(blocks))
    return [done[number] for number in islice(range(len(blocks)), whole)]
