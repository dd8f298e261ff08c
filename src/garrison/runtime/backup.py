"""Back up a home while its server runs: store, lanes and journal as they were at one moment, in one file.

Why the parts fit together is in docs/decisions/004-backup-holds-the-journal-still.md.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

from garrison import __version__, services
from garrison.errors import OperatorError
from garrison.journal import Journal, held
from garrison.journal.lanes import whole_bytes
from garrison.journal.segments import list_segments
from garrison.runtime import archive
from garrison.runtime.archive import ArchiveWriter, Manifest
from garrison.runtime.home import LAYOUT_VERSION, Home
from garrison.runtime.maintenance import maintaining
from garrison.runtime.parts import Opened, open_parts
from garrison.services.registry import HoldBytes
from garrison.settings import Settings

if TYPE_CHECKING:
    from garrison.lake.kept import Held

_PLAIN = ("VERSION", "garrison.toml", "node", "clock", "tls/certificate.pem")
_SECRET = ("root.key", "credentials", "root-credentials", "tls/key.pem")
"""Files that hold a secret in clear."""
_FURTHER = 2**32
"""How far on a copied file numbers what it puts into the lake: a lake that lies elsewhere has what the file put there after its copy was taken."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a growing file that belongs to the backup; the file is open, so that it may be deleted meanwhile."""

    name: str
    file: IO[bytes]
    bytes: int


def write_backup(settings: Settings, target: Path, *, with_secrets: bool = True, with_lake: bool = True) -> Manifest:
    """Write a backup to a new file (0600) and give its manifest; raises `OperatorError`.

    The lake is in it where it lies in the home. Without secrets neither root key nor credentials nor the TLS key are in it: restoring it needs the root key from
    elsewhere.
    """
    home = Home(settings.home_path)
    try:
        with maintaining(home), _work_folder(target) as work, closing(open_parts(settings)) as opened:
            fresh = work / "backup.tar"
            with fresh.open("xb") as file:
                manifest = _write(opened, file, work, with_secrets=with_secrets, with_lake=with_lake)
                file.flush()
                os.fsync(file.fileno())
            os.link(fresh, target)
            _sync_folder(target.parent)
            with suppress(OSError):  # the backup is there all the same
                home.last_backup_file.write_text(f"{manifest.taken_at}\n")
            return manifest
    except FileExistsError:
        raise OperatorError(f"{target} is there already.", "Name a new file; nothing was overwritten.") from None
    except OSError as error:
        raise OperatorError(
            f"The backup {target} cannot be written: {error.strerror}.", "Nothing was left behind. Name another place."
        ) from None


def _write(opened: Opened, file: IO[bytes], work: Path, *, with_secrets: bool, with_lake: bool) -> Manifest:
    home, writer = opened.home, ArchiveWriter(file)
    for name in (*_PLAIN, *(_SECRET if with_secrets else ())):
        if (home.path / name).exists():
            writer.add_path(name, home.path / name)
    # What is derived from the journal is copied before it, so that it is never ahead of the journal's copy.
    _copy_index(home.recent_file, work / "recent.db")
    for path in sorted(home.offsets.glob("*.offset")):
        writer.add_path(f"offsets/{path.name}", path)
    snapshot = work / archive.STORE
    _allow_many_files()
    if with_lake:
        _add_lake(opened.settings, writer)
    with ExitStack() as files:
        listings = [files.enter_context(hold(home.path)) for hold in _holding()]
        with held(home.journal):
            taken_at = opened.clock.now()
            pieces = [*_journal_pieces(home, files), *_spool_pieces(home, files)]
            position = Journal(home.journal).written_position()
            opened.parts.store.backup(snapshot)
        for piece in pieces:
            writer.add(piece.name, piece.file, piece.bytes)
        for name in (name for listing in listings for name in listing()):
            writer.add_path(name, home.path / name)
    writer.add_path(archive.STORE, snapshot)
    writer.add_path("recent.db", work / "recent.db")
    _add_services_files(opened.settings, writer, work, with_lake=with_lake)
    manifest = _manifest(opened.settings, writer, taken_at, position, with_secrets=with_secrets)
    writer.finish(manifest)
    return manifest


def _manifest(
    settings: Settings, writer: ArchiveWriter, taken_at: datetime, position: int, *, with_secrets: bool
) -> Manifest:
    return Manifest(
        format=archive.FORMAT,
        garrison=__version__,
        layout=LAYOUT_VERSION,
        account_id=settings.account_id,
        region=settings.region,
        taken_at=taken_at.isoformat(),
        journal_position=position,
        has_secrets=with_secrets,
        files=writer.files,
    )


def _journal_pieces(home: Home, files: ExitStack) -> Iterator[_Piece]:
    paths = [segment.path for segment in list_segments(home.journal)]
    paths += [path for path in (home.journal / "end", *home.journal.glob("*.torn")) if path.exists()]
    for path in paths:
        with suppress(FileNotFoundError):  # pruned since the listing
            file = files.enter_context(path.open("rb"))
            yield _Piece(f"journal/{path.name}", file, os.fstat(file.fileno()).st_size)


def _spool_pieces(home: Home, files: ExitStack) -> Iterator[_Piece]:
    for path in sorted([*home.spools.glob("*.spool"), *home.spools.glob("*.damaged")]):
        file = files.enter_context(path.open("rb"))
        # A record that is being written is not acknowledged yet, and would look torn in the copy.
        size = whole_bytes(file.fileno()) if path.suffix == ".spool" else os.fstat(file.fileno()).st_size
        yield _Piece(f"spool/{path.name}", file, size)


def _add_lake(settings: Settings, writer: ArchiveWriter) -> None:
    """The lake's events, before the journal that they come from."""
    from garrison.lake.kept import held
    from garrison.lake.place import place_of
    from garrison.lake.shapes import EVENTS

    place = place_of(settings)
    with held(place) as table:
        _add_table(writer, table, EVENTS.kept_in)
    for path in sorted((place.folder / "set-aside").glob("*.jsonl")):
        writer.add_path(f"lake/set-aside/{path.name}", path)


def _add_table(writer: ArchiveWriter, table: Held | None, folder: str) -> None:
    from garrison.lake.kept import CONTENTS

    if table is None:
        return
    writer.add(f"lake/{folder}/{CONTENTS}", io.BytesIO(table.contents), len(table.contents))
    for name, rows in table.files.items():
        writer.add(f"lake/{folder}/{name}", rows, os.fstat(rows.fileno()).st_size)


def _holding() -> Iterator[HoldBytes]:
    """What keeps the files still that services' resources refer to."""
    for name in services.REGISTERED:
        hold = services.load(name).hold_bytes
        if hold is not None:
            yield hold


def _add_services_files(settings: Settings, writer: ArchiveWriter, work: Path, *, with_lake: bool) -> None:
    """The files that services keep for themselves, in the order of the services: metric data before the logs that feed them."""
    for name in services.REGISTERED:
        service = services.load(name)
        for file in service.files:
            table = service.lake_tables.get(file)
            copy = partial(_copy_where_there_is, settings.home_path / file, work / "copy.db", f"The data of {name}")
            if table is not None and with_lake:
                _add_fed_table(settings, writer, table, copy)
            else:
                copy()
            if (work / "copy.db").exists():
                if table is not None:
                    _number_further(work / "copy.db")
                writer.add_path(file, work / "copy.db")
                (work / "copy.db").unlink()


def _add_fed_table(settings: Settings, writer: ArchiveWriter, table: str, copy: Callable[[], object]) -> None:
    """A table of the lake and, by `copy`, the file that feeds it, as both are between two commits.

    Were the file copied later, records that a commit has moved would be in neither. Were it copied earlier, it would give new
    records numbers that the table has seen, and they would never come into the table.
    """
    from garrison.lake.kept import held
    from garrison.lake.place import place_of
    from garrison.lake.shapes import SHAPES

    with held(place_of(settings), SHAPES[table], meanwhile=copy) as found:
        _add_table(writer, found, SHAPES[table].kept_in)


def _number_further(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as db, db:
        db.execute("UPDATE sqlite_sequence SET seq = seq + ?", (_FURTHER,))


def _copy_index(source: Path, target: Path) -> None:
    _copy_database(source, target, "The index of recent events")


def _copy_where_there_is(source: Path, target: Path, what: str) -> None:
    if source.exists():
        _copy_database(source, target, what)


def _copy_database(source: Path, target: Path, what: str) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as found,
            closing(sqlite3.connect(target)) as to,
        ):
            found.backup(to)
            to.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise OperatorError(f"{what} cannot be copied: {error}.", "Free space, or run `garrison doctor`.") from None


@contextmanager
def _work_folder(target: Path) -> Iterator[Path]:
    """A private folder beside the target, on the disk that has the room."""
    if target.exists() or target.is_symlink():
        raise FileExistsError
    work = Path(tempfile.mkdtemp(prefix=".garrison-backup-", dir=target.parent))
    umask = os.umask(0o077)
    try:
        yield work
    finally:
        os.umask(umask)
        shutil.rmtree(work, ignore_errors=True)


def _allow_many_files() -> None:
    """A journal of many segments is held open whole."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
