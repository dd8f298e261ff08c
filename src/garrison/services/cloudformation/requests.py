"""What requests about stacks bring for the decision about them: condition values, and the role that is passed.

Source: Service Authorization Reference, "AWS CloudFormation".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.cloudformation.finding import of_stack

if TYPE_CHECKING:
    from garrison.services.call import Call

_KEYS = {
    "TemplateURL": "cloudformation:TemplateUrl",
    "StackPolicyURL": "cloudformation:StackPolicyUrl",
    "RoleARN": "cloudformation:RoleArn",
    "ResourceTypes": "cloudformation:ResourceTypes",
    "ChangeSetName": "cloudformation:ChangeSetName",
}


def role_passed(_call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    """The role that a request hands to CloudFormation."""
    return (request["RoleARN"],) if request.get("RoleARN") else ()


def request_context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of a request that creates or changes a stack."""
    found = {key: request[member] for member, key in _KEYS.items() if request.get(member)}
    if request.get("RoleARN"):
        found["iam:PassedToService"] = "cloudformation.amazonaws.com"
    tags = request.get("Tags") or ()
    found |= {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    if tags:
        found["aws:TagKeys"] = [tag["Key"] for tag in tags]
    return found | of_stack(call, request)
