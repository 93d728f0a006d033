"""The first shipment of the example is settled in the browser: three products, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, served, settled, watched
from playwright.sync_api import Browser, Page, expect

PRODUCTS = ("cu", "sb", "ree")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an example that this module writes invoices to."""
    with served("pakistan-us", tmp_path_factory.mktemp("settle")) as one:
        yield one


@pytest.fixture
def seen(chromium: Browser) -> Iterator[Watched]:
    """Open a page, and let nothing go wrong in it."""
    with watched(chromium) as one:
        yield one
        assert one.wrong == []


def tile(page: Page, title: str) -> Decimal:
    """Return the amount in one of the tiles at the top of a statement."""
    of = page.locator(".tiles > li").filter(has=page.get_by_text(title, exact=True))
    return Decimal(of.locator(".amount").first.inner_text().split()[0].replace(",", ""))


def address(site: Site, product: str, stage: str) -> str:
    contract, shipment = f"illus-{product}-2025", f"illus-{product}-25q3-sea-dispatch"
    return f"{site.address}/settle/statement?contract={contract}&shipment={shipment}&stage={stage}"


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_is_settled_and_invoiced_twice(site: Site, seen: Watched, product: str) -> None:
    page = seen.page
    seen.go(address(site, product, "provisional"))
    expect(page.locator(".callout").first).to_contain_text("PROVISIONAL")
    asked = tile(page, "Due now")
    page.get_by_role("button", name="Enter the invoice of").click()
    expect(page.locator("#invoice")).to_contain_text("This stage was invoiced with")
    settled(page)
    assert tile(page, "Due now") == asked
    seen.go(address(site, product, "final"))
    expect(page.locator(".callout").first).to_contain_text("SETTLED")
    net = tile(page, "Net value")
    assert tile(page, "Paid before") == asked
    assert tile(page, "Due now") == net - asked
    lines = page.locator(".statement details.line > summary .amount").all_inner_texts()
    assert sum(Decimal(one.split()[0].replace(",", "")) for one in lines) == net
    steps = page.locator(".waterfall .amount").all_inner_texts()
    before, *effects, after = (Decimal(one.split()[0].replace(",", "")) for one in steps)
    assert before + sum(effects) == after == net
    page.get_by_role("button", name="Enter the invoice of").click()
    expect(page.locator("#invoice")).to_contain_text("This stage was invoiced with")


def test_contracts_and_shipments_are_listed(site: Site, seen: Watched) -> None:
    page = seen.page
    seen.go(f"{site.address}/settle")
    for product in PRODUCTS:
        part = page.locator(f"#contract-illus-{product}-2025")
        expect(part.locator("tbody tr")).to_have_count(4)
    page.get_by_role("link", name="illus-sb-2025", exact=True).click()
    settled(page)
    expect(page.locator("#terms")).to_contain_text("Sb paid")
    expect(page.locator(".callout").first).to_contain_text("assumed")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_pages_are_for_everybody_and_fit(chromium: Browser, site: Site, width: int) -> None:
    with watched(chromium, width) as seen:
        for name, path in (
            ("settle", "/settle"),
            ("settle-contract", "/settle/contract?id=illus-cu-2025"),
            ("settle-statement", address(site, "cu", "final").removeprefix(site.address)),
        ):
            seen.go(site.address + path)
            seen.keep(name)
            serious = grave(seen.page)
            assert serious == [], (name, width)
            wide = seen.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width + 1, (name, width)
        assert seen.wrong == []


def test_one_assay_moves_money_then_corrected_leaves_the_invoice_stale(
    site: Site, seen: Watched
) -> None:
    page = seen.page
    shipment = "illus-sb-25q4-sea-dispatch"
    statement = f"{site.address}/settle/statement?contract=illus-sb-2025&shipment={shipment}"
    seen.go(f"{statement}&stage=provisional")
    asked = tile(page, "Due now")
    page.get_by_role("button", name="Enter the invoice of").click()
    expect(page.locator("#invoice")).to_contain_text("This stage was invoiced with")
    seen.go(f"{site.address}/assay?event=illus-sb-25q4-assay-seller&symbol=Sb&value=50")
    money = page.locator("#money")
    expect(money).to_contain_text("1 of 1 invoices become stale.")
    expect(money.locator("tbody").first).to_contain_text("Sb paid")
    seen.keep("assay-money")
    page.get_by_label("Reason", exact=True).fill("The certificate was read from the wrong line.")
    page.get_by_role("button", name="Correct the assay").click()
    expect(page.locator("#commit")).to_contain_text("These invoices are stale now")
    page.locator("#commit").get_by_role("link", name="Provisional").click()
    settled(page)
    expect(page.locator("#invoice .callout")).to_contain_text("The invoice is stale")
    assert tile(page, "Due now") < asked
    seen.keep("statement-stale")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_one_assay_moves_fits(chromium: Browser, site: Site, width: int) -> None:
    asked = "/assay?event=illus-cu-25q3-assay-seller&symbol=As&value=0.7"
    with watched(chromium, width) as seen:
        seen.go(address(site, "cu", "final"))
        limits = seen.page.locator("#specification")
        expect(limits).to_contain_text("within every limit")
        expect(limits.locator("tbody tr")).to_have_count(2)
        seen.go(site.address + asked)
        expect(seen.page.locator("#money")).to_contain_text("As: a penalty begins.")
        expect(seen.page.locator("#money")).to_contain_text("the buyer may reject the goods")
        seen.keep("assay-penalty")
        serious = grave(seen.page)
        assert serious == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width + 1
        assert seen.wrong == []
