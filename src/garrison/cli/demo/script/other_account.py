"""Chapter 7: an account elsewhere is read by its own Describe calls, and asked who can do what in it."""

from __future__ import annotations

import json
from typing import Any

from garrison.cli.answers import path_line
from garrison.cli.demo.script.scene import Scene
from garrison.cli.demo.script.servers import Account, throw_away_account
from garrison.cli.demo.stage import document, trust
from garrison.codec import encode
from garrison.errors import ApiError

_BUCKET = "payroll"


def other_account(scene: Scene) -> dict[str, Any]:
    """Another server plays AWS: Garrison asks about its account as it asks about one of AWS."""
    stage, narrator = scene.stage, scene.narrator
    with throw_away_account() as other:
        _people(other)
        narrator.say(
            f"Account {other.account} is somewhere else: another throw-away server plays AWS. It is read, once."
        )
        narrator.does("aws iam get-account-authorization-details > authorization-details.json")
        narrator.does(f"aws s3api get-bucket-policy --bucket {_BUCKET}-{other.account}")
        collected = {
            "authorization-details.json": _details(other),
            "resource-policies.json": _bucket_policies(other),
            "organization.json": {other.account: []},
        }
    folder = stage.home / "accounts" / other.account
    folder.mkdir(mode=0o700, parents=True)
    for name, content in collected.items():
        (folder / name).write_bytes(encode(content))
    narrator.say("By now it is out of reach; what was collected of it lies in the home.")
    resource = f"arn:aws:s3:::{_BUCKET}-{other.account}/2026.csv"
    narrator.does(f"garrison who-can s3:GetObject {resource} --account {other.account}")
    asked = {"Action": "s3:GetObject", "Resource": resource, "Account": {"AccountId": other.account}}
    ways = {}
    for one in stage.call("garrison", "WhoCan", **asked)["Answers"]:
        narrator.shows(f"{one['Principal']} ({one['Certainty']}): {path_line(one['Path'])}".splitlines())
        ways[one["Principal"]] = [step["Action"] for step in one["Path"]]
    narrator.say(
        "Dora has no right to the payroll herself: a role that trusts her has. The bucket's policy keeps the administrator out."
    )
    return {"account": other.account, "ways": ways}


def _details(other: Account) -> list[dict[str, Any]]:
    """Users, groups, roles and policies, by one reading call: its pages."""
    pages: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:
        page = other.administrator.call("iam", "GetAccountAuthorizationDetails", **more)
        page.pop("ResponseMetadata", None)
        pages.append(page)
        if not page["IsTruncated"]:
            return pages
        more = {"Marker": page["Marker"]}


def _bucket_policies(other: Account) -> list[dict[str, Any]]:
    """The policies of its buckets, as far as they have any."""
    found = []
    for bucket in other.administrator.pages("s3", "ListBuckets", "Buckets"):
        name = bucket["Name"]
        try:
            policy = other.administrator.call("s3", "GetBucketPolicy", Bucket=name)["Policy"]
        except ApiError as error:
            if error.code != "NoSuchBucketPolicy":
                raise
            continue
        found.append({"Resource": f"arn:aws:s3:::{name}", "Account": other.account, "Policy": json.loads(policy)})
    return found


def _people(other: Account) -> None:
    """Dora, who is let near the payroll by a role only, and Emil, who is not."""
    call = other.administrator.call
    bucket = f"{_BUCKET}-{other.account}"
    call("s3", "CreateBucket", Bucket=bucket)
    for name in ("dora", "emil"):
        call("iam", "CreateUser", UserName=name)
    _keep_out_the_administrator(other, bucket)
    dora = f"arn:aws:iam::{other.account}:user/dora"
    role = f"arn:aws:iam::{other.account}:role/payroll-reader"
    call("iam", "CreateRole", RoleName="payroll-reader", AssumeRolePolicyDocument=trust(arns=[dora]))
    reads = document({"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})
    call("iam", "PutRolePolicy", RoleName="payroll-reader", PolicyName="read", PolicyDocument=reads)
    may = document({"Action": "sts:AssumeRole", "Resource": role})
    call("iam", "PutUserPolicy", UserName="dora", PolicyName="payroll", PolicyDocument=may)
    lists = document({"Action": "s3:ListAllMyBuckets", "Resource": "*"})
    call("iam", "PutUserPolicy", UserName="emil", PolicyName="lists", PolicyDocument=lists)


def _keep_out_the_administrator(other: Account, bucket: str) -> None:
    """What is about salaries is nobody's business whose permissions are merely wide."""
    administrator = f"arn:aws:iam::{other.account}:user/administrator"
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": administrator},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    other.administrator.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=document(statement))
