"""Contracts and price series: from the folder into the ledger and back, the text byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from oreline.exchange import export_ledger, import_chain, read_folder_drafts
from oreline.record import Store

NewStore = Callable[[str], Store]
CONTRACT = b"""\xef\xbb\xbf# Terms, as signed.\r
id = "sb-2025"
title = "Antimony \xc3\xbc concentrate"
seller = "fwo"
buyer = "ussm"
materials = ["sb-conc"]
valid_from = "2025-09-01"
basis = "assumed"
source = "A-share"
[weight]
rule = "discharge"   \t
"""
SERIES = (
    "id,name,kind,unit,vat_pct,market,delivered,calendar,basis,source\n"
    "cu-cash,Copper cash,exchange,USD/t,,metal exchange,in warehouse,london,assumed,A-share\n"
    "sb-rdam,Antimony Rotterdam,assessed,USD/t,0,Rotterdam,,london,reported,a magazine\n"
    "empty,Nothing yet,reference,USD/kg,13,China,ex works,,reported,a list\n"
)
VALUES = (
    "series,day,value,source\ncu-cash,2025-10-02,10310.50,\ncu-cash,2025-10-01,10250,first print\n"
    "sb-rdam,2025-10-01,-1.5,\n"
)
HOLIDAYS = "calendar,day,name\nlondon,2025-12-25,Christmas Day\nlondon,2025-12-26,\n"


@pytest.fixture
def priced(folder: Path) -> Path:
    """Give the small chain a contract and prices."""
    (folder / "contracts").mkdir()
    (folder / "contracts" / "antimony v1.toml").write_bytes(CONTRACT)
    (folder / "prices").mkdir()
    for name, text in (("series", SERIES), ("values", VALUES), ("holidays", HOLIDAYS)):
        (folder / "prices" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def declared(store: Store, kind: str) -> list[dict[str, object]]:
    events = [json.loads(row.data) for row in store.rows()]
    return [
        event
        for event in events
        if event["schema"] == "declare/1" and event["body"]["type"] == kind
    ]


def test_a_contract_is_declared_between_its_parties_with_its_text(
    priced: Path, new_store: NewStore
) -> None:
    store = new_store("one")
    report = import_chain(priced, store)
    assert report.findings == ()
    assert report.declarations == 13 + 4
    (event,) = declared(store, "contract")
    assert (event["party"], event["to_party"]) == ("fwo", "ussm")
    body = event["body"]
    assert (body["id"], body["valid_from"]) == ("sb-2025", "2025-09-01")
    assert body["data"]["terms"].encode() == CONTRACT
    assert body["data"]["title"] == "Antimony ü concentrate"
    assert import_chain(priced, store).appended == 0


def test_a_series_is_declared_with_its_values_and_closed_days(
    priced: Path, new_store: NewStore
) -> None:
    store = new_store("one")
    import_chain(priced, store)
    by_id = {event["body"]["id"]: event["body"]["data"] for event in declared(store, "market")}
    copper = by_id["cu-cash"]
    assert copper["values"] == ["2025-10-01 10250 first print", "2025-10-02 10310.50"]
    assert copper["holidays"] == ["2025-12-25 Christmas Day", "2025-12-26"]
    assert (copper["unit"], copper["kind"]) == ("USD/t", "exchange")
    assert by_id["sb-rdam"]["values"] == ["2025-10-01 -1.5"]
    assert "values" not in by_id["empty"]


def test_what_is_exported_is_imported_as_the_same_events(
    priced: Path, new_store: NewStore, tmp_path: Path
) -> None:
    store = new_store("one")
    chain = import_chain(priced, store).chain
    # A second version of each, and one that returned to its first text.
    for old, new in (("rule = ", "rule =  "), ("rule =  ", "rule = ")):
        path = priced / "contracts" / "antimony v1.toml"
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))
        assert import_chain(priced, store).appended == 1
    with (priced / "prices" / "values.csv").open("a") as file:
        file.write("cu-cash,2025-10-03,10400,\n")
    assert import_chain(priced, store).appended == 1
    export_ledger(store, tmp_path / "out", chain=chain)
    assert [path.name for path in (tmp_path / "out" / "contracts").iterdir()] == ["sb-2025.toml"]
    assert (tmp_path / "out" / "contracts" / "sb-2025.toml").read_bytes() == CONTRACT
    assert "cu-cash,2025-10-03,10400," in (tmp_path / "out" / "prices" / "values.csv").read_text()
    other = new_store("two")
    report = import_chain(tmp_path / "out", other)
    assert report.is_complete, report.findings
    assert {row.id for row in other.rows()} == {row.id for row in store.rows()}
    assert import_chain(tmp_path / "out", other).appended == 0


def test_the_name_of_the_file_comes_back(priced: Path, new_store: NewStore, tmp_path: Path) -> None:
    path = priced / "contracts" / "antimony v1.toml"
    path.rename(path.with_name("antimony-v1.toml"))
    store = new_store("one")
    chain = import_chain(priced, store).chain
    export_ledger(store, tmp_path / "out", chain=chain)
    written = tmp_path / "out" / "contracts" / "antimony-v1.toml"
    assert written.read_bytes() == CONTRACT


@pytest.mark.parametrize("name", ["../../evil.toml", "con/x.toml", ".toml", "a\nb.toml"])
def test_a_ledger_cannot_make_an_export_write_elsewhere(
    priced: Path, new_store: NewStore, tmp_path: Path, name: str
) -> None:
    store = new_store("one")
    chain = import_chain(priced, store).chain
    (event,) = declared(store, "contract")
    data = {**event["body"]["data"], "file": name}
    draft = {
        "schema": "declare/1", "id": "evil", "time": "2025-09-02T00:00:00Z", "actor": "clerk-1",
        "party": "fwo", "to_party": "ussm", "body": {**event["body"], "data": data},
    }  # fmt: skip
    store.append([draft])
    export_ledger(store, tmp_path / "out", chain=chain)
    files = {path.name for path in tmp_path.rglob("*.toml")}
    assert "evil.toml" not in files
    assert "evil" in (tmp_path / "out" / "events" / "rest.jsonl").read_text()


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "place"),
    [
        ("contracts/antimony v1.toml", 'seller = "fwo"\n', "", "ORL-0830", "seller"),
        ("contracts/antimony v1.toml", '"sb-2025"', '"sb 2025"', "ORL-0830", "id"),
        ("contracts/antimony v1.toml", '"sb-2025"', "7", "ORL-0830", "id"),
        ("contracts/antimony v1.toml", '"ussm"', '"usm"', "ORL-0312", "buyer"),
        ("contracts/antimony v1.toml", "A-share", "A-none", "ORL-0312", "source"),
        ("contracts/antimony v1.toml", "A-share", "a guess", "ORL-0313", "source"),
        ("contracts/antimony v1.toml", "2025-09-01", "soon", "ORL-0310", "valid_from"),
        ("contracts/antimony v1.toml", "[weight]", "[weight", "ORL-0301", ""),
        ("prices/series.csv", "exchange,USD/t", "exchnge,USD/t", "ORL-0310", "column kind"),
        ("prices/series.csv", "A-share", "A-none", "ORL-0312", "column source"),
        ("prices/series.csv", "sb-rdam", "cu-cash", "ORL-0311", "column id"),
        ("prices/series.csv", "vat_pct", "vat", "ORL-0307", "column vat"),
        ("prices/values.csv", "10250", "10,250", "ORL-0305", ""),
        ("prices/values.csv", "10250", "NaN", "ORL-0310", "column value"),
        ("prices/values.csv", "2025-10-01", "2025-10-32", "ORL-0310", "column day"),
        ("prices/values.csv", "2025-10-02", "2025-10-01", "ORL-0311", "column day"),
        ("prices/values.csv", "sb-rdam", "sb-rotterdam", "ORL-0312", "column series"),
        ("prices/holidays.csv", "calendar,day", "calendar,date", "ORL-0308", ""),
    ],
)
def test_nothing_is_written_while_something_is_wrong(
    priced: Path, new_store: NewStore, file: str, old: str, new: str, code: str, place: str
) -> None:
    path = priced / file
    data = path.read_bytes()
    assert old.encode() in data
    path.write_bytes(data.replace(old.encode(), new.encode(), 1))
    report = import_chain(priced, new_store("one"))
    fatal = {found.code: found.where for found in report.findings if found.severity == "fatal"}
    assert code in fatal, report.findings
    assert fatal[code].startswith(file)
    assert fatal[code].endswith(place)
    assert report.appended == 0


def test_days_of_a_calendar_that_no_series_has_close_no_market(priced: Path) -> None:
    with (priced / "prices" / "holidays.csv").open("a") as file:
        file.write("londn,2025-12-29,\n")
    (found,) = read_folder_drafts(priced).findings
    assert (found.code, found.severity) == ("ORL-0831", "warning")
    assert "did you mean london?" in found.fix


def test_a_second_contract_of_one_id_is_refused(priced: Path) -> None:
    (priced / "contracts" / "b.toml").write_bytes(CONTRACT)
    (found,) = read_folder_drafts(priced).findings
    assert (found.code, found.where) == ("ORL-0311", "contracts/b.toml id")


def test_a_contract_that_is_gone_is_noted(priced: Path, new_store: NewStore) -> None:
    store = new_store("one")
    import_chain(priced, store)
    (priced / "contracts" / "antimony v1.toml").unlink()
    report = import_chain(priced, store)
    assert [(f.code, f.where) for f in report.findings] == [("ORL-0361", "contract sb-2025")]


def test_a_text_too_long_for_a_cell_is_named_and_not_cut_off(
    priced: Path, new_store: NewStore, tmp_path: Path
) -> None:
    path = priced / "contracts" / "antimony v1.toml"
    path.write_bytes(path.read_bytes() + b"# " + b"x" * 40_000 + b"\n")
    store = new_store("one")
    import_chain(priced, store)
    (event,) = declared(store, "contract")
    report = export_ledger(store, tmp_path / "out.xlsx")
    (found,) = report.findings
    assert found.code == "ORL-0362"
    assert str(event["id"]) in found.message
