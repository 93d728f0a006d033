"""Write the drill holes of the example chain: invented, from published statistics of deposits.

    python scripts/build_drillholes.py [--out DIR] [--check]

Nobody drilled these holes. Two sets are made, each with collars, surveys, assays and geology:

illus-copper
    A copper-gold porphyry of the Chagai kind. Its means are near those of Saindak, 0.38 % Cu and
    0.32 g/t Au (G. M. Mudd and S. M. Jowitt, Economic Geology 113, 2018, 1235-1267,
    doi:10.5382/econgeo.2018.4590); leached cap over enriched blanket over primary ore is the
    ordinary profile of such deposits (S. R. Titley and C. L. Hicks, eds., Geology of the Porphyry
    Copper Deposits, 1966).
illus-carbonatite
    A rare-earth carbonatite. Its mean is near the assumption A-REE-GRADE of the chain, 2.5 % TREO,
    and its split over La to Gd and Y is that of Mountain Pass (USGS Minerals Yearbook 2022, rare
    earths, table 2); Tb to Lu, for which that table prints no figure, are our own estimate. No
    rare-earth grade has been published for a carbonatite in Pakistan.

Grades follow a smooth random field, made of waves with random directions, so that near samples are
alike; the random numbers are counter-based and keyed by name, so the files are the same everywhere.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from oreline.explore import arc_stations
from oreline.model import RARE_EARTH_OXIDES, analyte

PLACE = Path(__file__).resolve().parents[1] / "examples" / "pakistan-us" / "drillholes"
SEED = 202611
"""The seed of the example chain."""
Field = Callable[[np.ndarray], np.ndarray]
Files = dict[str, str]


def stream(name: str) -> np.random.Generator:
    """Return the random numbers that belong to a name."""
    key = hashlib.sha256(f"{SEED}/drillholes/{name}".encode()).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))


def smooth_field(name: str, ranges_m: tuple[float, float, float], waves: int = 200) -> Field:
    """Return a random field of mean 0 and variance 1 whose values are alike within the ranges."""
    rng = stream(name)
    wave = rng.normal(size=(waves, 3)) * (1.5 / np.array(ranges_m))
    phase = rng.uniform(0, 2 * math.pi, waves)

    def field(points: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.cos(points @ wave.T + phase).sum(axis=1) * math.sqrt(2 / waves)
        return values

    return field


class Hole(NamedTuple):
    """A hole as it was planned, and what its survey tool read."""

    name: str
    collar: tuple[float, float, float]
    depth_m: float
    readings: list[tuple[float, float, float]]


def drill(
    prefix: str, places: list[tuple[float, float, float, float, float]], every_m: float
) -> list[Hole]:
    """Drill holes that drift a little; each place is x, y, azimuth, dip downwards, depth."""
    holes = []
    for number, (x, y, azimuth, dip, depth) in enumerate(places, 1):
        name = f"{prefix}-{number:02d}"
        rng = stream(name)
        ground = 1000 + 0.04 * x - 0.03 * y + 3 * math.sin(x / 90) * math.cos(y / 70)
        at = [every_m * step for step in range(int(depth // every_m) + 1)]
        drift = np.cumsum(rng.normal(0.15, 0.35, (len(at), 2)), axis=0)
        drift -= drift[0]
        readings = [
            (depth_at, round((azimuth + float(turn)) % 360, 1), round(dip - float(lift), 1))
            for depth_at, (turn, lift) in zip(at, drift, strict=True)
        ]
        readings = [(d, a, min(s, 89.9 if dip < 90 else 90.0)) for d, a, s in readings]
        collar = (round(x, 2), round(y, 2), round(ground, 2))
        holes.append(Hole(name, collar, depth, readings))
    return holes


def points_of(hole: Hole, depths: np.ndarray) -> np.ndarray:
    """Return where points of a hole lie."""
    at, azimuth, dip = (np.array(column) for column in zip(*hole.readings, strict=True))
    return arc_stations(np.array(hole.collar), at, azimuth, dip, depths)


def intervals(depth: float, length: float) -> np.ndarray:
    """Return from and to of samples of one length, the last one shorter."""
    edges = np.append(np.arange(0, depth, length), depth)
    return np.column_stack([edges[:-1], edges[1:]])


def written(value: float, limit: float, digits: int) -> str:
    """Return a grade as a certificate prints it: three figures, or below the limit."""
    if value < limit:
        return f"<{limit:g}"
    return f"{float(f'{value:.3g}'):.{digits}f}"


def hole_tables(holes: list[Hole]) -> Files:
    """Return the tables of collars and surveys; dips are written negative downwards."""
    collars = ["HoleID,East_m,North_m,RL_m,Depth_m"]
    surveys = ["HoleID,Depth_m,Azimuth,Dip"]
    for hole in holes:
        x, y, z = hole.collar
        collars.append(f"{hole.name},{x:.2f},{y:.2f},{z:.2f},{hole.depth_m:.1f}")
        surveys += [f"{hole.name},{at:g},{azimuth:.1f},{-dip:.1f}"
                    for at, azimuth, dip in hole.readings]  # fmt: skip
    return {"collar.csv": "\n".join(collars) + "\n", "survey.csv": "\n".join(surveys) + "\n"}


def runs_of(hole: str, spans: np.ndarray, codes: list[str]) -> list[str]:
    """Return the geology of a hole: stretches of one code."""
    rows: list[list[object]] = []
    for (start, end), code in zip(spans, codes, strict=True):
        if rows and rows[-1][2] == code:
            rows[-1][1] = end
        else:
            rows.append([start, end, code])
    return [f"{hole},{start:g},{end:g},{code}" for start, end, code in rows]


# --------------------------------------------------------------------------- copper porphyry


def copper() -> Files:
    """Return the files of the copper porphyry."""
    places = [
        (x, y, 90.0, 60.0, 180.0 + 15 * ((i + j) % 3))
        for i, x in enumerate((-160.0, -80.0, 0.0, 80.0))
        for j, y in enumerate((-120.0, -40.0, 40.0, 120.0))
    ]
    places += [(40.0, 0.0, 0.0, 90.0, 240.0), (-40.0, -80.0, 0.0, 90.0, 210.0)]
    holes = drill("ICU", places, 30.0)
    broad, fine = smooth_field("cu-broad", (120, 90, 140)), smooth_field("cu-fine", (25, 20, 30))
    golden, edge = smooth_field("au", (80, 60, 90)), smooth_field("edge", (70, 70, 200))
    assays = ["HoleID,From_m,To_m,Cu_pct,Au_gpt,Mo_ppm,S_pct,SG"]
    geology = ["HoleID,From_m,To_m,Unit"]
    for hole in holes:
        rng = stream(f"{hole.name}/assays")
        spans = intervals(hole.depth_m, 3.0)
        middle = spans.mean(axis=1)
        points = points_of(hole, middle)
        below = hole.collar[2] - points[:, 2]
        radius = np.hypot(points[:, 0] / 1.15, points[:, 1]) * (1 + 0.12 * edge(points))
        codes = [_copper_code(float(d), float(r)) for d, r in zip(below, radius, strict=True)]
        geology += runs_of(hole.name, spans, codes)
        mixed = 0.75 * broad(points) + 0.45 * fine(points)
        noise = rng.normal(size=(len(spans), 4))
        for number, code in enumerate(codes):
            median, spread = _COPPER[code]
            cu = median * math.exp(spread * (float(mixed[number]) + 0.3 * noise[number, 0]))
            au = 0.72 * cu * math.exp(0.5 * float(golden(points[number : number + 1])[0])
                                      + 0.25 * noise[number, 1])  # fmt: skip
            mo = 45 * cu**0.5 * math.exp(0.6 * noise[number, 2])
            s = 0.4 if code == "LEACHED" else 1.3 * cu + 1.1 * math.exp(0.3 * noise[number, 3])
            sg = {"LEACHED": 2.45, "BLANKET": 2.58}.get(code, 2.68) + 0.03 * noise[number, 3]
            start, end = spans[number]
            assays.append(
                f"{hole.name},{start:g},{end:g},{written(cu, 0.005, 3)},{written(au, 0.01, 3)},"
                f"{written(mo, 5, 0)},{written(s, 0.05, 2)},{sg:.2f}"
            )
    return {
        **hole_tables(holes),
        "assay.csv": "\n".join(assays) + "\n",
        "lithology.csv": "\n".join(geology) + "\n",
        "explore.toml": mapping(
            "Copper-gold porphyry of the illustration (invented)",
            "invented: scripts/build_drillholes.py, near the means of Saindak in Mudd and Jowitt "
            "2018, doi:10.5382/econgeo.2018.4590",
            [
                'Cu = {column = "Cu_pct", unit = "%"}',
                'Au = {column = "Au_gpt", unit = "g/t"}',
                'Mo = {column = "Mo_ppm", unit = "ppm"}',
                'S = {column = "S_pct", unit = "%"}',
            ],
            density="SG",
        )
        + model("Cu", 6, (20, 20, 10), DRILL_CORE, (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)),
    }


_COPPER = {
    "LEACHED": (0.035, 0.6),
    "BLANKET": (0.78, 0.35),
    "PORPHYRY": (0.42, 0.42),
    "ANDESITE": (0.16, 0.6),
}
"""Median copper in per cent and the spread of its logarithm in each unit."""


def _copper_code(below_m: float, radius_m: float) -> str:
    if below_m < 18:
        return "LEACHED"
    if radius_m > 115:
        return "ANDESITE"
    return "BLANKET" if below_m < 42 else "PORPHYRY"


# --------------------------------------------------------------------------- carbonatite

SPLIT = {
    "La": 34.0, "Ce": 48.8, "Pr": 4.2, "Nd": 11.7, "Sm": 0.79, "Eu": 0.13, "Gd": 0.21,
    "Tb": 0.015, "Dy": 0.04, "Ho": 0.005, "Er": 0.01, "Tm": 0.001, "Yb": 0.006, "Lu": 0.0008,
    "Y": 0.12,
}  # fmt: skip
"""Per cent of the total oxide: Mountain Pass, and from Tb to Lu our own estimate."""
LIMITS_PPM = {
    "La": 0.5, "Ce": 0.5, "Pr": 0.1, "Nd": 0.5, "Sm": 0.1, "Eu": 0.1, "Gd": 0.1, "Tb": 0.1,
    "Dy": 0.1, "Ho": 0.1, "Er": 0.1, "Tm": 0.1, "Yb": 0.1, "Lu": 0.1, "Y": 0.5, "Th": 0.5,
}  # fmt: skip
"""Detection limits of a fusion with mass spectrometry, as laboratories list them."""


def carbonatite() -> Files:
    """Return the files of the carbonatite."""
    places = [
        (x, y, 135.0, 55.0, 75.0 + 15 * ((i + j) % 2))
        for i, y in enumerate((-60.0, 0.0, 60.0))
        for j, x in enumerate((-100.0, -50.0, 0.0, 50.0, 100.0))
    ]
    holes = drill("IRE", places, 25.0)
    broad, fine = smooth_field("ree", (60, 35, 45)), smooth_field("ree-fine", (12, 8, 10))
    tilt, width = smooth_field("tilt", (90, 90, 90)), smooth_field("width", (70, 50, 60))
    names = list(LIMITS_PPM)
    assays = ["HoleID,From_m,To_m," + ",".join(f"{name}_ppm" for name in names)]
    geology = ["HoleID,From_m,To_m,Rock"]
    per_oxide = _ppm_per_percent_oxide()
    for hole in holes:
        rng = stream(f"{hole.name}/assays")
        spans = intervals(hole.depth_m, 2.5)
        points = points_of(hole, spans.mean(axis=1))
        across = (points[:, 0] - points[:, 1]) / math.sqrt(2) + 0.35 * (points[:, 2] - 960)
        off = np.abs(across + 6 * tilt(points)) - 6 * width(points)
        codes = [_carbonatite_code(float(one)) for one in off]
        geology += runs_of(hole.name, spans, codes)
        mixed = 0.8 * broad(points) + 0.5 * fine(points)
        noise = rng.normal(size=(len(spans), len(names) + 1))
        for number, code in enumerate(codes):
            median, spread = _CARBONATITE[code]
            treo = median * math.exp(spread * (float(mixed[number]) + 0.3 * noise[number, -1]))
            heavy = math.exp(0.15 * noise[number, -2])
            cells = []
            for column, name in enumerate(names):
                scatter = math.exp(0.03 * noise[number, column])
                if name == "Th":
                    ppm = 60 + 95 * treo * scatter
                else:
                    rich = heavy if name in _HEAVY else 1.0
                    ppm = treo * SPLIT[name] / 100 * per_oxide[name] * scatter * rich
                cells.append(written(ppm, LIMITS_PPM[name], 1 if ppm < 100 else 0))
            start, end = spans[number]
            assays.append(f"{hole.name},{start:g},{end:g},{','.join(cells)}")
    lines = [f'{name} = {{column = "{name}_ppm", unit = "ppm"}}' for name in names]
    source = (
        "invented: scripts/build_drillholes.py, split of Mountain Pass in USGS Minerals Yearbook "
        "2022, rare earths, table 2"
    )
    return {
        **hole_tables(holes),
        "assay.csv": "\n".join(assays) + "\n",
        "lithology.csv": "\n".join(geology) + "\n",
        "explore.toml": mapping(
            "Rare-earth carbonatite of the illustration (invented)", source, lines, code="Rock"
        )
        + model("TREO", 4, (15, 15, 5), ROCK_DENSITY, (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)),
    }


_HEAVY = {"Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"}
_CARBONATITE = {"CARBONATITE": (2.85, 0.45), "MIXED": (0.9, 0.5), "FENITE": (0.12, 0.6)}
"""Median TREO in per cent and the spread of its logarithm in each rock."""


def _carbonatite_code(off_m: float) -> str:
    if off_m < 22:
        return "CARBONATITE"
    return "MIXED" if off_m < 28 else "FENITE"


def _ppm_per_percent_oxide() -> dict[str, float]:
    """Return the ppm of each element in one per cent of its oxide."""
    return {
        element: share / 1e12 * 1e4
        for oxide in RARE_EARTH_OXIDES
        for element, share in analyte(oxide).elements
        if element != "O"
    }


def mapping(
    title: str, source: str, analytes: list[str], *, density: str | None = None, code: str = "Unit"
) -> str:
    """Return the text of explore.toml."""
    lines = [
        f'title = "{title}"', f'source = "{source}"', 'basis = "assumed"', 'length_unit = "m"',
        'coordinate_unit = "m"', 'crs = "local grid, invented"', 'dip = "negative down"',
        'azimuth = "grid"', "", "[collars]", 'file = "collar.csv"', 'hole = "HoleID"',
        'x = "East_m"', 'y = "North_m"', 'z = "RL_m"', 'depth = "Depth_m"', "", "[surveys]",
        'file = "survey.csv"', 'hole = "HoleID"', 'depth = "Depth_m"', 'azimuth = "Azimuth"',
        'dip = "Dip"', "", "[assays]", 'file = "assay.csv"', 'hole = "HoleID"', 'from = "From_m"',
        'to = "To_m"', *([f'density = "{density}"'] if density else []), "", "[assays.analytes]",
        *analytes, "", "[geology]", 'file = "lithology.csv"', 'hole = "HoleID"',
        'from = "From_m"', 'to = "To_m"', f'code = "{code}"', "", "[codes]",
        'value = "half"   # a grade below detection counts as half the limit',
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


DRILL_CORE = """source = "SG of the core of the illustration, by inverse distance"
from_samples = true
t_per_m3 = 2.6"""
ROCK_DENSITY = """source = "carbonatite of this kind; nothing was measured"
t_per_m3 = 2.9"""


def model(
    name: str, length_m: int, size_m: tuple[int, int, int], density: str, cutoffs: tuple[float, ...]
) -> str:
    """Return the sections of explore.toml that make a block model."""
    sums = f'\nrare_earths = ["{name}"]' if name == "TREO" else ""
    return f"""
[composites]
length = "{length_m} m"
by_geology = true{sums}

[variogram.all]
sills = "shares"   # of the variance of each analyte
nugget = 0.15
structures = [
  {{ kind = "spherical", sill = 0.45, ranges_m = [70, 70, 40] }},
  {{ kind = "spherical", sill = 0.40, ranges_m = [180, 180, 90] }},
]

[grid]
size_m = {list(size_m)}
points = [3, 3, 2]

[search]
domains = "hard"
passes = [
  {{ radii_m = [80, 80, 40], min_samples = 6, max_samples = 16, max_per_hole = 5 }},
  {{ radii_m = [130, 130, 60], min_samples = 4, max_samples = 16, max_per_hole = 5 }},
  {{ radii_m = [200, 200, 90], min_samples = 2, max_samples = 16 }},
]

[density]
basis = "assumed"
{density}

[classes]
analyte = "{name}"
rule = "worst of three"
min_holes = [3, 2, 1]
spacing_m = [80, 120, 200]
blocks_per_month = 20

[cutoffs]
analyte = "{name}"
pct = {list(cutoffs)}
""" + MINES[name]


MINES = {
    "Cu": """
[simulation]
seed = 405
realisations = 40

[mine]
basis = "assumed"
source = "chosen for the illustration: an open pit of this kind, no project"
currency = "USD"
method = "pit"
slope_deg = 45
classes = ["A", "B", "C"]
density_t_per_m3 = 2.6     # rock without an estimate
mining_per_t = 2.0
processing_per_t = 7.0
overhead_per_t = 1.5
dilution_pct = 5
dilution_range_pct = [2, 10]
mining_recovery_pct = 95
mining_recovery_range_pct = [90, 98]
mill_t_per_year = 3000000
mine_t_per_year = 10000000
moisture_pct = 4
pays.Cu = { price_per_t = 9000, recovery_pct = 87, payable_pct = 96, selling_per_t = 700 }
pays.Au = { price_per_t = 80000000, recovery_pct = 60, payable_pct = 95 }
""",
    "TREO": """
[mine]
basis = "assumed"
source = "chosen for the illustration: an open pit of this kind, no project"
currency = "USD"
method = "pit"
slope_deg = 45
classes = ["A", "B", "C"]
density_t_per_m3 = 2.7     # rock without an estimate
mining_per_t = 3.0
processing_per_t = 60.0
overhead_per_t = 8.0
dilution_pct = 5
dilution_range_pct = [2, 10]
mining_recovery_pct = 95
mining_recovery_range_pct = [90, 98]
tonnes_u_pct = 4           # density and contacts, nothing measured
mill_t_per_year = 160000
mine_t_per_year = 600000
moisture_pct = 4
pays.TREO = { price_per_t = 14000, recovery_pct = 60, payable_pct = 70 }
""",
}
"""How each set is mined, by the analyte that its classes go by."""


def main() -> int:
    """Write or check the files; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=PLACE, help="the folder of the sets")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args()
    wrong = []
    for name, make in (("illus-copper", copper), ("illus-carbonatite", carbonatite)):
        for file, text in make().items():
            path = options.out / name / file
            if options.check:
                same = path.is_file() and path.read_text(encoding="utf-8") == text
                wrong += [] if same else [f"{name}/{file}"]
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
    for path in wrong:
        print(f"not as it would be written: {path}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
