"""`oreline settle check`: contracts and prices, all that is wrong with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

from called import Oreline

EXAMPLES = Path(__file__).parents[1] / "settle"


def test_good_contracts_and_prices(bare: Oreline) -> None:
    call = bare("settle", "check", EXAMPLES)
    assert call.code == 0
    assert "cu-1" in call.out
    assert "lme-cu" in call.out
    one = bare("settle", "check", EXAMPLES / "contracts" / "copper.toml", "--json").json
    assert one["result"]["contracts"] == [{"file": "copper.toml", "id": "cu-1"}]


def test_what_is_wrong_is_told_and_the_status_says_so(bare: Oreline, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "contracts", tmp_path / "contracts")
    shutil.copytree(EXAMPLES / "prices", tmp_path / "prices")
    copper = tmp_path / "contracts" / "copper.toml"
    copper.write_text(copper.read_text().replace("80 USD/dmt", "80 USD/lb"))
    values = tmp_path / "prices" / "values.csv"
    values.write_text(values.read_text() + "lme-cu,2025-12-25,9000,\n")
    call = bare("settle", "check", tmp_path)
    assert call.code == 1
    assert "contracts/copper.toml:" in call.out
    assert "ORL-0817" in call.out
    told = bare("settle", "check", tmp_path, "--json").json
    assert told["ok"] is False
    assert {one["code"] for one in told["error"]["findings"]} == {"ORL-0804", "ORL-0817"}
    assert [one["id"] for one in told["result"]["contracts"]] == ["sb-1", "ree-1"]


def test_a_place_with_nothing_to_check(bare: Oreline, tmp_path: Path) -> None:
    assert bare("settle", "check", tmp_path).code == 2
    assert bare("settle", "check", tmp_path / "none.toml").code == 1


def test_a_chain_folder_is_checked_with_its_contracts_and_prices(
    bare: Oreline, tmp_path: Path
) -> None:
    assert bare("init", tmp_path / "chain").code == 0
    chain = tmp_path / "chain"
    parties = "id,name,country,basis,source\nfwo,FWO,PK,reported,x\nussm,USSM,US,reported,x\n"
    (chain / "parties.csv").write_text(parties)
    for kind in ("contracts", "prices"):
        shutil.copytree(EXAMPLES / kind, chain / kind, dirs_exist_ok=True)
        for file in (chain / kind).iterdir():
            file.write_text(
                file.read_text().replace("assumed", "reported").replace("A-TERMS-", "paper ")
            )
    good = bare("check", chain, "--json")
    assert good.code == 0, good.out
    told = good.json["result"]
    assert sorted(told["contracts"]) == ["cu-1", "ree-1", "sb-1"]
    assert "lme-cu" in told["series"]

    copper = chain / "contracts" / "copper.toml"
    text = copper.read_text()
    copper.write_text(text.replace("80 USD/dmt", "80 USD/lb").replace('seller = "fwo"\n', ""))
    (chain / "contracts" / "torn.toml").write_text("x")
    values = chain / "prices" / "values.csv"
    values.write_text(values.read_text() + "lme-cu,2025-10-01,10300,\nlme-cu,2026-01-02,-1,\n")
    bad = bare("check", chain, "--json")
    assert bad.code == 1
    found = [(one["code"], one["where"]) for one in bad.json["error"]["findings"]]
    assert len({where for _, where in found}) == len(found)
    assert [code for code, where in found if where.startswith("contracts/torn")] == ["ORL-0800"]
    assert {code for code, where in found if where.startswith("contracts/copper")} == {
        "ORL-0802",
        "ORL-0804",
    }
    assert [code for code, where in found if where.startswith("prices/")] == [
        "ORL-0311",
        "ORL-0816",
    ]
    shown = bare("check", chain).out
    assert "cannot be imported" in shown
    assert "can be used for settlement" in shown
