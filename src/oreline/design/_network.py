"""The streams of a flowsheet as edges between units, solved for given answers of the laws."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np

from oreline.design._duty import Frame
from oreline.design._elimination import OUTSIDE, Edge, unit_flows
from oreline.design._law import Array, Mask
from oreline.design._law_calls import Answered
from oreline.design._refusal import SamplesRefusedError
from oreline.design._trapped import trapped_findings


class Network:
    """The streams of a flowsheet as edges between units, solved for given answers of the laws."""

    def __init__(self, frame: Frame, fresh: Array) -> None:
        self.frame = frame
        self.fresh = fresh
        sheet = frame.flowsheet
        self.to = [frame.units[feed.to] for feed in sheet.feeds]
        self.edges = [
            (number, port, frame.units.get(target, OUTSIDE))
            for number, unit in enumerate(sheet.units)
            for port, target in enumerate(unit.outlets.values())
        ]
        self.breaks = [unit.law.breaks_minerals and frame.has_compounds for unit in sheet.units]

    def of(self, kept: Mask) -> Network:
        """Return the same network with what is fed in some of the samples."""
        part = copy(self)
        part.fresh = self.fresh[kept]
        return part

    def solve(self, answers: Sequence[Answered]) -> tuple[Array, Array]:
        """Return what arrives at the units and what they treat, (samples, units, components)."""
        units, samples, names = len(answers), len(self.fresh), len(self.frame.names)
        arriving = np.zeros((units, samples, names))
        sources = self._sources(answers)
        treated = arriving
        if not any(self.breaks):
            everything = np.ones(names, dtype=bool)
            arriving = self._pass(answers, sources, everything)
            treated = arriving.copy()
        else:
            compounds = self.frame.compounds
            arriving[:, :, compounds] = self._pass(answers, sources, compounds)
            broken = {
                unit: arriving[unit] @ self.frame.release
                for unit, breaks in enumerate(self.breaks)
                if breaks
            }
            with_broken = [
                part if unit not in broken else broken[unit] + (0.0 if part is None else part)
                for unit, part in enumerate(sources)
            ]
            arriving[:, :, ~compounds] = self._pass(answers, with_broken, ~compounds)
            treated = arriving.copy()
            for unit, elements in broken.items():
                # The pass counted what is set free as arriving.
                treated[unit][:, compounds] = 0.0
                arriving[unit] = arriving[unit] - elements
        for unit, answer in enumerate(answers):
            if answer.reagents is not None:
                arriving[unit] = arriving[unit] - answer.reagents
        return arriving.swapaxes(0, 1), treated.swapaxes(0, 1)

    def _sources(self, answers: Sequence[Answered]) -> list[Array | None]:
        sources: list[Array | None] = [answer.reagents for answer in answers]
        for number, unit in enumerate(self.to):
            before = sources[unit]
            brought = self.fresh[:, number]
            sources[unit] = brought if before is None else before + brought
        return sources

    def _pass(
        self, answers: Sequence[Answered], sources: list[Array | None], columns: Mask
    ) -> Array:
        """Solve some of the components; compounds end where they are broken."""
        compounds = bool(columns[self.frame.compounds].any()) and not columns.all()
        shares: dict[Edge, Array] = {}
        for unit, port, target in self.edges:
            ends = compounds and self.breaks[unit]
            key = (unit, OUTSIDE if ends else target)
            share = answers[unit].splits[:, port, columns]
            shares[key] = share if key not in shares else shares[key] + share
        cut = [None if source is None else source[:, columns] for source in sources]
        shape = (len(self.fresh), int(columns.sum()))
        with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
            flows, trapped = unit_flows(cut, shares, shape)
        if trapped or not np.isfinite(flows).all():
            splits = [answer.splits for answer in answers]
            raise SamplesRefusedError(
                "the flowsheet was not solved",
                trapped_findings(self.frame, splits, sources, columns),
                np.flatnonzero(~np.isfinite(flows).all(axis=(0, 2))),
            )
        return flows

    def streams(self, answers: Sequence[Answered], treated: Array) -> Array:
        """Return what each outlet sends, (samples, streams, components)."""
        return np.stack(
            [treated[:, unit] * answers[unit].splits[:, port] for unit, port, _ in self.edges], 1
        )
