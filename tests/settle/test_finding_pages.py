"""The line that the page of each code shows is the line that its smallest input causes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from oreline.model import Finding
from oreline.settle import read_contract, read_parcel, read_prices, read_terms

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs" / "findings"
COPPER = (HERE / "contracts" / "copper.toml").read_text("utf-8")
PARCEL = (HERE / "parcels" / "copper.toml").read_text("utf-8")
TABLES = {name: (HERE / "prices" / f"{name}.csv").read_text("utf-8")
          for name in ("series", "values", "holidays")}  # fmt: skip


def replaced(text: str, before: str, after: str) -> str:
    assert before in text, before
    return text.replace(before, after, 1)


def contract(before: str, after: str) -> tuple[Finding, ...]:
    return read_contract(replaced(COPPER, before, after), "copper.toml")[1]


def parcel(before: str, after: str) -> tuple[Finding, ...]:
    return read_parcel(replaced(PARCEL, before, after), "copper.toml")[1]


def prices(table: str, before: str, after: str) -> tuple[Finding, ...]:
    texts = {**TABLES, table: replaced(TABLES[table], before, after)}
    return read_prices(*(texts[name].encode() for name in ("series", "values", "holidays")))[1]


def table(text: str) -> tuple[Finding, ...]:
    head = 'id = "p"\nbasis = "assumed"\nsource = "x"\nweights = "weights.csv"\n'
    return read_parcel(head, "copper.toml", {"weights.csv": text.encode()})[1]


def folder(into: Path, before: str, after: str, *, twice: bool = False) -> tuple[Finding, ...]:
    shutil.copytree(HERE / "prices", into / "prices")
    (into / "contracts").mkdir()
    (into / "contracts" / "copper.toml").write_text(replaced(COPPER, before, after))
    if twice:
        (into / "contracts" / "copper-2.toml").write_text(COPPER)
    return read_terms(into).findings


CAUSES: dict[str, Callable[[Path], tuple[Finding, ...]]] = {
    "ORL-0800": lambda _: contract('"Copper concentrate, first shipment"', "Copper concentrate"),
    "ORL-0801": lambda _: contract('pct = "96.5"', "pct = 101"),
    "ORL-0802": lambda _: contract('currency = "USD"\n', ""),
    "ORL-0803": lambda _: contract("franchise_pct", "franchise"),
    "ORL-0804": lambda _: contract("80 USD/dmt", "80 USD/lb"),
    "ORL-0805": lambda _: contract('"pct_min_deduction"', '"percent"'),
    "ORL-0806": lambda _: contract('rate = "8 c/lb"\nbasis = "payable"', 'rate = "8 c/lb"'),
    "ORL-0807": lambda _: contract('price = "cu"', 'price = "cux"'),
    "ORL-0808": lambda into: folder(into, "[delivery]", "[delivery]", twice=True),
    "ORL-0809": lambda into: folder(into, "lme-cu", "lme-copper"),
    "ORL-0810": lambda _: prices("values", "series,day,", "series,"),
    "ORL-0811": lambda _: prices("series", "exchange", "market"),
    "ORL-0812": lambda _: prices("series", "USD/t", "USD/dmt"),
    "ORL-0813": lambda _: prices("values", "lme-cu,2025-10-01", "lme-copper,2025-10-01"),
    "ORL-0814": lambda _: prices("values", "lme-cu,2025-10-02", "lme-cu,2025-10-01"),
    "ORL-0815": lambda _: prices("values", "lme-cu,2025-10-02", "lme-cu,3/4/2025"),
    "ORL-0816": lambda _: prices("values", "lme-cu,2025-10-01,10300", 'lme-cu,2025-10-01,"9,149"'),
    "ORL-0817": lambda _: prices("values", "lme-cu,2025-12-24", "lme-cu,2025-12-25"),
    "ORL-0818": lambda _: prices("values", "lme-cu,2025-10-02,10310", "lme-cu,2025-10-02,4.67"),
    "ORL-0819": lambda _: prices("series", "USD/t,0,London", "USD/t,,London"),
    "ORL-0820": lambda _: parcel("arrival = 2025-10-28", "arrival = 2025-09-10"),
    "ORL-0821": lambda _: parcel("4.1 g/dmt", "410 %"),
    "ORL-0822": lambda _: parcel("106.180 wmt", "80.180 wmt"),
    "ORL-0823": lambda into: folder(into, "8 c/lb", "1.90 USD/lb"),
    "ORL-0824": lambda _: table('lot,at,wet_wmt\nfwo:CU-1,loading,"106,420"\n'),
}


@pytest.mark.parametrize("code", CAUSES)
def test_the_page_shows_the_line_that_is_told(code: str, tmp_path: Path) -> None:
    told = [str(one) for one in CAUSES[code](tmp_path) if one.code == code]
    page = (PAGES / f"{code}.md").read_text("utf-8")
    shown = page.partition("```text\n")[2].partition("\n```")[0]
    assert shown in told, told


def test_every_code_of_the_reader_has_its_cause() -> None:
    pages = {page.stem for page in PAGES.glob("ORL-08[012]*.md")}
    assert pages == set(CAUSES)
