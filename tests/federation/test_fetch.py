"""Fetching from identity providers that are not listed, not what they say, or hostile."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from garrison.errors import OperatorError
from garrison.federation import Fetcher, ProviderUnreachable, Verification
from garrison.setting_sources import load_settings

from .certificates import Authority

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server on this machine that answers each request so; gives `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plainly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"{}")


def test_plain_http_is_for_listed_loopback_ports_alone() -> None:
    with serving(plainly) as place:
        assert Fetcher([place]).get(f"http://{place}/x").body == b"{}"
        for listed in ([], ["127.0.0.1"], ["127.0.0.1:1"], [f"localhost:{place.partition(':')[2]}"]):
            with pytest.raises(ProviderUnreachable, match="identity_provider_hosts"):
                Fetcher(listed).get(f"http://{place}/x")
    with pytest.raises(ProviderUnreachable, match="identity_provider_hosts"):
        Fetcher(["example.com:80", "example.com"]).get("http://example.com/x")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://idp.example.com/",
        "gopher://idp.example.com/",
        "https://user:pass@idp.example.com/",
        "https://idp.example.com@evil.example.com/",
        "https://idp.example.com#@evil.example.com/",
        "https://idp.example.com\\@evil.example.com/",
        "https://idp.example.com:99999/",
        "https://idp.example.com:0/",
        "https://idp.example.com/a b",
        "https://idp.example.com/\r\nHost:evil",
        "https://idp.example.com/\tx",
        "https://ⅰdp.example.com/",
        "https:///x",
        "//idp.example.com/",
        "",
        "https://[::1",
    ],
)
def test_what_is_not_plainly_a_url_is_not_fetched(url: str) -> None:
    fetcher = Fetcher(["idp.example.com"])
    assert not fetcher.allows(url)
    with pytest.raises(ProviderUnreachable):
        fetcher.get(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/",
        "https://idp.example.com.evil.example.com/",
        "https://idp.example.com:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://sub.idp.example.com/",
    ],
)
def test_a_host_that_is_not_listed_is_not_called(url: str) -> None:
    assert not Fetcher(["idp.example.com"]).allows(url)


def test_listed_hosts_compare_without_case_and_final_dot() -> None:
    assert Fetcher(["IdP.example.com"]).allows("https://idp.EXAMPLE.com./x")
    assert Fetcher(["idp.example.com:8443"]).allows("https://idp.example.com:8443/x?y=z")


def test_an_address_of_six_is_listed_as_urls_write_it() -> None:
    assert Fetcher(["[::1]:9400"]).allows("http://[::1]:9400/x")
    assert Fetcher(["[2001:db8::1]"]).allows("https://[2001:db8::1]/x")
    assert not Fetcher(["::1:9400"]).allows("http://[::1]:9400/x")


def test_the_setting_takes_hosts_and_not_urls(tmp_path: Path) -> None:
    file = tmp_path / "garrison.toml"
    for hosts in (["idp.example.com", "127.0.0.1:9400", "[::1]:9400"], []):
        file.write_text(f'account_id = "123456789012"\nidentity_provider_hosts = {json.dumps(hosts)}\n')
        assert load_settings(tmp_path).identity_provider_hosts == tuple(hosts)
    for hosts in (["https://idp.example.com"], ["idp.example.com/x"], ["*"], [""], ["a b"]):
        file.write_text(f'account_id = "123456789012"\nidentity_provider_hosts = {json.dumps(hosts)}\n')
        with pytest.raises(OperatorError):
            load_settings(tmp_path)


def test_redirects_are_not_followed() -> None:
    asked: list[str] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        handler.send_response(302)
        handler.send_header("Location", "/other")
        handler.end_headers()

    with serving(elsewhere) as place, pytest.raises(ProviderUnreachable, match="302"):
        Fetcher([place]).get(f"http://{place}/first")
    assert asked == ["/first"]


def test_a_document_without_end_is_cut_off() -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            pass

    with serving(endless) as place, pytest.raises(ProviderUnreachable, match="too large"):
        Fetcher([place]).get(f"http://{place}/")


def test_compressed_answers_are_not_unpacked() -> None:
    def compressed(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()

    with serving(compressed) as place, pytest.raises(ProviderUnreachable):
        Fetcher([place]).get(f"http://{place}/")


def test_an_answer_that_drips_in_is_ended_at_the_deadline() -> None:
    stop = threading.Event()

    def dripping(handler: BaseHTTPRequestHandler) -> None:
        try:
            while not stop.is_set():
                handler.wfile.write(b"H")
                stop.wait(0.05)
        except OSError:
            pass

    with serving(dripping) as place:
        began = time.monotonic()
        with pytest.raises(ProviderUnreachable):
            Fetcher([place], seconds=0.3).get(f"http://{place}/")
        stop.set()
        assert time.monotonic() - began < 60


def test_a_silent_port_and_a_closed_one_are_unreachable_without_saying_more() -> None:
    with pytest.raises(ProviderUnreachable) as caught:
        Fetcher(["127.0.0.1:1"]).get("http://127.0.0.1:1/")
    assert caught.value.message == "The identity provider could not be reached"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_a_thumbprint_vouches_for_a_server_that_the_system_does_not_know(authority: Authority) -> None:
    with serving(plainly, authority.context) as place:
        fetcher = Fetcher([place])
        for good in (authority.thumbprint, authority.thumbprint.upper(), authority.leaf_thumbprint):
            fetched = fetcher.get(f"https://{place}/", ("0" * 40, good))
            assert fetched == (b"{}", Verification.THUMBPRINT)
        for wrong in ((), ("0" * 40,)):
            with pytest.raises(ProviderUnreachable, match="thumbprint"):
                fetcher.get(f"https://{place}/", wrong)
        assert fetcher.topmost_thumbprint(f"https://{place}/") == authority.thumbprint


def test_a_pinned_server_must_still_bear_the_right_name(tmp_path: Path) -> None:
    elsewhere = Authority(tmp_path, "192.0.2.1")
    with serving(plainly, elsewhere.context) as place, pytest.raises(ProviderUnreachable, match="thumbprint"):
        Fetcher([place]).get(f"https://{place}/", (elsewhere.thumbprint,))


def test_a_certificate_that_is_only_shown_vouches_for_nothing(tmp_path: Path) -> None:
    """The pinned root is sent along by a server whose own certificate it never signed."""
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    trusted, hostile = (Authority(folder) for folder in folders)
    pem = serialization.Encoding.PEM
    mixed = tmp_path / "mixed.pem"
    mixed.write_bytes(hostile.leaf.public_bytes(pem) + trusted.root.public_bytes(pem))
    hostile.context.load_cert_chain(mixed, folders[1] / "key.pem")
    with serving(plainly, hostile.context) as place, pytest.raises(ProviderUnreachable, match="thumbprint"):
        Fetcher([place]).get(f"https://{place}/", (trusted.thumbprint,))
