"""Build the database beside the one in use, source by source, and swap it in whole.

A source is one transaction: what was killed goes on with the sources that are missing. A source whose bytes have not changed since
the database in use was built is taken over with it and not read again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from garrison.errors import OperatorError
from garrison.scan.vulnerabilities import schema
from garrison.scan.vulnerabilities.advisory import (
    Advisory,
    Enrichment,
    Facts,
    Held,
    Record,
    Refused,
    Statement,
    Withdrawn,
)
from garrison.sqlite_files import writing

MOST_REFUSED_KEPT = 1_000
"""Notes of one source; the count goes on."""
_TEXT_LEVEL = 6
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Source:
    """Something to read: a file that was brought here or downloaded."""

    name: str
    digest: str
    """SHA-256 of its bytes: the same ones are not read twice."""
    size_bytes: int
    records: Callable[[], Iterator[Record]]
    address: str = ""


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


@dataclass(slots=True)
class Built:
    """What a build came to."""

    sources: list[Imported] = field(default_factory=list)
    changed: int = 0
    """Packages of which something else is known than before."""


def build(
    path: Path,
    sources: Iterable[Source],
    now: datetime,
    *,
    fresh: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Built:
    """Bring the database up to these sources; those of earlier builds stay unless `fresh`.

    Raises `OperatorError` where another build is under way. What a source holds that cannot be read is counted and set aside.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path):
        making = path.with_name(path.name + ".new")
        built = Built()
        with closing(_begun(path, making, fresh=fresh)) as db:
            for source in sources:
                tell(source.name)
                built.sources.append(_take(db, source, now))
            built.changed = _finish(db, now)
        _swap(making, path)
        return built


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OperatorError("The vulnerability database is being built by another process.", "Wait for it.") from None
    finally:
        os.close(handle)


def _begun(path: Path, making: Path, *, fresh: bool) -> sqlite3.Connection:
    """The file to build in: what an interrupted build left, if it began with the same database; else a copy of that, or a new one."""
    base = _build_of(path) if not fresh and schema.is_current(path) else ""
    if _base_of(making) != base or not base:
        for each in (making, making.with_name(making.name + "-journal")):
            each.unlink(missing_ok=True)
        _start(path, making, base)
    return _connect(making)


def _start(path: Path, making: Path, base: str) -> None:
    with closing(_connect(making)) as db:
        making.chmod(0o600)
        if base:
            with closing(schema.opened(path)) as old:
                old.backup(db)
        else:
            db.executescript(schema.STATEMENTS)
            db.execute(f"PRAGMA user_version = {schema.VERSION}")
        with writing(db):
            _note(db, "base", base)
            _note(db, "lineage", _noted(db, "lineage") or secrets.token_hex(8))


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA cache_size = -131072")
    return db


def _build_of(path: Path) -> str:
    with closing(schema.opened(path)) as db:
        return f"{_noted(db, 'lineage')}:{_noted(db, 'build')}"


def _base_of(making: Path) -> str | None:
    try:
        with closing(sqlite3.connect(f"{making.absolute().as_uri()}?mode=ro", uri=True)) as db:
            is_current = db.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
            return _noted(db, "base") if is_current else None
    except sqlite3.Error:
        return None


def _note(db: sqlite3.Connection, key: str, value: str) -> None:
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _noted(db: sqlite3.Connection, key: str) -> str:
    found = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else ""


def _take(db: sqlite3.Connection, source: Source, now: datetime) -> Imported:
    held = db.execute(
        "SELECT number, digest, advisories, others, withdrawn, refused, newest FROM sources WHERE name = ?",
        (source.name,),
    ).fetchone()
    if held and held[1] == source.digest:
        _, _, advisories, others, withdrawn, refused, newest = held
        return Imported(source.name, advisories, others, withdrawn, refused, newest, is_unchanged=True)
    with writing(db):
        if held:
            _forget(db, held[0])
        number = _new_number(db)
        writer = _Writer(db, number)
        for record in source.records():
            writer.take(record)
        done = writer.done(source.name)
        db.execute(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, source.name, source.digest, source.address, now.isoformat(), source.size_bytes,
                done.advisories, done.others, done.withdrawn, done.refused, done.newest,
            ),
        )  # fmt: skip
    return done


def _new_number(db: sqlite3.Connection) -> int:
    (largest,) = db.execute("SELECT coalesce(max(number), 0) FROM sources").fetchone()
    return int(largest) + 1


def _forget(db: sqlite3.Connection, number: int) -> None:
    """Drop all that a source said."""
    of_source = "(SELECT number FROM advisories WHERE source = ?)"
    db.execute(f"DELETE FROM affected WHERE advisory IN {of_source}", (number,))  # noqa: S608 - words of our own
    db.execute(f"DELETE FROM known WHERE advisory IN {of_source}", (number,))  # noqa: S608 - words of our own
    for table in ("advisories", "enrichments", "held", "statements", "refused"):
        db.execute(f"DELETE FROM {table} WHERE source = ?", (number,))  # noqa: S608 - names of our own
    db.execute("DELETE FROM sources WHERE number = ?", (number,))


class _Writer:
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


def _finish(db: sqlite3.Connection, now: datetime) -> int:
    """Note what changed for which package, and how far each ecosystem is covered."""
    with writing(db):
        build = int(_noted(db, "build") or 0) + 1
        changed = _mark_changes(db, build)
        db.execute("DELETE FROM ecosystems WHERE number NOT IN (SELECT ecosystem FROM names)")
        _note(db, "build", str(build))
        _note(db, "built_at", now.isoformat())
    db.execute("ANALYZE")
    (pages,), (free,) = (db.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "freelist_count"))
    if free * 5 > pages:
        db.execute("VACUUM")
    return changed


def _mark_changes(db: sqlite3.Connection, build: int) -> int:
    decode = msgspec.msgpack.Decoder(Facts).decode
    exploited = _exploited(db)
    said = {}
    dates = {}
    for number, own, packed in db.execute("SELECT number, id, facts FROM advisories"):
        facts = decode(packed)
        known = b"".join(b"!" for each in facts.ids if each in exploited)
        said[number] = hashlib.blake2b(own.encode("utf-8", "replace") + packed + known, digest_size=8).digest()
        dates[number] = facts.modified
    before = {
        (ecosystem, name): digest for ecosystem, name, digest in db.execute("SELECT ecosystem, name, digest FROM names")
    }
    rows, covered, changed = [], _Coverage(), 0
    for (ecosystem, name), digest, numbers in _digests(db, said):
        covered.add(ecosystem, numbers, dates)
        if before.pop((ecosystem, name), None) != digest:
            rows.append((ecosystem, name, digest, build))
    gone = [(ecosystem, name, b"", build) for (ecosystem, name), digest in before.items() if digest]
    changed = len(rows) + len(gone)
    db.executemany("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", [*rows, *gone])
    db.execute("UPDATE ecosystems SET advisories = 0, newest = ''")
    db.executemany("UPDATE ecosystems SET advisories = ?, newest = ? WHERE number = ?", covered.rows())
    return changed


def _exploited(db: sqlite3.Connection) -> set[str]:
    decode = msgspec.msgpack.Decoder(Enrichment).decode
    return {cve for cve, packed in db.execute("SELECT cve, facts FROM enrichments") if decode(packed).is_exploited}


def _digests(db: sqlite3.Connection, said: dict[int, bytes]) -> Iterator[tuple[tuple[int, str], bytes, list[int]]]:
    """Each package with a digest of all that is said of it."""
    rows = db.execute("SELECT ecosystem, name, advisory, range FROM affected ORDER BY ecosystem, name, advisory")
    current: tuple[int, str] | None = None
    parts: list[bytes] = []
    numbers: list[int] = []
    for ecosystem, name, advisory, packed in rows:
        if (ecosystem, name) != current:
            if current is not None:
                yield current, _digest(parts), numbers
            current, parts, numbers = (ecosystem, name), [], []
        parts.append(said[advisory] + packed)
        numbers.append(advisory)
    if current is not None:
        yield current, _digest(parts), numbers


def _digest(parts: list[bytes]) -> bytes:
    # Numbers of advisories differ from build to build: the order of what they say must not.
    return hashlib.blake2b(b"\x00".join(sorted(parts)), digest_size=8).digest()


class _Coverage:
    """How many advisories each ecosystem has, and of when the newest is."""

    def __init__(self) -> None:
        self._advisories: dict[int, set[int]] = {}
        self._newest: dict[int, str] = {}

    def add(self, ecosystem: int, numbers: list[int], dates: dict[int, str]) -> None:
        self._advisories.setdefault(ecosystem, set()).update(numbers)
        newest = max(dates[number] for number in numbers)
        self._newest[ecosystem] = max(self._newest.get(ecosystem, ""), newest)

    def rows(self) -> list[tuple[int, str, int]]:
        return [(len(found), self._newest[ecosystem], ecosystem) for ecosystem, found in self._advisories.items()]


def _swap(making: Path, path: Path) -> None:
    """Put the finished file in the place of the one in use, so that either is there at any moment."""
    handle = os.open(making, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    making.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
