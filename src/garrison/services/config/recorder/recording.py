"""Record resources: all of them when a recorder starts and once a day, and after each call in the journal those that it touched.

The recorder reads through the Describe APIs, as `garrison collect` reads accounts of AWS, with the rights of its role: what the role
may not read is unknown. How far the journal is recorded is kept after what was recorded; a crash has some resources looked at twice,
which adds nothing. Why it is so: docs/decisions/011.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.collect import Target, Touched, collect_again, touched
from garrison.collect.catalog import services as collectable
from garrison.collect.work import Work, collected_from
from garrison.errors import ApiError, GarrisonError
from garrison.inventory import Cause, History, Resource
from garrison.items import GLOBAL, Item
from garrison.logs import get_logger
from garrison.services.config.recorder.again import causes_of, resources_named
from garrison.services.config.recorder.finding import recorder_of
from garrison.services.config.recorder.resources import DAILY, ConfigurationRecorder
from garrison.services.config.recorder.standing import (
    FAILURE,
    SUCCESS,
    Standing,
    put_standing,
    recorded_regions,
    standing_of,
)
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import PRINCIPAL, service
from garrison.services.inside_reading import InsideUpstream, is_kept
from garrison.services.organizations.members import accounts_here
from garrison.services.pauses import is_resting
from garrison.services.role_sessions import Acting, RoleSessions

if TYPE_CHECKING:
    from garrison.services.background import Workplace

WHOLE_EVERY = timedelta(days=1)
MOST_EVENTS = 2_000
"""Of the journal, at a time."""
_PAUSE = timedelta(seconds=30)
"""After what went wrong."""
_PARTITION = "aws"

_log = get_logger(__name__)
_sessions = RoleSessions(PRINCIPAL, "AWSConfig-Describe")


@service.task("recorder", every=timedelta(seconds=1))
def record(place: Workplace) -> None:
    """Record what is to be recorded of every account; one recorder that fails holds up no other."""
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, place.parts.settings.region) as unit:
            regions = recorded_regions(unit)
        for region in regions:
            try:
                Recording(place, account, region).go_on()
            except GarrisonError as problem:
                _log.warning("recording_failed", account=account, region=region, cause=str(problem))


class Recording:
    """One recorder's work, as far as there is something to do now."""

    def __init__(self, place: Workplace, account: str, region: str) -> None:
        self._place, self._account, self._region = place, account, region
        with place.parts.store.reading(account, region) as unit:
            self._recorder = recorder_of(unit)
            self._standing = standing_of(unit, region)

    def go_on(self) -> None:
        """Look at everything where it is time for that, else at what was touched since."""
        recorder, standing, now = self._recorder, self._standing, self._place.clock.now()
        if recorder is None or not recorder.is_recording:
            return
        if is_resting(standing.retry_at, now):
            return
        settings = _settings_of(recorder)
        is_late = standing.whole_at is None or not standing.whole_at <= now < standing.whole_at + WHOLE_EVERY
        try:
            if settings != standing.settings or is_late:
                position = self._place.journal.last_position()
                self._record_all(recorder, now)
                self._keep(replace(standing, settings=settings, whole_at=now, position=position))
            else:
                self._follow(recorder)
        except ApiError as error:
            failed = replace(standing, error=error.code, message=error.message, retry_at=now + _PAUSE)
            self._put(failed, FAILURE)

    def _record_all(self, recorder: ConfigurationRecorder, now: datetime) -> None:
        self._check_role()
        for collected in collectable():
            types = tuple(kind.name for kind in collected.types if self._takes(recorder, collected.name, kind))
            if not types:
                continue
            work = Work(
                run="recorder",
                target=Target(),
                account=self._account,
                partition=_PARTITION,
                service=collected.name,
                region=self._region,
                regions=(self._region,),
                types=types,
                at=now,
            )
            result = collected_from(lambda: self._upstream, work)
            self._history.record(result.items, result.outcomes, at=now)

    def _follow(self, recorder: ConfigurationRecorder) -> None:
        """Look again at what calls touched, and say which."""
        journal = self._place.journal
        position = self._standing.position
        while journal.last_position() > position:
            causes: dict[Touched, list[Cause]] = {}
            for count, entry in enumerate(journal.read(position), 1):
                position = entry.position
                record: dict[str, Any] = codec.decode(entry.payload)
                for one in self._touched(recorder, record):
                    causes.setdefault(one._replace(part=None), []).append(Cause.of_record(record))
                if count == MOST_EVENTS:
                    break
            if causes:
                self._check_role()
                self._look_again(causes)
            self._keep(replace(self._standing, position=position))

    def _look_again(self, causes: Mapping[Touched, list[Cause]]) -> None:
        at = self._place.clock.now()
        again = collect_again(
            Target(), causes, before=self._known, clock=self._place.clock, reach=lambda: self._upstream
        )
        behind = {Resource.of(item): causes_of(item, causes) for item in again.items}
        self._history.record(again.items, at=at, causes=behind)
        for one in again.gone:
            for resource in resources_named(self._history, one):
                self._history.remove(resource, at=at, causes={resource: causes[one]})
        for one, reason in again.unknown:
            _log.warning("resource_not_recorded", resource_type=one.resource_type, name=one.name, cause=reason)

    def _touched(self, recorder: ConfigurationRecorder, record: Mapping[str, Any]) -> Iterator[Touched]:
        for one in touched(record):
            if one.account != self._account or one.region not in (self._region, GLOBAL):
                continue
            is_global = one.region == GLOBAL
            if recorder.frequency.of(one.resource_type) != DAILY and recorder.records(
                one.resource_type, is_global=is_global
            ):
                yield one

    def _takes(self, recorder: ConfigurationRecorder, service_name: str, kind: Any) -> bool:
        return is_kept(service_name, kind) and recorder.records(kind.name, is_global=kind.region == GLOBAL)

    def _known(self, item: Item) -> Item | None:
        return self._history.get(Resource.of(item))

    def _check_role(self) -> None:
        """Raises `ApiError` where the role cannot be assumed: nothing could be seen then."""
        self._ask("sts", "GetCallerIdentity", {}, self._region)

    def _ask(self, name: str, operation: str, params: dict[str, Any], region: str) -> dict[str, Any]:
        assert self._recorder is not None
        acting = Acting(self._account, self._region, self._recorder.arn, self._recorder.role_arn)
        now = self._place.clock.now()
        return _sessions.call(self._place.parts, acting, name, operation, params, region=region, now=now) or {}

    @cached_property
    def _upstream(self) -> InsideUpstream:
        return InsideUpstream(self._ask)

    @cached_property
    def _history(self) -> History:
        return history_of(self._place.parts)

    def _keep(self, standing: Standing) -> None:
        self._put(replace(standing, error=None, message=None, retry_at=None), SUCCESS)

    def _put(self, standing: Standing, status: str) -> None:
        now = self._place.clock.now()
        if status != self._standing.status:
            standing = replace(standing, status=status, changed_at=now)
        if standing != self._standing:
            with self._place.parts.store.writing(self._account, self._region, event_id=None, at=now) as unit:
                put_standing(unit, self._region, standing)
            self._standing = standing


def _settings_of(recorder: ConfigurationRecorder) -> str:
    """What decides what is recorded; it differs after each start."""
    told = codec.encode_canonical([recorder.role_arn, recorder.group, recorder.started_at, recorder.arn])
    return hashlib.sha256(told).hexdigest()
