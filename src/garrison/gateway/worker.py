"""One gateway worker: the parts it opens and the application it serves."""

from __future__ import annotations

import os

from garrison.clock import SystemClock
from garrison.gateway.metrics import Metrics
from garrison.gateway.pipeline import Pipeline
from garrison.heads import dates
from garrison.journal import FsyncMode, Spool
from garrison.journal.flusher import GroupFlusher
from garrison.runtime.parts import Opened, open_parts
from garrison.settings import Settings


class Worker:
    """What a worker process holds while it serves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.opened: Opened = open_parts(settings)
        self.metrics = Metrics(self.opened.home.metrics)
        mode = FsyncMode.NEVER if settings.ephemeral else FsyncMode(settings.fsync)
        self.spool = Spool(
            self.opened.home.spools,
            f"worker-{os.getpid()}",
            mode,
            ceiling_bytes=settings.spool_ceiling_bytes,
        )
        self.flusher = GroupFlusher(self.spool)
        self.pipeline = Pipeline(self.opened.parts, self.opened.clock, self.spool, self.metrics)
        if not isinstance(self.opened.clock, SystemClock):
            dates.follow(lambda: self.opened.clock.now().timestamp())
        self._is_serving = False

    def start(self) -> None:
        """Begin to answer."""
        self._is_serving = True

    def stop(self) -> None:
        """Sync what is spooled and close everything; the last thing a worker does."""
        self._is_serving = False
        self.metrics.write()
        self.spool.close()
        self.opened.close()

    def unready_cause(self) -> str | None:
        """Why the worker cannot answer now, or None when it can."""
        if not self._is_serving:
            return "The worker is starting or stopping."
        return "The spool cannot be synced; the worker must start again." if self.spool.is_broken else None
