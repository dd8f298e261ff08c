"""What it takes to deliver to a subscription, as it stands when something is published."""

from __future__ import annotations

from garrison.services.sns.delivery_policies import MAIL, RetryPolicy, effective_policy
from garrison.services.sns.queue import Delivery
from garrison.services.sns.resources import Subscription, Topic


def delivery_to(topic: Topic, subscription: Subscription, message_id: str) -> Delivery:
    """A message's delivery to a subscription."""
    retries, content_type, most_per_second = MAIL, None, None
    if subscription.protocol in ("http", "https"):
        policy = effective_policy(topic.delivery_policy, subscription.delivery_policy)
        retries = policy.healthy_retry_policy or RetryPolicy()
        content_type = policy.request_policy.header_content_type if policy.request_policy else None
        most_per_second = policy.throttle_policy.max_receives_per_second if policy.throttle_policy else None
    return Delivery(
        message_id=message_id,
        subscription_arn=subscription.arn,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        retries=retries,
        is_raw=subscription.is_raw,
        signature_version=topic.signature_version or "1",
        content_type=content_type,
        most_per_second=most_per_second,
    )
