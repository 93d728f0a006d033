"""Compiling a pass over the lines of a ledger with numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled_pass(function: Kernel) -> Kernel:
    """Compile a kernel on its first call and keep the machine code on disk for later runs.

    It may allocate nothing: compiled without numba's run time, no references are counted. Counting
    them for every array of a named tuple, at every call from line to line, cost four fifths of a
    book and nearly all of a lot graph. The compiler is loaded when a module of kernels is.
    """
    import numba

    # The option has no public name; where a later numba drops it, importing a kernel says so.
    njit = cast("Any", numba.njit)
    return cast("Kernel", njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))
