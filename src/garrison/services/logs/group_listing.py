"""List log groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.logs.naming import arn_of_identifier, group_of_arn, invalid
from garrison.services.logs.paging import page_of
from garrison.services.logs.resources import LogGroup, MetricFilter
from garrison.services.logs.service import service
from garrison.services.logs.storage import events_of
from garrison.store import StartsWith

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call


@service.operation("DescribeLogGroups", needs={"logs:DescribeLogGroups": "*"})
def describe_log_groups(call: Call, request: shapes.DescribeLogGroupsRequestTypeDef) -> dict[str, Any]:
    """The groups in the order of their names: all, of a prefix, or with a text in their names."""
    prefix, pattern = request.get("logGroupNamePrefix"), request.get("logGroupNamePattern")
    identifiers = request.get("logGroupIdentifiers")
    if sum(bool(each) for each in (prefix, pattern, identifiers)) > 1:
        raise invalid("Only one of logGroupNamePrefix, logGroupNamePattern and logGroupIdentifiers can be given.")
    if identifiers:
        found = [group_of_arn(call, arn_of_identifier(call, each)) for each in dict.fromkeys(identifiers)]
    else:
        found = _groups(call, request, prefix)
    if pattern:
        # "any log group name that contains it, with case only where it has capitals"
        found = [group for group in found if pattern in group.name or pattern in group.name.lower()]
    return page_of(
        call, request, "logGroups", found, key=lambda group: group.arn, render=lambda group: _shown(call, group)
    )


@service.operation("ListLogGroups", needs={"logs:ListLogGroups": "*"})
def list_log_groups(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The groups whose names have one of some texts, `^` before a text meaning that the name begins with it."""
    for member in ("dataSources", "fieldIndexNames", "logGroupTags"):
        if request.get(member):
            raise invalid(f"This account does not list log groups by {member}.")
    texts = (request.get("logGroupNamePattern") or "").split("|")
    found = [group for group in _groups(call, request, None) if any(_has(group.name, text) for text in texts)]
    return page_of(
        call,
        request,
        "logGroups",
        found,
        key=lambda group: group.name,
        render=lambda group: {
            "logGroupName": group.name,
            "logGroupArn": group.arn,
            "logGroupClass": group.log_class,
        },
    )


def _has(name: str, text: str) -> bool:
    return name.startswith(text[1:]) if text.startswith("^") else text in name


def _groups(call: Call, request: Mapping[str, Any], prefix: str | None) -> list[LogGroup]:
    accounts = request.get("accountIdentifiers")
    if request.get("includeLinkedAccounts") and accounts and call.account not in accounts:
        return []
    found = call.unit.page(LogGroup, where={"name": StartsWith(prefix)} if prefix else None)
    wanted = request.get("logGroupClass")
    return [group for group in found if not wanted or group.log_class == wanted]


def _shown(call: Call, group: LogGroup) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "logGroupName": group.name,
        "creationTime": group.created_at,
        "metricFilterCount": call.unit.count(
            MetricFilter, {"log_group": group.name}, account=group.account, region=group.region
        ),
        "arn": f"{group.arn}:*",
        "storedBytes": events_of(call.parts).stored_bytes(group.token),
        "logGroupClass": group.log_class,
        "logGroupArn": group.arn,
        "deletionProtectionEnabled": group.is_protected,
    }
    shown |= {"kmsKeyId": group.kms_key} if group.kms_key else {}
    return shown | ({"retentionInDays": group.retention_days} if group.retention_days else {})
