"""The role that an account has registered for Inspector. Assessments here need none; what is registered is checked and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Role
from garrison.services.inspector.faults import invalid, wrong_role
from garrison.services.inspector.resources import AccessRole
from garrison.services.inspector.service import PRINCIPAL, service

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

SERVICE_LINKED_ROLE = "AWSServiceRoleForAmazonInspector"


@service.operation("RegisterCrossAccountAccessRole", needs={"inspector:RegisterCrossAccountAccessRole": "*"})
def register_cross_account_access_role(
    call: Call, request: shapes.RegisterCrossAccountAccessRoleRequestTypeDef
) -> None:
    """Register a role of this account that Inspector may assume."""
    register(call, request["roleArn"])


def register(call: Call, text: str) -> None:
    """Register a role; raises where it is none, or does not trust Inspector."""
    arn = parse_arn(text)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise invalid("INVALID_IAM_ROLE_ARN", f"{text} is not the ARN of a role.")
    if not is_trusting(call.unit, text):
        raise wrong_role(
            "ROLE_DOES_NOT_EXIST_OR_INVALID_TRUST_RELATIONSHIP",
            f"The role {text} does not exist, or does not let {PRINCIPAL} assume it.",
        )
    present = call.unit.get(AccessRole, "access")
    if present is not None:
        call.unit.save(replace(present, role_arn=text, registered_at=call.at))
    else:
        call.unit.add(AccessRole(account=call.account, region=call.region, role_arn=text, registered_at=call.at))


def is_trusting(unit: Unit, text: str) -> bool:
    """Whether an ARN names a role of the account that lets Inspector assume it."""
    arn = parse_arn(text)
    role = lookup(unit, Role, arn.name) if arn is not None and arn.account == unit.account else None
    return role is not None and role.arn == text and PRINCIPAL in role.trust_policy


@service.operation("DescribeCrossAccountAccessRole", needs={"inspector:DescribeCrossAccountAccessRole": "*"})
def describe_cross_account_access_role(call: Call, _request: Any) -> dict[str, Any]:
    """The role that is registered, and whether it still can be used; the service-linked role where none was."""
    registered = call.unit.get(AccessRole, "access")
    if registered is not None:
        arn, at = registered.role_arn, registered.registered_at
    else:
        role = lookup(call.unit, Role, SERVICE_LINKED_ROLE)
        arn = f"arn:aws:iam::{call.account}:role/aws-service-role/{PRINCIPAL}/{SERVICE_LINKED_ROLE}"
        at = role.created_at if role is not None else call.at
    return {"roleArn": arn, "valid": is_trusting(call.unit, arn), "registeredAt": at}
