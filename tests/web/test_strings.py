"""The words of the pages: one catalogue holds them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from oreline.web._blocks import finding_list
from oreline.web._finding_words import SEVERITIES, TITLES
from oreline.web._strings import LANGUAGES, catalogue, translator
from oreline_testing.scripts import script

build = script("build_catalogue")
FINDINGS = Path(__file__).parents[2] / "docs" / "findings"
OTHERS = [code for code in LANGUAGES if code != "en"]


def test_the_catalogues_hold_every_message_and_no_other() -> None:
    assert build.main(["--check"]) == 0


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_with_its_placeholders(code: str) -> None:
    translated = catalogue(code)
    for item in build.messages():
        if not item.id:
            continue
        assert item.id in translated, f"{code} lacks {item.id!r}"
        braces = re.compile(r"\{[a-z_0-9]+\}")
        assert sorted(braces.findall(item.id)) == sorted(braces.findall(translated[item.id]))


def test_titles_of_findings_are_those_of_their_pages() -> None:
    for code, title in TITLES.items():
        heading = (FINDINGS / f"{code}.md").read_text("utf-8").partition("\n")[0]
        assert heading == f"# {code}: {title}"


def test_a_finding_is_told_in_the_language_of_the_page() -> None:
    found = {"code": "ORL-0363", "severity": "warning", "where": "w", "message": "m", "fix": "f"}
    told = {code: str(finding_list([found], translator(code))) for code in ("en", *OTHERS)}
    assert TITLES["ORL-0363"] not in told["en"]
    for code in OTHERS:
        title = catalogue(code)[TITLES["ORL-0363"]]
        assert f"<strong>{title}</strong>" in told[code]
        assert '<p lang="en">m</p>' in told[code]
        assert catalogue(code)[SEVERITIES["warning"]] in told[code]


def test_what_a_catalogue_lacks_stays_english() -> None:
    t = translator("ur")
    assert t("no such message {n}", n=3) == "no such message 3"
