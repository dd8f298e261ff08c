"""All that checks may look at: an account's items, its metrics, prices, and the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from garrison.items import DELETED, Item
from garrison.rules import Compliance, Inventory, Verdict, activate, managed_rules
from garrison.rules.advice.metrics import Measured, Metric, MetricQuery, Series
from garrison.rules.advice.prices import Prices
from garrison.rules.engine import ActiveRule, judge
from garrison.rules.reading import Garbled, Unseen

T = TypeVar("T")
NOT_ASKED = "the account's metrics were not asked for"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is known of one account."""

    inventory: Inventory
    measured: Measured = field(default_factory=dict, repr=False)
    prices: Prices = field(default_factory=Prices)
    metrics_unseen: str = NOT_ASKED
    """Why a metric that is not among those measured is not."""
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def account(self) -> str:
        """The account's number."""
        return self.inventory.account

    @property
    def now(self) -> datetime:
        """The time that everything is judged at."""
        return self.inventory.at

    def items(self, resource_type: str) -> list[Item]:
        """The items of a type; raises `Unseen` where it could not be listed in full."""
        return self.inventory.of_type(resource_type)

    def listed(self, resource_type: str) -> list[Item]:
        """The items of a type as far as they could be listed."""
        return [item for item in self.inventory.by_type.get(resource_type, ()) if item.status != DELETED]

    def is_younger(self, item: Item, age: timedelta) -> bool:
        """Whether it is known that a resource has not been there for as long."""
        return item.created_at is not None and self.now - item.created_at < age

    def once(self, make: Callable[[Inputs], T]) -> T:
        """What a function makes of these inputs, made once: an index over many items, say."""
        if make not in self._made:
            self._made[make] = make(self)
        found: T = self._made[make]
        return found

    def series(self, metric: Metric, item: Item) -> Series:
        """What was measured of a resource; raises `Unseen` where that is not known, or too little of it."""
        query = metric.query(item)
        if query is None:
            raise Unseen(f"{metric.namespace} {metric.name}: not measured of this resource")
        found = self.measured.get(query, self.metrics_unseen)
        if isinstance(found, str):
            raise Unseen(f"{metric.namespace} {metric.name}: {found}")
        return metric.read(found)

    def verdict(self, identifier: str, item: Item | None, **parameters: str) -> Verdict:
        """What a managed rule of Config's says of an item (of the account: None); raises `Unseen` where it cannot tell."""
        verdict = judge(_active(identifier, tuple(sorted(parameters.items()))), item, self.inventory)
        if verdict.compliance is Compliance.INSUFFICIENT_DATA:
            raise Unseen(verdict.annotation)
        return verdict


@lru_cache(maxsize=1024)
def _active(identifier: str, parameters: tuple[tuple[str, str], ...]) -> ActiveRule:
    return activate(managed_rules()[identifier], dict(parameters))


def queries(metrics: Iterable[Metric], inventory: Inventory) -> list[MetricQuery]:
    """Everything that has to be asked for, each once, however many checks read it."""
    wanted: dict[MetricQuery, None] = {}
    for metric in dict.fromkeys(metrics):
        for item in inventory.by_type.get(metric.on, ()):
            if item.status != DELETED and (query := _query(metric, item)) is not None:
                wanted[query] = None
    return list(wanted)


def _query(metric: Metric, item: Item) -> MetricQuery | None:
    """What to ask for an item; of one that cannot be read, nothing: the check will say so."""
    try:
        return metric.query(item)
    except (Unseen, Garbled):
        return None
