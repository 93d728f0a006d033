"""Streams and analytes as numbered unknowns, and the equations between them as sparse matrices.

The unknowns are the dry masses of all streams, then the grades analyte by analyte. The equations
are: for every node the dry mass and the metal of each analyte balance; for every declared sum, the
parts of a stream add up to it. A sum has no balances of its own: they follow from its parts'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from oreline.balance._network import DRY, Network, Quantity, is_absent

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Column = TypeVar("Column", Floats, Flags)


@dataclass(frozen=True, slots=True)
class Layout:
    """The structure of a network: sizes, incidence of nodes, sums, and what was measured.

    Attributes
    ----------
    incidence
        Nodes by streams: 1 where a stream enters, -1 where it leaves. Of nodes that nothing joins
        to the outside one is left out: its balance follows from the others'.
    kept
        The nodes that have a row.
    balanced
        The numbers of the analytes that have balances of their own.
    sums
        (number of the sum, numbers of its parts).
    measured, absent
        Flags of all unknowns: measured with an uncertainty; known to be zero.
    """

    streams: tuple[str, ...]
    analytes: tuple[str, ...]
    nodes: tuple[str, ...]
    incidence: sp.csr_array
    kept: Ints
    balanced: tuple[int, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    measured: Flags
    absent: Flags

    @property
    def n_streams(self) -> int:
        """Return the number of streams."""
        return len(self.streams)

    @property
    def size(self) -> int:
        """Return the number of unknowns."""
        return self.n_streams * (1 + len(self.analytes))

    @property
    def n_rows(self) -> int:
        """Return the number of equations."""
        return self.kept.size * (1 + len(self.balanced)) + len(self.sums) * self.n_streams

    def number(self, quantity: Quantity) -> int:
        """Return the number of an unknown."""
        block = 0 if quantity.what == DRY else 1 + self.analytes.index(quantity.what)
        return block * self.n_streams + self.streams.index(quantity.stream)

    def quantity(self, number: int) -> Quantity:
        """Return the quantity of an unknown."""
        block, stream = divmod(number, self.n_streams)
        return Quantity(self.streams[stream], DRY if block == 0 else self.analytes[block - 1])

    def grades(self, x: Column, analyte: int) -> Column:
        """Return the grades of an analyte among all unknowns."""
        return x[(1 + analyte) * self.n_streams : (2 + analyte) * self.n_streams]

    def masses(self, x: Column) -> Column:
        """Return the dry masses among all unknowns."""
        return x[: self.n_streams]


def layout_of(network: Network) -> Layout:
    """Give numbers to the unknowns and equations of a network that was checked."""
    names = tuple(stream.name for stream in network.streams)
    nodes = network.nodes()
    at = {name: place for place, name in enumerate(nodes)}
    row, column, sign = [], [], []
    for place, stream in enumerate(network.streams):
        for end, value in ((stream.origin, -1.0), (stream.destination, 1.0)):
            if end is not None:
                row.append(at[end])
                column.append(place)
                sign.append(value)
    incidence = sp.csr_array((sign, (row, column)), (len(nodes), len(names)))
    kept = _kept(incidence)
    analytes = network.analytes
    sums = tuple(
        (analytes.index(name), tuple(analytes.index(part) for part in parts))
        for name, parts in network.sums.items()
    )
    summed = {total for total, _ in sums}
    n = len(names)
    measured = np.zeros(n * (1 + len(analytes)), np.bool_)
    absent = np.zeros_like(measured)
    place_of = {name: place for place, name in enumerate(names)}
    block_of = {DRY: 0, **{name: 1 + place for place, name in enumerate(analytes)}}
    for quantity, measurement, _ in network.measured():
        number = block_of[quantity.what] * n + place_of[quantity.stream]
        (absent if is_absent(quantity, measurement) else measured)[number] = True
    return Layout(
        names,
        analytes,
        nodes,
        incidence[kept],
        kept,
        tuple(place for place in range(len(analytes)) if place not in summed),
        sums,
        measured,
        absent,
    )


def _kept(incidence: sp.csr_array) -> Ints:
    """Return the nodes whose balances are independent: all, less one of each closed part."""
    n_nodes = incidence.shape[0]
    reach = sp.csr_array(abs(incidence) @ abs(incidence).T)
    _, part = sp.csgraph.connected_components(reach, directed=False)
    ends = np.diff(sp.csc_array(incidence).indptr)
    touched = sp.coo_array(incidence)
    open_parts = set(part[touched.coords[0][ends[touched.coords[1]] == 1]].tolist())
    left_out: set[int] = set()
    kept = []
    for node in range(n_nodes):
        of = int(part[node])
        if of not in open_parts and of not in left_out:
            left_out.add(of)
            continue
        kept.append(node)
    return np.array(kept, np.int64)


@dataclass(frozen=True, slots=True)
class Equations:
    """The value of every equation at a point, and its derivatives."""

    value: Floats
    slope: sp.csc_array


def equations(layout: Layout, x: Floats) -> Equations:
    """Return the equations at a point: metal is in t, sums are in % of the dry mass."""
    b, n = layout.incidence, layout.n_streams
    mass = layout.masses(x)
    width = 1 + len(layout.analytes)
    blocks: list[list[sp.sparray | None]] = [[b, *[None] * (width - 1)]]
    values = [b @ mass]
    at_mass = b @ sp.diags_array(mass / 100)
    for analyte in layout.balanced:
        grade = layout.grades(x, analyte)
        line: list[sp.sparray | None] = [None] * width
        line[0] = b @ sp.diags_array(grade / 100)
        line[1 + analyte] = at_mass
        blocks.append(line)
        values.append(b @ (mass * grade / 100))
    one = sp.eye_array(n)
    for total, parts in layout.sums:
        line = [None] * width
        line[1 + total] = one
        value = layout.grades(x, total).copy()
        for part in parts:
            line[1 + part] = -one
            value -= layout.grades(x, part)
        blocks.append(line)
        values.append(value)
    # A column of zeros for whatever stands in no equation.
    blocks.append([sp.csr_array((0, n)) for _ in range(width)])
    slope = sp.csc_array(sp.block_array(blocks, format="csc"))
    return Equations(np.concatenate(values), slope)
