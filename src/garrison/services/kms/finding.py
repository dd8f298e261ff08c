"""Keys by whatever names them: id, ARN, alias, or an alias's ARN, in this account or another's.

KMS developer guide, "Key identifiers (KeyId)".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from garrison.arn import parse_arn
from garrison.services.kms.failures import invalid_arn, not_found
from garrison.services.kms.resources import Alias, Key, key_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_KEY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


MAX_KEPT_NAMES = 4096
"""Identifiers that a process remembers the meaning of."""


class Named(NamedTuple):
    """What an identifier says: whose it is, and `key/…` or `alias/…`."""

    account: str
    resource: str


def named(call: Call, key_id: str) -> Named:
    """Whose key or alias an identifier means."""
    return _read(key_id, call.account, call.region)


@lru_cache(maxsize=MAX_KEPT_NAMES)
def _read(key_id: str, account: str, region: str) -> Named:
    if key_id.startswith("arn:"):
        arn = parse_arn(key_id)
        if arn is None or arn.service != "kms" or not arn.resource.startswith(("key/", "alias/")):
            raise invalid_arn(f"Invalid arn {key_id[:200]}")
        if arn.region != region:
            raise not_found(f"Invalid arn {arn.region}")
        return Named(arn.account, arn.resource)
    return Named(account, key_id if key_id.startswith("alias/") else f"key/{key_id}")


def lookup_key(call: Call, key_id: str, *, takes_alias: bool = True) -> Key:
    """The key that an identifier means, of any account here; NotFoundException where there is none."""
    account, resource = named(call, key_id)
    if resource.startswith("alias/"):
        if not takes_alias:
            if key_id.startswith("arn:"):
                raise invalid_arn("Key Aliases are not supported for this operation.")
            raise not_found(f"Invalid keyId {key_id[:200]}")
        name = find_alias(call, resource, account).key_id
    else:
        name = resource.removeprefix("key/")
    arn = key_arn(call.region, account, name)
    key = call.unit.get(Key, name, account=account)
    if key is None:
        is_id = _KEY_ID.fullmatch(name) is not None
        raise not_found(f"Key '{arn}' does not exist" if is_id else f"Invalid keyId {name[:200]}")
    call.found[call.unit, arn] = call.found[call.unit, key_id] = key
    return key


def find_key(call: Call, key_id: str, *, takes_alias: bool = True) -> Key:
    """The same, named in the call's event as a resource of it."""
    return name_key(call, lookup_key(call, key_id, takes_alias=takes_alias))


def decided_key(call: Call, key_id: str) -> Key:
    """The key that a call was decided on, for an operation that only reads; named in the call's event likewise."""
    key = call.found.get((call.unit, key_id))
    return name_key(call, key) if key is not None else find_key(call, key_id)


def name_key(call: Call, key: Key) -> Key:
    """Name a key in the call's event."""
    named_already = {"ARN": key.arn, "accountId": key.account, "type": Key.resource_type}
    if named_already not in call.resources:
        call.resources.append(named_already)
    return key


def find_alias(call: Call, name: str, account: str | None = None) -> Alias:
    """An alias by its name; NotFoundException where there is none."""
    account = account or call.account
    alias = call.unit.get(Alias, name, account=account)
    if alias is None:
        raise not_found(f"Alias arn:aws:kms:{call.region}:{account}:{name} is not found.")
    return alias


def key_of_arn(unit: Unit, arn: str) -> Key | None:
    """The key of an ARN of a key, in any account and region here."""
    place = _place(arn)
    return unit.get(Key, place[0], account=place[1], region=place[2]) if place is not None else None


def account_of(arn: str) -> str | None:
    """The account of a key's ARN."""
    place = _place(arn)
    return place[1] if place is not None else None


@lru_cache(maxsize=MAX_KEPT_NAMES)
def _place(arn: str) -> tuple[str, str, str] | None:
    """The id, account and region of a key's ARN."""
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "kms" or not parsed.resource.startswith("key/"):
        return None
    return parsed.resource.removeprefix("key/"), parsed.account, parsed.region
