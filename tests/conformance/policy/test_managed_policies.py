"""Every AWS managed policy is taken, compiled and answers."""

from __future__ import annotations

import gzip
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from garrison.policy import (
    AuthorizationRequest,
    MalformedPolicy,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    Verdict,
    compile_principal,
    decide,
    parse_document,
)

FLOORS = Path(__file__).parents[1] / "floors.toml"


@pytest.fixture(scope="module")
def policies(suites: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((suites / "iam" / "managed-policies.json.gz").read_bytes()))
    return found["policies"]


def test_every_managed_policy_parses_and_decides(policies: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    alice = PrincipalIdentity(
        kind=PrincipalType.USER, account="111122223333", arn="arn:aws:iam::111122223333:user/alice"
    )
    refused: dict[str, str] = {}
    for name, policy in policies.items():
        try:
            document = parse_document(json.dumps(policy["document"]), require_current_version=True)
        except MalformedPolicy as malformed:
            refused[name] = str(malformed)
            continue
        principal = compile_principal(alice, [Source(PolicyKind.IDENTITY, name, document)])
        decision = decide(principal, AuthorizationRequest("iam:CreateUser", "arn:aws:iam::111122223333:user/x"))
        assert decision.is_allowed or decision.effect in (Verdict.IMPLICIT_DENY, Verdict.EXPLICIT_DENY)
    with capsys.disabled():
        print(f"\nManaged policies: {len(policies) - len(refused)}/{len(policies)}")
    assert len(policies) - len(refused) >= tomllib.loads(FLOORS.read_text())["policy_managed"], refused


@pytest.mark.parametrize(
    ("policy", "action", "allowed"),
    [
        ("AdministratorAccess", "iam:CreateUser", True),
        ("PowerUserAccess", "iam:CreateUser", False),
        ("PowerUserAccess", "ec2:RunInstances", True),
        ("PowerUserAccess", "iam:ListRoles", True),
        ("ReadOnlyAccess", "s3:GetObject", True),
        ("ReadOnlyAccess", "s3:PutObject", False),
        ("SecurityAudit", "s3:GetBucketPolicy", True),
        ("SecurityAudit", "s3:GetObject", False),
    ],
)
def test_a_well_known_policy_decides_as_known(
    policies: dict[str, Any], policy: str, action: str, allowed: bool
) -> None:
    alice = PrincipalIdentity(
        kind=PrincipalType.USER, account="111122223333", arn="arn:aws:iam::111122223333:user/alice"
    )
    document = parse_document(json.dumps(policies[policy]["document"]))
    principal = compile_principal(alice, [Source(PolicyKind.IDENTITY, policy, document)])
    assert decide(principal, AuthorizationRequest(action)).is_allowed is allowed
