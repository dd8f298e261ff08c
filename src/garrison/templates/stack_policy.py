"""Stack policies: which resources an update may touch, and how.

Statements have Effect, Action (`Update:Modify`, `Update:Replace`, `Update:Delete`, `Update:*`), Principal `*`, Resource
(`LogicalResourceId/…`) and a Condition on `ResourceType`. A stack with a policy protects what no statement allows. Source: AWS
CloudFormation User Guide, "Prevent updates to stack resources".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from garrison.policy.glob import compile_glob, tokenize
from garrison.templates.faults import TemplateInvalid
from garrison.templates.reading import check_values, read_json

Action = Literal["Update:Modify", "Update:Replace", "Update:Delete"]
MAX_BYTES = 16_384
ACTIONS: tuple[Action, ...] = ("Update:Modify", "Update:Replace", "Update:Delete")
_MEMBERS = frozenset({"Effect", "Action", "NotAction", "Principal", "Resource", "NotResource", "Condition", "Sid"})
_OPERATORS = frozenset({"StringEquals", "StringLike"})
_PREFIX = "LogicalResourceId/"


def read_stack_policy(text: str) -> Mapping[str, Any]:
    """A stack policy's document; raises TemplateInvalid."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TemplateInvalid(f"Stack policy may not exceed {MAX_BYTES} bytes")
    try:
        document = read_json(text)
        check_values(document)
    except TemplateInvalid as error:
        raise TemplateInvalid(f"Error validating stack policy: {error.message}") from None
    if not isinstance(document, dict) or not _listed(document.get("Statement")):
        raise TemplateInvalid("Error validating stack policy: Missing Statement")
    if unknown := document.keys() - {"Statement", "Version", "Id"}:
        raise TemplateInvalid(f"Error validating stack policy: Unknown field {min(unknown)}")
    for statement in _listed(document["Statement"]):
        _check(statement)
    return document


def may_update(policy: Mapping[str, Any], logical_id: str, resource_type: str, action: Action) -> bool:
    """Whether a policy lets an update do this to a resource: something allows it and nothing denies it."""
    allowed = False
    for statement in _listed(policy["Statement"]):
        if _applies(statement, logical_id, resource_type, action):
            if statement["Effect"] == "Deny":
                return False
            allowed = True
    return allowed


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _check(statement: Any) -> None:
    if not isinstance(statement, dict) or (unknown := statement.keys() - _MEMBERS):
        raise _wrong(f"Unknown field {min(unknown)}" if isinstance(statement, dict) else "Statement must be an object")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _wrong("Effect must be Allow or Deny")
    if statement.get("Principal") not in ("*", {"AWS": "*"}):
        raise _wrong("Principal must be *")
    for name in ("Action", "Resource"):
        given = [one for one in (name, f"Not{name}") if one in statement]
        if len(given) != 1 or not _texts(statement[given[0]]):
            raise _wrong(f"Statement must have {name} or Not{name}")
    for action in _listed(statement.get("Action", statement.get("NotAction"))):
        if not any(_matches(action, one) for one in ACTIONS):
            raise _wrong(f"Unknown action {action}")
    for resource in _listed(statement.get("Resource", statement.get("NotResource"))):
        if resource != "*" and not resource.startswith(_PREFIX):
            raise _wrong(f"Resource {resource} must be * or begin with {_PREFIX}")
    _check_condition(statement.get("Condition", {}))


def _check_condition(condition: Any) -> None:
    if not isinstance(condition, dict) or not condition.keys() <= _OPERATORS:
        raise _wrong("Condition must be StringEquals or StringLike on ResourceType")
    for keys in condition.values():
        if not isinstance(keys, dict) or list(keys) != ["ResourceType"] or not _texts(keys["ResourceType"]):
            raise _wrong("Condition must be StringEquals or StringLike on ResourceType")


def _texts(found: Any) -> bool:
    return bool(_listed(found)) and all(isinstance(one, str) for one in _listed(found))


def _wrong(why: str) -> TemplateInvalid:
    return TemplateInvalid(f"Error validating stack policy: {why}")


def _applies(statement: Mapping[str, Any], logical_id: str, resource_type: str, action: str) -> bool:
    if not _chosen(statement, "Action", [action]) or not _chosen(statement, "Resource", [f"{_PREFIX}{logical_id}"]):
        return False
    for operator, keys in statement.get("Condition", {}).items():
        wanted = _listed(keys["ResourceType"])
        if operator == "StringEquals" and resource_type not in wanted:
            return False
        if operator == "StringLike" and not any(_matches(one, resource_type) for one in wanted):
            return False
    return True


def _chosen(statement: Mapping[str, Any], name: str, values: Iterable[str]) -> bool:
    if name in statement:
        return any(_matches(one, value) for one in _listed(statement[name]) for value in values)
    return not any(_matches(one, value) for one in _listed(statement[f"Not{name}"]) for value in values)


def _matches(pattern: str, value: str) -> bool:
    return compile_glob(tokenize(pattern))(value)


def allow_all() -> str:
    """The policy of a stack that has none."""
    statement = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    return json.dumps({"Statement": [statement]})
