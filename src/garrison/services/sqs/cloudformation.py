"""Queues and their policies as CloudFormation makes them at an upstream (CloudFormation Template Reference, "Amazon SQS")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.services.handlers import TagStyle, Work, document, kind
from garrison.services.handlers.fitting import text_of

OWN_TAG = "garrison:stack-resource"
"""Says of which stack's resource a queue is, so that one whose making a crash left open is found again."""
_GONE = "QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue"
_LONGEST_NAME, _LONGEST_TAG = 80, 255
_ATTRIBUTES = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "DelaySeconds": "0",
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "262144",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
"""Attributes with what they are again once a template says nothing of them (SQS API reference, SetQueueAttributes)."""

queue = kind(
    "AWS::SQS::Queue",
    "QueueName FifoQueue " + " ".join(_ATTRIBUTES),
    create_only="QueueName FifoQueue",
    attributes="Arn QueueName QueueUrl",
    name_property="QueueName",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


def _attribute(work: Work, name: str) -> str:
    value = work.properties.get(name)
    return document(value) or "" if isinstance(value, (dict, list)) else work.text(name, _ATTRIBUTES[name]) or ""


@queue.create
def create_queue(work: Work) -> None:
    """The queue with its attributes and tags."""
    is_fifo = str(work.properties.get("FifoQueue", "")).lower() == "true"
    ending = ".fifo" if is_fifo and work.properties.get("QueueName") is None else ""
    name = work.name("QueueName", _LONGEST_NAME - len(ending)) + ending
    attributes = {each: _attribute(work, each) for each in _ATTRIBUTES if work.properties.get(each) is not None}
    tags = {tag["Key"]: tag["Value"] for tag in work.listed("Tags")} | {OWN_TAG: work.generated_name(_LONGEST_TAG)}
    answer = work.call_for_new(
        name,
        lambda: _is_of_others(work, name),
        "sqs",
        "CreateQueue",
        QueueName=name,
        Attributes=attributes | ({"FifoQueue": "true"} if is_fifo else {}) or None,
        tags=tags,
    )
    url = answer["QueueUrl"]
    work.made(url, QueueName=name, QueueUrl=url)
    work.made(url, Arn=_attributes(work, "QueueArn")["QueueArn"])


def _is_of_others(work: Work, name: str) -> bool:
    found = work.call_if_there("sqs", "GetQueueUrl", QueueName=name)
    if found is None:
        return False
    tags = work.call("sqs", "ListQueueTags", QueueUrl=found["QueueUrl"]).get("Tags") or {}
    return bool(tags.get(OWN_TAG) != work.generated_name(_LONGEST_TAG))


def _attributes(work: Work, *names: str) -> dict[str, str]:
    answer = work.call("sqs", "GetQueueAttributes", QueueUrl=work.physical_id, AttributeNames=list(names))
    found: dict[str, str] = answer.get("Attributes") or {}
    return found


@queue.update
def update_queue(work: Work) -> None:
    """Attributes and tags that are others now."""
    changed = {name: _attribute(work, name) for name in _ATTRIBUTES if work.has_changed(name)}
    if changed:
        work.call("sqs", "SetQueueAttributes", QueueUrl=work.physical_id, Attributes=changed)
    tags, keys = work.tag_changes()
    if keys:
        work.call("sqs", "UntagQueue", QueueUrl=work.physical_id, TagKeys=keys)
    if tags:
        said = {tag["Key"]: tag["Value"] for tag in tags}
        work.call("sqs", "TagQueue", QueueUrl=work.physical_id, Tags=said)


@queue.delete
def delete_queue(work: Work) -> None:
    """The queue with its messages."""
    work.call("sqs", "DeleteQueue", QueueUrl=work.physical_id)


@queue.read
def read_queue(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    answer = work.call_if_there("sqs", "GetQueueAttributes", QueueUrl=work.physical_id, AttributeNames=["All"])
    if answer is None:
        return None
    attributes = answer.get("Attributes") or {}
    shown: dict[str, Any] = {}
    for name in _ATTRIBUTES:
        if name in attributes:
            wanted = work.properties.get(name)
            shown[name] = codec.decode(attributes[name]) if isinstance(wanted, dict) else attributes[name]
            if text_of(wanted) == attributes[name]:
                shown[name] = wanted
    tags = work.call("sqs", "ListQueueTags", QueueUrl=work.physical_id).get("Tags") or {}
    listed = [{"Key": key, "Value": value} for key, value in tags.items() if key != OWN_TAG]
    return shown | {"QueueName": work.attributes.get("QueueName"), "Tags": listed}


policy = kind(
    "AWS::SQS::QueuePolicy",
    "PolicyDocument Queues",
    required="PolicyDocument Queues",
    attributes="Id",
    gone=_GONE,
)


def _put(work: Work, url: str, text: str | None) -> None:
    said = {"QueueUrl": url, "Attributes": {"Policy": text or ""}}
    if text is None:
        work.call_if_there("sqs", "SetQueueAttributes", **said)
    else:
        work.call("sqs", "SetQueueAttributes", **said)


@policy.create
def create_policy(work: Work) -> None:
    """The policy of each of the queues."""
    name = work.generated_name(_LONGEST_NAME)
    work.made(name, Id=name)
    for url in work.listed("Queues"):
        _put(work, url, work.document("PolicyDocument"))


@policy.update
def update_policy(work: Work) -> None:
    """Another policy, or other queues."""
    for url in work.changes("Queues")[1]:
        _put(work, url, None)
    for url in work.listed("Queues"):
        _put(work, url, work.document("PolicyDocument"))


@policy.delete
def delete_policy(work: Work) -> None:
    """No queue has a policy any more."""
    for url in work.listed("Queues"):
        _put(work, url, None)


@policy.read
def read_policy(work: Work) -> Mapping[str, Any] | None:
    """The policy of the queues, where all have the same."""
    texts: dict[str, Any] = {}
    for url in work.listed("Queues"):
        answer = work.call_if_there("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"])
        text = ((answer or {}).get("Attributes") or {}).get("Policy")
        if text:
            texts[url] = codec.decode(text)
    if not texts:
        return None
    wanted = work.properties.get("PolicyDocument")
    return {"PolicyDocument": next((one for one in texts.values() if one != wanted), wanted), "Queues": list(texts)}
