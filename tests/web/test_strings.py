"""The words of the pages: one catalogue holds them all."""

from __future__ import annotations

import re

import pytest

from oreline.web._strings import LANGUAGES, catalogue, translator
from oreline_testing.scripts import script

build = script("build_catalogue")
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


def test_what_a_catalogue_lacks_stays_english() -> None:
    t = translator("ur")
    assert t("no such message {n}", n=3) == "no such message 3"
