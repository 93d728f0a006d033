"""GeoPolRisk of a company: a country's own flows as its suppliers give that country's risk."""

from __future__ import annotations

import numpy as np
import pytest

from oreline.model import InputError
from oreline.stress import (
    COPPER_MIDPOINT,
    Importer,
    geopolrisk,
    shipped_risk_tables,
    supplier_mix,
)

HEAD = "material,country,quantity_t,value_usd\n"


@pytest.mark.parametrize(("mineral", "importer"), [("antimony", "USA"), ("nickel", "JPN")])
def test_the_imports_of_a_country_as_a_mix_give_its_risk(mineral: str, importer: str) -> None:
    tables, year = shipped_risk_tables(), 2022
    found = geopolrisk(tables, [Importer(importer, (importer,))], years=[year])
    at = next(n for n, one in enumerate(found.materials) if one.mineral == mineral)
    number = tables.materials.index(found.materials[at])
    own = tables.countries.index(importer)
    rows = (tables.cell == number * len(tables.years) + tables.years.index(year)) & (
        tables.importer == own
    )
    tonnes = np.bincount(tables.exporter[rows], tables.quantity_t[rows])
    value = np.bincount(tables.exporter[rows], tables.value_kusd[rows])
    text = HEAD
    for place in np.flatnonzero(tonnes):
        text += (
            f"{mineral},{tables.countries[place]},{tonnes[place]:.9f},{1e3 * value[place]:.6f}\n"
        )
    made = float(found.production_t[at, 0, 0])
    if made:
        text += f"{mineral},{importer},{made:.9f},\n"
    (mix,) = supplier_mix(tables, text.encode(), "mix.csv", home=importer, year=year).rows
    assert mix.supply_risk == pytest.approx(float(found.import_risk[at, 0, 0]), rel=1e-6)
    assert mix.score == pytest.approx(float(found.score[at, 0, 0]), rel=1e-6)
    if not made and not (tonnes == 0).any():
        assert mix.price_kusd_per_t == pytest.approx(float(found.price_kusd_per_t[at, 0, 0]))


def test_home_carries_no_risk_and_an_untold_price_is_unknown() -> None:
    tables = shipped_risk_tables()
    text = HEAD + "Sb,CHN,60,600000\nantimony,USA,40,400000\nNickel,IDN,5,\n"
    found = supplier_mix(tables, text.encode(), "mix.csv", home="USA")
    antimony, nickel = found.rows
    abroad = supplier_mix(tables, text.encode(), "mix.csv").rows[0]
    alone = supplier_mix(tables, (HEAD + "Sb,CHN,1,9\n").encode(), "mix.csv").rows[0]
    assert antimony.supply_risk == pytest.approx(0.6 * alone.supply_risk)
    assert abroad.supply_risk > antimony.supply_risk
    assert antimony.price_kusd_per_t == pytest.approx(10.0)
    assert antimony.factor == pytest.approx(antimony.score * 10 / COPPER_MIDPOINT)
    assert (nickel.factor, nickel.midpoint) == (None, None)
    assert any("UNKNOWN" in note for note in found.notes)


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("ORL-1223", ""),
        ("ORL-1224", "Kryptonite,CHN,1,\n"),
        ("ORL-1224", "Sb,Atlantis,1,\n"),
        ("ORL-1225", "Sb,CHN,0,\n"),
        ("ORL-1225", "Sb,CHN,1,-1\n"),
        ("ORL-1226", "Sb,CHN,1,\nantimony,China,1,\n"),
        ("ORL-0309", "Sb,CHN,,\n"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(code: str, rows: str) -> None:
    with pytest.raises(InputError) as told:
        supplier_mix(shipped_risk_tables(), (HEAD + rows).encode(), "mix.csv")
    assert code in {one.code for one in told.value.findings}


def test_everything_wrong_is_told_at_once() -> None:
    rows = "Kryptonite,CHN,1,\nSb,Atlantis,1,\nSb,CHN,-1,\n"
    with pytest.raises(InputError) as told:
        supplier_mix(shipped_risk_tables(), (HEAD + rows).encode(), "mix.csv")
    assert len(told.value.findings) == 3
    with pytest.raises(InputError, match="no figures of 1990"):
        supplier_mix(shipped_risk_tables(), (HEAD + "Sb,CHN,1,\n").encode(), "m", year=1990)
