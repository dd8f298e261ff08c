"""A process that has loaded everything once and forks a server for each account that a test asks for.

It reads requests from standard input and answers on standard output, a JSON object a line. When its input ends, however
the tests ended, it kills every server and removes every home.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from garrison import codec, services
from garrison.gateway import background, serve
from garrison.gateway.founding import found_account
from garrison.gateway.local import local_caller
from garrison.runtime.home import Home, write_profile
from garrison.runtime.parts import open_parts
from garrison.runtime.processes import die_with_parent
from garrison.runtime.readiness import read_credentials, wait_until_ready
from garrison.runtime.running import CONSOLE_LISTENING, LISTENING, listen, listen_for_console
from garrison.runtime.tls import authority, endpoint_host
from garrison.setting_sources import load_settings
from garrison.settings import console_url

_REMOVAL_ATTEMPTS = 20


def main() -> None:
    """Serve until standard input ends; the first argument is the homes' folder, `--keep` leaves it where it is."""
    for name in services.REGISTERED:
        services.load(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests; they end this process by its input
    servers: dict[str, int] = {}
    keeps = "--keep" in sys.argv
    try:
        for line in sys.stdin.buffer:
            request = codec.decode(line)
            answer = _REQUESTS[request.pop("do")](servers, keeps, **request)
            os.write(1, codec.encode(answer) + b"\n")
    finally:
        for home in list(servers):
            _stop(servers, keeps, home)
        if not keeps:
            shutil.rmtree(sys.argv[1], ignore_errors=True)


def _start(servers: dict[str, int], keeps: bool, home: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Make an account and its server; gives endpoint, account id and the administrator's key."""
    pid, answer = _forked(lambda: _found_and_serve(Home(Path(home)), settings), home)
    servers[home] = pid
    return answer


def _stop(servers: dict[str, int], keeps: bool, home: str) -> dict[str, Any]:
    """Kill a server and remove its home: what is acknowledged is on the disk, and nobody will ask for it again."""
    pid = servers.pop(home)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for _ in range(0 if keeps else _REMOVAL_ATTEMPTS):
        shutil.rmtree(home, ignore_errors=True)
        if not os.path.exists(home):
            break
        time.sleep(0.01)  # one of its processes wrote a last file
    return {}


def _make_root_key(servers: dict[str, int], keeps: bool, home: str) -> dict[str, Any]:
    """Make an access key for root, as `garrison root create-key` does."""
    pid, answer = _forked(lambda: _create_root_key(Path(home)), home)
    os.waitpid(pid, 0)
    return answer


_REQUESTS: dict[str, Callable[..., dict[str, Any]]] = {"start": _start, "stop": _stop, "make-root-key": _make_root_key}


def _forked(work: Callable[[], Any], home: str) -> tuple[int, dict[str, Any]]:
    """Do work in a forked process: its id, and the first thing it says."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        _become(work, Path(home), writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        line = said.readline()
    return pid, codec.decode(line) if line else {"error": "The server's process died; see garrison.log in the home."}


def _become(work: Callable[[], Any], home: Path, writing: int) -> NoReturn:
    """Be the first process of a server: a group of its own, ended with the fork server, its output in the log."""
    code = 1
    try:
        die_with_parent(signal.SIGKILL)
        os.setsid()
        home.mkdir(mode=0o700, exist_ok=True)
        log = os.open(home / "garrison.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        try:
            answer = work()
        except Exception as error:
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        os.write(writing, codec.encode(answer) + b"\n")
        os.close(writing)
        if "endpoint" in answer:
            os.wait()  # none of the server's processes ends by itself
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _found_and_serve(home: Home, chosen: dict[str, Any]) -> dict[str, Any]:
    found_account(home, ephemeral=True, settable_clock=True, **chosen)
    settings = load_settings(home.path)
    home.run.mkdir(mode=0o700, exist_ok=True)
    listening = listen(settings.bind, 0)
    port = listening.getsockname()[1]
    place = f"{'https' if settings.uses_tls else 'http'}://{endpoint_host(settings)}"
    endpoint = f"{place}:{port}"
    console = listen_for_console(settings.bind, port, settings.console_port)
    trusted = authority(settings)
    write_profile(home, endpoint, settings.region, trusted)
    os.environ |= {
        "GARRISON_HOME": str(home.path),
        "GARRISON_PORT": str(port),
        LISTENING: str(listening.fileno()),
        CONSOLE_LISTENING: str(console.fileno()) if console is not None else "",
    }
    _fork(serve.main)
    listening.close()
    shown = None
    if console is not None:
        shown = console_url(settings, f"{place}:{console.getsockname()[1]}")
        console.close()
    _fork(background.main)
    wait_until_ready(home, endpoint, [])
    key_id, secret, region = read_credentials(home)
    return {
        "endpoint": endpoint,
        "console": shown,
        "account_id": settings.account_id,
        "region": region,
        "key_id": key_id,
        "secret": secret,
        "ca_bundle": str(trusted) if trusted is not None else None,
    }


def _fork(process: Callable[[], None]) -> None:
    """Start one of the server's processes."""
    if os.fork():
        return
    code = 1
    try:
        process()
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _create_root_key(home: Path) -> dict[str, Any]:
    opened = open_parts(load_settings(home))
    with local_caller(opened) as root:
        made = root.call("iam", "CreateAccessKey")["AccessKey"]
    return {"key_id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


if __name__ == "__main__":
    main()
