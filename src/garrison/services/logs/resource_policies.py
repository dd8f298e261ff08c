"""Keep the account's resource policies, by which services such as CloudTrail may write log events, and let them decide."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.policy import MalformedPolicy, PolicyKind, Source, parse_document
from garrison.services.logs.naming import invalid, milliseconds, missing
from garrison.services.logs.paging import page_of
from garrison.services.logs.resources import LogResourcePolicy
from garrison.services.logs.service import service

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call

MOST_POLICIES = 10
LONGEST_DOCUMENT = 5_120
"""API reference, PutResourcePolicy."""


@service.operation("PutResourcePolicy", needs={"logs:PutResourcePolicy": "*"})
def put_resource_policy(call: Call, request: shapes.PutResourcePolicyRequestTypeDef) -> dict[str, Any]:
    """A new policy, or another document for the one of this name."""
    name, document = _name(request), request.get("policyDocument")
    if not document:
        raise invalid("policyDocument is required.")
    if len(document) > LONGEST_DOCUMENT:
        raise ApiError("LimitExceededException", f"A resource policy has at most {LONGEST_DOCUMENT} characters.")
    try:
        parse_document(document, PolicyKind.RESOURCE)
    except MalformedPolicy as malformed:
        raise invalid(f"The policy document is malformed: {malformed}") from None
    present = call.unit.get(LogResourcePolicy, name)
    if present is None and call.unit.count(LogResourcePolicy) >= MOST_POLICIES:
        raise ApiError(
            "LimitExceededException", f"An account has at most {MOST_POLICIES} resource policies in a region."
        )
    made = LogResourcePolicy(
        account=call.account,
        name=name,
        document=document,
        updated_at=milliseconds(call),
        revision_id=request_id(),
        region=present.region if present else "",
        revision=present.revision if present else 0,
    )
    kept = call.unit.add(made) if present is None else call.unit.save(made)
    call.unit.raise_policy_generation()
    return {"resourcePolicy": _shown(kept), "revisionId": kept.revision_id}


@service.operation("DeleteResourcePolicy", needs={"logs:DeleteResourcePolicy": "*"})
def delete_resource_policy(call: Call, request: shapes.DeleteResourcePolicyRequestTypeDef) -> None:
    """The policy is gone."""
    found = call.unit.get(LogResourcePolicy, _name(request))
    if found is None:
        raise missing("resource policy")
    call.unit.remove(found)
    call.unit.raise_policy_generation()


@service.operation("DescribeResourcePolicies", needs={"logs:DescribeResourcePolicies": "*"})
def describe_resource_policies(call: Call, request: shapes.DescribeResourcePoliciesRequestTypeDef) -> dict[str, Any]:
    """The account's policies in the region; none hangs on a single group."""
    wants_own = request.get("resourceArn") or request.get("policyScope") == "RESOURCE"
    found = [] if wants_own else call.unit.page(LogResourcePolicy)
    return page_of(call, request, "resourcePolicies", found, key=lambda each: each.name, render=_shown)


def _name(request: Any) -> str:
    if request.get("resourceArn") or request.get("expectedRevisionId"):
        raise invalid("Policies that hang on one log group are not supported: name one of the account's by policyName.")
    if not request.get("policyName"):
        raise invalid("policyName is required.")
    return str(request["policyName"])


def _shown(policy: LogResourcePolicy) -> dict[str, Any]:
    return {
        "policyName": policy.name,
        "policyDocument": policy.document,
        "lastUpdatedTime": policy.updated_at,
        "policyScope": "ACCOUNT",
        "revisionId": policy.revision_id,
    }


def account_policies(call: Call, _request: Any, _resource: str) -> Source | None:
    """All policies of the account in the region as one, which decides with the caller's own."""
    found = call.unit.page(LogResourcePolicy)
    return _together(tuple(each.document for each in found)) if found else None


@lru_cache(maxsize=64)
def _together(documents: tuple[str, ...]) -> Source:
    document = codec.encode({"Version": "2012-10-17", "Statement": statements_of(documents)}).decode()
    return Source(PolicyKind.RESOURCE, "logs-resource-policies", parse_document(document, PolicyKind.RESOURCE))


def statements_of(documents: Iterable[str]) -> list[dict[str, Any]]:
    """The statements of several policies as those of one, each with an id of its own."""
    statements: list[dict[str, Any]] = []
    for number, document in enumerate(documents):
        found = codec.decode(document)["Statement"]
        for place, statement in enumerate(found if isinstance(found, list) else [found]):
            sid = statement.get("Sid") or f"{place}"
            statements.append(statement | {"Sid": f"{number}x{''.join(filter(str.isalnum, sid))}x{place}"})
    return statements
