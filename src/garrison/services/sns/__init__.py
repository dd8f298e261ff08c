"""SNS: topics that deliver what is published to them by HTTP and by mail, signed, again and again until it is taken."""

from __future__ import annotations

from garrison.services.sns import (  # noqa: F401  (each declares its operations or its task)
    attributes,
    confirmation,
    dispatch,
    held_policies,
    permissions,
    publishing,
    subscription_attributes,
    subscriptions,
    tags,
    topics,
)
from garrison.services.sns.service import service

__all__ = ["service"]
