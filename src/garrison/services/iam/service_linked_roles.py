"""Service-linked roles: made and deleted for a service, which alone assumes them, and changed by nobody else."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from garrison.arn import iam_arn
from garrison.errors import ApiError
from garrison.identifiers import ROLE, request_id, unique_id
from garrison.services.iam.arns import existing_role
from garrison.services.iam.naming import find_role, folded, lookup
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.resources import Role
from garrison.services.iam.roles import bare_role
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Any

_TABLE = tomllib.loads(files(__package__).joinpath("service_linked_roles.toml").read_text(encoding="utf-8"))
ROLE_NAMES: dict[str, str] = {
    principal: f"AWSServiceRoleFor{ending}" for principal, ending in _TABLE["services"].items()
}
"""The names of the roles by service principal."""
_SUFFIXED = frozenset(_TABLE["suffixed"]["services"])
_TASK = re.compile(r"task/aws-service-role/([^/]+)/([^/]+)/[0-9a-f-]{36}")
_TASKS = "iam-role-deletions"
_TASK_KEPT = timedelta(days=7)


def _path(principal: str) -> str:
    return f"/aws-service-role/{principal}/"


def _name(request: Request) -> str:
    """The name of the role that a request makes; the service's own where it is not known."""
    principal, suffix = request["AWSServiceName"], request.get("CustomSuffix")
    name = ROLE_NAMES.get(principal, "AWSServiceRoleFor*")
    return f"{name}_{suffix}" if suffix else name


def _new(call: Call, request: Request) -> str:
    return iam_arn(call.account, "role", _path(request["AWSServiceName"]), _name(request))


@service.operation(
    "CreateServiceLinkedRole",
    needs={"iam:CreateServiceLinkedRole": _new},
    context=lambda call, request: {"iam:AWSServiceName": request["AWSServiceName"]},
)
def create_service_linked_role(call: Call, request: shapes.CreateServiceLinkedRoleRequestTypeDef) -> Answer:
    """Make the role by which a service acts in this account."""
    principal = request["AWSServiceName"]
    if principal not in ROLE_NAMES:
        raise ApiError("InvalidInput", f"{principal} is not a service that has service-linked roles here.")
    if request.get("CustomSuffix") and principal not in _SUFFIXED:
        raise ApiError("InvalidInput", f"Custom suffix is not allowed for {principal}")
    name = _name(request)
    if lookup(call.unit, Role, name) is not None:
        raise ApiError(
            "InvalidInput",
            f"Service role name {name} has been taken in this account, please try a different suffix.",
        )
    check_quota("RolesPerAccount", call.unit.count(Role) + 1)
    statement = {"Effect": "Allow", "Principal": {"Service": [principal]}, "Action": ["sts:AssumeRole"]}
    role = Role(
        account=call.account,
        name=name,
        folded=folded(name),
        path=_path(principal),
        unique_id=unique_id(ROLE),
        created_at=call.at,
        trust_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":")),
        description=request.get("Description") or None,
        service_linked_to=principal,
        attached_policies=(_TABLE["policies"][principal],) if principal in _TABLE["policies"] else (),
    )
    call.unit.add(role)
    shown = bare_role(call.unit, role)
    return {"Role": shown | ({"Description": role.description} if role.description else {})}


@service.operation("DeleteServiceLinkedRole", needs={"iam:DeleteServiceLinkedRole": existing_role})
def delete_service_linked_role(call: Call, request: shapes.DeleteServiceLinkedRoleRequestTypeDef) -> Answer:
    """Delete a service-linked role; how that went is asked with GetServiceLinkedRoleDeletionStatus."""
    role = find_role(call, request["RoleName"])
    if role.service_linked_to is None:
        raise ApiError("NoSuchEntity", f"The role with name {role.name} is not a service-linked role.")
    call.unit.remove(role)
    call.unit.raise_policy_generation()
    task = f"task/aws-service-role/{role.service_linked_to}/{role.name}/{request_id()}"
    call.unit.state_put(_TASKS, task, b"", expires_at=call.at + _TASK_KEPT)
    return {"DeletionTaskId": task}


def _role_of_task(call: Call, request: Request) -> str:
    found = _TASK.fullmatch(request["DeletionTaskId"])
    return iam_arn(call.account, "role", _path(found[1]), found[2]) if found else "*"


@service.operation(
    "GetServiceLinkedRoleDeletionStatus", needs={"iam:GetServiceLinkedRoleDeletionStatus": _role_of_task}
)
def get_service_linked_role_deletion_status(
    call: Call, request: shapes.GetServiceLinkedRoleDeletionStatusRequestTypeDef
) -> Answer:
    """Say how the deletion of a service-linked role went: here it is done when it is acknowledged."""
    task = request["DeletionTaskId"]
    if not _TASK.fullmatch(task):
        raise ApiError("InvalidInput", f"{task} is not the id of a deletion task.")
    if call.unit.state_get(_TASKS, task) is None:
        raise ApiError("NoSuchEntity", f"The deletion task with id {task} cannot be found.")
    return {"Status": "SUCCEEDED"}
