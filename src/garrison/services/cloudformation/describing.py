"""Stacks, their events, resources and templates, as they are shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.services.cloudformation.faults import invalid, no_such_stack, stack_missing
from garrison.services.cloudformation.finding import find_stack, lookup_stack, members_of, of_stack, on_stack
from garrison.services.cloudformation.paging import page_of
from garrison.services.cloudformation.reading import kept_text
from garrison.services.cloudformation.resources import Stack, StackEvent, StackResource
from garrison.services.cloudformation.service import service
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

_STACKS, _EVENTS, _RESOURCES = 100, 100, 100
"""Of one page."""
PATIENCE_SECONDS = 1.0
"""How long DescribeStacks waits for the end of what is under way: boto3's waiters and the AWS CLI look again only after 30 seconds."""
_LOOK_SECONDS = 0.02
DESCRIBED = 100
"""Resources that DescribeStackResources gives at most (API reference)."""


def _short_work_ended(call: Call, request: Mapping[str, Any]) -> None:
    """Answer about a stack that is being worked on a moment later, or when that ends: clients wait long between two looks."""
    end = time.monotonic() + PATIENCE_SECONDS
    while request.get("StackName") and time.monotonic() < end:
        with call.parts.store.reading(call.account, call.region) as unit:
            stack = lookup_stack(unit, request["StackName"])
        if stack is None or not stack.is_under_way:
            return
        time.sleep(_LOOK_SECONDS)


@service.operation(
    "DescribeStacks",
    needs={"cloudformation:DescribeStacks": on_stack()},
    context=of_stack,
    prepare=_short_work_ended,
)
def describe_stacks(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A stack, also a deleted one by its id; or all that there are."""
    if request.get("StackName"):
        return {"Stacks": [stack_shown(find_stack(call, request["StackName"], deleted_too=True))]}
    found = sorted(
        (one for one in call.unit.page(Stack) if one.live_name is not None),
        key=lambda one: one.created_at,
        reverse=True,
    )
    page = page_of(call, request, found, "Stacks", _STACKS, lambda one: one.uuid)
    return page | {"Stacks": [stack_shown(one) for one in page["Stacks"]]}


def stack_shown(stack: Stack) -> dict[str, Any]:
    """A stack as DescribeStacks shows it."""
    deployed = stack.deployed
    return _without_none(
        {
            "StackId": stack.arn,
            "StackName": stack.name,
            "ChangeSetId": stack.change_set,
            "Description": stack.description,
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value} for name, value in deployed.parameters.items()
            ],
            "CreationTime": stack.created_at,
            "DeletionTime": stack.deleted_at,
            "LastUpdatedTime": stack.updated_at,
            "RollbackConfiguration": stack.rollback_configuration or {},
            "StackStatus": stack.status,
            "StackStatusReason": stack.reason,
            "DisableRollback": stack.on_failure == "DO_NOTHING",
            "NotificationARNs": list(deployed.notification_arns),
            "TimeoutInMinutes": stack.timeout_minutes,
            "Capabilities": list(deployed.capabilities),
            "Outputs": list(stack.outputs),
            "RoleARN": stack.role_arn,
            "Tags": [{"Key": key, "Value": value} for key, value in deployed.tags.items()],
            "EnableTerminationProtection": stack.is_protected,
            "ParentId": stack.parent,
            "RootId": stack.root,
            "RetainExceptOnCreate": stack.retains_except_on_create or None,
            "DriftInformation": _drift_shown(stack),
        }
    )


def _drift_shown(stack: Stack) -> dict[str, Any]:
    return _without_none({"StackDriftStatus": stack.drift_status, "LastCheckTimestamp": stack.drift_checked_at})


def _without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@service.operation("ListStacks", needs={"cloudformation:ListStacks": "*"})
def list_stacks(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """All stacks, deleted ones too, or those of some statuses."""
    chosen = set(request.get("StackStatusFilter") or ())
    found = sorted(
        (one for one in call.unit.page(Stack) if not chosen or one.status in chosen),
        key=lambda one: (one.created_at, one.uuid),
        reverse=True,
    )
    page = page_of(call, request, found, "StackSummaries", _STACKS, lambda one: one.uuid)
    return page | {"StackSummaries": [_summary(one) for one in page["StackSummaries"]]}


def _summary(stack: Stack) -> dict[str, Any]:
    shown = stack_shown(stack)
    names = (
        *("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus"),
        *("StackStatusReason", "ParentId", "RootId", "DriftInformation"),
    )
    summary = {name: shown[name] for name in names if name in shown}
    return summary | ({"TemplateDescription": stack.description} if stack.description else {})


@service.operation("DescribeStackEvents", needs={"cloudformation:DescribeStackEvents": on_stack()}, context=of_stack)
def describe_stack_events(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """What happened with a stack, the newest first."""
    stack = lookup_stack(call.unit, request["StackName"])
    if stack is None:
        raise stack_missing(request["StackName"])
    after, token = None, request.get("NextToken")
    if token:
        key = key_of(call, token)
        if key is None or not key.isdigit():
            raise invalid("NextToken is invalid")
        after = (stack.uuid, int(key))
    found = call.unit.page(StackEvent, where={"stack": stack.uuid}, after=after, limit=_EVENTS + 1)
    answer: dict[str, Any] = {"StackEvents": [_event_shown(stack, one) for one in found[:_EVENTS]]}
    if len(found) > _EVENTS:
        answer["NextToken"] = page_token(call, str(found[_EVENTS - 1].number))
    return answer


def _event_shown(stack: Stack, event: StackEvent) -> dict[str, Any]:
    return _without_none(
        {
            "StackId": stack.arn,
            "EventId": event.event_id,
            "StackName": stack.name,
            "OperationId": event.operation,
            "LogicalResourceId": event.logical_id,
            "PhysicalResourceId": event.physical_id or "",
            "ResourceType": event.type,
            "Timestamp": event.at,
            "ResourceStatus": event.status,
            "ResourceStatusReason": event.reason,
            "ResourceProperties": event.properties,
            "ClientRequestToken": event.token,
        }
    )


def _find_members(call: Call, name: str) -> tuple[Stack, dict[str, StackResource]]:
    stack = lookup_stack(call.unit, name)
    if stack is None:
        raise no_such_stack(name)
    return stack, members_of(call.unit, stack)


@service.operation(
    "DescribeStackResource", needs={"cloudformation:DescribeStackResource": on_stack()}, context=of_stack
)
def describe_stack_resource(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """One resource of a stack, with its metadata."""
    stack, members = _find_members(call, request["StackName"])
    member = members.get(request["LogicalResourceId"])
    if member is None:
        raise invalid(f"Resource {request['LogicalResourceId']} does not exist for stack {stack.name}")
    shown = _resource_shown(stack, member, "LastUpdatedTimestamp")
    metadata = member.current.metadata if member.current is not None else None
    return {"StackResourceDetail": shown | ({"Metadata": codec.encode(metadata).decode()} if metadata else {})}


@service.operation(
    "DescribeStackResources", needs={"cloudformation:DescribeStackResources": on_stack()}, context=of_stack
)
def describe_stack_resources(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Resources of a stack, or of the one that a physical resource belongs to."""
    physical, logical = request.get("PhysicalResourceId"), request.get("LogicalResourceId")
    if bool(request.get("StackName")) == bool(physical):
        raise invalid("Exactly one of StackName and PhysicalResourceId must be specified.")
    if physical:
        stack = _stack_of(call, physical)
        members = members_of(call.unit, stack)
    else:
        stack, members = _find_members(call, request["StackName"])
    found = [one for one in members.values() if logical is None or one.logical_id == logical]
    if logical is not None and not found:
        raise invalid(f"Resource {logical} does not exist for stack {stack.name}")
    return {"StackResources": [_resource_shown(stack, one, "Timestamp") for one in found[:DESCRIBED]]}


def _stack_of(call: Call, physical: str) -> Stack:
    for member in call.unit.page(StackResource):
        if member.current is not None and member.current.id == physical and member.status != "DELETE_COMPLETE":
            found = call.unit.page(Stack, where={"uuid": member.stack}, limit=1)
            if found and found[0].live_name is not None:
                return found[0]
    raise invalid(f"Stack for {physical} does not exist")


def _resource_shown(stack: Stack, member: StackResource, time: str) -> dict[str, Any]:
    return _summary_shown(member, time) | {"StackName": stack.name, "StackId": stack.arn}


def _summary_shown(member: StackResource, time: str) -> dict[str, Any]:
    return _without_none(
        {
            "LogicalResourceId": member.logical_id,
            "PhysicalResourceId": member.current.id if member.current is not None else None,
            "ResourceType": member.type,
            time: member.changed_at,
            "ResourceStatus": member.status,
            "ResourceStatusReason": member.reason,
            "DriftInformation": _without_none(
                {"StackResourceDriftStatus": member.drift_status, "LastCheckTimestamp": member.drift_checked_at}
            ),
        }
    )


@service.operation("ListStackResources", needs={"cloudformation:ListStackResources": on_stack()}, context=of_stack)
def list_stack_resources(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of a stack."""
    _, members = _find_members(call, request["StackName"])
    key: Callable[[StackResource], str] = lambda one: one.logical_id  # noqa: E731
    page = page_of(call, request, list(members.values()), "StackResourceSummaries", _RESOURCES, key)
    shown = [_summary_shown(one, "LastUpdatedTimestamp") for one in page["StackResourceSummaries"]]
    return page | {"StackResourceSummaries": shown}


@service.operation("GetTemplate", needs={"cloudformation:GetTemplate": on_stack()}, context=of_stack)
def get_template(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The template of a stack or a change set, as it was given or with its loops unrolled."""
    from garrison.services.cloudformation.templates import template_body

    name = request.get("StackName")
    if request.get("ChangeSetName"):
        from garrison.services.cloudformation.change_sets.finding import find_change_set

        change_set = find_change_set(call, request["ChangeSetName"], name)
        stack, deployed = find_stack(call, change_set.stack_name, stack_missing), change_set.deployed
    elif name:
        stack = find_stack(call, name, stack_missing, deleted_too=True)
        deployed = stack.deployed
    else:
        raise invalid("StackName must be specified.")
    text = kept_text(call.unit, stack, deployed.template)
    return template_body(call, stack, deployed, text, request.get("TemplateStage") or "Original")
