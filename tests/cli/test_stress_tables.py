"""A publisher's file read in, and another answer of a command: one test for each importer."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

from oreline.reference import table

sys.path.append(str(Path(__file__).parents[1] / "stress" / "support"))
from disruption_cases import TEXT

FEW = ("--scenarios", 2_000, "--sets", 0, "--json")


def _taken(bare: Oreline, source: str, file: Path) -> Path:
    folder = file.parent / "tables"
    done = bare("stress", "import", source, file, "--into", folder)
    assert done.code == 0, done.everything
    return folder


def _antimony(bare: Oreline, *more: object) -> dict[str, float]:
    asked = ("stress", "geopolrisk", "--year", 2024, "--material", "Sb", *more, "--json")
    return dict(bare(*asked).json["result"]["rows"][0])


def test_flows_of_baci_change_the_risk_of_imports(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "BACI_HS92_Y2024_V202601.csv"
    file.write_text("t,i,j,k,v,q\n2024,586,842,261710,900,100\n2024,36,842,261710,100,100\n")
    before = _antimony(bare)
    after = _antimony(bare, "--tables", _taken(bare, "baci", file))
    governance = table("governance").filter(indicator="pv", year=2024)
    pakistan, australia = (
        0.5 - 0.2 * governance.filter(iso3=code)["estimate"].item() for code in ("PAK", "AUS")
    )
    expected = (pakistan + max(australia, 0.0)) * 100 / (200 + after["production_t"])
    assert after["import_risk"] == pytest.approx(expected, rel=1e-6)
    assert after["price_kusd_per_t"] == pytest.approx(5.0)
    assert after["hhi"] == before["hhi"]
    assert after["import_risk"] != before["import_risk"]


def test_figures_of_mining_change_its_concentration(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "wmd_2026.csv"
    file.write_text(
        "mineral,Country,2024,unit,data_source\nAntimony,China,300,metr. t,r\n"
        "Antimony,Tajikistan,100,metr. t,r\n"
    )
    found = _antimony(bare, "--tables", _taken(bare, "wmd", file))
    assert found["hhi"] == pytest.approx((0.75**2) + (0.25**2))


def test_estimates_of_governance_change_who_is_unstable(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "wgidataset_2026.csv"
    countries = [one for one in table("governance")["iso3"].unique() if one]
    rows = "".join(f"{code},{code},2024,pv,1.5\n" for code in countries)
    file.write_text("countryname,code,year,indicator,estimate\n" + rows)
    found = _antimony(bare, "--tables", _taken(bare, "wgi", file))
    told = found["imports_t"] / (found["imports_t"] + found["production_t"])
    sure = found["import_risk"] / told
    # An instability of 0.2 for all with an estimate, 0.5 for the others.
    assert sure == pytest.approx(0.2 + 0.3 * found["without_estimate"], rel=1e-6)


def test_accounts_of_bea_change_what_a_cut_loses(bare: Oreline, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(TEXT)
    used = table("use_71").filter(~pl.col("row").is_in(["T008", "Total Industry Output"]))
    is_added = pl.col("row").str.starts_with("V0")
    doubled = used.with_columns(pl.col("value_musd") * pl.when(is_added).then(2.0).otherwise(1.0))
    wide = doubled.pivot("col", index="row", values="value_musd").rename({"row": "rownames"})
    file = tmp_path / "use_after_redef_2023.csv"
    wide.write_csv(file)
    folder = _taken(bare, "bea", file)
    before, after = (
        bare("stress", "disrupt", scenario, *own, *FEW).json["result"]
        for own in ((), ("--tables", folder))
    )
    cut = "consumers cut output"
    assert after["terms_musd"][cut] == pytest.approx(2 * before["terms_musd"][cut], rel=1e-6)
    assert any("own-bea-2023" in one for one in after["sources"])


def test_shares_of_the_commission_change_the_benchmarks(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "eu_sourcing_2023.csv"
    file.write_text("Material,Stage,Country,Share,t\nMagnesium,P,Norway,55%,1.0\n"
                    "Magnesium,P,Spain,45%,1.0\n")  # fmt: skip
    folder = _taken(bare, "eu-crm", file)
    before, after = (
        bare("stress", "crma", "magnesium", *own, "--json").json["result"]["rows"][0]["tests"]
        for own in ((), ("--tables", folder))
    )
    told = [
        {(one["benchmark"], one["stage"]): (one["verdict"], one["country"]) for one in tests}
        for tests in (before, after)
    ]
    key = ("one third country", "processing")
    assert (told[0][key], told[1][key]) == (("FAIL", "CHN"), ("PASS", "NOR"))
    assert told[1]["own share", "processing"][0] == "PASS"


def test_flows_of_baci_tell_the_routes_of_a_disruption(bare: Oreline, tmp_path: Path) -> None:
    file = tmp_path / "BACI_HS17_Y2024_V202601.csv"
    file.write_text("t,i,j,k,v,q\n2024,36,156,261710,400,400\n")
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(TEXT)
    asked = ("stress", "disrupt", scenario, "--trade-of", "mine=261710:0.5", *FEW)
    shipped = bare(*asked).json["result"]["china_touched"]
    own = bare(*asked, "--tables", _taken(bare, "baci", file)).json["result"]["china_touched"]
    named = bare(*asked, "--trade", file).json["result"]["china_touched"]
    assert own == named
    assert shipped != own
    (step,) = own["steps"]
    assert step["stage"] == "mine"
    free = bare("stress", "disrupt", scenario, *FEW)
    assert free.json["result"]["china_touched"]["given"] is None
    assert "no routes are given" in bare("stress", "disrupt", scenario, *FEW[:-1]).everything


def test_a_companys_suppliers_in_the_place_of_imports(bare: Oreline, tmp_path: Path) -> None:
    file, target = tmp_path / "mix.csv", tmp_path / "out.csv"
    file.write_text("material,country,quantity_t,value_usd\nSb,China,60,600000\nSb,USA,40,400000\n")
    asked = ("stress", "geopolrisk", "--mix", file, "--home", "USA", "--year", 2024)
    found = bare(*asked, "--json", "--export", target).json["result"]
    (row,) = found["rows"]
    assert row["home"] == pytest.approx(0.4)
    assert pl.read_csv(target)["score"].item() == pytest.approx(row["score"])
    shown = bare(*asked).everything
    assert "CHN 60%" in shown
    file.write_text("material,country,quantity_t\nSb,Atlantis,60\nSb,China,-1\n")
    refused = bare(*asked)
    assert refused.code != 0
    assert "ORL-1224" in refused.everything
    assert "ORL-1225" in refused.everything
    assert bare("stress", "geopolrisk", "--home", "USA").code != 0
