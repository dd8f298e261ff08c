"""Send each account's weekly digest through the topic that its preferences name: one for each week, whatever the server went through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from garrison.advised import Advice, listing, refreshing
from garrison.services.trustedadvisor.accounts import advised_accounts, teller_of
from garrison.services.trustedadvisor.catalog import catalog
from garrison.services.trustedadvisor.digest_text import Told, subject_of, text_of
from garrison.services.trustedadvisor.preferences import DAYS, Preferences, preferences_of
from garrison.services.trustedadvisor.service import advice_of, service
from garrison.services.trustedadvisor.telling import publish

if TYPE_CHECKING:
    from garrison.services.background import Workplace

WEEK = timedelta(days=7)
MOST_CHANGES = 10_000


@service.task("digest", every=timedelta(seconds=2))
def send_digests(place: Workplace) -> None:
    """Send the digests whose time has come; one that was missed while the server was away is sent late, once."""
    kept = advice_of(place.parts)
    if not kept.exists:
        return
    for account in advised_accounts(place.parts):
        wanted = preferences_of(place.parts, teller_of(place.parts, account))
        if wanted.digest_topic:
            _send(place, kept, account, wanted)


def _send(place: Workplace, kept: Advice, account: str, wanted: Preferences) -> None:
    now = place.clock.now()
    slot = last_slot(now, wanted.digest_day, wanted.digest_hour)
    with kept.reading() as db:
        sent = refreshing.digested_at(db, account)
    last = max((at for at in (sent, wanted.digest_since) if at is not None and at <= now), default=now)
    if last >= slot:
        return
    with kept.reading() as db:
        standings = [one for one in listing.standings(db, account).values() if one.check_id in catalog()]
        changes = listing.changes(db, account=account, since=last, limit=MOST_CHANGES)
        savings, saved = listing.savings_now(db, account), listing.saved_now(db, account)
        told = Told(account, now, standings, changes, savings, saved, catalog())
    if not standings:  # nothing was ever looked at
        return
    subject, text = subject_of(told, wanted.language), text_of(told, wanted.language)
    once = f"trustedadvisor-digest/{account}/{slot:%Y-%m-%dT%H}"
    publish(place, wanted.digest_topic, wanted.account, subject, text, once=once)
    with kept.writing() as db:
        refreshing.put_digested(db, account, now)


def last_slot(now: datetime, day: str, hour: int) -> datetime:
    """The last time at or before now that is the hour of the day of the week."""
    today = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    at = today - timedelta(days=(now.weekday() - DAYS.index(day)) % len(DAYS))
    return at if at <= now else at - WEEK
