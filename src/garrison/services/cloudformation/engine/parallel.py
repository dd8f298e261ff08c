"""Do work on many resources at the same time, each as soon as what it needs is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.handlers import Failed, Work
from garrison.services.handlers.fitting import is_error_of

if TYPE_CHECKING:
    from garrison.services.cloudformation.engine.run import Progress, Run

WORKERS = 8
_LOOK_SECONDS = 0.5
_log = get_logger("garrison.cloudformation")
_INVALID = ("Invalid", "Validation", "Malformed")
_CODES = {"AlreadyExists": "AlreadyExists", "AccessDenied": "AccessDenied", "Limit": "ServiceLimitExceeded"}


@dataclass(slots=True)
class Job:
    """Work on one resource; `work.made` says what came of it."""

    work: Work
    do: Callable[[Work], None]
    is_begun: bool = False
    """Whether it was begun before a crash: it is finished whatever happens."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    job: Job
    failure: str | None = None
    """Why it failed; None where it did not."""
    is_cancelled: bool = False


class Steps(ABC):
    """What `carry_out` asks about each resource; the phases of operations say it."""

    @abstractmethod
    def prepare(self, name: str, progress: Progress) -> Job | str | None:
        """The job of a resource with its intent put into the progress; None where there is nothing to do, a text where it fails."""

    @abstractmethod
    def finish(self, name: str, outcome: Outcome, progress: Progress) -> None:
        """Put into the progress what came of a job."""

    goes_on = False
    """Whether others are still begun after one has failed."""


@dataclass(slots=True)
class Result:
    """How it all ended."""

    failed: list[str] = field(default_factory=list)
    """The resources that failed, those that were cancelled for it not among them."""
    stopped: str | None = None
    """Why it was given up."""

    @property
    def is_complete(self) -> bool:
        """Whether everything was done."""
        return not self.failed and self.stopped is None


def carry_out(
    run: Run, needs: Mapping[str, frozenset[str]], steps: Steps, progress: Progress, *, may_stop: bool = True
) -> Result:
    """Do the work of all resources in the order of their needs. `progress` is what is to be written down first."""
    return _Rounds(run, needs, steps, may_stop).go(progress)


class _Rounds:
    def __init__(self, run: Run, needs: Mapping[str, frozenset[str]], steps: Steps, may_stop: bool) -> None:
        self._run, self._steps, self._may_stop = run, steps, may_stop
        # What was begun before a crash had all it needs: it comes first, and is finished.
        self._begun = {name for name in needs if _is_begun(run, name)}
        self._waiting = {
            name: set() if name in self._begun else set(needed) & needs.keys() for name, needed in needs.items()
        }
        self._waiters: dict[str, list[str]] = {}
        for name, needed in self._waiting.items():
            for one in needed:
                self._waiters.setdefault(one, []).append(name)
        self._ready = sorted(
            (name for name, needed in self._waiting.items() if not needed), key=lambda name: name not in self._begun
        )
        self._result = Result()
        self._running: dict[Future[Outcome], tuple[str, Job]] = {}

    def go(self, progress: Progress) -> Result:
        with ThreadPoolExecutor(WORKERS, "garrison-stack") as pool:
            while self._ready or self._running:
                jobs = self._begin(progress)
                self._run.commit(progress)
                for name, job in jobs:
                    self._running[pool.submit(_done, job)] = (name, job)
                progress = self._finish()
            self._run.commit(progress)
        return self._result

    def _begin(self, progress: Progress) -> list[tuple[str, Job]]:
        jobs: list[tuple[str, Job]] = []
        self._run.pending = progress
        if self._may_stop and self._result.stopped is None:
            self._result.stopped = self._run.stop_reason()
        if self._result.stopped is not None:
            self._cancel()
        position = 0
        while position < len(self._ready):
            name = self._ready[position]
            position += 1
            if self._has_ended and name not in self._begun:
                continue
            job = self._steps.prepare(name, progress)
            if isinstance(job, Job):
                jobs.append((name, job))
            elif job is None:
                self._release(name)
            else:
                self._fail(name)
        self._ready.clear()
        return jobs

    @property
    def _has_ended(self) -> bool:
        return self._result.stopped is not None or bool(self._result.failed and not self._steps.goes_on)

    def _finish(self) -> Progress:
        from garrison.services.cloudformation.engine.run import Progress

        progress = Progress()
        if not self._running:
            return progress
        done, _ = wait(self._running, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            name, job = self._running.pop(future)
            outcome = Outcome(job, "", is_cancelled=True) if future.cancelled() else future.result()
            self._steps.finish(name, outcome, progress)
            if outcome.failure is None:
                self._release(name)
            elif not outcome.is_cancelled:
                self._fail(name)
        return progress

    def _release(self, name: str) -> None:
        for waiter in self._waiters.get(name, ()):
            self._waiting[waiter].discard(name)
            if not self._waiting[waiter]:
                self._ready.append(waiter)

    def _fail(self, name: str) -> None:
        self._result.failed.append(name)
        if not self._steps.goes_on:
            self._cancel()

    def _cancel(self) -> None:
        """Take back what has not begun yet."""
        for future, (_, job) in self._running.items():
            if not job.is_begun:
                future.cancel()


def _is_begun(run: Run, name: str) -> bool:
    member = run.members.get(name)
    return member is not None and member.touched == run.operation.id and member.status.endswith("_IN_PROGRESS")


def _done(job: Job) -> Outcome:
    """Do a job in a thread of its own."""
    try:
        job.do(job.work)
        return Outcome(job)
    except ApiError as error:
        return Outcome(job, _reason(job, error))
    except Failed as failure:
        return Outcome(job, str(failure))
    except Exception:
        _log.exception("stack_resource_failed", type=job.work.kind.name, resource=job.work.place.logical_id)
        return Outcome(job, "Internal Failure")


def _reason(job: Job, error: ApiError) -> str:
    """An API's error in the words of events."""
    code = next((ours for part, ours in _CODES.items() if part in error.code), None)
    if code is None:
        code = "NotFound" if is_error_of(error, job.work.kind.gone) else "GeneralServiceException"
    if code == "GeneralServiceException" and any(one in error.code for one in _INVALID):
        code = "InvalidRequest"
    status = error.status or 400
    return (
        f'Resource handler returned message: "{error.message} (Service: {job.work.kind.name.split("::")[1]},'
        f' Status Code: {status}, Error Code: {error.code})" (RequestToken: {job.work.place.attempt},'
        f" HandlerErrorCode: {code})"
    )
