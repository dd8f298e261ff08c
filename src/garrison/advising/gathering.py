"""Make of collected accounts what checks may look at: what was not seen, or not even asked for, is said to be so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from garrison.advising.measuring import MetricCache, Pages, measure
from garrison.collect import Outcome, Result, Seen, types
from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.advice import Check, Inputs, Prices, needs, queries
from garrison.rules.registry import ACCOUNT
from garrison.rules.unseen import unseen_of

NOT_COLLECTED = "was not collected"


def inventories(checks: Collection[Check], results: Iterable[Result], *, at: datetime) -> Iterator[Inventory]:
    """Each account that was collected, with what checks need of it and is not known."""
    items: dict[str, list[Item]] = {}
    outcomes: dict[str, list[Outcome]] = {}
    for result in results:
        if not result.account.isdecimal():
            continue
        items.setdefault(result.account, []).extend(result.items)
        outcomes.setdefault(result.account, []).extend(result.outcomes)
    wanted = needs(checks)
    for account, of_account in items.items():
        told = outcomes[account]
        unseen = dict.fromkeys(wanted.keys() - {one.resource_type for one in told}, NOT_COLLECTED)
        unknown = [one for one in told if one.seen is Seen.UNKNOWN]
        reasons, places = unseen_of(
            account, ((one.resource_type, one.region, f"{one.reason} in {one.region}") for one in unknown), at
        )
        yield Inventory(account, [*of_account, *places], at=at, unseen=unseen | reasons)


def inventories_of_items(checks: Collection[Check], items: Iterable[Item], *, at: datetime) -> Iterator[Inventory]:
    """The accounts of items alone: of a type without an item it is not known whether there are none."""
    by_account: dict[str, list[Item]] = {}
    for item in items:
        by_account.setdefault(item.account, []).append(item)
    for account, of_account in by_account.items():
        seen = {item.resource_type for item in of_account}
        yield Inventory(
            account, of_account, at=at, unseen=dict.fromkeys(needs(checks).keys() - seen - {ACCOUNT}, NOT_COLLECTED)
        )


def inputs_of(
    checks: Collection[Check],
    inventory: Inventory,
    prices: Prices,
    pages: Pages | None = None,
    cache: MetricCache | None = None,
) -> Inputs:
    """Everything that checks may look at of an account; without a way to ask for metrics, these are not known."""
    if pages is None:
        return Inputs(inventory, {}, prices)
    wanted = queries((metric for check in checks for metric in check.metrics), inventory)
    return Inputs(inventory, measure(wanted, pages, now=inventory.at, cache=cache), prices)


def wanted_of(checks: Collection[Check]) -> dict[str, frozenset[str]]:
    """The types and parts that checks need and that there are collectors of."""
    known = set(types())
    return {name: parts for name, parts in needs(checks).items() if name in known}
