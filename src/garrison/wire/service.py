"""A service and its operations as the wire sees them: metadata from the model, codecs compiled when first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar, cast

from garrison.errors import ApiError
from garrison.wire import errors, protocols
from garrison.wire.content import decode_content
from garrison.wire.facts import service_facts
from garrison.wire.faults import WireFault
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.limits import DEFAULT_LIMITS
from garrison.wire.model import read_model
from garrison.wire.sensitive import map_paths, sensitive_paths
from garrison.wire.shapes import Shape, ShapeTable
from garrison.wire.validate import Failure, Validator, ValidatorCompiler

Codec = TypeVar("Codec")
Decoder = Callable[[HttpRequest], dict[str, Any]]
Encoder = Callable[[Mapping[str, Any], str], HttpResponse]


class Service:
    """One service in one of the protocols it speaks."""

    def __init__(self, model: Mapping[str, Any], name: str, protocol: str | None = None) -> None:
        metadata = model["metadata"]
        self._model = model
        self.metadata: Mapping[str, Any] = metadata
        self.name = name
        """botocore's name of the service."""
        self.protocols = protocols_of(metadata)
        """Every protocol that clients may use with this service, the model's own first."""
        self.protocol: str = protocol or metadata["protocol"]
        self.service_id: str = metadata.get("serviceId", name)
        self.endpoint_prefix: str = metadata.get("endpointPrefix", name)
        self.signing_name: str = metadata.get("signingName") or self.endpoint_prefix
        self.api_version: str = metadata.get("apiVersion", "")
        self.target_prefix: str = metadata.get("targetPrefix", "")
        self.json_version: str = metadata.get("jsonVersion", "1.1")
        self.query_compatible = "awsQueryCompatible" in metadata
        """Whether errors repeat the code of the service's former query protocol in a header."""
        self.error_style = errors.style_of(self.service_id, name, self.protocol)
        self.shapes = ShapeTable(model.get("shapes", {}))
        self._operations: dict[str, Operation] = {}
        self._codecs: dict[str, object] = {}
        self._variants: dict[str, Service] = {self.protocol: self}
        self._exceptions: dict[str, Shape] | None = None
        self.compiling = RLock()
        """Held while codecs are compiled: a recursive shape's codec is shared before it is complete."""

    def __repr__(self) -> str:
        return f"Service({self.name}, {self.protocol})"

    @classmethod
    def from_model(cls, model: Mapping[str, Any], name: str | None = None) -> Service:
        """A service from a model in botocore's form (`metadata`, `operations`, `shapes`)."""
        return cls(model, name or model["metadata"].get("endpointPrefix", "service"))

    @property
    def event_source(self) -> str:
        """The `eventSource` of the service's CloudTrail records."""
        known = service_facts()["event_sources"].get(self.name)
        return known or f"{self.signing_name}.amazonaws.com"

    @property
    def xml_namespace(self) -> str:
        """The namespace of XML answers."""
        declared = self.metadata.get("xmlNamespace")
        if isinstance(declared, Mapping):
            declared = declared.get("uri")
        if isinstance(declared, str):
            return declared
        return f"http://{self.endpoint_prefix}.amazonaws.com/doc/{self.api_version}/"

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of the service's operations."""
        return tuple(self._model.get("operations", {}))

    def has_operation(self, name: str) -> bool:
        """Whether the model knows the operation."""
        return name in self._model.get("operations", {})

    def raw_operation(self, name: str) -> Mapping[str, Any]:
        """An operation as the model describes it."""
        return cast("Mapping[str, Any]", self._model["operations"][name])

    def operation(self, name: str) -> Operation:
        """An operation by its name; ApiError where the service has none."""
        operation = self._operations.get(name)
        if operation is None:
            if not self.has_operation(name):
                raise errors.unknown_operation(self, name)
            operation = self._operations[name] = Operation(self, name, self.raw_operation(name))
        return operation

    def speaking(self, protocol: str) -> Service:
        """The same service in another of its protocols."""
        variant = self._variants.get(protocol)
        if variant is None:
            if protocol not in self.protocols:
                raise ValueError(f"{self.name} does not speak {protocol}")
            variant = Service(self._model, self.name, protocol)
            variant._variants = self._variants
            self._variants[protocol] = variant
        return variant

    def codec(self, kind: str, factory: Callable[[], Codec]) -> Codec:
        """The service's one compiler of a kind, so that operations share what they compile."""
        found = self._codecs.get(kind)
        if found is None:
            found = self._codecs[kind] = factory()
        return cast("Codec", found)

    def write_error(self, form: errors.ErrorForm, request_id: str) -> HttpResponse:
        """The response that carries an error."""
        with self.compiling:
            return protocols.of(self.protocol).error_response(self, form, request_id)

    def validator(self, shape: Shape) -> Validator | None:
        """The validator of an input shape."""
        return self.codec("validator", lambda: ValidatorCompiler(self.name)).validator(shape)

    def exception(self, code: str) -> Shape | None:
        """The modelled exception of a wire code or shape name."""
        if self._exceptions is None:
            found: dict[str, Shape] = {}
            for shape in self.shapes.exceptions():
                found.setdefault(shape.traits.get("error", {}).get("code", shape.name), shape)
            found.update((shape.name, shape) for shape in self.shapes.exceptions())
            self._exceptions = found
        return self._exceptions.get(code)


class Operation:
    """One operation of one service in one protocol."""

    def __init__(self, service: Service, name: str, raw: Mapping[str, Any]) -> None:
        self.service = service
        self.name = name
        http = raw.get("http", {})
        self.http_method: str = http.get("method", "POST")
        self.http_uri: str = http.get("requestUri", "/")
        self.http_status: int = http.get("responseCode", 200)
        self.host_prefix: str | None = raw.get("endpoint", {}).get("hostPrefix")
        """What clients put before the endpoint's host name; members may be part of it."""
        self.auth_type: str | None = raw.get("authtype") or (
            "none" if "smithy.api#noAuth" in raw.get("auth", ()) else None
        )
        """`none` for operations that AWS answers without a signature; None where the service's signature is needed."""
        self.input_shape = service.shapes.resolve(raw["input"]) if raw.get("input") else None
        self.output_shape = service.shapes.resolve(raw["output"]) if raw.get("output") else None
        self._raw = raw
        self._decode: Decoder | None = None
        self._encode: Encoder | None = None
        self._validate: Validator | None = None
        self._exceptions: dict[str, Shape] | None = None
        self._sensitive: tuple[frozenset[str], frozenset[str]] | None = None
        self._maps: frozenset[str] | None = None

    def __repr__(self) -> str:
        return f"Operation({self.service.name}.{self.name})"

    @property
    def is_streaming_input(self) -> bool:
        """Whether the body is one member's raw bytes."""
        return _streams(self.input_shape)

    @property
    def takes_upload(self) -> bool:
        """Whether the body is one member's raw bytes, which may be more than memory holds."""
        shape = self.input_shape
        return (
            shape is not None
            and shape.payload is not None
            and bool(shape.members[shape.payload].traits.get("streaming"))
        )

    @property
    def is_streaming_output(self) -> bool:
        """Whether the answer's body is one member's raw bytes."""
        return _streams(self.output_shape)

    @property
    def is_read_only(self) -> bool:
        """Whether the model says that the operation changes nothing; where it says nothing, False."""
        return bool(self._raw.get("readonly"))

    @property
    def is_event_stream(self) -> bool:
        """Whether either direction is a stream of events, which this layer does not carry."""
        shapes = [shape for shape in (self.input_shape, self.output_shape) if shape is not None]
        return any(member.is_event_stream for shape in shapes for member in shape.members.values())

    @property
    def sensitive_members(self) -> frozenset[str]:
        """Dotted paths of input members that must not be recorded, `*` for each item: `loginProfile.password`, `tags.*.value`."""
        return self._sensitive_paths()[0]

    @property
    def sensitive_output_members(self) -> frozenset[str]:
        """The same of the answer."""
        return self._sensitive_paths()[1]

    @property
    def map_members(self) -> frozenset[str]:
        """Dotted paths of input and output members that are maps, `*` likewise."""
        if self._maps is None:
            self._maps = map_paths(self.input_shape) | map_paths(self.output_shape)
        return self._maps

    def _sensitive_paths(self) -> tuple[frozenset[str], frozenset[str]]:
        if self._sensitive is None:
            self._sensitive = (
                sensitive_paths(self.input_shape),
                sensitive_paths(self.output_shape),
            )
        return self._sensitive

    def exception(self, code: str) -> Shape | None:
        """The exception that this operation's model lists under a wire code or shape name."""
        if self._exceptions is None:
            shapes = [self.service.shapes.resolve(reference) for reference in self._raw.get("errors", ())]
            found = {shape.traits.get("error", {}).get("code", shape.name): shape for shape in reversed(shapes)}
            found.update((shape.name, shape) for shape in shapes)
            self._exceptions = found
        return self._exceptions.get(code)

    def parse(self, request: HttpRequest) -> dict[str, Any]:
        """The decoded and validated parameters, by the model's names; timestamps are aware datetimes, blobs bytes.

        Raises ApiError, and nothing else, for whatever bytes the request holds.
        """
        try:
            decode = self._decode or self._compile_decoder()
            if request.header("content-encoding") is not None:
                request = decode_content(request, DEFAULT_LIMITS, self)
            parameters = decode(request)
        except WireFault as fault:
            raise errors.malformed(self.service.error_style, fault.message, is_in_head=fault.is_in_head) from None
        except RecursionError:
            raise errors.malformed(self.service.error_style, "The request is nested too deeply") from None
        if self._validate is not None:
            failures: list[Failure] = []
            self._validate(parameters, None, failures)
            if failures:
                raise errors.refuse(self.service.error_style, failures)
        return parameters

    def _compile_decoder(self) -> Decoder:
        if self.is_event_stream:
            raise ApiError("NotImplemented", f"{self.name} uses an event stream, which is not supported", status=501)
        with self.service.compiling:
            if self.input_shape is not None:
                self._validate = self.service.validator(self.input_shape)
            self._decode = protocols.of(self.service.protocol).compile_request(self)
            return self._decode

    def serialize(self, answer: Mapping[str, Any], request_id: str) -> HttpResponse:
        """The response that carries an answer in the service's protocol; AnswerFault where it does not fit the model."""
        encode = self._encode
        if encode is None:
            with self.service.compiling:
                encode = self._encode = protocols.of(self.service.protocol).compile_answer(self)
        return encode(answer, request_id)

    def serialize_error(self, error: ApiError, request_id: str) -> HttpResponse:
        """The response that carries an error in the service's protocol."""
        form = errors.form_of(error, self.service, self)
        response = self.service.write_error(form, request_id)
        if self.http_method == "HEAD" or response.status == 304:
            response.body = b""
        return response


def protocols_of(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The protocols that a model's metadata offers and this layer speaks, the model's own first."""
    offered = [metadata["protocol"], *metadata.get("protocols", ())]
    return tuple(dict.fromkeys(name for name in offered if name in protocols.NAMES))


def _streams(shape: Shape | None) -> bool:
    if shape is None or shape.payload is None:
        return False
    return shape.members[shape.payload].type in ("blob", "string")


@lru_cache(maxsize=512)
def load_service(name: str, api_version: str | None = None) -> Service:
    """The service of botocore's name, read once; UnknownModel where there is none."""
    return Service(read_model(name, api_version), name)
