"""The journal's events on their way into the lake: committed by time or size, and until then the tail of every query.

A commit's snapshot says how far the journal is in the table, so each event is in it exactly once whatever crashes. Positions
count within an era: where a journal was restored from a backup and its positions are given again, to other events, the table
is ahead of it, and a new era begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.journal import Entry, Journal
from garrison.journal.files import make_folder, replace_whole
from garrison.lake.columns import Columns
from garrison.lake.lake import JOURNAL_PROPERTY, Lake, format_position, now, position_in
from garrison.lake.records import NotARecord, Record, cut_decision, read_record
from garrison.lake.rows import Rows, rows_of
from garrison.lake.schema import JOURNAL_ORIGIN, arrow_schema
from garrison.logs import get_logger

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table

OFFSET_NAME = "lake"
"""Its offset among those of the journal's consumers: what it has not taken is not pruned."""
_log = get_logger(__name__)


class JournalFeed:
    """Puts one node's journal into the lake."""

    def __init__(self, lake: Lake, journal: Journal, node: str, offsets: Path, *, sync: bool = True) -> None:
        make_folder(offsets)
        self._lake, self._journal, self._node = lake, journal, node
        self._offset = offsets / f"{OFFSET_NAME}.offset"
        self._sync = sync
        self._seen = self._kept_offset()
        self._bytes = 0
        self._oldest: datetime | None = None
        if not self._offset.exists():
            self._keep_offset(0)

    def come_round(self, at: datetime, every: timedelta, most_bytes: int) -> bool:
        """Commit what waits if it waits that long or is that much; whether something was committed."""
        for batch in self._journal.batches(self._seen):
            self._oldest = self._oldest or batch[0].at
            self._bytes += sum(len(entry.payload) for entry in batch)
            self._seen = batch[-1].position
        if self._oldest is None or (at - self._oldest < every and self._bytes < most_bytes):
            return False
        self.commit()
        return True

    def commit(self) -> int:
        """Commit everything that waits; gives the position up to which the journal is in the table."""
        with self._lake.place.locked():
            table = self._lake.table()
            era, position = position_in(table, self._node)
            if position > (written := self._journal.written_position()):
                _log.warning("lake_ahead_of_journal", position=position, journal=written)
                era, position = era + 1, written
            reached = self._write(table, era, position)
        self._seen, self._bytes, self._oldest = reached, 0, None
        self._keep_offset(reached)
        return reached

    def _write(self, table: Table, era: int, position: int) -> int:
        writer = self._lake.writer(now())
        reached = position
        for entries in self._journal.batches(position):
            reached = entries[-1].position
            writer.add(rows_of_entries(entries))
        writer.flush()
        if writer.written:
            self._lake.append(writer.written, {JOURNAL_PROPERTY + self._node: format_position(era, reached)})
        elif (era, reached) != position_in(table, self._node):
            with table.transaction() as transaction:
                transaction.set_properties({JOURNAL_PROPERTY + self._node: format_position(era, reached)})
        return reached

    def _kept_offset(self) -> int:
        """Where the last commit was, or before it: only to count what waits."""
        try:
            return min(int(self._offset.read_text("ascii")), self._journal.written_position())
        except FileNotFoundError:
            return 0

    def _keep_offset(self, position: int) -> None:
        replace_whole(self._offset, b"%d\n" % position, sync=self._sync)


def rows_of_entries(entries: Iterable[Entry]) -> Rows:
    """Events of the journal as rows, without what is no CloudTrail record."""
    records: list[Record] = []
    texts: list[bytes] = []
    decisions: list[str | None] = []
    for entry in entries:
        text, decision = cut_decision(entry.payload)
        try:
            records.append(read_record(text))
        except NotARecord as reason:
            _log.warning("event_not_in_lake", event_id=entry.event_id, position=entry.position, reason=str(reason))
            continue
        texts.append(text)
        decisions.append(decision)
    return rows_of(records, texts, JOURNAL_ORIGIN, decisions)


def tail(journal: Journal, table: Table | None, node: str) -> pa.Table:
    """What of a journal is not in a table as it was loaded."""
    position = position_in(table, node)[1] if table is not None else 0
    position = min(position, journal.written_position())
    return rows_table(rows_of_entries(journal.read(position)))


def rows_table(rows: Rows) -> pa.Table:
    """Rows of any account as an Arrow table."""
    import pyarrow as pa

    accounts: dict[str, Columns] = defaultdict(Columns)
    for (_, account), part in rows.parts():
        accounts[account].add(part)
    at = now()
    tables = (columns.table(account, at) for account, columns in accounts.items())
    return pa.concat_tables([arrow_schema().empty_table(), *tables])
