"""Finds the service and operation of a request: from its target header, path, Action, credential scope or host."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from garrison.errors import ApiError
from garrison.wire import errors, protocols
from garrison.wire.content import decode_content
from garrison.wire.faults import WireFault
from garrison.wire.hosts import labels_of, resource_path, virtual_bucket
from garrison.wire.http import HttpRequest, HttpResponse
from garrison.wire.limits import DEFAULT_LIMITS
from garrison.wire.model import UnknownModel, read_metadata
from garrison.wire.query import form_pairs, pairs_of
from garrison.wire.service import Service, load_service, protocols_of
from garrison.wire.uris import RouteTable

_RPC_PATH = re.compile(r"(?:/[^/]+)*/service/([^/]+)/operation/([^/]+)", re.ASCII)
_FORM = "application/x-www-form-urlencoded"


class _Directory:
    """What routing asks of a set of services, from their models' heads alone."""

    def __init__(self, names: frozenset[str]) -> None:
        self.by_signing_name: dict[str, list[str]] = {}
        self.by_target: dict[str, list[str]] = {}
        self.by_endpoint: dict[str, list[str]] = {}
        self.speakers: dict[str, list[str]] = {}
        self.versions: dict[str, str] = {}
        for name in sorted(names):
            metadata = read_metadata(name)
            endpoint = metadata.get("endpointPrefix", name)
            self.by_signing_name.setdefault(metadata.get("signingName") or endpoint, []).append(name)
            self.by_endpoint.setdefault(endpoint, []).append(name)
            self.versions[name] = metadata.get("apiVersion", "")
            if metadata.get("targetPrefix"):
                self.by_target.setdefault(_shape_name(metadata["targetPrefix"]), []).append(name)
            for protocol in protocols_of(metadata):
                self.speakers.setdefault(protocol, []).append(name)

    def speaking(self, names: Iterable[str], *wanted: str) -> list[tuple[str, str]]:
        """(service, protocol) of the services that speak one of the protocols."""
        return [(name, protocol) for name in names for protocol in wanted if name in self.speakers.get(protocol, ())]


def _shape_name(target: str) -> str:
    """A target without the namespace that some clients write before it: CloudTrail's has one in botocore, none elsewhere."""
    return target.rpartition(".")[2]


@lru_cache(maxsize=32)
def _directory(names: frozenset[str]) -> _Directory:
    return _Directory(names)


def route(request: HttpRequest, signing_name: str | None, candidates: Collection[str]) -> tuple[Service, str]:
    """The service, in the protocol that the request speaks, and the operation's name.

    `signing_name` is the credential scope's service, None for an anonymous request; `candidates` are the botocore names of
    the services that are there. Raises ApiError, and nothing else, where there is no such operation.
    """
    try:
        directory = _directory(candidates if isinstance(candidates, frozenset) else frozenset(candidates))
    except UnknownModel as fault:
        raise ApiError("UnknownOperationException", str(fault), status=404) from None
    try:
        return _route(request, signing_name, directory)
    except WireFault as fault:
        raise ApiError("MalformedQueryString", fault.message, status=400) from None


def _route(request: HttpRequest, signing_name: str | None, directory: _Directory) -> tuple[Service, str]:
    signed_for = _signed_for(request, signing_name, directory)
    if request.header("smithy-protocol") is not None:
        match = _RPC_PATH.fullmatch(request.path)
        if match is not None:
            return _by_target(
                directory,
                match.group(1),
                match.group(2),
                "smithy-rpc-v2-cbor",
                signed_for,
            )
    target = request.header("x-amz-target")
    if target is not None and (not signed_for or directory.speaking(signed_for, "json")):
        prefix, _, name = target.rpartition(".")
        return _by_target(directory, prefix, name, "json", signed_for)
    speakers = directory.speaking(signed_for or directory.versions, "query", "ec2")
    if speakers:
        action, version = _action_of(request)
        if action is not None:
            return _by_action(speakers, action, version)
        if signed_for and len(speakers) == len(signed_for):
            words = "The request is missing an action or a required parameter."
            meant = load_service(speakers[0][0]).speaking(speakers[0][1])
            raise errors.Unroutable("MissingAction", words, status=400, service=meant)
    return _by_path(request, signed_for, directory)


def _signed_for(request: HttpRequest, signing_name: str | None, directory: _Directory) -> tuple[str, ...]:
    """The services that the credential scope, or else the host, means; empty where neither says."""
    if signing_name is not None:
        found = directory.by_signing_name.get(signing_name) or directory.by_endpoint.get(signing_name)
        if not found:
            raise ApiError(
                "UnknownOperationException",
                f"No service of the name {signing_name[:64]} is available here",
                status=404,
            )
        return tuple(found)
    if virtual_bucket(request) is not None and "s3" in directory.by_endpoint:
        return tuple(directory.by_endpoint["s3"])
    for label in labels_of(request):
        if label in directory.by_endpoint:
            return tuple(directory.by_endpoint[label])
    return ()


@lru_cache(maxsize=1024)
def _by_target(
    directory: _Directory, prefix: str, name: str, protocol: str, signed_for: tuple[str, ...]
) -> tuple[Service, str]:
    # Only what is found is remembered, which no client can make more of.
    found = [service for service, _ in directory.speaking(directory.by_target.get(_shape_name(prefix), ()), protocol)]
    preferred = [service for service in found if service in signed_for] or found
    for service_name in preferred:
        service = load_service(service_name).speaking(protocol)
        if service.has_operation(name):
            return service, name
    known = load_service(preferred[0]).speaking(protocol) if preferred else None
    raise errors.unknown_operation(known, name)


def _action_of(request: HttpRequest) -> tuple[str | None, str | None]:
    """Action and Version of the query string or form; a gzip form is decompressed for it."""
    content_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    is_form = content_type == _FORM and request.method == "POST"
    if not is_form:
        if "Action=" not in request.query:
            return None, None
        pairs = pairs_of(request.query)
    else:
        pairs = form_pairs(decode_content(request, DEFAULT_LIMITS))
    action = [value for name, value in pairs if name == "Action"]
    version = [value for name, value in pairs if name == "Version"]
    if len(action) > 1 or len(version) > 1:
        raise WireFault("Action and Version must be given once")
    return (action[0] if action else None), (version[0] if version else None)


def _by_action(speakers: list[tuple[str, str]], action: str, version: str | None) -> tuple[Service, str]:
    services = [load_service(name).speaking(protocol) for name, protocol in speakers]
    of_version = [service for service in services if version in (None, "", service.api_version)]
    for service in of_version:
        if service.has_operation(action):
            return service, action
    shown = of_version[0] if of_version else services[0]
    raise errors.unknown_operation(shown, action, version)


def _by_path(request: HttpRequest, signed_for: tuple[str, ...], directory: _Directory) -> tuple[Service, str]:
    speakers = directory.speaking(signed_for or directory.versions, "rest-json", "rest-xml")
    query = dict(pairs_of(request.query)) if request.query else {}
    speakers.sort(key=lambda pair: pair[0] == "s3")
    for name, protocol in speakers:
        service = load_service(name).speaking(protocol)
        table = service.codec("routes", _table_of(service))
        operation = table.match(request, resource_path(service.endpoint_prefix, request), query)
        if operation is not None:
            return service, operation
    if signed_for == ("s3",) or [name for name, _ in speakers] == ["s3"]:
        words = "The specified method is not allowed against this resource."
        raise errors.Unroutable("MethodNotAllowed", words, status=405, service=load_service("s3"))
    meant = load_service(signed_for[0]) if signed_for else None
    raise errors.Unroutable("UnknownOperationException", "Unknown operation", status=404, service=meant)


def _table_of(service: Service) -> Callable[[], RouteTable]:
    return lambda: RouteTable(service)


def guess_protocol(request: HttpRequest | None) -> str:
    """The protocol that a request seems to speak, for errors that come before its service is known."""
    if request is None:
        return "json"
    content_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if request.header("smithy-protocol") is not None or content_type == "application/cbor":
        return "smithy-rpc-v2-cbor"
    if request.header("x-amz-target") is not None or content_type.startswith("application/x-amz-json"):
        return "json"
    if content_type == _FORM or "Action=" in request.query:
        return "query"
    if content_type == "application/json" or "json" in (request.header("accept") or ""):
        return "rest-json"
    return "rest-xml"


def serialize_error(
    error: ApiError,
    request_id: str,
    *,
    service: Service | None = None,
    request: HttpRequest | None = None,
) -> HttpResponse:
    """The response for an error outside any operation, in the service's protocol or the one the request seems to speak."""
    protocol = guess_protocol(request)
    if service is None and isinstance(error, errors.Unroutable):
        service = error.service
    if service is not None:
        protocol = protocol if protocol in service.protocols and len(service.protocols) > 1 else service.protocol
        service = service.speaking(protocol)
    form = errors.form_of(error, service, None)
    if service is None:
        response = protocols.of(protocol).error_response(None, form, request_id)
    else:
        response = service.write_error(form, request_id)
    if request is not None and request.method == "HEAD":
        response.body = b""
    return response
