"""The shelf: text of reports and events to search, in the ledger's database but no part of the log.

Everything on it is derived and may be thrown away and built again; nothing is proved by it, and a
copy for another party has none of it. Rooms bring passages by source (a report, a run of events),
each source with a mark by which they know whether it is still what they brought. SQLite searches
with FTS5, PostgreSQL with a tsvector; both get the same folded words and so find the same.

Search: ``Store.shelf().search("antimony -copper", kinds=("report",), limit=20)`` gives
:class:`Hit` values, best first; ``sees`` leaves out hits that a person may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from oreline.model import StoreError
from oreline.record._database import shelf_writing, stand_alone_engine
from oreline.record._shelf_words import Question, folded_words, parse_question
from oreline.record._tables import shelf_passage, shelf_source

SNIPPET_CHARS: Final = 240
"""How much of a passage is shown around the words found."""
HITS_MAX: Final = 1_000
"""The most hits of one search."""
_FETCH: Final = 200
_TITLE_WEIGHT: Final = 4.0
"""How much more a word in a title counts than one in the text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of one place.

    Attributes
    ----------
    kind
        What they are of: report, claim, evidence or event.
    place
        The report by its name, or the event by its id.
    start, end
        Which characters of the report they are; 0 and 0 for an event.
    key
        The id of the claim or of the sentence in evidence.csv; empty for others.
    day
        When the report was published or the event happened; None if not known.
    seq
        The position of the event in the log; None for what is no event.
    """

    kind: str
    place: str
    title: str
    text: str
    start: int = 0
    end: int = 0
    key: str = ""
    day: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What was brought in one piece: its name, its mark, its passages, and a text kept with it."""

    name: str
    mark: str
    passages: Sequence[Passage]
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage in which words were found.

    Attributes
    ----------
    snippet
        The part of it that is shown.
    snippet_start
        At which character of the passage the snippet begins.
    marks
        Where the words stand in the snippet, each as (start, end).
    rank
        The place in the order, from 1.
    """

    passage: Passage
    snippet: str
    snippet_start: int
    marks: tuple[tuple[int, int], ...]
    rank: int

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where the words stand in the report."""
        shift = self.passage.start + self.snippet_start
        return tuple((start + shift, end + shift) for start, end in self.marks)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        one = self.passage
        return {
            "rank": self.rank,
            "kind": one.kind,
            "place": one.place,
            "title": one.title,
            "start": one.start,
            "end": one.end,
            "key": one.key,
            "day": one.day,
            "seq": one.seq,
            "snippet": self.snippet,
            "marks": [list(mark) for mark in self.marks],
        }


class Shelf:
    """What can be searched; of a ledger by ``Store.shelf()``, beside none by ``open_shelf``."""

    def __init__(self, engine: sa.Engine, *, owns: bool = False) -> None:
        self._engine = engine
        self._owns = owns

    def close(self) -> None:
        """Close a shelf that stands alone; that of a ledger closes with it."""
        if self._owns:
            self._engine.dispose()

    def marks(self, group: str) -> dict[str, str]:
        """Return the mark of every source of a group, by name."""
        query = sa.select(shelf_source.c.name, shelf_source.c.mark)
        with self._reading() as connection:
            rows = connection.execute(query.where(shelf_source.c.grouped == group))
            return {row.name: row.mark for row in rows}

    def kept(self, group: str) -> Iterator[tuple[str, str, str]]:
        """Yield (name, mark, what is kept) of every source of a group that keeps something."""
        columns = shelf_source.c
        query = sa.select(columns.name, columns.mark, columns.kept).where(
            columns.grouped == group, columns.kept.is_not(None)
        )
        query = query.order_by(columns.id)
        with (
            self._reading() as connection,
            connection.execution_options(yield_per=_FETCH).execute(query) as rows,
        ):
            for row in rows:
                yield row.name, row.mark, row.kept

    def put(self, group: str, sources: Iterable[Source]) -> None:
        """Put sources there, each in the place of an earlier one of its name; all or none."""
        with self._writing() as connection:
            for one in sources:
                self._drop(connection, group, (one.name,))
                self._put(connection, group, one)

    def drop(self, group: str, names: Collection[str] | None = None) -> None:
        """Take sources away, all of the group if none is named."""
        with self._writing() as connection:
            self._drop(connection, group, names)

    def search(
        self,
        question: str,
        *,
        kinds: Collection[str] = (),
        limit: int = 20,
        sees: Callable[[Passage], bool] | None = None,
    ) -> tuple[Hit, ...]:
        """Return the passages that hold all words of a question, best first.

        Words stand for themselves without accents, capitals or plural; "a phrase", a beginning*
        and -unwanted are understood, and anything else only parts words.

        Parameters
        ----------
        kinds
            Only passages of these kinds; all if none is named.
        sees
            Whether somebody may see a passage; those they may not see are passed over.

        Raises
        ------
        InputError
            If the question has no word, or is too long.
        StoreError
            If the database fails.
        """
        asked = parse_question(question)
        wanted = max(1, min(limit, HITS_MAX))
        found: list[Hit] = []
        query = self._query(asked, tuple(kinds))
        # The cursor is left as soon as enough is found: a word of every report is no burden.
        with (
            self._reading() as connection,
            connection.execution_options(yield_per=_FETCH).execute(query) as rows,
        ):
            for row in rows:
                passage = _passage(row)
                if sees is not None and not sees(passage):
                    continue
                found.append(_hit(passage, asked, len(found) + 1))
                if len(found) == wanted:
                    break
        return tuple(found)

    def _query(self, asked: Question, kinds: tuple[str, ...]) -> sa.Select[Any]:
        columns = [column for column in shelf_passage.columns if column.name != "source"]
        query = sa.select(*columns)
        if self._engine.dialect.name == "sqlite":
            words = sa.table("shelf_words", sa.column("rowid"))
            query = query.join(words, words.c.rowid == shelf_passage.c.id)
            query = query.where(sa.text("shelf_words MATCH :asked").bindparams(asked=asked.fts5()))
            order = sa.text(f"bm25(shelf_words, {_TITLE_WEIGHT}, 1.0)")
        else:
            words = sa.table("shelf_words", sa.column("passage"))
            query = query.join(words, words.c.passage == shelf_passage.c.id)
            match = "shelf_words.words @@ CAST(:asked AS tsquery)"
            query = query.where(sa.text(match).bindparams(asked=asked.tsquery()))
            # 1 divides by the logarithm of the length, as bm25 does in its own way.
            order = sa.text(
                "ts_rank('{0.1, 0.2, 0.25, 1.0}', shelf_words.words, CAST(:asked AS tsquery), 1)"
                " DESC"
            ).bindparams(asked=asked.tsquery())
        if kinds:
            query = query.where(shelf_passage.c.kind.in_(kinds))
        latest = sa.func.coalesce(shelf_passage.c.day, "").desc()
        return query.order_by(order, latest, shelf_passage.c.place, shelf_passage.c.start)

    def _put(self, connection: sa.Connection, group: str, one: Source) -> None:
        row = {"grouped": group, "name": one.name, "mark": one.mark, "kept": one.kept}
        key = connection.execute(shelf_source.insert(), row).inserted_primary_key
        assert key is not None
        if not one.passages:
            return
        last = connection.scalar(sa.select(sa.func.max(shelf_passage.c.id))) or 0
        rows = [
            {"id": last + at, "source": key[0], **_row(passage)}
            for at, passage in enumerate(one.passages, 1)
        ]
        connection.execute(shelf_passage.insert(), rows)
        if self._engine.dialect.name == "sqlite":
            statement = "INSERT INTO shelf_words (rowid, title, words) VALUES (:id, :title, :words)"
            words = [
                {
                    "id": row["id"],
                    "title": " ".join(folded_words(row["title"])),
                    "words": " ".join(folded_words(row["text"])),
                }
                for row in rows
            ]
        else:
            statement = (
                "INSERT INTO shelf_words (passage, words) VALUES (:id, CAST(:words AS tsvector))"
            )
            words = [
                {"id": row["id"], "words": tsvector(row["title"], row["text"])} for row in rows
            ]
        connection.execute(sa.text(statement), words)

    def _drop(self, connection: sa.Connection, group: str, names: Collection[str] | None) -> None:
        chosen = sa.select(shelf_source.c.id).where(shelf_source.c.grouped == group)
        if names is not None:
            chosen = chosen.where(shelf_source.c.name.in_(list(names)))
        passages = sa.select(shelf_passage.c.id).where(shelf_passage.c.source.in_(chosen))
        key = "rowid" if self._engine.dialect.name == "sqlite" else "passage"
        words = sa.table("shelf_words", sa.column(key))
        connection.execute(sa.delete(words).where(words.c[key].in_(passages)))
        connection.execute(shelf_passage.delete().where(shelf_passage.c.source.in_(chosen)))
        connection.execute(shelf_source.delete().where(shelf_source.c.id.in_(chosen)))

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
                connection.rollback()
        except SQLAlchemyError as error:
            raise StoreError(f"the shelf could not be read: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with shelf_writing(self._engine) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"the shelf could not be written; nothing was: {error}") from error


def open_shelf(place: Path | None = None) -> Shelf:
    """Return a shelf that stands alone: in memory, or in a file that is made if it is not there.

    Raises
    ------
    StoreError
        If the file is no such shelf, or cannot be written.
    """
    return Shelf(stand_alone_engine(place), owns=True)


def tsvector(title: str, text: str) -> str:
    """Return the words of a title and a text as PostgreSQL reads a tsvector.

    The title weighs A; between both lies a gap, so that no phrase runs over it.

    >>> tsvector("Ores", "an ore")
    "'ore':1A,13 'an':12"
    """
    places: dict[str, list[str]] = {}
    at = 0
    for weight, words in (("A", folded_words(title)), ("", folded_words(text))):
        for word in words:
            at += 1
            # PostgreSQL counts no further; what stands behind is found as a word all the same.
            places.setdefault(word, []).append(f"{min(at, 16_383)}{weight}")
        at += 10
    return " ".join(f"'{word}':{','.join(found[:255])}" for word, found in places.items())


def _row(passage: Passage) -> dict[str, Any]:
    return {
        "kind": passage.kind,
        "place": passage.place,
        "title": passage.title,
        # PostgreSQL keeps no NUL in a text; nobody looks for one.
        "text": passage.text.replace("\0", " "),
        "start": passage.start,
        "end": passage.end,
        "key": passage.key,
        "day": passage.day,
        "seq": passage.seq,
    }


def _passage(row: Any) -> Passage:
    return Passage(
        row.kind, row.place, row.title, row.text, row.start, row.end, row.key, row.day, row.seq
    )


def _hit(passage: Passage, asked: Question, rank: int) -> Hit:
    text = passage.text
    places = asked.places(text)
    start = 0
    if len(text) > SNIPPET_CHARS and places:
        start = max(0, min(places[0][0] - SNIPPET_CHARS // 4, len(text) - SNIPPET_CHARS))
        while 0 < start < places[0][0] and not text[start - 1].isspace():
            start += 1
    snippet = text[start : start + SNIPPET_CHARS]
    marks = tuple(
        (first - start, last - start)
        for first, last in places
        if first >= start and last <= start + len(snippet)
    )
    return Hit(passage, snippet, start, marks, rank)
