"""CloudTrail's records of sign-ins.

Field by field after the CloudTrail User Guide, "AWS Management Console sign-in events".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.gateway.record import EVENT_VERSION, GLOBAL_REGION, HIDDEN
from garrison.gateway.who import iso, user_identity

if TYPE_CHECKING:
    from garrison.services.identity import Principal
    from garrison.wire.http import HttpRequest

SIGN_IN_SOURCE = "signin.amazonaws.com"
FAILED = "Failed authentication"
NO_SUCH_USER = "No username found in supplied account"
"""What AWS's records say where nobody has the name. The name is hidden: it may be a password, typed in the wrong field."""
_LONGEST_TEXT = 1024


def sign_in_record(
    request: HttpRequest,
    account: str,
    event_id: str,
    at: datetime,
    *,
    name: str = "ConsoleLogin",
    identity: dict[str, Any],
    error: str | None = None,
    device: str | None = None,
    saml_provider: str | None = None,
) -> bytes:
    """The record of a sign-in: a success, or a failure with its cause; `device` is the MFA device that was proved."""
    record: dict[str, Any] = {
        "eventVersion": EVENT_VERSION,
        "userIdentity": identity,
        "eventTime": iso(at),
        "eventSource": SIGN_IN_SOURCE,
        "eventName": name,
        "awsRegion": GLOBAL_REGION,
        "sourceIPAddress": request.source_address,
        "userAgent": (request.header("user-agent", "") or "")[:_LONGEST_TEXT],
    }
    if error is not None:
        record["errorMessage"] = error
    additional: dict[str, str] = {"MobileVersion": "No", "MFAUsed": "Yes" if device else "No"}
    if name == "ConsoleLogin":
        additional["LoginTo"] = f"{request.scheme}://{request.header('host', '')}/"[:_LONGEST_TEXT]
    if device:
        additional["MFAIdentifier"] = device
    if saml_provider:
        additional["SamlProviderArn"] = saml_provider
    return codec.encode(
        record
        | {
            "requestParameters": None,
            "responseElements": {name: "Success" if error is None else "Failure"},
            "additionalEventData": additional,
            "eventID": event_id,
            "readOnly": False,
            "eventType": "AwsConsoleSignIn",
            "managementEvent": True,
            "recipientAccountId": account,
            "eventCategory": "Management",
        }
        | ({"tlsDetails": _tls_details(request)} if request.scheme == "https" else {})
    )


def identity_of(principal: Principal | None, account: str, at: datetime, *, succeeded: bool) -> dict[str, Any]:
    """The `userIdentity` of a sign-in: of one that failed without ARN, and of a name that is nobody's without the name."""
    if principal is None:
        return {"type": "IAMUser", "accountId": account, "accessKeyId": "", "userName": HIDDEN}
    shown = user_identity(principal, at)
    if principal.session is None:
        shown.pop("sessionContext", None)
    if not succeeded:
        shown["accessKeyId"] = ""
        if principal.kind == "IAMUser":
            shown.pop("arn", None)
    return shown


def _tls_details(request: HttpRequest) -> dict[str, str]:
    details = {"tlsVersion": request.tls_version} if request.tls_version else {}
    if request.tls_cipher:
        details["cipherSuite"] = request.tls_cipher
    return details | {"clientProvidedHostHeader": request.header("host", "") or ""}
