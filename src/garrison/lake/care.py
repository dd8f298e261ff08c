"""Look after the table: rewrite closed days into few files, let old days, old snapshots and files of nobody go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from garrison.lake.lake import Lake, keep_position
from garrison.lake.writing import Written, data_file, remove_parts, write_part
from garrison.logs import get_logger

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

REWRITTEN_BYTES = 8 * 1024 * 1024
"""Size up to which files of a day are put together: more than a hundred megabytes of records, which fit into memory."""
CLOSED_AFTER = timedelta(hours=1)
"""How long after its end a day counts as closed."""
SNAPSHOTS_KEPT = timedelta(hours=1)
"""How long an old snapshot stays, so that queries under way find their files."""
ORPHANS_KEPT = timedelta(days=1)
"""How long a file that nothing names stays: its writer may be at work still."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = get_logger(__name__)


def look_after(lake: Lake, at: datetime, keep: timedelta, machine_at: datetime) -> None:
    """Do all of it; `at` decides about events, `machine_at`, the machine's own time, about snapshots and files."""
    retire(lake, at - keep)
    rewrite_closed_days(lake, at)
    expire(lake, machine_at - SNAPSHOTS_KEPT)
    remove_orphans(lake, machine_at - ORPHANS_KEPT)


def rewrite_closed_days(lake: Lake, at: datetime) -> int:
    """Put the small files of each closed day and account together, each day in one transaction; gives their number."""
    today = (at - CLOSED_AFTER - _EPOCH).days
    rewritten = 0
    for (day, account), files in sorted(_parts(lake.table()).items()):
        if day < today:
            for some in _bins(files):
                rewritten += _rewrite(lake, day, account, some)
    return rewritten


def retire(lake: Lake, before: datetime) -> int:
    """Let the days go that ended before a time; gives the number of files."""
    last = (before - _EPOCH).days
    old = [file for (day, _), files in _parts(lake.table()).items() if day < last for file in files]
    if old:
        with lake.place.locked():
            _replace(lake, old, ())
        _log.info("lake_days_retired", files=len(old), before=before.date().isoformat())
    return len(old)


def expire(lake: Lake, before: datetime) -> int:
    """Let the snapshots made before a time go, but the current one; gives their number."""
    with lake.place.locked():
        lake.settle()  # what a snapshot says of a batch must be read before it goes
        table = lake.table()
        current = table.current_snapshot()
        old = [
            snapshot.snapshot_id
            for snapshot in table.metadata.snapshots
            if current is not None
            and snapshot.snapshot_id != current.snapshot_id
            and snapshot.timestamp_ms < before.timestamp() * 1000
        ]
        if old:
            from pyiceberg.table.update.snapshot import ExpireSnapshots

            with table.transaction() as transaction:
                keep_position(transaction, table)
                ExpireSnapshots(transaction).by_ids(old).commit()
    return len(old)


def remove_orphans(lake: Lake, before: datetime) -> int:
    """Remove files in the table's place that no snapshot names and that were last written before a time; gives their number."""
    from pyarrow.fs import FileSelector
    from pyiceberg.io.pyarrow import PyArrowFileIO

    with lake.place.locked():
        table = lake.table()
        named = {_path(location) for location in _named(table)}
        files = table.io
        assert isinstance(files, PyArrowFileIO)
        scheme, netloc, root = PyArrowFileIO.parse_location(table.location())
        system = files.fs_by_scheme(scheme, netloc)
        found = system.get_file_info(FileSelector(root, recursive=True))
        removed = 0
        for info in found:
            if info.is_file and info.path not in named and info.mtime is not None and info.mtime < before:
                system.delete_file(info.path)
                removed += 1
    if removed:
        _log.info("lake_orphans_removed", files=removed)
    return removed


def _parts(table: Table) -> dict[tuple[int, str], list[DataFile]]:
    """The files of each day and account."""
    found: dict[tuple[int, str], list[DataFile]] = defaultdict(list)
    if table.current_snapshot() is not None:
        for task in table.scan().plan_files():
            day, account = task.file.partition[0], task.file.partition[1]
            found[day, account].append(task.file)
    return found


def _bins(files: Sequence[DataFile]) -> Iterator[list[DataFile]]:
    """Small files in groups of at least two that together are about as large as a file should be."""
    current: list[DataFile] = []
    size = 0
    for file in sorted(files, key=lambda file: file.file_size_in_bytes):
        if size + file.file_size_in_bytes > REWRITTEN_BYTES:
            break
        current.append(file)
        size += file.file_size_in_bytes
        if size > REWRITTEN_BYTES // 2:
            if len(current) > 1:
                yield current
            current, size = [], 0
    if len(current) > 1:
        yield current


def _rewrite(lake: Lake, day: int, account: str, files: list[DataFile]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = lake.table()
    parts = []
    for file in files:
        with table.io.new_input(file.file_path).open() as stream:
            parts.append(pq.read_table(stream).cast(lake.shape.arrow()))
    rows = pa.concat_tables(parts).sort_by(list(lake.shape.sorted_by))
    del parts
    written = write_part(table.io, table.location(), day, account, rows, lake.shape)
    if written.rows != sum(file.record_count for file in files):
        remove_parts(table.io, [written])
        raise ValueError(f"the files of {account} on day {day} hold other rows than their commits say")
    with lake.place.locked():
        if not _replace(lake, files, [written]):
            remove_parts(table.io, [written])
            return 0
    return len(files)


def _replace(lake: Lake, old: Sequence[DataFile], new: Sequence[Written]) -> bool:
    """Put new files in the place of old ones, in one commit; False where an old one is gone meanwhile. Under the lock."""
    table = lake.table()
    there = {task.file.file_path for task in table.scan().plan_files()}
    if not all(file.file_path in there for file in old):
        return False
    with table.transaction() as transaction, transaction.update_snapshot().overwrite() as update:
        for file in old:
            update.delete_data_file(file)
        for part in new:
            update.append_data_file(data_file(table.io, table.metadata, part))
    return True


def _named(table: Table) -> Iterator[str]:
    """Every file that the table's metadata names."""
    yield table.metadata_location
    yield from (entry.metadata_file for entry in table.metadata.metadata_log)
    seen: set[str] = set()
    for snapshot in table.metadata.snapshots:
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in seen:
                continue
            seen.add(manifest.manifest_path)
            yield manifest.manifest_path
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True):
                yield entry.data_file.file_path


def _path(location: str) -> str:
    from pyiceberg.io.pyarrow import PyArrowFileIO

    return str(PyArrowFileIO.parse_location(location)[2])
