"""A real server in processes of its own, that a fault test may hurt: who they are, how to kill them, what they kept."""

from __future__ import annotations

import configparser
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from garrison.clock import SystemClock
from garrison.testing.clients import Credentials, make_client
from garrison.testing.recorded import Recorded

PATIENCE_SECONDS = 180.0
GATEWAY, WORKER, BACKGROUND, SUPERVISOR = "gateway", "worker", "background", "supervisor"


def wait_for(what: Callable[[], Any], why: str) -> Any:
    """Wait until something is so; what it gives."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline, why
        time.sleep(0.01)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    """The running children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state not in "ZX":
                found.append(int(entry.name))
    return found


def plain_environment() -> dict[str, str]:
    """The environment without what is meant for the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GARRISON_")}


class RunningServer:
    """`garrison up` on a home, with two workers."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.endpoint = ""
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with (self.home.parent / f"{self.home.name}.log").open("ab") as log:
            command = [sys.executable, "-m", "garrison", "up", "--home", str(self.home), "--port", str(self.port)]
            self.process = subprocess.Popen(
                [*command, "--workers", "2", "--json"],
                stdout=subprocess.PIPE,
                stderr=log,
                env=plain_environment(),
                start_new_session=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log()
        self.endpoint = json.loads(line)["endpoint"]

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def log(self) -> str:
        """What it has said."""
        return (self.home.parent / f"{self.home.name}.log").read_text(errors="replace")[-6000:]

    def processes(self) -> dict[str, list[int]]:
        """Its processes by kind."""
        found: dict[str, list[int]] = {SUPERVISOR: [self.process.pid], GATEWAY: [], WORKER: [], BACKGROUND: []}
        for pid in children_of(self.process.pid):
            with suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if b"garrison.gateway.serve" in command:
                    found[GATEWAY].append(pid)
                    found[WORKER] += children_of(pid)
                elif b"garrison.gateway.background" in command:
                    found[BACKGROUND].append(pid)
        return found

    def all_processes(self) -> list[int]:
        """Everything that belongs to it."""
        return [pid for pids in self.processes().values() for pid in pids]

    def is_whole(self) -> bool:
        """Whether every process is there and calls are answered."""
        found = self.processes()
        if [len(found[kind]) for kind in (GATEWAY, WORKER, BACKGROUND)] != [1, 2, 1]:
            return False
        try:
            self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError):
            return False
        return True

    def kill(self, kind: str) -> None:
        """`kill -9` of one process of a kind, and wait until all is whole again by itself; a supervisor is started anew."""
        found = wait_for(lambda: self.processes()[kind], f"no {kind} runs: {self.log()}")
        everything = self.all_processes()
        os.kill(found[0], signal.SIGKILL)
        if kind == SUPERVISOR:
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            wait_for(lambda: not any(map(is_alive, everything)), "its processes outlive the supervisor")
            self.start()
        else:
            wait_for(lambda: not is_alive(found[0]), f"{kind} cannot be killed")
        wait_for(self.is_whole, f"not whole after the death of {kind}: {self.log()}")

    def client(self, service: str) -> Any:
        """A client for the administrator; make one for each thread."""
        files = configparser.ConfigParser(interpolation=None)
        files.read(self.home / "credentials")
        keys = files["garrison"]
        credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
        return make_client(service, self.endpoint, "us-east-1", SystemClock(), credentials)


def check_records(server: RunningServer, answered: list[str]) -> list[dict[str, Any]]:
    """Every answered call is recorded once, no change is without its event, no event of a change without the change."""
    records = Recorded(server.home).records()
    assert len({record["eventID"] for record in records}) == len(records)
    counts = Counter(record["requestID"] for record in records)
    assert {request: counts[request] for request in answered if counts[request] != 1} == {}
    recorded = {record["eventID"] for record in records if "errorCode" not in record and not record["readOnly"]}
    with closing(sqlite3.connect(f"file:{server.home / 'store.db'}?mode=ro", uri=True)) as store:
        rows = store.execute("SELECT DISTINCT event_id, type FROM item_history").fetchall()
    changed = {event_id for event_id, _ in rows if event_id is not None}
    unexplained = {kind for event_id, kind in rows if event_id is None}
    assert unexplained <= {"AWS::IAM::Account"}, "changes that name no event"
    assert sorted(changed - recorded) == [], "changes without their events"
    assert sorted(recorded - changed) == [], "events without their changes"
    return records


def check_lookup(server: RunningServer, records: list[dict[str, Any]]) -> None:
    """LookupEvents tells of every record, once."""
    Recorded(server.home).wait_for_index()
    pages = server.client("cloudtrail").get_paginator("lookup_events").paginate()
    found = Counter(event["EventId"] for page in pages for event in page["Events"])
    assert [event_id for event_id, times in found.items() if times > 1] == []
    assert {record["eventID"] for record in records} <= set(found)
