"""The ledger of log files: which are in the lake, so that a file twice adds nothing.

A batch of files is written down before its commit and marked after it. The commit's snapshot names the batch, and that alone
decides: a batch that a crash left open is in the lake exactly if a snapshot names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, create_engine, event, insert, select
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from sqlalchemy import Engine

_AT_ONCE = 500
_metadata = MetaData()
_batches = Table(
    "garrison_batches",
    _metadata,
    Column("id", String(36), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("is_committed", Boolean, nullable=False),
)
_files = Table(
    "garrison_files",
    _metadata,
    Column("sha256", String(64), primary_key=True),
    Column("batch", String(36), nullable=False, index=True),
    Column("name", String(1024), nullable=False, index=True),
    Column("location", String(4096), nullable=False, index=True),
    Column("stamp", String(128), nullable=False),
    Column("records", Integer, nullable=False),
    Column("set_aside", Integer, nullable=False),
    Column("at", String(40), nullable=False),
)
_arrivals = Table(
    "garrison_arrivals",
    _metadata,
    Column("location", String(4096), primary_key=True),
    Column("stamp", String(128), primary_key=True),
    Column("at", String(40), nullable=False),
)


class LogFile(NamedTuple):
    """A log file as the ledger knows it."""

    sha256: str
    """Of its content, inflated: what CloudTrail's digests give."""
    name: str
    """The last part of its path."""
    location: str
    """Where it was: a path, or `s3://bucket/key`."""
    stamp: str
    """Its size and time of change there, or its size and ETag."""
    records: int
    set_aside: int


class Ledger:
    """The ledger, in a SQL database. Thread-safe."""

    def __init__(self, url: str, owner: str) -> None:
        """`owner` is the node that writes: it settles what it left open itself."""
        self._engine = _open(url)
        self._owner = owner
        _metadata.create_all(self._engine)

    def known(self, sha256s: Iterable[str]) -> set[str]:
        """Which of these contents are in the lake, or on their way into it."""
        return {row[0] for row in self._find(_files.c.sha256, list(sha256s), _files.c.sha256)}

    def unchanged(self, stamps: Sequence[tuple[str, str]]) -> set[str]:
        """Which of these locations hold, by their stamps, what is in the lake already."""
        wanted = dict(stamps)
        rows = self._find(_files.c.location, list(wanted), _files.c.location, _files.c.stamp)
        return {location for location, stamp in rows if wanted[location] == stamp}

    def committed(self, sha256s: Iterable[str]) -> set[str]:
        """Which of these contents are in the lake for sure."""
        wanted = list(sha256s)
        batches = dict(self._find(_files.c.sha256, wanted, _files.c.sha256, _files.c.batch))
        query = select(_batches.c.id).where(_batches.c.is_committed, _batches.c.id.in_(set(batches.values())))
        with self._engine.connect() as connection:
            done = {row[0] for row in connection.execute(query)}
        return {sha256 for sha256, batch in batches.items() if batch in done}

    def arrivals(self, stamps: Sequence[tuple[str, str]], at: datetime) -> dict[str, datetime]:
        """When who follows first saw what is at these locations: now, where it was not seen before."""
        wanted = dict(stamps)
        columns = (_arrivals.c.location, _arrivals.c.stamp, _arrivals.c.at)
        rows = self._find(_arrivals.c.location, list(wanted), *columns)
        seen = {location: datetime.fromisoformat(text) for location, stamp, text in rows if wanted[location] == stamp}
        new = [
            {"location": where, "stamp": wanted[where], "at": at.isoformat()} for where in wanted.keys() - seen.keys()
        ]
        if new:
            with self._engine.begin() as connection:
                connection.execute(insert(_arrivals), new)
        return seen | {one["location"]: at for one in new}

    def forget_arrivals(self, locations: Iterable[str]) -> None:
        """These are in the lake."""
        wanted = list(locations)
        with self._engine.begin() as connection:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                connection.execute(_arrivals.delete().where(_arrivals.c.location.in_(some)))

    def by_name(self, names: Iterable[str]) -> list[LogFile]:
        """The files of these names."""
        columns = [_files.c[field] for field in LogFile._fields]
        return [LogFile(*row) for row in self._find(_files.c.name, list(names), *columns)]

    def all(self) -> list[LogFile]:
        """Every file."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(*(_files.c[field] for field in LogFile._fields)))
            return [LogFile(*row) for row in rows]

    def has(self, batch: str) -> bool:
        """Whether a batch is written down; once the lake is settled, whether it is in it."""
        with self._engine.connect() as connection:
            return connection.execute(select(_batches.c.id).where(_batches.c.id == batch)).first() is not None

    def count(self) -> int:
        """How many files are in the lake."""
        from sqlalchemy import func

        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(_files)).scalar_one())

    def begin(self, batch: str, files: Sequence[LogFile], at: datetime) -> bool:
        """Write down a batch before its commit; False where another writer has one of its files meanwhile."""
        rows = [file._asdict() | {"batch": batch, "at": at.isoformat()} for file in files]
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_batches), [{"id": batch, "owner": self._owner, "is_committed": False}])
                if rows:
                    connection.execute(insert(_files), rows)
        except IntegrityError:
            return False
        return True

    def finish(self, batch: str) -> None:
        """Mark a batch as committed."""
        with self._engine.begin() as connection:
            connection.execute(_batches.update().where(_batches.c.id == batch).values(is_committed=True))

    def drop(self, batch: str) -> None:
        """Forget a batch that was not committed."""
        with self._engine.begin() as connection:
            connection.execute(_files.delete().where(_files.c.batch == batch))
            connection.execute(_batches.delete().where(_batches.c.id == batch))

    def open_batches(self) -> list[str]:
        """The batches of this node that are not marked. Under the lake's lock they are those of a writer that died."""
        query = select(_batches.c.id).where(_batches.c.owner == self._owner, _batches.c.is_committed.is_(False))
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(query)]

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def _find(self, column: Any, values: Sequence[str], *columns: Any) -> list[Any]:
        found: list[Any] = []
        with self._engine.connect() as connection:
            for start in range(0, len(values), _AT_ONCE):
                some = values[start : start + _AT_ONCE]
                found.extend(connection.execute(select(*columns).where(column.in_(some))).fetchall())
        return found


def _open(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA busy_timeout = 60000")
            connection.execute("PRAGMA synchronous = FULL")

    return engine
