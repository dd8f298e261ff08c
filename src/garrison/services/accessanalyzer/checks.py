"""CheckNoNewAccess, CheckAccessNotGranted and CheckNoPublicAccess: the prover's answers in the API's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.policy.analysis import (
    Access,
    Result,
    Verdict,
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)
from garrison.services.accessanalyzer.policies import invalid, parsed
from garrison.services.accessanalyzer.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Answer = dict[str, Any]


@service.operation("CheckNoNewAccess", needs={"access-analyzer:CheckNoNewAccess": "*"})
def no_new_access(call: Call, request: Mapping[str, Any]) -> Answer:
    """Whether the new policy allows nothing that the existing one does not allow."""
    kind = request["policyType"]
    verdict = check_no_new_access(
        parsed(request["newPolicyDocument"], kind), parsed(request["existingPolicyDocument"], kind)
    )
    return _answer(
        verdict,
        passed="The modified permissions do not grant new access compared to your existing policy.",
        failed="The modified permissions grant new access compared to your existing policy.",
        reason="New access in the statement with {}.",
    )


@service.operation("CheckAccessNotGranted", needs={"access-analyzer:CheckAccessNotGranted": "*"})
def access_not_granted(call: Call, request: Mapping[str, Any]) -> Answer:
    """Whether the policy allows none of the given actions on none of the given resources."""
    accesses = [Access(tuple(one.get("actions") or ()), tuple(one.get("resources") or ())) for one in request["access"]]
    if not accesses or not all(one.actions or one.resources for one in accesses):
        raise invalid("The access to check has to name actions, resources or both.")
    if any(":" not in action for one in accesses for action in one.actions if action != "*"):
        raise invalid("Actions to check have the format service:action.")
    verdict = check_access_not_granted(parsed(request["policyDocument"], request["policyType"]), accesses)
    return _answer(
        verdict,
        passed="The policy document does not grant access to perform the listed actions or resources.",
        failed="The policy document grants access to perform one or more of the listed actions or resources.",
        reason="One or more of the listed actions or resources in the statement with {}.",
    )


@service.operation("CheckNoPublicAccess", needs={"access-analyzer:CheckNoPublicAccess": "*"})
def no_public_access(call: Call, request: Mapping[str, Any]) -> Answer:
    """Whether the resource policy lets in nobody whom it does not mean."""
    document = parsed(request["policyDocument"], "RESOURCE_POLICY", request["resourceType"])
    return _answer(
        check_no_public_access(document),
        passed="The resource policy does not grant public access for the given resource type.",
        failed="The resource policy grants public access for the given resource type.",
        reason="Public access granted in the statement with {}.",
    )


def _answer(verdict: Verdict, *, passed: str, failed: str, reason: str) -> Answer:
    if verdict.result is Result.UNKNOWN:
        raise ApiError("UnprocessableEntityException", "The policy is too complex to be analyzed.")
    if verdict.result is Result.PASS:
        return {"result": "PASS", "message": passed}
    reasons = []
    for one in verdict.reasons:
        named = f"sid: {one.sid}" if one.sid else f"index: {one.statement}"
        shown: Answer = {"description": reason.format(named), "statementIndex": one.statement}
        reasons.append(shown | ({"statementId": one.sid} if one.sid else {}))
    return {"result": "FAIL", "message": failed, "reasons": reasons}
