"""Give a user or root a session of their own (GetSessionToken), which trust policies and MFA conditions can recognise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.identity import Principal, Session, SessionIssuer
from garrison.services.sts.answers import with_credentials
from garrison.services.sts.limits import refuse_session, user_session_duration
from garrison.services.sts.mfa import MFA, proved_at
from garrison.services.sts.service import service

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import GetSessionTokenRequestTypeDef

    from garrison.services.call import Call


@service.operation("GetSessionToken", needs={}, records_answer=True, hidden=("tokenCode",), proof=MFA)
def get_session_token(call: Call, request: GetSessionTokenRequestTypeDef) -> dict[str, Any]:
    """Temporary credentials with the caller's own rights. They need no permission: policies do not control authentication."""
    refuse_session(call)
    created_at = call.at.replace(microsecond=0)
    session = Session(
        kind="session",
        issuer=issuer_of(call.principal),
        created_at=created_at,
        expires_at=created_at + user_session_duration(call, request.get("DurationSeconds")),
        mfa_at=proved_at(call),
    )
    return with_credentials(call, call.account, session, request)


def issuer_of(caller: Principal) -> SessionIssuer:
    """The user or root as the issuer of a session."""
    return SessionIssuer(
        type=caller.kind,
        principal_id=caller.principal_id,
        arn=caller.arn,
        account=caller.account,
        user_name=caller.user_name,
    )
