"""When events happened and became known, what nobody states, why a claim is made, other forms."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import pytest

from oreline.model import InputError
from oreline.watch import (
    Document,
    Watched,
    explain,
    gaps_of,
    published_by,
    take_in,
    timeline,
    timeline_svg,
    to_ftm,
    to_prov,
    watch,
)

TODAY = date(2026, 6, 1)
TEXTS = {
    "a.txt": """Outlet: Daily Ore
Published: 2025-10-03

Northern Mill Corp. signed a $40 million memorandum of understanding with Harbor Metals Inc. in
September. Northern Mill Corp. shipped antimony concentrate to Harbor Metals Inc. on Thursday.
""",
    "b.txt": """Outlet: Evening Post
Published: 2025-10-06

Harbor Metals Inc. signed a $40 million agreement with Northern Mill Corp. in August.
""",
    "c.txt": """Outlet: Morning Post
Published: 2025-11-20

Northern Mill Corp. shipped 60 tonnes of antimony concentrate to Harbor Metals Inc. on October 2,
2025, in containers of the vessel Sea <b>Lark</b>.
""",
    "d.txt": "Harbor Metals Inc. plans to build a smelter in Sindh.\n",
}


def taken(*names: str) -> tuple[Document, ...]:
    found: list[Document] = []
    for name in names or TEXTS:
        found += take_in(name, TEXTS[name].encode(), today=TODAY)[0]
    return tuple(found)


@pytest.fixture(scope="module")
def found() -> Watched:
    """Read all texts."""
    return watch(taken())


def test_days_that_fit_no_sentence_are_contested(found: Watched) -> None:
    deal = next(one for one in timeline(found).entries if one.kind == "deal")
    assert deal.is_contested
    assert (deal.first, deal.last) == (date(2025, 8, 1), date(2025, 9, 30))
    assert deal.known_since == date(2025, 10, 3)
    assert deal.published == (date(2025, 10, 3), date(2025, 10, 6))


def test_days_that_fit_all_sentences_are_what_they_share(found: Watched) -> None:
    sent = next(one for one in timeline(found).entries if one.kind == "shipment")
    assert not sent.is_contested
    assert sent.first == sent.last == date(2025, 10, 2)
    assert sent.step == "shipped"


def test_on_each_day_only_what_was_published_by_then_is_known(found: Watched) -> None:
    documents = taken()
    before = -1
    for place in range(60):
        day = date(2025, 9, 28) + timedelta(days=place)
        kept, undated = published_by(documents, day)
        assert undated == ("d.txt",)
        told = timeline(watch(kept), as_of=day, undated=undated)
        for entry in told.entries:
            assert entry.known_since is not None
            assert entry.known_since <= day
            assert all(one.published is not None and one.published <= day for one in entry.readings)
        claims = sum(len(one.readings) for one in told.entries)
        assert claims >= before
        before = claims
    assert before == len(found.claims) - sum(one.document == "d.txt" for one in found.claims)


def test_a_contest_is_not_known_before_the_second_report() -> None:
    kept, _ = published_by(taken(), date(2025, 10, 5))
    (deal,) = (one for one in timeline(watch(kept)).entries if one.kind == "deal")
    assert not deal.is_contested
    assert deal.verdict == "single"


def test_entries_stand_in_the_order_of_time(found: Watched) -> None:
    firsts = [one.first or one.known_since for one in timeline(found).entries]
    known = [one for one in firsts if one is not None]
    assert known == sorted(known)


def test_the_picture_is_one_document_with_nothing_but_text_in_it(found: Watched) -> None:
    drawn = timeline_svg(timeline(found, as_of=date(2025, 12, 1)), "reports <of> ours & others")
    root = ET.fromstring(drawn)
    assert root.tag.endswith("svg")
    words = " ".join(root.itertext())
    assert "Source: reports <of> ours & others" in words
    assert {one.tag.rpartition("}")[2] for one in root.iter()} == {
        "svg", "rect", "text", "line", "circle",
    }  # fmt: skip
    assert len([one for one in root.iter() if one.tag.endswith("circle")]) == 4
    with pytest.raises(InputError, match="no event with a day"):
        timeline_svg(timeline(watch(())), "nobody")


def test_the_ends_of_the_calendar_can_be_drawn() -> None:
    text = "Published: 2025-01-02\n\nA Corp. signed a $1 million contract with B Inc. in 1901.\n"
    documents, _ = take_in("old.txt", text.encode(), today=TODAY)
    ET.fromstring(timeline_svg(timeline(watch(documents)), "us"))


def test_what_no_report_states_is_told_with_the_paper_that_would(found: Watched) -> None:
    sent = next(one for one in gaps_of(found).events if one.kind == "shipment")
    state = {one.need: one.state for one in sent.gaps}
    assert state["mass"] == "stated"
    assert state["carrier"] == "mentioned"
    assert state["HS code"] == state["grade or assay"] == state["value"] == "not stated"
    (mass,) = (one for one in sent.gaps if one.need == "mass")
    assert mass.told == ("60 t",)
    assert mass.reports == ("c.txt",)
    (carrier,) = (one for one in sent.gaps if one.need == "carrier")
    assert "vessel" in carrier.sentence
    alone = gaps_of(watch(taken("a.txt")))
    sent = next(one for one in alone.events if one.kind == "shipment")
    (mass,) = (one for one in sent.missing if one.need == "mass")
    assert mass.document == "weight certificate"


def test_a_claim_is_explained_by_its_own_characters(found: Watched) -> None:
    for claim in found.claims:
        told = explain(found, claim.id)
        assert told.is_verbatim
        assert told.before + told.text + told.after in told.document.text
    deal = next(one for one in found.claims if one.document == "a.txt" and one.kind == "deal")
    steps = dict(explain(found, deal.id).steps())
    assert deal.rule in steps["rule"]
    assert steps["when"].startswith("2025-09-01/2025-09-30: “September”")
    with pytest.raises(InputError, match="no claim"):
        explain(found, "zz")
    with pytest.raises(InputError, match="no claim"):
        explain(found, "")


def test_followthemoney_entities_refer_to_each_other(found: Watched) -> None:
    entities = [json.loads(line) for line in to_ftm(found).splitlines()]
    ids = [one["id"] for one in entities]
    assert len(ids) == len(set(ids))
    by_schema: dict[str, list[dict[str, list[str]]]] = {}
    for one in entities:
        assert all(isinstance(value, str) and value for told in one["properties"].values()
                   for value in told)  # fmt: skip
        by_schema.setdefault(one["schema"], []).append(one["properties"])
        for name in ("involved", "proof", "entity"):
            assert set(one["properties"].get(name, ())) <= set(ids)
    assert len(by_schema["Article"]) == 4
    assert len(by_schema["Note"]) == len(found.claims)
    deal = next(one for one in by_schema["Event"] if "deal" in one["keywords"])
    assert "startDate" not in deal, "a contested day is none"


def test_prov_names_for_each_claim_its_report_and_its_rule(found: Watched) -> None:
    told = json.loads(to_prov(found))
    nodes = {one["@id"]: one for one in told["@graph"]}
    assert len(nodes) == len(told["@graph"])
    claims = [one for one in nodes.values() if "prov:wasQuotedFrom" in one]
    assert len(claims) == len(found.claims)
    for one in claims:
        (report,) = one["prov:wasQuotedFrom"]
        (rule,) = one["prov:wasGeneratedBy"]
        assert nodes[report["@id"]]["@type"] == "prov:Entity"
        assert nodes[rule["@id"]]["@type"] == "prov:Activity"


def test_both_published_reports_agree_and_differ_where_they_do(shared_dir: Path) -> None:
    documents: list[Document] = []
    for file in sorted((shared_dir / "facts" / "reports").glob("*.txt")):
        documents += take_in(file.name, file.read_bytes(), today=TODAY)[0]
    found = watch(documents)
    lines = {one.kind: one for one in timeline(found).entries if one.reports == 2}
    assert lines["shipment"].step == "delivered"
    assert lines["shipment"].first == date(2025, 10, 2)
    assert (lines["deal"].first, lines["deal"].last) == (date(2025, 9, 1), date(2025, 9, 30))
    assert not lines["deal"].is_contested, "a day within a quotation may be either month's"
    assert lines["deal"].independent == 1
    sent = next(one for one in gaps_of(found).events if one.event == lines["shipment"].event)
    missing = {one.need for one in sent.missing}
    assert {"mass", "grade or assay", "value", "HS code", "port of loading"} <= missing
