"""Carry a table of a lake in a backup: its files, the log files it knows, how far journals are in it; without a path of any machine.

Iceberg's own metadata names files by where they lie, so that a copy of it is worth nothing elsewhere. A backup holds the rows' files
and what the table says of them; a table is made of these when the backup is restored, in one commit.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from garrison import codec
from garrison.errors import OperatorError
from garrison.lake.lake import BATCH_PROPERTY, Lake, now, positions_in, snapshot_property
from garrison.lake.ledger import LogFile
from garrison.lake.place import LakePlace, local_path
from garrison.lake.shapes import EVENTS, SHAPES, Shape
from garrison.lake.writing import Written, part_location

CONTENTS = "contents.json"


class KeptFile(msgspec.Struct, frozen=True):
    """A file of rows."""

    name: str
    day: int
    """Days since 1970-01-01."""
    account: str
    size_bytes: int
    rows: int


class KeptLake(msgspec.Struct, frozen=True):
    """What a table holds."""

    batch: str
    """Names the commit that will hold all of it."""
    files: list[KeptFile]
    log_files: list[LogFile]
    positions: dict[str, str]
    """How far journals are in the table, as its snapshots' properties say it."""


class Held(NamedTuple):
    """A table as it was at one moment, with its files open, so that nothing takes them away."""

    contents: bytes
    files: Mapping[str, IO[bytes]]


@contextmanager
def held(
    place: LakePlace, shape: Shape = EVENTS, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[Held | None]:
    """A table of a lake that lies in its folder, for as long as it takes to copy it; None for one that lies elsewhere, or that there is not.

    `meanwhile` is done in each case, while nothing is committed: it copies what the table is fed from, as it was at the same moment.
    """
    with ExitStack() as opened:
        found: Held | None = None
        with place.locked():
            meanwhile()
            lake = Lake(place, shape)
            if not (place.catalog or place.warehouse) and lake.is_made:
                kept, paths = _contents(lake)
                files = {name: opened.enter_context(path.open("rb")) for name, path in paths.items()}
                found = Held(codec.encode(kept), files)
        yield found


def take_back(place: LakePlace) -> None:
    """Make tables of what a restored backup brought; the same again after a crash. Raises `OperatorError`."""
    for shape in SHAPES.values():
        if (place.folder / shape.kept_in).exists():
            _take_back(Lake(place, shape))


def _take_back(lake: Lake) -> None:
    place, folder = lake.place, lake.place.folder / lake.shape.kept_in
    with place.locked():
        try:
            kept = msgspec.json.decode((folder / CONTENTS).read_bytes(), type=KeptLake)
        except FileNotFoundError:  # another process was quicker, or stopped as it tidied up
            shutil.rmtree(folder, ignore_errors=True)
            return
        except msgspec.DecodeError as error:
            raise OperatorError(f"{folder / CONTENTS} cannot be read: {error}.", "Restore the backup again.") from None
        lake.settle()
        if (kept.files or kept.positions) and not _has(lake, kept.batch):
            _commit(lake, kept, folder)
        shutil.rmtree(folder)


def _has(lake: Lake, batch: str) -> bool:
    """Whether all of it is in the table. Without a ledger its last snapshots say so: none goes before it is tidied up here."""
    if lake.shape.has_ledger:
        return lake.ledger.has(batch)
    return batch in {snapshot_property(snapshot, BATCH_PROPERTY) for snapshot in lake.table().metadata.snapshots}


def _commit(lake: Lake, kept: KeptLake, folder: Path) -> None:
    if lake.shape.has_ledger:
        lake.ledger.begin(kept.batch, kept.log_files, now())
        lake.place.note_accounts({file.account for file in kept.files})
    lake.append(_moved(lake, folder, kept.files), {BATCH_PROPERTY: kept.batch} | kept.positions)
    if lake.shape.has_ledger:
        lake.ledger.finish(kept.batch)


def _contents(lake: Lake) -> tuple[KeptLake, dict[str, Path]]:
    """What there is, and where each file lies. Under the lock only."""
    lake.settle()
    table = lake.table()
    files: list[KeptFile] = []
    paths: dict[str, Path] = {}
    for task in table.scan().plan_files() if table.current_snapshot() is not None else ():
        path = local_path(task.file.file_path)
        assert path is not None
        day, account = task.file.partition[0], task.file.partition[1]
        files.append(KeptFile(path.name, day, account, task.file.file_size_in_bytes, task.file.record_count))
        paths[path.name] = path
    log_files = lake.ledger.all() if lake.shape.has_ledger else []
    return KeptLake(str(uuid.uuid4()), files, log_files, positions_in(table)), paths


def _moved(lake: Lake, folder: Path, files: list[KeptFile]) -> list[Written]:
    """The files where the table's files lie."""
    root = lake.table().location()
    moved = []
    for file in files:
        location = part_location(root, file.day, file.account, file.name)
        path = local_path(location)
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        if (folder / file.name).exists():  # else it was moved before a crash
            os.replace(folder / file.name, path)
        moved.append(Written(location, file.day, file.account, file.size_bytes, file.rows))
    return moved
