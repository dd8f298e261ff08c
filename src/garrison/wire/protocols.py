"""The table of protocols: each module compiles requests and answers of its operations and writes its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from garrison.wire.errors import ErrorForm
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.wire.service import Operation, Service


class WireProtocol(Protocol):
    """What a protocol's module offers."""

    def compile_request(self, operation: Operation) -> Callable[[HttpRequest], dict[str, Any]]:
        """The decoder of an operation's requests; it raises WireFault for what it cannot read."""
        ...

    def compile_answer(self, operation: Operation) -> Callable[[Mapping[str, Any], str], HttpResponse]:
        """The encoder of an operation's answers."""
        ...

    def error_response(self, service: Service | None, form: ErrorForm, request_id: str) -> HttpResponse:
        """The response that carries an error."""
        ...


_MODULES = {
    "query": "query",
    "ec2": "ec2",
    "json": "jsonrpc",
    "rest-json": "restjson",
    "rest-xml": "restxml",
    "smithy-rpc-v2-cbor": "rpccbor",
}
NAMES = frozenset(_MODULES)
"""Protocols as botocore's models name them."""


def of(name: str) -> WireProtocol:
    """A protocol's module, imported when first used."""
    return cast("WireProtocol", import_module(f"garrison.wire.{_MODULES[name]}"))
