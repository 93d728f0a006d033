"""A small chain folder that is right in every respect, for tests to import or to spoil."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oreline.record import Store, create_store
from oreline_testing.injected import FixedClock, FixedSalts

REPORT = b"A first consignment left the port on Tuesday.\n"
TABLES = {
    "chain.toml": (
        'name = "pair"\ntitle = "A pair of mines"\ncurrency = "USD"\n'
        "horizon_start = 2025-01-01\nhorizon_end = 2035-12-31\ndeclared = 2025-01-01\n"
        '[defaults]\ntime_zone = "Asia/Karachi"\nactor = "clerk-1"\n'
        '[[phases]]\nid = "phase-1"\nname = "Dispatch"\nstart = 2025-09-01\nbudget = 500.5\n'
        'currency = "USD"\nlead = "joint office"\n'
    ),
    "assumptions.csv": (
        "id,value,low,high,unit,reasoning,source\nA-share,60,50,70,pct,usual in such ventures,\n"
    ),
    "parties.csv": (
        "id,name,country,lei,roles,owners,valid_from,valid_to,basis,source\n"
        "fwo,Works Organization,PK,,miner seller,,,,reported,rep-1\n"
        "ussm,Strategic Metals,US,,buyer,,,,reported,rep-1\n"
        "jv,Joint venture,PK,,,fwo:60%;ussm:40%,2025-09-01,,assumed,A-share\n"
    ),
    "sites.csv": (
        "id,name,kind,country,region,district,lat,lon,precision_km,operator,custody_model,role,"
        "valid_from,valid_to,basis,source\n"
        "mine-1,First mine,mine,PK,Balochistan,,29.10,66.55,25,fwo,segregated,chain,,,reported,"
        "rep-1\n"
        "mill-1,The mill,mill,PK,,,,,,fwo,mass_balance,,,,reported,rep-1\n"
        "smelter-1,The smelter,smelter,US,Missouri,,37.5,-90.3,1,ussm,,,,,reported,rep-1\n"
    ),
    "materials.csv": (
        "id,name,form,stage,hs_code,tracked,basis,source\n"
        "sb-ore,Antimony ore,ore,mine,261710,Sb As,reported,rep-1\n"
        "sb-conc,Antimony concentrate,concentrate,mill,261710,Sb As Au,reported,rep-1\n"
    ),
    "routes.csv": (
        "id,from,to,mode,distance_km,cost_usd_per_t,days,basis,source\n"
        "r-1,mine-1,mill-1,truck,120.5,14,0.5,reported,rep-1\n"
    ),
    "permits.csv": (
        "id,type,site,issuer,scope,valid_from,valid_to,status,basis,source\n"
        "lease-1,lease,mine-1,Province,antimony,2020-01-01,2030-01-01,valid,reported,rep-1\n"
    ),
    "rules.csv": (
        "id,kind,scope,prefer,tie,valid_from,valid_to,basis,source\n"
        "rule-1,grade-book,*,umpire > agreed > seller,mean,,,reported,rep-1\n"
    ),
    "evidence/evidence.csv": (
        "id,outlet,title,date,sha256,file,quote,note\n"
        f"rep-1,The Paper,First consignment,2025-10-02,{hashlib.sha256(REPORT).hexdigest()},"
        'rep-1.txt,"A first consignment left the port on Tuesday.",\n'
    ),
    "events/mine.csv": (
        "event,kind,time,site,party,side,lot,material,continuing,wet_t,wet_t_u,moisture_pct,"
        "Sb_pct,As_ppm,basis,source,stream,dry_t,unit,evidence,note,x_shift\n"
        "e-1,extract,2025-09-01T06:00:00Z,mine-1,fwo,,fwo:SB-1,sb-ore,,120,0.5,4,12.5,<50,"
        "measured,ticket 7,,,,rep-1,first blast,day\n"
        "e-2,process,2025-09-02 18:00,mill-1,fwo,in,fwo:SB-1,,,,,,,,,,,,mill,,,\n"
        "e-2,process,2025-09-02 18:00,mill-1,,out,fwo:C-1,sb-conc,yes,22,,8,52.3,0.2..0.3,"
        "measured,,,,,,,\n"
        "e-2,,,,,out,fwo:T-1,,,unknown: not weighed,,,3.1,,measured,,,,,,,\n"
        "e-2,,,,,loss,,,,,,,,,measured,,dust,0.2,,,,\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the chain folder; its second event draws all of a lot."""
    root = tmp_path / "pair"
    for name, text in TABLES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "evidence" / "rep-1.txt").write_bytes(REPORT)
    return root


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """Make ledgers on SQLite, closed after the test."""
    opened: list[Store] = []

    def make(name: str = "ledger") -> Store:
        header = {"id": name, "tense": "actual"}
        store = create_store(tmp_path / f"{name}.db", header, clock=FixedClock(), salt=FixedSalts())
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()
