"""List findings by any filter: along the index that finds the fewest, in the order they were made, a page at a time.

An index gives findings of one value in that order; of several values, the pages of each are merged. SQLite itself, which does not know
how rare a value is, would read all findings for some filters.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator
from itertools import islice, product
from typing import Any, NamedTuple

from garrison.services.inspector.storage.wanted import Wanted
from garrison.verdicts.kept import number_of

_SEVERITIES = ("High", "Medium", "Low", "Informational", "Undefined")
_FEW = 1_000
"""An index is looked along so far to see how much it has."""
_HAS_KEY = "EXISTS (SELECT 1 FROM attribute WHERE attribute.finding = finding.id AND is_user = ? AND key = ?)"
_HAS_PAIR = (
    "EXISTS (SELECT 1 FROM attribute WHERE attribute.finding = finding.id AND is_user = ? AND key = ? AND value = ?)"
)


class Listed(NamedTuple):
    """A finding in a listing."""

    number: int
    arn: str


class _Way(NamedTuple):
    """A part of an index that has its findings in the order they were made."""

    source: str
    number: str
    """The column that orders it."""
    condition: str
    values: tuple[Any, ...]


def listed(db: sqlite3.Connection, place: int, wanted: Wanted, *, after: int, limit: int) -> list[Listed]:
    """Findings in the order they were made, at most `limit` of those after a number."""
    if wanted.runs is not None and not wanted.runs:
        return []
    conditions, values = _conditions(place, wanted)
    pages = [_page(db, way, conditions, values, after, limit) for way in _best(db, _ways(db, place, wanted))]
    return list(islice(heapq.merge(*pages), limit))


def _page(
    db: sqlite3.Connection, way: _Way, conditions: list[str], values: list[Any], after: int, limit: int
) -> list[Listed]:
    where = " AND ".join([way.condition, f"{way.number} > ?", *conditions])
    rows = db.execute(
        f"SELECT finding.id, run.arn, finding.name FROM {way.source} CROSS JOIN run ON run.id = finding.run"  # noqa: S608
        f" WHERE {where} ORDER BY {way.number} LIMIT ?",
        [*way.values, after, *values, limit],
    )
    return [Listed(number, f"{arn}/finding/{name}") for number, arn, name in rows]


def _best(db: sqlite3.Connection, candidates: Iterator[list[_Way]]) -> list[_Way]:
    """Those that have the fewest findings together; the first of candidates that have many."""
    best: list[_Way] = []
    fewest = float("inf")
    for ways in candidates:
        count = sum(_count(db, way) for way in ways)
        if count < fewest:
            best, fewest = ways, count
    return best


def _count(db: sqlite3.Connection, way: _Way) -> int:
    statement = f"SELECT count(*) FROM (SELECT 1 FROM {way.source} WHERE {way.condition} LIMIT {_FEW})"  # noqa: S608
    return int(db.execute(statement, way.values).fetchone()[0])


def _ways(db: sqlite3.Connection, place: int, wanted: Wanted) -> Iterator[list[_Way]]:
    """The indexes by which the findings can be found, each with the values that are asked for."""
    severities = wanted.severities or _SEVERITIES
    if wanted.runs is not None:
        yield [_along("run", "run = ? AND severity = ?", pair) for pair in product(wanted.runs, severities)]
    for index, column, among in (
        ("agent", "agent", wanted.agents),
        ("rule", "rule", wanted.rules),
        ("group", "scaling_group", wanted.scaling_groups),
    ):
        if among:
            yield [_along(index, f"place = ? AND {column} = ?", (place, value)) for value in among]
    for is_user, pairs in ((0, wanted.attributes), (1, wanted.user_attributes)):
        for pair in pairs:
            if pair.value is not None:
                yield [_of_attribute((is_user, pair.key, pair.value))]
    if wanted.packages:
        asked = product(wanted.packages, severities)
        yield [_along("package", "place = ? AND package = ? AND severity = ?", (place, *pair)) for pair in asked]
    if wanted.severities:
        yield [_along("severity", "place = ? AND severity = ?", (place, one)) for one in severities]
    if wanted.since is not None or wanted.until is not None:
        yield [_between(db, place, wanted)]
    yield [_along("place", "place = ?", (place,))]


def _along(index: str, condition: str, values: tuple[Any, ...]) -> _Way:
    conditions = " AND ".join(f"finding.{one}" for one in condition.split(" AND "))
    return _Way(f"finding INDEXED BY finding_of_{index}", "finding.id", conditions, values)


def _of_attribute(values: tuple[Any, ...]) -> _Way:
    source = "attribute INDEXED BY attribute_of_key CROSS JOIN finding ON finding.id = attribute.finding"
    return _Way(
        source, "attribute.finding", "attribute.is_user = ? AND attribute.key = ? AND attribute.value = ?", values
    )


def _between(db: sqlite3.Connection, place: int, wanted: Wanted) -> _Way:
    """The findings between the first and the last that were made in a time: numbers grow as time does, or nearly so."""
    low = number_of(wanted.since) if wanted.since is not None else 0
    high = number_of(wanted.until) if wanted.until is not None else 1 << 62
    first, last = db.execute(
        "SELECT min(id), max(id) FROM finding WHERE id IN (SELECT id FROM (SELECT id FROM finding INDEXED BY finding_of_time"
        " WHERE place = ?1 AND created_at BETWEEN ?2 AND ?3 ORDER BY created_at, id LIMIT 1) UNION ALL"
        " SELECT id FROM (SELECT id FROM finding INDEXED BY finding_of_time"
        " WHERE place = ?1 AND created_at BETWEEN ?2 AND ?3 ORDER BY created_at DESC, id DESC LIMIT 1))",
        (place, low, high),
    ).fetchone()
    condition = "place = ? AND id >= ? AND id <= ?"
    return _along("place", condition, (place, first or 0, last or 0))


def _conditions(place: int, wanted: Wanted) -> tuple[list[str], list[Any]]:
    """Everything that is asked for, as conditions with their values."""
    conditions, values = ["finding.place = ?"], list[Any]([place])
    for column, among in (
        ("run", wanted.runs or ()),
        ("agent", wanted.agents),
        ("scaling_group", wanted.scaling_groups),
        ("rule", wanted.rules),
        ("severity", wanted.severities),
        ("package", wanted.packages),
    ):
        if among:
            conditions.append(f"finding.{column} IN ({','.join('?' * len(among))})")
            values += [*among]
    for is_user, pairs in ((0, wanted.attributes), (1, wanted.user_attributes)):
        for pair in pairs:
            conditions.append(_HAS_KEY if pair.value is None else _HAS_PAIR)
            values += [is_user, pair.key] if pair.value is None else [is_user, pair.key, pair.value]
    for comparison, at in ((">=", wanted.since), ("<=", wanted.until)):
        if at is not None:
            conditions.append(f"finding.created_at {comparison} ?")
            values.append(number_of(at))
    return conditions, values
