"""Kriging against published numbers, dense systems, PyKrige and GSTools, and its own laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.explore import (
    BlockGrid,
    Estimates,
    LeftOut,
    Rotation,
    Samples,
    SearchPass,
    Structure,
    StructureKind,
    Variogram,
    inverse_distance,
    krige,
    nearest_sample,
)
from oreline.model import InputError, Severity

WIDE = SearchPass((1e4, 1e4, 1e4), min_samples=1, max_samples=500)
NESTED = Variogram(
    0.15,
    (
        Structure(StructureKind.SPHERICAL, 0.5, (120.0, 60.0, 30.0), Rotation(35.0, -20.0, 10.0)),
        Structure(StructureKind.EXPONENTIAL, 0.2, (300.0, 300.0, 90.0), Rotation(-70.0, 5.0)),
        Structure(StructureKind.CUBIC, 0.1, (200.0, 150.0, 50.0)),
        Structure(StructureKind.PENTASPHERICAL, 0.05, (90.0, 90.0, 90.0)),
    ),
)


def scattered(n: int, seed: int = 7, analytes: int = 1) -> Samples:
    """Make samples at random in a slab, four to a hole."""
    rng = np.random.default_rng(seed)
    xyz = rng.uniform(0, 1, (n, 3)) * [200.0, 150.0, 40.0]
    values = rng.lognormal(0, 0.5, (n, analytes))
    return Samples(xyz, values, tuple(f"A{k}" for k in range(analytes)), hole=np.arange(n) // 4)


def dense(
    samples: Samples, target: np.ndarray, points: np.ndarray, model: Variogram
) -> tuple[float, float, np.ndarray]:
    """Krige one block with the bordered system of the textbook, from all samples."""
    n = samples.n
    a = np.zeros((n + 1, n + 1))
    for i in range(n):
        a[i, :n] = model.covariance(samples.xyz_m - samples.xyz_m[i])
    a[n, :n] = a[:n, n] = 1.0
    right = np.ones(n + 1)
    places = target + points
    # A block's mean does not see the nugget of a sample inside it: that place has no volume.
    free = model.nugget if len(points) > 1 else 0.0
    for i in range(n):
        c = model.covariance(places - samples.xyz_m[i])
        right[i] = np.mean([min(value, model.sill - free) for value in c])
    pairs = (places[:, None] - places[None]).reshape(-1, 3)
    within = np.mean(np.minimum(model.covariance(pairs), model.sill - free))
    w = np.linalg.solve(a, right)
    variance = within - w[:n] @ right[:n] - w[n]
    return float(w[:n] @ samples.values[:, 0]), float(variance), w[:n]


def test_the_example_of_isaaks_and_srivastava() -> None:
    # Isaaks and Srivastava, An Introduction to Applied Geostatistics (Oxford 1989), chapter 12:
    # seven samples of V around 65 E, 137 N, covariance 10 exp(-0.3 h); printed are the estimate
    # 592.7 ppm and the variance 8.96 ppm2.
    xy = [(61, 139), (63, 140), (64, 129), (68, 128), (71, 140), (73, 141), (75, 128)]
    values = np.array([477.0, 696, 227, 646, 606, 791, 783])
    samples = Samples(np.array([(x, y, 0.0) for x, y in xy]), values, ("V",))
    model = Variogram(0.0, (Structure(StructureKind.EXPONENTIAL, 10.0, (10.0, 10.0, 10.0)),))
    found = krige([[65.0, 137.0, 0.0]], samples, model, [WIDE])
    assert found.values[0, 0] == pytest.approx(592.7, abs=0.05)
    assert found.variance("V")[0] == pytest.approx(8.96, abs=0.005)


@pytest.mark.parametrize("points", [(1, 1, 1), (3, 3, 2)])
def test_a_nested_rotated_model_gives_what_the_dense_system_gives(
    points: tuple[int, int, int],
) -> None:
    samples = scattered(60)
    grid = BlockGrid((20.0, 10.0, 5.0), (40.0, 30.0, 10.0), (3, 2, 2), bearing_deg=25.0)
    inside = grid.points_m(points)
    found = krige(grid.centres_m(), samples, NESTED, [WIDE], points_m=inside)
    for at, centre in enumerate(grid.centres_m()):
        value, variance, w = dense(samples, centre, inside, NESTED)
        assert found.values[at, 0] == pytest.approx(value, rel=1e-10)
        assert found.variance("A0")[at] == pytest.approx(variance, rel=1e-9)
        assert found.supports[0].negative_weight[at] == pytest.approx(-w[w < 0].sum(), abs=1e-10)


def test_pykrige_gives_the_same_from_the_sixteen_nearest() -> None:
    from pykrige.ok3d import OrdinaryKriging3D

    samples = scattered(80)
    x, y, z = samples.xyz_m.T
    peer = OrdinaryKriging3D(
        x, y, z, samples.values[:, 0], variogram_model="spherical",
        variogram_parameters={"psill": 0.8, "range": 90.0, "nugget": 0.2},
    )  # fmt: skip
    targets = scattered(50, seed=8).xyz_m
    values, variance = peer.execute("points", *targets.T, n_closest_points=16, backend="loop")
    model = Variogram(0.2, (Structure(StructureKind.SPHERICAL, 0.8, (90.0, 90.0, 90.0)),))
    search = SearchPass((1e4, 1e4, 1e4), max_samples=16)
    found = krige(targets, samples, model, [search])
    assert np.abs(found.values[:, 0] - values).max() < 1e-10
    assert np.abs(found.variance("A0") - variance).max() < 1e-10


def test_gstools_gives_the_same_from_all_samples() -> None:
    import gstools as gs

    samples = scattered(70)
    # GSTools turns counter-clockwise from east in the plane; the ratios are those of the ranges.
    model = gs.Exponential(
        dim=3, var=0.7, len_scale=100.0 / 3, anis=[0.5, 0.25], angles=[np.pi / 6, 0, 0], nugget=0.1
    )
    targets = scattered(40, seed=9).xyz_m
    peer = gs.krige.Ordinary(model, samples.xyz_m.T, samples.values[:, 0])
    values, variance = peer(targets.T)
    turned = Rotation(azimuth_deg=60.0)
    ours = Variogram(0.1, (Structure(StructureKind.EXPONENTIAL, 0.7, (100.0, 50.0, 25.0), turned),))
    found = krige(targets, samples, ours, [WIDE])
    assert np.abs(found.values[:, 0] - values).max() < 1e-10
    assert np.abs(found.variance("A0") - variance).max() < 1e-10


def test_simple_kriging_is_that_of_gstools() -> None:
    import gstools as gs

    samples = scattered(50)
    model = gs.Spherical(dim=3, var=0.9, len_scale=80.0, nugget=0.1)
    targets = scattered(30, seed=9).xyz_m
    values, variance = gs.krige.Simple(model, samples.xyz_m.T, samples.values[:, 0], mean=1.2)(
        targets.T
    )
    ours = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (80.0, 80.0, 80.0)),))
    found = krige(targets, samples, ours, [WIDE], means={"A0": 1.2})
    assert np.abs(found.values[:, 0] - values).max() < 1e-10
    assert np.abs(found.variance("A0") - variance).max() < 1e-10
    assert np.allclose(found.supports[0].slope, 1.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**6), st.floats(-50, 50), st.floats(0.1, 20))
def test_an_estimate_moves_and_stretches_with_its_data(
    seed: int, shift: float, stretch: float
) -> None:
    samples = scattered(25, seed)
    far = np.array([1e6, -2e6, 300.0])
    other = Samples(samples.xyz_m + far, samples.values * stretch + shift, ("A0",))
    search = SearchPass((300.0, 300.0, 300.0), max_samples=12)
    targets = scattered(10, seed + 1).xyz_m
    one = krige(targets, samples, NESTED, [search], workers=1)
    two = krige(targets + far, other, NESTED.scaled(3.0), [search], workers=1)
    assert np.allclose(one.values * stretch + shift, two.values, rtol=1e-7, atol=1e-7)
    assert np.allclose(3 * one.variance("A0"), two.variance("A0"), rtol=1e-6, atol=1e-9)


def test_a_sample_is_met_exactly_and_a_pure_nugget_gives_the_mean() -> None:
    samples = scattered(40)
    found = krige(samples.xyz_m, samples, NESTED, [WIDE])
    assert np.allclose(found.values, samples.values, atol=1e-10)
    assert np.abs(found.variance("A0")).max() < 1e-9
    flat = krige([[500.0, 500.0, 0.0]], samples, Variogram(2.0), [WIDE])
    assert flat.values[0, 0] == pytest.approx(samples.values.mean())
    assert flat.variance("A0")[0] == pytest.approx(2.0 * (1 + 1 / 40))


def test_a_suite_in_one_pass_gives_what_each_gives_alone() -> None:
    samples = scattered(60, analytes=4)
    samples.values[3:20, 2] = np.nan
    models = {"A0": NESTED, "A1": NESTED.scaled(5.0), "A2": NESTED, "A3": Variogram(0.0, (
        Structure(StructureKind.SPHERICAL, 1.0, (80.0, 80.0, 80.0)),))}  # fmt: skip
    search = SearchPass((200.0, 200.0, 200.0), max_samples=8)
    targets = scattered(20, seed=3).xyz_m
    found = krige(targets, samples, models, [search])
    # A0 and A1 share; A2 was not measured everywhere; A3 varies otherwise.
    assert len(found.supports) == 3
    for column, name in enumerate(samples.analytes):
        known = ~np.isnan(samples.values[:, column])
        single = Samples(samples.xyz_m[known], samples.values[known, column], (name,))
        alone = krige(targets, single, models[name], [search])
        assert np.allclose(found.column(name), alone.column(name), rtol=1e-12)
        assert np.allclose(found.variance(name), alone.variance(name), rtol=1e-9)


def test_results_do_not_depend_on_threads() -> None:
    samples = scattered(200)
    grid = BlockGrid((0.0, 0.0, 0.0), (5.0, 5.0, 2.0), (40, 30, 20))
    search = SearchPass((60.0, 60.0, 30.0), max_samples=10, max_per_hole=2)
    told: list[tuple[str, int, int]] = []
    one = krige(grid.centres_m(), samples, NESTED, [search], workers=1)
    three = krige(
        grid.centres_m(), samples, NESTED, [search], workers=3,
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert np.array_equal(one.values, three.values, equal_nan=True)
    assert told[-1] == ("estimating", grid.n, grid.n)


def repeated() -> Samples:
    """Make samples of which two are at one place."""
    samples = scattered(30)
    samples.xyz_m[7] = samples.xyz_m[3]
    return samples


def test_two_samples_at_one_place_are_named_and_nothing_is_guessed() -> None:
    model = Variogram(0.0, (Structure(StructureKind.SPHERICAL, 1.0, (80.0, 80.0, 80.0)),))
    found = krige(scattered(5, seed=4).xyz_m, repeated(), model, [WIDE])
    assert np.isnan(found.values).all()
    (finding,) = found.findings
    assert finding.code == "ORL-0930"
    assert finding.severity is Severity.FATAL
    assert finding.where.startswith("sample 8 at ")
    assert "sample 4" in finding.message


def test_with_a_nugget_two_samples_at_one_place_are_averaged() -> None:
    samples = repeated()
    target = samples.xyz_m[3] + [[1.0, 0.0, 0.0]]
    found = krige(target, samples, NESTED, [WIDE])
    assert not found.findings
    samples.values[[3, 7]] = samples.values[[3, 7]].mean()
    assert krige(target, samples, NESTED, [WIDE]).values == pytest.approx(found.values)


def test_a_smooth_model_with_crowded_samples_is_told_to_be_singular() -> None:
    line = np.array([[0.1 * i, 0.0, 0.0] for i in range(40)])
    samples = Samples(line, np.sin(line[:, 0]), ("A0",))
    model = Variogram(0.0, (Structure(StructureKind.GAUSSIAN, 1.0, (50.0, 50.0, 50.0)),))
    found = krige([[0.55, 0.0, 0.0]], samples, model, [WIDE])
    assert np.isnan(found.values).all()
    assert [finding.code for finding in found.findings] == ["ORL-0930"]


def test_inverse_distance_by_hand() -> None:
    samples = Samples(np.array([[1.0, 0, 0], [0, 2, 0], [0, 0, 4]]), np.array([1.0, 2, 3]), ("A",))
    found = inverse_distance([[0.0, 0.0, 0.0]], samples, [WIDE], power=2.0)
    assert found.values[0, 0] == pytest.approx((1 + 2 / 4 + 3 / 16) / (1 + 1 / 4 + 1 / 16))
    there = inverse_distance([[0.0, 2.0, 0.0]], samples, [WIDE])
    assert there.values[0, 0] == 2.0
    nearest = nearest_sample([[0.1, 1.9, 0.0]], samples, [WIDE])
    assert nearest.values[0, 0] == 2.0
    with pytest.raises(InputError, match="power"):
        inverse_distance([[0.0, 0, 0]], samples, [WIDE], power=0.0)


def shares(found: Estimates) -> dict[str, int]:
    """Return how many places each pass filled."""
    return dict(found.to_json()["analytes"]["A0"]["by_pass"])


def test_a_place_goes_to_the_pass_that_fills_it() -> None:
    samples = scattered(80)
    near = SearchPass((25.0, 25.0, 25.0), min_samples=6, max_samples=12)
    targets = BlockGrid((-100.0, 0.0, 0.0), (20.0, 15.0, 10.0), (20, 10, 4)).centres_m()
    found = krige(targets, samples, NESTED, [near, near.widened(2.0)])
    support = found.supports[0]
    for at, target in enumerate(targets):
        h = np.linalg.norm(samples.xyz_m - target, axis=1)
        expected = 1 if (h <= 25).sum() >= 6 else 2 if (h <= 50).sum() >= 6 else 0
        assert support.search_pass[at] == expected
        if expected:
            used = np.sort(h)[: min((h <= 25 * expected).sum(), 12)]
            assert support.samples[at] == used.size
            assert support.mean_distance_m[at] == pytest.approx(used.mean())
            assert support.nearest_m[at] == pytest.approx(used[0])
    assert set(shares(found)) == {"0", "1", "2"}
    assert np.isnan(found.values[support.search_pass == 0]).all()


def chosen_slowly(samples: Samples, target: np.ndarray, search: SearchPass) -> list[int]:
    """Choose samples one after the other from all, by the limits as they are written."""
    scaled = (samples.xyz_m - target) @ search.matrix().T
    hole = samples.hole_numbers()
    taken: list[int] = []
    for i in np.argsort((scaled**2).sum(axis=1)):
        octant = tuple(scaled[i] >= 0)
        mates = [j for j in taken if tuple(scaled[j] >= 0) == octant]
        if (scaled[i] ** 2).sum() > 1 or len(taken) == search.max_samples:
            break
        if search.max_per_octant and len(mates) >= search.max_per_octant:
            continue
        if search.max_per_hole and sum(hole[j] == hole[i] for j in taken) >= search.max_per_hole:
            continue
        taken.append(int(i))
    octants = {tuple(scaled[i] >= 0) for i in taken}
    if len(taken) < search.min_samples or len(octants) < search.min_octants:
        return []
    return taken


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_limits_choose_the_samples_that_a_slow_choice_takes(data: st.DataObject) -> None:
    draw = data.draw
    samples = scattered(draw(st.integers(5, 120)), draw(st.integers(1, 999)))
    most = draw(st.integers(3, 12))
    search = SearchPass(
        (draw(st.floats(20, 200)), draw(st.floats(20, 200)), draw(st.floats(10, 60))),
        Rotation(draw(st.floats(0, 360)), draw(st.floats(-90, 90)), draw(st.floats(-90, 90))),
        min_samples=draw(st.integers(1, 3)),
        max_samples=most,
        max_per_hole=draw(st.sampled_from([None, 1, 2])),
        max_per_octant=draw(st.sampled_from([None, 1, 2])),
        min_octants=draw(st.integers(0, 4)),
    )
    targets = scattered(6, draw(st.integers(1000, 1999))).xyz_m
    found = krige(targets, samples, Variogram(1.0), [search], workers=1)
    for at, target in enumerate(targets):
        taken = chosen_slowly(samples, target, search)
        assert found.supports[0].samples[at] == len(taken)
        # A pure nugget gives the mean of what was taken.
        expected = samples.values[taken, 0].mean() if taken else np.nan
        assert found.values[at, 0] == pytest.approx(expected, nan_ok=True)


def test_a_target_does_not_use_what_is_left_out() -> None:
    samples = scattered(40)
    search = SearchPass((500.0, 500.0, 500.0), min_samples=1, max_samples=1)
    hole = samples.hole_numbers()
    own = LeftOut(np.arange(40), np.full(40, -2))
    found = nearest_sample(samples.xyz_m, samples, [search], left_out=own)
    whole = nearest_sample(
        samples.xyz_m, samples, [search], left_out=LeftOut(np.full(40, -1), hole)
    )
    for at in range(40):
        h = np.linalg.norm(samples.xyz_m - samples.xyz_m[at], axis=1)
        h[at] = np.inf
        assert found.values[at, 0] == samples.values[h.argmin(), 0]
        h[hole == hole[at]] = np.inf
        assert whole.values[at, 0] == samples.values[h.argmin(), 0]


def test_the_table_and_the_summary_say_unknown_where_nothing_is_known() -> None:
    samples = scattered(30)
    search = SearchPass((20.0, 20.0, 20.0))
    found = krige([[0.0, 0.0, 1e5], [100.0, 75.0, 20.0]], samples, NESTED, [search.widened(3.0)])
    frame = found.to_frame()
    assert frame["A0"].null_count() == 1
    assert frame["pass"].to_list() == [0, 1]
    told = found.to_json()["analytes"]["A0"]
    assert (told["estimated"], told["not_estimated"]) == (1, 1)
    nowhere = krige([[0.0, 0.0, 1e5]], samples, NESTED, [search]).to_json()
    assert "mean" not in nowhere["analytes"]["A0"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Samples(np.zeros((0, 3)), np.zeros((0, 1)), ("A",)), "n over 0"),
        (lambda: Samples(np.zeros((2, 3)), np.zeros((3, 1)), ("A",)), "2 places"),
        (lambda: Samples(np.full((1, 3), np.nan), np.zeros((1, 1)), ("A",)), "sample 1 has no"),
        (lambda: Samples(np.zeros((1, 3)), np.full((1, 1), np.inf), ("A",)), "infinite grade"),
        (lambda: SearchPass((0.0, 1.0, 1.0)), "radii"),
        (lambda: SearchPass((1.0, 1.0, 1.0), min_samples=5, max_samples=4), "5 to 4 samples"),
        (lambda: SearchPass((1.0, 1.0, 1.0), max_per_hole=0), "max_per_hole"),
        (lambda: SearchPass((1.0, 1.0, 1.0), min_samples=9, max_per_octant=1), "8 octants"),
        (lambda: SearchPass((1.0, 1.0, 1.0), min_octants=9), "min_octants"),
        (lambda: krige([[0.0, 0, 0]], scattered(5), {"B": NESTED}, [WIDE]), "variogram of A0"),
        (lambda: krige([[0.0, 0]], scattered(5), NESTED, [WIDE]), "targets"),
        (lambda: krige([[0.0, 0, 0]], scattered(5), NESTED, []), "at least one pass"),
        (lambda: krige([[0.0, 0, 0]], scattered(5), NESTED, [WIDE], means={}), "mean of A0"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]
