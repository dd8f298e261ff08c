"""Amazon SNS: topics."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_TOPICS = Call("ListTopics", "Topics[]")

TOPIC = Type(
    "AWS::SNS::Topic",
    Call("GetTopicAttributes", "Attributes", params={"TopicArn": At("TopicArn")}, each=_TOPICS),
    id="TopicArn",
    arn="TopicArn",
    title="TopicArn",
    parts=(Part("", Call("ListTagsForResource", params={"ResourceArn": At("TopicArn")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("sns", (TOPIC,))
