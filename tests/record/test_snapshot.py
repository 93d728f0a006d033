"""The cache of columns: it changes how long reading takes, and never what is read."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sameness import same
from written import correct, count, decide, extract, grade, line, period, process

from oreline.record import (
    Columns,
    Store,
    create_store,
    extend_ledger,
    load_ledger,
    open_store,
    share_ledger,
    snapshot_place,
)
from oreline.record import _ledger as ledger_code
from oreline.record import _snapshot as snapshot_code
from oreline_testing.injected import FixedClock, FixedSalts

HEADER = {"id": "test", "tense": "actual"}
MASS = ["/body/outputs/0/dry"]
FIRST = [
    extract("x1", "m:1", "10", grades=[grade("5", u="0.1")], time="2025-09-02T06:00:00Z"),
    extract("x2", "m:2", None, time="2025-09-03T06:00:00Z"),
    extract("x3", "m:3", "7", withhold=MASS, time="2025-09-04T06:00:00Z"),
    process("p1", [line("m:1", "4")], [line("m:4", "3")], time="2025-09-05T06:00:00Z"),
    count("c1", "m:2", "6", time="2025-09-06T06:00:00Z"),
]
MORE = [
    extract("x4", "m:5", "8", withhold=MASS, time="2025-09-07T06:00:00Z"),
    process("p2", [line("m:5", "2")], [line("m:6", "2")], time="2025-09-08T06:00:00Z"),
]


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small ledgers have a cache too."""
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", 1)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache" / "columns.npz"


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock, salts: FixedSalts) -> Iterator[Store]:
    path = tmp_path / "ledger.db"
    with create_store(path, HEADER, clock=clock, salt=salts) as opened:
        opened.append(FIRST)
        yield opened


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note which events are parsed into columns, and not taken from a cache."""
    seen: list[int] = []
    add = Columns.add

    def noted(self: Columns, seq: int, event: Any) -> None:
        seen.append(seq)
        add(self, seq, event)

    monkeypatch.setattr(Columns, "add", noted)
    return seen


def used(store: Store, cache: Path, parsed: list[int]) -> list[int]:
    """Read with the cache, check that it changes nothing, and return what had to be parsed."""
    parsed.clear()
    ledger = load_ledger(store, cache=cache)
    again = list(parsed)
    same(ledger, load_ledger(store))
    return again


def test_a_ledger_is_parsed_once_and_then_extended(
    any_store: Store, cache: Path, parsed: list[int]
) -> None:
    any_store.append(FIRST)
    assert used(any_store, cache, parsed) == [0, 1, 2, 3, 4]
    assert used(any_store, cache, parsed) == []
    any_store.append(MORE)
    # A withheld value that came later does not make what was there before another.
    assert used(any_store, cache, parsed) == [5, 6]
    assert used(any_store, cache, parsed) == []
    assert cache.stat().st_mode & 0o777 == 0o600
    assert cache.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


def test_small_ledgers_leave_no_file(
    store: Store, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", len(FIRST) + 1)
    load_ledger(store, cache=cache)
    assert not cache.parent.exists()
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", len(FIRST))
    load_ledger(store, cache=cache)
    assert cache.is_file()


def test_other_moments_neither_use_nor_write_it(store: Store, cache: Path) -> None:
    load_ledger(store, cache=cache, as_of="2025-09-04")
    load_ledger(store, cache=cache, known_at=2)
    assert not cache.exists()
    load_ledger(store, cache=cache)
    same(load_ledger(store, cache=cache, known_at=2), load_ledger(store, known_at=2))
    same(
        load_ledger(store, cache=cache, as_of="2025-09-04"), load_ledger(store, as_of="2025-09-04")
    )


@pytest.mark.parametrize(
    "later",
    [
        [correct("k1", "x1", {"body": extract("x1", "m:1", "9")["body"]})],
        [correct("k1", "p1")],
        [period("d1", "sept"), extract("late", "m:9", "1"), decide("y1", "late", "release")],
    ],
    ids=["replaced", "void", "released"],
)
def test_what_changes_earlier_events_is_never_missed(
    store: Store, cache: Path, later: list[dict[str, Any]]
) -> None:
    ledger = load_ledger(store, cache=cache)
    for event in later:
        store.append([event])
        ledger = extend_ledger(ledger, store, cache=cache)
        same(ledger, load_ledger(store))
        same(load_ledger(store, cache=cache), load_ledger(store))


def test_a_log_that_went_another_way_is_read_anew(
    store: Store, cache: Path, tmp_path: Path, clock: FixedClock, salts: FixedSalts
) -> None:
    load_ledger(store, cache=cache)
    with create_store(tmp_path / "other.db", HEADER, clock=clock, salt=salts) as other:
        other.append([*MORE, *FIRST])
        same(load_ledger(other, cache=cache), load_ledger(other))
    # A ledger put back from an earlier copy is shorter than its cache.
    load_ledger(store, cache=cache)
    with create_store(tmp_path / "short.db", HEADER, clock=clock, salt=salts) as short:
        short.append(FIRST[:2])
        same(load_ledger(short, cache=cache), load_ledger(short))


def test_values_taken_out_of_a_ledger_leave_its_cache(
    store: Store, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_ledger(store, cache=cache)
    assert (7_000_000_000).to_bytes(8, "little") in cache.read_bytes()
    share_ledger(store, tmp_path / "copy.db")
    monkeypatch.setattr(ledger_code, "CACHE_BEHIND_MAX", 1_000)
    with open_store(tmp_path / "copy.db") as copy:
        same(load_ledger(copy, cache=cache), load_ledger(copy))
    assert not cache.exists()


def test_other_code_makes_its_own(
    store: Store, cache: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    used(store, cache, parsed)
    monkeypatch.setattr(snapshot_code, "code_mark", lambda: "of another version")
    assert used(store, cache, parsed) == [0, 1, 2, 3, 4]
    assert used(store, cache, parsed) == []


def test_a_file_cut_off_anywhere_is_read_anew(store: Store, cache: Path) -> None:
    plain = load_ledger(store)
    load_ledger(store, cache=cache)
    whole = cache.read_bytes()
    for length in range(0, len(whole), 997):
        cache.write_bytes(whole[:length])
        same(load_ledger(store, cache=cache), plain)
        assert cache.stat().st_size == len(whole), "it was not written anew"


def test_no_byte_that_changed_changes_what_is_read(store: Store, cache: Path) -> None:
    plain = load_ledger(store)
    load_ledger(store, cache=cache)
    whole = cache.read_bytes()
    for place in range(0, len(whole), 61):
        cache.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        same(load_ledger(store, cache=cache), plain)


def a_link(cache: Path) -> None:
    elsewhere = cache.with_name("elsewhere")
    cache.replace(elsewhere)
    cache.symlink_to(elsewhere)


def a_pipe(cache: Path) -> None:
    cache.unlink()
    os.mkfifo(cache)


def a_folder(cache: Path) -> None:
    cache.unlink()
    cache.mkdir()


@pytest.mark.parametrize(
    "done",
    [
        lambda cache: cache.chmod(0o620),
        lambda cache: cache.chmod(0o602),
        lambda cache: cache.parent.chmod(0o770),
        lambda cache: cache.parent.chmod(0o707),
        a_link,
        a_pipe,
        a_folder,
    ],
    ids=["group", "all", "folder of a group", "folder of all", "link", "pipe", "folder"],
)
def test_what_others_could_have_written_is_not_believed(
    store: Store, cache: Path, parsed: list[int], done: Any
) -> None:
    used(store, cache, parsed)
    done(cache)
    assert used(store, cache, parsed) == [0, 1, 2, 3, 4]


def test_what_somebody_else_owns_is_not_believed(
    store: Store, cache: Path, parsed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    used(store, cache, parsed)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    before = cache.read_bytes()
    assert used(store, cache, parsed) == [0, 1, 2, 3, 4]
    assert cache.read_bytes() == before


def test_a_place_that_cannot_be_written_is_no_error(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    same(load_ledger(store, cache=tmp_path / "file" / "columns.npz"), load_ledger(store))


def test_a_full_disk_is_no_error_and_leaves_nothing(
    store: Store, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Any, **_arrays: Any) -> None:
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot_code.np, "savez", full)
    same(load_ledger(store, cache=cache), load_ledger(store))
    assert list(cache.parent.iterdir()) == []


def test_it_never_lies_in_a_chain_folder(store: Store, tmp_path: Path) -> None:
    (tmp_path / "chain.toml").write_text("")
    inside = tmp_path / "home" / "cache" / "columns.npz"
    same(load_ledger(store, cache=inside), load_ledger(store))
    assert not inside.parent.exists()


def test_what_another_process_writes_is_left_to_it(store: Store, cache: Path) -> None:
    cache.parent.mkdir(parents=True, mode=0o700)
    part = cache.with_name(f".{cache.name}.part")
    with part.open("wb") as busy:
        busy.write(b"half")
        busy.flush()
        fcntl.flock(busy, fcntl.LOCK_EX)
        same(load_ledger(store, cache=cache), load_ledger(store))
        assert not cache.exists()
        assert part.read_bytes() == b"half"
    # Whoever wrote it was killed: the next one begins anew.
    load_ledger(store, cache=cache)
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


def read_often(place: str, cache: Path, times: int) -> int:
    ledger_code.CACHE_BEHIND_MAX = 0
    with open_store(place) as store:
        plain = load_ledger(store)
        for _ in range(times):
            same(load_ledger(store, cache=cache), plain)
    return plain.size


def test_many_processes_read_and_write_it_at_once(store: Store, cache: Path) -> None:
    """Each writes it each time, while the others read."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        found = pool.starmap(read_often, [(str(store.path), cache, 40)] * 3)
    assert found == [len(FIRST)] * 3
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"ORELINE_HOME": "/h", "XDG_CACHE_HOME": "/x"}, Path("/h/cache")),
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/oreline")),
        ({"XDG_CACHE_HOME": "relative"}, Path.home() / ".cache" / "oreline"),
        ({}, Path.home() / ".cache" / "oreline"),
    ],
)
def test_where_it_is_kept(store: Store, environ: dict[str, str], folder: Path) -> None:
    place = snapshot_place(store, environ)
    assert place is not None
    assert place.parent == folder


def test_each_ledger_has_its_own(any_store: Store, tmp_path: Path, salts: FixedSalts) -> None:
    environ = {"ORELINE_HOME": str(tmp_path)}
    with create_store(tmp_path / "second.db", HEADER, salt=salts) as second:
        assert snapshot_place(any_store, environ) != snapshot_place(second, environ)
    here = snapshot_place(any_store, environ)
    with open_store(any_store.place if any_store.path is None else any_store.path) as again:
        assert snapshot_place(again, environ) == here


def test_a_service_without_a_home_has_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert snapshot_place(store, {}) is None
    assert snapshot_place(store, {"ORELINE_HOME": "/h"}) is not None
