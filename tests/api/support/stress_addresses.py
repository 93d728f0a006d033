"""Every address of stress that reads, with questions that anybody might ask of it."""

from __future__ import annotations

from typing import Any

STRESS: dict[str, list[dict[str, Any]]] = {
    "/stress/eu": [{}, {"mineral": "antimony"}, {"year": 2017}],
    "/stress/crma": [{}, {"mineral": "gallium"}],
    "/stress/chain/inputs": [{}],
    "/stress/chain": [{}, {"scenario": "canary"}],
    "/stress/chain.{form}": [{}],
    "/stress/chain/chart.svg": [{}, {"chart": "deliveries"}],
    "/stress/ledgers": [{}],
    "/stress/ledger": [{"id": "canary"}],
    "/stress/ledger.db": [{"id": "canary"}],
    "/stress/security": [{}],
    "/stress/security.{form}": [{}],
    "/stress/security/chart.svg": [{}],
    "/stress/minerals": [{}, {"year": 2024}, {"list": "final 2025"}],
    "/stress/minerals.{form}": [{}],
    "/stress/mineral": [{"name": "antimony"}, {"name": "nothing"}],
    "/stress/mineral.{form}": [{"name": "antimony"}],
    "/stress/mineral/chart.svg": [{"name": "antimony"}],
    "/stress/minerals/chart.svg": [{}],
    "/stress/changes": [{}],
    "/stress/ranks": [{}],
    "/stress/geopolrisk": [{"importer": "PAK"}],
    "/stress/geopolrisk.{form}": [{}],
    "/stress/trade": [{"code": "2617.10"}, {"code": "nothing"}],
    "/stress/trade.{form}": [{"code": "2617.10"}],
    "/stress/disruption.csv": [{"mineral": "gallium"}],
    "/stress/disruption/chart.svg": [{"mineral": "gallium", "chart": "loss"}],
    "/stress/disruption": [{"mineral": "gallium", "scenarios": 500}, {"scenario": "canary"}],
}
