"""rest-json: HTTP bindings with JSON bodies (Smithy, "AWS REST JSON 1.1 protocol")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.wire import rest
from garrison.wire.errors import ErrorForm
from garrison.wire.headers import clean
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.jsonrpc import error_body, query_error_headers
from garrison.wire.jsonshapes import JsonReader, JsonWriter, parse_document
from garrison.wire.shapes import Shape

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service

_encode = msgspec.json.Encoder().encode


class _JsonBodies:
    content_type = "application/json"

    def payload_reader(self, service: Service, shape: Shape) -> Callable[[bytes], Any]:
        read = service.codec("json-reader", JsonReader).reader(shape)

        def payload(body: bytes) -> Any:
            document = parse_document(body)
            return None if document is None else read(document)

        return payload

    def body_reader(self, service: Service, shape: Shape) -> Callable[[bytes], dict[str, Any]]:
        read = service.codec("json-reader", JsonReader).body_reader(shape)
        return lambda body: read(parse_document(body))

    def payload_writer(self, operation: Operation, shape: Shape) -> Callable[[Any], bytes]:
        write = operation.service.codec("json-writer", JsonWriter).writer(shape)
        return lambda value: _encode(value if write is None else write(value))

    def body_writer(self, operation: Operation, shape: Shape) -> Callable[[Mapping[str, Any]], bytes]:
        write = operation.service.codec("json-writer", JsonWriter).body_writer(shape)
        return lambda answer: _encode(write(answer))


_BODIES = _JsonBodies()


def _identify(request_id: str) -> list[tuple[str, str]]:
    return [("x-amzn-requestid", request_id)]


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of a rest-json operation."""
    return rest.compile_request(operation, _BODIES)


def compile_answer(operation: Operation) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of a rest-json operation."""
    return rest.compile_answer(operation, _BODIES, _identify)


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """The exception's name in `x-amzn-errortype`, its members in the headers and a JSON body."""
    headers = [
        *_identify(request_id),
        ("content-type", "application/json"),
        ("x-amzn-errortype", clean(form.type_name)),
    ]
    headers += query_error_headers(service, form)
    if form.shape is not None:
        rest.header_part(form.shape)(form.members, headers)
    return HttpResponse(form.status, headers, _encode(error_body(service, form)))
