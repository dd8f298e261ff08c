"""Carry a lake in a backup: its files, which log files it knows and how far journals are in it, without a path of any machine.

Iceberg's own metadata names files by where they lie, so that a copy of it is worth nothing elsewhere. A backup holds the rows' files
and what the table says of them; a table is made of these when the backup is restored, in one commit.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from garrison import codec
from garrison.errors import OperatorError
from garrison.lake.lake import BATCH_PROPERTY, Lake, now, positions_in
from garrison.lake.ledger import LogFile
from garrison.lake.place import LakePlace, local_path
from garrison.lake.writing import Written, part_location

FOLDER = "kept"
"""Where a restored backup's files lie in the lake's folder, until they are in its table."""
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
    """What a lake holds."""

    batch: str
    """Names the commit that will hold all of it."""
    files: list[KeptFile]
    log_files: list[LogFile]
    positions: dict[str, str]
    """How far journals are in the table, as its snapshots' properties say it."""


class Held(NamedTuple):
    """A lake as it was at one moment, with its files open, so that nothing takes them away."""

    contents: bytes
    files: Mapping[str, IO[bytes]]


@contextmanager
def held(place: LakePlace) -> Iterator[Held | None]:
    """A lake that lies in its folder, for as long as it takes to copy it; None for one that lies elsewhere, or that there is not."""
    if place.catalog or place.warehouse or not place.exists:
        yield None
        return
    with ExitStack() as opened:
        with place.locked():
            kept, paths = _contents(Lake(place))
            files = {name: opened.enter_context(path.open("rb")) for name, path in paths.items()}
        yield Held(codec.encode(kept), files)


def take_back(place: LakePlace) -> None:
    """Make a table of what a restored backup brought; the same again after a crash. Raises `OperatorError`."""
    folder = place.folder / FOLDER
    if not folder.exists():
        return
    lake = Lake(place)
    with place.locked():
        try:
            kept = msgspec.json.decode((folder / CONTENTS).read_bytes(), type=KeptLake)
        except FileNotFoundError:  # another process was quicker, or stopped as it tidied up
            shutil.rmtree(folder, ignore_errors=True)
            return
        except msgspec.DecodeError as error:
            raise OperatorError(f"{folder / CONTENTS} cannot be read: {error}.", "Restore the backup again.") from None
        lake.settle()
        if kept.files and not lake.ledger.has(kept.batch):
            lake.ledger.begin(kept.batch, kept.log_files, now())
            place.note_accounts({file.account for file in kept.files})
            lake.append(_moved(lake, folder, kept.files), {BATCH_PROPERTY: kept.batch} | kept.positions)
            lake.ledger.finish(kept.batch)
        shutil.rmtree(folder)


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
    return KeptLake(str(uuid.uuid4()), files, lake.ledger.all(), positions_in(table)), paths


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
