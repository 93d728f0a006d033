"""Followed folders: only what is new is read and told, once it is at rest, and nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from oreline.model import InputError
from oreline.record import Shelf, open_shelf
from oreline.watch import Follower, Limits, News, follow
from oreline.watch._processes import in_order
from oreline.watch._taken import file_taker

TODAY = date(2026, 12, 1)
DEAL = "Zeta Metals signed an agreement with Orion Smelting worth $12 million on 3 March 2026.\n"
OTHER = "Zeta Metals signed an agreement with Orion Smelting worth $15 million on 3 March 2026.\n"
OLD = 1_700_000_000


def put(folder: Path, name: str, text: str, *, changed: float = OLD) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (changed, changed))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return open_shelf(tmp_path / "shelf.db")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reports").mkdir()
    return tmp_path / "reports"


def looked(
    shelf: Shelf, folder: Path, clock: Callable[[], float] = time.time
) -> Callable[[], News | None]:
    follower = Follower(shelf, (folder,), clock=clock)

    def look() -> News | None:
        news = follower.look(TODAY)
        if news is not None:
            follower.told(news)
        return news

    return look


def test_the_first_look_says_what_is_there_and_later_ones_what_is_new(
    shelf: Shelf, folder: Path
) -> None:
    put(folder, "a.txt", DEAL)
    look = looked(shelf, folder)
    first = look()
    assert first is not None
    assert first.is_first
    assert not first.claims
    assert next(first.to_json()) == {"told": "start", "reports": 1, "events": 1}
    assert look() is None
    put(folder, "b.txt", f"Quite another outlet writes of it. {OTHER}")
    news = look()
    assert news is not None
    assert news.change.new == ("b.txt",)
    assert {claim.document for _, claim in news.claims} == {"b.txt"}
    assert [(event.verdict, was) for event, was in news.verdicts] == [("differs", "single")]
    assert look() is None
    (folder / "b.txt").unlink()
    news = look()
    assert news is not None
    assert news.change.gone == ("b.txt",)
    assert [(event.verdict, was) for event, was in news.verdicts] == [("single", "differs")]


def test_a_file_that_is_still_written_is_left_until_it_rests(shelf: Shelf, folder: Path) -> None:
    now = [float(OLD)]
    look = looked(shelf, folder, clock=lambda: now[0])
    look()
    put(folder, "a.txt", DEAL[:40], changed=now[0])
    assert look() is None
    now[0] += 1
    put(folder, "a.txt", DEAL, changed=now[0])
    assert look() is None
    now[0] += 1.5
    assert look() is None
    now[0] += 1
    news = look()
    assert news is not None
    assert [claim.sentence for _, claim in news.claims] == [DEAL.strip()]


def test_what_was_not_told_before_a_kill_is_told_after_it(shelf: Shelf, folder: Path) -> None:
    put(folder, "a.txt", DEAL)
    looked(shelf, folder)()
    put(folder, "b.txt", "Kappa Mining was awarded a grant of $3 million by the Department of War.")
    killed = Follower(shelf, (folder,)).look(TODAY)
    assert killed is not None
    again = looked(shelf, folder)()
    assert again is not None
    assert again.claims == killed.claims != ()
    assert not again.is_first
    assert looked(shelf, folder)() is None


def test_a_folder_that_goes_and_comes_back(shelf: Shelf, folder: Path) -> None:
    put(folder, "a.txt", DEAL)
    look = looked(shelf, folder)
    look()
    away = folder.with_name("away")
    folder.rename(away)
    news = look()
    assert news is not None
    assert [one.code for one in news.change.findings] == ["ORL-1317"]
    assert look() is None
    away.rename(folder)
    assert look() is None
    with pytest.raises(InputError, match="is not there"):
        next(follow(Follower(shelf, (away,)), seconds=1, today=lambda: TODAY))


def test_what_cannot_be_read_is_told_once_until_it_is_altered(shelf: Shelf, folder: Path) -> None:
    put(folder, "large.txt", "x" * 20_000_001)
    put(folder, "binary.txt", "\0\1\2" * 100)
    look = looked(shelf, folder)
    first = look()
    assert first is not None
    assert {one.where for one in first.change.findings} == {"large.txt", "binary.txt"}
    assert look() is None
    put(folder, "large.txt", DEAL)
    news = look()
    assert news is not None
    assert [claim.document for _, claim in news.claims] == ["large.txt"]


def test_once_waits_for_what_is_written_and_stops(shelf: Shelf, folder: Path) -> None:
    now = [float(OLD)]
    put(folder, "a.txt", DEAL, changed=OLD)
    follower = Follower(shelf, (folder,), clock=lambda: now[0])
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    told = list(follow(follower, seconds=60, today=lambda: TODAY, is_once=True, wait=wait))
    assert waited == [2.0]
    assert [len(one.watched.documents) for one in told] == [0, 1]


def test_a_killed_follower_goes_on(tmp_path: Path, folder: Path) -> None:
    put(folder, "a.txt", DEAL)
    command = [sys.executable, "-m", "oreline", "watch", "follow", str(folder), "--json"]
    environ = os.environ | {"ORELINE_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        [*command, "--seconds", "0.1"], stdout=subprocess.PIPE, env=environ, text=True
    ) as running:
        assert running.stdout is not None
        assert '"start"' in running.stdout.readline()
        put(folder, "b.txt", OTHER)
        assert any('"report":"b.txt"' in line for line in running.stdout)
        running.send_signal(signal.SIGKILL)
    put(folder, "c.txt", DEAL.replace("Zeta", "Kappa"))
    again = subprocess.run(
        [*command, "--once"], capture_output=True, env=environ, text=True, check=True
    )
    lines = again.stdout.splitlines()
    assert '{"told":"report","report":"c.txt","state":"new"}' in lines
    # What was told in the moment of the kill may be told again; what was kept before is not.
    assert not any(line.startswith('{"told":"start"') for line in lines)
    assert '{"told":"report","report":"a.txt","state":"new"}' not in lines


def test_processes_give_the_answers_of_one_in_the_same_order(folder: Path) -> None:
    for number in range(70):
        put(folder, f"{number:02}.txt", f"{DEAL}Report {number}.\n")
    (folder / "70.txt").mkdir()
    files = [(path.name, path) for path in sorted(folder.iterdir())]
    take = file_taker(TODAY, Limits())
    alone = list(in_order(take, files, 1))
    assert list(in_order(take, files, 2)) == alone
    assert [one.name for one in alone] == [name for name, _ in files]
    assert [one.code for one in alone[-1].findings] == ["ORL-1316"]
