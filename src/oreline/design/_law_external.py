"""The unit laws of rung 3: shares that an engine outside of oreline computes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from oreline.design._engine import (
    ENGINE_ADAPTERS,
    AskEngine,
    EngineAdapter,
    EngineQuestion,
    EngineReply,
    checked_shares,
    engine_absent,
)
from oreline.design._law import Array, Feed, Law, LawResult, Values
from oreline.design._law_shares import everything_to

QUESTIONS_KEPT_MAX: Final = 64
"""How many answers of an engine are kept: rounds of a solve ask the same again and again."""


def external_laws(ask: AskEngine) -> dict[str, Law]:
    """Return a law for each adapter, called ``external_`` and its name, that asks by ``ask``.

    Answers are kept by question as long as the laws are, so that one solve asks each once. Read a
    flowsheet with laws of its own: ``read_processes(text, laws={**LAWS, **external_laws(ask)})``.

    Examples
    --------
    >>> min(external_laws(no_engine))
    'external_difflow_kremser'
    """
    return {law.name: law for law in (_law(one, ask, {}) for one in ENGINE_ADAPTERS.values())}


def no_engine(question: EngineQuestion) -> EngineReply:
    """Refuse every question: what laws ask where nobody has named an engine.

    Raises
    ------
    InputError
        Always, with the package to install.
    """
    raise engine_absent(ENGINE_ADAPTERS[question.engine], ", or nothing here calls it")


Kept = dict[tuple[object, ...], tuple[str, Array]]


def _law(adapter: EngineAdapter, ask: AskEngine, kept: Kept) -> Law:
    def apply(feed: Feed, values: Values) -> LawResult:
        names, numbers = adapter.numbers(feed, values)
        stays = adapter.outlets.index(adapter.stays)
        if not names:
            return LawResult(everything_to(feed, stays, len(adapter.outlets)))
        question = EngineQuestion(adapter.name, names, numbers)
        if question.key not in kept:
            reply = ask(question)
            shares = checked_shares(adapter, question, reply)
            if len(kept) >= QUESTIONS_KEPT_MAX:
                del kept[next(iter(kept))]
            kept[question.key] = (reply.version, shares)
        version, shares = kept[question.key]
        splits = np.zeros((len(shares), len(adapter.outlets), len(feed.components)))
        splits[:, stays, :] = 1.0
        splits[:, :, [feed.components.index(name) for name in names]] = shares
        note = (
            f"its shares were computed by {adapter.package} {version}, not by oreline; "
            "name that version where you report them"
        )
        return LawResult(splits if feed.flow_t_per_h.ndim == 2 else splits[0], {}, (note,))

    return Law(
        name=f"external_{adapter.name}",
        rung=3,
        outlets=adapter.outlets,
        phases=adapter.phases,
        parameters=adapter.parameters,
        source=adapter.source,
        apply=apply,
        by_feed=adapter.by_feed,
        batched=True,
        meaning=adapter.meaning,
    )


ENGINE_LAWS: Final[Mapping[str, Law]] = external_laws(no_engine)
"""The laws of rung 3 as a list of what there is: whoever solves gives them an engine."""
