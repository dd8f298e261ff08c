"""A real server for a fault test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from .server import RunningServer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that keeps what it acknowledges on the disk."""
    made = RunningServer(tmp_path / "home", free_port())
    made.start()
    yield made
    made.stop()
