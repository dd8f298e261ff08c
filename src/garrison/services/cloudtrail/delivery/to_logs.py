"""Deliver to a log group: each event as a log event, put with the rights of the trail's role.

Source: CloudTrail User Guide, "Sending events to CloudWatch Logs"; CloudWatch Logs API reference, PutLogEvents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.delivery.state import LOGS, Lane, Origin, Plan, TrailId
from garrison.services.role_sessions import Acting, RoleSessions
from garrison.trails import without_own_part
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.services.cloudtrail.delivery.timeline import Wanted
    from garrison.services.cloudtrail.resources import Trail
    from garrison.store import Unit

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
EVENT_OVERHEAD_BYTES = 26
LONGEST_SPAN = timedelta(hours=24)
LARGEST_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES
"""Limits of PutLogEvents; CloudTrail sends no larger event to CloudWatch Logs."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_sessions = RoleSessions(CLOUDTRAIL, "CLOUDWATCH_LOGS_DELIVERY_SESSION")


class Batch(NamedTuple):
    """Events of one call."""

    name: str
    """Under which it is put once."""
    log_group_arn: str
    role_arn: str
    stream: str
    events: list[dict[str, Any]]


class ToLogs:
    """The trails' log groups as a destination."""

    name = LOGS

    def parcels(self, trail: TrailId, plan: Plan, wanted: Iterable[Wanted]) -> Sequence[Batch]:
        """Batches for each account, region and version of the trail, within the limits of a call."""
        groups: dict[tuple[int, Origin], list[Wanted]] = {}
        for each in wanted:
            if each.trail.log_group_arn and each.trail.log_role_arn:
                groups.setdefault((each.trail.revision, each.origin), []).append(each)
        return [
            Batch(f"log-events/{plan.seed}/{number}", *where, events)
            for number, (where, events) in enumerate(
                (_where(events[0].trail, origin), batch)
                for (_, origin), events in groups.items()
                for batch in batches((each.event.event_time, without_own_part(each.entry.payload)) for each in events)
            )
        ]

    def send(self, place: Workplace, trail: TrailId, parcel: Batch) -> None:
        """Put a batch, into a stream that is made where it is missing."""
        group = group_of(parcel.log_group_arn)
        now = place.clock.now()

        def put() -> None:
            parameters = {"logGroupName": group.name, "logStreamName": parcel.stream, "logEvents": parcel.events}
            _sessions.call(
                place.parts,
                _acting(trail, parcel.role_arn),
                "logs",
                "PutLogEvents",
                parameters,
                region=group.region,
                now=now,
                once=parcel.name,
            )

        try:
            put()
        except ApiError as error:
            if error.code != "ResourceNotFoundException":
                raise
            make_stream(place.parts, trail, parcel.log_group_arn, parcel.role_arn, parcel.stream, now)
            put()

    def remember(self, unit: Unit, trail: TrailId, lane: Lane, parcel: Batch) -> Lane:
        """Nothing follows from a batch."""
        return lane


class Group(NamedTuple):
    """A log group by name and region."""

    name: str
    region: str


def group_of(log_group_arn: str) -> Group:
    """The log group that a trail's `CloudWatchLogsLogGroupArn` names."""
    arn = parse_arn(log_group_arn)
    assert arn is not None, "trails keep checked ARNs only"
    return Group(arn.resource.removeprefix("log-group:").removesuffix(":*"), arn.region)


def stream_name(account: str, region: str, organization_id: str | None = None) -> str:
    """The stream of the events of an account's region; that of an organization trail begins with the organization."""
    name = f"{account}_CloudTrail_{region}"
    return f"{organization_id}_{name}" if organization_id else name


def make_stream(parts: Parts, trail: TrailId, log_group_arn: str, role_arn: str, stream: str, now: datetime) -> None:
    """Make a log stream with the rights of a role, where there is none; raises `ApiError`."""
    group = group_of(log_group_arn)
    parameters = {"logGroupName": group.name, "logStreamName": stream}
    try:
        acting = _acting(trail, role_arn)
        _sessions.call(parts, acting, "logs", "CreateLogStream", parameters, region=group.region, now=now)
    except ApiError as error:
        if error.code != "ResourceAlreadyExistsException":
            raise


def _acting(trail: TrailId, role_arn: str) -> Acting:
    return Acting(trail.account, trail.home_region, trail.arn, role_arn)


def batches(events: Iterable[tuple[datetime, bytes]]) -> Iterator[list[dict[str, Any]]]:
    """Log events of times and records, in the order of their times, within the limits of a call each."""
    held: list[dict[str, Any]] = []
    size, first = 0, _EPOCH
    for at, record in sorted(events, key=itemgetter(0)):
        bytes_taken = len(record) + EVENT_OVERHEAD_BYTES
        if bytes_taken > LARGEST_EVENT_BYTES:
            continue
        is_full = len(held) == MOST_EVENTS or size + bytes_taken > MOST_BYTES
        if held and (is_full or at - first >= LONGEST_SPAN):
            yield held
            held, size = [], 0
        first = first if held else at
        held.append({"timestamp": (at - _EPOCH) // timedelta(milliseconds=1), "message": record.decode()})
        size += bytes_taken
    if held:
        yield held


def _where(trail: Trail, origin: Origin) -> tuple[str, str, str]:
    """Log group, role and stream of a trail's events of an account and region."""
    return trail.log_group_arn or "", trail.log_role_arn or "", stream_name(*origin)
