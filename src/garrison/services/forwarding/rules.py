"""What a forwarded operation needs: actions, the ARNs that its request names, roles that it hands over, condition values.

The rules are written by hand in a file a service; formats of ARNs and condition keys come from AWS's Service Authorization Reference.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.policy.actions import action, resource_type
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import InstanceProfile, Role

if TYPE_CHECKING:
    from garrison.services.call import Call

ANY = "*"
BY_ID = "by-id"
"""Stands for a resource type that only the id of the resource tells."""
_FIELD = re.compile(r"\$\{(\w+)\}")
_LISTING = frozenset({"List", "Read"})


@cache
def rules_of(service: str) -> dict[str, Any]:
    """The rules of a service, as its file has them."""
    return tomllib.loads(files(__package__).joinpath(f"{service}.toml").read_text())


def resources_of(service: str, operation: str) -> Mapping[str, list[str]] | None:
    """Resource types of an operation with the paths that name them; None for one that may not be forwarded."""
    written: Mapping[str, list[str]] | None = rules_of(service)["operations"].get(operation)
    if written is not None:
        return written
    facts = action(f"{service}:{operation}")
    only_lists = facts is not None and set(facts.access_levels) <= _LISTING and not facts.resources
    return {} if only_lists and operation.startswith("Describe") else None


def arns(call: Call, request: Any, service: str, resources: Mapping[str, list[str]]) -> Iterator[str]:
    """The ARNs that a request is about; `*` where the action has no resources."""
    if not resources:
        yield ANY
    for kind, paths in resources.items():
        named = [_name(service, path, value) for path in paths if path != ANY for value in found_at(request, path)]
        if not named and ANY in paths:
            named = [ANY]
        for value in named:
            yield _by_id(call, service, str(value)) if kind == BY_ID else arn_of(call, service, kind, str(value))


def _name(service: str, path: str, value: Any) -> Any:
    """The name in what names a resource; any, where it cannot be told."""
    pattern = rules_of(service).get("names", {}).get(path)
    if pattern is None:
        return value
    match = re.fullmatch(pattern, value, re.ASCII)
    return match["name"] if match is not None else ANY


def _by_id(call: Call, service: str, identifier: str) -> str:
    """The ARN of a resource whose type its id tells; `*` for a type that is not known here."""
    kind = rules_of(service)["prefixes"].get(identifier.partition("-")[0])
    return arn_of(call, service, kind, identifier) if kind is not None else ANY


def arn_of(call: Call, service: str, kind: str, name: str) -> str:
    """The ARN of a resource of the caller's account and region."""
    described = resource_type(service, kind)
    assert described is not None, kind
    places = {"Partition": "aws", "Region": call.region, "Account": call.account}
    return _FIELD.sub(lambda field: places.get(field[1], name), described.arn_format)


def kind_of(arn: str) -> str:
    """The resource type that an ARN is of, as its resource part begins."""
    parsed = parse_arn(arn)
    return parsed.resource.partition("/")[0] if parsed is not None else ""


def found_at(request: Any, path: str) -> Iterator[Any]:
    """The values at a dotted path, through lists."""
    if request is None:
        return
    if isinstance(request, list):
        for item in request:
            yield from found_at(item, path)
    elif not path:
        yield request
    elif isinstance(request, Mapping):
        name, _, rest = path.partition(".")
        yield from found_at(request.get(name), rest)


def passed_roles(call: Call, request: Any, service: str, operation: str) -> Iterator[str]:
    """The roles that a request hands over; `*` where one may be handed over that cannot be seen from here."""
    rule = rules_of(service)["passes_role"].get(operation)
    if rule is None:
        return
    if rule.get("hidden_in") and request.get(rule["hidden_in"]):
        yield ANY
    yield from found_at(request, rule.get("role", "-"))
    for profile in found_at(request, rule.get("profile", "-")):
        name = profile.get("Name") or (profile.get("Arn") or "").rpartition("/")[2]
        kept = lookup(call.unit, InstanceProfile, name) if name else None
        role = lookup(call.unit, Role, kept.role) if kept is not None and kept.role else None
        named_otherwise = kept is not None and profile.get("Arn") not in (None, kept.arn)
        yield role.arn if role is not None and not named_otherwise else ANY


def condition_values(call: Call, request: Any, service: str, operation: str) -> dict[str, Any]:
    """The condition values that follow from a request."""
    values: dict[str, Any] = {f"{service}:Region": call.region}
    for key, path in rules_of(service)["values"].items():
        found = list(found_at(request, path))
        if len(found) == 1:
            values[key] = found[0]
    made_with = [tag for group in request.get("TagSpecifications") or () for tag in group.get("Tags") or ()]
    given = given_tags(request)
    tags = made_with or (given if isinstance(given, list) else [{"Key": key, "Value": given[key]} for key in given])
    values |= {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags if "Key" in tag}
    keys = [tag["Key"] for tag in tags if "Key" in tag] or list(request.get("TagKeys") or ())
    if keys:
        values["aws:TagKeys"] = keys
    if made_with:
        values[f"{service}:CreateAction"] = operation
    if operation in rules_of(service)["passes_role"]:
        values["iam:PassedToService"] = f"{service}.amazonaws.com"
    return values


def given_tags(request: Any) -> list[dict[str, str]] | dict[str, str]:
    """The tags that a request sets on what it names: a list in EC2, a map in others; SQS writes its member small."""
    return request.get("Tags") or request.get("tags") or []


_FROM_THE_REQUEST = ("aws:requesttag/", "aws:tagkeys")
"""What follows from a request whole: where it is absent, it is absent."""


@cache
def unsupplied_keys(name: str, kind: str) -> frozenset[str]:
    """The condition keys that AWS gives for an action on a resource type, in lower case; those of tags end in `/`."""
    service = name.partition(":")[0]
    facts, described = action(name), resource_type(service, kind)
    keys = {*(facts.condition_keys if facts else ()), *(described.condition_keys if described else ())}
    lowered = {key.lower().partition("${")[0] for key in keys}
    return frozenset(key for key in lowered if key not in _FROM_THE_REQUEST)
