"""Policies in Guard: tried before they are kept, and asked what they say of items, by the engine in processes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from garrison.confined import GuardPool, GuardRefused, NotConfined, Stopped
from garrison.items import Item
from garrison.rules import Verdict
from garrison.rules.custom import verdict_of
from garrison.rules.custom.events import configuration_item
from garrison.services.config.faults import invalid_parameter

WORKERS = 2


@lru_cache(maxsize=1)
def _pool() -> GuardPool:
    """The engine's processes, of this process."""
    return GuardPool(WORKERS)


def said_by_policy(text: str, parameters: Mapping[str, Any], item: Item) -> Verdict:
    """What a policy says of an item; raises `GuardRefused`, `NotConfined`, `Stopped`."""
    return verdict_of(_pool().judge(text, configuration_item(item) | {"CONFIG_RULE_PARAMETERS": parameters}))


def check_policy(text: str) -> None:
    """Raises InvalidParameterValueException for what is no policy in Guard."""
    try:
        with GuardPool() as pool:
            pool.judge(text, {})
    except GuardRefused as refused:
        if refused.is_syntax:
            raise invalid_parameter(f"The PolicyText is not a valid Guard policy: {refused}") from None
    except (Stopped, NotConfined) as failure:
        raise invalid_parameter(f"The PolicyText cannot be used: {failure}") from None
