"""From two laboratories' files to a settled assay, each side at its own command line."""

from __future__ import annotations

import json
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from called import Call, Oreline

from oreline.record import create_store, load_ledger, open_store
from oreline_testing.injected import FixedClock, FixedSalts

CONTRACT = """
id = "fwo-ussm-1"
title = "Copper concentrate, first shipment"
seller = "fwo"
buyer = "ussm"
materials = ["cu-conc"]
currency = "USD"
basis = "assumed"
source = "test"

[assays]
rule = "exchange"
clause = "9"
deadline_days = 45
late = "other_conclusive"
umpire = "between_or_nearer"
umpire_cost = "further_pays"
limits = [{ analyte = "Cu", limit = "0.30 %", rounding = { to = "0.01" } }]
"""
LOT = "fwo:CU-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a chain folder with a contract and a lot."""
    chain = tmp_path / "chain"
    (chain / "contracts").mkdir(parents=True)
    (chain / "chain.toml").write_text('name = "x"\n')
    (chain / "contracts" / "first.toml").write_text(CONTRACT)
    made = {"lot": LOT, "dry": {"value": "100", "unit": "t", "basis": "measured"}}
    header = {"id": "x", "tense": "planned"}
    with create_store(chain / "ledger.db", header, clock=FixedClock(), salt=FixedSalts()) as store:
        store.append([written("dig", "extract", {"outputs": [made]})])
    return chain


def written(identity: str, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Write an event of long ago."""
    shared = {"time": "2025-10-01T00:00:00Z", "actor": "clerk", "site": "mill"}
    return {"schema": f"{kind}/1", "id": identity, **shared, **more, "body": body}


def sampled(folder: Path, seal: str) -> date:
    """Record that the lot was sampled on the day of a seal, whatever the machine's clock says."""
    with open_store(folder / "ledger.db") as store:
        day = str(store.event(seal)["recorded"])[:10]
        body = {"sample": "S-1", "lot": LOT}
        store.append([written("s", "sample", body, time=f"{day}T00:00:00Z")])
    return date.fromisoformat(day)


def assay(folder: Path, role: str, copper: str) -> Path:
    """Write a laboratory's certificate as a table."""
    file = folder.parent / f"{role}.csv"
    file.write_text(
        "event,kind,time,actor,lot,role,laboratory,basis,Cu_pct,moisture_pct\n"
        f"x,assay,2025-10-01T00:00:00Z,lab,{LOT},{role},laboratory of the {role},measured,"
        f"{copper},8.1\n"
    )
    return file


def run(bare: Oreline, folder: Path, *words: object) -> Call:
    return bare("settle", "exchange", *words, "--chain", folder)


def sealed(bare: Oreline, folder: Path, role: str, copper: str) -> dict[str, Any]:
    words = ("seal", LOT, "--role", role, "--contract", "fwo-ussm-1", "--by", f"{role}-lab")
    call = run(bare, folder, *words, "--assay", assay(folder, role, copper), "--json")
    assert call.code == 0, call.everything
    found: dict[str, Any] = call.json["result"]
    return found


def opened(bare: Oreline, folder: Path, secret: str) -> Call:
    return run(bare, folder, "open", secret, "--by", "lab", "--json")


def test_two_sides_seal_open_and_settle(bare: Oreline, folder: Path) -> None:
    seller = sealed(bare, folder, "seller", "28.30")
    assert "28.30" not in json.dumps(seller)
    early = opened(bare, folder, seller["secret"])
    assert early.code == 2
    assert "the buyer has not sealed yet" in early.json["error"]["message"]
    buyer = sealed(bare, folder, "buyer", "28.00")
    for kept in (seller, buyer):
        assert opened(bare, folder, kept["secret"]).code == 0
    unknown = run(bare, folder, "state", LOT)
    assert "the day from which the deadline is counted" in " ".join(unknown.out.split())
    sampled(folder, seller["event"])
    call = run(bare, folder, "state", LOT, "--json")
    assert call.code == 0, call.everything
    (copper,) = call.json["result"]["analytes"]
    assert (copper["assay"], copper["how"], copper["clause"]) == ("28.15", "mean", "9")
    shown = run(bare, folder, "state", LOT).out
    assert "28.15 %" in shown
    proof = run(bare, folder, "verify", LOT)
    assert proof.code == 0
    assert "PROVED" in proof.out
    with open_store(folder / "ledger.db") as store:
        events = load_ledger(store).columns.events
    assert f"{seller['event']}-assay" in events.id


def test_before_and_after_the_deadline(bare: Oreline, folder: Path) -> None:
    buyer = sealed(bare, folder, "buyer", "28.00")
    day = sampled(folder, buyer["event"])
    last, far = (day + timedelta(days=45)).isoformat(), (day + timedelta(days=46)).isoformat()
    call = run(bare, folder, "state", LOT, "--today", last)
    assert "missing is the seller's result" in " ".join(call.out.split())
    early = run(bare, folder, "open", buyer["secret"], "--by", "lab", "--today", last)
    assert early.code == 2
    words = ("open", buyer["secret"], "--by", "lab", "--today", far)
    assert run(bare, folder, *words).code == 0
    found = run(bare, folder, "state", LOT, "--today", far, "--json").json["result"]
    assert [found["analytes"][0][name] for name in ("assay", "how")] == ["28.00", "default"]


def test_a_changed_file_opens_nothing(bare: Oreline, folder: Path) -> None:
    seller = sealed(bare, folder, "seller", "28.30")
    sealed(bare, folder, "buyer", "28.00")
    secret = Path(seller["secret"])
    secret.write_text(secret.read_text().replace("28.30", "28.60"))
    call = opened(bare, folder, str(secret))
    assert call.code == 2
    assert "is not the one in" in call.json["error"]["message"]


def test_verify_names_what_fails(bare: Oreline, folder: Path) -> None:
    seller = sealed(bare, folder, "seller", "28.30")
    sealed(bare, folder, "buyer", "28.00")
    text = Path(seller["secret"]).read_text().strip().replace("28.30", "28.60")
    body = {"type": "assay-opened", "subject": LOT, "issuer": "fwo", "statement": text}
    forged = written("forged", "attest", body, party="fwo")
    with open_store(folder / "ledger.db") as store:
        store.append([forged])
    call = run(bare, folder, "verify", LOT, "--json")
    assert call.code == 1
    assert call.json["error"]["findings"][0]["where"] == "forged"
    assert run(bare, folder, "state", LOT, "--contract", "fwo-ussm-1").code == 1


def test_the_secret_is_its_owners_alone(bare: Oreline, folder: Path) -> None:
    seller = sealed(bare, folder, "seller", "28.30")
    secret = Path(seller["secret"])
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    nonce = json.loads(secret.read_text())["nonce"]
    assert len(nonce) == 64
    secret.chmod(0o644)
    assert "chmod 600" in opened(bare, folder, str(secret)).json["error"]["message"]
    words = ("seal", LOT, "--role", "buyer", "--contract", "fwo-ussm-1", "--by", "lab")
    shared = folder / "secret.json"
    csv = assay(folder, "buyer", "28.00")
    call = run(bare, folder, *words, "--assay", csv, "--secret", shared)
    assert call.code == 2
    assert not shared.exists()
    taken = run(bare, folder, *words, "--assay", csv, "--secret", secret)
    assert "never overwritten" in " ".join(taken.everything.split())
    assert json.loads(secret.read_text())["nonce"] == nonce
    with open_store(folder / "ledger.db") as store:
        assert store.size() == 2


def test_whoever_has_sealed_does_not_seal_again(bare: Oreline, folder: Path) -> None:
    first = sealed(bare, folder, "seller", "28.30")
    words = ("seal", LOT, "--role", "seller", "--contract", "fwo-ussm-1", "--by", "lab")
    again = run(bare, folder, *words, "--assay", assay(folder, "seller", "29"), "--json")
    assert again.code == 2
    assert first["event"] in again.json["error"]["message"]
    void = ("record", "correct", first["event"], "--void", "--reason", "x", "--by", "lab")
    assert bare(*void, "--chain", folder).code == 0
    assert sealed(bare, folder, "seller", "29")["event"] != first["event"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("28.30", "128"), "more than 100 %"),
        ((",seller,", ",buyer,"), "role is buyer, not seller"),
        ((LOT, "fwo:CU-2"), "lot is fwo:CU-2"),
        (("assay,2025", "weigh,2025"), "weigh"),
    ],
)
def test_a_bad_file_seals_nothing(
    bare: Oreline, folder: Path, change: tuple[str, str], words: str
) -> None:
    file = assay(folder, "seller", "28.30")
    file.write_text(file.read_text().replace(*change))
    told = ("seal", LOT, "--role", "seller", "--contract", "fwo-ussm-1", "--by", "lab")
    call = run(bare, folder, *told, "--assay", file)
    assert call.code != 0
    assert words in " ".join(call.everything.split())
    with open_store(folder / "ledger.db") as store:
        assert store.size() == 1


def test_which_contract(bare: Oreline, folder: Path) -> None:
    assert "nobody has sealed" in run(bare, folder, "state", LOT).everything
    unknown = run(bare, folder, "state", LOT, "--contract", "no-such")
    assert "no contract no-such" in " ".join(unknown.everything.split())
    file = folder / "contracts" / "first.toml"
    assert run(bare, folder, "state", LOT, "--contract", file).code == 0
    silent = folder.parent / "silent.toml"
    silent.write_text(CONTRACT.partition("[assays]")[0])
    call = run(bare, folder, "state", LOT, "--contract", silent)
    assert "says nothing of assays" in " ".join(call.everything.split())


def test_a_later_date_and_an_agreed_result(bare: Oreline, folder: Path) -> None:
    buyer = sealed(bare, folder, "buyer", "28.00")
    day = sampled(folder, buyer["event"])
    late = (day + timedelta(days=60)).isoformat()
    told = ("extend", LOT, "--for", "seller", "--until", late, "--reason", "strike", "--by", "x")
    assert run(bare, folder, *told).code == 0
    found = run(bare, folder, "state", LOT, "--json").json["result"]
    first = (day + timedelta(days=45)).isoformat()
    assert found["deadlines"] == {"seller": late, "buyer": first}
    assert found["extensions"][0]["reason"] == "strike"
    assert run(bare, folder, *told[:4], "--until", "soon", *told[6:]).code == 2
    grade = {"analyte": "Cu", "value": "28.11", "unit": "%", "basis": "measured"}
    body = {"lot": LOT, "role": "agreed", "results": [grade]}
    with open_store(folder / "ledger.db") as store:
        store.append([written("agreed-1", "assay", body, party="fwo")])
    own = run(bare, folder, "accept", "agreed-1", "--party", "fwo", "--by", "x")
    assert "the other party accepts it" in own.everything
    assert run(bare, folder, "accept", "dig", "--party", "ussm", "--by", "x").code == 2
    assert run(bare, folder, "accept", "agreed-1", "--party", "ussm", "--by", "x").code == 0
    (copper,) = run(bare, folder, "state", LOT, "--json").json["result"]["analytes"]
    assert (copper["assay"], copper["how"]) == ("28.11", "agreed")
