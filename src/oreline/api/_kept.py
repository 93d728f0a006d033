"""Answers that were computed once for a reading, kept until the reading goes or room is short.

An answer is kept as JSON text: nobody who is given it can alter it for the next, and its size is
known. Keys carry the number of the reading that it was computed from, and every party has readings
of its own, so that nobody is ever given what was computed for somebody else.
"""

from __future__ import annotations

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import orjson

if TYPE_CHECKING:
    from oreline.api._views import View

P = ParamSpec("P")
Answer = dict[str, Any]
What = tuple[str, tuple[tuple[str, Hashable], ...]]
"""A question by its name, with everything that it is asked with."""
Key = tuple[int, What]
KEPT_BYTES_MAX = 64 * 2**20
"""How much a server keeps of answers by default."""
LARGEST_PART = 8
"""An answer that would take more than an eighth of the room is not kept."""
OVERHEAD_BYTES = 1_000
"""What an answer takes besides its text, counted so that many small ones are bounded too."""


class KeptAnswers:
    """Answers of all readings of a desk, together no larger than so many bytes.

    Safe to share between threads; the answer that was asked for least lately goes first.
    """

    def __init__(self, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self.bytes_max = bytes_max
        self.bytes_kept = 0
        self._texts: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._texts)

    def get(self, reading: int, what: What) -> Answer | None:
        """Return an answer of a reading, None where it is not kept; it is the caller's own."""
        with self._lock:
            text = self._texts.get((reading, what))
            if text is None:
                return None
            self._texts.move_to_end((reading, what))
        answer: Answer = orjson.loads(text)
        return answer

    def keep(self, reading: int, what: What, answer: Answer) -> None:
        """Keep an answer of a reading, unless it alone would take much of the room."""
        text = orjson.dumps(answer)
        size = len(text) + OVERHEAD_BYTES
        if size * LARGEST_PART > self.bytes_max:
            return
        with self._lock:
            self._take_out((reading, what))
            self._texts[reading, what] = text
            self.bytes_kept += size
            while self.bytes_kept > self.bytes_max:
                self._take_out(next(iter(self._texts)))

    def of(self, reading: int) -> list[What]:
        """Return what of a reading is kept, the least lately asked for first."""
        with self._lock:
            return [what for number, what in self._texts if number == reading]

    def forget(self, readings: Collection[int]) -> None:
        """Drop every answer of readings that nobody asks any more."""
        with self._lock:
            for key in [one for one in self._texts if one[0] in readings]:
                self._take_out(key)

    def _take_out(self, key: Key) -> None:
        text = self._texts.pop(key, None)
        if text is not None:
            self.bytes_kept -= len(text) + OVERHEAD_BYTES


_QUESTIONS: dict[str, Callable[..., Answer]] = {}
"""Every question whose answers are kept, by its name."""


def kept_answering(
    question: Callable[Concatenate[View, P], Answer],
) -> Callable[Concatenate[View, P], Answer]:
    """Run a question of a view once for each reading: who asks the same again is given the same.

    The answer must follow from the reading and what is given alone: not from who asks (whoever
    belongs to a party has a reading of that party's), the day, or a file. While it is computed no
    other thread works with the reading; one that is kept is given at once, whatever else is
    computed.
    """

    @wraps(question)
    def asked(view: View, /, *given: P.args, **named: P.kwargs) -> Answer:
        what = _what(question, view, *given, **named)
        reading = view.reading

        def compute() -> Answer:
            # Another thread may have computed it while this one waited.
            found = reading.kept.get(reading.number, what)
            if found is None:
                found = question(view, *given, **named)
                reading.kept.keep(reading.number, what, found)
            return found

        found = reading.kept.get(reading.number, what)
        return reading.ask(compute) if found is None else found

    assert question.__name__ not in _QUESTIONS, f"two questions are called {question.__name__}"
    _QUESTIONS[question.__name__] = asked
    return asked


def at_hand(view: View, question: Callable[..., Any], *given: Any) -> tuple[Answer, int] | None:
    """Return what needs no computing: an answer, and how many entries of the ledger it lacks.

    It is the present one, which lacks none, or the latest that was given before the ledger grew; it
    is None where neither is kept. Only whoever sees all of the ledger is given an earlier one: what
    a party may see can be less than it was.
    """
    named: dict[str, Any] = {}
    if isinstance(question, partial):
        given, named = (*question.args, *given), question.keywords
        question = question.func
    name = getattr(question, "__name__", "")
    if _QUESTIONS.get(name) is not question:
        return None
    what, reading = _what(question, view, *given, **named), view.reading
    found = reading.kept.get(reading.number, what)
    if found is not None:
        return found, 0
    for number, size in () if view.is_partial else reading.earlier:
        found = reading.kept.get(number, what)
        if found is not None:
            return found, reading.ledger.size - size
    return None


def asked_again(view: View, earlier: int, most: int) -> Iterator[Callable[[], Answer]]:
    """Yield what of an earlier reading was asked for last, to be asked of the present one."""
    for what in view.reading.kept.of(earlier)[::-1][:most]:
        name, named = what
        yield partial(_QUESTIONS[name], view, **dict(named))


def _what(question: Callable[..., Answer], view: View, *given: Any, **named: Any) -> What:
    """Return what is asked, however it was given: by place, by name, or not where it is default."""
    bound = inspect.signature(question).bind(view, *given, **named)
    bound.apply_defaults()
    asked = tuple(bound.arguments.items())[1:]
    return question.__name__, tuple((name, _fixed(value)) for name, value in asked)


def _fixed(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
