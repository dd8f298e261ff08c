"""Make the CloudTrail record of a call.

Field by field after the CloudTrail User Guide, "CloudTrail record contents".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.decision_key import DECISION_KEY
from garrison.errors import ApiError
from garrison.gateway.decisions import decision_record
from garrison.gateway.named_resources import resources_of
from garrison.gateway.who import iso, user_identity

if TYPE_CHECKING:
    from garrison.gateway.flight import Flight
    from garrison.wire import Service as WireService
    from garrison.wire.http import HttpRequest

EVENT_VERSION = "1.11"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
OMITTED_OVER_BYTES = 100_000
"""Largest requestParameters or responseElements ("CloudTrail record contents": 100 KB)."""
LARGEST_BYTES = 256 * 1024
"""Largest record (CloudTrail User Guide, "Quotas in AWS CloudTrail": 256 KB)."""
GLOBAL_REGION = "us-east-1"
"""Where events of global services are recorded ("About global service events")."""

_EC2_AUTHORIZATION_CODES = frozenset({"UnauthorizedOperation"})
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})


def record_of(flight: Flight, answer: Mapping[str, Any] | None, error: ApiError | None) -> bytes:
    """The record of a call as JSON, `_garrison` last: with its answer, or with the error it ended with."""
    call, request, declared = flight.call, flight.request, flight.declared
    operation = flight.operation
    form = _form_of(
        declared.hidden, operation.map_members, operation.sensitive_members, operation.sensitive_output_members
    )
    decision = decision_record(flight.authorization, call.principal) if flight.authorization else None
    record: dict[str, Any] = {
        "eventVersion": EVENT_VERSION,
        "userIdentity": user_identity(call.principal, call.at),
        "eventTime": iso(call.at),
        "eventSource": flight.wire.event_source,
        "eventName": declared.event_name,
        "awsRegion": call.region,
        "sourceIPAddress": call.principal.invoked_by or call.source_address,
        "userAgent": call.principal.invoked_by or call.user_agent,
    }
    if error is not None:
        record["errorCode"] = _error_code(error, flight.wire)
        record["errorMessage"] = error.message
    # AWS leaves the parameters of a refused call out, except EC2.
    shows_parameters = not flight.is_refused or flight.wire.protocol == "ec2"
    record["requestParameters"] = (
        _elements(flight.parameters, form, declared.recorded_names) if shows_parameters else None
    )
    record["responseElements"] = _elements(answer, form) if declared.records_answer else None
    if call.additional_event_data:
        record["additionalEventData"] = call.additional_event_data
    record["requestID"] = call.request_id
    record["eventID"] = call.event_id
    record["readOnly"] = declared.is_read_only
    resources = call.resources or resources_of(decision)
    if resources:
        record["resources"] = resources
    record["eventType"] = "AwsApiCall"
    if call.principal.session is not None and call.principal.session.kind == "console":
        record["sessionCredentialFromConsole"] = "true"
    record["managementEvent"] = not declared.is_data_event
    record["recipientAccountId"] = call.account
    record["eventCategory"] = "Data" if declared.is_data_event else "Management"
    if request.scheme == "https":
        record["tlsDetails"] = _tls_details(request)
    if decision is not None:
        record[DECISION_KEY] = decision
    encoded = codec.encode(record)
    return encoded if len(encoded) <= LARGEST_BYTES else codec.encode(_shortened(record))


def _shortened(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what makes it too large: who, when, what and how it ended stay."""
    kept = {name: value for name, value in record.items() if name not in ("additionalEventData", DECISION_KEY)}
    kept["userAgent"] = str(kept["userAgent"])[:1024]
    for name in ("requestParameters", "responseElements"):
        if kept[name] is not None:
            kept[name] = {"omitted": True, "reason": "The record is larger than 256 KB"}
    if "errorMessage" in kept:
        kept["errorMessage"] = kept["errorMessage"][:1024]
    kept["resources"] = kept.get("resources", [])[:20]
    return kept


def _tls_details(request: HttpRequest) -> dict[str, str]:
    details = {"tlsVersion": request.tls_version} if request.tls_version else {}
    if request.tls_cipher:
        details["cipherSuite"] = request.tls_cipher
    return details | {"clientProvidedHostHeader": request.header("host", "") or ""}


def _error_code(error: ApiError, service: WireService) -> str:
    if error.code in _EC2_AUTHORIZATION_CODES:
        return f"Client.{error.code}"
    if error.code in _DENIED_CODES:
        return "AccessDenied"
    if service.protocol == "ec2":
        return f"{'Server' if (error.status or 400) >= 500 else 'Client'}.{error.code}"
    modelled = service.exception(error.code)
    return modelled.name if modelled is not None else error.code


def _elements(
    values: Mapping[str, Any] | None, form: _Form, names: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any] | None:
    if not values:
        return None
    shown: dict[str, Any] = _shown(values, form, "")
    for name, recorded in names.items():
        if name in values:
            shown[recorded] = shown.pop(lower_first(name), None)
    shown.pop("responseMetadata", None)
    if any(type(value) is not str or len(value) > 2000 for value in shown.values()):
        size = len(codec.encode(shown))
        if size > OMITTED_OVER_BYTES:
            return {"omitted": True, "originalSize": size, "reason": "The element is larger than 100 KB"}
    return shown or None


def _shown(value: Any, form: _Form, place: str) -> Any:
    kind = type(value)
    if kind is str or kind is bool or kind is int:
        return value
    if isinstance(value, Mapping):
        return _shown_members(value, form, place)
    if isinstance(value, (list, tuple)):
        return [_shown(item, form, place) for item in value]
    if isinstance(value, datetime):
        return f"{value:%b} {value.day}, {value.year} {value.hour % 12 or 12}:{value:%M:%S %p}"
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value


def _shown_members(values: Mapping[str, Any], form: _Form, place: str) -> dict[str, Any]:
    if place in form.maps:
        return {str(key): _shown(value, form, place) for key, value in values.items() if value is not None}
    shown: dict[str, Any] = {}
    for key, value in values.items():
        name = lower_first(key)
        where = place + name
        if value is None or where in form.left_out:
            continue
        if where in form.masked:
            shown[name] = HIDDEN
        else:
            shown[name] = value if type(value) is str else _shown(value, form, where + ".")
    return shown


class _Form(NamedTuple):
    """Dotted places of secrets and maps as records name them; a secret in a list or map hides under the list's own name."""

    left_out: frozenset[str]
    masked: frozenset[str]
    maps: frozenset[str]
    """With a dot behind: their keys are their callers' words, and stay as they are."""


@lru_cache(maxsize=1024)
def _form_of(left_out: tuple[str, ...], maps: frozenset[str], *masked: frozenset[str]) -> _Form:
    hidden = frozenset().union(*(_places(paths) for paths in masked))
    return _Form(_places(left_out), hidden, frozenset(f"{place}." for place in _places(maps)))


def _places(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(".".join(lower_first(part) for part in path.split(".") if part != "*") for path in paths)


@lru_cache(maxsize=4096)
def lower_first(name: str) -> str:
    """A model's member name as records write it: `UserName` is `userName`, `SSHPublicKeyId` is `sSHPublicKeyId`."""
    return name[:1].lower() + name[1:]
