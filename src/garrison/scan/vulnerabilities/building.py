"""Build the database beside the one in use, source by source, and swap it in whole.

A source is one transaction: what was killed goes on with the sources that are missing. A source whose bytes have not changed since
the database in use was built is taken over with it and not read again.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from garrison.errors import OperatorError
from garrison.scan.vulnerabilities import schema
from garrison.scan.vulnerabilities.advisory import Record
from garrison.scan.vulnerabilities.marking import mark_changes
from garrison.scan.vulnerabilities.recording import Imported, Writer
from garrison.sqlite_files import writing


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
    with alone(path):
        making = path.with_name(path.name + ".new")
        built = Built()
        with closing(_begun(path, making, fresh=fresh)) as db:
            for source in sources:
                tell(source.name)
                built.sources.append(_take(db, source, now))
            built.changed = _finish(db, now)
        swap(making, path)
        return built


@contextmanager
def alone(path: Path) -> Iterator[None]:
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
    if _base_of(making) != base:
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
    """The build that a file in the making began with; what a kill left half written there is undone by opening it."""
    if not making.exists():
        return None
    try:
        with closing(_connect(making)) as db:
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
    try:
        with writing(db):
            return _read_anew(db, source, now, held[0] if held else None)
    except _BrokenError as broken:
        return broken.imported


class _BrokenError(Exception):
    """A source that was read before cannot be now."""

    def __init__(self, imported: Imported) -> None:
        super().__init__(imported.name)
        self.imported = imported


def _read_anew(db: sqlite3.Connection, source: Source, now: datetime, held: int | None) -> Imported:
    if held is not None:
        _forget(db, held)
    number = _new_number(db)
    writer = Writer(db, number)
    for record in source.records():
        writer.take(record)
    done = writer.done(source.name)
    if held is not None and (done.is_broken or not done.advisories + done.others + done.withdrawn):
        done.is_broken = True
        raise _BrokenError(done)  # and its transaction is undone: what it said before still counts
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


def _finish(db: sqlite3.Connection, now: datetime) -> int:
    """Note what changed for which package, and how far each ecosystem is covered."""
    with writing(db):
        build = int(_noted(db, "build") or 0) + 1
        changed = mark_changes(db, build)
        db.execute("DELETE FROM ecosystems WHERE number NOT IN (SELECT ecosystem FROM names)")
        _note(db, "build", str(build))
        _note(db, "built_at", now.isoformat())
    db.execute("ANALYZE")
    (pages,), (free,) = (db.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "freelist_count"))
    if free * 5 > pages:
        db.execute("VACUUM")
    return changed


def swap(making: Path, path: Path) -> None:
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
