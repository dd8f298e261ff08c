"""The account's settings through a client: alias, password policy and summary."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.refusals import refused

ACCOUNT = "123456789012"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def test_an_account_has_one_alias_at_most(api: Any) -> None:
    assert api.iam.list_account_aliases()["AccountAliases"] == []
    api.iam.create_account_alias(AccountAlias="fortress")
    api.iam.create_account_alias(AccountAlias="garrison-7")
    answer = api.iam.list_account_aliases()
    assert (answer["AccountAliases"], answer["IsTruncated"]) == (["garrison-7"], False)
    api.iam.delete_account_alias(AccountAlias="garrison-7")
    assert api.iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize("alias", ["ab", "-abc", "abc-", "a--b", "Abc", "a_b", "x" * 64, "123456789012", ""])
def test_a_bad_alias_is_a_validation_error(api: Any, alias: str) -> None:
    assert refused(api.iam.create_account_alias, AccountAlias=alias)[0] == "ValidationError"
    assert api.iam.list_account_aliases()["AccountAliases"] == []


def test_an_alias_that_is_taken_exists_already(api: Any) -> None:
    api.iam.create_account_alias(AccountAlias="fortress")
    assert refused(api.iam.create_account_alias, AccountAlias="fortress")[0] == "EntityAlreadyExists"


def test_an_alias_that_is_not_there_cannot_be_deleted(api: Any) -> None:
    api.iam.create_account_alias(AccountAlias="fortress")
    assert refused(api.iam.delete_account_alias, AccountAlias="castle")[0] == "NoSuchEntity"
    assert api.iam.list_account_aliases()["AccountAliases"] == ["fortress"]


def test_without_a_password_policy_there_is_none_to_show_or_delete(api: Any) -> None:
    assert refused(api.iam.get_account_password_policy) == (
        "NoSuchEntity",
        f"The Password Policy with domain name {ACCOUNT} cannot be found.",
    )
    assert refused(api.iam.delete_account_password_policy) == (
        "NoSuchEntity",
        "The account policy with name PasswordPolicy cannot be found.",
    )


def test_a_password_policy_starts_from_the_defaults_each_time(api: Any) -> None:
    defaults = {
        "MinimumPasswordLength": 6,
        "RequireSymbols": False,
        "RequireNumbers": False,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": False,
        "ExpirePasswords": False,
    }
    changes = {"MinimumPasswordLength": 14, "RequireSymbols": True, "MaxPasswordAge": 90, "PasswordReusePrevention": 5}
    api.iam.update_account_password_policy(**changes, HardExpiry=True)
    shown = api.iam.get_account_password_policy()["PasswordPolicy"]
    assert shown == defaults | changes | {"ExpirePasswords": True, "HardExpiry": True}
    api.iam.update_account_password_policy()
    assert api.iam.get_account_password_policy()["PasswordPolicy"] == defaults
    api.iam.delete_account_password_policy()
    assert refused(api.iam.get_account_password_policy)[0] == "NoSuchEntity"


@pytest.mark.parametrize(
    "setting",
    [
        {"MinimumPasswordLength": 5},
        {"MinimumPasswordLength": 129},
        {"MaxPasswordAge": 1096},
        {"PasswordReusePrevention": 25},
    ],
)
def test_a_password_policy_out_of_range_is_a_validation_error(api: Any, setting: dict[str, int]) -> None:
    assert refused(api.iam.update_account_password_policy, **setting)[0] == "ValidationError"
    assert refused(api.iam.get_account_password_policy)[0] == "NoSuchEntity"


def test_settings_of_the_account_do_not_raise_the_policy_generation(api: Any) -> None:
    before = api.generation()
    api.iam.create_account_alias(AccountAlias="fortress")
    api.iam.update_account_password_policy(MinimumPasswordLength=14)
    assert api.generation() == before


def test_the_summary_counts_what_is_there_beside_the_quotas(api: Any) -> None:
    empty = api.iam.get_account_summary()["SummaryMap"]
    assert set(empty) == set(api.iam.meta.service_model.shape_for("summaryKeyType").enum)
    for name in ("alice", "bob"):
        api.iam.create_user(UserName=name)
    api.iam.create_group(GroupName="staff")
    trust = POLICY.replace("s3:GetObject", "sts:AssumeRole").replace('"Resource":"*"', '"Principal":{"AWS":"*"}')
    api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=trust)
    api.iam.create_instance_profile(InstanceProfileName="host")
    arn = api.iam.create_policy(PolicyName="own", PolicyDocument=POLICY)["Policy"]["Arn"]
    api.iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)
    summary = api.iam.get_account_summary()["SummaryMap"]
    changed = {key: value for key, value in summary.items() if empty[key] != value}
    assert changed == {
        "Users": 2,
        "Groups": 1,
        "Roles": 1,
        "InstanceProfiles": 1,
        "Policies": 1,
        "PolicyVersionsInUse": 2,
    }
    quotas = {"UsersQuota": 5000, "GroupsQuota": 300, "RolesQuota": 1000, "AccessKeysPerUserQuota": 2}
    assert {key: summary[key] for key in quotas} == quotas
    assert summary["AssumeRolePolicySizeQuota"] == 2048
    assert (summary["AccountMFAEnabled"], summary["AccountAccessKeysPresent"]) == (0, 0)
