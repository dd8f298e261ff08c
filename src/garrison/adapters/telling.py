"""Tell the control plane what was decided: log records, samples, counts for metrics, and which addresses are held back."""

from __future__ import annotations

import os
import socket
import time
from base64 import b64encode
from collections import Counter, deque
from ipaddress import ip_address
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from garrison.adapters.calls import Caller, Refused
from garrison.adapters.options import Options
from garrison.adapters.sources import Away
from garrison.waf.records import Batch, Blocked, Sample, Tally, sampled
from garrison.waf.records.batch import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from garrison.adapters.keeping import Told
    from garrison.adapters.making import Kept
    from garrison.waf.bundle import Bundle

MOST_SAMPLES = 50
"""Of a rule in one batch: a flood is sampled, not copied."""
MOST_UNSENT_BYTES = 16 * 1024 * 1024
"""What waits for a control plane that is away; the oldest goes."""
HELD_BACK_SECONDS = 60.0
"""How long an address counts as held back after its last request over the limit."""
_BY_ADDRESS = ("IP", "FORWARDEDIP")


class Unsent(NamedTuple):
    """A batch that the control plane does not have yet. It keeps its id: one that came all the same is not taken twice."""

    web_acl: str
    id: str
    content: bytes


class Telling:
    """Sends what an adapter decided to a Garrison server."""

    wants_records = False

    def __init__(self, options: Options) -> None:
        self._caller = Caller(options)
        self._unsent: deque[Unsent] = deque()
        self._of: tuple[Bundle, Tally, HeldBack] | None = None

    def send(self, told: Told) -> None:
        """Send a batch, after those that could not be sent before. Raises: Away: some of it is lost."""
        bundle = told.bundle
        if self._of is None or self._of[0] is not bundle:
            self._of = (bundle, Tally(bundle), HeldBack(bundle))
        _, tally, held_back = self._of
        for each in told.kept:
            tally.add(each.decision, each.at)
        batch = Batch(
            records=tuple(told.records),
            samples=sampled(_some(told.samples)),
            counts=tally.take(),
            blocked=held_back.now(told.kept, time.time()),
        )
        self._unsent.append(Unsent(bundle.web_acl.arn, token_hex(16), encode(batch)))
        self._send_all()

    def forget(self) -> None:
        """Let go of the connection, and of what the parent of this process has yet to send."""
        self._caller.forget()
        self._unsent.clear()

    def _send_all(self) -> None:
        while self._unsent:
            first = self._unsent[0]
            try:
                self._caller.call(
                    "PutWafRecords",
                    WebAclArn=first.web_acl,
                    BatchId=first.id,
                    Adapter=f"{socket.gethostname()[:128]}/{os.getpid()}",
                    Records=b64encode(first.content).decode(),
                )
            except Refused:
                self._unsent.popleft()
                raise
            except Away:
                self._make_room()
                return
            self._unsent.popleft()

    def _make_room(self) -> None:
        size = sum(len(each.content) for each in self._unsent)
        lost = 0
        while size > MOST_UNSENT_BYTES:
            size -= len(self._unsent.popleft().content)
            lost += 1
        if lost:
            raise Away(f"{lost} batches are lost: the server is away for too long.")


class HeldBack:
    """The addresses whose requests were lately over the limit of a rule that aggregates by them alone."""

    def __init__(self, bundle: Bundle) -> None:
        self._places = _places(bundle)
        self._seen: dict[tuple[str, str], dict[str, float]] = {}

    def now(self, kept: Sequence[Kept], now: float) -> tuple[Blocked, ...]:
        """The addresses by rule; a rule that held some back before, and none now, is told with none."""
        for each in kept:
            for hit in each.decision.rates:
                if hit.key_type in _BY_ADDRESS and hit.keys and _is_address(hit.keys[0][1]):
                    for group_rule in self._places.get(hit.rule, ()):
                        self._seen.setdefault((group_rule, hit.rule), {})[hit.keys[0][1]] = each.at
        told = []
        for (group_rule, rule), addresses in list(self._seen.items()):
            left = {address: at for address, at in addresses.items() if now - at < HELD_BACK_SECONDS}
            told.append(Blocked(rule, tuple(left), group_rule))
            if left:
                self._seen[group_rule, rule] = left
            else:
                del self._seen[group_rule, rule]
        return tuple(told)


def _places(bundle: Bundle) -> dict[str, list[str]]:
    """Where rate-based rules stand: by their names, the rules that refer to their groups; empty for the web ACL itself."""
    places: dict[str, list[str]] = {}
    for rule in bundle.web_acl.rules:
        if rule.statement.rate_based_statement is not None:
            places.setdefault(rule.name, []).append("")
        reference = rule.statement.rule_group_reference_statement
        group = bundle.rule_groups.get(reference.arn) if reference is not None else None
        for inner in group.rules if group is not None else ():
            if inner.statement.rate_based_statement is not None:
                places.setdefault(inner.name, []).append(rule.name)
    return places


def _some(samples: Iterable[Sample]) -> list[Sample]:
    taken: Counter[str] = Counter()
    chosen = []
    for sample in samples:
        taken[sample.metric] += 1
        if taken[sample.metric] <= MOST_SAMPLES:
            chosen.append(sample)
    return chosen


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
