"""Smithy RPC v2 CBOR: the operation in the path, one CBOR document each way (Smithy, "RPC v2 CBOR protocol")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.wire import cbor
from garrison.wire.cborshapes import CborReader, CborWriter
from garrison.wire.errors import ErrorForm
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.jsonrpc import query_error_headers

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service


def _headers(request_id: str, has_body: bool = True) -> list[tuple[str, str]]:
    headers = [("x-amzn-requestid", request_id), ("smithy-protocol", "rpc-v2-cbor")]
    if has_body:
        headers.append(("content-type", "application/cbor"))
    return headers


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of an RPC v2 operation."""
    shape = operation.input_shape
    if shape is None:
        return lambda request: {}
    read = operation.service.codec("cbor-reader", CborReader).reader(shape)

    def decode(request: HttpRequest) -> dict[str, Any]:
        if not request.body:
            return {}
        values: dict[str, Any] = read(cbor.parse(request.body))
        return values

    return decode


def compile_answer(operation: Operation) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of an RPC v2 operation."""
    shape = operation.output_shape
    if shape is None:
        return lambda answer, request_id: HttpResponse(200, _headers(request_id, has_body=False), b"")
    write = operation.service.codec("cbor-writer", CborWriter).writer(shape)

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        out = bytearray()
        write(answer, out)
        return HttpResponse(200, _headers(request_id), bytes(out))

    return encode


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """A map with `__type`, the message and the exception's members."""
    members = dict(form.members)
    if "message" not in members and "Message" not in members:
        members["message"] = form.message
    out = bytearray()
    out += cbor.head(5, len(members) + 1)
    cbor.write_text("__type", out)
    cbor.write_text(form.type_name, out)
    known = form.shape.members if form.shape is not None else {}
    writers = service.codec("cbor-writer", CborWriter) if service is not None else None
    for name, value in members.items():
        cbor.write_text(name, out)
        if name in known and writers is not None:
            writers.writer(known[name])(value, out)
        else:
            cbor.write_document(value, out)
    return HttpResponse(form.status, [*_headers(request_id), *query_error_headers(service, form)], bytes(out))
