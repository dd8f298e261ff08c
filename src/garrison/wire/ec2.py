"""The EC2 query protocol: query's forms with EC2's own names, flat lists and error document (Smithy, "AWS EC2 query protocol")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.wire import query
from garrison.wire.errors import ErrorForm
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.query import Node, QueryReader
from garrison.wire.shapes import Shape
from garrison.wire.xml import escape
from garrison.wire.xmlwriter import XmlWriter

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service


class Ec2Reader(QueryReader):
    """Parameter names are capitalised, and every list is flat."""

    def names(self, name: str, member: Shape) -> list[str]:
        """`queryName` as it is, else the `locationName` or member's name capitalised; SDKs differ on the latter."""
        given = member.traits.get("queryName")
        if given:
            return [given]
        wire_name = member.wire_name or name
        return list(dict.fromkeys((wire_name[:1].upper() + wire_name[1:], name)))

    def list_items(self, shape: Shape, node: dict[str, Node]) -> dict[str, Node] | str:
        """Lists have no element of their own."""
        return node


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of an EC2 operation."""
    return query.compile_form_request(operation, operation.service.codec("form", Ec2Reader))


def compile_answer(
    operation: Operation,
) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of an EC2 operation."""
    service, shape = operation.service, operation.output_shape
    writer = None if shape is None else service.codec("xml", XmlWriter).members(shape)
    before = f'<{operation.name}Response xmlns="{escape(service.xml_namespace)}"><requestId>'
    after = f"</{operation.name}Response>"

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        parts = [before, escape(request_id), "</requestId>"]
        if writer is not None:
            writer(answer, parts.append)
        parts.append(after)
        return query.respond(200, "".join(parts), request_id)

    return encode


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """`<Response><Errors><Error>…` as EC2 answers."""
    members = query.error_members(service, form) if service is not None else ""
    text = (
        f"<Response><Errors><Error><Code>{escape(form.code)}</Code><Message>{escape(form.message)}</Message>{members}"
        f"</Error></Errors><RequestID>{escape(request_id)}</RequestID></Response>"
    )
    return query.respond(form.status, text, request_id)
