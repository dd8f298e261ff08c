"""Scan the host in a process of its own, which is bounded and ends: what it found lies in the spool, or the one before still does."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from garrison.agent import files, limits
from garrison.agent.failures import AgentError
from garrison.agent.jobs import Job
from garrison.scan import sending
from garrison.scan.report import Report

SPOOL = "report.spool"
"""The newest report that the server does not have, gzip."""
_LONGEST_SECONDS = 3600
_MOST_UNREAD = 1000
_STEP_SECONDS = 0.05


def scan_apart(folder: Path, job: Job, root: str = "/") -> None:
    """Put a new report into the spool, in the place of what waits there; raises `AgentError`."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            limits.bound()
            files.write(folder / SPOOL, sending.compressed(report_of(job, root)))
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(code)
    _wait(child)


def report_of(job: Job, root: str) -> bytes:
    """What a job's scan finds, within what a report may be."""
    from garrison.scan.benchmarks import built_in, evaluate
    from garrison.scan.inventory import take
    from garrison.scan.roots import Folder
    from garrison.scan.whole import take_and_judge

    with Folder(root) as opened:
        if {"LANGUAGES", "BENCHMARKS"} <= set(job.parts):
            taken, checks = take_and_judge(opened, built_in())
        else:
            taken = take(opened, with_languages="LANGUAGES" in job.parts)
            checks = evaluate(opened, taken, built_in()) if "BENCHMARKS" in job.parts else ()
        unread = tuple(opened.unread[:_MOST_UNREAD])
    report = Report(taken_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", inventory=taken, checks=checks, unread=unread)
    content = sending.encoded(report)
    if len(content) > sending.MOST_BYTES:
        bare = tuple(replace(one, files=()) for one in taken.packages)
        content = sending.encoded(replace(report, inventory=replace(taken, packages=bare)))
    return content


def _wait(child: int) -> None:
    end = time.monotonic() + _LONGEST_SECONDS
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
        time.sleep(_STEP_SECONDS)
    if status:
        raise AgentError(f"The scan failed ({os.waitstatus_to_exitcode(status)}); an earlier report is kept.")
