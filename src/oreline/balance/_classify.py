"""What can be known of a network before any number is: redundant, observable, neither.

Whether a measurement can be checked, and whether an unknown can be computed, depends on which
quantities are measured and not on their values, but for accidents. It is decided at a point of
general position: masses, and metal of every analyte, are each an arbitrary circulation of the
network; grades are their ratios. There the equations between small changes are linear:

- an unmeasured quantity is *observable* if no change that all measurements miss moves it;
- a measured quantity is *redundant* if some combination of the equations without unmeasured
  quantities contains it, so that the others would give it as well.

Both null spaces are met by projecting arbitrary vectors onto them, which needs one sparse factor. A
quantity that the projection of an arbitrary vector does not touch is touched by none, with
probability one (the projection of Crowe, AIChE J. 29, 1983, in place of his matrix itself).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from oreline.balance._factor import Factor, Floats, Ints, Matrix, factored
from oreline.balance._layout import Flags, Layout
from oreline.balance._network import Class

_RIDGE = 1e-7
_ROUNDS = 8
_TOUCHED = 1e-7
_SEED = 20250901
"""Any number will do: it chooses the arbitrary vectors, so that the same input gives the same."""
_DRAWS = 2


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of all unknowns, as flags.

    ``pinned`` are masses that a computation must hold somewhere, one for each way in which masses
    can change unseen; their values mean nothing.
    """

    redundant: Flags
    observable: Flags
    pinned: Ints


def class_of(classes: Classes, *, measured: bool, number: int) -> Class:
    """Return the class of an unknown."""
    if measured:
        return Class.REDUNDANT if classes.redundant[number] else Class.NON_REDUNDANT
    return Class.OBSERVABLE if classes.observable[number] else Class.UNOBSERVABLE


def classify(layout: Layout) -> Classes:
    """Classify every unknown of a network."""
    rng = np.random.default_rng(_SEED)
    redundant = np.zeros(layout.size, np.bool_)
    moved = np.zeros(layout.size, np.bool_)
    pinned = np.empty(0, np.int64)
    for draw in range(_DRAWS):
        point = _point(layout, rng)
        columns, free = _columns(layout, point)
        length = _lengths(sp.csc_array(columns[:, free]))
        unknown = sp.csc_array(columns[:, free] @ sp.diags_array(1.0 / length))
        # Equations of length one as well: then the ridge is the same for each.
        height = np.sqrt(unknown.power(2).sum(axis=1))
        rows = np.flatnonzero(height > 0)
        unknown = sp.csc_array(sp.diags_array(1.0 / height[rows]) @ unknown[rows])
        factor = factored(sp.csc_array(unknown @ unknown.T), ridge=_RIDGE)
        assert factor is not None
        null = _Null(unknown, length[:, None], factor)
        weights = rng.standard_normal(layout.n_rows)
        weights[rows] = null.of_rows(weights[rows]) / height[rows]
        redundant |= np.abs(columns.T @ weights) > _TOUCHED
        change = null.of_columns(rng.standard_normal((free.size, 1)))
        found = _moves(layout, point, free, change)[:, 0]
        moved |= np.abs(found) > _TOUCHED
        if draw == 0:
            pinned = _pinned(layout, point, free, null, rng, found)
    measured = layout.measured | layout.absent
    return Classes(redundant & layout.measured, ~moved & ~measured, pinned)


@dataclass(frozen=True, slots=True)
class _Point:
    mass: Floats
    metal: Floats
    grade: Floats


def _point(layout: Layout, rng: np.random.Generator) -> _Point:
    """Return a point in general position that fulfils every equation."""
    n, q = layout.n_streams, len(layout.analytes)
    mass = _circulation(layout, np.ones(n, np.bool_), rng)
    metal = np.zeros((q, n))
    absent = layout.absent.reshape(1 + q, n)
    for analyte in layout.balanced:
        metal[analyte] = _circulation(layout, ~absent[1 + analyte], rng)
    for total, parts in layout.sums:
        metal[total] = metal[list(parts)].sum(axis=0)
    still = np.abs(mass) < 1e-9
    grade = metal / np.where(still, 1.0, mass)
    return _Point(mass, metal, grade)


def _circulation(layout: Layout, open_: Flags, rng: np.random.Generator) -> Floats:
    b = sp.csr_array(layout.incidence @ sp.diags_array(open_ * 1.0))
    flow = rng.uniform(1.0, 2.0, open_.size) * open_
    square = sp.csc_array(b @ b.T)
    rows = np.flatnonzero(square.diagonal() > 0)
    if not rows.size:
        return flow
    factor = factored(sp.csc_array(square[rows][:, rows]), ridge=_RIDGE)
    assert factor is not None
    for _ in range(_ROUNDS):
        flow = flow - b[rows].T @ factor.solve(b[rows] @ flow)
    return flow


def _columns(layout: Layout, point: _Point) -> tuple[Matrix, Ints]:
    """Return the equations between small changes, and which columns are of unmeasured quantities.

    The column of a grade that is not measured is that of its metal; the column of a mass takes
    along the metal of the grades that are.
    """
    n, q = layout.n_streams, len(layout.analytes)
    known = (layout.measured | layout.absent).reshape(1 + q, n)
    b = layout.incidence
    blocks: list[list[sp.sparray | None]] = [[b, *[None] * q]]
    for analyte in layout.balanced:
        line: list[sp.sparray | None] = [None] * (1 + q)
        line[0] = b @ sp.diags_array(point.grade[analyte] * known[1 + analyte])
        line[1 + analyte] = b @ sp.diags_array(np.where(known[1 + analyte], point.mass, 1.0))
        blocks.append(line)
    for total, parts in layout.sums:
        line = [None] * (1 + q)
        mass = np.zeros(n)
        for analyte, sign in ((total, 1.0), *((part, -1.0) for part in parts)):
            mass += sign * point.grade[analyte] * known[1 + analyte]
            line[1 + analyte] = sp.diags_array(sign * np.where(known[1 + analyte], point.mass, 1.0))
        line[0] = sp.diags_array(mass)
        blocks.append(line)
    blocks.append([sp.csr_array((0, n)) for _ in range(1 + q)])
    columns = sp.csc_array(sp.block_array(blocks, format="csc"))
    return columns, np.flatnonzero(~known.ravel())


def _lengths(columns: Matrix) -> Floats:
    """Return the length of each column, one for a column without entries."""
    length = np.sqrt(columns.power(2).sum(axis=0))
    return np.where(length > 0, length, 1.0)


@dataclass(frozen=True, slots=True)
class _Null:
    """The two null spaces of the columns of unmeasured quantities, by projection."""

    unknown: Matrix
    length: Floats
    factor: Factor

    def of_rows(self, vector: Floats) -> Floats:
        """Project onto the combinations of equations that contain no unmeasured quantity."""
        for _ in range(_ROUNDS):
            vector = vector - self.unknown @ (self.unknown.T @ self.factor.solve(vector))
        return vector

    def of_columns(self, vectors: Floats) -> Floats:
        """Project onto the changes of unmeasured quantities that no equation sees."""
        for _ in range(_ROUNDS):
            vectors = vectors - self.unknown.T @ self.factor.solve(self.unknown @ vectors)
        return vectors / self.length


def _moves(layout: Layout, point: _Point, free: Ints, change: Floats) -> Floats:
    """Return how each unknown changes: masses, and grades by their metal and mass."""
    n, q = layout.n_streams, len(layout.analytes)
    moved = np.zeros((layout.size, change.shape[1]))
    moved[free] = change
    known = (layout.measured | layout.absent).reshape(1 + q, n)
    for analyte in range(q):
        part = slice((1 + analyte) * n, (2 + analyte) * n)
        by_mass = point.grade[analyte][:, None] * moved[:n]
        moved[part] = np.where(known[1 + analyte][:, None], 0.0, moved[part] - by_mass)
    return moved


def _pinned(
    layout: Layout, point: _Point, free: Ints, null: _Null, rng: np.random.Generator, found: Floats
) -> Ints:
    """Return masses that fix all unseen changes of masses: as many as these have dimensions."""
    loose = np.flatnonzero(np.abs(found[: layout.n_streams]) > _TOUCHED)
    if not loose.size:
        return loose
    changes = null.of_columns(rng.standard_normal((free.size, loose.size)))
    moved = _moves(layout, point, free, changes)[loose]
    _, r, order = scipy.linalg.qr(moved.T, mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    rank = int((size > _TOUCHED * size[0]).sum())
    return np.sort(loose[order[:rank]])
