"""Files of statistical offices: read as the shipped tables are, refused whole with all problems."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from oreline.exchange import (
    ImportedTables,
    PublishedFile,
    import_published,
    read_tables,
    with_imported,
    write_tables,
)
from oreline.model import InputError, Severity
from oreline.reference import source, table, using_tables

PLACES = (
    "country_code,country_name,country_iso2,country_iso3\n4,Afghanistan,AF,AFG\n156,China,CN,CHN\n"
    '842,USA,US,USA\n490,"Other Asia, nes",S19,S19\n'
)


def of(name: str, text: str | bytes) -> PublishedFile:
    return PublishedFile(name, text if isinstance(text, bytes) else text.encode())


def collected(folder: Path, name: str, called: str = "") -> PublishedFile:
    data = (folder / "facts" / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    return PublishedFile(called or Path(name).name, data)


def sheets(**tables: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for title, rows in tables.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


def codes(found: ImportedTables) -> list[str]:
    return [one.code for one in found.findings if one.severity is Severity.FATAL]


def as_shipped(found: ImportedTables, name: str, part: pl.Expr, *but: str) -> None:
    """Assert that an import gives the rows of a shipped table, in any order."""
    assert codes(found) == []
    shipped = table(name).filter(part).drop("source", *but)
    ours = found.frames[name].drop("source", *but)
    assert ours.columns == shipped.columns
    key = [column for column in shipped.columns if shipped[column].dtype == pl.String]
    key += [column for column in ("year", "line") if column in shipped.columns]
    assert ours.sort(key).equals(shipped.sort(key))


def test_shares_of_the_commission_are_those_shipped(shared_dir: Path) -> None:
    found = import_published(
        "eu-crm",
        [
            collected(shared_dir, "risk/eu_crm_2023_global_supply_shares_t.csv"),
            collected(shared_dir, "risk/eu_crm_2023_eu_sourcing_shares_t.csv"),
            collected(shared_dir, "risk/eu_crm_sr_ei_2011_2023.csv"),
        ],
    )
    as_shipped(found, "eu_supply", pl.lit(value=True))
    as_shipped(found, "eu_results", pl.lit(value=True), "vintage")
    assert {one.code for one in found.findings} == {"ORL-1208", "ORL-1209"}


def test_the_use_that_stands_twice_is_found(shared_dir: Path) -> None:
    file = collected(shared_dir, "risk/eu_crm_2023_use_shares_va.csv")
    found = import_published("eu-crm", [file])
    assert codes(found) == ["ORL-1205", "ORL-1201"]
    assert "Magnesium): shares sum to 113 %" in str(found.findings[-1])


def test_world_mining_is_that_shipped(shared_dir: Path) -> None:
    file = collected(shared_dir, "risk/wmd_production_by_country_2018_2024.csv")
    found = import_published("wmd", [file])
    as_shipped(found, "world_mining", pl.lit(value=True), "vintage")


def test_editions_of_the_summaries_are_those_shipped(shared_dir: Path) -> None:
    old = import_published("mcs", [collected(shared_dir, "production/usgs_mcs2025_world_data.csv")])
    as_shipped(old, "production", pl.col("vintage") == 2025)
    new = import_published("mcs", [collected(shared_dir, "production/usgs_mcs2026_long.csv")])
    as_shipped(new, "production", pl.col("vintage") == 2026)
    as_shipped(new, "us_salient", pl.col("vintage") == 2026)
    as_shipped(new, "import_sources", pl.lit(value=True))


def test_input_output_tables_are_those_shipped(shared_dir: Path) -> None:
    names = ("use_after_redef_pro", "make_after_redef", "import")
    files = [collected(shared_dir, f"risk/bea_summary_2023_{name}_MUSD.csv") for name in names]
    found = import_published("bea", files)
    for name in ("use_71", "make_71", "import_71"):
        as_shipped(found, name, pl.lit(value=True))


def test_flows_of_a_year_with_its_country_codes() -> None:
    flows = (
        "t,i,j,k,v,q\n2024,4,842,261710,12.5,3.1\n2024,156,842,811010,1000,NA\n"
        "2024,490,842,850511,10,1\n2024,1,842,010121,10,1\n"
    )
    files = [of("BACI_HS17_Y2024_V202601.csv", flows), of("country_codes_V202601.csv", PLACES)]
    found = import_published("baci", files)
    assert codes(found) == []
    frame = found.frames["trade_flows"]
    assert frame["exporter"].to_list() == ["AFG", "CHN", "TWN"]
    assert frame["quantity_t"].to_list() == [3.1, None, 1.0]
    assert set(frame["edition"]) == {"HS17"}
    assert set(frame["vintage"]) == {2026}
    one = import_published("baci", files, codes=["811010"])
    assert one.frames["trade_flows"].height == 1


def test_mining_in_a_workbook_with_a_title_above() -> None:
    head: list[object] = ["Country", "unit", 2023, 2024, "data source"]
    data = sheets(
        Antimony=[
            ["Antimony"], head, ["China", "metr. t", 40000, 60000, "e"],
            ["Tajikistan", "metr. t", 21000, None, "r"], ["Total", "metr. t", 61000, 60000, ""],
            ["r = reported figures"],
        ],
        Gallium=[["Gallium"], head, ["China", "kg", 600000, 700000, "e"]],
    )  # fmt: skip
    found = import_published("wmd", [of("WMD2026.xlsx", data)])
    assert codes(found) == []
    frame = found.frames["world_mining"]
    assert set(frame["mineral"]) == {"antimony", "gallium"}
    blank = frame.filter(iso3="TJK", year=2024)
    assert (blank["value"].item(), blank["flag"].item()) == (None, "blank")
    assert frame.filter(scope="world", mineral="antimony")["value"].sum() == 121000


def test_governance_long_and_wide() -> None:
    head = "countryname,code,year,indicator,estimate\n"
    rows = "".join(
        f"Pakistan,PAK,2024,{name},{value}\n"
        for name, value in zip(("va", "pv", "ge", "rq", "rl", "cc"), range(6), strict=True)
        if value < 4
    )
    short = import_published("wgi", [of("wgidataset_2025.csv", head + rows)])
    assert short.frames["governance"]["indicator"].to_list() == ["pv"]
    rows = "".join(
        f"Pakistan,PAK,2024,{name},{-value / 10}\n"
        for name, value in zip(("va", "pv", "ge", "rq", "rl", "cc"), range(6), strict=True)
    )
    whole = import_published("wgi", [of("wgidataset_2025.csv", head + rows)])
    frame = whole.frames["governance"]
    assert frame.filter(indicator="pv")["estimate"].item() == -0.1
    assert frame.filter(indicator="mean6")["estimate"].item() == pytest.approx(-0.25)
    wide = (
        "Country Name,Country Code,Series Name,Series Code,2023 [YR2023],2024 [YR2024]\n"
        "Pakistan,PAK,Political Stability: Estimate,PV.EST,-1.9,..\n"
        "China,CHN,Political Stability: Estimate,PV.EST,-0.5,-0.4\n"
    )
    found = import_published("wgi", [of("databank_2025.csv", wide)])
    assert found.frames["governance"]["estimate"].to_list() == [-1.9, None, -0.5, -0.4]


def test_a_use_table_in_a_workbook_of_the_bureau() -> None:
    names = table("industries_71")["code"].to_list()
    title = ["The Use of Commodities by Industries (Millions of dollars)"]
    rows: list[list[object]] = [title, ["2023"], ["", "", *["name"] * len(names)],
                                ["Code", "Commodities", *names]]  # fmt: skip
    rows += [[code, "words 1", *[2 if code == other else "---" for other in names]]
             for code in names]  # fmt: skip
    rows += [["V001", "Compensation", *[5] * len(names)],
             ["T018", "", *[""] * len(names)],
             ["Total Industry Output", "", *[7] * len(names)]]  # fmt: skip
    found = import_published("bea", [of("IOUse_2023_Summary.xlsx", sheets(**{"2023": rows}))])
    assert codes(found) == []
    assert found.frames["use_71"]["value_musd"].sum() == (2 + 5 + 7) * len(names)
    rows[-1][2] = 9999
    wrong = import_published("bea", [of("IOUse_2023_Summary.xlsx", sheets(**{"2023": rows}))])
    assert codes(wrong) == ["ORL-1201"]
    assert "use_71" in str(wrong.findings[0])


def test_every_problem_is_told_at_once_and_nothing_is_given() -> None:
    flows = (
        "t,i,j,k,v,q\n2024,4,842,261710,-12.5,3.1\n2024,999,842,811010,1000,x\n"
        "2024,156,842,850511,10,1\n2024,156,842,850511,11,1\nx,156,4,850511,10,1\n"
    )
    found = import_published(
        "baci", [of("BACI_HS17_Y2024_V202601.csv", flows), of("country_codes.csv", PLACES)]
    )
    assert set(codes(found)) == {"ORL-1202", "ORL-1203", "ORL-1204", "ORL-1205", "ORL-1207"}
    assert all("trade_flows" in one.where for one in found.findings)
    assert found.frames == {}


BAD = {
    "ORL-1200": ("wmd", "wgi_2025.csv", "a,b\n1,2\n"),
    "ORL-1201": (
        "eu-crm", "global_2023.csv",
        "Material,Stage,Country,Share,t\nTin,E,China,80%,1.0\nTin,E,Peru,40%,1.0\n",
    ),
    "ORL-1202": (
        "wmd", "wmd_2026.csv", "mineral,Country,2024,unit,data_source\nTin,Atlantis,5,metr. t,r\n",
    ),
    "ORL-1203": (
        "wmd", "wmd_2026.csv",
        "mineral,Country,2023,2024,unit,data_source\nTin,Peru,5,,metr. t,r\n",
    ),
    "ORL-1204": (
        "wmd", "wmd_2026.csv", "mineral,Country,2024,unit,data_source\nTin,Peru,-5,metr. t,r\n",
    ),
    "ORL-1205": (
        "eu-crm", "results_2023.csv", "Material,Year,SR,EI\nTin,2023,0.9,4.5\nTin,2023,0.8,4.5\n",
    ),
    "ORL-1206": (
        "wmd", "wmd_2026.csv", "mineral,Country,2024,unit,data_source\nTin,Peru,5,sh. t,r\n",
    ),
    "ORL-1207": (
        "wgi", "wgidataset_2025.csv",
        "countryname,code,year,indicator,estimate\nPeru,PER,2024,pv,high\n",
    ),
    "ORL-1210": (
        "wmd", "data.csv", "mineral,Country,2024,unit,data_source\nTin,Peru,5,metr. t,r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(BAD))
def test_the_smallest_bad_file_of_each_code(code: str) -> None:
    name, file, text = BAD[code]
    found = import_published(name, [of(file, text)])
    assert codes(found) == [code]
    assert found.is_refused


def test_what_is_imported_takes_the_place_of_its_part_only(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    text = "Material,Year,SR,EI\nTin,2023,1.4,4.5\n"
    write_tables(folder, import_published("eu-crm", [of("results_2023.csv", text)]))
    held = read_tables(folder)
    results = held.frames["eu_results"]
    assert results.filter(year=2023).height == 1
    assert results.filter(year=2020).height == table("eu_results").filter(year=2020).height
    with using_tables(held):
        assert source("own-eu-crm-2023").publisher == "European Commission"
        assert "SHA-256" in source("own-eu-crm-2023").citation
        again = import_published("eu-crm", [of("results_2026.csv", text.replace("2023", "2026"))])
        assert set(with_imported(again)["eu_results"]["year"]) >= {2020, 2023, 2026}
    write_tables(folder, again)
    assert set(read_tables(folder).frames["eu_results"]["year"]) >= {2020, 2023, 2026}
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


def test_a_refused_import_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    name, file, text = BAD["ORL-1204"]
    with pytest.raises(InputError, match="nothing is written"):
        write_tables(folder, import_published(name, [of(file, text)]))
    assert not folder.exists()


def test_a_folder_that_holds_no_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder"):
        read_tables(tmp_path / "none")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "recycling.csv").write_text("mineral\ntin\n")
    with pytest.raises(InputError, match=r"notes.txt is no table.*recycling.csv lacks"):
        read_tables(tmp_path)


def test_a_table_written_by_hand_is_read(tmp_path: Path) -> None:
    mine = table("recycling").filter(mineral="copper", year=2023)
    mine.with_columns(pl.lit(40.0).alias("eol_rir_pct")).write_csv(tmp_path / "recycling.csv")
    with using_tables(read_tables(tmp_path)):
        assert table("recycling")["eol_rir_pct"].to_list() == [40.0]


@pytest.mark.parametrize(
    ("name", "files", "what"),
    [
        ("iea", [of("x_2026.csv", "a")], "no importer"),
        ("wmd", [], "at least one file"),
    ],
)
def test_wrong_calls_are_refused(name: str, files: list[PublishedFile], what: str) -> None:
    with pytest.raises(InputError, match=what):
        import_published(name, files)
    with pytest.raises(InputError, match="six digits"):
        import_published("baci", [of("x", "y")], codes=["26"])
