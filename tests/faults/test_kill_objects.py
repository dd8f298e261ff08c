"""`kill -9` while objects are put: each key has the old object or the new one, whole, and what was acknowledged stays."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .server import GATEWAY, SUPERVISOR, WORKER, RunningServer, wait_for

ROUNDS = (WORKER, GATEWAY, WORKER, SUPERVISOR)


def body(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * 8000


class Writer:
    """Puts one key again and again, and knows what was acknowledged."""

    def __init__(self, server: RunningServer, key: str) -> None:
        self._server, self._key = server, key
        self.acknowledged = self.attempted = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.attempted += 1
            with suppress(BotoCoreError, ClientError):
                self._server.client("s3").put_object(Bucket="killed", Key=self._key, Body=body(self.attempted))
                self.acknowledged = self.attempted

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def test_an_object_is_the_old_one_or_the_new_one_whoever_is_killed(server: RunningServer) -> None:
    server.client("s3").create_bucket(Bucket="killed")
    writers = [Writer(server, f"key-{number}") for number in range(3)]
    try:
        for kind in ROUNDS[: int(os.environ.get("GARRISON_FAULT_ROUNDS", "4"))]:
            seen = [writer.acknowledged for writer in writers]
            wait_for(
                lambda seen=seen: all(w.acknowledged > n + 2 for w, n in zip(writers, seen, strict=True)),
                "objects are put again",
            )
            server.kill(kind)
    finally:
        for writer in writers:
            writer.stop()
    for number, writer in enumerate(writers):
        content = wait_for(lambda number=number: _read(server, f"key-{number}"), "the server comes back")
        possible = {body(each) for each in range(writer.acknowledged, writer.attempted + 1)}
        assert content in possible, "what was acknowledged stays, and every object is whole"


def _read(server: RunningServer, key: str) -> Any:
    with suppress(BotoCoreError, ClientError):
        return server.client("s3").get_object(Bucket="killed", Key=key)["Body"].read()
    return None
