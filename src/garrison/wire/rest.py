"""What rest-json and rest-xml share: members in the path, query string, headers and status (Smithy, "HTTP binding traits")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from garrison.wire.faults import AnswerFault, WireFault
from garrison.wire.headers import clean, header_reader, header_writer
from garrison.wire.hosts import resource_path
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.query import pairs_of
from garrison.wire.scalars import text_reader, to_bytes
from garrison.wire.shapes import Shape
from garrison.wire.uris import compile_template, decode_label

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service

Part = Callable[[HttpRequest, dict[str, Any]], None]
_BODILESS = (204, 304)
_PARTIAL_CONTENT = 206
"""The status of every answer that has a Content-Range (RFC 9110, 15.3.7)."""


class BodyFormat(Protocol):
    """How a REST protocol writes structures in bodies."""

    content_type: str

    def payload_reader(self, service: Service, shape: Shape) -> Callable[[bytes], Any]:
        """The reader of a payload member that is the whole body."""
        ...

    def body_reader(self, service: Service, shape: Shape) -> Callable[[bytes], dict[str, Any]]:
        """The reader of the members that are in the body together."""
        ...

    def payload_writer(self, operation: Operation, shape: Shape) -> Callable[[Any], bytes]:
        """The writer of a payload member that is the whole body."""
        ...

    def body_writer(self, operation: Operation, shape: Shape) -> Callable[[Mapping[str, Any]], bytes]:
        """The writer of the members that are in the body together."""
        ...


def compile_request(operation: Operation, bodies: BodyFormat) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of a REST operation."""
    shape = operation.input_shape
    if shape is None:
        return lambda request: {}
    head = [part for part in (_labels(operation, shape), _query(shape), _headers(shape)) if part is not None]
    body = _body(operation, shape, bodies)

    def decode(request: HttpRequest) -> dict[str, Any]:
        values: dict[str, Any] = {}
        try:
            for part in head:
                part(request, values)
        except WireFault as fault:
            fault.is_in_head = True
            raise
        body(request, values)
        return values

    return decode


def _text(shape: Shape) -> Callable[[str], Any]:
    return text_reader(shape) or str


def _labels(operation: Operation, shape: Shape) -> Part | None:
    members = {
        member.wire_name or name: (name, _text(member))
        for name, member in shape.members.items()
        if member.location == "uri"
    }
    if not members:
        return None
    template, endpoint = compile_template(operation.http_uri), operation.service.endpoint_prefix

    def take(request: HttpRequest, values: dict[str, Any]) -> None:
        match = template.pattern.fullmatch(resource_path(endpoint, request))
        if match is None:
            raise WireFault("The path does not fit the operation")
        for label, raw in zip(template.labels, match.groups(), strict=True):
            if label in members:
                name, read = members[label]
                values[name] = read(decode_label(raw))

    return take


def _query(shape: Shape) -> Part | None:
    singles: dict[str, tuple[str, Callable[[str], Any]]] = {}
    lists: dict[str, tuple[str, Callable[[str], Any]]] = {}
    rest: tuple[str, Shape] | None = None
    for name, member in shape.members.items():
        if member.location == "querystring":
            wire_name = member.wire_name or name
            if member.type == "map":
                rest = (name, member)
            elif member.type == "list":
                lists[wire_name] = (name, _text(member.element))
            else:
                singles[wire_name] = (name, _text(member))
    if not (singles or lists or rest):
        return None

    def take(request: HttpRequest, values: dict[str, Any]) -> None:
        given: dict[str, list[str]] = {}
        for wire_name, text in pairs_of(request.query):
            if rest is not None:
                given.setdefault(wire_name, []).append(text)
            if wire_name in singles:
                name, read = singles[wire_name]
                if name in values:
                    raise WireFault(f"The query parameter {wire_name[:64]} comes twice")
                values[name] = read(text)
            elif wire_name in lists:
                name, read = lists[wire_name]
                values.setdefault(name, []).append(read(text))
        if rest is not None and given:
            many = rest[1].element.type == "list"
            values[rest[0]] = given if many else {key: texts[0] for key, texts in given.items()}

    return take


def _headers(shape: Shape) -> Part | None:
    members = [
        (name, (member.wire_name or name).lower(), header_reader(member), member.type == "list")
        for name, member in shape.members.items()
        if member.location == "header"
    ]
    prefixes = [
        (name, (member.wire_name or "").lower(), header_reader(member.element))
        for name, member in shape.members.items()
        if member.location == "headers"
    ]
    if not (members or prefixes):
        return None

    def take(request: HttpRequest, values: dict[str, Any]) -> None:
        for name, header, read, many in members:
            text = request.header(header)
            if text is None:
                continue
            if many:
                text = ",".join(value for key, value in request.headers if key == header)
            values[name] = read(text)
        for name, prefix, read in prefixes:
            found = {key[len(prefix) :]: read(value) for key, value in request.headers if key.startswith(prefix)}
            if found:
                values[name] = found

    return take


def _body(operation: Operation, shape: Shape, bodies: BodyFormat) -> Part:
    payload = shape.payload
    if payload is not None:
        return _payload(operation, payload, shape.members[payload], bodies)
    if all(member.location for member in shape.members.values()):
        return lambda request, values: None
    read = bodies.body_reader(operation.service, shape)

    def take(request: HttpRequest, values: dict[str, Any]) -> None:
        if request.body:
            values.update(read(request.body))

    return take


def _payload(operation: Operation, name: str, member: Shape, bodies: BodyFormat) -> Part:
    if member.type == "blob":
        always = bool(member.traits.get("streaming"))

        def take_bytes(request: HttpRequest, values: dict[str, Any]) -> None:
            if request.body or always:
                values[name] = request.upload or request.body

        return take_bytes
    if member.type == "string":

        def take_text(request: HttpRequest, values: dict[str, Any]) -> None:
            try:
                if request.body:
                    values[name] = request.body.decode()
            except UnicodeDecodeError:
                raise WireFault("The body must be UTF-8") from None

        return take_text
    read = bodies.payload_reader(operation.service, member)

    def take(request: HttpRequest, values: dict[str, Any]) -> None:
        if request.body:
            value = read(request.body)
            if value is not None:
                values[name] = value

    return take


Header = tuple[str, str]
HeaderPart = Callable[[Mapping[str, Any], list[Header]], None]


def header_part(shape: Shape) -> HeaderPart:
    """The writer of a structure's header members."""
    members = [
        (name, (member.wire_name or name).lower(), header_writer(member))
        for name, member in shape.members.items()
        if member.location == "header"
    ]
    prefixes = [
        (name, (member.wire_name or "").lower())
        for name, member in shape.members.items()
        if member.location == "headers"
    ]

    def put(values: Mapping[str, Any], headers: list[Header]) -> None:
        for name, header, write in members:
            value = values.get(name)
            if value is not None and value != []:
                headers.append((header, write(value)))
        for name, prefix in prefixes:
            for key, value in (values.get(name) or {}).items():
                headers.append((clean(f"{prefix}{key}".lower()), clean(str(value))))

    return put


def compile_answer(
    operation: Operation, bodies: BodyFormat, identify: Callable[[str], list[Header]]
) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of a REST operation; `identify` gives the headers that carry the request id."""
    shape, status = operation.output_shape, operation.http_status
    if operation.is_event_stream:
        raise AnswerFault(f"{operation.name} answers with an event stream, which is not supported")
    if shape is None:
        return lambda answer, request_id: HttpResponse(status, identify(request_id), b"")
    put_headers, write_body = header_part(shape), _body_writer(operation, shape, bodies)
    status_member = next((name for name, member in shape.members.items() if member.location == "statusCode"), None)
    bodiless, known = operation.http_method == "HEAD", shape.members

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        unknown = answer.keys() - known.keys()
        if unknown:
            raise AnswerFault(f"{shape.name} has no member {', '.join(sorted(unknown))}")
        response = HttpResponse(status, identify(request_id), b"")
        if status_member is not None and answer.get(status_member) is not None:
            response.status = int(answer[status_member])
        if answer.get("ContentRange") is not None:
            response.status = _PARTIAL_CONTENT
        put_headers(answer, response.headers)
        if not bodiless and response.status not in _BODILESS:
            write_body(answer, response)
        return response

    return encode


BodyWriter = Callable[[Mapping[str, Any], HttpResponse], None]


def _typed(response: HttpResponse, content_type: str) -> None:
    if all(name != "content-type" for name, _ in response.headers):
        response.headers.append(("content-type", content_type))


def _body_writer(operation: Operation, shape: Shape, bodies: BodyFormat) -> BodyWriter:
    if shape.payload is None:
        if all(member.is_in_answer_head for member in shape.members.values()):
            return lambda answer, response: None
        write_members = bodies.body_writer(operation, shape)

        def put_members(answer: Mapping[str, Any], response: HttpResponse) -> None:
            response.body = write_members(answer)
            _typed(response, bodies.content_type)

        return put_members
    name, member = shape.payload, shape.members[shape.payload]
    if member.type in ("blob", "string"):
        content_type = "application/octet-stream" if member.type == "blob" else "text/plain"
        return lambda answer, response: _put_raw(answer.get(name), content_type, response)
    write = bodies.payload_writer(operation, member)

    def put(answer: Mapping[str, Any], response: HttpResponse) -> None:
        if answer.get(name) is not None:
            response.body = write(answer[name])
            _typed(response, bodies.content_type)

    return put


def _put_raw(value: Any, content_type: str, response: HttpResponse) -> None:
    if value is None:
        return
    if isinstance(value, (bytes, bytearray, memoryview, str)):
        response.body = to_bytes(value)
    else:
        response.stream = iter(value)
    _typed(response, content_type)
