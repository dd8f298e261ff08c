"""Web ACLs, rule groups and sets as requests name them: by name, scope and id, or by ARN."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.arn import parse_arn
from garrison.services.wafv2.faults import invalid, nonexistent, outdated
from garrison.services.wafv2.resources import CLOUDFRONT, REGIONAL, Entity, entity_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

E = TypeVar("E", bound=Entity)
Request = Mapping[str, Any]

CLOUDFRONT_REGION = "us-east-1"
"""What belongs to CloudFront is kept, and called, there (API reference, "Scope")."""


def scope_of(call: Call, request: Request) -> str:
    """The request's scope; refused where the region has none such."""
    scope = str(request["Scope"])
    if scope not in (REGIONAL, CLOUDFRONT) or (scope == CLOUDFRONT and call.region != CLOUDFRONT_REGION):
        raise invalid("SCOPE_VALUE", scope, "The scope is not valid.")
    return scope


def named(kind: type[Entity], member: str = "ARN") -> Callable[[Call, Request], str]:
    """Gives the ARN that a request names, in this member or by name, scope and id."""

    def arn(call: Call, request: Request) -> str:
        if request.get(member):
            return str(request[member])
        scope, name, id = request.get("Scope", REGIONAL), request.get("Name", "*"), request.get("Id", "*")
        return entity_arn(call.region, call.account, scope, kind.kind, name, id)

    return arn


def found(call: Call, kind: type[E], request: Request) -> E:
    """The resource that a request names by Name, Scope and Id, or by ARN."""
    if request.get("ARN"):
        return by_arn(call, kind, request["ARN"])
    if not (request.get("Name") and request.get("Scope") and request.get("Id")):
        raise invalid(FIELDS[kind.kind], "ARN", "You must give either the ARN, or the name, the scope and the id.")
    entity = call.unit.get(kind, scope_of(call, request), request["Name"])
    if entity is None or entity.id != request["Id"]:
        raise nonexistent()
    return entity


def unlocked(call: Call, kind: type[E], request: Request) -> E:
    """The named resource, as it is where the request's lock token says."""
    entity = found(call, kind, request)
    if entity.lock_token != request["LockToken"]:
        raise outdated()
    return entity


def by_arn(call: Call, kind: type[E], arn: str) -> E:
    """The account's own resource of an ARN."""
    check_arn(arn, kind)
    entity = at_arn(call.unit, kind, arn)
    if entity is None or (entity.account, entity.region) != (call.account, call.region):
        raise nonexistent()
    return entity


def at_arn(unit: Unit, kind: type[E], arn: str) -> E | None:
    """The resource of an ARN in whatever account and region it names, or None."""
    parts = parse_arn(arn)
    if parts is None or parts.service != "wafv2":
        return None
    where, _, rest = parts.resource.partition("/")
    found_kind, _, rest = rest.partition("/")
    name, _, id = rest.partition("/")
    scope = {"regional": REGIONAL, "global": CLOUDFRONT}.get(where)
    if scope is None or found_kind != kind.kind or not name or not id:
        return None
    entity = unit.get(kind, scope, name, account=parts.account, region=parts.region)
    return entity if entity is not None and entity.id == id else None


def check_arn(arn: str, kind: type[Entity], field: str = "RESOURCE_ARN") -> None:
    """Refuse what is not an ARN of this kind."""
    parts = parse_arn(arn)
    pieces = parts.resource.split("/") if parts is not None else []
    if parts is None or parts.service != "wafv2" or len(pieces) != 4 or pieces[1] != kind.kind:
        raise invalid(field, arn, "The ARN isn't valid.")


FIELDS = {
    "webacl": "WEB_ACL",
    "rulegroup": "RULE_GROUP",
    "ipset": "IP_SET",
    "regexpatternset": "REGEX_PATTERN_SET",
}
"""What WAFInvalidParameterException calls each."""
