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
