"""People: users, groups, roles, policies, keys, and one of them with an MFA device."""

from __future__ import annotations

import secrets
from base64 import b32decode
from typing import Any

from garrison.cli.demo.calls import Key
from garrison.cli.demo.stage import Stage, document, trust

_GROUPS = {
    "admins": ("AdministratorAccess",),
    "security": ("SecurityAudit", "ReadOnlyAccess"),
    "developers": (),
}
_USERS = {
    "alice": ("security", "Security engineer"),
    "bob": ("admins", "Platform lead"),
    "carol": ("developers", "Developer"),
    "dave": ("developers", "Developer on leave"),
}
_SIGN_IN = ("alice", "bob", "carol")
_POLICY = "shop-developer"
_DEVELOPERS = (
    {"Sid": "ReadTheShop", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"},
    {"Sid": "SeeLogs", "Action": ["logs:Describe*", "logs:FilterLogEvents"], "Resource": "*"},
    {"Sid": "UseTheOrdersKey", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"},
)
_TOO_MUCH = {"Sid": "Everything", "Action": "*", "Resource": "*"}
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def people(stage: Stage) -> str:
    """Make them all."""
    for name, policies in _GROUPS.items():
        undo = [("iam", "DetachGroupPolicy", {"GroupName": name, "PolicyArn": _managed(one)}) for one in policies]
        stage.make(
            "group",
            name,
            ("iam", "CreateGroup"),
            {"GroupName": name},
            *undo,
            ("iam", "DeleteGroup", {"GroupName": name}),
        )
        for one in policies:
            stage.call("iam", "AttachGroupPolicy", GroupName=name, PolicyArn=_managed(one))
    _policies(stage)
    for name, (group, job) in _USERS.items():
        _user(stage, name, group, job)
    for name in _SIGN_IN:
        _password(stage, name)
    _mfa_device(stage, "bob")
    for name in ("alice", "bob", "carol", "dave"):
        access_key(stage, name)
    _machine(stage)
    _roles(stage)
    return f"{len(_USERS) + 1} users in {len(_GROUPS)} groups, 2 policies, 4 roles, an MFA device, access keys"


def access_key(stage: Stage, name: str, agent: str = "") -> Key:
    """An access key for a user, with which it calls from now on."""
    made = stage.call("iam", "CreateAccessKey", UserName=name)["AccessKey"]
    undo = ("iam", "DeleteAccessKey", {"UserName": name, "AccessKeyId": made["AccessKeyId"]})
    stage.made.add("access key", f"{made['AccessKeyId']} of {name}", undo)
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    stage.sign_as(name, key, agent)
    return key


def _managed(name: str) -> str:
    return f"arn:aws:iam::aws:policy/{name}"


def _policies(stage: Stage) -> None:
    arn = f"arn:aws:iam::{stage.account}:policy/{_POLICY}"
    stage.make(
        "policy",
        _POLICY,
        ("iam", "CreatePolicy"),
        {
            "PolicyName": _POLICY,
            "Description": "What developers of the shop may do",
            "PolicyDocument": document(*_DEVELOPERS[:2]),
        },
        ("iam", "DetachGroupPolicy", {"GroupName": "developers", "PolicyArn": arn}),
        ("iam", "DeletePolicyVersion", {"PolicyArn": arn, "VersionId": "v1"}),
        ("iam", "DeletePolicy", {"PolicyArn": arn}),
    )
    stage.call("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=document(*_DEVELOPERS), SetAsDefault=True)
    stage.call("iam", "AttachGroupPolicy", GroupName="developers", PolicyArn=arn)
    # A leftover that Config's rules find.
    stage.make(
        "policy",
        "temporary-do-not-use",
        ("iam", "CreatePolicy"),
        {"PolicyName": "temporary-do-not-use", "PolicyDocument": document(_TOO_MUCH)},
        ("iam", "DeletePolicy", {"PolicyArn": f"arn:aws:iam::{stage.account}:policy/temporary-do-not-use"}),
    )


def _user(stage: Stage, name: str, group: str, job: str) -> None:
    tags = [{"Key": "job", "Value": job}]
    stage.make(
        "user",
        name,
        ("iam", "CreateUser"),
        {"UserName": name, "Tags": tags},
        ("iam", "RemoveUserFromGroup", {"UserName": name, "GroupName": group}),
        ("iam", "DeleteUser", {"UserName": name}),
    )
    stage.call("iam", "AddUserToGroup", UserName=name, GroupName=group)


def _machine(stage: Stage) -> None:
    """A user for a pipeline, whose key leaks later: it may do more than it needs."""
    name, policy = "ci-deploy", "deploy"
    stage.make(
        "user",
        name,
        ("iam", "CreateUser"),
        {"UserName": name, "Tags": [{"Key": "job", "Value": "Pipeline of the shop"}]},
        ("iam", "DeleteUserPolicy", {"UserName": name, "PolicyName": policy}),
        ("iam", "DeleteUser", {"UserName": name}),
    )
    may = {
        "Action": ["s3:*", "cloudformation:*", "iam:List*", "iam:Get*", "iam:CreateUser", "iam:CreateAccessKey"],
        "Resource": "*",
    }
    stage.call("iam", "PutUserPolicy", UserName=name, PolicyName=policy, PolicyDocument=document(may))
    access_key(stage, name, "aws-cli/2.15.0 Python/3.11 Linux/6.1 pipeline/shop")


def _password(stage: Stage, name: str) -> None:
    """A random password, shown once at the end. It has every kind of character that a password policy may ask for."""
    password = "".join(secrets.choice(_LETTERS) for _ in range(16)) + secrets.choice("-+=_") + "aA7"
    stage.make(
        "password",
        f"of {name}",
        ("iam", "CreateLoginProfile"),
        {"UserName": name, "Password": password},
        ("iam", "DeleteLoginProfile", {"UserName": name}),
    )
    stage.sign_in.append({"user": name, "password": password})


def _mfa_device(stage: Stage, name: str) -> None:
    from garrison.services.iam.mfa_codes import code_of, step_at

    serial = f"arn:aws:iam::{stage.account}:mfa/{name}"
    made = stage.make(
        "MFA device",
        name,
        ("iam", "CreateVirtualMFADevice"),
        {"VirtualMFADeviceName": name},
        ("iam", "DeactivateMFADevice", {"UserName": name, "SerialNumber": serial}),
        ("iam", "DeleteVirtualMFADevice", {"SerialNumber": serial}),
    )["VirtualMFADevice"]
    written = made["Base32StringSeed"].decode()
    seed, step = b32decode(written), step_at(stage.endpoint.clock.now())
    # The codes of the two steps before: the one of now is left for the first sign-in.
    codes = {
        "AuthenticationCode1": code_of(seed, step - 1),
        "AuthenticationCode2": code_of(seed, step),
    }
    stage.call("iam", "EnableMFADevice", UserName=name, SerialNumber=serial, **codes)
    next(each for each in stage.sign_in if each["user"] == name)["mfa_seed"] = written


def _roles(stage: Stage) -> None:
    root = f"arn:aws:iam::{stage.account}:root"
    _role(stage, "break-glass", trust(arns=[root], Bool={"aws:MultiFactorAuthPresent": "true"}), "AdministratorAccess")
    _role(stage, "auditor", trust(arns=[f"arn:aws:iam::{stage.account}:user/alice"]), "SecurityAudit")
    _role(stage, "shop-backend", trust(service="ec2.amazonaws.com"), None)
    _role(stage, "supplier", trust(arns=["arn:aws:iam::999988887777:root"]), "ReadOnlyAccess")
    profile = {"InstanceProfileName": "shop-backend"}
    both = {**profile, "RoleName": "shop-backend"}
    stage.make(
        "instance profile",
        "shop-backend",
        ("iam", "CreateInstanceProfile"),
        profile,
        ("iam", "RemoveRoleFromInstanceProfile", both),
        ("iam", "DeleteInstanceProfile", profile),
    )
    stage.call("iam", "AddRoleToInstanceProfile", **both)
    for name in ("alice", "carol"):
        who = stage.people[name]
        who.call("sts", "GetCallerIdentity")
        who.refused("iam", "ListUsers")
    stage.people["alice"].call(
        "sts", "AssumeRole", RoleArn=f"arn:aws:iam::{stage.account}:role/auditor", RoleSessionName="alice-audit"
    )


def _role(stage: Stage, name: str, trusted: str, managed: str | None) -> None:
    undo: list[Any] = [("iam", "DeleteRole", {"RoleName": name})]
    if managed is not None:
        undo.insert(0, ("iam", "DetachRolePolicy", {"RoleName": name, "PolicyArn": _managed(managed)}))
    asked = {"RoleName": name, "AssumeRolePolicyDocument": trusted}
    stage.make("role", name, ("iam", "CreateRole"), asked, *undo)
    if managed is not None:
        stage.call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=_managed(managed))
