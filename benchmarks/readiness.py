"""Seconds until a server answers, and what it then holds in memory, beside moto_server and MiniStack in the same run.

Garrison starts on an account that is there already, and is ready when `garrison up` says so: a signed GetCallerIdentity has been
verified, decided, carried out and recorded. The peers are ready when they answer the same call. The servers take turns, medians are
compared. Memory is the resident set of each process after some idle seconds.

    python benchmarks/readiness.py [--rounds 5] [--idle 3]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError

from botocore.credentials import Credentials
from signed_calls import CALLS, Server, call, free_port

READY_SECONDS = 2.0
RESIDENT_MB = 150.0
"""The most that the project asks of itself, of a start and of each process."""


class Start(NamedTuple):
    """One start of a server."""

    seconds: float
    resident_mb: dict[str, float]
    """Of each process, by its role."""


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def garrison(home: Path, *arguments: str) -> dict[str, object]:
    command = [sys.executable, "-m", "garrison", *arguments, "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def start_garrison(home: Path, idle: float) -> Start:
    began = time.perf_counter()
    garrison(home, "up", "--port", "0", "--detach")
    seconds = time.perf_counter() - began
    time.sleep(idle)
    status = garrison(home, "status")
    processes = status["processes"]
    assert isinstance(processes, dict)
    found = {name: resident_mb(pid) for name, pid in processes.items()}
    garrison(home, "down")
    return Start(seconds, found)


def start_peer(script: str, arguments: Callable[[int], list[str]], environment: dict[str, str], idle: float) -> Start:
    port = free_port()
    command = [str(Path(sys.executable).parent / script), *arguments(port)]
    variables = dict(os.environ) | {name: value.format(port=port) for name, value in environment.items()}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Server(script, f"http://127.0.0.1:{port}", Credentials("test", "test"), process)
        while not answers(server):
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        time.sleep(idle)
        return Start(seconds, {"server": resident_mb(process.pid)})
    finally:
        process.kill()
        process.wait()


def answers(server: Server) -> bool:
    try:
        return bool(call(server, *CALLS["GetCallerIdentity"]))
    except (URLError, ConnectionError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=float, default=3.0)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="garrison-bench-"))
    home = folder / "home"
    servers: dict[str, Callable[[], Start]] = {
        "Garrison": lambda: start_garrison(home, options.idle),
        "MiniStack": lambda: start_peer(
            "ministack", lambda port: [], {"GATEWAY_PORT": "{port}", "AUTH": "true"}, options.idle
        ),
        "moto_server": lambda: start_peer("moto_server", lambda port: ["-p", str(port)], {}, options.idle),
    }
    try:
        start_garrison(home, 0)  # makes the account
        starts: dict[str, list[Start]] = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, start in servers.items():
                starts[name].append(start())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    own = statistics.median(start.seconds for start in starts["Garrison"])
    for name, found in starts.items():
        seconds = statistics.median(start.seconds for start in found)
        memory = ", ".join(f"{role} {size:.0f} MB" for role, size in found[-1].resident_mb.items())
        ratio = "" if name == "Garrison" else f"; Garrison takes {own / seconds:.1f} times as long"
        print(f"{name:12} ready in {seconds:.2f} s, idle at {memory}{ratio}")
    largest = max(max(start.resident_mb.values()) for start in starts["Garrison"])
    print(f"asked: ready in {READY_SECONDS:.0f} s, {RESIDENT_MB:.0f} MB a process; the largest has {largest:.0f} MB")


if __name__ == "__main__":
    main()
