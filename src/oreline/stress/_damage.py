"""What industries cannot make without a mineral, and what that takes from value added: three ways.

``direct`` counts the value added that the using industries lose. ``lp`` is the most that all
industries together can still add where those are capped (Manley and others 2022), ``qp`` what they
add if each stays as near as it can to what it made before (in the manner of the USGS 2025 model):

    lp:  max v'x          qp:  min sum_j w_j (x_j / x0_j - 1)^2
    subject to  0 <= x <= cap  and  min(y0, 0) <= (I - A) x <= max(y0, 0),

v value added for a dollar of output, y0 final use net of imports, w_j what j takes in from others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from oreline.model import OrelineError
from oreline.stress._industries import Accounts
from oreline.stress._model_arrays import Floats
from oreline.stress._quadratic import least_within

NODES: Final = 21
"""The points at which a damage curve is computed; between them it is straight."""
_SLACK: Final = 1e-9
"""Room for rows that are equations, as a part of output: an interior point needs some."""
Progress = Callable[[str, int, int], None]


class DamageError(OrelineError):
    """A programme over the industries could not be solved."""


@dataclass(frozen=True, slots=True, eq=False)
class DamageCurve:
    """Loss of value added a year, in million dollars, where using industries are cut.

    ``cut`` is the part of output that an industry with all of the use would lose; an industry with
    a share s of the use loses s times that. ``by_industry`` is the direct loss at the last node.
    ``codes`` are all industries, and the two matrices their direct loss and that by QP at each
    node, (nodes, industries).
    """

    level: str
    source: str
    cut: Floats
    direct_musd: Floats
    qp_musd: Floats
    lp_musd: Floats
    by_industry: Mapping[str, float]
    codes: tuple[str, ...] = ()
    direct_matrix_musd: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    qp_matrix_musd: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def mean_by_industry(self, cut: Floats) -> tuple[Floats, Floats]:
        """Return the mean loss of each industry over some cuts: direct, and by QP.

        The QP has one solution, so that its loss has one division; an LP may have many.
        """
        at = np.clip(np.searchsorted(self.cut, cut, "right") - 1, 0, self.cut.size - 2)
        part = np.clip((cut - self.cut[at]) / np.diff(self.cut)[at], 0.0, 1.0)
        size = self.cut.size
        summed = np.bincount(at, 1 - part, size) + np.bincount(at + 1, part, size)
        weight = np.asarray(summed, np.float64) / cut.size
        return weight @ self.direct_matrix_musd, weight @ self.qp_matrix_musd

    def at(self, cut: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the loss by the three ways at some cuts, read off between the nodes."""
        return (
            np.interp(cut, self.cut, self.direct_musd),
            np.interp(cut, self.cut, self.qp_musd),
            np.interp(cut, self.cut, self.lp_musd),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain values."""
        return {
            "level": self.level,
            "source": self.source,
            "cut": self.cut.tolist(),
            "direct_musd": self.direct_musd.tolist(),
            "qp_musd": self.qp_musd.tolist(),
            "lp_musd": self.lp_musd.tolist(),
        }


def capped(io: Accounts, uses: Mapping[str, float], cut: float) -> Floats:
    """Return what each industry can make where the using ones are cut in proportion to use."""
    cap = io.output_musd.copy()
    for code, share in uses.items():
        cap[io.at(code)] *= max(0.0, 1.0 - cut * share)
    return cap


def direct_loss_musd(io: Accounts, cap: Floats) -> float:
    """Return the value added that capped industries lose themselves."""
    return float(io.value_added_musd @ (1 - cap / io.output_musd))


class LinearLoss:
    """The linear programme over the industries; solved again for other caps from where it was."""

    def __init__(self, io: Accounts) -> None:
        import highspy
        import scipy.sparse

        self.io = io
        size = io.output_musd.size
        rows = scipy.sparse.csr_matrix(np.eye(size) - io.needs)
        rows.eliminate_zeros()
        lp = highspy.HighsLp()
        lp.num_col_ = lp.num_row_ = size
        lp.col_cost_ = -io.value_added_musd / io.output_musd
        lp.col_lower_, lp.col_upper_ = np.zeros(size), io.output_musd
        lp.row_lower_ = np.minimum(io.final_musd, 0)
        lp.row_upper_ = np.maximum(io.final_musd, 0)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = rows.indptr, rows.indices
        lp.a_matrix_.value_ = rows.data
        self.solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.passModel(lp)

    def loss_musd(self, cap: Floats) -> float:
        """Return how much less value added there is at best."""
        import highspy

        size = cap.size
        index = np.arange(size, dtype=np.int32)
        self.solver.changeColsBounds(size, index, np.zeros(size), cap)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            status = self.solver.modelStatusToString(self.solver.getModelStatus())
            raise DamageError(f"the linear programme over {size} industries ended: {status}")
        made = np.array(self.solver.getSolution().col_value)
        added = self.io.value_added_musd
        return max(0.0, float(added.sum() - added / self.io.output_musd @ made))


def quadratic_loss_musd(io: Accounts, cap: Floats) -> float:
    """Return how much less value added there is where industries stay near to what they made."""
    return float(quadratic_losses_musd(io, cap).sum())


def quadratic_losses_musd(io: Accounts, cap: Floats) -> Floats:
    """Return the same of each industry."""
    x = io.output_musd
    rows = (np.eye(x.size) - io.needs) * x / x[:, None]
    final = rows.sum(axis=1)
    weight = io.needs.sum(axis=0) * x
    # In units of the largest cut, so that a small one is found as exactly as a large one.
    unit = float(np.max(1 - cap / x))
    if unit == 0:
        return np.zeros(x.size)
    found = least_within(
        np.maximum(weight, 1e-9 * weight.sum()),
        np.zeros(x.size),
        rows,
        (np.minimum(final, 0) - final) / unit - _SLACK,
        (np.maximum(final, 0) - final) / unit + _SLACK,
        np.full(x.size, -1.0 / unit - _SLACK),
        (cap / x - 1) / unit + _SLACK,
    )
    if not found.is_optimal:
        raise DamageError(
            f"the quadratic programme over {x.size} industries ended {found.residual:.1e} off"
        )
    return np.asarray(-io.value_added_musd * found.x * unit)


def damage_curve(
    io: Accounts, uses: Mapping[str, float], most: float, progress: Progress | None = None
) -> DamageCurve:
    """Return the loss at evenly spread cuts from none to ``most``.

    Parameters
    ----------
    uses
        Shares of the use of the mineral by industry code of ``io``.
    """
    cuts = np.linspace(0.0, most, NODES)
    direct, qp, lp = np.zeros(NODES), np.zeros(NODES), np.zeros(NODES)
    size = io.output_musd.size
    direct_each, qp_each = np.zeros((NODES, size)), np.zeros((NODES, size))
    linear = LinearLoss(io)
    for number in range(1, NODES):
        cap = capped(io, uses, float(cuts[number]))
        direct[number] = direct_loss_musd(io, cap)
        lp[number] = max(direct[number], linear.loss_musd(cap))
        # No point that industries can reach loses less than the linear programme finds.
        each = quadratic_losses_musd(io, cap)
        qp[number] = max(lp[number], float(each.sum()))
        direct_each[number] = io.value_added_musd * (1 - cap / io.output_musd)
        qp_each[number] = each * qp[number] / each.sum() if each.sum() else each
        if progress is not None:
            progress("damage to industries", number, NODES - 1)
    by_industry = {code: float(direct_each[-1, io.at(code)]) for code in uses}
    return DamageCurve(
        io.level, io.source, cuts, direct, qp, lp, by_industry, io.codes, direct_each, qp_each
    )
