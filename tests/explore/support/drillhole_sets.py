"""Sets of drill holes for tests: a small sound one, which they spoil, and the real ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from oreline.exchange import read_text_table
from oreline.explore import DrillHoles, HolesRead, Stated, guess_mapping, read_holes

MAPPING = """\
length_unit = "m"
coordinate_unit = "m"
crs = "EPSG:32642"
dip = "negative down"
azimuth = "grid"

[collars]
file = "collar.csv"
hole = "hole"
x = "x"
y = "y"
z = "z"
depth = "depth"

[surveys]
file = "survey.csv"
hole = "hole"
depth = "depth"
azimuth = "azimuth"
dip = "dip"

[assays]
file = "assay.csv"
hole = "hole"
from = "from"
to = "to"

[assays.analytes]
Cu = {column = "Cu_pct", unit = "%", limit = 0.01}
Mo = {column = "Mo_ppm", unit = "ppm", limit = 2}

[geology]
file = "lithology.csv"
hole = "hole"
from = "from"
to = "to"
code = "rock"

[codes]
not_sampled = ["", "NS"]
missing = ["-999"]
below_detection = ["BDL"]
value = "half"
"""
COLLARS = """\
hole,x,y,z,depth
A1,1000,2000,850,12
A2,1050,2000,852,10
A3,1000,2050,849,10
A4,1050,2050,851,10
A5,1025,2025,850,10
"""
SURVEYS = """\
hole,depth,azimuth,dip
A1,0,90,-60
A1,12,92,-59
A2,0,90,-60
A3,0,90,-60
A4,0,90,-60
A5,0,90,-60
"""
ASSAYS = """\
hole,from,to,Cu_pct,Mo_ppm
A1,0,2,0.40,20
A1,2,4,0.60,30
A1,4,6,0.50,25
A1,6,8,0.30,15
A1,8,10,0.20,10
A1,10,12,0.10,5
A2,0,10,0.30,15
A3,0,10,0.30,15
A4,0,10,0.30,15
A5,0,10,0.30,15
"""
GEOLOGY = """\
hole,from,to,rock
A1,0,5,PORPH
A1,5,12,ANDES
A2,0,10,PORPH
A3,0,10,PORPH
A4,0,10,PORPH
A5,0,10,ANDES
"""
FILES = {
    "explore.toml": MAPPING, "collar.csv": COLLARS, "survey.csv": SURVEYS, "assay.csv": ASSAYS,
    "lithology.csv": GEOLOGY,
}  # fmt: skip


def spoilt(*changes: tuple[str, str, str]) -> HolesRead:
    """Read the sound set with texts of its files replaced: (file, before, after)."""
    files = dict(FILES)
    for file, before, after in changes:
        assert before in files[file], before
        files[file] = files[file].replace(before, after, 1)
    return read_holes({name: text.encode() for name, text in files.items()}, "small")


UNITS = {"babbitt_cu_ni": "ft", "forrestania_wamex": "m"}


@cache
def read_set(shared: Path, name: str) -> HolesRead:
    """Read a set with the unit of depths that its source states."""
    folder = shared / "facts" / "geology" / name
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    tables = {file: read_text_table(data, file)[0] for file, data in files.items()}
    there = {file: table for file, table in tables.items() if table is not None}
    text = guess_mapping(there, Stated(length_unit=UNITS[name])).text
    return read_holes({**files, "explore.toml": text.encode()}, name)


def read_real(shared: Path, name: str) -> DrillHoles:
    """Return the holes of a real set."""
    holes = read_set(shared, name).holes
    assert holes is not None
    return holes
