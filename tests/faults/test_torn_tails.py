"""What a crash in the middle of a write leaves at the end of a file is taken off, and nothing before it is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from garrison.testing.recorded import Recorded

from .server import RunningServer, check_lookup, check_records, is_alive, wait_for


def last_segment(home: Path) -> Path:
    return max((home / "journal").glob("*.journal"))


def calls(server: RunningServer, prefix: str) -> list[str]:
    """Some changes and some reading calls; their request ids."""
    iam = server.client("iam")
    answers = []
    for number in range(6):
        answers.append(iam.create_user(UserName=f"{prefix}-{number}"))
        answers.append(iam.list_users(MaxItems=1))
    return [answer["ResponseMetadata"]["RequestId"] for answer in answers]


def test_a_torn_end_of_the_journal_is_repaired_at_the_next_start(server: RunningServer) -> None:
    answered = calls(server, "before")
    for number, torn in enumerate(("half a batch", "a piece of a header", "zeros", "noise")):
        Recorded(server.home).wait_for_index()
        server.stop()
        segment = last_segment(server.home)
        whole = segment.read_bytes()
        begin = whole.rindex(b"GJF1")
        tail = {
            "half a batch": whole[begin : begin + (len(whole) - begin) // 2],
            "a piece of a header": whole[begin : begin + 7],
            "zeros": bytes(5000),
            "noise": bytes(range(1, 200)),
        }[torn]
        with segment.open("ab") as file:
            file.write(tail)

        server.start()
        answered += calls(server, f"after-{number}")
        records = check_records(server, answered)
        check_lookup(server, records)


def test_a_torn_end_of_a_spool_is_left_out_and_what_came_before_it_is_kept(server: RunningServer) -> None:
    answered = calls(server, "before")
    Recorded(server.home).wait_for_index()
    (background,) = server.processes()["background"]
    os.kill(background, signal.SIGSTOP)  # what comes now waits in spools and outbox
    os.kill(server.process.pid, signal.SIGSTOP)  # and nobody starts it anew
    answered += calls(server, "waiting")
    everything = server.all_processes()
    for pid in everything:
        os.kill(pid, signal.SIGKILL)
    server.process.wait()
    assert server.process.stdout is not None
    server.process.stdout.close()
    wait_for(lambda: not any(map(is_alive, everything)), "processes that cannot be killed")
    spools = [path for path in (server.home / "spool").glob("*.spool") if path.stat().st_size > 100]
    assert spools
    for spool in spools:
        with spool.open("ab") as file:
            file.write(spool.read_bytes()[16:60])

    server.start()
    answered += calls(server, "after")
    check_lookup(server, check_records(server, answered))
