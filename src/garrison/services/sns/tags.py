"""Tags of topics, and the condition values that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.reserved_tags import is_reserved
from garrison.services.sns.failures import invalid
from garrison.services.sns.naming import lookup_topic, named_topic
from garrison.services.sns.policies import caller_context, topic_policy
from garrison.services.sns.resources import Topic
from garrison.services.sns.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 128, 256
"""Characters (SNS Developer Guide, "Amazon SNS topic tagging")."""

_tagged = named_topic("ResourceArn")


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A request's tags as a mapping."""
    checked: dict[str, str] = {}
    for tag in tags:
        key, value = tag["Key"], tag["Value"]
        if not 0 < len(key) <= LONGEST_KEY or len(value) > LONGEST_VALUE:
            raise invalid("Tags Reason: a key has 1 to 128 characters, a value at most 256")
        if is_reserved(key):
            raise invalid("Tags Reason: keys that begin with aws: are reserved")
        if key in checked:
            raise invalid("Tags Reason: Duplicated keys are not allowed.")
        checked[key] = value
    return checked_number(checked)


def checked_number(tags: dict[str, str]) -> dict[str, str]:
    """Tags that are not too many."""
    if len(tags) > MOST_TAGS:
        raise ApiError(
            "TagLimitExceeded", f"Could not complete request: tag quota of {MOST_TAGS} per resource exceeded"
        )
    return tags


def topic_context(arn_of: Callable[[Call, Any], str]) -> Callable[[Call, Mapping[str, Any]], dict[str, Any]]:
    """Gives the condition values of a call about a topic: its tags, the request's, and who the service acts for."""

    def values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        topic = lookup_topic(call.unit, arn_of(call, request))
        found = caller_context(call, request)
        found |= {f"aws:ResourceTag/{key}": value for key, value in (topic.tags if topic is not None else {}).items()}
        tags = request.get("Tags") or ()
        found |= {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
        keys = [tag["Key"] for tag in tags] or list(request.get("TagKeys") or ())
        return found | ({"aws:TagKeys": keys} if keys else {})

    return values


_context = topic_context(_tagged)


@service.operation("TagResource", needs={"sns:TagResource": _tagged}, context=_context, resource_policy=topic_policy)
def tag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Add tags to a topic, or change them."""
    topic = _find(call, request)
    call.unit.save(replace(topic, tags=checked_number({**topic.tags, **checked_tags(request["Tags"])})))


@service.operation(
    "UntagResource", needs={"sns:UntagResource": _tagged}, context=_context, resource_policy=topic_policy
)
def untag_resource(call: Call, request: Mapping[str, Any]) -> None:
    """Take tags from a topic."""
    topic = _find(call, request)
    gone = set(request["TagKeys"])
    call.unit.save(replace(topic, tags={key: value for key, value in topic.tags.items() if key not in gone}))


@service.operation(
    "ListTagsForResource", needs={"sns:ListTagsForResource": _tagged}, context=_context, resource_policy=topic_policy
)
def list_tags_for_resource(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The tags of a topic."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in _find(call, request).tags.items()]}


def _find(call: Call, request: Mapping[str, Any]) -> Topic:
    topic = lookup_topic(call.unit, request["ResourceArn"])
    if topic is None:
        raise ApiError("ResourceNotFound", "Resource does not exist")
    return topic
