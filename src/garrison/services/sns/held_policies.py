"""Topics as resources with policies of their own, for whoever asks about access to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from garrison.services.held_policies import HeldPolicy
from garrison.services.sns.naming import lookup_topic
from garrison.services.sns.resources import Topic
from garrison.services.sns.service import service

if TYPE_CHECKING:
    from garrison.store import Unit


@service.resource_policies(Topic.resource_type)
def topic_policies(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
    """The region's topics, or the topic of an ARN."""
    found = lookup_topic(unit, arn) if arn is not None else None
    topics = unit.page(Topic) if arn is None else [found] if found is not None else []
    for topic in topics:
        yield HeldPolicy(
            arn=topic.arn,
            resource_type=Topic.resource_type,
            account=topic.account,
            created_at=topic.created_at,
            text=topic.policy,
        )
