"""What a database must offer the store, whichever it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from garrison.store.transaction import Transaction


class Database(Protocol):
    """A place where the store's tables are, reached by many threads at once."""

    dialect: str

    def reading(self) -> AbstractContextManager[Transaction]:
        """A snapshot; nested ones of a thread share the outermost's."""
        ...

    def reading_lazily(self) -> AbstractContextManager[Transaction]:
        """The same, for a unit that may be started again: it may put off the snapshot, and raise `SnapshotMoved`."""
        ...

    def writing(self, account: str) -> AbstractContextManager[Transaction]:
        """A transaction that changes an account: committed on a clean exit, rolled back on an exception.

        No two of one account run at a time; the changes of others are not seen in it, or raise `Conflict`.
        """
        ...

    def settle_outbox(self) -> AbstractContextManager[Transaction]:
        """A transaction in which every outbox row is visible that is numbered before any to come."""
        ...

    def backup(self, path: Path) -> None:
        """Write a consistent copy as a SQLite store."""
        ...

    def tidy(self) -> None:
        """Do what keeps the files small; called now and then."""
        ...

    def size_bytes(self) -> int:
        """What it takes on disk."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
