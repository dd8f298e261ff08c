"""Let a caller of STS prove an MFA device by its serial number and code, before the policies are asked.

Messages as STS has them; a device that is not there is refused in the same words as another's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.iam.mfa_attempts import accepted_by
from garrison.services.iam.mfa_devices import device_of
from garrison.services.registry import Proof

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from garrison.services.call import Call

_FAILED = "MultiFactorAuthentication failed"
_NOT_THEIRS = (
    f"{_FAILED}, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)


def _is_given(request: Mapping[str, Any]) -> bool:
    return request.get("SerialNumber") is not None or request.get("TokenCode") is not None


def _check(call: Call, request: Mapping[str, Any]) -> None:
    serial_number, code = request.get("SerialNumber"), request.get("TokenCode")
    if serial_number is None or code is None:
        raise _refused(f"{_FAILED}, must provide both MFA serial number and one time pass code.")
    device = device_of(call.unit, call.principal.principal_id, serial_number)
    if device is None:
        raise _refused(_NOT_THEIRS)
    call.keeps_refusal = True
    if accepted_by(call.unit, [device], code) is None:
        raise _refused(f"{_FAILED} with invalid MFA one time pass code.")
    call.mfa_at = call.at


def _refused(message: str) -> ApiError:
    return ApiError("AccessDenied", message, status=403)


def proved_at(call: Call) -> datetime | None:
    """When the caller proved a device: by this call, or before when it made the session that it calls with."""
    session = call.principal.session
    return call.mfa_at or (session.mfa_at if session is not None and session.kind in ("session", "console") else None)


MFA = Proof(is_given=_is_given, check=_check)
"""The proof of GetSessionToken and AssumeRole."""
