"""A chain under stress by what its ledger tells: against the oracle of mixing, and by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from lot_ledgers import ledger_of
from mixing import UNKNOWN, declared_sites, drawn_ledger, simulate, stored

from oreline.exchange import import_chain
from oreline.model import Chain, InputError
from oreline.record import FIRST, create_store, load_ledger, open_books
from oreline.settle import contracts_of, prices_of
from oreline.stress import (
    ActualChain,
    ChainEvent,
    EventTable,
    given_events,
    read_security_alone,
    stress_actual,
)
from oreline.stress._own_flow import LedgerFlow
from oreline_testing.injected import FixedClock, FixedSalts

CASES = settings(max_examples=15, phases=(Phase.explicit, Phase.reuse, Phase.generate))
SITES = """id,name,kind,country,operator,basis,source
north,North mine,mine,PK,,reported,a test
south,South mine,mine,PK,,reported,a test
mill,The mill,mill,PK,,reported,a test
karachi,Karachi,port,PK,,reported,a test
houston,Houston,port,US,,reported,a test
"""
MATERIALS = """id,name,form,stage,tracked,basis,source
ore,Ore,ore,mine,Sb,reported,a test
conc,Concentrate,concentrate,concentrate,Sb,reported,a test
"""
ROUTES = """id,from,to,mode,distance_km,cost_usd_per_t,days,basis,source
sea,karachi,houston,sea,,,30,reported,a test
"""
PARTIES = """id,name,country,roles,basis,source
seller,The seller,PK,seller,reported,a test
buyer,The buyer,US,buyer,reported,a test
"""
# North gives 100 t at 10 %, south 100 t at 5 %: 15 t of antimony; half of each month's concentrate
# is of January, where only north was open; in March both are drawn.
EVENTS = """\
event,kind,time,party,to_party,site,to_site,lot,material,side,all,dry_t,Sb_pct,basis,source,mode
n1,extract,2026-01-05T08:00:00Z,,,north,,c:n1,ore,out,,100,10,reported,a test,
n1d,dispatch,2026-01-06T08:00:00Z,,,north,mill,c:n1,,,,,,,,truck
n1r,receive,2026-01-06T18:00:00Z,,,mill,,c:n1,,,,,,,,
p1,process,2026-01-10T08:00:00Z,,,mill,,c:n1,,in,yes,,,,,
p1,process,2026-01-10T08:00:00Z,,,mill,,c:k1,conc,out,,20,50,reported,a test,
k1d,dispatch,2026-01-11T08:00:00Z,,,mill,karachi,c:k1,,,,,,,,truck
k1r,receive,2026-01-12T08:00:00Z,,,karachi,,c:k1,,,,,,,,
k1s,dispatch,2026-01-20T08:00:00Z,seller,buyer,karachi,houston,c:k1,,,,,,,,sea
k1a,receive,2026-02-20T08:00:00Z,,,houston,,c:k1,,,,,,,,
n2,extract,2026-03-05T08:00:00Z,,,north,,c:n2,ore,out,,50,10,reported,a test,
s2,extract,2026-03-05T09:00:00Z,,,south,,c:s2,ore,out,,100,5,reported,a test,
n2d,dispatch,2026-03-06T08:00:00Z,,,north,mill,c:n2,,,,,,,,truck
n2r,receive,2026-03-06T18:00:00Z,,,mill,,c:n2,,,,,,,,
s2d,dispatch,2026-03-06T08:00:00Z,,,south,mill,c:s2,,,,,,,,truck
s2r,receive,2026-03-06T18:00:00Z,,,mill,,c:s2,,,,,,,,
p2,process,2026-03-10T08:00:00Z,,,mill,,c:n2,,in,yes,,,,,
p2,process,2026-03-10T08:00:00Z,,,mill,,c:s2,,in,yes,,,,,
p2,process,2026-03-10T08:00:00Z,,,mill,,c:k2,conc,out,,16,50,reported,a test,
k2d,dispatch,2026-03-11T08:00:00Z,,,mill,karachi,c:k2,,,,,,,,truck
k2r,receive,2026-03-12T08:00:00Z,,,karachi,,c:k2,,,,,,,,
k2s,dispatch,2026-03-20T08:00:00Z,seller,buyer,karachi,houston,c:k2,,,,,,,,sea
k2a,receive,2026-04-20T08:00:00Z,,,houston,,c:k2,,,,,,,,
"""
CONTRACT = """
id = "sb"
title = "A test"
seller = "seller"
buyer = "buyer"
materials = ["conc"]
currency = "USD"
basis = "reported"
source = "a test"
settled_by = "lot"
[weight]
clause = "1"
rule = "loading"
[assays]
clause = "1"
rule = "seller"
[[payments]]
clause = "1"
stage = "provisional"
pct = "90"
due_days = 5
due_event = "shipment"
[[payments]]
clause = "1"
stage = "final"
pct = "100"
due_days = 5
due_event = "shipment"
[[prices]]
clause = "2"
id = "sb"
series = "market"
qp = { kind = "days", event = "shipment", days = 1, side = "after" }
[[payables]]
clause = "3"
analyte = "Sb"
method = "pct"
pct = "50"
price = "sb"
"""


def written(folder: Path, **files: str) -> Path:
    """Write a chain folder by hand, its files by name; a double underscore is a slash."""
    tables = {
        "sites.csv": SITES, "materials.csv": MATERIALS, "routes.csv": ROUTES,
        "parties.csv": PARTIES, "events/all.csv": EVENTS,
        "assumptions.csv": "id,value,low,high,unit,reasoning,source\n",
        "permits.csv": "id,type,site,issuer,scope,valid_from,valid_to,status,basis,source\n",
        "chain.toml": 'name = "tiny"\ntitle = "A tiny chain"\ncurrency = "USD"\n'
                      '[defaults]\ntime_zone = "UTC"\nactor = "clerk"\n',
    } | files  # fmt: skip
    for name, text in tables.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def chain_of(folder: Path, security: bytes | None = None) -> ActualChain:
    """Read a folder into a ledger, and make the chain of it."""
    clock = FixedClock(datetime(2027, 1, 1, tzinfo=UTC))
    place = folder / "ledger.db"
    with create_store(place, {"id": "t", "tense": "actual"}, clock=clock, salt=FixedSalts()) as own:
        report = import_chain(folder, own)
        assert report.is_complete, [str(one) for one in report.findings]
        ledger = load_ledger(own)
    assert report.chain is not None
    inputs = None if security is None else read_security_alone(security)[0]
    contracts, prices = contracts_of(ledger)[0], prices_of(ledger)[0]
    return ActualChain(open_books(ledger), report.chain, contracts.values(), prices, inputs)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ActualChain:
    return chain_of(written(tmp_path_factory.mktemp("chain")))


def event(kind: Any, of: str, **more: Any) -> ChainEvent:
    given = {"first_month": 12 * 2026, "months": 12.0, "source": "a test"} | more
    return ChainEvent(f"{kind}-{of}", kind, of, **given)


def lost(chain: ActualChain, *events: ChainEvent) -> tuple[float, float | None]:
    """Return what of the antimony to the United States would not have come, in tonnes."""
    found = stress_actual(chain, events)
    (loss,) = found.outcomes()[-1].losses
    return loss.lost_t.low, loss.lost_t.high


@CASES
@given(events=drawn_ledger())
def test_what_met_an_extraction_is_what_the_oracle_says_came_from_it(events: Any) -> None:
    """Recycle loops, overdraws, piles and counts included; an overdraw may have come any way."""
    world = simulate(events, "Sb")
    ledger = ledger_of(declared_sites() + stored(events))
    flow = LedgerFlow(open_books(ledger), Chain("t", "t", "USD"))
    names = ledger.columns.lots.names
    for line in np.flatnonzero(flow.flags & FIRST).tolist()[:2]:
        origin = names[flow.lot[line]]
        hit = np.zeros(flow.side.size, bool)
        hit[line] = True
        _, share = flow.exposed("Sb", hit)
        for lot, name in enumerate(names):
            told = world.shares(name)
            if world.metal(name) <= 0 or list(world.made[origin])[1:]:
                continue
            sure = float(told.get(origin, 0))
            assert share[lot, 0] == pytest.approx(sure, abs=1e-9), (name, told)
            assert share[lot, 1] == pytest.approx(sure + float(told.get(UNKNOWN, 0)), abs=1e-9)


def test_what_came_and_what_hung_on_what(tiny: ActualChain) -> None:
    found = stress_actual(tiny)
    (came,) = found.deliveries
    assert (came.element, came.country, came.how, came.basis) == (
        "Sb", "US", "from abroad", "reported",
    )  # fmt: skip
    assert (came.whole_t.low, came.whole_t.high) == (18.0, 18.0)
    points = {(one.kind, one.id): one for one in found.points.points}
    part = {key: one.parts["Sb", "US"].low for key, one in points.items()}
    # Ten of January, and of March's eight half: 5 of 10 t of antimony in the feed are north's.
    assert part["site", "north"] == pytest.approx(14 / 18)
    assert part["site", "south"] == pytest.approx(4 / 18)
    assert part["route", "south:mill"] == pytest.approx(4 / 18)
    assert part["site", "mill"] == part["route", "sea"] == part["country", "PK"] == 1
    singles = {one.id for one in points.values() if one.is_single}
    assert singles == {"mill", "karachi", "houston", "sea", "mill:karachi", "PK"}
    assert points["site", "south"].others == ("north",)
    assert found.period == ("2026-01", "2026-04")


def test_events_cost_what_met_them_while_they_last(tiny: ActualChain) -> None:
    assert lost(tiny, event("site", "north", months=1.0)) == (10.0, 10.0)
    assert lost(tiny, event("site", "north")) == pytest.approx((14.0, 14.0))
    assert lost(tiny, event("port", "houston", first_month=12 * 2026 + 3)) == (8.0, 8.0)
    assert lost(tiny, event("ban", "PK", to=("CN",))) == (0.0, 0.0)
    assert lost(tiny, event("ban", "PK", elements=("Cu",))) == (0.0, 0.0)
    assert lost(tiny, event("ban", "PK", elements=("Sb",))) == (18.0, 18.0)
    # An event that begins after the concentrate has left finds it at sea.
    assert lost(tiny, event("site", "mill", first_month=12 * 2026 + 1, months=1.0)) == (0.0, 0.0)


def test_half_an_outage_costs_half_however_often_it_is_met(tiny: ActualChain) -> None:
    """The mill makes, dispatches and receives: what meets it thrice is lost once."""
    assert lost(tiny, event("site", "mill", severity=0.5)) == pytest.approx((9.0, 9.0))
    two = (event("site", "mill", severity=0.5), event("route", "sea", severity=0.25))
    assert lost(tiny, *two) == pytest.approx((9.0, 13.5))
    whole = (event("site", "north"), event("site", "south"))
    assert lost(tiny, *whole) == pytest.approx((18.0, 18.0))


def test_events_add_up_by_month(tiny: ActualChain) -> None:
    found = stress_actual(tiny, [event("site", "north")])
    rows = {row["month"]: row for row in found.to_frame().to_dicts()}
    assert (rows["2026-02"]["came_t_low"], rows["2026-02"]["lost_t_low"]) == (10.0, 10.0)
    assert rows["2026-04"]["lost_t_low"] == pytest.approx(4.0)
    assert found.alone[0].losses[0].months_with_nothing == 1
    told = found.to_json()
    assert told["alone"][0]["deliveries"][0]["lost_t_if_sent_another_way"] is None
    assert told["rests_on"] == "what the ledger tells"


def test_cash_is_what_shipments_are_worth_under_their_contracts(tmp_path: Path) -> None:
    """5 and 4 t paid at 10,000 USD/t; a price shock of January halves the first."""
    series = "id,name,kind,unit,basis,source\nmarket,Market,assessed,USD/t,reported,a test\n"
    values = "series,day,value\nmarket,2026-01-21,10000\nmarket,2026-03-21,10000\n"
    assays = (
        "event,kind,time,lot,Sb_pct,basis,source,role\n"
        "a1,assay,2026-01-12T09:00:00Z,c:k1,50,reported,a test,seller\n"
        "a2,assay,2026-03-12T09:00:00Z,c:k2,50,reported,a test,seller\n"
        "b1,assay,2026-01-12T09:10:00Z,c:k1,50,reported,a test,buyer\n"
        "b2,assay,2026-03-12T09:10:00Z,c:k2,50,reported,a test,buyer\n"
    )
    folder = written(
        tmp_path, **{"contracts/sb.toml": CONTRACT, "prices/series.csv": series,
                     "prices/values.csv": values, "events/assays.csv": assays},
    )  # fmt: skip
    chain = chain_of(folder)
    assert [one.value for one in chain.values] == [50_000, 40_000], [
        one.why for one in chain.values
    ]
    found = stress_actual(
        chain, [event("site", "north"), event("price", "Sb", months=1.0, factor=0.5)]
    )
    north, price = (found.cash[one.name][0] for one in found.alone)
    assert north.value == 90_000
    assert (north.not_come.low, north.from_prices.high) == (pytest.approx(70_000), 0)
    assert (price.not_come.high, price.from_prices.low) == (0, 25_000)
    both = found.cash[found.outcomes()[-1].name][0]
    assert both.not_come.low + both.from_prices.low == pytest.approx(70_000)


def test_a_country_depends_by_the_rate_of_a_year(tiny: ActualChain) -> None:
    """18 t in four months are 54 t a year: of printed imports of concentrate that is a part."""
    found = stress_actual(tiny, [event("site", "north")])
    (country,) = found.dependence
    stages = {one.supply.stage: one for one in country.stages}
    assert stages["concentrate"].supply.counted_t.low == pytest.approx(54)
    assert stages["concentrate"].in_event is not None
    assert stages["concentrate"].in_event.counted_t.low == pytest.approx(12)
    assert stages["refined"].supply.stops


def test_what_a_ledger_does_not_bear_out_is_told(tmp_path: Path) -> None:
    """Every finding from the smallest chain that causes it; the tiny chain causes none of them."""
    text = EVENTS.replace("c:k2,conc,out,,16,50,", "c:k2,conc,out,,,50,")
    sites = SITES.replace("houston,Houston,port,US", "houston,Houston,port,")
    chain = chain_of(written(tmp_path, **{"events/all.csv": text, "sites.csv": sites}))
    found = stress_actual(chain, [event("site", "north"), event("port", "gwadar")])
    codes = {one.code for one in found.findings}
    assert codes == {"ORL-1255", "ORL-1261", "ORL-1262", "ORL-1263", "ORL-1264"}
    unweighed = [one.message for one in found.findings if one.code == "ORL-1262"]
    assert "Sb to UNKNOWN: of 1 of 2 arrivals no mass is known" in unweighed


def test_a_stage_that_does_not_count_is_told(tmp_path: Path) -> None:
    materials = MATERIALS.replace("concentrate,concentrate,Sb", "concentrate,heap,Sb")
    folder = written(tmp_path, **{"materials.csv": materials})
    found = stress_actual(chain_of(folder))
    assert "ORL-1265" in {one.code for one in found.findings}
    assert not found.dependence
    again = chain_of(written(tmp_path / "b", **{"materials.csv": materials}),
                     b'[[material]]\nid = "conc"\nstage = "concentrate"\n')  # fmt: skip
    assert "ORL-1265" not in {one.code for one in stress_actual(again).findings}


def test_a_chain_that_sent_nothing_is_told_by_what_was_won(tmp_path: Path) -> None:
    head, *rows = EVENTS.splitlines()
    text = "\n".join([head, *(one for one in rows if one.startswith(("n1,", "s2,")))])
    found = stress_actual(chain_of(written(tmp_path, **{"events/all.csv": text})),
                          [event("site", "south")])  # fmt: skip
    assert [one.how for one in found.deliveries] == ["won"]
    assert found.alone[0].losses[0].lost_t.low == 5.0
    assert "ORL-1260" in {one.code for one in found.findings}


def test_a_ledger_in_which_nothing_moves_is_refused(tmp_path: Path) -> None:
    head = EVENTS.splitlines()[0]
    folder = written(tmp_path, **{"events/all.csv": head + "\n"})
    with pytest.raises(InputError, match="nothing moves"):
        chain_of(folder)


def test_events_name_what_the_ledger_knows(tiny: ActualChain) -> None:
    table = EventTable.model_validate(
        {"kind": "route", "of": "see", "start": "2031", "basis": "assumed", "source": "a test"}
    )
    with pytest.raises(InputError) as refused:
        given_events([table], tiny.places, tiny.start_month())
    told = {one.code: one.fix for one in refused.value.findings}
    assert told == {
        "ORL-1252": "did you mean sea?", "ORL-1254": "the ledger is of 2026-01 to 2026-04",
    }  # fmt: skip
