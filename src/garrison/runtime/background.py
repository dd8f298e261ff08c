"""The background process: sequences events into the journal, feeds its consumers, keeps retention and the disk ceiling."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from garrison.errors import GarrisonError
from garrison.journal import ConsumerRunner, Journal, Sequencer
from garrison.logs import get_logger
from garrison.runtime.ephemeral import remove_home
from garrison.runtime.home import node_of
from garrison.runtime.logs import configure_logs
from garrison.runtime.parts import Opened, open_parts
from garrison.runtime.processes import die_with_parent
from garrison.runtime.retention import enforce, segment_bytes
from garrison.settings import default_home, load_settings

log = get_logger("garrison.background")

_ENFORCE_EVERY_SECONDS = 60.0
_FIRST_ENFORCE_SECONDS = 1.0


def run(opened: Opened, stop: threading.Event) -> None:
    """Sequence and consume until told to stop; what waits then is still taken along."""
    home, store = opened.home, opened.parts.store
    is_kept = not opened.settings.ephemeral
    sequencer = Sequencer(
        store,
        store,
        home.spools,
        home.journal,
        node_of(home),
        opened.clock,
        max_segment_bytes=segment_bytes(opened.settings),
        sync=is_kept,
    )
    journal = Journal(home.journal, sync=is_kept)
    runner = ConsumerRunner(journal, opened.parts.recent, home.path / "offsets", sync=is_kept)
    threads = [
        threading.Thread(target=_guarded, args=("sequencer", sequencer.run, stop), daemon=True),
        threading.Thread(target=_guarded, args=("recent", runner.run, stop), daemon=True),
    ]
    for thread in threads:
        thread.start()
    pause = _FIRST_ENFORCE_SECONDS
    while not stop.wait(pause):
        enforce(opened, journal)
        pause = _ENFORCE_EVERY_SECONDS
    for thread in threads:
        thread.join(timeout=opened.settings.stop_timeout_seconds)
    if not any(thread.is_alive() for thread in threads):
        _finish(sequencer, runner)


def _finish(sequencer: Sequencer, runner: ConsumerRunner) -> None:
    """Take along what the workers left; what cannot be taken now waits safely for the next start."""
    try:
        sequencer.run_once()
        runner.run_once()
        sequencer.close()
    except GarrisonError as error:
        log.warning("events_wait_for_next_start", cause=str(error))


def _guarded(name: str, work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a thread's work; when it fails the whole process ends, and its supervisor starts it again."""
    try:
        work(stop)
    except BaseException:
        log.exception("background_failed", part=name)
        stop.set()
        os._exit(1)


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    die_with_parent()
    supervisor = os.getppid()
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
        if settings.ephemeral and os.getppid() != supervisor:
            remove_home(opened.home)  # the supervisor, whose task it is, was killed


if __name__ == "__main__":
    main()
