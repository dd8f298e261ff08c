"""Sessions of roles by which services act in accounts (a trail's, a recorder's), each used until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison.services.inside import call_as_service
from garrison.services.sts.sessions import open_token

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Parts
    from garrison.services.identity import Principal


class Acting(NamedTuple):
    """For what a service acts, and by which role."""

    account: str
    region: str
    source_arn: str
    """The resource that it is done for: `aws:SourceArn` when the role is assumed."""
    role_arn: str


class RoleSessions:
    """The sessions of this process. A new one for each call would make an event for each."""

    def __init__(self, service_principal: str, session_name: str) -> None:
        self._by, self._name = service_principal, session_name
        self._sessions: dict[Acting, Principal] = {}

    def call(
        self,
        parts: Parts,
        acting: Acting,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        region: str,
        now: datetime,
        once: str | None = None,
    ) -> dict[str, Any]:
        """Call an operation with the rights of the role; raises `ApiError`. `once` is as for `call_as_service`."""
        principal = self._sessions.get(acting)
        if principal is None or principal.session is None or principal.session.expires_at <= now:
            principal = self._sessions[acting] = self.assume(parts, acting, now)
        return parts.calls.call_as(
            principal, service, operation, parameters, user_agent=self._by, region=region, once=once
        )

    def assume(self, parts: Parts, acting: Acting, now: datetime) -> Principal:
        """Assume the role as the service, so that its trust policy decides; raises `ApiError`."""
        parameters = {"RoleArn": acting.role_arn, "RoleSessionName": self._name}
        answer = call_as_service(
            parts,
            self._by,
            acting.account,
            acting.region,
            "sts",
            "AssumeRole",
            parameters,
            source_arn=acting.source_arn,
        )
        credentials = answer["Credentials"]
        held = open_token(parts.root_key, credentials["AccessKeyId"], credentials["SessionToken"], now)
        return msgspec.structs.replace(held.principal, invoked_by=self._by)
