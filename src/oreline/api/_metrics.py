"""What a server counts of itself, for Prometheus."""

from __future__ import annotations

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder through which several workers count together; set before they start."""
_LIMITS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of a server; several workers count into one folder, and each tells the sum."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "oreline_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "oreline_request_seconds",
            "How long a request took",
            ("route",),
            buckets=_LIMITS_S,
            registry=self.registry,
        )
        self.events = Gauge(
            "oreline_ledger_events",
            "Events in the ledger's log",
            multiprocess_mode="max",
            registry=self.registry,
        )
        self.appended = Counter(
            "oreline_events_appended", "Events appended by this server", registry=self.registry
        )
        self.failed_sign_ins = Counter(
            "oreline_sign_ins_failed", "Failed tries to sign in", registry=self.registry
        )

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        if SHARED_FOLDER not in os.environ:
            return generate_latest(self.registry)
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)
