"""CreateSession: credentials of a role for whoever holds the key of a certificate that a trust anchor vouches for.

IAM Roles Anywhere User Guide, "IAM Roles Anywhere CreateSession API": not in botocore's model, since it is signed by the certificate's
key (`wire.certificates`); `models/rolesanywhere` describes it. The role's trust policy decides about the service principal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.iam.condition_values import resource_tags
from garrison.services.iam.naming import lookup
from garrison.services.iam.principals import trust_policy_of
from garrison.services.iam.resources import Role
from garrison.services.identity import Principal, Session, SessionIssuer
from garrison.services.registry import Proof
from garrison.services.rolesanywhere.entering import Entry, account_of, denied, entry_of
from garrison.services.rolesanywhere.naming import invalid
from garrison.services.rolesanywhere.service import service
from garrison.services.rolesanywhere.subjects import seen
from garrison.services.sts.session_policies import packed_size, session_policies
from garrison.services.sts.sessions import issue, principal_of

if TYPE_CHECKING:
    from garrison.policy import ResourcePolicy
    from garrison.services.call import Call

Request = dict[str, Any]

_EITHER_PLACE = ("profileArn", "roleArn", "trustAnchorArn")
"""Parameters that come in the query or in the body."""
DEFAULT_SECONDS = 3600


def _prove(call: Call, request: Request) -> None:
    """Find out what the certificate opens, and make the service that hands the role out the caller."""
    for name in _EITHER_PLACE:
        in_query = request.pop(f"{name}InQuery", None)
        if in_query is not None:
            request.setdefault(name, in_query)
    for name in ("profileArn", "trustAnchorArn"):
        if not request.get(name):
            raise invalid(f"{name} must be given.")
    call.account = account_of(call, request["trustAnchorArn"])
    with call.parts.store.reading(call.account, call.region) as unit:
        entry = entry_of(call, unit, request)
    request["roleArn"] = entry.role_arn
    call.evidence = entry
    call.principal = Principal(
        kind="AWSService", account=call.account, arn="", principal_id=entry.service, tags=entry.tags
    )


def _still_proved(call: Call, request: Request) -> None:
    """Look again in the transaction itself: a host may have been revoked, or a role replaced, since."""
    call.evidence = entry_of(call, call.unit, request)


def _role(call: Call, request: Request) -> str:
    return str(call.evidence.role_arn)


def _role_if_tagged(call: Call, request: Request) -> tuple[str, ...]:
    return (call.evidence.role_arn,) if call.evidence.tags else ()


def _role_if_source_identity(call: Call, request: Request) -> tuple[str, ...]:
    return (call.evidence.role_arn,) if call.evidence.source_identity else ()


def _trust(call: Call, request: Request, resource: str) -> ResourcePolicy | None:
    return trust_policy_of(call.unit, resource)


def _context(call: Call, request: Request) -> dict[str, Any]:
    entry: Entry = call.evidence
    values: dict[str, Any] = {
        "sts:RoleSessionName": entry.session_name,
        "aws:SourceArn": entry.source_arn,
        "aws:SourceAccount": entry.account,
    }
    if entry.source_identity:
        values["sts:SourceIdentity"] = entry.source_identity
    if entry.tags:
        values |= {f"aws:RequestTag/{key}": value for key, value in entry.tags.items()}
        values["aws:TagKeys"] = list(entry.tags)
    role = _find_role(call, entry.role_arn)
    return values | (resource_tags(role.tags) if role is not None else {})


@service.operation(
    "CreateSession",
    needs={
        "sts:AssumeRole": _role,
        "sts:TagSession": _role_if_tagged,
        "sts:SetSourceIdentity": _role_if_source_identity,
    },
    context=_context,
    resource_policy=_trust,
    by_certificate=True,
    prepare=_prove,
    proof=Proof(is_given=lambda request: True, check=_still_proved),
)
def create_session(call: Call, request: Request) -> dict[str, Any]:
    """Credentials of the role; the certificate is remembered with its subject."""
    entry: Entry = call.evidence
    role = _find_role(call, entry.role_arn)
    if role is None:
        raise denied(f"Unable to assume role for {entry.role_arn}")
    passed = {"Policy": entry.session_policy, "PolicyArns": [{"arn": arn} for arn in entry.managed_policy_arns]}
    try:
        policies = session_policies(call, role.account, passed)
        packed = packed_size(policies, entry.tags)
    except ApiError as problem:
        raise invalid(problem.message) from None
    created_at = call.at.replace(microsecond=0)
    session = Session(
        kind="assumed-role",
        issuer=SessionIssuer(
            type="Role", principal_id=role.unique_id, arn=role.arn, account=role.account, user_name=role.name
        ),
        name=entry.session_name,
        created_at=created_at,
        expires_at=created_at + _duration(entry, role, request),
        policies=policies.inline if policies.passed else None,
        policy_arns=policies.arns,
        tags=entry.tags,
        source_identity=entry.source_identity,
        host=entry.host,
    )
    call.resources.append({"ARN": role.arn, "accountId": role.account, "type": Role.resource_type})
    call.resources.append({"ARN": entry.source_arn, "accountId": role.account, "type": entry.source_type})
    subject = seen(call, entry.certificate, request.get("instanceProperties") or {})
    answer = _shown(call, role, session)
    if packed is not None:
        answer["packedPolicySize"] = packed
    return {"credentialSet": [answer], "subjectArn": subject.arn}


def _duration(entry: Entry, role: Role, request: Mapping[str, Any]) -> timedelta:
    """As long as asked, the profile and its role allowing; without a wish as long as the profile says."""
    longest = entry.longest_seconds or DEFAULT_SECONDS
    seconds = min(request.get("durationSeconds") or longest, longest)
    if seconds > role.max_session_seconds:
        raise invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return timedelta(seconds=seconds)


def _shown(call: Call, role: Role, session: Session) -> dict[str, Any]:
    credentials = issue(call.parts.root_key, role.account, session)
    assumed = principal_of(role.account, session)
    answer: dict[str, Any] = {
        "assumedRoleUser": {"arn": assumed.arn, "assumedRoleId": assumed.principal_id},
        "credentials": {
            "accessKeyId": credentials.access_key_id,
            "secretAccessKey": credentials.secret.reveal(),
            "sessionToken": credentials.token,
            "expiration": credentials.expires_at,
        },
        "roleArn": role.arn,
    }
    return answer | ({"sourceIdentity": session.source_identity} if session.source_identity else {})


def _find_role(call: Call, arn: str) -> Role | None:
    parts = parse_arn(arn)
    role = lookup(call.unit, Role, parts.name, parts.account) if parts is not None else None
    return role if role is not None and role.arn == arn and role.account == call.account else None
