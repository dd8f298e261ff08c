"""Programs of custom rules: what they are kept from, and that nothing they do outlives them or holds up another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from garrison import codec
from garrison.confined import Confinement, Limits, NotConfined, Stopped
from garrison.confined.confinement import FIRST_USER, GUARD_USER, USERS

LIMITS = Limits(seconds=5, cpu_seconds=1, memory_bytes=128 * 1024 * 1024)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives programs a user of their own")


class Programs:
    """Programs in a folder that every user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, body: str, mode: int = 0o755) -> tuple[str, ...]:
        path = self.folder / f"program-{len(list(self.folder.iterdir()))}"
        path.write_text("#!/usr/bin/python3\n" + textwrap.dedent(body))
        path.chmod(mode)
        return (str(path),)

    def run(self, body: str, payload: bytes = b"", limits: Limits = LIMITS) -> bytes:
        return Confinement().run(self.write(body), payload, limits).output


@pytest.fixture
def programs() -> Iterator[Programs]:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        Path(folder).chmod(0o755)
        yield Programs(Path(folder))


def processes_of(command: tuple[str, ...]) -> list[str]:
    """The processes that run a program, or what it has forked."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if command[0].encode() in Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0"):
                found.append(name)
    return found


def test_a_program_gets_its_input_and_nothing_else(programs: Programs, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    told = codec.decode(
        programs.run(
            f"""
            import json, os, socket, sys
            def attempt(what):
                try:
                    what()
                except OSError as error:
                    return error.strerror
            print(json.dumps({{
                "input": sys.stdin.read(),
                "user": os.getuid(), "group": os.getgid(), "groups": os.getgroups(),
                "environment": sorted(os.environ),
                "files": len(os.listdir("/proc/self/fd")),
                "secret": attempt(lambda: open({str(secret)!r})),
                "internet": attempt(lambda: socket.socket(socket.AF_INET)),
                "local": attempt(lambda: socket.socket(socket.AF_UNIX)),
                "kill": attempt(lambda: os.kill({os.getpid()}, 0)),
            }}))
            """,
            b"hello",
        )
    )
    assert FIRST_USER <= told["user"] < FIRST_USER + USERS and told["group"] == told["user"] and not told["groups"]
    assert told["input"] == "hello"
    assert set(told["environment"]) <= {"LC_CTYPE"}  # which Python itself sets
    assert told["files"] == 4  # the three streams, and the folder that is being listed
    assert told["secret"] == told["internet"] == told["local"] == "Permission denied"
    assert told["kill"] in ("No such process", "Operation not permitted")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('no such thing')", "ended with 1: ValueError: no such thing"),
        ("import sys; sys.exit(3)", "ended with 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "was ended by SIGSEGV"),
        ("while True: pass", "used more than 1 s of a processor"),
        ("kept = []\nwhile True: kept.append(bytearray(10**7))", "MemoryError"),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "wrote more than 1048576 bytes"),
        (
            "import os\nos.chdir('/dev/shm')\nf = open('big', 'wb')\nfor i in range(100): f.write(b'x' * 10**6)",
            "File too large",
        ),
    ],
)
def test_a_program_that_breaks_or_goes_beyond_a_limit_is_stopped(programs: Programs, body: str, reason: str) -> None:
    with pytest.raises(Stopped, match=reason):
        programs.run(body)


def test_a_program_that_hangs_holds_up_no_other(programs: Programs) -> None:
    hanging = programs.write("import time; time.sleep(600)")
    with ThreadPoolExecutor() as pool:
        hung = pool.submit(Confinement().run, hanging, b"", Limits(seconds=1.5))
        begun = time.monotonic()
        assert programs.run("print('done')") == b"done\n"
        assert time.monotonic() - begun < 1.4
        with pytest.raises(Stopped, match=r"took more than 1\.5 s"):
            hung.result()


def test_processes_are_counted_and_end_with_the_program(programs: Programs) -> None:
    command = programs.write(
        """
        import os, time
        made = 0
        try:
            while True:
                if os.fork() == 0:
                    os.setsid()
                    time.sleep(600)
                made += 1
        except OSError as error:
            print(made, error.strerror)
        """
    )
    output = Confinement().run(command, b"", LIMITS).output
    made, _, reason = output.decode().partition(" ")
    assert int(made) < LIMITS.processes and "Resource temporarily unavailable" in reason
    until = time.monotonic() + 5
    while processes_of(command) and time.monotonic() < until:
        time.sleep(0.01)
    assert processes_of(command) == []


def test_where_there_are_no_namespaces_all_that_the_user_runs_is_ended() -> None:
    user = GUARD_USER - 1  # which no other test uses
    with subprocess.Popen(["/bin/sleep", "600"], user=user, group=user, extra_groups=[]) as process:
        subprocess.run([sys.executable, "-I", "-m", "garrison.confined.sweep", str(user)], check=True)
        assert process.wait(5) == -signal.SIGKILL


def test_what_cannot_be_started_says_why(programs: Programs) -> None:
    with pytest.raises(Stopped, match="cannot be run: No such file"):
        Confinement().run(("/nowhere/program",), b"", LIMITS)
    with pytest.raises(Stopped, match="cannot be run: Permission denied"):
        Confinement().run(programs.write("", mode=0o644), b"", LIMITS)
    with pytest.raises(Stopped, match="not the full path of a file"):
        Confinement().run(("/tmp",), b"", LIMITS)


def test_a_program_that_others_may_write_is_not_run(programs: Programs) -> None:
    with pytest.raises(NotConfined, match="others than its owner"):
        Confinement().run(programs.write("", mode=0o777), b"", LIMITS)


def test_without_root_a_program_runs_only_where_the_settings_allow_the_same_user(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = programs.write("import os; print(os.getuid())")
    with pytest.raises(NotConfined, match="only root"):
        Confinement().run(command, b"", LIMITS)
    assert Confinement(may_lack=("user",)).run(command, b"", LIMITS).output == b"0\n"  # who it is said not to be


def test_input_that_nobody_reads_and_input_larger_than_a_pipe(programs: Programs) -> None:
    payload = b"x" * 1_000_000
    assert programs.run("print(1)", payload) == b"1\n"
    assert programs.run("import sys; print(len(sys.stdin.read()))", payload) == b"1000000\n"
