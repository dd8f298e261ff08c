"""Assume a role: the one way from one identity to another, decided by the caller's policies and the role's trust policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.iam.condition_values import request_tags, resource_tags
from garrison.services.iam.naming import lookup
from garrison.services.iam.principals import trust_policy_of
from garrison.services.iam.resources import Role
from garrison.services.identity import Session, SessionIssuer
from garrison.services.sts.answers import with_credentials
from garrison.services.sts.limits import role_session_duration
from garrison.services.sts.mfa import MFA, proved_at
from garrison.services.sts.service import service
from garrison.services.sts.session_policies import packed_size, session_policies
from garrison.services.sts.session_tags import session_tags, transitive_tags
from garrison.services.sts.sessions import principal_of

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import AssumeRoleRequestTypeDef

    from garrison.policy import ResourcePolicy
    from garrison.services.call import Call


def _role_arn(call: Call, request: AssumeRoleRequestTypeDef) -> str:
    arn = parse_arn(request["RoleArn"])
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise ApiError("ValidationError", f"{request['RoleArn']} is invalid")
    return request["RoleArn"]


def _role_arn_if_tagged(call: Call, request: AssumeRoleRequestTypeDef) -> tuple[str, ...]:
    tagged = request.get("Tags") or transitive_tags(call.principal.session)
    return (request["RoleArn"],) if tagged else ()


def _role_arn_if_source_identity(call: Call, request: AssumeRoleRequestTypeDef) -> tuple[str, ...]:
    return (request["RoleArn"],) if _source_identity(call, request) else ()


def _trust(call: Call, request: AssumeRoleRequestTypeDef, resource: str) -> ResourcePolicy | None:
    return trust_policy_of(call.unit, resource)


def _context(call: Call, request: AssumeRoleRequestTypeDef) -> dict[str, Any]:
    role = _find_role(call, request["RoleArn"])
    values: dict[str, Any] = {
        "sts:ExternalId": request.get("ExternalId"),
        "sts:RoleSessionName": request["RoleSessionName"],
        "sts:SourceIdentity": _source_identity(call, request),
        "sts:TransitiveTagKeys": request.get("TransitiveTagKeys") or None,
    }
    known = {key: value for key, value in values.items() if value is not None}
    return known | request_tags(request) | (resource_tags(role.tags) if role is not None else {})


@service.operation(
    "AssumeRole",
    needs={
        "sts:AssumeRole": _role_arn,
        "sts:TagSession": _role_arn_if_tagged,
        "sts:SetSourceIdentity": _role_arn_if_source_identity,
    },
    context=_context,
    resource_policy=_trust,
    read_only=True,
    records_answer=True,
    hidden=("tokenCode",),
    proof=MFA,
)
def assume_role(call: Call, request: AssumeRoleRequestTypeDef) -> dict[str, Any]:
    """Credentials of a role for a time, with tags and source identity handed on from the calling session."""
    caller = call.principal
    if caller.kind == "Root":
        raise ApiError("AccessDenied", "Roles may not be assumed by root accounts.", status=403)
    if caller.session is not None and caller.session.kind == "federated-user":
        raise ApiError("AccessDenied", "Cannot call AssumeRole with session credentials", status=403)
    if request.get("ProvidedContexts"):
        raise ApiError("ValidationError", "ProvidedContexts names a context provider that this account does not have.")
    role = _find_role(call, request["RoleArn"])
    if role is None:
        raise _may_not_assume(call, request["RoleArn"])
    duration = role_session_duration(call, role, request.get("DurationSeconds"))
    tags = session_tags(request.get("Tags") or (), request.get("TransitiveTagKeys") or (), caller.session)
    policies = session_policies(call, role.account, request)
    packed = packed_size(policies, tags.tags)
    created_at = call.at.replace(microsecond=0)
    session = Session(
        kind="assumed-role",
        issuer=SessionIssuer(
            type="Role", principal_id=role.unique_id, arn=role.arn, account=role.account, user_name=role.name
        ),
        name=request["RoleSessionName"],
        created_at=created_at,
        expires_at=created_at + duration,
        mfa_at=proved_at(call),
        policies=policies.inline if policies.passed else None,
        policy_arns=policies.arns,
        tags=tags.tags,
        transitive_tag_keys=tags.transitive_keys,
        source_identity=_source_identity(call, request),
        chained=caller.session is not None and caller.session.kind == "assumed-role",
        host=caller.session.host if caller.session is not None else None,
    )
    call.resources.append({"ARN": role.arn, "accountId": role.account, "type": Role.resource_type})
    assumed = principal_of(role.account, session)
    answer = with_credentials(call, role.account, session, request)
    answer["AssumedRoleUser"] = {"AssumedRoleId": assumed.principal_id, "Arn": assumed.arn}
    if packed is not None:
        answer["PackedPolicySize"] = packed
    if session.source_identity:
        answer["SourceIdentity"] = session.source_identity
    return answer


def _source_identity(call: Call, request: AssumeRoleRequestTypeDef) -> str | None:
    """The new session's source identity: once set, every session of the chain keeps it."""
    session = call.principal.session
    asked = request.get("SourceIdentity")
    if asked is not None and asked.lower().startswith("aws:"):
        raise ApiError("ValidationError", "SourceIdentity must not begin with aws:, which is reserved.")
    held = session.source_identity if session is not None else None
    if held and asked and asked != held:
        raise ApiError("ValidationError", "The source identity is already set for this assume role session")
    return held or asked


def _find_role(call: Call, role_arn: str) -> Role | None:
    arn = parse_arn(role_arn)
    if arn is None:
        return None
    role = lookup(call.unit, Role, arn.name, arn.account)
    return role if role is not None and role.arn == role_arn else None


def _may_not_assume(call: Call, role_arn: str) -> ApiError:
    """AWS answers for a role that does not exist as for one that may not be assumed."""
    return ApiError(
        "AccessDenied",
        f"User: {call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
        status=403,
    )
