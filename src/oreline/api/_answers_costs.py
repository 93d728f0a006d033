"""What designs of the served chain folder cost, how far that spreads, and their tables as files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import polars as pl

from oreline.api._answers_design import (
    Asked,
    asked_of,
    sheet_of,
    solution_of,
)
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.design import (
    COSTS_FILE,
    DesignStudy,
    Method,
    Output,
    Progress,
    SobolIndices,
    Spread,
    compare_allocations,
    compare_costs,
    read_study,
    sobol_shares,
    solution_tables,
    spread,
    tornado,
)
from oreline.model import InputError, LimitExceededError

DESIGN_SAMPLES_MAX: Final = 10_000
"""How many samples the server draws at once."""
DESIGN_SOBOL_SAMPLES_MAX: Final = 20_000
"""How many samples the server solves for Sobol' indices: points times numbers and two more."""
STUDIES_MAX: Final = 16
"""How many studies, and spreads of them, are kept."""

Changed = Mapping[str, float]
Frames = dict[str, pl.DataFrame]


def design_costs(view: View, file: str, changed: Changed) -> dict[str, Any]:
    """Return what a design costs, by every rule of sharing, and every number that says so."""
    study = _study(*_asked(view, file), _key(changed))
    report = study.report()
    return {
        "file": file,
        "changed": dict(changed),
        **report.to_json(),
        "allocations": _allocations(study),
        "numbers": [
            {"name": name, **row}
            for name, row in zip(study.numbers(), _numbers(study), strict=True)
        ],
        "outputs": [{"name": one.name, "unit": one.unit} for one in study.outputs],
        "findings": [one.to_json() for one in (*study.findings, *report.findings)],
    }


def design_tornado(view: View, file: str, output: str | None, changed: Changed) -> dict[str, Any]:
    """Return a result with each number at the ends of its range, the widest first."""
    study = _study(*_asked(view, file), _key(changed))
    chosen = _result(study, output)
    return {"output": chosen.name, "unit": chosen.unit, **_tornado(study, chosen).to_json()}


def design_uncertainty(
    view: View,
    file: str,
    samples: int,
    seed: int,
    changed: Changed,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return how far every result spreads: percentiles, histograms, what drives it, what failed."""
    found = _spread(*_asked(view, file), _key(changed), _most(samples), seed, progress)
    return {"file": file, "changed": dict(changed), **found.to_json()}


def design_sobol(
    view: View,
    file: str,
    output: str | None,
    points: int,
    seed: int,
    changed: Changed,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return which part of a result's variance each number accounts for."""
    study = _study(*_asked(view, file), _key(changed))
    chosen = _result(study, output)
    found = _sobol(study, chosen, points, seed, progress)
    return {"output": chosen.name, "unit": chosen.unit, **found.to_json()}


def has_costs(view: View, file: str) -> bool:
    """Return whether a flowsheet has costs that go with it."""
    return asked_of(view, file).costs is not None


def design_tables(
    view: View, file: str, changed: Changed, samples: int = 0, seed: int = 1
) -> dict[str, pl.DataFrame]:
    """Return every table of a design by name; of uncertainty where samples are asked for."""
    asked = asked_of(view, file)
    known = sheet_of(asked).numbers()
    of_sheet = {name: value for name, value in changed.items() if name in known}
    tables: Frames = solution_tables(solution_of(asked, _key(of_sheet)))
    if asked.costs is None:
        return tables
    study = _study(asked, *asked.costs, _key(changed))
    report = study.report()
    tables |= {f"costs, {name}": frame for name, frame in report.frames().items()}
    if study.model.products:
        tables["costs, allocations"] = compare_allocations(study.model).to_frame()
    tables["tornado"] = _tornado(study, _result(study, None)).to_frame()
    if samples:
        told = _spread(asked, *asked.costs, _key(changed), _most(samples), seed, None)
        tables |= {f"uncertainty, {name}"[:31]: one for name, one in told.frames().items()}
    return {name: frame for name, frame in tables.items() if frame.width}


def costs_of_comparison(view: View, file: str, other: str) -> dict[str, Any]:
    """Return each result of the costs of two designs, None where one does not have it.

    Costs that cannot be used are not compared; ``costs_lacking`` says why, by file.
    """
    studies: list[DesignStudy | None] = []
    lacking: dict[str, str] = {}
    for one in (file, other):
        asked, study = asked_of(view, one), None
        if asked.costs is None:
            lacking[one] = "it has no costs"
        else:
            try:
                study = _study(asked, *asked.costs, ())
            except InputError as error:
                lacking[one] = "; ".join([error.args[0], *(f.message for f in error.findings)])
        studies.append(study)
    costs = [one.to_json() for one in compare_costs(*studies)]
    return {"costs": costs, "costs_lacking": lacking}


def _asked(view: View, file: str) -> tuple[Asked, bytes, str]:
    asked = asked_of(view, file)
    if asked.costs is None:
        raise NotFoundError(
            f"{file} has no costs: write {COSTS_FILE} beside it, as the reference of costs says"
        )
    return (asked, *asked.costs)


def _key(changed: Changed) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(changed.items()))


def _most(samples: int) -> int:
    if samples > DESIGN_SAMPLES_MAX:
        raise LimitExceededError(
            f"{samples} samples are more than DESIGN_SAMPLES_MAX = {DESIGN_SAMPLES_MAX}; take the "
            "command oreline design uncertainty for more"
        )
    return samples


@lru_cache(maxsize=STUDIES_MAX)
def _study(
    asked: Asked, data: bytes, name: str, changed: tuple[tuple[str, float], ...]
) -> DesignStudy:
    return read_study(data, name, sheet_of(asked), (), dict(changed))


_kept: dict[tuple[object, ...], Spread] = {}


def _spread(
    asked: Asked,
    data: bytes,
    name: str,
    changed: tuple[tuple[str, float], ...],
    samples: int,
    seed: int,
    progress: Progress | None,
) -> Spread:
    """Return a spread, kept so that its file is written from what the page has shown."""
    key = (asked, data, changed, samples, seed)
    found = _kept.get(key)
    if found is None:
        study = _study(asked, data, name, changed)
        inputs, outputs = study.inputs(), study.outputs
        found = spread(
            study.evaluator(inputs, [one.name for one in outputs], progress),
            inputs,
            outputs,
            samples=samples,
            seed=seed,
            method=Method.LATIN_HYPERCUBE,
            correlations=study.correlations,
            why=study.why(inputs),
        )
        while len(_kept) >= STUDIES_MAX:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = found
    return found


def _sobol(
    study: DesignStudy, chosen: Output, points: int, seed: int, progress: Progress | None
) -> SobolIndices:
    inputs = study.inputs()
    needed = points * (len(inputs) + 2)
    if needed > DESIGN_SOBOL_SAMPLES_MAX:
        raise LimitExceededError(
            f"{points} points of {len(inputs)} numbers need {needed} samples, more than "
            f"DESIGN_SOBOL_SAMPLES_MAX = {DESIGN_SOBOL_SAMPLES_MAX}"
        )
    evaluate = study.evaluator(inputs, [chosen.name])
    done = [0]

    def counted(samples: Any) -> Any:
        values = evaluate(samples)
        done[0] += len(samples)
        if progress is not None:
            progress(done[0] / needed)
        return values

    return sobol_shares(counted, inputs, [chosen], points=points, seed=seed)


def _tornado(study: DesignStudy, chosen: Output) -> Any:
    inputs = study.inputs()
    return tornado(study.evaluator(inputs, [chosen.name]), inputs, [chosen])


def _result(study: DesignStudy, name: str | None) -> Output:
    """Return the result that is asked for; else the net present value, or the operating cost."""
    names = [one.name for one in study.outputs]
    first = next((one for one in names if one.startswith("NPV")), "operating cost")
    return study.outputs[study.places([name or first])[0]]


def _allocations(study: DesignStudy) -> dict[str, Any] | None:
    return compare_allocations(study.model).to_json() if study.model.products else None


def _numbers(study: DesignStudy) -> list[dict[str, Any]]:
    return [
        {
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
            "basis": str(one.basis),
            "source": one.source,
        }
        for one in study.numbers().values()
    ]
