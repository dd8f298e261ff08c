"""Puts a new root key in the old one's place: every wrapping key is wrapped again, and a stop in the middle loses nothing."""

from __future__ import annotations

from collections.abc import Callable

from garrison.errors import OperatorError
from garrison.store.database import Database
from garrison.store.failures import Conflict
from garrison.store.rootkey import RootKey
from garrison.store.vault import ROOT_KEY, ROOT_KEY_BEFORE, wrapping_aad

Progress = Callable[[int, int], None]
"""Told how many secrets are wrapped again, of how many."""

_BATCH = 200
"""Secrets wrapped again in one transaction: few enough not to hold up a call."""
_EVERYONE = ""


def rotate(database: Database, keys: RootKey, progress: Progress | None = None) -> int:
    """Make the current one of `keys` the root key, and wrap all secrets by it; gives how many were wrapped again.

    `keys` also opens for the key before. Until the end the store needs both; run again after a stop it goes on.
    """
    new = keys.key_id
    _announce(database, keys)
    done, total = 0, _left(database, new)
    while (rewrapped := _rewrap_some(database, keys)) != 0:
        done += max(rewrapped, 0)
        if progress is not None:
            progress(done, total)
    with database.writing(_EVERYONE) as transaction:
        transaction.connection.run("DELETE FROM meta WHERE name = ?", (ROOT_KEY_BEFORE,))
    return done


def _announce(database: Database, keys: RootKey) -> None:
    """From this on new secrets are wrapped by the new key, by every process."""
    with database.writing(_EVERYONE) as transaction:
        found: dict[str, str] = dict(
            transaction.connection.all("SELECT name, value FROM meta WHERE name IN (?, ?)", (ROOT_KEY, ROOT_KEY_BEFORE))
        )
        if not set(found.values()) <= set(keys.key_ids):
            raise OperatorError(
                "The store is sealed by a root key that is not at hand.",
                "Nothing was changed. Put the store's root key back from its backup.",
            )
        before = found[ROOT_KEY]
        if before == keys.key_id:
            return
        if ROOT_KEY_BEFORE in found:
            raise OperatorError(
                f"A rotation to the root key {before} is not over.", "Finish it with that key, then rotate again."
            )
        transaction.connection.run("INSERT INTO meta VALUES (?, ?)", (ROOT_KEY_BEFORE, before))
        transaction.connection.run("UPDATE meta SET value = ? WHERE name = ?", (keys.key_id, ROOT_KEY))


def _left(database: Database, new: str) -> int:
    with database.reading() as transaction:
        row = transaction.connection.one("SELECT count(*) FROM secret WHERE root_key <> ?", (new,))
    return int(row[0]) if row is not None else 0


def _rewrap_some(database: Database, keys: RootKey) -> int:
    """Wrap the next secrets again; gives how many, or -1 where another writer came first and it is to be tried again.

    The update names the old wrapping, so that a secret destroyed meanwhile stays destroyed.
    """
    try:
        return _rewrap_batch(database, keys)
    except Conflict:
        return -1


def _rewrap_batch(database: Database, keys: RootKey) -> int:
    new = keys.key_id
    with database.writing(_EVERYONE) as transaction:
        rows = transaction.connection.all(
            "SELECT account, ref, wrapped FROM secret WHERE root_key <> ? LIMIT ?", (new, _BATCH)
        )
        for account, ref, wrapped in rows:
            aad = wrapping_aad(account, ref)
            transaction.connection.run(
                "UPDATE secret SET root_key = ?, wrapped = ? WHERE account = ? AND ref = ? AND wrapped = ?",
                (new, keys.seal(keys.open(bytes(wrapped), aad), aad), account, ref, bytes(wrapped)),
            )
    return len(rows)
