"""What the agent takes from a server, and what it refuses."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.agent import files, jobs
from garrison.agent.building import build
from garrison.agent.failures import AgentError, Refused, Unreachable
from garrison.agent.server import Server, read_fingerprint

JOB = {"Kind": "SCAN", "Parts": ["INVENTORY"], "Profile": "garrison", "ScanSeconds": 600}
ANSWER = {"Host": "h", "Jobs": [JOB], "PollSeconds": 60, "ScanNow": True, "LastSequence": 3, "LastDigest": "a" * 64}


def test_orders_are_read_and_remembered() -> None:
    orders = jobs.read(ANSWER)
    assert (orders.job.parts, orders.poll_seconds, orders.scan_now, orders.last_sequence) == (
        ("INVENTORY",),
        60,
        True,
        3,
    )
    assert jobs.remembered(orders.kept()).job == orders.job
    assert jobs.remembered({"parts": ["x"]}) == jobs.Orders()


@pytest.mark.parametrize(
    "change",
    [
        {"Jobs": [JOB | {"Kind": "RUN"}]},
        {"Jobs": [JOB | {"Command": "rm -rf /"}]},
        {"Jobs": [JOB | {"Parts": ["/bin/sh"]}]},
        {"Jobs": [JOB | {"Parts": []}]},
        {"Jobs": [JOB | {"Profile": "../x"}]},
        {"Jobs": [JOB | {"ScanSeconds": 0}]},
        {"Jobs": [JOB | {"ScanSeconds": True}]},
        {"Jobs": [JOB, JOB]},
        {"Jobs": None},
        {"PollSeconds": 1},
        {"ScanNow": "yes"},
        {"LastDigest": "x"},
        {"Exec": "id"},
        {"CisScanJobs": ["../x"]},
        {"CisScanJobs": "x"},
    ],
)
def test_anything_else_refuses_the_answer_whole(change: dict[str, Any]) -> None:
    with pytest.raises(AgentError):
        jobs.read(ANSWER | change)


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that redirects, is too long, or speaks nonsense."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, body = {
            "/redirect": (302, b"{}"),
            "/long": (200, b'"' + b"x" * 300_000),
            "/deep": (200, b"[" * 100_000),
            "/list": (200, b"[]"),
            "/refused": (403, json.dumps({"__type": "a#AccessDeniedException", "message": "no"}).encode()),
        }[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def strange() -> Iterator[Server]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Server(f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()


@pytest.mark.parametrize("path", ["/redirect", "/long", "/deep", "/list"])
def test_no_redirect_is_followed_and_no_nonsense_believed(strange: Server, path: str) -> None:
    with pytest.raises(Unreachable, match="no answer to go by"):
        strange.post(path, b"{}", {})


def test_a_refusal_says_what_the_server_says(strange: Server) -> None:
    with pytest.raises(Refused, match="AccessDeniedException: no"):
        strange.post("/refused", b"{}", {})


def test_nothing_is_sent_in_clear_to_another_machine() -> None:
    for url in ("http://192.0.2.1:4600", "ftp://127.0.0.1", "https://", "https://x/path"):
        with pytest.raises(AgentError):
            Server(url)
    assert read_fingerprint("SHA256:" + ":".join(["AB"] * 32)) == "ab" * 32
    with pytest.raises(AgentError):
        read_fingerprint("ab" * 31)


def test_the_file_is_the_same_each_time() -> None:
    assert build() == build.__wrapped__()
    assert len(build()) < 500_000


def test_files_are_replaced_at_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    (tmp_path / "state.json.new").symlink_to(tmp_path / "elsewhere")
    files.write_json(path, {"a": 1})
    assert not (tmp_path / "elsewhere").exists()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("{")
    assert files.read_json(path) == {}
