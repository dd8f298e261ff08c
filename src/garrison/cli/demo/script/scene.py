"""What every chapter has: the account, its clock, the mailbox, and who tells."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from garrison.cli.demo.calls import Caller
from garrison.cli.demo.script.mailbox import Mailbox
from garrison.cli.demo.script.narration import Narrator
from garrison.cli.demo.stage import Stage
from garrison.clock import ShiftedClock
from garrison.errors import OperatorError

_SECONDS = 150.0
_POLL_SECONDS = 0.1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """One account and the means to tell of it."""

    stage: Stage
    clock: ShiftedClock
    mails: Mailbox
    narrator: Narrator


def awaited(what: str, find: Callable[[], T | None], why: Callable[[], str] = str) -> T:
    """What `find` gives once it gives something; raises `OperatorError` with `why` it may not have."""
    end = time.monotonic() + _SECONDS
    while not (found := find()):
        if time.monotonic() > end:
            cause = f"{what} did not come. {why()}".rstrip()
            raise OperatorError(cause, "Look whether the machine is very busy, and try again.")
        time.sleep(_POLL_SECONDS)
    return found


def run(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, with nothing of AWS's or Garrison's in its environment but what is given."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    return subprocess.run(
        command, env=own | dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def garrison(*arguments: str) -> list[str]:
    """This very `garrison` as a command."""
    return [sys.executable, "-m", "garrison", *arguments]


def variables(stage: Stage, caller: Caller) -> dict[str, str]:
    """The variables by which AWS's tools act as somebody."""
    return {
        "AWS_ACCESS_KEY_ID": caller.key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": caller.key.secret,
        "AWS_ENDPOINT_URL": stage.endpoint.url,
        "AWS_DEFAULT_REGION": stage.region,
        "AWS_REGION": stage.region,
    }
