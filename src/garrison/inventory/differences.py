"""What differs between two states of a resource: each property with what it was and what it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from garrison import codec
from garrison.items import Item

ABSENT = None
"""Stands for what is not there."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One property; `old` or `new` is None where it was not there or is there no more."""

    path: str
    """`configuration.state.value`; `[]` after a name means one entry of a list."""
    old: Any
    new: Any


def differences(before: Item, after: Item) -> list[Difference]:
    """What differs, in the order of paths. Entries of a list have no order: an entry went, came, or changed where one did both."""
    return sorted(_between("", _plain(before), _plain(after)), key=lambda one: (one.path, one.old is None))


def _plain(item: Item) -> dict[str, Any]:
    return {
        "configuration": item.configuration,
        "supplementary": {name: _read(value) for name, value in item.supplementary.items()},
        "tags": item.tags,
        "relationships": [f"{tie.name} {tie.resource_type} {tie.resource_id}" for tie in item.relationships],
        "unknown": list(item.unknown),
    }


def _read(value: Any) -> Any:
    """Config writes parts as JSON text; policies in them are JSON text again."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return _read(codec.decode(value))
        except msgspec.DecodeError:
            return value
    if isinstance(value, dict):
        return {name: _read(each) for name, each in value.items()}
    return value


def _between(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted(old.keys() | new.keys(), key=str):
            yield from _between(f"{path}.{name}" if path else str(name), old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _between_lists(f"{path}[]", old, new)
    else:
        yield Difference(path=path, old=old, new=new)


def _between_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    """Entries by their content: those that both have are the same wherever they stand."""
    was, now = (Counter(map(codec.encode_canonical, entries)) for entries in (old, new))
    gone, come = ([codec.decode(one) for one in more.elements()] for more in (was - now, now - was))
    if len(gone) == len(come) == 1 and isinstance(gone[0], dict) and isinstance(come[0], dict):
        yield from _between(path, gone[0], come[0])
        return
    yield from (Difference(path=path, old=one, new=ABSENT) for one in gone)
    yield from (Difference(path=path, old=ABSENT, new=one) for one in come)
