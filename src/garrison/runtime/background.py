"""The background process: sequences events into the journal and feeds its consumers."""

from __future__ import annotations

import os
import signal
import socket
import threading
from datetime import timedelta
from types import FrameType

import structlog

from garrison.journal import ConsumerRunner, Journal, JournalUnavailable, Sequencer
from garrison.runtime.logs import configure_logs
from garrison.runtime.parts import Opened, open_parts
from garrison.runtime.processes import die_with_parent
from garrison.settings import default_home, load_settings

log = structlog.get_logger("garrison.background")

_PRUNE_EVERY_SECONDS = 60.0


def run(opened: Opened, stop: threading.Event) -> None:
    """Sequence and consume until told to stop."""
    home, store = opened.home, opened.parts.store
    is_kept = not opened.settings.ephemeral
    holder = f"{socket.gethostname()}-{os.getpid()}"
    sequencer = Sequencer(store, store, home.spools, home.journal, holder, opened.clock, sync=is_kept)
    journal = Journal(home.journal, sync=is_kept)
    runner = ConsumerRunner(journal, opened.parts.recent, home.path / "offsets", sync=is_kept)
    threads = [
        threading.Thread(target=_guarded, args=("sequencer", lambda: sequencer.run(stop), stop), daemon=True),
        threading.Thread(target=_guarded, args=("recent", lambda: runner.run(stop), stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(_PRUNE_EVERY_SECONDS):
        _prune(opened, journal)
    for thread in threads:
        thread.join(timeout=opened.settings.stop_timeout_seconds)


def _guarded(name: str, work: object, stop: threading.Event) -> None:
    """Run a thread's work; when it fails the whole process ends, and its supervisor starts it again."""
    try:
        work()  # type: ignore[operator]
    except BaseException:
        log.exception("background_failed", part=name)
        stop.set()
        os._exit(1)


def _prune(opened: Opened, journal: Journal) -> None:
    settings = opened.settings
    before = opened.clock.now() - timedelta(days=settings.retention_days)
    try:
        opened.parts.recent.expire(opened.clock.now())
        journal.prune(consumed=opened.parts.recent.position, before=before, max_bytes=settings.disk_ceiling_bytes)
    except (OSError, JournalUnavailable) as error:
        log.warning("prune_failed", cause=str(error))


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    die_with_parent()
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    opened = open_parts(settings)
    try:
        run(opened, stop)
    finally:
        opened.close()


if __name__ == "__main__":
    main()
