"""The calls that are made for a stack's resources: with the rights of its role or its caller, each change once."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.services.cloudformation.service import PRINCIPAL
from garrison.services.handlers import fitted
from garrison.services.reserved_tags import setting_own_tags
from garrison.services.role_sessions import Acting, RoleSessions

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Parts
    from garrison.services.cloudformation.resources import Stack
    from garrison.services.identity import Principal

TAG_PREFIX = "aws:cloudformation:"
_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.05
_roles = RoleSessions(PRINCIPAL, "AWSCloudFormation")


class Rights:
    """Whose rights a stack's resources are made with; a role's session is renewed when it ends."""

    def __init__(self, parts: Parts, stack: Stack, principal: Principal, now: Callable[[], datetime]) -> None:
        self._parts, self._now = parts, now
        self._caller = msgspec.structs.replace(principal, invoked_by=PRINCIPAL)
        self._acting = (
            Acting(stack.account, stack.region, stack.arn, stack.role_arn) if stack.role_arn is not None else None
        )
        self._session: Principal | None = None

    def principal(self) -> Principal:
        """Who makes the next call; raises `ApiError` where the role may not be assumed."""
        if self._acting is None:
            return self._caller
        now, held = self._now(), self._session
        if held is None or held.session is None or held.session.expires_at <= now:
            held = self._session = _roles.assume(self._parts, self._acting, now)
        return held


@dataclass(slots=True)
class StackCalls:
    """Makes the calls of one piece of work (`garrison.services.handlers.Calls`)."""

    parts: Parts
    rights: Rights
    stack: Stack
    scope: str
    """What the names of its calls begin with: stack, operation, resource and what is done with it."""
    is_needed: Callable[[], bool] = lambda: True
    """Whether the work is still wanted, for what waits long."""
    _counts: Counter[str] = field(default_factory=Counter)

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call; where the service is busy, a few times."""
        values = fitted(service, operation, parameters)
        name = self._name(service, operation, values)
        self._counts[name] += 1
        once = f"{name}/{self._counts[name]}"
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(_ATTEMPTS):
            try:
                return self._call(service, operation, values, once)
            except ApiError as error:
                if attempt == _ATTEMPTS - 1 or not _is_passing(error):
                    raise
            time.sleep(pause)
            pause *= 2
        raise AssertionError

    def is_made(self, service: str, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Whether this work has made the call already, before a crash."""
        name = self._name(service, operation, fitted(service, operation, parameters))
        return self.parts.calls.was_made(self.stack.account, f"{name}/{self._counts[name] + 1}")

    def _call(self, service: str, operation: str, values: dict[str, Any], once: str) -> dict[str, Any]:
        with setting_own_tags(TAG_PREFIX):
            return self.parts.calls.call_as(
                self.rights.principal(),
                service,
                operation,
                values,
                user_agent=PRINCIPAL,
                region=self.stack.region,
                source_arn=self.stack.arn if service == "cloudformation" else None,
                once=once,
                keeps_answer=True,
            )

    def _name(self, service: str, operation: str, values: Mapping[str, Any]) -> str:
        said = hashlib.sha256(codec.encode_canonical(values)).hexdigest()[:24]
        return f"{self.scope}/{service}.{operation}/{said}"


def _is_passing(error: ApiError) -> bool:
    return (error.status or 400) >= 500 or "Throttl" in error.code
