"""IAMSpy's can-i and who-can cases, asked of `decide` over the same account dumps.

IAMSpy asks whether *some* request could succeed, so a key that a case leaves open may take a value from a policy; a case
marked strict leaves nothing open. Two things in the dumps are not what AWS accepts and are read as meant: a bare ARN as
principal is `{"AWS": arn}`, and a bucket policy without statements is none. Who is not in the dump can do nothing.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    compile_principal,
    compile_resource_policy,
    decide,
    explain,
    parse_document,
)

FLOORS = Path(__file__).parents[1] / "floors.toml"


def read(folder: Path, case: dict[str, Any], kind: str) -> list[Any]:
    return [json.loads((folder / "files" / name).read_text()) for name in case["files"].get(kind, [])]


def source(kind: PolicyKind, name: str, document: dict[str, Any]) -> Source:
    return Source(kind, name, parse_document(json.dumps(document), kind))


class Account:
    """The principals and resources of one case's files."""

    def __init__(self, folder: Path, case: dict[str, Any]) -> None:
        self.dumps = read(folder, case, "gaads")
        self.organizations = read(folder, case, "scps")
        self.resources = [entry for entries in read(folder, case, "resources") for entry in entries]
        self.managed = {policy["Arn"]: policy for dump in self.dumps for policy in dump["Policies"]}

    def arns(self) -> list[str]:
        return [one["Arn"] for dump in self.dumps for one in (*dump["UserDetailList"], *dump["RoleDetailList"])]

    def principal(self, arn: str) -> CompiledPrincipal:
        account = arn.split(":")[4]
        for dump in self.dumps:
            for details, label in ((dump["UserDetailList"], "User"), (dump["RoleDetailList"], "Role")):
                for one in details:
                    if one["Arn"] == arn:
                        return self.compiled(one, label, account)
        raise LookupError(arn)

    def compiled(self, one: dict[str, Any], label: str, account: str) -> CompiledPrincipal:
        name = one[f"{label}Name"]
        inline = [
            source(PolicyKind.IDENTITY, f"{name}/{policy['PolicyName']}", policy["PolicyDocument"])
            for policy in one[f"{label}PolicyList"]
        ]
        attached = [self.policy(PolicyKind.IDENTITY, held["PolicyArn"]) for held in one["AttachedManagedPolicies"]]
        boundary = one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        is_role = label == "Role"
        identity = PrincipalIdentity(
            kind=PrincipalType.ROLE_SESSION if is_role else PrincipalType.USER,
            account=account,
            arn=f"arn:aws:sts::{account}:assumed-role/{name}/session" if is_role else one["Arn"],
            user_name=None if is_role else name,
            role_arn=one["Arn"] if is_role else None,
            is_management_account=any(account == tree["Arn"].split(":")[4] for tree in self.organizations),
        )
        return compile_principal(
            identity,
            [*inline, *attached],
            boundary=self.policy(PolicyKind.BOUNDARY, boundary) if boundary else None,
            scp_levels=[level for tree in self.organizations for level in levels_to(tree, account)],
        )

    def policy(self, kind: PolicyKind, arn: str) -> Source:
        versions = self.managed[arn]["PolicyVersionList"]
        return source(kind, arn, next(one["Document"] for one in versions if one["IsDefaultVersion"]))

    def policy_of(self, resource: str) -> CompiledResourcePolicy | None:
        entry = self.entry(resource)
        if entry is None or not entry["Policy"]["Statement"]:
            return None
        statements = [
            {**one, "Principal": one["Principal"] if one["Principal"] == "*" else {"AWS": one["Principal"]}}
            if isinstance(one["Principal"], str)
            else one
            for one in entry["Policy"]["Statement"]
        ]
        return compile_resource_policy(
            source(PolicyKind.RESOURCE, entry["Resource"], {**entry["Policy"], "Statement": statements})
        )

    def entry(self, resource: str) -> dict[str, Any] | None:
        return next(
            (
                one
                for one in self.resources
                if resource == one["Resource"] or resource.startswith(one["Resource"] + "/")
            ),
            None,
        )

    def owner_of(self, resource: str) -> str | None:
        entry = self.entry(resource)
        return entry["Account"] if entry else resource.split(":")[4] or None


def levels_to(tree: dict[str, Any], account: str) -> list[list[Source]]:
    """The SCPs from the root of an organization down to an account; empty where the account is not in it."""
    here = [source(PolicyKind.SCP, policy["Arn"], policy["Content"]) for policy in tree["Policies"]]
    if tree["Id"] == account:
        return [here]
    for child in tree.get("Children", []):
        below = levels_to(child, account)
        if below:
            return [here, *below]
    return []


def can(
    account: Account,
    arn: str,
    action: str,
    resource: str,
    conditions: list[str] | None = None,
    _file: str | None = None,
    strict: bool = False,
) -> bool:
    context: dict[str, Any] = dict(condition.split("=", 1) for condition in conditions or [])
    if arn not in account.arns():
        return False
    principal, policy = account.principal(arn), account.policy_of(resource)
    request = AuthorizationRequest(action, resource, account.owner_of(resource), context)
    if not strict:
        for finding in explain(principal, request, policy).findings:
            for condition in finding.statement.conditions:
                context.setdefault(condition.key, condition.policy_values[0])
    return decide(principal, request, policy).is_allowed


def answers(folder: Path) -> Iterator[tuple[dict[str, Any], object]]:
    for case in json.loads((folder / "cases.json").read_text())["cases"]:
        account, asked = Account(folder, case), case["inp"]
        match case["test"]:
            case "test_can_i":
                yield case, can(account, *asked)
            case "test_who_can":
                yield case, sorted(arn for arn in account.arns() if can(account, arn, *asked))
            case "test_who_can_batch_resource":
                action, resources = asked
                pairs = [[arn, one] for one in resources for arn in account.arns() if can(account, arn, action, one)]
                yield case, sorted(pairs)


def test_iamspys_cases_are_decided_as_it_believes(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    total = 0
    for case, answer in answers(suites / "iam" / "iamspy"):
        total += 1
        expected = sorted(case["out"]) if isinstance(case["out"], list) else case["out"]
        if answer != expected:
            wrong.append((case, answer))
    with capsys.disabled():
        print(f"\nIAMSpy cases: {total - len(wrong)}/{total}")
    assert total - len(wrong) >= tomllib.loads(FLOORS.read_text())["policy_iamspy"], wrong
