"""Every page in a real browser, on both examples, at two widths: nothing breaks, all can use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import NARROW, WIDE, Site, Watched, grave, served, watched
from playwright.sync_api import Browser

PAGES = {
    "pakistan-us": {
        "overview": "/",
        "lots": "/lots",
        "lot": "/lots/illus:sb-25q3-01?element=Sb",
        "reported-lot": "/lots/fwo:first-batch-antimony",
        "record-form": "/record?part=form&kind=dispatch",
        "record-process": "/record?part=form&kind=process",
        "record-file": "/record?part=file",
        "log": "/record?part=log",
        "held": "/record?held=yes",
        "event": "/record/event?id=illus-sb-25q3-sea-dispatch",
        "corrected-event": "/record/event?id=illus-20250917-cu-top-up",
        "balance": "/balance?element=Cu",
        "running-sum": "/balance?element=Cu&part=cusum&site=illus-mill-cu&price=9500"
        "&price_source=assumed",
        "month-account": "/balance?element=Cu&part=account&site=illus-mill-cu&period=2025-09",
        "principles": "/balance?element=Cu&part=checklist&site=illus-mill-cu&period=2026-04",
        "recoveries": "/balance?element=Sb&part=recovery",
        "reconcile": "/balance?element=Sb&part=reconcile",
        "outturn": "/balance?element=Sb&part=outturn&franchise_pct=0.5",
        "two-product": "/calculators",
        "several-products": "/calculators?part=products",
        "contained-metal": "/calculators?part=contained",
        "sampling-plan": "/calculators?part=sampling",
        "coarse-gold": "/calculators?part=gold",
        "duplicates": "/calculators?part=duplicates",
        "factors": "/calculators?part=factors",
        "assays": "/assay",
        "one-assay": "/assay?event=illus-sb-25q3-assay-seller&symbol=Sb&value=52.15",
        "exchange": "/settle/exchange",
        "exchange-of-lot": "/settle/exchange?lot=illus:sb-25q3-01",
        "fund": "/fund",
        "stress": "/stress",
        "minerals": "/stress/minerals?list=final+2025",
        "mineral": "/stress/mineral?name=neodymium",
        "disruption": "/stress/disruption?mineral=antimony&ban=CHN&to=all&months=12",
        "watch": "/watch",
        "market": "/watch/market?series=illus-buyer",
        "watch-alerts": "/watch/alerts",
        "watch-report": "/watch/report?name=2025-10-03-first-batch.txt",
        "ask": "/ask",
        "letter": "/ask/letter?to=customs",
        "verify": "/verify?event=illus-sb-25q3-sea-dispatch",
        "people": "/people",
        "help": "/help",
        "help-page": "/help/reference/balance.md",
        "no-such-lot": "/lots/no:such",
    },
    "mine-to-magnet": {
        "overview": "/",
        "lots": "/lots?element=Nd",
        "record-form": "/record?part=form&kind=receive",
        "log": "/record?part=log",
        "balance": "/balance?element=Nd",
        "outturn": "/balance?element=Nd&part=outturn",
        "stress-actual": "/stress?event=site:illus-mine-us",
        "assays": "/assay",
        "ask": "/ask",
        "verify": "/verify",
    },
}
CASES = [(name, page) for name, pages in PAGES.items() for page in pages]


@pytest.fixture(scope="module")
def sites(looked_at: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """Serve both examples."""
    with served("mine-to-magnet", tmp_path_factory.mktemp("sites")) as second:
        yield {looked_at.name: looked_at, second.name: second}


TALLEST = {"minerals": 9_000}
"""How long a page may be on a telephone, of those that were too long once."""


def overflow(seen: Watched) -> int:
    return int(seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize(("name", "page"), CASES)
def test_a_page_works_at_two_widths(
    sites: dict[str, Site], chromium: Browser, name: str, page: str
) -> None:
    with watched(chromium, stays=True) as seen:
        seen.go(sites[name].address + PAGES[name][page])
        assert grave(seen.page) == []
        for width in (WIDE, NARROW):
            seen.fit(width)
            seen.keep(f"{name}-{page}")
            assert seen.wrong == []
            assert overflow(seen) <= 0, f"{page} is wider than a window of {width}"
            headings = seen.page.locator("h1").all_inner_texts()
            assert len(headings) <= 1
        height = seen.page.evaluate("document.documentElement.scrollHeight")
        assert height < TALLEST.get(page, 100_000)


@pytest.mark.parametrize("theme", ["dark"])
@pytest.mark.parametrize(
    "page", ["overview", "lot", "balance", "sampling-plan", "record-form", "verify"]
)
def test_a_page_can_be_read_in_the_dark(
    sites: dict[str, Site], chromium: Browser, page: str, theme: str
) -> None:
    with watched(chromium, WIDE, stays=True, theme=theme) as seen:
        seen.go(sites["pakistan-us"].address + PAGES["pakistan-us"][page])
        seen.keep(f"dark-{page}")
        assert seen.wrong == []
        assert grave(seen.page) == []


LEFT_TO_RIGHT = """() => [...document.querySelectorAll('.amount')].filter((one) => {
  const text = one.firstChild;
  if (!text || text.length < 8 || !one.getClientRects().length) return false;
  const place = (at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  };
  const [first, last] = [place(0), place(text.length - 1)];
  return first.top === last.top && first.left > last.left;
}).map((one) => one.textContent)"""


@pytest.mark.parametrize(
    "page", ["overview", "lots", "lot", "balance", "sampling-plan", "record-form", "one-assay"]
)
def test_a_page_can_be_read_in_urdu_and_its_numbers_do_not_turn_round(
    sites: dict[str, Site], chromium: Browser, page: str
) -> None:
    with watched(chromium, stays=True, language="ur") as seen:
        seen.go(sites["pakistan-us"].address + PAGES["pakistan-us"][page])
        for width in (WIDE, NARROW):
            seen.fit(width)
            seen.keep(f"urdu-{page}")
            assert seen.wrong == []
            assert overflow(seen) <= 0
            assert seen.page.evaluate("document.documentElement.dir") == "rtl"
            assert seen.page.evaluate("document.documentElement.lang") == "ur"
            assert seen.page.evaluate(LEFT_TO_RIGHT) == []
            assert grave(seen.page) == []


def test_no_server_log_holds_a_traceback(sites: dict[str, Site]) -> None:
    for site in sites.values():
        assert "Traceback" not in site.log.read_text()
