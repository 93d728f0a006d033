"""Drill holes and block models of files, computed once for their contents and kept a while."""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oreline.exchange import DEFAULT_LIMITS
from oreline.explore import (
    MAPPING_FILE,
    CrossValidation,
    HoleMapping,
    HolesRead,
    LeaveOut,
    MinePlan,
    ModelSimulation,
    Ore,
    ResourceModel,
    Samples,
    SimulationSection,
    composites_of,
    grid_of,
    inverse_distance_of,
    make_model,
    ore_of,
    plan_model,
    read_holes,
    read_mapping_text,
    samples_of,
    simulate_model,
    validate_model,
)
from oreline.model import InputError, LimitExceededError

HOLES_KEPT_MAX = 16
"""How many sets of drill holes stay in memory."""
MODELS_KEPT_MAX = 4
"""How many block models stay in memory."""
MODEL_BLOCKS_MAX = 500_000
"""A larger block model is made by the command, not while a page waits."""

SIMULATED_NODES_MAX = 500_000
"""A simulation of more points (blocks times points in each) is made by the command."""
REALISATIONS_MAX = 100
"""So many models are simulated at most while a page waits."""


class Kept:
    """The latest answers by what they were computed from; each is computed by one thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Any, Any] = OrderedDict()
        self._lock, self._computing = threading.Lock(), threading.Lock()

    def get(self, key: Any, compute: Callable[[], Any]) -> Any:
        """Return what is kept under a key, computed now if nothing is."""
        kept = self._at_hand(key)
        if kept is not None:
            return kept
        # One at a time: each takes all cores, and the next may find what this one computes.
        with self._computing:
            kept = self._at_hand(key)
            if kept is not None:
                return kept
            made = compute()
            with self._lock:
                self._found[key] = made
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
            return made

    def _at_hand(self, key: Any) -> Any:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._found)


# Keys are digests of contents: what is kept here is right for every server that asks.
_HOLES, _MODELS = Kept(HOLES_KEPT_MAX), Kept(MODELS_KEPT_MAX)
_SAMPLES, _VALIDATED, _SIMULATED, _PLANS, _INVERSE = (Kept(MODELS_KEPT_MAX) for _ in range(5))


def holes_of(folder: Path) -> HolesRead:
    """Return the drill holes of a folder with everything that is wrong with them."""
    files = files_of(folder)
    found: HolesRead = _HOLES.get(_key(folder.name, files), lambda: read_holes(files, folder.name))
    return found


def samples_of_set(folder: Path) -> tuple[Samples, Any]:
    """Return the composites of a set as samples, and densities where they weigh by them.

    Raises
    ------
    InputError
        If the holes cannot be used, or no composites are declared.
    """
    read = holes_of(folder)

    def compute() -> tuple[Samples, Any]:
        if read.holes is None or read.mapping is None:
            raise InputError(f"the drill holes {read.name} cannot be used", read.findings)
        made = composites_of(read.holes, read.mapping)
        assert read.mapping.composites is not None, "asked for before"
        return samples_of(made, read.mapping.composites, read.holes.symbols)

    found: tuple[Samples, Any] = _SAMPLES.get(_key(folder.name, files_of(folder)), compute)
    return found


def model_of(folder: Path) -> ResourceModel:
    """Return the block model that a folder's ``explore.toml`` declares.

    Raises
    ------
    InputError
        If the holes cannot be used, or a section is missing.
    LimitExceededError
        If the model has more than MODEL_BLOCKS_MAX blocks.
    """
    samples, densities = samples_of_set(folder)
    mapping = _mapping(folder)

    def compute() -> ResourceModel:
        blocks = grid_of(mapping, samples).n
        if blocks > MODEL_BLOCKS_MAX:
            raise LimitExceededError(
                f"{blocks:,} blocks are more than MODEL_BLOCKS_MAX = {MODEL_BLOCKS_MAX:,}: make "
                "this model with 'oreline explore model', or declare larger blocks"
            )
        return make_model(samples, mapping, densities=densities)

    found: ResourceModel = _MODELS.get(_key(folder.name, files_of(folder)), compute)
    return found


def validation_of(folder: Path, leave_out: LeaveOut) -> CrossValidation:
    """Return each composite of a set beside what the others say of it, as its blocks are kriged.

    Raises
    ------
    InputError
        If the holes cannot be used, or something that the model needs is not declared.
    """
    made = model_of(folder)
    key = (*_key(folder.name, files_of(folder)), str(leave_out))
    found: CrossValidation = _VALIDATED.get(key, lambda: validate_model(made, leave_out))
    return found


def simulation_of(
    folder: Path, analyte: str, seed: int, realisations: int, lag_m: float | None
) -> ModelSimulation:
    """Return many models of one analyte that agree with the composites.

    ``[simulation] variogram`` counts, or one fitted to normal scores in lags of ``lag_m``; without
    either they vary as the model's grades do.

    Raises
    ------
    InputError
        If something that they need is not declared.
    LimitExceededError
        If there are more than SIMULATED_NODES_MAX points, or REALISATIONS_MAX realisations.
    """
    made = model_of(folder)
    if realisations > REALISATIONS_MAX:
        message = f"at most REALISATIONS_MAX = {REALISATIONS_MAX} here"
        raise LimitExceededError(f"{message}; 'oreline explore simulate' makes 1,000")
    declared = made.sections.simulation
    _see_nodes(made)
    told: dict[str, Any] = {"seed": seed, "realisations": realisations}
    if lag_m is not None:
        told["variogram"] = {"all": {"fit": {"lag_m": lag_m}}}
    elif declared is not None:
        told["variogram"] = declared.variogram
    settings = SimulationSection.model_validate(told)
    key = (*_key(folder.name, files_of(folder)), analyte, seed, realisations, lag_m)
    found: ModelSimulation = _SIMULATED.get(key, lambda: simulate_model(made, settings, [analyte]))
    return found


def inverse_of(folder: Path) -> dict[str, NDArray[np.float64]]:
    """Return the grade of every block of a set's model by inverse squared distance, in per cent.

    Raises
    ------
    InputError
        If the model cannot be made.
    """
    made = model_of(folder)
    found: dict[str, NDArray[np.float64]] = _INVERSE.get(
        _key(folder.name, files_of(folder)), lambda: inverse_distance_of(made)
    )
    return found


def plan_of_set(folder: Path) -> MinePlan:
    """Return the mine plan that the settings of a set declare.

    Raises
    ------
    InputError
        If something that it needs is not declared.
    LimitExceededError
        If the simulations that are declared have more than SIMULATED_NODES_MAX points.
    """
    read, made = holes_of(folder), model_of(folder)
    assert read.holes is not None, "its model was made"
    if made.sections.simulation is not None:
        _see_nodes(made)
    collars = read.holes.collars.select("x_m", "y_m", "z_m").drop_nulls().to_numpy()
    found: MinePlan = _PLANS.get(
        _key(folder.name, files_of(folder)), lambda: plan_model(made, collars)
    )
    return found


def ore_of_set(folder: Path) -> Ore:
    """Return the ore that the mine plan of a set feeds to a mill, by years.

    Raises
    ------
    InputError
        If something that it needs is not declared, or no block pays.
    LimitExceededError
        If the simulations that are declared have more than SIMULATED_NODES_MAX points.
    """
    read, made = holes_of(folder), model_of(folder)
    assert read.holes is not None, "its model was made"
    inputs = {"holes": str(read.holes.basis)}
    if made.sections.density is not None:
        inputs["density"] = str(made.sections.density.basis)
    return ore_of(plan_of_set(folder), read.name, read.holes.symbols, inputs, read.sha256)


def _see_nodes(made: ResourceModel) -> None:
    """Raise an error where a model has too many points to be simulated while a page waits."""
    grid = made.sections.grid
    assert grid is not None, "asked for by the model"
    nodes = int(made.is_estimated.sum()) * math.prod(grid.points)
    if nodes > SIMULATED_NODES_MAX:
        raise LimitExceededError(
            f"{nodes:,} points are more than SIMULATED_NODES_MAX = {SIMULATED_NODES_MAX:,}: use "
            "'oreline explore simulate', or declare larger blocks or fewer points in [grid]"
        )


def _mapping(folder: Path) -> HoleMapping:
    mapping = holes_of(folder).mapping
    assert mapping is not None, "its composites were made"
    return mapping


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the mapping and of the tables beside it that it names."""
    files = {MAPPING_FILE: _bytes(folder / MAPPING_FILE)}
    mapping, _ = read_mapping_text(files[MAPPING_FILE].decode("utf-8", errors="replace"))
    if mapping is None:
        return files
    for place in (mapping.collars, mapping.surveys, mapping.assays, mapping.geology):
        # A name with a folder in it leads nowhere.
        if place is None or Path(place.file).name != place.file:
            continue
        path = folder / place.file
        if path.is_file() and path.resolve().parent == folder.resolve():
            files[place.file] = _bytes(path)
    return files


def _bytes(path: Path) -> bytes:
    most = DEFAULT_LIMITS.file_bytes
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}") from error
    if len(data) > most:
        raise LimitExceededError(f"{path.name} is longer than the limit file_bytes = {most}")
    return data


def _key(name: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
    digests = (f"{one}:{hashlib.sha256(data).hexdigest()}" for one, data in sorted(files.items()))
    return (name, *digests)
