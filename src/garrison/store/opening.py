"""Open a store: find its database, make or migrate its tables under a lock, refuse what is not ours or not our key's."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from garrison.clock import Clock
from garrison.errors import OperatorError
from garrison.store import schema
from garrison.store.conditions import SQLITE
from garrison.store.failures import StoreUnavailable
from garrison.store.resource import Resource
from garrison.store.rootkey import RootKey
from garrison.store.sqlite import SYNCHRONOUS, SqliteDatabase, raise_as_store
from garrison.store.store import Store
from garrison.store.vault import ROOT_KEY


def open_store(url: str, root_key: RootKey, clock: Clock, resource_types: Iterable[type[Resource]] = ()) -> Store:
    """Open the store of a URL, making or migrating its tables; raises `OperatorError` and touches nothing of another's.

    `sqlite:///relative`, `sqlite:////absolute` (with `?synchronous=NORMAL` or `OFF` to sync less) or `postgresql://…`.
    """
    kinds = [kind for kind in resource_types]
    if url.startswith("sqlite:///"):
        path, synchronous = _sqlite_place(url)
        _prepare_sqlite(path, root_key, kinds)
        return Store(SqliteDatabase(path, synchronous), root_key, clock)
    raise OperatorError(f"{urlsplit(url).scheme or 'Nothing'} is no kind of store.", "Use sqlite:/// or postgresql://.")


def _sqlite_place(url: str) -> tuple[Path, str]:
    text, _, query = url.removeprefix("sqlite:///").partition("?")
    synchronous = dict(parse_qsl(query)).get("synchronous", SYNCHRONOUS[0])
    if synchronous not in SYNCHRONOUS:
        raise OperatorError(f"{synchronous} is no way to sync.", f"Use one of {', '.join(SYNCHRONOUS)}.")
    return Path(text), synchronous


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    file = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _prepare_sqlite(path: Path, root_key: RootKey, kinds: list[type[Resource]]) -> None:
    try:
        with _locked(path):
            if not path.exists():
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            raw = sqlite3.connect(path, timeout=20.0, isolation_level=None)
            try:
                _check_version(raw, path)
                _check_key(raw, root_key)
                _make(raw, root_key, kinds)
            finally:
                raw.close()
    except sqlite3.Error as error:
        try:
            raise_as_store(error)
        except StoreUnavailable as unavailable:
            raise OperatorError(f"{path}: {unavailable.cause}", "Nothing was changed.") from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be opened: {error.strerror}.", "Nothing was changed.") from None


def _names(raw: sqlite3.Connection, kind: str) -> set[str]:
    return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))}


def _check_version(raw: sqlite3.Connection, path: Path) -> None:
    tables = _names(raw, "table")
    if not tables:
        return
    versions = (
        [v for (v,) in raw.execute("SELECT version_num FROM alembic_version")] if "alembic_version" in tables else []
    )
    if not versions:
        raise OperatorError(
            f"{path} is a database, but not a store of Garrison.", "Nothing was changed. Name another file."
        )
    if versions != [schema.HEAD]:
        raise OperatorError(
            f"{path} has the schema version {versions[0]}; this Garrison knows {', '.join(schema.VERSIONS)}.",
            "Nothing was changed. Start the Garrison that wrote it, or a newer one.",
        )


def _check_key(raw: sqlite3.Connection, root_key: RootKey) -> None:
    if "meta" not in _names(raw, "table"):
        return
    row = raw.execute("SELECT value FROM meta WHERE name = ?", (ROOT_KEY,)).fetchone()
    if row is not None and row[0] not in root_key.key_ids:
        raise OperatorError(
            f"The store was sealed by the root key {row[0]}, and this one is {root_key.key_id}.",
            "Nothing was changed. Put the store's root key back from its backup.",
        )


def _make(raw: sqlite3.Connection, root_key: RootKey, kinds: list[type[Resource]]) -> None:
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    if not _names(raw, "table"):
        raw.execute("BEGIN IMMEDIATE")
        for statement in schema.statements(SQLITE):
            raw.execute(statement)
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        raw.execute("INSERT INTO alembic_version VALUES (?)", (schema.HEAD,))
        raw.execute("INSERT INTO meta VALUES (?, ?)", (ROOT_KEY, root_key.key_id))
        raw.execute("COMMIT")
    existing = _names(raw, "index")
    for name, statement in schema.indexes(SQLITE, kinds).items():
        if name not in existing:
            raw.execute(statement)
