"""Hosts count together through a real Redis, and each by itself while it is away."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event as EventOfProcesses
from pathlib import Path

import pytest

from garrison.adapters.counters import NodeCounters, SharedCounters
from garrison.adapters.counters.stream import STREAM
from garrison.waf.rates import MemoryCounters

REDIS = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(REDIS is None, reason="redis-server is not installed")


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[None]:
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen([*command, "--loglevel", "warning"]) as process:
        try:
            eventually(lambda: is_open(port))
            yield
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def eventually(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    with redis_at(port, tmp_path_factory.mktemp("redis")):
        yield port


def host(folder: Path, port: int) -> NodeCounters:
    return NodeCounters(SharedCounters(folder), f"redis://127.0.0.1:{port}", folder)


def hit_for_a_while(
    folder: Path, port: int, rate: int, seconds: float, made: Synchronized[int], begin: EventOfProcesses
) -> None:
    begin.wait(60)
    counters, began = host(folder, port), time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        with made.get_lock():
            made.value += 1
        counters.hit("rule", b"192.0.2.1", 60, time.time())
    counters.close()


def test_two_hosts_of_two_processes_each_know_of_all_requests_within_five_per_cent(
    tmp_path: Path, redis_port: int
) -> None:
    """A minute's requests came evenly to both hosts, and go on coming: each host's count against the exact one."""
    context = get_context("fork")
    made, begin = context.Value("i", 0), context.Event()
    workers = [
        context.Process(target=hit_for_a_while, args=(tmp_path / name, redis_port, 50, 2.0, made, begin))
        for name in ("a", "a", "b", "b")
    ]
    for worker in workers:
        worker.start()
    a, b = (host(tmp_path / name, redis_port) for name in "ab")
    now = time.time()
    earlier = [now - 60 + number * 60 / 12_000 for number in range(12_000)]
    for number, at in enumerate(earlier):
        (a, b)[number % 2].hit("rule", b"192.0.2.1", 60, at)
    begin.set()
    eventually(lambda: made.value > 0)
    errors = []
    while any(worker.is_alive() for worker in workers):
        for counters in (a, b):
            at, live = time.time(), made.value
            (count,) = counters.over("rule", 1, 60, at)
            exact = live + len(earlier) - bisect_right(earlier, at - 60)
            errors.append(abs(count.requests - exact) / exact)
        time.sleep(0.1)
    assert len(errors) > 10 and max(errors) <= 0.05
    assert made.value == 400
    a.close(), b.close()


class Stuck:
    """A Redis that takes a connection and never answers."""

    def __init__(self, url: str) -> None:
        pass

    def tell(self, name: str, counted: object) -> None:
        time.sleep(3600)

    def listen(self, after: str) -> list[object]:
        time.sleep(3600)
        return []

    def close(self) -> None:
        pass


def test_no_request_waits_for_a_redis_that_does_not_answer(tmp_path: Path) -> None:
    counters = NodeCounters(MemoryCounters(), "redis://127.0.0.1:1", tmp_path, link=Stuck)
    assert [counters.hit("rule", b"k", 60, 1e9) for _ in range(1_000)][-1] == 1_000


def test_without_redis_a_host_counts_by_itself_and_tells_the_others_later(tmp_path: Path) -> None:
    port = free_port()
    a, b = (NodeCounters(MemoryCounters(), f"redis://127.0.0.1:{port}", tmp_path / name) for name in "ab")
    now = time.time()
    assert [a.hit("rule", b"k", 600, now) for _ in range(100)][-1] == 100
    b.hit("rule", b"k", 600, now)
    eventually(lambda: a.is_away and b.is_away)
    with redis_at(port, tmp_path):
        eventually(lambda: b.over("rule", 100, 600, now) != [] and a.over("rule", 100, 600, now) != [])
        assert b.over("rule", 1, 600, now)[0].requests == 101
        eventually(lambda: not a.is_away and not b.is_away)
    a.close(), b.close()


def test_a_host_that_starts_learns_what_was_counted_before_once(tmp_path: Path, redis_port: int) -> None:
    a, now = host(tmp_path / "a", redis_port), time.time()
    for _ in range(50):
        a.hit("late", b"k", 600, now)
    a.close()
    for _ in range(2):
        b = host(tmp_path / "b", redis_port)
        b.hit("late", b"k", 600, now)
        eventually(lambda b=b: b.over("late", 49, 600, now) != [])
        b.close()
    assert b.over("late", 49, 600, now)[0].requests == 52


def test_what_is_no_batch_is_passed_over(tmp_path: Path, redis_port: int) -> None:
    import redis

    client, now = redis.Redis(port=redis_port), time.time()
    for fields in ({"x": "y"}, {"host": b"\xff", "counted": b"\xc1"}, {"host": "z", "counted": b"\x91\x91\x01"}):
        client.xadd(STREAM, fields)
    a, b = host(tmp_path / "a", redis_port), host(tmp_path / "b", redis_port)
    a.hit("odd", b"k", 600, now)
    b.hit("odd", b"k", 600, now)
    eventually(lambda: a.over("odd", 1, 600, now) != [] and b.over("odd", 1, 600, now) != [])
    a.close(), b.close()
