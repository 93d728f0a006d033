"""Unit laws and cascades on the command line."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from called import Oreline

CHAINS = Path(__file__).parents[1] / "design" / "chains"
BINARY = (
    "cascade", "Nd/Pr", "--feed", "Nd=75", "--feed", "Pr=25", "--factor", "Nd=1.4",
    "--factor", "Pr=1",
)  # fmt: skip
PURE = ("--purity", "0.99", "--raffinate-purity", "0.99")


def test_laws_are_listed_and_one_shows_its_card(bare: Oreline, tmp_path: Path) -> None:
    listed = bare("design", "laws", "--json").json["result"]["laws"]
    assert len(listed) > 35
    call = bare("design", "laws", "flotation_bank", "--export", tmp_path / "out.csv")
    assert call.code == 0, call.everything
    assert "entrainment[component]" in call.out
    assert max(len(line) for line in call.out.splitlines()) <= 80
    assert pl.read_csv(tmp_path / "out.csv")["law"].unique().to_list() == ["flotation_bank"]
    wrong = bare("design", "laws", "flotation")
    assert wrong.code != 0
    assert "flotation_bank" in wrong.everything


def test_a_cascade_of_two_metals_has_the_printed_stages(bare: Oreline, tmp_path: Path) -> None:
    """beta 1.4, 75 % Nd, 99/99: N_min 27.3, S_min 3.14, 46 stages at 1.3, 58 at 0.8."""
    target = tmp_path / "metals.csv"
    call = bare("design", *BINARY, *PURE, "--export", target)
    assert call.code == 0, call.everything
    assert "46 theoretical stages, 58 real ones" in call.out
    assert "published are 1.202 to 2.606" in call.out
    assert pl.read_csv(target)["metal"].to_list() == ["Nd", "Pr"]
    result = bare("design", *BINARY, *PURE, "--json").json["result"]
    assert result["fewest_stages"] == pytest.approx(27.3, abs=0.05)
    assert result["least_solvent_mol_per_mol"] == pytest.approx(3.14, abs=0.005)
    assert result["metals"][0]["purity_in_extract"] >= 0.99
    # 3 mol of NaOH for each mol of the solvent: 12.25 mol for a mol of feed of 168.8 g of oxides.
    assert result["base_t_naoh_per_t_oxides"] == pytest.approx(2.904, abs=0.005)
    # 58 stages, each filled with solvent for a quarter of an hour.
    held = 58 * result["organic_m3_per_t_oxides"] / 4
    assert result["solvent_inventory_m3_per_t_h"] == pytest.approx(held)


def test_many_metals_are_cut_between_two(bare: Oreline) -> None:
    feed = {"La": 30, "Ce": 45, "Pr": 6, "Nd": 19}
    factor = {"La": 1, "Ce": 2.58, "Pr": 5.94, "Nd": 8.3}
    given = [text for metal, mol in feed.items() for text in ("--feed", f"{metal}={mol}")]
    given += [text for metal, one in factor.items() for text in ("--factor", f"{metal}={one}")]
    asked = ("--recovery", "0.99", "--rejection", "0.99", "--json")
    result = bare("design", "cascade", "Pr/Ce", *given, *asked).json["result"]
    parts = {row["metal"]: row["to_extract"] for row in result["metals"]}
    assert parts["Pr"] >= 0.99
    assert parts["Ce"] <= 0.01
    assert result["closure"] < 1e-12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--factor", "Pr=1.4"), "given twice"),
        (("--feed", "Dy=x"), "METAL=NUMBER"),
        ((), "give the recovery"),
        ((*PURE, "--solvent-ratio", "1.0"), "pinches"),
        (("--purity", "0.7", "--raffinate-purity", "0.9"), "already holds"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    bare: Oreline, change: tuple[str, ...], said: str
) -> None:
    call = bare("design", *BINARY, *change)
    assert call.code != 0
    assert said in " ".join(call.everything.split())


@pytest.mark.parametrize("name", ["antimony", "copper", "magnet"])
def test_a_user_s_file_of_unit_laws_is_solved(bare: Oreline, name: str) -> None:
    result = bare("design", "solve", CHAINS / f"{name}.toml", "--json").json["result"]
    assert max(result["closure"].values()) < 1e-12
