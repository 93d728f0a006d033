"""The five things that a cell of grades may say, and what below detection counts as."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from drillhole_sets import FILES

from oreline.explore import HolesRead, read_hole_folder, revalue_below
from oreline.model import InputError

M, A = "explore.toml", "assay.csv"


def first_cu(
    read: Callable[..., HolesRead], cell: str, *more: tuple[str, str, str]
) -> float | None:
    found = read((A, "A1,0,2,0.40", f"A1,0,2,{cell}"), *more)
    assert found.holes is not None, found.findings
    value = found.holes.assays["Cu"][0]
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("0.40", 0.4), ("4e-1", 0.4), ("<0.02", 0.01), ("< 0.02", 0.01), ("BDL", 0.005),
     ("bdl", 0.005), ("", None), ("NS", None), ("-999", None), ("-999.0", None), ("0", 0.0),
     (">20", 20.0)],
)  # fmt: skip
def test_cells(read: Callable[..., HolesRead], cell: str, value: float | None) -> None:
    assert first_cu(read, cell) == (None if value is None else pytest.approx(value))


def test_lost_is_not_the_same_as_not_sampled(read: Callable[..., HolesRead]) -> None:
    for cell, missing in (("-999", 1), ("NS", 0), ("", 0), ("high", 1), ("101", 1)):
        holes = read((A, "A1,0,2,0.40", f"A1,0,2,{cell}")).holes
        assert holes is not None
        assert holes.missing.height == missing, cell


@pytest.mark.parametrize(("how", "value"), [("half", 0.01), ("zero", 0.0), ("limit", 0.02)])
def test_what_below_detection_counts_as(
    read: Callable[..., HolesRead], how: str, value: float
) -> None:
    change = (M, 'value = "half"', f'value = "{how}"')
    assert first_cu(read, "<0.02", change) == pytest.approx(value)
    negative = (M, 'value = "half"', f'value = "{how}"\nnegative = "below detection"')
    assert first_cu(read, "-0.02", negative) == pytest.approx(value)


def test_nothing_is_assumed_of_below_detection(read: Callable[..., HolesRead]) -> None:
    found = read((A, "A1,0,2,0.40", "A1,0,2,<0.02"), (M, 'value = "half"\n', ""))
    assert found.holes is None
    assert [finding.code for finding in found.findings] == ["ORL-0900"]
    assert read((M, 'value = "half"\n', "")).holes is not None


def test_a_word_needs_a_limit(read: Callable[..., HolesRead]) -> None:
    no_limit = (M, 'unit = "%", limit = 0.01', 'unit = "%"')
    found = read((A, "A1,0,2,0.40", "A1,0,2,BDL"), no_limit)
    assert found.holes is None
    assert "no detection limit" in found.findings[0].message
    assert read(no_limit).holes is not None


def test_it_can_be_counted_in_another_way_later(read: Callable[..., HolesRead]) -> None:
    holes = read((A, "A1,0,2,0.40", "A1,0,2,<0.02")).holes
    assert holes is not None
    assert revalue_below(holes, "zero").assays["Cu"][0] == 0.0
    as_bounds = revalue_below(holes, "interval")
    assert as_bounds.bounded == ("Cu",)
    assert as_bounds.assays["Cu_high"].to_list()[:2] == pytest.approx([0.02, 0.6])
    again = revalue_below(as_bounds, "half")
    assert again.bounded == ()
    assert again.assays.equals(holes.assays)
    with pytest.raises(InputError, match="no analyte Zn"):
        revalue_below(holes, "zero", ("Zn",))


def test_units_feet_and_decimal_commas(read: Callable[..., HolesRead]) -> None:
    holes = read((M, 'length_unit = "m"', 'length_unit = "ft"')).holes
    assert holes is not None
    assert holes.assays["to_m"][0] == pytest.approx(0.6096)
    assert holes.collars["x_m"][0] == 1000.0
    assert holes.assays["Mo"][0] == pytest.approx(0.002)
    commas = read((M, "crs =", 'decimal = ","\ncrs ='), (A, "A1,0,2,0.40", 'A1,0,2,"0,40"'))
    assert commas.holes is not None
    assert commas.holes.assays["Cu"][0] == pytest.approx(0.4)


def test_a_finer_row_within_a_longer_one(read: Callable[..., HolesRead]) -> None:
    change = ("A2,0,10,0.30,15\n", "A2,0,10,0.30,\nA2,8,10,,15\n")
    holes = read((A, *change)).holes
    assert holes is not None
    found = [row[1:] for row in holes.assays.drop("density_t_per_m3").rows() if row[0] == "A2"]
    assert found == [(0.0, 8.0, 0.3, None), (8.0, 10.0, 0.3, pytest.approx(0.0015))]
    assert holes.rows_left_out["assays"] == 0
    below = ("A2,0,10,0.30,15\n", "A2,0,10,<0.30,\nA2,8,10,,15\n")
    holes = read((A, *below)).holes
    assert holes is not None
    assert holes.below.height == 2
    assert holes.assays.filter(hole="A2")["Cu"].to_list() == pytest.approx([0.15, 0.15])


def test_no_file_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    assert read_hole_folder(folder).holes is not None
    (tmp_path / "assay.csv").write_text(FILES["assay.csv"])
    outside = FILES["explore.toml"].replace('"assay.csv"', '"../assay.csv"')
    (folder / "explore.toml").write_text(outside)
    assert [finding.code for finding in read_hole_folder(folder).findings] == ["ORL-0901"]


def test_a_negative_grade_that_half_of_the_others_are_below_is_no_limit(
    read: Callable[..., HolesRead],
) -> None:
    negative = (M, 'value = "half"', 'value = "half"\nnegative = "below detection"')
    assert first_cu(read, "-0.2", negative) == pytest.approx(0.1)
    assert first_cu(read, "-7", negative) is None
    found = read((A, "A1,0,2,0.40", "A1,0,2,-7"), negative)
    assert [(one.code, one.where) for one in found.findings] == [
        ("ORL-0961", "assay.csv row 2 column Cu_pct")
    ]
    assert found.holes is not None
    assert found.holes.missing.height == 1
