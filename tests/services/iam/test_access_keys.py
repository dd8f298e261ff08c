"""Access keys through a client: made once, switched, deleted, and resolved to the principal that signs with them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.errors import ApiError
from garrison.identifiers import account_of_access_key
from garrison.services.iam.credentials import (
    create_root_access_key,
    delete_root_access_key,
    list_root_access_keys,
    resolve_access_key,
)
from garrison.services.iam.resources import AccessKey
from tests.services.refusals import refused

ACCOUNT = "123456789012"


def resolved(api: Any, key_id: str) -> Any:
    """The credential of an access key, as the gateway would find it."""
    with api.store.reading(ACCOUNT, "global") as unit:
        return resolve_access_key(unit, key_id)


def make_root_key(api: Any) -> tuple[str, str]:
    """An access key of root, as `garrison root` makes it."""
    with api.store.writing(ACCOUNT, "global", event_id=None, at=api.clock.now()) as unit:
        key, secret = create_root_access_key(unit, ACCOUNT, api.clock.now())
    return key.access_key_id, secret.reveal()


@pytest.fixture
def alice(api: Any) -> str:
    """The access key id of a user."""
    api.iam.create_user(UserName="Alice", Path="/people/", Tags=[{"Key": "team", "Value": "red"}])
    return str(api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"])


def test_a_new_key_carries_its_account_and_shows_its_secret(api: Any) -> None:
    api.iam.create_user(UserName="Alice")
    key = api.iam.create_access_key(UserName="alice")["AccessKey"]
    assert (key["UserName"], key["Status"]) == ("Alice", "Active")
    assert key["AccessKeyId"].startswith("AKIA")
    assert account_of_access_key(key["AccessKeyId"]) == ACCOUNT
    assert len(key["SecretAccessKey"]) == 40


def test_the_secret_is_shown_once_and_kept_sealed(api: Any, alice: str) -> None:
    second = api.iam.create_access_key(UserName="alice")["AccessKey"]
    for listed in api.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]:
        assert set(listed) == {"UserName", "AccessKeyId", "Status", "CreateDate"}
    with api.store.reading(ACCOUNT, "global") as unit:
        kept = unit.get(AccessKey, second["AccessKeyId"])
    assert second["SecretAccessKey"] not in repr(kept)
    assert second["SecretAccessKey"] not in repr(resolved(api, second["AccessKeyId"]))


def test_a_key_resolves_to_its_user(api: Any, alice: str) -> None:
    second = api.iam.create_access_key(UserName="alice")["AccessKey"]
    credential = resolved(api, second["AccessKeyId"])
    assert credential.secret.reveal() == second["SecretAccessKey"]
    assert credential.is_active
    assert credential.token is None
    principal = credential.principal
    assert (principal.kind, principal.account, principal.user_name) == ("IAMUser", ACCOUNT, "Alice")
    assert principal.arn == f"arn:aws:iam::{ACCOUNT}:user/people/Alice"
    assert principal.principal_id == api.iam.get_user(UserName="alice")["User"]["UserId"]
    assert principal.access_key_id == second["AccessKeyId"]
    assert principal.tags == {"team": "red"}


def test_an_unknown_key_resolves_to_nothing(api: Any) -> None:
    assert resolved(api, "AKIAIOSFODNN7EXAMPLE") is None


def test_a_user_has_at_most_two_keys(api: Any, alice: str) -> None:
    api.iam.create_access_key(UserName="alice")
    assert refused(api.iam.create_access_key, UserName="alice") == (
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )
    api.iam.delete_access_key(UserName="alice", AccessKeyId=alice)
    api.iam.create_access_key(UserName="alice")


def test_keys_are_listed_oldest_first_and_by_pages(api: Any, alice: str) -> None:
    api.clock.advance(minutes=1)
    second = api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    first = api.iam.list_access_keys(UserName="alice", MaxItems=1)
    rest = api.iam.list_access_keys(UserName="alice", Marker=first["Marker"])
    listed = first["AccessKeyMetadata"] + rest["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in listed] == [alice, second]


def test_a_key_is_switched_off_and_on_again(api: Any, alice: str) -> None:
    before = api.generation()
    api.iam.update_access_key(UserName="alice", AccessKeyId=alice, Status="Inactive")
    assert not resolved(api, alice).is_active
    assert api.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    api.iam.update_access_key(UserName="alice", AccessKeyId=alice, Status="Inactive")
    api.iam.update_access_key(UserName="alice", AccessKeyId=alice, Status="Active")
    assert resolved(api, alice).is_active
    assert api.generation() == before + 2


@pytest.mark.parametrize("status", ["Expired", "active", ""])
def test_a_key_takes_no_other_status(api: Any, alice: str, status: str) -> None:
    code, _ = refused(api.iam.update_access_key, UserName="alice", AccessKeyId=alice, Status=status)
    assert code == "ValidationError"
    assert resolved(api, alice).is_active


def test_a_deleted_key_and_its_secret_are_gone(api: Any, alice: str) -> None:
    with api.store.reading(ACCOUNT, "global") as unit:
        secret = unit.get(AccessKey, alice).secret
    before = api.generation()
    api.iam.delete_access_key(UserName="alice", AccessKeyId=alice)
    assert api.generation() == before + 1
    assert resolved(api, alice) is None
    with api.store.reading(ACCOUNT, "global") as unit, pytest.raises(Exception):
        unit.unseal(secret)
    assert refused(api.iam.delete_access_key, UserName="alice", AccessKeyId=alice) == (
        "NoSuchEntity",
        f"The Access Key with id {alice} cannot be found.",
    )


def test_the_key_of_another_user_cannot_be_found(api: Any, alice: str) -> None:
    api.iam.create_user(UserName="bob")
    expected = ("NoSuchEntity", f"The Access Key with id {alice} cannot be found.")
    assert refused(api.iam.delete_access_key, UserName="bob", AccessKeyId=alice) == expected
    assert refused(api.iam.update_access_key, UserName="bob", AccessKeyId=alice, Status="Inactive") == expected
    assert resolved(api, alice).is_active


def test_without_a_name_the_keys_are_the_callers(api: Any, alice: str) -> None:
    api.act_as_user("alice")
    arn = f"arn:aws:iam::{ACCOUNT}:user/people/Alice"
    assert [key["AccessKeyId"] for key in api.iam.list_access_keys()["AccessKeyMetadata"]] == [alice]
    assert api.asked.needs == {"iam:ListAccessKeys": [arn]}
    assert api.asked.context == {"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "red"}
    second = api.iam.create_access_key()["AccessKey"]
    assert second["UserName"] == "Alice"
    api.iam.update_access_key(AccessKeyId=alice, Status="Inactive")
    api.iam.delete_access_key(AccessKeyId=alice)
    assert api.asked.needs == {"iam:DeleteAccessKey": [arn]}


def test_keys_of_root_are_made_by_the_operator_on_the_machine_alone(api: Any) -> None:
    first = api.iam.create_access_key()["AccessKey"]
    assert "UserName" not in first
    assert resolved(api, first["AccessKeyId"]).secret.reveal() == first["SecretAccessKey"]
    api.act_as(resolved(api, first["AccessKeyId"]).principal)
    code, message = refused(api.iam.create_access_key)
    assert code == "AccessDenied"
    assert "garrison root" in message
    assert len(api.iam.list_access_keys()["AccessKeyMetadata"]) == 1


def test_a_root_key_resolves_to_the_root_of_the_account(api: Any) -> None:
    key_id, secret = make_root_key(api)
    credential = resolved(api, key_id)
    assert credential.secret.reveal() == secret
    assert (credential.principal.kind, credential.principal.principal_id) == ("Root", ACCOUNT)
    assert credential.principal.arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert credential.principal.user_name is None


def test_root_sees_switches_and_deletes_its_own_keys(api: Any) -> None:
    key_id, _ = make_root_key(api)
    (listed,) = api.iam.list_access_keys()["AccessKeyMetadata"]
    assert listed["AccessKeyId"] == key_id
    assert "UserName" not in listed
    api.iam.update_access_key(AccessKeyId=key_id, Status="Inactive")
    assert not resolved(api, key_id).is_active
    api.iam.delete_access_key(AccessKeyId=key_id)
    assert resolved(api, key_id) is None


def test_the_operator_lists_and_deletes_root_keys(api: Any, alice: str) -> None:
    first, _ = make_root_key(api)
    make_root_key(api)
    with pytest.raises(ApiError, match="AccessKeysPerUser"):
        make_root_key(api)
    with api.store.writing(ACCOUNT, "global", event_id=None, at=api.clock.now()) as unit:
        assert len(list_root_access_keys(unit)) == 2
        delete_root_access_key(unit, first)
        with pytest.raises(ApiError, match="NoSuchEntity"):
            delete_root_access_key(unit, alice)
        assert len(list_root_access_keys(unit)) == 1


def test_a_key_that_was_never_used_says_so(api: Any, alice: str) -> None:
    answer = api.iam.get_access_key_last_used(AccessKeyId=alice)
    assert answer["UserName"] == "Alice"
    assert answer["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    assert api.asked.needs == {"iam:GetAccessKeyLastUsed": [f"arn:aws:iam::{ACCOUNT}:user/people/Alice"]}
    assert api.asked.context["aws:ResourceTag/team"] == "red"


def test_a_used_key_says_when_where_and_for_what(api: Any, alice: str) -> None:
    at = datetime(2026, 1, 3, tzinfo=UTC)
    api.uses[alice] = SimpleNamespace(at=at, region="eu-central-1", service="cloudtrail")
    used = api.iam.get_access_key_last_used(AccessKeyId=alice)["AccessKeyLastUsed"]
    assert used == {"LastUsedDate": at, "ServiceName": "cloudtrail", "Region": "eu-central-1"}


def test_the_last_use_of_an_unknown_key_cannot_be_found(api: Any) -> None:
    assert refused(api.iam.get_access_key_last_used, AccessKeyId="AKIAIOSFODNN7EXAMPLE") == (
        "NoSuchEntity",
        "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.",
    )


def test_keys_made_at_the_same_time_stay_within_the_quota(api: Any) -> None:
    api.iam.create_user(UserName="alice")

    def make(_: int) -> str:
        try:
            return str(api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"])
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(6)))
    assert made.count("LimitExceeded") == 4
    listed = {key["AccessKeyId"] for key in api.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]}
    assert listed == {key for key in made if key != "LimitExceeded"}
