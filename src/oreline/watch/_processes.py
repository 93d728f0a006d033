"""Processes that read reports side by side; the answers are those of one, in the same order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Final, TypeVar

from oreline.model import OrelineError

T = TypeVar("T")
R = TypeVar("R")

FILES_A_PART: Final = 32
"""How many files a process is given at once."""
PARTS_WAITING: Final = 4
"""How many parts wait or are worked on for each process: what is not yet taken stays small."""
FILES_FOR_PROCESSES: Final = 400
"""From how many files on it pays to start processes."""


Workers = Callable[[int], int]
"""Gives how many processes read so many files."""


def one_worker(_files: int) -> int:
    """Give one: this process. A program that starts others must be written for it."""
    return 1


def workers_for(files: int) -> int:
    """Give as many as there are cores, one where so few files are not worth starting any.

    >>> workers_for(10)
    1
    """
    return 1 if files < FILES_FOR_PROCESSES else len(os.sched_getaffinity(0))


def in_order(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield what a function gives of items, in their order, from so many processes.

    With one worker nothing is started. A few parts are ahead of what is taken and no more, so that
    memory does not grow with the items.

    Raises
    ------
    OrelineError
        If a process is lost: most likely for lack of memory.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    waiting: deque[Future[list[R]]] = deque()
    left = iter(items)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        try:
            while True:
                while len(waiting) < workers * PARTS_WAITING:
                    part = list(islice(left, FILES_A_PART))
                    if not part:
                        break
                    waiting.append(pool.submit(_part, function, part))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise OrelineError(
                "a process that read reports was lost, most likely for lack of memory: ask for "
                "fewer with --workers"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _part(function: Callable[[T], R], items: list[T]) -> list[R]:
    return [function(one) for one in items]
