"""What is read in labelled sets of others does not fall below what was measured.

The numbers, with their intervals, stand in docs/validation/watch-sets.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import set_amounts
import set_copies
import set_names
import set_times
from set_scores import Counts, Span, interval, overlapping, whole

from oreline.watch._likeness import ALIKE_MIN, SAME_MIN

PAGE = Path(__file__).parents[2] / "docs" / "validation" / "watch-sets.md"


def f1(parts: Sequence[Counts]) -> float:
    return whole(parts).f1


def test_money_of_microsofts_cases() -> None:
    assert f1(set_amounts.money()) >= 0.945


def test_percentages_and_masses_of_microsofts_cases_are_right_where_found() -> None:
    percents = whole(set_amounts.percents())
    every, mass = set_amounts.dimensions()
    assert (percents.precision, whole(mass).precision) == (1.0, 1.0)
    assert percents.f1 >= 0.75
    assert f1(every) >= 0.54
    assert f1(mass) >= 0.63


@pytest.mark.parametrize(
    ("name", "least"), [("ms_DateParser", 0.38), ("ms_DatePeriodParser", 0.22)]
)
def test_days_of_microsofts_cases(name: str, least: float) -> None:
    # Appointments as one tells them to an assistant: most of their forms are not those of news.
    assert f1(set_times.ms_days(name)) >= least


def test_firms_of_name_bench_are_asked_about_and_few_are_taken_for_one_wrongly() -> None:
    asked = whole(set_names.pairs("Company", ALIKE_MIN))
    assert asked.f1 >= 0.88
    assert asked.precision >= 0.95
    taken = whole(set_names.pairs("Company", SAME_MIN))
    # CRYSTALORD SYSTEMS and CRYSTALORD (twice), ABC International and A.B.C. Company.
    assert taken.found - taken.right <= 3
    assert taken.f1 >= 0.72
    assert f1(set_names.pairs("Organization", ALIKE_MIN)) >= 0.78
    assert f1(set_names.checks(ALIKE_MIN)) >= 0.80


def test_generated_copies_are_found_and_forms_with_other_figures_are_none() -> None:
    told = set_copies.generated()
    found = set_copies.ours(told.texts)
    copies = frozenset(pair for pair, kind in found.items() if kind in ("same", "copy"))
    assert f1(set_copies.counted(told, copies)) >= 0.95
    assert all(pair in copies for pair in told.ways)


def test_expressions_of_time_in_newswire(shared_dir: Path) -> None:
    folder = shared_dir / "facts" / "watch" / "timex" / "te3-platinum" / "tml"
    told = list(set_times.timeml(folder))
    assert sum(len(one.gold) for one in told) == 138
    counts = [set_times.compared(one.gold, set_times.found_in(one)) for one in told]
    assert f1([one["relaxed"] for one in counts]) >= 0.91
    assert f1([one["strict"] for one in counts]) >= 0.80
    assert f1([one["value"] for one in counts]) >= 0.80


def test_stories_sent_twice_are_one_and_a_price_raised_is_not_one_lowered(shared_dir: Path) -> None:
    told = set_copies.reuters(shared_dir / "facts" / "watch" / "reuters21578_metals")
    found = set_copies.ours(told.texts)
    copies = frozenset(pair for pair, kind in found.items() if kind in ("same", "copy"))
    assert f1(set_copies.counted(told, copies)) == 1.0
    assert set_copies.TRAP not in copies


def test_organisations_in_financial_news(shared_dir: Path) -> None:
    file = shared_dir / "facts" / "watch" / "ner" / "finer-ord" / "test.csv"
    told = list(set_names.finer(file))
    counts = [set_names.exact(one.gold, set_names.organisations(one.text)) for one in told]
    assert f1(counts) >= 0.35


def test_the_page_tells_what_is_measured_on_the_sets_that_come_with_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for parts, labelled in (
        (set_amounts.money(), 190),
        (set_times.ms_days("ms_DateParser"), 135),
        (set_names.pairs("Company", ALIKE_MIN), 143),
    ):
        told = whole(parts)
        low, high = interval(parts)
        assert told.labelled == labelled
        assert f"**{told.f1:.3f}** ({low:.3f} to {high:.3f})" in page


def test_the_scorer_counts_one_finding_a_label() -> None:
    gold = [Span(0, 4), Span(10, 14)]
    assert overlapping(gold, [Span(2, 12)]) == [(gold[0], Span(2, 12))]
    assert overlapping(gold, [Span(4, 10)]) == []
    assert whole([Counts(1, 2, 4), Counts(1, 0, 0)]) == Counts(2, 2, 4)
    assert Counts(2, 2, 4).f1 == pytest.approx(2 / 3)
    assert interval([Counts(1, 1, 1)] * 5) == (1.0, 1.0)
