"""AWS JSON 1.0 and 1.1: one JSON document each way, the operation in X-Amz-Target (Smithy, "AWS JSON 1.1 protocol")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.wire.errors import ErrorForm
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.jsonshapes import JsonReader, JsonWriter, parse_document

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service

_encode = msgspec.json.Encoder().encode


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of a JSON operation."""
    shape = operation.input_shape
    if shape is None:
        return lambda request: {}
    read = operation.service.codec("json-reader", JsonReader).reader(shape)

    def decode(request: HttpRequest) -> dict[str, Any]:
        body = request.body
        if not body or body == b"{}":
            return {}
        values: dict[str, Any] = read(parse_document(body))
        return values

    return decode


def compile_answer(
    operation: Operation,
) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of a JSON operation."""
    service, shape = operation.service, operation.output_shape
    content_type = f"application/x-amz-json-{service.json_version}"
    if shape is None:
        return lambda answer, request_id: HttpResponse(
            200, [("x-amzn-requestid", request_id), ("content-type", content_type)], b""
        )
    write = service.codec("json-writer", JsonWriter).writer(shape)

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        headers = [("x-amzn-requestid", request_id), ("content-type", content_type)]
        return HttpResponse(200, headers, _encode(answer if write is None else write(answer)))

    return encode


def query_error_headers(service: Service | None, form: ErrorForm) -> list[tuple[str, str]]:
    """`x-amzn-query-error: code;Sender` of services that once spoke query (Smithy, awsQueryCompatible trait)."""
    if service is None or not service.query_compatible or not form.custom_code:
        return []
    return [("x-amzn-query-error", f"{form.code};{'Sender' if form.sender else 'Receiver'}")]


def error_body(service: Service | None, form: ErrorForm) -> dict[str, Any]:
    """An error's members by their wire names, the message among them."""
    members = form.members
    if form.shape is None or service is None:
        name = "Message" if form.type_name == "AccessDeniedException" else "message"
        return {**members, name: form.message}
    write = service.codec("json-writer", JsonWriter).body_writer(form.shape)
    body: dict[str, Any] = dict(members) if write is None else write(members)
    if "message" not in body and "Message" not in body:
        body["message"] = form.message
    return body


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """`{"__type": …, "message": …}`."""
    version = service.json_version if service is not None else "1.1"
    headers = [
        ("x-amzn-requestid", request_id),
        ("content-type", f"application/x-amz-json-{version}"),
        *query_error_headers(service, form),
    ]
    return HttpResponse(
        form.status,
        headers,
        _encode({"__type": form.type_name, **error_body(service, form)}),
    )
