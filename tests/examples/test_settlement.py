"""The first shipment of the illustration settles from its own ledger, provisionally and finally.

The amounts are written down here, and reckoned a second time from the rows of the tables by plain
arithmetic that knows nothing of contracts, series or parcels.
"""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from oreline.api._desk import Reading as Shown
from oreline.exchange import export_ledger, import_chain
from oreline.model import LedgerError
from oreline.record import Store, create_store, load_ledger
from oreline.settle import (
    Settling,
    Stage,
    contracts_of,
    invoice_draft,
    paid_before,
    parcel_of,
    prices_of,
    settle,
    shipments_of,
    waterfall,
)
from oreline_testing.injected import FixedClock, FixedSalts

from .conftest import EXAMPLES, event_rows

D = Decimal
CENT = D("0.01")
EARLY, LATE = date(2025, 10, 3), date(2026, 1, 5)
PRODUCTS = ("cu", "sb", "ree")


@dataclass(frozen=True)
class Expected:
    """What a product is worth at a stage: net value and what is due, in US dollars."""

    provisional: str
    provisional_due: str
    final: str
    final_due: str


EXPECTED = {
    "cu": Expected("1085808.73", "977227.86", "1039954.44", "62726.58"),
    "sb": Expected("1969497.79", "1674073.12", "1920572.27", "246499.15"),
    "ree": Expected("515645.06", "412516.05", "512951.46", "100435.41"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Import the example; invoices are appended to it, product by product."""
    place = tmp_path_factory.mktemp("settlement") / "ledger.db"
    clock = FixedClock(datetime(2026, 11, 23, tzinfo=UTC))
    header = {"id": "pakistan-us", "tense": "actual"}
    with create_store(place, header, clock=clock, salt=FixedSalts()) as opened:
        assert import_chain(EXAMPLES / "pakistan-us", opened).is_complete
        yield opened


def rounded(value: Decimal, step: Decimal = CENT) -> Decimal:
    return (value / step).quantize(D(1), ROUND_HALF_UP) * step


@lru_cache
def rows_of(event: str) -> tuple[dict[str, str], ...]:
    """Return the rows of an event of the first shipment."""
    return tuple(row for row in shipping() if row["event"] == event)


@lru_cache
def shipping() -> tuple[dict[str, str], ...]:
    return tuple(row for row in event_rows("pakistan-us") if "-25q3-" in row["event"])


def weights(product: str, event: str) -> tuple[Decimal, Decimal]:
    """Sum wet and dry tonnes over the containers of an event."""
    rows = [row for row in rows_of(f"illus-{product}-25q3-{event}") if row["wet_t"]]
    assert len(rows) == {"cu": 18, "sb": 5, "ree": 8}[product]
    wet = sum((D(row["wet_t"]) for row in rows), D(0))
    dry = sum((D(row["wet_t"]) * (1 - D(row["moisture_pct"]) / 100) for row in rows), D(0))
    return wet, dry


def grade(product: str, role: str, column: str) -> Decimal:
    (row,) = rows_of(f"illus-{product}-25q3-assay-{role}")
    return D(row[column])


def mean(product: str, column: str, step: str) -> Decimal:
    """Return the mean of both laboratories, which lie within their splitting limits, rounded."""
    both = [grade(product, role, column) for role in ("seller", "buyer")]
    return rounded(sum(both, D(0)) / 2, D(step))


def values(series: str) -> dict[str, Decimal]:
    with (EXAMPLES / "pakistan-us" / "prices" / "values.csv").open(encoding="utf-8") as file:
        return {
            row["day"]: D(row["value"]) for row in csv.DictReader(file) if row["series"] == series
        }


def last_value(series: str, day: date) -> Decimal:
    known = values(series)
    return known[max(one for one in known if one <= day.isoformat())]


def average(found: list[Decimal]) -> Decimal:
    return sum(found, D(0)) / len(found)


def month(series: str, named: str) -> Decimal:
    return average([value for day, value in values(series).items() if day.startswith(named)])


def copper(stage: Stage) -> Decimal:
    loaded_wet, loaded_dry = weights("cu", "split")
    _, landed_dry = weights("cu", "inland-receive")
    # Within half a per cent the loading weight is final; before arrival it is the only one.
    assert abs(loaded_dry - landed_dry) <= loaded_dry * D("0.005")
    dry = rounded(loaded_dry, D("0.001"))
    if stage == "provisional":
        grade_pct, price = grade("cu", "seller", "Cu_pct"), last_value("illus-cu-cash", EARLY)
    else:
        grade_pct, price = mean("cu", "Cu_pct", "0.01"), month("illus-cu-cash", "2025-12")
        assert mean("cu", "As_pct", "0.001") < D("0.20")
    price = rounded(price)
    paid = min(grade_pct * D("0.965"), grade_pct - 1)
    metal = dry * paid / 100
    return (
        rounded(metal * price)
        - rounded(dry * D("21.25"))
        - rounded(metal * D("2204.62") * D("0.02125"))
        - rounded(loaded_wet * D("1.80"))
    )


def antimony(stage: Stage) -> Decimal:
    event = "split" if stage == "provisional" else "inland-receive"
    dry = rounded(weights("sb", event)[1], D("0.001"))
    if stage == "provisional":
        antimony_pct, lead_pct = (grade("sb", "seller", name) for name in ("Sb_pct", "Pb_pct"))
        price = last_value("illus-sb-rotterdam", EARLY)
    else:
        antimony_pct, lead_pct = mean("sb", "Sb_pct", "0.01"), mean("sb", "Pb_pct", "0.01")
        after = [value for day, value in values("illus-sb-rotterdam").items() if day > "2025-11-15"]
        price = rounded(average(after[:5]), D(1))
    assert 50 <= antimony_pct < 60
    return rounded(dry * antimony_pct / 100 * D("0.65") * price) - rounded(
        dry * (lead_pct - 1) / D("0.1") * D("2.40")
    )


def rare_earths(stage: Stage) -> Decimal:
    event = "split" if stage == "provisional" else "inland-receive"
    dry = rounded(weights("ree", event)[1], D("0.001"))
    total = -rounded(dry * 1 * D("1.50"))  # one whole step of 50 g/t thorium above 250
    for oxide, series, step in (
        ("Nd2O3", "illus-nd2o3-china", "0.001"),
        ("Pr6O11", "illus-pr6o11-china", "0.001"),
        ("TREO", "", "0.01"),
    ):
        if stage == "provisional":
            share = grade("ree", "seller", f"{oxide}_pct")
        else:
            share = mean("ree", f"{oxide}_pct", step)
        kilograms = dry * 1000 * share / 100
        if not series:
            total -= rounded(kilograms * D("2.50"))
            continue
        listed = last_value(series, EARLY) if stage == "provisional" else month(series, "2025-12")
        without_tax = rounded(listed / D("1.13"))
        total += rounded(kilograms * D("0.75") * without_tax)
    return total


RECKONED = {"cu": copper, "sb": antimony, "ree": rare_earths}
PART = {"cu": D("0.90"), "sb": D("0.85"), "ree": D("0.80")}


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_settles_twice_and_both_close_to_the_cent(store: Store, product: str) -> None:
    ledger = load_ledger(store)
    contracts, of_contracts = contracts_of(ledger)
    prices, of_prices = prices_of(ledger)
    assert (of_contracts, of_prices) == ((), ())
    contract, expected = contracts[f"illus-{product}-2025"], EXPECTED[product]
    shipment = shipments_of(ledger, contract)[0]
    assert shipment.lots == (f"illus:{product}-25q3",)

    parcel = parcel_of(ledger, contract, shipment, EARLY)
    first = settle(contract, parcel, prices, stage="provisional", on=EARLY)
    assert (first.status, first.missing) == ("PROVISIONAL", ())
    assert first.net_value == D(expected.provisional) == RECKONED[product]("provisional")
    assert first.due == D(expected.provisional_due)
    assert first.due == rounded(PART[product] * D(expected.provisional))
    assert sum(line.amount or 0 for line in first.lines) == first.net_value
    entry = {"time": "2025-10-03T12:00:00Z", "actor": "clerk"}
    store.append([invoice_draft(first, parcel, identity=f"{product}-first", **entry)])

    ledger = load_ledger(store)
    parcel = parcel_of(ledger, contract, shipment, LATE)
    before = paid_before(ledger, contract, parcel)
    assert before.evidence == (f"{product}-first",)
    last = settle(contract, parcel, prices, stage="final", on=LATE, paid_before=before.amount)
    assert (last.status, last.missing) == ("SETTLED", ())
    assert last.net_value == D(expected.final) == RECKONED[product]("final")
    assert last.due == D(expected.final_due)
    assert first.due + last.due == last.net_value
    assert (last.basis, last.notes[0]) == (
        "assumed", f"The terms are assumed: A-TERMS-{product.upper()}.",
    )  # fmt: skip
    entry = {"time": "2026-01-05T12:00:00Z", "actor": "clerk"}
    draft = invoice_draft(last, parcel, identity=f"{product}-last", **entry)
    store.append([draft])
    with pytest.raises(LedgerError) as refused:
        store.append([{**draft, "id": f"{product}-again"}])
    assert [found.code for found in refused.value.findings] == ["ORL-0207"]


def test_each_line_names_its_clause_and_the_events_it_rests_on(store: Store) -> None:
    ledger = load_ledger(store)
    prices, _ = prices_of(ledger)
    for contract in contracts_of(ledger)[0].values():
        parcel = parcel_of(ledger, contract, shipments_of(ledger, contract)[0], LATE)
        statement = settle(contract, parcel, prices, stage="final", on=LATE)
        for line in statement.lines:
            assert line.clause, line.id
            named = {name for one in line.inputs for name in one.evidence}
            assert named, line.id
            assert all(ledger.find(name)["id"] == name for name in named)


def test_effects_explain_the_difference_exactly(store: Store) -> None:
    ledger = load_ledger(store)
    prices, _ = prices_of(ledger)
    for product in PRODUCTS:
        contract = contracts_of(ledger)[0][f"illus-{product}-2025"]
        stages: tuple[tuple[Stage, date], ...] = (("provisional", EARLY), ("final", LATE))
        before, after = (
            Settling(
                contract,
                parcel_of(ledger, contract, f"illus:{product}-25q3", on),
                prices,
                stage,
                on,
            )
            for stage, on in stages
        )
        told = waterfall(before, after)
        assert sum((step.amount for step in told.steps), D(0)) == told.difference
        expected = EXPECTED[product]
        assert told.difference == D(expected.final) - D(expected.provisional)


def test_seller_and_buyer_reckon_the_same_from_what_each_is_shown(store: Store) -> None:
    whole = Shown(load_ledger(store), None, ())
    for product in PRODUCTS:
        found = []
        for party in ("illus-operator", "illus-buyer"):
            ledger = whole.of_party(party).ledger
            contract, prices = (
                contracts_of(ledger)[0][f"illus-{product}-2025"],
                prices_of(ledger)[0],
            )
            assert "illus-sb-china" not in prices
            parcel = parcel_of(ledger, contract, f"illus:{product}-25q3", LATE)
            found.append(settle(contract, parcel, prices, stage="final", on=LATE))
        assert found[0] == found[1]
        assert found[0].net_value == D(EXPECTED[product].final)
    for stranger in ("fwo", "illus-carrier"):
        ledger = whole.of_party(stranger).ledger
        assert (contracts_of(ledger)[0], prices_of(ledger)[0]) == ({}, {})


def test_the_page_on_the_ledger_runs_as_it_stands(store: Store, tmp_path: Path) -> None:
    page = EXAMPLES.parent / "docs" / "reference" / "settle-ledger.md"
    text = page.read_text(encoding="utf-8")
    block = text.partition("```python\n")[2].partition("```")[0]
    script = tmp_path / "page.py"
    script.write_text(block.replace("tour/ledger.db", str(store.path)), encoding="utf-8")
    made = runpy.run_path(str(script))
    assert made["statement"].net_value == D(EXPECTED["cu"].final)


def test_antimony_of_another_market_would_be_another_sum(store: Store) -> None:
    """Rotterdam and delivered China are never taken for each other: the contract names one."""
    ledger = load_ledger(store)
    contract = contracts_of(ledger)[0]["illus-sb-2025"]
    prices, _ = prices_of(ledger)
    del prices["illus-sb-rotterdam"]
    parcel = parcel_of(ledger, contract, "illus:sb-25q3", LATE)
    statement = settle(contract, parcel, prices, stage="final", on=LATE)
    assert statement.status == "NOT SETTLED"
    assert "illus-sb-rotterdam" in " ".join(one.where + one.why for one in statement.missing)


def test_a_yearly_average_is_no_contract_price(store: Store) -> None:
    ledger = load_ledger(store)
    contract = contracts_of(ledger)[0]["illus-sb-2025"]
    (clause,) = contract.prices
    qp = clause.qp
    assert qp is not None
    yearly = clause.model_copy(
        update={
            "series": "usgs-sb-annual",
            "qp": qp.model_copy(update={"kind": "last_published", "days": None}),
        }
    )
    parcel = parcel_of(ledger, contract, "illus:sb-25q3", LATE)
    statement = settle(
        contract.model_copy(update={"prices": (yearly,)}),
        parcel,
        prices_of(ledger)[0],
        stage="final",
        on=LATE,
    )
    assert statement.status != "SETTLED"
    said = " ".join((*statement.notes, *(one.why for one in statement.missing)))
    assert "no contract price" in said


def test_arsenic_below_detection_leaves_a_later_parcel_unsettled(store: Store) -> None:
    ledger = load_ledger(store)
    contract = contracts_of(ledger)[0]["illus-cu-2025"]
    later = date(2026, 10, 5)
    parcel = parcel_of(ledger, contract, "illus:cu-25q4", later)
    statement = settle(contract, parcel, prices_of(ledger)[0], stage="final", on=later)
    assert statement.status == "NOT SETTLED"
    (missing,) = statement.missing
    assert missing.where == "illus:cu-25q4 As"
    assert "As is below 0.01 %" in missing.why


def test_contracts_and_prices_come_back_as_they_were(store: Store, tmp_path: Path) -> None:
    declared = [row for row in store.rows() if b'"schema":"declare/1"' in row.data]
    export_ledger(declared, tmp_path / "out")
    for part in ("contracts", "prices"):
        # Closes of shares, in a folder of their own, are for watch: no contract asks for them.
        for path in sorted((EXAMPLES / "pakistan-us" / part).glob("*.*")):
            written = (tmp_path / "out" / part / path.name).read_bytes()
            if part == "contracts":
                assert written == path.read_bytes()
            else:
                rows = [sorted(data.decode().splitlines()) for data in (written, path.read_bytes())]
                assert rows[0] == rows[1]
