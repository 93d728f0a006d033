"""Harmonized System codes and the minerals traded under them."""

from __future__ import annotations

import polars as pl
import pytest

from oreline.reference import (
    UnknownHsCodeError,
    UnknownMineralError,
    hs_code,
    hs_for_mineral,
    mineral_key,
    table,
)


def test_antimony_ore() -> None:
    code = hs_code("261710")
    assert (code.level, code.parent) == (6, "2617")
    assert "ntimony" in code.description
    assert hs_code("2617.10") == hs_code(261710) == code


@pytest.mark.parametrize("asked", ["26171000", "2617.10.00.00"])
def test_a_national_line_is_refused_with_its_subheading(asked: str) -> None:
    with pytest.raises(UnknownHsCodeError, match="261710"):
        hs_code(asked)


@pytest.mark.parametrize("asked", ["", "2", "261", "26171", "ore", "010121"])
def test_what_is_no_shipped_code_is_refused(asked: str) -> None:
    with pytest.raises(UnknownHsCodeError):
        hs_code(asked)


@pytest.mark.parametrize(
    ("mineral", "stage", "code"),
    [
        ("antimony", "primary", "261710"),
        ("Sb", "refined", "282580"),
        ("antimony", "refined", "811010"),
        ("antimony", "scrap", "811020"),
        ("copper", "primary", "260300"),
        ("copper", "refined", "740311"),
        ("REE", "refined", "280530"),
        ("rare earths", "refined", "284610"),
        ("rare earths", "primary", "284690"),
        ("rare earths", "magnet", "850511"),
        ("neodymium", "refined", "280530"),
    ],
)
def test_the_crosswalk_knows(mineral: str, stage: str, code: str) -> None:
    rows = [row for row in hs_for_mineral(mineral, stage) if row.code.code == code]
    assert rows
    assert all(row.mineral == mineral_key(mineral) and row.source for row in rows)


def test_one_element_of_a_basket_is_marked_so() -> None:
    refined = hs_for_mineral("neodymium", "refined")
    assert refined
    assert all("basket" in row.note for row in refined)


def test_unknown_minerals_and_stages_are_refused() -> None:
    with pytest.raises(UnknownMineralError):
        hs_for_mineral("unobtainium")
    with pytest.raises(UnknownMineralError, match="stages"):
        hs_for_mineral("antimony", "magnet")


def test_every_code_has_its_parent() -> None:
    codes = set(table("hs")["code"])
    in_part = {"36", "38", "71", "85"}  # chapters of which only some headings are shipped
    for row in table("hs").filter(pl.col("level") > 2).iter_rows(named=True):
        assert row["code"].startswith(row["parent"])
        assert row["parent"] in codes | in_part
