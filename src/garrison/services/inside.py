"""Calls from inside: a service that calls another, for itself or for the caller it serves.

They go the way of every call: decided by the same policies, carried out, recorded with `invokedBy`. Source: CloudTrail User
Guide, "CloudTrail userIdentity element"; IAM User Guide, "AWS service principals" and "Forward access sessions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from garrison.services.identity import Principal

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts


class InsideCalls(Protocol):
    """What makes calls from inside: the pipeline of this process."""

    def call_as(
        self,
        principal: Principal,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        user_agent: str,
        region: str | None = None,
        source_arn: str | None = None,
        is_local: bool = False,
        once: str | None = None,
        keeps_answer: bool = False,
    ) -> dict[str, Any]:
        """Make one call and give its answer; raises `ApiError`. A change commits by itself: never within another transaction.

        A change that was made under the name `once` in the last 30 days is not made again; the answer is then empty, or with
        `keeps_answer` what it was, its times as texts.
        """

    def was_made(self, account: str, once: str) -> bool:
        """Whether the account made a change under a name in the last 30 days."""


def call_as_service(
    parts: Parts,
    principal: str,
    account: str,
    region: str,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    *,
    source_arn: str | None = None,
    once: str | None = None,
) -> dict[str, Any]:
    """Call an operation as a service (`cloudtrail.amazonaws.com`) on behalf of an account; raises `ApiError`.

    Only the policy of the resource can allow it. `source_arn` is the resource that it is done for: `aws:SourceArn`, with
    `aws:SourceAccount` beside it. With `once` a change is made once under that name, however often it is tried after crashes.
    """
    caller = Principal(kind="AWSService", account=account, arn="", principal_id=principal, invoked_by=principal)
    return parts.calls.call_as(
        caller, service, operation, parameters, user_agent=principal, region=region, source_arn=source_arn, once=once
    )


def call_for_caller(
    call: Call, by: str, service: str, operation: str, parameters: dict[str, Any], *, region: str | None = None
) -> dict[str, Any]:
    """Call another service's operation with the caller's own rights, `invokedBy` the service `by`; raises `ApiError`.

    For an operation's `prepare`, or after its commit: a call from inside has a transaction of its own.
    """
    caller = msgspec.structs.replace(call.principal, invoked_by=by)
    return call.parts.calls.call_as(caller, service, operation, parameters, user_agent=by, region=region or call.region)
