"""A table of streams reads alike in every unit that its columns name."""

from __future__ import annotations

import pytest

from oreline.balance import read_streams

PLAIN = """stream,from_node,to_node,dry_t,dry_t_u,Cu_pct,Cu_pct_u,basis
feed,,mill,1000,10,2.01,0.03,measured
concentrate,mill,,75,1,24.0,0.2,measured
tailings,mill,,,,0.21,0.01,measured
"""
UNITS = {
    ("dry_kg", "Cu_ppm"): (1e3, 1e4),
    ("dry_lb_per_h", "Cu_gpt"): (1000 / 0.45359237, 1e4),
    ("dry_short_ton_per_d", "Cu_ppb"): (1 / 0.90718474, 1e7),
    ("dry_kt_per_y", "Cu_pct"): (1e-3, 1.0),
}


def written(mass: str, grade: str, by_mass: float, by_grade: float) -> str:
    """Return the table with its numbers in other units."""
    head, *rows = PLAIN.splitlines()
    found = [head.replace("dry_t", mass).replace("Cu_pct", grade)]
    for row in rows:
        cells = row.split(",")
        for place, by in ((3, by_mass), (4, by_mass), (5, by_grade), (6, by_grade)):
            cells[place] = cells[place] and repr(float(cells[place]) * by)
        found.append(",".join(cells))
    return "\n".join(found)


@pytest.mark.parametrize(("names", "factors"), UNITS.items())
def test_units_in_the_names_of_columns_change_nothing(
    names: tuple[str, str], factors: tuple[float, float]
) -> None:
    plain, _ = read_streams(PLAIN.encode())
    other, findings = read_streams(written(*names, *factors).encode())
    assert plain is not None
    assert other is not None, findings
    for one, again in zip(plain.streams, other.streams, strict=True):
        assert (one.dry_t is None) == (again.dry_t is None)
        for mine, theirs in (
            (one.dry_t, again.dry_t),
            (one.grades_pct["Cu"], again.grades_pct["Cu"]),
        ):
            if mine is not None and theirs is not None:
                assert theirs.value == pytest.approx(mine.value, rel=1e-12)
                assert theirs.u == pytest.approx(mine.u, rel=1e-12)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("dry_t,dry_kg", "dry_kg holds what dry_t holds"),
        ("dry_kg,dry_kg_per_h_u", "are for different times"),
        ("dry_oz,dry_t_u", "the column dry_oz is not known"),
    ],
)
def test_a_mass_that_stands_twice_or_for_two_times_is_refused(head: str, said: str) -> None:
    network, findings = read_streams(PLAIN.replace("dry_t,dry_t_u", head).encode())
    assert network is None
    assert [one for one in findings if said in one.message]
