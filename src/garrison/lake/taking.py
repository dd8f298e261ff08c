"""Take a few log files in: read, check and write their records as files that a commit can name. Runs in worker processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Raw

from garrison.lake.failures import Refused
from garrison.lake.ledger import Ledger, LogFile
from garrison.lake.live import LiveEvents, is_fresh
from garrison.lake.logfiles import Bad, fingerprint, inflate, is_digest, texts_of
from garrison.lake.place import LakePlace
from garrison.lake.records import LARGEST_RECORD_BYTES, NotARecord, Record, read_record
from garrison.lake.rows import Rows, read_rows, rows_of
from garrison.lake.sources import Found, Source
from garrison.lake.writing import PartWriter, Written

if TYPE_CHECKING:
    from pyiceberg.io import FileIO

ORIGIN_DIGITS = 16
_SHOWN_BYTES = 256 * 1024


class Work(NamedTuple):
    """What a worker is asked to do."""

    source: Source
    files: tuple[Found, ...]
    place: LakePlace
    location: str
    """The table's."""
    at: datetime
    digests: Mapping[str, str]
    """The SHA-256 that a digest gives for a log file, by the file's name."""
    skip: frozenset[str] = frozenset()
    """Contents, by SHA-256, that are taken in elsewhere at this moment."""
    arrivals: Mapping[str, datetime] = MappingProxyType({})
    """When the files came that are followed live, by location; empty where nothing is."""


class SetAside(NamedTuple):
    """A text that is no record."""

    location: str
    number: int
    """Its place in the file, from 1."""
    reason: str
    text: str


class Taken(NamedTuple):
    """What came of it."""

    work: Work
    written: tuple[Written, ...]
    files: tuple[LogFile, ...]
    set_aside: tuple[SetAside, ...]
    refused: tuple[tuple[Found, str], ...]
    present: int
    """Files that the lake has already."""
    verified: int
    """Files whose content is what a digest says."""
    bytes_read: int
    live: tuple[LiveEvents, ...]
    """The fresh events of files that are followed live."""


class _Taker:
    def __init__(self, work: Work, files: FileIO, ledger: Ledger) -> None:
        self.work = work
        self.writer = PartWriter(files, work.location, work.at)
        self.files: list[LogFile] = []
        self.set_aside: list[SetAside] = []
        self.refused: list[tuple[Found, str]] = []
        self.live: list[LiveEvents] = []
        self.present = self.verified = self.bytes_read = 0
        self._ledger = ledger
        self._seen = set(work.skip)

    def take(self, found: Found) -> None:
        """Take one file in, whole or not at all."""
        content = inflate(self.work.source.read(found.location))
        self.bytes_read += len(content)
        sha256 = fingerprint(content)
        if sha256 in self._seen or self._ledger.known([sha256]):
            self.present += 1
            return
        if (expected := self.work.digests.get(found.name)) is not None:
            if expected != sha256:
                raise Refused("changed since it was delivered: its digest gives another hash")
            self.verified += 1
        try:
            texts = texts_of(content)
        except Refused:
            if is_digest(content):
                return
            raise
        rows, bad = _rows(list(texts), found.location, sha256, is_utf8=_is_utf8(content))
        if bad and not rows.records:
            raise Refused(f"foreign JSON: none of its {len(bad)} texts is a CloudTrail record ({bad[0].reason})")
        self._seen.add(sha256)
        self.writer.add(rows)
        if (arrived := self.work.arrivals.get(found.location)) is not None:
            pairs = zip(rows.records, rows.texts, strict=True)
            fresh = tuple(bytes(text) for record, text in pairs if is_fresh(record.event_time, arrived))
            self.live += [LiveEvents(sha256, fresh)] if fresh else []
        self.set_aside += bad
        self.files.append(LogFile(sha256, found.name, found.location, found.stamp, len(rows.records), len(bad)))


def take(work: Work) -> Taken:
    """Do the work."""
    from pyiceberg.io import load_file_io

    ledger = _ledger(work.place)
    taker = _Taker(work, load_file_io(work.place.properties(), work.location), ledger)
    for found in work.files:
        try:
            taker.take(found)
        except Refused as reason:
            taker.refused.append((found, str(reason)))
    taker.writer.flush()
    return Taken(
        work,
        tuple(taker.writer.written),
        tuple(taker.files),
        tuple(taker.set_aside),
        tuple(taker.refused),
        taker.present,
        taker.verified,
        taker.bytes_read,
        tuple(taker.live),
    )


def _rows(texts: Sequence[Raw | Bad], location: str, sha256: str, *, is_utf8: bool) -> tuple[Rows, Sequence[SetAside]]:
    """The records among the texts of a file, and the texts that are none."""
    origin = sha256[:ORIGIN_DIGITS]
    plain = [text for text in texts if not isinstance(text, Bad)]
    if is_utf8 and len(plain) == len(texts) and (rows := read_rows(plain, origin)) is not None:
        return rows, ()
    records: list[Record] = []
    kept: list[bytes] = []
    bad: list[SetAside] = []
    for number, text in enumerate(texts, 1):
        if isinstance(text, Bad):
            bad.append(_set_aside(location, number, text.reason, text.text))
            continue
        record_text = bytes(text)
        try:
            if len(record_text) > LARGEST_RECORD_BYTES:
                raise NotARecord(f"larger than {LARGEST_RECORD_BYTES // 1024**2} MiB")
            if not is_utf8 and not _is_utf8(record_text):
                raise NotARecord("not UTF-8")
            records.append(read_record(record_text))
            kept.append(record_text)
        except NotARecord as reason:
            bad.append(_set_aside(location, number, str(reason), record_text))
    return rows_of(records, kept, origin), bad


def _is_utf8(text: bytes) -> bool:
    """Whether it is UTF-8: of strings that no column comes from, decoding does not say so."""
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _set_aside(location: str, number: int, reason: str, text: bytes) -> SetAside:
    return SetAside(location, number, reason, text[:_SHOWN_BYTES].decode(errors="replace"))


_ledgers: dict[LakePlace, Ledger] = {}


def _ledger(place: LakePlace) -> Ledger:
    if place not in _ledgers:
        _ledgers[place] = Ledger(place.ledger_url, place.owner)
    return _ledgers[place]


def group(files: Sequence[Found], most_bytes: int) -> list[tuple[Found, ...]]:
    """Files in groups of about this many bytes of records."""
    groups: list[tuple[Found, ...]] = []
    current: list[Found] = []
    total = 0
    for found in files:
        size = found.size_bytes * (_INFLATION if found.name.lower().endswith(".gz") else 1)
        if current and total + size > most_bytes:
            groups.append(tuple(current))
            current, total = [], 0
        current.append(found)
        total += size
    return [*groups, tuple(current)] if current else groups


_INFLATION = 15
"""How much larger CloudTrail's files are when they are inflated, roughly."""
