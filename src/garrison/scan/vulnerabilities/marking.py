"""What a build changed: for which package, and how far each ecosystem is covered."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

import msgspec

from garrison.scan.vulnerabilities.advisory import Enrichment, Facts


def mark_changes(db: sqlite3.Connection, build: int) -> int:
    """Mark each package of which something else is known than before with the build's number; gives their count."""
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
