"""The port of the host's own software: both endpoints, for requests that name this host and come from no browser's page."""

from __future__ import annotations

import ipaddress
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

from garrison.credentials.container import CONTAINER_PATH, ContainerEndpoint
from garrison.credentials.metadata import MetadataService, Reply

DEFAULT_PORT = 9911
DEFAULT_HOP_LIMIT = 1
LARGEST_HOP_LIMIT = 64
"""EC2 API reference, ModifyInstanceMetadataOptions, `HttpPutResponseHopLimit`: 1 to 64."""
_MOST_AT_ONCE = 64
_SECONDS = 5.0
_USUAL_HOPS = 64
_KNOWN_NAMES = frozenset({"localhost", "169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254"})
"""What SDKs call these endpoints by, besides the bound address."""


class CredentialServer(ThreadingHTTPServer):
    """Serves the host's credentials on one address."""

    daemon_threads = True

    def __init__(
        self, address: str, port: int, metadata: MetadataService, container: ContainerEndpoint, *, hop_limit: int
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._metadata = metadata
        self._container = container
        self._hop_limit = hop_limit
        self._names = {address, *_KNOWN_NAMES}
        self._room = BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__((address, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, as long as there is room."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The thread of one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def reply(self, handler: BaseHTTPRequestHandler) -> Reply:
        """What to answer to a request."""
        if not self._is_named(handler.headers.get("host", "")):
            # A browser that was told another name for this address (DNS rebinding) gets nothing.
            return Reply(421, "Misdirected Request")
        path = urlsplit(handler.path).path
        if path.rstrip("/") == CONTAINER_PATH:
            return self._container.answer(handler.command, handler.headers.get)
        return self._metadata.answer(handler.command, path, handler.headers.get)

    def limit_hops(self, connection: socket.socket, reply: Reply) -> None:
        """Let a reply travel no further than it may (EC2's hop limit is the IP packet's time to live)."""
        hops = self._hop_limit if reply.is_limited else _USUAL_HOPS
        if self.address_family == socket.AF_INET6:
            connection.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops)
        else:
            connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, hops)

    def _is_named(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        try:
            return name in self._names or ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


class _Handler(BaseHTTPRequestHandler):
    server: CredentialServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "EC2ws", ""
    timeout = _SECONDS

    def _answer(self) -> None:
        reply = self.server.reply(self)
        content = reply.body.encode()
        # A body that nobody reads would be taken for the next request.
        has_body = self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers
        self.close_connection = self.close_connection or has_body
        self.server.limit_hops(self.connection, reply)
        self.send_response(reply.status)
        for name, value in (
            ("content-type", reply.content_type),
            ("content-length", str(len(content))),
            ("cache-control", "no-store"),
            *reply.headers,
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _answer

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: paths and headers hold what only their sender may know."""
