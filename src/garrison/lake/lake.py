"""The lake: opens its table, commits to it, and settles what a crash left open."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from garrison.journal.files import make_folder
from garrison.lake.failures import LakeUnavailable
from garrison.lake.ledger import Ledger, LogFile
from garrison.lake.place import CATALOG_NAME, LakePlace
from garrison.lake.shapes import EVENTS, Shape, iceberg_schema, partitions
from garrison.lake.writing import PartWriter, Written, data_file

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog
    from pyiceberg.table import Table, Transaction

BATCH_PROPERTY = "garrison.batch"
"""Names the batch of log files in the summary of the snapshot that holds them."""
JOURNAL_PROPERTY = "garrison.journal."
"""Followed by a node: how far its journal is in the lake, in the summary of the snapshot that took it there."""

_TABLE_PROPERTIES = {
    "format-version": "2",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "32",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "write.metadata.metrics.column.record": "none",
    "write.metadata.metrics.column.decision": "none",
}


class Lake:
    """One of the lake's tables. Not thread-safe; the place's lock keeps writers of one machine apart."""

    def __init__(self, place: LakePlace, shape: Shape = EVENTS) -> None:
        self.place = place
        self.shape = shape

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of log files."""
        make_folder(self.place.folder)
        return Ledger(self.place.ledger_url, self.place.owner)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog of tables."""
        from pyiceberg.catalog import load_catalog

        make_folder(self.place.folder)
        return load_catalog(CATALOG_NAME, **self.place.properties())

    def table(self) -> Table:
        """The table as it is now, made where there is none; raises `LakeUnavailable`."""
        from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError

        with _reachable(self.place):
            try:
                return self.catalog.load_table(self.shape.table)
            except NoSuchTableError:
                self.catalog.create_namespace_if_not_exists(self.shape.table.partition(".")[0])
            try:
                return self.catalog.create_table(
                    self.shape.table,
                    iceberg_schema(self.shape),
                    partition_spec=partitions(self.shape),
                    properties=_TABLE_PROPERTIES,
                )
            except TableAlreadyExistsError:  # another process was quicker
                return self.catalog.load_table(self.shape.table)

    @property
    def is_made(self) -> bool:
        """Whether there is such a table yet; raises `LakeUnavailable`."""
        with _reachable(self.place):
            return self.place.exists and self.catalog.table_exists(self.shape.table)

    def writer(self, at: datetime, **options: Any) -> PartWriter:
        """What writes rows as files that a commit can then name."""
        table = self.table()
        return PartWriter(table.io, table.location(), at, **options)

    def commit_batch(self, written: Sequence[Written], files: Sequence[LogFile], at: datetime) -> bool:
        """Put the rows of log files into the table, all or none; False where one of the files is in it meanwhile."""
        with self.place.locked():
            self.settle()
            batch = str(uuid.uuid4())
            if not self.ledger.begin(batch, files, at):
                return False
            self.place.note_accounts({part.account for part in written})
            self.append(written, {BATCH_PROPERTY: batch})
            self.ledger.finish(batch)
        return True

    def append(self, written: Sequence[Written], properties: Mapping[str, str]) -> None:
        """Commit written files; the snapshot's summary gets the properties. Under the lock only."""
        with _reachable(self.place):
            table = self.table()
            with (
                table.transaction() as transaction,
                transaction.update_snapshot(dict(properties)).merge_append() as update,
            ):
                for part in written:
                    update.append_data_file(data_file(table.io, table.metadata, part))

    def settle_left_open(self) -> None:
        """Decide about what a writer that died left open, so that the ledger tells what is in the table. Not under the lock."""
        if self.ledger.open_batches():
            with self.place.locked():
                self.settle()

    def settle(self) -> None:
        """Decide about batches of a writer that died: in the table or not is what its snapshots say. Under the lock only."""
        if not self.shape.has_ledger or not (opened := self.ledger.open_batches()):
            return
        committed = {snapshot_property(snapshot, BATCH_PROPERTY) for snapshot in self.table().metadata.snapshots}
        for batch in opened:
            if batch in committed:
                self.ledger.finish(batch)
            else:
                self.ledger.drop(batch)

    def journal_position(self, node: str) -> tuple[int, int]:
        """How far a node's journal is in the table: the journal's era, and the position in it. See `journaling`."""
        return position_in(self.table(), node)


def position_in(table: Table, node: str) -> tuple[int, int]:
    """How far a node's journal is in a table."""
    name = JOURNAL_PROPERTY + node
    found = [table.metadata.properties.get(name), *(snapshot_property(one, name) for one in table.metadata.snapshots)]
    return max((_parse_position(text) for text in found if text), default=(0, 0))


def keep_position(transaction: Transaction, table: Table) -> None:
    """Before snapshots go: keep in the table's properties what their summaries say of journals."""
    if positions := positions_in(table):
        transaction.set_properties(positions)


def positions_in(table: Table) -> dict[str, str]:
    """How far every node's journal is in a table, as properties hold it."""
    summaries = [one.summary.additional_properties for one in table.metadata.snapshots if one.summary]
    names = {
        name
        for properties in (table.metadata.properties, *summaries)
        for name in properties
        if name.startswith(JOURNAL_PROPERTY)
    }
    return {name: format_position(*position_in(table, name.removeprefix(JOURNAL_PROPERTY))) for name in names}


def snapshot_property(snapshot: Any, name: str) -> str | None:
    """A property in a snapshot's summary."""
    return snapshot.summary.additional_properties.get(name) if snapshot.summary else None


def format_position(era: int, position: int) -> str:
    """A journal's position as a property holds it."""
    return f"{era}:{position}"


def _parse_position(text: str) -> tuple[int, int]:
    era, _, position = text.partition(":")
    return int(era), int(position)


class _reachable:
    """Turns what catalog and storage raise into `LakeUnavailable`."""

    def __init__(self, place: LakePlace) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from pyiceberg.exceptions import RESTError, ServerError, ValidationError
        from sqlalchemy.exc import SQLAlchemyError

        if isinstance(error, (OSError, SQLAlchemyError, RESTError, ServerError, ValidationError)):
            raise LakeUnavailable(f"The lake in {self._place.warehouse_location} cannot be used: {error}") from error


def now() -> datetime:
    """The machine's time, for what is not an event: when something was written."""
    return datetime.now(UTC)


def total_bytes(written: Iterable[Written]) -> int:
    """What written files take."""
    return sum(part.size_bytes for part in written)
