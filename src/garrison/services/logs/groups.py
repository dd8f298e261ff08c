"""Create, change and delete log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.logs.keys import new_key
from garrison.services.logs.naming import find_group, invalid, milliseconds, of_group, on_group
from garrison.services.logs.resource_policies import account_policies
from garrison.services.logs.resources import GroupKey, LogGroup, LogStream, MetricFilter, SubscriptionFilter
from garrison.services.logs.service import service
from garrison.services.logs.tags import checked_tags, request_tags
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call

STANDARD, INFREQUENT_ACCESS = "STANDARD", "INFREQUENT_ACCESS"
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""API reference, PutRetentionPolicy."""


def _if_tagged(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return (on_group(call, request).removesuffix(":log-stream:"),) if request.get("tags") else ()


def _have_key(call: Call, request: Mapping[str, Any]) -> None:
    """Have the first data key of a new group, where it is to have a key of KMS."""
    kms_key = request.get("kmsKeyId")
    call.evidence = new_key(call, request["logGroupName"], kms_key, 0) if kms_key else None


@service.operation(
    "CreateLogGroup",
    needs={"logs:CreateLogGroup": on_group, "logs:TagResource": _if_tagged},
    context=lambda call, request: request_tags(request),
    resource_policy=account_policies,
    prepare=_have_key,
)
def create_log_group(call: Call, request: shapes.CreateLogGroupRequestTypeDef) -> None:
    """A new group, whose events never expire until a retention is set."""
    key: GroupKey | None = call.evidence
    log_class = request.get("logGroupClass") or STANDARD
    if log_class not in (STANDARD, INFREQUENT_ACCESS):
        raise invalid(f"This account keeps no log groups of the class {log_class}.")
    group = LogGroup(
        account=call.account,
        name=request["logGroupName"],
        token=request_id(),
        created_at=milliseconds(call),
        log_class=log_class,
        is_protected=bool(request.get("deletionProtectionEnabled")),
        tags=checked_tags(request.get("tags")),
        kms_key=key.kms_key if key is not None else None,
        data_keys=(key,) if key is not None else (),
    )
    try:
        call.unit.add(group)
    except AlreadyExists:
        raise ApiError("ResourceAlreadyExistsException", "The specified log group already exists") from None


@service.operation("DeleteLogGroup", needs={"logs:DeleteLogGroup": on_group}, context=of_group())
def delete_log_group(call: Call, request: shapes.DeleteLogGroupRequestTypeDef) -> None:
    """The group is gone with its streams, filters and events."""
    group = find_group(call, request)
    if group.is_protected:
        raise ApiError("ValidationException", "The log group has deletion protection; turn it off first.")
    for kind in (LogStream, MetricFilter, SubscriptionFilter):
        for part in call.unit.page(kind, where={"log_group": group.name}):
            call.unit.remove(part)
    call.unit.remove(group)


@service.operation(
    "PutLogGroupDeletionProtection", needs={"logs:PutLogGroupDeletionProtection": on_group}, context=of_group()
)
def put_log_group_deletion_protection(call: Call, request: Mapping[str, Any]) -> None:
    """Whether the group can be deleted."""
    call.unit.save(replace(find_group(call, request), is_protected=request["deletionProtectionEnabled"]))


@service.operation("PutRetentionPolicy", needs={"logs:PutRetentionPolicy": on_group}, context=of_group())
def put_retention_policy(call: Call, request: shapes.PutRetentionPolicyRequestTypeDef) -> None:
    """Events older than so many days are gone from now on."""
    days = request["retentionInDays"]
    if days not in RETENTION_DAYS:
        raise invalid(f"The retention is one of {', '.join(map(str, RETENTION_DAYS))} days.")
    call.unit.save(replace(find_group(call, request), retention_days=days))


@service.operation("DeleteRetentionPolicy", needs={"logs:DeleteRetentionPolicy": on_group}, context=of_group())
def delete_retention_policy(call: Call, request: shapes.DeleteRetentionPolicyRequestTypeDef) -> None:
    """Events never expire."""
    call.unit.save(replace(find_group(call, request), retention_days=None))


def _have_next_key(call: Call, request: Mapping[str, Any]) -> None:
    """Have a data key under the key of KMS that a group is to have from now on."""
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        group = find_group(call, request)
    number = group.data_keys[-1].number + 1 if group.data_keys else 0
    call.evidence = new_key(call, group.name, request["kmsKeyId"], number)


@service.operation(
    "AssociateKmsKey", needs={"logs:AssociateKmsKey": on_group}, context=of_group(), prepare=_have_next_key
)
def associate_kms_key(call: Call, request: shapes.AssociateKmsKeyRequestTypeDef) -> None:
    """New events are encrypted by the key; those before stay as they are."""
    group, key = find_group(call, request), call.evidence
    taken = {each.number for each in group.data_keys}
    if key.number in taken:
        raise ApiError(
            "OperationAbortedException", "Multiple concurrent requests to update the same resource were in conflict."
        )
    call.unit.save(replace(group, kms_key=key.kms_key, data_keys=(*group.data_keys, key)))


@service.operation("DisassociateKmsKey", needs={"logs:DisassociateKmsKey": on_group}, context=of_group())
def disassociate_kms_key(call: Call, request: shapes.DisassociateKmsKeyRequestTypeDef) -> None:
    """New events are kept as before the key; those that it encrypts still need it."""
    call.unit.save(replace(find_group(call, request), kms_key=None))
