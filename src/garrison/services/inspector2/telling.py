"""Tell of findings through a topic that the settings name: when one is found, found again, or closed.

The message is the event that Inspector gives EventBridge, `Inspector2 Finding`. Each change is published once, in the order they came;
what is suppressed is not told. Source: Inspector user guide, "Amazon EventBridge event schema for Amazon Inspector events".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.scan_findings import SUPPRESSED, Kept, listing, progress
from garrison.scan_findings.kept import Change
from garrison.services.inside import call_as_service
from garrison.services.inspector2.external.formats import plain
from garrison.services.inspector2.service import PRINCIPAL, findings_of, service
from garrison.services.inspector2.shapes import shown
from garrison.services.subjects import plain_subject

if TYPE_CHECKING:
    from garrison.services.background import Workplace

BATCH = 100
_TOLD = "told"
"""What the place in the changes is kept under."""

_log = get_logger(__name__)


@service.task("findings-told", every=timedelta(seconds=0.5))
def tell(place: Workplace) -> None:
    """Tell of what has changed, the oldest first."""
    kept, topic = findings_of(place.parts), place.parts.settings.inspector_topic
    if not kept.exists:
        return
    while True:
        with kept.reading() as db:
            position = progress.cursor(db, _TOLD)
            last = listing.last_change(db)
            changes = listing.changes_after(db, int(position or 0), BATCH) if topic else []
            found = (
                {one.arn: one for one in listing.by_arn(db, [change.arn for _, change in changes])} if changes else {}
            )
        if str(last) == position or (not topic and not last):
            return
        for number, change in changes:
            finding = found.get(change.arn)
            if finding is not None and SUPPRESSED not in (finding.status, change.status):
                _publish(place, topic, number, change, finding)
        with kept.writing() as db:
            progress.put_cursor(db, _TOLD, str(changes[-1][0] if changes else last))
        if not changes:
            return


def event_of(number: int, change: Change, finding: Kept) -> dict[str, Any]:
    """A change as EventBridge would have it."""
    detail = plain(shown(finding)) | {"status": change.status}
    return {
        "version": "0",
        "id": event_id(),
        "detail-type": "Inspector2 Finding",
        "source": "aws.inspector2",
        "account": finding.account,
        "time": f"{change.at:%Y-%m-%dT%H:%M:%SZ}",
        "region": finding.region,
        "resources": [one["id"] for one in finding.body["resources"]],
        "detail": detail,
    }


def _publish(place: Workplace, topic: str, number: int, change: Change, finding: Kept) -> None:
    arn = parse_arn(topic)
    if arn is None or arn.account != finding.account:
        return
    subject = f"{finding.severity}: {finding.title} is {change.status.lower()} on {finding.body['resources'][0]['id']}"
    try:
        call_as_service(
            place.parts,
            PRINCIPAL,
            finding.account,
            arn.region,
            "sns",
            "Publish",
            {
                "TopicArn": topic,
                "Subject": plain_subject(subject),
                "Message": codec.encode(event_of(number, change, finding)).decode(),
            },
            source_arn=finding.arn,
            once=f"inspector2-finding/{number}",
        )
    except ApiError as error:
        _log.warning("finding_not_told", topic=topic, finding=finding.arn, cause=str(error))
