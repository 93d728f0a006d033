"""The rules find what a careful reader finds in reports that they were not made from."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from labelled import FOLDER, reports, score, total, wilson

ROOT = Path(__file__).parents[2]


def test_there_are_sixty_reports_with_labels_that_stand_in_their_text() -> None:
    held = list(reports("held-*.toml"))
    assert len(held) >= 60
    assert len({one.id for one in held}) == len(held)
    for one in held:
        flat = " ".join(one.document.text.split())
        assert all(gold["quote"] in flat for gold in one.gold), one.id


def test_what_is_found_in_held_reports_stays_found() -> None:
    scores, told = score("held-*.toml")
    whole = total(scores.values())
    # Of 86 labelled claims; what is measured stands in docs/validation/watch.md.
    assert whole.matched >= 78, told
    assert whole.matched / whole.found >= 0.93, told
    assert whole.whole >= 70, told


def test_traps_make_no_claim() -> None:
    from oreline.watch import claims_of

    traps = [one for one in reports("*.toml") if not one.gold]
    assert len(traps) >= 5
    assert {one.id: [claim.sentence for claim in claims_of(one.document)] for one in traps} == {
        one.id: [] for one in traps
    }


def test_development_reports_are_found_whole() -> None:
    scores, told = score("development.toml")
    whole = total(scores.values())
    assert whole.matched == whole.labelled == whole.whole, told


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 857, table I: 15 of 148.
    low, high = wilson(15, 148)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_the_page_of_measures_is_up_to_date() -> None:
    file = ROOT / "scripts" / "measure_watch.py"
    spec = importlib.util.spec_from_file_location("measure_watch", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page_text()
    assert FOLDER.is_dir()
