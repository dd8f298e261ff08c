"""Read an item's configuration with the names of Config's schema, telling apart what is absent, what was not seen and what is garbled.

What is absent is None (or empty). A part in `Item.unknown` raises `Unseen`, a value of another kind than the schema's raises
`Garbled`; the engine makes INSUFFICIENT_DATA of both, so that a rule never takes either for a setting that is off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from garrison import codec
from garrison.items import Item

_OBJECT = (dict, Mapping)
"""What an object is; nearly all are dicts, which are told much faster."""
Holder = Item | Mapping[str, Any]
"""An item (its `configuration` is read) or an object found in one."""


class Unseen(Exception):
    """A needed part could not be seen; the text says which and why."""


class Garbled(Exception):
    """A value is not of the kind that Config's schema gives; the text says where."""


def value(holder: Holder, *path: str) -> Any:
    """What stands at a path of names; None where there is nothing."""
    if isinstance(holder, Item):
        _seen(holder, path[0])
        found: Any = holder.configuration
    else:
        found = holder
    for name in path:
        if found is None:
            return None
        if not isinstance(found, _OBJECT):
            raise Garbled(f"{'.'.join(path)} is not in an object")
        found = found.get(name)
    return found


def text(holder: Holder, *path: str) -> str | None:
    """A text; Config also wraps some as `{"value": …}`."""
    found = value(holder, *path)
    if isinstance(found, _OBJECT):
        found = found.get("value")
    if found is None or isinstance(found, str):
        return found
    raise Garbled(f"{'.'.join(path)} is not a text")


def flag(holder: Holder, *path: str) -> bool | None:
    """A truth value, which Config also writes as text."""
    found = value(holder, *path)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, str) and found.lower() in ("true", "false"):
        return found.lower() == "true"
    raise Garbled(f"{'.'.join(path)} is neither true nor false")


def number(holder: Holder, *path: str) -> float | None:
    """A number, which Config also writes as text; what is not finite is none."""
    found = value(holder, *path)
    if isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            raise Garbled(f"{'.'.join(path)} is not a number") from None
    if found is None:
        return None
    if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
        return found
    raise Garbled(f"{'.'.join(path)} is not a number")


def finite(holder: Holder, *path: str) -> float | None:
    """A number that can be counted with: neither infinite nor none at all."""
    found = number(holder, *path)
    if found is not None and not math.isfinite(found):
        raise Garbled(f"{'.'.join(path)} is not a finite number")
    return found


def moment(holder: Holder, *path: str) -> datetime | None:
    """A time: ISO 8601, or milliseconds since 1970 as Config writes some."""
    found = value(holder, *path)
    if found is None or isinstance(found, datetime):
        return found
    try:
        if isinstance(found, str):
            at = datetime.fromisoformat(found)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return datetime.fromtimestamp(found / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Garbled(f"{'.'.join(path)} is not a time")


def objects(holder: Holder, *path: str) -> list[Mapping[str, Any]]:
    """A list of objects; empty where there is none."""
    found = _list(value(holder, *path), path)
    if not all(isinstance(one, _OBJECT) for one in found):
        raise Garbled(f"{'.'.join(path)} holds other things than objects")
    return found


def texts(holder: Holder, *path: str) -> list[str]:
    """A list of texts; empty where there is none."""
    found = _list(value(holder, *path), path)
    plain = [one.get("value") if isinstance(one, Mapping) else one for one in found]
    words = [one for one in plain if isinstance(one, str)]
    if len(words) != len(plain):
        raise Garbled(f"{'.'.join(path)} holds other things than texts")
    return words


def part(item: Item, name: str) -> Mapping[str, Any]:
    """A part of the supplementary configuration; empty where there is none."""
    found = _part(item, name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise Garbled(f"{name} is not an object")
    return found


def policy_text(item: Item, name: str) -> str | None:
    """The text of a policy that is a part, whether it is kept as the text or as an object."""
    found = _part(item, name)
    if isinstance(found, Mapping):
        return codec.encode(found).decode()
    if found is None or isinstance(found, str):
        return found or None
    raise Garbled(f"{name} is no policy")


def rows_of(item: Item, name: str) -> list[Mapping[str, Any]]:
    """A part of the supplementary configuration that is a list of objects; raises `Unseen` where there is none."""
    found = _part(item, name)
    if found is None:
        raise Unseen(f"{name}: not collected")
    return objects({name: found}, name)


def listed(text_of_names: str | None) -> tuple[str, ...]:
    """The names of a parameter that AWS calls a CSV."""
    return tuple(one.strip() for one in (text_of_names or "").split(",") if one.strip())


def _part(item: Item, name: str) -> Any:
    """As it was seen; a part may be JSON text, as the grants of a bucket are."""
    _seen(item, name)
    found = item.supplementary.get(name)
    if isinstance(found, str):
        try:
            return codec.decode(found) if found else None
        except (msgspec.DecodeError, RecursionError):
            raise Garbled(f"{name} is not JSON") from None
    return found


def _seen(item: Item, name: str) -> None:
    for reason in item.unknown:
        if reason == name or reason.startswith((f"{name}:", f"{name}.")):
            raise Unseen(reason)


def _list(found: Any, path: tuple[str, ...]) -> list[Any]:
    if found is None:
        return []
    if isinstance(found, list | tuple):
        return list(found)
    raise Garbled(f"{'.'.join(path)} is not a list")
