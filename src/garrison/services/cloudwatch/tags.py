"""Tag alarms, and give policies the tags to decide by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.cloudwatch.faults import invalid_value
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.service import service
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import (
        ListTagsForResourceInputTypeDef,
        TagResourceInputTypeDef,
        UntagResourceInputTypeDef,
    )

    from garrison.services.call import Call

MOST_TAGS = 50


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A request's tags as a mapping; refused where a key comes twice or is AWS's own, or they are too many."""
    checked: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key in checked:
            raise invalid_value(f"The tag key {key} is given more than once.")
        if is_reserved(key):
            raise invalid_value("Tag keys that begin with aws: are reserved for system use.")
        checked[key] = tag["Value"]
    return limited(checked)


def limited(tags: dict[str, str]) -> dict[str, str]:
    """The same tags; refused where they are too many."""
    if len(tags) > MOST_TAGS:
        raise invalid_value(f"A resource can have no more than {MOST_TAGS} tags.")
    return tags


def request_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request's Tags."""
    tags = request.get("Tags") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return values | {"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else values


def tags_of(alarm: Alarm | None) -> dict[str, Any]:
    """`aws:ResourceTag/…` of an alarm."""
    return {f"aws:ResourceTag/{key}": value for key, value in alarm.tags.items()} if alarm is not None else {}


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    keys = {"aws:TagKeys": list(request["TagKeys"])} if request.get("TagKeys") else {}
    return request_tags(request) | keys | tags_of(_lookup(call, request["ResourceARN"]))


def _arn(_call: Call, request: Mapping[str, Any]) -> str:
    return str(request["ResourceARN"])


def _lookup(call: Call, text: str) -> Alarm | None:
    arn = parse_arn(text)
    if arn is None or arn.service != "cloudwatch":
        raise invalid_value(f"The value {text} for parameter ResourceARN is invalid.")
    if not arn.resource.startswith("alarm:") or (arn.account, arn.region) != (call.account, call.region):
        return None
    return call.unit.get(Alarm, arn.resource.removeprefix("alarm:"))


def _found(call: Call, text: str) -> Alarm:
    alarm = _lookup(call, text)
    if alarm is None:
        members = {"ResourceType": "alarm", "ResourceId": text}
        raise ApiError("ResourceNotFoundException", f"{text} does not exist.", members=members)
    return alarm


@service.operation("TagResource", needs={"cloudwatch:TagResource": _arn}, context=_context)
def tag_resource(call: Call, request: TagResourceInputTypeDef) -> None:
    """The alarm's tags with these added or overwritten."""
    alarm = _found(call, request["ResourceARN"])
    tags = limited(alarm.tags | checked_tags(request["Tags"]))
    call.unit.save(msgspec.structs.replace(alarm, tags=tags))


@service.operation("UntagResource", needs={"cloudwatch:UntagResource": _arn}, context=_context)
def untag_resource(call: Call, request: UntagResourceInputTypeDef) -> None:
    """The alarm's tags without these keys; keys that are not there are passed over."""
    alarm = _found(call, request["ResourceARN"])
    gone = set(request["TagKeys"])
    kept = {key: value for key, value in alarm.tags.items() if key not in gone}
    call.unit.save(msgspec.structs.replace(alarm, tags=kept))


@service.operation("ListTagsForResource", needs={"cloudwatch:ListTagsForResource": _arn}, context=_context)
def list_tags_for_resource(call: Call, request: ListTagsForResourceInputTypeDef) -> dict[str, Any]:
    """The alarm's tags."""
    tags = _found(call, request["ResourceARN"]).tags
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
