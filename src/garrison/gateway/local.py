"""Calls that the operator makes on this machine, as the account's root: the same operations, recorded like any other call."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from garrison import __version__
from garrison.gateway.metrics import Metrics
from garrison.gateway.pipeline import Pipeline
from garrison.journal import FsyncMode, Spool
from garrison.runtime.parts import Opened
from garrison.services.identity import Principal


class LocalCaller:
    """Makes calls as root, without a server and without credentials: being able to read the home is the proof."""

    def __init__(self, opened: Opened, pipeline: Pipeline) -> None:
        account = opened.settings.account_id
        self.opened = opened
        self._pipeline = pipeline
        self._principal = Principal(
            kind="Root",
            account=account,
            arn=f"arn:aws:iam::{account}:root",
            principal_id=account,
        )

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make one call and give its answer; raises `ApiError`."""
        agent = f"garrison/{__version__} local/{getpass.getuser() if os.environ.get('USER') else os.getuid()}"
        return self._pipeline.call_as(self._principal, service, operation, parameters, user_agent=agent, is_local=True)


@contextmanager
def local_caller(opened: Opened) -> Iterator[LocalCaller]:
    """A local caller over open parts, with a spool lane of its own."""
    spool = Spool(opened.home.spools, f"local-{os.getpid()}", FsyncMode.ALWAYS)
    try:
        yield LocalCaller(opened, Pipeline(opened.parts, opened.clock, spool, Metrics(None)))
    finally:
        spool.close()
