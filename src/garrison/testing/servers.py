"""The tests' end of the fork server: starts it with the first account, asks it for more, and ends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any


class Servers:
    """The servers of one test process, all under one folder."""

    def __init__(self, *, keep: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="garrison-testing-"))
        self._keep = keep
        self._lock = Lock()
        self._count = 0
        self._log = (self.folder / "fork-server.log").open("wb")
        command = [
            sys.executable,
            "-m",
            "garrison.testing.fork_server",
            str(self.folder),
            *(["--keep"] if keep else []),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={name: value for name, value in os.environ.items() if not name.startswith(("GARRISON_", "AWS_"))},
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The fork server's process id."""
        return self._process.pid

    def start(self, **settings: Any) -> tuple[Path, dict[str, Any]]:
        """Make an account with these settings: its home, and endpoint, account id, region and the administrator's key."""
        with self._lock:
            self._count += 1
            home = self.folder / f"{self._count:04d}"
        return home, self._ask("start", home, settings=settings)

    def stop(self, home: Path) -> None:
        """Kill the server of a home and remove the home."""
        self._ask("stop", home)

    def make_root_key(self, home: Path) -> dict[str, Any]:
        """Make an access key for the root user of a home."""
        return self._ask("make-root-key", home)

    def close(self) -> None:
        """Kill all servers and remove their homes."""
        with self._lock, suppress(BrokenPipeError):
            self._process.communicate()
        self._log.close()
        self._remove()

    def _remove(self) -> None:
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _ask(self, what: str, home: Path, **details: Any) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with self._lock:
            try:
                process.stdin.write(json.dumps({"do": what, "home": str(home), **details}).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except BrokenPipeError:
                line = b""
        if not line:
            said = _end_of(Path(self._log.name))
            self._remove()  # now: this process may end without a further word, as pytest-xdist ends its workers
            raise RuntimeError(f"Garrison's fork server ended: {said}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"No account: {answer['error']}\n{_end_of(home / 'garrison.log')}")
        return answer


def _end_of(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-2000:]
    except FileNotFoundError:
        return ""
