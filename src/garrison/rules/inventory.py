"""The items of one account as rules look them up: by type, by ARN, by relationship; read once, however many rules ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from garrison.items import DELETED, Item
from garrison.rules.reading import Unseen


class Inventory:
    """What is known of one account at a time; deleted items are not among what is looked up."""

    def __init__(
        self,
        account: str,
        items: Iterable[Item],
        *,
        at: datetime,
        unseen: Mapping[str, str] | None = None,
    ) -> None:
        """Index the items; `unseen` gives types that could not be listed, or were not, with the reason."""
        self.account = account
        self.at = at
        self.unseen = dict(unseen or {})
        self.by_type: dict[str, list[Item]] = {}
        self._by_name: dict[tuple[str, str], Item] = {}
        self._by_arn: dict[str, Item] = {}
        for item in items:
            if item.account != account:
                raise ValueError(f"an item of account {item.account} in the inventory of {account}")
            self.by_type.setdefault(item.resource_type, []).append(item)
            if item.status != DELETED:
                self._by_name[item.resource_type, item.resource_id] = item
                self._by_arn[item.arn] = item

    def of_type(self, resource_type: str) -> list[Item]:
        """The items of a type; raises `Unseen` where the type could not be listed."""
        if (reason := self.unseen.get(resource_type)) is not None:
            raise Unseen(f"{resource_type}: {reason}")
        return [item for item in self.by_type.get(resource_type, ()) if item.status != DELETED]

    def at_arn(self, arn: str) -> Item | None:
        """The item of an ARN."""
        return self._by_arn.get(arn)

    def with_id(self, resource_type: str, resource_id: str) -> Item | None:
        """The item of a type with an id."""
        return self._by_name.get((resource_type, resource_id))

    def related(self, item: Item, resource_type: str) -> Iterator[Item]:
        """The items of a type that an item's relationships name and that are known."""
        for relationship in item.relationships:
            if relationship.resource_type == resource_type:
                found = self.with_id(resource_type, relationship.resource_id)
                if found is not None:
                    yield found
