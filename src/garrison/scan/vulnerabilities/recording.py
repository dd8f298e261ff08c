"""Write what a source says into the tables, in batches."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass

import msgspec

from garrison.scan.vulnerabilities.advisory import Advisory, Enrichment, Held, Record, Refused, Statement, Withdrawn

MOST_REFUSED_KEPT = 1_000
"""Notes of one source; the count goes on."""
_TEXT_LEVEL = 6
_encode = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class Imported:
    """What came of a source."""

    name: str
    advisories: int = 0
    others: int = 0
    withdrawn: int = 0
    refused: int = 0
    newest: str = ""
    is_unchanged: bool = False
    is_broken: bool = False
    """Whether its file broke off; then what it said before, if anything, still counts."""


class Writer:
    """Writes the records of one source, in batches."""

    def __init__(self, db: sqlite3.Connection, source: int) -> None:
        self._db = db
        self._source = source
        (largest,) = db.execute("SELECT coalesce(max(number), 0) FROM advisories").fetchone()
        self._next = int(largest) + 1
        self._ecosystems = dict(db.execute("SELECT name, number FROM ecosystems"))
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._count = Imported("")

    def take(self, record: Record) -> None:
        """Write one record."""
        match record:
            case Advisory():
                self._advisory(record)
            case Refused():
                self._refuse(record)
            case Withdrawn():
                self._count.withdrawn += 1
            case Enrichment():
                self._put("enrichments", record.cve, self._source, _encode(record))
                self._count.others += 1
            case Held():
                self._put("held", record.ecosystem, record.package, self._source, record.source, record.version)
                self._count.others += 1
            case Statement():
                self._put("statements", record.vulnerability, self._source, _encode(record))
                self._count.others += 1

    def done(self, name: str) -> Imported:
        """Write what waits, and say what came."""
        for table in list(self._rows):
            self._flush(table)
        self._count.name = name
        return self._count

    def _advisory(self, record: Advisory) -> None:
        # An id may come twice, for one release each (AlmaLinux): both count.
        number = self._next
        self._next += 1
        text = zlib.compress(_encode(record.text), _TEXT_LEVEL)
        self._put("advisories", number, self._source, record.id, _encode(record.facts), text)
        for (ecosystem, name), affected in record.affected.items():
            self._put("affected", self._ecosystem(ecosystem), name, number, _encode(affected))
        for each in {record.id, *record.facts.ids, *record.facts.aliases}:
            self._put("known", each, number)
        self._count.advisories += 1
        self._count.newest = max(self._count.newest, record.facts.modified)

    def _refuse(self, record: Refused) -> None:
        self._count.refused += 1
        self._count.is_broken = self._count.is_broken or record.is_the_rest
        if self._count.refused <= MOST_REFUSED_KEPT:
            self._put("refused", self._source, record.record, record.reason)

    def _ecosystem(self, name: str) -> int:
        number = self._ecosystems.get(name)
        if number is None:
            number = self._ecosystems[name] = len(self._ecosystems) + 1
            self._db.execute("INSERT INTO ecosystems (number, name) VALUES (?, ?)", (number, name))
        return number

    def _put(self, table: str, *row: object) -> None:
        waiting = self._rows.setdefault(table, [])
        waiting.append(row)
        if len(waiting) >= 2_000:
            self._flush(table)

    def _flush(self, table: str) -> None:
        waiting = self._rows.pop(table, [])
        if waiting:
            signs = ",".join("?" * len(waiting[0]))
            self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({signs})", waiting)  # noqa: S608 - names of our own
