"""Who runs on a home: the supervisor's lock, and what it says of itself for other commands to read."""

from __future__ import annotations

import fcntl
import os
import socket
from typing import IO, Any

from garrison import codec
from garrison.errors import OperatorError
from garrison.runtime.home import Home, write_private

LISTENING = "GARRISON_LISTENING"
"""The variable that tells the gateway which descriptor is the listening socket."""
CONSOLE_LISTENING = "GARRISON_CONSOLE_LISTENING"
"""The variable that tells it which one is the console's; unset where there is no console."""
SUPERVISOR = "GARRISON_SUPERVISOR"
"""The variable that tells a process who supervises it, which it cannot ask any more once that one was killed."""
_BACKLOG = 1024


def take_home(home: Home) -> IO[bytes]:
    """Lock a home for this process's server; raises `OperatorError` where one runs on it."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    lock = os.fdopen(os.open(home.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OperatorError(
            f"A server already runs on {home.path}.", "`garrison status` shows it, `garrison down` stops it."
        ) from None
    return lock


def announce(home: Home, **said: Any) -> None:
    """Say what runs: `endpoint` (None until it is ready), `console` (its URL, None without), `bind`, `supervisor`, `processes`, `restarts`, `started_at`."""
    write_private(home.address_file, codec.encode(said).decode())


def running_server(home: Home) -> dict[str, Any] | None:
    """What the server that runs on a home says of itself, or None; its endpoint is None until it is ready."""
    try:
        with home.lock_file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        nothing: dict[str, Any] = {
            "endpoint": None,
            "console": None,
            "bind": "127.0.0.1",
            "supervisor": None,
            "processes": {},
            "restarts": {},
        }
        try:
            found: dict[str, Any] = codec.decode(home.address_file.read_bytes())
        except (FileNotFoundError, ValueError):
            return nothing
        return nothing | found
    return None


def free_port(bind: str) -> int:
    """A port of an address that nobody listens on now."""
    with socket.socket(_family(bind)) as probe:
        probe.bind((bind, 0))
        port: int = probe.getsockname()[1]
        return port


def listen(bind: str, port: int) -> socket.socket:
    """Listen on an address and port, 0 for a free one; raises `OperatorError`.

    The supervisor holds the socket, so that no caller is refused while the gateway starts again.
    """
    try:
        return _listening(bind, port)
    except OSError as error:
        raise OperatorError(
            f"Port {port} on {bind} cannot be used: {error.strerror}.",
            "Choose another with --port, 0 for a free one, or another address with --bind.",
        ) from None


def listen_for_console(bind: str, port: int, console_port: int | None) -> socket.socket | None:
    """Listen for the console of the endpoint at `port`; None where there is to be none. Raises `OperatorError`.

    Where no port is named it is the next one, or any that is free: the console is no reason for a server not to start.
    """
    if console_port == 0:
        return None
    try:
        return _listening(bind, console_port or port + 1)
    except (OSError, OverflowError) as error:
        if console_port is None:
            return _listening(bind, 0)
        raise OperatorError(
            f"Port {console_port} on {bind} cannot be used for the console: {error}.",
            "Choose another with --console-port, or 0 for no console.",
        ) from None


def _listening(bind: str, port: int) -> socket.socket:
    listening = socket.socket(_family(bind), socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((bind, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _family(bind: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in bind else socket.AF_INET
