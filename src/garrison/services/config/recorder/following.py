"""Look again at what followed log files say has changed in AWS accounts that are collected: at just that, with the operator's credentials.

Which accounts, and by which credentials, the setting `collected_accounts` says. Only what was collected before is kept up to date: types
and regions that nobody ever collected stay unknown. What cannot be seen now is tried again a few times, and found by the next whole
collection at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.collect import Target, Touched, collect_again, touched
from garrison.inventory import Cause, History, Resource
from garrison.logs import get_logger
from garrison.services.cloudtrail.following import followed_of
from garrison.services.config.recorder.again import causes_of, resources_named
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service
from garrison.services.pauses import is_resting, pause_after

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.setting_tables import CollectedAccount

Causes = dict[Touched, list[Cause]]
MOST_TRIES = 5
"""Of a portion of which something could not be seen."""

_log = get_logger(__name__)
_failed: dict[Path, tuple[int, datetime]] = {}
"""How often the next portion failed in a row, and when it is tried again."""


@service.task("collected-accounts", every=timedelta(seconds=1))
def look_again(place: Workplace) -> None:
    """Take what is new of the followed events, portion by portion."""
    stream = followed_of(place) if place.parts.settings.collected_accounts else None
    if stream is None:
        return
    from garrison.lake.followed import INVENTORY

    tries, retry_at = _failed.get(place.home, (0, None))
    if is_resting(retry_at, place.clock.now()):
        return
    while (portion := stream.portion(INVENTORY)) is not None:
        unseen = _take(place, portion.records)
        if unseen and tries + 1 < MOST_TRIES:
            _failed[place.home] = tries + 1, place.clock.now() + pause_after(tries)
            return
        for one, reason in unseen:
            _log.warning("resource_not_recorded", resource_type=one.resource_type, name=one.name, cause=reason)
        _failed.pop(place.home, None)
        tries = 0
        stream.done(INVENTORY, portion)


def _take(place: Workplace, records: Sequence[bytes]) -> list[tuple[Touched, str]]:
    """Collect again what these events touched; what could not be seen, with the reason."""
    history, unseen = history_of(place.parts), list[tuple[Touched, str]]()
    for account, causes in _by_account(place, history, records).items():
        unseen += _look_again(place, history, account, causes)
    return unseen


def _by_account(place: Workplace, history: History, records: Sequence[bytes]) -> dict[str, Causes]:
    """What was touched in each of the accounts, of the types and regions that were collected."""
    found: dict[str, Causes] = {}
    covered = {account: history.coverage(account) for account in place.parts.settings.collected_accounts}
    for record, one in _touched(records):
        if (one.resource_type, one.region) in covered.get(one.account, {}):
            causes = found.setdefault(one.account, {})
            causes.setdefault(one._replace(part=None), []).append(Cause.of_record(record))
    return found


def _touched(records: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], Touched]]:
    for each in records:
        record: dict[str, Any] = codec.decode(each)
        for one in touched(record):
            yield record, one


def _look_again(place: Workplace, history: History, account: str, causes: Causes) -> list[tuple[Touched, str]]:
    target, at = target_of(place.parts.settings.collected_accounts[account]), place.clock.now()
    again = collect_again(target, causes, before=lambda item: history.get(Resource.of(item)), clock=place.clock)
    history.record(again.items, at=at, causes={Resource.of(item): causes_of(item, causes) for item in again.items})
    for one in again.gone:
        for resource in resources_named(history, one):
            history.remove(resource, at=at, causes={resource: causes[one]})
    return again.unknown


def target_of(known: CollectedAccount) -> Target:
    """An account of the settings, as it is reached."""
    return Target(
        profile=known.profile or None,
        credentials_file=known.credentials_file or None,
        endpoint_url=known.endpoint or None,
        role_arn=known.role_arn or None,
        external_id=known.external_id or None,
    )
