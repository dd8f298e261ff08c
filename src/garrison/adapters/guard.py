"""Decide about requests by the web ACL that is followed, and say what becomes of those that it cannot decide about."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from garrison.adapters.options import Fail, Options
from garrison.logs import get_logger
from garrison.waf.decision import Action, Answer

if TYPE_CHECKING:
    from garrison.waf.decision import Decision
    from garrison.waf.request import Request

log = get_logger("garrison.waf")

OWN_PREFIX = b"x-amzn-waf-"
"""What the names of inserted headers begin with; those that a client sends itself are taken off, so that applications can rely on them."""
_TEXT = "text/plain; charset=utf-8"
_BLOCKED = Answer(403, content_type=_TEXT, body=b"Forbidden\n")
_NO_ACL = Answer(503, (("retry-after", "1"),), _TEXT, b"The web application firewall has no rules yet.\n")
_CRASHED = Answer(503, (), _TEXT, b"The web application firewall could not decide about this request.\n")
_TOO_LARGE = Answer(413, (), _TEXT, b"The request's body is too large to be inspected.\n")
_LOG_SECONDS = 1.0
"""A fault that each request meets is logged once in so long, with how often it was met."""


class Decider(Protocol):
    """A compiled web ACL."""

    def decide(self, request: Request, now: float) -> Decision:
        """Decide about a request at a time in seconds since the epoch."""


class Follows(Protocol):
    """What has the web ACL as it stands now."""

    @property
    def program(self) -> Decider | None:
        """None while there is none."""


class Keeps(Protocol):
    """What takes in decisions, for logs, samples and metrics; it never blocks."""

    def put(self, request: Request, decision: Decision, now: float, seconds: float) -> None:
        """Take in one decision and how long it took; the request is no longer the adapter's."""

    def failed(self, cause: str, fail: Fail) -> None:
        """Count a request that could not be decided about."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the adapter does."""

    answer: Answer | None = None
    """What the client is told; None: the request goes on."""
    inserted: tuple[tuple[str, str], ...] = ()
    """Headers to add to a request that goes on."""


_GO_ON = Verdict()


class Guard:
    """Decides for an adapter; used from any thread."""

    def __init__(
        self, options: Options, follows: Follows, keeps: Keeps, *, now: Callable[[], float] = time.time
    ) -> None:
        self._options = options
        self._follows = follows
        self._keeps = keeps
        self._now = now
        self._logged_at = 0.0
        self._unlogged = 0

    def check(self, request: Request) -> Verdict:
        """Decide about a request; never raises, never waits."""
        if request.body_bytes is not None and self._options.oversize is Fail.CLOSED:
            return self._failed("oversize", Fail.CLOSED, _TOO_LARGE)
        program = self._follows.program
        if program is None:
            return self._failed("no_acl", self._options.no_acl, _NO_ACL)
        now, began = self._now(), time.perf_counter()
        try:
            decision = program.decide(request, now)
        except Exception as problem:
            self._say(problem, now)
            return self._failed("crash", self._options.crash, _CRASHED)
        self._keeps.put(request, decision, now, time.perf_counter() - began)
        if decision.action is Action.BLOCK:
            return Verdict(decision.answer or _BLOCKED)
        return Verdict(None, decision.inserted) if decision.inserted else _GO_ON

    def _failed(self, cause: str, fail: Fail, answer: Answer) -> Verdict:
        self._keeps.failed(cause, fail)
        return _GO_ON if fail is Fail.OPEN else Verdict(answer)

    def _say(self, problem: Exception, now: float) -> None:
        self._unlogged += 1
        if abs(now - self._logged_at) >= _LOG_SECONDS:
            log.error("decision_failed", web_acl=self._options.label, requests=self._unlogged, exc_info=problem)
            self._logged_at, self._unlogged = now, 0


_FRAMING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})


def answer_headers(answer: Answer) -> list[tuple[str, str]]:
    """The headers of an answer, with its content's type and length; none ends another, or says where the body ends but ours."""
    made = [
        (_one_line(name), _one_line(value)) for name, value in answer.headers if name.strip().lower() not in _FRAMING
    ]
    if answer.content_type and all(name.lower() != "content-type" for name, _ in made):
        made.append(("content-type", answer.content_type))
    made.append(("content-length", str(len(answer.body))))
    return made


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
