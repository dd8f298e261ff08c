"""No shape of what is collected or measured breaks a check."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from garrison.advising import load_prices
from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.advice import Inputs, Series, Status, advise, checks, queries
from garrison.rules.registry import ACCOUNT

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PRICES = load_prices()
MODULES = sorted({one.function.__module__ for one in checks().values()})


@cache
def objects(module: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects of names that the module's code mentions: what its checks look up in items."""
    names = sorted(set(re.findall(r'"([A-Za-z-]+)"', inspect.getsource(import_module(module)))))
    leaves = st.none() | st.booleans() | st.integers(-5, 70000) | st.text(max_size=8) | st.sampled_from(names)
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
        max_leaves=12,
    )
    return st.dictionaries(st.sampled_from(names), values, max_size=8)


@pytest.mark.parametrize("module", MODULES)
def test_no_shape_breaks_a_check(module: str, item: Callable[..., Item]) -> None:
    mine = [one for one in checks().values() if one.function.__module__ == module]
    kinds = sorted({kind for one in mine for kind in (*one.resource_types, *one.needs)} - {ACCOUNT})
    values = st.none() | st.floats(-1, 1e12) | st.just(float("nan"))

    @settings(max_examples=15, deadline=None, database=None, phases=[Phase.generate, Phase.shrink])
    @given(objects(module), objects(module), st.lists(values, min_size=1, max_size=20), st.integers(0, 100))
    def holds(configuration: dict[str, object], supplementary: dict[str, object], told: list[float], age: int) -> None:
        made = NOW - timedelta(days=age)
        items = [item(kind, configuration, supplementary=supplementary, created_at=made) for kind in kinds]
        inventory = Inventory(items[0].account, items, at=NOW)
        wanted = queries((metric for one in mine for metric in one.metrics), inventory)
        measured = {query: Series(tuple((told * query.periods)[: query.periods])) for query in wanted}
        for one in mine:
            result = advise(one, Inputs(inventory, measured, PRICES))
            assert not result.is_broken, result
            assert all(len(row.metadata) == len(one.columns) for row in result.resources)
            assert all(row.reason for row in result.resources if row.status is Status.NOT_AVAILABLE)

    holds()
