"""Domains have variograms of their own, contacts may be soft, suites are simulated together."""

from __future__ import annotations

import numpy as np
import pytest
from ore_body import SECTIONS, modelled

from oreline.explore import (
    LeaveOut,
    ModelSections,
    ResourceModel,
    Samples,
    SearchPass,
    SimulationSection,
    Structure,
    StructureKind,
    Variogram,
    cross_validate,
    domain_variograms,
    krige,
    make_model,
    simulate,
    simulate_model,
    simulate_suite,
    usable_samples,
    validate_model,
)
from oreline.model import InputError

OWN = """
[variogram.Nd2O3.domain.ore]
nugget = 0.02
azimuth_deg = 30
structures = [{ kind = "exponential", sill = 0.4, ranges_m = [120, 60, 12] }]
"""
MODEL = Variogram(0.1, (Structure(StructureKind.SPHERICAL, 0.9, (60.0, 60.0, 60.0)),))
SEARCH = SearchPass((500.0, 500.0, 500.0), max_samples=16)


def codes(model: ResourceModel) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.asarray(model.samples.domain).astype(str)


def test_a_domain_is_kriged_with_the_model_that_is_stated_for_it() -> None:
    model = modelled(SECTIONS + OWN)
    stated = model.domain_variograms["ore"]["Nd2O3"]
    assert (stated.nugget, stated.structures[0].kind) == (0.02, StructureKind.EXPONENTIAL)
    assert stated.structures[0].rotation.azimuth_deg == 30
    other = model.domain_variograms["ore"]["Pr6O11"]
    assert other.structures[0].kind is StructureKind.SPHERICAL
    assert model.domain is not None
    rows, own = model.domain == "ore", model.samples.taken(codes(model) == "ore")
    alone = krige(model.grid.centres_m()[rows], own, {"Nd2O3": stated, "Pr6O11": other},
                  model.estimates.passes, points_m=model.grid.points_m((2, 2, 2)))  # fmt: skip
    assert np.allclose(model.estimates.values[rows], alone.values, equal_nan=True)
    assert np.allclose(
        model.estimates.variance("Nd2O3")[rows], alone.variance("Nd2O3"), equal_nan=True
    )
    told = model.to_json()
    assert told["domain_variograms"]["ore"]["Nd2O3"]["nugget"] == 0.02
    assert told["boundaries"].startswith("hard")


def test_a_soft_contact_lets_in_what_lies_near_it() -> None:
    soft = 'domains = "hard"\nsoft = [{ between = ["ore", "host"], within_m = 7.5 }]'
    model = modelled(SECTIONS.replace('domains = "hard"', soft))
    hard = modelled()
    assert "soft between ore and host, within 7.5 m" in model.boundaries()
    samples, code = model.samples, codes(model)
    ore = np.flatnonzero(code == "ore")
    near = np.array([
        one == "ore"
        or np.linalg.norm(samples.xyz_m[ore] - samples.xyz_m[at], axis=1).min() <= 7.5
        for at, one in enumerate(code)
    ])  # fmt: skip
    assert ore.size < near.sum() < samples.n
    assert model.domain is not None
    rows = model.domain == "ore"
    alone = krige(model.grid.centres_m()[rows], samples.taken(near),
                  model.domain_variograms["ore"], model.estimates.passes,
                  points_m=model.grid.points_m((2, 2, 2)))  # fmt: skip
    assert np.allclose(model.estimates.values[rows], alone.values, equal_nan=True)
    # Poor rock behind the contact pulls the ore down.
    both = ~np.isnan(hard.estimates.column("Nd2O3")) & rows
    assert (
        model.estimates.column("Nd2O3")[both].mean() < hard.estimates.column("Nd2O3")[both].mean()
    )
    assert usable_samples(samples, "ore").sum() == ore.size


def test_each_composite_is_validated_inside_its_domain() -> None:
    model = modelled()
    found = validate_model(model, LeaveOut.HOLE)
    rows = np.flatnonzero(codes(model) == "ore")
    alone = cross_validate(model.samples.taken(rows), model.domain_variograms["ore"],
                           model.estimates.passes)  # fmt: skip
    assert np.allclose(found.estimated[rows], alone.estimated, equal_nan=True)
    assert found.by_domain["ore"] == alone.scores
    assert set(found.to_json()["domains"]) == {"ore", "host"}


def test_a_domain_with_few_composites_takes_the_model_of_all_and_says_so() -> None:
    rng = np.random.default_rng(1)
    xyz = rng.uniform(0, 200, (200, 3))
    domain = np.where(np.arange(200) < 20, "vein", "wall")
    samples = Samples(xyz, rng.lognormal(0, 0.4, (200, 2)), ("Cu", "Au"), domain=domain)
    sections = ModelSections.model_validate(
        {"variogram": {"all": {"fit": {"lag_m": 20, "downhole_nugget": False}}}}
    ).variogram
    found = domain_variograms(samples, sections, ["vein", "wall"])
    few = [one for one in found.findings if one.code == "ORL-0940"]
    assert [one.where for one in few] == ["variogram in vein"]
    assert "Cu, Au: 20 composites are too few to fit" in few[0].message
    assert {one.domain for one in found.fitted} == {"wall"}
    assert found.of["vein"]["Cu"] != found.of["wall"]["Cu"]
    stated = {"all": {"domain": {"wall": {"fit": {"lag_m": 20}}}}}
    sections = ModelSections.model_validate({"variogram": stated}).variogram
    with pytest.raises(InputError, match=r"declare .variogram.Cu.domain.vein."):
        domain_variograms(samples, sections, ["vein", "wall"])


def joint(n: int = 300) -> Samples:
    """Make samples whose second grade follows the first, and whose third is half of it."""
    rng = np.random.default_rng(8)
    one, other = rng.normal(size=(2, n))
    first = np.exp(0.5 * one)
    second = np.exp(0.4 * (0.8 * one + 0.6 * other))
    far = np.column_stack([1e6 + 1e4 * np.arange(n), np.zeros(n), np.zeros(n)])
    return Samples(far, np.column_stack([first, second, first / 2]), ("Nd", "Pr", "Ce"))


def test_analytes_that_go_together_are_simulated_together() -> None:
    """Free nodes have the correlation of the samples; a fixed ratio stays one."""
    samples = joint()
    nodes = np.column_stack([200.0 * np.arange(400), np.zeros(400), np.zeros(400)])
    found = simulate_suite(nodes, samples, dict.fromkeys(samples.analytes, MODEL), SEARCH, 20, 4)
    nd, pr, ce = (one.values for one in found)
    assert np.allclose(ce, nd / 2, rtol=1e-9)
    wanted = np.corrcoef(np.log(samples.values[:, 0]), np.log(samples.values[:, 1]))[0, 1]
    assert np.corrcoef(np.log(nd).ravel(), np.log(pr).ravel())[0, 1] == pytest.approx(
        wanted, abs=0.03
    )
    # One alone is what it was; another stream of the seed is another field.
    alone = simulate(nodes, samples, "Nd", MODEL, SEARCH, 20, 4)
    other = simulate_suite(nodes, samples, {"Nd": MODEL}, SEARCH, 20, 4, stream=1)[0]
    assert abs(np.corrcoef(alone.values.ravel(), other.values.ravel())[0, 1]) < 0.05


def test_a_model_is_simulated_domain_by_domain() -> None:
    plain = SECTIONS[: SECTIONS.index("[cutoffs.equivalent]")]
    model = modelled(plain.replace('analyte = "REO"', 'analyte = "Nd2O3"'))
    settings = SimulationSection(seed=7, realisations=30)
    found = simulate_model(model, settings)
    assert found.analytes == ("Nd2O3", "Pr6O11")
    assert model.domain is not None
    domain = model.domain[found.rows]
    top = {code: model.samples.taken(codes(model) == code).column("Nd2O3").max()
           for code in ("ore", "host")}  # fmt: skip
    for code in ("ore", "host"):
        inside = found.of("Nd2O3").values[domain == code]
        assert np.nanmax(inside) <= top[code]
        kriged = model.estimates.column("Nd2O3")[found.rows][domain == code]
        assert inside.mean() == pytest.approx(kriged.mean(), rel=0.08)
    rows = found.tonnage()
    whole = [one for one in rows if one.part == "all" and one.cutoff_pct == 0.0]
    parts = [one for one in rows if one.part != "all" and one.cutoff_pct == 0.0]
    assert {one.part for one in parts} == {"domain ore", "domain host"}
    for name in found.analytes:
        (all_,) = [one for one in whole if one.analyte == name]
        own = [one.metal_t["mean"] for one in parts if one.analyte == name]
        assert sum(own) == pytest.approx(all_.metal_t["mean"])
    # Cut by one analyte, the other is counted in the same blocks of each realisation.
    high = {one.analyte: one for one in rows if one.part == "all" and one.cutoff_pct == 1.0}
    assert high["Pr6O11"].tonnes == high["Nd2O3"].tonnes
    told = found.to_json()
    assert set(told["variograms_of_normal_scores"]) == {"ore", "host"}
    fitted = SimulationSection.model_validate(
        {"seed": 7, "realisations": 2, "variogram": {"all": {"fit": {"lag_m": 15}}}}
    )
    again = simulate_model(model, fitted, ["Nd2O3"])
    assert again.variograms["ore"]["Nd2O3"] != again.variograms["host"]["Nd2O3"]
    with pytest.raises(InputError, match="no analyte Dy"):
        simulate_model(model, settings, ["Dy"])


def test_one_grade_everywhere_stays_in_every_realisation_and_is_said() -> None:
    rng = np.random.default_rng(2)
    xyz = np.column_stack([rng.uniform(0, 100, (80, 2)), rng.uniform(0, 20, 80)])
    is_east = xyz[:, 0] > 50
    values = np.where(is_east, rng.lognormal(0, 0.3, 80), 0.01)
    samples = Samples(xyz, values, ("Cu",), domain=np.where(is_east, "rich", "poor"))
    sections = ModelSections.model_validate({
        "variogram": {"all": {"nugget": 0.1, "structures": [
            {"kind": "spherical", "sill": 0.9, "ranges_m": [50, 50, 50]}]}},
        "grid": {"size_m": [20, 20, 10], "points": [1, 1, 1]},
        "search": {"domains": "hard", "passes": [{"radii_m": [60, 60, 60]}]},
    })  # fmt: skip
    found = simulate_model(make_model(samples, sections), SimulationSection(seed=1, realisations=4))
    (told,) = found.findings
    assert (told.code, told.where) == ("ORL-0941", "simulation of poor")
    assert found.model.domain is not None
    poor = found.model.domain[found.rows] == "poor"
    assert np.allclose(found.of("Cu").values[poor], 0.01)
    assert np.ptp(found.of("Cu").values[~poor], axis=1).min() > 0


def test_two_domains_never_share_their_random_numbers() -> None:
    """A domain and its copy beside it are the same problem; their realisations are not."""
    rng = np.random.default_rng(5)
    one = rng.uniform(0, 80, (40, 3))
    grades = np.tile(rng.lognormal(0, 0.3, 40), 2)
    samples = Samples(np.concatenate([one, one + np.array([1000.0, 0.0, 0.0])]), grades, ("Cu",),
                      domain=np.repeat(["a", "b"], 40))  # fmt: skip
    sections = ModelSections.model_validate({
        "variogram": {"all": {"nugget": 0.1, "structures": [
            {"kind": "spherical", "sill": 0.9, "ranges_m": [50, 50, 50]}], "sills": "shares"}},
        "grid": {"size_m": [20, 20, 20], "points": [1, 1, 1], "origin_m": [-200, -200, -200],
                 "count": [74, 24, 24]},
        "search": {"domains": "hard", "passes": [{"radii_m": [100, 100, 100]}]},
    })  # fmt: skip
    model = make_model(samples, sections)
    found = simulate_model(model, SimulationSection(seed=1, realisations=20))
    assert model.domain is not None
    x = model.grid.centres_m()[found.rows, 0]
    first, second = (found.of("Cu").values[(x > low) & (x < low + 400)] for low in (-200, 800))
    assert first.shape == second.shape
    # What the composites do not tell of a block is drawn anew in each domain.
    drawn = [one - one.mean(axis=1, keepdims=True) for one in (first, second)]
    assert abs(np.corrcoef(drawn[0].ravel(), drawn[1].ravel())[0, 1]) < 0.2
