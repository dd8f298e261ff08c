"""The wake pipe: a poke is felt in another process and never holds anyone up."""

from __future__ import annotations

import os
from pathlib import Path

from garrison.journal.wake import Wake


def test_a_poke_of_another_process_is_felt_once(tmp_path: Path) -> None:
    listening = Wake(tmp_path)
    assert not listening.wait(0)
    child = os.fork()
    if not child:
        Wake(tmp_path).poke()
        os._exit(0)
    os.waitpid(child, 0)
    assert listening.wait(10)
    assert not listening.wait(0)
    listening.close()


def test_a_poke_that_nobody_hears_blocks_nobody_and_waits(tmp_path: Path) -> None:
    for _ in range(3):
        poking = Wake(tmp_path)
        poking.poke()
    listening = Wake(tmp_path)
    assert listening.wait(0)
    poking.close()
    poking.poke()


def test_a_full_pipe_still_wakes(tmp_path: Path) -> None:
    listening = Wake(tmp_path)
    fd = os.open(tmp_path / "wake", os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(fd, bytes(4096))
    except BlockingIOError:
        pass
    os.close(fd)
    poking = Wake(tmp_path)
    poking.poke()
    assert listening.wait(0)
