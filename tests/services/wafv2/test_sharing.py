"""Rule groups that are shared by policy, and what Garrison has not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.testing import Account
from garrison.testing.clients import Credentials
from tests.services.refusals import refused
from tests.services.sns.receiving import eventually
from tests.services.wafv2.documents import byte_match, rule, rule_group, web_acl

ACTIONS = ["wafv2:CreateWebACL", "wafv2:UpdateWebACL", "wafv2:PutFirewallManagerRuleGroups"]
ID = "00000000-0000-4000-8000-000000000000"


def policy(**changes: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ACTIONS} | changes
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{name: value for name, value in statement.items() if value}]}
    )


def test_a_policy_is_put_read_and_deleted(waf: Any, name: str) -> None:
    arn = waf.create_rule_group(**rule_group(name, rule("one", byte_match())))["Summary"]["ARN"]
    assert refused(waf.get_permission_policy, ResourceArn=arn)[0] == "WAFNonexistentItemException"
    waf.put_permission_policy(ResourceArn=arn, Policy=policy())
    assert waf.get_permission_policy(ResourceArn=arn)["Policy"] == policy()
    waf.delete_permission_policy(ResourceArn=arn)
    assert refused(waf.delete_permission_policy, ResourceArn=arn)[0] == "WAFNonexistentItemException"
    for wrong in (
        "no json",
        "[]",
        policy(Effect="Deny"),
        policy(Action=ACTIONS[:2]),
        policy(Action=[*ACTIONS, "wafv2:*"]),
        policy(Resource="*"),
        policy(Principal=None),
        policy().replace("2012-10-17", "2008-10-17"),
    ):
        code, _ = refused(waf.put_permission_policy, ResourceArn=arn, Policy=wrong)
        assert code == "WAFInvalidPermissionPolicyException"


def test_another_account_uses_a_group_that_is_shared_with_it(account: Account, waf: Any, own: Any, name: str) -> None:
    organizations = account.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    asked = organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]["Id"]

    def made_account() -> str:
        status = organizations.describe_create_account_status(CreateAccountRequestId=asked)["CreateAccountStatus"]
        return str(status["AccountId"]) if status["State"] == "SUCCEEDED" else ""

    other = eventually(made_account)
    role = f"arn:aws:iam::{other}:role/OrganizationAccountAccessRole"
    made = account.client("sts").assume_role(RoleArn=role, RoleSessionName="other")["Credentials"]
    session = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    theirs = account.make_client("wafv2", session)

    arn = waf.create_rule_group(**rule_group(name, rule("one", byte_match())))["Summary"]["ARN"]
    refers = rule("group", {"RuleGroupReferenceStatement": {"ARN": arn}}, OverrideAction={"None": {}})
    assert refused(theirs.create_web_acl, **web_acl(name, refers))[0] == "AccessDeniedException"
    shared = policy(Principal={"AWS": other}, Action=[*ACTIONS, "wafv2:GetRuleGroup"])
    waf.put_permission_policy(ResourceArn=arn, Policy=shared)
    acl = theirs.create_web_acl(**web_acl(name, refers))["Summary"]
    assert theirs.get_rule_group(ARN=arn)["RuleGroup"]["Name"] == name
    bundles = account.make_client("garrison", session)
    first = bundles.get_web_acl_bundle(WebAclArn=acl["ARN"])
    assert arn in json.loads(first["Bundle"])["rule_groups"]

    group = waf.get_rule_group(ARN=arn)
    named = {member: group["RuleGroup"][member] for member in ("Name", "Id", "VisibilityConfig")}
    waf.update_rule_group(**named, Scope="REGIONAL", LockToken=group["LockToken"], Rules=[])
    assert "Bundle" in bundles.get_web_acl_bundle(WebAclArn=acl["ARN"], Digest=first["Digest"])

    def delete() -> None:
        token = waf.get_rule_group(ARN=arn)["LockToken"]
        waf.delete_rule_group(Name=name, Id=named["Id"], Scope="REGIONAL", LockToken=token)

    assert refused(delete)[0] == "WAFAssociatedItemException"
    waf.delete_permission_policy(ResourceArn=arn)
    assert refused(delete)[0] == "WAFAssociatedItemException"
    theirs.delete_web_acl(Name=name, Id=acl["Id"], Scope="REGIONAL", LockToken=acl["LockToken"])
    delete()
    assert refused(waf.get_rule_group, ARN=arn)[0] == "WAFNonexistentItemException"


def test_what_is_not_there_is_listed_as_none_and_refused_by_name(waf: Any, name: str) -> None:
    assert waf.list_api_keys(Scope="REGIONAL")["APIKeySummaries"] == []
    assert waf.list_managed_rule_sets(Scope="REGIONAL")["ManagedRuleSets"] == []
    assert waf.list_mobile_sdk_releases(Platform="IOS")["ReleaseSummaries"] == []
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    window = {"StartTime": 1, "EndTime": 2}
    money = {"TimeWindow": window, "Scope": "REGIONAL", "Currency": "USDC"}
    rule_set = {"Name": "x", "Scope": "REGIONAL", "Id": ID}
    absent, not_built = "WAFNonexistentItemException", "WAFInvalidOperationException"
    sdk = {"Platform": "IOS", "ReleaseVersion": "1.0.0"}
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("create_api_key", {"Scope": "REGIONAL", "TokenDomains": ["example.com"]}, not_built),
        ("delete_api_key", {"Scope": "REGIONAL", "APIKey": "x"}, absent),
        ("get_decrypted_api_key", {"Scope": "REGIONAL", "APIKey": "x"}, absent),
        ("get_managed_rule_set", rule_set, absent),
        ("put_managed_rule_set_versions", rule_set | {"LockToken": ID}, absent),
        (
            "update_managed_rule_set_version_expiry_date",
            rule_set | {"LockToken": ID, "VersionToExpire": "x", "ExpiryTimestamp": 1},
            absent,
        ),
        ("get_mobile_sdk_release", sdk, absent),
        ("generate_mobile_sdk_release_url", sdk, absent),
        ("delete_firewall_manager_rule_groups", {"WebACLArn": arn, "WebACLLockToken": ID}, not_built),
        (
            "get_top_path_statistics_by_traffic",
            {
                "WebAclArn": arn,
                "Scope": "REGIONAL",
                "TimeWindow": window,
                "Limit": 1,
                "NumberOfTopTrafficBotsPerPath": 1,
            },
            not_built,
        ),
        ("get_revenue_statistics_summary", money, not_built),
        ("list_settlement_records", money, not_built),
    ]
    for operation, parameters, code in calls:
        assert refused(getattr(waf, operation), **parameters)[0] == code, operation


@pytest.mark.parametrize("action", ["Captcha", "Challenge"])
def test_actions_that_are_not_built_are_refused_by_name(waf: Any, name: str, action: str) -> None:
    code, message = refused(waf.create_web_acl, **web_acl(name, rule("x", byte_match(), Action={action: {}})))
    assert code == "WAFInvalidParameterException"
    assert f"parameter: {action}" in message
    assert "not built" in message
