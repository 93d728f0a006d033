"""From drill hole tables and the sections of explore.toml to a classed block model."""

from __future__ import annotations

import numpy as np
import pytest
from ore_body import HEAD, SECTIONS, modelled

from oreline.explore import (
    ModelSections,
    ResourceModel,
    krige,
    nearest_sample,
    read_mapping_text,
)
from oreline.model import InputError


@pytest.fixture(scope="module")
def model() -> ResourceModel:
    return modelled()


def test_the_model_is_what_its_parts_give(model: ResourceModel) -> None:
    samples = model.samples
    assert samples.column("Nd2O3").max() == 3.0
    assert model.domain is not None
    centres = model.grid.centres_m()
    for code in ("ore", "host"):
        rows = model.domain == code
        own = samples.taken(np.asarray(samples.domain) == code)
        search = model.estimates.passes
        alone = krige(centres[rows], own, model.domain_variograms[code], search,
                      points_m=model.grid.points_m((2, 2, 2)))  # fmt: skip
        assert np.allclose(model.estimates.values[rows], alone.values, equal_nan=True)
        near = nearest_sample(centres[rows], own, search).values
        assert np.allclose(model.nearest.values[rows], near, equal_nan=True)
        # A stated model of shares is scaled by the variance of the domain, not of all composites.
        variance = own.column("Nd2O3").var()
        assert model.domain_variograms[code]["Nd2O3"].sill == pytest.approx(variance)
        assert np.allclose(
            model.estimates.variance("Nd2O3")[rows], alone.variance("Nd2O3"), equal_nan=True
        )
        assert set(model.density_t_per_m3[rows]) == {3.1 if code == "ore" else 2.7}
    # One model of shares serves both oxides: they share their weights.
    assert len(model.estimates.supports) == 1


def test_frame_summary_and_tonnes_agree(model: ResourceModel) -> None:
    frame = model.to_frame()
    told = model.to_json()
    assert frame.height == told["estimated_blocks"] == int(model.is_estimated.sum())
    assert model.to_frame(whole=True).height == model.grid.n
    found = model.tonnage()
    whole = found.rows[0]
    assert whole.tonnes == pytest.approx(frame["tonnes"].sum())
    assert whole.grades_pct["REO"] == pytest.approx(
        whole.grades_pct["Nd2O3"] + whole.grades_pct["Pr6O11"]
    )
    metal = (frame["tonnes"] * frame["Nd2O3"] / 100).sum()
    assert whole.metal_t["Nd2O3"] == pytest.approx(metal)
    classes = {row.part: row for row in found.rows if row.cutoff == 0.0}
    by_class = [classes[name].tonnes for name in classes if name.startswith("class")]
    assert sum(by_class) == pytest.approx(whole.tonnes)
    assert "stated here" in found.words[0]
    methods = {"class_by_search_pass", "class_by_drill_spacing", "class_by_kriging_variance"}
    assert {"class", "slope", "Nd2O3_nearest", *methods} <= set(frame.columns)


def test_slices_and_bias_of_the_model(model: ResourceModel) -> None:
    cut = model.slices("Nd2O3", "x")
    known = ~np.isnan(cut.means["model"])
    # The grade rises with x.
    assert np.polyfit(cut.middle_m[known], cut.means["model"][known], 1)[0] > 0
    assert all(abs(one.bias or 0) < 0.1 for one in model.bias())


def test_densities_of_samples_are_used_where_there_are_some() -> None:
    sections = SECTIONS.replace("by_domain = { ore = 3.1, host = 2.7 }",
                                "from_samples = true\nt_per_m3 = 2.0")  # fmt: skip
    made = modelled(sections)
    inside = made.density_t_per_m3[made.is_estimated]
    assert 2.55 < inside.min() < inside.max() < 3.35


def test_a_fitted_variogram_is_used_and_told() -> None:
    sections = SECTIONS.replace(
        'sills = "shares"\nnugget = 0.1\n'
        'structures = [{ kind = "spherical", sill = 0.9, ranges_m = [80, 80, 30] }]',
        "fit = { lag_m = 10, lags = 10 }",
    )
    pooled = sections.replace('domains = "hard"', 'domains = "hard"\nvariograms = "pooled"')
    made = modelled(pooled)
    assert [one.fit.analyte for one in made.fitted] == ["Nd2O3", "Pr6O11"]
    assert made.fitted[0].fit.nugget_from == "downhole"
    assert made.variograms["Nd2O3"] == made.fitted[0].fit.variogram
    assert "of all domains together" in made.boundaries()
    apart = modelled(sections)
    assert [(one.domain, one.fit.analyte) for one in apart.fitted] == [
        ("host", "Nd2O3"), ("host", "Pr6O11"), ("ore", "Nd2O3"), ("ore", "Pr6O11"),
    ]  # fmt: skip
    assert apart.domain_variograms["ore"]["Nd2O3"] == apart.fitted[2].fit.variogram
    assert apart.fitted[2].fit.experimental.samples == int(
        (np.asarray(apart.samples.domain) == "ore").sum()
    )
    assert made.to_json()["fitted"][0]["downhole"]["pairs_of"] == "one hole"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('rule = "worst of three"', 'rule = "best"', 'rule = "best"', "classes.rule"),
        ("max_samples = 12 },", "max_samples = 1 },", "  { radii_m = [90", "maximum"),
        ("nugget = 0.1\n", "", "[variogram.all]", "needs its nugget"),
        ("sill = 0.9", "sill = 0.7", "[variogram.all]", "sum to 0.8"),
        ('kind = "spherical"', 'kind = "round"', "structures", "kind"),
        ("size_m = [20, 20, 8]", "size_m = [20, 0, 8]", "size_m", "grid.size_m"),
        ('source = "rock of this kind"\n', "", "[density]", "missing"),
        ("recovery = 0.6", "recovery = 1.6", "Nd2O3 = { price", "recovery"),
        ("[cutoffs]", "[cutoff]", "[cutoff]", "no such setting"),
        ('length = "4 m"', 'length = "4 yards"', "length = ", "length"),
    ],
)
def test_a_wrong_setting_is_told_at_its_line(old: str, new: str, line: str, message: str) -> None:
    assert old in SECTIONS
    text = HEAD + SECTIONS.replace(old, new, 1)
    mapping, findings = read_mapping_text(text)
    assert mapping is None
    told = [one for one in findings if message in one.message]
    assert told, findings
    number = int(told[0].where.removeprefix("explore.toml:"))
    assert line in text.splitlines()[number - 1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[grid]\nsize_m = [20, 20, 8]\npoints = [2, 2, 2]\n", "", "needs .grid."),
        ("[variogram.all]", "[variogram.Dy2O3]", "no such analyte"),
        ("[variogram.all]", "[variogram.Nd2O3]", "variogram.Pr6O11"),
        ('analyte = "Nd2O3"\nrule', 'analyte = "Dy2O3"\nrule', "not estimated"),
        ("top_cuts_pct = { Nd2O3", "top_cuts_pct = { Dy2O3", "no such analyte"),
        ('domains = "hard"', 'domains = "hard"\nonly = ["oer"]', "oer"),
        ('domains = "hard"\n', "", "goes with"),
        (
            'domains = "hard"',
            'domains = "hard"\nsoft = [{ between = ["ore", "hst"], within_m = 4 }]',
            "hst",
        ),
        (
            "[variogram.all]",
            "[variogram.all.domain.oer]\nfit = { lag_m = 9 }\n[variogram.all]",
            "no such domain",
        ),
    ],
)
def test_sections_that_do_not_fit_the_holes_are_refused(old: str, new: str, message: str) -> None:
    assert old in SECTIONS
    with pytest.raises(InputError, match=message):
        modelled(SECTIONS.replace(old, new, 1))


def test_tonnes_need_a_density_and_cut_offs() -> None:
    made = modelled(SECTIONS[: SECTIONS.index("[density]")])
    assert np.isnan(made.tonnes).all()
    with pytest.raises(InputError, match="cut-offs"):
        made.tonnage()
    assert isinstance(made.sections, ModelSections)
