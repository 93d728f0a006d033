"""What would come out? Flowsheet, element flows, capital and operating cost, a planned ledger."""

from __future__ import annotations

from oreline.design._parameter import Parameter

__all__ = ["Parameter"]
