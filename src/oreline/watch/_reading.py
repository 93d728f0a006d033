"""Folders of any size, read file by file: by one process or several, and no text is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from oreline.model import Chain, Finding, InputError
from oreline.watch._folder import files_of
from oreline.watch._intake import DEFAULT_LIMITS, SUFFIXES
from oreline.watch._judged import NOT_JUDGED, Judgements
from oreline.watch._limits import Limits
from oreline.watch._processes import Workers, in_order, one_worker
from oreline.watch._source import Document
from oreline.watch._taken import Taken, file_taker, taken, without_text
from oreline.watch._watched import Watched, put_together

Progress = Callable[[int, int], None]
"""Called with how many files are read, and how many there are to read."""


def watch_places(
    places: Sequence[Path],
    *,
    quoted: Iterable[Document] = (),
    chain: Chain | None = None,
    today: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    workers: Workers = one_worker,
    progress: Progress | None = None,
    judgements: Judgements = NOT_JUDGED,
) -> Watched:
    """Give what all files of some places say, put together by event.

    The answer is that of :func:`watch` on the same reports, whose texts are left out of it: they
    can be read again. It is the same with any number of workers.

    Parameters
    ----------
    quoted
        Reports of which only sentences are kept: those whose whole text is there are left out.
    workers
        How many processes read so many files; by default this one does.
    judgements
        Which names people judged to be of one or of two.

    Raises
    ------
    InputError
        If a place is not there, or no report is in any and none is quoted.
    """
    files = named_files(places)
    kept = tuple(quoted)
    if not files and not kept:
        told = ", ".join(map(str, places))
        raise InputError(f"{told} holds no report; {', '.join(SUFFIXES)} are read")
    findings: list[Finding] = []

    def reports() -> Iterator[Taken]:
        whole: set[str] = set()
        read = in_order(file_taker(today, limits), files, workers(len(files)))
        for done, file in enumerate(read, 1):
            findings.extend(file.findings)
            for one in file.reports:
                whole.add(one.document.sha256)
                yield one
            if progress is not None:
                progress(done, len(files))
        for document in kept:
            if document.sha256 not in whole:
                yield without_text(taken(document))

    # The findings are complete once the last report was taken: they are put there at the end.
    return put_together(reports(), chain=chain, findings=findings, judgements=judgements)


def named_files(places: Sequence[Path]) -> list[tuple[str, Path]]:
    """Give the files of some places, each with a name that no other has.

    Those of the first place have their names in it; before others stands the name of their place.
    """
    found: list[tuple[str, Path]] = []
    prefixes: set[str] = set()
    for place in dict.fromkeys(one.resolve() for one in places):
        prefix, number = ("" if not prefixes else f"{place.name}/"), 1
        while prefix in prefixes:
            number += 1
            prefix = f"{place.name}-{number}/"
        prefixes.add(prefix)
        found += [(f"{prefix}{name}", path) for name, path in files_of(place)]
    return found
