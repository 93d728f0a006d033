"""Contracts as files: what is good is read and written alike, what is wrong is told at its line."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oreline.model import Finding, InputError
from oreline.settle import (
    Contract,
    contract_file,
    contract_of_folder,
    contract_text,
    contracts_of_folder,
    read_contract,
    read_terms,
)
from oreline.settle._contract_files import CONTRACT_BYTES_MAX

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "contracts").glob("*.toml"))
COPPER = (FOLDER / "contracts" / "copper.toml").read_text("utf-8")


def findings_of(text: str) -> tuple[Finding, ...]:
    contract, findings = read_contract(text, "copper.toml")
    assert contract is None
    return findings


def changed(before: str, after: str) -> str:
    assert COPPER.count(before) == 1, before
    return COPPER.replace(before, after)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_contract_is_written_as_it_is_read(file: Path) -> None:
    contract, findings = read_contract(file.read_text("utf-8"), file.name)
    assert findings == ()
    assert contract is not None
    again, findings = read_contract(contract_text(contract), "again.toml")
    assert findings == ()
    assert again == contract
    assert contract_text(again) == contract_text(contract)


def test_numbers_in_plain_digits_are_exact() -> None:
    made, _ = read_contract(changed('pct = "96.5"', "pct = 96.65000000000000000000001"), "x")
    assert made is not None
    assert made.payables[0].pct == Decimal("96.65000000000000000000001")


# What is changed in the copper contract: code, what the line then reads, words told, the remedy.
WRONG = [
    ('id = "cu-1"', 'id = "cu 1"', "ORL-0801", "form expected", 'write id = "fwo-ussm-cu-1"'),
    ("2025-09-01", "2025-13-01", "ORL-0800", "no TOML", "look at this line"),
    ("valid_to = 2026-08-31", 'valid_to = "2026-02-30"', "ORL-0801", "no calendar", "such as"),
    ('pct = "96.5"', "pct = 101", "ORL-0801", "at most 100", 'write pct = "96.5"'),
    ('pct = "96.5"', "pct = nan", "ORL-0801", "no number", 'write pct = "96.5"'),
    ('pct = "96.5"', "pct = true", "ORL-0801", "plain digits", 'write pct = "96.5"'),
    ('pct = "96.5"', 'pct = "96,5"', "ORL-0801", "no number", 'write pct = "96.5"'),
    ("deadline_days = 45", "deadline_days = 45.5", "ORL-0801", "no whole", "deadline_days = 45"),
    ("deadline_days = 45", "deadline_days = 0", "ORL-0801", "at least 1", "deadline_days = 45"),
    ("deadline_days = 45", 'deadline_days = "45"', "ORL-0801", "no whole", "deadline_days = 45"),
    ("in_containers = true", "in_containers = 1", "ORL-0801", "neither true nor", "= true"),
    ("in_containers = true", 'in_containers = "yes"', "ORL-0801", "neither true nor", "= true"),
    ("in_containers = true", 'in_containers = "some"', "ORL-0801", "neither true nor", "= true"),
    ('analyte = "Cu"\nmethod', 'analyte = "Cuu"\nmethod', "ORL-0801", "no element", "write Sb"),
    ('analyte = "Cu"\nmethod', 'analyte = 29\nmethod', "ORL-0801", "no element", "write Sb"),
    ('materials = ["cu-concentrate"]', "materials = []", "ORL-0801", "empty", "materials = ["),
    ('seller = "fwo"', "seller = 7", "ORL-0801", "no text", 'write seller = "fwo"'),
    ('currency = "USD"\n', "", "ORL-0802", "missing", 'add currency = "USD"'),
    ('method = "pct_min_deduction"\n', "", "ORL-0802", "arithmetic", "add method ="),
    ("franchise_pct", "franchise", "ORL-0803", "'franchise'", "write franchise_pct"),
    ('place = "Fred', 'currency = "USD"\nplace = "Fred', "ORL-0803", "'currency'", "above the"),
    ("umpire_laboratories", "colour_of_paper", "ORL-0803", "no key", "known here are"),
    ('title_passes = ', 'franchise_pct = "1"\ntitle_passes = ', "ORL-0803", "no key", "[weight]"),
    ('"80 USD/dmt"', '"70 USD/lb"', "ORL-0804", "is a price", 'such as rate = "80 USD/dmt"'),
    ('"80 USD/dmt"', '"70 USD/wmt"', "ORL-0804", "wet mass", 'which clause the number'),
    ('"80 USD/dmt"', "80", "ORL-0804", "no unit", 'write rate = "80 USD/dmt"'),
    ('"80 USD/dmt"', '"80"', "ORL-0804", "no unit", 'write rate = "80 USD/dmt"'),
    ('"80 USD/dmt"', '"80usd/dmt"', "ORL-0804", "begin with a num", 'rate = "80 USD/dmt"'),
    ('"80 USD/dmt"', '"1,080.5 USD/DMT"', "ORL-0804", "begin with", 'rate = "1080.5 USD/dmt"'),
    ('"80 USD/dmt"', '"80 USD/tonne"', "ORL-0804", "no unit known", 'rate = "80 USD/dmt"'),
    ('"8 c/lb"', '"8 USD/dmt"', "ORL-0804", "not a price", 'which clause the number'),
    ('"0.30 %"', '"0,30 %"', "ORL-0804", "begin with a number", 'write limit = "0.30 %"'),
    ('"0.30 %"', '"0.30 NaN"', "ORL-0804", "no unit known", 'limit = "0.30 %"'),
    ('"0.30 %"', '{ to = "1" }', "ORL-0804", "no quantity", 'write limit = "1 %"'),
    ('rule = "exchange"', 'rule = "Exchange"', "ORL-0805", "is not exchange", 'rule = "exchange"'),
    ('basis = "assumed"', 'basis = "guess"', "ORL-0805", "'guess' is not", "write basis ="),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "code", "words", "remedy"), WRONG)
def test_what_is_wrong_is_told_at_its_line(
    before: str, after: str, code: str, words: str, remedy: str
) -> None:
    text = changed(before, after)
    (finding,) = findings_of(text)
    assert finding.code == code
    assert words in finding.message
    assert remedy in finding.fix
    place = re.fullmatch(r"copper\.toml:([0-9]+)", finding.where)
    assert place is not None
    line = text.split("\n")[int(place[1]) - 1]
    if after and code != "ORL-0802":
        assert after.split("\n")[0].split(" = ")[0] in line


def test_a_remedy_that_is_followed_is_right() -> None:
    for before, after, _, _, remedy in WRONG:
        if re.match("write .* = ", remedy) and not after.startswith("{"):
            (finding,) = findings_of(changed(before, after))
            key, _, value = finding.fix.removeprefix("write ").partition(" = ")
            line = int(finding.where.rpartition(":")[2]) - 1
            lines = changed(before, after).split("\n")
            written = rf'\b{key} = ("[^"]*"|[^,}}]+)'
            lines[line] = re.sub(written, f"{key} = {value}", lines[line])
            contract, findings = read_contract("\n".join(lines), "x")
            assert contract is not None, (finding, findings)


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_lines() -> None:
    text = COPPER
    told = []
    for before, after, code, _, _ in WRONG:
        if code != "ORL-0800" and after and text.count(before) == 1:
            text = text.replace(before, after)
            told.append(code)
    findings = findings_of(text)
    assert len(told) > 15
    assert len(findings) >= len(told) - 3
    lines = [int(finding.where.partition(":")[2]) for finding in findings]
    assert lines == sorted(lines)


def test_a_clause_is_named_in_words() -> None:
    (finding,) = findings_of(changed('"3 USD/dmt"', '"3 t"'))
    assert finding.message.startswith("penalty 1 (As + Sb, clause 11.1), rate: '3 t' is a content")
    text = changed('analyte = "Hg", limit', 'analyte = "Hg", limt')
    (finding,) = findings_of(text)
    assert "assays (clause 7), limit 6 (Hg), limt" in finding.message


def test_a_clause_that_can_be_read_in_two_ways_is_told_with_what_each_pays() -> None:
    text = COPPER.replace('rate = "8 c/lb"\nbasis = "payable"', 'rate = "8 c/lb"')
    (finding,) = findings_of(text)
    assert finding.code == "ORL-0806"
    assert text.split("\n")[int(finding.where.partition(":")[2]) - 1] == "[[refining]]"
    assert finding.message.startswith("refining charge 1 (Cu, clause 10.2), basis: ")
    # 28 % less one unit, the larger deduction, is 27.0 %; 8 c/lb at 2204.62 lb/t is 176.3696 USD/t.
    assert "payable content: 47.6198 USD/dmt; on the contained content: 49.3835" in finding.message
    assert "payable" in finding.fix


def test_clauses_that_contradict_are_told_at_their_line() -> None:
    text = changed('price = "cu"', 'price = "cux"')
    (finding,) = findings_of(text)
    assert finding.code == "ORL-0807"
    assert 'price = "cux"' in text.split("\n")[int(finding.where.partition(":")[2]) - 1]


def test_an_unclear_contract_may_still_be_used_for_the_exchange_of_assays(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(changed('price = "cu"', 'price = "cux"'))
    assert contract_file(file).id == "cu-1"
    with pytest.raises(InputError, match="cux"):
        contract_file(file, read_contract)


LINES = COPPER.split("\n")
PIECES = st.sampled_from(
    ["", "[", "]", '"', "{", "}", ",", "=", "\n", "[[x]]\n", "-", "NaN", "1e999", "0x", "\\u0000",
     "é", "\x00", "#", "'", "[weight]\n", "prices = 3\n", "9" * 5000, "1979-05-27T07:32:00Z"]
)  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            del lines[at]
            lines = lines or [""]
        elif kind == 1:
            lines.insert(at, draw(st.sampled_from(LINES)))
        elif kind == 2:
            lines[at] = draw(st.sampled_from(LINES))
        else:
            place = draw(st.integers(0, len(lines[at])))
            until = draw(st.integers(place, len(lines[at])))
            piece = draw(PIECES if kind == 3 else st.text(max_size=4))
            lines[at] = lines[at][:place] + piece + lines[at][until:]
    return "\n".join(lines)


@given(mutations())
def test_a_changed_file_is_a_contract_or_findings_with_their_place(text: str) -> None:
    contract, findings = read_contract(text, "some.toml")
    assert (contract is None) == any(finding.severity == "fatal" for finding in findings)
    for finding in findings:
        place = re.fullmatch(r"some\.toml:([0-9]+)", finding.where)
        assert place is not None, finding
        assert 1 <= int(place[1]) <= text.count("\n") + 1
        assert finding.message
        assert finding.fix
    if contract is not None:
        assert read_contract(contract_text(contract), "again.toml")[0] == contract


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    contract, findings = read_contract(text, "x")
    assert contract is None
    assert findings


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        contract_file(tmp_path / "none.toml")
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b'id = "a"\ntitle = "\xff"\n')
    with pytest.raises(InputError, match=r"bad.toml:2: this line is not UTF-8"):
        contract_file(bad)
    bad.write_bytes(b"#" * CONTRACT_BYTES_MAX)
    with pytest.raises(InputError, match="missing"):
        contract_file(bad)
    bad.write_bytes(b"#" * (CONTRACT_BYTES_MAX + 1))
    with pytest.raises(InputError, match="longer than"):
        contract_file(bad)
    good = tmp_path / "good.toml"
    good.write_bytes(b"\xef\xbb\xbf" + COPPER.encode())
    assert contract_file(good).id == "cu-1"


def test_a_file_beside_that_cannot_be_read_stands_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "a.toml").write_text("x")
    (folder / "b.toml").write_text(COPPER)
    found = contract_of_folder(tmp_path, "cu-1")
    assert isinstance(found, Contract)
    assert contracts_of_folder(tmp_path) == (found,)
    with pytest.raises(InputError, match=r"a\.toml") as caught:
        contract_of_folder(tmp_path, "cu-2")
    assert caught.value.findings


def test_contracts_and_prices_are_checked_together(tmp_path: Path) -> None:
    assert read_terms(tmp_path).findings == ()
    read = read_terms(FOLDER)
    assert read.findings == ()
    assert sorted(contract.id for _, contract in read.contracts) == ["cu-1", "ree-1", "sb-1"]
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "a.toml").write_text(COPPER)
    (tmp_path / "contracts" / "b.toml").write_text(COPPER.replace("lme-cu", "lme-copper"))
    read = read_terms(tmp_path)
    where = "contracts/b.toml id"
    assert [(one.code, one.where) for one in read.findings if one.code == "ORL-0808"] == [
        ("ORL-0808", where)
    ]
    (tmp_path / "prices").symlink_to(FOLDER / "prices")
    told = [one for one in read_terms(tmp_path).findings if one.code == "ORL-0809"]
    assert [one.where for one in told] == ["contracts/b.toml price cu"]
    assert "lme-cu meant" in told[0].fix
