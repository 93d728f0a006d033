"""The tables as a whole: keys, sources, licences, size, and that the script writes them again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from oreline.reference import (
    FLAGS,
    Tables,
    UnknownSourceError,
    UnknownTableError,
    countries,
    kept_by_tables,
    source,
    sources,
    table,
    table_names,
    using_tables,
)

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "oreline" / "reference" / "data"
PASSED_ON = {
    "public-domain", "CC0-1.0", "CC-BY-4.0", "ODC-PDDL-1.0", "MIT", "Apache-2.0", "facts",
    "etalab-2.0", "attribution",
}  # fmt: skip

KEYS = {
    "agencies": ["agency", "name"],
    "companies": ["id"],
    "company_ids": ["company", "scheme"],
    "countries": ["alpha3"],
    "country_aliases": ["alias"],
    "critical_lists": ["jurisdiction", "list", "mineral"],
    "deposits": ["dataset", "record_id"],
    "eu_2017_inputs": ["material"],
    "eu_results": ["material", "year"],
    "eu_supply": ["material", "stage", "scope", "area"],
    "eu_uses": ["line"],
    "exchanges": ["mic"],
    "facilities": ["id"],
    "geopolrisk_codes": ["sheet"],
    "governance": ["area", "year", "indicator"],
    "hs": ["code"],
    "hs_minerals": ["mineral", "stage", "code", "source"],
    "import_71": ["row", "col"],
    "industries_402": ["code"],
    "industries_71": ["code"],
    "import_sources": ["mineral", "detail", "area", "vintage"],
    "listings": ["company", "mic"],
    "make_402": ["row", "col"],
    "make_71": ["row", "col"],
    "pakistan_deposits": ["id"],
    "ports": ["wpi_number", "name", "lon"],
    "price_copper_monthly": ["month"],
    "prices_annual": ["product", "year", "vintage"],
    "process_cost_accounts": ["account"],
    "production": [
        "mineral", "measure", "detail", "area", "note", "unit", "year", "vintage",
    ],
    "quoted_figures": ["mineral", "iso3", "year", "measure", "detail", "source"],
    "recycling": ["material", "year"],
    "ree_distribution": ["source_mineral", "location", "element"],
    "sea_routes": ["origin", "destination", "scenario"],
    "sources": ["id"],
    "stage_shares": ["mineral", "stage", "source", "detail", "area"],
    "trade_flows": ["edition", "hs", "year", "exporter", "importer"],
    "us_gdp_effects": ["commodity"],
    "us_lists": ["mineral", "list"],
    "us_salient": ["mineral", "measure", "detail", "unit", "year", "vintage", "line"],
    "use_402": ["row", "col"],
    "use_71": ["row", "col"],
    "world_gdp": ["area", "year"],
    "world_mining": ["material", "area", "year"],
}  # fmt: skip


def test_every_table_has_a_key_here() -> None:
    assert set(table_names()) == set(KEYS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_keys_are_unique(name: str) -> None:
    frame = table(name)
    assert frame.height > 0
    repeated = frame.filter(frame.select(KEYS[name]).is_duplicated())
    assert repeated.is_empty(), repeated.select(KEYS[name])


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_row_names_a_known_source(name: str) -> None:
    named = set(table(name)["source"])
    assert named <= {entry.id for entry in sources()}
    assert all(name in source(entry).tables for entry in named)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_countries_are_countries(name: str) -> None:
    frame = table(name)
    if "iso3" in frame.columns:
        assert set(frame["iso3"]) - {""} <= {place.alpha3 for place in countries()}


def test_cells_are_flagged_consistently() -> None:
    for name in ("production", "us_salient", "import_sources", "ree_distribution"):
        frame = table(name)
        assert set(frame["flag"]) <= set(FLAGS), name
        plain = frame["flag"].is_in(["", "dash"])
        assert (frame["value"].is_not_null() == plain).all(), name
        assert (frame.filter(flag="dash")["value"] == 0).all(), name
        assert (frame.filter(pl.col("value") == 0)["text"].is_in(["0", "0.0", "\u2014"])).all(), (
            name
        )


@pytest.mark.parametrize("name", ["eu_supply", "eu_uses", "stage_shares"])
def test_a_bound_or_a_withheld_figure_has_no_share(name: str) -> None:
    frame = table(name)
    plain = frame["flag"].is_in(["", "dash"])
    assert (frame["share"].is_not_null() == plain).all()
    assert frame["share"].drop_nulls().is_between(0, 1).all()
    assert set(frame.filter(~plain)["flag"]) <= set(FLAGS)


def test_tables_that_are_packed_are_read_like_the_others() -> None:
    flows = table("trade_flows")
    assert flows.schema["value_kusd"] == pl.Float64
    assert flows.schema["year"] == pl.Int64
    assert set(flows["hs"].str.len_chars()) == {6}
    blank = table("world_mining").filter(flag="blank")
    assert blank["value"].is_null().all()
    assert not blank.is_empty()


def test_the_lists_of_the_united_states_have_their_sizes_and_reasons() -> None:
    lists = table("us_lists")
    members = lists.filter("member").group_by("list").agg(pl.col("entry").n_unique())
    assert dict(members.iter_rows()) == {
        "2018": 35, "2022": 50, "draft 2025": 54, "final 2025": 60,
    }  # fmt: skip
    wide = lists.pivot(on="list", index="mineral", values="member")
    changed = wide.filter(pl.col("final 2025") & ~pl.col("2022"))["mineral"].to_list()
    assert sorted(changed) == [
        "boron", "coking coal", "copper", "lead", "phosphate rock", "potash", "rhenium", "silicon",
        "silver", "uranium",
    ]  # fmt: skip
    new = lists.filter(pl.col("mineral").is_in(changed), pl.col("list") == "final 2025")
    assert new["reason"].str.contains("added").all()


def test_positions_are_on_the_globe() -> None:
    for name in table_names():
        frame = table(name)
        if "lat" in frame.columns:
            assert frame["lat"].is_between(-90, 90).all(), name
            assert frame["lon"].is_between(-180, 180).all(), name


def test_only_free_data_is_passed_on() -> None:
    assert {entry.licence for entry in sources()} <= PASSED_ON


def test_of_quoted_works_no_table_is_passed_on() -> None:
    for entry in sources():
        if entry.id.startswith("quoted-"):
            assert entry.tables == ("quoted_figures",)
    assert table("quoted_figures").height < 20


def test_every_source_is_credited() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    page = (ROOT / "docs" / "reference" / "data-sources.md").read_text("utf-8")
    assert notice.splitlines()[0] == "oreline"
    for entry in sources():
        assert all((entry.title, entry.publisher, entry.attribution))
        assert entry.title in notice
        assert entry.attribution in notice
        assert f"`{entry.id}`" in page
        assert entry.trap in page


def test_the_basis_of_the_critical_lists_is_kept() -> None:
    lists = table("critical_lists")
    assert set(lists["basis"]) == {"verified", "derived", "from memory"}
    final = lists.filter(jurisdiction="US", vintage=2025)
    assert final.height == 60
    assert {"antimony", "copper", "neodymium", "praseodymium"} <= set(final["mineral"])
    strategic = lists.filter(pl.col("list").str.contains("strategic"), jurisdiction="EU")
    assert "antimony" not in set(strategic["mineral"])


def test_the_data_stay_small() -> None:
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 7_000_000


def test_wrong_names_are_refused() -> None:
    with pytest.raises(UnknownTableError, match="production"):
        table("productions")
    with pytest.raises(UnknownSourceError):
        source("nobody")


def test_nothing_is_read_on_import() -> None:
    code = (
        "import oreline.reference\n"
        "from oreline.reference import _tables\n"
        "assert _tables.tables_in_use().kept == {}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def same_table(name: str, content: bytes) -> bool:
    """Compare with what is shipped; another version of Polars packs the same rows otherwise."""
    shipped = (DATA / name).read_bytes()
    if name.endswith(".parquet"):
        return pl.read_parquet(content).equals(pl.read_parquet(shipped))
    return content == shipped


@pytest.mark.slow
def test_the_script_writes_the_same_bytes(shared_dir: Path, tmp_path: Path) -> None:
    page, notice = tmp_path / "page.md", tmp_path / "NOTICE"
    script = ROOT / "scripts" / "build_reference.py"
    options = ["--data", tmp_path / "data", "--docs", page, "--notice", notice]
    command = [sys.executable, script, shared_dir / "facts", *options]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    written = {file.name: file.read_bytes() for file in (tmp_path / "data").iterdir()}
    assert written.keys() == {file.name for file in DATA.iterdir()}
    differing = [name for name, content in written.items() if not same_table(name, content)]
    assert not differing
    assert page.read_bytes() == (ROOT / "docs" / "reference" / "data-sources.md").read_bytes()
    assert notice.read_bytes() == (ROOT / "NOTICE").read_bytes()


def test_plain_numbers_agree_with_the_collected_ones(shared_dir: Path) -> None:
    # The collected file has a column of numbers parsed by another program.
    collected = pl.read_csv(
        shared_dir / "facts" / "production" / "usgs_mcs2026_long.csv", infer_schema=False
    ).with_row_index("line", offset=2)
    ours = pl.concat(
        table(name).filter(vintage=2026, flag="").select("line", "value", "text")
        for name in ("production", "us_salient")
    )
    both = ours.join(collected.with_columns(pl.col("line").cast(pl.Int64)), on="line")
    assert both.height == ours.height > 6000
    assert (both["value"] == both["value_right"].cast(pl.Float64)).all()
    assert (both["text"] == both["value_raw"]).all()


def test_annual_prices_agree_with_the_collected_ones(shared_dir: Path) -> None:
    # Collected by another program, with its own conversion to dollars per metric ton.
    file = shared_dir / "facts" / "prices" / "usgs_annual_prices_sb_cu_ree_2017_2025_vintages.csv"
    collected = pl.read_csv(file).with_columns(
        pl.col("vintage").str.extract(r"(\d{4})").cast(pl.Int64)
    )
    key = ["product", "year", "vintage"]
    both = collected.join(table("prices_annual").drop("unit"), on=key, suffix="_ours")
    assert both.height == collected.height
    assert (both["value"] == both["value_ours"]).all()
    assert ((both["usd_per_t"] - both["usd_per_t_ours"]).abs() <= 1).all()


def test_a_table_may_be_changed_by_the_caller() -> None:
    frame = table("hs")
    frame.insert_column(0, pl.lit("x").alias("mine"))
    assert "mine" not in table("hs").columns


def test_tables_of_a_user_are_read_in_the_place_of_shipped_ones() -> None:
    own = table("world_gdp").filter(iso3="PAK")
    more = table("sources").filter(id="wmd-2024").with_columns(pl.lit("mine").alias("id"))
    with using_tables(Tables({"world_gdp": own, "sources": more})):
        assert set(table("world_gdp")["iso3"]) == {"PAK"}
        assert table("recycling").height > 0
        assert source("mine").publisher
        with pytest.raises(UnknownSourceError):
            source("usgs-mcs-2026")
    assert table("world_gdp").height > own.height
    assert source("usgs-mcs-2026").id == "usgs-mcs-2026"


def test_what_is_kept_is_kept_with_its_tables() -> None:
    @kept_by_tables
    def rows(name: str) -> int:
        return table(name).height

    assert rows("recycling") == table("recycling").height
    with using_tables(Tables({"recycling": table("recycling").clear()})):
        assert rows("recycling") == 0
    assert rows("recycling") > 0
