"""`garrison waf serve` behind real proxies, with the configurations that it prints."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from . import running
from .running import INSERTED, WORD, Application, Front, ask, until


@pytest.fixture(scope="module")
def application() -> Iterator[Application]:
    server = Application()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("serve")
    custom = {"ResponseCode": 429, "CustomResponseBodyKey": "no", "ResponseHeaders": [{"Name": "x-why", "Value": "w"}]}
    (made / "bundle.json").write_bytes(running.bundle(custom=custom))
    return made


@pytest.fixture(scope="module")
def waf(folder: Path) -> Iterator[Front]:
    arguments = ("serve", "--bundle", str(folder / "bundle.json"), "--workers", "2", "--log-file", str(folder / "log"))
    with running.garrison(folder, *arguments) as front:
        until(lambda: ask(front.port, "GET", "/healthz").status == 200)
        yield front


@pytest.fixture(scope="module")
def envoy(folder: Path, waf: Front, application: Application) -> Iterator[int]:
    with running.envoy(folder, waf.port, application.server_port) as port:
        yield port


@pytest.fixture(scope="module")
def nginx(folder: Path, waf: Front, application: Application) -> Iterator[int]:
    with running.nginx(folder, waf.port, application.server_port) as port:
        yield port


@pytest.fixture(scope="module")
def nginx_auth(folder: Path, waf: Front, application: Application) -> Iterator[int]:
    with running.nginx(folder, waf.port, application.server_port, "nginx-auth-request") as port:
        yield port


@pytest.fixture(params=["envoy", "nginx", "nginx_auth"])
def front(request: pytest.FixtureRequest) -> int:
    port: int = request.getfixturevalue(request.param)
    return port


@pytest.fixture(params=["envoy", "nginx"])
def whole_front(request: pytest.FixtureRequest) -> int:
    """A proxy that lets bodies be inspected."""
    port: int = request.getfixturevalue(request.param)
    return port


def test_what_is_allowed_reaches_the_application_with_the_headers_that_rules_insert(
    front: int, nginx: int, nginx_auth: int
) -> None:
    forged = {INSERTED: "forged", "X-Original-Address": "1.1.1.1", "X-Garrison-Address": "1.1.1.1"}
    told = ask(front, "POST", "/a%2Fb//c?d=e%20f", b"hello", forged | {"Cookie": "a=b"})
    assert (told.seen["method"], told.seen["target"], told.seen["body"]) == ("POST", "/a%2Fb//c?d=e%20f", "hello")
    assert told.header(INSERTED) == [WORD]
    assert told.header("cookie") == ["a=b"]
    own = "x-original-" if front in (nginx, nginx_auth) else "x-garrison-"
    assert not [name for name, _ in told.seen["headers"] if name.startswith(own)]


def test_a_query_is_blocked(front: int, application: Application) -> None:
    before = application.seen
    assert ask(front, "GET", "/a?b=%61ttack").status in {403, 429}
    assert ask(front, "GET", "/a", None, {"X-Word": WORD}).status in {403, 429}
    assert application.seen == before


def test_a_body_is_blocked_with_the_whole_custom_response(whole_front: int, application: Application) -> None:
    before = application.seen
    for body in (b"x=attack", iter([b"x=att", b"ack"])):
        told = ask(whole_front, "POST", "/a", body)
        assert (told.status, told.body, told.headers["x-why"]) == (429, b'{"no":1}', "w")
        assert told.headers["content-type"] == "application/json"
    assert application.seen == before


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 900_000])
def test_large_bodies_reach_the_application_whole(whole_front: int, size: int) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    assert ask(whole_front, "POST", "/a", body).seen["body"] == body.decode()
    # Only the beginning is inspected, as the rule's oversize handling says.
    assert ask(whole_front, "POST", "/a", body + b"attack").seen["body"].endswith("attack")
    assert ask(whole_front, "POST", "/a", b"attack" + body).status == 429


def test_what_the_log_tells_is_the_original_request(front: int, folder: Path) -> None:
    name = f"/told-{front}"
    ask(
        front,
        "PUT",
        name + "?a=b",
        b"hello",
        {"Host": "shop.example", "X-Forwarded-For": "9.9.9.9", "X-Original-Other": "x"},
    )
    line = until(lambda: next((each for each in (folder / "log").read_text().splitlines() if name in each), None))
    told = json.loads(line)["httpRequest"]
    assert (told["clientIp"], told["httpMethod"], told["uri"], told["args"]) == ("127.0.0.1", "PUT", name, "a=b")
    headers = [(each["name"], each["value"]) for each in told["headers"]]
    assert ("host", "shop.example") in headers
    assert ("x-forwarded-for", "9.9.9.9") in headers
    assert ("x-original-other", "x") in headers
    ours = ("x-original-a", "x-garrison", "x-envoy", "connection")
    assert not [name for name, _ in headers if name.startswith(ours)]
    assert (told["httpVersion"], told["scheme"]) == ("HTTP/1.1", "http")


def test_counts_are_told_to_prometheus_over_all_workers(waf: Front, envoy: int) -> None:
    def blocked() -> float:
        text = ask(waf.port, "GET", "/metrics").body.decode()
        line = next(each for each in text.splitlines() if 'requests_total{outcome="block"}' in each)
        return float(line.rpartition(" ")[2])

    before = blocked()
    for _ in range(6):
        ask(envoy, "GET", "/?attack")
    assert [blocked() for _ in range(4)] == [before + 6] * 4


def test_a_proxy_that_does_not_tell_who_asks_is_told_so(waf: Front) -> None:
    for target in ("/ext_authz/a", "/auth_request", "/accel/a"):
        told = ask(waf.port, "GET", target)
        assert (told.status, b"--print-config" in told.body) == (500, True)
    assert ask(waf.port, "GET", "/other").status == 404


def test_workers_that_die_or_are_replaced_lose_no_request(waf: Front, envoy: int, nginx: int) -> None:
    """kill -9 of one of two workers, then SIGHUP, under load: every request gets its answer."""
    statuses: list[int] = []
    strange: list[object] = []
    is_ended = False

    def load(port: int) -> None:
        while not is_ended:
            told = ask(port, "GET", f"/?{'attack' if len(statuses) % 2 else 'fine'}")
            statuses.append(told.status)
            if told.status not in {200, 429}:
                strange.append((port == envoy, len(statuses), told.status, told.headers.items(), told.body))

    threads = [Thread(target=load, args=(port,)) for port in (envoy, nginx, envoy, nginx)]
    for each in threads:
        each.start()
    until(lambda: len(statuses) > 50)
    first = waf.workers()
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(waf.workers()) == 2 and first[0] not in waf.workers())
    count = len(statuses)
    until(lambda: len(statuses) > count + 50)
    second = waf.workers()
    waf.process.send_signal(signal.SIGHUP)
    until(lambda: len(waf.workers()) == 2 and not set(second) & set(waf.workers()))
    is_ended = True
    for each in threads:
        each.join()
    assert not strange
    assert set(statuses) == {200, 429}


@pytest.mark.parametrize("kind", ["envoy", "nginx", "nginx-auth-request"])
@pytest.mark.parametrize(("crash", "expected"), [("open", {200}), ("closed", {403, 503})])
def test_without_garrison_requests_go_on_or_not_as_set(
    folder: Path, application: Application, kind: str, crash: str, expected: set[int]
) -> None:
    nobody = running.free_port()
    if kind == "envoy":
        front = running.envoy(folder, nobody, application.server_port, crash)
    else:
        front = running.nginx(folder, nobody, application.server_port, kind, crash)
    with front as port:
        assert ask(port, "GET", "/a?attack").status in expected
        assert ask(port, "POST", "/a", b"hello").status in expected
