"""Money of the example at the command line: from the folder to a release, and what contests it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from called import Oreline

sys.path.append(str(Path(__file__).parents[1] / "fund"))
sys.path.append(str(Path(__file__).parents[1] / "settle"))

from framework import TEXT, assay, corrected, permit, shipment, sites
from lending import LOAN, TWO_YEARS, lent
from shipped import BOXES, LOT, SHIPMENT, event, terms

from oreline.exchange import init_folder
from oreline.record import open_store
from oreline.settle import contract_text

PARTIES = "id,name,country,basis,source\nfwo,FWO,PK,reported,E\nussm,USSM,US,reported,E\n"
EXAMPLE = Path(__file__).parents[2] / "examples" / "pakistan-us"
ASSUMED = "id,value,low,high,unit,reasoning,source\nA-1,1,,,1,an example,own\n"


def test_from_the_folder_to_a_release_and_back(tmp_path: Path, bare: Oreline) -> None:
    chain = tmp_path / "chain"
    init_folder(chain, name="chain", declared="2025-09-01")
    (chain / "parties.csv").write_text(PARTIES)
    (chain / "assumptions.csv").write_text(ASSUMED)
    text = TEXT.replace('source = "an example"', 'source = "A-1"')
    (chain / "instruments" / "equity.toml").write_text(text.replace(">= 4'", ">='"))
    bad = bare("fund", "check", str(chain))
    assert bad.code == 1
    assert "equity.toml:26 character 29" in bad.everything
    (chain / "instruments" / "equity.toml").write_text(text)
    assert bare("fund", "check", str(chain)).code == 0
    assert bare("init", str(chain)).code == 0
    assert bare("record", "import", str(chain)).code == 0
    with open_store(chain / "ledger.db") as store:
        store.append([*sites(), permit(), *shipment(), assay()])
    place = ("--chain", str(chain))
    told = bare("fund", "status", "--on", "2025-12-01", *place)
    assert told.code == 0
    assert 'received_t("Sb", "plant"): 5 t (measured)' in told.everything
    assert "only 0 USD of what is committed" in told.everything

    refused = bare("fund", "release", "equity/first", "--by", "treasurer", *place)
    assert refused.code == 1
    assert "ORL-1175" in refused.everything
    day = ("--time", "2025-12-01T09:00:00Z")
    assert bare("fund", "commit", "equity", "--amount", "500", "--by", "t", *day, *place).code == 0
    for party, person in (("fwo", "ali"), ("ussm", "beth")):
        given = ("--party", party, "--by", person)
        assert bare("fund", "approve", "equity/first", *given, *day, *place).code == 0
    done = bare("fund", "release", "equity/first", "--by", "treasurer", *day, *place)
    assert done.code == 0, done.everything
    assert "200 USD of equity released: judged on" in done.everything
    over = bare("fund", "drawdown", "equity", "--amount", "201", "--by", "t", *place)
    assert over.code == 2
    early = bare("fund", "spend", "equity", "--amount", "1", "--on", "x", "--by", "t", *place)
    assert "more than the 0 drawn and not spent" in early.everything
    assert "more than the 200 released" in over.everything
    assert bare("fund", "drawdown", "equity", "--amount", "200", "--by", "t", *place).code == 0
    spent = ("--amount", "150.00", "--on", "mill", "--by", "t", *place)
    assert bare("fund", "spend", "equity", *spent).code == 0

    with open_store(chain / "ledger.db") as store:
        store.append([corrected("39.9")])
    after = bare("fund", "status", "--on", "2025-12-02", "--json", *place)
    assert after.code == 1
    (found,) = after.json["result"]["instruments"]
    assert found["money"] == {
        "commitment": "500", "release": "200", "drawdown": "200", "spend": "150.00",
        "payment": "0",
    }  # fmt: skip
    assert [(one["state"], one["at_risk"]) for one in found["tranches"]] == [
        ("contested", "200"), ("not yet", "0"),
    ]  # fmt: skip
    again = tmp_path / "again"
    assert bare("exchange", "export", "-o", str(again), *place).code == 0
    assert (again / "instruments" / "equity.toml").read_text() == text


def test_names_that_are_not_there_are_told_with_near_ones(bare: Oreline, tmp_path: Path) -> None:
    chain = tmp_path / "chain"
    init_folder(chain, name="chain", declared="2025-09-01")
    (chain / "parties.csv").write_text(PARTIES)
    (chain / "assumptions.csv").write_text(ASSUMED)
    text = TEXT.replace('source = "an example"', 'source = "A-1"')
    (chain / "instruments" / "equity.toml").write_text(text)
    assert bare("init", str(chain)).code == 0
    assert bare("record", "import", str(chain)).code == 0
    place = ("--by", "t", "--chain", str(chain))
    for name, said in (
        ("equty/first", "did you mean equity?"),
        ("equity/frist", "it has first, second"),
        ("first", "write INSTRUMENT/TRANCHE"),
    ):
        told = bare("fund", "release", name, *place)
        assert told.code == 2
        assert said in told.everything
    stranger = bare("fund", "approve", "equity/first", "--party", "lab", *place)
    assert "its approvals are of fwo, ussm" in stranger.everything
    wrong = bare("fund", "commit", "equity", "--amount", "1,000", *place)
    assert "is no amount" in wrong.everything
    words = bare("fund", "words", "--json").json["result"]["words"]
    assert "received_t(element, site)" in [one["form"] for one in words]


def test_a_loan_from_its_file_to_covenants_and_books(tmp_path: Path, bare: Oreline) -> None:
    """What the file says, on the cash of a table that the chain folder holds."""
    chain = tmp_path / "chain"
    init_folder(chain, name="chain", declared="2025-09-01")
    (chain / "parties.csv").write_text(PARTIES)
    (chain / "assumptions.csv").write_text(ASSUMED)
    text = LOAN.replace('source = "an example"', 'source = "A-1"')
    (chain / "instruments" / "equity.toml").write_text(text)
    assert bare("init", str(chain)).code == 0
    assert bare("record", "import", str(chain)).code == 0
    with open_store(chain / "ledger.db") as store:
        store.append(lent()[1:])
    place = ("--on", "2025-12-01", "--chain", str(chain))
    unknown = bare("fund", "schedule", "equity", *place)
    assert unknown.code == 0
    assert "UNKNOWN" in unknown.everything
    assert "cash available from 2026-01-01 to 2026-06-30" in unknown.everything
    (chain / "cash-forecast.csv").write_bytes(TWO_YEARS)
    found = bare("fund", "schedule", "equity", "--json", *place).json["result"]
    assert [one["verdict"] for one in found["covenants"]] == ["PASS", "PASS"]
    assert found["schedule"][1]["service"] == "111.56"
    assert found["findings"] == []
    named = b"a plan of input 0123456789abcdef"
    (chain / "cash-forecast.csv").write_bytes(TWO_YEARS.replace(b"a plan", named))
    (chain / "plan.toml").write_text('name = "another"\n')
    other = bare("fund", "schedule", "equity", *place)
    assert other.code == 0, "an old table is told, and decides nothing"
    assert "ORL-1189" in other.everything
    listed = bare("fund", "schedule", "equity", "--json", *place).json["result"]["findings"]
    assert [one["code"] for one in listed] == ["ORL-1189"]
    assert "ORL-1189" in bare("fund", "books", "equity", *place).everything
    (chain / "cash-forecast.csv").write_bytes(TWO_YEARS)
    less = tmp_path / "less.csv"
    less.write_bytes(TWO_YEARS.replace(b"167.34", b"167.33"))
    failing = bare("fund", "schedule", "equity", "--forecast", str(less), *place)
    assert failing.code == 1
    assert "below it in 1 of 2" in " ".join(failing.everything.split())
    sheets = tmp_path / "loan.xlsx"
    assert bare("fund", "schedule", "equity", "--export", str(sheets), *place).code == 0
    assert sheets.stat().st_size > 5000
    written = tmp_path / "loan.beancount"
    books = bare("fund", "books", "equity", "--to", "beancount", "-o", str(written), *place)
    assert books.code == 0
    assert "2025-12-02 balance Assets:Equity:Cash  49.75 USD" in written.read_text()
    table = tmp_path / "books.csv"
    assert bare("fund", "books", "equity", "--export", str(table), *place).code == 0
    assert table.read_text().startswith("day,account,debit,credit")
    alone = bare("fund", "books", "equity", "--to", "beancount", *place)
    assert "--to and --output belong together" in alone.everything
    paid = bare("fund", "pay", "equity", "--amount", "10", "--by", "t", "--chain", str(chain))
    assert paid.code == 0


def test_the_cash_of_a_plan(bare: Oreline) -> None:
    """Its cash flow without its capital: nothing before anything runs."""
    spans = bare("fund", "forecast", str(EXAMPLE), "--json").json["result"]["spans"]
    assert [one["available"] for one in spans[:2]] == ["0", "0"]
    kept = (EXAMPLE / "cash-forecast.csv").read_text().splitlines()
    assert len(spans) == len(kept) - 1
    assert all(0 < float(one["available"]) < 4e8 for one in spans[3:])


def test_the_office_and_the_pack_of_a_folder(tmp_path: Path, bare: Oreline) -> None:
    chain = tmp_path / "chain"
    init_folder(chain, name="chain", declared="2025-09-01")
    (chain / "parties.csv").write_text(PARTIES)
    (chain / "assumptions.csv").write_text(ASSUMED)
    text = TEXT.replace('source = "an example"', 'source = "A-1"')
    (chain / "instruments" / "equity.toml").write_text(text)
    assert bare("init", str(chain)).code == 0
    assert bare("record", "import", str(chain)).code == 0
    with open_store(chain / "ledger.db") as store:
        store.append([*sites(), permit(), *shipment(), assay()])
    rows = (
        "id,title,party,owner,due,status,basis,source\nd,Design,fwo,x,2025-11-30,open,reported,E\n"
    )
    (chain / "deliverables.csv").write_text(rows)
    place = ("--chain", str(chain))
    late = bare("fund", "office", "--on", "2025-12-01", *place)
    assert late.code == 1
    assert "overdue" in late.everything
    assert bare("fund", "office", "--on", "2025-11-30", *place).code == 0
    paper = tmp_path / "pack.pdf"
    made = bare("fund", "pack", "--on", "2025-12-01", "-o", str(paper), "--json", *place)
    assert made.code == 0
    assert made.json["result"]["metal"][0]["t"] == "5.000"
    assert paper.read_bytes().startswith(b"%PDF")
    book = tmp_path / "status.xlsx"
    status = bare("fund", "status", "--on", "2025-12-01", "--export", str(book), *place)
    assert "Wrote 6 rows" in status.everything
    (chain / "deliverables.csv").write_text(rows.replace("fwo", "fow"))
    wrong = bare("fund", "pack", "-o", str(tmp_path / "no.pdf"), *place)
    assert wrong.code == 2
    assert "fow is not in parties.csv" in wrong.everything
    assert not (tmp_path / "no.pdf").exists()


RELATED = """\
[[related]]
parties = ["fwo", "ussm"]
why = "one owner"
basis = "reported"
source = "register"

[[tested]]
contract = "cu-1"
analyte = "Cu"
method = "CUP"
why = "copper has a quotation"
basis = "reported"
source = "register"

[[comparables]]
contract = "cu-1"
from = 2025-09-28
to = 2025-12-31
quoted = true
low = "100 USD/t"
median = "200 USD/t"
high = "250 USD/t"
basis = "reported"
source = "contracts of others"
"""


def between_related(*, invoiced: bool) -> list[Any]:
    """Return a shipment sold at no less than 9,150 USD/t, less 80 USD/dmt, by related parties."""
    contract = terms(
        prices=[{"id": "lme", "series": "cu", "floor": "9150 USD/t",
                 "qp": {"kind": "fixed", "start": "2025-12-01", "end": "2025-12-03"}}],
        treatment={"rate": "80 USD/dmt"},
    )  # fmt: skip
    days = ["2025-12-01 9000", "2025-12-02 9100", "2025-12-03 9200"]
    series = {"name": "Copper", "kind": "exchange", "unit": "USD/t", "basis": "reported",
              "vat_pct": "0", "values": days}  # fmt: skip
    said = [
        ("contract", "cu-1", {"terms": contract_text(contract)}),
        ("market", "cu", series),
    ]
    declared = [
        event(f"d-{name}", "declare", "07-01", {"type": kind, "id": name, "data": data},
              to_party="ussm")
        for kind, name, data in said
    ]  # fmt: skip
    money = [
        event(f"i-{stage}", "money", day, {
            "type": "invoice", "lots": [LOT, *BOXES], "contract": "cu-1", "stage": stage,
            "postings": [{"account": "fwo", "amount": f"-{amount}", "currency": "USD"},
                         {"account": "ussm", "amount": amount, "currency": "USD"}],
        }, to_party="ussm")
        for stage, day, amount in (("provisional", "10-01", "50000"), ("final", "12-05", "32000"))
    ]  # fmt: skip
    return sorted([*declared, *SHIPMENT, *(money if invoiced else [])], key=lambda one: one["time"])


def test_prices_between_related_parties_by_hand(tmp_path: Path, bare: Oreline) -> None:
    """18.87 + 18.308 t dry at 25.95 % Cu, 96 % of it paid: 9.26178336 t payable.

    At the floor of 9,150 that is 84,745.32, less 80 x 37.178 = 2,974.24: 81,771.08, or 8,828.8699 a
    tonne. The quotation of its three days is 9,100, the range 8,850 to 9,000 with 8,900 as median:
    below it by 8,900 x 9.26178336 - 81,771.08 = 658.79. Invoiced at 82,000 it is within.
    """
    for invoiced in (False, True):
        chain = tmp_path / f"chain-{invoiced}"
        init_folder(chain, name="chain", declared="2025-01-01")
        assert bare("init", str(chain)).code == 0
        with open_store(chain / "ledger.db") as store:
            store.append(between_related(invoiced=invoiced))
        asked = ("fund", "transfer-pricing", "--on", "2025-12-31", "--chain", str(chain))
        assert "cannot be read" in bare(*asked).everything
        (chain / "transfer-pricing.toml").write_text(RELATED)
        told = bare(*asked, "--json")
        (sale,) = told.json["result"]["sales"]
        assert (sale["payable_t"], sale["quoted"], sale["low"], sale["median"], sale["high"]) == (
            "9.26178336", "9100.0000", "8850.0000", "8900.0000", "9000.0000",
        )  # fmt: skip
        if invoiced:
            assert told.code == 0
            assert (sale["net_value"], sale["value_by"]) == ("82000", "invoices")
            assert (sale["price"], sale["result"]) == ("8853.5865", "within range")
            assert sale["adjustment"] == "0.00"
            assert sale["events"] == "by-sea i-provisional i-final"
            continue
        assert told.code == 1
        assert (sale["net_value"], sale["value_by"]) == ("81771.08", "final statement")
        assert (sale["price"], sale["result"]) == ("8828.8699", "below")
        assert sale["adjustment"] == "658.79"
        table = tmp_path / "sales.csv"
        assert bare(*asked, "--export", str(table)).code == 1
        assert "8828.8699" in table.read_text()
        early = bare(*asked[:2], "--on", "2025-12-02", *asked[4:], "--json")
        (sale,) = early.json["result"]["sales"]
        assert sale["result"] == "UNKNOWN"
        assert "quoted price: the contract names none, or its period" in sale["because"]
        (chain / "transfer-pricing.toml").write_text(RELATED.replace('"cu-1"', '"cu-2"'))
        strange = bare(*asked)
        assert "cu-2 is no contract of this ledger" in " ".join(strange.everything.split())
        assert "nobody chose one for cu-1" in " ".join(strange.everything.split())
