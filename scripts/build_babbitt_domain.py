"""Write which stretches of the Babbitt holes lie in the mineralised domain of a published tutorial.

The tutorial is that of PyGSLIB (opengeostat/pygslib at c26c3bf, 2024-10-03, MIT licence, copyright
2015 Adrian Martinez Vargas), doc/source/Tutorial_1; its solid is Babbitt/Mpz.stl. The holes are
public data of the Natural Resources Research Institute, Duluth, report TR-2003/21. Tests compare
statistics of composites in that domain with those that the tutorial prints.

    python scripts/build_babbitt_domain.py Mpz.stl FOLDER_OF_THE_HOLES
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from oreline.exchange import read_text_table
from oreline.explore import (
    CompositeSettings,
    Stated,
    composite,
    guess_mapping,
    points_in_solid,
    read_holes,
    read_stl,
)

FEET = 0.3048
TARGET = Path(__file__).parents[1] / "tests" / "explore" / "babbitt_domain.csv"
HEAD = """\
# 10-foot composites of the Babbitt holes whose middle lies in the solid of the tutorial of PyGSLIB
# (MIT licence, copyright 2015 Adrian Martinez Vargas), as stretches in feet down each hole.
hole,from_ft,to_ft
"""


def main(arguments: list[str]) -> int:
    """Write the table."""
    solid = read_stl(Path(arguments[0]).read_bytes(), FEET)
    files = {path.name: path.read_bytes() for path in sorted(Path(arguments[1]).iterdir())}
    tables = {}
    for name, data in files.items():
        table, _ = read_text_table(data, name)
        if table is not None:
            tables[name] = table
    files["explore.toml"] = guess_mapping(tables, Stated(length_unit="ft")).text.encode()
    holes = read_holes(files, "babbitt").holes
    assert holes is not None
    settings = CompositeSettings(10 * FEET, residual="drop", unsampled=0.0, analytes=("Cu",))
    frame = composite(holes, settings).frame
    # Three of its 95,000 edges are open: the corners of some triangles differ in the last digit.
    points = frame.select("x_m", "y_m", "z_m").to_numpy()
    inside = points_in_solid(solid, points, open_edges_max=3)
    lines = []
    rows = frame.select("hole", "from_m", "to_m").rows()
    for (hole, start, end), is_in in zip(rows, inside, strict=True):
        if not is_in:
            continue
        low, high = float(np.round(start / FEET, 2)), float(np.round(end / FEET, 2))
        if lines and lines[-1][0] == hole and lines[-1][2] == low:
            lines[-1] = (hole, lines[-1][1], high)
        else:
            lines.append((hole, low, high))
    text = "".join(f"{hole},{low:g},{high:g}\n" for hole, low, high in lines)
    TARGET.write_text(HEAD + text, encoding="utf-8")
    print(f"{len(lines)} stretches, {int(inside.sum())} composites")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
