"""The same commands on a ledger in a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

import orjson
from called import Oreline
from small_ledger import EVENTS


def test_a_ledger_may_live_on_a_server(bare: Oreline, postgres_url: str, tmp_path: Path) -> None:
    folder, file = tmp_path / "chain", tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(event) for event in EVENTS))
    assert bare("init", folder, "--ledger", postgres_url).code == 0
    appended = bare("record", "append", file, "--ledger", postgres_url)
    assert appended.code == 0, appended.everything
    shown = bare("trace", "origins", "p:B1", "-e", "Sb", "--ledger", postgres_url)
    assert "61.54 %" in shown.out
    told = bare("record", "status", "--json", env={"ORELINE_LEDGER": postgres_url}).json
    assert told["result"]["size"] == len(EVENTS)
    assert bare("record", "verify", "--ledger", postgres_url).code == 0
