"""The unit of work: everything that one call reads and changes, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from garrison.store.cache import MISSING
from garrison.store.items import Items, Version
from garrison.store.resource import GLOBAL_REGION, Resource
from garrison.store.rootkey import RootKey
from garrison.store.state import StateEntry, States
from garrison.store.transaction import Transaction
from garrison.store.vault import Vault

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

_DERIVED_BYTES = 400
"""What something made of items weighs in the cache beside them."""


class Unit:
    """What a call does with the store. A reading unit sees one consistent snapshot; a writing one commits as a whole.

    The account is the unit's own unless another is named; the region likewise, but global resources are under `global`.
    """

    __slots__ = ("_items", "_root_key", "_transaction", "account", "at", "event_id", "region")

    def __init__(
        self,
        transaction: Transaction,
        root_key: RootKey,
        *,
        account: str,
        region: str,
        event_id: str | None,
        at: datetime,
    ) -> None:
        self.account = account
        self.region = region
        self.event_id = event_id
        self.at = at
        """The time of every change in it."""
        self._transaction = transaction
        self._items = Items(transaction, account, region, event_id, at)
        self._root_key = root_key

    @property
    def is_reading(self) -> bool:
        """Whether it sees what is committed, and nothing else."""
        return not self._transaction.is_writing

    @property
    def _vault(self) -> Vault:
        return Vault(self._transaction, self._root_key, self.account)

    @property
    def _states(self) -> States:
        return States(self._transaction, self.account, self.at)

    def get(self, kind: type[R], *identity: Any, account: str | None = None, region: str | None = None) -> R | None:
        """The resource of an identity, or None."""
        return self._items.get(kind, identity, account, region)

    def by_arn(self, kind: type[R], arn: str) -> R | None:
        """The resource of an ARN in any region, in the account that the ARN names, else in the unit's; or None."""
        return self._items.by_arn(kind, arn)

    def page(
        self,
        kind: type[R],
        *,
        where: Mapping[str, Any] | None = None,
        after: tuple[Any, ...] | str | None = None,
        limit: int | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> list[R]:
        """Resources in the order of their identities: at most `limit` of those `after` an identity.

        `where` gives for each field an equal value (None: it has none), `StartsWith` for texts, `Contains` for lists.
        """
        return self._items.page(kind, where=where, after=after, limit=limit, account=account, region=region)

    def count(
        self,
        kind: type[R],
        where: Mapping[str, Any] | None = None,
        *,
        account: str | None = None,
        region: str | None = None,
    ) -> int:
        """How many resources there are."""
        return self._items.count(kind, where, account, region)

    def derived(self, account: str, name: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What `make` makes of an account's items, kept under a name for as long as none of them changes."""
        found = self._transaction.recall(account, name)
        if found is MISSING:
            found = make()
            self._transaction.remember(account, name, found, _DERIVED_BYTES)
        return cast("T", found)

    def add(self, resource: R) -> R:
        """Keep a new resource, and give it as stored; raises `AlreadyExists`."""
        return self._items.add(resource)

    def save(self, resource: R) -> R:
        """Keep a changed resource, and give it as stored; raises `Conflict` where another change came first."""
        return self._items.save(resource)

    def remove(self, resource: Resource) -> None:
        """Keep a resource no longer; its history stays. Raises `Conflict` where another change came first."""
        self._items.remove(resource)

    def history(
        self,
        kind: type[R],
        *identity: Any,
        account: str | None = None,
        region: str | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Version[R]]:
        """The versions of a resource, the newest first: at most `limit` of those `before` a revision."""
        return self._items.history(kind, identity, account=account, region=region, before=before, limit=limit)

    def seal(self, secret: bytes) -> str:
        """Keep a secret under a key of its own; gives an opaque reference for a resource to hold."""
        return self._vault.seal(secret)

    def unseal(self, ref: str) -> bytes:
        """The secret behind a reference; raises `SecretDestroyed`."""
        return self._vault.unseal(ref)

    def destroy(self, ref: str) -> None:
        """Destroy a secret with its key: no old version of a resource brings it back."""
        self._vault.destroy(ref)

    def append_event(self, event_id: str, payload: bytes) -> None:
        """Put an event into the outbox: it is there exactly if the unit is committed. The last step of a unit."""
        self._transaction.check_writing()
        self._transaction.connection.before_event()
        self._transaction.connection.run("INSERT INTO outbox (event_id, payload) VALUES (?, ?)", (event_id, payload))

    def policy_generation(self, account: str | None = None) -> int:
        """How often the account's policy-relevant state has changed."""
        return self._transaction.policy_generation(account or self.account)

    def raise_policy_generation(self, account: str | None = None) -> None:
        """Say that something policy-relevant changes with this unit."""
        self._transaction.raise_policy_generation(account or self.account)

    def state_get(self, namespace: str, key: str, *, region: str = GLOBAL_REGION) -> StateEntry | None:
        """A value of the account's operational state that has not expired, or None."""
        return self._states.get(region, namespace, key)

    def state_put(
        self,
        namespace: str,
        key: str,
        value: bytes,
        expires_at: datetime | None = None,
        expect: int | None = None,
        *,
        region: str = GLOBAL_REGION,
    ) -> StateEntry:
        """Set a value; with `expect` only over that version (0: only where there is none), else raises `Conflict`."""
        return self._states.put(region, namespace, key, value, expires_at=expires_at, expect=expect)

    def state_remove(self, namespace: str, key: str, *, region: str = GLOBAL_REGION) -> None:
        """Remove a value."""
        self._states.remove(region, namespace, key)

    def state_page(
        self,
        namespace: str,
        prefix: str = "",
        *,
        after: str | None = None,
        limit: int | None = None,
        region: str = GLOBAL_REGION,
    ) -> list[StateEntry]:
        """Values whose keys begin with a prefix, in the order of keys."""
        return self._states.page(region, namespace, prefix, after=after, limit=limit)
