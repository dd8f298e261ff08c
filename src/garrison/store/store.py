"""The store as its users have it: units of work, the outbox's reading end, leases, backup and figures."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from garrison.clock import Clock
from garrison.store import copying, state
from garrison.store.database import Database
from garrison.store.failures import Conflict
from garrison.store.rootkey import RootKey
from garrison.store.rotation import Progress, rotate
from garrison.store.state import Lease, States
from garrison.store.transaction import Transaction, to_microseconds
from garrison.store.unit import Unit

_STORE_ITSELF = ""
"""The account under which the store keeps what belongs to no account."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event that waits in the outbox."""

    seq: int
    """Its place: every event committed later has a greater one."""
    event_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much the store holds."""

    items: int
    versions: int
    secrets: int
    outbox_rows: int
    size_bytes: int


class _UnitOfWork:
    """Opens a unit on entry and ends its transaction on exit."""

    __slots__ = ("_account", "_at", "_event_id", "_region", "_store", "_transaction")

    def __init__(
        self,
        store: Store,
        account: str,
        region: str,
        event_id: str | None,
        at: datetime | None,
        transaction: AbstractContextManager[Transaction],
    ) -> None:
        self._store = store
        self._account = account
        self._region = region
        self._event_id = event_id
        self._at = at
        self._transaction = transaction

    def __enter__(self) -> Unit:
        at = self._at or self._store._clock.now()
        transaction = self._transaction.__enter__()
        return Unit(
            transaction,
            self._store._root_key,
            account=self._account,
            region=self._region,
            event_id=self._event_id,
            at=at,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.__exit__(kind, error, trace)


class Store:
    """An open store; shared by threads."""

    def __init__(self, database: Database, root_key: RootKey, clock: Clock) -> None:
        self._database = database
        self._root_key = root_key
        self._clock = clock

    def reading(self, account: str, region: str) -> _UnitOfWork:
        """A unit of work on a consistent snapshot; nested ones of a thread share the outermost's."""
        return _UnitOfWork(self, account, region, None, None, self._database.reading())

    def reading_lazily(self, account: str, region: str) -> _UnitOfWork:
        """The same for a unit that the caller starts again on `SnapshotMoved`: what memory has costs no snapshot."""
        return _UnitOfWork(self, account, region, None, None, self._database.reading_lazily())

    def snapshot_lazily(self) -> AbstractContextManager[object]:
        """The snapshot that all reading units of this thread share until it ends; raises `SnapshotMoved` likewise."""
        return self._database.reading_lazily()

    def writing(
        self, account: str, region: str, event_id: str | None = None, at: datetime | None = None
    ) -> _UnitOfWork:
        """A unit of work that is committed as a whole on a clean exit, and rolled back on an exception.

        `event_id` names the event that makes its changes; `at` is their time, by default the present.
        """
        return _UnitOfWork(self, account, region, event_id, at, self._database.writing(account))

    def policy_generation(self, account: str) -> int:
        """How often the account's policy-relevant state has changed, as committed."""
        with self._database.reading() as transaction:
            return transaction.policy_generation(account)

    def outbox_read(self, limit: int, after: int = 0) -> list[OutboxRow]:
        """The oldest events that wait after a place; none can appear later before the last of them."""
        query = "SELECT seq, event_id, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._database.reading() as transaction:
            if not transaction.connection.all(query, (after, 1)):
                return []
        with self._database.settle_outbox() as transaction:
            rows = transaction.connection.all(query, (after, limit))
        return [OutboxRow(seq, event_id, bytes(payload)) for seq, event_id, payload in rows]

    def outbox_acknowledge(self, up_to_seq: int) -> None:
        """Forget the events up to a place, once they are durable elsewhere."""
        with self._database.writing(_STORE_ITSELF) as transaction:
            transaction.connection.run("DELETE FROM outbox WHERE seq <= ?", (up_to_seq,))

    def acquire_lease(self, name: str, holder: str, ttl: timedelta) -> Lease | None:
        """A lease for a holder, also one it has already; None where another holds it."""
        now = self._clock.now()
        try:
            with self._database.writing(_STORE_ITSELF) as transaction:
                return state.take_lease(States(transaction, _STORE_ITSELF, now), name, holder, ttl, now)
        except Conflict:
            return None

    def renew_lease(self, lease: Lease, ttl: timedelta) -> Lease | None:
        """The lease prolonged; None where it was lost."""
        now = self._clock.now()
        try:
            with self._database.writing(_STORE_ITSELF) as transaction:
                return state.renew_lease(States(transaction, _STORE_ITSELF, now), lease, ttl, now)
        except Conflict:
            return None

    def release_lease(self, lease: Lease) -> None:
        """Give a lease back before it expires."""
        now = self._clock.now()
        with self._database.writing(_STORE_ITSELF) as transaction:
            state.end_lease(States(transaction, _STORE_ITSELF, now), lease, now)

    def purge_expired_state(self, limit: int = 1000) -> int:
        """Forget operational state that expired, at most `limit` entries; gives how many went."""
        now = to_microseconds(self._clock.now())
        with self._database.reading() as transaction:
            rows = transaction.connection.all(
                "SELECT account, region, namespace, key, version FROM state"
                " WHERE expires_at <= ? AND namespace <> ? ORDER BY expires_at LIMIT ?",
                (now, state.LEASES, limit),
            )
        if not rows:
            return 0
        with self._database.writing(_STORE_ITSELF) as transaction:
            return sum(
                transaction.connection.run(
                    "DELETE FROM state WHERE account = ? AND region = ? AND namespace = ? AND key = ? AND version = ?",
                    row,
                )
                for row in rows
            )

    def tidy(self) -> None:
        """Purge what expired, and keep the files small; for a background process to call every minute or so."""
        while self.purge_expired_state():
            pass
        self._database.tidy()

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a new file while the store goes on; it opens with the same root key as a SQLite store."""
        copying.write_new(path, self._database.backup)

    def rotate_root_key(self, new: RootKey, progress: Progress | None = None) -> int:
        """Make `new` the root key, and wrap every secret's key by it; gives how many were wrapped again.

        Before, the root key's file must hold both keys (`RootKey.followed_by`), so that a stop in the middle leaves a store
        that opens; the same call again finishes. Afterwards the file may hold the new key alone.
        """
        keys = self._root_key.followed_by(new)
        done = rotate(self._database, keys, progress)
        self._root_key.become(keys)
        return done

    def statistics(self) -> Statistics:
        """How much the store holds."""
        with self._database.reading() as transaction:
            items, versions, sealed, waiting = (
                int((transaction.connection.one(f"SELECT count(*) FROM {table}") or (0,))[0])  # noqa: S608 - constants
                for table in ("item", "item_history", "secret", "outbox")
            )
        return Statistics(items, versions, sealed, waiting, self._database.size_bytes())

    def close(self) -> None:
        """Close all connections."""
        self._database.close()
