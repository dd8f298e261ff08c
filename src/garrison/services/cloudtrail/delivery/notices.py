"""Tell a trail's topic of each log file that was delivered.

Source: CloudTrail User Guide, "Configuring Amazon SNS notifications for CloudTrail".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.state import BUCKET, Lane, Notice, TrailId, lane_key
from garrison.services.inside import call_as_service
from garrison.services.pauses import is_resting, pause_after
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts


def send_notices(place: Workplace, trail: TrailId) -> None:
    """Send what waits of a trail, in order, up to the first that fails."""
    while (lane := _waiting(place, trail)) is not None:
        if is_resting(lane.notice_retry_at, place.clock.now()):
            return
        try:
            publish(place.parts, trail, lane.notices[0])
        except ApiError as error:
            _remember(place, trail, lane.notices[0], error.code)
            return
        _remember(place, trail, lane.notices[0], None)


def publish(parts: Parts, trail: TrailId, notice: Notice) -> None:
    """Publish one notice as CloudTrail does; raises `ApiError`."""
    topic = parse_arn(notice.topic_arn)
    message = codec.encode({"s3Bucket": notice.bucket, "s3ObjectKey": [notice.key]}).decode()
    call_as_service(
        parts,
        CLOUDTRAIL,
        trail.account,
        topic.region if topic is not None else trail.home_region,
        "sns",
        "Publish",
        {"TopicArn": notice.topic_arn, "Message": message},
        source_arn=trail.arn,
        once=f"notice/{trail.arn}/{notice.bucket}/{notice.key}",
    )


def _waiting(place: Workplace, trail: TrailId) -> Lane | None:
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        kept = state.get(unit, Lane, lane_key(BUCKET, trail))
    return kept.value if kept is not None and kept.value.notices else None


def _remember(place: Workplace, trail: TrailId, notice: Notice, error: str | None) -> None:
    with place.parts.store.writing(trail.account, trail.home_region) as unit:
        kept = state.get(unit, Lane, lane_key(BUCKET, trail))
        if kept is None:
            return
        lane = msgspec.structs.replace(kept.value, notice_attempted_at=unit.at, notice_error=error)
        if error is None:
            left = tuple(each for each in lane.notices if each != notice)
            lane = msgspec.structs.replace(
                lane, notices=left, notified_at=unit.at, notice_failures=0, notice_retry_at=None
            )
        else:
            failures = lane.notice_failures + 1
            lane = msgspec.structs.replace(
                lane, notice_failures=failures, notice_retry_at=unit.at + pause_after(failures)
            )
        state.put(unit, kept.key, lane, kept.version)
