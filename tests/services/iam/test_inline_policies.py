"""Inline policies of users, groups and roles through a client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from garrison.services.iam.resources import Role
from tests.services.refusals import refused

ACCOUNT = "123456789012"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
    }
)


def document_of(characters: int) -> str:
    """A policy of this many characters, white space not counted."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:"}]}
    bare = len("".join(json.dumps(policy).split()))
    resource = "arn:aws:s3:::" + "x" * (characters - bare - len("arn:aws:s3:::") + len("arn:"))
    policy["Statement"][0]["Resource"] = resource  # type: ignore[index]
    return json.dumps(policy, indent=4)


@dataclass
class Holder:
    """An identity with inline policies, and the client's methods for them."""

    iam: Any
    kind: str
    plural: str

    @property
    def name(self) -> dict[str, str]:
        """How requests name the identity."""
        return {f"{self.kind.title()}Name": "Holder"}

    def put(self, policy: str, document: str = POLICY) -> None:
        """Put a policy."""
        getattr(self.iam, f"put_{self.kind}_policy")(**self.name, PolicyName=policy, PolicyDocument=document)

    def call(self, verb: str) -> Any:
        """A method such as get_user_policy."""
        return getattr(self.iam, f"{verb}_{self.kind}_{'policies' if verb == 'list' else 'policy'}")


@pytest.fixture(params=["user", "group", "role"])
def holder(api: Any, request: pytest.FixtureRequest) -> Holder:
    """A user, a group and a role in turn."""
    holder = Holder(api.iam, request.param, "policies")
    more = {"AssumeRolePolicyDocument": TRUST} if holder.kind == "role" else {}
    getattr(api.iam, f"create_{holder.kind}")(**holder.name, **more)
    return holder


def test_a_policy_is_given_back_as_it_was_put(holder: Holder) -> None:
    holder.put("reader")
    shown = holder.call("get")(**holder.name, PolicyName="reader")
    assert shown["PolicyDocument"] == json.loads(POLICY)
    assert shown[f"{holder.kind.title()}Name"] == "Holder"
    assert shown["PolicyName"] == "reader"


def test_the_document_travels_url_encoded(api: Any, holder: Holder) -> None:
    bodies: list[bytes] = []
    api.iam.meta.events.register("before-parse", lambda response_dict, **_: bodies.append(response_dict["body"]))
    holder.put("reader")
    holder.call("get")(**holder.name, PolicyName="reader")
    assert b"%7B%22Version%22%3A%20%222012-10-17%22" in bodies[-1]


def test_putting_a_policy_again_replaces_it(holder: Holder) -> None:
    holder.put("reader")
    holder.put("reader", POLICY.replace("Get", "Put"))
    shown = holder.call("get")(**holder.name, PolicyName="reader")
    assert shown["PolicyDocument"]["Statement"][0]["Action"] == "s3:PutObject"
    assert holder.call("list")(**holder.name)["PolicyNames"] == ["reader"]


def test_policies_are_listed_by_name_and_by_pages(holder: Holder) -> None:
    for name in ("c", "a", "b"):
        holder.put(name)
    first = holder.call("list")(**holder.name, MaxItems=2)
    rest = holder.call("list")(**holder.name, Marker=first["Marker"])
    assert (first["PolicyNames"], rest["PolicyNames"]) == (["a", "b"], ["c"])
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)


def test_a_deleted_policy_is_gone(holder: Holder) -> None:
    holder.put("reader")
    holder.call("delete")(**holder.name, PolicyName="reader")
    expected = ("NoSuchEntity", f"The {holder.kind} policy with name reader cannot be found.")
    assert refused(holder.call("get"), **holder.name, PolicyName="reader") == expected
    assert refused(holder.call("delete"), **holder.name, PolicyName="reader") == expected


def test_an_identity_that_is_not_there_cannot_be_found(holder: Holder) -> None:
    name = dict.fromkeys(holder.name, "absent")
    expected = ("NoSuchEntity", f"The {holder.kind} with name absent cannot be found.")
    assert refused(holder.call("list"), **name) == expected
    assert refused(holder.call("get"), **name, PolicyName="p") == expected
    assert refused(holder.call("put"), **name, PolicyName="p", PolicyDocument=POLICY) == expected


@pytest.mark.parametrize(
    "document",
    [
        "not json",
        "{}",
        "[]",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe","Action":"*","Resource":"*"}]}',
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
        "[" * 5000,
    ],
)
def test_a_document_that_the_policy_language_refuses_is_malformed(holder: Holder, document: str) -> None:
    code, _ = refused(holder.call("put"), **holder.name, PolicyName="p", PolicyDocument=document)
    assert code == "MalformedPolicyDocument"
    assert holder.call("list")(**holder.name)["PolicyNames"] == []


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 129])
def test_a_bad_policy_name_is_a_validation_error(holder: Holder, name: str) -> None:
    assert refused(holder.call("put"), **holder.name, PolicyName=name, PolicyDocument=POLICY)[0] == "ValidationError"


def test_the_policies_of_an_identity_have_a_size_together_without_white_space(holder: Holder) -> None:
    limit = {"user": 2048, "group": 5120, "role": 10240}[holder.kind]
    holder.put("small", document_of(200))
    holder.put("large", document_of(limit - 200))
    holder.put("large", document_of(limit - 200))
    assert refused(holder.call("put"), **holder.name, PolicyName="more", PolicyDocument=POLICY) == (
        "LimitExceeded",
        f"Maximum policy size of {limit} bytes exceeded for {holder.kind} Holder",
    )


def test_changes_are_needed_on_the_identity_and_raise_the_policy_generation(api: Any, holder: Holder) -> None:
    before = api.generation()
    holder.put("reader")
    action = f"iam:Put{holder.kind.title()}Policy"
    assert api.asked.needs == {action: [f"arn:aws:iam::{ACCOUNT}:{holder.kind}/Holder"]}
    assert api.generation() == before + 1
    holder.put("reader")
    assert api.generation() == before + 1
    holder.call("delete")(**holder.name, PolicyName="reader")
    assert api.generation() == before + 2


def test_the_boundary_and_tags_of_an_identity_are_condition_values_of_its_changes(api: Any) -> None:
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    tags = [{"Key": "team", "Value": "red"}]
    api.iam.create_user(UserName="alice", PermissionsBoundary=boundary, Tags=tags)
    of_tags = {"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "red"}
    api.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=POLICY)
    assert api.asked.context == of_tags | {"iam:PermissionsBoundary": boundary}
    api.iam.get_user_policy(UserName="alice", PolicyName="p")
    assert api.asked.context == of_tags


def test_a_service_linked_role_cannot_be_changed(api: Any) -> None:
    with api.store.writing(ACCOUNT, "global", event_id=None, at=api.clock.now()) as unit:
        unit.add(
            Role(
                account=ACCOUNT,
                name="AWSServiceRoleForTests",
                folded="awsservicerolefortests",
                unique_id="AROAJQABLZS4A3QDU576Q",
                created_at=api.clock.now(),
                trust_policy=TRUST,
                service_linked_to="tests.amazonaws.com",
            )
        )
    name = "AWSServiceRoleForTests"
    code, message = refused(api.iam.put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=POLICY)
    assert code == "UnmodifiableEntity"
    assert name in message
