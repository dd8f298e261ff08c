"""Refresh checks in the background: those that somebody asked for, and all of them once a day.

A round looks at each account that has something to refresh, reads its items and metrics once, and keeps what each check says in a
transaction of its own. What a process that died had begun is begun again, and abandoned when that has happened too often.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.advised import Advice, listing, recording
from garrison.advised import refreshing as asked
from garrison.advised.deciding import follow_status
from garrison.advised.kept import ASKED, NOT_AVAILABLE, SCHEDULED
from garrison.logs import get_logger
from garrison.rules.advice import CheckResult, Inputs, Status, advise
from garrison.services.trustedadvisor.accounts import advised_accounts, checks_for, teller_of
from garrison.services.trustedadvisor.catalog import catalog
from garrison.services.trustedadvisor.figures import put_figures
from garrison.services.trustedadvisor.inputs import inputs_of
from garrison.services.trustedadvisor.preferences import preferences_of
from garrison.services.trustedadvisor.service import advice_of, service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from garrison.services.background import Workplace

FIRST_AFTER_SECONDS = 900.0
"""How long a server runs before an account is looked at for the first time by itself: until then it is set up, or was for a test."""
_LOOK_AGAIN_SECONDS = 30.0

_log = get_logger(__name__)


@service.task("refreshes", every=timedelta(seconds=0.5))
def refresh(place: Workplace) -> None:
    """Refresh what is to be refreshed now."""
    kept, clockwork = advice_of(place.parts), _clockwork_of(place.home)
    if clockwork.is_time():
        _ask_by_schedule(place, kept, clockwork)
    if not kept.exists:
        return
    with kept.reading() as db:
        waiting = asked.waiting(db)
    for account, check_ids in waiting.items():
        refresh_account(place, kept, account, check_ids)


def refresh_account(place: Workplace, kept: Advice, account: str, check_ids: Sequence[str]) -> None:
    """Refresh checks of an account as one run."""
    now = place.clock.now()
    with kept.writing() as db:
        worn_out = asked.worn_out(db, account)
        for check_id in worn_out:
            asked.ended(db, account, check_id, is_success=False)
        wanted = [check_id for check_id in check_ids if check_id not in worn_out]
        known = [check_id for check_id in wanted if check_id in catalog()]
        for check_id in set(wanted) - set(known):  # of another version of Garrison
            asked.ended(db, account, check_id, is_success=False)
        if not known:
            return
        asked.begun(db, account, known)
        origin = (
            SCHEDULED
            if asked.scheduled_at(db, account) == asked.state_of(db, account, known[0], now=now).asked_at
            else ASKED
        )
        run = recording.begin(db, account, origin, at=now)
    inputs = inputs_of(place, account, [catalog()[check_id] for check_id in known])
    for check_id in known:
        _keep(kept, account, run, _said(check_id, inputs), now)
    with kept.writing() as db:
        recording.finish(db, run, at=place.clock.now())
        recording.tidy(db, now=now)
    if account == teller_of(place.parts, account):
        put_figures(place, kept, account, run, now)


def _said(check_id: str, inputs: Inputs | str) -> CheckResult:
    """What a check says; where nothing could be read, that."""
    if isinstance(inputs, str):
        return CheckResult(check_id, Status.NOT_AVAILABLE, inputs, ())
    return advise(catalog()[check_id], inputs)


def _keep(kept: Advice, account: str, run: int, result: CheckResult, now: datetime) -> None:
    ready = recording.prepared(result)
    with kept.writing() as db:
        recording.record(db, account, run, ready, at=now)
        standing = listing.standing(db, account, result.check_id)
        if standing is not None and standing.status != NOT_AVAILABLE:
            follow_status(db, account, result.check_id, standing.status, at=now)
        asked.ended(db, account, result.check_id, is_success=not result.is_broken)
    if result.is_broken:
        _log.error("check_broke", check=result.check_id, account=account, cause=result.reason)


@dataclass(slots=True)
class _Clockwork:
    """When to look whether an account's time has come: not in every round."""

    started_at: float = field(default_factory=time.monotonic)
    looked_at: float = float("-inf")

    def is_time(self) -> bool:
        """Whether it was not looked at for a while."""
        if time.monotonic() - self.looked_at < _LOOK_AGAIN_SECONDS:
            return False
        self.looked_at = time.monotonic()
        return True

    @property
    def is_settled(self) -> bool:
        """Whether the server runs long enough for first looks."""
        return time.monotonic() - self.started_at >= FIRST_AFTER_SECONDS


@lru_cache(maxsize=4)
def _clockwork_of(_home: Path) -> _Clockwork:
    return _Clockwork()


def _ask_by_schedule(place: Workplace, kept: Advice, clockwork: _Clockwork) -> None:
    """Ask for all checks of the accounts whose time has come."""
    if not kept.exists and not clockwork.is_settled:
        return
    now = place.clock.now()
    for account in advised_accounts(place.parts):
        every = timedelta(hours=preferences_of(place.parts, teller_of(place.parts, account)).refresh_hours)
        with kept.reading() as db:
            last = asked.scheduled_at(db, account)
        is_due = bool(every) and (clockwork.is_settled if last is None else not last <= now < last + every)
        if is_due:
            with kept.writing() as db:
                asked.put_scheduled(db, account, now)
                asked.ask_idle(db, account, checks_for(place.parts, account), now=now)
