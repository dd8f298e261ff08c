"""The policies that AWS gives every organization: they allow everything, so that a control starts without effect."""

from __future__ import annotations

from garrison.services.organizations.resources import RCP, SCP, ControlPolicy

_CONTENT = {
    SCP: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    RCP: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
}
_NAMES = {SCP: ("FullAWSAccess", "operation"), RCP: ("RCPFullAWSAccess", "resource")}

FULL_ACCESS: dict[str, ControlPolicy] = {
    policy_type: ControlPolicy(
        account="aws",
        organization_id="",
        policy_id=f"p-{name}",
        type=policy_type,
        name=name,
        description=f"Allows access to every {what}",
        content=_CONTENT[policy_type],
        is_aws_managed=True,
    )
    for policy_type, (name, what) in _NAMES.items()
}
"""By policy type."""

BY_ID = {policy.policy_id: policy for policy in FULL_ACCESS.values()}
