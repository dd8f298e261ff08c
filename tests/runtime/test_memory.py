"""A process with keys in memory that dies on a signal leaves no core."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys

import pytest

DYING = """
import ctypes, os, signal
from garrison.runtime.memory import leave_no_dump
leave_no_dump()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)  # PR_GET_DUMPABLE
os.kill(os.getpid(), signal.SIGABRT)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says whether a process can be dumped")
def test_no_core_is_dumped_and_nobody_attaches() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    with subprocess.Popen(
        [sys.executable, "-c", DYING],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),  # noqa: PLW1509 - no thread runs
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"0\n"
        _, status = os.waitpid(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
