"""A process that dies again and again is started ever more slowly, and comes back once it can."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time

from botocore.exceptions import BotoCoreError

from garrison.runtime.processes import Child

from .server import BACKGROUND, GATEWAY, RunningServer, check_records, is_alive, wait_for


def test_a_process_that_ends_at_once_is_started_ever_more_slowly() -> None:
    child = Child("short-lived", [sys.executable, "-S", "-c", ""], dict(os.environ))
    child.start()
    began_at = time.monotonic()
    started_at = [began_at]
    while child.restarts < 5:
        child.tend()
        if child.restarts == len(started_at):
            started_at.append(time.monotonic())
        time.sleep(0.005)
    child.stop(5)
    waits = [after - before for before, after in itertools.pairwise(started_at)]
    assert waits[-1] > 2 * waits[0]
    assert waits[-1] > 1.0


def test_a_process_that_ended_is_ended_only_once() -> None:
    child = Child("ended", [sys.executable, "-S", "-c", ""], dict(os.environ))
    child.start()
    assert child.process is not None
    child.process.wait()
    child.stop(1)
    assert child.restarts == 0


def test_a_gateway_that_cannot_start_comes_back_once_it_can(server: RunningServer) -> None:
    client = server.client("iam")
    request = client.create_user(UserName="before")["ResponseMetadata"]["RequestId"]
    key, aside = server.home / "root.key", server.home / "root.key.aside"
    key.rename(aside)
    for pid in server.processes()[GATEWAY]:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: "root.key" in server.log(), "the cause is not told")
    assert server.process.poll() is None
    aside.rename(key)
    wait_for(server.is_whole, f"it does not come back: {server.log()}")
    client = server.client("iam")
    assert client.get_user(UserName="before")
    check_records(server, [request])


def test_calls_go_on_while_the_background_process_is_away(server: RunningServer) -> None:
    (background,) = server.processes()[BACKGROUND]
    os.kill(background, signal.SIGSTOP)
    iam = server.client("iam")
    answered = [iam.create_user(UserName=f"u{n}")["ResponseMetadata"]["RequestId"] for n in range(20)]
    answered += [iam.list_users()["ResponseMetadata"]["RequestId"] for _ in range(20)]
    os.kill(background, signal.SIGKILL)
    wait_for(server.is_whole, "the background process does not come back")
    check_records(server, answered)


def test_an_asked_for_end_answers_what_is_under_way_and_leaves_no_process(server: RunningServer) -> None:
    iam = server.client("iam")
    answered = [iam.create_user(UserName=f"u{n}")["ResponseMetadata"]["RequestId"] for n in range(5)]
    everything = server.all_processes()
    server.stop()
    assert server.process.returncode == 0
    assert not any(map(is_alive, everything))
    assert not list((server.home / "spool").glob("*.damaged"))
    try:
        iam.list_users()
    except BotoCoreError:
        pass
    else:
        raise AssertionError("it still answers")
    server.start()
    check_records(server, answered)
