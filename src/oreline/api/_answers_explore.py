"""Drill holes of the served chain folder, and the block models that follow from them."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from oreline.api._explored import holes_of, inverse_of, model_of
from oreline.api._problems import NotFoundError
from oreline.api._views import View
from oreline.explore import (
    DrillHoles,
    GradeTonnage,
    ResourceModel,
    grade_statistics,
    grade_tonnage,
    hole_folders,
    hole_paths,
    hole_traces,
    locate,
    vtk_blocks,
)
from oreline.model import InputError

if TYPE_CHECKING:
    from oreline.explore import HolesRead

Floats = NDArray[np.float64]

PIECES_MAX = 20_000
"""At most so many assayed intervals are drawn; of more, every n-th."""
TRACE_POINTS_MAX = 20_000
"""About so many points of all traces together; of more metres, points are farther apart."""
TRACE_STEP_M = 10.0
FINDINGS_MAX = 200
"""How many findings of a set are told; the check by command lists all."""
BLOCKS_MAX = 20_000
"""At most so many blocks are given with their places: of more, those that can be seen from outside,
and of still more every n-th of these."""
NEAR_BLOCKS = 2.5
"""Holes up to so many blocks before and behind a section are drawn on it."""
SECTIONS = {"plan": 2, "east-west": 1, "north-south": 0}
"""Sections by name: the axis of the grid across which each looks."""
STEPS = 10
"""Cut-offs where none are declared: so many equal shares of the blocks."""


def hole_sets(view: View) -> dict[str, Any]:
    """Return the sets of drill holes of the chain folder, with what is wrong in them."""
    told = []
    for name, folder in _folders(view).items():
        read = holes_of(folder)
        told.append(
            {
                "set": name,
                "title": name if read.mapping is None else read.mapping.title or name,
                "usable": read.holes is not None,
                "units": {} if read.mapping is None else units_of(read),
                "cutoffs_of": None
                if read.mapping is None or read.mapping.cutoffs is None
                else read.mapping.cutoffs.analyte,
                "analytes": [] if read.holes is None else list(read.holes.analytes),
                "holes": None if read.holes is None else read.holes.summary(),
                "findings": [finding.to_json() for finding in read.findings[:FINDINGS_MAX]],
                "findings_of": len(read.findings),
            }
        )
    return {"sets": told}


def drill_holes(view: View, name: str, analyte: str = "") -> dict[str, Any]:
    """Return traces of holes, assayed intervals in space, and statistics of the assays."""
    read = read_set(view, name)
    assert read.holes is not None, "asked for before"
    holes = read.holes
    analyte = one_of(analyte, holes.analytes)
    traces: dict[str, list[list[float]]] = {}
    drilled = float(holes.collars["depth_m"].sum())  # float: metres
    step = max(TRACE_STEP_M, drilled / TRACE_POINTS_MAX)
    for hole, *point in hole_traces(holes, step).select("hole", "x_m", "y_m", "z_m").iter_rows():
        traces.setdefault(hole, []).append(point)
    pieces = _pieces(holes, analyte)
    weighed = holes.assays.with_columns((holes.assays["to_m"] - holes.assays["from_m"]).alias("m"))
    found = grade_statistics(weighed, holes.analytes, weight="m")
    return {
        **holes.summary(),
        "analyte": analyte,
        "units": units_of(read),
        "traces": [{"hole": hole, "points_m": points} for hole, points in traces.items()],
        "pieces": _told_pieces(*pieces),
        "pieces_of": len(pieces[3]),
        "pieces_max": PIECES_MAX,
        "statistics": found.to_json()["statistics"],
    }


def block_model(
    view: View, name: str, analyte: str = "", cutoff_pct: float | None = None
) -> dict[str, Any]:
    """Return a block model: blocks at or above a cut-off, tonnes and grades, classes."""
    read, made = _model(view, name)
    analyte = estimated(made, analyte)
    grade = made.estimates.column(analyte)
    cutoff = _cutoff(made, analyte, grade) if cutoff_pct is None else cutoff_pct
    rows = np.flatnonzero(grade >= cutoff)
    shown = rows if len(rows) <= BLOCKS_MAX else _outer(made.grid.count, rows)
    shown = shown[:: max(1, math.ceil(len(shown) / BLOCKS_MAX))]
    centres, classes = made.grid.centres_m()[shown], made.classes
    assert read.holes is not None, "asked for before"
    drawn = _drawn(read.holes, made, analyte)
    tonnage, why = tonnage_of(made, analyte)
    return {
        "set": name,
        "analyte": analyte,
        "analytes": list(made.estimates.analytes),
        "units": units_of(read),
        "cutoff_pct": cutoff,
        **made.to_json(),
        "blocks": {
            "column_row_level": made.grid.indices()[shown].tolist(),
            "centre_m": centres.tolist(),
            "grade_pct": grade[shown].tolist(),
            "class": None if classes is None else classes.decided[shown].tolist(),
        },
        "pieces": _told_pieces(*drawn),
        "pieces_of": len(drawn[3]),
        "pieces_max": PIECES_MAX,
        "blocks_above": len(rows),
        "blocks_max": BLOCKS_MAX,
        "tonnage": None if tonnage is None else tonnage.to_json(),
        "tonnage_lacks": why,
        "density": _density(made),
    }


BLOCK_PLACES = ("column", "row", "level", "x_m", "y_m", "z_m")
"""Columns of blocks that a file of a grid tells by its form."""


def blocks_vtk(view: View, name: str) -> bytes:
    """Return the blocks of a set's model as a VTK file: grades, densities, classes, domains."""
    _, made = _model(view, name)
    frame = made.to_frame(whole=True)
    columns = {one: _column(frame[one]) for one in frame.columns if one not in BLOCK_PLACES}
    return vtk_blocks(made.grid, columns)


def _column(series: pl.Series) -> NDArray[np.generic]:
    if series.dtype == pl.String:
        return series.fill_null("").to_numpy()
    # float: a column with nulls
    return series.cast(pl.Float64).fill_null(math.nan).to_numpy()


METHODS = ("kriging", "inverse squared distance", "nearest sample")
"""Ways to estimate blocks that are told side by side; what differs is the weights alone."""


def model_methods(view: View, name: str, analyte: str = "") -> dict[str, Any]:
    """Return mean grades, tonnes and grades above cut-offs, by kriging and by simpler methods.

    Counted are the blocks that each of them estimates.
    """
    read, made = _model(view, name)
    analyte = estimated(made, analyte)
    grades = (
        made.estimates.column(analyte),
        inverse_of(set_folder(view, name))[analyte],
        made.nearest.column(analyte),
    )
    known = ~np.isnan(np.stack(grades)).any(axis=0)
    declared = made.sections.cutoffs
    is_declared = declared is not None and declared.analyte == analyte
    cutoffs = list(declared.pct) if declared is not None and is_declared else []
    if not cutoffs and known.any():
        cutoffs = steps_of(grades[0][known])
    tonnes = made.tonnes if made.sections.density is not None else None
    rows = []
    for cutoff in cutoffs:
        above = [known & (one >= cutoff) for one in grades]
        rows.append(
            {
                "cutoff_pct": float(cutoff),
                "tonnes": [
                    None if tonnes is None else float(np.nansum(tonnes[one])) for one in above
                ],
                "grade_pct": [
                    float(one[rest].mean()) if rest.any() else None
                    for one, rest in zip(grades, above, strict=True)
                ],
            }
        )
    return {
        "set": name,
        "analyte": analyte,
        "units": units_of(read),
        "methods": list(METHODS),
        "blocks": int(known.sum()),
        "mean_pct": [float(one[known].mean()) if known.any() else None for one in grades],
        "rows": rows,
    }


def model_section(
    view: View, name: str, analyte: str = "", section: str = "plan", at: int | None = None
) -> dict[str, Any]:
    """Return one layer of blocks of a model, and the pieces of holes near it.

    ``at`` counts levels, rows or columns of the grid from 0; without it, the layer that holds most
    is taken. Coordinates are along the grid, from its origin where the grid is turned.
    """
    if section not in SECTIONS:
        raise InputError(f"no section {section!r}; there are {', '.join(SECTIONS)}")
    read, made = _model(view, name)
    assert read.holes is not None, "asked for before"
    analyte = estimated(made, analyte)
    grid, across = made.grid, SECTIONS[section]
    along, up = (one for one in range(3) if one != across)
    grade = made.estimates.column(analyte)
    layer = grid.indices()[:, across]
    if at is None:
        held = np.bincount(layer, np.nan_to_num(grade), grid.count[across])
        at = int(held.argmax())
    if not 0 <= at < grid.count[across]:
        raise InputError(f"{section} {at}: the grid has 0 to {grid.count[across] - 1}")
    rows = np.flatnonzero((layer == at) & ~np.isnan(grade))
    # A turned grid is drawn along its own axes.
    base = np.zeros(3) if grid.bearing_deg else np.asarray(grid.origin_m)
    base[2] = grid.origin_m[2]
    centre = (grid.indices()[rows] + 0.5) * np.asarray(grid.size_m) + base
    middle = (at + 0.5) * grid.size_m[across] + float(base[across])
    near = NEAR_BLOCKS * grid.size_m[across]
    return {
        "set": name,
        "analyte": analyte,
        "analytes": list(made.estimates.analytes),
        "units": units_of(read),
        "section": section,
        "at": at,
        "layers": grid.count[across],
        "middle_m": middle,
        "is_turned": bool(grid.bearing_deg),
        "size_m": [grid.size_m[along], grid.size_m[up]],
        "blocks": {
            "along_m": centre[:, along].tolist(),
            "up_m": centre[:, up].tolist(),
            "grade_pct": grade[rows].tolist(),
            "class": None if made.classes is None else made.classes.decided[rows].tolist(),
        },
        "range_pct": [float(np.nanmin(grade)), float(np.nanmax(grade))]
        if not np.isnan(grade).all()
        else None,
        "holes_within_m": near,
        "pieces": _near(read.holes, made, analyte, base, across, middle, near),
    }


def _outer(count: tuple[int, int, int], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of some blocks that are not shut in by others of them on all six sides."""
    nx, ny, nz = count
    there = np.zeros(nx * ny * nz, np.bool_)
    there[rows] = True
    room = np.pad(there.reshape(nz, ny, nx), 1)
    inner = room[1:-1, 1:-1, 1:-1].copy()
    for axis in range(3):
        for step in (-1, 1):
            inner &= np.roll(room, step, axis)[1:-1, 1:-1, 1:-1]
    return rows[~inner.ravel()[rows]]


def _near(
    holes: DrillHoles,
    made: ResourceModel,
    analyte: str,
    base: Floats,
    across: int,
    middle: float,
    near: float,
) -> dict[str, Any]:
    """Return assayed intervals near a section, in its coordinates."""
    along, up = (one for one in range(3) if one != across)
    start, end, grade, names = _drawn(holes, made, analyte)
    origin, axes = np.asarray(made.grid.origin_m), made.grid.axes()
    start, end = (start - origin) @ axes.T + base, (end - origin) @ axes.T + base
    close = np.abs((start[:, across] + end[:, across]) / 2 - middle) <= near
    rows = np.flatnonzero(close)
    flat = [along, up]
    near_names = [names[row] for row in rows.tolist()]
    return _told_pieces(start[rows][:, flat], end[rows][:, flat], grade[rows], near_names)


def _told_pieces(start: Floats, end: Floats, grade: Floats, names: list[str]) -> dict[str, Any]:
    """Return pieces of holes as an answer tells them: no more than PIECES_MAX."""
    step = max(1, math.ceil(len(names) / PIECES_MAX))
    return {
        "hole": names[::step],
        "start_m": start[::step].tolist(),
        "end_m": end[::step].tolist(),
        "grade_pct": [_known(value) for value in grade[::step].tolist()],
    }


def _pieces(holes: DrillHoles, analyte: str) -> tuple[Floats, Floats, Floats, list[str]]:
    """Return where assayed intervals start and end, their grades, and their holes."""
    paths, assays = hole_paths(holes), holes.assays
    start = locate(paths, assays["hole"], assays["from_m"].to_numpy())
    end = locate(paths, assays["hole"], assays["to_m"].to_numpy())
    # float: a column with nulls
    grade = assays[analyte].cast(float).fill_null(math.nan).to_numpy()
    return start, end, grade, assays["hole"].to_list()


def _drawn(
    holes: DrillHoles, made: ResourceModel, analyte: str
) -> tuple[Floats, Floats, Floats, list[str]]:
    """Return assayed intervals; of what no assay has, such as all rare earths, the composites."""
    if analyte in holes.analytes:
        return _pieces(holes, analyte)
    given = made.samples
    if analyte not in given.analytes or given.hole is None:
        return np.empty((0, 3)), np.empty((0, 3)), np.empty(0), []
    place, names = given.xyz_m, [str(one) for one in given.hole]
    halfway = (place[1:] + place[:-1]) / 2
    is_same = np.array([a == b for a, b in pairwise(names)], np.bool_)[:, None]
    start, end = place.copy(), place.copy()
    # Composites follow one another down a hole: each is drawn as far as halfway to the next.
    start[1:] = np.where(is_same, halfway, start[1:])
    end[:-1] = np.where(is_same, halfway, end[:-1])
    return start, end, given.column(analyte), names


def tonnage_of(made: ResourceModel, analyte: str) -> tuple[GradeTonnage | None, str]:
    """Return tonnes above cut-offs, declared ones where they are of this analyte; or why not."""
    declared = made.sections.cutoffs
    try:
        if declared is not None and declared.analyte == analyte:
            return made.tonnage(), ""
        if made.sections.density is None:
            raise InputError("tonnes need a density: declare [density] with its source")
    except InputError as error:
        return None, str(error)
    known = made.is_estimated
    grades = {name: made.estimates.column(name)[known] for name in made.estimates.analytes}
    present = grades[analyte][~np.isnan(grades[analyte])]
    if not present.size:
        return None, f"no block has an estimate of {analyte}"
    cutoffs = steps_of(present)
    parts = {} if made.classes is None else {"class": made.classes.decided[known]}
    return grade_tonnage(grades, made.tonnes[known], analyte, cutoffs, parts), ""


def steps_of(grades: Floats) -> list[float]:
    """Return cut-offs that part grades into tenths, of three digits."""
    shares = np.arange(STEPS) / STEPS
    return [float(f"{one:.3g}") for one in np.quantile(grades, shares).tolist()]


def _cutoff(made: ResourceModel, analyte: str, grade: Floats) -> float:
    """Return from which grade blocks are shown: the lowest that is declared, or the median."""
    declared = made.sections.cutoffs
    if declared is not None and declared.analyte == analyte:
        return float(min(declared.pct))
    return 0.0 if np.isnan(grade).all() else float(f"{np.nanmedian(grade):.3g}")


def _density(made: ResourceModel) -> dict[str, str] | None:
    given = made.sections.density
    return None if given is None else {"basis": str(given.basis), "source": given.source}


def units_of(read: HolesRead) -> dict[str, str]:
    """Return the unit in which each analyte was assayed."""
    assert read.mapping is not None, "asked for before"
    return {name: column.unit for name, column in read.mapping.assays.analytes.items()}


def estimated(made: ResourceModel, analyte: str) -> str:
    """Return an analyte of a model; unasked, that of the cut-offs, for which it was made."""
    declared = made.sections.cutoffs
    if not analyte and declared is not None and declared.analyte in made.estimates.analytes:
        return declared.analyte
    return one_of(analyte, made.estimates.analytes)


def one_of(analyte: str, analytes: tuple[str, ...]) -> str:
    """Return an analyte that is there; unasked, the first.

    Raises
    ------
    InputError
        If it is none of them.
    """
    if not analyte:
        return analytes[0]
    if analyte not in analytes:
        raise InputError(f"no analyte {analyte!r}; there are {', '.join(analytes)}")
    return analyte


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _folders(view: View) -> dict[str, Path]:
    """Return the sets by name; what is in the ground is its chain's, not one party's to see."""
    folder = view.desk.folder
    if folder is None or view.is_partial or not (folder / "drillholes").is_dir():
        return {}
    return {path.name: path for path in hole_folders(folder / "drillholes")}


def set_folder(view: View, name: str) -> Path:
    """Return the folder of a set of drill holes.

    Raises
    ------
    NotFoundError
        If this person sees no such set.
    """
    folders = _folders(view)
    if name not in folders:
        raise NotFoundError(f"no set of drill holes {name} in this chain's folder")
    return folders[name]


def read_set(view: View, name: str) -> HolesRead:
    """Return a set of drill holes that can be used.

    Raises
    ------
    NotFoundError
        If this person sees no such set.
    InputError
        If it cannot be used.
    """
    read = holes_of(set_folder(view, name))
    if read.holes is None:
        raise InputError(f"the drill holes {name} cannot be used", read.findings)
    return read


def _model(view: View, name: str) -> tuple[HolesRead, ResourceModel]:
    return read_set(view, name), model_of(set_folder(view, name))
