"""A process killed, or a server crashed, at any moment: nothing acknowledged is lost or halved.

A real process appends batches and prints the number of each as soon as it is acknowledged. It is
killed at a moment drawn at random; what it printed must be there, whole, and verify.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from appender import batch

from oreline.record import create_store, open_store, verify_ledger

SCRIPT = Path(__file__).with_name("appender.py")
HEADER = {"id": "crash", "tense": "actual"}


def start(place: str, first: int, size: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), place, str(first), str(size)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def until(process: subprocess.Popen[str], acknowledged: list[int], number: int) -> None:
    """Read acknowledgements until there are that many more."""
    assert process.stdout is not None
    for _ in range(number):
        line = process.stdout.readline()
        assert line, "the appender stopped by itself"
        acknowledged.append(int(line))


def rest(process: subprocess.Popen[str], acknowledged: list[int]) -> None:
    """Read what was still printed before the end; a line cut off was not an acknowledgement."""
    assert process.stdout is not None
    acknowledged.extend(int(line) for line in process.stdout if line.endswith("\n"))
    process.stdout.close()
    process.wait()


def check(place: str, acknowledged: list[int], size: int) -> int:
    """Check the ledger after a crash; return how many batches it holds."""
    with open_store(place) as store:
        ids = [row.id for row in store.rows()]
        batches = len(ids) // size
        assert len(ids) == batches * size, "half a batch"
        assert ids == [f"b{number}.{n}" for number in range(batches) for n in range(size)]
        assert acknowledged == list(range(len(acknowledged)))
        assert batches >= len(acknowledged), "an acknowledged batch is lost"
        report = verify_ledger(store)
        assert report.ok, report.findings
        again = store.append([event for n in range(batches) for event in batch(n, size)])
        assert (again.appended, again.root) == (0, report.root)
    return batches


def killed_rounds(place: str, rounds: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    acknowledged: list[int] = []
    size, first = 40, 0
    for _ in range(rounds):
        process = start(place, first, size)
        until(process, acknowledged, int(chance.integers(1, 5)))
        time.sleep(chance.uniform(0, 0.02))
        process.kill()
        rest(process, acknowledged)
        first = check(place, acknowledged, size)
        # A batch may be durable though its acknowledgement was never printed.
        acknowledged = list(range(first))


@pytest.mark.fuzz
@pytest.mark.slow
def test_a_killed_process_loses_nothing_acknowledged(tmp_path):
    place = str(tmp_path / "ledger.db")
    create_store(place, HEADER).close()
    often = os.environ.get("ORELINE_HYPOTHESIS_PROFILE") == "fuzz"
    killed_rounds(place, 300 if often else 12, seed=1)


@pytest.mark.slow
def test_a_crashed_server_loses_nothing_acknowledged(durable_postgres_server, durable_postgres_url):
    create_store(durable_postgres_url, HEADER).close()
    chance = np.random.default_rng(3)
    acknowledged: list[int] = []
    first = 0
    for _ in range(2):
        process = start(durable_postgres_url, first, 40)
        until(process, acknowledged, int(chance.integers(2, 6)))
        time.sleep(chance.uniform(0, 0.05))
        durable_postgres_server.crash()
        rest(process, acknowledged)
        durable_postgres_server.start()
        first = check(durable_postgres_url, acknowledged, 40)
        acknowledged = list(range(first))
