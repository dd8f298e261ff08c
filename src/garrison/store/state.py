"""Operational state: small, expiring values without history, changed by compare and swap; and the leases made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from garrison.store.conditions import StartsWith, prefix_bounds
from garrison.store.failures import Conflict
from garrison.store.transaction import Row, Transaction, from_microseconds, to_microseconds

_PLACE = "account = ? AND region = ? AND namespace = ?"
_GET = f"SELECT key, value, version, expires_at FROM state WHERE {_PLACE} AND key = ?"  # noqa: S608 - constants
_PAGE = f"SELECT key, value, version, expires_at FROM state WHERE {_PLACE}"  # noqa: S608 - constants
_ALIVE = " AND (expires_at IS NULL OR expires_at > ?)"
_INSERT = "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UPDATE = f"UPDATE state SET value = ?, version = ?, expires_at = ? WHERE {_PLACE} AND key = ? AND version = ?"  # noqa: S608
_DELETE = f"DELETE FROM state WHERE {_PLACE} AND key = ?"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class StateEntry:
    """A value of operational state."""

    key: str
    value: bytes
    version: int
    """Rises with every change, also over removal and expiry where the key is put again before it is purged."""
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do what only one may do, for a time."""

    name: str
    holder: str
    token: int
    """Rises with every holder and renewal: what a late write of an earlier holder is told by."""
    expires_at: datetime


class States:
    """The operational state of one account and region as a unit of work sees it."""

    __slots__ = ("_account", "_now", "_transaction")

    def __init__(self, transaction: Transaction, account: str, now: datetime) -> None:
        self._transaction = transaction
        self._account = account
        self._now = to_microseconds(now)

    def get(self, region: str, namespace: str, key: str) -> StateEntry | None:
        """The value of a key that has not expired, or None."""
        row = self._transaction.connection.one(_GET + _ALIVE, (self._account, region, namespace, key, self._now))
        return _entry(row) if row is not None else None

    def put(
        self,
        region: str,
        namespace: str,
        key: str,
        value: bytes,
        *,
        expires_at: datetime | None = None,
        expect: int | None = None,
    ) -> StateEntry:
        """Set a value; where `expect` is given only over that version (0: only where there is none), else `Conflict`."""
        self._transaction.check_writing()
        place = (self._account, region, namespace, key)
        row = self._transaction.connection.one(_GET, place)
        is_alive = row is not None and (row[3] is None or row[3] > self._now)
        if expect is not None and expect != (row[2] if row is not None and is_alive else 0):
            raise Conflict(f"{namespace}/{key} is not at version {expect}")
        expiry = to_microseconds(expires_at) if expires_at is not None else None
        if row is None:
            version = 1
            changed = self._transaction.connection.run(
                "INSERT INTO state VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*place, value, version, expiry),
            )
        else:
            version = row[2] + 1
            changed = self._transaction.connection.run(_UPDATE, (value, version, expiry, *place, row[2]))
        if changed == 0:
            raise Conflict(f"{namespace}/{key} was changed by another")
        return StateEntry(key, value, version, expires_at)

    def remove(self, region: str, namespace: str, key: str) -> None:
        """Remove a value; one that is gone already is no error."""
        self._transaction.check_writing()
        self._transaction.connection.run(_DELETE, (self._account, region, namespace, key))

    def page(
        self, region: str, namespace: str, prefix: str, *, after: str | None, limit: int | None
    ) -> list[StateEntry]:
        """The values whose keys begin with a prefix, in the order of keys."""
        bounds, values = prefix_bounds("key", StartsWith(prefix))
        more = "" if after is None else " AND key > ?"
        rows = self._transaction.connection.all(
            _PAGE + _ALIVE + bounds + more + " ORDER BY key LIMIT ?",
            (
                *(self._account, region, namespace, self._now, *values),
                *(() if after is None else (after,)),
                limit if limit is not None else 2**62,
            ),
        )
        return [_entry(row) for row in rows]


def _entry(row: Row) -> StateEntry:
    return StateEntry(row[0], bytes(row[1]), row[2], from_microseconds(row[3]) if row[3] is not None else None)


LEASES = "lease"
"""The namespace of leases. They are never purged, so that their tokens go on rising."""


def take_lease(states: States, name: str, holder: str, ttl: timedelta, now: datetime) -> Lease | None:
    """A lease for a holder, also one it has already; None where another's has not expired."""
    found = states.get("", LEASES, name)
    if found is not None and found.value.decode() != holder:
        return None
    entry = states.put("", LEASES, name, holder.encode(), expires_at=now + ttl)
    return Lease(name, holder, entry.version, now + ttl)


def renew_lease(states: States, lease: Lease, ttl: timedelta, now: datetime) -> Lease | None:
    """The lease prolonged; None where it expired or went to another."""
    found = states.get("", LEASES, lease.name)
    if found is None or found.version != lease.token or found.value.decode() != lease.holder:
        return None
    entry = states.put("", LEASES, lease.name, found.value, expires_at=now + ttl, expect=found.version)
    return Lease(lease.name, lease.holder, entry.version, now + ttl)


def end_lease(states: States, lease: Lease, now: datetime) -> None:
    """Give a lease back; it stays as expired, so that tokens go on rising."""
    found = states.get("", LEASES, lease.name)
    if found is not None and found.version == lease.token:
        states.put("", LEASES, lease.name, found.value, expires_at=now, expect=found.version)
