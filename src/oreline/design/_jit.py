"""Compiling the innermost passes of a study with numba.

Only the kernel modules import this one, and they are imported where many samples are treated at
once: who solves a single case does not wait for the compiler to load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile ``function`` on its first call and keep the machine code on disk for later runs.

    It runs without the interpreter's lock, so that chunks of samples share the processor's cores.
    No fast-math: a sample gives the same bits whatever samples are treated beside it.
    """
    jit = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast("Kernel", jit(function))
