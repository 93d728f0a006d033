"""``oreline explore solids``: closed surfaces of a model, and what of the holes lies in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from oreline.cli._explore_source import Folder, SetName, read_one
from oreline.cli._question import Answer, Needs, question
from oreline.cli._reader import Reader

if TYPE_CHECKING:
    import polars as pl

    from oreline.explore import DrillHoles, Solid

BYTES_MAX = 200_000_000
"""How large a file of triangles is read at most."""


@question(Needs.NOTHING, export=True)
def solids(
    _reader: Reader,
    folder: Folder,
    solid: Annotated[
        list[Path],
        typer.Option("--solid", metavar="FILE", help="An STL file; may be given again."),
    ],
    name: SetName = None,
    unit: Annotated[
        str, typer.Option("--unit", metavar="LENGTH", help="The unit of the files: 1 m, 1 ft.")
    ] = "1 m",
    open_edges: Annotated[
        int, typer.Option("--open-edges", metavar="N", min=0, help="So many are borne with.")
    ] = 0,
) -> Answer:
    """Check solids: whether they are closed, their volume, and which assays and codes lie inside.

    The exit status is 1 if a solid is not closed. --export writes a row for each assayed interval
    with the solid that its middle lies in.

    Example: oreline explore solids my-chain --solid ore.stl --export coded.csv
    """
    from oreline.explore import length_of_text, read_stl
    from oreline.model import InputError

    holes, findings = read_one(folder, name)
    factor = length_of_text(unit)
    read: dict[str, Solid] = {}
    for path in solid:
        if path.name in read:
            raise InputError(f"{path.name} is given twice")
        read[path.name] = read_stl(_bytes(path), factor)
    usable = {key: one for key, one in read.items() if one.open_edges <= open_edges}
    coded = _coded(holes, usable, open_edges)
    told = {key: {**one.to_json(), **_inside(holes, coded, key)} for key, one in read.items()}
    leaky = [key for key in read if key not in usable]
    problem = f"not closed: {', '.join(leaky)}" if leaky else ""

    def show(console: Console) -> None:
        _show(console, holes, told)

    result = {"set": holes.name, "solids": told}
    return Answer(result, show, lambda: coded, problem, findings)


def _bytes(path: Path) -> bytes:
    from oreline.model import InputError, LimitExceededError

    try:
        if path.stat().st_size > BYTES_MAX:
            raise LimitExceededError(f"{path} is longer than {BYTES_MAX} bytes")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error


def _coded(holes: DrillHoles, read: dict[str, Solid], open_edges: int) -> pl.DataFrame:
    """Return the assayed intervals with their middle, their code of geology and their solid."""
    import numpy as np
    import polars as pl

    from oreline.explore import hole_paths, locate, points_in_solid
    from oreline.model import InputError

    middle = ((pl.col("from_m") + pl.col("to_m")) / 2).alias("middle_m")
    frame = holes.assays.with_columns(middle)
    place = locate(hole_paths(holes), frame["hole"], frame["middle_m"].to_numpy())
    found = np.full(frame.height, "", dtype=object)
    for key, solid in read.items():
        inside = points_in_solid(solid, place, open_edges_max=open_edges)
        both = inside & (found != "")
        if both.any():
            row = frame.row(int(np.flatnonzero(both)[0]), named=True)
            raise InputError(
                f"{key} overlaps {found[both][0]} at {row['hole']}, {row['middle_m']:g} m"
            )
        found[inside] = key
    return frame.select(
        "hole", "from_m", "to_m", _code(holes, frame),
        pl.Series("solid", [one or None for one in found.tolist()], pl.String),
        pl.Series("x_m", place[:, 0]), pl.Series("y_m", place[:, 1]),
        pl.Series("z_m", place[:, 2]), *holes.analytes,
    )  # fmt: skip


def _code(holes: DrillHoles, frame: pl.DataFrame) -> pl.Series:
    """Return the code of the geology at the middle of each interval, null where none is logged."""
    import polars as pl

    if holes.geology.is_empty():
        return pl.Series("code", [None] * frame.height, pl.String)
    middles = frame.select("hole", "middle_m").with_row_index("at").sort("middle_m")
    logged = holes.geology.select("hole", "code", start="from_m", stop="to_m").sort("start")
    met = middles.join_asof(logged, left_on="middle_m", right_on="start", by="hole",
                            strategy="backward", check_sortedness=False)  # fmt: skip
    inside = pl.when(pl.col("middle_m") < pl.col("stop")).then(pl.col("code"))
    return met.sort("at").select(inside.alias("code"))["code"]


def _inside(holes: DrillHoles, coded: pl.DataFrame, key: str) -> dict[str, Any]:
    """Return metres and mean grades of what lies in a solid, and metres by code in and out."""
    import polars as pl

    length = pl.col("to_m") - pl.col("from_m")
    own = coded.filter(pl.col("solid") == key).with_columns(length_m=length)
    means = {}
    for name in holes.analytes:
        known = own.drop_nulls(name)
        total = float(known["length_m"].sum())
        means[name] = float((known["length_m"] * known[name]).sum()) / total if total else None
    codes = (
        coded.group_by("code")
        .agg(
            length.filter(pl.col("solid") == key).sum().alias("inside_m"),
            length.filter(pl.col("solid").ne_missing(pl.lit(key))).sum().alias("outside_m"),
        )
        .sort("code")
    )
    return {"metres_inside": float(own["length_m"].sum()), "mean_pct": means,
            "by_code": codes.to_dicts()}  # fmt: skip


def _show(console: Console, holes: DrillHoles, told: dict[str, Any]) -> None:
    from oreline.cli._explore_model_source import number
    from oreline.cli._render import print_table, print_title

    print_title(console, f"Solids and the assays of {holes.name}")
    rows = [
        (key, f"{one['triangles']:,}", "yes" if one["is_closed"] else f"{one['open_edges']} open",
         number(one["volume_m3"]), f"{one['metres_inside']:,.1f}")
        for key, one in told.items()
    ]  # fmt: skip
    columns = ("solid", "triangles", "closed", "volume m3", "metres inside")
    print_table(console, columns, rows, right=("triangles", "volume m3", "metres inside"))
    for key, one in told.items():
        grades = ", ".join(f"{name} {number(mean)} %" for name, mean in one["mean_pct"].items())
        console.print(f"{key}: {grades}", markup=False)
        codes = [(row["code"] or "not logged", f"{row['inside_m']:,.1f}",
                 f"{row['outside_m']:,.1f}") for row in one["by_code"]]  # fmt: skip
        heads = ("code", "metres inside", "outside")
        print_table(console, heads, codes, right=heads[1:])
