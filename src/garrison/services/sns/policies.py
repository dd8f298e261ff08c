"""Topics' policies: the one that every topic begins with, what a given one may say, and how they decide.

SNS Developer Guide, "Amazon SNS access control use cases", "Amazon SNS policy keys"; the default is what CreateTopic makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.policy import MalformedPolicy, PolicyKind, ResourcePolicy, parse_document
from garrison.services.policy_sources import source_of
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import lookup_topic

if TYPE_CHECKING:
    from garrison.services.call import Call

LARGEST_POLICY_BYTES = 30 * 1024
OWNERS_ACTIONS = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)
_ACTIONS = frozenset(
    f"sns:{name}".lower()
    for name in (
        *OWNERS_ACTIONS,
        *("GetDataProtectionPolicy", "PutDataProtectionPolicy", "ListTagsForResource", "Receive"),
    )
)
"""What a topic's policy may speak of (SNS Developer Guide, "Amazon SNS policy keys", "Topic policies")."""
_NAMES_SOURCE_OWNER = frozenset({"cloudwatch.amazonaws.com"})
"""Services that say for whom they publish (`aws:SourceOwner`), so that the default policy lets them; the others need a statement."""


def default_policy(arn: str, account: str) -> str:
    """The policy that a topic begins with: services that act for its owner, and the owner's account by its own policies."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{name}" for name in OWNERS_ACTIONS],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return codec.encode({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}).decode()


def checked_policy(text: str, arn: str) -> str:
    """A policy as it was given; refused where the language, or SNS, does not have it."""
    if len(text.encode()) > LARGEST_POLICY_BYTES:
        raise invalid("Policy Error: the policy is larger than 30 KB")
    try:
        document = parse_document(text, PolicyKind.RESOURCE)
    except MalformedPolicy as malformed:
        raise invalid(f"Policy Error: {malformed.message}") from malformed
    for statement in document.statements:
        if statement.not_action or any(action.lower() not in _ACTIONS for action in statement.actions):
            raise invalid("Policy statement action out of service scope!")
        if statement.not_resource or any(resource not in (arn, "*") for resource in statement.resources):
            raise invalid("Policy Error: a statement's resource must be the topic")
    return text


def topic_policy(call: Call, request: Mapping[str, Any], arn: str) -> ResourcePolicy | None:
    """The policy of a topic, for decisions."""
    topic = lookup_topic(call.unit, arn)
    return ResourcePolicy(source_of(PolicyKind.RESOURCE, arn, topic.policy)) if topic is not None else None


def caller_context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:SourceOwner` of the services that give it."""
    if call.principal.kind == "AWSService" and call.principal.principal_id in _NAMES_SOURCE_OWNER:
        return {"aws:SourceOwner": call.account}
    return {}
