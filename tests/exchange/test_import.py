"""A chain folder into a ledger: everything or nothing, and twice is once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from oreline.exchange import Limits, export_ledger, import_chain, read_folder_drafts
from oreline.record import Store

NewStore = Callable[[str], Store]


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_twice_is_once(folder: Path, new_store: NewStore) -> None:
    store = new_store("one")
    steps: list[tuple[str, int, int]] = []
    report = import_chain(folder, store, lambda *step: steps.append(step))
    assert (report.declarations, report.events, report.appended) == (13, 15, 15)
    assert report.is_complete
    assert steps == [("reading", 0, 1), ("writing", 15, 15)]
    size, root = store.size(), store.root()
    again = import_chain(folder, store)
    assert (again.appended, again.findings) == (0, ())
    assert (store.size(), store.root()) == (size, root)
    kinds = [json.loads(row.data)["schema"] for row in store.rows()]
    assert kinds == ["declare/1"] * 13 + ["extract/1", "process/1"]
    assert json.dumps(report.to_json())


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sites.csv", "29.10", "92.10"),
        ("events/mine.csv", "52.3", "52,3x"),
        ("events/mine.csv", "fwo:C-1", "no lot"),
        ("chain.toml", "USD", "dollars"),
    ],
)
def test_nothing_is_written_with_any_fatal_finding(
    folder: Path, new_store: NewStore, name: str, old: str, new: str
) -> None:
    store = new_store("one")
    spoil(folder, name, old, new)
    report = import_chain(folder, store)
    assert not report.is_complete
    assert report.appended == 0
    assert store.size() == 0


def test_events_of_another_file_are_problems_of_the_same_import(
    folder: Path, new_store: NewStore
) -> None:
    spoil(folder, "sites.csv", "29.10", "92.10")
    (folder / "events" / "b.csv").write_text("event,kind,time\nz,digg,2025-09-01\n")
    (folder / "events" / "c.docx").write_bytes(b"PK")
    report = import_chain(folder, new_store("one"))
    places = {finding.where.split()[0] for finding in report.findings}
    assert places == {"sites.csv", "events/b.csv", "events/c.docx"}


def test_a_changed_row_is_a_new_version_and_a_return_another(
    folder: Path, new_store: NewStore, tmp_path: Path
) -> None:
    store = new_store("one")
    import_chain(folder, store)
    for old, new in (("First mine", "Second name"), ("Second name", "First mine")):
        spoil(folder, "sites.csv", old, new)
        assert import_chain(folder, store).appended == 1
        assert import_chain(folder, store).appended == 0
    names = [
        event["body"]["data"]["name"]
        for event in (json.loads(row.data) for row in store.rows())
        if event["schema"] == "declare/1" and event["body"]["id"] == "mine-1"
    ]
    assert names == ["First mine", "Second name", "First mine"]
    export_ledger(store, tmp_path / "out")
    other = new_store("two")
    assert import_chain(tmp_path / "out", other).is_complete
    assert {row.id for row in other.rows()} == {row.id for row in store.rows()}
    assert import_chain(tmp_path / "out", other).appended == 0


def test_a_row_that_is_gone_is_noted(folder: Path, new_store: NewStore) -> None:
    store = new_store("one")
    import_chain(folder, store)
    (folder / "permits.csv").write_text((folder / "permits.csv").read_text().splitlines()[0])
    report = import_chain(folder, store)
    assert [(f.code, f.where) for f in report.findings] == [("ORL-0361", "permit lease-1")]


class Breaking:
    """A store that fails at its n-th append, as a machine that is switched off."""

    def __init__(self, store: Store, at: int) -> None:
        self.store, self.left = store, at

    def append(self, batch: Iterable[Any], /) -> Any:
        """Append, or fail."""
        self.left -= 1
        if self.left < 0:
            message = "power cut"
            raise KeyboardInterrupt(message)
        return self.store.append(batch)

    def rows(self) -> Any:
        """Yield the events."""
        return self.store.rows()


def test_an_import_that_was_cut_off_is_repeated(folder: Path, new_store: NewStore) -> None:
    limits = Limits(batch_events=4)
    whole, cut = new_store("whole"), new_store("cut")
    import_chain(folder, whole)
    with pytest.raises(KeyboardInterrupt):
        import_chain(folder, Breaking(cut, 2), limits=limits)
    assert cut.size() == 8
    assert import_chain(folder, cut, limits=limits).appended == 7
    assert [row.id for row in cut.rows()] == [row.id for row in whole.rows()]


def test_events_stand_in_time_and_corrections_behind(folder: Path) -> None:
    (folder / "events" / "a.csv").write_text(
        "event,kind,time,target,action,reason,subject,type\n"
        "c-2,correct,2025-01-01T00:00:00Z,c-1,void,twice,,\n"
        "c-1,correct,2025-01-02T00:00:00Z,s-2,void,wrong,,\n"
        "s-1,attest,2025-09-01T00:00:00.5Z,,,,x,seen\n"
        "s-2,attest,2025-09-01T00:00:00Z,,,,x,seen\n"
    )
    (folder / "events" / "mine.csv").unlink()
    read = read_folder_drafts(folder)
    assert read.findings == ()
    assert [event["id"] for event in read.events] == ["s-2", "c-1", "c-2", "s-1"]


def test_one_id_in_two_files(folder: Path) -> None:
    text = (folder / "events" / "mine.csv").read_text()
    (folder / "events" / "again.csv").write_text(text)
    read = read_folder_drafts(folder)
    assert [finding.code for finding in read.findings] == ["ORL-0344", "ORL-0344"]
    assert len(read.events) == 2
    (folder / "events" / "again.csv").write_text(text.replace("52.3", "52.4"))
    read = read_folder_drafts(folder)
    assert sorted(finding.code for finding in read.findings) == ["ORL-0340", "ORL-0344"]


def test_what_the_ledger_refuses_is_reported(folder: Path, new_store: NewStore) -> None:
    store = new_store("one")
    spoil(folder, "events/mine.csv", "2025-09-01T06", "2999-09-01T06")
    report = import_chain(folder, store)
    assert [finding.code for finding in report.findings] == ["ORL-0201"]
    assert not report.is_complete
