"""What a verification proved and what it did not, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oreline.record._withheld import WithheldField


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the words depend on; ``given`` pairs each kept checkpoint's size with its agreement.

    ``rules`` is the version of the rules of arrival if it is not the present one, else None.
    """

    size: int
    checked_signature: bool
    given: Sequence[tuple[int, bool | None]]
    saved_agree: int
    saved_unreadable: int
    thorough: bool
    missing: Sequence[WithheldField]
    blind_from: int | None
    rules: str | None
    cache_differs: bool
    bracket: tuple[int, int] | None
    inner: bool


def said(outcome: Outcome) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what was shown and what was not."""
    return tuple(_proved(outcome)), tuple(_not_proved(outcome))


def _proved(outcome: Outcome) -> Iterator[str]:
    agreed = [size for size, agrees in outcome.given if agrees]
    if agreed:
        yield (
            f"The first {max(agreed)} events are, byte by byte and in this order, those of the "
            "kept checkpoint: none was altered, removed, inserted or moved."
        )
    if outcome.saved_agree and outcome.checked_signature:
        yield (
            f"The log agrees with {outcome.saved_agree} checkpoints that are saved beside it and "
            "signed by its key; that binds everybody but the holder of the key."
        )
    if outcome.inner:
        yield "Every event gives its leaf hash, and these give every tile of the tree."
        if outcome.thorough and outcome.blind_from is None:
            if outcome.rules is None:
                yield (
                    "Columns, lines, content hashes, states and findings of arrival follow from "
                    "the events' bytes; nothing beside the events was changed."
                )
            else:
                yield "Columns, lines and content hashes follow from the events' bytes."


def _not_proved(outcome: Outcome) -> Iterator[str]:
    agreed = [size for size, agrees in outcome.given if agrees]
    if not outcome.given:
        yield (
            "No checkpoint kept elsewhere was given: this shows internal consistency only. Whoever "
            "holds the database could have rewritten all of it consistently, or cut off its end."
        )
    elif not outcome.checked_signature:
        yield "Signatures were not checked: the checkpoint is taken to be the one that was kept."
    if agreed and max(agreed) < outcome.size:
        yield (
            f"The events from {max(agreed)} on came after the kept checkpoint: of them, only "
            "consistency is shown."
        )
    if outcome.bracket is not None:
        yield from _which(outcome.bracket)
    if outcome.saved_unreadable:
        yield (
            f"{outcome.saved_unreadable} checkpoints saved beside the log are not signed by its "
            "key and were not used."
        )
    if not outcome.thorough:
        yield "Columns, lines, content hashes, states and findings were not derived anew."
    if outcome.missing:
        yield from _withheld(outcome.missing)
    if outcome.blind_from is not None:
        yield (
            f"From position {outcome.blind_from} on, states and findings of arrival could not be "
            "derived anew, for an event there cannot be read whole."
        )
    if outcome.thorough and outcome.rules is not None:
        yield (
            f"States and findings of arrival were made by rules {outcome.rules}, others than those "
            "known here, and were not derived anew."
        )
    if outcome.cache_differs:
        yield (
            "The running stock by which arriving events are judged is not what the events give; it "
            "is a cache, proves nothing, and warns of nothing reliably until it is rebuilt."
        )
    yield "It is not shown that what was recorded is true, only that it is what was recorded."


_NAMED_MAX = 5
"""How many withheld fields are named in words; the report lists all."""


def _withheld(missing: Sequence[WithheldField]) -> Iterator[str]:
    named = ", ".join(f"{item.event} {item.pointer}" for item in missing[:_NAMED_MAX])
    more = len(missing) - _NAMED_MAX
    yield (
        f"{len(missing)} withheld values are not in this copy and could not be compared with their "
        f"hashes: {named}{f' and {more} more' if more > 0 else ''}."
    )


def _which(bracket: tuple[int, int]) -> Iterator[str]:
    start, stop = bracket
    if stop - start > 1:
        yield (
            f"Which event is the first that differs is not known exactly: one from {start} to "
            f"{stop - 1}. A kept copy of the leaf hashes or events, or further checkpoints between "
            "these, would name it."
        )
