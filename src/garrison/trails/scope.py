"""Whether an event belongs to a trail at all, by account, region and service, before its selectors are asked.

Source: CloudTrail User Guide, "About global service events" and "Multi-Region and single-Region trails".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.trails.events import TrailEvent

GLOBAL_REGION = "us-east-1"
"""Where events of global services are recorded."""
CLOUDTRAIL = "cloudtrail.amazonaws.com"
_DELIVERY_CALLS = frozenset(
    {
        ("s3.amazonaws.com", "PutObject"),
        ("sns.amazonaws.com", "Publish"),
        ("logs.amazonaws.com", "PutLogEvents"),
        ("logs.amazonaws.com", "CreateLogStream"),
    }
)
"""What CloudTrail calls to deliver: to record these would make the next delivery's events."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The events that a trail is about."""

    account: str
    home_region: str
    is_multi_region: bool
    includes_global_events: bool
    records_deliveries: bool
    """Whether the calls by which CloudTrail delivers are wanted too (`RecursiveLogging`)."""
    takes_global_events_at_home: bool = False
    """Whether a trail of this region stands where us-east-1 stands in AWS: it is the account's own home region."""

    def covers(self, event: TrailEvent, *, is_global: bool, is_of_member: bool = False) -> bool:
        """Whether an event belongs to the trail.

        `is_global` says whether its service is a global one, `is_of_member` whether its account was one of those that an
        organization trail is for.
        """
        if event.recipient_account_id != self.account and not is_of_member:
            return False
        if not self.records_deliveries and self._is_delivery(event):
            return False
        if is_global and event.aws_region == GLOBAL_REGION:
            at_home = self.home_region == GLOBAL_REGION or self.takes_global_events_at_home
            return self.includes_global_events and (self.is_multi_region or at_home)
        return self.is_multi_region or event.aws_region == self.home_region

    def _is_delivery(self, event: TrailEvent) -> bool:
        return event.invoked_by == CLOUDTRAIL and (event.event_source, event.event_name) in _DELIVERY_CALLS
