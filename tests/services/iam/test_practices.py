"""Best practices on accounts that follow them and on accounts that do not: evidence, fixes, and requirements of PCI DSS."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from garrison.services.iam.practices import REQUIREMENTS, Item, View, by_requirement, look_at, report

ACCOUNT = "123456789012"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PASSWORD = "Correct-horse-1"


def items(api: Any) -> list[Item]:
    with api.store.reading(ACCOUNT, "global") as unit:
        return report(View(unit, api.uses, api.clock.now()))


def item(api: Any, name: str) -> Item:
    with api.store.reading(ACCOUNT, "global") as unit:
        return look_at(name, View(unit, api.uses, api.clock.now()))


def policy(action: Any = "s3:GetObject", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any, **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def alice(api: Any) -> Any:
    """An account with the user alice, who has a password and a key."""
    api.iam.create_user(UserName="alice")
    api.iam.create_login_profile(UserName="alice", Password=PASSWORD)
    api.iam.create_access_key(UserName="alice")
    return api


def test_an_empty_account_follows_all_but_the_password_policy(api: Any) -> None:
    assert {each.check for each in items(api) if not each.is_followed} == {"password-length", "password-reuse"}


def test_every_item_that_is_not_followed_has_evidence_and_a_fix(alice: Any) -> None:
    alice.clock.advance(days=100)
    alice.iam.create_access_key(UserName="alice")
    alice.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    alice.iam.create_access_key()
    found = items(alice)
    assert [each.is_followed for each in found] == sorted(each.is_followed for each in found)
    open_items = {each.check: each for each in found if not each.is_followed}
    assert open_items.keys() >= {
        "root-access-key",
        "root-mfa",
        "user-mfa",
        "password-age",
        "unused-credentials",
        "access-key-age",
        "one-access-key",
        "roles-instead-of-keys",
        "permissions-through-groups",
        "unused-permissions",
    }
    for each in found:
        assert bool(each.evidence) is bool(each.fix) is not each.is_followed
        assert each.as_dict()["state"] == ("ok" if each.is_followed else "attention")


@pytest.mark.parametrize(("days", "unused"), [(44, False), (45, True)])
def test_credentials_are_unused_from_their_last_use_on(alice: Any, days: int, unused: bool) -> None:
    key = alice.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["AccessKeyId"]
    alice.iam.delete_login_profile(UserName="alice")
    alice.clock.advance(days=30)
    alice.uses[key] = SimpleNamespace(at=alice.clock.now(), region="us-east-1", service="iam")
    alice.clock.advance(days=days)
    assert item(alice, "unused-credentials").is_followed is not unused
    alice.iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Inactive")
    assert item(alice, "unused-credentials").is_followed


def test_a_strong_password_policy_is_enough(api: Any) -> None:
    api.iam.update_account_password_policy(
        MinimumPasswordLength=14, RequireNumbers=True, RequireLowercaseCharacters=True, PasswordReusePrevention=24
    )
    assert [each for each in items(api) if not each.is_followed] == []


def test_the_most_administrators_are_two(api: Any) -> None:
    for number in range(3):
        assert item(api, "administrators").is_followed
        api.iam.create_user(UserName=f"admin-{number}")
        api.iam.attach_user_policy(UserName=f"admin-{number}", PolicyArn=ADMINISTRATOR)
    found = item(api, "administrators")
    assert found.evidence == tuple(f"user admin-{number} may do everything" for number in range(3))


@pytest.mark.parametrize(
    ("document", "is_wide"),
    [
        (policy(), False),
        (policy("s3:Get*"), False),
        (policy("s3:*"), True),
        (policy("*"), True),
        (policy(["ec2:RunInstances", "ec2:*"]), True),
        (policy("s3:*", Resource="arn:aws:s3:::bucket/*"), False),
        (policy("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}), False),
        (policy("s3:*", Effect="Deny"), False),
    ],
)
def test_a_policy_that_allows_a_whole_service_is_wide(api: Any, document: str, is_wide: bool) -> None:
    api.iam.create_policy(PolicyName="own", PolicyDocument=document)
    assert item(api, "wildcards").is_followed is not is_wide


@pytest.mark.parametrize(
    ("principal", "more", "is_open"),
    [
        ({"AWS": ACCOUNT}, {}, False),
        ({"AWS": "*"}, {}, True),
        ("*", {}, True),
        ({"AWS": "999999999999"}, {}, True),
        ({"AWS": "arn:aws:iam::999999999999:root"}, {}, True),
        ({"AWS": "999999999999"}, {"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, False),
        ({"Service": "ec2.amazonaws.com"}, {}, False),
    ],
)
def test_a_role_that_trusts_others_without_a_condition_is_open(
    api: Any, principal: Any, more: dict[str, Any], is_open: bool
) -> None:
    api.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=trust(principal, **more))
    assert item(api, "open-trust").is_followed is not is_open


def test_services_that_were_not_used_are_counted(alice: Any) -> None:
    alice.iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=policy(["s3:*", "iam:*", "ec2:*"]))
    unique_id = alice.iam.get_user(UserName="alice")["User"]["UserId"]
    assert item(alice, "unused-permissions").is_followed
    alice.clock.advance(days=90)
    used = SimpleNamespace(service="iam", action="ListUsers", at=alice.clock.now(), region="us-east-1")
    alice.uses[f"services of {unique_id}"] = [used]
    expected = "user alice may use 3 services and used 1; unused: ec2, s3"
    assert item(alice, "unused-permissions").evidence == (expected,)


def test_more_evidence_than_a_reader_takes_in_is_counted(api: Any) -> None:
    for number in range(25):
        api.iam.create_user(UserName=f"user-{number:02}")
        api.iam.put_user_policy(UserName=f"user-{number:02}", PolicyName="own", PolicyDocument=policy())
    found = item(api, "permissions-through-groups").evidence
    assert (len(found), found[-1]) == (21, "… and 5 more")


def test_each_requirement_of_pci_dss_has_practices_as_evidence(api: Any) -> None:
    requirements = by_requirement(items(api))
    assert [each.number for each in requirements] == list(REQUIREMENTS)
    assert all(each.items for each in requirements)
    named = {number for each in items(api) for number in each.pci}
    assert named == set(REQUIREMENTS)
    assert {each.number for each in requirements if not each.is_met} == {"8.3.6", "8.3.7"}
