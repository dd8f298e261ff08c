"""Finds what an error is on the wire: the modelled exception behind an ApiError, and each service's own codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.wire.facts import service_facts
from garrison.wire.shapes import Shape
from garrison.wire.validate import Failure, message, show

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service


@dataclass(frozen=True, slots=True)
class ErrorStyle:
    """How a service words the faults that its framework finds before the operation runs."""

    wording: str
    """`framework` (N validation errors detected …), `ec2` or `s3`."""
    validation_code: str
    """Code of a parameter that the model refuses."""
    missing_code: str
    """Code of a required parameter that is absent."""
    malformed_code: str
    """Code of bytes that cannot be read as the model's types."""
    unknown_code: str
    """Code of an operation that the service does not have."""


_QUERY = ErrorStyle("framework", "ValidationError", "ValidationError", "MalformedInput", "InvalidAction")
_JSON = ErrorStyle(
    "framework",
    "ValidationException",
    "ValidationException",
    "SerializationException",
    "UnknownOperationException",
)
_STYLES = {
    "query": _QUERY,
    "ec2": ErrorStyle(
        "ec2",
        "InvalidParameterValue",
        "MissingParameter",
        "MalformedQueryString",
        "InvalidAction",
    ),
    "rest-xml": ErrorStyle(
        "framework",
        "InvalidArgument",
        "InvalidArgument",
        "MalformedInput",
        "UnknownOperationException",
    ),
}
_S3 = ErrorStyle("s3", "InvalidArgument", "InvalidRequest", "MalformedXML", "MethodNotAllowed")
_S3_CODES = {
    "storageClass": "InvalidStorageClass",
    "createBucketConfiguration.locationConstraint": "InvalidLocationConstraint",
}
"""By the place of the value (S3 API Reference, "List of error codes")."""


def style_of(service_id: str, name: str, protocol: str) -> ErrorStyle:
    """The error style of a service in one of its protocols."""
    if service_id in ("S3", "S3 Control"):
        return _S3
    style = _STYLES.get(protocol, _JSON)
    code = service_facts()["validation_codes"].get(name)
    if code is None:
        return style
    return ErrorStyle(style.wording, code, code, style.malformed_code, style.unknown_code)


def refuse(style: ErrorStyle, failures: list[Failure]) -> ApiError:
    """The error that answers a request whose parameters the model refuses."""
    missing = [failure for failure in failures if failure.missing]
    first = missing[0] if missing else failures[0]
    code = style.missing_code if missing else style.validation_code
    if style.wording == "ec2":
        if missing:
            name = first.place[:1].upper() + first.place[1:]
            return ApiError(code, f"The request must contain the parameter {name}", status=400)
        shown = "" if first.hidden else f" ({show(first.value)})"
        return ApiError(code, f"Value{shown} for parameter {first.place} is invalid. {first.constraint}", status=400)
    if style.wording == "s3":
        return ApiError(_s3_code(first.place, code), first.sentence(), status=400)
    return ApiError(code, message(failures), status=400)


def _s3_code(place: str, code: str) -> str:
    """S3's own code for a value at a place, `code` for most headers and parameters; what stands in a document is its fault."""
    if place in _S3_CODES:
        return _S3_CODES[place]
    _, _, inner = place.partition(".")
    return "MalformedXML" if inner and not inner[0].isdigit() else code


def malformed(style: ErrorStyle, words: str, *, is_in_head: bool = False) -> ApiError:
    """The error that answers a request whose bytes do not fit the protocol or the model's types."""
    code = style.validation_code if is_in_head and style.wording == "s3" else style.malformed_code
    return ApiError(code, words, status=400)


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """An error as a protocol writes it."""

    code: str
    """The code that query services write and query-compatible services repeat in a header."""
    type_name: str
    """The exception's shape name, which the JSON protocols write as `__type`."""
    message: str
    status: int
    sender: bool
    """Whether the caller is at fault."""
    custom_code: bool = False
    """Whether the model gives a code that is not the shape's name."""
    shape: Shape | None = None
    members: dict[str, Any] = field(default_factory=dict)
    """Modelled members with their values, the message among them."""
    further: dict[str, Any] = field(default_factory=dict)
    """What the error carries that its model does not name: S3 writes it (`<Key>`, `<BucketName>`)."""


def _message_member(shape: Shape) -> str | None:
    for name in ("message", "Message"):
        if name in shape.members:
            return name
    return None


def form_of(error: ApiError, service: Service | None, operation: Operation | None) -> ErrorForm:
    """The wire form of an error: status, code and members from the model where it has the exception."""
    shape = None
    if operation is not None:
        shape = operation.exception(error.code)
    if shape is None and service is not None:
        shape = service.exception(error.code)
    if shape is None:
        status = error.status or 400
        given = {name: value for name, value in error.members.items() if value is not None}
        return ErrorForm(error.code, error.code, error.message, status, status < 500, members=given, further=given)
    traits = shape.traits.get("error", {})
    status = error.status or traits.get("httpStatusCode") or (500 if shape.traits.get("fault") else 400)
    code = traits.get("code", shape.name)
    members = {name: value for name, value in error.members.items() if name in shape.members and value is not None}
    further = {name: value for name, value in error.members.items() if name not in shape.members and value is not None}
    member = _message_member(shape)
    if member is not None:
        members.setdefault(member, error.message)
    return ErrorForm(code, shape.name, error.message, status, status < 500, code != shape.name, shape, members, further)


class Unroutable(ApiError):
    """No operation for a request; it carries the service that the request means, so that the answer has its form."""

    def __init__(self, code: str, message: str, *, status: int, service: Service | None = None) -> None:
        super().__init__(code, message, status=status)
        self.service = service


def unknown_operation(service: Service | None, name: str, version: str | None = None) -> Unroutable:
    """The error for an operation that the service does not have, in its protocol's words."""
    shown = name[:128]
    if service is None or service.protocol not in ("query", "ec2"):
        code = service.error_style.unknown_code if service is not None else "UnknownOperationException"
        words = f"Unknown operation {shown}" if shown else "Unknown operation"
        return Unroutable(code, words, status=400, service=service)
    if service.protocol == "ec2":
        words = f"The action {shown} is not valid for this web service."
    else:
        words = f"Could not find operation {shown} for version {(version or service.api_version)[:32]}"
    return Unroutable("InvalidAction", words, status=400, service=service)
