"""Compiling numerical kernels with numba, typed for the reader and for mypy.

Only modules of kernels import this one, and functions import those when they are called: a command
that draws nothing does not pay for loading the compiler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile `function` on its first call and keep the machine code on disk for later runs.

    It runs without the interpreter's lock, so that threads share the cores. A kernel calls only
    kernels of its own file, because the stored code is renewed with that file alone. No fast-math:
    the same input gives the same bits.
    """
    jit = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast("Kernel", jit(function))


def inlined(function: Kernel) -> Kernel:
    """Compile `function` so that the compiler may fold it into each kernel that calls it."""
    return cast("Kernel", numba.njit(error_model="numpy", nogil=True)(function))
