"""One transaction on one connection, with what it knows of each account's changes; the seam between units and databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from garrison.store.cache import Cache

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(at: datetime) -> int:
    """A time as it is stored: microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """A stored time, aware, in UTC."""
    return _EPOCH + timedelta(microseconds=stored)


class Connection(Protocol):
    """A database connection: SQL with `?` for parameters. Failures are raised as the store's own."""

    dialect: str

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The only row, or None."""
        ...

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows."""
        ...

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Make a change; gives how many rows it met."""
        ...

    def before_event(self) -> None:
        """Make sure that an event appended now is numbered after all that can be read already."""
        ...


class Transaction:
    """A snapshot to read from, and where `is_writing` the changes made on top of it."""

    __slots__ = ("_accounts", "_cache", "_touched", "connection", "dialect", "is_writing")

    def __init__(
        self,
        connection: Connection,
        cache: Cache,
        *,
        is_writing: bool,
        accounts: dict[str, tuple[int, int]] | None = None,
    ) -> None:
        """`accounts` may carry over what is known to stand still in force: changes and policy generation by account."""
        self.connection = connection
        self.dialect = connection.dialect
        self.is_writing = is_writing
        self._cache = cache
        self._accounts = {} if accounts is None else accounts
        self._touched: set[str] = set()

    def _counters(self, account: str) -> tuple[int, int]:
        known = self._accounts.get(account)
        if known is None:
            row = self.connection.one("SELECT changes, policy_generation FROM account WHERE account = ?", (account,))
            known = self._accounts[account] = (row[0], row[1]) if row is not None else (0, 0)
        return known

    def policy_generation(self, account: str) -> int:
        """How often policy-relevant things of the account have changed."""
        return self._counters(account)[1]

    def recall(self, account: str, key: Row) -> Any:
        """What the cache has under a key and is true in this snapshot, else `cache.MISSING`."""
        return self._cache.get(key, self._counters(account)[0])

    def remember(self, account: str, key: Row, value: Any, weight: int = 0) -> None:
        """Keep what was read (of `weight` bytes) for other snapshots of the same state; what this unit changed itself is not shared."""
        if account not in self._touched:
            self._cache.put(key, self._counters(account)[0], value, weight)

    def touch(self, account: str) -> int:
        """Count a change of the account's items, once a unit; gives the count."""
        self.check_writing()
        if account not in self._touched:
            row = self.connection.one(
                "INSERT INTO account VALUES (?, 1, 0) ON CONFLICT (account) DO UPDATE SET changes = account.changes + 1"
                " RETURNING changes, policy_generation",
                (account,),
            )
            assert row is not None
            self._touched.add(account)
            self._accounts[account] = (row[0], row[1])
        return self._accounts[account][0]

    def raise_policy_generation(self, account: str) -> int:
        """Count a policy-relevant change."""
        self.check_writing()
        row = self.connection.one(
            "INSERT INTO account VALUES (?, 0, 1) ON CONFLICT (account)"
            " DO UPDATE SET policy_generation = account.policy_generation + 1 RETURNING changes, policy_generation",
            (account,),
        )
        assert row is not None
        self._accounts[account] = (row[0], row[1])
        return int(row[1])

    def end(self) -> None:
        """Refuse changes from here on: what is made after the commit would be part of nothing."""
        self.is_writing = False

    def check_writing(self) -> None:
        """Refuse a change in a reading unit, or in one that is over."""
        if not self.is_writing:
            raise RuntimeError("a unit of work that is reading or over changes nothing")
