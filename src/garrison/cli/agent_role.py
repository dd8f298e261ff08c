"""The role that hosts get to report: made once, and narrow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError

if TYPE_CHECKING:
    from garrison.gateway.local import LocalCaller

ROLE, PROFILE, POLICY = "GarrisonAgent", "garrison-agents", "report"
_ANCHOR = "garrison-hosts"


def profile_of(root: LocalCaller) -> tuple[str, str]:
    """The ARNs of the profile and the role that agents are invited for, made where they are missing."""
    role = _role(root)
    for profile in root.call("rolesanywhere", "ListProfiles")["profiles"]:
        if profile["name"] == PROFILE and profile["roleArns"] == [role]:
            return str(profile["profileArn"]), role
    made = root.call("rolesanywhere", "CreateProfile", name=PROFILE, roleArns=[role], enabled=True)
    return str(made["profile"]["profileArn"]), role


def _role(root: LocalCaller) -> str:
    trust = json.dumps(_trust([one["trustAnchorArn"] for one in _anchors(root)]))
    try:
        arn = str(root.call("iam", "GetRole", RoleName=ROLE)["Role"]["Arn"])
        root.call("iam", "UpdateAssumeRolePolicy", RoleName=ROLE, PolicyDocument=trust)
    except ApiError as problem:
        if problem.code != "NoSuchEntity":
            raise
        made = root.call("iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=trust)
        arn = str(made["Role"]["Arn"])
    root.call("iam", "PutRolePolicy", RoleName=ROLE, PolicyName=POLICY, PolicyDocument=json.dumps(_policy()))
    return arn


def _anchors(root: LocalCaller) -> list[dict[str, Any]]:
    found = root.call("rolesanywhere", "ListTrustAnchors")["trustAnchors"]
    return [one for one in found if one["name"] == _ANCHOR]


def _trust(anchors: list[str]) -> dict[str, Any]:
    """Only certificates of the hosts' own authority, once there is one."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }
    statement |= {"Condition": {"ArnEquals": {"aws:SourceArn": anchors}}} if anchors else {}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _policy() -> dict[str, Any]:
    """A host's certificate names it; it reports about that name only, whatever else its session was asked for."""
    statement = {
        "Effect": "Allow",
        "Action": ["garrison:PutHostReport", "garrison:GetHostJobs"],
        "Resource": "arn:aws:garrison:*:*:host/${aws:PrincipalTag/x509Subject/CN}",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
