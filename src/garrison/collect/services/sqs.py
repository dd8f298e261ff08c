"""Amazon SQS: queues, without how many messages are in them."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_QUEUES = Call("ListQueues", "QueueUrls[]", params={"MaxResults": 1000})

QUEUE = Type(
    "AWS::SQS::Queue",
    Call("GetQueueAttributes", "Attributes", params={"QueueUrl": At("."), "AttributeNames": ["All"]}, each=_QUEUES),
    id="^.",
    arn="QueueArn",
    title="QueueArn",
    added={"QueueUrl": "^."},
    drop=(
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
    ),
    parts=(Part("", Call("ListQueueTags", params={"QueueUrl": At("^.")}), "Tags", into=Place.TAGS),),
)

SERVICE = Service("sqs", (QUEUE,))
