"""Sessions of the roles by which trails write to log groups, each used until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison.services.inside import call_as_service
from garrison.services.sts.sessions import open_token
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Parts
    from garrison.services.cloudtrail.delivery.state import TrailId
    from garrison.services.identity import Principal

SESSION_NAME = "CLOUDWATCH_LOGS_DELIVERY_SESSION"


class RoleSessions:
    """The sessions of this process. A new one for each call would make an event for each, and so a next delivery."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str, str], Principal] = {}

    def call(
        self,
        parts: Parts,
        trail: TrailId,
        role_arn: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        region: str,
        now: datetime,
        once: str | None = None,
    ) -> dict[str, Any]:
        """Call CloudWatch Logs with the rights of a role; raises `ApiError`. `once` is as for `call_as_service`."""
        principal = self._sessions.get((trail.arn, role_arn))
        if principal is None or principal.session is None or principal.session.expires_at <= now:
            principal = self._sessions[trail.arn, role_arn] = assume(parts, trail, role_arn, now)
        return parts.calls.call_as(
            principal, "logs", operation, parameters, user_agent=CLOUDTRAIL, region=region, once=once
        )


def assume(parts: Parts, trail: TrailId, role_arn: str, now: datetime) -> Principal:
    """Assume a role as CloudTrail, so that its trust policy decides; raises `ApiError`."""
    answer = call_as_service(
        parts,
        CLOUDTRAIL,
        trail.account,
        trail.home_region,
        "sts",
        "AssumeRole",
        {"RoleArn": role_arn, "RoleSessionName": SESSION_NAME},
        source_arn=trail.arn,
    )
    credentials = answer["Credentials"]
    held = open_token(parts.root_key, credentials["AccessKeyId"], credentials["SessionToken"], now)
    return msgspec.structs.replace(held.principal, invoked_by=CLOUDTRAIL)
