"""Who can do something among 5,000 principals with 10 policies each, cold: read, screened, parsed and decided in one question.

    python benchmarks/who_can.py [--principals 5000] [--policies 10] [--target 5]

The account is a dump as GetAccountAuthorizationDetails gives it: four users to one role, half of the policies inline and each
different, half attached from 500 managed ones, statements over 60 services with wildcards and conditions; one role in ten may
read the object asked about, one user in ten may assume roles. A fresh process reads the dump and answers `s3:GetObject` on
one object, roles followed transitively; the time is from the decoded dump to the answer, and from the file to the answer.
The peer is the same question asked principal by principal, over the same dump; the answers are compared.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from garrison.policy import AuthorizationRequest
from garrison.policy.account_dump import read_account
from garrison.policy.actions import actions_of
from garrison.policy.collector import held_collector
from garrison.policy.reach import ASSUME_ROLE, Certainty, can, who_can

ACCOUNT = "111122223333"
OBJECT = "arn:aws:s3:::records/2026/a"
SERVICES = [
    "s3",
    "sqs",
    "sns",
    "ec2",
    "lambda",
    "dynamodb",
    "kms",
    "logs",
    "cloudwatch",
    "events",
    "iam",
    "sts",
    "ecs",
    "eks",
    "ecr",
    "rds",
    "elasticache",
    "kinesis",
    "glue",
    "athena",
    "batch",
    "codebuild",
    "codepipeline",
    "codecommit",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "config",
    "secretsmanager",
    "ssm",
    "states",
    "waf",
    "wafv2",
    "acm",
    "apigateway",
    "appsync",
    "autoscaling",
    "backup",
    "bedrock",
    "budgets",
    "cognito-idp",
    "datasync",
    "detective",
    "elasticfilesystem",
    "elasticbeanstalk",
    "es",
    "firehose",
    "fsx",
    "guardduty",
    "inspector2",
    "kafka",
    "lightsail",
    "mq",
    "organizations",
    "quicksight",
    "redshift",
    "route53",
    "sagemaker",
    "securityhub",
    "transfer",
]


def main() -> int:
    """Make the dump, ask in a fresh process, and compare; exit 1 where the target is missed or answers differ."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--principals", type=int, default=5000)
    arguments.add_argument("--policies", type=int, default=10)
    arguments.add_argument("--target", type=float, default=5.0, help="seconds")
    arguments.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.ask:
        return _ask(chosen.ask, chosen.target)
    with tempfile.TemporaryDirectory(prefix="garrison-who-can-") as folder:
        file = Path(folder) / "account.json"
        file.write_bytes(msgspec.json.encode(_dump(chosen.principals, chosen.policies)))
        command = [sys.executable, __file__, "--ask", str(file), "--target", str(chosen.target)]
        return subprocess.run(command, check=False).returncode


def _ask(file: Path, target: float) -> int:
    begun = time.perf_counter()
    with held_collector():  # as the service decodes it
        dump = msgspec.json.decode(file.read_bytes())
    decoded = time.perf_counter()
    estate = read_account(dump, [], [])
    request = AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT)
    answers = who_can(estate, request)
    finished = time.perf_counter()
    whole = finished - begun
    print(
        f"who_can       {len(estate.members):,} principals, {file.stat().st_size / 1e6:.0f} MB: {len(answers):,} answers in "
        f"{finished - decoded:.2f} s, {whole:.2f} s from the file   target {target:.0f} s"
    )
    direct = {answer.principal for answer in answers if answer.certainty is Certainty.ALLOWED and len(answer.path) == 1}
    begun = time.perf_counter()
    one_by_one = {member.arn for member in estate.members if can(estate, member, request).is_allowed}
    print(f"one by one    {len(one_by_one):,} direct answers in {time.perf_counter() - begun:.2f} s")
    agreed = direct == one_by_one
    print(
        f"direct answers {'agree' if agreed else 'DIFFER'}; longest way {max(len(one.path) for one in answers)} steps"
    )
    return 0 if agreed and whole < target else 1


def _dump(principals: int, policies: int) -> dict[str, Any]:
    chance = random.Random(7)
    managed = [
        {
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/managed-{number}",
            "PolicyName": f"managed-{number}",
            "PolicyVersionList": [{"IsDefaultVersion": True, "Document": _policy(chance)}],
        }
        for number in range(500)
    ]
    roles = [_role(chance, number, policies, managed) for number in range(principals // 5)]
    users = [_user(chance, number, policies, managed) for number in range(principals - len(roles))]
    return {"UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [], "Policies": managed}


def _user(chance: random.Random, number: int, policies: int, managed: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"user-{number}"
    inline, attached = _held(chance, policies, managed)
    if number % 10 == 0:
        role = f"arn:aws:iam::{ACCOUNT}:role/role-{chance.randrange(50) * 10}"
        inline[0] = {"PolicyName": "assume", "PolicyDocument": _document([_allow([ASSUME_ROLE], [role])])}
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "UserName": name,
        "UserId": f"AIDA{number:017}",
        "UserPolicyList": inline,
        "AttachedManagedPolicies": attached,
        "GroupList": [],
        "Tags": [{"Key": "team", "Value": f"team-{number % 40}"}],
    }


def _role(chance: random.Random, number: int, policies: int, managed: list[dict[str, Any]]) -> dict[str, Any]:
    name = f"role-{number}"
    inline, attached = _held(chance, policies, managed)
    if number % 10 == 0:
        inline[0] = {
            "PolicyName": "read",
            "PolicyDocument": _document([_allow(["s3:Get*"], ["arn:aws:s3:::records/*"])]),
        }
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"} if number % 2 == 0 else {"Service": "ec2.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": ASSUME_ROLE}
    return {
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "RoleName": name,
        "RoleId": f"AROA{number:017}",
        "RolePolicyList": inline,
        "AttachedManagedPolicies": attached,
        "AssumeRolePolicyDocument": _document([trust]),
    }


def _held(
    chance: random.Random, policies: int, managed: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    inline = [{"PolicyName": f"own-{n}", "PolicyDocument": _policy(chance)} for n in range(policies // 2)]
    chosen = chance.sample(managed, policies - len(inline))
    return inline, [{"PolicyName": one["PolicyName"], "PolicyArn": one["Arn"]} for one in chosen]


def _policy(chance: random.Random) -> dict[str, Any]:
    return _document([_statement(chance) for _ in range(chance.randint(1, 4))])


def _statement(chance: random.Random) -> dict[str, Any]:
    service = chance.choice(SERVICES)
    names = list(actions_of(service))
    actions = chance.sample(names, min(len(names), chance.randint(1, 6)))
    actions = [name[: name.index(":") + 4] + "*" if chance.random() < 0.2 else name for name in actions]
    resources = [
        f"arn:aws:{service}:*:{ACCOUNT}:thing/{chance.randrange(10_000)}/*" for _ in range(chance.randint(1, 3))
    ]
    if service == "s3":
        resources = [f"arn:aws:s3:::bucket-{chance.randrange(1000)}/*"]
    everywhere = service == "iam" or (chance.random() < 0.2 and service != "s3")
    statement = _allow(actions, ["*"] if everywhere else resources)
    if chance.random() < 0.1:
        statement["Effect"] = "Deny"
    if chance.random() < 0.3:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": f"team-{chance.randrange(40)}"}}
    return statement


def _allow(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    if "Principal" in statements[0]:
        statements = [{name: value for name, value in one.items() if name != "Resource"} for one in statements]
    return {"Version": "2012-10-17", "Statement": statements}


if __name__ == "__main__":
    sys.exit(main())
