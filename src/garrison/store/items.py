"""Resources as configuration items: found, listed, changed under their revision, each change a version of their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.store.cache import MISSING
from garrison.store.conditions import Where, render
from garrison.store.failures import AlreadyExists, Conflict
from garrison.store.resource import Kind, Resource, kind_of
from garrison.store.transaction import Transaction, from_microseconds, to_microseconds

R = TypeVar("R", bound=Resource)

OK = "OK"
DELETED = "ResourceDeleted"
"""Statuses of a version, as in AWS Config's `configurationItemStatus`."""

_GET = "SELECT revision, state FROM item WHERE account = ? AND region = ? AND type = ? AND key = ?"
_INSERT = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UPDATE = "UPDATE item SET arn = ?, revision = ?, state = ? WHERE account = ? AND region = ? AND type = ? AND key = ? AND revision = ?"
_DELETE = "DELETE FROM item WHERE account = ? AND region = ? AND type = ? AND key = ? AND revision = ?"
_RECORD = "INSERT INTO item_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LAST = "SELECT max(revision) FROM item_history WHERE account = ? AND region = ? AND type = ? AND key = ?"
_VERSIONS = (
    "SELECT revision, captured_at, event_id, status, state FROM item_history"
    " WHERE account = ? AND region = ? AND type = ? AND key = ? AND revision < ? ORDER BY revision DESC LIMIT ?"
)
_BY_ARN = "SELECT revision, state FROM item WHERE account = ? AND arn = ? AND type = ? ORDER BY region, key LIMIT 1"
_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Version(Generic[R]):
    """One version of a resource."""

    revision: int
    captured_at: datetime
    event_id: str | None
    """The event that made it; None where no call did."""
    status: str
    """`OK` or `ResourceDeleted`."""
    resource: R | None
    """None where it was deleted."""


@lru_cache(maxsize=4096)
def _page_sql(type_name: str, conditions: str, has_after: bool, has_limit: bool) -> str:
    # The type stands in the text, for an index of its own is found by no parameter; `Kind` has checked it.
    return (
        f"SELECT revision, state FROM item WHERE account = ? AND region = ? AND type = '{type_name}'{conditions}"  # noqa: S608
        f"{' AND key > ?' if has_after else ''} ORDER BY key{' LIMIT ?' if has_limit else ''}"
    )


def _cacheable(where: Where | None) -> tuple[Any, ...]:
    """The conditions as part of a cache key: with their types, for 1 and True are equal."""
    return tuple((field, type(wanted), wanted) for field, wanted in where.items()) if where else ()


class Items:
    """The items that a unit of work sees."""

    __slots__ = ("_account", "_at", "_event_id", "_region", "_transaction")

    def __init__(self, transaction: Transaction, account: str, region: str, event_id: str | None, at: datetime) -> None:
        self._transaction = transaction
        self._account = account
        self._region = region
        self._event_id = event_id
        self._at = at

    def get(self, kind: type[R], identity: tuple[Any, ...], account: str | None, region: str | None) -> R | None:
        """The resource of an identity, or None."""
        known: Kind[Any] = kind_of(kind)
        account, region = account or self._account, known.region(region or self._region)
        # Known by the identity as it is given: only what has to be read is worth making the key of.
        place = (account, region, known.name, identity)
        found = self._transaction.recall(account, place)
        if found is MISSING:
            key = known.key_from(identity)
            found = self._read(known, _GET, (account, region, known.name, key), account, place)
        return cast("R | None", found)

    def by_arn(self, kind: type[R], arn: str) -> R | None:
        """The resource of an ARN, looked for in the account that it names, or else in the unit's."""
        known: Kind[Any] = kind_of(kind)
        parsed = parse_arn(arn)
        if parsed is None or "\x00" in arn:
            return None
        account = parsed.account or self._account
        place = (account, arn, known.name)
        found = self._transaction.recall(account, place)
        if found is MISSING:
            found = self._read(known, _BY_ARN, place, account, place)
        return cast("R | None", found)

    def _read(
        self, known: Kind[Any], sql: str, values: tuple[str, ...], account: str, place: tuple[Any, ...]
    ) -> Resource | None:
        row = self._transaction.connection.one(sql, values)
        found = known.load(row[1], row[0]) if row is not None else None
        self._transaction.remember(account, place, found, len(row[1]) if row is not None else 0)
        return found

    def page(
        self,
        kind: type[R],
        *,
        where: Where | None,
        after: tuple[Any, ...] | str | None,
        limit: int | None,
        account: str | None,
        region: str | None,
    ) -> list[R]:
        """Resources in the order of their keys."""
        known: Kind[Any] = kind_of(kind)
        account, place = account or self._account, known.region(region or self._region)
        cache_key = (account, place, known.name, _cacheable(where), after, limit)
        found = self._transaction.recall(account, cache_key)
        if found is MISSING:
            conditions, values = render(self._transaction.dialect, known, where)
            parameters: list[Any] = [account, place, *values]
            if after is not None:
                parameters.append(known.key_from((after,) if isinstance(after, str) else after))
            if limit is not None:
                parameters.append(limit)
            sql = _page_sql(known.name, conditions, after is not None, limit is not None)
            rows = self._transaction.connection.all(sql, parameters)
            found = [known.load(state, revision) for revision, state in rows]
            self._transaction.remember(account, cache_key, found, sum(len(state) for _, state in rows))
        return list(found)

    def count(self, kind: type[R], where: Where | None, account: str | None, region: str | None) -> int:
        """How many resources there are."""
        known: Kind[Any] = kind_of(kind)
        account, place = account or self._account, known.region(region or self._region)
        cache_key = ("count", account, place, known.name, _cacheable(where))
        found = self._transaction.recall(account, cache_key)
        if found is MISSING:
            conditions, values = render(self._transaction.dialect, known, where)
            # As in a page, the type stands in the text.
            sql = f"SELECT count(*) FROM item WHERE account = ? AND region = ? AND type = '{known.name}'{conditions}"  # noqa: S608
            row = self._transaction.connection.one(sql, [account, place, *values])
            found = int(row[0]) if row is not None else 0
            self._transaction.remember(account, cache_key, found)
        return int(found)

    def add(self, resource: R) -> R:
        """Keep a new resource; raises `AlreadyExists`."""
        known, place = self._place(resource)
        changes = self._transaction.touch(resource.account)
        revision = changes
        if known.keeps_history:
            last = self._transaction.connection.one(_LAST, place)
            revision = (last[0] or 0) + 1 if last is not None else 1
        kept = replace(resource, region=place[1], revision=revision)
        state = known.state(kept)
        if self._transaction.connection.run(_INSERT, (*place, kept.arn, revision, state)) == 0:
            raise AlreadyExists(f"{known.name} {place[3]!r} is kept already")
        self._record(known, place, revision, OK, state)
        return kept

    def save(self, resource: R) -> R:
        """Keep a changed resource; raises `Conflict` where its revision is not the current one."""
        known, place = self._place(resource)
        self._transaction.touch(resource.account)
        kept = replace(resource, region=place[1], revision=resource.revision + 1)
        state = known.state(kept)
        values = (kept.arn, kept.revision, state, *place, resource.revision)
        if self._transaction.connection.run(_UPDATE, values) == 0:
            raise Conflict(f"{known.name} {place[3]!r} is not at revision {resource.revision} any more")
        self._record(known, place, kept.revision, OK, state)
        return kept

    def remove(self, resource: Resource) -> None:
        """Keep a resource no longer; its history stays. Raises `Conflict` as `save` does."""
        known, place = self._place(resource)
        self._transaction.touch(resource.account)
        if self._transaction.connection.run(_DELETE, (*place, resource.revision)) == 0:
            raise Conflict(f"{known.name} {place[3]!r} is not at revision {resource.revision} any more")
        self._record(known, place, resource.revision + 1, DELETED, None)

    def history(
        self,
        kind: type[R],
        identity: tuple[Any, ...],
        *,
        account: str | None,
        region: str | None,
        before: int | None,
        limit: int | None,
    ) -> list[Version[R]]:
        """Versions, the newest first."""
        known: Kind[Any] = kind_of(kind)
        place = (account or self._account, known.region(region or self._region), known.name, known.key_from(identity))
        bounds = (before if before is not None else _ALL, limit if limit is not None else _ALL)
        return [
            Version(
                revision=revision,
                captured_at=from_microseconds(captured_at),
                event_id=event_id,
                status=status,
                resource=known.load(state, revision) if state is not None else None,
            )
            for revision, captured_at, event_id, status, state in self._transaction.connection.all(
                _VERSIONS, (*place, *bounds)
            )
        ]

    def _place(self, resource: Resource) -> tuple[Kind[Any], tuple[str, str, str, str]]:
        known: Kind[Any] = kind_of(type(resource))
        region = known.region(resource.region or self._region)
        return known, (resource.account, region, known.name, known.key(resource))

    def _record(self, known: Kind[Any], place: tuple[str, ...], revision: int, status: str, state: str | None) -> None:
        if known.keeps_history:
            values = (*place, revision, to_microseconds(self._at), self._event_id, status, state)
            self._transaction.connection.run(_RECORD, values)
