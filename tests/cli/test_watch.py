"""``oreline watch``: a place is read where no command is named."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from called import Oreline

REPORT = (
    "Zeta Metals signed an agreement with Orion Smelting on 3 March 2026. The agreement is worth"
    " $12 million.\n"
)


def test_a_place_is_read_whether_or_not_the_command_is_named(tmp_path: Path, bare: Oreline) -> None:
    (tmp_path / "one.txt").write_text(REPORT, encoding="utf-8")
    named = bare("watch", "read", str(tmp_path), "--json")
    assert named.code == 0
    assert '"events"' in named.out
    assert bare("watch", str(tmp_path), "--json").out == named.out
    assert bare("watch", "--json", str(tmp_path)).out == named.out


def test_a_folder_by_the_name_of_a_command_is_read_by_its_path(
    tmp_path: Path, bare: Oreline
) -> None:
    folder = tmp_path / "read"
    folder.mkdir()
    (folder / "one.txt").write_text(REPORT, encoding="utf-8")
    assert "1 reports" in bare("watch", str(folder)).out


def test_the_group_shows_its_help_and_says_what_is_not_there(bare: Oreline) -> None:
    assert "oreline watch read PLACE" in bare("watch", "--help").out
    missing = bare("watch", "no-such-place")
    assert missing.code == 2
    assert "no-such-place is not there" in missing.everything


def test_words_are_searched_in_a_folder_and_in_a_chain_with_its_ledger(
    tmp_path: Path, bare: Oreline
) -> None:
    (tmp_path / "one.txt").write_text(REPORT, encoding="utf-8")
    table = tmp_path / "hits.csv"
    found = bare("watch", "search", "AGREEMENTS", str(tmp_path), "--json", "--export", str(table))
    assert found.code == 0
    hits = found.json["result"]["hits"]
    assert {hit["kind"] for hit in hits} == {"report", "claim"}
    assert all(hit["snippet"][a:b].lower() == "agreement" for hit in hits for a, b in hit["marks"])
    assert pl.read_csv(table).height == len(hits)

    chain = tmp_path / "chain"
    assert bare("init", str(chain)).code == 0
    (chain / "evidence").mkdir(exist_ok=True)
    (chain / "evidence" / "one.txt").write_text(REPORT, encoding="utf-8")
    assert bare("record", "import", str(chain)).code == 0
    log = bare("record", "status", "--chain", str(chain), "--json").json["result"]
    for _ in range(2):
        again = bare("watch", "search", "orion", "--chain", str(chain), "--json")
        assert {hit["place"] for hit in again.json["result"]["hits"]} == {"one.txt"}
    events = bare("watch", "search", "declare", "--chain", str(chain), "--kind", "event", "--json")
    assert events.code == 0
    assert bare("record", "status", "--chain", str(chain), "--json").json["result"] == log


def test_a_search_without_words_or_place_says_what_is_missing(
    tmp_path: Path, bare: Oreline
) -> None:
    (tmp_path / "one.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "large.txt").write_bytes(b"x" * 20_000_001)
    assert "no word" in bare("watch", "search", "!!", str(tmp_path)).everything
    assert "PLACE" in bare("watch", "search", "zeta").everything
    unknown = bare("watch", "search", "zeta", str(tmp_path), "--kind", "rumour")
    assert "report, claim, evidence, event" in unknown.everything
    unread = bare("watch", "search", "zeta", str(tmp_path))
    assert unread.code == 1
    assert "ORL-1300" in unread.everything


def test_amounts_and_days_of_news_come_from_a_file_into_claims(
    tmp_path: Path, bare: Oreline
) -> None:
    # An amount in rupees ended the whole reading once; a range was its upper bound alone.
    text = (
        "2026-03-09\n\nZeta Metals signed an agreement worth 35 lakh rupees with Orion Smelting on"
        " Thursday.\n\nZeta Metals shipped 300 to 500 tonnes of antimony concentrate to Orion"
        " Smelting last December.\n"
    )
    (tmp_path / "one.txt").write_text(text, encoding="utf-8")
    events = bare("watch", str(tmp_path), "--json").json["result"]["events"]
    claims = [claim for event in events for claim in event["claims"]]
    (deal,) = [one for one in claims if one["kind"] == "deal"]
    assert (deal["slots"]["amount"]["low"], deal["slots"]["amount"]["currency"]) == (
        "3500000",
        None,
    )
    assert deal["when"]["first"] == deal["when"]["last"] == "2026-03-05"
    (sent,) = [one for one in claims if one["kind"] == "shipment"]
    assert (sent["when"]["first"], sent["when"]["last"]) == ("2025-12-01", "2025-12-31")
    mass = next(value for value in sent["slots"].values() if isinstance(value, dict))
    assert (mass["value"], mass["high"], mass["unit"]) == ("300", "500", "t")
