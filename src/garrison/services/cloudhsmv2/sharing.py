"""Backups that other accounts may restore clusters from: the resource policy of a backup, and what it lets them do."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.policy import MalformedPolicy, PolicyKind, ResourcePolicy, parse_document
from garrison.services.cloudhsmv2.failures import invalid, not_found
from garrison.services.cloudhsmv2.naming import Request, backup_of, tagged_values
from garrison.services.cloudhsmv2.resources import Backup
from garrison.services.cloudhsmv2.service import service
from garrison.services.organizations.resources import MemberAccount
from garrison.services.policy_sources import source_of

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.services.call import Call

_VALUES = tagged_values("ResourceArn")


def _arn(_call: Call, request: Request) -> str:
    return str(request.get("ResourceArn") or "*")


@service.operation("PutResourcePolicy", needs={"cloudhsm:PutResourcePolicy": _arn}, context=_VALUES)
def put_resource_policy(call: Call, request: shapes.PutResourcePolicyRequestTypeDef) -> dict[str, Any]:
    """Share a backup by a policy, in place of the one before."""
    backup, text = _find(call, request), request.get("Policy")
    if not text:
        raise invalid("Policy is required.")
    if backup.delete_at is not None:
        raise invalid(f"Backup {backup.id} is not READY.")
    try:
        parse_document(text, PolicyKind.RESOURCE)
    except MalformedPolicy as malformed:
        raise invalid(f"The policy is malformed: {malformed.message}") from None
    call.unit.save(replace(backup, policy=text))
    call.unit.raise_policy_generation()
    return {"ResourceArn": backup.arn, "Policy": text}


@service.operation("GetResourcePolicy", needs={"cloudhsm:GetResourcePolicy": _arn}, context=_VALUES)
def get_resource_policy(call: Call, request: shapes.GetResourcePolicyRequestTypeDef) -> dict[str, Any]:
    """The policy that shares a backup."""
    backup = _find(call, request)
    if backup.policy is None:
        raise not_found(f"Backup {backup.id} has no resource policy.")
    return {"Policy": backup.policy}


@service.operation("DeleteResourcePolicy", needs={"cloudhsm:DeleteResourcePolicy": _arn}, context=_VALUES)
def delete_resource_policy(call: Call, request: shapes.DeleteResourcePolicyRequestTypeDef) -> dict[str, Any]:
    """Share a backup no longer; clusters that were made of it stay."""
    backup = _find(call, request)
    if backup.policy is None:
        raise not_found(f"Backup {backup.id} has no resource policy.")
    call.unit.save(replace(backup, policy=None))
    call.unit.raise_policy_generation()
    return {"ResourceArn": backup.arn, "Policy": backup.policy}


def backup_policy(call: Call, _request: Request, resource: str) -> ResourcePolicy | None:
    """The policy of a backup, which decides with the caller's own."""
    backup = backup_of(call.unit, call.region, resource) if resource.startswith("arn:") else None
    return _compiled(backup.arn, backup.policy) if backup is not None and backup.policy is not None else None


def shared_backups(call: Call) -> list[Backup]:
    """The backups of other accounts here whose policies name the caller's account."""
    own = call.parts.settings.account_id
    accounts = {own} | {member.account_id for member in call.unit.page(MemberAccount, account=own)}
    found = [one for account in accounts - {call.account} for one in call.unit.page(Backup, account=account)]
    return [one for one in found if one.policy is not None and _names(one.policy, call.account)]


@lru_cache(maxsize=256)
def _compiled(arn: str, text: str) -> ResourcePolicy:
    return ResourcePolicy(source_of(PolicyKind.RESOURCE, arn, text), False)


def _names(text: str, account: str) -> bool:
    """Whether a policy allows an account, or somebody in it, anything."""
    for statement in parse_document(text, PolicyKind.RESOURCE).statements:
        if statement.effect == "Allow" and statement.principal is not None:
            for name in statement.principal.aws:
                arn = parse_arn(name)
                if name in ("*", account) or (arn is not None and arn.account == account):
                    return True
    return False


def _find(call: Call, request: Request) -> Backup:
    arn = parse_arn(request.get("ResourceArn") or "")
    if arn is None or not arn.resource.startswith("backup/"):
        raise invalid("Only backups have resource policies: give the ARN of one.")
    found = call.unit.get(Backup, arn.name) if (arn.account, arn.region) == (call.account, call.region) else None
    if found is None:
        raise not_found(f"Backup {arn.name} does not exist.")
    return found
