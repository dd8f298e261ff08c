"""Keep, change and delete entities: names given once, lock tokens, quotas, and word to the adapters that something changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from garrison.identifiers import request_id
from garrison.services.organizations.members import accounts_in
from garrison.services.wafv2.faults import duplicate, in_use, limit_exceeded
from garrison.services.wafv2.resources import Entity, Ruled, RuleGroup, WebACL
from garrison.store import Contains

if TYPE_CHECKING:
    from garrison.services.call import Call

E = TypeVar("E", bound=Entity)

MOST_OF_A_KIND = {"webacl": 100, "rulegroup": 100, "ipset": 100, "regexpatternset": 10}
"""Of an account, region and scope (AWS WAF Developer Guide, "AWS WAF quotas")."""
GENERATION = "generation"
NAMESPACE = "wafv2"


def keep_new(call: Call, entity: E) -> dict[str, Any]:
    """Keep a new entity, and give the summary that tells of it."""
    kind = type(entity)
    if call.unit.get(kind, entity.scope, entity.name) is not None:
        raise duplicate()
    if call.unit.count(kind, {"scope": entity.scope}) >= MOST_OF_A_KIND[kind.kind]:
        raise limit_exceeded(kind.kind.upper())
    changed(call)
    return {"Summary": summary(call.unit.add(entity))}


def keep_changed(call: Call, entity: Entity) -> dict[str, Any]:
    """Keep a changed entity under a new lock token."""
    token = request_id()
    call.unit.save(replace(entity, lock_token=token))
    changed(call)
    return {"NextLockToken": token}


def remove(call: Call, entity: Entity) -> None:
    """Delete an entity that nothing refers to, in no account."""
    holders: tuple[type[Ruled], ...] = (WebACL, RuleGroup)
    refers = {"refers": Contains(entity.arn)}
    for account in _may_refer(call, entity):
        if any(call.unit.count(holder, refers, account=account) for holder in holders):
            raise in_use()
    call.unit.remove(entity)
    changed(call)


def _may_refer(call: Call, entity: Entity) -> Collection[str]:
    """The accounts whose rules may refer to an entity. A rule group may be in use where its policy shares it no longer."""
    if not isinstance(entity, RuleGroup):
        return (call.account,)
    return {call.account, *accounts_in(call.unit, call.parts.settings.account_id)}


def summary(entity: Entity) -> dict[str, Any]:
    """What listings tell of an entity."""
    return {
        "Name": entity.name,
        "Id": entity.id,
        "Description": entity.description,
        "LockToken": entity.lock_token,
        "ARN": entity.arn,
    }


def identified(call: Call, request: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """The fields of a new entity that are not its own kind's."""
    return {
        "account": call.account,
        "region": call.region,
        "scope": scope,
        "name": request["Name"],
        "id": request_id(),
        "lock_token": request_id(),
        "description": request.get("Description") or "",
    }


def changed(call: Call) -> None:
    """Note that a bundle of this region may have changed: adapters that ask are told nothing new as long as this stands still."""
    call.unit.state_put(NAMESPACE, GENERATION, call.event_id.encode(), region=call.region)


def generation(call: Call) -> str:
    """What `changed` has noted last in the region; empty where nothing was ever kept."""
    entry = call.unit.state_get(NAMESPACE, GENERATION, region=call.region)
    return entry.value.decode() if entry is not None else ""
