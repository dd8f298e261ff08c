"""Do the same for many rows, several at a time, in the context (and so by the meter) of the work they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AT_ONCE = 8


def each(values: Sequence[In], make: Callable[[In], Out]) -> list[Out]:
    """What is made of each value, in their order."""
    if len(values) < 2:
        return [make(value) for value in values]
    contexts = [copy_context() for _ in values]
    with ThreadPoolExecutor(min(AT_ONCE, len(values))) as pool:
        return list(pool.map(lambda context, value: context.run(make, value), contexts, values))
