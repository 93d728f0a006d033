"""Reads the labelled reports and compares what is found in them with what is labelled."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from oreline.watch import (
    UNTOLD,
    Amount,
    Claim,
    Document,
    Money,
    Percent,
    Published,
    When,
    claims_of,
    month_of,
    normal_name,
)

FOLDER = Path(__file__).parents[1] / "labelled"


@dataclass(frozen=True)
class Labelled:
    """A report with its labels."""

    id: str
    document: Document
    gold: tuple[Mapping[str, Any], ...]


@dataclass
class Score:
    """Counts of one kind of claim."""

    found: int = 0
    labelled: int = 0
    matched: int = 0
    right_status: int = 0
    whole: int = 0
    slots: Counter[str] = field(default_factory=Counter)
    slots_right: Counter[str] = field(default_factory=Counter)


def document(name: str, text: str, day: date | None) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        name, "text", digest, digest, text, UNTOLD, UNTOLD, UNTOLD, UNTOLD,
        Published(day, "given"), UNTOLD, "utf-8", None, None, is_release=False,
    )  # fmt: skip


def reports(pattern: str, folder: Path = FOLDER) -> Iterator[Labelled]:
    for file in sorted(folder.glob(pattern)):
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["report"]:
            day = date.fromisoformat(one["published"])
            yield Labelled(one["id"], document(one["id"], one["text"], day), tuple(one["claims"]))


def score(pattern: str, folder: Path = FOLDER) -> tuple[dict[str, Score], list[str]]:
    """Give the counts by kind, and a line for each thing that is not as labelled."""
    scores: dict[str, Score] = {}
    told: list[str] = []
    for report in reports(pattern, folder):
        left = list(claims_of(report.document))
        for claim in left:
            scores.setdefault(claim.kind, Score()).found += 1
        for gold in report.gold:
            counts = scores.setdefault(gold["type"], Score())
            counts.labelled += 1
            claim = next((one for one in left if _is_match(one, gold)), None)
            if claim is None:
                told.append(f"{report.id} missed {gold['type']}: {gold['quote']}")
                continue
            left.remove(claim)
            counts.matched += 1
            wrong = []
            for name, want in gold.items():
                if name in ("type", "quote", "event"):
                    continue
                right = _is_right(claim, name, want)
                if name == "status":
                    counts.right_status += right
                counts.slots[name] += 1
                counts.slots_right[name] += right
                if not right:
                    wrong.append(f"{name}: {_got(claim, name)} for {want}")
            counts.whole += not wrong
            if wrong:
                told.append(f"{report.id} {gold['type']} ({claim.rule}): " + "; ".join(wrong))
        told.extend(
            f"{report.id} invented {one.kind} ({one.rule}): {one.sentence[:90]}" for one in left
        )
    return scores, told


def _is_match(claim: Claim, gold: Mapping[str, Any]) -> bool:
    flat = " ".join(claim.sentence.split())
    return claim.kind == gold["type"] and gold["quote"] in flat


def _got(claim: Claim, name: str) -> str:
    if name == "status":
        return claim.status
    return str(claim.when if name == "when" else claim.slot(name))


def _is_right(claim: Claim, name: str, want: Any) -> bool:
    if name == "status":
        return claim.status == want
    if name == "when":
        return _is_when(claim.when, want)
    got = claim.slot(name)
    if got is None:
        return False
    if isinstance(got, Money):
        return _money(got) == want
    if isinstance(got, Percent | Amount):
        return f"{got.hedge} {got.value.normalize():f}".strip() == want
    if isinstance(want, list):
        given = got if isinstance(got, tuple) else (str(got),)
        return all(any(_same(str(one), two) for one in given) for two in want)
    return _same(str(got), want)


def _money(got: Money) -> str:
    number = got.low.normalize()
    return f"{got.hedge} {got.currency} {number:f}".strip()


def _same(one: str, two: str) -> bool:
    first, second = normal_name(one), normal_name(two)
    return first == second or (len(second) > 4 and (second in first or first in second))


def _is_when(got: When | None, want: str) -> bool:
    if got is None or got.first is None or got.last is None:
        return False
    first, _, last = want.partition("/")
    if len(want) == 7:
        span = month_of(int(want[:4]), int(want[5:]))
    else:
        span = date.fromisoformat(first), date.fromisoformat(last or first)
    return (got.first, got.last) == span


def wilson(right: int, total: int) -> tuple[float, float]:
    """Give the 95 % interval of a share (E. B. Wilson, 1927)."""
    if total == 0:
        return 0.0, 1.0
    z = 1.959964
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = (
        z * (share * (1 - share) / total + z * z / (4 * total * total)) ** 0.5 / (1 + z * z / total)
    )
    return max(0.0, middle - half), min(1.0, middle + half)


def total(scores: Iterable[Score]) -> Score:
    whole = Score()
    for one in scores:
        whole.found += one.found
        whole.labelled += one.labelled
        whole.matched += one.matched
        whole.right_status += one.right_status
        whole.whole += one.whole
        whole.slots.update(one.slots)
        whole.slots_right.update(one.slots_right)
    return whole
