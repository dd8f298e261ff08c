"""Much, a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(things: Iterable[T], most: int) -> Iterator[list[T]]:
    """The things in lists of at most so many."""
    rest = iter(things)
    while batch := list(islice(rest, most)):
        yield batch
