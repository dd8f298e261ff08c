"""Give a federated user a session (GetFederationToken) with what both its session policies and its maker's policies allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.iam.condition_values import request_tags
from garrison.services.identity import Session
from garrison.services.sts.answers import with_credentials
from garrison.services.sts.limits import refuse_session, user_session_duration
from garrison.services.sts.service import service
from garrison.services.sts.session_policies import packed_size, session_policies
from garrison.services.sts.session_tags import session_tags
from garrison.services.sts.session_token import issuer_of
from garrison.services.sts.sessions import principal_of

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import GetFederationTokenRequestTypeDef

    from garrison.services.call import Call


def _federated_user(call: Call, request: GetFederationTokenRequestTypeDef) -> str:
    return f"arn:aws:sts::{call.account}:federated-user/{request['Name']}"


def _federated_user_if_tagged(call: Call, request: GetFederationTokenRequestTypeDef) -> tuple[str, ...]:
    return (_federated_user(call, request),) if request.get("Tags") else ()


def _context(call: Call, request: GetFederationTokenRequestTypeDef) -> dict[str, Any]:
    return request_tags(request)


@service.operation(
    "GetFederationToken",
    needs={"sts:GetFederationToken": _federated_user, "sts:TagSession": _federated_user_if_tagged},
    context=_context,
    records_answer=True,
)
def get_federation_token(call: Call, request: GetFederationTokenRequestTypeDef) -> dict[str, Any]:
    """Temporary credentials for a federated user; without session policies they may do nothing of their own."""
    refuse_session(call)
    tags = session_tags(request.get("Tags") or (), (), None)
    policies = session_policies(call, call.account, request)
    packed = packed_size(policies, tags.tags)
    created_at = call.at.replace(microsecond=0)
    session = Session(
        kind="federated-user",
        issuer=issuer_of(call.principal),
        name=request["Name"],
        created_at=created_at,
        expires_at=created_at + user_session_duration(call, request.get("DurationSeconds")),
        policies=policies.inline if policies.passed else None,
        policy_arns=policies.arns,
        tags=tags.tags,
    )
    user = principal_of(call.account, session)
    answer = with_credentials(call, call.account, session, request)
    answer["FederatedUser"] = {"FederatedUserId": user.principal_id, "Arn": user.arn}
    if packed is not None:
        answer["PackedPolicySize"] = packed
    return answer
