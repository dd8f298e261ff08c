"""Ingest: log files of any account into the lake, each once, in commits that a crash cannot tear."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from garrison import codec
from garrison.errors import OperatorError
from garrison.journal.files import make_folder, replace_whole
from garrison.lake import live
from garrison.lake.digests import Digests, read_digests
from garrison.lake.lake import Lake, now, total_bytes
from garrison.lake.memory import keep_freed_memory
from garrison.lake.sources import Found, Source
from garrison.lake.taking import Taken, Work, group, take
from garrison.lake.writing import remove_parts

COMMIT_BYTES = 64 * 1024 * 1024
COMMIT_EVERY = timedelta(minutes=5)
"""A commit comes when this much is written or this much time has passed."""
GROUP_BYTES = 24 * 1024 * 1024
_LISTED_AT_ONCE = 1000
_MOST_WORKERS = 2
_KEPT_REASONS = 1000


@dataclass(slots=True)
class Outcome:
    """What an ingest did so far."""

    files: int = 0
    """Log files taken in."""
    records: int = 0
    present: int = 0
    """Files that were in the lake already."""
    set_aside: int = 0
    """Texts that are no records; they lie in `lake/set-aside` with their reasons."""
    refused: list[dict[str, str]] = field(default_factory=list)
    """Files not taken in, each with `location` and `reason`; the first thousand."""
    refused_files: int = 0
    digests: Digests = field(default_factory=Digests)
    verified: int = 0
    """Files whose content is what a digest says."""
    stored_bytes: int = 0
    bytes_read: int = 0

    def as_dict(self) -> dict[str, object]:
        """As `--json` shows it."""
        return {
            "files": self.files,
            "records": self.records,
            "alreadyPresent": self.present,
            "setAside": self.set_aside,
            "refusedFiles": self.refused_files,
            "refused": self.refused,
            "verifiedFiles": self.verified,
            "digests": self.digests.as_dict(),
            "storedBytes": self.stored_bytes,
        }


class Ingest:
    """Takes the log files of one source into a lake."""

    def __init__(
        self,
        lake: Lake,
        source: Source,
        *,
        workers: int | None = None,
        public_keys: Sequence[dict[str, str]] = (),
        progress: Callable[[Outcome, int], None] | None = None,
        is_live: bool = False,
    ) -> None:
        """`progress` is told of the outcome so far and of the bytes of files dealt with since it was last told.

        `is_live`: whether the fresh events of files that come are handed over to alarms and detections (`garrison.lake.live`).
        """
        self.outcome = Outcome()
        self._lake, self._source = lake, source
        self._workers = workers or min(_MOST_WORKERS, os.cpu_count() or 1)
        self._public_keys = public_keys
        self._is_live = is_live
        self._progress = progress or (lambda outcome, size: None)
        self._waiting: list[Taken] = []
        self._accepted: set[str] = set()
        self._committed_at = time.monotonic()
        self._refused_before: dict[str, str] = {}

    def run(self) -> Outcome:
        """Take in what is there now and is not in the lake; may be called again for what has come since."""
        self._lake.settle_left_open()
        listed = [found for found in self._source.list() if self._refused_before.get(found.location) != found.stamp]
        digests = [found for found in listed if found.is_digest]
        read_digests(self._source, digests, self.outcome.digests, self._public_keys)
        fresh = self._fresh([found for found in listed if not found.is_digest])
        arrivals = self._arrivals(fresh)
        groups = group(fresh, GROUP_BYTES)
        table = self._lake.table()
        works = (
            Work(
                self._source,
                files,
                self._lake.place,
                table.location(),
                now(),
                self._expected(files),
                arrivals={found.location: arrivals[found.location] for found in files} if arrivals else {},
            )
            for files in groups
        )
        with self._executor(len(groups)) as executor:
            self._take_all(executor, works)
            while self._commit(executor):
                pass
        self.outcome.digests.check_ledger(self._lake.ledger)
        return self.outcome

    def _fresh(self, files: Sequence[Found]) -> list[Found]:
        """The files that the ledger does not know unchanged."""
        kept: list[Found] = []
        for start in range(0, len(files), _LISTED_AT_ONCE):
            some = files[start : start + _LISTED_AT_ONCE]
            known = self._lake.ledger.unchanged([(found.location, found.stamp) for found in some])
            for found in some:
                if found.location in known:
                    self.outcome.present += 1
                    self._progress(self.outcome, found.size_bytes)
                else:
                    kept.append(found)
        return kept

    def _arrivals(self, files: Sequence[Found]) -> dict[str, datetime]:
        """When the files came, where they are followed live; an arrival is kept, so that no crash makes events old."""
        if not self._is_live:
            return {}
        return self._lake.ledger.arrivals([(found.location, found.stamp) for found in files], now())

    def _expected(self, files: Sequence[Found]) -> dict[str, str]:
        hashes = self.outcome.digests.hashes
        return {found.name: hashes[found.name] for found in files if found.name in hashes}

    @contextmanager
    def _executor(self, groups: int) -> Iterator[Executor | None]:
        """Worker processes, where there is work for more than one."""
        if self._workers < 2 or groups < 2:
            yield None
            return
        context = multiprocessing.get_context("spawn")
        workers = min(self._workers, groups)
        with ProcessPoolExecutor(workers, mp_context=context, initializer=keep_freed_memory) as executor:
            yield executor

    def _take_all(self, executor: Executor | None, works: Iterator[Work]) -> None:
        if executor is None:
            for work in works:
                self._took(take(work), None)
            return
        pending: set[Future[Taken]] = {executor.submit(take, work) for work in islice(works, self._workers * 2)}
        while pending:
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            pending |= {executor.submit(take, work) for work in islice(works, len(done))}
            for future in done:
                self._took(future.result(), executor)

    def _took(self, taken: Taken, executor: Executor | None) -> None:
        """Keep what a worker wrote for the next commit, unless a file of it came twice at the same time."""
        if twice := self._accepted.intersection(file.sha256 for file in taken.files):
            self._again(taken, twice)
            return
        self._accepted.update(file.sha256 for file in taken.files)
        self._waiting.append(taken)
        self.outcome.bytes_read += taken.bytes_read
        self._progress(self.outcome, sum(found.size_bytes for found in taken.work.files))
        written = sum(total_bytes(each.written) for each in self._waiting)
        if written >= COMMIT_BYTES or time.monotonic() - self._committed_at >= COMMIT_EVERY.total_seconds():
            while self._commit(executor):
                pass

    def _again(self, taken: Taken, skip: set[str]) -> None:
        """Do a worker's work again without some contents that others took in meanwhile."""
        remove_parts(self._lake.table().io, taken.written)
        self._took(take(taken.work._replace(skip=taken.work.skip | skip)), None)

    def _commit(self, executor: Executor | None) -> bool:
        """Commit what waits; whether there is something to commit still, because another ingest was quicker."""
        waiting, self._waiting = self._waiting, []
        self._committed_at = time.monotonic()
        files = [file for taken in waiting for file in taken.files]
        if not files:
            self._count(waiting)
            return False
        at = now()
        self._keep_beside(waiting)
        if self._lake.commit_batch([part for taken in waiting for part in taken.written], files, at):
            if self._is_live:
                self._lake.ledger.forget_arrivals(file.location for file in files)
            self._count(waiting)
            return False
        self._accepted.difference_update(file.sha256 for file in files)
        known = self._lake.ledger.known(file.sha256 for file in files)
        for taken in waiting:
            if known.intersection(file.sha256 for file in taken.files):
                self._again(taken, known)
            else:
                self._took(taken, executor)
        return True

    def _count(self, waiting: Sequence[Taken]) -> None:
        outcome = self.outcome
        for taken in waiting:
            outcome.files += len(taken.files)
            outcome.records += sum(file.records for file in taken.files)
            outcome.present += taken.present
            outcome.set_aside += len(taken.set_aside)
            outcome.verified += taken.verified
            outcome.stored_bytes += total_bytes(taken.written)
            outcome.refused_files += len(taken.refused)
            for found, reason in taken.refused:
                self._refused_before[found.location] = found.stamp
                if len(outcome.refused) < _KEPT_REASONS:
                    outcome.refused.append({"location": found.location, "reason": reason})
        self._progress(outcome, 0)

    def _keep_beside(self, waiting: Sequence[Taken]) -> None:
        """Keep beside the lake what is no record, and what is live; the same again after a crash."""
        folder = self._lake.place.folder
        try:
            for taken in waiting:
                _keep_aside(folder / "set-aside", taken)
                live.keep(self._lake.place, taken.live)
        except OSError as error:
            raise OperatorError(f"{folder} cannot be written: {error.strerror}.", "Free space there.") from error


def _keep_aside(folder: Path, taken: Taken) -> None:
    """One file for each log file."""
    shas = {file.location: file.sha256 for file in taken.files}
    lines: dict[str, list[bytes]] = {}
    for one in taken.set_aside:
        lines.setdefault(shas[one.location], []).append(codec.encode(one._asdict()))
    for sha256, found in lines.items():
        make_folder(folder)
        replace_whole(folder / f"{sha256}.jsonl", b"\n".join(found) + b"\n")
