"""Instance profiles through a client: one role each, which only those who may pass it put there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.refusals import refused

ACCOUNT = "123456789012"
TRUST = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}'


@pytest.fixture
def role(api: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=TRUST)["Role"]
    return made


def test_a_new_profile_is_shown_without_a_role(api: Any) -> None:
    made = api.iam.create_instance_profile(InstanceProfileName="host", Path="/apps/")["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/apps/host"
    assert made["InstanceProfileId"].startswith("AIPA")
    assert made["Roles"] == []
    shown = api.iam.get_instance_profile(InstanceProfileName="host")["InstanceProfile"]
    assert shown == made | {"Tags": []}


def test_a_role_is_put_in_and_taken_out(api: Any, role: dict[str, Any]) -> None:
    api.iam.create_instance_profile(InstanceProfileName="host", Path="/apps/")
    api.iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="builder")
    assert api.asked.needs == {
        "iam:AddRoleToInstanceProfile": [f"arn:aws:iam::{ACCOUNT}:instance-profile/apps/host"],
        "iam:PassRole": [role["Arn"]],
    }
    assert api.asked.context == {"iam:PassedToService": "ec2.amazonaws.com"}
    shown = api.iam.get_instance_profile(InstanceProfileName="host")["InstanceProfile"]
    assert shown["Roles"] == [role]
    assert refused(api.iam.add_role_to_instance_profile, InstanceProfileName="host", RoleName="builder") == (
        "LimitExceeded",
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    )
    assert refused(api.iam.delete_instance_profile, InstanceProfileName="host") == (
        "DeleteConflict",
        "Cannot delete entity, must remove roles from instance profile first.",
    )
    api.iam.remove_role_from_instance_profile(InstanceProfileName="host", RoleName="builder")
    assert refused(api.iam.remove_role_from_instance_profile, InstanceProfileName="host", RoleName="builder") == (
        "NoSuchEntity",
        "Role builder in Instance Profile host cannot be found.",
    )
    api.iam.delete_instance_profile(InstanceProfileName="host")
    assert refused(api.iam.get_instance_profile, InstanceProfileName="host") == (
        "NoSuchEntity",
        "Instance Profile host cannot be found.",
    )


def test_profiles_are_listed_by_path_and_by_role(api: Any, role: dict[str, Any]) -> None:
    for name, path in (("b", "/apps/"), ("a", "/"), ("c", "/")):
        api.iam.create_instance_profile(InstanceProfileName=name, Path=path)
    for name in ("b", "c"):
        api.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="builder")

    def names(answer: Any) -> list[str]:
        return [profile["InstanceProfileName"] for profile in answer["InstanceProfiles"]]

    assert names(api.iam.list_instance_profiles()) == ["a", "b", "c"]
    assert names(api.iam.list_instance_profiles(PathPrefix="/apps/")) == ["b"]
    assert names(api.iam.list_instance_profiles_for_role(RoleName="builder")) == ["b", "c"]
    first = api.iam.list_instance_profiles_for_role(RoleName="builder", MaxItems=1)
    assert (names(first), first["IsTruncated"]) == (["b"], True)
    assert names(api.iam.list_instance_profiles_for_role(RoleName="builder", Marker=first["Marker"])) == ["c"]


def test_what_is_not_there_cannot_be_found(api: Any, role: dict[str, Any]) -> None:
    missing = ("NoSuchEntity", "Instance Profile host cannot be found.")
    for call in (api.iam.get_instance_profile, api.iam.delete_instance_profile, api.iam.list_instance_profile_tags):
        assert refused(call, InstanceProfileName="host") == missing
    assert refused(api.iam.add_role_to_instance_profile, InstanceProfileName="host", RoleName="builder") == missing
    api.iam.create_instance_profile(InstanceProfileName="host")
    nobody = ("NoSuchEntity", "The role with name nobody cannot be found.")
    assert refused(api.iam.add_role_to_instance_profile, InstanceProfileName="host", RoleName="nobody") == nobody
    assert refused(api.iam.remove_role_from_instance_profile, InstanceProfileName="host", RoleName="nobody") == nobody
    assert refused(api.iam.list_instance_profiles_for_role, RoleName="nobody") == nobody
    assert refused(api.iam.create_instance_profile, InstanceProfileName="HOST") == (
        "EntityAlreadyExists",
        "Instance Profile HOST already exists.",
    )


def test_tags_are_kept_listed_and_asked_for(api: Any) -> None:
    api.iam.create_instance_profile(InstanceProfileName="host", Tags=[{"Key": "team", "Value": "red"}])
    api.iam.tag_instance_profile(InstanceProfileName="host", Tags=[{"Key": "stage", "Value": "live"}])
    assert api.asked.context == {
        "aws:RequestTag/stage": "live",
        "aws:TagKeys": ["stage"],
        "aws:ResourceTag/team": "red",
    }
    both = [{"Key": "stage", "Value": "live"}, {"Key": "team", "Value": "red"}]
    assert api.iam.list_instance_profile_tags(InstanceProfileName="host")["Tags"] == both
    api.iam.untag_instance_profile(InstanceProfileName="host", TagKeys=["stage"])
    shown = api.iam.get_instance_profile(InstanceProfileName="host")["InstanceProfile"]
    assert shown["Tags"] == [{"Key": "team", "Value": "red"}]
