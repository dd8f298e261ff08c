"""Walk a bucket's keys in order: by prefix, rolled up at a delimiter, one page at a time.

What is rolled up is stepped over, not read: a page costs what it shows, however many keys lie below a common prefix. Order and
rolling up: S3 API Reference, ListObjectsV2; S3 User Guide, "Organizing objects using prefixes".
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from garrison.store import after_prefix

FIRST, LAST = 0, 10**19
"""Ranks before and after all others."""
_SMALLEST_PAGE, _LARGEST_PAGE = 16, 1024
_MOST_READ_OVER = 8
"""Older versions of a key that are read over before the rest of them is stepped over."""


class Keyed(Protocol):
    """What has a key in a bucket."""

    @property
    def bucket(self) -> str: ...
    @property
    def key(self) -> str: ...


Item = TypeVar("Item", bound=Keyed)
Place = tuple[str, int]
"""A key, and the rank in it after which to go on."""
Fetch = Callable[[Place, int], list[Item]]
"""Gives at most so many items that follow a place, in the order of bucket, key and rank; of later buckets as well."""


@dataclass(slots=True)
class Page:
    """One page of a listing."""

    items: list[object] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    is_truncated: bool = False
    last: str = ""
    """The key or the common prefix that came last."""

    @property
    def count(self) -> int:
        """How many entries it has."""
        return len(self.items) + len(self.prefixes)


def rolled_up(key: str, prefix: str, delimiter: str) -> str | None:
    """The common prefix under which a key is rolled up, or None."""
    if not delimiter:
        return None
    end = key.find(delimiter, len(prefix))
    return key[: end + len(delimiter)] if end >= 0 else None


class Walk(Generic[Item]):
    """A walk over the keys of one bucket that begin with a prefix."""

    def __init__(self, fetch: Fetch[Item], bucket: str, prefix: str, start: Place) -> None:
        self._fetch = fetch
        self._bucket = bucket
        self._prefix = prefix
        self._place: Place | None = max(start, (prefix, FIRST))
        self._size = _SMALLEST_PAGE

    def __iter__(self) -> Iterator[Item]:
        while self._place is not None:
            place, size = self._place, self._size
            found = self._fetch(place, size)
            self._size = min(size * 4, _LARGEST_PAGE)
            for item in found:
                if item.bucket != self._bucket or not item.key.startswith(self._prefix):
                    return
                yield item
                if self._place is not place:
                    break  # the walk was told to go on elsewhere
            else:
                if len(found) < size:
                    return
                self._place = (found[-1].key, getattr(found[-1], "rank", LAST))

    def skip_key(self, key: str) -> None:
        """Go on after all versions of a key."""
        self._place = (key, LAST)

    def skip_prefix(self, prefix: str) -> None:
        """Go on after all keys that begin so."""
        beyond = after_prefix(prefix)
        self._place = (beyond, FIRST) if beyond is not None else None
        self._size = _SMALLEST_PAGE


def page_of_keys(
    fetch: Fetch[Item],
    bucket: str,
    *,
    prefix: str,
    delimiter: str,
    start_after: str,
    limit: int,
    is_shown: Callable[[Item], bool] = lambda item: True,
) -> Page:
    """A page of the newest item of each key, at most `limit` entries with common prefixes among them."""
    page = Page()
    walk: Walk[Item] = Walk(fetch, bucket, prefix, _start(start_after, prefix, delimiter))
    previous: str | None = None
    repeated = 0
    for item in walk:
        if item.key == previous:
            repeated += 1
            if repeated % _MOST_READ_OVER == 0:
                walk.skip_key(item.key)
            continue
        previous, repeated = item.key, 0
        if not is_shown(item):
            continue
        common = rolled_up(item.key, prefix, delimiter)
        if common is not None and common == page.last and page.prefixes:
            continue
        if page.count >= limit:
            page.is_truncated = True
            break
        page.last = common if common is not None else item.key
        if common is not None:
            page.prefixes.append(common)
            walk.skip_prefix(common)
        else:
            page.items.append(item)
    return page


def _start(start_after: str, prefix: str, delimiter: str) -> Place:
    """Where a walk begins: after a key, or after all of a common prefix that was shown last."""
    if not start_after:
        return (prefix, FIRST)
    if delimiter and start_after.startswith(prefix) and rolled_up(start_after, prefix, delimiter) == start_after:
        beyond = after_prefix(start_after)
        return (beyond if beyond is not None else chr(sys.maxunicode) * 1024, FIRST)
    return (start_after, LAST)
