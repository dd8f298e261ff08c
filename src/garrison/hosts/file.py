"""The file of hosts' last reports: its table, and how it is written and read."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from garrison.scan import sending
from garrison.scan.report import VERSION, Report
from garrison.sqlite_files import Schema
from garrison.store.bulk import BulkFile

FILE = "hosts/reports.db"
"""Its place in the home."""
_SCHEMA = Schema(
    "file of hosts' reports",
    1,
    """
CREATE TABLE report (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL, region TEXT NOT NULL, host TEXT NOT NULL, instance TEXT NOT NULL,
    sequence INTEGER NOT NULL, digest TEXT NOT NULL, taken_at TEXT NOT NULL, received_at INTEGER NOT NULL,
    reporter TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE (account, region, host)
);
CREATE INDEX report_of_instance ON report (account, region, instance)
""",
)
_COLUMNS = "number, account, region, host, instance, sequence, digest, taken_at, received_at, reporter"
_ONE = "account = ? AND region = ? AND host = ?"
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_decoder = msgspec.json.Decoder(Report)


class Outdated(Exception):
    """A report comes after one that was made later; `sequence` is the last that was taken."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"The last sequence number taken is {sequence}.")
        self.sequence = sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """That a host has reported, without the report."""

    number: int
    """Grows at each change of the file: a consumer goes on after the last that it has seen."""
    account: str
    region: str
    host: str
    """The name of its enrolment, or the one that its scanner gave."""
    instance: str
    """`i-…`, the enrolment's."""
    sequence: int
    """Grows with each report of the host."""
    digest: str
    """SHA-256 of the report as it was sent, lower-case hex."""
    taken_at: str
    """RFC 3339, the host's clock."""
    received_at: datetime
    reporter: str
    """The ARN of who reported: the host's session, or who scanned it without an agent."""


class Hosts(BulkFile):
    """The last report of each host, as one process uses them."""

    def __init__(self, path: Path, *, sync: bool = True) -> None:
        super().__init__(path, _SCHEMA, sync=sync)

    def put(
        self,
        account: str,
        region: str,
        host: str,
        report: bytes | Report,
        *,
        instance: str = "",
        sequence: int | None = None,
        reporter: str = "",
        at: datetime | None = None,
    ) -> Reported:
        """Keep a host's report in the place of the one before; raises `Undeliverable` for none, `Outdated` for an old one.

        Without a sequence number it follows the last one. `instance` wins over what the report itself says.
        """
        content = report if isinstance(report, bytes) else sending.encoded(report)
        decoded = decode(content)
        with self.writing() as db:
            row = db.execute(f"SELECT sequence, instance FROM report WHERE {_ONE}", (account, region, host)).fetchone()  # noqa: S608
            last = row[0] if row else 0
            if sequence is not None and sequence <= last:
                raise Outdated(last)
            db.execute(f"DELETE FROM report WHERE {_ONE}", (account, region, host))  # noqa: S608 - constants
            values: dict[str, Any] = {
                "account": account,
                "region": region,
                "host": host,
                "instance": instance or decoded.inventory.instance or (row[1] if row else ""),
                "sequence": sequence if sequence is not None else last + 1,
                "digest": sending.digest(content),
                "taken_at": decoded.taken_at,
                "received_at": at or datetime.now(UTC),
                "reporter": reporter,
            }
            number = db.execute(
                f"INSERT INTO report ({_COLUMNS}, body) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (*_row(values), zlib.compress(content, 6)),
            ).lastrowid
        assert number is not None
        return Reported(number=number, **values)

    def last(self, account: str, region: str, host: str) -> Report | None:
        """A host's last report, with the instance id that it was kept under."""
        body, instance = self._body(account, region, host)
        if body is None:
            return None
        report = decode(body)
        return replace(report, inventory=replace(report.inventory, instance=instance))

    def content(self, account: str, region: str, host: str) -> bytes | None:
        """A host's last report as it was sent: what the next delta is made from."""
        return self._body(account, region, host)[0]

    def about(self, account: str, region: str, host: str) -> Reported | None:
        """When and from whom a host's last report came."""
        return next(self._read(f"{_ONE}", (account, region, host)), None)

    def of_instance(self, account: str, region: str, instance: str) -> list[Reported]:
        """The hosts that report as an instance, the latest report first."""
        where = "account = ? AND region = ? AND instance = ? ORDER BY number DESC"
        return list(self._read(where, (account, region, instance)))

    def listed(self, account: str, region: str, after: str | None = None, limit: int = 100) -> list[Reported]:
        """The hosts of a place by name, at most `limit` of those after a name."""
        where = "account = ? AND region = ? AND host > ? ORDER BY host LIMIT ?"
        return list(self._read(where, (account, region, after or "", limit)))

    def changed_since(self, mark: int = 0, limit: int = 100) -> list[Reported]:
        """What was reported after a number, of all accounts and regions, in the order of the numbers. Each host is there once."""
        return list(self._read("number > ? ORDER BY number LIMIT ?", (mark, limit)))

    @property
    def last_number(self) -> int:
        """The number of the last report that came; 0 where none did."""
        if not self.exists:
            return 0
        with self.reading() as db:
            (number,) = db.execute("SELECT coalesce(max(number), 0) FROM report").fetchone()
        return int(number)

    def places(self) -> list[tuple[str, str]]:
        """The accounts and regions that have hosts."""
        if not self.exists:
            return []
        with self.reading() as db:
            return db.execute("SELECT DISTINCT account, region FROM report ORDER BY account, region").fetchall()

    def forget(self, account: str, region: str, host: str) -> None:
        """Drop what a host has reported; its next report has any sequence number."""
        with self.writing() as db:
            db.execute(f"DELETE FROM report WHERE {_ONE}", (account, region, host))  # noqa: S608 - constants

    def _body(self, account: str, region: str, host: str) -> tuple[bytes | None, str]:
        if not self.exists:
            return None, ""
        with self.reading() as db:
            row = db.execute(f"SELECT body, instance FROM report WHERE {_ONE}", (account, region, host)).fetchone()  # noqa: S608
        return (zlib.decompress(row[0]), row[1]) if row else (None, "")

    def _read(self, where: str, values: tuple[Any, ...]) -> Iterator[Reported]:
        if not self.exists:
            return
        with self.reading() as db:
            rows = db.execute(f"SELECT {_COLUMNS} FROM report WHERE {where}", values).fetchall()  # noqa: S608
        names = _COLUMNS.split(", ")
        for row in rows:
            held = dict(zip(names, row, strict=True))
            yield Reported(**held | {"received_at": _EPOCH + held["received_at"] * _MICROSECOND})


@lru_cache(maxsize=8)
def open_hosts(home: Path, *, sync: bool) -> Hosts:
    """The reports of a home; the same object for each home in a process."""
    return Hosts(home / FILE, sync=sync)


def decode(content: bytes) -> Report:
    """A report of its JSON; raises `sending.Undeliverable`."""
    try:
        report = _decoder.decode(content)
        datetime.fromisoformat(report.taken_at.replace("Z", "+00:00"))
    except (msgspec.DecodeError, ValueError, RecursionError) as problem:
        raise sending.Undeliverable(f"The report cannot be read: {problem}"[:300]) from None
    if report.version != VERSION:
        raise sending.Undeliverable(f"The report has version {report.version}; this server knows {VERSION}.")
    return report


def _row(values: dict[str, Any]) -> tuple[Any, ...]:
    return (*(values | {"received_at": (values["received_at"] - _EPOCH) // _MICROSECOND}).values(),)
