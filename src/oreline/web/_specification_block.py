"""The block of a statement that says whether the goods are what the contract describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from oreline.web._blocks import (
    NOTHING,
    Column,
    basis_mark,
    callout,
    empty_state,
    h,
    joined,
    table,
)
from oreline.web._frame import Visit, event_link
from oreline.web._strings import msg

VERDICTS = {
    "PASS": (msg("The goods are within every limit of the contract."), "good"),
    "OUTSIDE": (msg("The goods are OUTSIDE of a limit of the contract."), "bad"),
    "UNKNOWN": (msg("No limit is broken, but of some nobody can say whether it is kept."), "warn"),
}
WORDS = {"PASS": msg("within"), "OUTSIDE": msg("outside"), "UNKNOWN": msg("unknown")}
_SIGNS = {"PASS": "closes", "OUTSIDE": "open", "UNKNOWN": "unknown"}
OTHERWISE = {
    "reject": msg("the buyer may reject"),
    "note": msg("it is only noted"),
    "not loaded": msg("not to be loaded in bulk"),
}


def specification_block(visit: Visit, found: Mapping[str, Any]) -> Markup:
    """Return each limit with what was found, its verdict, what follows, and the evidence."""
    t = visit.t
    if not found["checks"]:
        words = t("The contract states no limits, so that nothing can be held against them.")
        return empty_state(t("No specification"), words)
    words, kind = VERDICTS[found["verdict"]]
    rows = [
        {
            "subject": _subject(visit, one, found),
            "limit": _limit(visit, one),
            "found": _found(visit, one),
            "verdict": h(
                '<span class="verdict {}">{}</span>',
                _SIGNS[one["verdict"]],
                t(WORDS[one["verdict"]]),
            ),
            "otherwise": t(OTHERWISE[one["otherwise"]]),
            "evidence": joined((event_link(visit, name) for name in one["evidence"]), ", ")
            or one["message"],
        }
        for one in found["checks"]
    ]
    columns = (
        Column("subject", t("Analyte")),
        Column("limit", t("Limit"), is_number=True),
        Column("found", t("Found"), is_number=True),
        Column("verdict", t("Verdict")),
        Column("otherwise", t("If outside")),
        Column("evidence", t("Entries of the ledger")),
    )
    clause = t("clause {clause}", clause=found["clause"]) if found["clause"] else ""
    return callout(t(words), kind) + table(columns, rows, caption=clause)


def _subject(visit: Visit, one: Mapping[str, Any], found: Mapping[str, Any]) -> Markup:
    name = visit.t("Moisture") if one["subject"] == "H2O" else one["subject"]
    several = len({item["goods"] for item in found["checks"]}) > 1
    goods = h(' <span class="source">{}</span>', one["goods"]) if several else NOTHING
    return h("{}{}", name, goods)


def _limit(visit: Visit, one: Mapping[str, Any]) -> str:
    t, least, most = visit.t, one["least"], one["most"]
    if least and most:
        return t("{least} to {most}", least=least, most=most)
    return f"≥ {least}" if least else most if most.startswith("<") else f"≤ {most}"


def _found(visit: Visit, one: Mapping[str, Any]) -> Markup:
    if one["found_pct"] is None:
        return h("{}", "UNKNOWN")
    mark = basis_mark(one["basis"], visit.t)
    return h('<span class="amount">{} %</span>{}', one["found_pct"], mark)
