"""A crash between sending a change to an upstream and hearing of it: one event says that the outcome is unknown."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from garrison.clock import ShiftedClock
from garrison.testing.recorded import Recorded

from .conftest import free_port
from .server import WORKER, RunningServer, is_alive, wait_for


def test_a_change_whose_outcome_nobody_heard_is_recorded_as_unknown(tmp_path: Path) -> None:
    """The upstream takes the request and says nothing; the worker that waits for it is killed."""
    silent = socket.create_server(("127.0.0.1", 0))
    (tmp_path / "upstream").write_text("[default]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n")
    (tmp_path / "upstream").chmod(0o600)
    server = RunningServer(tmp_path / "home", free_port())
    server.start()
    server.stop()
    with (server.home / "garrison.toml").open("a") as file:
        file.write("settable_clock = true\n[upstreams.ec2]\n")
        file.write(
            f'endpoint = "http://127.0.0.1:{silent.getsockname()[1]}"\ncredentials_file = "{tmp_path}/upstream"\n'
        )
    server.start()
    try:
        ec2 = server.client("ec2")
        calling = threading.Thread(target=_call, args=(ec2,), daemon=True)
        calling.start()
        taken, _ = silent.accept()
        assert taken.recv(65536)
        workers = [pid for pid in server.processes()[WORKER] if is_alive(pid)]
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        wait_for(server.is_whole, "not whole again")
        assert [record for record in Recorded(server.home).records() if record["eventName"] == "CreateVpc"] == []
        ShiftedClock(server.home / "clock").shift(timedelta(minutes=6))
        [event] = wait_for(
            lambda: [record for record in Recorded(server.home).records() if record["eventName"] == "CreateVpc"],
            "the outcome was never told",
        )
        assert event["errorCode"] == "Client.OutcomeUnknown"
        assert event["requestParameters"]["cidrBlock"] == "10.9.0.0/16"
        assert event["userIdentity"]["userName"] == "administrator"
    finally:
        server.stop()
        silent.close()


def _call(ec2: Any) -> None:
    with suppress(BotoCoreError, ClientError):
        ec2.create_vpc(CidrBlock="10.9.0.0/16")
