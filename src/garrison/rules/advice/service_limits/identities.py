"""Quotas of IAM, which tells itself what is used and what may be."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import GLOBAL
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.quotas import Limit, Use, Uses, limit
from garrison.rules.managed.iam import summary
from garrison.rules.registry import ACCOUNT

KINDS = (
    ("qS7VV0l7J9", "iam-users", "Users", "Users", "IAM Users", "IAM 用户"),
    ("sU7XX0l7J9", "iam-group", "Groups", "Groups", "IAM Group", "IAM 组"),
    ("oQ7TT0l7J9", "iam-roles", "Roles", "Roles", "IAM Roles", "IAM 角色"),
    ("pR7UU0l7J9", "iam-policies", "Policies", "Policies", "IAM Policies", "IAM 策略"),
    ("nO7SS0l7J9", "iam-instance-profiles", "InstanceProfiles", "Instance profiles", "IAM Instance Profiles", "IAM 实例配置文件"),
    ("rT7WW0l7J9", "iam-server-certificates", "ServerCertificates", "Server certificates", "IAM Server Certificates", "IAM 服务器证书"),
)  # fmt: skip
"""AWS's id, our key, the name in the account summary, that of the limit, and the check's in English and in Chinese."""


def of_summary(name: str) -> Uses:
    """What the account summary tells of a kind of thing."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        used, most = summary(inputs.inventory, name), summary(inputs.inventory, f"{name}Quota")
        yield Use(GLOBAL, used, most)

    return uses


for aws_id, key, counted_as, title, english, chinese in KINDS:
    limit(
        aws_id, key, Limit("IAM", title), of_summary(counted_as),
        name=english, chinese_name=chinese, needs={ACCOUNT: ()},
    )  # fmt: skip
