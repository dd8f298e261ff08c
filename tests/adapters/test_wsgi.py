"""The WSGI middleware in front of Flask, Django and bare applications."""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.util import setup_testing_defaults

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server

from garrison.adapters.wsgi import Firewall

from .fake import Words, attached

LIMIT = 1000


def flask_application() -> Any:
    app = flask.Flask(__name__)

    @app.route("/<path:path>", methods=["GET", "POST", "HEAD"])
    def echo(path: str) -> Any:
        return {
            "path": path,
            "query": flask.request.query_string.decode(),
            "body": flask.request.get_data().decode("latin-1"),
            "headers": dict(flask.request.headers),
        }

    return app


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Words]]:
    """Flask behind the firewall on a real server; its port, and the program."""
    parts = attached(tmp_path_factory.mktemp("wsgi"), body_bytes=LIMIT)
    app = flask_application()
    app.wsgi_app = Firewall(app.wsgi_app, attached=parts)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    program = parts.follower.program
    assert isinstance(program, Words)
    yield server.server_port, program
    server.shutdown()


def ask(port: int, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    return response, response.read()


def test_what_is_allowed_reaches_flask_with_the_headers_that_rules_insert(served: tuple[int, Words]) -> None:
    port, _ = served
    response, body = ask(port, "POST", "/a?b=c", b"hello", {"X-Amzn-Waf-Seen": "forged", "X-Amzn-Waf-Other": "forged"})
    told = flask.json.loads(body)
    assert (response.status, told["path"], told["query"], told["body"]) == (200, "a", "b=c", "hello")
    assert told["headers"]["X-Amzn-Waf-Seen"] == "yes"
    assert "X-Amzn-Waf-Other" not in told["headers"]


@pytest.mark.parametrize(
    ("target", "body", "headers"),
    [("/a?q=attack", None, {}), ("/a", b"x=attack", {}), ("/a", None, {"Cookie": "a=attack"}), ("/attack", None, {})],
)
def test_what_is_blocked_is_answered_in_flasks_place(
    served: tuple[int, Words], target: str, body: bytes | None, headers: dict[str, str]
) -> None:
    response, told = ask(served[0], "POST", target, body, headers)
    assert (response.status, told) == (418, b'{"no":1}')
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Why"] == "word"
    assert response.headers.get_all("Content-Length") == ["8"]


def test_the_answer_to_head_has_no_body(served: tuple[int, Words]) -> None:
    response, told = ask(served[0], "HEAD", "/attack")
    assert (response.status, told) == (418, b"")


def test_the_engine_sees_the_target_as_it_came(served: tuple[int, Words]) -> None:
    ask(served[0], "GET", "/a%2fb/%2e%2e//c?d=%20&d=+&&e")
    assert served[1].seen[-1].target == b"/a%2fb/%2e%2e//c?d=%20&d=+&&e"


def test_a_chunked_body_is_inspected_and_passed_on(served: tuple[int, Words]) -> None:
    response, body = ask(served[0], "POST", "/a", iter([b"one", b"two"]))
    assert (response.status, flask.json.loads(body)["body"]) == (200, "onetwo")
    response, _ = ask(served[0], "POST", "/a", iter([b"att", b"ack"]))
    assert response.status == 418


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1, LIMIT * 300])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_bodies_of_any_size_reach_flask_whole(served: tuple[int, Words], size: int, is_chunked: bool) -> None:
    sent = (b"0123456789" * (size // 10 + 1))[:size]
    response, body = ask(served[0], "POST", "/a", iter([sent[:500], sent[500:]]) if is_chunked else sent)
    assert (response.status, flask.json.loads(body)["body"]) == (200, sent.decode())
    seen = served[1].seen[-1]
    assert seen.body == sent[:LIMIT]
    if size <= LIMIT:
        assert seen.body_bytes is None
    else:
        assert seen.body_bytes == (LIMIT + 1 if is_chunked else size)


def call(app: Any, **changes: Any) -> tuple[str, bytes]:
    """Call a WSGI application without a server."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ.update(changes)
    told: list[str] = []
    body = b"".join(app(environ, lambda status, headers: told.append(status)))
    return told[0], body


def echo(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


@given(st.binary(max_size=300), st.integers(0, 120), st.lists(st.integers(1, 50), max_size=20))
def test_an_application_reads_every_body_as_it_came(body: bytes, limit: int, sizes: list[int]) -> None:
    def read(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        found = [environ["wsgi.input"].read(size) for size in sizes]
        return [*found, *environ["wsgi.input"].readlines()]

    app = Firewall(read, attached=_shared(limit))
    more = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body + b"the next request")}
    if b"crash" not in body and b"never-there" not in body:
        assert call(app, **more) == ("200 OK", body)


_parts: dict[int, Any] = {}


def _shared(limit: int) -> Any:
    import tempfile

    if limit not in _parts:
        _parts[limit] = attached(Path(tempfile.mkdtemp()), "never-there", body_bytes=limit)
    return _parts[limit]


def test_a_body_whose_end_the_server_does_not_tell_is_refused(tmp_path: Path) -> None:
    app = Firewall(echo, attached=attached(tmp_path))
    assert call(app, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")[0] == "411 Length Required"
    assert call(app, CONTENT_LENGTH="-1")[0] == "400 Bad Request"
    assert call(app, CONTENT_LENGTH="9" * 50)[0] == "400 Bad Request"


def test_a_client_that_ends_early_leaves_a_short_body(tmp_path: Path) -> None:
    app = Firewall(echo, attached=attached(tmp_path))
    assert call(app, CONTENT_LENGTH="10", **{"wsgi.input": io.BytesIO(b"short")}) == ("200 OK", b"short")


def test_django_stands_behind_it_in_one_line(tmp_path: Path) -> None:
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    def view(request: Any) -> HttpResponse:
        return HttpResponse(request.POST.get("name", "") + request.META.get("HTTP_X_AMZN_WAF_SEEN", ""))

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="for a test", USE_TZ=True)
        django.setup()
    globals()["urlpatterns"] = [path("form", view)]
    application = Firewall(get_wsgi_application(), attached=attached(tmp_path))
    form = {"REQUEST_METHOD": "POST", "PATH_INFO": "/form", "CONTENT_TYPE": "application/x-www-form-urlencoded"}
    for sent, expected in ((b"name=you", ("200 OK", b"youyes")), (b"name=attack", ("418 I'm a Teapot", b'{"no":1}'))):
        more = {"CONTENT_LENGTH": str(len(sent)), "wsgi.input": io.BytesIO(sent)}
        assert call(application, **form, **more) == expected


@pytest.mark.parametrize(
    ("raw", "target", "fragment"),
    [
        ({"RAW_URI": "/a%00?b#c"}, b"/a%00?b", b"c"),
        ({"REQUEST_URI": "http://host/a?b=/"}, b"/a?b=/", None),
        ({"REQUEST_URI": "http://host?b=/"}, b"/?b=/", None),
        ({"SCRIPT_NAME": "/app", "PATH_INFO": "/a b%\xe9", "QUERY_STRING": "x=%41"}, b"/app/a%20b%25%E9?x=%41", None),
        ({"PATH_INFO": ""}, b"/", None),
    ],
)
def test_the_target_is_taken_from_where_a_server_keeps_it(
    tmp_path: Path, raw: dict[str, str], target: bytes, fragment: bytes | None
) -> None:
    parts = attached(tmp_path)
    call(Firewall(echo, attached=parts), **raw)
    program = parts.follower.program
    assert isinstance(program, Words)
    assert (program.seen[-1].target, program.seen[-1].fragment) == (target, fragment)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        ("10.0.0.1", "1.1.1.1, 2.2.2.2, 10.9.9.9", "2.2.2.2"),
        ("10.0.0.1", "[2001:db8::1]:80", "2001:db8::1"),
        ("10.0.0.1", "2.2.2.2:1234", "2.2.2.2"),
        ("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("3.3.3.3", "1.1.1.1", "3.3.3.3"),
    ],
)
def test_forwarded_addresses_count_as_far_as_proxies_are_trusted(
    tmp_path: Path, peer: str, forwarded: str, address: str
) -> None:
    parts = attached(tmp_path, trusted_proxies=("10.0.0.0/8",))
    call(Firewall(echo, attached=parts), REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    program = parts.follower.program
    assert isinstance(program, Words)
    assert program.seen[-1].address == address
