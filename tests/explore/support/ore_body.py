"""A drilled body of ore above host rock, its settings, and the model of them."""

from __future__ import annotations

import numpy as np

from oreline.explore import (
    DrillHoles,
    HoleMapping,
    ResourceModel,
    composites_of,
    make_model,
    read_holes,
    samples_of,
)

HEAD = """
length_unit = "m"
coordinate_unit = "m"
crs = "not stated"
dip = "positive down"
azimuth = "grid"
[collars]
file = "collar.csv"
hole = "hole"
x = "x"
y = "y"
z = "z"
depth = "depth"
azimuth = "azimuth"
dip = "dip"
[assays]
file = "assay.csv"
hole = "hole"
from = "from"
to = "to"
density = "sg"
[assays.analytes]
Nd2O3 = {column = "nd", unit = "%"}
Pr6O11 = {column = "pr", unit = "%"}
[geology]
file = "rock.csv"
hole = "hole"
from = "from"
to = "to"
code = "rock"
"""
SECTIONS = """
[composites]
length = "4 m"
by_geology = true
top_cuts_pct = { Nd2O3 = 3.0 }
[variogram.all]
sills = "shares"
nugget = 0.1
structures = [{ kind = "spherical", sill = 0.9, ranges_m = [80, 80, 30] }]
[grid]
size_m = [20, 20, 8]
points = [2, 2, 2]
[search]
domains = "hard"
passes = [
  { radii_m = [45, 45, 20], min_samples = 4, max_samples = 12, max_per_hole = 3 },
  { radii_m = [90, 90, 40], min_samples = 2, max_samples = 12 },
]
[density]
basis = "assumed"
source = "rock of this kind"
by_domain = { ore = 3.1, host = 2.7 }
[classes]
analyte = "Nd2O3"
rule = "worst of three"
spacing_m = [40, 60, 120]
blocks_per_month = 4
[cutoffs]
analyte = "REO"
pct = [0.0, 1.0]
[cutoffs.equivalent]
Nd2O3 = { price_usd_per_t = 60000, recovery = 0.6, source = "stated here" }
Pr6O11 = { price_usd_per_t = 60000, recovery = 0.6, source = "stated here" }
"""


def tables() -> dict[str, bytes]:
    """Drill 25 vertical holes on a square of 40 m through ore above host rock."""
    rng = np.random.default_rng(12)
    collar, assay, rock = ["hole,x,y,z,depth,azimuth,dip"], ["hole,from,to,nd,pr,sg"], []
    rock.append("hole,from,to,rock")
    for at in range(25):
        x, y = 40 * (at % 5), 40 * (at // 5)
        collar.append(f"H{at:02},{x},{y},100,40,0,90")
        bottom = 16 if at % 2 else 20
        rock += [f"H{at:02},0,{bottom},ore", f"H{at:02},{bottom},40,host"]
        for start in range(0, 40, 2):
            is_ore = start < bottom
            nd = (2.0 if is_ore else 0.2) * np.exp(0.3 * rng.normal()) + x / 400
            sg = (3.2 if is_ore else 2.6) + 0.1 * rng.random()
            assay.append(f"H{at:02},{start},{start + 2},{nd:.4f},{nd / 3:.4f},{sg:.2f}")
    made = {"collar": collar, "assay": assay, "rock": rock}
    return {f"{name}.csv": "\n".join(lines).encode() + b"\n" for name, lines in made.items()}


def read(sections: str = SECTIONS) -> tuple[DrillHoles, HoleMapping]:
    """Read the tables with these sections."""
    found = read_holes({**tables(), "explore.toml": (HEAD + sections).encode()})
    assert found.holes is not None, found.findings
    assert found.mapping is not None
    return found.holes, found.mapping


def modelled(sections: str = SECTIONS) -> ResourceModel:
    """Make the model of these sections."""
    holes, mapping = read(sections)
    assert mapping.composites is not None
    samples, densities = samples_of(composites_of(holes, mapping), mapping.composites)
    return make_model(samples, mapping, densities=densities)
