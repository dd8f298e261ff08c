"""Run a query: look at what the narrowed condition leaves, keep what meets the query, and give a page of it in order."""

from __future__ import annotations

import heapq
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from garrison import codec
from garrison.inventory.select.documents import COLUMNS, Document, Row, projection
from garrison.inventory.select.expressions import InvalidExpression, Property, Query
from garrison.inventory.select.grouping import grouped
from garrison.inventory.select.matching import predicate
from garrison.inventory.select.narrowing import narrowed
from garrison.inventory.select.ordering import Key, key_of, position_key
from garrison.store.bulk import BulkFile

_PLAIN = ("resource r", "r.id")
_SIGNED = ("signature s CROSS JOIN resource r ON r.id = s.resource", "s.resource")
"""What is looked through, and its number: the small signatures before the resources where they tell anything."""
MOST_SECONDS = 30.0
"""That a query may take, so that one which has to look at everything holds up no others for long."""
_STEPS = 100_000
"""Of SQLite's, between two looks at the time."""
Position = list[Any]
"""Where a page begins: what the last row before it was ordered by, and its number or its group."""


class Found(NamedTuple):
    """A page of results."""

    rows: list[dict[str, Any]]
    position: Position | None
    """Give it as `after` for the next page; None where this was the last."""


def select(
    file: BulkFile,
    query: Query,
    account: str,
    regions: Sequence[str],
    *,
    limit: int,
    after: Position | None = None,
    seconds: float = MOST_SECONDS,
) -> Found:
    """A page of what an account has in these regions that meets the query, as last seen; `limit` is of rows.

    Raises `InvalidExpression` for an aggregate of too many groups, and for a query that takes too long.
    """
    with file.reading() as db, _within(db, seconds):
        if query.aggregates:
            return _page_of_groups(query, _matching(db, query, account, regions, 0), limit, after)
        if query.orders:
            return _page_in_order(query, _matching(db, query, account, regions, 0), limit, after)
        start = int(after[-1]) if after else 0
        found = islice(_matching(db, query, account, regions, start), limit + 1)
        return _page(query, [([], document) for document in found], limit)


@contextmanager
def _within(db: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Let reading last so long, what is done with each row included; raises `InvalidExpression` after that."""
    end = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except sqlite3.OperationalError:
        if time.monotonic() <= end:
            raise
        raise InvalidExpression(
            f"The query took longer than {seconds:g} seconds. Narrow it by resourceType, resourceId or arn."
        ) from None
    finally:
        db.set_progress_handler(None, 0)


def _matching(
    db: sqlite3.Connection, query: Query, account: str, regions: Sequence[str], after: int
) -> Iterator[Document]:
    """What meets the query, in the order of its numbers, those after one only."""
    narrow = narrowed(query.where)
    condition, found_by = (narrow.sql, narrow.words) if narrow else ("TRUE", ())
    table, number = _SIGNED if narrow and narrow.signed else _PLAIN
    places = "r.account = ? AND r.region IN (SELECT value FROM json_each(?)) AND r.status <> 'ResourceDeleted'"
    sql = f"SELECT {COLUMNS} FROM {table} WHERE {number} > ? AND {condition} AND {places} ORDER BY {number}"  # noqa: S608
    words = (after, *found_by, account, codec.encode(list(regions)).decode())

    def load(wanted: int) -> str:
        return str(db.execute("SELECT body FROM resource WHERE id = ?", (wanted,)).fetchone()[0])

    meets = predicate(query.where)
    for row in db.execute(sql, words):
        document = Document(Row._make(row), load)
        if meets(document):
            yield document


def _page(query: Query, found: Sequence[tuple[Position, Document]], limit: int) -> Found:
    """The page of resources, of which there may be one more, each with what it was ordered by."""
    tree = projection([field.path for field in query.fields if isinstance(field, Property)])
    rows = [document.picked(tree) for _, document in found[:limit]]
    if len(found) <= limit:
        return Found(rows, None)
    values, last = found[limit - 1]
    return Found(rows, [*values, last.row.number])


def _page_in_order(query: Query, found: Iterable[Document], limit: int, after: Position | None) -> Found:
    start = position_key(query.orders, after) if after else None
    keyed = ((_key(query, document), document) for document in found)
    rest = (pair for pair in keyed if start is None or pair[0] > start)
    page = heapq.nsmallest(limit + 1, rest, key=lambda pair: pair[0])
    return _page(query, [(key.values, document) for key, document in page], limit)


def _key(query: Query, document: Document) -> Key:
    values = [document.values(order.by) for order in query.orders if isinstance(order.by, Property)]
    return key_of(query.orders, values, document.row.number)


def _page_of_groups(query: Query, found: Iterable[Document], limit: int, after: Position | None) -> Found:
    groups = grouped(query, found)
    start = position_key(query.orders, after) if after else None
    keyed = ((key_of(query.orders, group.ordered_by(query), group.text), group) for group in groups)
    rest = (pair for pair in keyed if start is None or pair[0] > start)
    page = heapq.nsmallest(limit + 1, rest, key=lambda pair: pair[0])
    rows = [group.row(query) for _, group in page[:limit]]
    if len(page) <= limit or not query.has_pages:
        return Found(rows, None)
    return Found(rows, [*page[limit - 1][0].values, page[limit - 1][1].text])
