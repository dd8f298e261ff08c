"""Who may call which STS operation with which kind of credential, and for how long a session may run.

Source: IAM User Guide, "Compare AWS STS credentials", and the STS API reference of each operation.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.errors import ApiError

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.iam.resources import Role

DEFAULT_ROLE_SESSION = timedelta(hours=1)
LONGEST_CHAINED_SESSION = timedelta(hours=1)
DEFAULT_USER_SESSION = timedelta(hours=12)
LONGEST_ROOT_SESSION = timedelta(hours=1)


def refuse_restricted_session(call: Call) -> None:
    """Refuse the credentials of GetSessionToken and GetFederationToken, which open hardly any operation of STS."""
    session = call.principal.session
    if session is not None and session.kind not in ("assumed-role", "console"):
        raise _with_session_credentials(call)


def refuse_session(call: Call) -> None:
    """Refuse any temporary credential: only long-term ones may make the sessions of users."""
    if call.principal.session is not None:
        raise _with_session_credentials(call)


def role_session_duration(call: Call, role: Role, seconds: int | None) -> timedelta:
    """How long a role session runs: as asked, within the role's maximum, and an hour when temporary credentials ask."""
    asked = DEFAULT_ROLE_SESSION if seconds is None else timedelta(seconds=seconds)
    if call.principal.session is not None and asked > LONGEST_CHAINED_SESSION:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )
    if asked > timedelta(seconds=role.max_session_seconds):
        raise ApiError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return asked


def user_session_duration(call: Call, seconds: int | None) -> timedelta:
    """How long the session of a user runs: 12 hours unless asked otherwise; root's are cut to an hour."""
    asked = DEFAULT_USER_SESSION if seconds is None else timedelta(seconds=seconds)
    return min(asked, LONGEST_ROOT_SESSION) if call.principal.kind == "Root" else asked


def _with_session_credentials(call: Call) -> ApiError:
    return ApiError("AccessDenied", f"Cannot call {call.operation} with session credentials", status=403)
