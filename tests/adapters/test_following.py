"""A web ACL is followed: changes are live at once, bad ones change nothing, and the last good one outlives its source."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from garrison.adapters.attached import attach
from garrison.adapters.follower import Follower
from garrison.adapters.guard import Guard
from garrison.adapters.kept import Kept
from garrison.adapters.options import Options
from garrison.adapters.sources import Away
from garrison.errors import OperatorError
from garrison.waf.request import Request

from .fake import Words, attached, bundle_of


class Wire:
    """A source of bundles that tests set."""

    name = "https://control.example"
    is_near = False

    def __init__(self, bundle: bytes | None) -> None:
        self.bundle = bundle
        self.asked: list[str] = []
        self.forgotten = 0

    def fetch(self, known: str) -> bytes | None:
        self.asked.append(known)
        if self.bundle is None:
            raise Away("nobody is there")
        return None if known and known.encode() in self.bundle else self.bundle

    def forget(self) -> None:
        self.forgotten += 1


def until(done: Callable[[], Any], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def options(folder: Path, **settings: Any) -> Options:
    return Options(web_acl="shop", state=folder / "state", **settings)


def follow(wire: Wire, folder: Path) -> Follower:
    return Follower(wire, Words, Kept(options(folder), wire.name), poll_seconds=0.01)


def word(follower: Follower) -> bytes | None:
    program = follower.program
    assert program is None or isinstance(program, Words)
    return program.word if program else None


def test_a_change_is_taken_over_and_an_unchanged_one_is_asked_for_by_its_digest(tmp_path: Path) -> None:
    wire = Wire(bundle_of("first"))
    follower = follow(wire, tmp_path)
    first = follower.program
    assert word(follower) == b"first"
    until(lambda: len(wire.asked) > 5)
    assert wire.asked[-1] == "digest-first"
    assert follower.program is first
    wire.bundle = bundle_of("second")
    until(lambda: word(follower) == b"second")
    follower.close()


@pytest.mark.parametrize("bad", [b"no json", b'{"web_acl": 3}', bundle_of("uncompilable")])
def test_what_does_not_compile_changes_nothing_and_is_not_tried_at_each_poll(
    tmp_path: Path, bad: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(bundle_of("first"))
    follower = follow(wire, tmp_path)
    assert word(follower) == b"first"
    wire.bundle = bad
    asked = len(wire.asked)
    until(lambda: len(wire.asked) > asked + 10)
    assert word(follower) == b"first"
    assert [each.getMessage() for each in caplog.records].count("web_acl_refused") == 1
    wire.bundle = bundle_of("second")
    until(lambda: word(follower) == b"second")
    follower.close()


def test_the_last_good_one_is_kept_on_the_disk_for_its_owner_only_and_used_at_a_start(tmp_path: Path) -> None:
    wire = Wire(bundle_of("first"))
    follow(wire, tmp_path).close()
    (kept,) = (tmp_path / "state").glob("shop-*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    away = Wire(None)
    follower = follow(away, tmp_path)
    assert word(follower) == b"first"
    away.bundle = bundle_of("second")
    until(lambda: word(follower) == b"second")
    until(lambda: b"second" in kept.read_bytes())
    follower.close()


def test_a_kept_one_that_was_damaged_is_not_what_a_start_fails_of(tmp_path: Path) -> None:
    follow(Wire(bundle_of("first")), tmp_path).close()
    (kept,) = (tmp_path / "state").glob("shop-*.json")
    kept.write_bytes(kept.read_bytes()[:20])
    assert word(follow(Wire(bundle_of("second")), tmp_path)) == b"second"


def test_a_folder_that_takes_nothing_costs_only_what_would_be_kept(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    assert word(follow(Wire(bundle_of("first")), tmp_path)) == b"first"


def test_a_forked_worker_follows_by_itself(tmp_path: Path) -> None:
    wire = Wire(bundle_of("first"))
    follower = follow(wire, tmp_path)
    assert word(follower) == b"first"
    pid = os.fork()
    if not pid:
        try:
            wire.bundle = bundle_of("second")
            assert wire.forgotten > 1
            until(lambda: word(follower) == b"second")
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert word(follower) == b"first"
    follower.close()


def test_no_request_is_lost_or_undecided_while_the_web_acl_changes(tmp_path: Path) -> None:
    wire = Wire(bundle_of("attack-0"))
    follower = follow(wire, tmp_path)
    guard = Guard(options(tmp_path), follower, attached(tmp_path).keeping)
    ended = False
    statuses: list[int | None] = []

    def load() -> None:
        while not ended:
            verdict = guard.check(Request(b"GET", b"/attack-"))
            statuses.append(verdict.answer.status if verdict.answer else None)
            time.sleep(0)

    threads = [Thread(target=load) for _ in range(3)]
    for each in threads:
        each.start()
    for number in range(1, 20):
        wire.bundle = bundle_of(f"attack-{number}")
        until(lambda number=number: word(follower) == f"attack-{number}".encode())
    ended = True
    for each in threads:
        each.join()
    assert set(statuses) == {None}
    follower.close()


def test_a_file_is_read_anew_when_it_changes(tmp_path: Path) -> None:
    parts = attached(tmp_path, "first")
    follower = parts.follower
    assert word(follower) == b"first"
    (tmp_path / "new").write_bytes(bundle_of("second"))
    (tmp_path / "new").replace(tmp_path / "bundle.json")
    until(lambda: word(follower) == b"second")
    until(lambda: any(b"second" in each.read_bytes() for each in (tmp_path / "state").glob("*.json")))
    (tmp_path / "bundle.json").unlink()
    assert word(attach({"bundle": tmp_path / "bundle.json", "state": tmp_path / "state"}, Words).follower) == b"second"
    follower.close()


@pytest.mark.parametrize(
    ("cause", "target", "status"), [("no_acl", b"/", 503), ("crash", b"/crash", 503), ("oversize", b"/", 413)]
)
@pytest.mark.parametrize("fail", ["open", "closed"])
def test_what_cannot_be_decided_about_goes_on_or_not_as_set(
    tmp_path: Path, cause: str, target: bytes, status: int, fail: str
) -> None:
    settings: Any = {cause: fail}
    follower = follow(Wire(None if cause == "no_acl" else bundle_of("attack")), tmp_path)
    parts = attached(tmp_path)
    guard = Guard(options(tmp_path, **settings), follower, parts.keeping)
    body_bytes = 100_000 if cause == "oversize" else None
    verdict = guard.check(Request(b"GET", target, body=b"beginning", body_bytes=body_bytes))
    follower.close()
    assert (verdict.answer.status if verdict.answer else None) == (None if fail == "open" else status)
    if not (cause == "oversize" and fail == "open"):
        assert parts.counting.outcomes == {f"{cause}_{fail}": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"web_acl": "a", "bundle": "b"},
        {"web_acl": "a", "crash": "maybe"},
        {"web_acl": "a", "scope": "EARTH"},
        {"web_acl": "a", "body_bytes": -1},
        {"web_acl": "a", "trusted_proxies": ("nonsense",)},
        {"web_acl": "a", "endpoint_url": "http://198.51.100.1"},
        {"web_acl": "a", "endpoint_url": "ftp://localhost"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OperatorError):
        attach(wrong, Words)


def test_a_setting_that_is_none_is_named() -> None:
    with pytest.raises(TypeError, match="fail_open"):
        attach({"web_acl": "a", "fail_open": True}, Words)
