"""What assuming a role with a token and with an assertion have in common: how it is decided, and the session it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.federation import (
    ExpiredIdentity,
    IdentityRefused,
    InvalidIdentity,
    ProviderUnreachable,
    ProviderUnusable,
    RejectedClaim,
)
from garrison.services.iam.condition_values import resource_tags
from garrison.services.iam.naming import lookup
from garrison.services.iam.principals import trust_policy_of
from garrison.services.iam.resources import Account, Role
from garrison.services.identity import Session, SessionIssuer
from garrison.services.sts.answers import with_credentials
from garrison.services.sts.limits import role_session_duration
from garrison.services.sts.session_policies import packed_size, session_policies
from garrison.services.sts.sessions import principal_of

if TYPE_CHECKING:
    from garrison.policy import ResourcePolicy
    from garrison.services.call import Call

_CODES: dict[type[IdentityRefused], str] = {
    ExpiredIdentity: "ExpiredTokenException",
    InvalidIdentity: "InvalidIdentityToken",
    ProviderUnreachable: "IDPCommunicationError",
    ProviderUnusable: "InvalidIdentityToken",
    RejectedClaim: "IDPRejectedClaim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """A user for whom an identity provider vouches, and what it says of the session to be made."""

    provider: str
    """The ARN of the provider."""
    subject: str
    session_name: str
    asked: Mapping[str, Any]
    """Condition values for the decision on assuming the role."""
    kept: Mapping[str, str | list[str]]
    """Those of them that the session's own calls have, too."""
    tags: dict[str, str] = field(default_factory=dict)
    transitive_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    once: str = ""
    """What the assertion is remembered by, so that it is used once."""
    answer: Mapping[str, str] = field(default_factory=dict)
    """What the answer tells of the token or assertion."""
    event_data: Mapping[str, str] = field(default_factory=dict)
    """What the event's `additionalEventData` tells."""
    ends_at: datetime | None = None
    """When the provider says that the session is to end at the latest."""


def refusal(problem: IdentityRefused) -> ApiError:
    """STS's own error for an identity that is not believed."""
    return ApiError(_CODES[type(problem)], problem.message)


def role_account(call: Call, role_arn: str) -> str:
    """The account of the role that is to be assumed, where Garrison has it; else that of the call, which has no such role."""
    arn = parse_arn(role_arn)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise ApiError("ValidationError", f"{role_arn} is invalid")
    with call.parts.store.reading(arn.account, "global") as unit:
        return arn.account if unit.get(Account, arn.account) is not None else call.account


def role_arn(call: Call, request: Any) -> str:
    """What assuming a role is decided on."""
    return str(request["RoleArn"])


def role_arn_if_tagged(call: Call, request: Any) -> tuple[str, ...]:
    """The role where the provider passes session tags."""
    return (request["RoleArn"],) if call.evidence.tags else ()


def role_arn_if_source_identity(call: Call, request: Any) -> tuple[str, ...]:
    """The role where the provider sets a source identity."""
    return (request["RoleArn"],) if call.evidence.source_identity else ()


def trust(call: Call, request: Any, resource: str) -> ResourcePolicy | None:
    """The trust policy of the role: it alone lets in who belongs to no account."""
    return trust_policy_of(call.unit, resource)


def context(call: Call, request: Any) -> dict[str, Any]:
    """The condition values of the decision: those of the token or assertion, of the session, of the role."""
    vouched: Vouched = call.evidence
    role = _find_role(call, request["RoleArn"])
    values: dict[str, Any] = dict(vouched.asked) | {"sts:RoleSessionName": vouched.session_name}
    if vouched.source_identity:
        values["sts:SourceIdentity"] = vouched.source_identity
    if vouched.transitive_keys:
        values["sts:TransitiveTagKeys"] = list(vouched.transitive_keys)
    if vouched.tags:
        values |= {f"aws:RequestTag/{key}": value for key, value in vouched.tags.items()}
        values["aws:TagKeys"] = list(vouched.tags)
    return values | (resource_tags(role.tags) if role is not None else {})


def federated_answer(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The members that both operations answer with: credentials of the role for the vouched user."""
    vouched: Vouched = call.evidence
    role = _find_role(call, request["RoleArn"])
    if role is None:
        raise ApiError("AccessDenied", f"Not authorized to perform sts:{call.operation}", status=403)
    duration = role_session_duration(call, role, request.get("DurationSeconds"))
    spelled = {key.lower(): key for key in vouched.tags}
    if any(key.lower() not in spelled for key in vouched.transitive_keys):
        raise ApiError("InvalidIdentityToken", "A transitive tag key is not among the session tags.")
    policies = session_policies(call, role.account, request)
    packed = packed_size(policies, vouched.tags)
    created_at = call.at.replace(microsecond=0)
    ends_at = created_at + duration
    session = Session(
        kind="assumed-role",
        issuer=SessionIssuer(
            type="Role", principal_id=role.unique_id, arn=role.arn, account=role.account, user_name=role.name
        ),
        name=vouched.session_name,
        created_at=created_at,
        expires_at=min(ends_at, vouched.ends_at) if vouched.ends_at is not None else ends_at,
        policies=policies.inline if policies.passed else None,
        policy_arns=policies.arns,
        tags=vouched.tags,
        transitive_tag_keys=tuple(spelled[key.lower()] for key in vouched.transitive_keys),
        source_identity=vouched.source_identity,
        federated_provider=vouched.provider,
        web_identity=dict(vouched.kept),
    )
    call.additional_event_data.update(vouched.event_data)
    call.resources.append({"ARN": role.arn, "accountId": role.account, "type": Role.resource_type})
    assumed = principal_of(role.account, session)
    answer = with_credentials(call, role.account, session, request)
    answer["AssumedRoleUser"] = {"AssumedRoleId": assumed.principal_id, "Arn": assumed.arn}
    if packed is not None:
        answer["PackedPolicySize"] = packed
    if session.source_identity:
        answer["SourceIdentity"] = session.source_identity
    return answer | dict(vouched.answer)


def _find_role(call: Call, arn: str) -> Role | None:
    role = lookup(call.unit, Role, arn.rpartition("/")[2])
    return role if role is not None and role.arn == arn else None
