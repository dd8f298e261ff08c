"""What CloudTrail keeps: trails."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from garrison.store import Resource


class Trail(Resource, frozen=True, kw_only=True):
    """A trail: which events are to be delivered where.

    It belongs to its home region, and a multi-Region trail shows itself in every other one as a shadow; therefore trails are
    kept among the account's global resources, with the home region as part of their identity.
    """

    resource_type: ClassVar[str] = "AWS::CloudTrail::Trail"
    is_global: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("home_region", "name")

    name: str
    home_region: str
    created_at: datetime
    bucket: str
    key_prefix: str | None = None
    topic: str | None = None
    """The SNS topic as the caller named it: a name or an ARN."""
    includes_global_events: bool = True
    is_multi_region: bool = False
    validates_log_files: bool = False
    log_group_arn: str | None = None
    log_role_arn: str | None = None
    kms_key_id: str | None = None
    """The ARN of a KMS key or alias."""
    records_recursively: bool | None = None
    """Whether the events of CloudTrail's own deliveries are wanted; None where nobody said."""
    organization_id: str | None = None
    """The organization whose accounts' events are all wanted; None where only those of the trail's own account are."""
    is_logging: bool = False
    logging_started_at: datetime | None = None
    logging_stopped_at: datetime | None = None
    event_selectors: tuple[dict[str, Any], ...] = ()
    """Basic selectors in the API's shape; empty where the default holds or advanced ones are set."""
    advanced_event_selectors: tuple[dict[str, Any], ...] = ()

    @property
    def arn(self) -> str:
        """The trail's ARN, with its home region wherever it is looked at from."""
        return trail_arn(self.home_region, self.account, self.name)

    @property
    def topic_arn(self) -> str | None:
        """The ARN of the SNS topic."""
        if not self.topic or self.topic.startswith("arn:"):
            return self.topic
        return f"arn:aws:sns:{self.home_region}:{self.account}:{self.topic}"


def trail_arn(region: str, account: str, name: str) -> str:
    """The ARN of a trail."""
    return f"arn:aws:cloudtrail:{region}:{account}:trail/{name}"
