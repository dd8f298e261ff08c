"""What is recorded of resources, as rules see it: of an account in a region, its items there and those that belong to no region."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.inventory import INVENTORY_FILE, History, Resource
from garrison.items import GLOBAL, Item
from garrison.rules import Inventory
from garrison.services.config.rules.active import Active
from garrison.services.config.rules.resources import ConfigRule

NEVER_RECORDED = "nothing of the type was ever recorded"

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts


def history_of(parts: Parts) -> History:
    """The recorded items of the home."""
    return _opened(parts.settings.home_path, not parts.settings.ephemeral)


@lru_cache(maxsize=8)
def _opened(home: Path, sync: bool) -> History:
    return History(home / INVENTORY_FILE, sync=sync)


def is_in_place(rule: ConfigRule, item: Item) -> bool:
    """Whether an item is of the rule's account and region, or of no region."""
    return item.account == rule.account and item.region in (rule.region, GLOBAL)


def items_of(parts: Parts, rule: ConfigRule, resource_types: Collection[str] | None) -> Iterator[Item]:
    """The last state of what is there where a rule is, of these types or of all."""
    history = history_of(parts)
    for region in (rule.region, GLOBAL):
        for resource_type in resource_types if resource_types is not None else (None,):
            yield from history.current(rule.account, resource_type=resource_type, region=region)


def item_of(parts: Parts, rule: ConfigRule, resource_type: str, resource_id: str) -> Item | None:
    """The last state of a resource, also of one that was deleted; None where it was never seen."""
    history = history_of(parts)
    for region in (rule.region, GLOBAL):
        found = history.get(Resource(rule.account, region, resource_type, resource_id))
        if found is not None:
            return found
    return None


def inventory_for(place: Workplace, actives: Collection[Active], items: Collection[Item]) -> Inventory:
    """What rules of one place may look up while they judge items: these, and the types that they read besides.

    Of a type that nobody ever recorded there, it says so, and not that there is none.
    """
    rule = next(iter(actives)).rule
    found = {(item.resource_type, item.resource_id): item for item in items}
    others = {kind for active in actives if active.managed is not None for kind in _others(active)}
    unseen = dict.fromkeys(others, NEVER_RECORDED)
    if others:
        for item in items_of(place.parts, rule, others):
            found.setdefault((item.resource_type, item.resource_id), item)
            unseen.pop(item.resource_type, None)
        for (kind, region), why in history_of(place.parts).coverage(rule.account).items():
            if kind in others and region in (rule.region, GLOBAL):
                unseen.pop(kind, None)
                if why:
                    unseen[kind] = why
    return Inventory(rule.account, found.values(), at=place.clock.now(), unseen=unseen)


def _others(active: Active) -> list[str]:
    """The types that a managed rule looks up besides what it judges."""
    assert active.managed is not None
    judged = set(active.resource_types or ())
    return [name for name in active.managed.rule.reads if name not in judged]
