"""The table of service authorization facts answers by name, without case."""

from __future__ import annotations

import pytest

from garrison.policy import actions


def test_an_action_is_found_without_case() -> None:
    facts = actions.action("IAM:passrole")
    assert facts is not None
    assert (facts.name, facts.access_level) == ("iam:PassRole", "Write")
    assert [(use.name, use.required) for use in facts.resources] == [("role", True)]
    assert "iam:PassedToService" in facts.condition_keys


def test_the_most_telling_access_level_comes_first() -> None:
    facts = actions.action("s3:PutBucketPolicy")
    assert facts is not None
    assert facts.access_levels == ("Permissions management", "Write")
    assert facts.access_level == "Permissions management"


@pytest.mark.parametrize("name", ["s3:Nothing", "nothing:GetObject", "", "s3", ":", "s3:*"])
def test_what_aws_does_not_have_is_unknown(name: str) -> None:
    assert not actions.is_known_action(name)
    assert actions.action(name) is None


def test_a_resource_type_has_an_arn_format() -> None:
    facts = actions.resource_type("s3", "object")
    assert facts is not None
    assert facts.arn_format == "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    assert actions.resource_type("s3", "nothing") is None
    assert actions.resource_type("nothing", "object") is None


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("aws:SourceIp", "IPAddress"),
        ("AWS:sourceip", "IPAddress"),
        ("aws:TagKeys", "ArrayOfString"),
        ("aws:PrincipalTag/Team", "String"),
        ("aws:ResourceTag/a/b", "String"),
        ("iam:PassedToService", "String"),
        ("kms:GrantIsForAWSResource", "Bool"),
        ("nothing:Here", None),
    ],
)
def test_a_condition_key_has_a_type(key: str, kind: str | None) -> None:
    assert actions.condition_key_type(key) == kind


def test_services_list_their_actions() -> None:
    assert "sts" in actions.services()
    assert "sts:AssumeRole" in set(actions.actions_of("STS"))
    assert list(actions.actions_of("nothing")) == []
    assert actions.supports_resource_controls("KMS")
    assert not actions.supports_resource_controls("iam")
