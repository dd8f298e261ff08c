"""What tables of advice are made of: one check's result over items, metrics by name and resource, and prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.advice import Check, CheckResult, Inputs, Prices, Series, advise, checks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNT = "111122223333"
Measures = Mapping[tuple[str, str], Sequence[float | None] | float | str]
"""By metric's name and resource's id; one number stands for all periods, a text for why there are none."""


def check_of(key: str) -> Check:
    """A check by its key."""
    return next(one for one in checks().values() if one.key == key)


def advise_on(
    key: str,
    items: Iterable[Item],
    measures: Measures | None = None,
    prices: Mapping[tuple[str, str], str] | None = None,
    unseen: Mapping[str, str] | None = None,
) -> CheckResult:
    """What a check says of an account; prices by kind and name."""
    found = check_of(key)
    inventory = Inventory(ACCOUNT, items, at=NOW, unseen=unseen)
    measured: dict[object, Series | str] = {}
    for metric in found.metrics:
        for item in inventory.by_type.get(metric.on, ()):
            query = metric.query(item)
            value = (measures or {}).get((metric.name, item.resource_id))
            if query is not None and value is not None:
                many = (value,) * metric.periods if isinstance(value, int | float) else value
                measured[query] = many if isinstance(many, str) else Series(tuple(many))
    table: dict[str, dict[str, dict[str, Decimal]]] = {}
    for (kind, name), amount in (prices or {}).items():
        table.setdefault(kind, {}).setdefault("eu-west-1", {})[name] = Decimal(amount)
    result = advise(found, Inputs(inventory, measured, Prices(date(2026, 1, 1), "made up", table)))  # type: ignore[arg-type]
    assert not result.is_broken, result
    return result


@pytest.fixture
def advised() -> Callable[..., CheckResult]:
    return advise_on
