"""Group commit: each answer waits for an fsync that began after its append, and many share one."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from garrison.journal import FsyncMode, JournalUnavailable, Spool
from garrison.journal.flusher import GroupFlusher


class Counted(Spool):
    """A spool that counts its flushes, and can hold them up or fail them."""

    flushes = 0
    gate: threading.Event | None = None
    failure: JournalUnavailable | None = None

    def flush(self) -> None:
        self.flushes += 1
        if self.gate is not None:
            self.gate.wait(10)
        if self.failure is not None:
            raise self.failure
        super().flush()


async def durable(flusher: GroupFlusher) -> None:
    """Wait as an answer does."""
    settled: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
    if flusher.call_when_durable(lambda problem: settled.cancelled() or settled.set_result(problem)):
        problem = await settled
        if problem is not None:
            raise problem


def test_many_answers_share_few_fsyncs(tmp_path: Path) -> None:
    spool = Counted(tmp_path, "w")

    async def serve() -> None:
        flusher = GroupFlusher(spool)

        async def answer(number: int) -> None:
            spool.append(str(number), b"")
            await durable(flusher)

        await asyncio.gather(*(answer(number) for number in range(100)))
        assert not spool.pending
        assert spool.flushes == 1
        flusher.close()

    asyncio.run(serve())
    spool.close()


def test_an_event_appended_while_an_fsync_runs_waits_for_the_next(tmp_path: Path) -> None:
    spool = Counted(tmp_path, "w")
    spool.gate = threading.Event()

    async def serve() -> None:
        flusher = GroupFlusher(spool)
        spool.append("first", b"")
        first = asyncio.create_task(durable(flusher))
        while spool.flushes == 0:
            await asyncio.sleep(0)
        later = []
        for number in range(5):
            spool.append(f"later {number}", b"")
            later.append(asyncio.create_task(durable(flusher)))
            await asyncio.sleep(0.01)
        assert not first.done()
        assert spool.gate is not None
        spool.gate.set()
        await first
        await asyncio.gather(*later)
        assert spool.flushes == 2
        flusher.close()

    asyncio.run(serve())
    spool.close()


def test_an_answer_that_cannot_be_sent_takes_no_other_along(tmp_path: Path) -> None:
    spool = Counted(tmp_path, "w")

    def broken(problem: BaseException | None) -> None:
        raise RuntimeError("the client went away")

    async def serve() -> None:
        flusher = GroupFlusher(spool)
        spool.append("a", b"")
        assert flusher.call_when_durable(broken)
        await durable(flusher)
        flusher.close()

    asyncio.run(serve())
    spool.close()


def test_every_answer_of_a_failed_fsync_fails(tmp_path: Path) -> None:
    spool = Counted(tmp_path, "w")
    spool.failure = JournalUnavailable("the disk is full")

    async def serve() -> None:
        flusher = GroupFlusher(spool)
        spool.append("a", b"")
        answers = await asyncio.gather(*(durable(flusher) for _ in range(3)), return_exceptions=True)
        assert all(isinstance(answer, JournalUnavailable) for answer in answers)
        spool.failure = None
        await durable(flusher)
        flusher.close()

    asyncio.run(serve())
    assert not spool.pending
    spool.close()


@pytest.mark.parametrize("mode", [FsyncMode.INTERVAL, FsyncMode.NEVER])
def test_the_other_modes_let_the_answer_go_at_once(tmp_path: Path, mode: FsyncMode) -> None:
    spool = Counted(tmp_path, "w", mode)

    async def serve() -> None:
        flusher = GroupFlusher(spool)
        spool.append("a", b"")
        await durable(flusher)
        flusher.close()

    asyncio.run(serve())
    assert spool.flushes == 0
    spool.close()
