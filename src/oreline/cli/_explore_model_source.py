"""What the commands about a block model read: composites and the sections of explore.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from oreline.explore import ModelSections, ResourceModel, Samples
    from oreline.model import Finding


@dataclass(frozen=True, slots=True)
class ModelInput:
    """Samples, their densities where known, the collars (m, 3), and the settings.

    ``symbols`` are elements and compounds by analyte, ``basis`` that of the holes, ``sha256`` that
    of their files.
    """

    name: str
    samples: Samples
    densities: NDArray[np.float64] | None
    collars_m: NDArray[np.float64]
    sections: ModelSections
    findings: Sequence[Finding]
    symbols: Mapping[str, str]
    basis: str
    sha256: str


def read_model_input(folder: Path, name: str | None) -> ModelInput:
    """Read drill holes and make the composites that the settings declare.

    Raises
    ------
    InputError
        If holes or settings cannot be used.
    """
    from oreline.cli._explore_source import read_sets
    from oreline.explore import composites_of, samples_of
    from oreline.model import InputError

    read = read_sets(folder, name)
    if len(read) > 1:
        named = ", ".join(one.name for one in read)
        raise InputError(f"{folder} has several sets of holes ({named}); name one with --set")
    one = read[0]
    if one.holes is None or one.mapping is None:
        raise InputError(f"the drill holes {one.name} cannot be used", one.findings)
    made = composites_of(one.holes, one.mapping)
    assert one.mapping.composites is not None, "asked for before"
    samples, densities = samples_of(made, one.mapping.composites, one.holes.symbols)
    collars = one.holes.collars.select("x_m", "y_m", "z_m").drop_nulls().to_numpy()
    return ModelInput(
        one.name, samples, densities, collars, one.mapping, one.findings,
        one.holes.symbols, one.holes.basis, one.sha256,
    )  # fmt: skip


def modelled(given: ModelInput) -> ResourceModel:
    """Make the block model, with a progress bar where the error output is a terminal."""
    from oreline.cli._progress import progress_bar
    from oreline.explore import make_model

    with progress_bar() as progress:
        return make_model(
            given.samples, given.sections, densities=given.densities, progress=progress
        )


def print_statement(console: Console) -> None:
    """Print that classes screen, wherever they are shown."""
    from oreline.explore import NOT_A_STATEMENT

    console.print(NOT_A_STATEMENT, style="dim", markup=False)


def number(value: float | None, digits: int = 4) -> str:
    """Return a number as text, or that it is not known."""
    if value is None:
        return "unknown"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    return f"{value:.{digits + 6}f}".rstrip("0") if "e" in text else text
