"""What is asked of the reports of a server, to see that a party is shown none of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WATCH: dict[str, list[dict[str, Any]]] = {
    "/watch": [{}],
    "/watch/reports": [{}],
    "/watch/report": [{"name": "canary.txt"}],
    "/watch/events": [{}, {"kind": "deal"}],
    "/watch/event": [{"id": "canary"}],
    "/watch/claims": [{}, {"text": "canary"}],
    "/watch/claims.{form}": [{}],
    "/watch/entities": [{}],
    "/watch/against": [{}, {"id": "canary"}],
    "/watch/attached": [{}, {"to": "party:canary"}],
    "/watch/judged": [{}],
    "/watch/alerts": [{}, {"all": True}],
    "/watch/digest.html": [{}],
    "/watch/market": [{}, {"day": "2024-01-01"}],
    "/watch/market/history": [{"series": "cu-worldbank"}],
    "/watch/market/history.{form}": [{"series": "cu-worldbank"}],
    "/watch/market/chart.svg": [{"series": "cu-worldbank"}],
    "/watch/study": [{"claim": "canary"}],
    "/watch/study.{form}": [{"claim": "canary"}],
    "/watch/study/chart.svg": [{"claim": "canary"}],
    "/watch/timeline": [{}, {"day": "2025-10-04"}],
    "/watch/timeline.{form}": [{}],
    "/watch/timeline/chart.svg": [{}, {"day": "2025-10-04"}],
    "/watch/gaps": [{}, {"event": "canary"}],
    "/watch/gaps.{form}": [{}],
    "/watch/claim": [{"id": "0"}],
    "/watch/export/{form}": [{}],
    "/watch/search": [{"q": "canary"}],
}


def canary_reports(folder: Path) -> Path:
    """Write a report that only whoever sees all of the ledger may see; return its folder."""
    folder.mkdir()
    text = (
        "Canary Corp. signed a $40 million agreement with Canary Metals Inc. in September 2025.\n"
    )
    (folder / "canary.txt").write_text(text, encoding="utf-8")
    return folder
