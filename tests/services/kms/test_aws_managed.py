"""AWS managed keys: one for each service that needs one, used through that service only, and changed by nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from garrison.policy import (
    AuthorizationRequest,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    ResourcePolicy,
    compile_principal,
    compile_resource_policy,
    decide,
)
from garrison.services.kms.aws_managed import aws_managed_key
from garrison.services.kms.resources import Key
from garrison.services.policy_sources import source_of

from ..conftest import ACCOUNT, Api

REGION = "us-east-1"


@pytest.fixture
def managed(api: Api) -> Key:
    api.parts.settings.key_store = SimpleNamespace(kind="software")  # type: ignore[assignment]
    return aws_managed_key(api.parts, ACCOUNT, REGION, "s3")


def test_a_service_has_one_key_that_rotates_every_year(api: Api, managed: Key) -> None:
    assert aws_managed_key(api.parts, ACCOUNT, REGION, "s3").id == managed.id
    assert aws_managed_key(api.parts, ACCOUNT, REGION, "sns").id != managed.id
    shown = api.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert (shown["KeyManager"], shown["KeyState"]) == ("AWS", "Enabled")
    assert api.kms.get_key_rotation_status(KeyId=managed.id)["RotationPeriodInDays"] == 365


@pytest.mark.parametrize(
    ("action", "via", "is_allowed"),
    [
        ("kms:Decrypt", "s3", True),
        ("kms:Decrypt", "sns", False),
        ("kms:Decrypt", None, False),
        ("kms:DescribeKey", None, True),
        ("kms:PutKeyPolicy", "s3", False),
        ("kms:ScheduleKeyDeletion", None, False),
        ("kms:CreateAlias", None, False),
    ],
)
def test_it_is_used_through_its_service_only(managed: Key, action: str, via: str | None, is_allowed: bool) -> None:
    everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    user = PrincipalIdentity(kind=PrincipalType.USER, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/u")
    caller = compile_principal(user, [source_of(PolicyKind.IDENTITY, "all", everything)])
    context: dict[str, Any] = {"kms:CallerAccount": ACCOUNT}
    context |= {"kms:ViaService": f"{via}.{REGION}.amazonaws.com"} if via else {}
    policy = ResourcePolicy(source_of(PolicyKind.RESOURCE, managed.arn, managed.policy), must_allow=True)
    request = AuthorizationRequest(action, managed.arn, ACCOUNT, context)
    assert decide(caller, request, compile_resource_policy(policy)).is_allowed is is_allowed
