"""The journal's events on their way into the lake: committed by time or size, and until then the tail of every query.

A commit's snapshot says how far the journal is in the table, so each event is in it exactly once whatever crashes. Positions
count within an era: where a journal was restored from a backup and its positions are given again, to other events, the table
is ahead of it, and a new era begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.journal import Entry, Journal
from garrison.journal.files import make_folder, replace_whole
from garrison.lake.lake import JOURNAL_PROPERTY, Lake, format_position, now, position_in
from garrison.lake.records import NotARecord, cut_decision, read_record
from garrison.lake.schema import JOURNAL_ORIGIN, Row, arrow_schema, rows_to_table
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
        for entry in self._journal.read(position):
            reached = entry.position
            if (row := row_of(entry)) is not None:
                writer.add(row, len(row.text))
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


def row_of(entry: Entry) -> Row | None:
    """An event of the journal as a row; None for what is no CloudTrail record."""
    text, decision = cut_decision(entry.payload)
    try:
        return Row(read_record(text), text, JOURNAL_ORIGIN, decision)
    except NotARecord as reason:
        _log.warning("event_not_in_lake", event_id=entry.event_id, position=entry.position, reason=str(reason))
        return None


def tail(journal: Journal, table: Table | None, node: str) -> pa.Table:
    """What of a journal is not in a table as it was loaded."""
    position = position_in(table, node)[1] if table is not None else 0
    position = min(position, journal.written_position())
    return rows_table(row for row in map(row_of, journal.read(position)) if row is not None)


def rows_table(rows: Iterator[Row] | Sequence[Row]) -> pa.Table:
    """Rows of any account as an Arrow table."""
    import pyarrow as pa

    accounts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        accounts[row.record.account].append(row)
    at = now()
    return pa.concat_tables(
        [arrow_schema().empty_table(), *(rows_to_table(of, name, at) for name, of in accounts.items())]
    )
