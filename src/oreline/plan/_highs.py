"""HiGHS on a model of linopy: options that are checked, and an answer that says how good it is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from oreline.model import InputError, OrelineError
from oreline.plan._sets import Array, Places

if TYPE_CHECKING:
    import highspy
    import linopy

ALGORITHMS: Final = ("simplex", "ipx")
"""By names that mean one thing; ``ipm`` and ``choose`` change with what is installed."""
SECONDS_MAX: Final = 3600.0
Watch = Callable[[float, float, float], bool]
"""Told seconds, value and bound of a search while it runs; False stops it, the best is kept."""


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """How a model is solved.

    Parameters
    ----------
    gap
        How far from its bound the best plan may be, as a part of it.
    seconds
        When the search stops with the best plan so far.
    algorithm
        For linear programmes: ``simplex`` or ``ipx``, an interior point with crossover.
    seed
        Of the solver's random choices.
    threads
        One makes the search the same on every machine.
    """

    gap: float = 1e-6
    seconds: float = 60.0
    algorithm: str = "simplex"
    seed: int = 0
    threads: int = 1

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise InputError(f"{self.algorithm!r} is no algorithm here; {' or '.join(ALGORITHMS)}")
        if not 0 < self.seconds <= SECONDS_MAX:
            raise InputError(
                f"{self.seconds:g} s: a solve has more than 0 and at most {SECONDS_MAX:g}"
            )
        if not 0 <= self.gap < 1:
            raise InputError(f"a gap of {self.gap:g} is no part: write 0.01 for 1 %")
        if not 0 <= self.seed < 2**31:
            raise InputError(f"the seed is 0 to {2**31 - 1}, not {self.seed}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What stands beside every plan: how it was solved and how good it is.

    ``bound`` is what no plan can beat; ``gap`` how far the value is from it, as a part of the
    value. Versions are those of the packages by name.
    """

    status: str
    value: float
    bound: float
    gap: float
    algorithm: str
    versions: Mapping[str, str]
    settings: SolverSettings
    rows: int
    columns: int
    nonzeros: int
    integers: int
    seconds: float
    input_sha256: str

    @property
    def is_stopped(self) -> bool:
        """Return whether whoever watched the search ended it."""
        return self.status.startswith("interrupted")

    @property
    def is_proven(self) -> bool:
        """Return whether the value is within the asked gap of its bound."""
        return self.status == "optimal"

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as plain values."""
        return {
            "status": self.status,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "algorithm": self.algorithm,
            "versions": dict(self.versions),
            "gap_asked": self.settings.gap,
            "seconds_limit": self.settings.seconds,
            "seed": self.settings.seed,
            "threads": self.settings.threads,
            "rows": self.rows,
            "columns": self.columns,
            "nonzeros": self.nonzeros,
            "integers": self.integers,
            "seconds": round(self.seconds, 3),
            "input_sha256": self.input_sha256,
        }


class NoPlanError(OrelineError):
    """No plan meets all limits. ``highs`` is the solver with the model still in it."""

    def __init__(self, message: str, highs: highspy.Highs) -> None:
        super().__init__(message)
        self.highs = highs


@dataclass(frozen=True, slots=True)
class Solved:
    """Values of all variables by name, duals of rows where there are any, and the certificate."""

    values: Mapping[str, Array]
    duals: Mapping[str, Array]
    certificate: Certificate
    highs: Any


@dataclass(frozen=True, slots=True)
class Program:
    """A mixed-integer programme as arrays: what a solver is given in one piece.

    ``whole`` says which columns are whole-numbered; ``is_most`` whether much of the cost is better.
    """

    cost: Array
    lower: Array
    upper: Array
    rows: Any
    row_lower: Array
    row_upper: Array
    whole: NDArray[np.bool_]
    is_most: bool


def program_of(model: linopy.Model) -> Program:
    """Return a model of linopy as arrays."""
    import linopy

    with linopy.options as options:
        options["semantics"] = "v1"
        matrices = model.matrices
        rows = matrices.A
        assert rows is not None, "a plan without any row"
        sense, right = matrices.sense, matrices.b
        return Program(
            np.asarray(matrices.c, np.float64),
            np.asarray(matrices.lb, np.float64),
            np.asarray(matrices.ub, np.float64),
            rows,
            np.where(sense != "<", right, -np.inf),
            np.where(sense != ">", right, np.inf),
            np.asarray(matrices.vtypes) != "C",
            model.objective.sense == "max",
        )


def load_program(program: Program) -> highspy.Highs:
    """Return a silent solver with a programme in it."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.cost.size, program.rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    if program.whole.any():
        whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        lp.integrality_ = [whole if one else part for one in program.whole.tolist()]
    if program.is_most:
        lp.sense_ = highspy.ObjSense.kMaximize
    columns = program.rows.tocsc()
    columns.eliminate_zeros()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = columns.indptr, columns.indices
    lp.a_matrix_.value_ = columns.data
    highs: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise OrelineError(f"HiGHS {highs.version()} cannot read the model")
    return highs


def load_model(model: linopy.Model) -> highspy.Highs:
    """Return a silent solver with a model of linopy in it, given in one piece."""
    return load_program(program_of(model))


def solve_model(
    model: linopy.Model,
    settings: SolverSettings,
    digest: str,
    *,
    constant: float = 0.0,
    watch: Watch | None = None,
    windows: Sequence[Places] = (),
) -> Solved:
    """Solve a model and return its best plan.

    Whole-numbered choices are then held and the rest is solved once more as a linear programme:
    values are those of a vertex, and each row has a dual, which is the worth of a bit more of its
    limit while the choices stay.

    Raises
    ------
    NoPlanError
        If no plan meets all limits.
    OrelineError
        If the time ends before any plan is found, or the solver fails.
    """
    began = time.perf_counter()
    highs = load_model(model)
    certificate = search(
        highs, settings, digest, began, constant=constant, watch=watch, windows=windows
    )
    return solved_of(model, highs, certificate)


def solved_of(model: linopy.Model, highs: highspy.Highs, certificate: Certificate) -> Solved:
    """Return what a solver holds of a model: values by variable, duals by family of rows."""
    solution = highs.getSolution()
    columns = _by_label(model.variables.label_index.vlabels, np.asarray(solution.col_value))
    rows = _by_label(model.constraints.label_index.clabels, np.asarray(solution.row_dual))
    return Solved(
        {name: columns[labels_of(one)] for name, one in model.variables.items()},
        {name: rows[one.labels.values] for name, one in model.constraints.items()},
        certificate,
        highs,
    )


def search(
    highs: highspy.Highs,
    settings: SolverSettings,
    digest: str,
    began: float,
    *,
    constant: float = 0.0,
    watch: Watch | None = None,
    windows: Sequence[Places] = (),
) -> Certificate:
    """Search for the best of what a solver holds, then hold its choices; return how good it is.

    ``began`` is when the work began, on the clock of ``time.perf_counter``.

    Raises
    ------
    NoPlanError
        If nothing meets all limits.
    OrelineError
        If the time ends before any plan is found, or the solver fails.
    """
    integers = _integers(highs)
    set_options(highs, settings)
    if watch is not None:
        _watched(highs, watch, constant)
    if windows:
        status, bound = _rolled(highs, settings, windows)
    else:
        highs.run()
        status, bound = outcome_of(highs)
    value = highs.getObjectiveValue()
    if integers:
        _hold_choices(highs, settings)
        held = highs.getObjectiveValue()
        assert abs(held - value) <= 1e-5 * max(1.0, abs(value)), (
            "holding the choices moved the plan"
        )
        value = held
    lp = highs.getLp()
    return Certificate(
        status,
        value + constant,
        (bound if integers else value) + constant,
        _gap(bound if integers else value, value, constant),
        _algorithm(settings, integers, len(windows)),
        {name: version(name) for name in ("linopy", "highspy")},
        settings,
        lp.num_row_,
        lp.num_col_,
        highs.getNumNz(),
        integers,
        time.perf_counter() - began,
        digest,
    )


def _algorithm(settings: SolverSettings, integers: int, windows: int) -> str:
    if not integers:
        return settings.algorithm
    told = "branch and cut on simplex"
    return f"{told}, in {windows} windows" if windows else told


def _rolled(
    highs: highspy.Highs, settings: SolverSettings, windows: Sequence[Places]
) -> tuple[str, float]:
    """Decide window by window: whole choices in one, parts allowed in those that come.

    What is decided is held. The bound of the first window holds for the whole, because parts of
    later choices allow more than whole ones (relax and fix; Pochet and Wolsey 2006). The search
    is left with every choice whole, and whole-numbered.
    """
    whole = np.concatenate(windows).astype(np.int32)
    bound = math.inf
    status = "optimal"
    highs.changeColsIntegrality(whole.size, whole, np.zeros(whole.size, np.uint8))
    for number, window in enumerate(windows):
        columns = window.astype(np.int32)
        highs.changeColsIntegrality(columns.size, columns, np.ones(columns.size, np.uint8))
        set_options(highs, settings)
        highs.run()
        try:
            ended, found = outcome_of(highs)
        except NoPlanError as error:
            if not number:
                raise
            # That is said of what was decided before, not of the plan's own limits.
            raise OrelineError(
                f"what was decided in the first {number} of {len(windows)} windows leaves no plan "
                "for the rest: ask for longer windows, or for one search"
            ) from error
        bound = found if not number else bound
        status = status if ended == "optimal" else ended
        if ended.startswith("interrupted"):
            # Whoever stopped it wants a plan: what is left is decided within its time.
            highs.clearCallbacks()  # type: ignore[no-untyped-call]
        if number < len(windows) - 1:
            chosen = np.rint(np.asarray(highs.getSolution().col_value)[columns])
            highs.changeColsBounds(columns.size, columns, chosen, chosen)
    value = highs.getObjectiveValue()
    near = abs(bound - value) <= settings.gap * max(abs(value), 1e-9)
    if status == "optimal" and not near and len(windows) > 1:
        status = "decided in windows"
    return status, bound


def _gap(bound: float, value: float, constant: float) -> float:
    return abs(bound - value) / max(abs(value + constant), 1e-9)


def outcome_of(highs: highspy.Highs) -> tuple[str, float]:
    """Return the status in words and the bound of what has been solved."""
    import highspy

    status, info = highs.getModelStatus(), highs.getInfo()
    words = highs.modelStatusToString(status)
    kinds = highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        raise NoPlanError("no plan meets all limits", highs)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise OrelineError(
            f"HiGHS ended after {highs.getRunTime():.1f} s without any plan: {words}; give it more "
            "time or a smaller problem"
        )
    bound = float(info.mip_dual_bound)
    found = "optimal" if status == kinds.kOptimal else words.lower()
    return found, bound if math.isfinite(bound) else math.inf


def _hold_choices(highs: highspy.Highs, settings: SolverSettings) -> None:
    """Fix every whole-numbered choice where it is and solve what is left."""
    import highspy

    lp = highs.getLp()
    whole = np.array(
        [
            place
            for place, kind in enumerate(lp.integrality_)
            if kind != highspy.HighsVarType.kContinuous
        ],
        np.int32,
    )
    chosen = np.rint(np.asarray(highs.getSolution().col_value)[whole])
    highs.clearCallbacks()  # type: ignore[no-untyped-call]
    highs.changeColsBounds(whole.size, whole, chosen, chosen)
    highs.changeColsIntegrality(whole.size, whole, np.zeros(whole.size, np.uint8))
    set_options(highs, settings)
    highs.run()
    outcome_of(highs)


def set_options(highs: highspy.Highs, settings: SolverSettings) -> None:
    """Set every option by a name that the solver is seen to know.

    Raises
    ------
    OrelineError
        If the solver refuses one.
    """
    import highspy

    for name, value in (
        ("output_flag", False),
        # What works inside a search, and, where nothing is whole-numbered, on the whole.
        ("mip_lp_solver", "simplex"),
        ("mip_ipm_solver", "ipx"),
        ("solver", settings.algorithm if not _integers(highs) else "choose"),
        ("mip_rel_gap", settings.gap),
        ("mip_feasibility_tolerance", 1e-9),
        ("primal_feasibility_tolerance", 1e-9),
        ("time_limit", settings.seconds),
        ("random_seed", settings.seed),
        ("threads", settings.threads),
    ):
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise OrelineError(f"HiGHS {highs.version()} refuses {name} = {value!r}")


def _integers(highs: highspy.Highs) -> int:
    import highspy

    return sum(one != highspy.HighsVarType.kContinuous for one in highs.getLp().integrality_)


def _watched(highs: highspy.Highs, watch: Watch, constant: float) -> None:
    """Have a search tell how far it is, and stop where it is told to."""

    def told(event: Any) -> None:
        data = event.data_out
        best, bound = data.mip_primal_bound + constant, data.mip_dual_bound + constant
        if not watch(data.running_time, best, bound):
            event.interrupt()

    highs.cbMipInterrupt += told


def labels_of(variable: linopy.Variable) -> NDArray[np.int64]:
    """Return the labels of a variable as (item, year): linopy may turn axes that it aligns."""
    labels = variable.labels
    time = [dim for dim in labels.dims if dim in ("year", "begun")]
    return np.asarray(labels.transpose(..., *time).values)


def _by_label(labels: Any, values: Array) -> Array:
    """Return values by label; the last place stands for labels that are none."""
    found = np.zeros(int(labels.max(initial=-1)) + 2)
    found[labels] = values
    return found
