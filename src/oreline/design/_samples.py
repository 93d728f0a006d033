"""Many samples of a flowsheet: solved in chunks on all cores, each sample as if it were alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from oreline.design._convergence import Converged, SolveSettings
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array
from oreline.design._refusal import SamplesRefusedError
from oreline.design._solve import Flows, solve_flows
from oreline.model import InputError

CHUNK: Final = 500
"""How many samples are solved together: as many as keep their flows in the processor's cache."""

Figures = Callable[[Flows, Mapping[str, Array]], Array]
"""From solved samples and their draws to what is wanted of them, in shape (samples, figures)."""
Progress = Callable[[float], None]
"""Is told how much of the work is done, from 0 to 1; it may raise to end it."""


def base_of(flowsheet: Flowsheet, settings: SolveSettings) -> Converged | None:
    """Return where laws settle for the numbers as they stand; None where they have no answer."""
    try:
        return solve_flows(flowsheet, None, settings).converged
    except InputError:
        return None


def solved_samples(
    flowsheet: Flowsheet,
    draws: Mapping[str, Array],
    samples: int,
    figures: Figures,
    width: int,
    *,
    settings: SolveSettings,
    start: Converged | None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Array:
    """Return figures of all samples, in shape (samples, width); not a number where one has none.

    Chunks are cut by number of sample, and no sample depends on those of its chunk, so that the
    answer is the same whatever the number of ``workers`` (None for one on each core).
    """
    found = np.full((samples, width), np.nan)
    starts = range(0, samples, CHUNK)

    def treat(first: int) -> None:
        rows = slice(first, min(first + CHUNK, samples))
        part = {name: values[rows] for name, values in draws.items()}
        found[rows] = _chunk(
            flowsheet, part, rows.stop - rows.start, figures, width, settings, start
        )

    count = max(1, workers or os.cpu_count() or 1)
    if count == 1 or len(starts) <= 1:
        for done, first in enumerate(starts):
            treat(first)
            if progress is not None:
                progress((done + 1) / len(starts))
        return found
    # Most of the work is arithmetic on arrays and compiled code, which threads do side by side.
    with ThreadPoolExecutor(min(count, len(starts))) as pool:
        try:
            for done, _ in enumerate(pool.map(treat, starts)):
                if progress is not None:
                    progress((done + 1) / len(starts))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _chunk(
    flowsheet: Flowsheet,
    draws: Mapping[str, Array],
    samples: int,
    figures: Figures,
    width: int,
    settings: SolveSettings,
    start: Converged | None,
) -> Array:
    """Solve some samples; those that have no answer are left out, and the others solved again."""
    found = np.full((samples, width), np.nan)
    rows = np.arange(samples)
    while len(rows):
        given = {name: values[rows] for name, values in draws.items()}
        try:
            flows = solve_flows(flowsheet, given, settings, start)
        except SamplesRefusedError as error:
            rows = np.delete(rows, error.rows)
            continue
        except InputError:
            if len(rows) == 1:
                return found
            # It does not say of which samples it is: halves find it in few steps.
            for part in np.array_split(rows, 2):
                some = {name: values[part] for name, values in draws.items()}
                found[part] = _chunk(flowsheet, some, len(part), figures, width, settings, start)
            return found
        found[rows] = np.broadcast_to(figures(flows, given), (len(rows), width))
        return found
    return found
