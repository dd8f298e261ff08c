"""Take up every stack that something is to be done with, each in a thread of its own, as soon as it is asked for."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.logs import get_logger
from garrison.services.cloudformation import under_way
from garrison.services.cloudformation.engine.notices import tell
from garrison.services.cloudformation.engine.operations import work_on
from garrison.services.cloudformation.engine.run import Run, StackGone
from garrison.services.cloudformation.resources import Stack, StackEvent
from garrison.services.cloudformation.service import service
from garrison.services.cloudformation.under_way import Job

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_EVERY = timedelta(milliseconds=10)
_WAIT_SECONDS = 0.25
"""For a poke; then it is looked whether another node has asked for something."""
_AFTER_FAILURE_SECONDS = 2.0
"""Before a stack is taken up again that could not be worked on: the store may be away."""
_log = get_logger("garrison.cloudformation")
_lock = threading.Lock()
_busy: set[Job] = set()


@service.task("stacks", every=_EVERY)
def work_on_stacks(place: Workplace) -> None:
    """Start what waits; between two looks, wait to be woken."""
    under_way.wake_of(place.home).wait(_WAIT_SECONDS)
    for job in under_way.jobs(place.parts):
        _start(place, job)


def _start(place: Workplace, job: Job) -> None:
    with _lock:
        if job in _busy:
            return
        _busy.add(job)
    threading.Thread(target=_work, args=(place, job), name=f"garrison-stack-{job.name[:40]}", daemon=True).start()


def _work(place: Workplace, job: Job) -> None:
    try:
        if job.is_drift:
            from garrison.services.cloudformation.drift.detecting import detect

            detect(place, job)
        else:
            _work_on_stack(place, job)
    except StackGone:
        _log.warning("stack_taken_over", stack=job.name)
    except Exception:
        _log.exception("stack_failed", stack=job.name)
        time.sleep(_AFTER_FAILURE_SECONDS)
    finally:
        with _lock:
            _busy.discard(job)


def _work_on_stack(place: Workplace, job: Job) -> None:
    name, _, uuid = job.name.partition("/")
    with place.parts.store.reading(job.account, job.region) as unit:
        stack = unit.get(Stack, name, uuid)
        newest = unit.page(StackEvent, where={"stack": uuid}, limit=1)  # that it was begun; told once, by its id
    if stack is None or not stack.is_under_way:
        with place.parts.store.writing(job.account, job.region, at=place.clock.now()) as unit:
            unit.state_remove("stacks-under-way", f"{job.region}/{job.name}")
        return
    telling = tell(place, stack)
    telling(stack, newest)
    work_on(Run(place, stack, telling))
