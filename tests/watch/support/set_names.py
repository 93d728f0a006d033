"""Labelled sets of names: who is named in a text, and which two names are one."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from set_scores import Counts, Span

from oreline.watch import likeness
from oreline.watch._names import names
from oreline.watch._segments import sentences

SETS = Path(__file__).parents[1] / "sets" / "names"
ORGANISATIONS = ("company", "body")


@dataclass(frozen=True)
class Named:
    """A text with the places of its labelled organisations."""

    text: str
    gold: tuple[Span, ...]


def conll(file: Path, label: str) -> Iterator[Named]:
    """Give the sentences of a file with a word and a label a line, by documents of twenty."""
    rows: list[list[tuple[str, str]]] = [[]]
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("-DOCSTART-"):
            rows.append([])
        else:
            fields = line.split()
            rows[-1].append((fields[0], fields[-1]))
    told = [one for one in rows if one]
    for at in range(0, len(told), 20):
        yield _named(told[at : at + 20], label)


def finer(file: Path) -> Iterator[Named]:
    """Give the documents of FiNER-ORD."""
    codes = {"5": "B-ORG", "6": "I-ORG"}
    documents: dict[str, dict[str, list[tuple[str, str]]]] = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            sentence = documents.setdefault(row["doc_idx"], {}).setdefault(row["sent_idx"], [])
            sentence.append((row["gold_token"], codes.get(row["gold_label"], "O")))
    for one in documents.values():
        yield _named(list(one.values()), "ORG")


def _named(rows: Iterable[list[tuple[str, str]]], label: str) -> Named:
    """Write words as a text: no space before a stop, so that it reads as news does."""
    text = ""
    gold: list[list[int]] = []
    for sentence in rows:
        text += " " if text else ""
        is_open = False
        for word, told in sentence:
            is_close = re.match(r"[.,;:!?%)\]}]|['’]s$|n['’]t$", word) is not None
            glue = is_close or text.endswith(("(", "$", " ")) or not text
            text += ("" if glue else " ") + word
            mark, _, kind = told.partition("-")
            is_label = kind.upper() == label
            if is_label and (mark == "B" or not is_open):
                gold.append([len(text) - len(word), len(text)])
            elif is_label:
                gold[-1][1] = len(text)
            is_open = is_label
    return Named(text, tuple(Span(one[0], one[1]) for one in gold))


def organisations(text: str) -> list[Span]:
    """Give the places of companies and bodies, without an article before or a possessive after."""
    return [
        trimmed(text, one.start, one.end)
        for one in names(text, sentences(text)).mentions
        if one.kind in ORGANISATIONS
    ]


def trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    lead = re.match(r"(?:the|The)\s", words)
    tail = re.search(r"['’]s$", words)
    return Span(start + (lead.end() if lead else 0), end - (len(tail.group()) if tail else 0))


def exact(gold: Iterable[Span], found: Iterable[Span]) -> Counts:
    labelled = {(one.start, one.end) for one in gold}
    told = {(one.start, one.end) for one in found}
    return Counts(len(labelled & told), len(told), len(labelled))


def pairs(schema: str, least: float) -> list[Counts]:
    """Compare name_bench: a pair is found if its likeness is at least so much."""
    counts = []
    file = SETS / "nomenklatura_name_bench_cases.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["schema"] == schema:
                is_found = likeness(row["name1"], row["name2"])[0] >= least
                is_one = row["is_match"] == "true"
                counts.append(Counts(int(is_found and is_one), int(is_found), int(is_one)))
    return counts


def checks(least: float) -> list[Counts]:
    """Compare the checks of entities that are companies or organisations, by their names alone."""
    told = yaml.safe_load((SETS / "nomenklatura_entity_checks.yml").read_text(encoding="utf-8"))
    counts = []
    for one in told["checks"]:
        if one["schema"] not in ("Company", "Organization", "LegalEntity"):
            continue
        query, candidate = one["query"].get("name"), one["candidate"].get("name")
        if isinstance(query, str) and isinstance(candidate, str):
            is_found = likeness(query, candidate)[0] >= least
            right = int(is_found and one["match"])
            counts.append(Counts(right, int(is_found), int(one["match"])))
    return counts
