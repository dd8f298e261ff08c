"""Sources are compiled once, shared, and never hang where their grammar does not belong."""

from __future__ import annotations

import gc
import json

import pytest

from garrison.policy import (
    AuthorizationRequest,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    compile_principal,
    compile_resource_policy,
    decide,
    explain,
    parse_document,
)
from garrison.policy.sources import MAX_REMEMBERED_ACTIONS, compile_source

ALICE = PrincipalIdentity(kind=PrincipalType.USER, account="111122223333", arn="arn:aws:iam::111122223333:user/alice")
HELD = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
HANGING = HELD.replace('"Effect"', '"Principal": "*", "Effect"')


def managed() -> Source:
    return Source(PolicyKind.IDENTITY, "arn:aws:iam::aws:policy/Objects", parse_document(HELD))


def test_a_source_is_compiled_once_for_all_its_holders() -> None:
    source = managed()
    first, second = compile_principal(ALICE, [source]), compile_principal(ALICE, [source])
    assert first.identity_sources[0] is second.identity_sources[0]


def test_a_compiled_source_goes_with_its_source() -> None:
    before = len([one for one in gc.get_objects() if type(one).__name__ == "CompiledSource"])
    for _ in range(50):
        compile_source(managed())
    gc.collect()
    assert len([one for one in gc.get_objects() if type(one).__name__ == "CompiledSource"]) <= before


def test_a_policy_without_principals_does_not_hang_on_a_resource() -> None:
    with pytest.raises(ValueError, match="hangs as a resource policy but was parsed as a identity policy"):
        compile_resource_policy(Source(PolicyKind.RESOURCE, "bucket", parse_document(HELD)))


def test_a_policy_with_principals_is_not_held_by_one() -> None:
    document = parse_document(HANGING, PolicyKind.RESOURCE)
    with pytest.raises(ValueError, match="hangs as a identity policy"):
        compile_principal(ALICE, [Source(PolicyKind.IDENTITY, "user/alice/inline", document)])


def test_remembered_actions_are_bounded() -> None:
    source = managed()
    principal = compile_principal(ALICE, [source])
    for number in range(MAX_REMEMBERED_ACTIONS + 10):
        assert decide(principal, AuthorizationRequest(f"s3:Action{number}")).is_allowed
    assert len(compile_source(source)._remembered) <= MAX_REMEMBERED_ACTIONS


def test_one_policy_may_be_both_grant_and_boundary() -> None:
    source = managed()
    boundary = Source(PolicyKind.BOUNDARY, source.name, source.document)
    principal = compile_principal(ALICE, [source], boundary=boundary)
    explained = explain(principal, AuthorizationRequest("s3:GetObject"))
    assert [one.kind for one in explained.decision.statements] == [PolicyKind.IDENTITY, PolicyKind.BOUNDARY]


def test_nothing_of_a_document_is_shown_by_a_source() -> None:
    assert "s3" not in repr(managed())
