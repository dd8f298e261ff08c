"""What keeping an event costs: append with and without fsync, group commit, sequencing, indexing, and looking up."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from garrison.clock import SystemClock
from garrison.journal import ConsumerRunner, FsyncMode, GroupFlusher, Journal, RecentEvents, Sequencer, Spool

EVENTS = 20_000
ACCOUNT = "111111111111"


class Alone:
    """An empty outbox, and a lease without a rival."""

    def outbox_read(self, limit: int, after: int = 0) -> Sequence[Any]:
        return ()

    def outbox_acknowledge(self, up_to_seq: int) -> None:
        raise AssertionError("nothing was read")

    def acquire_lease(self, name: str, holder: str, ttl: timedelta) -> str | None:
        return holder

    def renew_lease(self, lease: str, ttl: timedelta) -> str | None:
        return lease

    def release_lease(self, lease: str) -> None:
        return None


def event(number: int) -> tuple[str, bytes]:
    """A record of about 1.3 KB, as a listing call makes it."""
    user = f"user{number % 97}"
    identity = {"type": "IAMUser", "userName": user, "accessKeyId": f"AKIA{number % 97:016d}", "accountId": ACCOUNT}
    name = str(uuid.uuid4())
    record = {
        "eventVersion": "1.11",
        "eventID": name,
        "eventTime": f"2026-11-24T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "eventName": "ListUsers",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": "us-east-1",
        "readOnly": True,
        "recipientAccountId": ACCOUNT,
        "userIdentity": identity,
        "resources": [{"ARN": f"arn:aws:iam::{ACCOUNT}:user/{user}", "type": "AWS::IAM::User"}],
        "requestParameters": {"pathPrefix": "/" + "x" * 600},
    }
    return name, json.dumps(record).encode()


def measure(title: str, count: int, began: float) -> None:
    """Print what each of `count` took since `began`."""
    seconds = time.perf_counter() - began
    print(f"{title:44} {seconds / count * 1e6:9.1f} µs each {count / seconds:12,.0f}/s")


async def answer_in_groups(spool: Spool, events: list[tuple[str, bytes]], together: int) -> None:
    """Append and await durability for many answers at once."""
    flusher = GroupFlusher(spool)

    async def answer(one: tuple[str, bytes]) -> None:
        spool.append(*one)
        durable: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        if flusher.call_when_durable(durable.set_result):
            await durable

    for start in range(0, len(events), together):
        await asyncio.gather(*map(answer, events[start : start + together]))
    flusher.close()


def measure_appends(folder: Path, events: list[tuple[str, bytes]]) -> None:
    """Appends in each mode."""
    for mode in (FsyncMode.NEVER, FsyncMode.INTERVAL):
        spool = Spool(folder / mode.value, "w", mode)
        began = time.perf_counter()
        for one in events:
            spool.append(*one)
        measure(f"append, fsync {mode.value}", len(events), began)
        spool.close()
    spool = Spool(folder / "always", "w", FsyncMode.ALWAYS)
    began = time.perf_counter()
    for one in events[:1000]:
        spool.append(*one)
        spool.flush()
    measure("append, fsync always, one at a time", 1000, began)
    for together in (8, 32):
        began = time.perf_counter()
        asyncio.run(answer_in_groups(spool, events[:6400], together))
        measure(f"append, fsync always, {together} answers at once", 6400, began)
    spool.close()


def main() -> None:
    """Run all measurements in a folder of their own beside the working directory's disk."""
    folder = Path(tempfile.mkdtemp(prefix="garrison-journal-", dir=os.environ.get("TMPDIR")))
    try:
        events = [event(number) for number in range(EVENTS)]
        measure_appends(folder, events)
        alone = Alone()
        sequencer = Sequencer(alone, alone, folder / "interval", folder / "journal", "bench", SystemClock())
        began = time.perf_counter()
        measure("sequence", sequencer.run_once(), began)
        sequencer.close()
        began = time.perf_counter()
        Journal(folder / "journal").writer().close()
        print(f"{'open the journal for writing':44} {(time.perf_counter() - began) * 1e3:9.1f} ms")
        journal = Journal(folder / "journal")
        began = time.perf_counter()
        measure("read", sum(1 for _ in journal.read()), began)
        index = RecentEvents(folder / "recent.db")
        began = time.perf_counter()
        measure("index", ConsumerRunner(journal, index, folder / "offsets").run_once(), began)
        began = time.perf_counter()
        for number in range(500):
            index.lookup(ACCOUNT, "us-east-1", attribute=("Username", f"user{number % 97}"), limit=50)
        measure("look up 50 events by user name", 500, began)
        index.close()
        size = (folder / "recent.db").stat().st_size / EVENTS
        print(
            f"payload {len(events[0][1])} bytes; journal {journal.size_bytes() / EVENTS:.0f}, index {size:.0f} an event"
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
