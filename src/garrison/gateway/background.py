"""The background process: sequences events into the journal, feeds its consumers, lets tasks come round, keeps retention."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

from garrison import services
from garrison.gateway.metrics import Metrics
from garrison.gateway.pipeline import Pipeline
from garrison.journal import Arrivals, ConsumerRunner, FsyncMode, Journal, Sequencer, Spool
from garrison.logs import get_logger
from garrison.policy.collector import held_collector
from garrison.runtime.ephemeral import remove_home
from garrison.runtime.home import Home, node_of
from garrison.runtime.logs import configure_logs
from garrison.runtime.memory import leave_no_dump
from garrison.runtime.parts import Opened, open_parts
from garrison.runtime.processes import die_with_parent, hear_signals
from garrison.runtime.retention import enforce, segment_bytes
from garrison.runtime.rounds import Leadership, come_round
from garrison.runtime.running import SUPERVISOR
from garrison.services.background import Workplace
from garrison.setting_sources import default_home, load_settings

log = get_logger("garrison.background")

_ENFORCE_EVERY_SECONDS = 60.0
_FIRST_ENFORCE_SECONDS = 1.0

Work = Callable[[threading.Event], None]


def run(opened: Opened, stop: threading.Event) -> None:
    """Sequence, consume and do tasks until told to stop; what waits then is still taken along."""
    home, store = opened.home, opened.parts.store
    is_kept = not opened.settings.ephemeral
    arrivals = Arrivals()
    sequencer = Sequencer(
        store,
        store,
        home.spools,
        home.journal,
        node_of(home),
        opened.clock,
        max_segment_bytes=segment_bytes(opened.settings),
        sync=is_kept,
        arrivals=arrivals,
    )
    journal = Journal(home.journal, sync=is_kept)
    spool = _spool(opened)
    Pipeline(opened.parts, opened.clock, spool, Metrics(home.metrics))
    place = Workplace(opened.parts, opened.clock, journal, home.path)
    runners = list(_runners(place, is_kept))
    leadership = Leadership(store, node_of(home))
    threads = [
        threading.Thread(target=_guarded, args=(name, work, stop), name=name, daemon=True)
        for name, work in (
            ("sequencer", sequencer.run),
            *((runner.name, partial(runner.run, arrivals=arrivals)) for runner in runners),
            *_tasks(place, leadership),
        )
    ]
    for thread in threads:
        thread.start()
    pause = _FIRST_ENFORCE_SECONDS
    while not stop.wait(pause):
        enforce(opened, journal)
        pause = _ENFORCE_EVERY_SECONDS
    arrivals.end()
    for thread in threads:
        thread.join(timeout=opened.settings.stop_timeout_seconds)
    if not any(thread.is_alive() for thread in threads):
        _finish(sequencer, runners, leadership)
        spool.close()


def _spool(opened: Opened) -> Spool:
    """The lane of what background work calls."""
    mode = FsyncMode.NEVER if opened.settings.ephemeral else FsyncMode.ALWAYS
    return Spool(opened.home.spools, f"background-{os.getpid()}", mode)


def _runners(place: Workplace, is_kept: bool) -> Iterator[ConsumerRunner]:
    """What reads the journal: the index of recent events, and what services declare."""
    offsets = Home(place.home).offsets
    yield ConsumerRunner(place.journal, place.parts.recent, offsets, sync=is_kept)
    for name in services.REGISTERED:
        for make in services.load(name).consumers:
            yield ConsumerRunner(place.journal, make(place), offsets, sync=is_kept)


def _tasks(place: Workplace, leadership: Leadership) -> Iterator[tuple[str, Work]]:
    for name in services.REGISTERED:
        for task in services.load(name).tasks:
            yield task.name, partial(come_round, task, place, leadership)


def _finish(sequencer: Sequencer, runners: list[ConsumerRunner], leadership: Leadership) -> None:
    """Take along what the workers left; what cannot be taken now waits safely for the next start."""
    try:
        sequencer.run_once()
        for runner in runners:
            runner.run_once()
        leadership.give_up()
        sequencer.close()
    except Exception as error:
        log.warning("events_wait_for_next_start", cause=str(error))


def _guarded(name: str, work: Work, stop: threading.Event) -> None:
    """Run a thread's work; when it fails the whole process ends, and its supervisor starts it again."""
    try:
        work(stop)
    except BaseException:
        log.exception("background_failed", part=name)
        stop.set()
        os._exit(1)


def main() -> None:
    """Entry of the process; its home is named by `GARRISON_HOME`."""
    leave_no_dump()
    die_with_parent()
    supervisor = int(os.environ.get(SUPERVISOR) or os.getppid())
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    hear_signals()
    with held_collector():
        opened = open_parts(settings, makes_indexes=True)
    gc.freeze()  # what is loaded stays
    try:
        run(opened, stop)
    finally:
        opened.close()
        if settings.ephemeral and os.getppid() != supervisor:
            remove_home(opened.home)  # the supervisor, whose task it is, was killed


if __name__ == "__main__":
    main()
