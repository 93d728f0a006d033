"""A long search on standard error: its best value, bound and gap; Ctrl-C ends it with the best."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from oreline.cli._output import stderr_console


@contextmanager
def search_bar(unit: str) -> Iterator[Callable[[float, float, float], bool]]:
    """Yield what is called with seconds, value and bound while a solver searches.

    It answers whether the search goes on. The first Ctrl-C says no, and the best that was found is
    kept; the second ends the command. The bar stands where standard error is a terminal.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = stderr_console()
    stopped = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    can_catch = threading.current_thread() is threading.main_thread()
    if can_catch:
        signal.signal(signal.SIGINT, stop)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    try:
        with Progress(
            *columns, console=console, disable=not console.is_terminal, transient=True
        ) as bar:
            task = bar.add_task("searching; Ctrl-C keeps the best so far", total=None)

            def watch(_seconds: float, value: float, bound: float) -> bool:
                bar.update(task, description=search_words(value, bound, unit))
                return not stopped.is_set()

            yield watch
    finally:
        if can_catch:
            signal.signal(signal.SIGINT, before)


def search_words(value: float, bound: float, unit: str) -> str:
    """Return how far a search is, in words.

    >>> search_words(90.0, 100.0, "USD m")
    'best 90.00 USD m, none beats 100.00, gap 11.1%; Ctrl-C keeps the best'
    >>> search_words(float("-inf"), float("inf"), "USD m")
    'no plan yet'
    """
    if not math.isfinite(value):
        return (
            "no plan yet" if not math.isfinite(bound) else f"no plan yet, none beats {bound:,.2f}"
        )
    told = f"best {value:,.2f} {unit}"
    if math.isfinite(bound):
        gap = abs(bound - value) / max(abs(value), 1e-9)
        told += f", none beats {bound:,.2f}, gap {gap:.1%}"
    return told + "; Ctrl-C keeps the best"
