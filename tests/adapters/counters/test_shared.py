"""The workers of a host count together: exactly, at any crash, and bounded."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from garrison.adapters.counters import SharedCounters
from garrison.adapters.counters.table import FILE_BYTES
from garrison.waf.rates import WINDOWS, Count, MemoryCounters

START = 1_790_000_000.0


def hit_many(folder: Path, times: int, seed: int) -> None:
    counters, chance = SharedCounters(folder), random.Random(seed)
    for number in range(times):
        counters.hit("rule", b"192.0.2.%d" % chance.randrange(3), 60, START + number * 20 / times)


def test_processes_lose_no_request_of_each_other(tmp_path: Path) -> None:
    context = get_context("fork")
    workers = [context.Process(target=hit_many, args=(tmp_path, 3_000, seed)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    found = SharedCounters(tmp_path).over("rule", 10, 60, START + 20)
    assert sum(count.requests for count in found) == 12_000
    assert {count.key for count in found} == {b"192.0.2.0", b"192.0.2.1", b"192.0.2.2"}


def test_a_process_that_forked_goes_on_with_its_child(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    counters.hit("rule", b"k", 60, START)
    child = os.fork()
    if child == 0:
        counters.hit("rule", b"k", 60, START)
        os._exit(0)
    os.waitpid(child, 0)
    assert counters.hit("rule", b"k", 60, START) == 3


@pytest.mark.parametrize("window", WINDOWS)
def test_the_file_counts_as_the_process_does(tmp_path: Path, window: int) -> None:
    chance, now = random.Random(window), START
    shared, alone = SharedCounters(tmp_path), MemoryCounters()
    for _ in range(1_500):
        now += chance.expovariate(20 / window) if chance.random() < 0.99 else window * chance.random() * 2
        key = b"%d" % chance.randrange(3)
        assert shared.hit("rule", key, window, now) == alone.hit("rule", key, window, now)
        if chance.random() < 0.02:
            assert sorted(shared.over("rule", 5, window, now)) == sorted(alone.over("rule", 5, window, now))


def test_a_killed_worker_leaves_counts_that_the_others_use(tmp_path: Path) -> None:
    program = (
        "import sys, itertools; from pathlib import Path; from garrison.adapters.counters.shared import SharedCounters\n"
        f"counters = SharedCounters(Path(sys.argv[1])); print('ready', flush=True)\n"
        f"for n in itertools.count(): counters.hit('rule', b'k%d' % (n % 5), 60, {START})"
    )
    for _ in range(3):
        worker = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
        worker.stdout.readline()
        counters = SharedCounters(tmp_path)
        before = counters.hit("rule", b"k1", 60, START)
        while counters.hit("rule", b"k1", 60, START) < before + 500:
            pass
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        counted = counters.hit("rule", b"k1", 60, START)
        assert [counters.hit("rule", b"k1", 60, START) for _ in range(3)] == [counted + 1, counted + 2, counted + 3]
    assert counters.hit("rule", b"k1", 60, START + 62) == 1


def test_a_flood_of_new_keys_stays_in_its_room_and_hides_no_busy_key(tmp_path: Path) -> None:
    counters, counted = SharedCounters(tmp_path), 0
    for number in range(30_000):
        if number % 300 == 0:
            counted = counters.hit("rule", b"busy", 600, START + number / 100)
        counters.hit("rule", b"new-%d" % number, 600, START + number / 100)
    assert counted == 100
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == FILE_BYTES


def test_files_of_rules_that_are_gone_are_cleared_away(tmp_path: Path) -> None:
    SharedCounters(tmp_path).hit("old", b"k", 60, START)
    (old,) = tmp_path.iterdir()
    os.utime(old, (0, 0))
    SharedCounters(tmp_path).hit("new", b"k", 60, START)
    assert len(list(tmp_path.iterdir())) == 1 and not old.exists()


def test_a_folder_that_cannot_be_used_leaves_each_process_counting_by_itself(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path / "folder")
    (tmp_path / "folder").rmdir()
    assert [counters.hit("rule", b"k", 60, START) for _ in range(2)] == [1, 2]
    assert counters.is_alone and counters.over("rule", 1, 60, START) == [Count(b"k", 2)]


def test_a_worker_that_was_stopped_while_it_held_a_lock_makes_nobody_wait_for_long(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    counters.hit("rule", b"k", 60, START)
    (file,) = tmp_path.iterdir()
    program = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert counters.hit("rule", b"k", 60, START) == 2
        holder.kill()
    assert counters.hit("rule", b"k", 60, START) == 3
