"""AddPermission and RemovePermission: statements of a topic's policy by their labels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison import codec
from garrison.arn import iam_arn
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import find_topic, named_topic
from garrison.services.sns.policies import OWNERS_ACTIONS, checked_policy, topic_policy
from garrison.services.sns.resources import Topic
from garrison.services.sns.service import service
from garrison.services.sns.tags import topic_context

if TYPE_CHECKING:
    from garrison.services.call import Call

_named = named_topic()


@service.operation(
    "AddPermission", needs={"sns:AddPermission": _named}, context=topic_context(_named), resource_policy=topic_policy
)
def add_permission(call: Call, request: Mapping[str, Any]) -> None:
    """Let accounts do actions with a topic."""
    topic = find_topic(call, request["TopicArn"])
    policy = json.loads(topic.policy)
    statements = _statements(policy)
    label = request["Label"]
    if any(statement.get("Sid") == label for statement in statements):
        raise invalid("Statement already exists")
    unknown = [name for name in request["ActionName"] if name not in OWNERS_ACTIONS]
    if unknown or not request["ActionName"]:
        raise invalid("Policy statement action out of service scope!")
    if not request["AWSAccountId"] or not all(len(each) == 12 and each.isdigit() for each in request["AWSAccountId"]):
        raise invalid("AWSAccountId")
    accounts = [iam_arn(account, "root", "", "") for account in request["AWSAccountId"]]
    statements.append(
        {
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": accounts[0] if len(accounts) == 1 else accounts},
            "Action": [f"SNS:{name}" for name in request["ActionName"]],
            "Resource": topic.arn,
        }
    )
    _save(call, topic, policy | {"Statement": statements})


@service.operation(
    "RemovePermission",
    needs={"sns:RemovePermission": _named},
    context=topic_context(_named),
    resource_policy=topic_policy,
)
def remove_permission(call: Call, request: Mapping[str, Any]) -> None:
    """Take the statement of a label out of a topic's policy; one that is not there is no error."""
    topic = find_topic(call, request["TopicArn"])
    policy = json.loads(topic.policy)
    left = [statement for statement in _statements(policy) if statement.get("Sid") != request["Label"]]
    if not left:
        raise invalid("Policy Error: a policy has at least one statement")
    _save(call, topic, policy | {"Statement": left})


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found = policy["Statement"]
    return list(found) if isinstance(found, list) else [found]


def _save(call: Call, topic: Topic, policy: dict[str, Any]) -> None:
    call.unit.save(replace(topic, policy=checked_policy(codec.encode(policy).decode(), topic.arn)))
    call.unit.raise_policy_generation()
