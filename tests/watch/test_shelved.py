"""Reports on the shelf: read once, found by their words, read again only where altered."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled import reports as labelled

from oreline.model import InputError
from oreline.record import open_shelf
from oreline.watch import files_taken, shelve_reports, watch
from oreline.watch._copies import prints_of
from oreline.watch._shelved import PASSAGE_CHARS, report_passages
from oreline.watch._taken import take_file
from oreline.watch._watched import put_together

TODAY = date(2026, 12, 1)
DEAL = "Zeta Metals signed an agreement with Orion Smelting on 3 March 2026, it said.\n"


def test_only_what_is_new_or_altered_is_read_and_what_is_gone_is_not_found(tmp_path: Path) -> None:
    shelf = open_shelf()
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"{DEAL}Report {name}.\n")
    first = shelve_reports(shelf, tmp_path, today=TODAY)
    assert first.new == ("a.txt", "b.txt", "c.txt")
    assert not shelve_reports(shelf, tmp_path, today=TODAY)
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").write_text("Now of tungsten: Zeta sold a mine in Tartu for $3 million.\n")
    (tmp_path / "d.md").write_text("Another one, of bismuth.")
    change = shelve_reports(shelf, tmp_path, today=TODAY)
    assert (change.new, change.altered, change.gone) == (("d.md",), ("b.txt",), ("a.txt",))
    found = {hit.passage.place for hit in shelf.search("agreement", kinds=("report",))}
    assert found == {"c.txt"}
    (hit,) = shelf.search("tungsten", kinds=("report",))
    text = (tmp_path / "b.txt").read_text()
    assert [text[start:end] for start, end in hit.places] == ["tungsten"]
    shelf.close()


def test_claims_are_found_and_stand_at_their_sentence(shared_dir: Path) -> None:
    shelf = open_shelf()
    folder = shared_dir / "facts" / "reports"
    shelve_reports(shelf, folder, today=TODAY)
    hits = shelf.search("refinery", kinds=("claim",))
    assert hits
    for hit in hits:
        text = (folder / hit.passage.place).read_text(encoding="utf-8")
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert {text[a:b].lower() for a, b in hit.places} <= {"refinery", "refineries"}
    shelf.close()


def test_what_is_kept_is_what_was_read_bit_for_bit(tmp_path: Path) -> None:
    for one in labelled("*.toml"):
        (tmp_path / f"{one.id}.txt").write_text(one.document.text, encoding="utf-8")
    shelf = open_shelf()
    shelve_reports(shelf, tmp_path, today=TODAY)
    kept = list(files_taken(shelf, tmp_path))
    assert kept == [take_file((one.name, tmp_path / one.name), today=TODAY) for one in kept]
    assert sum(len(one.claims) for file in kept for one in file.reports) > 50
    shelf.close()


def test_files_that_cannot_be_read_are_told_each_time(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_bytes(b"x" * 20_000_001)
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    shelf = open_shelf()
    for _ in range(2):
        told = {
            (one.code, one.where) for one in shelve_reports(shelf, tmp_path, today=TODAY).findings
        }
        assert ("ORL-1300", "large.txt") in told
        assert {where for _, where in told} >= {"large.txt", "binary.txt", "empty.txt"}
    with pytest.raises(InputError, match="is not there"):
        shelve_reports(shelf, tmp_path / "none")
    shelf.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="the root user may read everything")
def test_a_file_that_is_not_ones_own_is_a_finding(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    secret.chmod(0)
    assert [one.code for one in take_file(("secret.txt", secret)).findings] == ["ORL-1316"]


def test_a_file_that_is_gone_when_its_turn_comes_is_a_finding(tmp_path: Path) -> None:
    (one,) = take_file(("gone.txt", tmp_path / "gone.txt")).findings
    assert (one.code, one.where) == ("ORL-1316", "gone.txt")


@given(st.text(st.sampled_from("ab .\n"), max_size=4 * PASSAGE_CHARS))
def test_passages_are_the_whole_text_in_order_but_for_space(text: str) -> None:
    (document,) = [one.document for one in labelled("held-1.toml")][:1]
    passages = list(report_passages(document, text))
    at = 0
    for one in passages:
        assert one.text == text[one.start : one.end]
        assert len(one.text) <= PASSAGE_CHARS
        assert not text[at : one.start].strip()
        at = one.end
    assert not text[at:].strip()


def test_put_together_from_what_is_kept_is_the_same_as_from_the_reports(tmp_path: Path) -> None:
    documents = [one.document for one in labelled("*.toml")]
    whole = watch(documents).to_json()
    from oreline.watch._taken import taken, without_text

    assert put_together(without_text(taken(one)) for one in documents).to_json() == whole
    assert prints_of(documents[0].text) == prints_of(documents[0].text)
