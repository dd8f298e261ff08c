"""A trail as it stood at each event: its versions, walked along the journal.

A change of a trail and its event are one transaction, so the place of that event in the journal is exactly where the change
took effect, however late the delivery is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison import services
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery.membership import Membership
from garrison.services.cloudtrail.delivery.state import Origin
from garrison.services.cloudtrail.resources import Trail
from garrison.trails import Scope, Selection, TrailEvent, compile_selection, read_event

if TYPE_CHECKING:
    from garrison.journal import Entry, Journal
    from garrison.services.cloudtrail.delivery.state import TrailId
    from garrison.store import Store, Version

_LATE = timedelta(minutes=1)
"""By when the event of a change is in the journal; a change whose event is not took effect then."""

_log = get_logger(__name__)


class Wanted(NamedTuple):
    """An event that a trail wants."""

    trail: Trail
    """As it stood at the event."""
    event: TrailEvent
    entry: Entry

    @property
    def origin(self) -> Origin:
        """Of what account and region it is, for the trail."""
        account = self.event.recipient_account_id
        return Origin(account, self.event.aws_region, self.trail.organization_id)


class Timeline:
    """The versions of one trail, from the one in force on."""

    def __init__(self, store: Store, trail: TrailId, revision: int, own_region: str) -> None:
        with store.reading(trail.account, trail.home_region) as unit:
            versions = unit.history(Trail, trail.home_region, trail.name)
        self._own_region = own_region
        self._membership = Membership(store, trail.account, trail.home_region)
        self._coming: list[Version[Trail]] = []
        self._now: Version[Trail] | None = None
        for version in versions:
            if version.revision <= revision:
                self._now = version if revision else None
                break
            self._coming.insert(0, version)
        self._wants = self._compiled(self._now)
        self._global_sources = frozenset(
            f"{name}.amazonaws.com" for name in services.REGISTERED if services.load(name).is_global
        )

    @property
    def revision(self) -> int:
        """The version in force; 0 where none is yet."""
        return self._now.revision if self._now is not None else 0

    @property
    def is_over(self) -> bool:
        """Whether the trail is deleted, and for good."""
        return self._now is not None and self._now.resource is None and not self._coming

    def wanted(self, journal: Journal, after: int, upto: int) -> Iterator[Wanted]:
        """The events between two positions that the trail wants, in the journal's order."""
        for entry in journal.read(after):
            if entry.position > upto:
                return
            found = self._look_at(entry)
            if found is not None:
                yield found

    def _look_at(self, entry: Entry) -> Wanted | None:
        before, test = self._now, self._wants
        self._move_on(entry)
        try:
            event = read_event(entry.payload)
        except msgspec.DecodeError as problem:
            _log.warning("event_not_delivered", event_id=entry.event_id, cause=str(problem))
            return None
        # The call that changes a trail is wanted if it was wanted before or is wanted after: StopLogging is the last event
        # of a log, StartLogging the first.
        for version, wants in ((before, test), (self._now, self._wants)):
            if (
                version is not None
                and version.resource is not None
                and wants is not None
                and self._takes(version.resource, wants, event, entry)
            ):
                return Wanted(version.resource, event, entry)
        return None

    def _move_on(self, entry: Entry) -> None:
        reached = 0
        for number, version in enumerate(self._coming, 1):
            if version.event_id == entry.event_id or version.captured_at + _LATE < entry.at:
                reached = number
        if reached:
            self._now = self._coming[reached - 1]
            del self._coming[:reached]
            self._wants = self._compiled(self._now)

    def _compiled(self, version: Version[Trail] | None) -> Selection | None:
        trail = version.resource if version is not None else None
        if trail is None or not trail.is_logging:
            return None
        return compile_selection(trail.event_selectors, trail.advanced_event_selectors)

    def _takes(self, trail: Trail, wants: Selection, event: TrailEvent, entry: Entry) -> bool:
        scope = Scope(
            account=trail.account,
            home_region=trail.home_region,
            is_multi_region=trail.is_multi_region,
            includes_global_events=trail.includes_global_events,
            records_deliveries=trail.records_recursively is True,
            takes_global_events_at_home=trail.home_region == self._own_region,
        )
        is_of_member = trail.organization_id is not None and self._membership.held(
            trail.organization_id, event.recipient_account_id, entry.at
        )
        is_global = event.event_source in self._global_sources
        return scope.covers(event, is_global=is_global, is_of_member=is_of_member) and wants(event)
