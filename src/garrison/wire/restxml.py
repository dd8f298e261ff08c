"""rest-xml: HTTP bindings with XML bodies, and S3's own error document (Smithy, "AWS REST XML protocol")."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.wire import rest, xml
from garrison.wire.errors import ErrorForm
from garrison.wire.facts import service_facts
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.shapes import Shape
from garrison.wire.xml import escape
from garrison.wire.xmlreader import XmlReader
from garrison.wire.xmlwriter import XmlWriter, namespace

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service

_PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)


class _XmlBodies:
    content_type = "application/xml"

    def payload_reader(self, service: Service, shape: Shape) -> Callable[[bytes], Any]:
        read = service.codec("xml-reader", XmlReader).reader(shape)
        return lambda body: read([xml.parse(body)])

    def body_reader(self, service: Service, shape: Shape) -> Callable[[bytes], dict[str, Any]]:
        members = {name: member for name, member in shape.members.items() if not member.location}
        read = service.codec("xml-reader", XmlReader).members_reader(shape, members)
        return lambda body: read(xml.parse(body))

    def payload_writer(self, operation: Operation, shape: Shape) -> Callable[[Any], bytes]:
        tag = shape.wire_name or shape.name
        write = operation.service.codec("xml", XmlWriter).element(_rooted(shape, operation.service), tag)
        return lambda value: _document(write, value)

    def body_writer(self, operation: Operation, shape: Shape) -> Callable[[Mapping[str, Any]], bytes]:
        service = operation.service
        facts = service_facts()
        writer = service.codec("xml", XmlWriter)
        if operation.name == facts["unwrapped_outputs"].get(service.name):
            bare = writer.members(shape)
            return lambda answer: _document(bare, answer)
        root = facts["s3_roots"].get(operation.name) if service.name == "s3" else None
        tag = root or shape.wire_name or shape.name
        write = writer.structure(shape, tag, namespace(shape) or _default_namespace(service))
        return lambda answer: _document(write, answer)


def _default_namespace(service: Service) -> str:
    return f' xmlns="{escape(service.xml_namespace)}"'


def _rooted(shape: Shape, service: Service) -> Shape:
    """A payload's shape with the service's namespace where the model gives it none of its own."""
    if shape.traits.get("xmlNamespace"):
        return shape
    return service.shapes.with_trait(shape, "xmlNamespace", service.xml_namespace)


def _document(write: Callable[[Any, Callable[[str], None]], None], value: Any) -> bytes:
    parts = [_PROLOG]
    write(value, parts.append)
    return "".join(parts).encode()


_BODIES = _XmlBodies()


def _identify(service: Service | None) -> Callable[[str], list[tuple[str, str]]]:
    if service is None or service.error_style.wording == "s3":
        return lambda request_id: [("x-amz-request-id", request_id), ("x-amz-id-2", _host_id(request_id))]
    return lambda request_id: [("x-amzn-requestid", request_id)]


def _host_id(request_id: str) -> str:
    """S3's second id: opaque, here it names the same request."""
    return base64.b64encode(request_id.encode()).decode("ascii")


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of a rest-xml operation."""
    return rest.compile_request(operation, _BODIES)


def compile_answer(operation: Operation) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of a rest-xml operation."""
    return rest.compile_answer(operation, _BODIES, _identify(operation.service))


def _members(service: Service | None, form: ErrorForm) -> str:
    parts: list[str] = []
    if form.shape is not None and service is not None:
        write = service.codec("xml", XmlWriter).members(form.shape)
        write({name: value for name, value in form.members.items() if name.lower() != "message"}, parts.append)
    for name, value in form.further.items():
        if isinstance(value, str) and _TAG.fullmatch(name):
            parts.append(f"<{name}>{escape(value)}</{name}>")
    return "".join(parts)


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """S3's bare `<Error>`, or `<ErrorResponse><Error>` of the other services."""
    headers = [*_identify(service)(request_id), ("content-type", "application/xml")]
    if form.shape is not None:
        rest.header_part(form.shape)(form.members, headers)
    identity = f"<RequestId>{escape(request_id)}</RequestId>"
    error = f"<Code>{escape(form.code)}</Code><Message>{escape(form.message)}</Message>{_members(service, form)}"
    if service is None or service.error_style.wording == "s3":
        text = f"{_PROLOG}<Error>{error}{identity}<HostId>{_host_id(request_id)}</HostId></Error>"
    else:
        kind = "Sender" if form.sender else "Receiver"
        text = (
            f"{_PROLOG}<ErrorResponse{_default_namespace(service)}><Error><Type>{kind}</Type>{error}</Error>"
            f"{identity}</ErrorResponse>"
        )
    return HttpResponse(form.status, headers, text.encode())
