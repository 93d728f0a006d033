"""Many draws of a flowsheet's numbers at once: what a study of uncertainty evaluates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from oreline.design._convergence import SolveSettings
from oreline.design._duty import Frame, frame_of
from oreline.design._flowsheet import Flowsheet
from oreline.design._law import Array
from oreline.design._samples import base_of, solved_samples
from oreline.design._solve import Flows
from oreline.model import InputError

STUDY_SETTINGS: Final = SolveSettings(tolerance=1e-12)
"""How far laws of the feed settle in a study: every sample closes exactly even so."""


class Figure(StrEnum):
    """What is followed of a product."""

    DRY = "dry_t_per_h"
    CONTAINED = "contained_t_per_h"
    GRADE = "grade"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One result of a study: a figure of a product, of an element where it has one.

    >>> Wanted("concentrate", Figure.GRADE, "Nd").name
    'concentrate.grade[Nd]'
    """

    product: str
    figure: Figure
    element: str = ""

    @property
    def name(self) -> str:
        """Return it as studies call it."""
        inner = f"[{self.element}]" if self.element else ""
        return f"{self.product}.{self.figure}{inner}"

    @property
    def unit(self) -> str:
        """Return its unit; parts of the whole are in 1."""
        return "t/h" if self.figure in {Figure.DRY, Figure.CONTAINED} else "1"


def design_evaluator(
    flowsheet: Flowsheet,
    inputs: Sequence[str],
    wanted: Sequence[Wanted],
    settings: SolveSettings | None = None,
    workers: int | None = None,
) -> Callable[[Array], Array]:
    """Return a function from samples of inputs to samples of results.

    ``inputs`` are names of ``Flowsheet.numbers``. The function takes shape (samples, inputs) and
    gives (samples, results); what cannot be solved for a sample is not a number there. Laws of the
    feed settle to ``settings``, by default to 1e-12 of a share, from the case as it stands. Chunks
    of samples are shared among ``workers``, by default one on each core, which changes no result.

    Raises
    ------
    InputError
        If an input, product or element is none of the flowsheet's.
    """
    known = flowsheet.numbers()
    strange = [name for name in inputs if name not in known]
    if strange:
        raise InputError(f"no numbers of this flowsheet: {', '.join(strange)}")
    frame = frame_of(flowsheet)
    chosen = settings or STUDY_SETTINGS
    for one in wanted:
        _see_known(frame, one)

    start = base_of(flowsheet, chosen)

    def figures(flows: Flows, _draws: Mapping[str, Array]) -> Array:
        told = np.broadcast_arrays(*[_figure(flows, one) for one in wanted])
        return np.stack(told, axis=-1)

    def evaluate(samples: Array) -> Array:
        draws = dict(zip(inputs, samples.T, strict=True))
        return solved_samples(
            flowsheet,
            draws,
            len(samples),
            figures,
            len(wanted),
            settings=chosen,
            start=start,
            workers=workers,
        )

    return evaluate


def _see_known(frame: Frame, one: Wanted) -> None:
    products = [product.id for product in frame.flowsheet.products]
    if one.product not in products:
        raise InputError(f"no product is called {one.product}; there are {', '.join(products)}")
    if (one.figure is Figure.DRY) != (not one.element):
        raise InputError(f"{one.name}: the dry mass is of no element, all others are of one")
    if one.element and one.element not in frame.names:
        raise InputError(f"{one.element} is not followed here; followed are {frame.names}")


def _figure(flows: Flows, one: Wanted) -> Array:
    frame, sheet = flows.frame, flows.frame.flowsheet
    into = [stream.destination == one.product for stream in sheet.streams]
    flow = flows.streams[:, into].sum(axis=1)
    dry = flow.sum(axis=1) - flow[:, frame.water]
    if one.figure is Figure.DRY:
        return np.asarray(dry)
    column = frame.names.index(one.element)
    release = frame.release[:, column].copy()
    # A compound that is asked for is counted as itself, an element with what compounds hold.
    release[column] = 1.0
    contained = flow @ release
    if one.figure is Figure.CONTAINED:
        return np.asarray(contained)
    whole = dry if one.figure is Figure.GRADE else flows.fresh.sum(axis=1) @ release
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0.0, contained / whole, np.nan)
