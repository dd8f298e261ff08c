"""Follow a web ACL: ask for it each second, compile what changed off the hot path, and put it in place at once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from garrison.adapters.forking import anew_in_children
from garrison.adapters.kept import Kept, one_at_a_time
from garrison.adapters.sources import Away, Source
from garrison.logs import get_logger
from garrison.waf import bundle as bundles

if TYPE_CHECKING:
    from garrison.adapters.guard import Decider
    from garrison.waf.bundle import Bundle

log = get_logger("garrison.waf")

POLL_SECONDS = 1.0
TRY_AGAIN_SECONDS = 30.0
"""After this long a bundle that did not compile is tried again: what it lacked may have come."""
_SAY_SECONDS = 60.0
"""How often it is said that the source is still away."""

Compile = Callable[["Bundle"], "Decider"]


class Follower:
    """Has the compiled web ACL as it stands now. Good in any thread, and in processes forked from the one that made it."""

    def __init__(
        self, source: Source, compile: Compile, kept: Kept | None = None, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._source = source
        self._compile = compile
        self._kept = kept
        self._poll_seconds = poll_seconds
        self._program: Decider | None = None
        self.bundle: Bundle | None = None
        """What `program` was compiled from."""
        self.adopted_at: float | None = None
        """When, in seconds since the epoch."""
        self._known = ""
        self._refused = ""
        self._refused_at = 0.0
        self._said_at: float | None = None
        self.begin_anew()
        anew_in_children(self)
        self._first_round()

    @property
    def program(self) -> Decider | None:
        """The compiled web ACL; None while there is none."""
        if self._thread is None:
            self.follow()
        return self._program

    def begin_anew(self) -> None:
        """Begin anew in this process: threads, locks and connections are not to be taken along through a fork."""
        self._thread: Thread | None = None
        self._starting = Lock()
        self._ended = Event()
        self._source.forget()

    def follow(self) -> None:
        """Begin to follow in this process, if it has not begun."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._follow, args=(self._ended,), name="garrison-waf-follow", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Follow no longer."""
        self._ended.set()

    def _first_round(self) -> None:
        """Have a program at once: the one kept from before, so that no start waits for the control plane, or else its own."""
        if self._source.is_near:
            self._round()
        data = self._kept.read() if self._program is None and self._kept is not None else None
        if data is not None and not self._adopt(data, is_kept=True):
            self._known = self._refused = ""
        if self._program is None and not self._source.is_near:
            self._round()

    def _follow(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                self._round()
            except Exception:
                log.exception("following_failed")
            ended.wait(self._poll_seconds)

    def _round(self) -> None:
        if self._refused and time.monotonic() - self._refused_at > TRY_AGAIN_SECONDS:
            self._known = self._refused = ""
        try:
            data = self._source.fetch(self._known)
        except Away as problem:
            self._say_away(problem)
            return
        if self._said_at is not None:
            log.info("web_acl_source_back", source=self._source.name)
            self._said_at = None
        if data is not None:
            self._adopt(data, is_kept=False)

    def _adopt(self, data: bytes, *, is_kept: bool) -> bool:
        """Compile a bundle and put it in place; the old one stays where that fails."""
        digest = hashlib.sha256(data).hexdigest()
        if digest == self._refused:
            return False
        try:
            bundle = bundles.decode(data)
            self._known = bundle.digest or digest
            if self.bundle is not None and self.bundle.digest and bundle.digest == self.bundle.digest:
                return True
            began = time.monotonic()
            program = self._compiled(bundle)
        except Exception as problem:
            self._refused, self._refused_at = digest, time.monotonic()
            log.error(
                "web_acl_refused",
                source=self._source.name,
                goes_on_with=self.bundle.digest if self.bundle is not None else None,
                exc_info=problem,
            )
            return False
        self._program, self.bundle, self.adopted_at = program, bundle, time.time()
        self._refused = ""
        seconds = round(time.monotonic() - began, 3)
        log.info("web_acl_adopted", web_acl=bundle.web_acl.name, digest=bundle.digest, seconds=seconds, kept=is_kept)
        if self._kept is not None and not is_kept:
            self._kept.write(data)
        return True

    def _compiled(self, bundle: Bundle) -> Decider:
        if self._kept is None:
            return self._compile(bundle)
        with one_at_a_time(self._kept.folder):
            return self._compile(bundle)

    def _say_away(self, problem: Away) -> None:
        now = time.monotonic()
        if self._said_at is None or now - self._said_at > _SAY_SECONDS:
            goes_on = self.bundle is not None
            log.warning(
                "web_acl_source_away", source=self._source.name, reason=problem.cause, last_good_is_used=goes_on
            )
            self._said_at = now
