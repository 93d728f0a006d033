"""Parcels as files: read exactly, UNKNOWN where nobody knows, and what is wrong at its line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import Finding
from oreline.settle import (
    Statement,
    is_parcel,
    parcel_file,
    read_contract,
    read_parcel,
    read_terms,
    settle,
)

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "parcels").glob("*.toml"))
COPPER = (FOLDER / "parcels" / "copper.toml").read_text("utf-8")
TERMS = read_terms(FOLDER)


def changed(before: str, after: str) -> str:
    assert before in COPPER, before
    return COPPER.replace(before, after, 1)


def findings_of(text: str) -> tuple[Finding, ...]:
    read, findings = read_parcel(text, "copper.toml")
    assert read is None
    return findings


def settled(text: str, stage: str = "final") -> Statement:
    read, _ = read_parcel(text, "copper.toml")
    assert read is not None
    contract = next(one for _, one in TERMS.contracts if one.id == read.contract)
    named = {"provisional": "provisional", "final": "final"}[stage]
    return settle(contract, read.parcel, TERMS.prices, stage=named, on=date(2025, 12, 5))  # type: ignore[arg-type]


def test_a_parcel_is_read_exactly() -> None:
    read, findings = read_parcel(COPPER, "copper.toml")
    assert findings == ()
    assert read is not None
    assert read.contract == "cu-1"
    assert read.parcel.days["shipment"] == "2025-09-20"
    assert read.parcel.evidence["arrival"] == "copper.toml:10"
    first = read.parcel.lots[0]
    assert first.loading is not None
    assert first.loading.wet_t.value == Decimal("106.420")
    assert first.loading.wet_t.u == Decimal("0.050")
    assert first.loading.wet_t.evidence == ("weighbridge tickets 2031 to 2034",)
    gold = first.assays["seller"]["Au"]
    assert gold.value == Decimal("0.0000041")
    assert gold.evidence == ("copper.toml:31",)
    assert gold.basis == "assumed"
    assert set(first.assays) == {"seller", "buyer", "settled"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("stage", ["provisional", "final"])
def test_the_examples_settle(file: Path, stage: str) -> None:
    read, findings = parcel_file(file)
    assert findings == ()
    assert read is not None
    made = settled(file.read_text("utf-8"), stage)
    assert made.missing == ()
    assert made.net_value is not None
    assert made.net_value == sum(line.amount for line in made.lines if line.amount is not None)


def test_the_first_line_of_the_copper_parcel_by_hand() -> None:
    # Both outturns are within 0.5 % of loading: loading weights and moistures hold, to 0.001 dmt.
    first = round(Decimal("106.420") * (100 - Decimal("8.10")) / 100, 3)
    second = round(Decimal("98.760") * (100 - Decimal("8.40")) / 100, 3)
    made = settled(COPPER)
    assert made.dry_t == first + second
    # 96.5 % of 26.31 % is 25.389 %, one unit less is 25.31 %: the lesser is paid.
    paid = first * Decimal("0.2531") + second * Decimal("0.2482")
    copper = next(one for one in made.analytes if one.analyte == "Cu")
    assert copper.payable_t == paid
    prices = TERMS.prices["lme-cu"].values
    november = [value for day, value in prices.items() if day.startswith("2025-11")]
    value = paid * sum(november) / len(november)
    assert made.lines[0].amount == round(value, 2)


def test_without_moisture_the_dry_mass_is_unknown_and_never_the_wet_one() -> None:
    text = COPPER.replace('moisture = "8.10 %"\nmoisture_u = "0.10 %"\n', "")
    made = settled(text)
    assert made.status == "NOT SETTLED"
    assert made.dry_t is None
    assert any("moisture" in one.why for one in made.missing)
    for said in ("unknown: nobody measured it", "unknown"):
        read, _ = read_parcel(changed('"8.10 %"', f'"{said}"'), "x")
        assert read is not None
        assert read.parcel.lots[0].loading is not None
        moisture = read.parcel.lots[0].loading.moisture_pct
        assert moisture.value is None
        assert moisture.why in {"nobody measured it", "not stated"}


def test_below_the_limit_of_detection_is_not_known() -> None:
    read, _ = read_parcel(changed('"6.0 ppm"', '"<5 ppm"'), "x")
    assert read is not None
    mercury = read.parcel.lots[0].assays["seller"]["Hg"]
    assert mercury.value is None
    assert "below" in mercury.why


WRONG = [
    ('contract = "cu-1"', "contract", "ORL-0800", "no TOML"),
    ('id = "sent-cu-1"\n', "", "ORL-0802", "by which statements"),
    ('id = "sent-cu-1"', 'id = "a b"', "ORL-0801", "form expected"),
    ("shipment =", "shipped =", "ORL-0803", "no key 'shipped'"),
    ("2025-09-20", '"2025-02-30"', "ORL-0801", "no calendar"),
    ("106.420 wmt", "106.420 t", "ORL-0804", "is a content, not a wet mass"),
    ("106.420 wmt", "106.420 dmt", "ORL-0804", "is a dry mass"),
    ("106.420 wmt", "106,420 wmt", "ORL-0804", "begin with a number"),
    ('"106.420 wmt"', "106.420", "ORL-0804", "no unit"),
    ("106.420 wmt", "0 wmt", "ORL-0820", "wet mass of 0 wmt"),
    ("106.420 wmt", "-106.420 wmt", "ORL-0820", "wet mass of -106"),
    ("8.10 %", "81000 ppm", "ORL-0804", "not in %"),
    ("8.10 %", "108.10 %", "ORL-0820", "moisture of 108.10"),
    ("8.10 %", "-8.10 %", "ORL-0820", "moisture of -8.10"),
    ('"0.050 wmt"', '"-0.050 wmt"', "ORL-0820", "uncertainty"),
    ("4.1 g/dmt", "410 %", "ORL-0821", "no mass fraction"),
    ("26.42 %", "2642 %", "ORL-0821", "no mass fraction"),
    ("26.42 %", "-26.42 %", "ORL-0821", "no mass fraction"),
    ("seller = { Cu", "seler = { Cu", "ORL-0803", "no key 'seler'"),
    ("seller = { Cu", "seller = { Cuu", "ORL-0801", "no element"),
    ('Cu = "26.42 %"', 'Cu = { valu = "26 %" }', "ORL-0803", "no key 'valu'"),
    ("fwo:CU-2", "fwo:CU-1", "ORL-0820", "stands twice"),
    ("2025-10-28", "2025-09-10", "ORL-0820", "before the shipment"),
    ('basis = "assumed"', 'basis = "guess"', "ORL-0805", "'guess'"),
]


@pytest.mark.parametrize(("before", "after", "code", "words"), WRONG)
def test_what_is_wrong_is_told_at_its_line(before: str, after: str, code: str, words: str) -> None:
    text = changed(before, after)
    told = findings_of(text)
    assert code in {one.code for one in told}
    finding = next(one for one in told if one.code == code and words in one.message)
    place = re.fullmatch(r"copper\.toml:([0-9]+)", finding.where)
    assert place is not None
    assert finding.fix
    if after and code != "ORL-0802":
        line = text.split("\n")[int(place[1]) - 1]
        assert after.strip('"').split(" = ")[0] in line


def test_all_that_is_wrong_is_told_at_once() -> None:
    text = changed("4.1 g/dmt", "410 %").replace("fwo:CU-2", "fwo:CU-1")
    text = text.replace("8.10 %", "108.10 %", 1)
    assert [one.code for one in findings_of(text)] == ["ORL-0820", "ORL-0821", "ORL-0820"]


def test_weights_far_apart_are_warned_of() -> None:
    read, (finding,) = read_parcel(changed("106.180 wmt", "80.180 wmt"), "x")
    assert read is not None
    assert (finding.code, str(finding.severity)) == ("ORL-0822", "warning")
    # Exactly 5 % off is not.
    assert read_parcel(changed("106.180 wmt", "101.099 wmt"), "x")[1] == ()


def test_a_parcel_is_told_apart_from_a_contract() -> None:
    assert is_parcel(COPPER)
    assert not is_parcel((FOLDER / "contracts" / "copper.toml").read_text("utf-8"))
    assert read_contract(COPPER, "x")[0] is None


LINES = COPPER.split("\n")


@given(st.data())
def test_a_changed_file_is_a_parcel_or_findings_with_their_place(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        place = data.draw(st.integers(0, len(lines[at])))
        until = data.draw(st.integers(place, len(lines[at])))
        piece = data.draw(
            st.sampled_from(["", '"', "{", "}", "[", "9", "-", "unknown", "NaN", "%", "<", "= 1e9"])
            | st.text(max_size=3)
        )
        lines[at] = lines[at][:place] + piece + lines[at][until:]
    text = "\n".join(lines)
    read, findings = read_parcel(text, "some.toml")
    assert (read is None) == any(one.severity == "fatal" for one in findings)
    for finding in findings:
        found = re.fullmatch(r"some\.toml:([0-9]+)", finding.where)
        assert found is not None, finding
        assert 1 <= int(found[1]) <= text.count("\n") + 1


HEAD = """
id = "sent-cu-1"
contract = "cu-1"
basis = "assumed"
source = "invented for tests"
weights = "weights.csv"
assays = "assays.csv"
days = { shipment = 2025-09-20, sealing = 2025-10-30, arrival = 2025-10-28 }
"""


def as_tables() -> tuple[str, str]:
    """Write the lots of the copper parcel as tables."""
    read, _ = read_parcel(COPPER, "copper.toml")
    assert read is not None
    weights = ["lot,at,wet_wmt,wet_u_wmt,moisture_pct,moisture_u_pct,source"]
    assays = ["lot,role,analyte,value,unit,u,basis,source"]
    for lot in read.parcel.lots:
        for at, one in (("loading", lot.loading), ("discharge", lot.discharge)):
            assert one is not None
            u = [str(value.u or "") for value in (one.wet_t, one.moisture_pct)]
            numbers = f"{one.wet_t.value},{u[0]},{one.moisture_pct.value},{u[1]}"
            weights.append(f"{lot.lot},{at},{numbers},{one.wet_t.evidence[0]}")
        for role, results in lot.assays.items():
            for analyte, result in results.items():
                assert result.value is not None
                assays.append(f"{lot.lot},{role},{analyte},{result.value * 10**6:f},ppm,,,")
    return "\n".join(weights), "\n".join(assays)


def test_tables_say_the_same_as_the_file() -> None:
    weights, assays = as_tables()
    tables = {"weights.csv": weights.encode(), "assays.csv": assays.encode()}
    read, findings = read_parcel(HEAD, "copper.toml", tables)
    assert findings == ()
    assert read is not None
    gold = read.parcel.lots[0].assays["seller"]["Au"]
    assert gold.evidence == ("assays.csv row 3 column analyte",)
    contract = next(one for _, one in TERMS.contracts if one.id == "cu-1")
    day = date(2025, 12, 5)
    made = settle(contract, read.parcel, TERMS.prices, stage="final", on=day)
    assert made.net_value == settled(COPPER).net_value


TABLE_WRONG = [
    ("weights", "106.420", '"106,420"', "ORL-0824", "row 2 column wet_wmt", "comma"),
    ("weights", "106.420", "-106.420", "ORL-0820", "row 2 column wet_wmt", "wet mass"),
    ("weights", "8.10", "108.10", "ORL-0820", "row 2 column moisture_pct", "moisture of 108.10"),
    ("weights", "loading", "load", "ORL-0824", "row 2 column at", "write loading"),
    ("weights", "discharge", "loading", "ORL-0824", "row 3 column at", "told already"),
    ("weights", "fwo:CU-1,loading", ",loading", "ORL-0824", "row 2 column lot", "empty"),
    ("weights", "lot,at", "lot,side", "ORL-0824", "weights.csv", "at is missing"),
    ("assays", "seller,Cu", "seler,Cu", "ORL-0803", "row 2 column role", "'seler'"),
    ("assays", "seller,Cu", "seller,Cuu", "ORL-0801", "row 2 column analyte", "no element"),
    ("assays", "seller,Au", "seller,Cu", "ORL-0824", "row 3 column analyte", "told already"),
    ("assays", "ppm", "USD/t", "ORL-0804", "row 2 column value", "is a price"),
    ("assays", "ppm", "", "ORL-0824", "row 2 column unit", "empty"),
    ("assays", ",unit", ",units", "ORL-0824", "row 1 column units", "write unit"),
]


@pytest.mark.parametrize(("table", "before", "after", "code", "where", "words"), TABLE_WRONG)
def test_what_is_wrong_with_a_table_is_told_at_its_cell(
    table: str, before: str, after: str, code: str, where: str, words: str
) -> None:
    texts = dict(zip(("weights", "assays"), as_tables(), strict=True))
    assert before in texts[table]
    texts[table] = texts[table].replace(before, after, 1)
    tables = {f"{name}.csv": text.encode() for name, text in texts.items()}
    read, findings = read_parcel(HEAD, "copper.toml", tables)
    assert read is None
    told = [one for one in findings if one.code == code and where in one.where]
    assert told, findings
    assert told[0].where.startswith(f"{table}.csv")
    assert any(words in f"{one.message}; {one.fix}" for one in told)


def test_a_table_is_read_beside_its_file_and_nowhere_else(tmp_path: Path) -> None:
    weights, assays = as_tables()
    (tmp_path / "weights.csv").write_text(weights)
    (tmp_path / "assays.csv").write_text(assays)
    inside = tmp_path / "parcels"
    inside.mkdir()
    good = tmp_path / "copper.toml"
    good.write_text(HEAD)
    assert parcel_file(good)[1] == ()
    assert is_parcel(HEAD)
    outside = inside / "copper.toml"
    outside.write_text(HEAD.replace('"weights.csv"', '"../weights.csv"'))
    read, findings = parcel_file(outside)
    assert read is None
    assert [one.code for one in findings if "not there" in one.message] == ["ORL-0824"] * 2
