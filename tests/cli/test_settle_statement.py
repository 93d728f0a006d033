"""`oreline settle statement`, `compare` and `exposure` on plain files."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

EXAMPLES = Path(__file__).parents[1] / "settle"
CONTRACTS, PARCELS, PRICES = (EXAMPLES / name for name in ("contracts", "parcels", "prices"))


def words(name: str) -> list[object]:
    return ["--contract", CONTRACTS / f"{name}.toml", "--parcel", PARCELS / f"{name}.toml",
            "--prices", PRICES]  # fmt: skip


FINAL = ("--stage", "final", "--on", "2025-12-05")


@pytest.mark.parametrize("name", ["copper", "antimony", "rare-earths"])
@pytest.mark.parametrize("stage", ["provisional", "final"])
def test_three_products_settle(bare: Oreline, name: str, stage: str) -> None:
    call = bare(
        "settle", "statement", *words(name), "--stage", stage, "--on", "2025-12-05", "--json"
    )
    assert call.code == 0
    told = call.json["result"]["statement"]
    amounts = [Decimal(line["amount"]) for line in told["lines"]]
    assert Decimal(told["net_value"]) == sum(amounts)
    # The periods of all three have passed, so that the prices are final at either stage.
    assert told["status"] == ("SETTLED" if stage == "final" else "PROVISIONAL")
    assert all(line["clause"] for line in told["lines"])


def test_a_statement_shows_clause_formula_and_evidence(bare: Oreline) -> None:
    call = bare("settle", "statement", *words("copper"), *FINAL)
    shown = " ".join(call.out.split())
    for part in ("SETTLED", "8.1", "80 USD/dmt", "weighbridge tickets 2031 to 2034", "Due now",
                 "copper.toml:33", "A-TERMS-CU"):  # fmt: skip
        assert part in shown


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "pdf"])
def test_it_is_written_to_a_file_and_never_over_one(
    bare: Oreline, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"final.{suffix}"
    call = bare("settle", "statement", *words("copper"), *FINAL, "--export", out, "--json")
    assert call.code == 0
    amounts = [line["amount"] for line in call.json["result"]["statement"]["lines"]]
    if suffix == "csv":
        assert [row["amount"] for row in csv.DictReader(out.read_text().splitlines())] == amounts
    elif suffix == "parquet":
        assert pl.read_parquet(out)["amount"].to_list() == amounts
    elif suffix == "xlsx":
        assert pl.read_excel(out, sheet_name="Lines").height == len(amounts)
    else:
        assert out.read_bytes().startswith(b"%PDF")
    before = out.read_bytes()
    again = bare("settle", "statement", *words("copper"), *FINAL, "--export", out)
    assert again.code == 2
    assert "exists" in again.everything
    assert out.read_bytes() == before
    wrong = bare("settle", "statement", *words("copper"), "--export", tmp_path / "x.docx")
    assert wrong.code == 2


def test_not_settled_has_a_status_of_its_own_and_says_what_is_missing(
    bare: Oreline, tmp_path: Path
) -> None:
    call = bare("settle", "statement", "--parcel", PARCELS / "copper.toml", "--json")
    assert call.code == 5
    told = call.json
    assert (told["ok"], told["error"]["kind"], told["error"]["exit_code"]) == (
        False,
        "not_settled",
        5,
    )
    assert {one["where"] for one in told["result"]["statement"]["missing"]} >= {"weight", "prices"}
    early = bare("settle", "statement", *words("copper"), "--stage", "final", "--on", "2025-11-14")
    assert early.code == 5
    assert "NOT SETTLED" in early.out
    assert "What is missing" in early.out
    out = tmp_path / "draft.pdf"
    assert (
        bare("settle", "statement", "--parcel", PARCELS / "copper.toml", "--export", out).code == 5
    )
    assert out.read_bytes().startswith(b"%PDF")


def test_files_with_mistakes_are_told_at_once_and_nothing_is_written(
    bare: Oreline, tmp_path: Path
) -> None:
    shutil.copytree(PRICES, tmp_path / "prices")
    values = tmp_path / "prices" / "values.csv"
    values.write_text(values.read_text() + "lme-cu,2025-12-03,,\n")
    contract, parcel = tmp_path / "contract.toml", tmp_path / "parcel.toml"
    contract.write_text((CONTRACTS / "copper.toml").read_text().replace("80 USD/dmt", "80"))
    parcel.write_text((PARCELS / "copper.toml").read_text().replace("8.10 %", "810 %"))
    out = tmp_path / "x.pdf"
    given = ("--contract", contract, "--parcel", parcel, "--prices", tmp_path / "prices")
    call = bare("settle", "statement", *given, "--export", out, "--json")
    assert call.code == 1
    codes = [one["code"] for one in call.json["error"]["findings"]]
    assert codes == ["ORL-0804", "ORL-0820", "ORL-0816"]
    assert not out.exists()


def test_wrong_calls(bare: Oreline) -> None:
    other = ("--contract", CONTRACTS / "antimony.toml", "--parcel", PARCELS / "copper.toml")
    for more, told in (
        (other, "is under contract cu-1"),
        ((*words("copper"), "--on", "5 December"), "no day"),
        ((*words("copper"), "--paid-before", "ten"), "no amount"),
        ((*words("copper"), "--declared", "cu"), "no declaration"),
        ((*words("copper"), "--parcel", PARCELS / "copper.toml"), "one parcel"),
    ):
        call = bare("settle", "statement", *more)
        assert call.code == 2
        assert told in " ".join(call.everything.split())


def test_what_was_paid_before_is_taken_off(bare: Oreline) -> None:
    call = bare(
        "settle", "statement", *words("copper"), *FINAL, "--paid-before", "507188.88", "--json"
    )
    told = call.json["result"]["statement"]
    assert Decimal(told["due"]) == Decimal(told["net_value"]) - Decimal("507188.88")


def net(bare: Oreline, stage: str, day: str) -> Decimal:
    moment = ("--stage", stage, "--on", day)
    told = bare("settle", "statement", *words("copper"), *moment, "--json").json
    return Decimal(told["result"]["statement"]["net_value"])


def test_two_statements_are_compared_to_the_cent(bare: Oreline) -> None:
    moments = ("--from", "provisional@2025-10-10", "--to", "final@2025-12-05")
    call = bare("settle", "compare", *words("copper"), *moments, "--json")
    assert call.code == 0
    told = call.json["result"]
    assert [step["effect"] for step in told["steps"]] == ["weight", "assay", "price", "charge"]
    total = sum(Decimal(step["amount"]) for step in told["steps"])
    nets = [net(bare, "provisional", "2025-10-10"), net(bare, "final", "2025-12-05")]
    assert total == Decimal(told["difference"]) == nets[1] - nets[0]
    assert "sum" in bare("settle", "compare", *words("copper"), *moments).out
    bad = bare(
        "settle",
        "compare",
        *words("copper"),
        "--from",
        "early@2025-10-10",
        "--to",
        "final@2025-12-05",
    )
    assert bad.code == 2


def test_open_prices_by_metal_and_month(bare: Oreline, tmp_path: Path) -> None:
    given = ["--contract", CONTRACTS / "copper.toml", "--contract", CONTRACTS / "antimony.toml",
             "--parcel", PARCELS / "copper.toml", "--parcel", PARCELS / "antimony.toml",
             "--prices", PRICES]  # fmt: skip
    call = bare("settle", "exposure", *given, "--on", "2025-11-14", "--json")
    rows = {row["analyte"]: row for row in call.json["result"]["exposures"]}
    copper = rows["Cu"]
    # Half of the twenty days of November are published.
    assert Decimal(copper["unpriced_t"]) * 2 == Decimal(copper["payable_t"])
    assert copper["month"] == "2025-11"
    done = bare("settle", "exposure", *given, "--on", "2025-12-05")
    assert "every price is final" in done.out
    out = tmp_path / "open.csv"
    assert bare("settle", "exposure", *given, "--on", "2025-11-14", "--export", out).code == 0
    assert "lme-cu" in out.read_text()


def test_the_commands_of_the_page_run(bare: Oreline, monkeypatch: pytest.MonkeyPatch) -> None:
    page = EXAMPLES.parents[1] / "docs" / "reference" / "settle.md"
    lines = page.read_text("utf-8").partition("### On a ledger")[0].split("\n")
    commands = [line.removeprefix("$ oreline ") for line in lines if line.startswith("$ oreline ")]
    assert len(commands) == 4
    monkeypatch.chdir(EXAMPLES)
    for command in commands:
        assert bare(*command.split()).code == 0, command
