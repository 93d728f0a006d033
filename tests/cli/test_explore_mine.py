"""From drill holes to the mill's feed by command: pit, phases and years."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
SET = ("--set", "illus-carbonatite")


def test_holes_become_a_yearly_feed(bare: Oreline, tmp_path: Path) -> None:
    target = tmp_path / "feed.csv"
    call = bare("explore", "mine", EXAMPLE, *SET, "--export", target)
    assert call.code == 0, call.everything
    assert "TREO alone pays from" in call.out
    assert "no" in call.out
    assert "Competent" in call.out
    years = pl.read_csv(target)
    result = bare("explore", "mine", EXAMPLE, *SET, "--json").json["result"]
    assert years["ore_t"].sum() == pytest.approx(result["ore_t"])
    assert years["ore_t"].max() <= 160_000 * (1 + 1e-9)
    assert result["value"] > 0
    assert result["gap"] < result["value"] / 1000
    assert [phase["revenue_factor"] for phase in result["phases"]] == sorted(
        phase["revenue_factor"] for phase in result["phases"]
    )


def test_a_lower_price_leaves_ore_in_the_ground(bare: Oreline, tmp_path: Path) -> None:
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLE / "drillholes", folder / "drillholes")
    file = folder / "drillholes" / "illus-carbonatite" / "explore.toml"
    text = file.read_text("utf-8")
    assert "price_per_t = 14000" in text
    file.write_text(text.replace("price_per_t = 14000", "price_per_t = 9000"))
    first, second = (
        bare("explore", "mine", place, *SET, "--json").json["result"] for place in (EXAMPLE, folder)
    )
    assert second["ore_t"] < first["ore_t"]
    assert second["cut_offs"][0]["mill_pct"] == pytest.approx(
        first["cut_offs"][0]["mill_pct"] * 14 / 9
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("slope_deg = 45\n", "", "steepest wall"),
        ("price_per_t = 14000", "price_per_t = -1", "price_per_t"),
        ("pays.TREO", "pays.Xx", "Xx"),
        ("[mine]", "[other.mine]", "no such setting"),
    ],
)
def test_settings_that_cannot_be_are_told_with_their_line(
    bare: Oreline, tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder = tmp_path / "chain"
    shutil.copytree(EXAMPLE / "drillholes", folder / "drillholes")
    file = folder / "drillholes" / "illus-carbonatite" / "explore.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new))
    call = bare("explore", "mine", folder, *SET)
    assert call.code == 2
    assert said in call.everything
