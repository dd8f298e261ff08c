"""Make the CloudTrail record of a call.

Field by field after the CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.errors import ApiError
from garrison.gateway.named_resources import resources_of

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.identity import Principal
    from garrison.services.registry import Operation
    from garrison.wire import Operation as WireOperation
    from garrison.wire import Service as WireService
    from garrison.wire.http import HttpRequest

EVENT_VERSION = "1.11"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
OMITTED_OVER_BYTES = 100_000
"""Largest requestParameters or responseElements ("CloudTrail record contents": 100 KB)."""
GLOBAL_REGION = "us-east-1"
"""Where events of global services are recorded ("About global service events")."""
DECISION_KEY = "_garrison"
"""Garrison's own part of a stored record: the decision and its context. It is cut off before a record leaves."""

_EC2_AUTHORIZATION_CODES = frozenset({"UnauthorizedOperation"})
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException"})


def record_of_call(
    call: Call,
    request: HttpRequest,
    service: WireService,
    wire_operation: WireOperation,
    declared: Operation,
    parameters: Mapping[str, Any] | None,
    answer: Mapping[str, Any] | None,
    error: ApiError | None,
    decision: Mapping[str, Any] | None,
) -> bytes:
    """The record as JSON, `_garrison` last; `parameters` are None where the caller was refused before they counted."""
    hidden = _hidden_paths(declared.hidden, wire_operation.sensitive_members, wire_operation.sensitive_output_members)
    record: dict[str, Any] = {
        "eventVersion": EVENT_VERSION,
        "userIdentity": user_identity(call.principal, call.at),
        "eventTime": iso(call.at),
        "eventSource": service.event_source,
        "eventName": call.operation,
        "awsRegion": call.region,
        "sourceIPAddress": call.principal.invoked_by or call.source_address,
        "userAgent": call.principal.invoked_by or call.user_agent,
    }
    if error is not None:
        record["errorCode"] = _error_code(error, service)
        record["errorMessage"] = error.message
    record["requestParameters"] = _elements(parameters, hidden)
    record["responseElements"] = _elements(answer, hidden) if declared.records_answer else None
    if call.additional_event_data:
        record["additionalEventData"] = call.additional_event_data
    record["requestID"] = call.request_id
    record["eventID"] = call.event_id
    record["readOnly"] = declared.is_read_only
    resources = call.resources or resources_of(decision)
    if resources:
        record["resources"] = resources
    record["eventType"] = "AwsApiCall"
    record["managementEvent"] = True
    record["recipientAccountId"] = call.account
    record["eventCategory"] = "Management"
    if request.scheme == "https":
        record["tlsDetails"] = {
            "tlsVersion": request.tls_version or "TLSv1.3",
            **({"cipherSuite": request.tls_cipher} if request.tls_cipher else {}),
            "clientProvidedHostHeader": request.header("host", ""),
        }
    if decision is not None:
        record[DECISION_KEY] = decision
    return codec.encode(record)


def user_identity(principal: Principal, at: datetime) -> dict[str, Any]:
    """CloudTrail's `userIdentity` of a caller."""
    if principal.kind == "AWSService":
        return {"type": "AWSService", "invokedBy": principal.invoked_by}
    identity: dict[str, Any] = {
        "type": principal.kind,
        "principalId": principal.principal_id,
    }
    if principal.kind in ("SAMLUser", "WebIdentityUser"):
        return identity | {
            "userName": principal.user_name,
            "identityProvider": principal.arn,
        }
    if principal.arn:
        identity["arn"] = principal.arn
    identity["accountId"] = principal.account
    if principal.access_key_id:
        identity["accessKeyId"] = principal.access_key_id
    if principal.user_name and principal.kind == "IAMUser":
        identity["userName"] = principal.user_name
    if principal.kind != "AWSAccount":
        identity["sessionContext"] = _session_context(principal, at)
    if principal.invoked_by:
        identity["invokedBy"] = principal.invoked_by
    return identity


def _session_context(principal: Principal, at: datetime) -> dict[str, Any]:
    session = principal.session
    if session is None:
        return {"attributes": {"creationDate": iso(at), "mfaAuthenticated": "false"}}
    context: dict[str, Any] = {}
    if session.kind != "session":
        issuer = session.issuer
        context["sessionIssuer"] = {
            "type": issuer.type,
            "principalId": issuer.principal_id,
            "arn": issuer.arn,
            "accountId": issuer.account,
            **({"userName": issuer.user_name} if issuer.user_name else {}),
        }
    if session.federated_provider:
        context["webIdFederationData"] = {
            "federatedProvider": session.federated_provider,
            "attributes": session.web_identity,
        }
    if session.source_identity:
        context["sourceIdentity"] = session.source_identity
    context["attributes"] = {
        "creationDate": iso(session.created_at),
        "mfaAuthenticated": "true" if session.mfa_at else "false",
    }
    return context


def iso(at: datetime) -> str:
    """A time as records write it: whole seconds in UTC with `Z`."""
    return f"{at.isoformat()[:19]}Z"


def _error_code(error: ApiError, service: WireService) -> str:
    if error.code in _EC2_AUTHORIZATION_CODES:
        return f"Client.{error.code}"
    if error.code in _DENIED_CODES:
        return "AccessDenied"
    if service.protocol == "ec2":
        return f"Client.{error.code}"
    modelled = service.exception(error.code)
    return modelled.name if modelled is not None else error.code


def _elements(values: Mapping[str, Any] | None, hidden: frozenset[str]) -> dict[str, Any] | None:
    if not values:
        return None
    shown: dict[str, Any] = _shown(values, hidden, "")
    shown.pop("responseMetadata", None)
    if any(type(value) is not str or len(value) > 2000 for value in shown.values()):
        size = len(codec.encode(shown))
        if size > OMITTED_OVER_BYTES:
            return {
                "omitted": True,
                "originalSize": size,
                "reason": "The element is larger than 100 KB",
            }
    return shown or None


def _shown(value: Any, hidden: frozenset[str], place: str) -> Any:
    kind = type(value)
    if kind is str or kind is bool or kind is int:
        return value
    if isinstance(value, Mapping):
        return {
            (name := lower_first(key)): HIDDEN
            if hidden and f"{place}{name}" in hidden
            else _shown(item, hidden, f"{place}{name}.")
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, (list, tuple)):
        return [_shown(item, hidden, place) for item in value]
    if isinstance(value, datetime):
        return f"{value:%b} {value.day}, {value.year} {value:%I:%M:%S %p}".replace(" 0", " ")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value


@lru_cache(maxsize=1024)
def _hidden_paths(declared: tuple[str, ...], *modelled: frozenset[str]) -> frozenset[str]:
    """Dotted places of secrets as records name them; a secret in a list or map item hides under the list's own name."""
    paths = {path for group in (declared, *modelled) for path in group}
    return frozenset(".".join(lower_first(part) for part in path.split(".") if part != "*") for path in paths)


@lru_cache(maxsize=4096)
def lower_first(name: str) -> str:
    """A model's member name as records write it: `UserName` is `userName`, `SSHPublicKeyId` is `sSHPublicKeyId`."""
    return name[:1].lower() + name[1:]
