"""Pairs of texts that are copies, share a text, or only look alike: Reuters' and generated ones."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from labelled import document, reports
from set_scores import Counts

from oreline.watch import watch

SEED = 20261201
REUTERS_PAIRS = frozenset(
    frozenset(pair)
    for pair in [
        ("test_17783", "test_17805"), ("test_15838", "test_15872"), ("test_17480", "test_17486"),
        ("training_2782", "training_2880"), ("training_11999", "training_12007"),
        ("training_2936", "training_2942"), ("test_15932", "test_15988"),
    ]
)  # fmt: skip
"""Stories of Reuters that were sent again with few changes (read by hand)."""
TRAP = frozenset({"test_15831", "training_22"})
"""Magma raises its price, Magma lowers it: one form, two events."""
_OTHER_WORDS = {
    "company": "firm", "firm": "company", "said": "stated", "signed": "inked", "announced":
    "revealed", "plans": "intends", "will": "shall", "mine": "pit", "plant": "facility", "buy":
    "acquire", "agreement": "accord", "deal": "pact", "output": "production", "rose": "climbed",
    "fell": "dropped", "shipment": "consignment", "shipped": "sent", "first": "initial", "new":
    "fresh", "million": "m", "about": "around", "price": "cost", "prices": "costs", "shares":
    "stock", "government": "authorities", "ministry": "department", "last": "past", "year":
    "twelvemonth", "on": "this", "project": "scheme", "money": "funds", "talks": "discussions",
    "workers": "staff", "build": "erect", "start": "begin", "began": "started", "minister":
    "secretary", "also": "too", "country": "nation", "world": "global", "metal": "material",
}  # fmt: skip
_FOOT = (
    "This release holds forward-looking statements that rest on what management expects today. "
    "Actual results may differ for reasons that the company cannot foresee or control, among them "
    "prices, permits, weather and the cost of money. Readers should not rely on them unduly."
)
_FORM = (
    "{firm} {way} its price for {metal} by {step} cents a pound to {price} cents, effective today, "
    "the company said. It last changed the price on {day}. Dealers had waited for the step after a "
    "week of quiet trade on the exchange in London."
)


@dataclass(frozen=True)
class Texts:
    """Texts by name, the pairs among them that are one text, and how each of those was made."""

    texts: Mapping[str, str]
    ways: Mapping[frozenset[str], str]


def reuters(folder: Path) -> Texts:
    texts = {
        file.stem: html.unescape(file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.txt"))
    }
    return Texts(texts, dict.fromkeys(REUTERS_PAIRS, "sent again"))


def generated() -> Texts:
    """Make texts from the labelled reports: one text in four ways, and what only looks so."""
    seed = SEED
    draw = np.random.default_rng(seed)
    told = [one.document.text.strip() for one in reports("*.toml")]
    told = [one for one in told if len(one.split()) > 20]
    draw.shuffle(told)
    held, told = told[:24], told[24:]
    bases = [" ".join(told[at : at + 4]) for at in range(0, len(told) - 3, 4)]
    texts: dict[str, str] = {}
    ways: dict[frozenset[str], str] = {}
    makers = {"verbatim": _verbatim, "cut": _cut, "spun": _spun, "shuffled": _shuffled}
    for number, base in enumerate(bases):
        name = f"base-{number}"
        texts[name] = f"Wire {number}\n\n{base}"
        for way, make in makers.items():
            texts[f"{way}-{number}"] = make(base, draw)
            ways[frozenset({name, f"{way}-{number}"})] = way
    firms, metals = ("Magra", "Kestrel", "Norland", "Asbo"), ("copper", "zinc", "lead")
    for number, (firm, metal) in enumerate(itertools.product(firms, metals)):
        way = "raised" if number % 2 else "lowered"
        texts[f"form-{number}"] = _FORM.format(
            firm=f"{firm} Metals Ltd", way=way, metal=metal, step=draw.integers(1, 10),
            price=draw.integers(40, 161), day=f"{draw.integers(1, 29)} March",
        )  # fmt: skip
    for number in range(8):
        texts[f"foot-{number}"] = "\n\n".join([*held[3 * number : 3 * number + 3], _FOOT])
    return Texts(texts, ways)


def _verbatim(base: str, draw: np.random.Generator) -> str:
    return f"Another headline\n\nBy Our Correspondent\n\n{base}\n\n{_FOOT}"


def _cut(base: str, draw: np.random.Generator) -> str:
    kept = re.split(r"(?<=[.!?])\s+", base)
    return " ".join(kept[: max(2, len(kept) * 6 // 10)])


def _spun(base: str, draw: np.random.Generator) -> str:
    """Put another word for each that has one, as machines do that hide where a text is from."""
    return re.sub(r"\b[a-z]+\b", lambda one: _OTHER_WORDS.get(one.group(), one.group()), base)


def _shuffled(base: str, draw: np.random.Generator) -> str:
    """Tell the sentences in another order, with another word for every third that has one."""
    parts = re.split(r"(?<=[.!?])\s+", base)
    draw.shuffle(parts)
    return re.sub(
        r"\b[a-z]+\b",
        lambda one: (
            _OTHER_WORDS.get(one.group(), one.group()) if draw.random() < 0.3 else one.group()
        ),
        " ".join(parts),
    )


def ours(texts: Mapping[str, str]) -> dict[frozenset[str], str]:
    """Give the pairs that oreline finds, with their kind: same, copy, or another kinship."""
    seen = watch(document(name, text, None) for name, text in texts.items())
    found = {frozenset({one.first, one.second}): one.kind for one in seen.kin}
    # A text that stands there twice is set aside with the name of the first; its kin are its own.
    for second, first in seen.same:
        for pair, kind in list(found.items()):
            if first in pair:
                found.setdefault(frozenset(pair - {first} | {second}), kind)
        found[frozenset({first, second})] = "same"
    return found


def counted(told: Texts, found: frozenset[frozenset[str]]) -> list[Counts]:
    """Count pairs; two that were made from one base are one text too, and are left out of count."""
    made = {name: name.rpartition("-")[2] for name in told.texts if name.partition("-")[0] in _MADE}
    counts = []
    for pair in sorted(found | set(told.ways), key=sorted):
        one, two = sorted(pair)
        if pair not in told.ways and one in made and made[one] == made.get(two):
            continue
        is_one = pair in told.ways
        counts.append(Counts(int(is_one and pair in found), int(pair in found), int(is_one)))
    return counts


_MADE = ("base", "verbatim", "cut", "spun", "shuffled")
