"""``oreline watch``: a place is read where no command is named."""

from __future__ import annotations

from pathlib import Path

from called import Oreline

REPORT = (
    "Zeta Metals signed an agreement with Orion Smelting on 3 March 2026. The agreement is worth"
    " $12 million.\n"
)


def test_a_place_is_read_whether_or_not_the_command_is_named(tmp_path: Path, bare: Oreline) -> None:
    (tmp_path / "one.txt").write_text(REPORT, encoding="utf-8")
    named = bare("watch", "read", str(tmp_path), "--json")
    assert named.code == 0
    assert '"events"' in named.out
    assert bare("watch", str(tmp_path), "--json").out == named.out
    assert bare("watch", "--json", str(tmp_path)).out == named.out


def test_a_folder_by_the_name_of_a_command_is_read_by_its_path(
    tmp_path: Path, bare: Oreline
) -> None:
    folder = tmp_path / "read"
    folder.mkdir()
    (folder / "one.txt").write_text(REPORT, encoding="utf-8")
    assert "1 reports" in bare("watch", str(folder)).out


def test_the_group_shows_its_help_and_says_what_is_not_there(bare: Oreline) -> None:
    assert "oreline watch read PLACE" in bare("watch", "--help").out
    missing = bare("watch", "no-such-place")
    assert missing.code == 2
    assert "no-such-place is not there" in missing.everything
