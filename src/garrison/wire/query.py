"""The AWS query protocol: form-encoded requests, XML answers (Smithy, "AWS query protocol"), and the forms that ec2 shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Union
from urllib.parse import unquote_to_bytes

from garrison.wire.errors import ErrorForm
from garrison.wire.faults import WireFault
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.limits import MAX_DEPTH, MAX_QUERY_INDEX_DIGITS, MAX_QUERY_MEMBERS
from garrison.wire.scalars import text_reader
from garrison.wire.shapes import Shape
from garrison.wire.xml import escape
from garrison.wire.xmlwriter import XmlWriter

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service

Node = Union[str, dict[str, "Node"]]  # noqa: UP007 a recursive alias needs the old form before 3.12
Reader = Callable[[Any], Any]
CONTENT_TYPE = "text/xml"


def _decode(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise WireFault("Parameters must be UTF-8") from None


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The decoded name=value pairs of a query string or form."""
    parts = text.split("&", MAX_QUERY_MEMBERS)
    if len(parts) > MAX_QUERY_MEMBERS:
        raise WireFault("Too many parameters")
    pairs = []
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            pairs.append((_decode(name), _decode(value)))
    return pairs


def form_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Every parameter of a query-protocol request: its query string's, then its form's."""
    try:
        body = request.body.decode("utf-8")
    except UnicodeDecodeError:
        raise WireFault("Parameters must be UTF-8") from None
    pairs = pairs_of(request.query) if request.query else []
    if body:
        pairs += pairs_of(body.strip("\r\n"))
    return pairs


def tree_of(pairs: list[tuple[str, str]]) -> dict[str, Node]:
    """Parameters as a tree by the dots of their names. A name that comes twice is refused: which one counts is anyone's guess."""
    root: dict[str, Node] = {}
    for name, value in pairs:
        segments = name.split(".", MAX_DEPTH)
        if len(segments) > MAX_DEPTH:
            raise WireFault("Parameters are nested too deeply")
        node = root
        for segment in segments[:-1]:
            child = node.get(segment)
            if child is None or child == "":
                child = node[segment] = {}
            elif isinstance(child, str):
                raise WireFault(f"Unexpected complex element: {name[:128]}")
            node = child
        last = segments[-1]
        present = node.get(last)
        if present is None:
            node[last] = value
        elif value or isinstance(present, str):
            raise WireFault(f"Duplicate parameter: {name[:128]}")
    return root


class QueryReader:
    """Compiles input shapes into readers of the parameter tree."""

    def __init__(self) -> None:
        self._compiled: dict[Shape, Reader] = {}

    def names(self, name: str, member: Shape) -> list[str]:
        """The parameter names that a member may have, the expected one first."""
        expected = member.wire_name or name
        if member.type == "list" and member.flattened and member.element.wire_name:
            return [member.element.wire_name, expected]
        return [expected]

    def list_items(self, shape: Shape, node: dict[str, Node]) -> dict[str, Node] | str:
        """The indexed members of a list's node."""
        if shape.flattened:
            return node
        expected = shape.element.wire_name or "member"
        return _only_child(node, [expected, "member"], shape)

    def reader(self, shape: Shape) -> Reader:
        """The reader of a shape."""
        known = self._compiled.get(shape)
        if known is None:
            build = {
                "structure": self._structure,
                "list": self._list,
                "map": self._map,
            }.get(shape.type)
            known = build(shape) if build else self._scalar(shape)
            self._compiled[shape] = known
        return known

    def _scalar(self, shape: Shape) -> Reader:
        read = text_reader(shape)

        def value_of(node: Node) -> Any:
            if not isinstance(node, str):
                raise WireFault("Start of structure or map found where not expected.")
            return node if read is None else read(node)

        return value_of

    def _structure(self, shape: Shape) -> Reader:
        fields: dict[str, tuple[str, Reader]] = {}

        def read(node: Node) -> dict[str, Any]:
            if isinstance(node, str):
                if node:
                    raise WireFault("Unexpected value where a structure was expected.")
                return {}
            values: dict[str, Any] = {}
            for name, child in node.items():
                field = fields.get(name)
                if field is not None:
                    values[field[0]] = field[1](child)
            return values

        self._compiled[shape] = read
        for name, member in shape.members.items():
            reader = self.reader(member)
            for wire_name in self.names(name, member):
                fields.setdefault(wire_name, (name, reader))
        return read

    def _list(self, shape: Shape) -> Reader:
        reader = self.reader(shape.element)

        def read(node: Node) -> list[Any]:
            if isinstance(node, str):
                if node:
                    raise WireFault("Unexpected value where a list was expected.")
                return []
            items = self.list_items(shape, node)
            if isinstance(items, str):
                return []
            return [reader(child) for _, child in _in_order(items)]

        return read

    def _map(self, shape: Shape) -> Reader:
        key_name, value_name = (
            shape.key.wire_name or "key",
            shape.element.wire_name or "value",
        )
        key_reader, value_reader = self.reader(shape.key), self.reader(shape.element)
        flattened = shape.flattened

        def read(node: Node) -> dict[Any, Any]:
            if isinstance(node, str):
                if node:
                    raise WireFault("Unexpected value where a map was expected.")
                return {}
            entries = node if flattened else _only_child(node, ["entry"], shape)
            if isinstance(entries, str):
                return {}
            values: dict[Any, Any] = {}
            for _, entry in _in_order(entries):
                if isinstance(entry, str) or key_name not in entry:
                    raise WireFault("A map entry needs a key.")
                values[key_reader(entry[key_name])] = value_reader(entry.get(value_name, ""))
            return values

        return read


def _only_child(node: dict[str, Node], names: list[str], shape: Shape) -> dict[str, Node] | str:
    for name in names:
        child = node.get(name)
        if child is not None:
            if isinstance(child, str) and child:
                raise WireFault("Unexpected value where a list or map was expected.")
            return child
    raise WireFault(f"Unexpected member in a {shape.type}: {next(iter(node))[:64]}")


def _in_order(items: dict[str, Node]) -> list[tuple[int, Node]]:
    ordered = []
    for index, child in items.items():
        if not (index.isascii() and index.isdigit() and len(index) <= MAX_QUERY_INDEX_DIGITS):
            raise WireFault(f"Not a list index: {index[:64]}")
        ordered.append((int(index), child))
    ordered.sort(key=lambda pair: pair[0])
    if any(ordered[place][0] == ordered[place + 1][0] for place in range(len(ordered) - 1)):
        raise WireFault("A list index comes twice.")
    return ordered


def compile_request(operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
    """The request decoder of a query operation."""
    return compile_form_request(operation, operation.service.codec("form", QueryReader))


def compile_form_request(operation: Operation, forms: QueryReader) -> Callable[[HttpRequest], dict[str, Any]]:
    """A request decoder over the parameter tree."""
    shape = operation.input_shape
    if shape is None or not shape.members:
        return lambda request: {}
    read = forms.reader(shape)

    def decode(request: HttpRequest) -> dict[str, Any]:
        values: dict[str, Any] = read(tree_of(form_pairs(request)))
        return values

    return decode


def compile_answer(
    operation: Operation,
) -> Callable[[Mapping[str, Any], str], HttpResponse]:
    """The answer encoder of a query operation."""
    service, shape = operation.service, operation.output_shape
    writer = None if shape is None else service.codec("xml", XmlWriter).members(shape)
    name = operation.name
    result = shape.traits.get("resultWrapper") if shape is not None else None
    opening = f'<{name}Response xmlns="{escape(service.xml_namespace)}">'
    before = f"{opening}<{result}>" if result else opening
    between = (f"</{result}>" if result else "") + "<ResponseMetadata><RequestId>"
    after = f"</RequestId></ResponseMetadata></{name}Response>"

    def encode(answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        parts = [before]
        if writer is not None:
            writer(answer, parts.append)
        parts += (between, escape(request_id), after)
        return respond(200, "".join(parts), request_id)

    return encode


def respond(status: int, text: str, request_id: str) -> HttpResponse:
    """An XML answer with its request id."""
    headers = [("x-amzn-requestid", request_id), ("content-type", CONTENT_TYPE)]
    return HttpResponse(status, headers, text.encode())


def error_members(service: Service, form: ErrorForm) -> str:
    """The modelled members of an error other than its message, as elements."""
    if form.shape is None:
        return ""
    writer = service.codec("xml", XmlWriter).members(form.shape)
    parts: list[str] = []
    further = {name: value for name, value in form.members.items() if name.lower() not in ("message", "code", "type")}
    writer(further, parts.append)
    return "".join(parts)


def error_response(service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
    """`<ErrorResponse><Error>…` as query services answer."""
    space = f' xmlns="{escape(service.xml_namespace)}"' if service is not None else ""
    members = error_members(service, form) if service is not None else ""
    text = (
        f"<ErrorResponse{space}><Error><Type>{'Sender' if form.sender else 'Receiver'}</Type>"
        f"<Code>{escape(form.code)}</Code><Message>{escape(form.message)}</Message>{members}</Error>"
        f"<RequestId>{escape(request_id)}</RequestId></ErrorResponse>"
    )
    return respond(form.status, text, request_id)
