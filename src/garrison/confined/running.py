"""Run a program confined: its input in, its output out, and an end to it and all that it started, whatever it does."""

from __future__ import annotations

import os
import random
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from garrison import codec
from garrison.confined.confinement import FIRST_USER, USERS
from garrison.confined.failures import NotConfined, Stopped
from garrison.confined.launcher import APART, MISSING, REFUSED, Asked
from garrison.confined.limits import Limits
from garrison.confined.program_files import check_file

_CHUNK_BYTES = 64 * 1024
_KEPT_ERROR_BYTES = 4096
_SIGNALLED = 128
"""What the shell, and the launcher, add to the number of the signal that ended a program."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program that ended well has written."""

    output: bytes


@dataclass(frozen=True, slots=True)
class Confinement:
    """How programs are confined here."""

    may_lack: Collection[str] = ()
    """Guards that a program may run without where they cannot be had: `user`, `network`."""

    def run(self, command: tuple[str, ...], payload: bytes, limits: Limits) -> Finished:
        """Run a program with a payload on its standard input.

        Raises `NotConfined` where a guard cannot be had, `Stopped` where it broke or went beyond a limit.
        """
        check_file(command[0])
        if os.geteuid() == 0:
            with _users.one() as user:
                return self._run(command, payload, limits, user)
        if "user" not in self.may_lack:
            raise NotConfined(
                "only root can give a program a user of its own, and custom_rules_may_lack does not say user"
            )
        return self._run(command, payload, limits, None)

    def _run(self, command: tuple[str, ...], payload: bytes, limits: Limits, user: int | None) -> Finished:
        read, write = os.pipe()
        os.set_blocking(read, False)
        with os.fdopen(read, "rb", buffering=0) as report:
            try:
                process = self._start(command, limits, user, write)
            finally:
                os.close(write)
            with process:
                watch = _Watch(process, payload, limits)
                told = b""
                try:
                    watch.until_end()
                    told = report.read(_CHUNK_BYTES) or b""
                finally:
                    _end_all(process, None if told.startswith(APART) else user)
            _check_report(told.removeprefix(APART))
        return watch.finished()

    def _start(
        self, command: tuple[str, ...], limits: Limits, user: int | None, report: int
    ) -> subprocess.Popen[bytes]:
        asked = Asked(
            command=command,
            limits=limits,
            user=user,
            may_lack_network="network" in self.may_lack,
            report=report,
        )
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "garrison.confined.launcher", codec.encode(asked).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(report,),
            env={},
            cwd="/",
            start_new_session=True,
        )


def _check_report(report: bytes) -> None:
    """Raise what the launcher reported."""
    reason = report[1:].decode(errors="replace")
    if report[:1] == REFUSED:
        raise NotConfined(reason)
    if report[:1] == MISSING:
        raise Stopped(f"The program cannot be run: {reason}")


def _end_all(process: subprocess.Popen[bytes], user: int | None) -> None:
    """Kill it with its whole group, and whatever else its user runs, where one is given: in a namespace of its own all end with it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if user is None:
        return
    if _has_processes(user):
        subprocess.run([sys.executable, "-I", "-m", "garrison.confined.sweep", str(user)], env={}, cwd="/", check=False)


def _has_processes(user: int) -> bool:
    for name in os.listdir("/proc"):
        with suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                return True
    return False


class _Users:
    """The users that programs become, each for one program at a time."""

    def __init__(self) -> None:
        self._free = list(range(FIRST_USER, FIRST_USER + USERS))
        random.shuffle(self._free)  # other servers on the machine take of the same
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[int]:
        """A user of its own, once one is free."""
        with self._changed:
            while not self._free:
                self._changed.wait()
            user = self._free.pop(0)
        try:
            yield user
        finally:
            with self._changed:
                self._free.append(user)
                self._changed.notify()


_users = _Users()


class _Watch:
    """A process that is fed and read until it ends or goes beyond a limit."""

    def __init__(self, process: subprocess.Popen[bytes], payload: bytes, limits: Limits) -> None:
        self._process = process
        self._left = memoryview(payload)
        self._limits = limits
        self._output = bytearray()
        self._error = bytearray()
        self._broke: str | None = None

    def until_end(self) -> None:
        """Feed and read it; returns when it ended or is to be ended."""
        deadline = time.monotonic() + self._limits.seconds
        streams = self._process.stdin, self._process.stdout, self._process.stderr
        with selectors.DefaultSelector() as selector:
            for stream, events, serve in zip(
                streams,
                (selectors.EVENT_WRITE, selectors.EVENT_READ, selectors.EVENT_READ),
                (self._feed, self._take_output, self._take_error),
                strict=True,
            ):
                assert stream is not None
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, events, serve)
            ended = os.pidfd_open(self._process.pid)
            try:
                selector.register(ended, selectors.EVENT_READ, None)
                self._serve(selector, deadline)
            finally:
                os.close(ended)

    def _serve(self, selector: selectors.BaseSelector, deadline: float) -> None:
        while self._broke is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self._broke = f"it took more than {self._limits.seconds:g} s"
                return
            ready = selector.select(left)
            for key, _ in ready:
                if key.data is not None and not key.data(key.fileobj):
                    selector.unregister(key.fileobj)
            if len(ready) == 1 and ready[0][0].data is None:
                return  # it has ended, and all that it wrote was read

    def _feed(self, stream: IO[bytes]) -> bool:
        try:
            self._left = (
                self._left[os.write(stream.fileno(), self._left[:_CHUNK_BYTES]) :] if self._left else self._left
            )
        except BrokenPipeError:
            self._left = self._left[:0]
        if not self._left:
            stream.close()
        return bool(self._left)

    def _take_output(self, stream: IO[bytes]) -> bool:
        found = os.read(stream.fileno(), _CHUNK_BYTES)
        self._output += found
        if len(self._output) > self._limits.output_bytes:
            self._broke = f"it wrote more than {self._limits.output_bytes} bytes"
        return bool(found)

    def _take_error(self, stream: IO[bytes]) -> bool:
        found = os.read(stream.fileno(), _CHUNK_BYTES)
        self._error = (self._error + found)[-_KEPT_ERROR_BYTES:]
        return bool(found)

    def finished(self) -> Finished:
        """What it wrote; raises `Stopped` unless it ended well."""
        if self._broke is not None:
            raise Stopped(f"The program was stopped: {self._broke}")
        code = self._process.returncode
        if code == 0:
            return Finished(bytes(self._output))
        number = -code if code < 0 else code - _SIGNALLED
        if number == signal.SIGXCPU:
            raise Stopped(f"The program was stopped: it used more than {self._limits.cpu_seconds} s of a processor")
        last = self._error.decode(errors="replace").strip().rpartition("\n")[2]
        how = f"was ended by {_signal_name(number)}" if number > 0 else f"ended with {code}"
        raise Stopped(f"The program {how}{f': {last}' if last else ''}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
