"""Make a home from a backup: checked whole before anything of it gets its name, so that a stop leaves no half a home."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from garrison.errors import OperatorError
from garrison.runtime import archive
from garrison.runtime.archive import Manifest, read_archive
from garrison.runtime.home import LAYOUT_VERSION, Home
from garrison.runtime.parts import take_back_lake
from garrison.runtime.root_key import open_root_key
from garrison.setting_sources import load_settings
from garrison.store import restore_store


def restore_backup(source: Path, home: Home, *, root_key: Path | None = None) -> Manifest:
    """Make a new home from a backup file and give its manifest; raises `OperatorError`, and then there is no new home.

    `root_key` names the root key's file where the backup is without secrets.
    """
    _check_free(home.path)
    if not source.is_file():
        raise OperatorError(f"There is no backup {source}.", "Name a file that `garrison backup` wrote.")
    try:
        home.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{home.path.name}.restoring-", dir=home.path.parent))
    except OSError as error:
        raise OperatorError(f"{home.path} cannot be made: {error.strerror}.", "Choose another with --home.") from None
    try:
        manifest = _fill(source, Home(fresh), root_key)
        fresh.rename(home.path)
        _sync(home.path.parent)
        take_back_lake(load_settings(home.path))
        return manifest
    except OSError as error:
        raise OperatorError(
            f"{home.path} cannot be written: {error.strerror}.", "Nothing was left behind. Free space, or name another."
        ) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(source: Path, fresh: Home, root_key: Path | None) -> Manifest:
    manifest = read_archive(source, lambda name, chunks: _write(fresh.path / name, chunks))
    if manifest.layout != LAYOUT_VERSION:
        raise OperatorError(
            f"{source} holds a home of version {manifest.layout[:20]!r}, this Garrison keeps version {LAYOUT_VERSION}.",
            "Restore it with the Garrison that wrote it, then run `garrison upgrade` with this one.",
        )
    if root_key is not None:
        _copy_root_key(root_key, fresh)
    settings = load_settings(fresh.path)
    if not settings.root_key_variable and not fresh.root_key_file.exists():
        raise OperatorError(f"{source} was taken without the root key.", "Name the key's file with --root-key.")
    snapshot = fresh.path / archive.STORE
    restore_store(snapshot, settings.effective_store_url, open_root_key(settings))
    snapshot.unlink()
    for folder in (fresh.journal, fresh.spools, fresh.offsets):
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync(folder)
    _sync(fresh.path)
    return manifest


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _copy_root_key(source: Path, fresh: Home) -> None:
    if fresh.root_key_file.exists():
        raise OperatorError("The backup holds its root key.", "Leave --root-key away.")
    try:
        _write(fresh.root_key_file, iter((source.read_bytes(),)))
    except FileNotFoundError:
        raise OperatorError(f"There is no root key {source}.", "Name the root key's file.") from None


def _check_free(path: Path) -> None:
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise OperatorError(f"{path} is there already and is not empty.", "Name a new folder with --home.")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
