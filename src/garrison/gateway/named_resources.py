"""Name the resources of a call in its record from the ARNs that it was decided on, so that LookupEvents finds it by them.

The types are those of the CloudTrail User Guide, "Supported resource types for event history".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from garrison.arn import parse_arn

_TYPES = {
    ("iam", "user"): "AWS::IAM::User",
    ("iam", "group"): "AWS::IAM::Group",
    ("iam", "role"): "AWS::IAM::Role",
    ("iam", "policy"): "AWS::IAM::Policy",
    ("iam", "instance-profile"): "AWS::IAM::InstanceProfile",
    ("iam", "oidc-provider"): "AWS::IAM::OIDCProvider",
    ("iam", "saml-provider"): "AWS::IAM::SAMLProvider",
    ("sts", "federated-user"): "AWS::STS::FederatedUser",
    ("cloudtrail", "trail"): "AWS::CloudTrail::Trail",
    ("kms", "key"): "AWS::KMS::Key",
    ("kms", "alias"): "AWS::KMS::Alias",
}
"""Service and first part of an ARN's resource to the type."""


def resources_of(decision: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """CloudTrail's `resources` for a decision record: each resource once, leaving out wildcards and listings."""
    if decision is None:
        return []
    arns = dict.fromkeys(decided["resource"] for decided in decision["decisions"])
    return [resource for arn in arns if (resource := _resource(arn)) is not None]


@lru_cache(maxsize=4096)
def _resource(text: str) -> dict[str, str] | None:
    arn = parse_arn(text)
    if arn is None or text.endswith("/") or "*" in text:
        return None
    kind = _TYPES.get((arn.service, arn.resource.partition("/")[0]))
    return {"ARN": text, "accountId": arn.account, "type": kind} if kind else None
