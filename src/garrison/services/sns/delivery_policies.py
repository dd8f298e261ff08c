"""How often, and after what pauses, a delivery is tried again.

SNS Developer Guide, "Amazon SNS message delivery retries": a retry is immediate, pre-backoff, backoff or post-backoff, in this
order; "Creating an HTTP/S delivery policy" has the constraints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from garrison import codec
from garrison.services.sns.failures import invalid

LONGEST_POLICY_SECONDS = 3600
"""Of all retries together, for HTTP."""
BackoffFunction = Literal["arithmetic", "exponential", "geometric", "linear"]


class RetryPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The phases of retries; delays in seconds."""

    min_delay_target: int = 20
    max_delay_target: int = 20
    num_retries: int = 3
    num_no_delay_retries: int = 0
    num_min_delay_retries: int = 0
    num_max_delay_retries: int = 0
    backoff_function: BackoffFunction = "linear"

    def delay_before(self, retry: int) -> float | None:
        """Seconds to wait before a retry, the first being 1; None where there is none any more."""
        backoff = self.num_retries - self.num_no_delay_retries - self.num_min_delay_retries - self.num_max_delay_retries
        if retry > self.num_retries:
            return None
        retry -= self.num_no_delay_retries
        if retry <= 0:
            return 0.0
        retry -= self.num_min_delay_retries
        if retry <= 0:
            return float(self.min_delay_target)
        if retry > backoff:
            return float(self.max_delay_target)
        return self._backed_off(retry, backoff)

    def _backed_off(self, retry: int, retries: int) -> float:
        """Between the least and the greatest delay, by the backoff function; the first retry waits the least."""
        done = (retry - 1) / (retries - 1) if retries > 1 else 0.0
        return self.min_delay_target + (self.max_delay_target - self.min_delay_target) * _CURVES[self.backoff_function](
            done
        )

    def total_seconds(self) -> float:
        """All pauses together."""
        return math.fsum(self.delay_before(retry) or 0.0 for retry in range(1, self.num_retries + 1))


_CURVES: dict[str, Callable[[float], float]] = {
    "linear": lambda done: done,
    "arithmetic": lambda done: done * (1 + done) / 2,
    "geometric": lambda done: done**3,
    "exponential": lambda done: math.expm1(4 * done) / math.expm1(4),
}
"""How far the delay has come, from 0 to 1, once so much of the backoff phase is done."""

MAIL = RetryPolicy(10, 600, 50, 0, 2, 38, "exponential")
"""For SMTP: 50 retries over 6 hours ("Delivery protocols and policies", customer managed endpoints)."""


class ThrottlePolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How fast an endpoint may be delivered to."""

    max_receives_per_second: int | None = None


class RequestPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How requests look."""

    header_content_type: str | None = None


class DeliveryPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What holds for one HTTP endpoint."""

    healthy_retry_policy: RetryPolicy | None = None
    sickly_retry_policy: RetryPolicy | None = None
    throttle_policy: ThrottlePolicy | None = None
    request_policy: RequestPolicy | None = None
    guaranteed: bool = False


class _HttpPolicy(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    default_healthy_retry_policy: RetryPolicy | None = None
    default_sickly_retry_policy: RetryPolicy | None = None
    default_throttle_policy: ThrottlePolicy | None = None
    default_request_policy: RequestPolicy | None = None
    disable_subscription_overrides: bool = False


class _TopicPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    http: _HttpPolicy


_CONTENT_TYPES = frozenset(
    {
        *("application/atom+xml", "application/json", "application/octet-stream", "application/soap+xml"),
        *("application/x-www-form-urlencoded", "application/xhtml+xml", "application/xml", "text/css", "text/csv"),
        *("text/html", "text/plain", "text/xml"),
    }
)
"""What `headerContentType` may be, before its parameters ("Creating an HTTP/S delivery policy")."""


def checked_topic_policy(text: str) -> str:
    """A topic's delivery policy as it was given."""
    http = _decoded(text, _TopicPolicy).http
    for retries in (http.default_healthy_retry_policy, http.default_sickly_retry_policy):
        _check(retries, http.default_throttle_policy, http.default_request_policy)
    return text


def checked_subscription_policy(text: str) -> str:
    """A subscription's delivery policy as it was given."""
    policy = _decoded(text, DeliveryPolicy)
    for retries in (policy.healthy_retry_policy, policy.sickly_retry_policy):
        _check(retries, policy.throttle_policy, policy.request_policy)
    return text


def effective_policy(of_topic: str | None, of_subscription: str | None) -> DeliveryPolicy:
    """What holds for a subscription: its own policy, then its topic's, then SNS's."""
    http = msgspec.json.decode(of_topic, type=_TopicPolicy).http if of_topic else _HttpPolicy()
    own = DeliveryPolicy()
    if of_subscription and not http.disable_subscription_overrides:
        own = msgspec.json.decode(of_subscription, type=DeliveryPolicy)
    return DeliveryPolicy(
        healthy_retry_policy=own.healthy_retry_policy or http.default_healthy_retry_policy or RetryPolicy(),
        throttle_policy=own.throttle_policy or http.default_throttle_policy,
        request_policy=own.request_policy or http.default_request_policy,
    )


def effective_topic_policy(of_topic: str | None) -> str:
    """A topic's EffectiveDeliveryPolicy."""
    http = msgspec.json.decode(of_topic, type=_TopicPolicy).http if of_topic else _HttpPolicy()
    shown: dict[str, Any] = {
        "defaultHealthyRetryPolicy": http.default_healthy_retry_policy or RetryPolicy(),
        "disableSubscriptionOverrides": http.disable_subscription_overrides,
    }
    if http.default_throttle_policy is not None:
        shown["defaultThrottlePolicy"] = http.default_throttle_policy
    if http.default_request_policy is not None:
        shown["defaultRequestPolicy"] = http.default_request_policy
    return codec.encode({"http": shown}).decode()


def _decoded(text: str, form: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=form)
    except msgspec.DecodeError as error:
        raise invalid(f"DeliveryPolicy: {error}") from None


def _check(retries: RetryPolicy | None, throttle: ThrottlePolicy | None, request: RequestPolicy | None) -> None:
    if retries is not None:
        _check_retries(retries)
    rate = throttle.max_receives_per_second if throttle is not None else None
    if rate is not None and rate < 1:
        raise invalid("DeliveryPolicy: throttlePolicy.maxReceivesPerSecond must be at least 1")
    kind = request.header_content_type if request is not None else None
    if kind is not None and (
        kind.partition(";")[0].strip() not in _CONTENT_TYPES or not kind.isprintable() or not kind.isascii()
    ):
        raise invalid("DeliveryPolicy: requestPolicy.headerContentType is not a supported content type")


def _check_retries(retries: RetryPolicy) -> None:
    if not 1 <= retries.min_delay_target <= retries.max_delay_target <= LONGEST_POLICY_SECONDS:
        raise invalid(
            "DeliveryPolicy: healthyRetryPolicy.minDelayTarget must be from 1 to maxDelayTarget, which is at most 3600"
        )
    phases = (retries.num_no_delay_retries, retries.num_min_delay_retries, retries.num_max_delay_retries)
    if not 0 <= retries.num_retries <= 100:
        raise invalid("DeliveryPolicy: healthyRetryPolicy.numRetries must be from 0 to 100")
    if min(phases) < 0 or sum(phases) > retries.num_retries:
        raise invalid("DeliveryPolicy: the retries of the phases must not be more than healthyRetryPolicy.numRetries")
    if retries.total_seconds() > LONGEST_POLICY_SECONDS:
        raise invalid("DeliveryPolicy: all retries together may take at most 3600 seconds")
