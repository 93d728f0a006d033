"""How an answer is computed: with the reading to itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from oreline.api._views import View

P = ParamSpec("P")
Answer = dict[str, Any]


def answering(
    question: Callable[Concatenate[View, P], Answer],
) -> Callable[Concatenate[View, P], Answer]:
    """Run a question of a view while no other thread works with its reading."""

    @wraps(question)
    def asked(view: View, /, *given: P.args, **named: P.kwargs) -> Answer:
        return view.reading.ask(lambda: question(view, *given, **named))

    return asked
