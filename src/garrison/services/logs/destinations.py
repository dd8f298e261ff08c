"""Where subscriptions send: a URL that the operator lists, or a command that the operator names, known as a Lambda function.

A command runs alone: without Garrison's environment and credentials, as nobody where Garrison is root, for a while and with
so much memory at most. Nothing of an event is ever part of the command.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.outgoing import OutgoingFailure
from garrison.services.logs.naming import invalid

if TYPE_CHECKING:
    from garrison.services.call import Parts

COMMAND_SECONDS = 30
COMMAND_BYTES = 512 * 1024 * 1024
"""Address space of a command."""
_LIMITED = (
    "/bin/sh",
    "-c",
    f'ulimit -v {COMMAND_BYTES // 1024}; ulimit -t {COMMAND_SECONDS}; exec "$@"',
    "sh",
)
"""Runs what follows within the limits."""
_NOBODY = 65_534
_FUNCTION = "function:"


class Undelivered(Exception):
    """A destination did not take what was sent; the message says why, for the log."""


def check_destination(parts: Parts, destination: str) -> None:
    """InvalidParameterException where the operator allows no such destination."""
    if destination.startswith(("https://", "http://")):
        if not parts.outgoing.allows(destination):
            raise invalid("The destination is not among the outgoing_hosts that the operator of this account allows.")
    elif _command(parts, destination) is None:
        raise invalid(
            "The destination is neither a URL nor a Lambda function whose name is that of a command in log_commands."
        )


def deliver(parts: Parts, destination: str, payload: bytes) -> None:
    """Hand a payload over; raises `Undelivered`."""
    if destination.startswith(("https://", "http://")):
        _send(parts, destination, payload)
        return
    command = _command(parts, destination)
    if command is None:
        raise Undelivered("the settings name no such command any more")
    run(command, payload)


def _command(parts: Parts, destination: str) -> tuple[str, ...] | None:
    arn = parse_arn(destination)
    if arn is None or arn.service != "lambda" or not arn.resource.startswith(_FUNCTION):
        return None
    return parts.settings.log_commands.get(arn.resource.removeprefix(_FUNCTION).partition(":")[0])


def _send(parts: Parts, url: str, payload: bytes) -> None:
    try:
        answer = parts.outgoing.send(url, headers={"Content-Type": "application/json"}, body=payload)
    except OutgoingFailure as failure:
        raise Undelivered(failure.message) from None
    if not 200 <= answer.status < 300:
        raise Undelivered(f"the endpoint answered {answer.status}")


def run(command: tuple[str, ...], payload: bytes) -> None:
    """Run a command with a payload on its standard input; raises `Undelivered` unless it ends well."""
    alone: dict[str, Any] = {}
    if os.geteuid() == 0:
        alone = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
    try:
        process = subprocess.Popen(
            (*_LIMITED, *command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
            cwd="/",
            start_new_session=True,
            **alone,
        )
    except OSError as error:
        raise Undelivered(f"the command cannot be run: {error.strerror}") from None
    try:
        process.communicate(payload, timeout=COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        raise Undelivered(f"the command did not end within {COMMAND_SECONDS} s") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it started
        process.wait()
    if process.returncode != 0:
        raise Undelivered(f"the command ended with {process.returncode}")
