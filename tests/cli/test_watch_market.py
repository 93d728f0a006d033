"""``oreline watch market``, ``study`` and ``fetch``: from a user's files to the terminal."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import polars as pl
import pytest
from called import Oreline

EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
LTUM = "Date,Close\n2025-09-30,0.044\n2025-10-01,0.044\n2025-10-02,0.44\n"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Return the example chain folder with one report of a user's own."""
    place = tmp_path / "chain"
    shutil.copytree(EXAMPLE, place, ignore=shutil.ignore_patterns("events", "evidence"))
    (place / "evidence").mkdir()
    (place / "evidence" / "one.txt").write_text(
        "Published: 2025-12-24\n\nShares of Illustration Buyer Inc. rose 27% to close at $5.00 on"
        " Tuesday.\n"
    )
    return place


def test_a_users_file_is_shown_and_exported(tmp_path: Path, bare: Oreline) -> None:
    file = tmp_path / "LTUM.csv"
    file.write_text(LTUM)
    found = bare("watch", "market", str(file), "--json")
    assert found.code == 0, found.everything
    assert json.loads(found.out)["result"]["series"][0]["id"] == "OTCM:LTUM"
    target = tmp_path / "out.csv"
    shown = bare("watch", "market", str(file), "--series", "OTCQB: LTUM", "--start", "2025-10-01",
                 "--export", str(target))  # fmt: skip
    assert shown.code == 0, shown.everything
    assert pl.read_csv(target)["Close"].to_list() == [0.044, 0.44]
    drawn = tmp_path / "out.svg"
    bare("watch", "market", str(file), "--series", "LTUM", "--picture", str(drawn))
    assert drawn.read_text().startswith("<svg")


def test_a_bad_file_is_refused_with_every_row(tmp_path: Path, bare: Oreline) -> None:
    file = tmp_path / "LTUM.csv"
    file.write_text(LTUM + "2025-10-03,-1\n2025-10-02,5\n")
    found = bare("watch", "market", str(file))
    assert found.code == 1
    assert "row 5 column Close" in found.everything
    assert "rows 4, 6" in found.everything


def test_claimed_moves_and_the_study_of_one(chain: Path, tmp_path: Path, bare: Oreline) -> None:
    found = bare("watch", "market", "--chain", str(chain), "--json")
    assert found.code == 0, found.everything
    check = json.loads(found.out)["result"]["portfolio"]["checks"][0]
    assert check["verdict"] == "contradicts"
    assert "+25.00 % from 4.00" in check["reason"]
    drawn = tmp_path / "study.svg"
    told = bare("watch", "study", check["claim"][:10], "--chain", str(chain), "--index",
                "illus-index", "--window", "-1:1", "--picture", str(drawn), "--json")  # fmt: skip
    assert told.code == 0, told.everything
    result = json.loads(told.out)["result"]
    assert result["windows"][0]["days"] == 3
    assert result["windows"][0]["p"] < 1e-6
    assert drawn.read_text().startswith("<svg")
    shown = bare("watch", "study", check["claim"], "--chain", str(chain))
    assert "mean-adjusted" in shown.out
    assert bare("watch", "study", "zz", "--chain", str(chain)).code == 2


def test_an_enabled_feed_is_asked_and_becomes_a_series(chain: Path, bare: Oreline) -> None:
    script = "print('Date,Close'); print('2025-10-02,0.44')"
    watch = chain / "watch.toml"
    feed = (
        f'\n[[feed]]\nid = "own"\nenabled = true\ntickers = ["OTC:LTUM"]\n'
        f'command = ["{sys.executable}", "-c", "{script}"]\n'
    )
    watch.write_text(watch.read_text() + feed)
    found = bare("watch", "fetch", str(chain), "--json")
    assert found.code == 0, found.everything
    kept = json.loads(found.out)["result"]["kept"]
    assert [one["ticker"] for one in kept] == ["OTCM:LTUM"]
    assert (chain / kept[0]["file"]).is_file()
    shown = bare("watch", "market", str(chain), "--series", "LTUM", "--json")
    assert json.loads(shown.out)["result"]["last_close"] == "0.44"
    watch.write_text(watch.read_text().replace("enabled = true", "enabled = false"))
    off = bare("watch", "fetch", str(chain))
    assert off.code == 1
    assert "is not enabled" in off.everything
