"""A parcel from the ledger: shipments, summed containers, results, days; and its invoices."""

from __future__ import annotations

import math
import tempfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oreline.model import InputError, LedgerError
from oreline.record import load_ledger
from oreline.settle import (
    SETTLED,
    Weighing,
    event_day,
    find_shipment,
    invoice_draft,
    paid_before,
    parcel_of,
    settle,
    shipments_of,
    statement_hash,
)

from .shipped import (
    BOXES,
    LOT,
    SHIPMENT,
    assay,
    came,
    divided,
    event,
    ledger_of,
    line,
    made,
    mass,
    percent,
    sampled,
    sent,
    stored,
    terms,
    title,
)

LATE = date(2025, 12, 31)


def without(*names: str) -> list[Any]:
    return [one for one in SHIPMENT if one["id"] not in names]


def loading(path: Path, events: list[Any], on: date = LATE) -> Weighing | None:
    (lot,) = parcel_of(ledger_of(path, events), terms(), "by-sea", on).lots
    return lot.loading


def test_a_shipment_is_its_main_carriage_with_sampling_lots_and_containers(tmp_path: Path) -> None:
    (found,) = shipments_of(ledger_of(tmp_path, SHIPMENT), terms())
    assert (found.id, found.day, found.documents) == ("by-sea", "2025-09-28", ("BL-by-sea",))
    assert found.parts == {LOT: BOXES}
    assert found.whole == {LOT}
    assert found.sold == "title passed by title"


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"materials": ["sb-conc"]}, 0),
        ({"seller": "other"}, 0),
        ({"buyer": "other"}, 0),
        ({"valid_from": "2025-09-28"}, 1),
        ({"valid_from": "2025-09-29"}, 0),
        ({"valid_to": "2025-09-28"}, 1),
        ({"valid_to": "2025-09-27"}, 0),
    ],
)
def test_only_what_was_sold_under_the_contract_is_listed(
    tmp_path: Path, change: dict[str, Any], count: int
) -> None:
    assert len(shipments_of(ledger_of(tmp_path, SHIPMENT), terms(**change))) == count


def test_without_a_title_the_way_tells_to_whom_it_was_sold(tmp_path: Path) -> None:
    plant = event(
        "d-port", "declare", "01-01",
        {"type": "site", "id": "far-port", "data": {"name": "port", "operator": "ussm"}},
    )  # fmt: skip
    untold = without("title")
    for number, (events, sold) in enumerate(
        [
            (untold, None),
            ([*untold, plant], "dispatched to far-port, which ussm operates"),
            ([*untold, title(BOXES, to="trader")], None),
        ]
    ):
        place = tmp_path / str(number)
        place.mkdir()
        ledger = ledger_of(place, events)
        assert [one.sold for one in shipments_of(ledger, terms())] == ([sold] if sold else [])
    # Whose it is nobody recorded; who knows it can name the dispatch.
    nobody = tmp_path / "named"
    nobody.mkdir()
    assert find_shipment(ledger_of(nobody, untold), terms(), "by-sea").sold == ""


@pytest.mark.parametrize("named", ["by-sea", "BL-by-sea", LOT, BOXES[1]])
def test_a_shipment_is_found_by_dispatch_document_lot_or_container(
    tmp_path: Path, named: str
) -> None:
    assert find_shipment(ledger_of(tmp_path, SHIPMENT), terms(), named).id == "by-sea"


def test_what_is_no_shipment_is_told_with_those_that_are(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, SHIPMENT)
    with pytest.raises(InputError, match="no shipment x of cu-conc from fwo; known are by-sea"):
        find_shipment(ledger, terms(), "x")


def test_containers_are_summed_into_the_lot_at_both_ends(tmp_path: Path) -> None:
    parcel = parcel_of(ledger_of(tmp_path, SHIPMENT), terms(), "by-sea", LATE)
    (lot,) = parcel.lots
    assert lot.loading is not None
    assert lot.discharge is not None
    assert lot.loading.wet_t.value == Decimal("40.5")
    # 20.5 x 0.92 + 20.0 x 0.915
    assert lot.loading.dry_t.value == Decimal("37.1600")
    assert lot.discharge.dry_t.value == Decimal("20.4") * Decimal("0.925") + Decimal(
        "19.9"
    ) * Decimal("0.92")
    assert lot.loading.wet_t.evidence == (f"divided-{LOT}",)
    assert lot.discharge.wet_t.evidence == ("at-plant",)
    assert lot.loading.dry_t.basis == "measured"
    assert lot.loading.wet_t.u is not None
    assert math.isclose(lot.loading.wet_t.u, 0.02 * math.sqrt(2))
    assert parcel.days == {
        "shipment": "2025-09-28", "arrival": "2025-11-10", "sealing": "2025-09-21",
    }  # fmt: skip
    assert parcel.evidence["arrival"] == "at-plant"


def test_what_happened_later_is_left_out(tmp_path: Path) -> None:
    parcel = parcel_of(ledger_of(tmp_path, SHIPMENT), terms(), "by-sea", date(2025, 10, 1))
    (lot,) = parcel.lots
    assert lot.discharge is None
    assert set(parcel.days) == {"shipment", "sealing"}
    assert "buyer" not in lot.assays
    assert lot.assays["seller"]["Cu"].value == Decimal("0.26")
    assert lot.assays[SETTLED]["Cu"].why == "Cu is not settled: it lacks the buyer's result"


def test_a_parcel_is_not_there_until_all_containers_are(tmp_path: Path) -> None:
    events = without("at-plant")
    events.append(came("at-plant", "11-10", [line(BOXES[0], "20.4", "7.5")]))
    parcel = parcel_of(ledger_of(tmp_path, events), terms(), "by-sea", LATE)
    assert parcel.lots[0].discharge is None
    assert "arrival" not in parcel.days


def test_results_stand_by_role_and_the_exchange_settles_them(tmp_path: Path) -> None:
    (lot,) = parcel_of(ledger_of(tmp_path, SHIPMENT), terms(), "by-sea", LATE).lots
    copper = lot.assays[SETTLED]["Cu"]
    assert copper.value == Decimal("0.2595")
    assert copper.evidence == (f"assay-seller-{LOT}", f"assay-buyer-{LOT}")
    assert copper.u is not None
    assert math.isclose(copper.u, math.hypot(0.0008, 0.0006) / 2)
    # The contract pays no arsenic and sets no limit for it: it is no part of the exchange.
    assert "As" not in lot.assays[SETTLED]
    assert lot.assays["buyer"]["As"].value == Decimal("0.0012")


def test_a_result_below_detection_is_no_value(tmp_path: Path) -> None:
    below = {"analyte": "As", "below": "0.01", "unit": "%", "basis": "measured"}
    events = [*without(f"assay-seller-{LOT}"), assay("seller", "10-01", [below])]
    (lot,) = parcel_of(ledger_of(tmp_path, events), terms(), "by-sea", LATE).lots
    assert lot.assays["seller"]["As"].value is None
    assert lot.assays["seller"]["As"].why == "As is below 0.01 %"


def test_the_weight_on_the_dispatch_counts_before_an_earlier_one(tmp_path: Path) -> None:
    events = without("by-sea")
    events.append(
        sent("by-sea", "09-28", [line(BOXES[0], "20.6", "8.1"), line(BOXES[1])], site="port")
    )
    found = loading(tmp_path, events)
    assert found is not None
    assert found.wet_t.value == Decimal("40.6")
    assert found.wet_t.evidence == ("by-sea", f"divided-{LOT}")


def test_a_weighing_before_the_dispatch_counts_and_one_after_it_does_not(tmp_path: Path) -> None:
    before = event("scale", "weigh", "09-26", {"lot": BOXES[0], "wet": mass("20450", unit="kg")})
    after = event("later", "weigh", "09-29", {"lot": BOXES[0], "wet": mass("19")})
    found = loading(tmp_path, [*SHIPMENT, before, after])
    assert found is not None
    assert found.wet_t.value == Decimal("40.450")
    # The scale states no moisture; that of the container stands in.
    assert found.dry_t.value == Decimal("20.450") * Decimal("0.92") + Decimal("18.3")


def test_the_receivers_own_weight_counts_before_a_later_check(tmp_path: Path) -> None:
    check = event("check", "weigh", "11-11", {"lot": BOXES[0], "wet": mass("21")}, party="ussm")
    (lot,) = parcel_of(ledger_of(tmp_path, [*SHIPMENT, check]), terms(), "by-sea", LATE).lots
    assert lot.discharge is not None
    assert lot.discharge.wet_t.value == Decimal("40.3")


def test_what_the_buyer_moves_on_has_arrived_before(tmp_path: Path) -> None:
    onward = sent("onward", "11-20", [line(box) for box in BOXES], party="ussm", site="plant")
    there = came("at-customer", "11-25", [line(box, "1", "1") for box in BOXES], site="customer")
    parcel = parcel_of(ledger_of(tmp_path, [*SHIPMENT, onward, there]), terms(), "by-sea", LATE)
    assert parcel.evidence["arrival"] == "at-plant"


def test_a_weight_from_before_something_was_drawn_is_not_of_what_left(tmp_path: Path) -> None:
    drawn = event(
        "drawn", "process", "09-24",
        {"inputs": [{"lot": BOXES[0], "wet": mass("2")}], "outputs": [{"lot": "fwo:rest"}]},
    )  # fmt: skip
    found = loading(tmp_path, [*SHIPMENT, drawn])
    assert found is not None
    assert found.wet_t.value is None
    assert found.wet_t.why == f"nobody weighed {BOXES[0]} at loading"


def test_without_a_moisture_the_dry_mass_is_unknown(tmp_path: Path) -> None:
    events = without(f"divided-{LOT}", f"made-{LOT}")
    events += [made(moisture=None), divided([line(BOXES[0], "20.5"), line(BOXES[1], "20", "8")])]
    found = loading(tmp_path, events)
    assert found is not None
    assert found.wet_t.value == Decimal("40.5")
    assert found.dry_t.value is None
    assert found.dry_t.why == f"nobody states the moisture of {BOXES[0]} at loading"
    assert found.moisture_pct.value is None


def test_the_moisture_of_the_lot_stands_for_containers_without_one(tmp_path: Path) -> None:
    """It is one measurement: its error does not average out over the containers."""
    events = [*without(f"divided-{LOT}"), divided([line(BOXES[0], "20.5"), line(BOXES[1], "20")])]
    found = loading(tmp_path, events)
    assert found is not None
    assert found.moisture_pct.value == Decimal("8.2")
    assert found.moisture_pct.u is not None
    assert math.isclose(found.moisture_pct.u, 0.1)


def test_a_certificate_states_the_moisture_of_its_side(tmp_path: Path) -> None:
    events = without(f"divided-{LOT}", f"made-{LOT}")
    events += [made(moisture=None), divided([line(BOXES[0], "20.5"), line(BOXES[1], "20")])]
    for role, value in (("buyer", "7.0"), ("seller", "8.4")):
        events.append(
            event(f"moist-{role}", "assay", "09-24",
                  {"lot": LOT, "role": role, "moisture": percent("H2O", value, "0.1")})
        )  # fmt: skip
    found = loading(tmp_path, events)
    assert found is not None
    assert found.moisture_pct.value == Decimal("8.4")
    assert found.moisture_pct.evidence == ("moist-seller",)


def test_a_lot_that_was_weighed_whole_needs_no_weight_of_its_containers(tmp_path: Path) -> None:
    events = [*without(f"divided-{LOT}"), divided([line(BOXES[0]), line(BOXES[1])])]
    found = loading(tmp_path, events)
    assert found is not None
    assert found.wet_t.value == Decimal("41.0")
    assert found.wet_t.evidence == (f"made-{LOT}",)


def test_of_a_part_of_a_lot_only_what_is_on_board_counts(tmp_path: Path) -> None:
    spare = "fwo:CU-1-03"
    boxes = [line(BOXES[0], "20.5", "8"), line(BOXES[1], "20", "8.5"), line(spare, "9", "8")]
    events = [*without(f"divided-{LOT}"), divided(boxes)]
    ledger = ledger_of(tmp_path, events)
    parcel = parcel_of(ledger, terms(), "by-sea", LATE)
    assert parcel.lots[0].loading is not None
    assert parcel.lots[0].loading.wet_t.value == Decimal("40.5")
    assert not parcel.lots[0].is_whole
    statement = settle(terms(), parcel, {}, stage="final", on=LATE)
    draft = invoice_draft(statement, parcel, identity="i", time="2025-12-31T00:00:00Z", actor="a")
    assert draft["body"]["lots"] == list(BOXES)


def test_several_sampling_lots_of_one_dispatch_are_one_parcel(tmp_path: Path) -> None:
    events = [
        one for lot in ("fwo:A", "fwo:B") for one in (made(lot, "30", "8"), sampled(lot))
    ]  # fmt: skip
    events.append(sampled("fwo:B", "09-22"))
    events.append(sent("by-sea", "09-28", [line("fwo:A"), line("fwo:B")]))
    events.append(title(["fwo:A", "fwo:B"]))
    parcel = parcel_of(ledger_of(tmp_path, events), terms(), "by-sea", LATE)
    assert [(lot.lot, lot.parts) for lot in parcel.lots] == [
        ("fwo:A", ("fwo:A",)), ("fwo:B", ("fwo:B",)),
    ]  # fmt: skip
    assert parcel.days["sealing"] == "2025-09-22"


def test_a_correction_changes_the_weight_and_the_earlier_reading_keeps_its_own(
    tmp_path: Path,
) -> None:
    body = {"inputs": [{"lot": LOT, "all": True}],
            "outputs": [line(BOXES[0], "21.5", "8.0"), line(BOXES[1], "20.0", "8.5")]}  # fmt: skip
    correction = event(
        "c-1", "correct", "12-01",
        {"target": f"divided-{LOT}", "action": "replace", "reason": "ticket",
         "replacement": {"body": body}},
    )  # fmt: skip
    with stored(tmp_path, [*SHIPMENT, correction]) as store:
        now, before = load_ledger(store), load_ledger(store, known_at=len(SHIPMENT))
    for ledger, wet in ((now, "41.5"), (before, "40.5")):
        (lot,) = parcel_of(ledger, terms(), "by-sea", LATE).lots
        assert lot.loading is not None
        assert lot.loading.wet_t.value == Decimal(wet)


def test_deadlines_of_a_divided_lot_are_counted_from_its_last_container(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, SHIPMENT)
    assert event_day(ledger, LOT, "shipment") == date(2025, 9, 28)
    assert event_day(ledger, LOT, "arrival") == date(2025, 11, 10)
    assert event_day(ledger, LOT, "sealing") == date(2025, 9, 21)
    assert event_day(ledger, LOT, "signature") is None


def test_what_the_buyer_divides_on_arrival_was_shipped_as_a_whole(tmp_path: Path) -> None:
    events = [
        made("fwo:A", "30", "8"), sampled("fwo:A"),
        sent("by-sea", "09-28", [line("fwo:A")]), title(["fwo:A"]),
        came("at-plant", "11-10", [line("fwo:A", "29.9", "7.9")]),
        event(
            "bins", "split", "11-12",
            {"inputs": [{"lot": "fwo:A", "all": True}],
             "outputs": [line("fwo:A-1", "15"), line("fwo:A-2", "14.9")]},
            party="ussm",
        ),
    ]  # fmt: skip
    ledger = ledger_of(tmp_path, events)
    (found,) = shipments_of(ledger, terms())
    assert (found.parts, found.whole) == ({"fwo:A": ("fwo:A",)}, {"fwo:A"})
    assert event_day(ledger, "fwo:A", "arrival") == date(2025, 11, 10)
    (lot,) = parcel_of(ledger, terms(), found, LATE).lots
    assert lot.discharge is not None
    assert lot.discharge.wet_t.value == Decimal("29.9")


TONNES = st.decimals(min_value=1, max_value=30, places=3)
MOISTURES = st.decimals(min_value=0, max_value=20, places=2)
SPREADS = st.decimals(min_value="0.001", max_value="0.5", places=3)


@settings(max_examples=15)
@given(st.lists(st.tuples(TONNES, MOISTURES, SPREADS, SPREADS), min_size=1, max_size=6))
def test_sums_agree_with_plain_fractions(boxes: list[tuple[Decimal, ...]]) -> None:
    names = [f"fwo:CU-1-{number:02d}" for number in range(len(boxes))]
    lines = [
        {
            "lot": name,
            "wet": mass(f"{wet}", f"{wet_u}"),
            "moisture": percent("H2O", f"{moisture}", f"{moisture_u}"),
        }
        for name, (wet, moisture, wet_u, moisture_u) in zip(names, boxes, strict=True)
    ]
    events = [made(), sampled(), divided(lines), sent("by-sea", "09-28", [line(n) for n in names])]
    with tempfile.TemporaryDirectory() as place:
        found = loading(Path(place), events)
    assert found is not None
    dry = sum(Fraction(wet) * (1 - Fraction(m) / 100) for wet, m, _, _ in boxes)
    assert found.wet_t.value == sum(wet for wet, *_ in boxes)
    assert found.dry_t.value is not None
    assert Fraction(found.dry_t.value) == dry
    u = math.sqrt(
        sum(
            (float(wet_u) * (1 - float(m) / 100)) ** 2 + (float(wet) * float(m_u) / 100) ** 2
            for wet, m, wet_u, m_u in boxes
        )
    )
    assert found.dry_t.u is not None
    assert math.isclose(found.dry_t.u, u, rel_tol=1e-9)
    assert found.moisture_pct.value is not None
    made_dry = found.wet_t.value * (100 - found.moisture_pct.value) / 100
    assert abs(made_dry - found.dry_t.value) < Decimal("1e-24")


def invoice(name: str, amount: str, stage: str | None = None, **more: Any) -> Any:
    body: dict[str, Any] = {
        "type": "invoice", "lots": [LOT, *BOXES], "contract": "cu-1",
        "postings": [{"account": "fwo", "amount": f"-{amount}", "currency": "USD"},
                     {"account": "ussm", "amount": amount, "currency": "USD"}],
    }  # fmt: skip
    if stage:
        body["stage"] = stage
    body |= more.pop("body", {})
    return event(name, "money", "12-01", body, to_party="ussm", **more)


def payment(name: str, amount: str, **more: Any) -> Any:
    body = {
        "type": "payment", "lots": [LOT],
        "postings": [{"account": "ussm", "amount": f"-{amount}", "currency": "USD"},
                     {"account": "fwo", "amount": amount, "currency": "USD"}],
    }  # fmt: skip
    return event(name, "money", "12-05", body, **{"party": "ussm", "to_party": "fwo", **more})


def asked_before(path: Path, *money: Any) -> tuple[Decimal, tuple[str, ...], Decimal]:
    ledger = ledger_of(path, [*SHIPMENT, *money])
    found = paid_before(ledger, terms(), parcel_of(ledger, terms(), "by-sea", LATE))
    return found.amount, found.evidence, found.open


def test_an_invoice_takes_off_what_it_asks_for_whether_paid_or_not(tmp_path: Path) -> None:
    first = invoice("i-1", "1000.50", "provisional")
    assert asked_before(tmp_path, first) == (Decimal("1000.50"), ("i-1",), Decimal("1000.50"))


def test_its_payment_is_not_counted_again_and_an_advance_is(tmp_path: Path) -> None:
    money = [invoice("i-1", "1000"), payment("p-1", "600", refs=["i-1"]), payment("p-2", "50")]
    assert asked_before(tmp_path, *money) == (Decimal(1050), ("i-1", "p-2"), Decimal(400))


def test_what_is_void_or_of_another_contract_takes_nothing_off(tmp_path: Path) -> None:
    void = event("c-1", "correct", "12-02", {"target": "i-1", "action": "void", "reason": "slip"})
    other = invoice("i-2", "70", body={"contract": "cu-2"})
    strangers = invoice("i-3", "80", party="x")
    money = [invoice("i-1", "1000"), void, other, strangers]
    assert asked_before(tmp_path, *money) == (Decimal(0), (), Decimal(0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lots": [LOT, "fwo:other"]}, "i-1 covers other lots too .fwo:other."),
        ({"postings": [{"account": "fwo", "amount": "-1", "currency": "EUR"},
                       {"account": "ussm", "amount": "1", "currency": "EUR"}]}, "is in EUR"),
        ({"postings": []}, "i-1 has no posting of ussm or fwo"),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_told_is_no_zero(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        asked_before(tmp_path, invoice("i-1", "1", body=change))


def test_from_shipment_to_the_final_invoice_and_no_second_one(tmp_path: Path) -> None:
    contract = terms()
    with stored(tmp_path, SHIPMENT) as store:
        early = date(2025, 10, 2)
        parcel = parcel_of(load_ledger(store), contract, "by-sea", early)
        first = settle(contract, parcel, {}, stage="provisional", on=early)
        # 37.16 t x 26.00 % x 96 % x 9000 USD/t, of which nine tenths
        assert first.net_value == Decimal("83476.22")
        assert first.due == Decimal("75128.60")
        numbered = {"time": "2025-10-02T00:00:00Z", "actor": "clerk"}
        store.append([invoice_draft(first, parcel, identity="i-1", **numbered)])
        ledger = load_ledger(store)
        parcel = parcel_of(ledger, contract, "by-sea", LATE)
        assert parcel.days["invoice"] == "2025-10-02"
        before = paid_before(ledger, contract, parcel)
        last = settle(contract, parcel, {}, stage="final", on=LATE, paid_before=before.amount)
        # (20.4 x 0.925 + 19.9 x 0.92) t x 25.95 % x 96 % x 9000 USD/t
        assert last.net_value == Decimal("83356.05")
        assert last.status == "SETTLED"
        draft = invoice_draft(
            last, parcel, identity="i-2", document="INV-2", time="2025-12-31T00:00:00Z", actor="a"
        )
        assert draft["body"]["statement"] == statement_hash(last)
        assert draft["body"]["lots"] == [LOT, *BOXES]
        store.append([draft])
        ledger = load_ledger(store)
        # Both invoices together ask for exactly what the parcel is worth.
        assert paid_before(ledger, contract, parcel).amount == last.net_value
        for lots in (draft["body"]["lots"], [BOXES[0]], [LOT]):
            again = {**draft, "id": "i-3", "body": {**draft["body"], "lots": lots}}
            with pytest.raises(LedgerError) as refused:
                store.append([again])
            assert [found.code for found in refused.value.findings] == ["ORL-0207"]


def test_what_is_not_settled_is_not_invoiced(tmp_path: Path) -> None:
    parcel = parcel_of(ledger_of(tmp_path, without("at-plant")), terms(), "by-sea", LATE)
    statement = settle(terms(), parcel, {}, stage="final", on=LATE)
    assert statement.status == "NOT SETTLED"
    with pytest.raises(InputError, match="there is nothing to invoice"):
        invoice_draft(statement, parcel, identity="i", time="2025-12-31T00:00:00Z", actor="a")
