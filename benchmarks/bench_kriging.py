"""Measure kriging beside PyKrige and GSTools, and write the section of docs/benchmarks.md.

``--quick`` runs small sizes and prints without writing. Wall seconds, because the work is done by
threads; compiled code was loaded before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from _page import machine, text_table, write_section
from oreline.explore import (
    BlockGrid,
    Estimates,
    Rotation,
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    krige,
)

FIELD_M = np.array([2000.0, 2000.0, 400.0])
NEIGHBOURS = 16
SPHERICAL = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (300.0, 300.0, 300.0)),))
TURNED = Rotation(30.0, -20.0, 10.0)
NESTED = Variogram(
    0.1,
    (
        Structure(StructureKind.SPHERICAL, 0.4, (120.0, 80.0, 40.0), TURNED),
        Structure(StructureKind.EXPONENTIAL, 0.5, (400.0, 250.0, 100.0), TURNED),
    ),
)


def samples_of(n: int, analytes: int = 1, seed: int = 1) -> Samples:
    """Make samples at random in the field, twenty to a hole."""
    rng = np.random.default_rng(seed)
    names = tuple(f"A{number}" for number in range(analytes))
    values = rng.lognormal(0.0, 0.6, (n, analytes))
    return Samples(rng.uniform(0, 1, (n, 3)) * FIELD_M, values, names, hole=np.arange(n) // 20)


def grid_of(each_way: int) -> BlockGrid:
    """Fill the field with so many blocks each way."""
    x, y, z = (float(length) / each_way for length in FIELD_M)
    return BlockGrid((0.0, 0.0, 0.0), (x, y, z), (each_way, each_way, each_way))


def timed(run: Callable[[], object]) -> tuple[float, object]:
    """Return wall seconds and the answer of one call."""
    start = time.perf_counter()
    answer = run()
    return time.perf_counter() - start, answer


def own_rows(quick: bool) -> list[list[str]]:
    """Measure our own times over sizes and kinds of work."""
    each_way, n = (20, 500) if quick else (100, 5000)
    grid, samples = grid_of(each_way), samples_of(n)
    suite = samples_of(n, analytes=17)
    wide = SearchPass((500.0, 500.0, 500.0), max_samples=NEIGHBOURS)
    limited = SearchPass(
        (300.0, 300.0, 150.0), max_samples=NEIGHBOURS, max_per_hole=4, max_per_octant=3
    )
    passes = [limited, limited.widened(2.0), limited.widened(4.0)]
    block = grid.points_m((3, 3, 2))
    point = np.zeros((1, 3))
    works = (
        ("one spherical structure, points", samples, SPHERICAL, [wide], point),
        ("one spherical structure, blocks of 3 x 3 x 2 points", samples, SPHERICAL, [wide], block),
        ("two rotated structures, blocks", samples, NESTED, [wide], block),
        ("the same, three passes, 4 a hole, 3 an octant", samples, NESTED, passes, block),
        ("the same for 17 oxides at once", suite, NESTED, passes, block),
    )
    rows = []
    for what, given, model, search, points in works:
        taken, _ = timed(
            lambda given=given, model=model, search=search, points=points: krige(
                grid.centres_m(), given, model, search, points_m=points
            )
        )
        rows.append([what, f"{grid.n:,}", f"{n:,}", f"{taken:.1f} s", f"{grid.n / taken:,.0f}"])
        print(rows[-1])
    return rows


def peer_rows(quick: bool) -> list[list[str]]:
    """Measure PyKrige's moving window and GSTools on the same samples and places."""
    import gstools as gs
    from pykrige.ok3d import OrdinaryKriging3D

    n, blocks = (100, 200) if quick else (500, 20_000)
    samples = samples_of(n)
    x, y, z = samples.xyz_m.T
    value = samples.values[:, 0]
    rng = np.random.default_rng(2)
    targets = rng.uniform(0, 1, (blocks, 3)) * FIELD_M
    search = SearchPass((1e5, 1e5, 1e5), max_samples=NEIGHBOURS)
    everything = SearchPass((1e5, 1e5, 1e5), min_samples=1, max_samples=n)
    few = targets[: blocks // 20]
    krige(few[:5], samples, SPHERICAL, [search])
    window, ours = timed(lambda: krige(targets, samples, SPHERICAL, [search]))
    whole, ours_whole = timed(lambda: krige(few, samples, SPHERICAL, [everything]))
    parameters = {"psill": 0.9, "range": 300.0, "nugget": 0.1}
    set_up, peer = timed(
        lambda: OrdinaryKriging3D(
            x, y, z, value, variogram_model="spherical", variogram_parameters=parameters
        )
    )
    taken, theirs = timed(
        lambda: peer.execute("points", *targets.T, n_closest_points=NEIGHBOURS, backend="loop")
    )
    gs_set_up, gs_peer = timed(
        lambda: gs.krige.Ordinary(
            gs.Spherical(dim=3, var=0.9, len_scale=300.0, nugget=0.1), samples.xyz_m.T, value
        )
    )
    gs_taken, gs_theirs = timed(lambda: gs_peer(few.T))
    return [
        row("oreline, 16 nearest", n, blocks, 0.0, window, window, ""),
        row("PyKrige, moving window of 16", n, blocks, set_up, taken, window, apart(ours, theirs)),
        row("oreline, all samples", n, few.shape[0], 0.0, whole, whole, ""),
        row("GSTools, all samples", n, few.shape[0], gs_set_up, gs_taken, whole,
            apart(ours_whole, gs_theirs)),
    ]  # fmt: skip


def row(
    what: str, n: int, blocks: int, set_up: float, taken: float, ours: float, difference: str
) -> list[str]:
    """Return one line of the table of peers."""
    times = (set_up + taken) / ours
    ratio = f"{times:,.0f}" if times > 10 else f"{times:.1f}"
    line = [what, f"{n:,}", f"{blocks:,}", f"{set_up:.2f} s", f"{taken:.3g} s", ratio, difference]
    print(line)
    return line


def apart(ours: object, theirs: object) -> str:
    """Return the largest difference of estimates and of variances."""
    assert isinstance(ours, Estimates)
    assert isinstance(theirs, tuple)
    value = np.abs(ours.values[:, 0] - theirs[0]).max()
    variance = np.abs(ours.variance("A0") - theirs[1]).max()
    assert max(value, variance) < 1e-10, "a peer gives other answers"
    return f"{value:.0e}, {variance:.0e}"


def section(quick: bool) -> str:
    """Measure, and return the section of the page."""
    small = grid_of(2)
    for model in (SPHERICAL, NESTED):  # Loads the compiled code.
        krige(small.centres_m(), samples_of(50), model, [SearchPass((1e4, 1e4, 1e4))])
    own = text_table(("work", "blocks", "samples", "time", "blocks a second"), own_rows(quick))
    peers = text_table(
        ("contestant", "samples", "places", "set-up", "kriging", "times ours",
         "largest difference: estimate, variance"),
        peer_rows(quick),
    )  # fmt: skip
    return (
        "Ordinary kriging of a block model from the 16 nearest samples, with kriging variance, "
        "slope of regression and the description of each block's samples. Wall seconds, as many "
        "threads as cores; samples lie at random.\n\n"
        f"{own}\n\n{PEERS}\n\n{peers}\n\n"
        f"{machine(('numpy', 'scipy', 'numba', 'pykrige', 'gstools'))}"
    )


PEERS = (
    "The same answers from others: PyKrige's moving window is the same method; GSTools knows only "
    "kriging from all samples, and ours from all samples is set beside it: there one matrix serves "
    "all places, which is quick for hundreds of samples and impossible for tens of thousands. "
    "PyKrige's set-up computes statistics of the model that nobody asked for and cannot be told "
    "not to; it grows with the fourth power of the number of samples, so that few are used here."
)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    made = section(options.quick)
    print(made)
    if not options.quick:
        write_section("kriging", "Kriging", made)


if __name__ == "__main__":
    main()
