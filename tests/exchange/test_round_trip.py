"""What goes out comes back in: any ledger, as a chain folder, gives the same events."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.exchange import export_ledger, import_chain, read_events, read_folder_drafts
from oreline.exchange._declare import declaration
from oreline.model import Chain, InputError, canonical_json, check_event
from oreline.record import StoredRow

IDS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
LOTS = st.builds("{}:{}".format, IDS, IDS)
NUMBERS = st.from_regex(r"[1-9]?[0-9](\.[0-9]{1,4})?", fullmatch=True)
# Leading signs, quotes, separators and blanks are what a table can get wrong.
TEXTS = st.text(
    st.sampled_from(" =+-@'\",;\t\nabcäß中#0.<>:"), min_size=1, max_size=12
)  # fmt: skip
INSTANTS = st.sampled_from(
    ["2025-09-01T06:00:00Z", "2025-09-01T06:00:00.5Z", "2025-09-02T00:00:00Z"]
)
BASES = st.sampled_from(["measured", "reported", "assumed"])
ANALYTES = st.sampled_from(["Sb", "As", "Au", "Nd2O3", "TREO"])


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a JSON object with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def qualities(draw: st.DrawFn) -> dict[str, Any]:
    extra = draw(optional(source=TEXTS, method=TEXTS))
    return {"basis": draw(BASES), **extra}


@st.composite
def quantities(draw: st.DrawFn, grade: bool = False) -> dict[str, Any]:
    forms = ["value", "interval", "unknown", *(["below", "above"] if grade else ["open"])]
    form = draw(st.sampled_from(forms))
    if form == "unknown":
        return {"unknown": draw(st.sampled_from(["not stated", "not published", "a: b", " x"]))}
    unit = draw(st.sampled_from(["%", "ppm", "g/t"] if grade else ["t", "kg", "short ton"]))
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)), key=float)
    written = {
        "value": {"value": low},
        "interval": {"low": low, "high": high},
        "below": {"below": low},
        "above": {"above": low},
        "open": {"low": low},
    }[form]
    return {**written, "unit": unit, **draw(qualities()), **draw(optional(u=NUMBERS))}


def masses() -> st.SearchStrategy[dict[str, Any]]:
    return quantities()


@st.composite
def grades(draw: st.DrawFn) -> dict[str, Any]:
    return {"analyte": draw(ANALYTES), **draw(quantities(grade=True))}


@st.composite
def moistures(draw: st.DrawFn) -> dict[str, Any]:
    return {"analyte": "H2O", **draw(quantities(grade=True))}


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    line: dict[str, Any] = {"lot": draw(LOTS)}
    line |= draw(
        optional(
            material=IDS,
            wet=masses(),
            dry=masses(),
            moisture=moistures(),
            all=st.just(True),
            continuing=st.just(True),
            grades=st.lists(grades(), min_size=1, max_size=3),
        )
    )
    return line


LINES = st.lists(lines(), min_size=1, max_size=3)
ORIGINS = optional(country=TEXTS, district=TEXTS, site=IDS, source=TEXTS).flatmap(
    lambda origin: BASES.map(lambda basis: {**origin, "basis": basis})
)


def body(needed: dict[str, st.SearchStrategy[Any]], **fields: st.SearchStrategy[Any]) -> Any:
    return st.fixed_dictionaries(needed, optional=fields)


LOSSES = st.lists(body({"stream": TEXTS, "dry": masses()}), min_size=1, max_size=2)
NAMES = st.lists(TEXTS, min_size=1, max_size=2)
POSTINGS = [
    {"account": "a", "amount": "-5.00", "currency": "USD"},
    {"account": "b", "amount": "5.00", "currency": "USD"},
]


def terms() -> st.SearchStrategy[dict[str, Any]]:
    """Draw what a contract may be declared with: a text that is one, and texts that are none."""
    heads = st.builds(
        'id = "{}"\r\ntitle = "T"\nseller = "{}"\nbuyer = "{}"\n# {}\n'.format,
        IDS, IDS, IDS, st.sampled_from(["", "  blanks  ", "\u00fc"]),
    )  # fmt: skip
    return body({"terms": heads | TEXTS}, title=TEXTS, seller=IDS, buyer=IDS, file=TEXTS)


def markets() -> st.SearchStrategy[dict[str, Any]]:
    """Draw what a price series may be declared with."""
    days = st.sampled_from(["2025-10-01", "2025-10-02", "2025-13-01"])
    lines = st.builds("{} {}".format, days, NUMBERS | TEXTS)
    return body(
        {"name": TEXTS, "basis": BASES, "unit": st.just("USD/t"), "kind": st.just("assessed")},
        values=st.lists(lines, max_size=3), holidays=st.lists(lines, max_size=2),
        calendar=IDS, source=TEXTS, vat_pct=NUMBERS,
    )  # fmt: skip


BODIES: dict[str, Any] = {
    "extract": body({"outputs": LINES}, origin=ORIGINS),
    "process": body({"inputs": LINES}, outputs=LINES, losses=LOSSES, unit=IDS),
    "blend": body({"inputs": LINES, "outputs": lines().map(lambda line: [line])}),
    "split": body({"inputs": lines().map(lambda line: [line]), "outputs": LINES}),
    "pack": body(
        {"container": IDS, "lots": st.lists(LOTS, min_size=1)}, seals=NAMES, tare=masses()
    ),
    "unpack": body({"container": IDS}, seals_found=NAMES, seals_intact=st.booleans()),
    "dispatch": body({"lots": LINES}, mode=st.just("sea"), documents=NAMES, incoterm=TEXTS),
    "receive": body({"lots": LINES}, dispatch=IDS, containers=st.lists(IDS, min_size=1)),
    "weigh": body({"lot": LOTS, "wet": masses()}, gross=masses(), tare=masses(), ticket=TEXTS),
    "sample": body(
        {"sample": IDS, "lot": LOTS},
        event=IDS,
        increments=st.integers(1, 100),
        mass=masses(),
        parts=st.lists(
            body({"part": IDS, "holder": IDS, "purpose": st.just("umpire")}, seal=TEXTS), min_size=1
        ),
    ),
    "assay": body(
        {"role": st.just("plant")}, lot=LOTS, results=st.lists(grades(), min_size=1), event=IDS
    ),
    "count": body({"lot": LOTS}, dry=masses(), method=TEXTS, grades=st.lists(grades(), min_size=1)),
    "transfer": body({"lots": st.lists(LOTS, min_size=1)}, document=TEXTS),
    "consume": body({"inputs": LINES, "purpose": st.just("sold")}),
    "observe": body(
        {
            "lots": st.lists(body({"lot": LOTS}, form=TEXTS, origin=ORIGINS), min_size=1),
            "status": st.just("seen"),
            "basis": BASES,
        },
        statement=TEXTS,
    ),
    "attest": body({"type": TEXTS, "subject": IDS}, statement=TEXTS, hash=st.just("ab" * 32)),
    "money": st.one_of(
        body({"type": st.just("payment")}, postings=st.just(POSTINGS)),
        body(
            {
                "type": st.just("invoice"),
                "lots": st.lists(LOTS, min_size=1, unique=True),
                "stage": st.just("provisional"),
            },
            postings=st.just(POSTINGS),
            contract=IDS,
            statement=st.just("cd" * 32),
        ),
    ),
    "declare": body(
        {"type": st.sampled_from(["site", "party", "assumption", "period"]), "id": IDS},
        valid_from=st.just("2025-01-01"),
    ).flatmap(
        lambda found: body(
            {"name": TEXTS, "basis": st.just("measured")}, kind=TEXTS, operator=IDS, site=IDS
        ).map(lambda data: {**found, "data": data})
    )
    | body({"type": st.just("contract"), "id": IDS, "data": terms()})
    | body({"type": st.just("market"), "id": IDS, "data": markets()}),
}


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(BODIES)))
    event: dict[str, Any] = {
        "schema": f"{kind}/1",
        "time": draw(INSTANTS),
        "actor": draw(st.sampled_from(["clerk-1", "clerk-2"])),
        "body": draw(BODIES[kind]),
    }
    event |= draw(
        optional(
            party=IDS,
            site=IDS,
            note=TEXTS,
            refs=st.lists(IDS, min_size=1, max_size=2),
            evidence=st.just(["cd" * 32]),
            extra=st.dictionaries(IDS, TEXTS, min_size=1, max_size=2),
        )
    )
    return event


def traded(seller: str, buyer: str) -> list[dict[str, Any]]:
    """Return two parties and a contract between them, as an import declares it."""
    chain = Chain("c", "c", "USD")
    named = {"id": f"{seller}-{buyer}", "title": "T", "seller": seller, "buyer": buyer}
    text = "".join(f'{name} = "{value}"\n' for name, value in named.items())
    parties = [
        declaration("party", party, {"name": party, "basis": "measured"}, chain)
        for party in (seller, buyer)
    ]
    written = {**named, "terms": text}
    return [*parties, declaration("contract", named["id"], written, chain, (seller, buyer))]


@st.composite
def ledgers(draw: st.DrawFn) -> list[dict[str, Any]]:
    events = draw(st.lists(drafts(), max_size=6))
    numbered = [{"id": f"e-{number}", **event} for number, event in enumerate(events)]
    rows = draw(st.lists(st.tuples(IDS, TEXTS, optional(operator=IDS, country=TEXTS)), max_size=3))
    for identity, name, data in rows:
        data = {"name": name, "kind": "mine", "basis": "measured", **data}
        numbered.append(declaration("site", identity, data, Chain("c", "c", "USD")))
    for identity, data in draw(st.lists(st.tuples(IDS, markets()), max_size=2)):
        numbered.append(declaration("market", identity, data, Chain("c", "c", "USD")))
    for seller, buyer in draw(st.lists(st.tuples(IDS, IDS), max_size=2)):
        numbered += traded(seller, buyer)
    numbered = list({event["id"]: event for event in numbered}.values())
    return [event for event in numbered if not check_event(event)]


def contents(store: Any) -> list[dict[str, Any]]:
    """List the events of a store in order, without what the ledger gave them."""
    found = []
    for row in store.rows():
        event = json.loads(row.data)
        found.append({k: v for k, v in event.items() if k not in {"seq", "salt", "recorded"}})
    return found


class Memory:
    """A ledger in memory: the same contract as a store, without a database for each example."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def append(self, batch: Iterable[Any], /) -> Memory:
        """Append what is new; an id with other content is refused."""
        before = len(self.stored)
        for event in batch:
            assert check_event(event) == ()
            data = canonical_json(event)
            assert self.stored.setdefault(event["id"], data) == data
        self.appended = len(self.stored) - before
        return self

    def rows(self) -> Iterator[Any]:
        """Yield the events in order."""
        for seq, data in enumerate(self.stored.values()):
            event = {**json.loads(data), "seq": seq, "salt": "0" * 32}
            yield StoredRow(seq, event["id"], 0, 0, canonical_json(event))


def moment(event: dict[str, Any]) -> str:
    """Write the time of an event so that it sorts as text."""
    return str(event["time"]).replace("Z", "")


@given(ledgers())
@pytest.mark.fuzz
def test_a_folder_gives_back_the_same_events(events: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        one, two = Memory(), Memory()
        one.append(events)
        export_ledger(one, root / "out")
        report = import_chain(root / "out", two)
        assert report.is_complete, [str(finding) for finding in report.findings]
        assert two.stored == one.stored
        kept = [e for e in contents(two) if e["schema"] != "declare/1"]
        was = [e for e in contents(one) if e["schema"] != "declare/1"]
        assert kept == sorted(was, key=moment)


@settings(max_examples=20)
@given(ledgers())
def test_lines_of_json_hold_the_stored_bytes(events: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "all.jsonl"
        one = Memory()
        one.append(events)
        export_ledger(one, path)
        assert path.read_bytes() == b"".join(row.data + b"\n" for row in one.rows())
        assert read_events(path) == (contents(one), ())


def test_a_chain_comes_back_whole(folder: Path, new_store: Any, tmp_path: Path) -> None:
    one, two = new_store("one"), new_store("two")
    import_chain(folder, one)
    report = export_ledger(one, tmp_path / "out")
    assert report.in_tables == report.events == 15
    assert not (tmp_path / "out" / "events" / "rest.jsonl").exists()
    assert import_chain(tmp_path / "out", two).is_complete
    assert contents(two) == contents(one)
    assert import_chain(tmp_path / "out", one).appended == 0


def test_a_workbook_runs_no_formula(tmp_path: Path) -> None:
    event = {
        "schema": "attest/1",
        "id": "e-1",
        "time": "2025-09-01T06:00:00Z",
        "actor": "a",
        "body": {"type": "=1+1", "subject": "s", "statement": "@SUM(A1)"},
    }
    export_ledger([event], tmp_path / "out.xlsx")
    again, findings = read_events(tmp_path / "out.xlsx")
    assert findings == ()
    assert again == [event]
    export_ledger([event], tmp_path / "out")
    text = (tmp_path / "out" / "events" / "events.csv").read_text()
    assert ",'=1+1," in text
    assert ",'@SUM(A1)" in text
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_workbook_keeps_written_digits(tmp_path: Path) -> None:
    event = {
        "schema": "weigh/1",
        "id": "e-1",
        "time": "2025-09-01T06:00:00Z",
        "actor": "a",
        "body": {
            "lot": "fwo:1",
            "wet": {"value": "52.30", "unit": "t", "basis": "measured"},
            "gross": {"value": "0.1234567890123456"[:17], "unit": "t", "basis": "measured"},
            "tare": {"value": "7.25", "unit": "kg", "basis": "measured"},
        },
    }
    assert check_event(event) == ()
    export_ledger([event], tmp_path / "out.xlsx")
    assert read_events(tmp_path / "out.xlsx") == ([event], ())


def test_parquet_reads_back(folder: Path, new_store: Any, tmp_path: Path) -> None:
    store = new_store("one")
    import_chain(folder, store)
    report = export_ledger(store, tmp_path / "out.parquet")
    assert [finding.code for finding in report.findings] == ["ORL-0362"]
    again, findings = read_events(tmp_path / "out.parquet")
    assert findings == ()
    wanted = {e["id"]: e for e in contents(store)}
    assert len(again) == report.in_tables
    assert all(event == wanted[event["id"]] for event in again)
    assert pl.read_parquet(tmp_path / "out.parquet").get_column("event").to_list()[-1] == "e-2"


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    class Broken:
        def rows(self) -> Any:
            yield canonical_json({"schema": "attest/1"})
            message = "the disk is gone"
            raise OSError(message)

    for name in ("out", "out.jsonl", "out.xlsx", "out.parquet"):
        with pytest.raises(Exception, match="disk is gone"):
            export_ledger(Broken(), tmp_path / name)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(InputError, match="nothing is overwritten"):
        export_ledger([], tmp_path / "out.jsonl")
    with pytest.raises(InputError, match=r"write \.jsonl"):
        export_ledger([], tmp_path / "out.pdf")
    assert (tmp_path / "out.jsonl").read_text() == "mine"


def test_withheld_fields_are_not_shown(new_store: Any, tmp_path: Path) -> None:
    event = {
        "schema": "attest/1",
        "id": "e-1",
        "time": "2025-09-01T06:00:00Z",
        "actor": "a",
        "withhold": ["/body/statement"],
        "body": {"type": "price", "subject": "s", "statement": "secret 77"},
    }
    store = new_store("one")
    store.append([event])
    report = export_ledger(store, tmp_path / "out")
    assert [finding.code for finding in report.findings] == ["ORL-0360"]
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or "secret 77" not in path.read_text()
    assert len((tmp_path / "out" / "withheld.jsonl").read_text().splitlines()) == 1
    assert read_folder_drafts(tmp_path / "out").events == ()
