"""Write docs/validation/watch-sets.md: what `watch` reads in labelled sets of others.

Sets that may be shipped lie in tests/watch/sets; the others are read from the folder `shared`.
``--beside PYTHON`` names an interpreter that has other readers (`make watch-sets` sets one up):
they read the same texts in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation" / "watch-sets.md"
sys.path.append(str(ROOT / "tests" / "watch" / "support"))

import set_amounts  # noqa: E402 (only now can they be found)
import set_copies  # noqa: E402
import set_names  # noqa: E402
import set_times  # noqa: E402
from set_scores import Counts, Span, interval, whole  # noqa: E402

from oreline.watch._likeness import ALIKE_MIN, SAME_MIN  # noqa: E402

CASES = {
    "ms_DateParser": "dates, 137 cases of Microsoft's",
    "ms_DatePeriodParser": "periods, 252 cases",
    "ms_DateTimeModel": "dates and periods of 985 cases",
}
TEXT = """# What is read in labelled sets of others

<!-- Written by scripts/measure_watch_sets.py (make watch-sets); do not edit. -->

Reports hold times, amounts and names. Here they are read in sets that other people labelled. The
sets of Microsoft and of nomenklatura (MIT licence) lie in `tests/watch/sets` and are read in every
run of the tests; the others may not be shipped, and their tests skip without the folder `shared`.

F1 is counted as the sets' own scorers do where they have one. Behind it stands its 95 % interval:
texts drawn again with repetition, 1,000 times, with a fixed seed. Times of the processor were taken
while other work ran on the same two cores.

## Expressions of time

`oreline.watch.timexes`. The rules were made on TimeBank and AQUAINT alone; the platinum set was
scored eight times on the way, and its errors were not looked at. WikiWars was read as a story (what
hangs on a day hangs on the day named last): years before Christ and "the fall of" a city were added
after reading its errors. Its extents are longer by its own rules, so "strict" says little there.
Quotations are read from the day of the report, as these labels want; in `watch` they abstain.

{heading}
{times}

Measured elsewhere, on the platinum set and with the same way of counting: HeidelTime 0.818 strict,
0.907 relaxed, 0.781 value; Microsoft Recognizers 0.684, 0.852, 0.586; Duckling 0.317, 0.793, 0.415;
spaCy's medium model 0.757, 0.854, no values. SUTime's authors report 0.797, 0.903, 0.674.

About half of what is wrong in TimeBank and AQUAINT are labels that no rule of these can meet: "last
week" is labelled 1989-WXX, 1998-W08, P1W or 1998-10, and a year now and then "1949-XX".

### Microsoft's cases

They are appointments as one tells them to an assistant: in small letters, with "the 27th" or "from
4 to 22 this month", and always yet to come. News is not written so, and `watch` does not read it:
months in small letters, days without a month and ranges of days are left alone. The numbers are
told so that nobody takes the finder for more than it is. A day or an interval is right if first and
last day are those of the case, in the future or the past.

{heading}
{ms_times}

## Amounts

Microsoft's cases again. Those for money were read before the grammar was widened, so this shows
what it covers rather than how it does on what it never saw; it was then probed with forms of news
(A$25m, RMB 3.5 billion, Rs140 billion, US$1.2bn, $5-7 million, "up to", "nearly", lakh and crore,
USD 25,700/t): `tests/watch/test_amounts.py`. A value counts with its currency, where the case has
one. Of dimensions the grammar reads what a report on minerals needs; feet with inches, speeds,
angles and kitchen measures are not read. Ranges of bare numbers (Microsoft's NumberRange) are not
read: a number without a unit says nothing that a claim could hold.

{heading}
{amounts}

Measured elsewhere on the cases for money, value F1: Microsoft Recognizers 0.867 (on its own cases),
Duckling 0.775, quantulum3 0.418, price-parser 0.415. Here the value must be right and the currency
too, where the case has one.

## Organisations in texts

Companies and public bodies, exact places, without a leading "the" and a trailing "'s". The finder
is made for reports on minerals: a name counts only with a legal form, a word of the trade, a ticker
or a definition. Famous single words (Facebook, Apple, Ford) are not in it, and no model is asked.
**It is behind spaCy's small model here, and far behind tuned ones**: on FiNER-ORD RoBERTa reaches
0.71 and spaCy's medium model 0.567 (measured elsewhere).

{heading}
{names}

## Two names, one firm?

`oreline.watch.likeness`, on pairs that were made for screening: there a slip of one letter
("Glenmore" for "Glencore") and another number of a fund are labelled as matches. In `watch` two
names are taken for one from {same:.0f} of 100 on, and a person is asked from {alike:.0f} on; a slip
in a word is only ever asked about, and funds with another number are two. nomenklatura's logic-v2
has, measured elsewhere, F1 0.856 for companies at a precision of 0.831, and 0.950 for
organisations. `tests/watch/test_likeness.py` holds pairs of the trade that must never become one.

{heading}
{pairs}

## Copies

Pairs of texts that are one text, by `watch` (kinds "same" and "copy") and by MinHash over word
triples (datasketch, 256 permutations, from 0.5 on). Seven stories of Reuters of 1987 were sent
twice; "Magma raises its price" and "Magma lowers it" have one form and are two events. The
generated texts are made by rule from the labelled reports, with a fixed seed
(`tests/watch/support/set_copies.py`): verbatim under another headline and with other small print,
cut to six tenths, spun (other words), and told in another order; beside them stand market notes of
one form with other firms and figures, and reports that share nothing but their small print. A copy
must have half of the figures of the other text; that share was chosen with these generated notes at
hand.

{heading}
{copies}

| made | pairs | called one text |
|---|---|---|
{ways}
"""


@dataclass(frozen=True)
class Row:
    """A line of a table: what was read by whom, with what came of it."""

    measure: str
    reader: str
    parts: Sequence[Counts]
    note: str = ""

    def __str__(self) -> str:
        told = whole(self.parts)
        low, high = interval(self.parts)
        cells = (
            self.measure,
            self.reader,
            str(told.labelled),
            str(told.found),
            f"{told.precision:.3f}",
            f"{told.recall:.3f}",
            f"**{told.f1:.3f}** ({low:.3f} to {high:.3f})",
            self.note,
        )
        return "| " + " | ".join(cells) + " |"


HEADING = (
    "| what | reader | labelled | found | precision | recall | F1 (95 % interval) | |\n"
    "|---|---|---|---|---|---|---|---|"
)


def times(shared: Path, beside: Mapping[str, Any] | None) -> Iterable[str]:
    """Give the rows of TimeML and of WikiWars."""
    folder = shared / "facts" / "watch" / "timex"
    for name, told in texts_of_times(folder).items():
        start = process_time()
        found = [set_times.found_in(one, is_story=name == "WikiWars") for one in told]
        spent = 1000 * (process_time() - start) / len(told)
        counts = [set_times.compared(one.gold, two) for one, two in zip(told, found, strict=True)]
        # WikiWars labels no types.
        measures = [one for one in set_times.MEASURES if name != "WikiWars" or one != "type"]
        for measure in measures:
            note = f"{spent:.1f} ms of processor a text" if measure == "strict" else ""
            yield str(Row(f"{name}, {measure}", "oreline", [one[measure] for one in counts], note))
        for reader in ("dateparser", "spacy"):
            if beside is not None and f"{reader}/{name}" in beside:
                yield from _times_beside(name, reader, told, beside)


def _times_beside(
    name: str, reader: str, told: Sequence[set_times.Dated], beside: Mapping[str, Any]
) -> Iterable[str]:
    read = [[Span(*one) for one in text] for text in beside[f"{reader}/{name}"]]
    counts = [set_times.compared(one.gold, two) for one, two in zip(told, read, strict=True)]
    spent = 1000 * beside["seconds"][f"{reader}/{name}"] / len(told)
    for measure in ("strict", "relaxed", *(("value",) if reader == "dateparser" else ())):
        note = f"{spent:.0f} ms of processor a text" if measure == "strict" else ""
        yield str(Row(f"{name}, {measure}", reader, [one[measure] for one in counts], note))


def texts_of_times(folder: Path) -> dict[str, list[set_times.Dated]]:
    """Give the texts with labelled times, by the name of their set."""
    return {
        "TempEval-3 platinum": list(set_times.timeml(folder / "te3-platinum" / "tml")),
        "TimeBank and AQUAINT": list(set_times.timeml(folder / "TBAQ-cleaned")),
        "WikiWars": list(set_times.wikiwars(folder / "wikiwars")),
    }


def shipped() -> Iterable[tuple[str, list[Row]]]:
    """Give the rows of the sets that come with the tests, by the heading they stand under."""
    yield (
        "times",
        [Row(text, "oreline", set_times.ms_days(name)) for name, text in CASES.items()],
    )
    every, mass = set_amounts.dimensions()
    yield (
        "amounts",
        [
            Row("money, 180 cases", "oreline", set_amounts.money()),
            Row("percentages, 20 cases", "oreline", set_amounts.percents()),
            Row("dimensions, 100 cases", "oreline", every),
            Row("of them masses", "oreline", mass),
        ],
    )
    rows = []
    for schema in ("Company", "Organization"):
        for least, text in ((ALIKE_MIN, "asked about"), (SAME_MIN, "taken for one")):
            pairs = set_names.pairs(schema, least)
            rows.append(Row(f"name_bench, {schema}, {text}", "oreline", pairs))
    rows.append(Row("entity_checks, firms and bodies", "oreline", set_names.checks(ALIKE_MIN)))
    yield "pairs", rows
    told = set_copies.generated()
    found = set_copies.ours(told.texts)
    yield "copies", [Row("generated pairs", "oreline", _copied(told, found))]


def _copied(told: set_copies.Texts, found: Mapping[frozenset[str], str]) -> list[Counts]:
    copies = frozenset(pair for pair, kind in found.items() if kind in ("same", "copy"))
    return set_copies.counted(told, copies)


def named(shared: Path, beside: Mapping[str, Any] | None) -> Iterable[str]:
    """Give the rows of organisations in texts."""
    for name, told in texts_of_names(shared / "facts" / "watch" / "ner").items():
        found = [set_names.organisations(one.text) for one in told]
        yield str(Row(name, "oreline", _exact(told, found)))
        if beside:
            read = [
                [set_names.trimmed(one.text, two[0], two[1]) for two in text]
                for one, text in zip(told, beside[f"spacy/{name}"], strict=True)
            ]
            yield str(Row(name, "spaCy small", _exact(told, read)))


def _exact(told: Sequence[set_names.Named], found: Sequence[Sequence[Span]]) -> list[Counts]:
    return [set_names.exact(one.gold, two) for one, two in zip(told, found, strict=True)]


def texts_of_names(folder: Path) -> dict[str, list[set_names.Named]]:
    """Give the texts with labelled organisations, by the name of their set."""
    files: dict[str, Callable[[], Iterable[set_names.Named]]] = {
        "FiNER-ORD test": lambda: set_names.finer(folder / "finer-ord" / "test.csv"),
        "SEC filings (FIN3)": lambda: set_names.conll(
            folder / "SEC-filings" / "CONLL-format" / "data" / "test" / "FIN3.txt", "ORG"
        ),
        "wikigold": lambda: set_names.conll(
            folder / "wikigold" / "CONLL-format" / "data" / "wikigold.conll.txt", "ORG"
        ),
        "WNUT17 test, corporations": lambda: set_names.conll(
            folder / "WNUT17" / "CONLL-format" / "data" / "test" / "emerging.test.annotated",
            "CORPORATION",
        ),
    }
    return {name: list(read()) for name, read in files.items()}


def copied(shared: Path, beside: Mapping[str, Any] | None) -> Iterable[str]:
    """Give the rows of Reuters' pairs, and those of MinHash beside."""
    told = set_copies.reuters(shared / "facts" / "watch" / "reuters21578_metals")
    found = set_copies.ours(told.texts)
    trap = "kept apart" if found.get(set_copies.TRAP) not in ("same", "copy") else "taken for one"
    yield str(Row("Reuters' metals, 7 pairs", "oreline", _copied(told, found), f"Magma: {trap}"))
    if not beside:
        return
    for name, text, one in (
        ("reuters", "Reuters' metals, 7 pairs", told),
        ("generated", "generated pairs", set_copies.generated()),
    ):
        pairs = frozenset(frozenset(pair) for pair in beside[f"minhash/{name}"])
        yield str(Row(text, "MinHash (datasketch)", set_copies.counted(one, pairs)))


def ways() -> Iterable[str]:
    """Give, for each way in which copies were generated, what oreline calls them."""
    told = set_copies.generated()
    found = set_copies.ours(told.texts)
    for way in ("verbatim", "cut", "spun", "shuffled"):
        kinds = [found.get(pair, "not found") for pair, one in told.ways.items() if one == way]
        right = sum(kind in ("same", "copy") for kind in kinds)
        yield f"| {way} | {len(kinds)} | {right} |"
    forms = [one for one in told.texts if one.startswith("form-")]
    wrong = sum(
        kind in ("same", "copy") and all(name in forms for name in pair)
        for pair, kind in found.items()
    )
    pairs = len(forms) * (len(forms) - 1) // 2
    yield f"| one form, other firm and figures: no copies | {pairs} | {wrong} |"


def ask_beside(python: Path, shared: Path) -> dict[str, Any]:
    """Let the other readers read the same texts."""
    facts = shared / "facts" / "watch"
    asked = {
        "times": {
            name: [{"text": one.text, "day": one.day.isoformat()} for one in told]
            for name, told in texts_of_times(facts / "timex").items()
            if name == "TempEval-3 platinum"
        },
        "names": {
            name: [one.text for one in told] for name, told in texts_of_names(facts / "ner").items()
        },
        "copies": {
            "reuters": dict(set_copies.reuters(facts / "reuters21578_metals").texts),
            "generated": dict(set_copies.generated().texts),
        },
    }
    file = Path(__file__).with_name("_watch_sets_beside.py")
    done = subprocess.run(
        [str(python), str(file)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="an interpreter that has other readers")
    parser.add_argument("--shared", type=Path, default=os.environ.get("ORELINE_SHARED"))
    asked = parser.parse_args()
    shared = asked.shared or ROOT.parent / "shared"
    if not (shared / "facts" / "watch").is_dir():
        sys.exit(f"{shared}: no facts/watch there; most sets may not be shipped and are read there")
    beside = None if asked.beside is None else ask_beside(asked.beside, shared)
    own = {name: "\n".join(map(str, rows)) for name, rows in shipped()}
    PAGE.write_text(
        TEXT.format(
            heading=HEADING,
            same=SAME_MIN,
            alike=ALIKE_MIN,
            times="\n".join(times(shared, beside)),
            ms_times=own["times"],
            amounts=own["amounts"],
            names="\n".join(named(shared, beside)),
            pairs=own["pairs"],
            copies="\n".join([own["copies"], *copied(shared, beside)]),
            ways="\n".join(ways()),
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
